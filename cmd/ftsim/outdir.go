package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ftsim/ftsim/analysis/report"
)

// makeOutDir makes the folder for results before the simulation, so that a bad name costs no time.
func makeOutDir(dir string) error {
	if isFile(dir) {
		return badInput("--out %s: there is a file of that name; name a folder", dir)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		var detail *fs.PathError
		if errors.As(err, &detail) {
			err = detail.Err
		}
		return fmt.Errorf("cannot make the folder %s: %w", dir, err)
	}
	return nil
}

// writeFiles writes all files whole or none: first under passing names beside their place, then, when
// every byte is out, by renaming.
func writeFiles(dir string, files []report.File) (err error) {
	var passing []string
	defer func() {
		for _, name := range passing {
			os.Remove(name) // of those renamed, nothing is left to remove
		}
	}()
	for _, f := range files {
		name, err := writePassing(dir, f)
		if name != "" {
			passing = append(passing, name)
		}
		if err != nil {
			return fmt.Errorf("cannot write %s: %w", filepath.Join(dir, f.Name), err)
		}
	}
	for i, f := range files {
		if err := os.Rename(passing[i], filepath.Join(dir, f.Name)); err != nil {
			return fmt.Errorf("cannot write the results: %w", err)
		}
	}
	return nil
}

// writePassing writes a file under a name that nobody looks for.
func writePassing(dir string, f report.File) (name string, err error) {
	t, err := os.CreateTemp(dir, "."+f.Name+".*")
	if err != nil {
		return "", err
	}
	buffer := bufio.NewWriterSize(t, 1<<16)
	err = f.Write(buffer)
	return t.Name(), errors.Join(err, buffer.Flush(), t.Chmod(0o644), t.Close())
}
