package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/ftsim/ftsim/model"
)

// Band is the share of draws between the ends of an uncertainty band.
const Band = 0.9

// Parameter is a parameter of a design that is not known, as the file has it.
type Parameter struct{ Name, Text, Unit string }

// Uncertainty separates what is not known of the parameters from what chance does. Parameters are drawn,
// and each draw is simulated for some replications.
type Uncertainty struct {
	Unknowns []Parameter
	Journeys []int
	values   [][]float64 // by draw and parameter
	draws    [][]moments // by journey and draw: downtime in seconds per year
}

// NewUncertainty prepares a study of what unknowns do to some journeys.
func NewUncertainty(unknowns []Parameter, journeys []int) *Uncertainty {
	return &Uncertainty{Unknowns: unknowns, Journeys: journeys, draws: make([][]moments, len(journeys))}
}

// Draw begins the replications of another draw, in which the parameters have these values.
func (u *Uncertainty) Draw(values []float64) {
	u.values = append(u.values, slices.Clone(values))
	for j := range u.draws {
		u.draws[j] = append(u.draws[j], moments{})
	}
}

// Add takes in a replication of the latest draw.
func (u *Uncertainty) Add(o *model.Outcome) {
	for j, journey := range u.Journeys {
		u.draws[j][len(u.draws[j])-1].push(yearlyDowntime(o, journey), 0)
	}
}

// Draws is how many draws have at least two replications, which it takes to tell chance from the rest.
func (u *Uncertainty) Draws() int { return len(u.whole(0)) }

// whole lists the draws with at least two replications; an interruption may leave one with fewer.
func (u *Uncertainty) whole(j int) []moments {
	list := u.draws[j]
	if n := len(list); n > 0 && list[n-1].n < 2 {
		list = list[:n-1]
	}
	return list
}

// Value is what parameter p was in a draw.
func (u *Uncertainty) Value(draw, p int) float64 { return u.values[draw][p] }

// MeanOf is the mean downtime of the j-th of Journeys in a draw, in seconds per year.
func (u *Uncertainty) MeanOf(j, draw int) Estimate {
	a := &u.draws[j][draw]
	low, high := a.meanInterval()
	return Estimate{Value: a.x, Low: max(0, low), High: high, Confidence: confidence, Replications: int(a.n), Observations: a.nonzero}
}

// Split is where the spread of a journey's yearly downtime comes from. Times are in seconds per year.
//
// Of R replications in each of D draws, with means Yₖ and variances sₖ², chance has the variance
// W = mean(sₖ²), and what is not known B = var(Yₖ) − W/R (law of total variance; one-way random effects,
// Searle, Casella, McCulloch, Variance Components, 1992).
type Split struct {
	Draws int
	Mean  Estimate // over draws, which are the unit
	Low   Estimate // ends of the band that holds Band of the draws' expectations
	High  Estimate
	Known Estimate // √W, the standard deviation of a replication whose parameters are known
	Not   Estimate // √B, the standard deviation of the expectation
	Share Estimate // B/(B + W): what part of the variance of a replication is lack of knowledge
	Noise float64  // (W/R)/var(Yₖ): what part of the spread of the draws' means is chance, 0 to 1
	Notes []string
}

// noisy is the share of chance in the spread of the draws' means from which on the band is blurred.
const noisy = 0.5

// Split separates the two for the j-th of Journeys.
func (u *Uncertainty) Split(j int) Split {
	draws := u.whole(j)
	all := summed(draws)
	s, c := Split{Draws: len(draws)}, all.parts()
	events := int64(0)
	for i := range draws {
		events += draws[i].nonzero
	}
	low, high := all.means.meanInterval()
	s.Mean = u.estimate(j, all.means.x, max(0, low), high, events)
	if events == 0 {
		s.Mean.Bound = true
	}
	s.Noise = 1
	if c.spread > 0 {
		s.Noise = min(1, c.within/c.per/c.spread)
	}
	s.Known, s.Not, s.Share = u.jackknifed(j, draws, &all)
	u.band(j, &s, draws)
	s.note()
	return s
}

func (s *Split) note() {
	switch {
	case s.Draws < 2:
		s.Notes = append(s.Notes, "one draw shows no spread")
	case s.Noise >= 1:
		s.Notes = append(s.Notes, "what is not known cannot be told from chance with this many runs per draw")
	case s.Noise > noisy:
		s.Notes = append(s.Notes, fmt.Sprintf("%.0f %% of the spread between draws is chance; more runs per draw sharpen the band", 100*s.Noise))
	}
}

// parts are what the components of variance are made of.
type parts struct{ spread, within, per float64 } // var(Yₖ), mean(sₖ²), harmonic mean of the sizes

// sums gives the parts of all draws, and of all but one.
type sums struct {
	means           moments
	within, inverse float64
}

func summed(draws []moments) (s sums) {
	for i := range draws {
		s.means.push(draws[i].x, 0)
		s.within += variance(draws[i].xx, draws[i].n)
		s.inverse += 1 / float64(draws[i].n)
	}
	return s
}

func (s *sums) parts() parts {
	n := float64(s.means.n)
	return parts{variance(s.means.xx, s.means.n), s.within / n, n / s.inverse}
}

func (s *sums) without(d *moments) parts {
	n, off := float64(s.means.n), d.x-s.means.x
	spread := variance(max(0, s.means.xx-off*off*n/(n-1)), s.means.n-1)
	return parts{spread, (s.within - variance(d.xx, d.n)) / (n - 1), (n - 1) / (s.inverse - 1/float64(d.n))}
}

// unknown is B, at least 0.
func (c parts) unknown() float64 { return max(0, c.spread-c.within/c.per) }

func (c parts) share() float64 {
	switch b := c.unknown(); {
	case math.IsInf(b, 1):
		return 1
	case b+c.within > 0:
		return b / (b + c.within)
	}
	return math.NaN()
}

// jackknifed estimates both standard deviations and the share, with intervals from leaving out one draw
// at a time (Efron and Stein 1981). A variance that lacks the rare extreme draw is too small, and seems too
// certain; its reciprocal is about as uncertain whatever it comes to, so that is what intervals are made of.
// The part of W/R in the spread of the means is taken for known: it rests on R times as many values.
func (u *Uncertainty) jackknifed(j int, draws []moments, all *sums) (known, not, share Estimate) {
	d, whole := len(draws), all.parts()
	if d < 3 {
		nan := u.estimate(j, math.NaN(), math.NaN(), math.NaN(), 0)
		return nan, nan, nan
	}
	var spread, within, quotient []float64
	for k := range draws {
		c := all.without(&draws[k])
		spread, within, quotient = append(spread, c.spread), append(within, c.within), append(quotient, c.spread/c.within)
	}
	out := func(value float64, of float64, without []float64, figure func(float64) float64) Estimate {
		low, high := reciprocally(of, without)
		return u.estimate(j, value, figure(low), figure(high), int64(d))
	}
	known = out(math.Sqrt(whole.within), whole.within, within, math.Sqrt)
	not = out(math.Sqrt(whole.unknown()), whole.spread, spread, func(v float64) float64 { return math.Sqrt(parts{v, whole.within, whole.per}.unknown()) })
	share = out(whole.share(), whole.spread/whole.within, quotient, func(q float64) float64 { return parts{q, 1, whole.per}.share() })
	return known, not, share
}

// reciprocally is the interval of a positive figure from its values without one draw each, made of their
// reciprocals.
func reciprocally(whole float64, without []float64) (low, high float64) {
	var a moments
	for _, x := range without {
		if !(x > 0 && x < math.Inf(1)) {
			return 0, math.Inf(1)
		}
		a.push(1/x, 0)
	}
	n := float64(a.n)
	half := tQuantile(a.n) * math.Sqrt(a.xx*(n-1)/n)
	low, high = 1/(1/whole+half), math.Inf(1)
	if half < 1/whole {
		high = 1 / (1/whole - half)
	}
	return low, high
}

// expected takes chance out of the mean of a draw. The means of the draws scatter more than their
// expectations; shrinking them towards their mean by the root of the share that is not chance mends that.
func (s *Split) expected(mean float64) float64 {
	return max(0, s.Mean.Value+(mean-s.Mean.Value)*math.Sqrt(1-s.Noise))
}

// band finds the quantiles of the expectation over draws. The ends have order-statistic intervals, shrunk
// as the draws are.
func (u *Uncertainty) band(j int, s *Split, draws []moments) {
	sorted := make([]float64, len(draws))
	for i := range draws {
		sorted[i] = draws[i].x
	}
	slices.Sort(sorted)
	end := func(p float64) Estimate {
		value, low, high := quantile(sorted, p, 1)
		if !math.IsInf(high, 1) {
			high = s.expected(high)
		}
		if low > 0 {
			low = s.expected(low)
		}
		return u.estimate(j, s.expected(value), low, high, int64(len(draws)))
	}
	s.Low, s.High = end((1-Band)/2), end((1+Band)/2)
}

func (u *Uncertainty) estimate(j int, value, low, high float64, seen int64) Estimate {
	n := int64(0)
	for _, d := range u.whole(j) {
		n += d.n
	}
	return Estimate{Value: value, Low: low, High: high, Confidence: confidence, Replications: int(n), Observations: seen}
}

// Within is the share of draws whose expected downtime is at most limit, in seconds per year, with its
// score interval. As for the band, the means of the draws are shrunk by what is chance in them.
func (u *Uncertainty) Within(j int, limit float64) Estimate {
	k, draws, s := 0.0, u.whole(j), u.Split(j)
	for i := range draws {
		k += one(s.expected(draws[i].x) <= limit)
	}
	n := float64(len(draws))
	low, high := wilson(k, n)
	e := u.estimate(j, k/n, low, high, int64(n))
	e.Bound = k == 0 || k == n
	return e
}

// Influence is how a parameter and the downtime of a journey go together.
type Influence struct {
	Parameter int
	Low, High float64  // quantiles of the values that were drawn, those of the band
	Rank      Estimate // Spearman's rank correlation with the mean downtime of the draws, −1 to 1
}

// Influences lists the parameters, those first that go together most closely with the downtime of the
// j-th of Journeys.
func (u *Uncertainty) Influences(j int) []Influence {
	draws := u.whole(j)
	down := make([]float64, len(draws))
	for i := range draws {
		down[i] = draws[i].x
	}
	byDown := ranks(down)
	var list []Influence
	for p := range u.Unknowns {
		x := make([]float64, len(draws))
		for i := range draws {
			x[i] = u.values[i][p]
		}
		in := Influence{Parameter: p, Rank: u.correlation(j, ranks(x), byDown)}
		slices.Sort(x)
		in.Low, _, _ = quantile(x, (1-Band)/2, 1)
		in.High, _, _ = quantile(x, (1+Band)/2, 1)
		list = append(list, in)
	}
	slices.SortStableFunc(list, func(a, b Influence) int { return cmp.Compare(strength(b), strength(a)) })
	return list
}

func strength(in Influence) float64 {
	if math.IsNaN(in.Rank.Value) {
		return -1
	}
	return math.Abs(in.Rank.Value)
}

// correlation is that of two lists of ranks, with the interval of Fisher's transformation and the
// variance 1.06/(n − 3) that goes with ranks (Fieller, Hartley, Pearson 1957).
func (u *Uncertainty) correlation(j int, x, y []float64) Estimate {
	var a moments
	for i := range x {
		a.push(x[i], y[i])
	}
	r := a.xy / math.Sqrt(a.xx*a.yy)
	if a.n < 4 || math.IsNaN(r) {
		return u.estimate(j, math.NaN(), -1, 1, a.n)
	}
	half := z() * math.Sqrt(1.06/float64(a.n-3))
	at := math.Atanh(max(-1, min(1, r)))
	return u.estimate(j, r, math.Tanh(at-half), math.Tanh(at+half), a.n)
}

// ranks gives each value its rank, equal ones the mean of theirs.
func ranks(x []float64) []float64 {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(x[a], x[b]) })
	out := make([]float64, len(x))
	for i := 0; i < len(order); {
		k := i
		for k < len(order) && x[order[k]] == x[order[i]] {
			k++
		}
		for _, o := range order[i:k] {
			out[o] = float64(i+k+1) / 2
		}
		i = k
	}
	return out
}
