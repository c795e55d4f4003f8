package engine

import (
	"math"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// peaceful is a farm in which nothing fails, so that all that happens is planned.
func peaceful(n int, policy model.Policy) *model.System {
	sys := farm(n, policy, 1)
	for i := range sys.Components {
		sys.Components[i].Modes = nil
	}
	return sys
}

// upkeepOf is work of an hour on all components of a system, one after the other, every week.
func upkeepOf(sys *model.System) *model.Maintenance {
	m := model.Maintenance{Name: "patch", Every: fixedLaw(model.Week), AtOnce: 1, Takes: fixedLaw(model.Hour), Drain: true,
		Retry: 15 * model.Minute, Pause: model.Minute}
	for i := range sys.Components {
		m.Targets = append(m.Targets, int32(i))
	}
	sys.Maintenance = append(sys.Maintenance, m)
	return &sys.Maintenance[len(sys.Maintenance)-1]
}

// oneRun runs one replication of a year, and fails the test if what Check demands is not there.
func oneRun(t *testing.T, sys *model.System, horizon model.Seconds) *model.Outcome {
	t.Helper()
	if faults := model.Check(sys, nil).Faults(); len(faults) > 0 {
		t.Fatal(faults)
	}
	p, err := Compile(sys)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Trace(Options{Horizon: horizon, Seed: 1, Runs: 1}, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// downOf sums the outages of the only journey: all, what was announced, and how many.
func downOf(o *model.Outcome) (down, planned model.Seconds, n int) {
	for i := range o.Outages {
		down += o.Outages[i].Down(o.Horizon)
		planned += o.Outages[i].Planned
	}
	return down, planned, len(o.Outages)
}

func sameTime(a, b model.Seconds) bool { return math.Abs(float64(a-b)) < 1e-3 }

// A single node is down for exactly its windows, and all of that was announced.
func TestMaintenanceOfASingleNode(t *testing.T) {
	for name, policy := range map[string]model.Policy{"shared": policies.ActiveActive{}, "primary": standby(1)} {
		for _, d := range []model.Detector{nil, policies.After{Down: fixedLaw(30), Back: fixedLaw(0)}} {
			sys := peaceful(1, policy)
			upkeepOf(sys)
			sys.Services[0].Detector, sys.Services[0].Observer = d, model.ByEveryone
			out := oneRun(t, sys, model.Year)
			down, planned, n := downOf(out)
			if !sameTime(down, 52*model.Hour) || !sameTime(planned, down) || n != 52 || out.Upkeep[0] != (model.Upkeep{Done: 52}) {
				t.Errorf("%s with detector %v: %d outages of %s, %s of it announced; %+v", name, d, n, down.Round(), planned.Round(), out.Upkeep[0])
			}
			if out.Outages[0].Initiator != sys.MaintenanceElement(0) || sys.ElementKind(out.Outages[0].Initiator) != "maintenance" {
				t.Errorf("%s: put down to %s", name, sys.ElementName(out.Outages[0].Initiator))
			}
		}
	}
}

// What is due on a Wednesday waits for the window on Sunday; what does not fit in waits for the next.
func TestMaintenanceKeepsItsWindow(t *testing.T) {
	sys := peaceful(1, policies.ActiveActive{})
	m := upkeepOf(sys)
	m.Every = fixedLaw(30 * model.Day)
	m.Window = model.Window{Days: [7]bool{6: true}, From: 2 * model.Hour, To: 6 * model.Hour}
	out := oneRun(t, sys, 90*model.Day)
	if len(out.Outages) != 2 || !sameTime(out.Outages[0].Start, 34*model.Day+2*model.Hour) || !sameTime(out.Outages[1].Start, 62*model.Day+2*model.Hour) {
		t.Errorf("outages %+v", out.Outages)
	}
	sys = peaceful(6, policies.ActiveActive{}) // an hour and a minute each: three fit, the others come a week later
	sys.Services[0].Needed = 6
	m = upkeepOf(sys)
	m.Every, m.Window = fixedLaw(14*model.Day), model.Window{Days: [7]bool{6: true}, From: 2 * model.Hour, To: 6 * model.Hour}
	out = oneRun(t, sys, 28*model.Day)
	want := []model.Seconds{20, 20, 20, 27, 27, 27}
	for i, o := range out.Outages {
		if i < len(want) && math.Floor(float64(o.Start/model.Day)) != float64(want[i]) {
			t.Errorf("outage %d on day %v, not %v", i, o.Start/model.Day, want[i])
		}
	}
	if len(out.Outages) != 6 || out.Upkeep[0].Done != 6 {
		t.Errorf("%d outages, %+v", len(out.Outages), out.Upkeep[0])
	}
}

// Rolling work on an active-active pair costs no request if the balancer is told, and the time until it
// has noticed if it is not.
func TestRollingWorkOnAnActiveActivePair(t *testing.T) {
	for _, drain := range []bool{true, false} {
		sys := peaceful(2, policies.ActiveActive{})
		m := upkeepOf(sys)
		m.Drain = drain
		sys.Services[0].Detector, sys.Services[0].Observer = policies.Probe{Interval: 10, Timeout: 0, Fall: 3, Rise: 2}, model.ByEveryone
		sys.Services[0].PerReplica, sys.Rate = 100, 100
		out := oneRun(t, sys, 30*model.Day)
		down, _, _ := downOf(out)
		if drain && (down != 0 || out.Unserved[0] != 0) {
			t.Errorf("drained: down for %v, %v unserved", down, out.Unserved[0])
		}
		if lost := float64(out.Unserved[0]) / 8; !drain && (lost < 10 || lost > 15) { // half of U(20 s, 30 s)
			t.Errorf("not drained: %v unserved each time", lost)
		}
		if out.Upkeep[0] != (model.Upkeep{Done: 8}) || !sameTime(out.Exposure[0], 8*model.Hour) {
			t.Errorf("%+v, exposed for %v", out.Upkeep[0], out.Exposure[0])
		}
	}
}

// Of an active-passive pair the standby has its turn first, then the role is moved once.
func TestRollingWorkOnAnActivePassivePair(t *testing.T) {
	sys := peaceful(2, standby(1))
	upkeepOf(sys).Interruption = fixedLaw(10)
	sys.Services[0].Store = &model.Store{Mode: model.SyncFallback, Acks: 1, WriteRate: 1, FallbackAfter: fixedLaw(5), Lag: fixedLaw(1)}
	out := oneRun(t, sys, 4*model.Week+model.Day)
	down, planned, n := downOf(out)
	if n != 4 || !sameTime(down, 40) || !sameTime(planned, 40) || len(out.Failovers) != 4 {
		t.Errorf("%d outages of %v, %v announced, %d failovers", n, down, planned, len(out.Failovers))
	}
	for i, f := range out.Failovers {
		if f.Trigger != model.Planned || f.Result != model.Succeeded || f.From != int32(i%2) || f.Initiator != sys.MaintenanceElement(0) {
			t.Errorf("failover %d: %+v", i, f)
		}
	}
	for _, l := range out.Losses {
		if l.Seconds > 0 {
			t.Errorf("lost %v", l.Seconds)
		}
	}
	if out.Upkeep[0] != (model.Upkeep{Done: 8}) {
		t.Errorf("%+v", out.Upkeep[0])
	}
}

// A leader hands over before it goes; a quorum goes on without an election.
func TestRollingWorkOnAQuorum(t *testing.T) {
	sys := peaceful(3, &policies.Quorum{Election: fixedLaw(2)})
	upkeepOf(sys)
	if out := oneRun(t, sys, model.Year); len(out.Outages) != 0 || out.Upkeep[0].Done != 3*52 {
		t.Errorf("%d outages, %+v", len(out.Outages), out.Upkeep[0])
	}
	sys.Maintenance[0].Drain = false
	if out := oneRun(t, sys, model.Year); len(out.Outages) != 104 || !sameTime(out.Outages[0].End-out.Outages[0].Start, 2) {
		t.Errorf("%d outages without a word before", len(out.Outages))
	}
}

// A role moved every month is away from users for the interruption, and no longer.
func TestPlannedSwitchover(t *testing.T) {
	sys := peaceful(2, standby(1))
	sys.Maintenance = []model.Maintenance{{Name: "switch", Service: 0, Every: fixedLaw(30 * model.Day), AtOnce: 1, Interruption: fixedLaw(7), Retry: 600}}
	out := oneRun(t, sys, model.Year)
	down, planned, n := downOf(out)
	if n != 12 || !sameTime(down, 84) || !sameTime(planned, 84) || len(out.Failovers) != 12 || out.Upkeep[0].Done != 12 {
		t.Errorf("%d outages of %v, %v announced, %d failovers", n, down, planned, len(out.Failovers))
	}
	policy := standby(1)
	policy.Success = 0.5 // one that does not work is felt too, and tried again until it does
	sys.Services[0].Policy = policy
	out = oneRun(t, sys, 100*model.Year)
	tries := float64(len(out.Outages)) / float64(out.Upkeep[0].Done)
	if int(out.Upkeep[0].Done) != len(out.Failovers) || math.Abs(tries-2) > 0.15 {
		t.Errorf("%v tries each, %d of %d came through", tries, out.Upkeep[0].Done, len(out.Failovers))
	}
}

// Work waits while a member is missing (R43), unless it may go ahead or is skipped.
func TestMaintenanceWaitsForRedundancy(t *testing.T) {
	for policy, want := range map[model.Degraded]struct {
		down  model.Seconds
		count model.Upkeep
	}{
		model.Postpone: {0, model.Upkeep{Done: 1, Postponed: 8}},
		model.GoAhead:  {model.Hour, model.Upkeep{Done: 1}},
		model.Skip:     {0, model.Upkeep{Missed: 1}},
	} {
		sys := peaceful(2, policies.ActiveActive{})
		m := upkeepOf(sys)
		m.Degraded, m.Targets = policy, []int32{0}
		sys.Components[1].Modes = []model.Mode{{Life: fixedLaw(model.Week - model.Hour), Repair: fixedLaw(3 * model.Hour)}}
		out := oneRun(t, sys, 10*model.Day)
		if down, _, _ := downOf(out); !sameTime(down, want.down) || out.Upkeep[0] != want.count {
			t.Errorf("%s: down for %v, %+v", model.DegradedWords()[policy], down, out.Upkeep[0])
		}
	}
}

// What fails during a window meets the reduced redundancy, and that was not announced.
func TestFaultDuringMaintenanceIsUnplanned(t *testing.T) {
	sys := peaceful(2, policies.ActiveActive{})
	upkeepOf(sys).Targets = []int32{0}
	sys.Components[1].Modes = []model.Mode{{Life: fixedLaw(model.Week + model.Hour/2), Repair: fixedLaw(2 * model.Hour)}}
	out := oneRun(t, sys, 10*model.Day)
	down, planned, n := downOf(out)
	if n != 1 || !sameTime(down, model.Hour/2) || planned != 0 || out.Outages[0].Initiator != 1 {
		t.Errorf("%d outages of %v, %v announced", n, down, planned)
	}
}

// Work that goes wrong is announced up to where it was to end.
func TestMaintenanceThatGoesWrong(t *testing.T) {
	sys := peaceful(1, policies.ActiveActive{})
	m := upkeepOf(sys)
	m.Wrong, m.Overrun = 1, fixedLaw(3*model.Hour)
	out := oneRun(t, sys, 10*model.Day)
	down, planned, n := downOf(out)
	if n != 1 || !sameTime(down, 4*model.Hour) || !sameTime(planned, model.Hour) || out.Upkeep[0] != (model.Upkeep{Done: 1, Wrong: 1}) {
		t.Errorf("%d outages of %v, %v announced, %+v", n, down, planned, out.Upkeep[0])
	}
	m.Wrong = 0
	sys.Components[0].StartFailure = 1 // it does not come back from having been off
	sys.Components[0].Modes = []model.Mode{{Life: fixedLaw(model.Year), Repair: fixedLaw(2 * model.Hour)}}
	out = oneRun(t, sys, 10*model.Day)
	if down, planned, _ = downOf(out); !sameTime(down, 3*model.Hour) || !sameTime(planned, model.Hour) {
		t.Errorf("after a failed start: down for %v, %v announced", down, planned)
	}
}

// What requires a target is out of service with it, and has its clients taken away before.
func TestMaintenanceOfAHost(t *testing.T) {
	sys := peaceful(2, standby(1))
	for i := range 2 {
		sys.Components = append(sys.Components, model.Component{Name: "host-" + string(rune('a'+i)), Site: none})
		sys.Components[i].Requires = &model.Need{Ref: int32(2 + i)}
		sys.Components[i].StartsIn = fixedLaw(60)
	}
	upkeepOf(sys).Interruption = fixedLaw(10)
	sys.Maintenance[0].Targets = []int32{2, 3}
	out := oneRun(t, sys, 8*model.Day)
	if down, planned, n := downOf(out); n != 1 || !sameTime(down, 10) || !sameTime(planned, 10) || out.Upkeep[0].Done != 2 {
		t.Errorf("%d outages of %v, %v announced, %+v", n, down, planned, out.Upkeep[0])
	}
	if !sameTime(out.Exposure[0], 2*model.Hour+120) {
		t.Errorf("exposed for %v", out.Exposure[0])
	}
}

// ageing is a Weibull unit that is replaced preventively after so long without a repair or replacement.
func ageing(shape float64, scale, repair, takes, age model.Seconds) *model.System {
	sys := farm(1, policies.ActiveActive{}, 1)
	sys.Components[0].Modes = []model.Mode{{Life: weibullLaw{shape, float64(scale)}, Repair: fixedLaw(repair)}}
	if age > 0 {
		m := upkeepOf(sys)
		m.Every, m.Takes, m.Aged, m.Renews = fixedLaw(age), fixedLaw(takes), true, true
	}
	return sys
}

// Age replacement: availability is ∫R over ∫R + F(T)·repair + R(T)·takes, integrals from 0 to the age T
// (Barlow and Proschan, Mathematical Theory of Reliability, 1965, chapter 4).
func TestAgeReplacement(t *testing.T) {
	const hour = float64(model.Hour)
	exact := func(shape, age float64) float64 {
		survival := func(x float64) float64 { return math.Exp(-math.Pow(x/1000, shape)) }
		sum := 0.0
		const parts = 100_000
		for k := range parts {
			sum += survival((float64(k)+0.5)*age/parts) * age / parts
		}
		return sum / (sum + (1-survival(age))*48 + survival(age)*4)
	}
	got := map[[2]float64]float64{}
	for _, c := range [][2]float64{{3, 200}, {3, 357.56}, {3, 500}, {3, 800}, {1, 357.56}, {1, 1e5}} {
		want := exact(c[0], c[1])
		sys := ageing(c[0], 1000*model.Hour, 48*model.Hour, 4*model.Hour, model.Seconds(c[1]*hour))
		u, half := unavailability(t, sys, Options{Horizon: 100 * model.Year, Seed: 3, Runs: 400, SteadyState: true})
		t.Logf("shape %v, age %v h: availability %.6f ± %.6f, exact %.6f", c[0], c[1], 1-u, half, want)
		if math.Abs(1-u-want) > half+1e-5 {
			t.Errorf("shape %v, age %v h: availability %.6f ± %.6f, exact %.6f", c[0], c[1], 1-u, half, want)
		}
		got[c] = 1 - u
	}
	if got[[2]float64{3, 357.56}] <= got[[2]float64{3, 200}] || got[[2]float64{3, 357.56}] <= got[[2]float64{3, 800}] {
		t.Errorf("the optimal age is not the best: %v", got)
	}
	if got[[2]float64{1, 357.56}] >= got[[2]float64{1, 1e5}] {
		t.Error("replacing what does not age helps")
	}
}

// Hidden faults are down until the next inspection: on average 1 − (1 − e^(−λτ))/(λτ) of the time, about
// λτ/2 (IEC 61508-6), if tests and repairs take no time.
func TestHiddenFaultsAndProofTests(t *testing.T) {
	for _, tau := range []float64{10, 100, 1000} {
		sys := farm(1, policies.ActiveActive{}, 1)
		sys.Components[0].Modes = []model.Mode{{Life: expLaw(lifeH), Repair: fixedLaw(0), Hidden: true}}
		m := upkeepOf(sys)
		m.Every, m.Takes, m.Finds = fixedLaw(model.Seconds(tau)*model.Hour), nil, true
		u, half := unavailability(t, sys, Options{Horizon: model.Seconds(2000*tau) * model.Hour, Seed: 5, Runs: 200})
		x := tau / 1000
		want := 1 - (1-math.Exp(-x))/x
		t.Logf("every %v h: %.5f ± %.5f, exact %.5f", tau, u, half, want)
		if math.Abs(u-want) > half+1e-3*want {
			t.Errorf("tested every %v h: unavailability %.5f ± %.5f, exact %.5f", tau, u, half, want)
		}
	}
}

// A generator is tested 100 h after the last job on it, for an hour off line; what is found takes 8 h more.
func TestInspectionThatTakesTime(t *testing.T) {
	sys := farm(1, policies.ActiveActive{}, 1)
	sys.Components[0].Modes = []model.Mode{{Life: expLaw(400 * model.Hour), Repair: fixedLaw(8 * model.Hour), Hidden: true}}
	m := upkeepOf(sys)
	m.Every, m.Takes, m.Finds, m.Aged = fixedLaw(100*model.Hour), fixedLaw(model.Hour), true, true
	u, half := unavailability(t, sys, Options{Horizon: 100 * model.Year, Seed: 5, Runs: 200, SteadyState: true})
	if want := 1 - 0.8609519951905344; math.Abs(u-want) > half {
		t.Errorf("unavailability %.5f ± %.5f, exact %.5f", u, half, want)
	}
}

// Lives and tests at known times: a fault is hidden until the test begins that finds it.
func TestHiddenFaultsAreCounted(t *testing.T) {
	sys := farm(2, policies.ActiveActive{}, 1)
	for i, life := range []model.Seconds{230 * model.Hour, 370 * model.Hour} {
		sys.Components[i].Modes = []model.Mode{{Life: fixedLaw(life), Repair: fixedLaw(8 * model.Hour), Hidden: true}}
	}
	m := upkeepOf(sys)
	m.Every, m.Takes, m.Finds, m.AtOnce, m.Pause, m.Degraded = fixedLaw(100*model.Hour), nil, true, 2, 0, model.GoAhead
	out := oneRun(t, sys, 550*model.Hour) // found at 300 h and 400 h
	if want := (model.Upkeep{Done: 10, Found: 2, Hidden: 100 * model.Hour}); out.Upkeep[0] != want {
		t.Errorf("%+v, not %+v", out.Upkeep[0], want)
	}
	m.Takes, m.Aged = fixedLaw(2*model.Hour), true
	out = oneRun(t, sys, 550*model.Hour) // they are tested at 100, 202, 304 and 406 h, and do not age meanwhile
	if u := out.Upkeep[0]; u.Found != 2 || !sameTime(u.Hidden, (304-234+406-376)*model.Hour) {
		t.Errorf("%+v", u)
	}
}
