package analysis

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// readPair is pair, of which the first service has standbys that answer reads.
func readPair() *model.System {
	sys := pair()
	x := &sys.Services[0]
	x.StandbyReads, x.Policy, x.Members = true, &policies.ActivePassive{}, make([]model.Member, 2)
	return sys
}

// Two years of 0.9 years of reads each; in one of them a tenth of a year was read from copies, which lacked 30 s on
// average and a minute at most, in the other half as much, and a third as stale.
func TestStaleReadsKnownAnswers(t *testing.T) {
	s := NewStudy(readPair(), plan())
	bad, good := year(), year()
	bad.Stale, good.Stale = make([]model.StaleReads, 2), make([]model.StaleReads, 2)
	good.Stale[0] = model.StaleReads{Served: 0.9 * model.Year, Stale: 0.05 * model.Year, Lacked: 0.5 * float64(model.Year), Most: 20}
	bad.Stale[0] = model.StaleReads{Served: 0.9 * model.Year, Stale: 0.1 * model.Year, Lacked: 3 * float64(model.Year), Most: 60}
	s.Add(bad)
	s.Add(good)
	sum := s.Summary()
	for metric, want := range map[string]float64{"stale_reads": 0.15 / 1.8, "staleness": 3.5 / 0.15, "staleness_most": 40} {
		e := sum.Get(metric, 0).Stat("mean")
		near(t, metric, e.Value, want, 1e-9)
		if !(e.Low <= e.Value && e.Value <= e.High && e.Low < e.High) {
			t.Errorf("%s: %+v has no interval", metric, e)
		}
		if sum.Get(metric, 1) != nil || study(plan(), year()).Get(metric, 0) != nil {
			t.Errorf("%s: a store that is not read from copies has it", metric)
		}
	}
}

// No stale read in two years is a bound, and says nothing of how stale one would be.
func TestNoStaleReadIsABound(t *testing.T) {
	s := NewStudy(readPair(), plan())
	for range 2 {
		o := year()
		o.Stale = []model.StaleReads{{Served: model.Year}, {}}
		s.Add(o)
	}
	sum := s.Summary()
	if e := sum.Get("stale_reads", 0).Main(); e.Value != 0 || !e.Bound || !(e.High > 0) {
		t.Errorf("share %+v", e)
	}
	for _, metric := range []string{"staleness", "staleness_most"} {
		if e := sum.Get(metric, 0).Main(); e.Value == e.Value && e.Observations > 0 {
			t.Errorf("%s: %+v of no stale read", metric, e)
		}
	}
}

// lawOf are replications of a year of reads each, of which a share lacks what an exponential law with mean m says,
// put in part by part.
func lawOf(s *Study, replications int, share, m float64) {
	for range replications {
		o := year()
		o.Stale = []model.StaleReads{{Served: model.Year, Stale: model.Year * model.Seconds(share), Lacked: share * m * float64(model.Year)}, {}}
		from := 0.0
		for part := range model.LackParts {
			upTo := float64(model.LackUpTo(part))
			if time := share * (math.Exp(-from/m) - math.Exp(-upTo/m)); time > 1e-15 {
				o.Lacks = append(o.Lacks, model.Lack{Most: model.Seconds(upTo), Least: model.Seconds(from), Time: model.Year * model.Seconds(time)})
			}
			from = upTo
		}
		s.Add(o)
	}
}

// Where standbys with exponential lags of mean m answer a share s of the reads all the time, a share s is stale, by m
// on average. Of the stale ones 5 % lack more than m·ln 20, of all reads more than m·ln(20·s).
func TestQuantilesOfWhatReadsLack(t *testing.T) {
	const m = 3.0
	for _, share := range []float64{1, 0.4, 0.04} {
		s := NewStudy(readPair(), plan())
		lawOf(s, 50, share, m)
		sum := s.Summary()
		near(t, "share", sum.Get("stale_reads", 0).Main().Value, share, 1e-9)
		near(t, "mean", sum.Get("staleness", 0).Main().Value, m, 1e-9)
		near(t, "mean of all", sum.Get("staleness_all", 0).Main().Value, share*m, 1e-9)
		for stat, p := range map[string]float64{"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99} {
			among(t, sum.Get("staleness", 0).Stat(stat), -m*math.Log(1-p))
			among(t, sum.Get("staleness_all", 0).Stat(stat), max(0, -m*math.Log((1-p)/share)))
		}
	}
}

// among holds a quantile to 0.4 %, which is what reads spread evenly within a part cost, and its interval to the grain of the parts.
func among(t *testing.T, e Estimate, want float64) {
	t.Helper()
	near(t, "quantile", e.Value, want, 4e-3*want)
	if e.Low > want || want > e.High || e.High > 1.08*e.Low+1e-12 {
		t.Errorf("%v is not in a narrow [%v, %v]", want, e.Low, e.High)
	}
}

// A lag that is always the same has one answer to every question.
func TestLagThatIsAlwaysTheSame(t *testing.T) {
	s := NewStudy(readPair(), plan())
	for range 20 {
		o := year()
		o.Stale = []model.StaleReads{{Served: model.Year, Stale: model.Year, Lacked: 5 * float64(model.Year)}, {}}
		o.Lacks = []model.Lack{{Least: 5, Most: 5, Time: model.Year}}
		s.Add(o)
	}
	sum := s.Summary()
	for _, stat := range []string{"p50", "p90", "p95"} {
		for _, metric := range []string{"staleness", "staleness_all"} {
			if e := sum.Get(metric, 0).Stat(stat); e.Value != 5 || e.Low != 5 || e.High != 5 {
				t.Errorf("%s of %s is %+v", stat, metric, e)
			}
		}
	}
}

// What was not seen is bounded: without a stale read in 20 years, 95 % of the reads may lack something for all that is
// known; in 200 years not.
func TestQuantilesWithoutAStaleRead(t *testing.T) {
	for n, want := range map[int]float64{20: math.Inf(1), 200: 0} {
		s := NewStudy(readPair(), plan())
		for range n {
			o := year()
			o.Stale = []model.StaleReads{{Served: model.Year}, {}}
			s.Add(o)
		}
		if e := s.Summary().Get("staleness_all", 0).Stat("p95"); e.Value != 0 || e.Low != 0 || e.High != want {
			t.Errorf("after %d years %+v, not up to %v", n, e, want)
		}
		if e := s.Summary().Get("staleness", 0).Stat("p95"); !math.IsNaN(e.Value) {
			t.Errorf("stale reads of which there is none lack %+v", e)
		}
	}
}

// In each replication copies are cut off up to three times, and lack more from 0 to as long as that takes. The interval
// holds the quantile of a long run about as often as it says.
func TestIntervalOfWhatStaleReadsLack(t *testing.T) {
	dice := rand.New(rand.NewPCG(11, 12))
	many := NewStudy(readPair(), plan())
	for range 100_000 {
		many.Add(cuts(dice))
	}
	truth := many.Summary().Get("staleness", 0).Stat("p95").Value
	held, studies := 0, 300
	for range studies {
		s := NewStudy(readPair(), plan())
		for range 100 {
			s.Add(cuts(dice))
		}
		e := s.Summary().Get("staleness", 0).Stat("p95")
		held += int(one(e.Low <= truth && truth <= e.High))
	}
	if share := float64(held) / float64(studies); share < 0.9 {
		t.Errorf("%.0f %% of the intervals hold %.4g", 100*share, truth)
	}
}

// cuts is a replication with up to three cuts of exponential length, in thousands of seconds.
func cuts(dice *rand.Rand) *model.Outcome {
	o := year()
	o.Stale = []model.StaleReads{{Served: model.Year}, {}}
	for range dice.IntN(4) {
		length := 1000 * dice.ExpFloat64()
		o.Stale[0].Stale += model.Seconds(length)
		for from, part := 0.0, 0; from < length; part++ {
			upTo := min(length, float64(model.LackUpTo(part)))
			o.Lacks = append(o.Lacks, model.Lack{Least: model.Seconds(from), Most: model.Seconds(upTo), Time: model.Seconds(upTo - from)})
			from = upTo
		}
	}
	return o
}

// Replications of one draw of uncertain parameters are one group, so fifty of them in five draws say less than fifty
// by themselves.
func TestQuantilesOfGroups(t *testing.T) {
	width := func(each int) float64 {
		s, dice := NewStudy(readPair(), plan()), rand.New(rand.NewPCG(3, 4))
		s.Cluster()
		for g := range 60 {
			m := dice.ExpFloat64()
			if each == 1 {
				lawOf(s, 1, 1, m)
			} else if g%each == 0 {
				lawOf(s, each, 1, m)
			}
			if each == 1 || g%each == 0 {
				s.EndCluster()
			}
		}
		e := s.Summary().Get("staleness_all", 0).Stat("p50")
		return e.High - e.Low
	}
	if alone, grouped := width(1), width(10); !(grouped > 1.5*alone) {
		t.Errorf("intervals are %.3g wide of 60 draws, %.3g of 6", alone, grouped)
	}
}
