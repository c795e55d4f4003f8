package failures

import (
	"math"
	"math/rand/v2"

	"github.com/ftsim/ftsim/model"
)

var exponentialLaw = Law{
	Name: "exponential", Help: "no memory: the chance to end is the same at any age", Example: "{exponential: 90d}",
	Fields: []Field{{"mean", Duration, true, "mean"}}, Positional: []string{"mean"},
	Build: func(v Values) (model.Distribution, error) {
		if err := positive("mean", float64(v["mean"].Seconds)); err != nil {
			return nil, err
		}
		return Exponential(v["mean"].Seconds), nil
	},
}

type exponential model.Seconds // the mean

// Exponential has the given mean, which must not be negative. It is what a bare mtbf or mttr means. With
// a mean of zero it is what exponential laws shrink to, a fixed duration of zero.
func Exponential(mean model.Seconds) model.Distribution {
	if mean == 0 {
		return fixed(0)
	}
	return exponential(mean)
}

func (l exponential) Sample(r *rand.Rand) model.Seconds {
	return model.Seconds(r.ExpFloat64()) * model.Seconds(l)
}
func (l exponential) Mean() model.Seconds { return model.Seconds(l) }
func (l exponential) Survival(t model.Seconds) float64 {
	return math.Exp(-max(0, float64(t)) / float64(l))
}
func (l exponential) Quantile(p float64) model.Seconds {
	return model.Seconds(-math.Log1p(-p)) * model.Seconds(l)
}

// Rate implements model.Memoryless.
func (l exponential) Rate() float64 { return 1 / float64(l) }

// Residual implements model.Residual: as good as new at any age.
func (l exponential) Residual(_ model.Seconds, r *rand.Rand) model.Seconds { return l.Sample(r) }
func (l exponential) beyond(t model.Seconds) model.Seconds {
	return model.Seconds(l) * model.Seconds(l.Survival(t))
}
func (l exponential) String() string { return model.Seconds(l).String() }
