package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/analysis/report"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/topology"
)

type compareFlags struct {
	planFlags
	format    string
	verbose   bool
	out, html string
	pictureFlags
}

func newCompare(c *console) *cobra.Command {
	f := &compareFlags{format: "text"}
	cmd := &cobra.Command{
		Use:   "compare FILE FILE…",
		Short: "Hold designs against each other under the same luck",
		Long: `Simulates several designs with the same seed, horizon and number of runs and reports what the others
have more or less of than the first. What has the same name in two files has the same luck in both
(common random numbers), so that differences show which would drown in independent runs. Each
difference comes with its interval and a p-value, or ~ if the designs cannot be told apart.

Seed, horizon, runs and start are those of the first file; flags take precedence. Journeys and stores
are matched by name.`,
		Example: `  ftsim compare today.yaml plan.yaml
  ftsim compare hot.yaml warm.yaml cold.yaml --runs 20000 -v
  ftsim compare a.yaml b.yaml --format csv
  ftsim compare a.yaml b.yaml --html compare.html
  ftsim compare a.yaml b.yaml --out results`,
		Args:              arguments(2, -1, "two topology files or more"),
		ValidArgsFunction: topologyFiles,
		RunE:              func(cmd *cobra.Command, args []string) error { return compare(c, cmd, args, f) },
	}
	f.addRunsTo(cmd)
	f.planFlags.addTo(cmd)
	c.layers.addTo(cmd)
	cmd.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "more figures, and what the common luck was worth")
	cmd.Flags().StringVar(&f.out, "out", "", "write the comparison as a page (HTML), pictures, Markdown, a table (CSV) and JSON to the folder `DIR`")
	cmd.Flags().StringVar(&f.html, "html", "", "write the comparison as one page that opens offline to `FILE`")
	f.pictureFlags.addTo(cmd)
	addFormatTo(cmd, &f.format, report.FormatNames(true))
	return cmd
}

func compare(c *console, cmd *cobra.Command, files []string, f *compareFlags) error {
	jobs, err := prepareAll(c, cmd, files, &f.planFlags)
	if err != nil {
		return err
	}
	if err := f.checkPlaces(cmd, jobs); err != nil {
		return err
	}
	ctx, release := untilInterrupted(c.announceEnd)
	defer release()
	found, err := simulateAll(ctx, jobs, newProgress(c, jobs[0].plan.Runs))
	release()
	if err != nil {
		return err
	}
	if found.done == 0 {
		c.talk("ftsim: interrupted before the first replication was done; nothing to report")
		return told(exitInterrupted)
	}
	p := comparedProvenance(jobs, found)
	p.Command = commandForAll(jobs, found.done, f.exact)
	d := report.BuildCompared(found.comparison.Standing(), p, inputs(jobs), f.verbose)
	d.Art = f.art
	if err := errors.Join(f.write(d), printCompared(c, d, f.format)); err != nil {
		return err
	}
	if found.interrupted {
		c.talk("ftsim: interrupted after %d of %d replications; these results are partial", found.done, jobs[0].plan.Runs)
		return told(exitInterrupted)
	}
	return nil
}

// checkPlaces finds out before the simulation whether there is a place for what is to be written.
func (f *compareFlags) checkPlaces(cmd *cobra.Command, jobs []*job) error {
	if err := f.check(cmd, f.out); err != nil {
		return err
	}
	given := cmd.Flags().Changed
	if given("out") {
		if f.out == "" {
			return badInput("--out is empty; name a folder")
		}
		if err := makeOutDir(f.out); err != nil {
			return err
		}
	}
	if given("html") {
		return checkPage(f.html, jobs...)
	}
	return nil
}

// write writes what --out and --html ask for.
func (f *compareFlags) write(d *report.Compared) (err error) {
	if f.out != "" {
		err = writeFiles(f.out, report.ComparedFiles(d))
	}
	if f.html != "" {
		err = errors.Join(err, writePage(f.html, func(w io.Writer) error { return report.ComparedHTML(w, d) }))
	}
	return err
}

// commandForAll is the command that gives the same comparison again, whatever flags and files said.
func commandForAll(jobs []*job, runs int, exact bool) string {
	s := "ftsim compare"
	for _, j := range jobs {
		if j.file == stdinArgument {
			return ""
		}
		s += " " + shellWord(j.file)
	}
	p := &jobs[0].plan
	if jobs[0].layers.piped() {
		return ""
	}
	s += jobs[0].layers.words() + fmt.Sprintf(" --runs %d --seed %d --horizon %v", runs, p.Seed, p.Horizon)
	if exact {
		s += " --exact"
	}
	return s
}

// prepareAll makes every design ready and tells of all files that are wrong, not only of the first.
func prepareAll(c *console, cmd *cobra.Command, files []string, f *planFlags) (jobs []*job, worst error) {
	read := append(slices.Clone(files), c.layers.above()...)
	if n := slices.Index(read, stdinArgument); n >= 0 && slices.Contains(read[n+1:], stdinArgument) {
		return nil, badInput("- is there twice, but stdin can be read only once")
	}
	for _, file := range files {
		j, err := prepare(c, cmd, file, f)
		f.seedDrawn = false // said once
		if err != nil {
			if !isTold(err) {
				c.talk("ftsim: %v", err)
			}
			if worst == nil || codeOf(err) == exitFailed {
				worst = told(codeOf(err))
			}
			continue
		}
		c.tellMedians(j)
		jobs = append(jobs, j)
	}
	if worst != nil {
		return nil, worst
	}
	if first := jobs[0]; first.plan.Precision > 0 && !cmd.Flags().Changed("runs") && !c.quiet {
		c.talk("%s: a comparison does not stop at a precision; it takes %d runs, or --runs", displayName(first.file), first.plan.Runs)
	}
	for _, j := range jobs[1:] {
		if err := j.follow(c, jobs[0]); err != nil {
			return nil, err
		}
	}
	return jobs, nil
}

// follow takes over the first design's settings of the simulation, and says so where the file says
// something else: only what differs in the designs may make a difference.
func (j *job) follow(c *console, first *job) error {
	own, p := j.plan, first.plan
	for _, s := range []struct {
		what        string
		mine, taken any
	}{
		{"horizon", own.Horizon, p.Horizon},
		{"runs", own.Runs, p.Runs},
		{"seed", own.Seed, p.Seed},
		{"start", start(&own), start(&p)},
		{"incident.min_downtime", own.MinDowntime, p.MinDowntime},
		{"incident.merge_gap", own.MergeGap, p.MergeGap},
		{"incident.run_out", own.RunOut, p.RunOut},
	} {
		if s.mine != s.taken && !c.quiet {
			c.talk("%s: %s is %v here, but %v as in %s for all", displayName(j.file), s.what, s.mine, s.taken, displayName(first.file))
		}
	}
	if faults := j.adopt(first); len(faults) > 0 {
		c.show(faults, nil)
		return told(exitBadInput)
	}
	return nil
}

// adopt takes over the settings of another design but its objectives, and tells what does not go with them.
func (j *job) adopt(first *job) (faults model.Problems) {
	own := j.plan.Objectives
	j.plan, j.options = first.plan, first.options
	j.plan.Objectives = own
	return model.Check(j.top.System, &j.plan).Faults()
}

func start(p *model.Plan) string {
	if p.SteadyState {
		return "steady-state"
	}
	return "all-up"
}

// names tell the designs apart: the names of the files without their ending, else the whole paths.
func names(files []string) []string {
	short := make([]string, len(files))
	for i, f := range files {
		short[i] = strings.TrimSuffix(strings.TrimSuffix(filepath.Base(displayName(f)), ".yaml"), ".yml")
	}
	if !distinct(short) {
		for i, f := range files {
			short[i] = displayName(f)
		}
	}
	for i := range short {
		if slices.Contains(short[:i], short[i]) {
			short[i] += fmt.Sprintf(" (%d)", i+1)
		}
	}
	return short
}

func distinct(list []string) bool {
	for i := range list {
		if slices.Contains(list[:i], list[i]) {
			return false
		}
	}
	return true
}

// sideBySide is what the simulation of several designs, whole or interrupted, came to.
type sideBySide struct {
	comparison  *analysis.Comparison
	done        int
	interrupted bool
}

// simulateAll runs the designs in step, replication by replication, so that whenever it ends all have
// come equally far.
func simulateAll(ctx context.Context, jobs []*job, p progress) (*sideBySide, error) {
	defer p.close()
	f := &sideBySide{comparison: analysis.NewComparison(designs(jobs))}
	var next []func() (*model.Outcome, error, bool)
	for _, j := range jobs {
		pull, stop := iter.Pull2(j.program.Replications(ctx, j.options))
		defer stop()
		next = append(next, pull)
	}
	row := make([]*model.Outcome, len(jobs))
	for {
		for i := range next {
			o, err, ok := next[i]()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", displayName(jobs[i].file), err)
			}
			if !ok {
				f.interrupted = ctx.Err() != nil && f.done < jobs[0].options.Runs
				return f, nil
			}
			row[i] = o
		}
		f.comparison.Add(row)
		f.done++
		p.update(f.done)
	}
}

func designs(jobs []*job) (list []analysis.Design) {
	for i, name := range names(filesOf(jobs)) {
		list = append(list, analysis.Design{Name: name, System: jobs[i].top.System, Plan: &jobs[i].plan})
	}
	return list
}

func filesOf(jobs []*job) (files []string) {
	for _, j := range jobs {
		files = append(files, j.file)
	}
	return files
}

// inputs are the designs as texts that can be held against each other: as they are written, or if one of them is put
// together from several parts, each as one file.
func inputs(jobs []*job) (list []report.Input) {
	several := slices.ContainsFunc(jobs, func(j *job) bool { return j.top.Layered() })
	for i, name := range names(filesOf(jobs)) {
		text := jobs[i].top.Source
		if several {
			text = wholeText(jobs[i].top)
		}
		list = append(list, report.Input{Name: name, File: displayName(jobs[i].file), Hash: inputHash(jobs[i]), Text: text, Settings: jobs[i].settings()})
	}
	return list
}

// wholeText is a topology as one file.
func wholeText(t *topology.Topology) []byte {
	if text, err := t.Resolved(); err == nil {
		return text
	}
	return t.Source
}

func inputHash(j *job) string {
	hash := sha256.Sum256(j.top.Source)
	return "sha256:" + hex.EncodeToString(hash[:])
}

func comparedProvenance(jobs []*job, found *sideBySide) report.Provenance {
	return jobs[0].provenance(&findings{done: found.done, interrupted: found.interrupted})
}

func printCompared(c *console, d *report.Compared, format string) error {
	return report.WriteCompared(c.out, d, format, report.TextStyle{Color: c.colorOut(), Width: c.width()})
}
