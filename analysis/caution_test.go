package analysis

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// fixed is the law of a length that is always the same.
type fixed model.Seconds

func (f fixed) Sample(*rand.Rand) model.Seconds  { return model.Seconds(f) }
func (f fixed) Mean() model.Seconds              { return model.Seconds(f) }
func (f fixed) Survival(t model.Seconds) float64 { return one(t < model.Seconds(f)) }
func (f fixed) String() string                   { return model.Seconds(f).String() }

func quiet(sys *model.System, n int) *Summary {
	s := NewStudy(sys, plan())
	for range n {
		s.Add(year())
	}
	return s.Summary()
}

func warned(e Estimate, word string) bool {
	return strings.Contains(strings.Join(e.Warnings, "; "), word)
}

// An outage that was not seen may last as long as the longest mean repair, and for ever if something
// stays broken; the bound says which.
func TestBoundTakesLongestRepair(t *testing.T) {
	sys := pair()
	sys.Components[0].Modes = []model.Mode{{Repair: fixed(2 * model.Hour)}, {Repair: fixed(model.Hour)}}
	sys.Causes = []model.CommonCause{{Name: "flood", Repair: fixed(3 * model.Day)}, {Name: "each by its own law"}}
	a := quiet(sys, 1000).Get("availability", 0).Main()
	near(t, "unavailability", 1-a.Low, -math.Log(.05)/1000*3/365, 1e-12)
	if !a.Bound || !warned(a, "3d (the longest mean repair)") {
		t.Errorf("the bound does not say what it rests on: %+v", a)
	}
	sys.Components[1].Modes = []model.Mode{{}} // never repaired
	a = quiet(sys, 1000).Get("availability", 0).Main()
	near(t, "unavailability with a part that stays broken", 1-a.Low, -math.Log(.05)/1000, 1e-12)
	if !warned(a, "whole horizon") {
		t.Errorf("the bound does not say what it rests on: %+v", a)
	}
}

// Outages of another journey that are longer than any repair count, shorter ones do not.
func TestBoundTakesLongerOutages(t *testing.T) {
	for _, c := range []struct{ outage, want model.Seconds }{{60, model.Hour}, {model.Day, model.Day}} {
		sys := pair()
		sys.Components[0].Modes = []model.Mode{{Repair: fixed(model.Hour)}}
		s := NewStudy(sys, plan())
		for range 100 {
			s.Add(year(down(500, c.outage, 0)))
		}
		a := s.Summary().Get("availability", 1).Main()
		near(t, "unavailability", 1-a.Low, -math.Log(.05)/100*float64(c.want/model.Year), 1e-12)
	}
}

// No time with too few members in n years: the share is bounded, not zero.
func TestNoExposureIsBounded(t *testing.T) {
	e := quiet(pair(), 600).Get("exposure", 0).Main()
	if !e.Bound || e.Value != 0 {
		t.Errorf("nothing seen, and yet measured: %+v", e)
	}
	near(t, "bound", e.High, -math.Log(.05)/600, 1e-12)
}

// Zero loss at every recovery leaves the mean without an upper end, but not the quantiles.
func TestNoLossIsBounded(t *testing.T) {
	o := year()
	o.Losses = make([]model.Loss, 5)
	s := NewStudy(pair(), plan())
	for range 100 {
		s.Add(o)
	}
	m := s.Summary().Get("rpo", 0)
	if e := m.Stat("mean"); !e.Bound || !math.IsInf(e.High, 1) {
		t.Errorf("mean %+v", e)
	}
	if e := m.Stat("p95"); e.Bound || e.Value != 0 || e.High != 0 {
		t.Errorf("p95 %+v", e)
	}
}

func TestThinMeansWarn(t *testing.T) {
	years := make([]*model.Outcome, 200)
	for i := range years {
		years[i] = year(down(1000, 600+model.Seconds(i), 0))
	}
	if e := study(plan(), years...).Get("availability", 0).Main(); len(e.Warnings) > 0 {
		t.Errorf("an ordinary study warns: %v", e.Warnings)
	}
	years[7] = year(down(1000, 20*model.Day, 0))
	for _, name := range []string{"availability", "downtime", "availability_requests"} {
		if e := study(plan(), years...).Get(name, 0).Main(); !warned(e, "one replication makes up") {
			t.Errorf("%s: one replication outweighs all others, but the warnings are %q", name, e.Warnings)
		}
	}
	var many []model.Outage
	for i := range 12 {
		many = append(many, down(model.Seconds(i)*model.Day, 600, 0))
	}
	for i := range years {
		years[i] = year()
	}
	years[3], years[9], years[90] = year(many...), year(many...), year(many...)
	if e := study(plan(), years...).Get("downtime", 0).Main(); !warned(e, "36 events fell into 3 replications") {
		t.Errorf("events in three replications warn %q", e.Warnings)
	}
}

// The mean recovery time counts the gaps and the time beyond the horizon, which mttr does not.
func TestMeanRecovery(t *testing.T) {
	open := down(model.Year-100, 5000, 0)
	s := study(plan(), year(down(0, 10, 0), down(100, 10, 0), open))
	near(t, "mean recovery", s.Get("rto", 0).Stat("mean").Value, (110+5000)/2., 1e-9)
	near(t, "mttr", s.Get("mttr", 0).Main().Value, (20+100)/2., 1e-9)
	open.Open = true
	e := study(plan(), year(down(0, 10, 0), open)).Get("rto", 0).Stat("mean")
	if !math.IsInf(e.High, 1) || !warned(e, "had not ended") || !warned(e, "MTTR") {
		t.Errorf("an unfinished incident leaves the mean without an upper end, got %+v", e)
	}
}

// A promise of a journey that observes a service holds for the store of that service, needs or not.
func TestObserverJudgesItsStore(t *testing.T) {
	o := year()
	o.Losses = []model.Loss{{Service: 0, Seconds: 9}, {Service: 0, Seconds: model.Never, Total: true}}
	s := study(plan(model.Objective{Journey: 1, RPO: 1, RPOSet: true}), o)
	if len(s.Objectives) != 1 || s.Objectives[0].Store != 0 {
		t.Errorf("objectives %+v", s.Objectives)
	}
	if e := s.Get("total_losses", 0).Main(); e.Value != 1 || e.Observations != 1 {
		t.Errorf("one total loss in a year is %+v", e)
	}
}

// Data of low value, and caches of which each member has its own, are measured but not judged by an RPO.
func TestWhatAnRPOIsAbout(t *testing.T) {
	for name, c := range map[string]struct {
		service model.Service
		judged  int
	}{
		"plain":     {model.Service{Store: &model.Store{}, Members: make([]model.Member, 2)}, 1},
		"low value": {model.Service{Store: &model.Store{LowValue: true}, Members: make([]model.Member, 2)}, 0},
		"caches":    {model.Service{Store: &model.Store{Mode: model.Unreplicated}, Members: make([]model.Member, 2)}, 0},
		"one disk":  {model.Service{Store: &model.Store{Mode: model.Unreplicated}, Members: make([]model.Member, 1)}, 1},
	} {
		sys := pair()
		sys.Services[0] = c.service
		s := NewStudy(sys, plan(model.Objective{Journey: 0, RPO: 1, RPOSet: true}))
		o := year()
		o.Losses = []model.Loss{{Service: 0, Seconds: 9}}
		s.Add(o)
		sum := s.Summary()
		if len(sum.Objectives) != c.judged || (sum.Get("rpo_met", 0) != nil) != (c.judged == 1) {
			t.Errorf("%s: %d promises judged, want %d", name, len(sum.Objectives), c.judged)
		}
		if sum.Get("loss", 0).Main().Observations != 1 {
			t.Errorf("%s: its losses are not measured", name)
		}
	}
}
