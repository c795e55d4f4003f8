package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/analysis/report"
	"github.com/ftsim/ftsim/topology"
)

type sweepFlags struct {
	planFlags
	pictureFlags
	vary        []string
	out, format string
}

func newSweep(c *console) *cobra.Command {
	f := &sweepFlags{format: "text"}
	cmd := &cobra.Command{
		Use:   "sweep FILE --vary path=values",
		Short: "Simulate a design for many values of some parameters, and find the best",
		Long: `Simulates a design once for each value of a parameter, or for each combination of the values of several,
all under the same luck (common random numbers), and prints what users get at each point and what it
costs. It ends with the cheapest point that meets every objective; where nothing has a price, with the
one that needs the fewest nodes.

  path=1,2,3     these values; commas in brackets belong to a value
  path=2..6      whole numbers from 2 to 6
  path=lo..hi:n  n values in equal steps; with :log at the end in equal ratios

A path has the keys that ftsim explain shows, as with --set. With --out, a folder gets sweep.csv,
sweep.json, a curve of one parameter or a heat map of two, and the cost against the downtime.

The exit code is 0 whatever became of the objectives; 130 if interrupted, with the points done by then.`,
		Example: `  ftsim sweep shop.yaml --vary services.db.failover.detection.timeout=2s..120s:8:log
  ftsim sweep shop.yaml --vary nodes.web.count=2..6 --vary services.db.policy=hot,warm,cold --out results
  ftsim sweep shop.yaml --vary 'services.db.replicas=[a],[a, b],[a, b, c]' --format csv`,
		Args:              c.layers.orBase(arguments(1, 1, "a topology file")),
		ValidArgsFunction: topologyFiles,
		RunE:              func(cmd *cobra.Command, args []string) error { return sweep(c, cmd, c.layers.designs(args)[0], f) },
	}
	cmd.Flags().StringArrayVar(&f.vary, "vary", nil, "what is varied, as in `path=values`; may be repeated, for a grid")
	cmd.Flags().StringVar(&f.out, "out", "", "write tables (CSV, JSON) and pictures (PNG, SVG) to the folder `DIR`")
	c.layers.addTo(cmd)
	f.addRunsTo(cmd)
	f.planFlags.addTo(cmd)
	f.pictureFlags.addTo(cmd)
	addFormatTo(cmd, &f.format, []string{"text", "json", "csv"})
	return cmd
}

func sweep(c *console, cmd *cobra.Command, file string, f *sweepFlags) error {
	if len(f.vary) == 0 {
		return badInput("nothing is varied; write for example: %s", firstExample(cmd))
	}
	g, err := newGrid(f.vary)
	if err != nil {
		return err
	}
	in, err := c.input(file)
	if err != nil {
		return err
	}
	s := &sweeping{c: c, cmd: cmd, flags: f, file: file, in: in, grid: g}
	if err := s.checkAll(); err != nil {
		return err
	}
	if err := f.check(cmd, f.out); err != nil {
		return err
	}
	if f.out != "" || cmd.Flags().Changed("out") {
		if err := (&compareFlags{out: f.out}).checkPlaces(cmd, nil); err != nil {
			return err
		}
	}
	ctx, release := untilInterrupted(c.announceEnd)
	defer release()
	err = s.simulate(ctx)
	release()
	if err != nil {
		return err
	}
	if len(s.found.Points) == 0 {
		c.talk("ftsim: interrupted before the first point was done; nothing to report")
		return told(exitInterrupted)
	}
	if err := s.report(); err != nil {
		return err
	}
	if n := len(s.found.Points); n < g.size() {
		c.talk("ftsim: interrupted after %d of %d points; these results are partial", n, g.size())
		return told(exitInterrupted)
	}
	return nil
}

// sweeping is a sweep under way.
type sweeping struct {
	c     *console
	cmd   *cobra.Command
	flags *sweepFlags
	file  string
	in    *topology.Input
	grid  *grid
	first *job // without its program
	found analysis.Sweep
}

// varyName is what messages call the values of a point.
const varyName = "--vary"

// job makes a point ready. Warnings are shown for the first one only.
func (s *sweeping) job(point int) (*job, error) {
	in := *s.in
	in.Set = slices.Clone(s.in.Set)
	for i, v := range s.grid.point(point) {
		in.Set = append(in.Set, topology.Assignment{From: varyName, Text: s.grid.varied[i].Path + "=" + v})
	}
	first := s.first == nil
	t, err := s.c.loadInput(&in, first && !s.c.quiet)
	if err != nil {
		return nil, err
	}
	j, err := ready(s.c, s.cmd, s.file, t, &s.flags.planFlags)
	s.flags.seedDrawn = false // said once
	return j, err
}

// checkAll reads every point before the first is simulated, so that a mistake in the last one costs no time.
func (s *sweeping) checkAll() error {
	for i := range s.grid.size() {
		j, err := s.job(i)
		if err != nil {
			return err
		}
		if s.first == nil {
			s.c.tellMedians(j)
			s.first = j
			if j.plan.Precision > 0 && !s.cmd.Flags().Changed("runs") && !s.c.quiet {
				s.c.talk("%s: a sweep does not stop at a precision; it takes %d runs for each point, or --runs", displayName(s.file), j.plan.Runs)
			}
		}
	}
	return nil
}

// simulate runs the points one after the other. What is not complete when ctx ends is dropped.
func (s *sweeping) simulate(ctx context.Context) error {
	p := newProgress(s.c, s.first.plan.Runs*s.grid.size())
	defer p.close()
	done := 0
	for i := range s.grid.size() {
		j, err := s.job(i)
		if err != nil {
			return err
		}
		study := s.found.Study(j.top.System, &j.plan)
		of := done
		for outcome, err := range j.program.Replications(ctx, j.options) {
			if err != nil {
				return fmt.Errorf("at %v: %w", s.grid.point(i), err)
			}
			study.Add(outcome)
			done++
			p.update(done)
		}
		if done-of < j.options.Runs {
			break
		}
		s.found.Add(s.grid.point(i), study)
	}
	s.found.Correct()
	return nil
}

// report writes and prints what was found.
func (s *sweeping) report() error {
	p := s.first.provenance(&findings{done: s.first.plan.Runs, interrupted: len(s.found.Points) < s.grid.size()})
	d := report.BuildSweep(&s.found, s.grid.varied, s.grid.size(), p)
	d.Art = s.flags.art
	var unwritten error
	if s.flags.out != "" {
		if unwritten = writeFiles(s.flags.out, report.SweepFiles(d)); unwritten == nil && !s.c.quiet {
			s.c.talk("results in %s", filepath.Clean(s.flags.out)+string(filepath.Separator))
		}
	}
	return errors.Join(unwritten, printSweep(s.c, d, s.flags.format))
}

func printSweep(c *console, d *report.Sweep, format string) error {
	switch format {
	case "json":
		return report.SweepJSON(c.out, d)
	case "csv":
		return report.SweepCSV(c.out, d)
	}
	return report.SweepText(c.out, d, report.TextStyle{Color: c.colorOut(), Width: c.width()})
}
