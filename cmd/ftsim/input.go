package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime/debug"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/topology"
)

const (
	stdinArgument = "-"
	stdinName     = "stdin" // how problems name what came through a pipe
)

// maxInput ends the reading of a pipe that never ends. A million components fit many times over.
const maxInput = 1 << 30

// largeInput is where reading makes so much garbage that collecting it sparingly pays: a fifth of the time
// for a third more memory.
const largeInput = 8 << 20

// displayName is what messages call a file argument.
func displayName(argument string) string {
	if argument == stdinArgument {
		return stdinName
	}
	return argument
}

// read fetches a topology's text and the name that messages give it.
func (c *console) read(argument string) (name string, text []byte, err error) {
	if argument == stdinArgument {
		if isTerminal(c.in) {
			c.talk("reading a topology from the terminal; end it with Ctrl-D")
		}
		text, err = readAll(c.in, stdinName)
		return stdinName, text, err
	}
	f, err := os.Open(argument)
	if err != nil {
		return "", nil, cannotRead(argument, err)
	}
	defer f.Close()
	text, err = readAll(f, argument)
	return argument, text, err
}

func readAll(r io.Reader, name string) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxInput+1))
	if err != nil {
		return nil, cannotRead(name, err)
	}
	if len(text) > maxInput {
		return nil, badInput("%s is longer than 1 GiB; that is no topology", name)
	}
	return text, nil
}

// cannotRead says what is wrong with a file name in plain words.
func cannotRead(name string, err error) error {
	var detail *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return badInput("there is no file %s", name)
	case isDirectory(name):
		return badInput("%s is a directory; name a topology file in it", name)
	case errors.As(err, &detail):
		return badInput("cannot read %s: %v", name, detail.Err)
	}
	return badInput("cannot read %s: %v", name, err)
}

func isDirectory(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.IsDir()
}

// load reads and checks a topology, with what is laid over it.
func (c *console) load(argument string) (*topology.Topology, error) {
	in, err := c.input(argument)
	if err != nil {
		return nil, err
	}
	return c.loadInput(in, !c.quiet)
}

// input reads a topology and what is laid over it.
func (c *console) input(argument string) (*topology.Input, error) {
	f, err := c.file(argument)
	if err != nil {
		return nil, err
	}
	in := &topology.Input{Files: []topology.File{f}}
	return in, c.over(in)
}

// loadInput checks a topology. Its problems are shown here; the error then only carries the code.
func (c *console) loadInput(in *topology.Input, warn bool) (*topology.Topology, error) {
	if len(in.Files[0].Text) > largeInput {
		defer debug.SetGCPercent(debug.SetGCPercent(60))
	}
	t, err := topology.LoadInput(in)
	var ps model.Problems
	switch {
	case errors.As(err, &ps):
		c.show(ps, in.Sources())
		return nil, told(exitBadInput)
	case err != nil:
		return nil, badInput("%w", err)
	}
	if warn {
		c.show(t.System.Warnings, in.Sources())
	}
	return t, nil
}

// show renders problems with the lines they are about.
func (c *console) show(ps model.Problems, sources topology.Sources) {
	// A stderr that cannot be written to has no place to complain to.
	_ = sources.Render(c.err, ps, c.colorErr())
}

// count writes 1 error, 2 errors.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
