package main

import (
	"math"

	"github.com/ftsim/ftsim/model"
)

// unit is something that fails and is repaired, each after an exponential time, and is up at the start
// (for the formulas see Trivedi, Probability and Statistics with Reliability, 2nd ed., 8.2.3).
type unit struct{ life, repair model.Seconds } // means

func (u unit) rates() (fail, mend float64) { return 1 / float64(u.life), 1 / float64(u.repair) }

// up is the probability of being up after t.
func (u unit) up(t model.Seconds) float64 {
	fail, mend := u.rates()
	return (mend + fail*math.Exp(-(fail+mend)*float64(t))) / (fail + mend)
}

// availability is the mean share of time up until t: the mean of up.
func (u unit) availability(t model.Seconds) float64 {
	fail, mend := u.rates()
	s := fail + mend
	return mend/s + fail/(s*s*float64(t))*-math.Expm1(-s*float64(t))
}

// failures is the mean number of failures until t.
func (u unit) failures(t model.Seconds) float64 {
	fail, _ := u.rates()
	return fail * float64(t) * u.availability(t)
}

// downtimeBelow is P(down for at most x until t): the failures in t−x of up time are Poisson, and their
// repairs must take at most x (Takács 1957).
func (u unit) downtimeBelow(x, t model.Seconds) float64 {
	fail, mend := u.rates()
	mean := fail * float64(t-x)
	weight := math.Exp(-mean)
	sum, covered := weight, weight
	for n := 1; covered < 1-1e-15 && n < 10_000; n++ {
		weight *= mean / float64(n)
		covered += weight
		sum += weight * erlangBelow(n, mend*float64(x))
	}
	return sum
}

// erlangBelow is P(the sum of n exponential times of mean 1 is at most x).
func erlangBelow(n int, x float64) float64 {
	term := math.Exp(-x)
	below := 1 - term
	for k := 1; k < n; k++ {
		term *= x / float64(k)
		below -= term
	}
	return max(0, below)
}

// downtime is the p-quantile of the time down until t.
func (u unit) downtime(p float64, t model.Seconds) model.Seconds {
	return solve(0, t, func(x model.Seconds) bool { return u.downtimeBelow(x, t) >= p })
}

// bunched is a life that is short with a probability and long otherwise, so that failures come in bunches.
type bunched struct {
	share       float64 // of the short lives
	short, long model.Seconds
}

func (b bunched) mean() model.Seconds {
	return model.Seconds(b.share)*b.short + model.Seconds(1-b.share)*b.long
}

// failures is the mean number of failures until t, with repairs that take no time (the renewal function
// of a hyperexponential law; Cox, Renewal Theory, 1962, 4.4).
func (b bunched) failures(t model.Seconds) float64 {
	m := float64(b.mean())
	square := 2 * (b.share*float64(b.short*b.short) + (1-b.share)*float64(b.long*b.long))
	settle := b.share/float64(b.long) + (1-b.share)/float64(b.short)
	return float64(t)/m + (square/(2*m*m)-1)*-math.Expm1(-settle*float64(t))
}

// mixed is the p-quantile of exponential times of which a share has the first mean.
func mixed(p, share float64, first, second model.Seconds) model.Seconds {
	return solve(0, 100*max(first, second), func(x model.Seconds) bool {
		return share*-math.Expm1(-float64(x/first))+(1-share)*-math.Expm1(-float64(x/second)) >= p
	})
}

// solve finds where a condition begins to hold between two times.
func solve(low, high model.Seconds, holds func(model.Seconds) bool) model.Seconds {
	for range 200 {
		if mid := (low + high) / 2; holds(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high
}

// average is the mean of f over 0 to t (Simpson's rule on a grid that is fine at the start).
func average(t model.Seconds, f func(model.Seconds) float64) float64 {
	const n = 20_000
	sum := 0.0
	at := func(i int) model.Seconds { x := float64(i) / n; return t * model.Seconds(x*x) }
	for i := range n {
		a, b := at(i), at(i+1)
		sum += float64((b-a)/t) * (f(a) + 4*f((a+b)/2) + f(b)) / 6
	}
	return sum
}

// downtimeVariance is the variance of the time down until t. Given that it is down at one time, it is down at
// another, x later, with probability r + (1 − r)·e^(−sx), where r is what the unit is down in the long run and s the
// sum of both rates; the second moment is twice the integral of that over both times.
func (u unit) downtimeVariance(t model.Seconds) float64 {
	fail, mend := u.rates()
	s := fail + mend
	r := fail / s
	square := average(t, func(from model.Seconds) float64 {
		left := float64(t - from)
		return (1 - u.up(from)) * (r*left + (1-r)/s*-math.Expm1(-s*left))
	}) * 2 * float64(t)
	mean := float64(t) * (1 - u.availability(t))
	return square - mean*mean
}
