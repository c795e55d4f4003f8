package failures

import (
	"fmt"
	"math/rand/v2"

	"github.com/ftsim/ftsim/model"
)

var truncatedLaw = Law{
	Name: "truncated", Help: "a law of which only part of the range can happen", Example: "{truncated: {law: 2h, at_least: 1m, at_most: 8h}}",
	Fields: []Field{
		{"law", Inner, true, "the whole law"},
		{"at_least", Duration, false, "shorter ones do not happen"}, {"at_most", Duration, false, "longer ones do not happen"},
	},
	Build: func(v Values) (model.Distribution, error) {
		l := &truncated{law: v["law"].Laws[0], low: v["at_least"].Seconds, high: model.Never}
		if v.has("at_most") {
			l.high = v["at_most"].Seconds
		}
		l.above, l.within = l.law.Survival(l.high), l.law.Survival(l.low)-l.law.Survival(l.high)
		if l.high <= l.low || !(l.within > 1e-9) {
			return nil, fmt.Errorf("practically nothing of %v lies between %v and %v", l.law, l.low, l.high)
		}
		l.mean = l.meanByQuantiles()
		return l, nil
	},
}

// truncated is a law on condition that it lies between low and high.
type truncated struct {
	law           model.Distribution
	low, high     model.Seconds
	above, within float64 // probability beyond high, and between
	mean          model.Seconds
}

// meanByQuantiles averages the law over its middle quantiles (midpoint rule).
func (l *truncated) meanByQuantiles() model.Seconds {
	const cells = 20000
	sum := model.Seconds(0)
	for i := range cells {
		sum += l.Quantile((float64(i) + 0.5) / cells)
	}
	return sum / cells
}
func (l *truncated) Sample(r *rand.Rand) model.Seconds { return l.Quantile(r.Float64()) }
func (l *truncated) Mean() model.Seconds               { return l.mean }
func (l *truncated) Survival(t model.Seconds) float64 {
	switch {
	case t < l.low:
		return 1
	case t >= l.high:
		return 0
	}
	return (l.law.Survival(t) - l.above) / l.within
}
func (l *truncated) Quantile(p float64) model.Seconds {
	target := l.above + (1-p)*l.within
	if q, ok := l.law.(quantiler); ok && target > 1e-6 {
		return min(l.high, max(l.low, q.Quantile(1-target)))
	}
	return min(l.high, max(l.low, invert(l.law.Survival, target, l.low)))
}
func (l *truncated) Residual(age model.Seconds, r *rand.Rand) model.Seconds {
	return residualBy(l, age, r)
}
func (l *truncated) String() string {
	parts := []string{"law: " + l.law.String()}
	if l.low > 0 {
		parts = append(parts, "at_least: "+l.low.String())
	}
	if l.high < model.Never {
		parts = append(parts, "at_most: "+l.high.String())
	}
	return flow("truncated", parts...)
}
