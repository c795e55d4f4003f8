package main

import (
	"errors"
	"fmt"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// Exit codes are an interface: scripts rely on them, so a meaning is never given to another number.
const (
	exitDone        = 0   // done; all objectives met, or none stated
	exitFailed      = 1   // internal error, or the disk or a pipe failed
	exitBadInput    = 2   // something wrong in a file or on the command line
	exitMissed      = 3   // done; an objective is missed
	exitUndecided   = 4   // done; an objective is neither met nor missed with this many runs
	exitInterrupted = 130 // stopped by a signal; what was computed is written
)

const exitCodesHelp = `Exit codes:
  0    done; every objective is met, or none is stated
  1    internal error, or the disk or a pipe failed
  2    something wrong in a file or on the command line
  3    done; an objective is missed
  4    done; an objective is undecided with this many runs
  130  interrupted; what was computed until then is reported and written`

// coded is an error that knows its exit code. With told set, the user has already seen everything.
type coded struct {
	code int
	err  error
	told bool
}

func (c *coded) Error() string { return c.err.Error() }
func (c *coded) Unwrap() error { return c.err }

// badInput marks a mistake of the caller.
func badInput(format string, args ...any) error {
	return &coded{code: exitBadInput, err: fmt.Errorf(format, args...)}
}

// told ends the program with a code after the message is out.
func told(code int) error {
	return &coded{code: code, err: fmt.Errorf("exit code %d", code), told: true}
}

// isTold reports whether the user has already seen what an error is about.
func isTold(err error) bool {
	var c *coded
	return errors.As(err, &c) && c.told
}

// codeOf is the exit code an error stands for.
func codeOf(err error) int {
	var c *coded
	var ps model.Problems
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &c):
		return c.code
	case errors.As(err, &ps):
		return exitBadInput
	}
	return exitFailed
}

// verdictError turns a verdict into the matching exit code. The summary has already told why.
func verdictError(v analysis.Verdict) error {
	switch v {
	case analysis.Missed:
		return told(exitMissed)
	case analysis.Undecided:
		return told(exitUndecided)
	}
	return nil
}
