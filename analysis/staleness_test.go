package analysis

import (
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
