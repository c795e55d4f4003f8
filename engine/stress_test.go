package engine

import (
	"math"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// At 40 h a has failed; b, which would have lived to 70 h, has 30 h left, lives them ten times as fast and fails at 43 h.
// c goes on as if nothing had happened.
func TestTheOthersBearMore(t *testing.T) {
	sys := farm(3, policies.ActiveActive{}, 3)
	for i, life := range []model.Seconds{40, 70, 60} {
		sys.Components[i].Modes = []model.Mode{{Kind: model.MediaLoss, Life: fixedLaw(life * model.Hour), Repair: fixedLaw(1000 * model.Hour)}}
		if i > 0 { // what is frozen meanwhile must not be disturbed
			sys.Components[i].Modes = append(sys.Components[i].Modes, model.Mode{Kind: model.Crash, Life: fixedLaw(50000 * model.Hour), Repair: fixedLaw(1)})
		}
	}
	sys.Stresses = []model.Stress{{Of: []int32{0, 1}, Factor: 10}}
	failed := lastFailures(t, sys, 100*model.Hour)
	for i, want := range []float64{40, 43, 60} {
		if got := failed[i] / 3600; math.Abs(got-want) > 1e-6 {
			t.Errorf("unit %d failed after %v h, want %v", i, got, want)
		}
	}
}

// Who is repaired takes its share back: a is down from 40 to 41 h, in which b ages 10 h, and fails again after 81 h. Until
// then b has aged 40 + 10 + 40 h, so with a life of 95 h it fails half an hour later.
func TestTheStressEnds(t *testing.T) {
	sys := farm(2, policies.ActiveActive{}, 2)
	for i, life := range []model.Seconds{40, 95} {
		sys.Components[i].Modes = []model.Mode{{Kind: model.MediaLoss, Life: fixedLaw(life * model.Hour), Repair: fixedLaw(model.Hour)}}
	}
	sys.Stresses = []model.Stress{{Of: []int32{0, 1}, Factor: 10}}
	if got := lastFailures(t, sys, 85*model.Hour)[1] / 3600; math.Abs(got-81.5) > 1e-6 {
		t.Errorf("b failed after %v h, want 81.5", got)
	}
}

// lastFailures is when each unit of a farm last failed, in seconds.
func lastFailures(t *testing.T, sys *model.System, horizon model.Seconds) map[int]float64 {
	t.Helper()
	p, err := Compile(sys)
	if err != nil {
		t.Fatal(err)
	}
	at := map[int]float64{}
	r := p.NewRunner(Options{Horizon: horizon, Seed: 1})
	r.note = func(n Note) {
		if n.Kind == ComponentFailed {
			at[int(n.Component)] = r.now
		}
	}
	var out model.Outcome
	r.Reset(0, &out)
	for r.Step() {
	}
	return at
}

// A set of nine disks that bears the loss of one. While one is rebuilt the others fail ten times as often, so the mean
// time to data loss is (n·λ + (n−1)·10λ + μ) / (n·λ · (n−1)·10λ) (Chen and others, RAID, 1994, with its correlated second
// failures).
func TestStressOfASet(t *testing.T) {
	const n, life, repair, factor = 9.0, 20000.0, 24.0, 10.0
	sys := farm(n, policies.ActiveActive{}, n-1)
	all := make([]int32, n)
	for i := range sys.Components {
		all[i] = int32(i)
		sys.Components[i].Modes = []model.Mode{{Kind: model.MediaLoss, Life: expLaw(life * model.Hour), Repair: expLaw(repair * model.Hour)}}
	}
	sys.Stresses = []model.Stress{{Of: all, Factor: factor}}
	a, b, mu := n/life, (n-1)*factor/life, 1/repair
	want := (a + b + mu) / (a * b) * 3600
	p, err := Compile(sys)
	if err != nil {
		t.Fatal(err)
	}
	r := p.NewRunner(Options{Horizon: 1e300, Seed: 7})
	const runs = 4000
	sum := 0.0
	var out model.Outcome
	for i := range runs {
		r.Reset(i, &out)
		for len(out.Outages) == 0 && r.Step() {
		}
		sum += float64(out.Outages[0].Start)
	}
	if got := sum / runs; math.Abs(got-want) > 4*want/math.Sqrt(runs) { // nearly exponential
		t.Errorf("mean time to data loss %.4g s, want %.4g (seed 7)", got, want)
	}
}
