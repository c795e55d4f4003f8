package analysis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// covers repeats an experiment and demands that its interval contains the truth about as often as it
// says. The seed is fixed, and 2,000 experiments have a standard error of half a per cent.
func covers(t *testing.T, what string, least, most float64, experiment func(r *rand.Rand) (low, high, truth float64)) {
	t.Helper()
	const experiments = 2000
	hits := 0
	r := rand.New(rand.NewPCG(2026, uint64(len(what))))
	for range experiments {
		if low, high, truth := experiment(r); low <= truth && truth <= high {
			hits++
		}
	}
	if share := float64(hits) / experiments; share < least || share > most {
		t.Errorf("%s: %.1f %% of the intervals cover, want %.0f to %.0f %%", what, 100*share, 100*least, 100*most)
	}
}

// failingYear is a year of a unit that fails every third of a year and is down for a log-normal time
// with the given mean.
func failingYear(r *rand.Rand, mean model.Seconds) *model.Outcome {
	const sigma = 1.0
	o := year()
	for at := model.Seconds(r.ExpFloat64()) * model.Year / 3; at < model.Year; at += model.Seconds(r.ExpFloat64()) * model.Year / 3 {
		length := mean * model.Seconds(math.Exp(sigma*r.NormFloat64()-sigma*sigma/2))
		o.Outages = append(o.Outages, down(at, length, 0))
		o.Unserved[0] += o.Outages[len(o.Outages)-1].Down(model.Year)
		at += length
	}
	return o
}

// Whole studies of 150 years each, every estimate held to the truth it aims at.
func TestCoverageThroughStudy(t *testing.T) {
	const studies, runs, rate = 2000, 150, 3.0 // 1/y; the 600 s of an outage shift it by less than a ten-thousandth
	truths := []struct {
		metric, stat string
		truth        float64
		most         float64 // order statistics are conservative
	}{
		{"availability", "mean", 1 - rate*600/31536e3, .97},
		{"downtime", "mean", rate * 600, .97},
		{"mdt", "mean", 600, .97},
		{"mttr", "mean", 600, .97},
		{"mtbf", "mean", 31536e3 / rate, .97},
		{"incidents", "mean", rate, .97},
		{"no_incident", "mean", math.Exp(-rate), .97},
		{"downtime", "zero", math.Exp(-rate), .97},
		{"rto", "p50", 600 * math.Exp(-.5), .98},
		{"rto", "p95", 600 * math.Exp(1.6448536-.5), .98},
	}
	hits := make([]int, len(truths))
	r := rand.New(rand.NewPCG(2026, 4))
	for range studies {
		s := NewStudy(pair(), plan())
		for range runs {
			s.Add(failingYear(r, 600))
		}
		sum := s.Summary()
		for i, c := range truths {
			if e := sum.Get(c.metric, 0).Stat(c.stat); e.Low <= c.truth && c.truth <= e.High {
				hits[i]++
			}
		}
	}
	for i, c := range truths {
		share := float64(hits[i]) / studies
		t.Logf("%s %s: %.1f %%", c.metric, c.stat, 100*share)
		if share < .93 || share > c.most {
			t.Errorf("%s %s: %.1f %% of the intervals cover", c.metric, c.stat, 100*share)
		}
	}
}

// Counts of a mixture scatter more than a Poisson process: its plain interval would cover about 75 %.
func TestCoverageOfBunchedRate(t *testing.T) {
	covers(t, "bunched rate", .92, .97, func(r *rand.Rand) (float64, float64, float64) {
		q := measure{m: &Metric{Method: Rate, Unit: PerYear}, a: &accumulator{}, reps: 300, years: 300}
		for range q.reps {
			mean, k := 3*r.ExpFloat64(), 0.0
			for at := r.ExpFloat64(); at < mean; at += r.ExpFloat64() {
				k++
			}
			q.a.push(k, 0)
		}
		e := q.rate()
		return e.Low, e.High, 3
	})
}

// A third of the lives is cut off at random; the quantiles of the whole law must be found all the same.
func TestCoverageOfKaplanMeier(t *testing.T) {
	for _, p := range []float64{.5, .75} {
		covers(t, "Kaplan–Meier", .93, .97, func(r *rand.Rand) (float64, float64, float64) {
			lives := make([]life, 200)
			for i := range lives {
				x, cut := r.ExpFloat64(), 2*r.ExpFloat64()
				lives[i] = life{min(x, cut), cut < x}
			}
			_, low, high := lifeQuantile(kaplanMeier(lives, 1), p)
			return low, high, -math.Log(1 - p)
		})
	}
}

// The exact Poisson interval covers at least what it says, whatever the mean.
func TestCoverageOfRareEvents(t *testing.T) {
	for _, mean := range []float64{.5, 2, 7} {
		covers(t, "Poisson", .945, 1, func(r *rand.Rand) (float64, float64, float64) {
			k := 0.0
			for at := r.ExpFloat64(); at < mean; at += r.ExpFloat64() {
				k++
			}
			low, high := poisson(k)
			return low, high, mean
		})
	}
}

// After n years without an event, the bound is refuted by 5 % of all studies with that very rate.
func TestBoundOfUnseen(t *testing.T) {
	const years = 400
	q := measure{m: &Metric{Method: Rate, Unit: PerYear}, a: &accumulator{}, reps: years, years: years}
	for range years {
		q.a.push(0, 0)
	}
	e := q.rate()
	if !e.Bound {
		t.Errorf("no event, and yet no bound: %+v", e)
	}
	near(t, "P(no event)", math.Exp(-e.High*years), .05, 1e-12)
}

// sparse is a mean over years of which few have an outage, of log-normal length with the mean 1.
func sparse(r *rand.Rand, years int, events, sigma float64) *moments {
	a := &moments{}
	for range years {
		x := 0.0
		for at := r.ExpFloat64(); at < events/float64(years); at += r.ExpFloat64() {
			x += math.Exp(sigma*r.NormFloat64() - sigma*sigma/2)
		}
		a.push(x, 0)
	}
	return a
}

// A rare outage is what a mean over years is made of. The t-interval would cover 87 % of the time with 20
// events, 91 % with 50.
func TestCoverageOfSparseMean(t *testing.T) {
	for _, c := range []struct{ events, sigma, least, most float64 }{
		{10, 1, .93, .985}, {20, 1, .93, .97}, {50, 1, .93, .97}, {50, .5, .93, .97}, {50, 1.5, .89, .95},
	} {
		covers(t, fmt.Sprintf("mean of %v events, σ %v", c.events, c.sigma), c.least, c.most, func(r *rand.Rand) (float64, float64, float64) {
			low, high := sparse(r, 500, c.events, c.sigma).meanInterval()
			return low, high, c.events / 500
		})
	}
}

// Incidents of one year resemble each other: all are long in half of the years. Intervals that take them
// for independent cover the median and the share half of the time.
func TestCoverageOfAlikeIncidents(t *testing.T) {
	truths := []struct {
		metric, stat string
		truth        float64
	}{
		{"rto", "p50", alikeQuantile(.5)}, {"rto", "p90", alikeQuantile(.9)}, {"rto", "mean", 2 + (100+5000)/2},
		{"rto_met", "mean", 1 - .5*math.Exp(-5.98) - .5*math.Exp(-598./5000)},
	}
	hits := make([]int, len(truths))
	r := rand.New(rand.NewPCG(2026, 9))
	const studies, years = 1500, 80
	for range studies {
		s := NewStudy(pair(), plan(model.Objective{Journey: 0, RTO: 600}))
		for range years {
			s.Add(alikeYear(r))
		}
		sum := s.Summary()
		for i, c := range truths {
			e := sum.Get(c.metric, 0).Stat(c.stat)
			hits[i] += int(one(e.Low <= c.truth && c.truth <= e.High))
		}
	}
	for i, c := range truths {
		share := float64(hits[i]) / studies
		t.Logf("%s %s: %.1f %%", c.metric, c.stat, 100*share)
		if share < .92 || share > .985 {
			t.Errorf("%s %s: %.1f %% of the intervals cover", c.metric, c.stat, 100*share)
		}
	}
}

// alikeYear has ten incidents, of exponential length, all with the mean 100 or all with the mean 5000.
func alikeYear(r *rand.Rand) *model.Outcome {
	mean := 100.0
	if r.IntN(2) == 0 {
		mean = 5000
	}
	o := year()
	for i := range 10 {
		o.Outages = append(o.Outages, down(model.Seconds(i+1)*30*model.Day, model.Seconds(2+mean*r.ExpFloat64()), 0))
	}
	return o
}

// alikeQuantile halves its way to a quantile of the lengths of alikeYear.
func alikeQuantile(p float64) float64 {
	low, high := 2.0, 1e6
	for range 100 {
		x := (low + high) / 2
		if .5*(1-math.Exp(-(x-2)/100))+.5*(1-math.Exp(-(x-2)/5000)) < p {
			low = x
		} else {
			high = x
		}
	}
	return low
}
