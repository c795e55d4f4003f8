package engine

import (
	"math"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// These tests are about load: demand over the day, overload, slow replicas, who balances and how.

// crowd is n units of 100 requests per second each that never fail, but for the first `victims`, which
// a cause holds down once, from a given time on for a given time.
func crowd(n, victims int, at, length model.Seconds) *model.System {
	sys := farm(n, policies.ActiveActive{}, 1)
	sys.Services[0].PerReplica = 100
	for i := range sys.Components {
		sys.Components[i].Modes = nil
	}
	c := model.CommonCause{Name: "zone", Mode: model.OSCrash, Probability: 1, Life: fixedLaw(at), Repair: fixedLaw(length)}
	for v := range victims {
		c.Victims = append(c.Victims, int32(v))
	}
	sys.Causes = []model.CommonCause{c}
	return sys
}

// once runs a system in which nothing is left to chance.
func once(t *testing.T, sys *model.System, horizon model.Seconds, look func(*model.Outcome)) {
	t.Helper()
	if ps := model.Check(sys, nil).Faults(); len(ps) > 0 {
		t.Fatal(ps)
	}
	observe(t, sys, Options{Horizon: horizon, Seed: 1, Runs: 1}, look)
}

// Half the capacity is lost from 06:00 to 16:00. At night one of two is enough; from 09:00 on every other
// request is turned away, which weighs as much as there are requests then.
func TestDemandFollowsTheHour(t *testing.T) {
	sys := crowd(2, 1, 30*model.Hour, 10*model.Hour)
	sys.Rate, sys.Peak = 100, model.Peak{Rate: 200, From: 9 * model.Hour, To: 22 * model.Hour}
	once(t, sys, 53*model.Hour, func(out *model.Outcome) {
		mean := (100*27.0 + 200*26) / 53
		near(t, "unserved", float64(out.Unserved[0]), 7*3600*0.5*200/mean, 1e-6)
		if o := out.Outages[0]; len(out.Outages) != 1 || o.Start != 33*model.Hour || o.End != 40*model.Hour || o.Initiator != sys.CauseElement(0) {
			t.Errorf("outages %+v", out.Outages)
		}
		if out.Events != 3 { // the cause comes, goes, and 09:00 between them: other hours do not matter
			t.Errorf("%d events", out.Events)
		}
	})
	sys.Rate, sys.Peak = 200, model.Peak{Rate: 100, From: 22 * model.Hour, To: 33 * model.Hour} // said the other way round
	once(t, sys, 53*model.Hour, func(out *model.Outcome) {
		near(t, "unserved with a peak over midnight", float64(out.Unserved[0]), 7*3600*0.5*200/((100*27.0+200*26)/53), 1e-6)
	})
}

// Too little for the peak is too little every day, and a steady-state start begins at midnight too.
func TestPeakBeyondAllCapacity(t *testing.T) {
	sys := crowd(2, 0, model.Never, 1)
	sys.Causes = nil
	sys.Components[0].Modes = []model.Mode{{Kind: model.Hang, Life: expLaw(1e9 * model.Year), Repair: fixedLaw(12345)}}
	sys.Rate, sys.Peak = 100, model.Peak{Rate: 250, From: 9 * model.Hour, To: 22 * model.Hour}
	for _, steady := range []bool{false, true} {
		observe(t, sys, Options{Horizon: 10 * model.Day, Seed: 1, Runs: 1, SteadyState: steady}, func(out *model.Outcome) {
			near(t, "unserved", float64(out.Unserved[0]), 10*13*3600*0.2*250/((100*11.0+250*13)/24), 1e-4)
			if len(out.Outages) != 10 || out.Outages[0].Start != 9*model.Hour || out.Outages[0].Initiator != sys.ServiceElement(0) || out.Outages[0].Phases[model.Overload] != 13*model.Hour {
				t.Errorf("%d outages, the first %+v", len(out.Outages), out.Outages[0])
			}
		})
	}
}

// A ramp over which the load changes is weighed as it goes.
func TestRampsAreWeighedByTheHour(t *testing.T) {
	sys := onceDown(fixedLaw(9*model.Hour-100), &policies.ActivePassive{Alpha: 1, Success: 1, Redirect: fixedLaw(300), RedirectRamp: true})
	sys.Rate, sys.Peak = 100, model.Peak{Rate: 200, From: 9 * model.Hour, To: 22 * model.Hour}
	once(t, sys, model.Day, func(out *model.Outcome) {
		// 1 − t/300 over 300 s, of which the first 100 are off peak
		near(t, "unserved", float64(out.Unserved[0]), (100*(100-100*100/600.0)+200*(200*200/600.0))/((100*11.0+200*13)/24), 1e-6)
	})
}

// Mistake 12: capacity does not matter. Two of four replicas are lost at 80 % load: those that shed serve
// 62.5 %. Those that collapse serve nothing from the last one's fall until a human sheds load, or until the
// load falls: that the zone is back is not enough against everybody who tries again.
func TestCollapseUnderLoad(t *testing.T) {
	build := func(human model.Responder) *model.System {
		sys := crowd(4, 2, 34*model.Hour, model.Hour)
		sys.Rate, sys.Peak = 100, model.Peak{Rate: 320, From: 9 * model.Hour, To: 22 * model.Hour}
		sys.Services[0].Collapse = &model.Collapse{Above: 1.3, After: 60, Step: fixedLaw(120), Retry: 1.6, Human: human}
		return sys
	}
	weight := 320 / ((100*11.0 + 320*13) / 24)
	began := 0.375*180 + 0.6875*120 // two fall, 180 and 300 s after the loss of the others
	sys := build(nil)
	sys.Services[0].Collapse = nil
	once(t, sys, 2*model.Day, func(out *model.Outcome) {
		near(t, "unserved while shedding", float64(out.Unserved[0]), weight*0.375*3600, 1e-6)
	})
	once(t, build(&policies.Human{Act: fixedLaw(1800)}), 2*model.Day, func(out *model.Outcome) {
		near(t, "unserved until a human sheds load", float64(out.Unserved[0]), weight*(began+1560+0.375*(3600-1860)), 1e-6)
		near(t, "booked to overload", float64(out.Outages[0].Phases[model.Overload]), 1800, 1e-6)
	})
	once(t, build(nil), 2*model.Day, func(out *model.Outcome) {
		again := 0.375*120 + 0.6875*120 // those that come back an hour later fall too
		near(t, "unserved until the load falls", float64(out.Unserved[0]), weight*(began+3300+again+11*3600-240), 1e-6)
		if o := out.Outages[0]; len(out.Outages) != 1 || o.End != 46*model.Hour || o.Initiator != sys.CauseElement(0) {
			t.Errorf("outages %+v", out.Outages)
		}
	})
}

// What lasts less than a minute, or stays below the limit, brings nobody down.
func TestCollapseNeedsTimeAndExcess(t *testing.T) {
	for _, c := range []struct {
		rate   float64
		length model.Seconds
		want   float64
	}{{320, 59, 0.375 * 59}, {250, 3600, 0.2 * 3600}, {170, 3600, 0}} {
		sys := crowd(4, 2, 34*model.Hour, c.length)
		sys.Rate = c.rate
		sys.Services[0].Collapse = &model.Collapse{Above: 1.3, After: 60, Step: fixedLaw(120), Retry: 1.6}
		once(t, sys, 2*model.Day, func(out *model.Outcome) {
			near(t, "unserved", float64(out.Unserved[0]), c.want, 1e-6)
		})
	}
}

// gray is a unit that is slow once, for an hour, with errors for 30 % and half its capacity.
func gray(sys *model.System, i int) *model.System {
	sys.Components[i].Modes = []model.Mode{{Kind: model.Slow, Life: fixedLaw(model.Day), Repair: fixedLaw(model.Hour), Errors: 0.3, Capacity: 0.5}}
	return sys
}

// One of three replicas answers 30 % wrongly with half its capacity until somebody takes it out.
func TestSlowReplicas(t *testing.T) {
	for _, c := range []struct {
		name     string
		rate     float64
		detector model.Detector
		want     float64
	}{
		{"nobody looks", 0, nil, 0.1 * 3600},
		{"seen in a minute", 0, policies.After{Down: fixedLaw(60)}, 0.1 * 60},
		{"reported by users", 0, policies.Seeing{Detector: policies.After{Down: fixedLaw(60)}, Unseen: fixedLaw(900)}, 0.1 * 900},
		{"over before anybody knows", 0, policies.After{Down: fixedLaw(7200)}, 0.1 * 3600},
		{"short of capacity", 300, nil, (1 - 0.9*250/300) * 3600},
		{"shorter when it is out", 300, policies.After{Down: fixedLaw(60)}, (1-0.9*250/300)*60 + 3540/3.0},
	} {
		sys := gray(crowd(3, 0, model.Never, 1), 0)
		sys.Causes, sys.Rate, sys.Services[0].Detector = nil, c.rate, c.detector
		sys.Services[0].Observer = model.ByEveryone
		once(t, sys, 36*model.Hour, func(out *model.Outcome) {
			near(t, c.name, float64(out.Unserved[0]), c.want, 1e-6)
		})
	}
}

// A slow primary goes on serving what it can until it is replaced; a slow host makes its processes slow.
func TestSlowPrimary(t *testing.T) {
	sys := gray(farm(2, &policies.ActivePassive{Alpha: 1, Success: 1, Activate: policies.Steps{fixedLaw(10)}, Redirect: fixedLaw(5)}, 1), 0)
	sys.Components[1].Modes = nil
	sys.Components = append(sys.Components, model.Component{Name: "process", Kind: model.KindProcess, Site: none, Requires: &model.Need{Ref: 0}})
	sys.Services[0].Members[0] = model.Member{Component: 2, Host: 0}
	sys.Services[0].Detector = policies.After{Down: fixedLaw(60)}
	once(t, sys, 36*model.Hour, func(out *model.Outcome) {
		near(t, "unserved", float64(out.Unserved[0]), (1-0.7*0.5)*70+5, 1e-6) // it has half the capacity needed
		near(t, "in detection", float64(out.Outages[0].Phases[model.Detection]), 60, 1e-6)
		if f := out.Failovers; len(f) != 1 || f[0].Trigger != model.RealFault || f[0].Result != model.Succeeded {
			t.Errorf("failovers %+v", f)
		}
	})
}

// That a slow replica dies is noticed as any death is, even if its slowness was not; and a shock that hits
// it ends the slowness.
func TestSlowReplicaDies(t *testing.T) {
	for _, shock := range []bool{false, true} {
		sys := gray(crowd(3, 1, model.Day+1000, 500), 0)
		if shock {
			sys.Causes[0].Repair = nil
			sys.Components[0].Modes = append(sys.Components[0].Modes, model.Mode{Kind: model.OSCrash, Life: expLaw(1e9 * model.Year), Repair: fixedLaw(500)})
		}
		var sees [model.NumFaultModes]float64
		sees[model.OSCrash] = 1
		sys.Services[0].Detector = policies.Seeing{Detector: policies.After{Down: fixedLaw(60)}, Sees: sees, Unseen: fixedLaw(1e6)}
		sys.Services[0].Observer = model.ByEveryone
		want := 0.1*1000 + 60/3.0 // believed down, it comes back slow and is not believed up
		once(t, sys, 30*model.Hour, func(out *model.Outcome) {
			near(t, "unserved", float64(out.Unserved[0]), want, 1e-6)
		})
	}
}

// Four replicas at half load, one of which dies; it takes a minute to notice. Equal shares lose a quarter.
// The least loaded of three that are idle half the time and one that refuses at once is the latter with
// probability (1 − 0.5⁴)/(4·0.5); one that hangs gets nothing.
func TestWhoBalancesAndHow(t *testing.T) {
	for _, c := range []struct {
		least bool
		mode  model.FaultMode
		want  float64
	}{{false, model.Crash, 0.25}, {false, model.OSCrash, 0.25}, {true, model.Crash, 0.46875}, {true, model.OSCrash, 0}} {
		sys := crowd(4, 1, model.Day, 3600)
		sys.Causes[0].Mode = c.mode
		s := &sys.Services[0]
		sys.Rate, s.LeastLoaded, s.Detector, s.Observer = 150, c.least, policies.After{Down: fixedLaw(60)}, model.ByEveryone
		once(t, sys, 2*model.Day, func(out *model.Outcome) {
			near(t, "unserved", float64(out.Unserved[0]), 60*c.want, 1e-6)
		})
	}
	for _, c := range []struct {
		dead, live int32
		busy       float64
	}{{1, 1, 0}, {2, 3, 0.3}, {3, 2, 1}, {2, 12, 0.9}, {5, 5, 0.01}, {3, 400, 0.02}} {
		want := 0.0
		for j := 0.0; j <= float64(c.live); j++ {
			n := float64(c.live)
			a, _ := math.Lgamma(n + 1)
			b, _ := math.Lgamma(j + 1)
			d, _ := math.Lgamma(n - j + 1)
			want += math.Exp(a-b-d) * math.Pow(1-c.busy, j) * math.Pow(c.busy, n-j) * float64(c.dead) / (float64(c.dead) + j)
		}
		near(t, "attracted", attracted(c.dead, c.live, c.busy), want, 1e-6)
	}
}

// A third of the clients is cut off with one of three copies for ten minutes. What needs two copies serves
// the majority only, without any election, and what needs one serves both sides; a quorum serves the
// majority too, after an election if it has lost its leader.
func TestPartitionServesSidesByTheCopiesTheyReach(t *testing.T) {
	for _, c := range []struct {
		name         string
		policy       model.Policy
		reads, write float64
	}{
		{"R 1 W 1", policies.Leaderless{Replicas: 3, Read: 1, Write: 1}, 0, 0},
		{"R 2 W 2", policies.Leaderless{Replicas: 3, Read: 2, Write: 2}, 200, 200},
		{"R 1 W 3", policies.Leaderless{Replicas: 3, Read: 1, Write: 3}, 0, 600},
		{"R 3 W 1", policies.Leaderless{Replicas: 3, Read: 3, Write: 1}, 600, 0},
		{"two copies, R 1 W 1", policies.Leaderless{Replicas: 2, Read: 1, Write: 1}, 200.0 / 3, 200.0 / 3},
		{"two copies, R 1 W 2", policies.Leaderless{Replicas: 2, Read: 1, Write: 2}, 200.0 / 3, 200 + 2*400/3.0},
		{"quorum", &policies.Quorum{Election: fixedLaw(3)}, 200 + 2, 200 + 2},
	} {
		sys := farm(3, c.policy, 1)
		for i := range sys.Components {
			sys.Components[i].Modes = nil
			sys.Components[i].Site = int32(i)
		}
		sys.Components = append(sys.Components, model.Component{Name: "uplink", Kind: model.KindLink, Site: none})
		for range 3 {
			sys.Network.Sites = append(sys.Network.Sites, model.Site{Name: "site", Component: none, Within: none, Transit: true})
		}
		sys.Network.Links = []model.Link{way(3, 0, 1), way(3, 1, 0), way(none, 1, 2), way(none, 2, 1)}
		sys.Clients = []model.ClientGroup{{Site: 0, Share: 1.0 / 3}, {Site: 1, Share: 2.0 / 3}}
		sys.Causes = []model.CommonCause{{Name: "cut", Mode: model.Isolated, Probability: 1, Life: fixedLaw(model.Day), Repair: fixedLaw(600), Victims: []int32{3}}}
		read := sys.Journeys[0]
		read.Name, read.Needs = "read", []model.Dependency{{Need: model.Need{Ref: 0, Access: model.Read}}}
		sys.Journeys = append(sys.Journeys, read)
		once(t, sys, 36*model.Hour, func(out *model.Outcome) {
			near(t, c.name+": writes unserved", float64(out.Unserved[0]), c.write, 1e-6)
			near(t, c.name+": reads unserved", float64(out.Unserved[1]), c.reads, 1e-6)
		})
	}
}

// Without a partition: 5 members with 3 copies each, of which members 0 and 1 are down. The parts that have
// lost two of their copies, of members 0, 4 and 3, are those on 0-1-2, 4-0-1 and, with one lost, others.
func TestLeaderlessPartsOfTheData(t *testing.T) {
	for _, c := range []struct{ write, served float64 }{{1, 1}, {2, 3 / 5.0}, {3, 1 / 5.0}} {
		sys := crowd(5, 2, model.Day, 1000)
		sys.Rate, sys.Services[0].PerReplica = 0, 0
		sys.Services[0].Policy = policies.Leaderless{Replicas: 3, Read: 1, Write: int(c.write)}
		once(t, sys, 2*model.Day, func(out *model.Outcome) {
			near(t, "unserved writes", float64(out.Unserved[0]), (1-c.served)*1000, 1e-6)
		})
		gray(sys, 3)
		sys.Components[3].Modes[0].Repair = fixedLaw(1000)
		once(t, sys, 2*model.Day, func(out *model.Outcome) {
			// member 3 is slow at the same time: part 1 is on 1-2-3, 2 on 2-3-4, 3 on 3-4-0
			want := map[float64]float64{1: 1, 2: (1 + 0.7 + 0.7) / 5, 3: 0.7 / 5}[c.write]
			near(t, "unserved writes with a slow copy", float64(out.Unserved[0]), (1-want)*1000, 1e-6)
		})
	}
}
