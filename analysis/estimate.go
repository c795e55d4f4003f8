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

	clustered bool // replications came in groups that resemble each other

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
	if q.reps == 1 && (q.m.Method == Mean || q.m.Method == Ratio || q.m.Method == Quotient) {
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
		return []Stat{{"mean", q.share(q.a.sum(), q.a.n, designEffect(&q.a.grouped))}}
	case Rate:
		return []Stat{{"mean", q.rate()}}
	case Ratio:
		return []Stat{{"mean", q.ratio()}}
	case Quotient:
		return []Stat{{"mean", q.quotient()}}
	case Lifetime:
		return q.lifetimes()
	case Sample:
		return q.sample()
	}
	return []Stat{{"mean", q.mean(q.events)}}
}

func (q *measure) mean(events int64) Estimate {
	a := q.a
	if a.seen == 0 {
		return q.estimate(math.NaN(), 0, math.Inf(1), 0)
	}
	if a.infinite > 0 {
		e := q.estimate(math.Inf(1), math.Inf(1), math.Inf(1), events)
		e.Warnings = append(e.Warnings, fmt.Sprintf("%d of %d lost everything", a.infinite, a.seen))
		return e
	}
	low, high := q.meanInterval()
	e := q.estimate(a.x, low, high, events)
	if a.nonzero == 0 {
		return q.noneSeen(e)
	}
	e.Warnings = append(e.Warnings, q.thin(events)...)
	return e
}

// meanInterval is that of the replications if they are what was observed, else that of single
// observations, with the replications they came in as the unit.
func (q *measure) meanInterval() (low, high float64) {
	if q.m.Method != Sample || q.alone() {
		return q.a.moments.meanInterval()
	}
	half := groupedHalfWidth(&q.a.grouped)
	return q.a.x - half, q.a.x + half
}

// groupedHalfWidth is that of the mean of single observations, a ratio: their sum over their number.
func groupedHalfWidth(by *moments) float64 { return tHalfWidth(by.n, by.ratioVariance()) }

// noneSeen takes back the interval of width zero that the formula makes of nothing but zeros. A share
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

// crooked is the skewness of a mean (not of the values) from which on it shows in the coverage: the 95 %
// interval of the mean of log-normal values with σ = 1.5 covers about 92 % there.
const crooked = 0.5

// thin warns where an interval is too narrow because the mean rests on few replications: it needs about
// ten with events, none of which outweighs all others.
func (q *measure) thin(events int64) []string {
	var list []string
	if q.m.Scope == Journeys && events >= fewEvents && q.struck < fewEvents && int64(q.reps) >= fewEvents {
		list = append(list, fmt.Sprintf("all %d events fell into %d replications; the interval is rough", events, q.struck))
	}
	if events < fewEvents || q.a.n <= fewEvents {
		return list
	}
	k, _ := q.a.skew()
	switch part := q.a.leverage(); {
	case part > lopsided:
		list = append(list, fmt.Sprintf("one replication makes up %.0f %% of the variance; another seed may give another figure", 100*part))
	case math.Abs(k.g) > crooked*math.Sqrt(k.n):
		list = append(list, "a few long ones among many short carry the mean (heavy tail); the interval allows for that, but is rough")
	}
	return list
}

func (q *measure) share(k float64, n int64, effect float64) Estimate {
	k = math.Round(k)
	low, high := wilson(k/effect, float64(n)/effect)
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
	e.Warnings = append(e.Warnings, q.thin(int64(k))...)
	return e
}

// ratio is Σx/Σy, replications being the unit (delta method).
func (q *measure) ratio() Estimate {
	a := q.a
	events := int64(math.Round(a.y * float64(a.n)))
	if events == 0 {
		return q.noRatio()
	}
	low, high := a.ratioInterval()
	e := q.estimate(a.x/a.y, low, high, events)
	e.Warnings = append(e.Warnings, q.thin(events)...)
	return e
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
	if q.m.Scope.samplesEvents() { // values are events themselves
		events = q.a.seen
	}
	out := []Stat{{"mean", q.mean(events)}}
	if q.a.seen == 0 {
		out[0].Bound = true
		return out
	}
	for _, l := range levels {
		v, low, high := quantile(sorted, l.p, q.effect(sorted, l.p))
		out = append(out, Stat{l.name, q.estimate(v, low, high, events)})
	}
	top := sorted[len(sorted)-1]
	out = append(out, Stat{"max", q.estimate(top, top, math.Inf(1), events)})
	zero := q.share(float64(q.a.n-q.a.nonzero), q.a.seen, q.effect(sorted, 0))
	return append(out, Stat{"zero", zero})
}

// alone tells whether each observation of a sample is one by itself: replications are, unless they come
// in groups; what happens to a store is not.
func (q *measure) alone() bool { return !q.m.Scope.samplesEvents() && !q.clustered }

// effect is the design effect at a quantile: 1 where each replication made one observation.
func (q *measure) effect(sorted []float64, p float64) float64 {
	switch {
	case q.m.Method == Lifetime:
		return q.a.effectBelow(sorted[rank(len(sorted), p)-1], 2)
	case !q.alone() && p == 0:
		return q.a.effectBelow(0, 1)
	case !q.alone():
		return q.a.effectBelow(sorted[rank(len(sorted), p)-1], 1)
	}
	return 1
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
	var out []Stat
	for _, l := range levels {
		effect := q.effect(sorted, l.p)
		v, low, high := quantile(sorted, l.p, effect)
		if censored > 0 {
			v, low, high = lifeQuantile(kaplanMeier(lives, effect), l.p)
		}
		out = append(out, Stat{l.name, q.estimate(v, low, high, q.a.seen)})
	}
	top := sorted[len(sorted)-1]
	out = append(out, Stat{"max", q.estimate(top, top, math.Inf(1), q.a.seen)})
	out = append(out, Stat{"mean", q.meanLife(censored)})
	if censored > 0 {
		what, means := "incidents", "; the MTTR has their downtime up to the horizon"
		if q.m.Scope == JobsThatEnd {
			what, means = "runs", ""
		}
		note := fmt.Sprintf("%d of %d %s had not ended when following stopped (Kaplan–Meier)%s", censored, len(lives), what, means)
		for i := range out {
			out[i].Warnings = append(out[i].Warnings, note)
		}
	}
	return out
}

// meanLife is the mean length, replications being the unit; with any incident unfinished, it is a lower
// bound.
func (q *measure) meanLife(censored int64) Estimate {
	by := &q.a.grouped
	low, high := by.ratioInterval()
	e := q.estimate(by.x/by.y, low, high, q.a.seen)
	if censored > 0 {
		e.High = math.Inf(1)
	}
	return e
}
