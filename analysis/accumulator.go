package analysis

import (
	"math"
	"slices"
)

// accumulator takes in the observations of one metric for one target.
type accumulator struct {
	moments                // of single finite observations; of Ratio and Quotient, of pairs
	seen     int64         // observations, the infinite ones included
	grouped  moments       // of Share, Lifetime and Sample: (sum, number) of the observations of a replication
	raw      Rows[float64] // of Sample and Lifetime, in order of arrival
	sizes    Rows[int32]   // how many raw observations each replication made
	infinite int64         // of Sample
	keeps    bool          // raw and sizes whatever the method
}

// take adds what Observe appended for one replication.
func (a *accumulator) take(m Method, values []float64) {
	if a.keeps && m != Lifetime && m != Sample {
		a.keep(values, len(values))
	}
	switch m {
	case Ratio, Quotient:
		for i := 0; i+1 < len(values); i += 2 {
			a.push(values[i], values[i+1])
			a.seen++
		}
	case Lifetime:
		a.seen += int64(len(values) / 2)
		a.keep(values, len(values)/2)
		sum := 0.0
		for i := 0; i < len(values); i += 2 {
			sum += values[i]
		}
		a.grouped.push(sum, float64(len(values)/2))
	case Sample:
		a.keep(values, len(values))
		a.single(values)
	default:
		a.single(values)
	}
}

// single takes in observations one by one, and as one group.
func (a *accumulator) single(values []float64) {
	a.seen += int64(len(values))
	sum := 0.0
	for _, x := range values {
		if math.IsInf(x, 1) {
			a.infinite++
			continue
		}
		a.push(x, 0)
		sum += x
	}
	a.grouped.push(sum, float64(len(values)))
}

func (a *accumulator) keep(values []float64, observations int) {
	for _, x := range values {
		a.raw.add(x)
	}
	a.sizes.add(int32(observations))
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

// designEffect is how many times as much a share of single observations scatters as it would if those of
// one replication did not resemble each other; at least 1. Replications are the unit: by is the number of
// observations that count, and the number of all, of each (Kish, Survey Sampling, 1965).
func designEffect(by *moments) float64 {
	p := by.x / by.y
	if by.n < 2 || !(p > 0 && p < 1) {
		return 1
	}
	return max(1, by.ratioVariance()*by.y/(p*(1-p))*float64(by.n-1)/float64(by.n))
}

// effectBelow is the design effect of the share of observations up to x, each stride values long.
func (a *accumulator) effectBelow(x float64, stride int) float64 {
	var by moments
	raw, at := a.raw.flat(), 0
	for size := range a.sizes.All() {
		count := 0.0
		for range *size {
			count += one(raw[at] <= x)
			at += stride
		}
		by.push(count, float64(*size))
	}
	return designEffect(&by)
}
