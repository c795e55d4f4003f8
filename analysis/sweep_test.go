package analysis

import (
	"math"
	"testing"

	"github.com/ftsim/ftsim/model"
)

const sweptReps = 600

// sweptOutcome has one outage of a journey in each replication, longer at later points.
func sweptOutcome(rep, point int) *model.Outcome {
	down := model.Seconds(100*(rep%7)) * model.Seconds(1+point)
	return &model.Outcome{Replication: rep, Horizon: model.Year,
		Outages: []model.Outage{{Journey: 0, Start: 10, End: 10 + down + 1}}}
}

func sweptSystem(nodes int, price float64) *model.System {
	sys := &model.System{Name: "s", Journeys: []model.Journey{{Name: "use", Service: -1}}}
	for range nodes {
		sys.Components = append(sys.Components, model.Component{Kind: model.KindNode})
	}
	if price > 0 {
		sys.Cost = &model.Cost{Currency: "EUR", Nodes: price, Downtime: []float64{1}}
	}
	return sys
}

func sweptPlan(availability float64) *model.Plan {
	plan := model.DefaultPlan()
	if availability > 0 {
		plan.Objectives = []model.Objective{{Journey: 0, Availability: availability}}
	}
	return &plan
}

// sweepOf runs points with prices through a sweep.
func sweepOf(t *testing.T, availability float64, prices ...float64) *Sweep {
	t.Helper()
	w := &Sweep{}
	for k, price := range prices {
		study := w.Study(sweptSystem(2+k, price), sweptPlan(availability))
		for rep := range sweptReps {
			study.Add(sweptOutcome(rep, k))
		}
		w.Add([]string{itoaTest(k)}, study)
	}
	w.Correct()
	return w
}

func itoaTest(k int) string { return string(rune('0' + k)) }

// A sweep says of each pair of points what a comparison of the two designs says: it only takes them one
// after the other.
func TestSweepAgreesWithComparison(t *testing.T) {
	w := sweepOf(t, 0, 100, 200, 300)
	var designs []Design
	for k, price := range []float64{100, 200, 300} {
		designs = append(designs, Design{itoaTest(k), sweptSystem(2+k, price), sweptPlan(0)})
	}
	c := NewComparison(designs)
	for rep := range sweptReps {
		c.Add([]*model.Outcome{sweptOutcome(rep, 0), sweptOutcome(rep, 1), sweptOutcome(rep, 2)})
	}
	checked := 0
	for _, m := range c.Standing().Matches {
		i := w.Find(m.Metric.Name, m.Target)
		if i < 0 || w.Figures[i].Stat != m.Stat {
			continue
		}
		for k := range m.Sides {
			got, want := w.Points[k].Sides[i], m.Sides[k]
			if got.Value != want.Value || got.Low != want.Low || got.High != want.High {
				t.Errorf("%s at %d: %v, compared %v", m.Metric.Name, k, got.Estimate, want.Estimate)
			}
			if !w.Figures[i].Paired || k == 0 {
				continue
			}
			checked++
			if got.Difference.Low != want.Difference.Low || got.Relative.High != want.Relative.High || got.Holm != want.Holm || got.Finding != want.Finding {
				t.Errorf("%s at %d: difference %v p %v %v, compared %v p %v %v", m.Metric.Name, k,
					got.Difference, got.Holm, got.Finding, want.Difference, want.Holm, want.Finding)
			}
		}
	}
	if checked != 4 {
		t.Errorf("%d differences checked", checked)
	}
}

func TestBestIsTheCheapestThatMeetsAll(t *testing.T) {
	// Availability falls from point to point: 301 s down a year on average, then 601, 901.
	for _, c := range []struct {
		name         string
		availability float64
		prices       []float64
		best         int
		undecided    int
	}{
		{"all meet it: the cheapest", 0.999, []float64{300, 200, 400}, 1, 0},
		{"the cheapest misses it", 1 - 750/float64(model.Year), []float64{300, 200, 100}, 1, 0},
		{"none meets it", 0.9999999, []float64{300, 200, 100}, -1, 0},
		{"a cheaper one is undecided", 1 - 602/float64(model.Year), []float64{300, 200, 400}, 0, 1},
		{"a dearer one is undecided", 1 - 602/float64(model.Year), []float64{200, 300, 400}, 0, 0},
		{"no prices: fewest nodes", 0.999, []float64{0, 0, 0}, 0, 0},
	} {
		w := sweepOf(t, c.availability, c.prices...)
		best, undecided := w.Best()
		if best != c.best || len(undecided) != c.undecided {
			t.Errorf("%s: best %d, undecided %v", c.name, best, undecided)
		}
	}
}

func TestFrontIsWhatNothingBeats(t *testing.T) {
	for _, c := range []struct {
		prices []float64
		want   []bool
	}{
		{[]float64{300, 200, 100}, []bool{true, true, true}},
		{[]float64{100, 200, 300}, []bool{true, false, false}},
		{[]float64{200, 300, 100}, []bool{true, false, true}},
		{[]float64{100, 100, 100}, []bool{true, false, false}},
		{[]float64{0, 100, 100}, nil},
	} {
		w := sweepOf(t, 0, c.prices...)
		got := w.Front("use")
		if len(got) != len(c.want) {
			t.Fatalf("%v: %v", c.prices, got)
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%v: point %d on the front: %v", c.prices, i, got[i])
			}
		}
	}
}

// A point without a journey of the first one has no figures for it, and does not upset the others.
func TestSweepOfDifferentSystems(t *testing.T) {
	w := &Sweep{}
	for k := range 2 {
		sys := sweptSystem(2, 0)
		if k == 1 {
			sys.Journeys[0].Name = "other"
		}
		study := w.Study(sys, sweptPlan(0))
		for rep := range 10 {
			study.Add(sweptOutcome(rep, 0))
		}
		w.Add([]string{itoaTest(k)}, study)
	}
	w.Correct()
	if s := w.Points[1].Sides[w.Find("downtime", "use")]; s.Present || !math.IsNaN(s.Value) || !math.IsNaN(s.P) {
		t.Errorf("a journey that is not there: %+v", s)
	}
	if s := w.Points[0].Sides[w.Find("downtime", "use")]; !s.Present {
		t.Error("the first point lost its journey")
	}
}
