package analysis

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/ftsim/ftsim/model"
)

// The twin of the estimators: it keeps every outcome, works from the definitions in the plainest way and
// shares no code with the package but the names of metrics.

// twin is the long way to the figures of one journey.
type twin struct {
	outcomes []*model.Outcome
	plan     *model.Plan
	journey  int32
}

// incidentsOf merges outages by looking at every pair of neighbours; recovery and down by incident.
func (w *twin) incidentsOf(o *model.Outcome) (recovery, down, unseen []float64, open []bool) {
	var kept []model.Outage
	for _, a := range w.ofJourney(o) {
		if a.Open || a.End-a.Start >= w.plan.MinDowntime {
			kept = append(kept, a)
		}
	}
	for i := 0; i < len(kept); {
		k := i
		for k+1 < len(kept) && kept[k+1].Start-kept[k].End < w.plan.MergeGap {
			k++
		}
		var d, u float64
		isOpen := false
		for _, a := range kept[i : k+1] {
			d += float64(min(a.End, o.Horizon) - a.Start)
			u += float64(a.Phases[model.Detection])
			isOpen = isOpen || a.Open
		}
		recovery, down = append(recovery, float64(kept[k].End-kept[i].Start)), append(down, d)
		unseen, open = append(unseen, u), append(open, isOpen)
		i = k + 1
	}
	return recovery, down, unseen, open
}

func (w *twin) ofJourney(o *model.Outcome) []model.Outage {
	var own []model.Outage
	for _, a := range o.Outages {
		if a.Journey == w.journey {
			own = append(own, a)
		}
	}
	return own
}

func total(xs []float64) float64 {
	s := 0.0
	for _, x := range xs {
		s += x
	}
	return s
}

// tTwice is mean and t-interval in two passes over the values.
func tTwice(xs []float64) (mean, low, high float64) {
	n := float64(len(xs))
	mean = total(xs) / n
	ss := 0.0
	for _, x := range xs {
		ss += (x - mean) * (x - mean)
	}
	half := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(.975) * math.Sqrt(ss/(n-1)/n)
	return mean, mean - half, mean + half
}

// hallTwice is the mean with the ends at which Hall's transformed statistic reaches the quantiles of t,
// found by halving.
func hallTwice(xs []float64) (mean, low, high float64) {
	n := float64(len(xs))
	mean = total(xs) / n
	var squares, cubes float64
	for _, x := range xs {
		squares += math.Pow(x-mean, 2)
		cubes += math.Pow(x-mean, 3)
	}
	s := math.Sqrt(squares / (n - 1))
	g := cubes / n / math.Pow(s, 3)
	if s == 0 {
		return mean, mean, mean
	}
	reaches := func(want float64) float64 {
		from, to := mean-1e6*s, mean+1e6*s // the statistic falls as the supposed mean rises
		for range 200 {
			mu := (from + to) / 2
			w := (mean - mu) / s
			if math.Sqrt(n)*(w+g*w*w/3+g*g*w*w*w/27+g/(6*n)) > want {
				from = mu
			} else {
				to = mu
			}
		}
		return from
	}
	t := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(.975)
	return mean, reaches(t), reaches(-t)
}

// effectTwice is the variance of the share of values up to x, with years as the unit, over that of as many
// independent values.
func effectTwice(years [][]float64, x float64) float64 {
	var below, all []float64
	for _, y := range years {
		k := 0.0
		for _, v := range y {
			if v <= x {
				k++
			}
		}
		below, all = append(below, k), append(all, float64(len(y)))
	}
	p, low, high := ratioTwice(below, all)
	t := distuv.StudentsT{Sigma: 1, Nu: float64(len(years) - 1)}.Quantile(.975)
	m := float64(len(years))
	plain := p * (1 - p) / total(all) * m / (m - 1)
	if effect := math.Pow((high-low)/2/t, 2) / plain; effect > 1 {
		return effect
	}
	return 1
}

// ratioTwice is Σx/Σy; its standard error is that of the mean of x − r·y, divided by the mean of y.
func ratioTwice(xs, ys []float64) (r, low, high float64) {
	r = total(xs) / total(ys)
	rest := make([]float64, len(xs))
	for i := range xs {
		rest[i] = xs[i] - r*ys[i]
	}
	mean, _, upper := tTwice(rest)
	half := (upper - mean) / (total(ys) / float64(len(ys)))
	return r, r - half, r + half
}

// ratioOfTimesTwice is ratioTwice with an interval that is symmetric for the logarithm, if there is one.
func ratioOfTimesTwice(xs, ys []float64) (r, low, high float64) {
	r, low, high = ratioTwice(xs, ys)
	if !(r > 0) {
		return r, low, high
	}
	return r, r * math.Exp(low/r-1), r * math.Exp(high/r-1)
}

// quantileTwice is the least value with at least a share p of all at or below it. Its interval is found
// by adding up binomial probabilities.
func quantileTwice(years [][]float64, p float64) (value, low, high float64) {
	sorted := slices.Concat(years...)
	slices.Sort(sorted)
	all := len(sorted)
	value = sorted[all-1]
	for i := all - 1; i >= 0; i-- {
		if float64(i+1) >= p*float64(all)-1e-9 {
			value = sorted[i]
		}
	}
	n := int(float64(all)/effectTwice(years, value) + 1e-6)
	below := make([]float64, n+2) // below[k] = P(B < k)
	for k := 0; k <= n; k++ {
		a, _ := math.Lgamma(float64(n + 1))
		b, _ := math.Lgamma(float64(k + 1))
		c, _ := math.Lgamma(float64(n - k + 1))
		below[k+1] = below[k] + math.Exp(a-b-c+float64(k)*math.Log(p)+float64(n-k)*math.Log(1-p))
	}
	low, high = 0, math.Inf(1)
	for k := 1; k <= n; k++ {
		if below[k] <= .025 {
			low = sorted[max(1, int(float64(k)*float64(all)/float64(n)))-1]
		}
		if below[n+1-k] >= .975 {
			high = sorted[int(math.Ceil(float64(n+1-k)*float64(all)/float64(n)))-1]
		}
	}
	return value, low, high
}

// randomYear draws outages that touch every rule: blips, gaps around the merge gap, an open end.
func randomYear(r *rand.Rand, i int, horizon model.Seconds) *model.Outcome {
	o := &model.Outcome{Replication: i, Horizon: horizon, Weight: 1, Unserved: make([]model.Seconds, 2), Exposure: make([]model.Seconds, 2)}
	for j := range 2 {
		at := model.Seconds(r.ExpFloat64()) * horizon / model.Seconds(1+3*j)
		for at < horizon {
			a := model.Outage{Journey: int32(j), Start: at, Initiator: model.Element(r.IntN(4))}
			length := model.Seconds(math.Exp(5 + 3*r.NormFloat64()))
			a.End = at + length
			if a.End > horizon && r.IntN(2) == 0 {
				a.Open = true
			}
			if a.Open && r.IntN(2) == 0 && at < horizon-1 { // too short for an incident, were it over
				a.Start, a.End = horizon-.3, horizon+.3
			}
			seen := a.Down(horizon) * model.Seconds(r.Float64())
			a.Phases[model.Detection], a.Phases[model.Repair] = seen, a.Down(horizon)-seen
			o.Unserved[j] += a.Down(horizon) * 1.25
			o.Outages = append(o.Outages, a)
			gap := model.Seconds(r.ExpFloat64()) * horizon / 3
			if r.IntN(3) == 0 {
				gap = model.Seconds(r.Float64()) * 600
			}
			at = a.End + gap
			if at >= horizon && a.End < horizon-1000 && r.IntN(2) == 0 { // one across the end of the horizon
				at = horizon - model.Seconds(r.Float64())*300
			}
		}
	}
	slices.SortStableFunc(o.Outages, func(a, b model.Outage) int { return cmp.Compare(a.Start, b.Start) })
	return o
}

func TestAgainstTwin(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 11))
		p := plan()
		horizon := model.Year * model.Seconds([]float64{1, .5, 3}[seed%3])
		s := NewStudy(pair(), p)
		w := &twin{plan: p, journey: int32(seed % 2)}
		for i := range 2 + r.IntN(60) {
			o := randomYear(r, i, horizon)
			s.Add(o)
			w.outcomes = append(w.outcomes, o)
		}
		w.compare(t, fmt.Sprintf("seed %d", seed), s.Summary())
	}
}

func (w *twin) compare(t *testing.T, where string, s *Summary) {
	var up, downs, perYear, requests, counts, blips, outages, seconds, incidents, sums, unseen []float64
	var recoveries, eachYear [][]float64
	censored := 0
	for _, o := range w.outcomes {
		d, blip := 0.0, 0.0
		for _, a := range w.ofJourney(o) {
			d += float64(min(a.End, o.Horizon) - a.Start)
			if !a.Open && a.End-a.Start < w.plan.MinDowntime {
				blip++
			}
		}
		h := float64(o.Horizon)
		up, downs, perYear = append(up, 1-d/h), append(downs, d), append(perYear, d/h*8760*3600)
		requests = append(requests, 1-float64(o.Unserved[w.journey])/h)
		blips, outages, seconds = append(blips, blip), append(outages, float64(len(w.ofJourney(o)))), append(seconds, h)
		rec, dn, un, open := w.incidentsOf(o)
		recoveries, eachYear = append(recoveries, rec), append(eachYear, []float64{perYear[len(perYear)-1]})
		incidents, sums, unseen = append(incidents, float64(len(rec))), append(sums, total(dn)), append(unseen, total(un))
		counts = append(counts, float64(len(rec)))
		for _, is := range open {
			if is {
				censored++
			}
		}
	}
	if total(outages) == 0 {
		return // bounds have their own tests
	}
	check := func(metric, stat string, value, low, high float64) {
		t.Helper()
		e := s.Get(metric, int(w.journey)).Stat(stat)
		low, high = max(0, low), max(0, high)
		if s.Get(metric, int(w.journey)).Metric.Unit == Fraction {
			high = min(1, high)
		}
		for _, x := range [][2]float64{{e.Value, value}, {e.Low, low}, {e.High, high}} {
			if x[0] != x[1] && !(math.Abs(x[0]-x[1]) <= 1e-9*max(math.Abs(x[1]), 1e-3)) {
				t.Errorf("%s: %s %s = %v [%v, %v], twin %v [%v, %v]", where, metric, stat, e.Value, e.Low, e.High, value, low, high)
				return
			}
		}
	}
	three := func(metric, stat string, f func() (float64, float64, float64)) {
		t.Helper()
		v, low, high := f()
		check(metric, stat, v, low, high)
	}
	three("availability", "mean", func() (float64, float64, float64) { return hallTwice(up) })
	three("availability_requests", "mean", func() (float64, float64, float64) { return hallTwice(requests) })
	three("downtime", "mean", func() (float64, float64, float64) { return hallTwice(perYear) })
	for name, p := range map[string]float64{"p50": .5, "p90": .9, "p95": .95, "p99": .99} {
		three("downtime", name, func() (float64, float64, float64) { return quantileTwice(eachYear, p) })
		if censored == 0 && total(counts) > 0 {
			three("rto", name, func() (float64, float64, float64) { return quantileTwice(recoveries, p) })
		}
	}
	ups := make([]float64, len(downs))
	for i := range ups {
		ups[i] = seconds[i] - downs[i]
	}
	three("mtbf", "mean", func() (float64, float64, float64) { return ratioOfTimesTwice(seconds, outages) })
	three("mut", "mean", func() (float64, float64, float64) { return ratioOfTimesTwice(ups, outages) })
	three("mdt", "mean", func() (float64, float64, float64) { return ratioOfTimesTwice(downs, outages) })
	if total(incidents) > 0 {
		three("mttr", "mean", func() (float64, float64, float64) { return ratioOfTimesTwice(sums, incidents) })
		three("mttd", "mean", func() (float64, float64, float64) { return ratioOfTimesTwice(unseen, incidents) })
	}
	for name, n := range map[string]float64{"incidents": total(counts), "blips": total(blips), "outages": total(outages)} {
		if e := s.Get(name, int(w.journey)).Main(); math.Abs(e.Value-n/(total(seconds)/8760/3600)) > 1e-9*(1+e.Value) || e.Observations != int64(n) {
			t.Errorf("%s: %s = %v (%d), twin %v", where, name, e.Value, e.Observations, n)
		}
	}
	if got := s.Get("rto", int(w.journey)).Censored; got != int64(censored) {
		t.Errorf("%s: %d censored, twin %d", where, got, censored)
	}
}
