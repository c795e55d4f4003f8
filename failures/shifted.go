package failures

import (
	"math/rand/v2"

	"github.com/ftsim/ftsim/model"
)

var shiftedLaw = Law{
	Name: "shifted", Help: "a law after a fixed time", Example: "{shifted: {by: 10m, law: 2h}}",
	Fields: []Field{{"by", Duration, true, "the fixed time"}, {"law", Inner, true, "what follows"}},
	Build: func(v Values) (model.Distribution, error) {
		by, err := v.duration("by")
		if err != nil {
			return nil, err
		}
		law, err := v.inner("law")
		if err != nil {
			return nil, err
		}
		return &shifted{by, law}, nil
	},
}

// Shifted is a law after a fixed time. A law that cannot stand inside another one is an error.
func Shifted(by model.Seconds, law model.Distribution) (model.Distribution, error) {
	inner, err := asNestable("law", law)
	if err != nil {
		return nil, err
	}
	return &shifted{by, inner}, nil
}

type shifted struct {
	by  model.Seconds
	law nestable
}

func (l *shifted) Sample(r *rand.Rand) model.Seconds { return l.by + l.law.Sample(r) }
func (l *shifted) Mean() model.Seconds               { return l.by + l.law.Mean() }
func (l *shifted) Survival(t model.Seconds) float64 {
	if t < l.by {
		return 1
	}
	return l.law.Survival(t - l.by)
}
func (l *shifted) Quantile(p float64) model.Seconds { return l.by + l.law.Quantile(p) }
func (l *shifted) Residual(age model.Seconds, r *rand.Rand) model.Seconds {
	if age < l.by {
		return l.by - age + l.law.Sample(r)
	}
	return l.law.Residual(age-l.by, r)
}
func (l *shifted) beyond(t model.Seconds) model.Seconds {
	if t < l.by {
		return l.by - t + l.law.Mean()
	}
	return l.law.beyond(t - l.by)
}
func (l *shifted) String() string {
	return flow("shifted", "by: "+l.by.String(), "law: "+l.law.String())
}
