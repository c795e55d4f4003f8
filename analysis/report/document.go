// Package report shows what a study found: as text, JSON, CSV and pictures. All forms are made from one
// Document, so that they cannot disagree.
package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// Setting is an effective value and where it came from: "default …", "preset …" or the file.
type Setting struct{ Path, Value, Source string }

// Provenance is what it takes to get the same results again.
type Provenance struct {
	Version, Commit, GoVersion string
	Seed                       uint64
	InputName, InputHash       string
	Runs, Planned              int
	Horizon                    model.Seconds
	WarmUp                     model.Seconds // before each replication, with a steady-state start
	Interrupted                bool
	Stop                       *Stop // nil if all runs that were asked for were done
	Settings                   []Setting
	Warnings                   []string
	OutDir                     string
	Next                       string // a command to go on with
	Command                    string // gives these results again; empty if there is none
}

// Preset is a named set of values that the file uses, and where they come from.
type Preset struct{ Name, Help, Source, Version string }

// Chapter is an incident of a replication told event by event: what broke, who noticed, what was done.
type Chapter struct {
	Replication int
	From, To    model.Seconds
	Lines       []Line
}

// Line is an event in words.
type Line struct {
	At   model.Seconds
	Text string
}

// Document is a study ready to be shown.
type Document struct {
	Summary    *analysis.Summary
	Curves     *analysis.Curves      // nil unless they were asked for
	Uncertain  *analysis.Uncertainty // nil unless parameters were drawn
	Provenance Provenance
	Tables     []Table
	Warnings   []string  // of the input, then of the study
	LeftOut    []string  // what the figures do not include
	Presets    []Preset  // that the file uses
	Art        Artwork   // how pictures are written
	Story      []Chapter // of the replications that Told asks for; may be empty
}

// Tone is how a cell stands out.
type Tone uint8

// Tones.
const (
	Plain Tone = iota
	Good
	Bad
	Doubt
	Faint
)

// Cell is one field of a table.
type Cell struct {
	Text string
	Tone Tone
}

// Table is a block of the text report. The first heading is the title of the block.
type Table struct {
	Head []string
	Left int // columns from the left that are set left; the others are numbers
	Rows [][]Cell
	Note string
	Most int    // rows that the text shows; 0 = all
	Rest string // file that has all of them
}

// maxRows is how many rows of a table the text shows; the files have all.
const maxRows = 20

// topCauses is how many initiators are named; the others are summed.
const topCauses = 8

// Build prepares a summary for showing.
func Build(sum *analysis.Summary, prov Provenance) *Document {
	d := &Document{Summary: sum, Provenance: prov}
	d.Warnings = append(append(append(d.Warnings, prov.Warnings...), prov.Stop.warnings(prov.Runs)...), sum.Warnings...)
	d.LeftOut = []string{notNamed(sum.System)}
	if sum.Plan.RunOut > 0 {
		d.LeftOut = append(d.LeftOut, fmt.Sprintf("recoveries later than %s after the horizon", sum.Plan.RunOut))
	}
	if sum.Plan.SteadyState {
		d.LeftOut = append(d.LeftOut, fmt.Sprintf("the %s of warm-up with which each replication begins: it starts in the long-run state, at random ages", prov.WarmUp.Round()))
	}
	if sum.Replications == 0 {
		return d
	}
	d.add(objectives(sum))
	d.add(journeys(sum, "JOURNEYS", sum.Users))
	d.add(journeys(sum, "SERVICES", observers(sum)))
	d.add(details(sum))
	d.add(planned(sum))
	d.add(costs(sum))
	for _, j := range sum.Users[:min(len(sum.Users), 4)] {
		d.add(causes(&sum.Blame[j], analysis.ErrorBudget(sum.Plan, j)))
		d.add(phases(&sum.Blame[j]))
	}
	d.particulars(sum)
	return d
}

// particulars are the tables that answer the questions which the figures and the causes of downtime raise. However
// many a design has, they come after these.
func (d *Document) particulars(sum *analysis.Summary) {
	d.add(upkeep(sum))
	d.add(hiddenFaults(sum))
	d.add(partsTable(sum))
	for _, t := range dataTables(sum) {
		d.add(t)
	}
	d.add(salvaged(sum))
	d.add(cameBack(sum))
	d.add(queues(sum))
	d.add(shards(sum))
	d.add(staleReads(sum))
	d.add(jobs(sum))
	d.add(splits(sum))
	d.add(failovers(sum))
	d.add(exposure(sum))
	d.add(bridged(sum))
}

// notNamed words what a design would also suffer from, as far as its file does not speak of it.
func notNamed(sys *model.System) string {
	var list []string
	if len(sys.Maintenance) == 0 {
		list = append(list, "planned maintenance")
	}
	if !sys.Changes {
		list = append(list, "deployments")
	}
	if !slices.ContainsFunc(sys.Services, func(s model.Service) bool { return s.Store != nil && s.Store.Errors != nil }) {
		list = append(list, "errors of operators")
	}
	if len(list) == 0 {
		return "anything the file does not name"
	}
	return strings.Join(append(list, ""), ", ") + "and anything else the file does not name"
}

func (d *Document) add(t Table) {
	if len(t.Rows) == 0 {
		return
	}
	if len(t.Rows) > maxRows {
		t.Most, t.Rest = maxRows, "metrics.csv"
	}
	d.Tables = append(d.Tables, t)
}

// observers lists the journeys that merely observe a service, unless they are reported as journeys.
func observers(sum *analysis.Summary) []int {
	var list []int
	for j := range sum.System.Journeys {
		if sum.System.Journeys[j].Service >= 0 && len(sum.Users) < len(sum.System.Journeys) {
			list = append(list, j)
		}
	}
	return list
}

func cells(texts ...string) []Cell {
	row := make([]Cell, len(texts))
	for i, t := range texts {
		row[i].Text = t
	}
	return row
}

func objectives(sum *analysis.Summary) Table {
	t := Table{Head: []string{"OBJECTIVES", "", "target", "measured (95 %)", "verdict"}, Left: 5}
	for i := range sum.Objectives {
		j := &sum.Objectives[i]
		tone := [...]Tone{Good, Bad, Doubt}[j.Verdict]
		verdict := j.Verdict.String()
		if j.Note != "" {
			verdict += ": " + j.Note
		}
		aim, measured := judged(j)
		label := kindLabel(j.Kind)
		if j.Unplanned {
			label += ", unplanned"
		}
		row := cells(mark(j.Verdict)+" "+label, j.Name, aim, measured, verdict)
		row[0].Tone, row[4].Tone = tone, tone
		t.Rows = append(t.Rows, row)
	}
	return t
}

func mark(v analysis.Verdict) string { return [...]string{"✓", "✗", "?"}[v] }

func kindLabel(kind string) string {
	switch kind {
	case "rto":
		return "RTO (p95)"
	case "rpo":
		return "RPO (p95)"
	}
	return kind
}

// judged writes the target and the measurement of a promise.
func judged(j *analysis.Judgement) (aim, measured string) {
	if j.Kind == "availability" {
		return "≥ " + target(j.Target), availability(j.Measured)
	}
	return "≤ " + model.Seconds(j.Target).Round(), duration(j.Measured)
}

func journeys(sum *analysis.Summary, title string, list []int) Table {
	t := Table{Head: []string{title, "availability [95 %]", "nines", "down/y", "p95", "incidents/y", "RTO p50", "p95"}, Left: 2}
	for _, j := range list {
		a := sum.Get("availability", j).Main()
		rto, down := sum.Get("rto", j), sum.Get("downtime", j)
		t.Rows = append(t.Rows, cells(sum.System.Journeys[j].Name, availability(a), nines(a),
			upper(down.Main(), span), span(down.Stat("p95").Value), upper(sum.Get("incidents", j).Main(), number),
			span(rto.Stat("p50").Value), span(rto.Stat("p95").Value)))
	}
	return t
}

// details holds what a reader asks for after the first table; services have it in metrics.csv.
func details(sum *analysis.Summary) Table {
	without := "years without"
	if sum.Horizon != model.Year {
		without = "runs without"
	}
	t := Table{Head: []string{"IN DETAIL", "requests served [95 %]", "down/y p50", "p99", "max", without, "MTBF", "MTTR", "MTTD", "RTO p99", "RTO met"}, Left: 2}
	for _, j := range sum.Users {
		down := sum.Get("downtime", j)
		mean := func(metric string) string { return span(sum.Get(metric, j).Main().Value) }
		mtbf := mean("mtbf")
		if sum.Get("mtbf", j).Main().Bound {
			mtbf = "> " + mtbf
		}
		t.Rows = append(t.Rows, cells(sum.System.Journeys[j].Name, availability(sum.Get("availability_requests", j).Main()),
			span(down.Stat("p50").Value), span(down.Stat("p99").Value), span(down.Stat("max").Value),
			proportion(sum.Get("no_incident", j)), mtbf, mean("mttr"), mean("mttd"),
			span(sum.Get("rto", j).Stat("p99").Value), proportion(sum.Get("rto_met", j))))
	}
	return t
}

func failovers(sum *analysis.Summary) Table {
	t := Table{Head: []string{"FAILOVERS", "because of", "by", "result", "per year", "[95 %]", "seen"}, Left: 4}
	for i := range sum.Failovers {
		f := &sum.Failovers[i]
		by := "machine"
		if f.Manual {
			by = "human"
		}
		e := f.PerYear
		t.Rows = append(t.Rows, cells(f.Name, f.Trigger.String(), by, f.Result.String(), number(e.Value),
			fmt.Sprintf("[%s, %s]", number(e.Low), number(e.High)), grouped(int(e.Observations))))
	}
	return t
}

// exposure shows the time in which one more failure would have found less to fall back on.
func exposure(sum *analysis.Summary) Table {
	t := Table{Head: []string{"EXPOSURE", "below designed members", "[95 %]"}, Left: 1}
	for s := range sum.System.Services {
		e := sum.Get("exposure", s).Main()
		if !(e.Value > 0) {
			continue
		}
		text := number(100*e.Value) + " %"
		if e.Value >= 0.9995 { // as good as all the time: say how close for sure
			text = "> " + plainPercent(e.Low, availabilityDigits(e.Low)) + " %"
		}
		t.Rows = append(t.Rows, cells(sum.System.Services[s].Name, text, fmt.Sprintf("[%s, %s]", number(100*e.Low), number(100*e.High))))
	}
	return t
}

// bridged shows for how long users lived on caches and queues, which no availability shows.
func bridged(sum *analysis.Summary) Table {
	t := Table{Head: []string{"ON CACHES AND QUEUES", "of the time", "[95 %]"}, Left: 1}
	for _, j := range sum.Users {
		e := sum.Get("bridged", j).Main()
		if math.IsNaN(e.Value) {
			continue
		}
		t.Rows = append(t.Rows, cells(sum.System.Journeys[j].Name, upper(e, func(x float64) string { return number(100*x) + " %" }),
			fmt.Sprintf("[%s, %s]", number(100*e.Low), number(100*e.High))))
	}
	return t
}

// causes splits the downtime of a journey by what began it. With an objective, that is also a share of the
// downtime the objective allows, budget seconds per year: what uses up much of it is what to work on.
func causes(b *analysis.Blame, budget float64) Table {
	t := Table{Head: []string{"WHERE THE DOWNTIME COMES FROM  " + b.Name, "", "share", "down/y", "events/y", "mean outage"}, Left: 2}
	if b.Total == 0 {
		return t
	}
	if budget > 0 {
		t.Head = append(t.Head, "of budget")
	}
	row := func(name, kind string, down model.Seconds, outages int64) {
		perYear := down / model.Seconds(b.Years)
		cs := cells(name, kind, share(float64(down/b.Total)), perYear.Round(), number(float64(outages)/b.Years), (down / model.Seconds(outages)).Round())
		if budget > 0 {
			cs = append(cs, Cell{Text: share(float64(perYear) / budget)})
		}
		t.Rows = append(t.Rows, cs)
	}
	for i, in := range b.Initiators {
		if i == topCauses && len(b.Initiators) > topCauses+1 {
			down, n := model.Seconds(0), int64(0)
			for _, in := range b.Initiators[topCauses:] {
				down, n = down+in.Down, n+in.Outages
			}
			row(fmt.Sprintf("%d others", len(b.Initiators)-topCauses), "", down, n)
			break
		}
		row(in.Name, in.Kind, in.Down, in.Outages)
	}
	return t
}

func phases(b *analysis.Blame) Table {
	t := Table{Head: []string{"BY PHASE  " + b.Name, "share", "down/y"}, Left: 1}
	for _, p := range b.Phases {
		t.Rows = append(t.Rows, cells(phaseLabel(p.Phase), share(p.Share), p.DownPerYear.Round()))
	}
	return t
}

// phaseLabel says what users were waiting for.
func phaseLabel(p model.Phase) string {
	switch p {
	case model.Detection:
		return "detection: nobody has noticed"
	case model.Decision:
		return "decision"
	case model.Repair:
		return "repair: nothing to fail over to"
	case model.Unreached:
		return "network: out of reach"
	case model.WriteBlock:
		return "write-block: waiting for a copy"
	case model.Overload:
		return "overload: too few replicas"
	case model.Reconciling:
		return "reconciliation after a split brain"
	}
	return p.String()
}

// bounded tells whether an estimate is known from one side only.
func bounded(e analysis.Estimate) bool { return e.Bound || math.IsNaN(e.Value) }
