package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/ftsim/ftsim/analysis/report"
)

// makeOutDir makes the folder for results before the simulation, so that a bad name costs no time.
func makeOutDir(dir string) error {
	if isFile(dir) {
		return badInput("--out %s: there is a file of that name; name a folder", dir)
	}
	err := os.MkdirAll(dir, 0o777)
	if err == nil {
		err = writable(dir)
	}
	if err != nil {
		return fmt.Errorf("cannot write to the folder %s: %w", dir, reason(err))
	}
	return nil
}

// writable tries to make something in dir, because the bits of its mode do not tell.
func writable(dir string) error {
	passing, err := os.MkdirTemp(dir, passingNames)
	if err == nil {
		err = os.Remove(passing)
	}
	return err
}

// reason is what is wrong with a file, without its name, which may be a passing one.
func reason(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// passingNames is the pattern of folders that last as long as results are being written.
const passingNames = ".ftsim-*"

// writeFiles writes all files whole or none, and takes away pictures that an earlier run has left and
// this one does not have. New files grow in a passing folder; when every byte is out, they change places
// with the old ones. Ctrl-C until then drops the new ones.
func writeFiles(dir string, files []report.File) error {
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(interrupts)
	passing, err := os.MkdirTemp(dir, passingNames)
	if err != nil {
		return fmt.Errorf("cannot write to the folder %s: %w", dir, reason(err))
	}
	x := exchange{dir: dir, fresh: filepath.Join(passing, "new"), old: filepath.Join(passing, "old")}
	defer func() {
		if !x.stuck {
			os.RemoveAll(passing)
		}
	}()
	if err := errors.Join(os.Mkdir(x.fresh, 0o700), os.Mkdir(x.old, 0o700)); err != nil {
		return fmt.Errorf("cannot write to the folder %s: %w", dir, reason(err))
	}
	for _, f := range files {
		err := writeFile(filepath.Join(x.fresh, f.Name), f, interrupts)
		switch {
		case errors.Is(err, errDropped):
			return &coded{code: exitInterrupted, err: fmt.Errorf("interrupted while writing; %s is as it was", dir)}
		case err != nil:
			return fmt.Errorf("cannot write %s: %w", filepath.Join(dir, f.Name), reason(err))
		}
	}
	return x.run(files)
}

// errDropped says that the user does not want to wait for the files.
var errDropped = errors.New("interrupted")

// dropped is a writer that ends with the first interrupt.
type dropped struct {
	io.Writer
	interrupts <-chan os.Signal
}

func (d dropped) Write(b []byte) (int, error) {
	select {
	case <-d.interrupts:
		return 0, errDropped
	default:
		return d.Writer.Write(b)
	}
}

func writeFile(name string, f report.File, interrupts <-chan os.Signal) error {
	t, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	buffer := bufio.NewWriterSize(dropped{t, interrupts}, 1<<16)
	err = f.Write(buffer)
	return errors.Join(err, buffer.Flush(), t.Close())
}

// exchange puts new files in the place of old ones. What has been moved is moved back if a later move
// fails, so that a folder never holds some of each.
type exchange struct {
	dir, fresh, old string
	undo            []func() error
	stuck           bool // the last copies of some results are still in old
}

func (x *exchange) run(files []report.File) error {
	leaving := x.stale(files)
	for _, f := range files {
		if _, err := os.Lstat(filepath.Join(x.dir, f.Name)); err == nil {
			leaving = append(leaving, f.Name)
		}
	}
	for _, name := range leaving {
		if isDirectory(filepath.Join(x.dir, name)) { // which is none of ours
			return x.fail(name, errors.New("there is a folder of that name"))
		}
		if err := x.move(name, x.dir, x.old); err != nil {
			return x.fail(name, err)
		}
	}
	for _, f := range files {
		if err := x.move(f.Name, x.fresh, x.dir); err != nil {
			return x.fail(f.Name, err)
		}
	}
	return nil
}

func (x *exchange) move(name, from, to string) error {
	a, b := filepath.Join(from, name), filepath.Join(to, name)
	err := os.Rename(a, b)
	if err == nil {
		x.undo = append(x.undo, func() error { return os.Rename(b, a) })
	}
	return err
}

// fail moves everything back, newest first.
func (x *exchange) fail(name string, err error) error {
	err = fmt.Errorf("cannot write %s: %w", filepath.Join(x.dir, name), reason(err))
	for i := len(x.undo) - 1; i >= 0; i-- {
		if back := x.undo[i](); back != nil {
			x.stuck = true
			err = fmt.Errorf("%w; earlier results that could not be put back are in %s", err, x.old)
		}
	}
	return err
}

// stale lists the pictures of earlier runs that files do not replace. Tables and summary.json have one
// name each, so they are never left over.
func (x *exchange) stale(files []report.File) (names []string) {
	replaced := map[string]bool{}
	for _, f := range files {
		replaced[f.Name] = true
	}
	entries, _ := os.ReadDir(x.dir) // a folder that may be written but not listed keeps what is in it
	for _, e := range entries {
		if name := e.Name(); !replaced[name] && e.Type().IsRegular() && wrote(filepath.Join(x.dir, name)) {
			names = append(names, name)
		}
	}
	return names
}

// wrote tells whether a file is a picture of an earlier run.
func wrote(path string) bool {
	if !slices.Contains(report.PictureForms, strings.TrimPrefix(filepath.Ext(path), ".")) {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, report.MarkSize)
	n, _ := io.ReadFull(f, head)
	return report.Wrote(filepath.Base(path), head[:n])
}
