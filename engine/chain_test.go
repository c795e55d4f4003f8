package engine

import (
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// chainFailing is a primary, a copy and a copy of that copy, of which the primary fails at a time.
func chainFailing(at model.Seconds, store model.Store) *model.System {
	store.FeedsFrom = []int32{none, none, 1}
	return pairFailing(2, at, store)
}

// With a lag of a second each, the copy of a copy is two behind; the copy is one.
func TestLagsOfAChainAddUp(t *testing.T) {
	const at = model.Day
	sys := chainFailing(at, model.Store{Lag: fixedLaw(1)})
	near(t, "lost with the copy there", float64(onlyLoss(t, sys, 2*model.Day).Seconds), 1, 1e-6)
	for before, want := range map[model.Seconds]float64{0: 2, 100: 102} {
		sys := chainFailing(at, model.Store{Lag: fixedLaw(1)})
		breaks(sys, 1, model.OSCrash, at-before, 10*model.Day)
		loss := onlyLoss(t, sys, 2*model.Day)
		near(t, "lost with the copy down too", float64(loss.Seconds), want, 1e-6)
		near(t, "transactions", loss.Transactions, 10*want, 1e-5)
	}
}

// The copy is away for 300 s. At 3 seconds of writing per second it makes good for the 301 it lacks in 150.5,
// and only then does its own copy begin with the 452.5 it lacks by then, of which 299 are made good when both
// others fail 149.5 s later.
func TestChainCatchesUpInTurn(t *testing.T) {
	const at = model.Day
	sys := chainFailing(at, model.Store{Lag: fixedLaw(1), TakesIn: 3})
	breaks(sys, 1, model.OSCrash, at-600, 300)
	breaks(sys, 1, model.PowerLoss, at-300, 10*model.Day) // which does not age while it is down
	near(t, "lost", float64(onlyLoss(t, sys, 2*model.Day).Seconds), 153.5, 1e-3)
}

// A copy of a copy that has become the primary follows it directly.
func TestChainIsShorterAfterAPromotion(t *testing.T) {
	sys := chainFailing(model.Day, model.Store{Lag: fixedLaw(1)})
	breaks(sys, 1, model.MediaLoss, 2*model.Day, 10*model.Day)
	var lost []float64
	observe(t, sys, Options{Horizon: 3 * model.Day, Seed: 1, Runs: 1}, func(out *model.Outcome) {
		for _, l := range out.Losses {
			lost = append(lost, float64(l.Seconds))
		}
	})
	if len(lost) != 2 {
		t.Fatalf("losses %v, want two", lost)
	}
	near(t, "first", lost[0], 1, 1e-6)
	near(t, "second", lost[1], 1, 1e-6)
}

// Whatever the network cuts between the primary and the copy, or the copy and its copy, counts.
func TestChainOverTheNetwork(t *testing.T) {
	for _, c := range []struct {
		to   int32 // who is in the other zone, besides clients of both
		want float64
	}{{1, 100}, {2, 0}} { // the copy is cut off, and its copy with it; or its copy only
		sys := twoZones(&policies.ActivePassive{Alpha: 1, Success: 1}, []int32{0, 0, 0})
		sys.Clients = []model.ClientGroup{{Site: 0, Share: 0.5}, {Site: 1, Share: 0.5}}
		sys.Components[sys.Services[0].Members[c.to].Component].Site = 1
		sys.Services[0].Store = &model.Store{WriteRate: 10, FeedsFrom: []int32{none, none, 1}}
		breaks(sys, 0, model.MediaLoss, model.Day+100, model.Day)
		near(t, "lost", float64(onlyLoss(t, sys, 36*model.Hour).Seconds), c.want, 1e-3)
	}
}
