package main

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// update lets a change of the output be looked at as a diff: go test ./cmd/ftsim -update
var update = flag.Bool("update", false, "rewrite what the scripts expect")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"ftsim": main, "interrupting": interrupting})
}

// TestScripts runs the files in testdata/script: command lines with what they print and return.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			examples, err := filepath.Abs("../../examples")
			e.Setenv("EXAMPLES", examples)
			return err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code":      expectCode,
			"interrupt": interrupt,
		},
	})
}

// expectCode runs a command that must end with a certain exit code: code 2 ftsim run nowhere.yaml
func expectCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N command [argument…]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := codeOfExec(ts.Exec(args[1], args[2:]...)); got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// interrupt sends SIGINT to a command that runs longer than a while, and checks its exit code:
// interrupt 1s 130 ftsim run big.yaml
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: interrupt DURATION N command [argument…]")
	}
	expectCode(ts, false, append([]string{args[1], "interrupting", args[0]}, args[2:]...))
}

// interrupting is a command for the scripts: it runs the command it is given, sends it SIGINT after a
// while and ends with its exit code.
func interrupting() {
	after, err := time.ParseDuration(os.Args[1])
	if err != nil {
		panic(err)
	}
	cmd := exec.Command(os.Args[2], os.Args[3:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	time.AfterFunc(after, func() { cmd.Process.Signal(os.Interrupt) })
	os.Exit(codeOfExec(cmd.Wait()))
}

func codeOfExec(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return -1
}
