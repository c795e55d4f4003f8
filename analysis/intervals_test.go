package analysis

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %v, want %v ± %v", what, got, want, tolerance)
	}
}

// Wilson's interval for 10 of 100 and for the ends, from his formula worked by hand.
func TestWilson(t *testing.T) {
	low, high := wilson(10, 100)
	near(t, "low", low, 0.0552, 1e-4)
	near(t, "high", high, 0.1744, 1e-4)
	if low, high = wilson(0, 50); low != 0 {
		t.Errorf("none of 50: low is %v", low)
	}
	near(t, "none of 50", high, 0.0713, 1e-4)
	if _, high = wilson(50, 50); high != 1 {
		t.Errorf("all of 50: high is %v", high)
	}
}

// Garwood's table: 5 events give 1.623 to 11.668; 0 give at most 2.996 (one-sided).
func TestPoisson(t *testing.T) {
	low, high := poisson(5)
	near(t, "low", low, 1.6235, 1e-3)
	near(t, "high", high, 11.6683, 1e-3)
	_, high = poisson(0)
	near(t, "rule of three", high, 2.9957, 1e-4)
	a, _ := poisson(1000) // the exact branch
	b, _ := poisson(1001) // the approximation
	if !(a < b && b-a < 1.1) {
		t.Errorf("the approximation does not join: %v, %v", a, b)
	}
}

// For n = 100 and the median, tables give the 40th and the 61st order statistic.
func TestOrderRanks(t *testing.T) {
	if l, u := orderRanks(100, .5); l != 40 || u != 61 {
		t.Errorf("ranks %d, %d, want 40, 61", l, u)
	}
	if l, u := orderRanks(20, .95); u != 21 || l < 1 {
		t.Errorf("20 values cannot bound a 95th percentile from above: ranks %d, %d", l, u)
	}
	if l, u := orderRanks(1, .5); l != 0 || u != 2 {
		t.Errorf("one value bounds nothing: ranks %d, %d", l, u)
	}
}

// 95 % intervals must cover the truth in about 95 % of experiments; the seed is fixed.
func TestCoverage(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	const experiments, n = 2000, 200
	var inT, inWilson, inQuantile, inRate float64
	for range experiments {
		var a moments
		var k float64
		xs := make([]float64, n)
		for i := range xs {
			xs[i] = r.ExpFloat64()
			a.push(xs[i], 0)
			k += one(r.Float64() < .1)
		}
		half := tHalfWidth(a.n, variance(a.xx, a.n))
		inT += one(math.Abs(a.x-1) <= half)
		low, high := wilson(k, n)
		inWilson += one(low <= .1 && .1 <= high)
		slices.Sort(xs)
		_, low, high = quantile(xs, .5, 1)
		inQuantile += one(low <= math.Ln2 && math.Ln2 <= high)
		low, high = poisson(k)
		inRate += one(low <= .1*n && .1*n <= high)
	}
	for name, hits := range map[string]float64{"t": inT, "Wilson": inWilson, "quantile": inQuantile, "Poisson": inRate} {
		if share := hits / experiments; share < .93 || share > .985 {
			t.Errorf("%s covers %.3f", name, share)
		}
	}
}

// The survival curve of Kaplan and Meier for 1, 2, 3+, 4, 5+ falls to 4/5, 3/5 and 3/10.
func TestKaplanMeier(t *testing.T) {
	steps := kaplanMeier([]life{{5, true}, {1, false}, {4, false}, {2, false}, {3, true}}, 1)
	want := []survivor{{t: 1, s: .8}, {t: 2, s: .6}, {t: 4, s: .3}}
	if len(steps) != len(want) {
		t.Fatalf("%d steps, want %d", len(steps), len(want))
	}
	for i, w := range want {
		if steps[i].t != w.t {
			t.Errorf("step %d at %v, want %v", i, steps[i].t, w.t)
		}
		near(t, "survival", steps[i].s, w.s, 1e-12)
	}
	if v, _, high := lifeQuantile(steps, .5); v != 4 || !math.IsInf(high, 1) {
		t.Errorf("median %v up to %v, want 4 up to +∞", v, high)
	}
	if v, _, _ := lifeQuantile(steps, .9); !math.IsInf(v, 1) {
		t.Errorf("the curve never reaches 0.1, but p90 is %v", v)
	}
}

// Hall's transformation with a skewness of 3 and 20 values takes 0.5 to 1/2 + 1/4 + 1/24 + 1/40, and back.
func TestSkew(t *testing.T) {
	k := skew{g: 3, n: 20}
	near(t, "straightened", k.straighten(.5), .5+.25+1./24+.025, 1e-12)
	near(t, "and back", k.inverse(.5+.25+1./24+.025), .5, 1e-12)
}
