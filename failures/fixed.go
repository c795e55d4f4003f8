package failures

import (
	"math/rand/v2"

	"github.com/ftsim/ftsim/model"
)

var fixedLaw = Law{
	Name: "fixed", Help: "always the same duration", Example: "{fixed: 10s}",
	Fields: []Field{{"value", Duration, true, "the duration"}}, Positional: []string{"value"},
	Build: func(v Values) (model.Distribution, error) {
		value, err := v.duration("value")
		if err != nil {
			return nil, err
		}
		return Fixed(value), nil
	},
}

type fixed model.Seconds

// Fixed is a duration without spread.
func Fixed(d model.Seconds) model.Distribution { return fixed(d) }

func (l fixed) Sample(*rand.Rand) model.Seconds { return model.Seconds(l) }
func (l fixed) Mean() model.Seconds             { return model.Seconds(l) }
func (l fixed) Survival(t model.Seconds) float64 {
	if t < model.Seconds(l) {
		return 1
	}
	return 0
}
func (l fixed) Quantile(float64) model.Seconds { return model.Seconds(l) }
func (l fixed) Residual(age model.Seconds, _ *rand.Rand) model.Seconds {
	return max(0, model.Seconds(l)-age)
}
func (l fixed) beyond(t model.Seconds) model.Seconds { return max(0, model.Seconds(l)-t) }
func (l fixed) String() string                       { return "{fixed: " + model.Seconds(l).String() + "}" }
