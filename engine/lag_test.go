package engine

import (
	"strings"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// pairFailing is a primary that fails at a time, and copies that do not.
func pairFailing(copies int, at model.Seconds, store model.Store) *model.System {
	sys := farm(1+copies, &policies.ActivePassive{Alpha: 1, Success: 1}, 1)
	for i := range sys.Components {
		sys.Components[i].Modes = nil
	}
	breaks(sys, 0, model.MediaLoss, at, 10*model.Day)
	store.WriteRate = 10
	sys.Services[0].Store = &store
	return sys
}

func onlyLoss(t *testing.T, sys *model.System, horizon model.Seconds) (loss model.Loss) {
	t.Helper()
	observe(t, sys, Options{Horizon: horizon, Seed: 1, Runs: 1}, func(out *model.Outcome) {
		if len(out.Losses) != 1 {
			t.Fatalf("losses %+v, want one", out.Losses)
		}
		loss = out.Losses[0]
	})
	return loss
}

// The lag of a second is three at the peak of the day, and while another copy is made anew.
func TestLagGrowsUnderLoad(t *testing.T) {
	store := model.Store{Lag: fixedLaw(1), LagUnderLoad: 3}
	for hour, want := range map[model.Seconds]float64{6: 1, 12: 3} {
		sys := pairFailing(1, hour*model.Hour, store)
		sys.Rate, sys.Peak = 100, model.Peak{Rate: 200, From: 9 * model.Hour, To: 21 * model.Hour}
		near(t, "lost with the hour of the day", float64(onlyLoss(t, sys, model.Day).Seconds), want, 1e-6)
	}
	for at, want := range map[model.Seconds]float64{1.5 * model.Hour: 3, 2 * model.Hour: 1} {
		store.Rebuild = &model.Rebuild{FullCopy: fixedLaw(1800)}
		sys := pairFailing(2, at, store)
		breaks(sys, 2, model.MediaLoss, model.Hour, 600)
		near(t, "lost while another copy is made", float64(onlyLoss(t, sys, model.Day).Seconds), want, 1e-6)
	}
}

// A copy that has missed 600 s and takes in three seconds of writing per second is up to date again after
// 300 s. A failover on the way loses what is left of the backlog; until the network healed, only half of the clients
// wrote.
func TestBacklogDrains(t *testing.T) {
	for after, want := range map[model.Seconds][2]float64{100: {400, 250}, 250: {100, 100}, 310: {0, 0}} {
		sys := twoZones(&policies.ActivePassive{Alpha: 1, Success: 1}, []int32{0, 1})
		sys.Clients = []model.ClientGroup{{Site: 0, Share: 0.5}, {Site: 1, Share: 0.5}}
		breaks(sys, 0, model.MediaLoss, model.Day+600+after, model.Day)
		sys.Services[0].Store = &model.Store{WriteRate: 10, TakesIn: 3}
		loss := onlyLoss(t, sys, 36*model.Hour)
		near(t, "seconds lost", float64(loss.Seconds), want[0], 1e-3)
		near(t, "transactions lost", loss.Transactions, 10*want[1], 1e-2)
	}
}

// Copies that take in less than is written fall behind without bound, so there is no number for the loss.
func TestLagWithoutBound(t *testing.T) {
	sys := pairFailing(1, model.Hour, model.Store{TakesIn: 0.5})
	loss := onlyLoss(t, sys, model.Day)
	if loss.Seconds != model.Never || loss.Total {
		t.Errorf("loss %+v, want one without bound, and not all there was", loss)
	}
	near(t, "half of what was written is there all the same", loss.Transactions, 18000, 1e-3)
	if warnings := model.Check(sys, nil); len(warnings) == 0 {
		t.Error("nobody says that the copies fall behind")
	}
	sys.Services[0].Store.Mode = model.Sync
	for _, p := range model.Check(sys, nil) {
		if strings.Contains(p.What, "take in 50 % of what is written, and it refuses the rest") && p.Severity == model.Warning {
			return
		}
	}
	t.Error("writes wait for copies that take in less than is written, and nobody minds")
}
