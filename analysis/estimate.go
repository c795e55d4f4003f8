package analysis

import (
	"fmt"
	"math"
	"slices"
)

// Estimate is a figure with its interval. A value nothing is known of is NaN; without end is +∞.
type Estimate struct {
	Value, Low, High float64
	Confidence       float64 // of the interval, or of the bound
	Replications     int
	Observations     int64 // events the figure rests on
	Warnings         []string
	Bound            bool // nothing was observed: Low or High is a one-sided bound, and Value is not a measurement
}

// Stat is one statistic of a metric.
type Stat struct {
	Name string // mean, p50, p90, p95, p99, max, zero
	Estimate
}

// Measured is a metric of one journey, service or store.
type Measured struct {
	Metric   *Metric
	Target   int
	Name     string // of the target
	Stats    []Stat
	Censored int64     // of a Lifetime: still running when following stopped
	Values   []float64 // of Sample and Lifetime: sorted
}

// Stat finds a statistic by name. What was not measured is NaN.
func (m *Measured) Stat(name string) Estimate {
	if m != nil {
		for i := range m.Stats {
			if m.Stats[i].Name == name {
				return m.Stats[i].Estimate
			}
		}
	}
	return Estimate{Value: math.NaN(), Low: math.NaN(), High: math.NaN(), Confidence: confidence}
}

// Main is the first statistic, the one to quote.
func (m *Measured) Main() Estimate {
	if m == nil || len(m.Stats) == 0 {
		return m.Stat("")
	}
	return m.Stats[0].Estimate
}

// fewEvents is where an interval begins to be rough.
const fewEvents = 10

// measure is what estimating one metric for one target takes.
type measure struct {
	m      *Metric
	a      *accumulator
	reps   int
	years  float64
	events int64 // outages of the journey or losses of the store, for warnings on means
	struck int64 // of a journey: replications with any

	sorted   []float64 // found on the way, of Sample and Lifetime
	censored int64
}

func (q *measure) estimate(value, low, high float64, events int64) Estimate {
	e := Estimate{Value: value, Low: low, High: high, Confidence: confidence, Replications: q.reps, Observations: events}
	if q.m.Unit == Fraction {
		e.Low, e.High = max(0, e.Low), min(1, e.High)
	} else {
		e.Low = max(0, e.Low)
	}
	if events > 0 && events < fewEvents {
		e.Warnings = append(e.Warnings, fewNote(events))
	}
	if q.reps == 1 && (q.m.Method == Mean || q.m.Method == Ratio) {
		e.Warnings = append(e.Warnings, "one replication gives no interval")
	}
	return e
}

func fewNote(events int64) string {
	if events == 1 {
		return "rests on one event only; the interval is rough"
	}
	return fmt.Sprintf("rests on %d events only; the interval is rough", events)
}

func (q *measure) stats() []Stat {
	switch q.m.Method {
	case Share:
		return []Stat{{"mean", q.share(q.a.x*float64(q.a.n), q.a.n)}}
	case Rate:
		return []Stat{{"mean", q.rate()}}
	case Ratio:
		return []Stat{{"mean", q.ratio()}}
	case Lifetime:
		return q.lifetimes()
	case Sample:
		return q.sample()
	}
	return []Stat{{"mean", q.mean(q.events)}}
}

func (q *measure) mean(events int64) Estimate {
	a := q.a
	if a.n == 0 {
		return q.estimate(math.NaN(), 0, math.Inf(1), 0)
	}
	if a.infinite > 0 {
		e := q.estimate(math.Inf(1), math.Inf(1), math.Inf(1), events)
		e.Warnings = append(e.Warnings, fmt.Sprintf("%d of %d lost everything", a.infinite, a.n))
		return e
	}
	half := tHalfWidth(a.n, variance(a.xx, a.n))
	e := q.estimate(a.x, a.x-half, a.x+half, events)
	if a.nonzero == 0 {
		return q.noneSeen(e)
	}
	e.Warnings = append(e.Warnings, q.thin(events)...)
	return e
}

// noneSeen takes back the interval of width zero that a t-interval makes of nothing but zeros. A share
// of time is at most 1 where it is not zero, so its mean is below 3/n; an amount has no such bound.
func (q *measure) noneSeen(e Estimate) Estimate {
	e.Bound, e.High = true, math.Inf(1)
	if q.m.Unit == Fraction {
		e.High = min(1, unseenCount/float64(q.a.n))
	}
	return e
}

// lopsided is the share of the variance at which one replication decides how wide an interval is.
const lopsided = 0.5

// thin warns where a t-interval is too narrow because the mean rests on few replications: it needs about
// ten with events, none of which outweighs all others.
func (q *measure) thin(events int64) []string {
	var list []string
	if q.m.Scope == Journeys && events >= fewEvents && q.struck < fewEvents && int64(q.reps) >= fewEvents {
		list = append(list, fmt.Sprintf("all %d events fell into %d replications; the interval is rough", events, q.struck))
	}
	if part := q.a.leverage(); events >= fewEvents && q.a.n > fewEvents && part > lopsided {
		list = append(list, fmt.Sprintf("one replication makes up %.0f %% of the variance; another seed may give another figure", 100*part))
	}
	return list
}

func (q *measure) share(k float64, n int64) Estimate {
	k = math.Round(k)
	low, high := wilson(k, float64(n))
	e := q.estimate(math.NaN(), low, high, n)
	if n > 0 {
		e.Value = k / float64(n)
	}
	e.Bound = n == 0
	return e
}

// rate is events per year. The Poisson interval is exact if events are independent; if counts scatter
// more than that between replications, it is widened by the root of the index of dispersion.
func (q *measure) rate() Estimate {
	k := math.Round(q.a.sum())
	low, high := poisson(k)
	if d := variance(q.a.xx, q.a.n) / q.a.x; k >= fewEvents && d > 1 {
		low, high = k-(k-low)*math.Sqrt(d), k+(high-k)*math.Sqrt(d)
	}
	e := q.estimate(k/q.years, low/q.years, high/q.years, int64(k))
	e.Bound = k == 0
	return e
}

// ratio is Σx/Σy with the delta-method variance (s²x − 2r·sxy + r²·s²y)/(n·ȳ²).
func (q *measure) ratio() Estimate {
	a := q.a
	events := int64(math.Round(a.y * float64(a.n)))
	if events == 0 {
		return q.noRatio()
	}
	r := a.x / a.y
	v := variance(a.xx-2*r*a.xy+r*r*a.yy, a.n) / (a.y * a.y)
	half := tHalfWidth(a.n, v)
	return q.estimate(r, r-half, r+half, events)
}

// noRatio bounds a time between events of which none was seen; a time per event stays unknown.
func (q *measure) noRatio() Estimate {
	e := q.estimate(math.NaN(), 0, math.Inf(1), 0)
	e.Bound = true
	if q.m.Better == Higher {
		e.Low = q.a.sum() / unseenCount
		e.Value = e.Low
	}
	return e
}

var levels = []struct {
	name string
	p    float64
}{{"p50", .5}, {"p90", .9}, {"p95", .95}, {"p99", .99}}

func (q *measure) sample() []Stat {
	sorted := q.a.sorted()
	q.sorted = sorted
	events := q.events
	if q.m.Scope == Stores { // values are events themselves
		events = q.a.n
	}
	out := []Stat{{"mean", q.mean(events)}}
	if q.a.n == 0 {
		out[0].Bound = true
		return out
	}
	for _, l := range levels {
		v, low, high := quantile(sorted, l.p)
		out = append(out, Stat{l.name, q.estimate(v, low, high, events)})
	}
	top := sorted[len(sorted)-1]
	out = append(out, Stat{"max", q.estimate(top, top, math.Inf(1), events)})
	zero := q.share(float64(q.a.n-q.a.nonzero-q.a.infinite), q.a.n)
	return append(out, Stat{"zero", zero})
}

func (q *measure) lifetimes() []Stat {
	lives, censored := q.a.lives()
	q.censored = censored
	if len(lives) == 0 {
		e := q.estimate(math.NaN(), 0, math.Inf(1), 0)
		e.Bound = true
		return []Stat{{"p50", e}}
	}
	sorted := make([]float64, len(lives))
	for i := range lives {
		sorted[i] = lives[i].length
	}
	slices.Sort(sorted)
	q.sorted = sorted
	var steps []survivor
	if censored > 0 {
		steps = kaplanMeier(lives)
	}
	var out []Stat
	for _, l := range levels {
		v, low, high := quantile(sorted, l.p)
		if censored > 0 {
			v, low, high = lifeQuantile(steps, l.p)
		}
		out = append(out, Stat{l.name, q.estimate(v, low, high, q.a.n)})
	}
	top := sorted[len(sorted)-1]
	out = append(out, Stat{"max", q.estimate(top, top, math.Inf(1), q.a.n)})
	out = append(out, Stat{"mean", q.meanLife(sorted, censored)})
	if censored > 0 {
		note := fmt.Sprintf("%d of %d incidents had not ended when following stopped (Kaplan–Meier)", censored, len(lives))
		for i := range out {
			out[i].Warnings = append(out[i].Warnings, note)
		}
	}
	return out
}

// meanLife is the mean length with a t-interval over incidents; with any of them unfinished, it is a
// lower bound.
func (q *measure) meanLife(lengths []float64, censored int64) Estimate {
	var a accumulator
	for _, x := range lengths {
		a.push(x, 0)
	}
	half := tHalfWidth(a.n, variance(a.xx, a.n))
	e := q.estimate(a.x, a.x-half, a.x+half, a.n)
	if censored > 0 {
		e.High = math.Inf(1)
	}
	return e
}
