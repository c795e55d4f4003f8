package failures

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// seed starts every random test; a failure names it together with the law.
const seed = 20240229

func generator(stream int) *rand.Rand { return rand.New(rand.NewPCG(seed, uint64(stream))) }

// conforming are the laws that the suite holds to their own survival. Every law of the catalogue must
// be among them (TestSuiteCoversCatalogue). All are written as their String writes them back.
var conforming = []string{
	"{fixed: 10s}",
	"{fixed: 0s}",
	"{uniform: [20s, 30s]}",
	"{uniform: [0s, 1h]}",
	"90d",
	"1us",
	"{weibull: {shape: 0.3, scale: 1h}}",
	"{weibull: {shape: 0.8, scale: 2y}}",
	"{weibull: {shape: 3, scale: 5y}}",
	"{weibull: {shape: 50, scale: 5y}}",
	"{p50: 2h, p95: 12h}",
	"{p50: 10s, p95: 10.5s}",
	"{p50: 1m, p95: 1d}",
	"{gamma: {shape: 0.05, scale: 4h}}",
	"{gamma: {shape: 0.5, scale: 4h}}",
	"{gamma: {shape: 2, scale: 2h}}",
	"{gamma: {shape: 100, scale: 1s}}",
	"{gamma: {shape: 3, scale: 80m}}",
	"{empirical: {samples: [1h, 2h, 5h]}}",
	"{empirical: {samples: [10s, 10s, 10s, 20s, 30s, 30s, 1h]}}",
	"{empirical: {quantiles: {p0: 1m, p50: 2h, p95: 12h, p100: 1d}}}",
	"{empirical: {quantiles: {p0: 1m, p7: 1m, p29: 1h, p99.9: 2h, p100: 2h}}}",
	"{mixture: {weights: [0.9, 0.1], of: [10m, 8h]}}",
	"{mixture: {weights: [0.9, 0.1], of: [{p50: 5m, p95: 20m}, 30d]}}",
	"{mixture: {weights: [0.2, 0.3, 0.5], of: [{fixed: 10s}, {uniform: [5s, 15s]}, {fixed: 20s}]}}",
	"{shifted: {by: 10m, law: 2h}}",
	"{shifted: {by: 10m, law: {p50: 2h, p95: 12h}}}",
	"{truncated: {law: 2h, at_least: 1m, at_most: 8h}}",
	"{truncated: {law: {p50: 2h, p95: 12h}, at_least: 1h}}",
	"{truncated: {law: {weibull: {shape: 0.3, scale: 1h}}, at_least: 1h}}",
	"{truncated: {law: {gamma: {shape: 2, scale: 2h}}, at_most: 8h}}",
	"{truncated: {law: {gamma: {shape: 2, scale: 2h}}, at_least: 8h}}",
	"{truncated: {law: {empirical: {samples: [1h, 2h, 5h, 10h]}}, at_least: 2h, at_most: 6h}}",
	"{shifted: {by: 1m, law: {truncated: {law: {mixture: {weights: [0.5, 0.5], of: [1h, 2h]}}, at_most: 1d}}}}",
}

// forEach runs check once per conforming law, with a generator of its own.
func forEach(t *testing.T, check func(t *testing.T, d model.Distribution, r *rand.Rand)) {
	for i, text := range conforming {
		t.Run(text, func(t *testing.T) {
			defer func() {
				if t.Failed() {
					t.Logf("seed %d, stream %d", seed, i)
				}
			}()
			check(t, mustParse(t, text), generator(i))
		})
	}
}

func TestSuiteCoversCatalogue(t *testing.T) {
	all := strings.Join(conforming, " ")
	for _, l := range Catalogue {
		name := map[string]string{"exponential": "90d", "lognormal": "{p50:", "erlang": "gamma"}[l.Name]
		if name == "" {
			name = l.Name
		}
		if !strings.Contains(all, name) {
			t.Errorf("no %s among the conforming laws", l.Name)
		}
		if d := mustParse(t, l.Example); d.Mean() <= 0 {
			t.Errorf("the example %s has the mean %v", l.Example, d.Mean())
		}
		if l.Help == "" || len(l.Fields) == 0 {
			t.Errorf("%s: help or fields are missing", l.Name)
		}
		for _, name := range l.Positional {
			if _, ok := fieldNamed(&l, name); !ok {
				t.Errorf("%s: positional %q is no field", l.Name, name)
			}
		}
	}
}

func TestLookup(t *testing.T) {
	for i, name := range Names() {
		if l, ok := Lookup(name); !ok || l != &Catalogue[i] {
			t.Errorf("Lookup(%q) does not find line %d", name, i)
		}
	}
	if _, ok := Lookup("weibul"); ok {
		t.Error("Lookup finds a law that is not there")
	}
}

// Goal: Survival is a survival function. Method: a grid that spans all scales.
func TestSurvivalFallsFromOneToZero(t *testing.T) {
	forEach(t, func(t *testing.T, d model.Distribution, _ *rand.Rand) {
		if got := d.Survival(-1); got != 1 {
			t.Errorf("Survival(-1s) = %v", got)
		}
		if got := d.Survival(model.Never); got != 0 {
			t.Errorf("Survival(never) = %v", got)
		}
		last := 1.0
		for x := -20.0; x < 30; x += 0.01 {
			s := d.Survival(model.Seconds(math.Pow(10, x)))
			if !(s >= 0 && s <= last*(1+1e-12)) {
				t.Fatalf("Survival(10^%.2f s) = %v after %v", x, s, last)
			}
			last = s
		}
	})
}

// Goal: Mean is ∫ Survival. Method: trapezoids on a logarithmic grid, fine enough that a jump between
// two points costs less than the tolerance.
func TestMeanIsAreaUnderSurvival(t *testing.T) {
	const tolerance = 1e-4
	forEach(t, func(t *testing.T, d model.Distribution, _ *rand.Rand) {
		mean := float64(d.Mean())
		area := areaUnder(d, mean)
		if !(math.Abs(area-mean) <= tolerance*mean) {
			t.Errorf("mean %g, area under the survival %g: off by %.2g", mean, area, area/mean-1)
		}
	})
}

func areaUnder(d model.Distribution, scale float64) float64 {
	const step = 1e-4
	low := 1e-9 * scale
	area, before := low, 1.0
	for t := low; before*t > 1e-12*scale; {
		next := t * (1 + step)
		s := d.Survival(model.Seconds(next))
		area += (next - t) * (before + s) / 2
		t, before = next, s
	}
	return area
}

// Goal: Sample follows Survival. Method: Kolmogorov–Smirnov, jumps included.
func TestSampleFollowsSurvival(t *testing.T) {
	forEach(t, func(t *testing.T, d model.Distribution, r *rand.Rand) {
		checkKS(t, 40_000, func() model.Seconds { return d.Sample(r) }, d.Survival)
	})
}

// checkKS compares n draws with a survival, just before and just after each draw, because the law may
// jump there. One in 10 000 correct generators exceeds the limit.
func checkKS(t *testing.T, n int, draw func() model.Seconds, survival func(model.Seconds) float64) {
	t.Helper()
	const near = 1e-9
	limit := math.Sqrt(math.Log(2/1e-4) / 2 / float64(n))
	x := make([]model.Seconds, n)
	for i := range x {
		x[i] = draw()
		if !(x[i] >= 0) || math.IsInf(float64(x[i]), 1) {
			t.Fatalf("draw %d is %v", i, float64(x[i]))
		}
	}
	slices.Sort(x)
	for i := 0; i < n; {
		j := i
		for j < n && x[j] == x[i] {
			j++
		}
		above := 1 - float64(j)/float64(n) - survival(x[i]*(1+near))
		below := 1 - float64(i)/float64(n) - survival(x[i]*(1-near)-math.SmallestNonzeroFloat64)
		if gap := max(math.Abs(above), math.Abs(below)); !(gap <= limit) {
			t.Fatalf("at %v the draws are %.4f off their law; the limit is %.4f", x[i], gap, limit)
		}
		i = j
	}
}

// Goal: Quantile(p) is the least t with P(≤ t) ≥ p, in both tails. Method: just below the quantile the
// survival is still above 1−p, just above it is not.
func TestQuantileInvertsSurvival(t *testing.T) {
	probabilities := []float64{1e-9, 1e-6, 1e-3, 0.01, 0.1, 0.25, 0.4999, 0.51, 0.77, 0.9, 0.95, 0.99,
		0.9991, 1 - 1e-6, 1 - 1e-9}
	forEach(t, func(t *testing.T, d model.Distribution, _ *rand.Rand) {
		last := model.Seconds(0)
		for _, p := range probabilities {
			q := d.(model.Quantiler).Quantile(p)
			if !(q >= last) || math.IsInf(float64(q), 1) {
				t.Fatalf("Quantile(%v) = %v after %v", p, float64(q), float64(last))
			}
			last = q
			tolerance := 1e-6*min(p, 1-p) + 0x1p-51
			if s := d.Survival(q * (1 + 1e-9)); s > 1-p+tolerance {
				t.Errorf("Quantile(%v) = %v is too short: %v outlive it", p, float64(q), s)
			}
			if s := d.Survival(q * (1 - 1e-9)); q > 0 && s < 1-p-tolerance {
				t.Errorf("Quantile(%v) = %v is too long: %v outlive it", p, float64(q), s)
			}
		}
	})
}

// Goal: Residual is the law of what is left. Method: Kolmogorov–Smirnov against the conditional
// survival, young, old and far out in the tail.
func TestResidualFollowsConditionalSurvival(t *testing.T) {
	forEach(t, func(t *testing.T, d model.Distribution, r *rand.Rand) {
		for _, p := range []float64{0, 0.3, 0.9, 1 - 1e-6, 1 - 1e-12} {
			age := model.Seconds(0)
			if p > 0 {
				age = d.(model.Quantiler).Quantile(p)
			}
			alive := d.Survival(age)
			if alive < 1e-15 {
				continue // at the end of the law: TestNothingIsLeftAtTheEnd
			}
			draw := func() model.Seconds { return d.(model.Residual).Residual(age, r) }
			left := func(t model.Seconds) float64 {
				if t < 0 {
					return 1
				}
				return d.Survival(age+t) / alive
			}
			checkKS(t, 10_000, draw, left)
		}
	})
}

func TestNothingIsLeftAtTheEnd(t *testing.T) {
	for _, text := range []string{"{fixed: 10s}", "{uniform: [1s, 10s]}", "{empirical: {samples: [1s, 10s]}}",
		"{empirical: {quantiles: {p0: 1s, p100: 10s}}}", "{truncated: {law: 5s, at_most: 10s}}",
		"{mixture: {weights: [0.5, 0.5], of: [{fixed: 10s}, {fixed: 1s}]}}", "{shifted: {by: 1s, law: {fixed: 9s}}}"} {
		for _, age := range []model.Seconds{10, 11, 1e9} {
			if left := mustParse(t, text).(model.Residual).Residual(age, generator(0)); left != 0 {
				t.Errorf("%s at age %v has %v left", text, age, left)
			}
		}
	}
}

// Goal: a part that is repaired without getting younger never gets so old that nothing is left, which
// would make it fail without end in one instant. Method: ages at which the survival underflows. The
// mean left is 1/hazard there: mean for exponential tails, scale for gamma ones, t·sigma/z for
// log-normal ones.
func TestVeryOldPartsStillLive(t *testing.T) {
	tests := []struct {
		law       string
		age, left model.Seconds
	}{
		{"1h", 1e4 * model.Hour, model.Hour},
		{"{weibull: {shape: 1, scale: 1h}}", 1e4 * model.Hour, model.Hour},
		{"{weibull: {shape: 2, scale: 1h}}", 1e3 * model.Hour, model.Hour / 2000},
		{"{gamma: {shape: 3, scale: 1h}}", 1e4 * model.Hour, model.Hour},
		{"{gamma: {shape: 0.5, scale: 1h}}", 1e4 * model.Hour, model.Hour},
		{"{lognormal: {median: 1h, sigma: 0.1}}", model.Hour * model.Seconds(math.Exp(10)), model.Hour * model.Seconds(math.Exp(10)) / 1000},
		{"{shifted: {by: 1h, law: 1h}}", 1e4 * model.Hour, model.Hour},
		{"{mixture: {weights: [0.5, 0.5], of: [2h, 1h]}}", 1e4 * model.Hour, 2 * model.Hour},
		{"{truncated: {law: 1h, at_least: 1m}}", 1e4 * model.Hour, model.Hour},
	}
	for i, c := range tests {
		d, r := mustParse(t, c.law), generator(i)
		if s := d.Survival(c.age); s != 0 {
			t.Errorf("%s: the survival is still %v; choose a greater age", c.law, s)
		}
		const n = 20_000
		sum := model.Seconds(0)
		for range n {
			sum += d.(model.Residual).Residual(c.age, r)
		}
		if got := sum / n; math.Abs(float64(got/c.left)-1) > 0.03 {
			t.Errorf("%s at age %v: %v left on average, not %v (seed %d, stream %d)",
				c.law, c.age, got, c.left, seed, i)
		}
	}
}

func TestOnlyExponentialIsMemoryless(t *testing.T) {
	forEach(t, func(t *testing.T, d model.Distribution, _ *rand.Rand) {
		m, ok := d.(model.Memoryless)
		if _, bare := model.ParseMean(d.String()); ok != (bare == nil) {
			t.Fatalf("memoryless: %v", ok)
		}
		if ok && math.Abs(m.Rate()*float64(d.Mean())-1) > 1e-15 {
			t.Errorf("rate %v per second for a mean of %v", m.Rate(), d.Mean())
		}
	})
}

// Goal: draws depend on nothing but the generator.
func TestSamplesRepeat(t *testing.T) {
	forEach(t, func(t *testing.T, d model.Distribution, _ *rand.Rand) {
		a, b := generator(1), generator(1)
		for i := range 100 {
			if x, y := d.Sample(a), d.Sample(b); x != y {
				t.Fatalf("draw %d is %v, then %v", i, x, y)
			}
		}
		if a.Uint64() != b.Uint64() {
			t.Error("the generators went apart")
		}
	})
}

// Goal: String is what a file would say. Method: the conforming laws come back as they were written.
func TestStringIsAsWritten(t *testing.T) {
	for _, text := range conforming {
		if got := mustParse(t, text).String(); got != text {
			t.Errorf("%s is written as %s", text, got)
		}
	}
}

// Goal: String reads back as an equal law, whichever way it was written and whatever the numbers are.
func TestStringReadsBackEqual(t *testing.T) {
	texts := append([]string{
		"{fixed: {value: 10s}}", "{uniform: {low: 20s, high: 30s}}", "{uniform: [10s, 10s]}",
		"{exponential: 90d}", "{exponential: {mean: 90d}}", "1.5%/y", "250 FIT",
		"{weibull: {shape: 0.8, mean: 2y}}", "{weibull: {shape: 0.7, mean: 12345.678s}}",
		"{lognormal: {p50: 2h, p95: 12h}}", "{lognormal: {mean: 4h, sigma: 1.2}}",
		"{lognormal: {median: 4h, sigma: 0.00123}}", "{lognormal: {mean: 3h, cv: 2.3}}",
		"{p50: 7s, p95: 13.37s}", "{p50: 3us, p95: 7ms}",
		"{gamma: {shape: 2, mean: 4h}}", "{gamma: {shape: 0.7, mean: 1234.5s}}",
		"{erlang: {stages: 3, mean: 4h}}", "{erlang: {stages: 7, mean: 1h}}",
		"{empirical: {samples: [5h, 1h, 2h]}}",
		"{empirical: {quantiles: {p100: 1d, p7: 1h, p29: 2h, p99.99: 3h, p0: 0s}}}",
		"{mixture: {weights: [99.999%, 0.001%], of: [{lognormal: {mean: 4h, sigma: 1.2}}, 2h]}}",
	}, conforming...)
	for _, text := range texts {
		d := mustParse(t, text)
		back, err := parseLaw(d.String())
		if err != nil {
			t.Errorf("%s: %v", d, err)
		} else if !reflect.DeepEqual(d, back) {
			t.Errorf("%s is written as %s and read back as %#v, not %#v", text, d, back, d)
		}
		if strings.Contains(d.String(), "e-") || strings.Contains(d.String(), "e+") {
			t.Errorf("%s is written with an exponent: %s", text, d)
		}
	}
}

// Goal: the parameters mean what the documentation says.
func TestMeansAndQuantilesAreThoseWritten(t *testing.T) {
	sigma := math.Log(6) / 1.6448536269514722
	fromQuantilesFactor := model.Seconds(math.Exp(sigma * sigma / 2)) // mean over p50 of {p50: 2h, p95: 12h}
	tests := []struct {
		law  string
		mean model.Seconds
		p    float64
		at   model.Seconds // quantile at p
	}{
		{"{fixed: 10s}", 10, 0.5, 10},
		{"{uniform: [20s, 30s]}", 25, 0.1, 21},
		{"90d", 90 * model.Day, 0.5, 90 * model.Day * math.Ln2},
		{"{weibull: {shape: 0.8, mean: 2y}}", 2 * model.Year, 0, 0},
		{"{weibull: {shape: 2, scale: 1h}}", 3600 * 0.886226925452758, 1 - 1/math.E, 3600},
		{"{p50: 2h, p95: 12h}", 7200 * fromQuantilesFactor, 0.95, 43200},
		{"{p50: 2h, p95: 12h}", 7200 * fromQuantilesFactor, 0.5, 7200},
		{"{lognormal: {mean: 4h, sigma: 1.2}}", 14400, 0, 0},
		{"{lognormal: {median: 4h, sigma: 1}}", 14400 * 1.6487212707, 0.5, 14400},
		{"{lognormal: {mean: 4h, cv: 1}}", 14400, 0.5, 14400 / math.Sqrt2},
		{"{gamma: {shape: 2, mean: 4h}}", 14400, 0, 0},
		{"{gamma: {shape: 2, scale: 4h}}", 28800, 0, 0},
		{"{gamma: {shape: 1, mean: 1s}}", 1, 0.5, math.Ln2},
		{"{erlang: {stages: 1, mean: 1s}}", 1, 0.5, math.Ln2},
		{"{erlang: {stages: 3, mean: 4h}}", 14400, 0, 0},
		{"{empirical: {samples: [1h, 2h, 6h]}}", 3 * model.Hour, 0.5, 2 * model.Hour},
		{"{empirical: {quantiles: {p0: 0s, p50: 10s, p100: 30s}}}", 12.5, 0.75, 20},
		{"{mixture: {weights: [90%, 10%], of: [{fixed: 10s}, {fixed: 20s}]}}", 11, 0.91, 20},
		{"{shifted: {by: 10m, law: 1h}}", 4200, 0.5, 600 + 3600*math.Ln2},
		// Without memory, what is beyond the lower bound is the law again.
		{"{truncated: {law: 1h, at_least: 2h}}", 3 * model.Hour, 0.5, 7200 + 3600*math.Ln2},
		{"{truncated: {law: {uniform: [0s, 1h]}, at_most: 30m}}", 900, 0.5, 900},
		{"{truncated: {law: {fixed: 10s}, at_least: 10s}}", 10, 0.5, 10},
		{"{truncated: {law: {fixed: 10s}, at_most: 10s}}", 10, 0.5, 10},
	}
	for _, c := range tests {
		d := mustParse(t, c.law)
		if got := d.Mean(); math.Abs(float64(got/c.mean)-1) > 1e-6 {
			t.Errorf("%s has the mean %v, not %v", c.law, got, c.mean)
		}
		if c.p == 0 {
			continue
		}
		if got := d.(model.Quantiler).Quantile(c.p); math.Abs(float64(got/c.at)-1) > 1e-9 {
			t.Errorf("%s: Quantile(%v) = %v, not %v", c.law, c.p, got, c.at)
		}
	}
}

func TestBadLawsAreRefused(t *testing.T) {
	for _, text := range []string{
		"{exponential: 0s}",
		"{uniform: [30s, 20s]}",
		"{weibull: {shape: 0, mean: 2y}}", "{weibull: {shape: 1000, mean: 2y}}",
		"{weibull: {shape: NaN, mean: 2y}}", "{weibull: {shape: Inf, mean: 2y}}",
		"{weibull: {shape: 1, mean: 0s}}", "{weibull: {shape: 1}}", "{weibull: {mean: 2y}}",
		"{weibull: {shape: 1, mean: 2y, scale: 2y}}",
		"{p50: 2h, p95: 1h}", "{p50: 0s, p95: 1h}", "{p50: 1us, p95: 1y}",
		"{lognormal: {p50: 2h}}", "{lognormal: {p50: 2h, sigma: 1}}", "{lognormal: {p50: 1h, p95: 2h, cv: 1}}",
		"{lognormal: {mean: 2h, sigma: 0}}", "{lognormal: {mean: 2h, sigma: 50}}", "{lognormal: {mean: 2h, cv: NaN}}",
		"{gamma: {shape: -1, mean: 4h}}", "{gamma: {shape: 2}}", "{gamma: {shape: 2, mean: 0s}}",
		"{erlang: {stages: 2.5, mean: 4h}}", "{erlang: {stages: 0, mean: 4h}}", "{erlang: {stages: NaN, mean: 4h}}",
		"{empirical: {samples: []}}", "{empirical: {samples: [1s], quantiles: {p0: 1s, p100: 2s}}}", "{empirical: {}}",
		"{empirical: {quantiles: {p0: 1m, p50: 2h}}}", "{empirical: {quantiles: {p50: 1m, p100: 2h}}}",
		"{empirical: {quantiles: {p0: 1m, p50: 3h, p100: 2h}}}", "{empirical: {quantiles: {p0: 1m, p120: 3h, p100: 2h}}}",
		"{empirical: {quantiles: {p0: 1m, pNaN: 1h, p100: 2h}}}",
		"{mixture: {weights: [0.9], of: [1s, 2s]}}", "{mixture: {weights: [], of: []}}",
		"{mixture: {weights: [0.9, 0.2], of: [1s, 2s]}}", "{mixture: {weights: [1.5, -0.5], of: [1s, 2s]}}",
		"{mixture: {weights: [0.9, 0.1000001], of: [1s, 2s]}}", "{mixture: {weights: [NaN, 0.1], of: [1s, 2s]}}",
		"{truncated: {law: 2h}}", "{truncated: {law: 2h, at_least: 2h, at_most: 1h}}",
		"{truncated: {law: {fixed: 2h}, at_most: 1h}}", "{truncated: {law: {fixed: 2h}, at_least: 3h}}",
	} {
		if d, err := parseLaw(text); err == nil {
			t.Errorf("%s is accepted as %v", text, d)
		} else if len(err.Error()) < 10 {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Goal: no Values make a builder panic or return a law that cannot work. Method: every field of every
// law is left out, or holds a number that is none; one by one, next to the values of the example.
func TestBuildersSurviveAnyValues(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, l := range Catalogue {
		s := scanner{l.Example}
		n, _ := s.node()
		good := Values{}
		if len(n.keys) == 1 {
			good, _ = valuesOf(&l, n.items[0])
		} else {
			good, _ = valuesOf(&l, n)
		}
		for _, f := range l.Fields {
			checkRefused(t, &l, good, f, nil)
			for _, x := range []float64{nan, inf, -inf, -1} {
				s := model.Seconds(x)
				checkRefused(t, &l, good, f, &Value{Seconds: s, Number: x, List: []model.Seconds{s},
					Numbers: []float64{x}, Table: []QuantilePoint{{0, s}, {1, s}}})
			}
		}
	}
}

// checkRefused builds the law with one field replaced, or left out if by is nil.
func checkRefused(t *testing.T, l *Law, good Values, f Field, by *Value) {
	t.Helper()
	v := Values{}
	for name, value := range good {
		v[name] = value
	}
	delete(v, f.Name)
	if by != nil {
		v[f.Name] = *by
	} else if !f.Required {
		return
	}
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s: %s = %+v: panic: %v", l.Name, f.Name, by, p)
		}
	}()
	if d, err := l.Build(v); err == nil {
		t.Errorf("%s: %s = %+v is accepted as %v", l.Name, f.Name, by, d)
	}
}

var sink model.Seconds

func BenchmarkSample(b *testing.B) {
	for _, text := range conforming {
		b.Run(text, func(b *testing.B) {
			d, r := mustParse(b, text), generator(0)
			b.ReportAllocs()
			for b.Loop() {
				sink = d.Sample(r)
			}
		})
	}
}
