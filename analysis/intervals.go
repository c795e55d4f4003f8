package analysis

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// confidence is the level of every interval; alpha is what is left.
const (
	confidence = 0.95
	alpha      = 1 - confidence
)

// none of the events was seen: the greatest mean count not refuted at 95 %, −ln(0.05) ≈ 3.
var unseenCount = -math.Log(alpha)

var normal = distuv.Normal{Mu: 0, Sigma: 1}

// z is the two-sided normal quantile of the confidence level.
func z() float64 { return normal.Quantile(1 - alpha/2) }

// wilson is the score interval of a proportion k/n (Wilson 1927).
func wilson(k, n float64) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	z, p := z(), k/n
	d := 1 + z*z/n
	mid := (p + z*z/(2*n)) / d
	half := z / d * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	low, high = max(0, mid-half), min(1, mid+half)
	if k == 0 {
		low = 0
	}
	if k == n {
		high = 1
	}
	return low, high
}

// ShareInterval is the 95 % score interval of the share k/n.
func ShareInterval(k, n float64) (low, high float64) { return wilson(math.Round(k), n) }

// poisson is the exact interval of a mean count after k events (Garwood 1936); one-sided if k is 0.
func poisson(k float64) (low, high float64) {
	if k == 0 {
		return 0, unseenCount
	}
	return chiSquared(alpha/2, 2*k) / 2, chiSquared(1-alpha/2, 2*k+2) / 2
}

// chiSquared is a quantile; Wilson and Hilferty's cube for many degrees of freedom.
func chiSquared(p, k float64) float64 {
	if k <= 2000 {
		return distuv.ChiSquared{K: k}.Quantile(p)
	}
	c := 2 / (9 * k)
	return k * math.Pow(1-c+normal.Quantile(p)*math.Sqrt(c), 3)
}

// rank is the place, from 1, of the p-quantile among n sorted values.
func rank(n int, p float64) int { return min(n, max(1, int(math.Ceil(float64(n)*p-1e-9)))) }

// orderRanks gives the ranks, from 1, of the order statistics that enclose the p-quantile with the
// confidence level: the largest l with P(B < l) ≤ α/2 and the smallest u with P(B < u) ≥ 1−α/2, where B
// is binomial(n, p). Rank 0 and rank n+1 stand for the ends of the range.
func orderRanks(n int, p float64) (l, u int) {
	b := distuv.Binomial{N: float64(n), P: p}
	first := func(level float64, strict bool) int { // smallest k in 0…n with P(B ≤ k) over level
		lo, hi := 0, n
		for lo < hi {
			k := (lo + hi) / 2
			c := b.CDF(float64(k))
			if c > level || !strict && c == level {
				hi = k
			} else {
				lo = k + 1
			}
		}
		return lo
	}
	return first(alpha/2, true), first(1-alpha/2, false) + 1
}

// effectiveRanks is orderRanks for n values that are worth n/effect independent ones.
func effectiveRanks(n int, p, effect float64) (l, u int) {
	worth := max(1, int(float64(n)/effect+1e-6))
	if worth == n {
		return orderRanks(n, p)
	}
	l, u = orderRanks(worth, p)
	stretch := float64(n) / float64(worth)
	if u > worth {
		return int(float64(l) * stretch), n + 1
	}
	return int(float64(l) * stretch), int(math.Ceil(float64(u) * stretch))
}

// quantile estimates the p-quantile of sorted values ≥ 0 with a distribution-free interval: that of as
// many independent values as the design effect leaves (Woodruff 1952; SUDAAN and R's survey do the same).
func quantile(sorted []float64, p, effect float64) (value, low, high float64) {
	n := len(sorted)
	if n == 0 {
		return math.NaN(), 0, math.Inf(1)
	}
	l, u := effectiveRanks(n, p, effect)
	low, high = 0, math.Inf(1)
	if l >= 1 {
		low = sorted[l-1]
	}
	if u <= n {
		high = sorted[u-1]
	}
	return sorted[rank(n, p)-1], low, high
}

// life is a length, possibly cut off.
type life struct {
	length   float64
	censored bool // at least this long
}

// survivor is a step of the Kaplan–Meier curve: after t, the share s is left, between low and high.
type survivor struct{ t, s, low, high float64 }

// kaplanMeier estimates the survival function of lives, with log-log Greenwood intervals (Kalbfleisch
// and Prentice) widened by the design effect. It sorts its argument.
func kaplanMeier(lives []life, effect float64) []survivor {
	slices.SortFunc(lives, func(a, b life) int {
		switch {
		case a.length != b.length:
			if a.length < b.length {
				return -1
			}
			return 1
		case a.censored == b.censored:
			return 0
		case b.censored:
			return -1
		}
		return 1
	})
	var steps []survivor
	s, green := 1.0, 0.0
	for i := 0; i < len(lives); {
		t, deaths, j := lives[i].length, 0, i
		for ; j < len(lives) && lives[j].length == t; j++ {
			if !lives[j].censored {
				deaths++
			}
		}
		if left := len(lives) - i; deaths > 0 {
			s *= 1 - float64(deaths)/float64(left)
			green += float64(deaths) / (float64(left) * float64(left-deaths))
			steps = append(steps, greenwood(t, s, green*effect))
		}
		i = j
	}
	return steps
}

func greenwood(t, s, green float64) survivor {
	if s <= 0 {
		return survivor{t, 0, 0, 1}
	}
	e := z() * math.Sqrt(green) / math.Log(s)
	return survivor{t, s, math.Pow(s, math.Exp(-e)), math.Pow(s, math.Exp(e))}
}

// lifeQuantile is the p-quantile of a survival curve; +∞ where the curve does not come down that far.
func lifeQuantile(steps []survivor, p float64) (value, low, high float64) {
	value, low, high = math.Inf(1), math.Inf(1), math.Inf(1)
	for _, st := range steps {
		const eps = 1e-12
		if st.s <= 1-p+eps {
			value = min(value, st.t)
		}
		if st.low <= 1-p+eps {
			low = min(low, st.t)
		}
		if st.high <= 1-p+eps {
			high = min(high, st.t)
		}
	}
	return value, min(low, value), max(high, value)
}
