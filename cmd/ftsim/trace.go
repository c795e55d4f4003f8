package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
)

type traceFlags struct {
	planFlags
	replication int
	draw        int
	all         bool
}

// searched is how many replications are looked through for a bad one when none is named.
const searched = 1000

func newTrace(c *console) *cobra.Command {
	f := &traceFlags{}
	cmd := &cobra.Command{
		Use:   "trace FILE",
		Short: "Tell the story of one replication",
		Long: fmt.Sprintf(`Tells what happened in one replication: what broke, who noticed, what was done about it and what users
felt. It shows incidents, each with what led to it and its aftermath; --all shows every event instead.
Without --replication it takes the one with the most downtime among the first %d. The same seed,
horizon and file show the replication that ftsim run counted.`, searched),
		Example: `  ftsim trace shop.yaml
  ftsim trace shop.yaml --replication 412
  ftsim trace shop.yaml --replication 412 --all | less`,
		Args:              c.layers.orBase(arguments(1, 1, "a topology file")),
		ValidArgsFunction: topologyFiles,
		RunE:              func(cmd *cobra.Command, args []string) error { return trace(c, cmd, c.layers.designs(args)[0], f) },
	}
	c.layers.addTo(cmd)
	cmd.Flags().IntVar(&f.replication, "replication", 0, "which replication, counted from 0 (default: the worst of the first 1000)")
	cmd.Flags().IntVar(&f.draw, "draw", 0, "which draw of the uncertain parameters of the file, counted from 0 (default: their medians)")
	cmd.Flags().BoolVar(&f.all, "all", false, "show every event, also those that touched nobody")
	f.addTo(cmd)
	return cmd
}

func trace(c *console, cmd *cobra.Command, file string, f *traceFlags) error {
	if f.replication < 0 {
		return badInput("--replication %d: replications are counted from 0", f.replication)
	}
	j, err := prepare(c, cmd, file, &f.planFlags)
	if err != nil {
		return err
	}
	if err := j.traceDraw(c, cmd.Flags().Changed("draw"), f.draw); err != nil {
		return err
	}
	if !cmd.Flags().Changed("replication") {
		if f.replication, err = j.worst(c); err != nil {
			return err
		}
	}
	var notes []engine.Note
	outcome, err := j.program.Trace(j.options, f.replication, func(n engine.Note) { notes = append(notes, n) })
	if err != nil {
		return err
	}
	s := &story{sys: j.top.System, cushion: j.program.CushionName, plan: &j.plan, notes: notes, outcome: outcome}
	s.head(c.out, displayName(file))
	if f.all {
		s.everything(c.out)
	} else {
		s.incidents(c.out)
	}
	return nil
}

// worst finds the replication with the most downtime among the first ones.
func (j *job) worst(c *console) (int, error) {
	ctx, release := untilInterrupted(func() {})
	defer release()
	o := *j
	o.options.Runs = min(searched, j.plan.Runs)
	found, err := o.simulate(ctx, silence{})
	if err != nil {
		return 0, err
	}
	if found.interrupted {
		return 0, told(exitInterrupted)
	}
	w := found.study.Summary().Worst
	switch {
	case c.quiet:
	case w.Down <= 0:
		c.talk("no journey went down in the first %d replications; showing replication %d", found.done, w.Replication)
	default:
		c.talk("replication %d has the most downtime of the first %d: %s", w.Replication, found.done, model.Seconds(w.Down).Round())
	}
	return w.Replication, nil
}
