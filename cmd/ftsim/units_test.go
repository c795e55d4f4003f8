package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/analysis/report"
	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/topology"
)

func TestCountFlag(t *testing.T) {
	for text, want := range map[string]int{
		"1": 1, "20000": 20000, "20_000": 20000, "20k": 20000, "2e4": 20000, "1000000000": 1e9,
		"": 0, "0": 0, "-3": 0, "1.5": 0, "many": 0, "NaN": 0, "Inf": 0, "1e300": 0, "1000000001": 0,
	} {
		got := 0
		err := countFlag{&got}.Set(text)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: got %d, %v, want %d", text, got, err, want)
		}
	}
}

func TestRowsFlag(t *testing.T) {
	for text, want := range map[string]int{"1": 1, "20k": 20000, "all": analysis.AllRows, "": 0, "0": 0, "some": 0, "-1": 0} {
		got := 0
		err := rowsFlag{&got}.Set(text)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: got %d, %v, want %d", text, got, err, want)
		}
		if err == nil && (rowsFlag{&got}).String() != strings.Replace(text, "k", "000", 1) {
			t.Errorf("%q is shown as %s", text, rowsFlag{&got})
		}
	}
}

func TestSecondsFlag(t *testing.T) {
	for text, ok := range map[string]bool{"1y": true, "90d": true, "1h30m": true, "0s": false, "-1d": false, "5": false, "never": false, "": false} {
		var got model.Seconds
		if err := (secondsFlag{&got}).Set(text); (err == nil) != ok || (got > 0) != ok {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
	}
}

func TestSeedFlag(t *testing.T) {
	var seed uint64
	drawn := false
	f := seedFlag{&seed, &drawn}
	if err := f.Set("0"); err != nil || seed != 0 || drawn {
		t.Errorf("0 is a seed like others, got %d, %v", seed, err)
	}
	if err := f.Set("random"); err != nil || !drawn {
		t.Errorf("random: %v", err)
	}
	for _, text := range []string{"-1", "1.5", "x", ""} {
		if f.Set(text) == nil {
			t.Errorf("%q was taken for a seed", text)
		}
	}
}

func TestCodes(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, exitDone},
		{errors.New("disk full"), exitFailed},
		{badInput("no"), exitBadInput},
		{fmt.Errorf("in x: %w", badInput("no")), exitBadInput},
		{model.Problems{{What: "no"}}, exitBadInput},
		{verdictError(analysis.Met), exitDone},
		{verdictError(analysis.Missed), exitMissed},
		{verdictError(analysis.Undecided), exitUndecided},
	} {
		if got := codeOf(c.err); got != c.want {
			t.Errorf("%v: exit code %d, want %d", c.err, got, c.want)
		}
	}
}

func TestProgressLine(t *testing.T) {
	got := progressLine(1200, 20000, 10*time.Second)
	if want := "1200 of 20000 replications, 6 %, 120/s, 2m37s left"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestPanicIsReported gives the console no stdin: help needs none, so the fault must come from inside.
func TestPanicIsReported(t *testing.T) {
	dir := t.TempDir()
	file := create(t, dir, "stderr")
	c := newConsole(nil, create(t, dir, "stdout"), file)
	c.out = nil // the next print panics
	if code := execute([]string{"version"}, c); code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
	text, err := os.ReadFile(file.Name())
	if err != nil || !strings.Contains(string(text), "internal error") || !strings.Contains(string(text), "Please report it") {
		t.Errorf("stderr: %q, %v", text, err)
	}
}

// TestFullDisk makes sure that output which got lost does not look like success.
func TestFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		return // only Linux has a device that is always full
	}
	defer full.Close()
	file := create(t, t.TempDir(), "stderr")
	if code := execute([]string{"version"}, newConsole(nil, full, file)); code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
	if text, _ := os.ReadFile(file.Name()); !strings.Contains(string(text), "cannot write the output") {
		t.Errorf("stderr: %q", text)
	}
}

func create(t *testing.T, dir, name string) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestFilesAreWholeOrNotThere(t *testing.T) {
	dir := t.TempDir()
	write := func(text string, err error) func(io.Writer) error {
		return func(w io.Writer) error {
			io.WriteString(w, text)
			return err
		}
	}
	if err := writeFiles(dir, []report.File{{Name: "a", Write: write("old", nil)}}); err != nil {
		t.Fatal(err)
	}
	err := writeFiles(dir, []report.File{{Name: "a", Write: write("new", nil)}, {Name: "b", Write: write("half", errors.New("no ink"))}})
	if err == nil || !strings.Contains(err.Error(), "no ink") || !strings.Contains(err.Error(), filepath.Join(dir, "b")) {
		t.Errorf("error %v does not tell what failed where", err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "a"))
	if string(text) != "old" {
		t.Errorf("a holds %q after a failure, want what was there: %v", text, err)
	}
	left, err := os.ReadDir(dir)
	if len(left) != 1 {
		t.Errorf("%d files left, want 1: %v, %v", len(left), left, err)
	}
}

func TestNextCommand(t *testing.T) {
	plan := model.DefaultPlan()
	j := &job{file: "my shop.yaml", top: &topology.Topology{Plan: &plan}, plan: plan}
	sum := &analysis.Summary{Worst: analysis.Worst{Replication: 7, Down: 60}}
	if got, want := nextCommand(j, sum, &planFlags{}), "ftsim trace 'my shop.yaml' --replication 7"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	j.plan.Seed, j.plan.Horizon = 9, 5*model.Year
	if got, want := nextCommand(j, sum, &planFlags{exact: true}), "ftsim trace 'my shop.yaml' --replication 7 --seed 9 --horizon 5y --exact"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	j.file = stdinArgument
	if got := nextCommand(j, sum, &planFlags{}); got != "" {
		t.Errorf("what came through a pipe cannot be traced by name, got %q", got)
	}
}

// TestIncidents tells a story by hand: a part nobody uses, an outage with what led to it and its
// aftermath, and one that never ends.
func TestIncidents(t *testing.T) {
	sys := &model.System{
		Components: []model.Component{{Name: "a"}, {Name: "spare"}},
		Services:   []model.Service{{Name: "db", Members: []model.Member{{Component: 0, Host: 0}}}},
		Journeys:   []model.Journey{{Name: "buy", Service: model.None, Needs: []model.Dependency{{Need: model.Need{Ref: 0}}}}},
	}
	plan := model.DefaultPlan()
	s := &story{sys: sys, plan: &plan, outcome: &model.Outcome{Horizon: model.Day}, notes: []engine.Note{
		{At: 10, Kind: engine.ComponentFailed, Component: 1},
		{At: 100, Kind: engine.ComponentFailed, Component: 0, Mode: model.Hang},
		{At: 100, Kind: engine.JourneyDown, Phase: model.Detection},
		{At: 105, Kind: engine.BelievedDown},
		{At: 160, Kind: engine.JourneyUp},
		{At: 4000, Kind: engine.BelievedUp},
		{At: 4000, Kind: engine.ComponentRepaired, Component: 0},
		{At: 50000, Kind: engine.JourneyDown, Phase: model.Repair},
	}}
	var b strings.Builder
	s.incidents(&b)
	want := `1. day 1 00:01:40.0  buy down for 1m
   day 1 00:01:40.0   node a fails: hang
   day 1 00:01:40.0   buy is DOWN (detection)
   day 1 00:01:45.0   db takes a for down
   day 1 00:02:40.0   buy is up after 1m
   day 1 01:06:40.0   db takes a for up
   day 1 01:06:40.0   a works again after 1.08h

2. day 1 13:53:20.0  buy down for 10.1h and not up again
   day 1 13:53:20.0   buy is DOWN (repair)

1 event without consequences for users left out; --all shows them.
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	b.Reset()
	s.everything(&b)
	if n := strings.Count(b.String(), "\n"); n != len(s.notes) {
		t.Errorf("--all tells %d lines of %d notes", n, len(s.notes))
	}
}

func TestWantsColor(t *testing.T) {
	for _, c := range []struct {
		noColor, term string
		terminal      bool
		want          bool
	}{
		{"", "xterm", true, true},
		{"", "xterm", false, false},
		{"1", "xterm", true, false},
		{"", "dumb", true, false},
	} {
		env := map[string]string{"NO_COLOR": c.noColor, "TERM": c.term}
		if got := wantsColor(func(name string) string { return env[name] }, c.terminal); got != c.want {
			t.Errorf("%+v: got %v", c, got)
		}
	}
}
