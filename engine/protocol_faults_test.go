package engine

import (
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// Each of these was once otherwise, and found by the naive twin.

// strikes has a component fail once, for a while.
func strikes(sys *model.System, component int32, at, length model.Seconds) {
	sys.Causes = append(sys.Causes, model.CommonCause{Name: sys.Components[component].Name + " at " + at.String(), Mode: model.OSCrash, Probability: 1,
		Life: fixedLaw(at), Repair: fixedLaw(length), Once: true, Victims: []int32{component}})
}

// quiet is a pair in which nothing fails by itself.
func quiet(p *policies.ActivePassive) *model.System {
	sys := farm(2, p, 1)
	for i := range sys.Components {
		sys.Components[i].Modes = nil
	}
	return sys
}

// One outcome of a system over a day.
func day(t *testing.T, sys *model.System) *model.Outcome {
	t.Helper()
	var out model.Outcome
	observe(t, sys, Options{Horizon: model.Day, Seed: 1, Runs: 1}, func(o *model.Outcome) { out = *o })
	return &out
}

// A hold-down is of one service, and leaves the failovers of another to its machine (R19).
func TestHoldDownIsOfOneService(t *testing.T) {
	p := &policies.ActivePassive{Alpha: 1, Success: 1, Activate: policies.Steps{fixedLaw(60)}, Human: policies.Human{Act: fixedLaw(1000)}}
	sys := quiet(p)
	sys.Components = append(sys.Components, model.Component{Name: "c", Site: none}, model.Component{Name: "d", Site: none})
	other := sys.Services[0]
	other.Name, other.Members = "other", []model.Member{{Component: 2, Host: 2}, {Component: 3, Host: 3}}
	sys.Services = append(sys.Services, other)
	sys.Services[0].HoldDown.Between = model.Day
	strikes(sys, 0, 3600, 600)
	strikes(sys, 1, 3*3600, 2*3600)
	strikes(sys, 2, 3*3600+1, 2*3600)
	out := day(t, sys)
	if len(out.Failovers) != 3 {
		t.Fatalf("%d failovers, want 3", len(out.Failovers))
	}
	for _, f := range out.Failovers {
		if f.Manual != (f.Service == 0 && f.Start > 3600) {
			t.Errorf("service %d at %v: left to people %v", f.Service, f.Start, f.Manual)
		}
	}
}

// A planned return finds a hidden fault as a failover would (R16, R20): it fails, costs its interruption, and
// works once the fault has been mended.
func TestReturnFindsHiddenFaults(t *testing.T) {
	sys := quiet(&policies.ActivePassive{Alpha: 1, Success: 1, Activate: policies.Steps{fixedLaw(60)}, Switchover: fixedLaw(6)})
	sys.Services[0].Failback, sys.Services[0].FailbackAfter = true, 3600
	sys.Services[0].Rot = model.Rot{Life: fixedLaw(4000), Repair: fixedLaw(1800)}
	strikes(sys, 0, 1000, 600)
	// It stands by from 1060, rots at 5060, is well from 1600 and due at 5200; mended at 7000+6, due again at 10600.
	out := day(t, sys)
	got := []model.Seconds{}
	for _, f := range out.Failovers {
		if f.Trigger == model.Planned {
			got = append(got, f.Start)
		}
	}
	if len(got) == 0 || got[0] != 10600 {
		t.Errorf("went home at %v, want first at 10600", got)
	}
	near(t, "unserved", float64(out.Unserved[0]), 60+6+6, 1e-3)
}

// A machine that tries again does not mend what it tries: it waits until its hidden fault, found out, has been.
func TestMachinesDoNotMend(t *testing.T) {
	p := &policies.ActivePassive{Alpha: 1, Success: 1, RetryAlone: true, Activate: policies.Steps{fixedLaw(60)}}
	sys := quiet(p)
	sys.Services[0].Rot = model.Rot{Life: fixedLaw(1000), Repair: fixedLaw(1800)}
	strikes(sys, 0, 3000, 6*3600)
	out := day(t, sys)
	near(t, "down", float64(out.Outages[0].Down(out.Horizon)), 60+1800+60, 1e-6)
}

// Nobody goes home to a member that fails in the instant in which it is time to.
func TestNobodyReturnsToTheDead(t *testing.T) {
	sys := quiet(&policies.ActivePassive{Alpha: 1, Success: 1, Activate: policies.Steps{fixedLaw(60)}, Switchover: fixedLaw(6)})
	sys.Services[0].Failback, sys.Services[0].FailbackAfter = true, 3600
	strikes(sys, 0, 1000, 600)
	strikes(sys, 0, 1600+3600, 7200)
	out := day(t, sys)
	near(t, "unserved", float64(out.Unserved[0]), 60+6, 1e-3)
}

// What keeps a cut-off primary from serving ends with the role change: if nobody replaces it, it is switched on
// again (R14).
func TestWhoIsNotReplacedIsSwitchedOn(t *testing.T) {
	sys := quiet(&policies.ActivePassive{Alpha: 1, Success: 1, Activate: policies.Steps{fixedLaw(600)},
		Stonith: &policies.Stonith{Takes: fixedLaw(8), Success: 1, Attempts: 1}})
	sys.Services[0].Fence.Kind = model.Stonith
	sys.Services[0].Detector, sys.Services[0].Observer = policies.After{Down: fixedLaw(10)}, model.ByEveryone
	sys.Services[0].FalseAlarms = fixedLaw(20 * 3600)
	strikes(sys, 1, 20*3600+100, 3600) // while it makes itself ready
	out := day(t, sys)
	if len(out.Outages) != 1 || out.Outages[0].Open {
		t.Fatalf("outages %+v, want one that ends", out.Outages)
	}
	near(t, "unserved", float64(out.Unserved[0]), 100-8, 1e-3)
}

// Nobody raises a false alarm while nobody looks (R11).
func TestNoAlarmWithoutAWatchman(t *testing.T) {
	sys := quiet(&policies.ActivePassive{Alpha: 1, Success: 1, Activate: policies.Steps{fixedLaw(60)}})
	sys.Services[0].Detector, sys.Services[0].Observer = policies.After{Down: fixedLaw(10)}, model.ByPeers
	sys.Services[0].FalseAlarms = fixedLaw(7200)
	strikes(sys, 1, 7000, 80000)
	p, err := Compile(sys)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Trace(Options{Horizon: model.Day, Seed: 1, Runs: 1}, 0, func(n Note) {
		if n.Kind == BelievedDown {
			t.Errorf("an alarm at %v, raised by a standby that is down", n.At)
		}
	}); err != nil {
		t.Fatal(err)
	}
}
