package failures

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/ftsim/ftsim/model"
)

var mixtureLaw = Law{
	Name: "mixture", Help: "one of several laws, each with its probability", Example: "{mixture: {weights: [90%, 10%], of: [10m, 8h]}}",
	Fields: []Field{{"weights", Numbers, true, "probabilities that add up to 1"}, {"of", Inners, true, "as many laws"}},
	Build: func(v Values) (model.Distribution, error) {
		w, laws := v["weights"].Numbers, v["of"].Laws
		if len(w) != len(laws) || len(w) == 0 {
			return nil, fmt.Errorf("there are %d weights for %d laws", len(w), len(laws))
		}
		sum, of := 0.0, make([]nestable, len(laws))
		for i, x := range w {
			if !(x >= 0) {
				return nil, fmt.Errorf("weights must not be negative")
			}
			sum += x
			var err error
			if of[i], err = asNestable("of", laws[i]); err != nil {
				return nil, err
			}
		}
		if math.Abs(sum-1) > 1e-9*float64(len(w)) {
			return nil, fmt.Errorf("the weights add up to %s, not to 1", number(sum))
		}
		return &mixture{slices.Clone(w), of}, nil
	},
}

type mixture struct {
	weights []float64
	of      []nestable
}

func (l *mixture) Sample(r *rand.Rand) model.Seconds {
	u := r.Float64()
	for i, w := range l.weights[:len(l.weights)-1] {
		if u -= w; u < 0 {
			return l.of[i].Sample(r)
		}
	}
	return l.of[len(l.of)-1].Sample(r)
}
func (l *mixture) Mean() model.Seconds {
	m := model.Seconds(0)
	for i, w := range l.weights {
		m += model.Seconds(w) * l.of[i].Mean()
	}
	return m
}
func (l *mixture) Survival(t model.Seconds) float64 {
	s := 0.0
	for i, w := range l.weights {
		s += w * l.of[i].Survival(t)
	}
	return min(1, s)
}

// Quantile inverts the survival function, which has no closed inverse.
func (l *mixture) Quantile(p float64) model.Seconds { return invert(l.Survival, 1-p, 0) }

// Residual draws which law it is by what the survival up to age says of it, and then from that law.
func (l *mixture) Residual(age model.Seconds, r *rand.Rand) model.Seconds {
	u := r.Float64() * l.Survival(age)
	for i, w := range l.weights {
		if u -= w * l.of[i].Survival(age); u < 0 {
			return l.of[i].Residual(age, r)
		}
	}
	return l.lastResidual(age, r)
}

// lastResidual is for an age that no law has a measurable chance to reach: what is left then is up to
// the law with the longest tail, unless it has ended.
func (l *mixture) lastResidual(age model.Seconds, r *rand.Rand) model.Seconds {
	left, reach := model.Seconds(0), model.Seconds(-1)
	for i, w := range l.weights {
		if far := l.of[i].Quantile(1 - 0x1p-53); w > 0 && far > reach {
			if x := l.of[i].Residual(age, r); x > 0 {
				left, reach = x, far
			}
		}
	}
	return left
}
func (l *mixture) beyond(t model.Seconds) model.Seconds {
	sum := model.Seconds(0)
	for i, w := range l.weights {
		sum += model.Seconds(w) * l.of[i].beyond(t)
	}
	return sum
}
func (l *mixture) String() string {
	w, of := make([]string, len(l.weights)), make([]string, len(l.of))
	for i := range w {
		w[i], of[i] = number(l.weights[i]), l.of[i].String()
	}
	return flow("mixture", "weights: ["+strings.Join(w, ", ")+"]", "of: ["+strings.Join(of, ", ")+"]")
}
