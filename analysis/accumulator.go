package analysis

import (
	"math"
	"slices"
)

// accumulator takes in the observations of one metric for one target.
type accumulator struct {
	n        int64 // observations (of Ratio and Lifetime: pairs)
	x, y     float64
	xx, yy   float64 // sums of squared deviations (Welford)
	xy       float64
	nonzero  int64
	low      float64 // least and greatest x
	high     float64
	raw      Rows[float64] // of Sample and Lifetime, in order of arrival
	infinite int64         // of Sample
}

// push takes the pair (x, y).
func (a *accumulator) push(x, y float64) {
	a.n++
	n := float64(a.n)
	dx, dy := x-a.x, y-a.y
	a.x += dx / n
	a.y += dy / n
	a.xx += dx * (x - a.x)
	a.yy += dy * (y - a.y)
	a.xy += dx * (y - a.y)
	if a.n == 1 {
		a.low, a.high = x, x
	}
	a.low, a.high = min(a.low, x), max(a.high, x)
	if x != 0 {
		a.nonzero++
	}
}

// take adds what Observe appended.
func (a *accumulator) take(m Method, values []float64) {
	switch m {
	case Ratio:
		for i := 0; i+1 < len(values); i += 2 {
			a.push(values[i], values[i+1])
		}
	case Lifetime:
		a.n += int64(len(values) / 2)
		a.keep(values)
	case Sample:
		a.keep(values)
		fallthrough
	default:
		for _, x := range values {
			if math.IsInf(x, 1) {
				a.infinite++
				a.n++
				continue
			}
			a.push(x, 0)
		}
	}
}

func (a *accumulator) keep(values []float64) {
	for _, x := range values {
		a.raw.add(x)
	}
}

func (a *accumulator) sum() float64 { return a.x * float64(a.n) }

// leverage is the share of the squared deviations that the farthest observation makes up, 0 to 1.
func (a *accumulator) leverage() float64 {
	if a.xx <= 0 {
		return 0
	}
	far := max(a.high-a.x, a.x-a.low)
	return min(1, far*far/a.xx)
}

func variance(ss float64, n int64) float64 {
	if n < 2 {
		return 0
	}
	return ss / float64(n-1)
}

// sorted is a sorted copy of the raw values.
func (a *accumulator) sorted() []float64 {
	s := a.raw.flat()
	slices.Sort(s)
	return s
}

// lives reads the raw pairs of a Lifetime.
func (a *accumulator) lives() (ls []life, censored int64) {
	raw := a.raw.flat()
	ls = make([]life, 0, len(raw)/2)
	for i := 0; i+1 < len(raw); i += 2 {
		open := raw[i+1] != 0
		ls = append(ls, life{raw[i], open})
		if open {
			censored++
		}
	}
	return ls, censored
}
