package failures

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/ftsim/ftsim/model"
)

// z95 is the 95 % quantile of the standard normal law.
const z95 = 1.6448536269514722

var lognormalLaw = Law{
	Name: "lognormal", Help: "most are short, some are very long; what repairs look like", Example: "{p50: 2h, p95: 12h}",
	Fields: []Field{
		{"p50", Duration, false, "half are shorter"}, {"p95", Duration, false, "19 of 20 are shorter"},
		{"mean", Duration, false, "mean, with sigma or cv"}, {"median", Duration, false, "median, with sigma"},
		{"sigma", Number, false, "standard deviation of the logarithm, up to 5"},
		{"cv", Number, false, "standard deviation over mean"},
	},
	Build: func(v Values) (model.Distribution, error) {
		switch {
		case v.has("p50") && v.has("p95") && len(v) == 2:
			return FromQuantiles(v["p50"].Seconds, v["p95"].Seconds)
		case v.has("median") && v.has("sigma") && len(v) == 2:
			return logNormal(v["median"].Seconds, v["sigma"].Number)
		case v.has("mean") && v.has("sigma") && len(v) == 2:
			s := v["sigma"].Number
			return logNormal(v["mean"].Seconds*model.Seconds(math.Exp(-s*s/2)), s)
		case v.has("mean") && v.has("cv") && len(v) == 2:
			s := math.Sqrt(math.Log1p(v["cv"].Number * v["cv"].Number))
			return logNormal(v["mean"].Seconds*model.Seconds(math.Exp(-s*s/2)), s)
		}
		return nil, fmt.Errorf("give p50 and p95, or median and sigma, or mean and sigma, or mean and cv")
	},
}

type lognormal struct{ median, sigma float64 }

// FromQuantiles is the log-normal law through two quantiles: σ = ln(p95/p50)/1.645.
func FromQuantiles(p50, p95 model.Seconds) (model.Distribution, error) {
	if err := positive("p50", float64(p50)); err != nil {
		return nil, err
	}
	if p95 < p50 {
		return nil, fmt.Errorf("p95 (%v) is below p50 (%v)", p95, p50)
	}
	if p95 == p50 {
		return fixed(p50), nil
	}
	return logNormal(p50, math.Log(float64(p95/p50))/z95)
}

func logNormal(median model.Seconds, sigma float64) (model.Distribution, error) {
	if !(sigma > 0 && sigma <= 5) {
		return nil, fmt.Errorf("the spread must be above zero, and sigma at most 5 (p95 at most 3700 times p50)")
	}
	if err := positive("the duration", float64(median)); err != nil {
		return nil, err
	}
	return lognormal{float64(median), sigma}, nil
}

func (l lognormal) Sample(r *rand.Rand) model.Seconds {
	return model.Seconds(l.median * math.Exp(l.sigma*r.NormFloat64()))
}
func (l lognormal) Mean() model.Seconds {
	return model.Seconds(l.median * math.Exp(l.sigma*l.sigma/2))
}

// z is the standard normal value that t stands for.
func (l lognormal) z(t model.Seconds) float64 {
	return math.Log(max(0, float64(t))/l.median) / l.sigma
}
func (l lognormal) Survival(t model.Seconds) float64 { return normalSurvival(l.z(t)) }

// normalSurvival is P(Z > z) of a standard normal Z.
func normalSurvival(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }

func (l lognormal) Quantile(p float64) model.Seconds {
	z := -math.Sqrt2 * math.Erfcinv(2*p)
	return model.Seconds(l.median * math.Exp(l.sigma*z))
}

// Residual switches, where survivors get rare, to Marsaglia's method for the tail of a normal law
// (Technometrics 6, 1964): √(z²+2e) with an exponential e, accepted with probability z/x. It does not
// underflow, however old a part has become by being repaired.
func (l lognormal) Residual(age model.Seconds, r *rand.Rand) model.Seconds {
	z := l.z(age)
	if z < 3 {
		return residualBy(l, age, r)
	}
	for {
		e := r.ExpFloat64()
		x := math.Sqrt(z*z + 2*e)
		if r.Float64()*x < z {
			return age * model.Seconds(math.Expm1(l.sigma*2*e/(x+z)))
		}
	}
}

// beyond is the formula of Black and Scholes without interest.
func (l lognormal) beyond(t model.Seconds) model.Seconds {
	z := l.z(t)
	over := l.Mean() * model.Seconds(normalSurvival(z-l.sigma))
	return max(0, over-t*model.Seconds(normalSurvival(z)))
}

// String gives the two quantiles where these few digits are the whole truth, else the parameters.
func (l lognormal) String() string {
	p95 := tidy(l.median * math.Exp(l.sigma*z95))
	if math.Log(p95/l.median)/z95 == l.sigma {
		return fmt.Sprintf("{p50: %v, p95: %v}", model.Seconds(l.median), model.Seconds(p95))
	}
	return flow("lognormal", "median: "+model.Seconds(l.median).String(), "sigma: "+number(l.sigma))
}

// tidy drops the last digits that a logarithm and an exponential have added.
func tidy(x float64) float64 {
	digits := 12 - math.Ceil(math.Log10(x))
	scale := math.Pow(10, digits)
	return math.Round(x*scale) / scale
}
