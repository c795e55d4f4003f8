package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ftsim/ftsim/topology"
)

// below is a folder whose files can be read, and those of the folders in it; nothing leads out of it, no link either.
type below string

// Open opens a file of the folder. It takes no directory for a file, and waits for no pipe.
func (b below) Open(name string) (fs.File, error) {
	root, err := os.OpenRoot(string(b))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := root.Stat(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() && !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errNoFile}
	}
	return root.Open(filepath.FromSlash(name))
}

var errNoFile = errors.New("it is no file")

// file reads a topology, with where it may include others from.
func (c *console) file(argument string) (topology.File, error) {
	name, text, err := c.read(argument)
	f := topology.File{Name: name, Text: text}
	if err != nil {
		return f, err
	}
	wide := c.layers.includes
	switch {
	case wide != "" && !isDirectory(wide):
		return f, badInput("--include-dir: there is no folder %s", wide)
	case argument == stdinArgument && wide != "":
		f.Dir, f.Path = below(wide), stdinName
	case argument == stdinArgument:
	case wide != "":
		f.Dir = below(wide)
		if f.Path, err = pathIn(wide, name); err != nil {
			return f, badInput("--include-dir: %s is not in %s", name, wide)
		}
	default:
		f.Dir, f.Path = below(filepath.Dir(name)), filepath.Base(name)
	}
	f.Name = filepath.ToSlash(f.Name)
	return f, nil
}

// pathIn is the path of a file from a folder that it is in.
func pathIn(folder, file string) (string, error) {
	from, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	to, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(from, to)
	if err == nil && !filepath.IsLocal(rel) {
		err = fs.ErrNotExist
	}
	return filepath.ToSlash(rel), err
}
