package failures

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"strings"

	"github.com/ftsim/ftsim/model"
)

const mostPoints = 1_000_000

var empiricalLaw = Law{
	Name: "empirical", Help: "durations from your own records, or a table of quantiles", Example: "{empirical: {samples: [1h, 2h, 5h]}}",
	Fields: []Field{
		{"samples", Durations, false, "observed durations, all equally likely"},
		{"quantiles", QuantileTable, false, "p0, p50, p95 … p100; straight lines between them"},
	},
	Build: func(v Values) (model.Distribution, error) {
		switch {
		case v.has("samples") == v.has("quantiles"):
			return nil, fmt.Errorf("give either samples or quantiles")
		case v.has("samples"):
			return samplesLaw(v["samples"].List)
		}
		return quantilesLaw(v["quantiles"].Table)
	},
}

// empirical is a piecewise linear quantile function; jumps are two points with equal p.
type empirical struct {
	points []QuantilePoint
	mean   model.Seconds
	text   string
}

func samplesLaw(list []model.Seconds) (model.Distribution, error) {
	if len(list) == 0 || len(list) > mostPoints {
		return nil, fmt.Errorf("samples must hold between 1 and %d durations", mostPoints)
	}
	for _, t := range list {
		if err := possible("a sample", t); err != nil {
			return nil, err
		}
	}
	s := append([]model.Seconds(nil), list...)
	sort.Slice(s, func(i, j int) bool { return s[i] < s[j] })
	e := &empirical{points: make([]QuantilePoint, 0, 2*len(s))}
	words := make([]string, len(s))
	for i, t := range s {
		e.points = append(e.points, QuantilePoint{float64(i) / float64(len(s)), t}, QuantilePoint{float64(i+1) / float64(len(s)), t})
		words[i] = t.String()
	}
	e.text = flow("empirical", "samples: ["+strings.Join(words, ", ")+"]")
	return e.finish()
}

func quantilesLaw(table []QuantilePoint) (model.Distribution, error) {
	if len(table) < 2 || len(table) > mostPoints {
		return nil, fmt.Errorf("quantiles needs at least two points, p0 and p100 among them")
	}
	t := append([]QuantilePoint(nil), table...)
	sort.Slice(t, func(i, j int) bool { return t[i].P < t[j].P })
	if t[0].P != 0 || t[len(t)-1].P != 1 {
		return nil, fmt.Errorf("quantiles must reach from p0 to p100")
	}
	words := make([]string, len(t))
	for i, q := range t {
		if err := possible(q.name(), q.At); err != nil {
			return nil, err
		}
		if i > 0 && !(q.P >= t[i-1].P && q.At >= t[i-1].At) {
			return nil, fmt.Errorf("%s is below %s", q.name(), t[i-1].name())
		}
		words[i] = q.name() + ": " + q.At.String()
	}
	e := &empirical{points: t, text: flow("empirical", "quantiles: {"+strings.Join(words, ", ")+"}")}
	return e.finish()
}

// name writes p7 for a P of 0.07, not p7.000000000000001, as long as dividing leads back to P.
func (q QuantilePoint) name() string {
	short := math.Round(q.P*1e11) / 1e9
	if short/100 == q.P {
		return "p" + number(short)
	}
	return "p" + number(q.P*100)
}

func (l *empirical) finish() (model.Distribution, error) {
	for i := 1; i < len(l.points); i++ {
		a, b := l.points[i-1], l.points[i]
		l.mean += model.Seconds(b.P-a.P) * (a.At + b.At) / 2
	}
	return l, positive("the mean", float64(l.mean))
}

func (l *empirical) Sample(r *rand.Rand) model.Seconds { return l.Quantile(r.Float64()) }
func (l *empirical) Mean() model.Seconds               { return l.mean }

// Quantile interpolates between the points around p.
func (l *empirical) Quantile(p float64) model.Seconds {
	i := sort.Search(len(l.points), func(i int) bool { return l.points[i].P >= p })
	if i == 0 {
		return l.points[0].At
	}
	if i == len(l.points) {
		return l.points[i-1].At
	}
	a, b := l.points[i-1], l.points[i]
	if b.P == a.P {
		return a.At
	}
	return a.At + (b.At-a.At)*model.Seconds((p-a.P)/(b.P-a.P))
}

// Survival interpolates the other way; at a jump all of it has happened.
func (l *empirical) Survival(t model.Seconds) float64 {
	i := sort.Search(len(l.points), func(i int) bool { return l.points[i].At > t })
	if i == 0 {
		return 1
	}
	if i == len(l.points) {
		return 0
	}
	a, b := l.points[i-1], l.points[i]
	return 1 - (a.P + (b.P-a.P)*float64((t-a.At)/(b.At-a.At)))
}
func (l *empirical) Residual(age model.Seconds, r *rand.Rand) model.Seconds {
	return residualBy(l, age, r)
}

// beyond adds up the trapezoids below the survival.
func (l *empirical) beyond(t model.Seconds) model.Seconds {
	sum := max(0, l.points[0].At-t)
	for i := 1; i < len(l.points); i++ {
		if from, to := max(t, l.points[i-1].At), l.points[i].At; from < to {
			sum += (to - from) * model.Seconds(l.Survival(from)+1-l.points[i].P) / 2
		}
	}
	return sum
}
func (l *empirical) String() string { return l.text }
