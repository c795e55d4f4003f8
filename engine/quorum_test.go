package engine

import (
	"math"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// voters is a quorum of three with data, whose members never fail.
func voters(store model.Store) *model.System {
	sys := farm(3, &policies.Quorum{Election: fixedLaw(1)}, 1)
	for i := range sys.Components {
		sys.Components[i].Modes = nil
	}
	store.Mode, store.WriteRate = model.QuorumSync, 10
	sys.Services[0].Store = &store
	return sys
}

// breaks lets a component fail at a time, and come back after a while.
func breaks(sys *model.System, i int, kind model.FaultMode, at, repair model.Seconds) {
	sys.Components[i].Modes = append(sys.Components[i].Modes, model.Mode{Kind: kind, Life: fixedLaw(at), Repair: fixedLaw(repair)})
}

// A majority has what is acknowledged, so the death of a leader costs an election and no data, however far
// behind the slowest follower is.
func TestQuorumLosesNothingWithItsLeader(t *testing.T) {
	sys := voters(model.Store{Lag: uniformLaw{0, 100}})
	breaks(sys, 0, model.MediaLoss, model.Hour, 600)
	led := map[int32]int{}
	observe(t, sys, Options{Horizon: 1.5 * model.Hour, Seed: 1, Runs: 200}, func(out *model.Outcome) {
		if len(out.Losses) != 1 || out.Losses[0].Seconds != 0 || out.Losses[0].Transactions != 0 {
			t.Fatalf("losses %+v, want one of nothing", out.Losses)
		}
		near(t, "down for the election", float64(out.Unserved[0]), 1, 1e-6)
		led[out.Failovers[0].To]++
	})
	near(t, "the one that had everything is elected: either is, half of the time", float64(led[1]), 100, 35)
}

// Power that fails for all caches at once takes acknowledged writes with it: what the best of three caches,
// each written to disk up to 10 s ago, had not yet written. With a flush before every acknowledgement, none.
func TestQuorumOnCachesLosesThemTogether(t *testing.T) {
	for _, c := range []struct {
		durability model.Durability
		want       float64
	}{{model.Flush, 0}, {model.Periodic, 2.5}} {
		sys := voters(model.Store{Durability: c.durability, FlushEvery: 10})
		sys.Causes = []model.CommonCause{{Name: "power", Mode: model.PowerLoss, Probability: 1, Life: fixedLaw(model.Hour), Repair: fixedLaw(600), Victims: []int32{0, 1, 2}}}
		sum, runs := 0.0, 2000
		observe(t, sys, Options{Horizon: 1.5 * model.Hour, Seed: 2, Runs: runs}, func(out *model.Outcome) {
			if len(out.Losses) != 1 {
				t.Fatalf("losses %+v, want one", out.Losses)
			}
			sum += float64(out.Losses[0].Seconds) / float64(runs)
		})
		near(t, "seconds lost", sum, c.want, 0.15)
	}
	// One that was not hit has everything, and wins.
	sys := voters(model.Store{Durability: model.Periodic, FlushEvery: 10})
	sys.Causes = []model.CommonCause{{Name: "power", Mode: model.PowerLoss, Probability: 1, Life: fixedLaw(model.Hour), Repair: fixedLaw(600), Victims: []int32{0, 1}}}
	observe(t, sys, Options{Horizon: 1.5 * model.Hour, Seed: 2, Runs: 50}, func(out *model.Outcome) {
		if len(out.Losses) != 1 || out.Losses[0].Seconds != 0 || out.Failovers[0].To != 2 {
			t.Fatalf("losses %+v, failovers %+v: want none, and the third to lead", out.Losses, out.Failovers)
		}
	})
}

// R34: the disks of two of three are gone while the third is away. It comes back an hour behind, and
// somebody goes on with it; if nobody does, the service never comes back.
func TestMajorityOfDisksGone(t *testing.T) {
	for _, forced := range []bool{true, false} {
		sys := voters(model.Store{})
		if forced {
			sys.Services[0].Store.Forced = &policies.Human{Act: fixedLaw(1800)}
		}
		breaks(sys, 2, model.OSCrash, model.Hour, 2*model.Hour)
		breaks(sys, 0, model.MediaLoss, 2*model.Hour, 600)
		breaks(sys, 1, model.MediaLoss, 2*model.Hour, 600)
		observe(t, sys, Options{Horizon: 3.9 * model.Hour, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			if !forced {
				near(t, "down for good", float64(out.Unserved[0]), 1.9*3600, 1e-3)
				if len(out.Losses) != 0 {
					t.Errorf("losses %+v before anybody has given up", out.Losses)
				}
				return
			}
			if len(out.Losses) != 1 {
				t.Fatalf("losses %+v, want one", out.Losses)
			}
			near(t, "lost: what the survivor missed", float64(out.Losses[0].Seconds), 3600, 1e-3)
			near(t, "in transactions", out.Losses[0].Transactions, 36000, 1e-2)
			near(t, "down until it is back, and elected", float64(out.Unserved[0]), 3600+1, 1e-3)
		})
	}
}

// When all three disks are gone, there are the backups, or nothing.
func TestAllDisksOfAQuorumGone(t *testing.T) {
	for _, b := range []*model.Backups{nil, daily()} {
		sys := voters(model.Store{Backups: b, Forced: &policies.Human{Act: fixedLaw(1800)}})
		for i := range 3 {
			breaks(sys, i, model.MediaLoss, 2*model.Day, 600)
		}
		observe(t, sys, Options{Horizon: 2.5 * model.Day, Seed: 1, Runs: 20}, func(out *model.Outcome) {
			if len(out.Losses) != 1 || out.Losses[0].Total != (b == nil) {
				t.Fatalf("losses %+v, want one, total only without backups", out.Losses)
			}
			if l := out.Losses[0]; b != nil && (l.Source != model.FromBackup || l.Seconds < 2*model.Hour || l.Seconds > 26*model.Hour) {
				t.Errorf("%+v: want from 2 to 26 h of writes lost, and a backup", l)
			}
			near(t, "down until somebody has decided", float64(out.Unserved[0]), 1800, 5)
		})
	}
}

// Any two of four copies acknowledge: with the primary and one copy gone for good, the best of the others
// has everything. Of an asynchronous store the best of three is behind by the least of three lags.
func TestTheBestCopyIsPromoted(t *testing.T) {
	for _, c := range []struct {
		mode       model.ReplicationMode
		acks, dead int
		want       float64
	}{{model.SemiSync, 2, 1, 0}, {model.Sync, 1, 0, 0}, {model.QuorumSync, 0, 1, 0}, {model.Async, 0, 1, 60 / 4}} {
		sys := farm(5, &policies.ActivePassive{Alpha: 1, Success: 1}, 1)
		for i := range sys.Components {
			sys.Components[i].Modes = nil
		}
		victims := []int32{0, 1}[:1+c.dead]
		sys.Causes = []model.CommonCause{{Name: "fire", Mode: model.MediaLoss, Probability: 1, Life: fixedLaw(model.Hour), Repair: fixedLaw(model.Day), Victims: victims}}
		sys.Services[0].Store = &model.Store{Mode: c.mode, Acks: c.acks, Lag: uniformLaw{0, 60}, FallbackAfter: fixedLaw(10), WriteRate: 1}
		sum, runs := 0.0, 2000
		observe(t, sys, Options{Horizon: 1.1 * model.Hour, Seed: 3, Runs: runs}, func(out *model.Outcome) {
			sum += float64(out.Losses[0].Seconds) / float64(runs)
		})
		near(t, "mean loss under "+c.mode.String(), sum, c.want, 1)
	}
}

// Semi-synchronous: writes wait for ten seconds, then the primary goes on alone; who takes over later lacks
// what it wrote meanwhile. With sync-fallback nobody takes over.
func TestSemiSyncGoesOnAlone(t *testing.T) {
	for _, c := range []struct {
		mode model.ReplicationMode
		lost float64
	}{{model.SemiSync, 300}, {model.SyncFallback, math.NaN()}} {
		sys := twoZones(&policies.ActivePassive{Alpha: 1, Success: 1}, []int32{0, 1})
		sys.Clients = []model.ClientGroup{{Site: 0, Share: 1}}
		breaks(sys, 0, model.MediaLoss, model.Day+300, model.Day)
		sys.Services[0].Store = &model.Store{Mode: c.mode, FallbackAfter: fixedLaw(10), WriteRate: 1}
		observe(t, sys, Options{Horizon: 36 * model.Hour, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			if math.IsNaN(c.lost) {
				if len(out.Failovers) != 0 {
					t.Errorf("failovers %+v, want none after the primary went on alone", out.Failovers)
				}
				return
			}
			if len(out.Losses) != 1 {
				t.Fatalf("losses %+v, want one", out.Losses)
			}
			near(t, "lost since the cut", float64(out.Losses[0].Seconds), c.lost, 1e-6)
			near(t, "in transactions: none while writes waited", out.Losses[0].Transactions, c.lost-10, 1e-6)
		})
	}
}

// What a copy has received need not be on its disk: if power fails for both, what the copy still had to
// write is lost with the disk of the primary, on average half of its lag of up to 8 s.
func TestReceivedIsNotYetWritten(t *testing.T) {
	sys := farm(2, &policies.ActivePassive{Alpha: 1, Success: 1}, 1)
	sys.Components[0].Modes, sys.Components[1].Modes = nil, nil
	breaks(sys, 0, model.MediaLoss, model.Hour, model.Day)
	breaks(sys, 1, model.PowerLoss, model.Hour, 60)
	for _, c := range []struct {
		mode model.ReplicationMode
		want float64
	}{{model.SemiSync, 4}, {model.Sync, 0}} {
		sys.Services[0].Store = &model.Store{Mode: c.mode, Lag: uniformLaw{0, 8}, FallbackAfter: fixedLaw(10), WriteRate: 1}
		sum, runs := 0.0, 1000
		observe(t, sys, Options{Horizon: 1.1 * model.Hour, Seed: 3, Runs: runs}, func(out *model.Outcome) {
			if len(out.Losses) != 1 {
				t.Fatalf("losses %+v, want one", out.Losses)
			}
			sum += float64(out.Losses[0].Seconds) / float64(runs)
		})
		near(t, "mean loss under "+c.mode.String(), sum, c.want, 0.3)
	}
}
