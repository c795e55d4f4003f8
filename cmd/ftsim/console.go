package main

import (
	"bufio"
	"fmt"
	"os"

	"golang.org/x/term"
)

// console is the world as a command sees it: data goes to out, talk goes to err.
type console struct {
	in      *os.File
	out     *bufio.Writer
	err     *os.File
	outFile *os.File
	quiet   bool // -q: no progress, no warnings
	noColor bool // --no-color
	layers  layers
}

func newConsole(in, out, err *os.File) *console {
	return &console{in: in, out: bufio.NewWriterSize(out, 1<<16), err: err, outFile: out}
}

// talk writes a line for the user to stderr. A stderr that cannot be written to is nobody's problem.
func (c *console) talk(format string, args ...any) {
	fmt.Fprintf(c.err, format+"\n", args...)
}

// colorOut and colorErr tell whether escape sequences would reach somebody who can see them.
func (c *console) colorOut() bool { return c.color(c.outFile) }
func (c *console) colorErr() bool { return c.color(c.err) }

func (c *console) color(f *os.File) bool {
	return wantsColor(os.Getenv, isTerminal(f)) && !c.noColor
}

// wantsColor follows no-color.org: any text in NO_COLOR speaks against it.
func wantsColor(env func(string) string, terminal bool) bool {
	return terminal && env("NO_COLOR") == "" && env("TERM") != "dumb"
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// width is how many columns stdout has; 0 if that is not known.
func (c *console) width() int { return columns(c.outFile) }

// columns is how wide the terminal behind f is; 0 if there is none, or one that does not tell.
func columns(f *os.File) int {
	if w, _, err := term.GetSize(int(f.Fd())); err == nil {
		return w
	}
	return 0
}

// print writes data to stdout; write errors are kept and come out of finish.
func (c *console) print(format string, args ...any) { fmt.Fprintf(c.out, format, args...) }

// finish pushes out what was printed. A full disk behind stdout must not look like success.
func (c *console) finish() error {
	if err := c.out.Flush(); err != nil {
		return fmt.Errorf("cannot write the output: %w", err)
	}
	return nil
}
