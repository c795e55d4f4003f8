package engine

import (
	"fmt"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// These tests are about failover as a protocol: coordinators, fencing, primaries that stop themselves.

// threeSites has a database in zones a and b and a coordinator with a voter in a, in b and at a witness.
// A cut separates zone a from the others for ten minutes, once a day. Clients are in b and at the witness,
// a share of them in a.
func threeSites(fence model.Fence, detector model.Detector) *model.System {
	names := []string{"db-a", "db-b", "etcd-a", "etcd-b", "etcd-w"}
	sites := []int32{0, 1, 0, 1, 2}
	sys := &model.System{Name: "three sites"}
	for i, name := range names {
		sys.Components = append(sys.Components, model.Component{Name: name, Kind: model.KindNode, Site: sites[i]})
	}
	cut := int32(len(sys.Components))
	sys.Components = append(sys.Components, model.Component{Name: "uplink of a", Kind: model.KindLink, Site: none})
	sys.Causes = []model.CommonCause{{Name: "cut", Mode: model.Isolated, Probability: 1, Life: fixedLaw(model.Day), Repair: fixedLaw(600), Victims: []int32{cut}}}
	for _, s := range []string{"a", "b", "w"} {
		sys.Network.Sites = append(sys.Network.Sites, model.Site{Name: s, Component: none, Within: none, Transit: true})
	}
	for _, l := range [][3]int32{{cut, 0, 1}, {cut, 0, 2}, {none, 1, 2}} {
		sys.Network.Links = append(sys.Network.Links, way(l[0], l[1], l[2]), way(l[0], l[2], l[1]))
	}
	sys.Clients = []model.ClientGroup{{Site: 0, Share: 0.25}, {Site: 1, Share: 0.75}}
	member := func(ids ...int32) (out []model.Member) {
		for _, i := range ids {
			out = append(out, model.Member{Component: i, Host: i})
		}
		return out
	}
	sys.Services = []model.Service{
		{Name: "etcd", Balancer: none, Members: member(2, 3, 4), Policy: &policies.Quorum{Election: fixedLaw(1)}},
		{Name: "db", Balancer: none, Members: member(0, 1), Policy: &policies.ActivePassive{Alpha: 1, Success: 1},
			Detector: detector, Observer: model.ByCoordinator, Coordinated: true, Coordinator: 0, Fence: fence,
			Store: &model.Store{Mode: model.Async, WriteRate: 100}},
	}
	sys.Journeys = []model.Journey{{Name: "order", Share: 1, Threshold: 0.95, Service: none,
		Needs: []model.Dependency{{Need: model.Need{Ref: 1, Access: model.Write}}}}}
	return sys
}

var lease = model.Fence{Kind: model.LeaseFencing, Within: uniformLaw{10, 20}}

// Mistake 6: loss is lag. Without any lag, an isolated primary loses what it acknowledges until it gives
// up its lease; one that needs a majority for every write loses nothing, one without fencing everything.
func TestIsolatedPrimaryLosesWhatItAcknowledges(t *testing.T) {
	for _, c := range []struct {
		name      string
		fence     model.Fence
		low, high float64
	}{
		{"lease", lease, 10, 20},
		{"min-replicas", model.Fence{Kind: model.MinReplicas, Within: fixedLaw(10)}, 10, 10},
		{"consensus", model.Fence{Kind: model.ConsensusFencing}, 0, 0},
		{"none", model.Fence{}, 600, 600},
		{"lease that fails", model.Fence{Kind: model.LeaseFencing, Within: uniformLaw{10, 20}, Failure: 1}, 600, 600},
		{"storage lock", model.Fence{Kind: model.StorageLock}, 21, 31}, // with the election of the coordinator
	} {
		sys := threeSites(c.fence, policies.Lease{TTL: 30, Renew: 10})
		lowest, highest, n := 1e9, 0.0, 0
		observe(t, sys, Options{Horizon: 36 * model.Hour, Seed: 5, Runs: 300}, func(out *model.Outcome) {
			for _, l := range out.Losses {
				lowest, highest = min(lowest, float64(l.Seconds)), max(highest, float64(l.Seconds))
				n++
			}
		})
		if n != 300 || lowest < c.low-1e-6 || highest > c.high+1e-6 || highest-lowest < 0.9*(c.high-c.low) {
			t.Errorf("%s: %d losses from %.4g to %.4g s; want 300 from %v to %v", c.name, n, lowest, highest, c.low, c.high)
		}
	}
}

// A primary whose lease runs out is replaced after ttl − U(0, renew); until then its own side is served
// for 10 to 20 s, and nobody afterwards.
func TestLeaseLeavesAGapAndNoOverlap(t *testing.T) {
	sys := threeSites(lease, policies.Lease{TTL: 30, Renew: 10})
	unserved := 0.0
	observe(t, sys, Options{Horizon: 36 * model.Hour, Seed: 5, Runs: 4000}, func(out *model.Outcome) {
		unserved += float64(out.Unserved[0]) / 4000
	})
	// Clients in b wait for 25 s on average; those in a are served for 15 s of 600.
	// An election of 1 s comes first, since the leader of the coordinator was in a too.
	near(t, "unserved", unserved, 0.75*(1+25)+0.25*(600-15), 0.4)
}

// A primary steps down and goes on exactly once each, and says so only when it does: not if touch returns
// before it has stopped, if it is lost again before it may go on, or if the primary dies meanwhile.
func TestPrimaryStopsAndGoesOnOnce(t *testing.T) {
	type pause struct{ at, length model.Seconds }
	for _, c := range []struct {
		name   string
		voters []pause // two of three are gone
		node   pause   // the primary is
		want   string
	}{
		{"in time", []pause{{1000, 8}}, pause{}, ""},
		{"once", []pause{{1000, 100}}, pause{}, "stops at 1010, goes on at 1130; "},
		{"lost again", []pause{{1000, 100}, {1115, 100}}, pause{}, "stops at 1010, goes on at 1245; "},
		{"dead meanwhile", []pause{{1000, 100}}, pause{1120, 50}, "stops at 1010, goes on at 1200; "},
		{"dead before", []pause{{1000, 100}}, pause{1005, 200}, ""},
	} {
		fence := model.Fence{Kind: model.LeaseFencing, Within: fixedLaw(10)}
		sys := threeSites(fence, policies.After{Down: fixedLaw(5000), Back: fixedLaw(30)})
		sys.Causes = nil
		strikes := func(name string, p pause, victims ...int32) {
			if p.at > 0 {
				sys.Causes = append(sys.Causes, model.CommonCause{Name: name, Mode: model.OSCrash, Probability: 1,
					Life: fixedLaw(p.at), Repair: fixedLaw(p.length), Victims: victims})
			}
		}
		for i, p := range c.voters {
			strikes(fmt.Sprint("voters ", i), p, 3, 4)
		}
		strikes("node", c.node, 0)
		p, err := Compile(sys)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if _, err := p.Trace(Options{Horizon: 1500, Seed: 1, Runs: 1}, 0, func(n Note) {
			switch n.Kind {
			case SteppedDown:
				got += fmt.Sprintf("stops at %.0f, ", float64(n.At))
			case WentOn:
				got += fmt.Sprintf("goes on at %.0f; ", float64(n.At))
			}
		}); err != nil {
			t.Fatal(err)
		}
		if got != c.want {
			t.Errorf("%s: it %q, want %q", c.name, got, c.want)
		}
	}
}

// Mistake 8: a coordinator is immortal. Without its majority a healthy primary gives up its lease; with
// failsafe it goes on as long as it reaches its replicas; nobody fails over meanwhile.
func TestPrimaryStopsWithoutItsCoordinator(t *testing.T) {
	for _, failsafe := range []bool{false, true} {
		fence := lease
		fence.Failsafe = failsafe
		sys := threeSites(fence, policies.Lease{TTL: 30, Renew: 10})
		sys.Causes[0].Victims = []int32{3, 4} // two of three voters
		total, runs := 0.0, 2000
		observe(t, sys, Options{Horizon: 36 * model.Hour, Seed: 5, Runs: runs}, func(out *model.Outcome) {
			total += float64(out.Unserved[0])
			for _, f := range out.Failovers {
				if f.Service == 1 {
					t.Fatal("a failover without a coordinator to decide it")
				}
			}
			if down := out.Outages; !failsafe && (len(down) != 1 || down[0].Phases[model.Decision] == 0) {
				t.Fatalf("outages %+v, want one, booked to the decision nobody can take", down)
			}
		})
		want := 600 - 15 + 5.0 // from the stop to the end, and to the next renewal
		if failsafe {
			want = 0
		}
		near(t, "unserved", total/float64(runs), want, 0.5)
	}
}

// Two voters tolerate nothing: together they are down more often than one alone.
func TestTwoVotersAreWorseThanOne(t *testing.T) {
	down := func(voters int) float64 {
		sum := 0.0
		observe(t, farm(voters, &policies.Quorum{}, 1), Options{Horizon: 10 * model.Year, Seed: 2, Runs: 200}, func(out *model.Outcome) {
			sum += float64(out.Unserved[0])
		})
		return sum
	}
	one, two, three := down(1), down(2), down(3)
	if !(three < one && one < two && two > 1.8*one) {
		t.Errorf("unserved with 1, 2 and 3 voters: %.3g, %.3g, %.3g", one, two, three)
	}
}

// Stonith blocks the failover until the power is off; when every attempt fails, until a human has come.
func TestStonithBlocksTheFailover(t *testing.T) {
	for _, c := range []struct {
		success float64
		want    float64
	}{{1, 8}, {0, 3*60 + 1000}} {
		sys := farm(2, &policies.ActivePassive{Alpha: 1, Success: 1, Human: policies.Human{Act: fixedLaw(1000)},
			Stonith: &policies.Stonith{Takes: fixedLaw(8), Success: c.success, Timeout: 60, Attempts: 3}}, 1)
		sys.Components[0].Modes = []model.Mode{{Kind: model.OSCrash, Life: fixedLaw(model.Hour)}}
		sys.Components[1].Modes = nil
		sys.Services[0].Fence.Kind = model.Stonith
		observe(t, sys, Options{Horizon: model.Day, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			near(t, "down while fencing", float64(out.Outages[0].Phases[model.Fencing]), c.want, 1e-6)
			near(t, "down in all", float64(out.Outages[0].Down(out.Horizon)), c.want, 1e-6)
			if manual := out.Failovers[0].Manual; manual != (c.success == 0) {
				t.Errorf("a human was needed: %v", manual)
			}
		})
	}
}

// onceDown is a pair whose first member fails once, at a time drawn from a law, and stays down.
func onceDown(at model.Distribution, p *policies.ActivePassive) *model.System {
	sys := farm(2, p, 1)
	sys.Components[0].Modes = []model.Mode{{Kind: model.OSCrash, Life: at}}
	sys.Components[1].Modes = nil
	return sys
}

// Mistake 9: a standby always works. One that rots unnoticed once a year and is drilled every 90 days is
// bad on demand in 1 − (1 − e^(−λT))/(λT) = 11.4 % of the cases; without drills ever more often.
func TestStandbysRot(t *testing.T) {
	share := func(at model.Distribution, drill model.Seconds, seen float64) float64 {
		sys := onceDown(at, &policies.ActivePassive{Alpha: 1, Success: 1, Activate: policies.Steps{fixedLaw(60)}, Human: policies.Human{Act: fixedLaw(1000)}})
		sys.Services[0].Rot = model.Rot{Life: expLaw(model.Year), Seen: seen, Repair: fixedLaw(0), DrillEvery: drill}
		failed, runs := 0.0, 20000
		observe(t, sys, Options{Horizon: 11 * model.Year, Seed: 9, Runs: runs}, func(out *model.Outcome) {
			f := out.Failovers[0]
			failed += float64(f.Failures)
			if want := 60 + 1060*model.Seconds(f.Failures); f.Result != model.Succeeded || f.Manual != (f.Failures == 1) || out.Outages[0].Down(out.Horizon)-want > 1e-3 {
				t.Fatalf("%+v after %v", f, out.Outages[0].Down(out.Horizon))
			}
		})
		return failed / float64(runs)
	}
	whole := uniformLaw{0, 40 * 90 * model.Day}
	near(t, "bad on demand with a drill every 90 days", share(whole, 90*model.Day, 0), 0.1135, 0.008)
	near(t, "with monitoring that sees three of four", share(whole, 90*model.Day, 0.75), 0.0302, 0.005)
	near(t, "after half a year without drills", share(fixedLaw(model.Year/2), 0, 0), 0.3935, 0.012)
	near(t, "after two years without drills", share(fixedLaw(2*model.Year), 0, 0), 0.8647, 0.009)
}

// Failing back adds exactly one interruption to every failover, and loses nothing.
func TestFailbackIsOneMoreInterruption(t *testing.T) {
	for _, after := range []model.Seconds{0, 3600} {
		sys := farm(2, &policies.ActivePassive{Alpha: 1, Success: 1, Activate: policies.Steps{fixedLaw(60)}, Switchover: fixedLaw(6)}, 1)
		sys.Components[0].Modes = []model.Mode{{Kind: model.OSCrash, Life: fixedLaw(model.Day), Repair: fixedLaw(1800)}}
		sys.Components[1].Modes = nil
		sys.Services[0].Failback, sys.Services[0].FailbackAfter = true, after
		sys.Services[0].Store = &model.Store{Mode: model.Async, Lag: fixedLaw(1), WriteRate: 1}
		observe(t, sys, Options{Horizon: 10.5 * model.Day, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			count := map[model.Trigger]int{}
			for _, f := range out.Failovers {
				count[f.Trigger]++
				if f.Trigger == model.Planned && (f.From != 1 || f.To != 0) {
					t.Errorf("went back from %d to %d", f.From, f.To)
				}
			}
			if count[model.RealFault] != 10 || count[model.Planned] != 10 {
				t.Errorf("after %v: %v", after, count)
			}
			near(t, "unserved", float64(out.Unserved[0]), 10*(60+6), 1e-3)
			lost := 0.0
			for _, l := range out.Losses {
				lost += float64(l.Seconds)
			}
			near(t, "seconds of writes lost by the failovers alone", lost, 10, 1e-6)
		})
	}
}

// A second failure inside the hold-down takes the manual path: that is the price of not flapping.
func TestHoldDownLeavesTheNextFailoverToPeople(t *testing.T) {
	for _, hold := range []model.HoldDown{{Between: 3 * model.Hour}, {Most: 1, Window: 3 * model.Hour}, {Most: 2, Window: 3 * model.Hour}} {
		sys := farm(2, &policies.ActivePassive{Alpha: 1, Success: 1, Human: policies.Human{Act: fixedLaw(1000)}, Activate: policies.Steps{fixedLaw(10)}}, 1)
		for i := range sys.Components {
			sys.Components[i].Modes = []model.Mode{{Kind: model.OSCrash, Life: fixedLaw(model.Day + model.Hour*model.Seconds(i)), Repair: fixedLaw(1800)}}
		}
		sys.Services[0].HoldDown = hold
		observe(t, sys, Options{Horizon: 1.5 * model.Day, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			if len(out.Failovers) != 2 || out.Failovers[0].Manual || out.Failovers[1].Manual != (hold.Most < 2) {
				t.Errorf("%+v: failovers %+v", hold, out.Failovers)
			}
		})
	}
}

// Clients who ignore the redirection are lost for longer: 300 s of ramp for the others, then the rest.
func TestSomeClientsIgnoreTheRedirection(t *testing.T) {
	sys := onceDown(fixedLaw(model.Hour), &policies.ActivePassive{Alpha: 1, Success: 1, Redirect: fixedLaw(300), RedirectRamp: true,
		LateShare: 0.2, LateUntil: fixedLaw(1300)})
	observe(t, sys, Options{Horizon: model.Day, Seed: 1, Runs: 1}, func(out *model.Outcome) {
		near(t, "unserved", float64(out.Unserved[0]), 0.8*150+0.2*1300, 1e-3)
		near(t, "below the threshold", float64(out.Outages[0].Down(out.Horizon)), 1300, 1e-3)
	})
}

// What fails at one instant is found out by the same poll (R9).
func TestVictimsOfOneEventAreFoundTogether(t *testing.T) {
	sys := farm(4, policies.ActiveActive{}, 1)
	sys.Rate, sys.Services[0].PerReplica = 4, 1
	for i := range sys.Components {
		sys.Components[i].Modes = nil
	}
	sys.Causes = []model.CommonCause{{Name: "rack", Mode: model.OSCrash, Probability: 1, Life: fixedLaw(model.Day),
		Repair: fixedLaw(1000), Victims: []int32{0, 1}}}
	sys.Services[0].Detector = policies.Probe{Interval: 10, Fall: 1, Rise: 1}
	p, err := Compile(sys)
	if err != nil {
		t.Fatal(err)
	}
	for run := range 20 {
		r, out := p.NewRunner(Options{Horizon: 25 * model.Hour, Seed: 3}), model.Outcome{}
		r.Reset(run, &out)
		var at []model.Seconds
		r.note = func(n Note) {
			if n.Kind == BelievedDown {
				at = append(at, n.At)
			}
		}
		r.Run()
		if len(at) != 2 || at[0] != at[1] || at[0] <= model.Day || at[0] > model.Day+10 {
			t.Fatalf("run %d: the victims were found at %v", run, at)
		}
	}
}

// False alarms that nothing explains come at their own rate; each costs what a failover costs.
func TestFalseAlarms(t *testing.T) {
	sys := farm(2, &policies.ActivePassive{Alpha: 1, Success: 1, Redirect: fixedLaw(2)}, 1)
	for i := range sys.Components {
		sys.Components[i].Modes = nil
	}
	sys.Services[0].Detector = policies.Heartbeat{Period: 1, Timeout: 10}
	sys.Services[0].FalseAlarms = expLaw(model.Year / 12)
	alarms, unserved, runs := 0.0, 0.0, 2000
	observe(t, sys, Options{Horizon: model.Year, Seed: 3, Runs: runs}, func(out *model.Outcome) {
		for _, f := range out.Failovers {
			if f.Trigger != model.FalseAlarm || f.Result != model.Succeeded {
				t.Fatalf("%+v", f)
			}
		}
		alarms += float64(len(out.Failovers))
		unserved += float64(out.Unserved[0])
	})
	near(t, "false failovers a year", alarms/float64(runs), 12, 0.32)
	near(t, "unserved per failover", unserved/alarms, 2, 1e-6)
}

// One person does one thing at a time: of two services that fail together, the second waits for the
// first; with two people neither waits, and at night both wait for somebody to wake up.
func TestPeopleDoOneThingAtATime(t *testing.T) {
	for _, c := range []struct {
		staff      int
		office     model.Office
		one, other float64
	}{
		{0, model.Office{}, 1000, 1000},
		{1, model.Office{}, 1000, 2000},
		{2, model.Office{}, 1000, 1000},
		{2, model.Office{Kept: true, Days: [7]bool{true}, From: 0, To: 7200}, 1000, 1000},
		{2, model.Office{Kept: true, Days: [7]bool{true}, From: 7200, To: 9000}, 1300, 1300},
		{2, model.Office{Kept: true, Days: [7]bool{false, true}, From: 0, To: 7200}, 1300, 1300},
	} {
		manual := &policies.ActivePassive{Alpha: 1, Success: 1, Manual: true, Human: policies.Human{
			Acknowledge: fixedLaw(100), Night: fixedLaw(400), Act: fixedLaw(900)}}
		sys := onceDown(fixedLaw(model.Hour), manual)
		second := sys.Services[0]
		second.Name = "second"
		sys.Services = append(sys.Services, second)
		sys.Journeys = append(sys.Journeys, model.Journey{Name: "second", Threshold: 0.95, Service: 1, Needs: []model.Dependency{{Need: model.Need{Ref: 1}}}})
		sys.People = model.People{Staff: c.staff, Office: c.office}
		observe(t, sys, Options{Horizon: model.Day, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			a, b := float64(out.Unserved[0]), float64(out.Unserved[1])
			near(t, "the first of two", min(a, b), c.one, 1e-6)
			near(t, "the other", max(a, b), c.other, 1e-6)
		})
	}
}

// A primary that comes back sends the person who was at it to the next incident.
func TestRepairFreesThePerson(t *testing.T) {
	manual := &policies.ActivePassive{Alpha: 1, Success: 1, Manual: true, Human: policies.Human{Act: fixedLaw(1000)}}
	sys := farm(2, manual, 1)
	sys.Components = append(sys.Components, unit("c", 1, 1), unit("d", 1, 1))
	for i := range sys.Components {
		sys.Components[i].Modes = nil
	}
	sys.Components[0].Modes = []model.Mode{{Kind: model.OSCrash, Life: fixedLaw(3600), Repair: fixedLaw(200)}}
	sys.Components[2].Modes = []model.Mode{{Kind: model.OSCrash, Life: fixedLaw(3900)}}
	second := sys.Services[0]
	second.Name, second.Members = "second", []model.Member{{Component: 2, Host: 2}, {Component: 3, Host: 3}}
	sys.Services = append(sys.Services, second)
	sys.Journeys = append(sys.Journeys, model.Journey{Name: "second", Threshold: 0.95, Service: 1, Needs: []model.Dependency{{Need: model.Need{Ref: 1}}}})
	sys.People.Staff = 1
	observe(t, sys, Options{Horizon: 2 * model.Hour, Seed: 1, Runs: 1}, func(out *model.Outcome) {
		near(t, "the second incident", float64(out.Unserved[1]), 1000, 1e-6)
	})
}

// Standbys that answer reads keep them going through a failover; writes wait.
func TestStandbysAnswerReads(t *testing.T) {
	for _, reads := range []bool{false, true} {
		sys := onceDown(fixedLaw(model.Hour), &policies.ActivePassive{Alpha: 1, Success: 1, Activate: policies.Steps{fixedLaw(100)}})
		sys.Services[0].Store, sys.Services[0].StandbyReads = &model.Store{WriteRate: 1}, reads
		read := sys.Journeys[0]
		read.Name, read.Needs = "read", []model.Dependency{{Need: model.Need{Ref: 0, Access: model.Read}}}
		write := read
		write.Name, write.Needs = "write", []model.Dependency{{Need: model.Need{Ref: 0, Access: model.Write}}}
		sys.Journeys = []model.Journey{read, write}
		observe(t, sys, Options{Horizon: model.Day, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			near(t, "writes", float64(out.Unserved[1]), 100, 1e-6)
			near(t, "reads", float64(out.Unserved[0]), map[bool]float64{false: 100, true: 0}[reads], 1e-6)
		})
	}
}

// Where the members themselves are the quorum, half of them promote nobody (R13).
func TestConsensusNeedsAMajorityToPromote(t *testing.T) {
	for _, c := range []struct {
		zones []int32
		want  int
	}{{[]int32{0, 1}, 0}, {[]int32{0, 1, 1}, 1}} {
		sys := twoZones(&policies.ActivePassive{Alpha: 1, Success: 1}, c.zones)
		sys.Services[0].Detector = policies.Heartbeat{Period: 0, Timeout: 10}
		sys.Services[0].Fence.Kind = model.ConsensusFencing
		observe(t, sys, Options{Horizon: 36 * model.Hour, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			if len(out.Failovers) != c.want {
				t.Errorf("%d members: %d failovers, want %d", len(c.zones), len(out.Failovers), c.want)
			}
		})
	}
}
