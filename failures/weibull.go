package failures

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mathext"

	"github.com/ftsim/ftsim/model"
)

var weibullLaw = Law{
	Name: "weibull", Help: "early failures (shape below 1) or wear-out (above 1)", Example: "{weibull: {shape: 0.8, mean: 2y}}",
	Fields: []Field{
		{"shape", Number, true, "0.05 to 100; 1 is exponential"},
		{"mean", Duration, false, "mean, or give scale"}, {"scale", Duration, false, "the age 63.2 % do not survive"},
	},
	Build: func(v Values) (model.Distribution, error) {
		shape := v["shape"].Number
		if err := shapeRange(shape); err != nil {
			return nil, err
		}
		scale, err := scaleOf(v, math.Gamma(1+1/shape))
		if err != nil {
			return nil, err
		}
		return Weibull(shape, scale), nil
	},
}

type weibull struct{ shape, scale float64 }

// Weibull has survival exp(−(t/scale)^shape).
func Weibull(shape float64, scale model.Seconds) model.Distribution {
	return weibull{shape, float64(scale)}
}

func (l weibull) hazard(t model.Seconds) float64 {
	return math.Pow(max(0, float64(t))/l.scale, l.shape)
}
func (l weibull) age(hazard float64) model.Seconds {
	return model.Seconds(l.scale * math.Pow(hazard, 1/l.shape))
}
func (l weibull) Sample(r *rand.Rand) model.Seconds { return l.age(r.ExpFloat64()) }
func (l weibull) Mean() model.Seconds {
	return model.Seconds(l.scale * math.Gamma(1+1/l.shape))
}
func (l weibull) Survival(t model.Seconds) float64 { return math.Exp(-l.hazard(t)) }
func (l weibull) Quantile(p float64) model.Seconds { return l.age(-math.Log1p(-p)) }

// Residual implements model.Residual: the cumulated hazard grows by a unit exponential.
func (l weibull) Residual(age model.Seconds, r *rand.Rand) model.Seconds {
	return max(0, l.age(l.hazard(age)+r.ExpFloat64())-age)
}

// beyond substitutes the hazard for time, which leaves an incomplete gamma integral.
func (l weibull) beyond(t model.Seconds) model.Seconds {
	return l.Mean() * model.Seconds(mathext.GammaIncRegComp(1/l.shape, l.hazard(t)))
}
func (l weibull) String() string {
	return flow("weibull", "shape: "+number(l.shape), "scale: "+model.Seconds(l.scale).String())
}
