package engine

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/ftsim/ftsim/model"
)

// The engine sees laws through interfaces only, so its tests bring their own.

type expLaw model.Seconds

func (l expLaw) Sample(r *rand.Rand) model.Seconds {
	return model.Seconds(r.ExpFloat64()) * model.Seconds(l)
}
func (l expLaw) Mean() model.Seconds              { return model.Seconds(l) }
func (l expLaw) Survival(t model.Seconds) float64 { return math.Exp(-float64(t) / float64(l)) }
func (l expLaw) Rate() float64                    { return 1 / float64(l) }
func (l expLaw) String() string                   { return model.Seconds(l).String() }

type fixedLaw model.Seconds

func (l fixedLaw) Sample(*rand.Rand) model.Seconds { return model.Seconds(l) }
func (l fixedLaw) Mean() model.Seconds             { return model.Seconds(l) }
func (l fixedLaw) Survival(t model.Seconds) float64 {
	if t < model.Seconds(l) {
		return 1
	}
	return 0
}
func (l fixedLaw) Quantile(float64) model.Seconds { return model.Seconds(l) }
func (l fixedLaw) String() string                 { return fmt.Sprintf("{fixed: %v}", model.Seconds(l)) }

// weibullLaw has survival exp(−(t/scale)^shape).
type weibullLaw struct{ shape, scale float64 }

func (l weibullLaw) Sample(r *rand.Rand) model.Seconds {
	return model.Seconds(l.scale * math.Pow(r.ExpFloat64(), 1/l.shape))
}
func (l weibullLaw) Mean() model.Seconds {
	return model.Seconds(l.scale * math.Gamma(1+1/l.shape))
}
func (l weibullLaw) Survival(t model.Seconds) float64 {
	return math.Exp(-math.Pow(float64(t)/l.scale, l.shape))
}
func (l weibullLaw) Quantile(p float64) model.Seconds {
	return model.Seconds(l.scale * math.Pow(-math.Log1p(-p), 1/l.shape))
}
func (l weibullLaw) Residual(age model.Seconds, r *rand.Rand) model.Seconds {
	h := math.Pow(float64(age)/l.scale, l.shape) + r.ExpFloat64()
	return model.Seconds(l.scale*math.Pow(h, 1/l.shape)) - age
}
func (l weibullLaw) String() string {
	return fmt.Sprintf("{weibull: {shape: %v, scale: %vs}}", l.shape, l.scale)
}

type uniformLaw struct{ low, high model.Seconds }

func (l uniformLaw) Sample(r *rand.Rand) model.Seconds {
	return l.low + model.Seconds(r.Float64())*(l.high-l.low)
}
func (l uniformLaw) Mean() model.Seconds { return (l.low + l.high) / 2 }
func (l uniformLaw) Survival(t model.Seconds) float64 {
	return min(1, max(0, float64((l.high-t)/(l.high-l.low))))
}
func (l uniformLaw) Quantile(p float64) model.Seconds { return l.low + model.Seconds(p)*(l.high-l.low) }
func (l uniformLaw) String() string                   { return fmt.Sprintf("{uniform: [%v, %v]}", l.low, l.high) }
