package analysis

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// pair is a user journey over a service with a store, and a journey observing that service.
func pair() *model.System {
	need := []model.Dependency{{Need: model.Need{AtLeast: 1, Of: []model.Need{{Ref: 1}}}}}
	return &model.System{
		Name:       "pair",
		Components: []model.Component{{Name: "a"}, {Name: "b"}},
		Services:   []model.Service{{Name: "db", Store: &model.Store{}}, {Name: "web", Needs: []model.Dependency{{Need: model.Need{Ref: 0}}}}},
		Journeys:   []model.Journey{{Name: "buy", Needs: need, Service: model.None}, {Name: "db", Service: 0}},
	}
}

func plan(objectives ...model.Objective) *model.Plan {
	p := model.DefaultPlan()
	p.Objectives = objectives
	return &p
}

func year(outages ...model.Outage) *model.Outcome {
	o := &model.Outcome{Horizon: model.Year, Weight: 1, Outages: outages, Unserved: make([]model.Seconds, 2), Exposure: make([]model.Seconds, 2)}
	for i := range outages {
		o.Unserved[outages[i].Journey] += outages[i].Down(model.Year)
	}
	return o
}

// down is an outage of "buy" begun by component e, detected after a tenth.
func down(start, length model.Seconds, e model.Element) model.Outage {
	a := model.Outage{Start: start, End: start + length, Initiator: e, Detected: start + length/10}
	within := a.Down(model.Year)
	a.Phases[model.Detection], a.Phases[model.Repair] = within/10, within-within/10
	a.Unserved = within
	return a
}

func study(p *model.Plan, outcomes ...*model.Outcome) *Summary {
	s := NewStudy(pair(), p)
	for i, o := range outcomes {
		o.Replication = i
		s.Add(o)
	}
	return s.Summary()
}

// Two years with 876 s and 0 s of downtime, all figures worked out by hand.
func TestKnownAnswers(t *testing.T) {
	s := study(plan(), year(down(1000, 600, 0), down(1e6, 276, 1)), year())
	at := func(metric, stat string) float64 { return s.Get(metric, 0).Stat(stat).Value }
	near(t, "availability", at("availability", "mean"), 1-876/(2*31536e3), 1e-15)
	near(t, "requests", at("availability_requests", "mean"), 1-876/(2*31536e3), 1e-15)
	near(t, "downtime", at("downtime", "mean"), 438, 1e-9)
	near(t, "max", at("downtime", "max"), 876, 1e-9)
	near(t, "P(0)", at("downtime", "zero"), .5, 0)
	near(t, "incidents", at("incidents", "mean"), 1, 0)
	near(t, "no incident", at("no_incident", "mean"), .5, 0)
	near(t, "mtbf", at("mtbf", "mean"), 31536e3, 1e-6)
	near(t, "mdt", at("mdt", "mean"), 438, 1e-9)
	near(t, "mut + mdt", at("mut", "mean")+at("mdt", "mean"), at("mtbf", "mean"), 1e-6)
	near(t, "mttr", at("mttr", "mean"), 438, 1e-9)
	near(t, "mttd", at("mttd", "mean"), 43.8, 1e-9)
	near(t, "rto p50", at("rto", "p50"), 276, 1e-9)
	near(t, "rto max", at("rto", "max"), 600, 1e-9)
	if e := s.Get("availability", 0).Main(); len(e.Warnings) == 0 {
		t.Error("two outages do not warn")
	}
}

func TestMergeAndBlips(t *testing.T) {
	p := plan(model.Objective{Journey: 0, RTO: 200})
	// The first two are 299 s apart and so one incident; the third is 300 s after; the fourth is a blip.
	s := study(p, year(down(0, 10, 0), down(309, 10, 0), down(619, 10, 0), down(5000, .5, 1)))
	if n := s.Get("incidents", 0).Main().Observations; n != 2 {
		t.Errorf("%d incidents, want 2", n)
	}
	if n := s.Get("blips", 0).Main().Observations; n != 1 {
		t.Errorf("%d blips, want 1", n)
	}
	if n := s.Get("outages", 0).Main().Observations; n != 4 {
		t.Errorf("%d outages, want 4", n)
	}
	near(t, "longest recovery", s.Get("rto", 0).Stat("max").Value, 319, 1e-9)
	near(t, "mttr without gaps", s.Get("mttr", 0).Main().Value, 15, 1e-9)
	near(t, "downtime with blips", s.Get("downtime", 0).Main().Value, 30.5, 1e-9)
	near(t, "RTO met", s.Get("rto_met", 0).Main().Value, .5, 0)
	near(t, "RTO met in years", s.Get("rto_met_years", 0).Main().Value, 0, 0)
}

func TestCensoring(t *testing.T) {
	open := down(model.Year-100, 5000, 0) // 100 s of it within the horizon
	open.Open = true
	s := study(plan(model.Objective{Journey: 0, RTO: 9000}), year(down(10, 1000, 0), open), year(down(10, 8000, 0)))
	m := s.Get("rto", 0)
	if m.Censored != 1 {
		t.Fatalf("%d censored, want 1", m.Censored)
	}
	near(t, "p50", m.Stat("p50").Value, 8000, 0) // 1000, 5000+, 8000: the curve falls to 2/3, then 0
	if mean := m.Stat("mean"); !math.IsInf(mean.High, 1) || mean.Low > mean.Value || len(mean.Warnings) == 0 {
		t.Errorf("mean recovery %+v with one that never ended; it has no upper bound", mean)
	}
	near(t, "downtime within the horizon", s.Get("downtime", 0).Main().Value, (1100+8000)/2., 1e-9)
	if n := s.Get("rto_met", 0).Main().Observations; n != 2 {
		t.Errorf("the open incident may still end in time, but %d incidents were judged", n)
	}
	s = study(plan(model.Objective{Journey: 0, RTO: 4000}), year(down(10, 1000, 0), open), year(down(10, 8000, 0)))
	near(t, "RTO met, where the open incident is over it already", s.Get("rto_met", 0).Main().Value, 1/3., 1e-9)
}

func TestNothingObserved(t *testing.T) {
	years := make([]*model.Outcome, 1000)
	for i := range years {
		years[i] = year()
	}
	s := study(plan(model.Objective{Journey: 0, Availability: .99}, model.Objective{Journey: 0, RTO: 60}), years...)
	a := s.Get("availability", 0).Main()
	if !a.Bound || a.Value >= 1 || a.Low >= 1 || math.IsInf(Nines(a).Value, 1) {
		t.Errorf("availability %+v is no bound", a)
	}
	near(t, "bound", 1-a.Low, 2.9957/1000, 1e-6) // nothing says how long an outage may last
	rate := s.Get("incidents", 0).Main()
	near(t, "rate", rate.High, -math.Log(.05)/1000, 1e-12)
	near(t, "mut", s.Get("mut", 0).Main().Low/float64(model.Year), 1000/2.9957, .1)
	if got := s.Objectives[0].Verdict; got != Met {
		t.Errorf("99 %% is %v", got)
	}
	if got := s.Objectives[1]; got.Verdict != Undecided || !strings.Contains(got.Note, "run more") {
		t.Errorf("an RTO without incidents is %v: %s", got.Verdict, got.Note)
	}
	if s.Verdict() != Undecided {
		t.Errorf("verdict %v", s.Verdict())
	}
}

func TestOneReplication(t *testing.T) {
	s := study(plan(model.Objective{Journey: 0, Availability: .5}), year(down(10, 1000, 0)))
	e := s.Get("availability", 0).Main()
	if e.Low != 0 || e.High != 1 || s.Verdict() != Undecided {
		t.Errorf("one replication decides: %+v", e)
	}
	if empty := NewStudy(pair(), plan()).Summary(); len(empty.Warnings) == 0 || empty.Verdict() != Met {
		t.Errorf("an empty study: %+v", empty)
	}
}

// Cells, initiators and phases sum to the downtime, and nothing counts twice.
func TestBlameSums(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	var outcomes []*model.Outcome
	total := 0.0
	for range 200 {
		var as []model.Outage
		for at := r.ExpFloat64() * 1e6; at < float64(model.Year); at += r.ExpFloat64()*5e6 + 20000 {
			as = append(as, down(model.Seconds(at), model.Seconds(r.ExpFloat64()*9000), model.Element(r.IntN(4))))
			total += float64(as[len(as)-1].Down(model.Year))
		}
		outcomes = append(outcomes, year(as...))
	}
	s := study(plan(), outcomes...)
	b := &s.Blame[0]
	var cells, initiators, phases, shares float64
	for _, c := range b.Cells {
		cells += float64(c.Down)
	}
	for _, in := range b.Initiators {
		initiators += float64(in.Down)
		shares += in.Share
	}
	for _, p := range b.Phases {
		phases += float64(p.Down)
	}
	for name, got := range map[string]float64{"total": float64(b.Total), "cells": cells, "initiators": initiators, "phases": phases,
		"metric": s.Get("downtime", 0).Main().Value * 200} {
		near(t, name, got/total, 1, 1e-9)
	}
	near(t, "shares", shares, 1, 1e-9)
	if len(s.Blame[1].Initiators) != 0 {
		t.Error("downtime of one journey is blamed on another")
	}
}

func TestLosses(t *testing.T) {
	o := year()
	o.Losses = []model.Loss{{Service: 0}, {Service: 0, Seconds: 4, Transactions: 40}, {Service: 0, Seconds: 2, Transactions: 20},
		{Service: 0, Seconds: model.Never, Transactions: 1e6, Total: true}}
	o.Failovers = []model.Failover{{Service: 0}, {Service: 0, Manual: true}, {Service: 0, Trigger: model.FalseAlarm, Result: model.Stuck}}
	s := study(plan(model.Objective{Journey: 0, RPO: 2, RPOSet: true}), o, year())
	at := func(metric, stat string) float64 { return s.Get(metric, 0).Stat(stat).Value }
	near(t, "recoveries", at("recoveries", "mean"), 2, 0)
	near(t, "losses", at("losses", "mean"), 1.5, 0)
	near(t, "P(loss)", at("loss_probability", "mean"), .75, 0)
	near(t, "loss p50", at("loss", "p50"), 4, 0)
	near(t, "transactions p50", at("loss_transactions", "p50"), 40, 0)
	near(t, "RPO met", at("rpo_met", "mean"), .5, 0)
	near(t, "failovers", at("failovers", "mean"), 1.5, 0)
	if !math.IsInf(at("loss", "mean"), 1) || !math.IsInf(at("rpo", "p99"), 1) {
		t.Error("a total loss is finite")
	}
	if len(s.Failovers) != 3 {
		t.Errorf("%d kinds of failover, want 3", len(s.Failovers))
	}
	if len(s.Objectives) != 1 || s.Objectives[0].Store != 0 {
		t.Errorf("the store behind web is not judged: %+v", s.Objectives)
	}
	if s.Get("loss", 1) != nil {
		t.Error("a service without data has losses")
	}
}

func TestVerdicts(t *testing.T) {
	var years []*model.Outcome
	for i := range 200 {
		years = append(years, year(down(1000, 600+model.Seconds(i), 0)))
	}
	for _, c := range []struct {
		objective model.Objective
		want      Verdict
	}{
		{model.Objective{Availability: .999}, Met},
		{model.Objective{Availability: .99999}, Missed},
		{model.Objective{Availability: 1 - 700/31536e3}, Undecided},
		{model.Objective{RTO: 900}, Met},
		{model.Objective{RTO: 700}, Missed},
		{model.Objective{RTO: 790}, Undecided},
	} {
		s := study(plan(c.objective), years...)
		if got := s.Verdict(); got != c.want {
			t.Errorf("%+v is %v, want %v (%+v)", c.objective, got, c.want, s.Objectives[0].Measured)
		}
		if c.want == Undecided && !(s.Objectives[0].MoreRuns >= 2) {
			t.Errorf("undecided without advice: %+v", s.Objectives[0])
		}
	}
}

// Outcomes are reused by the caller and must have been copied; summaries may be taken in between.
func TestAddCopies(t *testing.T) {
	s := NewStudy(pair(), plan())
	o := year(down(10, 100, 0))
	s.Add(o)
	first := s.Summary()
	o.Outages[0].Start, o.Outages[0].Initiator = 77, 1
	o.Outages = o.Outages[:0]
	s.Add(o)
	o.Outages = append(o.Outages, down(5, 1, 0))
	s.Add(o)
	a, n := s.Summary(), 0
	for row := range first.Outages.All() {
		n++
		if row.Start != 10 {
			t.Errorf("the outcome was kept, not copied: %+v", row)
		}
	}
	if n != 1 || a.Outages.Len() != 2 || a.Worst.Outages[0].Start != 10 || a.Replications != 3 {
		t.Errorf("%d outages at first, %d at last, worst %+v", n, a.Outages.Len(), a.Worst)
	}
}

// A horizon other than a year is scaled to one.
func TestScaling(t *testing.T) {
	o := year(down(10, 100, 0))
	o.Horizon = model.Year / 4
	s := study(plan(), o, o)
	near(t, "downtime", s.Get("downtime", 0).Main().Value, 400, 1e-9)
	near(t, "incidents", s.Get("incidents", 0).Main().Value, 4, 1e-9)
	near(t, "years", s.Years, .5, 1e-12)
}

// Counts that scatter more than a Poisson process get a wider interval.
func TestOverdispersion(t *testing.T) {
	var even, bunched []*model.Outcome
	for i := range 100 {
		even = append(even, year(down(10, 100, 0)))
		var as []model.Outage
		for k := range 10 * int(one(i%10 == 0)) {
			as = append(as, down(model.Seconds(k)*1e5, 100, 0))
		}
		bunched = append(bunched, year(as...))
	}
	width := func(s *Summary) float64 { e := s.Get("incidents", 0).Main(); return e.High - e.Low }
	if a, b := width(study(plan(), even...)), width(study(plan(), bunched...)); b < 2*a {
		t.Errorf("width %v for even years, %v for bunched", a, b)
	}
}

func BenchmarkAdd(b *testing.B) {
	o := year(down(10, 100, 0), down(1e6, 100, 1), down(2e7, 900, 0))
	s := NewStudy(pair(), plan())
	b.ReportAllocs()
	for b.Loop() {
		s.Add(o)
	}
}
