package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/analysis/report"
	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/topology"
)

// planFlags are the flags that override what a file says about its simulation. Zero means not given.
type planFlags struct {
	runs, workers int
	horizon       model.Seconds
	seed          uint64
	seedDrawn     bool
	exact         bool
}

// addTo declares the flags that decide what replication N looks like.
func (f *planFlags) addTo(cmd *cobra.Command) {
	cmd.Flags().Var(secondsFlag{&f.horizon}, "horizon", "length of a replication, such as 1y (default: the file's, else 1y)")
	cmd.Flags().Var(seedFlag{&f.seed, &f.seedDrawn}, "seed", "seed of all randomness; random draws one and prints it (default: the file's, else 1)")
	completeFlag(cmd, "seed", "random")
	cmd.Flags().BoolVar(&f.exact, "exact", false, "draw from the laws themselves instead of from tables made of them (slower)")
}

// addRunsTo declares the flags that decide how many replications are run, and how.
func (f *planFlags) addRunsTo(cmd *cobra.Command) {
	cmd.Flags().Var(countFlag{&f.runs}, "runs", "number of replications, such as 20000 (default: the file's, else 10000)")
	cmd.Flags().Var(countFlag{&f.workers}, "workers", "replications at a time; the results do not depend on it (default: one per core)")
}

// job is a topology made ready for simulation.
type job struct {
	file    string // as on the command line
	top     *topology.Topology
	plan    model.Plan        // the file's with the flags over it
	flagged map[string]string // settings that a flag decided: their values, by flag
	program *engine.Program
	options engine.Options
	rows    int              // outages and losses to keep one by one
	curves  *analysis.Curves // nil unless somebody will look at them
	draws   int              // of uncertain parameters; 0 = none are drawn
	perDraw int              // replications
	of      string           // what is to be precise; "" is up to the objectives
	maxTime time.Duration    // 0 = no limit
	layers  layers           // laid over the file
}

// prepare loads a file, lays the flags over its plan and compiles it.
func prepare(c *console, cmd *cobra.Command, file string, f *planFlags) (*job, error) {
	t, err := c.load(file)
	if err != nil {
		return nil, err
	}
	return ready(c, cmd, file, t, f)
}

// ready lays the flags over the plan of a topology and compiles it.
func ready(c *console, cmd *cobra.Command, file string, t *topology.Topology, f *planFlags) (j *job, err error) {
	j = &job{file: file, top: t, plan: *t.Plan, layers: c.layers}
	j.override(cmd, f)
	if faults := model.Check(t.System, &j.plan).Faults(); len(faults) > 0 { // such as a horizon that never ends
		c.show(faults, nil)
		return nil, told(exitBadInput)
	}
	if f.seedDrawn && !c.quiet {
		c.talk("drew seed %d", f.seed)
	}
	if j.program, err = engine.Compile(t.System); err != nil {
		return nil, err
	}
	j.options = engine.OptionsOf(&j.plan)
	j.options.Exact, j.options.Workers = f.exact, f.workers
	return j, nil
}

// override lays the flags that were given over the plan of the file.
func (j *job) override(cmd *cobra.Command, f *planFlags) {
	j.flagged = map[string]string{}
	for name, set := range map[string]func() string{
		"runs":    func() string { j.plan.Runs = f.runs; return fmt.Sprint(f.runs) },
		"horizon": func() string { j.plan.Horizon = f.horizon; return f.horizon.String() },
		"seed":    func() string { j.plan.Seed = f.seed; return fmt.Sprint(f.seed) },
	} {
		if cmd.Flags().Changed(name) {
			j.flagged[name] = set()
		}
	}
}

// settings are the values in effect: the file's, with the last word for the flags.
func (j *job) settings() (list []report.Setting) {
	for _, s := range j.top.Settings {
		shown := report.Setting{Path: s.Path, Value: s.Value, Source: s.Source}
		name, _ := strings.CutPrefix(s.Path, "simulation.")
		if value, ok := j.flagged[name]; ok && name != s.Path {
			shown.Value, shown.Source = value, "--"+strings.ReplaceAll(name, "_", "-")
		}
		if shown.Path == "simulation.runs" && j.plan.Precision > 0 {
			shown.Value, shown.Source = fmt.Sprintf("until precise, at most %d", j.plan.MaxRuns), "precision"
		}
		list = append(list, shown)
	}
	return list
}

// findings is what a simulation, whole or interrupted, came to.
type findings struct {
	study       *analysis.Study
	done        int
	interrupted bool
	uncertainty *analysis.Uncertainty // nil unless parameters were drawn
	stop        *report.Stop          // nil if all runs that were asked for were done
}

// simulate runs the replications of a job. If ctx ends early, what is done by then counts.
func (j *job) simulate(ctx context.Context, p progress) (*findings, error) {
	defer p.close()
	f := &findings{study: analysis.NewStudy(j.top.System, &j.plan)}
	f.study.KeepRows(j.rows)
	look := newLookout(j)
	limited, cancel := j.withDeadline(ctx)
	defer cancel()
	run := j.simulateKnown
	if j.draws > 0 {
		run = j.simulateDraws
	}
	if err := run(limited, f, look, p); err != nil {
		return nil, err
	}
	if f.stop == nil {
		f.interrupted = ctx.Err() != nil && f.done < j.options.Runs
		f.stop = look.stop(f, limited.Err() != nil && f.done < j.options.Runs)
	}
	return f, nil
}

// simulateKnown simulates a system all of whose parameters are known.
func (j *job) simulateKnown(ctx context.Context, f *findings, look *lookout, p progress) error {
	for outcome, err := range j.program.Replications(ctx, j.options) {
		if err != nil {
			return err
		}
		f.add(outcome, j.curves)
		if look.enough(f.study, f.done, p) {
			f.stop = look.precise()
			break
		}
		p.update(f.done)
	}
	return nil
}

// add takes in a replication. Curves may be nil.
func (f *findings) add(outcome *model.Outcome, curves *analysis.Curves) {
	f.study.Add(outcome)
	if curves != nil {
		curves.Add(outcome)
	}
	if f.uncertainty != nil {
		f.uncertainty.Add(outcome)
	}
	f.done++
}

// untilInterrupted gives a context that ends with Ctrl-C or SIGTERM. From then on signals have their
// usual effect again, so a second Ctrl-C kills; announce may tell.
func untilInterrupted(announce func()) (ctx context.Context, release func()) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	unhook := context.AfterFunc(ctx, func() {
		stop()
		announce()
	})
	return ctx, func() { unhook(); stop() }
}
