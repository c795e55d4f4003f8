package engine

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// replicas is a primary with n standbys that nothing happens to, which answer a share of the reads all the time.
func replicas(n int, share float64, store model.Store) *model.System {
	sys := farm(n+1, &policies.ActivePassive{Alpha: 1, Success: 1}, 1)
	for i := range sys.Components {
		sys.Components[i].Modes = nil
	}
	store.WriteRate = 10
	sys.Services[0].Store, sys.Services[0].StandbyReads, sys.Services[0].StandbyShare = &store, true, share
	return sys
}

// always is what many replications of ten days read: the share of reads that lack something, what those lack on
// average, and the share of reads that lack more than some seconds.
func always(t *testing.T, sys *model.System, over float64) (stale, mean, more float64) {
	t.Helper()
	served, time, lacked, beyond := 0.0, 0.0, 0.0, 0.0
	observe(t, sys, Options{Horizon: 10 * model.Day, Seed: 7, Runs: 400}, func(out *model.Outcome) {
		u := out.Stale[0]
		served, time, lacked = served+float64(u.Served), time+float64(u.Stale), lacked+u.Lacked
		for _, l := range out.Lacks {
			if float64(l.Least) > over {
				beyond += float64(l.Time)
			}
		}
		if !lacksAgree(out, 0) {
			t.Fatalf("replication %d: %+v is not what %v sums up to", out.Replication, u, out.Lacks)
		}
	})
	return time / served, lacked / time, beyond / served
}

// Whatever share of the reads standbys answer is stale if lags have no atom at 0. What a stale read lacks follows
// the law of the lag: of an exponential one e^(−x/m) lack more than x, so the 95th percentile of all reads is
// m·ln 20 if standbys answer all of them.
func TestStandbysThatAlwaysAnswerAreBehindByTheirLaw(t *testing.T) {
	m := 4.0
	edge := float64(model.LackUpTo(model.LackPart(model.Seconds(m * math.Log(20)))))
	for _, share := range []float64{0.25, 1} {
		for n := 1; n <= 3; n++ {
			stale, mean, more := always(t, replicas(n, share, model.Store{Lag: expLaw(model.Seconds(m))}), edge)
			near(t, fmt.Sprint("share stale of ", n), stale, share, 1e-4)
			near(t, "mean", mean, m, 0.08)
			near(t, "beyond", more, share*math.Exp(-edge/m), 0.003)
		}
	}
}

// A lag of 0 in nine of ten looks makes one of ten reads stale, and one of uniform length has its own quantiles.
func TestShareOfStaleReadsFollowsTheLaw(t *testing.T) {
	stale, mean, more := always(t, replicas(1, 1, model.Store{Lag: oftenNow{uniformLaw{2, 10}}}), float64(model.LackUpTo(model.LackPart(6))))
	near(t, "share", stale, 0.1, 0.006)
	near(t, "mean", mean, 6, 0.15)
	near(t, "beyond", more, 0.1*(10-float64(model.LackUpTo(model.LackPart(6))))/8, 0.004)
	stale, _, _ = always(t, replicas(2, 1, model.Store{}), 0)
	near(t, "copies without a lag", stale, 0, 0)
}

// oftenNow is a law that is 0 in nine of ten cases.
type oftenNow struct{ rest uniformLaw }

func (l oftenNow) Mean() model.Seconds              { return 0.1 * l.rest.Mean() }
func (l oftenNow) Survival(t model.Seconds) float64 { return 0.1 * l.rest.Survival(t) }
func (l oftenNow) String() string                   { return "often now" }

// Sample is 0, or what the rest draws.
func (l oftenNow) Sample(r *rand.Rand) model.Seconds {
	if r.Float64() < 0.9 {
		return 0
	}
	return l.rest.Sample(r)
}

// What some copy has acknowledged, the other lacks by as much as its lag is longer: of two equal exponential ones
// it is either in half of the looks, and the difference has the same law (it has no memory).
func TestReadsOfCopiesBeyondTheAcknowledgedOnes(t *testing.T) {
	stale, mean, _ := always(t, replicas(2, 1, model.Store{Mode: model.Sync, Acks: 1, Lag: expLaw(4)}), 0)
	near(t, "share", stale, 0.5, 0.012)
	near(t, "mean", mean, 4, 0.12)
	stale, _, _ = always(t, replicas(1, 1, model.Store{Mode: model.Sync, Acks: 1, Lag: expLaw(4)}), 0)
	near(t, "the only copy", stale, 0, 0)
}

// A copy that feeds from another has the lags of both; a lag is longer by the hour, here thrice as long for half
// of the day.
func TestLagsThatAddUpOrGrow(t *testing.T) {
	_, mean, _ := always(t, replicas(2, 1, model.Store{Lag: expLaw(4), FeedsFrom: []int32{model.None, model.None, 1}}), 0)
	near(t, "mean of the first and the second", mean, (4+8)/2, 0.15)
	sys := replicas(1, 1, model.Store{Lag: expLaw(4), LagUnderLoad: 3})
	sys.Rate, sys.Peak = 100, model.Peak{Rate: 200, From: 6 * model.Hour, To: 18 * model.Hour}
	_, mean, _ = always(t, sys, 0)
	near(t, "mean over the day", mean, (4+12)/2, 0.2)
}

// The standby is down for 600 s of two hours, and then has to catch up with them at three times the speed of
// writing, which takes 300 s. Meanwhile the primary, then the standby that is behind, answers.
func TestAlwaysReadFromWhoIsInContact(t *testing.T) {
	sys := replicas(1, 1, model.Store{Lag: fixedLaw(7), TakesIn: 3})
	breaks(sys, 1, model.OSCrash, model.Hour, 600)
	// It is behind by 607 s when it is back, and follows once it lacks nothing.
	wantRead(t, sys, 7200-600, 7*(7200-600-303.5)+607*303.5/2, 607)
	sys = replicas(2, 0.5, model.Store{Lag: fixedLaw(7)})
	breaks(sys, 1, model.OSCrash, model.Hour, model.Year) // the other one answers alone
	wantRead(t, sys, 3600, 7*3600, 0)
}

// While nobody leads, who always answers is read as anybody is: behind by what it lacked when the primary died.
func TestAlwaysReadsWithoutAPrimary(t *testing.T) {
	sys := fails100(model.Store{Lag: fixedLaw(7)})
	sys.Services[0].StandbyShare = 1
	wantRead(t, sys, 3700, 7*3700, 7)
}

// wantRead holds two hours of reads to what they should have been. In the first seconds there is less that could be
// lacked, which few looks see.
func wantRead(t *testing.T, sys *model.System, stale, lacked, most float64) {
	t.Helper()
	got := staleReads(t, sys, 7200)
	near(t, "served", float64(got.Served), 7200, 1e-4)
	near(t, "stale", float64(got.Stale), stale, 1e-4)
	near(t, "lacked", got.Lacked, lacked, 60)
	near(t, "most", float64(got.Most), most, 1e-4)
}

// Half of the clients are cut off with the standby for 600 s. They read what grows older, and all others read the
// primary, which has no standby in contact.
func TestAlwaysReadAcrossACut(t *testing.T) {
	sys := twoZones(&policies.ActivePassive{Alpha: 1, Success: 1}, []int32{0, 1})
	sys.Services[0].Store = &model.Store{WriteRate: 1, Lag: fixedLaw(5)}
	sys.Services[0].StandbyReads, sys.Services[0].StandbyShare = true, 1
	sys.Services[0].Detector, sys.Services[0].Observer = policies.Heartbeat{Timeout: model.Hour}, model.ByPeers
	day := float64(model.Day)
	got := staleReads(t, sys, 36*model.Hour)
	near(t, "stale", float64(got.Stale), 1.5*day-600+300, 1)
	near(t, "lacked", got.Lacked, 5*(1.5*day-600)+(600*5+600*600/2)/2, 100)
	near(t, "most", float64(got.Most), 605, 1e-3)
}

// Every part of what reads lack ends where the next begins, and the books of a stretch are the same when it is
// booked in two.
func TestPartsOfWhatReadsLack(t *testing.T) {
	for part := range model.LackParts - 1 {
		end := model.LackUpTo(part)
		if model.LackPart(end) != part || model.LackPart(end*1.0001) != part+1 {
			t.Errorf("part %d ends at %v, which is in %d", part, end, model.LackPart(end))
		}
	}
	dice := streamOf(3, 4)
	for range 200 {
		a := reading{share: 0.5, stale: 1, shrinks: dice.uniform() / 20, lacks: 1000 * dice.uniform(), falls: 40*dice.uniform() - 20}
		from, to := dice.uniform(), 1+9*dice.uniform()
		var one, two lacks
		one.reset()
		two.reset()
		var use, halves model.StaleReads
		a.book(&use, &one, from, to)
		a.book(&halves, &two, from, (from+to)/2)
		a.book(&halves, &two, (from+to)/2, to)
		for part := range one.parts {
			near(t, "time in a part", float64(one.parts[part].Time), float64(two.parts[part].Time), 1e-9)
		}
		if out := (&model.Outcome{Stale: []model.StaleReads{use}, Lacks: one.writeTo(nil, 0)}); !lacksAgree(out, 0) {
			t.Errorf("%+v from %v to %v: %+v is not what %v sums up to", a, from, to, use, out.Lacks)
		}
	}
}
