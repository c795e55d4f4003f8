package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/analysis/report"
	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
)

type importanceFlags struct {
	planFlags
	journey, format string
	top             int
	each            bool
}

func newImportance(c *console) *cobra.Command {
	f := &importanceFlags{format: "text", top: 20}
	cmd := &cobra.Command{
		Use:   "importance FILE",
		Short: "Rank components and common causes by the downtime they are worth",
		Long: fmt.Sprintf(`Simulates the architecture in FILE once as it is, and for each component and common cause twice more:
with it made perfect (risk reduction), and failing %d times as often (risk achievement). All others
have the same luck each time, so that small differences show. It prints

  saved/y       downtime per year that would go if the element never failed, with its interval
  of downtime   that as a share: the downtime in which the element takes part (Fussell–Vesely)
  added/y       downtime per year that would come if it failed %d times as often
  began/y       downtime of the outages it began, as ftsim run books it; these add up to the whole
  of budget     the same as a share of what the objective for availability allows

~ marks a difference that this many runs do not tell from zero. Nodes of a count: are one row.

The exit code is 0 whatever became of the objectives; 130 if interrupted, with what was compared by then.`,
			analysis.RateFactor, analysis.RateFactor),
		Example: `  ftsim importance shop.yaml
  ftsim importance shop.yaml --journey checkout --runs 20000
  ftsim importance shop.yaml --each --top 50
  ftsim importance shop.yaml --format csv > importance.csv`,
		Args:              c.layers.orBase(arguments(1, 1, "a topology file")),
		ValidArgsFunction: topologyFiles,
		RunE:              func(cmd *cobra.Command, args []string) error { return importance(c, cmd, c.layers.designs(args)[0], f) },
	}
	c.layers.addTo(cmd)
	f.addRunsTo(cmd)
	f.addTo(cmd)
	cmd.Flags().StringVar(&f.journey, "journey", "", "rank for the journey `NAME` only (default: all that users make)")
	cmd.Flags().Var(countFlag{&f.top}, "top", "rows of a table; csv and json have all")
	cmd.Flags().BoolVar(&f.each, "each", false, "a row for each node of a count: and each process of a service")
	cmd.Flags().Var(wordFlag{&f.format, []string{"text", "json", "csv"}}, "format", "what to print on stdout")
	completeFlag(cmd, "format", "text", "json", "csv")
	return cmd
}

func importance(c *console, cmd *cobra.Command, file string, f *importanceFlags) error {
	j, err := prepare(c, cmd, file, &f.planFlags)
	if err != nil {
		return err
	}
	c.tellMedians(j)
	journeys, err := rankedJourneys(j.top.System, f.journey)
	if err != nil {
		return err
	}
	ctx, release := untilInterrupted(func() {
		if !c.quiet {
			c.talk("interrupted; reporting what is done (press Ctrl-C again to drop it)")
		}
	})
	defer release()
	im := analysis.NewImportance(j.top.System, &j.plan, analysis.Parts(j.top.System, f.each), journeys)
	finished, err := j.rank(ctx, im, newProgress(c, j.plan.Runs*passes(im)))
	if err != nil {
		return err
	}
	if im.Replications() == 0 {
		c.talk("ftsim: interrupted before the first replication was done; nothing to report")
		return told(exitInterrupted)
	}
	found := &findings{done: im.Replications(), interrupted: !finished}
	k := &report.Ranking{Importance: im, Provenance: j.provenance(found), Top: f.top}
	if err := printRanking(c, k, f.format); err != nil {
		return err
	}
	if !finished {
		c.talk("ftsim: interrupted; these results are partial")
		return told(exitInterrupted)
	}
	return nil
}

// rankedJourneys picks the journey of a name, or all that users make.
func rankedJourneys(sys *model.System, name string) ([]int, error) {
	if name == "" {
		return analysis.Users(sys), nil
	}
	var known []string
	for i := range sys.Journeys {
		if sys.Journeys[i].Name == name {
			return []int{i}, nil
		}
		known = append(known, sys.Journeys[i].Name)
	}
	return nil, badInput("--journey: there is no journey %q; %s", name, model.DidYouMean(name, known))
}

func printRanking(c *console, k *report.Ranking, format string) error {
	switch format {
	case "json":
		return report.ImportanceJSON(c.out, k)
	case "csv":
		return report.ImportanceCSV(c.out, k)
	}
	return report.ImportanceText(c.out, k, report.TextStyle{Color: c.colorOut(), Width: c.width()})
}

// passes is how many times the system is simulated.
func passes(im *analysis.Importance) int {
	n := 1
	for i := range im.Parts {
		for _, change := range changes {
			if change.Applies(&im.Parts[i]) {
				n++
			}
		}
	}
	return n
}

var changes = []analysis.Change{analysis.MadePerfect, analysis.FailsOften}

// rank simulates the system as it is, then with one part after the other changed. It tells whether it
// came to the end before ctx did.
func (j *job) rank(ctx context.Context, im *analysis.Importance, p progress) (finished bool, err error) {
	defer p.close()
	done := 0
	pass := func(sys *model.System, add func(*model.Outcome)) (whole bool, err error) {
		program, err := engine.Compile(sys)
		if err != nil {
			return false, err
		}
		n := 0
		for outcome, err := range program.Replications(ctx, j.options) {
			if err != nil {
				return false, err
			}
			add(outcome)
			n++
			done++
			p.update(done)
		}
		return n == j.options.Runs, nil
	}
	if whole, err := pass(im.System, im.Add); err != nil || !whole {
		return false, err
	}
	for _, part := range im.Order() {
		for _, change := range changes {
			if !change.Applies(&im.Parts[part]) {
				continue
			}
			compared := im.Compare()
			whole, err := pass(change.Apply(im.System, &im.Parts[part]), compared.Add)
			if err != nil || !whole {
				return false, err
			}
			im.Keep(part, change, compared)
		}
	}
	return true, nil
}
