package analysis

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// downFor is a replication of a year in which journey 0 is down for that many seconds.
func downFor(seconds float64) *model.Outcome {
	o := &model.Outcome{Horizon: model.Year}
	if seconds > 0 {
		o.Outages = []model.Outage{{End: model.Seconds(seconds)}}
	}
	return o
}

// twoLevels simulates draws whose expectation is normal with standard deviation not, and replications
// with standard deviation known around it. The parameter is the expectation itself, or nothing but noise.
func twoLevels(r *rand.Rand, draws, per int, mean, not, known float64) *Uncertainty {
	u := NewUncertainty([]Parameter{{Name: "level"}, {Name: "idle"}}, []int{0})
	for range draws {
		level := mean + not*r.NormFloat64()
		u.Draw([]float64{level, r.Float64()})
		for range per {
			u.Add(downFor(level + known*r.NormFloat64()))
		}
	}
	return u
}

// TestSplit recovers the two standard deviations, the band of a normal law and the influence of the
// parameter that matters.
func TestSplit(t *testing.T) {
	const seed = 21
	r := rand.New(rand.NewPCG(seed, 1))
	for _, c := range []struct{ not, known float64 }{{30, 10}, {10, 50}} {
		u := twoLevels(r, 1000, 20, 1000, c.not, c.known)
		s := u.Split(0)
		for _, x := range []struct {
			what string
			got  Estimate
			want float64
		}{
			{"mean", s.Mean, 1000}, {"sd of what is not known", s.Not, c.not}, {"sd of chance", s.Known, c.known},
			{"share", s.Share, c.not * c.not / (c.not*c.not + c.known*c.known)},
			{"low end", s.Low, 1000 - z95*c.not}, {"high end", s.High, 1000 + z95*c.not},
		} {
			if half := 1.68 * max(x.got.High-x.got.Value, x.got.Value-x.got.Low); !(math.Abs(x.got.Value-x.want) <= half) || half > x.want/2 {
				t.Errorf("seed %d, %v: %s is %v ± %v, want %v", seed, c, x.what, x.got.Value, half, x.want)
			}
		}
		in := u.Influences(0)
		if in[0].Parameter != 0 || in[0].Rank.Low < 0.5 || in[1].Rank.Low > 0 || in[1].Rank.High < 0 {
			t.Errorf("seed %d, %v: influences %+v", seed, c, in)
		}
		if math.Abs(in[0].Low-(1000-z95*c.not)) > c.not/2 || math.Abs(in[1].High-0.95) > 0.05 {
			t.Errorf("seed %d: parameters range from %v to %v", seed, in[0].Low, in[1].High)
		}
	}
}

const z95 = 1.6449

// TestSplitCovers counts how often the intervals hold the truth, with few draws and a skewed law.
func TestSplitCovers(t *testing.T) {
	const seed, rounds = 22, 400
	r := rand.New(rand.NewPCG(seed, 1))
	var mean, not, known, high int
	for range rounds {
		u := NewUncertainty(nil, []int{0})
		for range 80 {
			level := math.Exp(0.4 * r.NormFloat64())
			u.Draw(nil)
			for range 25 {
				u.Add(downFor(1000 * level * r.ExpFloat64()))
			}
		}
		s := u.Split(0)
		holds := func(e Estimate, x float64) int { return int(one(e.Low <= x && x <= e.High)) }
		m, v := math.Exp(0.08), math.Exp(0.16)*math.Expm1(0.16)
		mean += holds(s.Mean, 1000*m)
		not += holds(s.Not, 1000*math.Sqrt(v))
		known += holds(s.Known, 1000*math.Sqrt(v+m*m))
		high += holds(s.High, 1000*math.Exp(0.4*z95))
	}
	for what, k := range map[string]int{"mean": mean, "not known": not, "chance": known, "high end": high} {
		if share := float64(k) / rounds; share < 0.88 || share > 0.995 {
			t.Errorf("seed %d: the 95 %% interval of %s holds the truth in %v of cases", seed, what, share)
		}
	}
}

// TestSplitOfNothing: with no spread between draws, that is said, and no band is invented.
func TestSplitOfNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 1))
	s := twoLevels(r, 200, 10, 1000, 0, 100).Split(0)
	if s.Noise < 0.7 || s.Share.Low > 0 || len(s.Notes) == 0 || s.High.Value-s.Low.Value > 60 {
		t.Errorf("chance alone was taken for something else: %+v", s)
	}
	u := NewUncertainty(nil, []int{0})
	for range 3 {
		u.Draw(nil)
		u.Add(downFor(0))
		u.Add(downFor(0))
	}
	if s := u.Split(0); !s.Mean.Bound || s.Mean.Observations != 0 {
		t.Errorf("nothing was ever down: %+v", s.Mean)
	}
	u.Draw(nil)
	u.Add(downFor(5)) // cut short
	if u.Draws() != 3 || u.Split(0).Mean.Value != 0 {
		t.Errorf("a draw with one replication was counted: %d", u.Draws())
	}
}

// TestSumsWithout compares the sums without one draw with those made anew.
func TestSumsWithout(t *testing.T) {
	r := rand.New(rand.NewPCG(24, 1))
	var draws []moments
	for range 12 {
		var a moments
		for range 2 + r.IntN(9) {
			a.push(r.ExpFloat64(), 0)
		}
		draws = append(draws, a)
	}
	all := summed(draws)
	for k := range draws {
		less := summed(slices.Concat(draws[:k], draws[k+1:]))
		got, want := all.without(&draws[k]), less.parts()
		for _, d := range []float64{got.spread - want.spread, got.within - want.within, got.per - want.per} {
			if math.Abs(d) > 1e-9 {
				t.Errorf("without draw %d: %+v, want %+v", k, got, want)
			}
		}
	}
}

func TestRanks(t *testing.T) {
	if got := ranks([]float64{5, 1, 5, 0, 9}); !slices.Equal(got, []float64{3.5, 2, 3.5, 1, 5}) {
		t.Errorf("ranks %v", got)
	}
}

// TestClustersOfOne: groups of one replication each change nothing but the interval of a mean of a
// sample, which has no correction for skewness then.
func TestClustersOfOne(t *testing.T) {
	alone, grouped := clusteredStudy(t, 0, 300), clusteredStudy(t, 1, 300)
	for i := range alone.Measured {
		a, b := &alone.Measured[i], &grouped.Measured[i]
		for k := range a.Stats {
			x, y := a.Stats[k].Estimate, b.Stats[k].Estimate
			if a.Metric.Method == Sample && k == 0 {
				x.Low, x.High = y.Low, y.High
			}
			if !alike(x.Value, y.Value) || !alike(x.Low, y.Low) || !alike(x.High, y.High) {
				t.Errorf("%s %s of %s: %v and %v", a.Metric.Name, a.Stats[k].Name, a.Name, x, y)
			}
		}
	}
}

func alike(x, y float64) bool {
	return x == y || math.IsNaN(x) && math.IsNaN(y) || math.Abs(x-y) <= 1e-9*math.Abs(x)
}

// TestClustersWiden: replications that share a draw tell less than as many that do not, and the intervals
// of all journey metrics show it; the values stay.
func TestClustersWiden(t *testing.T) {
	alone, grouped := clusteredStudy(t, 0, 50), clusteredStudy(t, 50, 50)
	for _, name := range []string{"availability", "downtime", "outages", "incidents", "mtbf", "no_incident"} {
		x, y := alone.Get(name, 0).Main(), grouped.Get(name, 0).Main()
		if !alike(x.Value, y.Value) {
			t.Errorf("%s is %v, in groups %v", name, x.Value, y.Value)
		}
		if wider := (y.High - y.Low) / (x.High - x.Low); !(wider > 1.5) {
			t.Errorf("the interval of %s is only %v times as wide in groups", name, wider)
		}
	}
	x, y := alone.Get("downtime", 0).Stat("p90"), grouped.Get("downtime", 0).Stat("p90")
	if x.Value != y.Value || !(y.High-y.Low > 1.5*(x.High-x.Low)) {
		t.Errorf("p90 of downtime %v, in groups %v", x, y)
	}
}

// clusteredStudy simulates 40 draws of a rate of outages, in groups of size replications each if size is
// above 0.
func clusteredStudy(t *testing.T, size, per int) *Summary {
	t.Helper()
	sys := &model.System{Journeys: []model.Journey{{Name: "j", Service: model.None}},
		Components: []model.Component{{Name: "a", Modes: []model.Mode{{}}}}}
	plan := model.DefaultPlan()
	s := NewStudy(sys, &plan)
	if size > 0 {
		s.Cluster()
	}
	r := rand.New(rand.NewPCG(25, 1))
	n := 0
	for range 40 {
		rate := math.Exp(r.NormFloat64())
		for range per {
			o := &model.Outcome{Replication: n, Horizon: model.Year, Unserved: make([]model.Seconds, 1)}
			for at := r.ExpFloat64() / rate; at < 1; at += r.ExpFloat64() / rate {
				start := model.Seconds(at) * model.Year
				o.Outages = append(o.Outages, model.Outage{Start: start, End: start + model.Seconds(600*r.ExpFloat64())})
			}
			s.Add(o)
			if n++; size > 0 && n%size == 0 {
				s.EndCluster()
			}
		}
	}
	return s.Summary()
}

// Fisher's interval with the variance 1.06/97 that goes with 100 ranks reaches 1.959964·0.1045363 = 0.2048874
// to either side, on the scale of the area tangent.
func TestCorrelationInterval(t *testing.T) {
	x, y := make([]float64, 100), make([]float64, 100)
	var a moments
	r := rand.New(rand.NewPCG(9, 9))
	for i := range x {
		x[i] = r.NormFloat64()
		y[i] = x[i]*.5773502692 + r.NormFloat64()
		a.push(x[i], y[i])
	}
	u := twoLevels(r, 3, 2, 10, 1, 1)
	got := u.correlation(0, x, y)
	value := a.xy / math.Sqrt(a.xx*a.yy)
	near(t, "correlation", got.Value, value, 1e-12)
	near(t, "low", got.Low, math.Tanh(math.Atanh(value)-0.2048874), 1e-6)
	near(t, "high", got.High, math.Tanh(math.Atanh(value)+0.2048874), 1e-6)
}
