package failures

import (
	"fmt"
	"math/rand/v2"

	"github.com/ftsim/ftsim/model"
)

var uniformLaw = Law{
	Name: "uniform", Help: "anywhere between two durations, all equally likely", Example: "{uniform: [20s, 30s]}",
	Fields: []Field{
		{"low", Duration, true, "shortest"}, {"high", Duration, true, "longest"},
	},
	Positional: []string{"low", "high"},
	Build: func(v Values) (model.Distribution, error) {
		low, err := v.duration("low")
		if err != nil {
			return nil, err
		}
		high, err := v.duration("high")
		if err != nil {
			return nil, err
		}
		if low > high {
			return nil, fmt.Errorf("low (%v) is above high (%v)", low, high)
		}
		return Uniform(low, high), nil
	},
}

type uniform struct{ low, high model.Seconds }

// Uniform is uniform between low and high, low ≤ high.
func Uniform(low, high model.Seconds) model.Distribution {
	if low == high {
		return fixed(low)
	}
	return uniform{low, high}
}

func (l uniform) Sample(r *rand.Rand) model.Seconds { return l.Quantile(r.Float64()) }
func (l uniform) Mean() model.Seconds               { return (l.low + l.high) / 2 }
func (l uniform) Survival(t model.Seconds) float64 {
	return min(1, max(0, float64((l.high-t)/(l.high-l.low))))
}
func (l uniform) Quantile(p float64) model.Seconds { return l.low + model.Seconds(p)*(l.high-l.low) }
func (l uniform) Residual(age model.Seconds, r *rand.Rand) model.Seconds {
	return max(0, residualBy(l, age, r))
}
func (l uniform) beyond(t model.Seconds) model.Seconds {
	if t <= l.low {
		return l.Mean() - t
	}
	return max(0, l.high-t) * model.Seconds(l.Survival(t)) / 2
}
func (l uniform) String() string { return fmt.Sprintf("{uniform: [%v, %v]}", l.low, l.high) }
