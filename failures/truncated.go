package failures

import (
	"fmt"
	"math"
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
		l, err := bounded(v)
		if err != nil {
			return nil, err
		}
		// A duration of exactly low does happen, hence the survival just below it.
		above := l.law.Survival(model.Seconds(math.Nextafter(float64(l.low), -1)))
		l.above = l.law.Survival(l.high)
		l.within = above - l.above
		if !(l.within > 1e-9) {
			return nil, fmt.Errorf("practically nothing of %v lies between %v and %v", l.law, l.low, l.high)
		}
		return l, nil
	},
}

// bounded reads the law and its bounds.
func bounded(v Values) (*truncated, error) {
	law, err := v.inner("law")
	if err != nil {
		return nil, err
	}
	l := &truncated{law: law, high: model.Never}
	if !v.has("at_least") && !v.has("at_most") {
		return nil, fmt.Errorf("give at_least, at_most or both")
	}
	if v.has("at_least") {
		if l.low, err = v.duration("at_least"); err != nil {
			return nil, err
		}
	}
	if v.has("at_most") {
		if l.high, err = v.duration("at_most"); err != nil {
			return nil, err
		}
	}
	if l.low > l.high {
		return nil, fmt.Errorf("at_least (%v) is above at_most (%v)", l.low, l.high)
	}
	return l, nil
}

// truncated is a law on condition that it lies between low and high, both included.
type truncated struct {
	law           nestable
	low, high     model.Seconds // high may be Never
	above, within float64       // probability beyond high, and between
}

func (l *truncated) Sample(r *rand.Rand) model.Seconds { return l.Quantile(r.Float64()) }
func (l *truncated) Mean() model.Seconds               { return l.beyond(0) }
func (l *truncated) Survival(t model.Seconds) float64 {
	switch {
	case t < l.low:
		return 1
	case t >= l.high:
		return 0
	}
	return min(1, max(0, (l.law.Survival(t)-l.above)/l.within))
}
func (l *truncated) Quantile(p float64) model.Seconds {
	target := l.above + (1-p)*l.within
	if target > 1e-6 {
		return min(l.high, max(l.low, l.law.Quantile(1-target)))
	}
	return min(l.high, max(l.low, invert(l.law.Survival, target, l.low)))
}

// Residual leaves a law without upper bound to itself, once the lower one is behind, because the law
// knows how to get old.
func (l *truncated) Residual(age model.Seconds, r *rand.Rand) model.Seconds {
	switch {
	case age < l.low:
		return l.Sample(r) - age
	case l.high == model.Never:
		return l.law.Residual(age, r)
	}
	return residualBy(l, age, r)
}

// beyond is ∫ (law.Survival − above)/within from t to high.
func (l *truncated) beyond(t model.Seconds) model.Seconds {
	switch {
	case t < l.low:
		return l.low - t + l.beyond(l.low)
	case t >= l.high:
		return 0
	}
	area := l.law.beyond(t)
	if l.high != model.Never {
		area -= l.law.beyond(l.high) + (l.high-t)*model.Seconds(l.above)
	}
	return max(0, area/model.Seconds(l.within))
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
