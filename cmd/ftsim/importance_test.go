package main

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/topology"
)

// jobOf loads a topology and prepares it as a command would.
func jobOf(t *testing.T, text string) *job {
	t.Helper()
	top, err := topology.Load("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	program, err := engine.Compile(top.System)
	if err != nil {
		t.Fatal(err)
	}
	return &job{file: "test.yaml", top: top, plan: *top.Plan, program: program, options: engine.OptionsOf(top.Plan)}
}

// threeNodes is a system of nodes that fail every 1000, 400 and 250 hours and take 10, 20 and 5 to
// repair, observed from its long-run state.
const threeNodes = `
apiVersion: ftsim/v1
name: three nodes
simulation: {horizon: 2y, runs: 2000, start: steady-state, seed: %d}
nodes:
  a: {mtbf: 1000h, mttr: 10h}
  b: {mtbf: 400h, mttr: 20h}
  c: {mtbf: 250h, mttr: 5h}
services:
  s: {replicas: [a, b, c], policy: active-active, needed: %d}
objectives:
  - {journey: s, availability: 99%%}
`

// unavailabilityOf k of three nodes, each down with probability q.
func unavailabilityOf(k int, q [3]float64) float64 {
	down := 0.0
	for state := range 8 {
		p, up := 1.0, 0
		for i := range 3 {
			if state>>i&1 == 1 {
				p *= q[i]
			} else {
				p, up = p*(1-q[i]), up+1
			}
		}
		if up < k {
			down += p
		}
	}
	return down
}

// TestImportanceIsExact holds what a simulation ranks against the formulas for nodes in parallel, two of
// three, and in series: with independent nodes a perfect one has q = 0, and one that fails ten times as
// often q = 10ρ/(1+10ρ).
func TestImportanceIsExact(t *testing.T) {
	rho := [3]float64{10. / 1000, 20. / 400, 5. / 250}
	var q [3]float64
	for i := range q {
		q[i] = rho[i] / (1 + rho[i])
	}
	for needed := 1; needed <= 3; needed++ {
		t.Run(fmt.Sprintf("%d of 3", needed), func(t *testing.T) {
			im := ranked(t, jobOf(t, fmt.Sprintf(threeNodes, 7, needed)), false)
			u := unavailabilityOf(needed, q)
			year := float64(model.Year)
			begun, spent := 0.0, 0.0
			within(t, "downtime", im.Downtime(0), u*year)
			for _, r := range im.Ranking(0) {
				i := int(r.Part.Elements[0])
				perfect, often := q, q
				perfect[i], often[i] = 0, 10*rho[i]/(1+10*rho[i])
				up, uo := unavailabilityOf(needed, perfect), unavailabilityOf(needed, often)
				within(t, r.Part.Name+" saved", r.Saved, (u-up)*year)
				within(t, r.Part.Name+" added", r.Added, (uo-u)*year)
				within(t, r.Part.Name+" share", r.Share, 1-up/u)
				within(t, r.Part.Name+" tenfold", r.Tenfold, uo/u)
				if needed > 1 {
					within(t, r.Part.Name+" worth", r.Worth(), u/up)
				}
				begun, spent = begun+r.Begun.Value, spent+r.OfBudget.Value
			}
			if down := im.Downtime(0).Value; math.Abs(begun/down-1) > 1e-9 || math.Abs(spent*0.01*year/down-1) > 1e-9 {
				t.Errorf("what the parts began is %v, %v of the budget; the whole is %v", begun, spent, down)
			}
		})
	}
}

// within checks that a value lies in the 99.9 % interval that goes with an estimate's 95 % one.
func within(t *testing.T, what string, e analysis.Estimate, want float64) {
	t.Helper()
	const wider = 3.2905 / 1.96
	half := wider * max(e.High-e.Value, e.Value-e.Low)
	if !(math.Abs(e.Value-want) <= half+1e-9*want) {
		t.Errorf("%s: %v ± %v, want %v", what, e.Value, half, want)
	}
}

func ranked(t *testing.T, j *job, each bool) *analysis.Importance {
	t.Helper()
	im := analysis.NewImportance(j.top.System, &j.plan, analysis.Parts(j.top.System, each), analysis.Users(j.top.System))
	finished, err := j.rank(context.Background(), im, silence{})
	if err != nil || !finished {
		t.Fatalf("finished: %v, %v", finished, err)
	}
	return im
}

// TestImportanceIsPaired shows what common random numbers are worth: the interval of the difference is
// much narrower than that of two systems with luck of their own.
func TestImportanceIsPaired(t *testing.T) {
	im := ranked(t, jobOf(t, fmt.Sprintf(threeNodes, 7, 3)), false)
	down := im.Downtime(0)
	for _, r := range im.Ranking(0) {
		if r.Part.Name != "a" {
			continue
		}
		if own := math.Sqrt2 * (down.High - down.Low); r.Saved.High-r.Saved.Low > own/3 {
			t.Errorf("interval of %v, unpaired about %v", r.Saved.High-r.Saved.Low, own)
		}
	}
}

// TestImportanceOfGroups checks that a group counts as one, that its nodes can be had one by one, and
// that what cannot matter is told from what matters.
func TestImportanceOfGroups(t *testing.T) {
	const text = `
apiVersion: ftsim/v1
name: group
simulation: {runs: 400, start: steady-state}
nodes:
  web: {count: 3, mtbf: 1000h, mttr: 10h}
  db: {mtbf: 2000h, mttr: 10h}
  idle: {mtbf: 100h, mttr: 10h}
  rock: {mtbf: never}
services:
  web: {replicas: [web], policy: active-active, needed: 3, needs: [db]}
  db: {replicas: [db]}
journeys:
  shop: {needs: [web]}
`
	j := jobOf(t, text)
	im := ranked(t, j, false)
	names := ""
	q, qdb := 10./1010, 10./2010
	for _, r := range im.Ranking(0) {
		names += fmt.Sprintf("%s×%d ", r.Part.Name, len(r.Part.Elements))
		switch r.Part.Name {
		case "web-1 … web-3":
			within(t, "group saved", r.Saved, (1-qdb)*(1-math.Pow(1-q, 3))*float64(model.Year))
		case "idle":
			if analysis.Separable(r.Saved) || !r.Saved.Bound || r.Saved.Low >= 0 || r.Saved.High <= 0 {
				t.Errorf("a node that serves nobody: %+v", r.Saved)
			}
		}
	}
	if want := "web-1 … web-3×3 db×1 idle×1 "; names != want {
		t.Errorf("ranked %s, want %s", names, want)
	}
	if each := ranked(t, j, true).Ranking(0); len(each) != 5 || each[0].Part.Kind != "node" {
		t.Errorf("%d rows with each node its own", len(each))
	}
}

// TestImportanceKeepsLuck: to make a part perfect that nobody uses changes no outage of anybody, in a
// system with failovers, common causes and ageing.
func TestImportanceKeepsLuck(t *testing.T) {
	const text = `
apiVersion: ftsim/v1
name: luck
simulation: {runs: 300}
nodes:
  a: {mtbf: {weibull: {shape: 2, mean: 30d}}, mttr: {p50: 2h, p95: 12h}, after_repair: as-bad-as-old}
  b: {mtbf: 30d, mttr: 4h}
  idle: {mtbf: {weibull: {shape: 2, mean: 3d}}, mttr: 4h, after_repair: as-bad-as-old}
services:
  s: {replicas: [a, b], policy: hot, failover: automatic, software: {mtbf: 20d, mttr: 1m}}
common_causes:
  - {id: storm, affects: {nodes: [a, b, idle], each_with_probability: 50%}, rate: 4/y}
`
	for _, r := range ranked(t, jobOf(t, text), true).Ranking(0) {
		idle := r.Part.Name == "idle"
		if moved := r.Saved.Observations + r.Added.Observations; idle != (moved == 0) {
			t.Errorf("%s changes %d replications", r.Part.Name, moved)
		}
	}
}

// stopper ends a context when a number of replications is done.
type stopper struct {
	after int
	stop  context.CancelFunc
}

func (s stopper) update(done int) {
	if done == s.after {
		s.stop()
	}
}
func (s stopper) close() {}

// TestImportanceInterrupted: rows that were finished are those of an uninterrupted ranking, and come
// first; the others say that they are missing.
func TestImportanceInterrupted(t *testing.T) {
	text := fmt.Sprintf(threeNodes, 7, 3)
	whole := ranked(t, jobOf(t, text), false)
	j := jobOf(t, text)
	im := analysis.NewImportance(j.top.System, &j.plan, analysis.Parts(j.top.System, false), []int{0})
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	finished, err := j.rank(ctx, im, stopper{3*j.plan.Runs + 5, stop}) // the base, and both changes of one part
	if err != nil || finished {
		t.Fatalf("finished: %v, %v", finished, err)
	}
	rows := im.Ranking(0)
	if !rows[0].Compared || rows[1].Compared || rows[2].Compared {
		t.Fatalf("one part was compared, got %+v", rows)
	}
	if !math.IsNaN(rows[1].Saved.Value) || analysis.Separable(rows[1].Saved) || !(rows[1].Begun.Value > 0) {
		t.Errorf("not compared, yet: %+v", rows[1])
	}
	for _, r := range whole.Ranking(0) {
		if r.Part.Name == rows[0].Part.Name && (r.Saved.Value != rows[0].Saved.Value || r.Added.Value != rows[0].Added.Value) {
			t.Errorf("%s saves %v, in a whole ranking %v", r.Part.Name, rows[0].Saved.Value, r.Saved.Value)
		}
	}
}

// TestImportanceOfCascades: a cascade and what sets it off are each worth all of the downtime it causes;
// only the latter has a rate.
func TestImportanceOfCascades(t *testing.T) {
	const text = `
apiVersion: ftsim/v1
name: cascade
simulation: {runs: 200}
nodes:
  a: {mtbf: 30d, mttr: 1h}
  b: {mtbf: never}
services:
  s: {replicas: [b]}
common_causes:
  - {id: surge, affects: {nodes: [b]}, after_failure_of: a, mttr: 2h}
`
	rows := ranked(t, jobOf(t, text), false).Ranking(0)
	if len(rows) != 2 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, r := range rows {
		if !r.Compared || r.Share.Value != 1 || !analysis.Separable(r.Saved) {
			t.Errorf("%s takes part in all of the downtime: %+v", r.Part.Name, r)
		}
		if r.Part.Cascade != (r.Part.Name == "surge") || math.IsNaN(r.Added.Value) != r.Part.Cascade || !r.Part.Cascade && !(r.Tenfold.Value > 5) {
			t.Errorf("%s, ten times as often: %+v", r.Part.Name, r.Added)
		}
	}
}
