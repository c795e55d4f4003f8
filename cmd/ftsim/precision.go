package main

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/analysis/report"
	"github.com/ftsim/ftsim/model"
)

// precisionFlags say when a run has gone on for long enough.
type precisionFlags struct {
	precision float64
	of        string
	maxRuns   int
	maxTime   model.Seconds
}

func (f *precisionFlags) addTo(cmd *cobra.Command) {
	cmd.Flags().Var(shareFlag{&f.precision}, "precision", "stop when intervals are within ± this share of their figures, such as 5%, instead of after --runs")
	cmd.Flags().Var(wordFlag{&f.of, analysis.PrecisionNames()}, "precision-of", "whose intervals (default: what the objectives are about, else the unavailability)")
	completeFlag(cmd, "precision-of", analysis.PrecisionNames()...)
	cmd.Flags().Var(countFlag{&f.maxRuns}, "max-runs", "with --precision: stop after so many replications in any case (default: the file's, else 1000000)")
	cmd.Flags().Var(secondsFlag{&f.maxTime}, "max-time", "stop after so much time in any case, such as 10m; where that is depends on the machine")
}

// lay puts the flags over the plan of the file. A number of runs on the command line is meant, whatever
// precision the file asks for.
func (f *precisionFlags) lay(cmd *cobra.Command, j *job) error {
	given := cmd.Flags().Changed
	if given("runs") && given("precision") {
		return badInput("--runs and --precision both say when to stop; give --max-runs for the most runs")
	}
	if given("runs") {
		j.plan.Precision = 0
	}
	if given("precision") {
		j.plan.Precision = f.precision
		j.flagged["precision"] = percentage(f.precision)
	}
	if j.plan.Precision == 0 && (given("max-runs") || given("precision-of")) {
		return badInput("--max-runs and --precision-of are about --precision, which is missing")
	}
	if given("max-runs") {
		j.plan.MaxRuns = f.maxRuns
		j.flagged["max_runs"] = strconv.Itoa(f.maxRuns)
	}
	if j.plan.Precision > 0 {
		if !analysis.Attainable(j.top.System, &j.plan, f.of) {
			return badInput("--precision-of %s: nothing in %s has such a figure", f.of, displayName(j.file))
		}
		j.plan.Runs, j.options.Runs = j.plan.MaxRuns, j.plan.MaxRuns
	}
	j.of, j.maxTime = f.of, time.Duration(float64(f.maxTime)*float64(time.Second))
	return nil
}

func percentage(x float64) string { return strconv.FormatFloat(100*x, 'g', 4, 64) + "%" }

// shareFlag is a share above 0 and below 1: 5% or 0.05.
type shareFlag struct{ to *float64 }

func (f shareFlag) Type() string { return "share" }

func (f shareFlag) String() string {
	if f.to == nil || *f.to == 0 {
		return ""
	}
	return percentage(*f.to)
}

func (f shareFlag) Set(text string) error {
	plain, hundredths := strings.CutSuffix(text, "%")
	v, err := strconv.ParseFloat(plain, 64)
	if err != nil {
		return fmt.Errorf("cannot read it as a share; write for example 5%%")
	}
	if hundredths {
		v /= 100
	}
	if !(v > 0 && v < 1) {
		return fmt.Errorf("it must be above 0 and below 100%%; write for example 5%%")
	}
	*f.to = v
	return nil
}

// lookout watches how precise a study has become. A run looks at fixed numbers of what its intervals count,
// replications or draws, so that it stops at the same replication with any number of workers.
type lookout struct {
	job  *job
	next int
	last analysis.Precision
}

func newLookout(j *job) *lookout {
	return &lookout{j, analysis.NextLook(0), analysis.Precision{Width: math.Inf(1)}}
}

// enough tells whether a study is precise enough after so many replications or draws, and lets the user
// know.
func (l *lookout) enough(s *analysis.Study, done int, p progress) bool {
	if l.job.plan.Precision == 0 || done < l.next {
		return false
	}
	l.next = analysis.NextLook(done)
	l.last = s.Precision(l.job.of)
	if shown, ok := p.(expecting); ok && l.needed(done) > 0 {
		shown.expect(l.needed(done), fmt.Sprintf("%s ± %.2g %%", l.last.What, 100*l.last.Width))
	}
	return l.last.Width <= l.job.plan.Precision
}

// needed is how many replications the precision will take, as the last look suggests; 0 if it has seen
// too little.
func (l *lookout) needed(done int) int {
	factor := math.Pow(l.last.Width/l.job.plan.Precision, 2)
	if math.IsInf(factor, 1) {
		return 0
	}
	return int(min(float64(l.job.options.Runs), float64(done*max(1, l.job.perDraw))*max(1, factor)))
}

// precise words that the last look was content.
func (l *lookout) precise() *report.Stop {
	return &report.Stop{Reason: report.StopPrecise, Wanted: l.job.plan.Precision, Reached: l.last.Width, What: l.last.What}
}

// stop words why a run ended before it was precise enough, or late, by the time it may take; nil if neither
// a precision nor a time had to do with it.
func (l *lookout) stop(f *findings, late bool) *report.Stop {
	if f.interrupted || l.job.plan.Precision == 0 && !late {
		return nil
	}
	out := &report.Stop{Reason: report.StopRuns, Wanted: l.job.plan.Precision}
	if late {
		out.Reason = report.StopTime
	}
	if out.Wanted == 0 || f.done == 0 {
		return out
	}
	last := f.study.Precision(l.job.of)
	if out.Reached, out.What = last.Width, last.What; last.Width <= out.Wanted && !late {
		out.Reason = report.StopPrecise
	}
	return out
}

// withDeadline ends a context after the time that a run may take.
func (j *job) withDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if j.maxTime <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, j.maxTime)
}
