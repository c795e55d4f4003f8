# The usual errands. Everything a change must pass is in .ci/run.

.PHONY: pages test validate coverage bench profile fuzz

test:
	go test ./...

# Systems with known answers. FILE=cases.json runs a library of your own; see docs/validation.md.
validate:
	go run ./internal/validate $(FILE)

# How often the intervals hold exact values; two minutes.
coverage:
	go run ./internal/coverage -write docs/validation.md

# The cost per event, compiled as the program is.
bench:
	go test -pgo=cmd/ftsim/default.pgo -run '^$$' -bench . ./engine ./cmd/ftsim

# The profile by which Go compiles the program; take it anew when the inner loop has changed.
profile: OUT := $(shell mktemp -d)
profile:
	go test -trimpath -pgo=off -run '^$$' -bench 'Pair$$' -benchtime 8s -cpuprofile $(OUT)/pair.prof -o $(OUT)/engine.test ./engine
	go test -trimpath -pgo=off -run '^$$' -bench 'KOfN/n=100$$' -benchtime 4s -cpuprofile $(OUT)/units.prof -o $(OUT)/engine.test ./engine
	go test -trimpath -pgo=off -run '^$$' -bench ThreeTier -benchtime 4s -cpuprofile $(OUT)/three-tier.prof -o $(OUT)/cmd.test ./cmd/ftsim
	go tool pprof -proto -output cmd/ftsim/default.pgo $(OUT)/pair.prof $(OUT)/units.prof $(OUT)/three-tier.prof

# The schema, and the pages and pictures that come from the reader of files, from presets and from simulations.
pages:
	go test ./topology -run 'Documented|Schema|Reference' -update
	go test ./internal/reality -update

# Manual pages, in man/.
.PHONY: man
man:
	go run ./cmd/ftsim man man

# Random bad files, one minute per target. What fails is kept in testdata/fuzz and then runs in every test.
fuzz:
	go test -run '^$$' -fuzz '^FuzzLoad$$' -fuzztime 1m ./topology
	go test -run '^$$' -fuzz '^FuzzPieces$$' -fuzztime 1m ./topology
	go test -run '^$$' -fuzz '^FuzzParseSeconds$$' -fuzztime 1m ./model

# Pages in Chromium. SHOTS=DIR, which must be there, keeps pictures of them.
.PHONY: browser
browser:
	go test -tags browser ./internal/browser $(if $(SHOTS),-shots $(abspath $(SHOTS)))
