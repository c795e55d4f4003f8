package analysis

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// moments sums up pairs (x, y) as they come; of single values, y is 0.
type moments struct {
	n       int64
	x, y    float64 // means
	xx, yy  float64 // sums of squared deviations (Welford 1962)
	xy      float64
	xxx     float64 // sum of cubed deviations of x (Pébay 2008)
	nonzero int64   // x that are not zero
	low     float64 // least and greatest x
	high    float64
}

func (a *moments) push(x, y float64) {
	a.n++
	n := float64(a.n)
	dx, dy := x-a.x, y-a.y
	a.xxx += dx*dx*dx*(n-1)*(n-2)/(n*n) - 3*dx*a.xx/n
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

func (a *moments) sum() float64 { return a.x * float64(a.n) }

// leverage is the share of the squared deviations that the farthest observation makes up, 0 to 1.
func (a *moments) leverage() float64 {
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

// ratioVariance is n times the variance of Σx/Σy by the delta method, (s²x − 2r·sxy + r²·s²y)/ȳ².
func (a *moments) ratioVariance() float64 {
	r := a.x / a.y
	return variance(max(0, a.xx-2*r*a.xy+r*r*a.yy), a.n) / (a.y * a.y)
}

// ratioInterval is that of Σx/Σy, replications being the unit. It is symmetric for the logarithm: times
// per event are skewed to the right, and an interval symmetric for the ratio itself lies too low. With 20
// and 60 events it misses exact values in 11 and 7 of 100 studies, nearly always from below.
func (a *moments) ratioInterval() (low, high float64) {
	r, half := a.x/a.y, tHalfWidth(a.n, a.ratioVariance())
	if !(r > 0) {
		return r - half, r + half
	}
	factor := math.Exp(half / r)
	return r / factor, r * factor
}

// meanInterval is the interval of the mean of x. The values are downtimes and the like: most are zero,
// some are small, few are very long. The t-interval of such values lies too low: with 20 events in 1000
// replications it misses the true mean 9 to 22 times in 100, nearly always from below, where this one
// misses it 4 to 6 times. See skew.
func (a *moments) meanInterval() (low, high float64) {
	if a.n < 2 {
		return math.Inf(-1), math.Inf(1)
	}
	k, scale := a.skew()
	t := tQuantile(a.n) / math.Sqrt(float64(a.n))
	return a.x - scale*k.inverse(t), a.x - scale*k.inverse(-t)
}

func (a *moments) skew() (k skew, scale float64) {
	scale = math.Sqrt(variance(a.xx, a.n))
	if scale > 0 {
		k = skew{a.xxx / float64(a.n) / (scale * scale * scale), float64(a.n)}
	}
	return k, scale
}

// skew is Hall's transformation of the studentised mean W = (x̄ − μ)/s of n values with skewness g:
//
//	W + g·W²/3 + g²·W³/27 + g/(6n)
//
// times √n is closer to a t-distributed figure than W·√n is. It rises in W for every g, so it has an
// inverse, and it is as accurate as the bootstrap-t interval, without drawing anything. It holds for
// independent values whose third moment exists. Where few events say little about the tail, no method
// helps: of log-normal lengths with σ = 1.5, the interval covers 89 to 94 % with 5 to 200 events.
//
// P. Hall, On the removal of skewness by transformation, J. R. Statist. Soc. B 54 (1992) 221–228.
type skew struct{ g, n float64 }

func (k skew) straighten(w float64) float64 {
	return w + k.g*w*w/3 + k.g*k.g*w*w*w/27 + k.g/(6*k.n)
}

func (k skew) inverse(y float64) float64 {
	if math.Abs(k.g) < 1e-6 {
		return y
	}
	return 3 / k.g * (math.Cbrt(1+k.g*(y-k.g/(6*k.n))) - 1)
}

// tQuantile is how many standard errors of a mean of n values make half an interval.
func tQuantile(n int64) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}.Quantile(1 - alpha/2)
}

// tHalfWidth is half the t-interval of a mean of n values with sample variance v.
func tHalfWidth(n int64, v float64) float64 {
	if n < 2 {
		return math.Inf(1)
	}
	return tQuantile(n) * math.Sqrt(max(0, v)/float64(n))
}

// tP is the two-sided p-value of a t-statistic over n values.
func tP(n int64, t float64) float64 {
	return 2 * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}.CDF(-math.Abs(t))
}
