package analysis

import (
	"math"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// maintained is a year in which two hours of downtime were announced, one of them beside an hour that was
// not, and one outage came unannounced.
func maintained() (*model.System, *model.Plan, *model.Outcome) {
	sys := &model.System{Name: "s", Journeys: []model.Journey{{Name: "j", Service: model.None, Threshold: 1}},
		Maintenance: []model.Maintenance{{Name: "patch"}}}
	plan := model.DefaultPlan()
	outage := func(start, length, planned model.Seconds) model.Outage {
		return model.Outage{Start: start, End: start + length, Planned: planned}
	}
	out := &model.Outcome{Horizon: model.Year, Unserved: make([]model.Seconds, 1), Weight: 1,
		Outages: []model.Outage{outage(model.Day, model.Hour, model.Hour), outage(2*model.Day, 2*model.Hour, model.Hour), outage(3*model.Day, 4*model.Hour, 0)},
		Upkeep:  []model.Upkeep{{Done: 12, Postponed: 3, Missed: 1, Wrong: 1}}}
	return sys, &plan, out
}

func TestAnnouncedDowntimeIsLeftOutOnDemand(t *testing.T) {
	for _, counts := range []bool{true, false} {
		sys, plan, out := maintained()
		plan.Objectives = []model.Objective{{Availability: 0.9994, RTO: 3 * model.Hour, Unplanned: !counts}}
		s := NewStudy(sys, plan)
		s.Add(out)
		s.Add(out)
		sum := s.Summary()
		get := func(metric string) float64 { return sum.Get(metric, 0).Main().Value }
		hours := float64(model.Year / model.Hour)
		for metric, want := range map[string]float64{"availability": 1 - 7/hours, "availability_unplanned": 1 - 5/(hours-2),
			"downtime_planned": 7200, "maintenance_done": 12, "maintenance_postponed": 3, "maintenance_missed": 1, "maintenance_wrong": 1,
			"incidents": map[bool]float64{true: 3, false: 2}[counts]} {
			if math.Abs(get(metric)-want) > 1e-9*want {
				t.Errorf("count_planned %v: %s is %v, not %v", counts, metric, get(metric), want)
			}
		}
		if v := sum.Objectives[0].Verdict; v != map[bool]Verdict{true: Missed, false: Met}[counts] {
			t.Errorf("count_planned %v: %v", counts, v)
		}
	}
}

// Downtime that was all announced proves no availability of 100 % otherwise.
func TestOnlyAnnouncedDowntimeGivesABound(t *testing.T) {
	sys, plan, out := maintained()
	out.Outages = out.Outages[:1]
	s := NewStudy(sys, plan)
	for range 100 {
		s.Add(out)
	}
	e := s.Summary().Get("availability_unplanned", 0).Main()
	if !e.Bound || !(e.Low < 1) {
		t.Errorf("%+v", e)
	}
}

func TestNoAnnouncedDowntimeGivesABound(t *testing.T) {
	sys, plan, out := maintained()
	sys.Maintenance[0].Takes = hour{}
	out.Outages = out.Outages[2:]
	s := NewStudy(sys, plan)
	for range 100 {
		s.Add(out)
	}
	e := s.Summary().Get("downtime_planned", 0).Main()
	if want := unseenCount / 100 * 3600; !e.Bound || e.Value != 0 || math.Abs(e.High-want) > 1e-9 {
		t.Errorf("%+v, at most %v", e, want)
	}
}

func TestHiddenFaultsAreMeasured(t *testing.T) {
	sys, plan, out := maintained()
	s := NewStudy(sys, plan)
	if s.Summary().Get("faults_found", 0) != nil {
		t.Error("maintenance that looks for nothing finds faults")
	}
	sys.Maintenance[0].Finds = true
	s = NewStudy(sys, plan)
	for _, found := range []int32{1, 2, 3} {
		out.Upkeep[0] = model.Upkeep{Done: 8, Found: found, Hidden: model.Seconds(found) * model.Hour}
		s.Add(out)
	}
	for metric, want := range map[string]float64{"faults_found": 2, "finding_share": 0.25, "fault_hidden": 3600} {
		e := s.Summary().Get(metric, 0).Main()
		if math.Abs(e.Value-want) > 1e-9 || !(e.Low < e.High) && metric != "fault_hidden" {
			t.Errorf("%s is %+v, not %v", metric, e, want)
		}
	}
}

// hour is the law of what takes an hour.
type hour struct{ model.Distribution }

func (hour) Mean() model.Seconds { return model.Hour }

func TestPartsAreCounted(t *testing.T) {
	sys, plan, out := maintained()
	sys.Stocks = []model.Stock{{Name: "board"}}
	out.Horizon = 2 * model.Year
	s := NewStudy(sys, plan)
	for _, used := range []int32{2, 4, 6} {
		out.Stocks = []model.StockUse{{Used: used, Short: 1, Waited: model.Seconds(used) * model.Hour}}
		s.Add(out)
	}
	sum := s.Summary()
	for metric, want := range map[string]float64{"parts_used": 2, "parts_short": 0.5, "parts_wait": 3600, "parts_fill_rate": 0.75} {
		if got := sum.Get(metric, 0).Main().Value; math.Abs(got-want) > 1e-9 {
			t.Errorf("%s is %v, not %v", metric, got, want)
		}
	}
	if high := sum.Get("parts_used", 0).Stat("max").Value; high != 3 {
		t.Errorf("at most %v a year", high)
	}
}
