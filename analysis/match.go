package analysis

import (
	"math"
	"slices"
)

// Match holds one figure of one journey or store against each other in all designs.
type Match struct {
	Metric *Metric
	Stat   string // mean, p50, p95
	Target string
	Detail bool // left out of short reports
	Sides  []Side
}

// Side is a design's part in a match. The first design is what the others are held against; its own
// Difference and Relative mean nothing.
type Side struct {
	Estimate            // of the design alone, as ftsim run has it
	Present    bool     // the design has the journey or store
	Difference Estimate // this design less the first, replication by replication
	Relative   Estimate // this design by the first, less 1; NaN where the first is zero or too uncertain
	P          float64  // that chance alone makes such a difference, two-sided; NaN if nothing can be said
	Holm       float64  // P corrected for the number of designs
	Finding    Finding  // at 95 %, after correction
	Gain       float64  // variance of the difference with independent seeds by the one found; +∞ if equal throughout
	Differing  int64    // replications to which the two designs contribute differently
	MoreRuns   float64  // if Untold: times as many runs will probably tell a difference of this size
}

// Finding is what a comparison of two designs came to.
type Finding uint8

// Findings.
const (
	Unknown Finding = iota // it cannot be compared
	Alike                  // the same in every replication
	Untold                 // the interval of the difference contains zero
	Less                   // the design has less than the first
	More                   // the design has more than the first
)

func (f Finding) String() string {
	return [...]string{"unknown", "alike", "untold", "less", "more"}[f]
}

// reading is a figure of one design with the pull of each replication on it: the figure is, but for terms
// of higher order, a mean to which replication i contributes value + pull[i] (its influence function).
type reading struct {
	value  float64
	pull   []float64
	linear bool // the figure is that mean exactly
	from   *accumulator
	why    string
}

func unreadable(why string) reading { return reading{value: math.NaN(), why: why} }

// read takes a figure from the observations that a study kept. Scale turns a count into a rate.
func (a *accumulator) read(m *Metric, stat string, scale float64) reading {
	switch {
	case m.Method == Lifetime:
		return a.readQuantile(levelOf(stat))
	case m.Method == Sample && m.Scope.samplesEvents():
		return a.readQuantile(levelOf(stat))
	case m.Method == Ratio || m.Method == Quotient || m.Method == Share:
		return a.readRatio(m.Method == Share)
	}
	out := reading{value: a.x * scale, linear: true}
	for x := range a.raw.All() {
		out.pull = append(out.pull, (*x-a.x)*scale)
	}
	return out
}

func levelOf(stat string) float64 {
	for _, l := range levels {
		if l.name == stat {
			return l.p
		}
	}
	return math.NaN()
}

// readRatio linearises Σx/Σy: the pull is (x − r·y)/ȳ.
func (a *accumulator) readRatio(shares bool) reading {
	xs, ys := a.pairs(shares)
	sx, sy := 0.0, 0.0
	for i := range xs {
		sx, sy = sx+xs[i], sy+ys[i]
	}
	if sy == 0 {
		return unreadable("no event was seen")
	}
	out := reading{value: sx / sy, pull: xs, from: a}
	for i := range xs {
		out.pull[i] = (xs[i] - out.value*ys[i]) / (sy / float64(len(xs)))
	}
	return out
}

// pairs are numerator and denominator by replication; of a share, the ones and all observations.
func (a *accumulator) pairs(shares bool) (xs, ys []float64) {
	raw, at := a.raw.flat(), 0
	for size := range a.sizes.All() {
		x, y := 0.0, float64(*size)
		for k := range int(*size) {
			x += raw[at+k]
		}
		if !shares {
			x, y = raw[at], raw[at+1]
		}
		xs, ys = append(xs, x), append(ys, y)
		at += int(*size)
	}
	return xs, ys
}

// readQuantile linearises the p-quantile q of pooled events (Bahadur 1966): the pull of a replication with
// m events, k of them up to q, is (p·m − k)/m̄ times the slope of the quantile function at p.
func (a *accumulator) readQuantile(p float64) reading {
	raw, stride := a.raw.flat(), a.stride()
	sorted := make([]float64, 0, len(raw)/stride)
	least := math.Inf(1) // of the unfinished
	for i := 0; i < len(raw); i += stride {
		sorted = append(sorted, raw[i])
		if stride == 2 && raw[i+1] != 0 {
			least = min(least, raw[i])
		}
	}
	if len(sorted) == 0 {
		return unreadable("no event was seen")
	}
	slices.Sort(sorted)
	q := sorted[rank(len(sorted), p)-1]
	if math.IsInf(q, 1) || q >= least {
		return reading{value: q, why: "it has no end in one of the designs"}
	}
	out := reading{value: q, from: a}
	slope, mean, at := quantileSlope(sorted, p), float64(len(sorted))/float64(a.sizes.Len()), 0
	for size := range a.sizes.All() {
		k := 0.0
		for range *size {
			k += one(raw[at] <= q)
			at += stride
		}
		out.pull = append(out.pull, slope*(p*float64(*size)-k)/mean)
	}
	return out
}

// quantileSlope is the derivative of the quantile function at p, as the difference over a stretch that
// shrinks with the number of values as Hall and Sheather (1988) advise for intervals.
func quantileSlope(sorted []float64, p float64) float64 {
	n, zp := float64(len(sorted)), normal.Quantile(p)
	density := normal.Prob(zp)
	h := math.Pow(n, -1./3) * math.Pow(z(), 2./3) * math.Cbrt(1.5*density*density/(2*zp*zp+1))
	low, high := max(p-h, 0.5/n), min(p+h, 1)
	top := sorted[rank(len(sorted), high)-1]
	if math.IsInf(top, 1) {
		high = p
		top = sorted[rank(len(sorted), p)-1]
	}
	return (top - sorted[rank(len(sorted), low)-1]) / (high - low)
}

// couple holds the first design's reading a and another's b against each other: central moments of their
// contributions, replication by replication.
type couple struct {
	n, a, b            float64
	aa, ab, bb         float64 // divided by n−1
	aaa, aab, abb, bbb float64 // divided by n
	differing          int64
	top                float64   // greatest squared deviation of the difference
	first, second      []float64 // pulls
	oneSided           bool      // no replication speaks for the one design where another speaks for the other
}

func newCouple(a, b reading) couple {
	c := couple{n: float64(len(a.pull)), a: a.value, b: b.value, first: a.pull, second: b.pull}
	up, down := false, false
	for i, x := range a.pull {
		y := b.pull[i]
		c.aa, c.ab, c.bb = c.aa+x*x, c.ab+x*y, c.bb+y*y
		c.aaa, c.aab, c.abb, c.bbb = c.aaa+x*x*x, c.aab+x*x*y, c.abb+x*y*y, c.bbb+y*y*y
		c.top = max(c.top, (y-x)*(y-x))
		if math.Abs((b.value+y)-(a.value+x)) > 1e-12*(math.Abs(b.value+y)+math.Abs(a.value+x)) {
			c.differing++
			up, down = up || b.value+y > a.value+x, down || b.value+y < a.value+x
		}
	}
	c.oneSided = a.linear && b.linear && up != down
	for _, m := range []*float64{&c.aa, &c.ab, &c.bb} {
		*m /= c.n - 1
	}
	for _, m := range []*float64{&c.aaa, &c.aab, &c.abb, &c.bbb} {
		*m /= c.n
	}
	return c
}

// stride is how many raw values an observation has.
func (a *accumulator) stride() int {
	observations := 0
	for size := range a.sizes.All() {
		observations += int(*size)
	}
	return max(1, a.raw.Len()/max(1, observations))
}

// apart counts the replications in which two designs were not seen to do the same. What they contribute to
// a quotient or a quantile is no sign: it depends on what all others do.
func apart(a, b *accumulator) (n int64) {
	as, bs, strideA, strideB := a.sizes.flat(), b.sizes.flat(), a.stride(), b.stride()
	x, y := a.raw.flat(), b.raw.flat()
	for i := range as {
		endA, endB := int(as[i])*strideA, int(bs[i])*strideB
		n += int64(one(!slices.Equal(x[:endA], y[:endB])))
		x, y = x[endA:], y[endB:]
	}
	return n
}

// against is mean and standard deviation of b − rho·a.
func (c *couple) against(rho float64) (mean, scale float64) {
	return c.b - rho*c.a, math.Sqrt(max(0, c.bb-2*rho*c.ab+rho*rho*c.aa))
}

// skew corrects a difference only where all replications point one way: then it is a sum of few long
// outages, as a mean is. Where they point both ways, the sample's skewness is mostly noise, and correcting
// for it costs coverage: with 20 symmetric differences 88 % instead of the 95 % of the t-interval.
func (c *couple) skew(scale float64) skew {
	if !c.oneSided || scale == 0 {
		return skew{n: c.n}
	}
	return skew{(c.bbb - 3*c.abb + 3*c.aab - c.aaa) / (scale * scale * scale), c.n}
}

// statistic is that of the difference, t-distributed if there is none.
func (c *couple) statistic() float64 {
	mean, scale := c.against(1)
	k := c.skew(scale)
	return k.straighten(mean/scale) * math.Sqrt(c.n)
}

func (c *couple) interval() (low, high float64) {
	mean, scale := c.against(1)
	k, t := c.skew(scale), tQuantile(int64(c.n))/math.Sqrt(c.n)
	return mean - scale*k.inverse(t), mean - scale*k.inverse(-t)
}

// ratio is b/a with the ratios rho at which the t-test of b − rho·a = 0 does not speak against rho (Fieller
// 1954). Where a itself may be zero there is none.
func (c *couple) ratio() (value, low, high float64) {
	t := tQuantile(int64(c.n))
	test := func(rho float64) float64 {
		mean, scale := c.against(rho)
		return mean / scale * math.Sqrt(c.n)
	}
	if !(c.a > 0 && c.b > 0) || c.a*math.Sqrt(c.n) <= t*math.Sqrt(c.aa) {
		return math.NaN(), math.NaN(), math.NaN()
	}
	const far = 1e9
	value = c.b / c.a
	low = halve(func(rho float64) bool { return test(rho) > t }, 0, value)
	above := 2 * value
	for test(above) >= -t && above < far*value {
		above *= 2
	}
	if above >= far*value {
		return value, low, math.Inf(1)
	}
	return value, low, halve(func(rho float64) bool { return !(test(rho) < -t) }, value, above)
}

// resting is on how many replications the ratio rho rests: where a change shortens all outages alike, only those
// differ from it in which something else has changed as well. It is n if b − rho·a is normal, and about the number
// of exceptions if there are few.
func (c *couple) resting(rho float64) int64 {
	square, fourth := 0.0, 0.0
	for i, x := range c.first {
		d := c.second[i] - rho*x
		square, fourth = square+d*d, fourth+d*d*d*d
	}
	if square <= 1e-18*c.bb*c.n { // rounding
		return c.differing
	}
	return min(c.differing, int64(3*square*square/fourth))
}

// halve finds where a condition that holds at from, or from there on nowhere, ceases to hold before to.
func halve(holds func(float64) bool, from, to float64) float64 {
	for range 100 {
		if mid := (from + to) / 2; holds(mid) {
			from = mid
		} else {
			to = mid
		}
	}
	return from
}

// gain is how many times as much the difference would vary if the designs had seeds of their own.
func (c *couple) gain() float64 {
	_, scale := c.against(1)
	if scale == 0 {
		return math.Inf(1)
	}
	return (c.aa + c.bb) / (scale * scale)
}
