package engine

import (
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// These tests are about who may be promoted (R15, R32).

// fails has component i fail in the given way, at a time and for a while, and again that time later.
func fails(sys *model.System, i int, mode model.FaultMode, at, length model.Seconds) {
	sys.Components[i].Modes = append(sys.Components[i].Modes, model.Mode{Kind: mode, Life: fixedLaw(at), Repair: fixedLaw(length)})
}

// lagging is a database on n nodes with copies that are five seconds behind. Failures of members are
// believed after ten seconds, a promotion takes one, and a person 600.
func lagging(n int, store model.Store) *model.System {
	p := &policies.ActivePassive{Alpha: 1, Success: 1, Human: policies.Human{Act: fixedLaw(600)}, Activate: policies.Steps{fixedLaw(1)}}
	sys := farm(n, p, 1)
	for i := range sys.Components {
		sys.Components[i].Modes = nil
	}
	if store.Lag == nil {
		store.Lag = fixedLaw(5)
	}
	store.WriteRate = 10
	sys.Services[0].Store = &store
	sys.Services[0].Detector, sys.Services[0].Observer = policies.After{Down: fixedLaw(10)}, model.ByEveryone
	return sys
}

// A candidate that lacks more than max_lag is not promoted by a machine: that trades the loss for an outage
// until the primary is back, or until a person accepts the loss (R32).
func TestMaxLagTradesLossForDowntime(t *testing.T) {
	for _, c := range []struct {
		name       string
		want       model.Candidates
		down, lost float64
		manual     bool
	}{
		{"no limit", model.Candidates{}, 11, 5, false},
		{"close enough", model.Candidates{MaxLag: 6}, 11, 5, false},
		{"too far", model.Candidates{MaxLag: 4}, 3600, 0, false},
		{"too far, but a human accepts it", model.Candidates{MaxLag: 4, ByHand: true}, 611, 5, true},
	} {
		sys := lagging(2, model.Store{Candidates: c.want})
		fails(sys, 0, model.OSCrash, 1000, model.Hour)
		once(t, sys, 5000, func(out *model.Outcome) {
			near(t, c.name+": downtime", float64(out.Unserved[0]), c.down, 1e-6)
			lost, manual := 0.0, false
			for _, l := range out.Losses {
				lost += float64(l.Seconds)
			}
			for _, f := range out.Failovers {
				manual = manual || f.Manual
			}
			near(t, c.name+": loss", lost, c.lost, 1e-6)
			if manual != c.manual {
				t.Errorf("%s: a human on the path %v, want %v", c.name, manual, c.manual)
			}
		})
	}
}

// What a standby missed while it was down counts as a lag, too; the limit takes the place of the rule that
// who missed anything at all may not lead.
func TestMaxLagCountsWhatWasMissed(t *testing.T) {
	for _, c := range []struct {
		limit model.Seconds
		lost  float64 // -1 = nobody is promoted
	}{{0, -1}, {100, -1}, {400, 305}} {
		sys := lagging(2, model.Store{Candidates: model.Candidates{MaxLag: c.limit}})
		fails(sys, 1, model.OSCrash, 1000, 330)  // misses 300 s, and the 5 s it was behind
		fails(sys, 0, model.OSCrash, 1300, 3600) // the other returns while it is down
		once(t, sys, 2200, func(out *model.Outcome) {
			if c.lost < 0 {
				if len(out.Failovers) != 0 || len(out.Losses) != 0 {
					t.Errorf("limit %v: failovers %+v, losses %+v; want none", c.limit, out.Failovers, out.Losses)
				}
				return
			}
			near(t, "lost", float64(out.Losses[0].Seconds), c.lost, 1e-6)
		})
	}
}

// Of several candidates the one that has most leads, whatever the order of the file (R15).
func TestBestPositionLeads(t *testing.T) {
	sys := lagging(3, model.Store{Candidates: model.Candidates{MaxLag: model.Hour}})
	fails(sys, 1, model.OSCrash, 1000, 305)
	fails(sys, 0, model.OSCrash, 1300, 3600)
	once(t, sys, 2200, func(out *model.Outcome) {
		// The second is back while the primary is down: the third has 300 s more.
		if len(out.Failovers) != 1 || out.Failovers[0].To != 2 || out.Losses[0].Seconds != 5 {
			t.Errorf("failovers %+v, losses %+v; want one to the third, which has lost 5 s", out.Failovers, out.Losses)
		}
	})
}

// With fallback, a primary that goes on alone leaves its copies behind: nobody is promoted then, unless any
// copy will do, or a human accepts the loss of everything since.
func TestLastKnownSync(t *testing.T) {
	for _, c := range []struct {
		name string
		want model.Candidates
		lost float64 // -1 = nobody is promoted
	}{
		{"as replicated", model.Candidates{}, -1},
		{"last known sync", model.Candidates{MustBe: model.LastKnownSync}, -1},
		{"by hand", model.Candidates{ByHand: true}, 290},
		{"any", model.Candidates{MustBe: model.AnyCopy}, 290},
		{"any within a limit", model.Candidates{MustBe: model.AnyCopy, MaxLag: 100}, -1},
	} {
		sys := twoZones(&policies.ActivePassive{Alpha: 1, Success: 1, Human: policies.Human{Act: fixedLaw(60)}}, []int32{0, 1})
		sys.Components[2].Modes = []model.Mode{{Kind: model.Isolated, Life: fixedLaw(1000), Repair: fixedLaw(model.Hour)}}
		fails(sys, 0, model.OSCrash, 1300, 2*model.Hour)
		sys.Services[0].Store = &model.Store{Mode: model.SyncFallback, FallbackAfter: fixedLaw(10), WriteRate: 10, Candidates: c.want}
		once(t, sys, 2*model.Hour, func(out *model.Outcome) {
			promoted := len(out.Failovers) > 0
			if promoted != (c.lost >= 0) {
				t.Errorf("%s: failovers %+v", c.name, out.Failovers)
			}
			if promoted && len(out.Losses) > 0 {
				near(t, c.name+": lost since it went alone, by the half that reaches it", out.Losses[0].Transactions, 0.5*10*c.lost, 1e-6)
			}
		})
	}
}

// Of three, the one that was cut off before the primary fell is not known to be in sync, even with strict
// replication: the third acknowledged what it lacks.
func TestWhoWasLeftOutIsNotInSync(t *testing.T) {
	for _, c := range []struct {
		rule model.CandidateRule
		want int
	}{{model.AnyCopy, 1}, {model.LastKnownSync, 0}} {
		sys := lagging(3, model.Store{Mode: model.Sync, Acks: 1, Candidates: model.Candidates{MustBe: c.rule}})
		for i := range 3 {
			sys.Components[i].Site = int32(i)
		}
		cut := int32(len(sys.Components))
		sys.Components = append(sys.Components, model.Component{Name: "line", Kind: model.KindLink, Site: none})
		fails(sys, int(cut), model.Isolated, 1000, model.Hour)
		fails(sys, 0, model.OSCrash, 1300, model.Hour)
		fails(sys, 2, model.OSCrash, 1300, model.Hour)
		for _, s := range []string{"a", "b", "c"} {
			sys.Network.Sites = append(sys.Network.Sites, model.Site{Name: s, Component: none, Within: none})
		}
		sys.Network.Links = []model.Link{way(cut, 0, 1), way(cut, 1, 0), way(none, 0, 2), way(none, 2, 0)}
		once(t, sys, 90*model.Minute, func(out *model.Outcome) {
			if len(out.Failovers) != c.want {
				t.Errorf("rule %d: failovers %+v, want %d", c.rule, out.Failovers, c.want)
			}
		})
	}
}

// Who may be promoted is for the coordinator to know: a primary that is cut off from it cannot go on alone,
// so its standby on the other side takes over, and nothing is lost.
func TestNobodyGoesAloneBehindTheBackOfTheCoordinator(t *testing.T) {
	sys := threeSites(lease, policies.Lease{TTL: 30, Renew: 10})
	sys.Services[1].Store = &model.Store{Mode: model.SyncFallback, FallbackAfter: fixedLaw(1), WriteRate: 100}
	observe(t, sys, Options{Horizon: 36 * model.Hour, Seed: 5, Runs: 100}, func(out *model.Outcome) {
		taken := 0
		for _, f := range out.Failovers {
			if f.Service == 1 && f.Result == model.Succeeded {
				taken++
			}
		}
		if taken != 1 || len(out.Losses) != 1 || out.Losses[0].Seconds != 0 {
			t.Fatalf("failovers %+v, losses %+v; want one that lost nothing", out.Failovers, out.Losses)
		}
	})
}

// After a failed promotion a machine tries again so long after it began: in an hour, every six minutes.
func TestRetriesWaitForTheirTime(t *testing.T) {
	for _, c := range []struct {
		after model.Seconds
		want  int32
	}{{360, 10}, {1200, 3}} {
		sys := lagging(2, model.Store{})
		p := sys.Services[0].Policy.(*policies.ActivePassive)
		p.Success, p.RetryAlone, p.RetryAfter, p.Decision = 0, true, c.after, policies.Steps{fixedLaw(2)}
		fails(sys, 0, model.OSCrash, 1000, 3600)
		once(t, sys, 5000, func(out *model.Outcome) {
			// Attempts begin 10 s after the fault and take 3 s; the last one is under way or waits when the
			// primary returns.
			if len(out.Failovers) != 1 || out.Failovers[0].Failures != c.want || out.Failovers[0].Manual {
				t.Errorf("failovers %+v, want one with %d failures and no human", out.Failovers, c.want)
			}
			near(t, "downtime", float64(out.Unserved[0]), 3600, 1e-6)
		})
	}
}

// A primary that is seen again while another gets ready shows how far behind that one is. If it lacks more than it
// may, its promotion is called off at once; who has caught up in the same instant goes on.
func TestWhoLacksTooMuchIsCalledOffWhenThePrimaryIsSeen(t *testing.T) {
	for takesIn, want := range map[float64]model.Failover{
		2: {To: 0, Result: model.Abandoned, End: 600},
		0: {To: 1, Result: model.Succeeded, End: 1010},
	} {
		sys := twoZones(&policies.ActivePassive{Alpha: 1, Success: 1, Activate: policies.Steps{fixedLaw(1000)}}, []int32{0, 1})
		sys.Services[0].Detector = policies.After{Down: fixedLaw(10)}
		sys.Services[0].Store = &model.Store{WriteRate: 10, TakesIn: takesIn, Candidates: model.Candidates{MaxLag: 100}}
		once(t, sys, 30*model.Hour, func(out *model.Outcome) {
			if len(out.Failovers) != 1 || out.Failovers[0].Result != want.Result || out.Failovers[0].To != want.To {
				t.Fatalf("taking in %v: failovers %+v, want one to %d: %v", takesIn, out.Failovers, want.To, want.Result)
			}
			near(t, "ended", float64(out.Failovers[0].End-model.Day), float64(want.End), 1e-6)
		})
	}
}

// A primary is slow from 6000 s on, and taken for lost. Its copy takes in what it lacks all the while, and is promoted
// in the instant in which it is near enough to what was known to be written.
func TestCandidatesComeNearEnough(t *testing.T) {
	for _, c := range []struct{ takesIn, away, start float64 }{
		{0.5, 0, 10000},         // has half of what was written until any moment
		{2, 2000, 6000 + 502.5}, // back in that instant with what there was at 3995 s
	} {
		sys := lagging(2, model.Store{TakesIn: c.takesIn, Candidates: model.Candidates{MaxLag: 1000}})
		fails(sys, 0, model.Slow, 6000, 20000)
		sys.Components[0].Modes[0].Capacity = 0.5
		if c.away > 0 {
			breaksOnce(sys, 1, model.OSCrash, 4000, model.Seconds(c.away))
		}
		once(t, sys, 20000, func(out *model.Outcome) {
			if len(out.Failovers) != 1 || out.Failovers[0].To != 1 {
				t.Fatalf("taking in %v: failovers %+v, want one to the copy", c.takesIn, out.Failovers)
			}
			near(t, "near enough", float64(out.Failovers[0].Start), c.start, 1e-3)
		})
	}
}
