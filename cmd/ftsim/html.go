package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/ftsim/ftsim/analysis/report"
	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/topology"
)

// enrich adds to a document what its page tells and no figure says: the presets in use, and the story of the
// incidents that a reader can pick.
func (j *job) enrich(d *report.Document) error {
	d.Presets = usedPresets(d.Provenance.Settings)
	for _, replication := range report.Told(d.Summary) {
		chapters, err := j.chapters(replication)
		if err != nil {
			return err
		}
		d.Story = append(d.Story, chapters...)
	}
	return nil
}

// usedPresets lists the presets that some value in effect comes from.
func usedPresets(settings []report.Setting) (list []report.Preset) {
	used := map[string]bool{}
	for _, s := range settings {
		if name, ok := strings.CutPrefix(s.Source, "preset "); ok {
			name, _, _ = strings.Cut(name, " ")
			used[name] = true
		}
	}
	for _, p := range topology.Presets() {
		if used[p.Name] {
			list = append(list, report.Preset{Name: p.Name, Help: p.Help, Source: p.Source, Version: p.Version})
		}
	}
	return list
}

// chapters replays a replication and tells its incidents.
func (j *job) chapters(replication int) (list []report.Chapter, err error) {
	one := *j
	if j.draws > 0 {
		if _, err := one.takeDraw(replication / j.perDraw); err != nil {
			return nil, err
		}
	}
	var notes []engine.Note
	outcome, err := one.program.Trace(one.options, replication, func(n engine.Note) { notes = append(notes, n) })
	if err != nil {
		return nil, err
	}
	s := &story{sys: one.top.System, cushion: one.program.CushionName, plan: &j.plan, notes: notes, outcome: outcome}
	since := newElapsed(s)
	for _, in := range findIncidents(s) {
		c := report.Chapter{Replication: replication, From: in.from, To: in.to}
		for rest := in.lines; len(rest) > 0; {
			n := s.chorus(rest, since)
			c.Lines = append(c.Lines, report.Line{At: notes[rest[0]].At, Text: s.sentence(rest[:n], since)})
			rest = rest[n:]
		}
		list = append(list, c)
	}
	return list, nil
}

// writePage writes a page to a file of its own, whole or not at all.
func writePage(path string, write func(io.Writer) error) error {
	fail := func(err error) error { return fmt.Errorf("cannot write %s: %w", path, reason(err)) }
	t, err := os.CreateTemp(filepath.Dir(path), passingNames)
	if err != nil {
		return fail(err)
	}
	err = errors.Join(write(t), t.Chmod(0o644), t.Close())
	if err == nil {
		err = os.Rename(t.Name(), path)
	}
	if err != nil {
		os.Remove(t.Name())
		return fail(err)
	}
	return nil
}

// checkPage finds out before the simulation whether a page can be written.
func checkPage(path string, jobs ...*job) error {
	if path == "" {
		return badInput("--html is empty; name a file")
	}
	if isDirectory(path) {
		return badInput("--html %s: there is a folder of that name; name a file", path)
	}
	if err := writable(filepath.Dir(path)); err != nil {
		return fmt.Errorf("cannot write to the folder %s: %w", filepath.Dir(path), reason(err))
	}
	for _, j := range jobs {
		if err := spareDesign("--html", path, j.top); err != nil {
			return err
		}
	}
	return nil
}

// spareDesign keeps a slip of the fingers from replacing a design by what comes of it.
func spareDesign(flag, path string, t *topology.Topology) error {
	there, err := os.Stat(path)
	if err != nil {
		return nil
	}
	for name := range t.Sources() {
		if read, err := os.Stat(name); err == nil && os.SameFile(there, read) {
			return badInput("%s %s: the design is read from there; name another file", flag, path)
		}
	}
	return nil
}

// commandFor is the command that gives the same results again, whatever flags and file said.
func (j *job) commandFor(runs int, exact bool) string {
	if j.file == stdinArgument || j.layers.piped() {
		return ""
	}
	s := fmt.Sprintf("ftsim run %s%s --runs %d --seed %d --horizon %v", shellWord(j.file), j.layers.words(), runs, j.plan.Seed, j.plan.Horizon)
	if j.draws > 0 {
		s += fmt.Sprintf(" --draws %d", j.draws)
	}
	if exact {
		s += " --exact"
	}
	return s
}
