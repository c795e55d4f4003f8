package engine

import (
	"math"
	"testing"

	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// hosted is a machine on a host, observed by itself; laws as given, nil = never.
func hosted(hostLife, hostRepair, life, repair, start model.Distribution) *model.System {
	sys := farm(1, policies.ActiveActive{}, 1)
	guest := &sys.Components[0]
	guest.Modes = []model.Mode{{Kind: model.OSCrash, Life: life, Repair: repair}}
	guest.StartsIn, guest.Requires = start, &model.Need{Ref: 1}
	host := unit("host", 1, 1)
	host.Modes = []model.Mode{{Kind: model.OSCrash, Life: hostLife, Repair: hostRepair}}
	sys.Components = append(sys.Components, host)
	return sys
}

// A machine starts after its host is back, does not age without it, and a repair under way is dropped.
func TestStartsAfterItsHost(t *testing.T) {
	const h = model.Hour
	fixed := func(x model.Seconds) model.Distribution { return failures.Fixed(x * h) }
	for _, c := range []struct {
		name string
		sys  *model.System
		want []float64 // begin and end of outages, in hours
	}{
		{"start", hosted(fixed(10), fixed(2), fixed(1000), fixed(1), fixed(3)), []float64{10, 15, 22, 27, 34, 39}},
		{"no ageing meanwhile", hosted(fixed(10), fixed(2), fixed(12), fixed(1), fixed(3)), []float64{10, 15, 17, 18, 22, 27, 34, 39}},
		{"repair dropped", hosted(fixed(10), fixed(2), fixed(9), fixed(5), fixed(3)), []float64{9, 15, 22, 27, 29, 39}},
		{"host fails again during the start", hosted(fixed(4), fixed(1), fixed(1000), fixed(1), fixed(5)), []float64{4, math.Inf(1)}},
		{"start without end of life", hosted(fixed(30), fixed(1), fixed(1000), nil, fixed(0)), []float64{30, 31}},
	} {
		out := run(t, c.sys, Options{Horizon: 39.5 * h, Seed: 1, Runs: 1})[0]
		var got []float64
		for _, o := range out.Outages {
			end := float64(o.End / h)
			if o.Open {
				end = math.Inf(1)
			}
			got = append(got, float64(o.Start/h), end)
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: outages %v, want %v", c.name, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] && math.Abs(got[i]-c.want[i]) > 1e-9 {
				t.Errorf("%s: outages %v, want %v", c.name, got, c.want)
				break
			}
		}
	}
}

// With exponential laws: a chain of host down, starting, up, crashed, also from a steady-state start.
func TestStartsOracle(t *testing.T) {
	e := func(x float64) model.Distribution { return failures.Exponential(model.Seconds(x) * model.Hour) }
	sys := hosted(e(50), e(5), e(20), e(1), e(2))
	// p = share of up; crashed: p/20 = c (1 + 1/50); starting: (host down)/5 = s (1/2 + 1/50); host down = 5/55.
	down := 5.0 / 55
	starting := down / 5 / (1.0/2 + 1.0/50)
	want := 1 - (1-down-starting)/(1+1.0/20/(1+1.0/50))
	for _, steady := range []bool{false, true} {
		mean, half := unavailability(t, sys, Options{Horizon: 2 * model.Year, Seed: 3, Runs: 300, SteadyState: steady})
		if math.Abs(mean-want) > 1.3*half {
			t.Errorf("seed 3, steady %v: unavailability %.5f ± %.5f, want %.5f", steady, mean, half, want)
		}
	}
}
