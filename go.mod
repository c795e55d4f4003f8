module github.com/ftsim/ftsim

go 1.26.8
