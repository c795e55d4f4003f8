package engine

import (
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// narrowSync is a synchronous store that writes 1 MB/s to copies beyond a link of so many bytes per second, and is
// half read and half written.
func narrowSync(bandwidth float64, zones ...int32) *model.System {
	sys := twoZones(&policies.ActivePassive{Alpha: 1, Success: 1}, zones)
	sys.Components[len(zones)].Modes = nil
	for i := range sys.Network.Links {
		sys.Network.Links[i].Bandwidth = bandwidth
	}
	sys.Services[0].Store = &model.Store{Mode: model.Sync, Acks: 1, WriteRate: 10, Growth: 1e6, Candidates: model.Candidates{MaxLag: model.Day}}
	need := sys.Journeys[0].Needs[0]
	need.Need.Access = model.Write
	sys.Journeys[0].Needs = []model.Dependency{need}
	read := sys.Journeys[0]
	need.Need.Access = model.Read
	read.Name, read.Needs = "read", []model.Dependency{need}
	sys.Journeys = append(sys.Journeys, read)
	return sys
}

// A synchronous store takes what its link carries, from the start, and nothing of that is lost when it fails over. What
// is read does not cross the link.
func TestSynchronousWritesAreThrottled(t *testing.T) {
	for bandwidth, refused := range map[float64]float64{0.25e6: 0.75, 0.75e6: 0.25, 1e6: 0, 2e6: 0} {
		for _, mode := range []model.ReplicationMode{model.Sync, model.SyncFallback, model.SemiSync} {
			sys := narrowSync(bandwidth, 0, 1)
			sys.Services[0].Store.Mode = mode
			sys.Services[0].Store.FallbackAfter = fixedLaw(10)
			once(t, sys, model.Hour, func(out *model.Outcome) {
				near(t, "written", float64(out.Unserved[0]), refused*3600, 1e-6)
				near(t, "read", float64(out.Unserved[1]), 0, 1e-6)
				if refused > 0 && (len(out.Outages) == 0 || out.Outages[0].Phases[model.WriteBlock] == 0) {
					t.Errorf("outages %+v, want writes that wait", out.Outages)
				}
			})
			breaksOnce(sys, 0, model.MediaLoss, model.Hour, model.Day)
			once(t, sys, 2*model.Hour, func(out *model.Outcome) {
				for _, l := range out.Losses {
					if l.Seconds > 0 || l.Transactions > 0 {
						t.Errorf("%v over %g: lost %+v", mode, bandwidth, l)
					}
				}
			})
		}
	}
}

// So is one whose copies take in three quarters, without links.
func TestSlowCopiesThrottle(t *testing.T) {
	sys := narrowSync(0, 0, 1)
	sys.Services[0].Store.Growth, sys.Services[0].Store.TakesIn = 0, 0.75
	sys.Network, sys.Clients = model.Network{}, nil
	for i := range sys.Components {
		sys.Components[i].Site = none
	}
	once(t, sys, model.Hour, func(out *model.Outcome) { near(t, "written", float64(out.Unserved[0]), 900, 1e-6) })
}

// A copy on this side keeps the store at full speed while the one beyond falls behind. Without it, writes wait until
// the far one has caught up on the hour of which it took in half, and then come at half the rate. The near one
// is back then, catches up at once, and the far one falls behind again.
func TestTheFasterCopyIsWaitedFor(t *testing.T) {
	sys := narrowSync(0.5e6, 0, 0, 1)
	breaksOnce(sys, 1, model.OSCrash, model.Hour, 2*model.Hour)
	once(t, sys, 5*model.Hour, func(out *model.Outcome) {
		near(t, "an hour of blocked writes, and half of those of another", float64(out.Unserved[0]), 5400, 1e-3)
	})
	breaksOnce(sys, 0, model.MediaLoss, 2*model.Hour+1800, model.Day)
	near(t, "lost by the far copy, which had caught up", float64(lossOr(t, sys)), 0, 0)
}

// lossOr is the transactions lost by all failovers in six hours.
func lossOr(t *testing.T, sys *model.System) (sum float64) {
	t.Helper()
	once(t, sys, 6*model.Hour, func(out *model.Outcome) {
		if len(out.Losses) == 0 {
			t.Error("nothing fails over")
		}
		for _, l := range out.Losses {
			sum += l.Transactions
		}
	})
	return sum
}

// With nine tenths taken in by the near copy and half by the far one, the far one lacks 1440 s when the near one goes
// for two hours: 2880 s without writes. The near one lacks half of the 4320 s after that when it is back, and gains 0.4 s
// per second on what is written: 5400 s more at half the rate.
func TestCopiesCatchUpWithThrottledWrites(t *testing.T) {
	sys := narrowSync(0.5e6, 0, 0, 1)
	sys.Services[0].Store.TakesIn = 0.9
	breaksOnce(sys, 1, model.OSCrash, model.Hour, 2*model.Hour)
	once(t, sys, 6*model.Hour, func(out *model.Outcome) {
		near(t, "written", float64(out.Unserved[0]), 0.1*3600+2880+0.5*(4320+5400)+0.1*5400, 1e-3)
	})
}

// A store that went on alone runs at full rate, and the far copy, which takes in half, never acknowledges again: a later
// failover loses half of what was written since.
func TestOnceAloneASlowCopyStaysBehind(t *testing.T) {
	sys := narrowSync(0.5e6, 0, 1)
	sys.Services[0].Store.Mode, sys.Services[0].Store.FallbackAfter = model.SemiSync, fixedLaw(10)
	breaksOnce(sys, 1, model.OSCrash, model.Hour, 600)
	once(t, sys, 3*model.Hour, func(out *model.Outcome) {
		near(t, "written", float64(out.Unserved[0]), 1800+10, 1e-3)
	})
	breaksOnce(sys, 0, model.MediaLoss, 2*model.Hour, model.Day)
	near(t, "lost", lossOr(t, sys), 10*(590+0.5*3000), 1e-3)
}

// Clients beyond a link that is cut write nothing, the others three quarters.
func TestThrottledForThoseWhoGetThrough(t *testing.T) {
	sys := narrowSync(0, 0, 0)
	sys.Services[0].Store.Growth, sys.Services[0].Store.TakesIn = 0, 0.75
	breaksOnce(sys, 2, model.Isolated, model.Hour, model.Hour)
	once(t, sys, 2*model.Hour, func(out *model.Outcome) {
		near(t, "written", float64(out.Unserved[0]), 0.25*3600+(1-0.5*0.75)*3600, 1e-3)
	})
}

// The near copy of TestCopiesCatchUpWithThrottledWrites has half of its way before it when it is all that is left: 1080 s
// of full writing, which came in 2160 s.
func TestLossOfACopyThatCatchesUpWithThrottledWrites(t *testing.T) {
	sys := narrowSync(0.5e6, 0, 0, 1)
	sys.Services[0].Store.TakesIn = 0.9
	breaksOnce(sys, 1, model.OSCrash, model.Hour, 2*model.Hour)
	breaksOnce(sys, 2, model.OSCrash, 3*model.Hour+2700-0.001, model.Day)
	breaksOnce(sys, 0, model.MediaLoss, 3*model.Hour+2700, model.Day)
	loss := lossOf(t, sys, 0, 5*model.Hour)
	near(t, "transactions", loss.Transactions, 10*1080, 0.1)
	near(t, "seconds", float64(loss.Seconds), 2160, 0.1)
}
