package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// three designs of the shop: the first, one with shorter outages, and one that is hardly different. Each
// year of checkout is the same in all but for that; browse has no outage.
func compared(runs int, verbose bool) *Compared {
	var ds []analysis.Design
	for _, name := range []string{"today", "faster", "other"} {
		plan := shopPlan()
		plan.Objectives = nil
		ds = append(ds, analysis.Design{Name: name, System: shop(), Plan: plan})
	}
	ds[2].System.Journeys[1].Name = "search"
	c := analysis.NewComparison(ds)
	r := rand.New(rand.NewPCG(42, 2))
	for i := range runs {
		today := replication(r, i, 2.4)
		c.Add([]*model.Outcome{today, scaled(today, .7), scaled(today, .97+.06*model.Seconds(r.Float64()))})
	}
	prov := Provenance{Version: "v0.1.0", Seed: 42, InputName: "today.yaml", InputHash: "sha256:00", Runs: runs, Planned: 400,
		Horizon: model.Year, Interrupted: runs < 400}
	return BuildCompared(c.Standing(), prov, []Input{{Name: "today", File: "today.yaml", Hash: "sha256:00"}, {Name: "faster", File: "f.yaml", Hash: "sha256:01"}, {Name: "other", File: "o.yaml", Hash: "sha256:02"}}, verbose)
}

// scaled is a year with outages of another length.
func scaled(o *model.Outcome, by model.Seconds) *model.Outcome {
	out := *o
	out.Outages, out.Unserved = nil, []model.Seconds{o.Unserved[0] * by, 0, o.Unserved[2] * by, 0}
	for _, a := range o.Outages {
		a.End = a.Start + (a.End-a.Start)*by
		for p := range a.Phases {
			a.Phases[p] *= by
		}
		a.Unserved *= by
		out.Outages = append(out.Outages, a)
	}
	return &out
}

func TestComparedGoldens(t *testing.T) {
	for name, write := range map[string]func(*bytes.Buffer) error{
		"compared.txt":         func(b *bytes.Buffer) error { return ComparedText(b, compared(400, false), TextStyle{}) },
		"compared-verbose.txt": func(b *bytes.Buffer) error { return ComparedText(b, compared(400, true), TextStyle{Width: 100}) },
		"compared-few.txt":     func(b *bytes.Buffer) error { return ComparedText(b, compared(3, false), TextStyle{}) },
		"compared.json":        func(b *bytes.Buffer) error { return ComparedJSON(b, compared(400, false)) },
		"compared.csv":         func(b *bytes.Buffer) error { return ComparedCSV(b, compared(400, false)) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.Bytes())
	}
}

// Nothing at all, or one replication, must not break any form.
func TestComparedOfNothing(t *testing.T) {
	for _, runs := range []int{0, 1} {
		var text, js, sheet bytes.Buffer
		d := compared(runs, true)
		if ComparedText(&text, d, TextStyle{Color: true}) != nil || ComparedJSON(&js, d) != nil || ComparedCSV(&sheet, d) != nil {
			t.Fatal("cannot be written")
		}
		if !json.Valid(js.Bytes()) || strings.Contains(text.String(), "NaN") {
			t.Errorf("%d runs:\n%s", runs, text.String())
		}
		rows, err := csv.NewReader(&sheet).ReadAll()
		if err != nil || (runs > 0) != (len(rows) > 1) {
			t.Errorf("%d runs give %d rows: %v", runs, len(rows), err)
		}
	}
}

// The sentence about costs, in each case.
func TestComparedCostWords(t *testing.T) {
	for _, c := range []struct {
		difference analysis.Estimate
		finding    analysis.Finding
		want       string
	}{
		{analysis.Estimate{Value: -5000, Low: -6000, High: -4000}, analysis.Less, "b costs 5 000 EUR a year less than a (95 %: 4 000 to 6 000 EUR)."},
		{analysis.Estimate{Value: 500, Low: 400, High: 600}, analysis.More, "b costs 500 EUR a year more than a (95 %: 400 to 600 EUR)."},
		{analysis.Estimate{Value: 5, Low: -400, High: 600}, analysis.Untold, "b costs between 400 EUR less and 600 EUR more a year than a."},
		{analysis.Estimate{Value: 5, Low: 1, High: 9}, analysis.Untold, "whether b costs 5.00 EUR a year more or less than a is open."},
		{analysis.Estimate{}, analysis.Alike, "b costs as much as a."},
	} {
		st := &analysis.Standing{Designs: []analysis.Design{{Name: "a"}, {Name: "b"}}, Matches: []analysis.Match{
			{Metric: &analysis.Metric{Name: "cost"}, Stat: "mean", Target: "EUR", Sides: []analysis.Side{{Present: true}, {Present: true, Difference: c.difference, Finding: c.finding}}}}}
		if got := strings.Join(words(st), "\n"); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

// A cost is a row of its own in the report on one design.
func TestCostTable(t *testing.T) {
	sys, plan := shop(), shopPlan()
	sys.Cost = &model.Cost{Currency: "EUR", Nodes: 12000, Services: 600, Downtime: []float64{5000, 0, 0, 0}}
	study := analysis.NewStudy(sys, plan)
	r := rand.New(rand.NewPCG(42, 3))
	for i := range 100 {
		study.Add(replication(r, i, 2.4))
	}
	var b bytes.Buffer
	if err := Text(&b, Build(study.Summary(), Provenance{Runs: 100, Horizon: model.Year}), TextStyle{}); err != nil {
		t.Fatal(err)
	}
	cost := study.Summary().Get("cost", 0).Main()
	want := fmt.Sprintf("EUR    12 000         600        0 %11s  %s [%s, %s]", number(cost.Value-12600), number(cost.Value), number(cost.Low), number(cost.High))
	if !strings.Contains(b.String(), want) {
		t.Errorf("no line %q in\n%s", want, b.String())
	}
}

// What the last line says of each kind of result.
func TestComparedWords(t *testing.T) {
	est := func(v, low, high float64) analysis.Estimate { return analysis.Estimate{Value: v, Low: low, High: high} }
	none := analysis.Estimate{Value: 0, High: 9, Bound: true}
	unknown := (*analysis.Measured)(nil).Stat("")
	for _, c := range []struct {
		first, own, difference, relative analysis.Estimate
		finding                          analysis.Finding
		more                             float64
		want                             string
	}{
		{est(600, 500, 700), est(414, 400, 430), est(-186, -200, -170), est(-.31, -.36, -.25), analysis.Less, 0,
			"b has 31.0 % less downtime of buy than a (95 %: 25.0 to 36.0 %)."},
		{est(600, 500, 700), est(690, 600, 800), est(90, 70, 110), est(.15, .1, .2), analysis.More, 0,
			"b has 15.0 % more downtime of buy than a (95 %: 10.0 to 20.0 %)."},
		{est(600, 500, 700), est(2700, 2600, 2800), est(2100, 2000, 2200), est(3.5, 3, 4), analysis.More, 0,
			"b has 4.50 times the downtime of buy that a has (95 %: 4.00 to 5.00 times)."},
		{est(600, 500, 700), est(590, 500, 700), est(-10, -60, 40), est(-.02, -.12, .09), analysis.Untold, 6.2,
			"b and a cannot be told apart at this precision: b has between 12.0 % less and 9.00 % more downtime of buy; 7 times as many runs would probably tell a difference of the size seen here."},
		{est(600, 500, 700), est(600, 500, 700), est(0, -60, 60), unknown, analysis.Untold, 1e9,
			"b and a cannot be told apart at this precision: b has between 1m a year less and 1m a year more downtime of buy; if there is a difference, it is too small to be found by running more."},
		{est(600, 500, 700), est(590, 500, 700), est(-10, -19, -1), unknown, analysis.Untold, 1.5,
			"b and a cannot be told apart at this precision: b has between 1s a year and 19s a year less downtime of buy; 2 times as many runs would probably tell a difference of the size seen here."},
		{est(600, 500, 700), est(1200, 500, 9000), est(600, -100, 1300), est(1, -.75, 56.5), analysis.Untold, 5.5,
			"b and a cannot be told apart at this precision: b has between 0.250 and 57.5 times the downtime of buy that a has; 6 times as many runs would probably tell a difference of the size seen here."},
		{est(600, 500, 700), none, est(-600, -700, -500), unknown, analysis.Less, 0,
			"b has 10m a year less downtime of buy than a (95 %: 8.33m to 11.7m)."},
		{none, none, est(0, 0, 0), unknown, analysis.Alike, 0, "neither a nor b had an outage of buy; more runs may show one."},
		{est(600, 500, 700), est(600, 500, 700), est(0, 0, 0), est(0, 0, 0), analysis.Alike, 0,
			"b and a have the same downtime of buy in every replication."},
	} {
		side := analysis.Side{Estimate: c.own, Present: true, Difference: c.difference, Relative: c.relative, Finding: c.finding, MoreRuns: c.more}
		st := &analysis.Standing{Designs: []analysis.Design{{Name: "a"}, {Name: "b"}}, Matches: []analysis.Match{
			{Metric: &analysis.Metric{Name: "downtime"}, Stat: "mean", Target: "buy", Sides: []analysis.Side{{Estimate: c.first, Present: true}, side}}}}
		if got := strings.Join(words(st), "\n"); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
