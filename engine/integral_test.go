package engine

import (
	"flag"
	"math"
	"testing"

	"github.com/ftsim/ftsim/model"
)

var integralSeed = flag.Uint64("integral.seed", 0, "integrate the served fraction of the system of this seed only")

// What is booked as unserved is the integral of what is not served: between any two events, the fraction is
// worked out anew at many instants and summed up (R17, R41).
func TestUnservedIsTheIntegral(t *testing.T) {
	first, last := uint64(1), uint64(250)
	if testing.Short() {
		last = 40
	}
	if *integralSeed > 0 {
		first, last = *integralSeed, *integralSeed
	}
	ramps := 0
	for seed := first; seed <= last; seed++ {
		ramps += integrateAgain(t, wideSystem(seed), seed)
	}
	if ramps < 20 && *integralSeed == 0 {
		t.Errorf("only %d stretches in which something changes: the check sees too little", ramps)
	}
}

// integrateAgain runs a system and sums up what is not served, by itself.
func integrateAgain(t *testing.T, sys *model.System, seed uint64) (ramps int) {
	t.Helper()
	p, err := Compile(sys)
	if err != nil {
		t.Fatal(err)
	}
	if p.demand.varies() {
		return 0 // what is offered changes too
	}
	r := p.NewRunner(Options{Horizon: 4 * model.Day, Seed: seed})
	var out model.Outcome
	r.Reset(0, &out)
	sums := make([]float64, len(r.jour))
	for {
		_, next := r.clocks.next()
		next = min(next, r.end)
		for j := range r.jour {
			jo := &r.jour[j]
			if jo.job != none || jo.cushion != none || next <= r.now {
				continue
			}
			parts := 1
			if jo.ramps > 0 && next-r.now > 1e-3 {
				parts, ramps = 128, ramps+1
			}
			dt := (next - r.now) / float64(parts)
			for i := range parts {
				s, _ := r.evaluate(jo, r.now+dt*(float64(i)+0.5))
				sums[j] += (1 - s) * dt
			}
		}
		if !r.Step() || r.past {
			break
		}
	}
	for j := range out.Unserved {
		if got := float64(out.Unserved[j]); math.Abs(got-sums[j]) > 0.5+1e-5*sums[j] { // Simpson's rule and this one miss kinks by some tenths
			t.Errorf("seed %d: journey %s: %.6f s are booked as unserved, the integral is %.6f\nsee it alone with: go test ./engine -run TestUnservedIsTheIntegral -integral.seed=%d",
				seed, sys.Journeys[j].Name, got, sums[j], seed)
		}
	}
	return ramps
}
