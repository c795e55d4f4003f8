package analysis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/model"
)

func design(name string) Design { return Design{name, pair(), plan()} }

// held compares rows of outcomes, one design per column.
func held(rows ...[]*model.Outcome) *Standing {
	var ds []Design
	for i := range rows[0] {
		ds = append(ds, design(string(rune('a'+i))))
	}
	c := NewComparison(ds)
	for _, r := range rows {
		c.Add(r)
	}
	return c.Standing()
}

func (st *Standing) side(t *testing.T, metric, stat string, design int) *Side {
	t.Helper()
	for i := range st.Matches {
		if c := &st.Matches[i]; c.Metric.Name == metric && c.Stat == stat {
			return &c.Sides[design]
		}
	}
	t.Fatalf("no match of %s %s", metric, stat)
	return nil
}

// twins are a year under two designs: b is spared a tenth of the outages and half of each that is left,
// but has some of its own. Events are long by a law with the given mean.
func twins(r *rand.Rand, mean float64) (a, b *model.Outcome) {
	a, b = year(), year()
	for at := r.ExpFloat64() / 3; at < 1; at += r.ExpFloat64() / 3 {
		length := 2 + mean*r.ExpFloat64()
		start := model.Seconds(at) * (model.Year - 10*model.Day)
		switch x := r.Float64(); {
		case x < .8:
			a.Outages, b.Outages = append(a.Outages, down(start, model.Seconds(length), 0)), append(b.Outages, down(start, model.Seconds(length/2), 0))
		case x < .9:
			a.Outages = append(a.Outages, down(start, model.Seconds(length), 0))
		default:
			b.Outages = append(b.Outages, down(start, model.Seconds(length/2), 1))
		}
	}
	for _, o := range []*model.Outcome{a, b} {
		for i := range o.Outages {
			o.Unserved[0] += o.Outages[i].Down(model.Year)
		}
	}
	return a, b
}

// The difference of two means is the mean of the differences, and the match says what a plain
// calculation on the differences says.
func TestDifferenceAgainstTwin(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 21))
		var rows [][]*model.Outcome
		var downs, counts []float64
		w := &twin{plan: plan()}
		for range 20 + r.IntN(100) {
			a, b := twins(r, 4000)
			if seed%2 == 0 { // b is never worse
				b.Outages = slices.DeleteFunc(b.Outages, func(x model.Outage) bool { return x.Initiator == 1 })
			}
			rows = append(rows, []*model.Outcome{a, b})
			before, _, _, _ := w.incidentsOf(a)
			after, _, _, _ := w.incidentsOf(b)
			b.Unserved[0] = 0
			for _, x := range b.Outages {
				b.Unserved[0] += x.Down(model.Year)
			}
			d, n := 0.0, float64(len(after)-len(before))
			for _, x := range b.Outages {
				d += float64(x.End - x.Start)
			}
			for _, x := range a.Outages {
				d -= float64(x.End - x.Start)
			}
			downs, counts = append(downs, d), append(counts, n)
		}
		st := held(rows...)
		for metric, differences := range map[string][]float64{"downtime": downs, "unserved": downs, "incidents": counts} {
			v, low, high := tTwice(differences)
			if slices.Min(differences) >= 0 || slices.Max(differences) <= 0 {
				v, low, high = hallTwice(differences)
			}
			got := st.side(t, metric, "mean", 1).Difference
			for _, x := range [][2]float64{{got.Value, v}, {got.Low, low}, {got.High, high}} {
				if math.Abs(x[0]-x[1]) > 1e-8*(1+math.Abs(high-low)) {
					t.Errorf("seed %d: %s differs by %v [%v, %v], twin %v [%v, %v]", seed, metric, got.Value, got.Low, got.High, v, low, high)
					break
				}
			}
		}
	}
}

// Interval, p-value and ratio are one test seen from three sides, so they never contradict each other.
func TestMatchesAgree(t *testing.T) {
	decided := 0
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 22))
		var rows [][]*model.Outcome
		for range 30 + r.IntN(200) {
			a, b := twins(r, 3000)
			_, c := twins(r, 6000)
			rows = append(rows, []*model.Outcome{a, b, c})
		}
		st := held(rows...)
		for i := range st.Matches {
			for k := range st.Matches[i].Sides[1:] {
				s := &st.Matches[i].Sides[k+1]
				if math.IsNaN(s.P) {
					continue
				}
				apart := s.P < .05
				where := fmt.Sprintf("seed %d, %s %s: %+v", seed, st.Matches[i].Metric.Name, st.Matches[i].Stat, *s)
				if outside := s.Difference.Low > 0 || s.Difference.High < 0; outside != apart && s.Differing > 0 {
					t.Errorf("interval and p contradict each other: %s", where)
				}
				if outside := s.Relative.Low > 0 || s.Relative.High < 0; !math.IsNaN(s.Relative.Value) && outside != apart && s.Differing > 0 {
					t.Errorf("ratio and p contradict each other: %s", where)
				}
				decided += int(one(apart))
			}
		}
	}
	if decided < 100 {
		t.Errorf("only %d matches were decided; this test would prove little", decided)
	}
}

// Differences and ratios of designs that share their luck, held to the truth.
func TestCoverageOfMatches(t *testing.T) {
	const studies, years, mean = 800, 100, 3000.0
	rate := 3.0
	down := rate * .9 * (2 + mean)
	half := rate * .9 * (2 + mean) / 2
	truths := []struct {
		metric, stat         string
		difference, relative float64
	}{
		{"downtime", "mean", half - down, -.5},
		{"incidents", "mean", 0, 0},
		{"mttr", "mean", -(2 + mean) / 2, -.5},
		{"rto", "p50", -(2 + mean*math.Ln2) / 2, -.5},
		{"rto", "p95", -(2 + mean*math.Log(20)) / 2, -.5},
	}
	hits := make([][2]int, len(truths))
	gains := make([]float64, len(truths))
	r := rand.New(rand.NewPCG(2026, 23))
	for range studies {
		var rows [][]*model.Outcome
		for range years {
			a, b := twins(r, mean)
			rows = append(rows, []*model.Outcome{a, b})
		}
		st := held(rows...)
		for i, c := range truths {
			s := st.side(t, c.metric, c.stat, 1)
			hits[i][0] += int(one(s.Difference.Low <= c.difference && c.difference <= s.Difference.High))
			hits[i][1] += int(one(s.Relative.Low <= c.relative && c.relative <= s.Relative.High))
			gains[i] += s.Gain / studies
		}
	}
	for i, c := range truths {
		d, q := float64(hits[i][0])/studies, float64(hits[i][1])/studies
		t.Logf("%s %s: difference %.1f %%, ratio %.1f %%, gain %.2f", c.metric, c.stat, 100*d, 100*q, gains[i])
		if min(d, q) < .925 || max(d, q) > .985 {
			t.Errorf("%s %s: the interval of the difference covers %.1f %%, that of the ratio %.1f %%", c.metric, c.stat, 100*d, 100*q)
		}
		if gains[i] < 1.2 {
			t.Errorf("%s %s: shared luck gains only a factor of %v", c.metric, c.stat, gains[i])
		}
	}
}

// The gain is the variance with independent seeds by that with common ones, as a simulation of both shows.
func TestGainIsReal(t *testing.T) {
	const studies, years = 600, 60
	r := rand.New(rand.NewPCG(2026, 24))
	var common, own moments
	claimed := 0.0
	for range studies {
		var rows, mixed [][]*model.Outcome
		for range years {
			a, b := twins(r, 3000)
			_, other := twins(r, 3000)
			rows, mixed = append(rows, []*model.Outcome{a, b}), append(mixed, []*model.Outcome{a, other})
		}
		s := held(rows...).side(t, "downtime", "mean", 1)
		claimed += s.Gain / studies
		common.push(s.Difference.Value, 0)
		own.push(held(mixed...).side(t, "downtime", "mean", 1).Difference.Value, 0)
	}
	real := own.xx / common.xx
	if math.Abs(claimed/real-1) > .2 {
		t.Errorf("the gain is said to be %.2f and is %.2f", claimed, real)
	}
}

// Variances 2/3 and 6 and a covariance of −2: independent, the difference would have 20/3, and has 32/3.
func TestGainKnownAnswer(t *testing.T) {
	a, b := reading{pull: []float64{-1, 0, 0, 1}, linear: true}, reading{pull: []float64{3, 0, 0, -3}, linear: true}
	c := newCouple(a, b)
	near(t, "gain", c.gain(), (20./3)/(32./3), 1e-12)
}

// One design with two seeds must be told from itself in 5 % of all comparisons, and of four such, in about
// 5 % any may be told from the first: that is what Holm's correction is for.
func TestFalseDiscoveries(t *testing.T) {
	const studies, years = 500, 60
	r := rand.New(rand.NewPCG(2026, 25))
	single, any, plain := 0, 0, 0
	for range studies {
		var rows [][]*model.Outcome
		for range years {
			var row []*model.Outcome
			for range 5 {
				a, _ := twins(r, 3000)
				row = append(row, a)
			}
			rows = append(rows, row)
		}
		st := held(rows...)
		found, low := false, false
		for k := 1; k < 5; k++ {
			s := st.side(t, "downtime", "mean", k)
			found, low = found || s.Finding != Untold, low || s.P < .05
		}
		single += int(one(st.side(t, "downtime", "mean", 1).P < .05))
		any, plain = any+int(one(found)), plain+int(one(low))
	}
	t.Logf("one: %.1f %%, any of four: %.1f %%, without correction %.1f %%", float64(single)/5, float64(any)/5, float64(plain)/5)
	if single > 38 || single < 12 || any > 38 || plain < 45 {
		t.Errorf("of %d comparisons of a design with itself %d are significant; of four at a time %d, uncorrected %d", studies, single, any, plain)
	}
}

// Holm (1979): the smallest of three is tripled, the next doubled, and none falls below the one before.
func TestHolm(t *testing.T) {
	sides := []Side{{P: .01, Differing: 1}, {P: .04, Differing: 1}, {P: math.NaN()}, {P: .03, Differing: 1}}
	correct(sides)
	for i, want := range []float64{.03, .06, 0, .06} {
		if i != 2 && math.Abs(sides[i].Holm-want) > 1e-12 {
			t.Errorf("p %v becomes %v, want %v", sides[i].P, sides[i].Holm, want)
		}
	}
	if sides[0].Finding != More || sides[1].Finding != Untold || sides[2].Finding != Unknown {
		t.Errorf("findings %v", sides)
	}
}

func TestAlike(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 26))
	var rows [][]*model.Outcome
	for range 50 {
		a, _ := twins(r, 3000)
		rows = append(rows, []*model.Outcome{a, a})
	}
	st := held(rows...)
	for i := range st.Matches {
		s := &st.Matches[i].Sides[1]
		if math.IsNaN(s.P) {
			continue // no data was lost
		}
		if s.Finding != Alike || s.P != 1 || !math.IsInf(s.Gain, 1) || s.Difference.Value != 0 || s.Difference.Low != 0 {
			t.Errorf("%s %s of equal designs: %+v", st.Matches[i].Metric.Name, st.Matches[i].Stat, *s)
		}
	}
}

// A design without an outage has no ratio, and its difference says on what it rests.
func TestNothingSeenInOne(t *testing.T) {
	var rows [][]*model.Outcome
	for i := range 100 {
		rows = append(rows, []*model.Outcome{year(down(1000, 600+model.Seconds(i), 0)), year()})
	}
	st := held(rows...)
	s := st.side(t, "downtime", "mean", 1)
	if s.Finding != Less || !s.Bound || !math.IsNaN(s.Relative.Value) || !warned(s.Difference, "nothing was seen in one") {
		t.Errorf("%+v", *s)
	}
	if s := st.side(t, "rto", "p95", 1); s.Finding != Unknown || !math.IsNaN(s.P) || !warned(s.Difference, "no event") {
		t.Errorf("recovery times without incidents are compared: %+v", *s)
	}
}

// A quantile of losses that is everything, or of recoveries still going on, cannot be subtracted.
func TestEndlessCannotBeCompared(t *testing.T) {
	var rows [][]*model.Outcome
	for i := range 40 {
		a, b := year(down(1000, 600+model.Seconds(i), 0)), year(down(1000, 600, 0))
		a.Losses = []model.Loss{{Service: 0, Seconds: model.Never, Total: true}}
		b.Losses = []model.Loss{{Service: 0, Seconds: 3}}
		b.Outages[0].Open = true
		rows = append(rows, []*model.Outcome{a, b})
	}
	st := held(rows...)
	for _, metric := range []string{"rto", "rpo"} {
		if s := st.side(t, metric, "p95", 1); !math.IsNaN(s.P) || s.Finding != Unknown || !warned(s.Difference, "no end") {
			t.Errorf("%s: %+v", metric, *s)
		}
	}
}

func TestUnmatched(t *testing.T) {
	ds := []Design{design("a"), design("b"), design("c")}
	ds[1].System.Journeys[0].Name = "sell"
	ds[2].System.Services[0].Store = nil
	c := NewComparison(ds)
	for range 3 {
		c.Add([]*model.Outcome{year(), year(), year()})
	}
	st := c.Standing()
	want := []string{"journey buy is not in b", "journey sell is only in b", "store db is not in c"}
	if !slices.Equal(st.Unmatched, want) {
		t.Errorf("unmatched: %q, want %q", st.Unmatched, want)
	}
	for i := range st.Matches {
		if s := &st.Matches[i].Sides[1]; st.Matches[i].Target == "buy" && (s.Present || s.Finding != Unknown) {
			t.Errorf("%s of a journey that is not there: %+v", st.Matches[i].Metric.Name, *s)
		}
	}
	if len(st.Matches) == 0 {
		t.Error("no match is left")
	}
}

// The advice how many more runs are needed must hold: with that many, four of five comparisons decide. It
// is about a difference of the size seen, so it is given the true one here, a seventh of the deviation.
func TestMoreRunsDecide(t *testing.T) {
	r := rand.New(rand.NewPCG(2026, 27))
	const runs, size, trials = 50, 1. / 7, 2000
	factor := moreRuns(runs, size*math.Sqrt(runs))
	decided := 0
	for range trials {
		a, b := reading{linear: true}, reading{linear: true}
		for range int(runs * factor) {
			common := r.ExpFloat64()
			a.pull, b.pull = append(a.pull, common), append(b.pull, common+size+r.NormFloat64())
		}
		c := newCouple(centred(a), centred(b))
		decided += int(one(tP(int64(c.n), c.statistic()) < alpha))
	}
	if share := float64(decided) / trials; share < .77 || share > .83 {
		t.Errorf("%.1f times as many runs decide %.0f %% of the time, want 80 %%", factor, 100*share)
	}
}

// centred makes a reading of values of replications.
func centred(values reading) reading {
	values.value = total(values.pull) / float64(len(values.pull))
	for i := range values.pull {
		values.pull[i] -= values.value
	}
	return values
}

func TestEnumerate(t *testing.T) {
	got := strings.Join([]string{enumerate([]string{"a"}), enumerate([]string{"a", "b"}), enumerate([]string{"a", "b", "c"})}, "; ")
	if got != "a; a and b; a, b and c" {
		t.Error(got)
	}
}

// Designs that were seen to do the same in all years but one differ in that one, whatever the figure:
// that a quantile moves does not make the other years different.
func TestDiffering(t *testing.T) {
	var rows [][]*model.Outcome
	for i := range 40 {
		long := model.Seconds(1000 + 10*i)
		a, b := year(down(10, long, 0)), year(down(10, long, 0))
		switch i {
		case 20:
			b = year(down(10, 1200, 0), down(1e6, 5000, 0))
		case 30:
			a, b = year(), year()
		}
		rows = append(rows, []*model.Outcome{a, b})
	}
	st := held(rows...)
	for _, c := range [][2]string{{"downtime", "mean"}, {"incidents", "mean"}, {"rto", "p50"}, {"rto", "p95"}, {"mttr", "mean"}} {
		s := st.side(t, c[0], c[1], 1)
		if s.Differing != 1 || s.Difference.Observations != 1 || len(s.Difference.Warnings) == 0 {
			t.Errorf("%s %s: %d replications differ, want 1; warnings %q", c[0], c[1], s.Differing, s.Difference.Warnings)
		}
	}
}
