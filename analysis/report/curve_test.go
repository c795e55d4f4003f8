package report

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// curved is a document whose checkout is down during some part of each replication.
func curved(runs int, outage func(i int) (from, to model.Seconds)) *Document {
	sys, plan := shop(), shopPlan()
	study, curves := analysis.NewStudy(sys, plan), analysis.NewCurves([]int{0, 1}, analysis.CurveTimes(model.Year))
	for i := range runs {
		from, to := outage(i)
		o := &model.Outcome{Replication: i, Horizon: model.Year, Unserved: make([]model.Seconds, 4), Exposure: make([]model.Seconds, 2),
			Outages: []model.Outage{{Start: from, End: to, Initiator: 1}}}
		study.Add(o)
		curves.Add(o)
	}
	d := Build(study.Summary(), Provenance{Horizon: model.Year, Runs: runs, Planned: runs})
	d.Curves = curves
	return d
}

// The title says what the curve shows: that it settles, moves, or neither.
func TestCurveTitles(t *testing.T) {
	const runs = 2000
	spread := func(i int) model.Seconds { return model.Seconds(i) / runs * model.Year }
	for want, outage := range map[string]func(i int) (from, to model.Seconds){
		"checkout settles at 90.00 % about 4.4 d after the start": func(i int) (from, to model.Seconds) {
			if i%10 > 0 {
				return model.Year, model.Year + 1
			}
			return model.Seconds(i) / runs * 5 * model.Day, model.Year
		},
		"checkout falls from no downtime seen in the first 37 d to 90.00 % in the last 183 d": func(i int) (from, to model.Seconds) {
			return model.Year * 0.6, model.Year * 0.65
		},
		"checkout is up 99.73 % of the time, with no trend over 1 y": func(i int) (from, to model.Seconds) {
			return spread(i), spread(i) + model.Day
		},
	} {
		d := curved(runs, outage)
		if got := curveTitle(d, 0); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		d.Summary.Plan.SteadyState = true
		if got := curveTitle(d, 0); strings.Contains(got, "settles") {
			t.Errorf("a steady-state start has nothing to settle: %q", got)
		}
	}
}

func TestAvailabilityCSV(t *testing.T) {
	d := curved(50, func(int) (from, to model.Seconds) { return model.Year / 2, model.Year })
	var b bytes.Buffer
	if err := availabilityCSV(&b, d); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	last := map[string][]string{}
	for _, row := range rows[1:] {
		key := row[0] + " " + row[1]
		seen[key]++
		last[key] = row
	}
	n := len(d.Curves.Times)
	if len(seen) != 4 || seen["checkout point"] != n || seen["browse interval"] != n-1 {
		t.Errorf("rows of each kind: %v", seen)
	}
	if row := strings.Join(last["checkout interval"], " "); row != "checkout interval 31536000 0.5 0.5 0.5 false" {
		t.Errorf("the mean over the whole horizon is %s", row)
	}
	if last["browse point"][6] != "true" || last["browse point"][3] != "1" {
		t.Errorf("a journey that was never down: %v", last["browse point"])
	}
	names := map[string]bool{}
	for _, f := range Files(d) {
		names[f.Name] = true
	}
	if !names["availability.csv"] || !names["availability-checkout.png"] || names["availability-browse.png"] {
		t.Errorf("files %v", names)
	}
}

// A warm-up is a part of the answer, so the report tells of it.
func TestWarmUpIsShown(t *testing.T) {
	d := curved(50, func(int) (from, to model.Seconds) { return 1, 2 })
	plan := *d.Summary.Plan
	plan.SteadyState = true
	sum := *d.Summary
	sum.Plan = &plan
	steady := Build(&sum, Provenance{Horizon: model.Year, Runs: 50, Planned: 50, WarmUp: 4 * model.Day})
	for _, want := range []struct {
		d    *Document
		text string
		has  bool
	}{{steady, "4d of warm-up", true}, {steady, "steady-state start", true}, {d, "warm-up", false}, {d, "steady-state", false}} {
		var b bytes.Buffer
		if err := Text(&b, want.d, TextStyle{}); err != nil || strings.Contains(b.String(), want.text) != want.has {
			t.Errorf("%q is there: %v, want %v; %v", want.text, !want.has, want.has, err)
		}
	}
	var b bytes.Buffer
	if err := JSON(&b, steady); err != nil || !strings.Contains(b.String(), `"warm_up_s": 345600`) || !strings.Contains(b.String(), `"start": "steady-state"`) {
		t.Errorf("JSON says nothing of the warm-up: %v", err)
	}
}
