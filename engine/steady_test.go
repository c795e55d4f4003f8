package engine

import (
	"math"
	"testing"

	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
)

// What remains of a duration at a random instant of it exceeds t with probability ∫ₜ Survival over the
// mean. Heavy tails are what a coarse table gets wrong: half of the time is spent in very few of them.
func TestEquilibriumLaw(t *testing.T) {
	heavy, err := failures.FromQuantiles(260*model.Hour, 13300*model.Hour)
	if err != nil {
		t.Fatal(err)
	}
	const draws, seed = 400000, 5
	for _, d := range []model.Distribution{heavy, failures.Weibull(0.48, 800), failures.Gamma(0.35, 5000), failures.Gamma(4, 50),
		failures.Fixed(100), failures.Uniform(10, 30)} {
		l := compileLaw(d, false)
		e, s := makeEquilibrium(&l), stream(seed)
		values := make([]float64, draws)
		for i := range values {
			values[i] = e.draw(&s)
		}
		mean := float64(d.Mean())
		for _, at := range []float64{mean / 100, mean / 5, mean, 3 * mean, 20 * mean} {
			want, got := beyond(d, at)/mean, 0.0
			for _, x := range values {
				if x > at {
					got += 1.0 / draws
				}
			}
			if margin := 4*math.Sqrt(want*(1-want)/draws) + 1e-3*want + 1e-9; math.Abs(got-want) > margin {
				t.Errorf("seed %d, %v: P(rest > %v) is %.5f, want %.5f ± %.5f", seed, d, model.Seconds(at), got, want, margin)
			}
		}
	}
}

// beyond integrates the survival function from t on, in steps that grow with t.
func beyond(d model.Distribution, t float64) float64 {
	sum := 0.0
	for low := t; d.Survival(model.Seconds(low)) > 1e-16; {
		high := low * 1.0005
		sum += (high - low) * d.Survival(model.Seconds((low+high)/2))
		low = high
	}
	return sum
}
