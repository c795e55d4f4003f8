package failures

import (
	"math/rand/v2"

	"github.com/ftsim/ftsim/model"
)

var shiftedLaw = Law{
	Name: "shifted", Help: "a law after a fixed time", Example: "{shifted: {by: 10m, law: 2h}}",
	Fields: []Field{{"by", Duration, true, "the fixed time"}, {"law", Inner, true, "what follows"}},
	Build: func(v Values) (model.Distribution, error) {
		return &shifted{v["by"].Seconds, v["law"].Laws[0]}, nil
	},
}

type shifted struct {
	by  model.Seconds
	law model.Distribution
}

func (l *shifted) Sample(r *rand.Rand) model.Seconds { return l.by + l.law.Sample(r) }
func (l *shifted) Mean() model.Seconds               { return l.by + l.law.Mean() }
func (l *shifted) Survival(t model.Seconds) float64 {
	if t < l.by {
		return 1
	}
	return l.law.Survival(t - l.by)
}
func (l *shifted) Quantile(p float64) model.Seconds {
	if q, ok := l.law.(quantiler); ok {
		return l.by + q.Quantile(p)
	}
	return invert(l.Survival, 1-p, 0)
}
func (l *shifted) Residual(age model.Seconds, r *rand.Rand) model.Seconds {
	return residualBy(l, age, r)
}
func (l *shifted) String() string {
	return flow("shifted", "by: "+l.by.String(), "law: "+l.law.String())
}
