package main

import (
	"math"
	"slices"
)

// z is the two-sided normal quantile of 99.9 %.
const z = 3.290526731491894

// fewest is how many informative observations an interval may rest on. With fewer, what is known is a
// bound on how rare the thing is, and no more.
const fewest = 40

// estimate is a figure with its 99.9 % interval.
type estimate struct {
	value, low, high float64
	size             float64 // of what was observed, where the value itself may be next to nothing
	observations     int64   // replications, or incidents, that had something to say
	runs             int64
	events           int64
}

// unknown is an interval that excludes nothing.
func unknown(value float64, observations int64) estimate {
	return estimate{value: value, low: math.Inf(-1), high: math.Inf(1), observations: observations}
}

func (e estimate) halfWidth() float64 { return (e.high - e.low) / 2 }

// complement is 1 − e.
func (e estimate) complement() estimate {
	e.value, e.low, e.high = 1-e.value, 1-e.high, 1-e.low
	return e
}

// times is e in another unit.
func (e estimate) times(x float64) estimate {
	e.value, e.low, e.high, e.size = e.value*x, e.low*x, e.high*x, e.size*x
	return e
}

// inverse is 1/e, for e above zero.
func (e estimate) inverse() estimate {
	e.value, e.low, e.high = 1/e.value, 1/e.high, 1/e.low
	return e
}

// sums collects pairs (x, y), for a mean of x or a ratio of means x/y.
type sums struct {
	n, informative   int64
	x, y, xx, xy, yy float64
}

func (s *sums) add(x, y float64) {
	s.n++
	if x != 0 {
		s.informative++
	}
	s.x, s.y, s.xx, s.xy, s.yy = s.x+x, s.y+y, s.xx+x*x, s.xy+x*y, s.yy+y*y
}

// mean estimates E[x] by the normal interval; with thousands of observations it is as good as Student's.
func (s *sums) mean() estimate {
	n := float64(s.n)
	m := s.x / n
	if s.informative < fewest {
		return unknown(m, s.informative)
	}
	half := z * math.Sqrt(math.Max(0, s.xx/n-m*m)/n)
	if half < 1e-9*math.Abs(m) {
		half = 0 // rounding of a constant
	}
	return estimate{value: m, low: m - half, high: m + half, observations: s.informative}
}

// proportion estimates a probability from zeros and ones by the score interval (Wilson 1927).
func (s *sums) proportion() estimate {
	n := float64(s.n)
	p := s.x / n
	if s.informative < fewest || s.n-s.informative < fewest {
		return unknown(p, s.informative)
	}
	low, high := wilson(p, n)
	return estimate{value: p, low: low, high: high, observations: s.informative}
}

// wilson is the score interval of a share p of n.
func wilson(p, n float64) (low, high float64) {
	d := 1 + z*z/n
	middle := (p + z*z/(2*n)) / d
	half := z / d * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return middle - half, middle + half
}

// never estimates how often x is not zero, by the exact interval of Clopper and Pearson if it never was, else
// by Wilson's.
func (s *sums) never() estimate {
	if s.informative > 0 {
		share := float64(s.informative) / s.y
		low, high := wilson(share, s.y)
		return estimate{value: share, low: low, high: high, observations: s.informative}
	}
	return estimate{high: 1 - math.Pow(0.0005, 1/max(1, s.y)), observations: int64(s.y)}
}

// ratio estimates E[x]/E[y] by the delta method (Cochran 1977, chapter 6).
func (s *sums) ratio() estimate {
	n := float64(s.n)
	r := s.x / s.y
	if s.informative < fewest || s.y == 0 {
		return unknown(r, s.informative)
	}
	my := s.y / n
	variance := math.Max(0, s.xx-2*r*s.xy+r*r*s.yy) / n
	half := z * math.Sqrt(variance/n) / my
	if half < 1e-9*math.Abs(r) {
		half = 0
	}
	return estimate{value: r, low: r - half, high: r + half, observations: s.informative}
}

// quantile has a distribution-free interval from order statistics, their ranks by the normal
// approximation of the binomial. It sorts its argument.
func quantile(values []float64, p float64) estimate {
	slices.Sort(values)
	n := float64(len(values))
	spread := z * math.Sqrt(n*p*(1-p))
	low, high := int(math.Floor(n*p-spread))-1, int(math.Ceil(n*p+spread))
	if low < 0 || high >= len(values) {
		return unknown(math.NaN(), int64(len(values)))
	}
	return estimate{value: values[int(math.Ceil(n*p))-1], low: values[low], high: values[high], observations: int64(len(values))}
}

// deviation estimates a standard deviation; the variance of s² is (m₄ − s⁴)/n.
func deviation(values []float64) estimate {
	n := float64(len(values))
	if len(values) < fewest {
		return unknown(math.NaN(), int64(len(values)))
	}
	mean, m2, m4 := 0.0, 0.0, 0.0
	for _, x := range values {
		mean += x / n
	}
	for _, x := range values {
		d := (x - mean) * (x - mean)
		m2, m4 = m2+d/n, m4+d*d/n
	}
	s := math.Sqrt(m2)
	if s < 1e-9*math.Abs(mean) { // rounding of a constant
		return estimate{observations: int64(len(values))}
	}
	half := z * math.Sqrt(math.Max(0, m4-m2*m2)/n) / (2 * s)
	return estimate{value: s, low: s - half, high: s + half, observations: int64(len(values))}
}

// extreme estimates the greatest possible value, sign 1, or the least, sign −1. The end of the law lies
// beyond the most extreme observation, by an exponential multiple of the spacing there if the density
// does not vanish at the end: seven mean spacings, from the hundred outermost values, are exceeded once
// in a thousand.
func extreme(values []float64, sign float64) estimate {
	const outer = 100
	if len(values) < 10*outer {
		return unknown(math.NaN(), int64(len(values)))
	}
	slices.Sort(values)
	last, near := values[len(values)-1], values[len(values)-1-outer]
	if sign < 0 {
		last, near = values[0], values[outer]
	}
	beyond := last + 7*(last-near)/outer
	size := math.Max(math.Abs(values[0]), math.Abs(values[len(values)-1]))
	return estimate{value: last, low: min(last, beyond), high: max(last, beyond), size: size, observations: int64(len(values))}
}
