package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/analysis/report"
	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
)

// A file may have uncertain parameters. Then a simulation has two levels: parameters are drawn, and each
// draw is simulated for some replications.

const (
	usualDraws = 200    // enough for the ends of a 90 % band to have intervals
	mostDraws  = 100000 // each is read, checked and compiled
	leastDraws = 2      // without which no spread shows
	leastShare = 2      // replications per draw, without which chance cannot be told from the rest
	usualShare = 10     // replications per draw if nothing says how many draws there will be
)

func addDrawsTo(cmd *cobra.Command, to *int) {
	cmd.Flags().Var(countFlag{to}, "draws", fmt.Sprintf("draws of the uncertain parameters of a file, which share the runs (default: %d, but at least 10 runs each)", usualDraws))
}

// planDraws divides the runs among draws, if the file has anything to draw.
func (j *job) planDraws(wanted int) error {
	switch {
	case len(j.top.Uncertain) == 0 && wanted > 0:
		return badInput("--draws is about uncertain parameters, and %s has none; write for example mtbf: {uncertain: {p5: 1y, p95: 5y}}", displayName(j.file))
	case len(j.top.Uncertain) == 0:
		return nil
	case wanted > mostDraws:
		return badInput("--draws: at most %d", mostDraws)
	case wanted > 0 && wanted < leastDraws:
		return badInput("--draws: at least %d, because one draw shows no spread", leastDraws)
	case j.plan.Precision > 0 && wanted > 0:
		return badInput("--draws and a precision both say when to stop; give --max-runs for the most runs, of which each draw gets %d", usualShare)
	case j.plan.Precision > 0:
		wanted = max(leastDraws, min(mostDraws, j.plan.Runs/usualShare))
	case wanted == 0:
		wanted = max(leastDraws, min(usualDraws, j.plan.Runs/usualShare))
	}
	if j.perDraw = j.plan.Runs / wanted; j.perDraw < leastShare {
		return badInput("%d runs are too few for %d draws of the uncertain parameters; give at least %d runs for each draw", j.plan.Runs, wanted, leastShare)
	}
	j.draws = wanted
	j.plan.Runs = wanted * j.perDraw
	j.options.Runs = j.plan.Runs
	return nil
}

// takeDraw turns a job into one about draw k of its uncertain parameters, and gives their values.
func (j *job) takeDraw(k int) (values []float64, err error) {
	sys, values, err := j.top.Draw(j.plan.Seed, k)
	if err != nil {
		return nil, j.unfit(k, err)
	}
	top := *j.top
	top.System = sys
	j.top = &top
	j.program, err = engine.Compile(sys)
	return values, err
}

// unfit words what is wrong with a draw: values that do not go together.
func (j *job) unfit(k int, err error) error {
	var ps model.Problems
	if errors.As(err, &ps) && len(ps) > 0 {
		return badInput("draw %d of the uncertain parameters makes no sense: %v; narrow their ranges", k, ps[0])
	}
	return err
}

// simulateDraws simulates a system with uncertain parameters. Replications are numbered through, so that no
// two draws have the same luck. A precision is looked at between draws, which are what intervals count.
func (j *job) simulateDraws(ctx context.Context, f *findings, look *lookout, p progress) error {
	f.uncertainty = analysis.NewUncertainty(unknownsOf(j), analysis.Users(j.top.System))
	f.study.Cluster()
	if j.curves != nil {
		j.curves.Cluster()
	}
	for k := 0; k < j.draws && ctx.Err() == nil; k++ {
		if err := j.simulateDraw(ctx, k, f, p); err != nil {
			return err
		}
		if look.enough(f.study, k+1, p) {
			f.stop = look.precise()
			break
		}
	}
	return nil
}

// simulateDraw simulates draw k, a cluster of replications.
func (j *job) simulateDraw(ctx context.Context, k int, f *findings, p progress) error {
	one := *j
	values, err := one.takeDraw(k)
	if err != nil {
		return err
	}
	f.uncertainty.Draw(values)
	one.options.First, one.options.Runs = k*j.perDraw, j.perDraw
	for outcome, err := range one.program.Replications(ctx, one.options) {
		if err != nil {
			return err
		}
		f.add(outcome, j.curves)
		p.update(f.done)
	}
	f.study.EndCluster()
	if j.curves != nil {
		j.curves.EndCluster()
	}
	return nil
}

func unknownsOf(j *job) (list []analysis.Parameter) {
	for _, p := range j.top.Uncertain {
		list = append(list, analysis.Parameter{Name: p.Name, Text: p.Text, Unit: p.Unit})
	}
	return list
}

// tellMedians says what a command that does not draw makes of uncertain parameters.
func (c *console) tellMedians(j *job) {
	if n := len(j.top.Uncertain); n > 0 && !c.quiet {
		c.talk("%s: %s at the median; ftsim run draws them", displayName(j.file), count(n, "uncertain parameter"))
	}
}

// traceDraw readies a job for the story of a replication of draw k, and tells with which values.
func (j *job) traceDraw(c *console, wanted bool, k int) error {
	switch {
	case !wanted:
		c.tellMedians(j)
		return nil
	case len(j.top.Uncertain) == 0:
		return badInput("--draw is about uncertain parameters, and %s has none", displayName(j.file))
	case k < 0:
		return badInput("--draw %d: draws are counted from 0", k)
	}
	values, err := j.takeDraw(k)
	if err != nil || c.quiet {
		return err
	}
	for i, p := range j.top.Uncertain {
		c.talk("draw %d: %s = %s", k, p.Name, report.Amount(values[i], p.Unit))
	}
	return nil
}
