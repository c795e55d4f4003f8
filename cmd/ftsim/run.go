package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/analysis/report"
)

type runFlags struct {
	planFlags
	precisionFlags
	pictureFlags
	out, format string
	html        string
	rows        int
	draws       int
}

// defaultRows of outages are ten megabytes, which any spreadsheet opens.
const defaultRows = 100_000

func newRun(c *console) *cobra.Command {
	f := &runFlags{format: "text", rows: defaultRows}
	cmd := &cobra.Command{
		Use:   "run FILE",
		Short: "Simulate a topology and report availability, recovery times and data loss",
		Long: `Simulates the architecture in FILE (- reads stdin) many times over and prints what it found:
objectives first, then the figures, then where the downtime comes from. Flags take precedence over
the file. The same version, file and seed give the same results, whatever the number of workers.

With --precision it runs until the intervals of what the objectives are about (without objectives, of
the unavailability) are as short as asked for, and stops at the same replication on every machine;
only --max-time depends on the machine, and the results say so.

` + exitCodesHelp,
		Example: `  ftsim run shop.yaml
  ftsim run shop.yaml --runs 20000 --out results
  ftsim run shop.yaml --out results --rows all
  ftsim run shop.yaml --out results --pictures svg --size 16cmx9cm
  ftsim run shop.yaml --html report.html
  ftsim run shop.yaml --seed random --horizon 5y
  ftsim run shop.yaml --precision 5% --max-time 10m
  ftsim run shop.yaml --format json | jq .objectives
  ftsim run shop.yaml --format markdown >> $GITHUB_STEP_SUMMARY`,
		Args:              c.layers.orBase(arguments(1, 1, "a topology file")),
		ValidArgsFunction: topologyFiles,
		RunE:              func(cmd *cobra.Command, args []string) error { return run(c, cmd, c.layers.designs(args)[0], f) },
	}
	c.layers.addTo(cmd)
	f.addRunsTo(cmd)
	f.precisionFlags.addTo(cmd)
	addDrawsTo(cmd, &f.draws)
	f.planFlags.addTo(cmd)
	cmd.Flags().StringVar(&f.out, "out", "", "write the report in all forms to the folder `DIR`: page, pictures, tables, and files for other programs")
	cmd.Flags().StringVar(&f.html, "html", "", "write the report as one page that opens offline to `FILE`")
	f.pictureFlags.addTo(cmd)
	cmd.Flags().Var(rowsFlag{&f.rows}, "rows", "most rows of outages.csv and of losses.csv; all for no limit")
	completeFlag(cmd, "rows", "all")
	addFormatTo(cmd, &f.format, report.FormatNames(false))
	return cmd
}

func run(c *console, cmd *cobra.Command, file string, f *runFlags) error {
	j, err := prepare(c, cmd, file, &f.planFlags)
	if err != nil {
		return err
	}
	if err := f.lay(cmd, j); err != nil {
		return err
	}
	if err := j.planDraws(f.draws); err != nil {
		return err
	}
	if f.out == "" && cmd.Flags().Changed("rows") {
		return badInput("--rows is about tables; add --out DIR to have them written")
	}
	if f.out == "" && cmd.Flags().Changed("out") {
		return badInput("--out is empty; name a folder")
	}
	if err := f.check(cmd, f.out); err != nil {
		return err
	}
	if f.out != "" {
		if err := makeOutDir(f.out); err != nil {
			return err
		}
	}
	if cmd.Flags().Changed("html") {
		if err := checkPage(f.html, j); err != nil {
			return err
		}
	}
	shown := f.out != "" || f.html != ""
	if shown {
		j.rows = f.rows
		j.curves = analysis.NewCurves(analysis.Users(j.top.System), analysis.CurveTimes(j.plan.Horizon))
	}
	ctx, release := untilInterrupted(c.announceEnd)
	defer release()
	found, err := j.simulate(ctx, newProgress(c, j.plan.Runs))
	release()
	if err != nil {
		return err
	}
	if found.done == 0 && !found.interrupted {
		return badInput("--max-time %s is over before the first replication is done", f.maxTime)
	}
	if found.done == 0 {
		c.talk("ftsim: interrupted before the first replication was done; nothing to report")
		return told(exitInterrupted)
	}
	sum := found.study.Summary()
	p := j.provenance(found)
	p.Next, p.Command = nextCommand(j, sum, &f.planFlags), j.commandFor(found.done, f.exact)
	if f.out != "" {
		p.OutDir = filepath.Clean(f.out) + string(filepath.Separator)
	}
	d := report.Build(sum, p)
	d.Curves, d.Art = j.curves, f.art
	d.AddUncertainty(found.uncertainty)
	if shown {
		if err := j.enrich(d); err != nil {
			return err
		}
	}
	var unwritten error
	if f.out != "" {
		if unwritten = writeFiles(f.out, report.Files(d)); unwritten != nil {
			d.Provenance.OutDir = ""
		}
	}
	if f.html != "" {
		unwritten = errors.Join(unwritten, writePage(f.html, func(w io.Writer) error { return report.HTML(w, d) }))
	}
	if err := errors.Join(unwritten, printDocument(c, d, f.format)); err != nil {
		return err
	}
	if found.interrupted {
		c.talk("ftsim: interrupted after %d of %d replications; these results are partial", found.done, j.plan.Runs)
		return told(exitInterrupted)
	}
	return verdictError(sum.Verdict())
}

// announceEnd answers Ctrl-C.
func (c *console) announceEnd() {
	if !c.quiet {
		c.talk("interrupted; reporting what is done (press Ctrl-C again to drop it)")
	}
}

func printDocument(c *console, d *report.Document, format string) error {
	return report.Write(c.out, d, format, report.TextStyle{Color: c.colorOut(), Width: c.width()})
}

// provenance says how the results came about, so that they can be had again.
func (j *job) provenance(found *findings) report.Provenance {
	b := readBuild()
	p := report.Provenance{
		Version:     b.Version,
		Commit:      b.Commit,
		GoVersion:   b.Go,
		Seed:        j.plan.Seed,
		InputName:   displayName(j.file) + j.layers.words(),
		InputHash:   inputHash(j),
		Runs:        found.done,
		Planned:     j.plan.Runs,
		Horizon:     j.plan.Horizon,
		Interrupted: found.interrupted,
		Stop:        found.stop,
		Settings:    j.settings(),
	}
	if j.plan.SteadyState {
		p.WarmUp = j.program.WarmUp()
	}
	return p
}

// nextCommand is the trace of the worst replication, with the flags that make it the same one.
func nextCommand(j *job, sum *analysis.Summary, f *planFlags) string {
	if j.file == stdinArgument || j.layers.piped() || sum.Worst.Down <= 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "ftsim trace %s%s --replication %d", shellWord(j.file), j.layers.words(), sum.Worst.Replication)
	if j.plan.Seed != j.top.Plan.Seed {
		fmt.Fprintf(&b, " --seed %d", j.plan.Seed)
	}
	if j.plan.Horizon != j.top.Plan.Horizon {
		fmt.Fprintf(&b, " --horizon %v", j.plan.Horizon)
	}
	if j.draws > 0 {
		fmt.Fprintf(&b, " --draw %d", sum.Worst.Replication/j.perDraw)
	}
	if f.exact {
		b.WriteString(" --exact")
	}
	return b.String()
}

// shellWord quotes a file name that a shell would take apart.
func shellWord(s string) string {
	if strings.ContainsAny(s, " \t\n'\"\\$&;|<>()*?[]#~`!{}") {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}
