package main

import (
	"context"
	"math"
	"testing"

	"github.com/ftsim/ftsim/model"
)

const unknownLife = `
apiVersion: ftsim/v1
name: unknown life
simulation: {horizon: 1y, runs: 20000, start: steady-state, seed: 5}
nodes:
  a: {mtbf: {uncertain: {p5: 200h, p95: 1000h}}, mttr: {uncertain: {uniform: [5h, 15h]}}}
services:
  s: {replicas: [a]}
`

// TestDrawsAreExact holds each draw against the unavailability m/(l + m) of one node with that mean life
// l and mean repair m, and what is said of all draws against what follows from those figures. The
// variance of the downtime of a known node over a long time T is 2·l²·m²/(l+m)³·T (alternating renewal).
func TestDrawsAreExact(t *testing.T) {
	j := jobOf(t, unknownLife)
	if err := j.planDraws(0); err != nil || j.draws != usualDraws || j.perDraw != 100 {
		t.Fatalf("%d draws with %d runs each: %v", j.draws, j.perDraw, err)
	}
	found, err := j.simulate(context.Background(), silence{})
	if err != nil {
		t.Fatal(err)
	}
	u := found.uncertainty
	year := float64(model.Year)
	n, sum, squares, chance := float64(u.Draws()), 0.0, 0.0, 0.0
	for k := range u.Draws() {
		life, repair := u.Value(k, 0), u.Value(k, 1)
		want := repair / (life + repair) * year
		e := u.MeanOf(0, k)
		if half := (e.High - e.Low) / 2; math.Abs(e.Value-want) > 2.2*half { // more than four standard errors
			t.Errorf("draw %d: %v ± %v, want %v", k, e.Value, half, want)
		}
		sum, squares = sum+want, squares+want*want
		chance += 2 * life * life * repair * repair / math.Pow(life+repair, 3) * year / n
	}
	s := u.Split(0)
	within(t, "sd of the expectations", s.Not, math.Sqrt((squares-sum*sum/n)/(n-1)))
	within(t, "sd by chance", s.Known, math.Sqrt(chance))
	if math.Abs(s.Mean.Value-sum/n) > 0.02*sum/n {
		t.Errorf("mean %v, want %v", s.Mean.Value, sum/n)
	}
	pooled := found.study.Summary().Get("downtime", 0).Main()
	if math.Abs(pooled.Value/s.Mean.Value-1) > 1e-9 || math.Abs(pooled.High-pooled.Low-(s.Mean.High-s.Mean.Low)) > 0.1*(pooled.High-pooled.Low) {
		t.Errorf("the report says %+v, its table of uncertain inputs %+v", pooled, s.Mean)
	}
}

// TestDrawsAndTrace: the story of a replication of a draw is the one that was counted.
func TestDrawsAndTrace(t *testing.T) {
	j := jobOf(t, unknownLife)
	j.plan.Runs = 100
	if err := j.planDraws(10); err != nil {
		t.Fatal(err)
	}
	j.rows = 1000
	found, err := j.simulate(context.Background(), silence{})
	if err != nil {
		t.Fatal(err)
	}
	worst := found.study.Summary().Worst
	one := jobOf(t, unknownLife)
	if _, err := one.takeDraw(worst.Replication / j.perDraw); err != nil {
		t.Fatal(err)
	}
	out, err := one.program.Trace(one.options, worst.Replication, nil)
	if err != nil || len(out.Outages) != len(worst.Outages) || len(out.Outages) == 0 {
		t.Fatalf("%d outages, want %d: %v", len(out.Outages), len(worst.Outages), err)
	}
	for i := range out.Outages {
		if out.Outages[i].Start != worst.Outages[i].Start || out.Outages[i].End != worst.Outages[i].End {
			t.Errorf("outage %d is %+v, want %+v", i, out.Outages[i], worst.Outages[i])
		}
	}
}

func TestPlanDraws(t *testing.T) {
	for _, c := range []struct{ runs, wanted, draws, per int }{
		{10000, 0, 200, 50}, {100, 0, 10, 10}, {15, 0, 2, 7}, {100, 50, 50, 2}, {4, 0, 2, 2}, {3, 0, 0, 0}, {100, 51, 0, 0}, {1, 0, 0, 0},
	} {
		j := jobOf(t, unknownLife)
		j.plan.Runs = c.runs
		err := j.planDraws(c.wanted)
		if (err == nil) != (c.draws > 0) {
			t.Errorf("%+v: %v", c, err)
			continue
		}
		if err == nil && (j.draws != c.draws || j.perDraw != c.per || j.plan.Runs != c.draws*c.per || j.options.Runs != j.plan.Runs) {
			t.Errorf("%+v: %d draws with %d runs each, %d in all", c, j.draws, j.perDraw, j.plan.Runs)
		}
	}
}
