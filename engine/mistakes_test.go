package engine

import (
	"context"
	"math"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// These tests expose mistakes that would make an expert laugh: each is a small system in which the
// mistake shows as a number that cannot be.

// observe runs a system and hands every outcome to look.
func observe(t testing.TB, sys *model.System, o Options, look func(*model.Outcome)) {
	t.Helper()
	p, err := Compile(sys)
	if err != nil {
		t.Fatal(err)
	}
	for out, err := range p.Replications(context.Background(), o) {
		if err != nil {
			t.Fatal(err)
		}
		look(out)
	}
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance {
		t.Errorf("%s: got %.5g, want %.5g ± %.2g", what, got, want, tolerance)
	}
}

// patroni is a pair under a lease of the given length, as Patroni runs PostgreSQL behind HAProxy.
func patroni(ttl model.Seconds) *model.System {
	p := &policies.ActivePassive{Alpha: 1, Success: 1,
		Decision: policies.Steps{uniformLaw{0, 0.5}}, Activate: policies.Steps{uniformLaw{0, 2}}, Redirect: uniformLaw{2, 4}}
	sys := farm(2, p, 1)
	for i := range sys.Components {
		sys.Components[i] = unit(sys.Components[i].Name, 90*model.Day, model.Hour)
		sys.Components[i].Modes[0].Repair = fixedLaw(model.Hour)
	}
	sys.Services[0].Detector = policies.Lease{TTL: ttl, Renew: 10}
	return sys
}

// Mistake 1: failover is instant, or one constant.
func TestFailoverTakesDetectionElectionAndRedirection(t *testing.T) {
	mean := func(ttl, low, high model.Seconds) float64 {
		sum, n := 0.0, 0.0
		observe(t, patroni(ttl), Options{Horizon: model.Year, Seed: 1, Runs: 1000}, func(out *model.Outcome) {
			for i := range out.Outages {
				if o := &out.Outages[i]; o.Phases[model.Repair] == 0 && !o.Open {
					d := o.End - o.Start
					if d < low-1e-6 || d > high+1e-6 {
						t.Errorf("an outage of %v is outside %v to %v", d, low, high)
					}
					sum, n = sum+float64(d), n+1
				}
			}
		})
		return sum / n
	}
	base := mean(30, 22, 36.5)
	near(t, "mean outage", base, 29.25, 0.3)
	near(t, "mean outage with three times the ttl", mean(90, 82, 96.5)-base, 60, 0.5)
}

func way(component, from, to int32) model.Link {
	return model.Link{Component: component, From: from, To: to}
}

// Mistake 3: detection is perfect. Glitches alone must cause failovers, at 12·P(D > T) a year.
func TestGlitchesCauseFalseAlarms(t *testing.T) {
	sys := farm(2, &policies.ActivePassive{Alpha: 1, Success: 1, Redirect: fixedLaw(2)}, 1)
	for i := range sys.Components {
		sys.Components[i].Modes = nil
		sys.Components[i].Site = int32(i)
	}
	sys.Components = append(sys.Components, model.Component{Name: "fibre", Kind: model.KindLink, Site: none})
	sys.Network = model.Network{
		Sites: []model.Site{{Name: "a", Component: none, Within: none}, {Name: "b", Component: none, Within: none}, {Name: "users", Component: none, Within: none}},
		Links: []model.Link{way(2, 0, 1), way(2, 1, 0), way(none, 2, 0), way(none, 2, 1)},
	}
	sys.Clients = []model.ClientGroup{{Site: 2, Share: 1}}
	sys.Causes = []model.CommonCause{{Name: "glitch", Mode: model.Isolated, Glitch: true, Probability: 1,
		Life: expLaw(model.Year / 12), Repair: expLaw(10), Victims: []int32{2}}}
	sys.Services[0].Detector = policies.Heartbeat{Period: 0, Timeout: 15}
	alarms, down, runs := 0.0, 0.0, 4000
	observe(t, sys, Options{Horizon: model.Year, Seed: 3, Runs: runs}, func(out *model.Outcome) {
		for _, f := range out.Failovers {
			if f.Trigger != model.FalseAlarm {
				t.Fatalf("failover by %v in a system where nothing fails", f.Trigger)
			}
			alarms++
		}
		for i := range out.Outages {
			down += float64(out.Outages[i].Down(out.Horizon))
			if out.Outages[i].Phases[model.Detection] > 0 {
				t.Error("a false alarm costs no detection: nothing was down")
			}
		}
	})
	want := 12 * math.Exp(-1.5)
	near(t, "false failovers a year", alarms/float64(runs), want, 4*math.Sqrt(want/float64(runs)))
	near(t, "downtime per false failover", down/alarms, 2, 0.05)
}

// twoZones has three voters, or two replicas, in zones that a cut separates; clients in both.
func twoZones(policy model.Policy, zones []int32) *model.System {
	sys := farm(len(zones), policy, 1)
	for i := range sys.Components {
		sys.Components[i].Modes = nil
		sys.Components[i].Site = zones[i]
	}
	link := int32(len(sys.Components))
	sys.Components = append(sys.Components, model.Component{Name: "fibre", Kind: model.KindLink, Site: none,
		Modes: []model.Mode{{Kind: model.Isolated, Life: fixedLaw(model.Day), Repair: fixedLaw(600)}}})
	sys.Network = model.Network{
		Sites: []model.Site{{Name: "a", Component: none, Within: none, Transit: true}, {Name: "b", Component: none, Within: none, Transit: true}},
		Links: []model.Link{way(link, 0, 1), way(link, 1, 0)},
	}
	sys.Clients = []model.ClientGroup{{Site: 0, Share: 0.5}, {Site: 1, Share: 0.5}}
	return sys
}

// Mistake 4: a partition is a node failure. Clients of the minority fail, those of the majority do not.
func TestPartitionCutsOffTheMinorityOnly(t *testing.T) {
	sys := twoZones(&policies.Quorum{}, []int32{0, 0, 1})
	observe(t, sys, Options{Horizon: 36 * model.Hour, Seed: 1, Runs: 1}, func(out *model.Outcome) {
		near(t, "unserved: half the clients for ten minutes", float64(out.Unserved[0]), 300, 1e-6)
		if len(out.Failovers) != 0 {
			t.Error("the majority had nothing to fail over")
		}
	})
}

// Mistake 5, as far as an unfenced pair goes: both sides accept writes, and one side's are lost.
func TestUnfencedPartitionLosesOneBranch(t *testing.T) {
	sys := twoZones(&policies.ActivePassive{Alpha: 1, Success: 1}, []int32{0, 1})
	sys.Services[0].Detector = policies.Heartbeat{Period: 0, Timeout: 10}
	sys.Services[0].Store = &model.Store{Mode: model.Async, WriteRate: 100}
	observe(t, sys, Options{Horizon: 36 * model.Hour, Seed: 1, Runs: 1}, func(out *model.Outcome) {
		if len(out.Losses) != 1 {
			t.Fatalf("%d losses, want 1", len(out.Losses))
		}
		l := out.Losses[0]
		near(t, "seconds lost: the whole cut on the old side", float64(l.Seconds), 600, 1e-6)
		near(t, "transactions: of the half that reaches it", l.Transactions, 100*0.5*600, 1e-6)
		near(t, "nobody was without service", float64(out.Unserved[0]), 5, 1e-6) // zone b for the 10 s of detection
	})
}

// Mistake 12: capacity is ignored. Two of four replicas at 80 % load serve 62.5 %.
func TestLostCapacityIsShed(t *testing.T) {
	sys := farm(4, policies.ActiveActive{}, 1)
	sys.Rate = 80
	sys.Services[0].PerReplica = 25
	for i := range sys.Components {
		sys.Components[i].Modes = nil
	}
	sys.Causes = []model.CommonCause{{Name: "rack", Mode: model.OSCrash, Probability: 1, Life: fixedLaw(model.Day),
		Repair: fixedLaw(1000), Victims: []int32{0, 1}}}
	observe(t, sys, Options{Horizon: 36 * model.Hour, Seed: 1, Runs: 1}, func(out *model.Outcome) {
		near(t, "unserved", float64(out.Unserved[0]), 375, 1e-6)
	})
}

// Mistake 13: a crash destroys data, or a restart brings it back.
func TestWhatSurvives(t *testing.T) {
	run := func(kind model.FaultMode, d model.Durability, flush model.Seconds) (losses []model.Loss) {
		sys := farm(1, policies.ActiveActive{}, 1)
		sys.Components[0].Modes = []model.Mode{{Kind: kind, Life: expLaw(10 * model.Day), Repair: fixedLaw(60)}}
		sys.Services[0].Store = &model.Store{Mode: model.Async, WriteRate: 10, Durability: d, FlushEvery: flush}
		observe(t, sys, Options{Horizon: 20 * model.Year, Seed: 1, Runs: 10}, func(out *model.Outcome) {
			losses = append(losses, out.Losses...)
		})
		if len(losses) < 1000 {
			t.Fatalf("only %d recoveries", len(losses))
		}
		return losses
	}
	mean := func(losses []model.Loss) float64 {
		sum := 0.0
		for _, l := range losses {
			sum += float64(l.Seconds)
		}
		return sum / float64(len(losses))
	}
	near(t, "process crash, flushed", mean(run(model.Crash, model.Flush, 0)), 0, 0)
	near(t, "power loss, flushed", mean(run(model.PowerLoss, model.Flush, 0)), 0, 0)
	near(t, "power loss, flushed every second", mean(run(model.PowerLoss, model.Periodic, 1)), 0.5, 0.02)
	near(t, "os crash, left to the operating system", mean(run(model.OSCrash, model.OSCache, 30)), 15, 0.5)
	near(t, "process crash, left to the operating system", mean(run(model.Crash, model.OSCache, 30)), 0, 0)
	near(t, "process crash, flushed every second", mean(run(model.Crash, model.Periodic, 1)), 0, 0)
	for _, l := range run(model.MediaLoss, model.Flush, 0) {
		if !l.Total {
			t.Fatal("the only copy is gone, and yet not everything is lost")
		}
	}
}

// What a primary loses while nobody is there to notice is still due to what took it down.
func TestUnnoticedLossHasItsCause(t *testing.T) {
	sys := farm(2, standby(1), 1)
	sys.Components[0].Modes = []model.Mode{{Kind: model.MediaLoss, Life: fixedLaw(2 * model.Hour), Repair: fixedLaw(600)}}
	sys.Components[1].Modes = []model.Mode{{Kind: model.OSCrash, Life: fixedLaw(model.Hour), Repair: fixedLaw(2 * model.Hour)}}
	sys.Services[0].Detector = policies.After{Down: fixedLaw(10)}
	sys.Services[0].Store = &model.Store{Mode: model.Async, WriteRate: 1}
	observe(t, sys, Options{Horizon: 3.5 * model.Hour, Seed: 1, Runs: 1}, func(out *model.Outcome) {
		if len(out.Losses) != 1 || out.Losses[0].Initiator != 0 {
			t.Fatalf("losses %+v, want one, begun by the media loss", out.Losses)
		}
		near(t, "loss", float64(out.Losses[0].Seconds), 3600, 1e-6)
	})
}

// Mistake 15: partial service counts as up, or as down. A DNS failover moves clients over one TTL.
func TestDNSMovesClientsGradually(t *testing.T) {
	sys := farm(2, &policies.ActivePassive{Alpha: 1, Success: 1, Redirect: fixedLaw(300), RedirectRamp: true}, 1)
	sys.Components[0].Modes = []model.Mode{{Kind: model.OSCrash, Life: fixedLaw(model.Hour)}}
	sys.Components[1].Modes = nil
	observe(t, sys, Options{Horizon: model.Day, Seed: 1, Runs: 1}, func(out *model.Outcome) {
		near(t, "request-weighted downtime", float64(out.Unserved[0]), 150, 1e-6)
		near(t, "time-weighted downtime", float64(out.Outages[0].Down(out.Horizon)), 285, 1e-3)
	})
}

// Warm-up is degraded service: capacity grows from a third to all in 100 s.
func TestWarmUpDegrades(t *testing.T) {
	sys := farm(1, policies.ActiveActive{}, 1)
	sys.Components[0].Modes = []model.Mode{{Kind: model.Crash, Life: fixedLaw(model.Hour), Repair: fixedLaw(10)}}
	sys.Services[0].WarmUp = model.WarmUp{StartAt: 0.5, Ramp: 100}
	observe(t, sys, Options{Horizon: 1.5 * model.Hour, Seed: 1, Runs: 1}, func(out *model.Outcome) {
		near(t, "unserved", float64(out.Unserved[0]), 10+25, 1e-6)
		near(t, "down", float64(out.Outages[0].Down(out.Horizon)), 10+90, 1e-3)
		near(t, "of which warming", float64(out.Outages[0].Phases[model.Warming]), 90, 1e-3)
	})
}

// Sync without a copy blocks writes and not reads; with fallback, only for a while.
func TestSyncBlocksWrites(t *testing.T) {
	for _, c := range []struct {
		mode model.ReplicationMode
		want float64
	}{{model.Async, 0}, {model.SyncFallback, 5}, {model.Sync, 1000}} {
		sys := farm(2, &policies.ActivePassive{Alpha: 1, Success: 1}, 1)
		sys.Components[0].Modes = nil
		sys.Components[1].Modes = []model.Mode{{Kind: model.OSCrash, Life: fixedLaw(model.Hour), Repair: fixedLaw(1000)}}
		sys.Services[0].Store = &model.Store{Mode: c.mode, FallbackAfter: fixedLaw(5), WriteRate: 10}
		read := sys.Journeys[0]
		read.Name, read.Needs = "read", []model.Dependency{{Need: model.Need{Ref: 0, Access: model.Read}}}
		sys.Journeys = append(sys.Journeys, read)
		observe(t, sys, Options{Horizon: 1.5 * model.Hour, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			near(t, "writes down under "+c.mode.String(), float64(out.Unserved[0]), c.want, 1e-6)
			near(t, "reads down under "+c.mode.String(), float64(out.Unserved[1]), 0, 0)
			if c.want > 0 && out.Outages[0].Phases[model.WriteBlock] == 0 {
				t.Error("a blocked write is not booked as one")
			}
		})
	}
}

// A power loss takes the caches of all copies with it, so even a write that both had acknowledged can
// vanish; with a disk flush it cannot (R33).
func TestPowerLossHitsTheCachesOfAllCopies(t *testing.T) {
	for _, c := range []struct {
		durability model.Durability
		want       float64
	}{{model.Flush, 0}, {model.Periodic, 5}} {
		sys := farm(2, &policies.ActivePassive{Alpha: 1, Success: 1}, 1)
		for i := range sys.Components {
			sys.Components[i].Modes = nil
		}
		// The primary's own power comes back ten minutes later, so that the standby takes over.
		sys.Components[0].Modes = []model.Mode{{Kind: model.OSCrash, Life: fixedLaw(model.Day), Repair: fixedLaw(1000)}}
		sys.Causes = []model.CommonCause{{Name: "power", Mode: model.PowerLoss, Probability: 1, Life: fixedLaw(model.Day), Repair: fixedLaw(400), Victims: []int32{0, 1}}}
		sys.Services[0].Store = &model.Store{Mode: model.Sync, Acks: 1, WriteRate: 1, Durability: c.durability, FlushEvery: 10}
		sum, runs := 0.0, 2000
		observe(t, sys, Options{Horizon: 36 * model.Hour, Seed: 2, Runs: runs}, func(out *model.Outcome) {
			if len(out.Losses) == 0 {
				t.Fatal("no recovery")
			}
			sum += float64(out.Losses[0].Seconds) / float64(runs)
		})
		near(t, "seconds lost at the promotion", sum, c.want, 0.25)
	}
}
