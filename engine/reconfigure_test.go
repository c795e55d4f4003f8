package engine

import (
	"fmt"
	"math"
	"testing"

	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// outagesOf lists outages as "begin-end phase" in hours, for units that fail and are repaired at fixed times.
func outagesOf(t *testing.T, sys *model.System, horizon model.Seconds) string {
	t.Helper()
	text := ""
	for _, o := range oneRun(t, sys, horizon*model.Hour).Outages {
		phase := model.Serving
		for p := range o.Phases {
			if o.Phases[p] > o.Phases[phase] {
				phase = model.Phase(p)
			}
		}
		text += fmt.Sprintf("%.4g-%.4g %v; ", float64(o.Start/model.Hour), float64(o.End/model.Hour), phase)
	}
	return text
}

// paired is a farm of two whose members live and are repaired for the given hours.
func paired(x *model.Reconfiguration, meanwhile model.Meanwhile, life, repair [2]model.Seconds) *model.System {
	sys := farm(2, policies.ActiveActive{}, 1)
	for i := range 2 {
		sys.Components[i].Modes = []model.Mode{{Kind: model.OSCrash, Life: fixedLaw(life[i] * model.Hour), Repair: fixedLaw(repair[i] * model.Hour)}}
	}
	sys.Services[0].Reconfiguration, sys.Services[0].Meanwhile = x, meanwhile
	return sys
}

// The loss of a member stops the service for as long as it takes, or until nobody is left; what comes back
// stops nothing.
func TestReconfiguration(t *testing.T) {
	takes := func(hours model.Seconds) *model.Reconfiguration {
		return &model.Reconfiguration{Takes: fixedLaw(hours * model.Hour), Success: 1}
	}
	type hours = [2]model.Seconds
	for _, c := range []struct {
		name         string
		x            *model.Reconfiguration
		meanwhile    model.Meanwhile
		life, repair hours
		want         string
	}{
		{"one is lost", takes(3), model.AsEver, hours{100, 1000}, hours{50, 1}, "100-103 activation; "},
		{"nobody is left", takes(3), model.AsEver, hours{100, 102}, hours{20, 30}, "100-120 repair; "},
		{"back before it is over", takes(30), model.AsEver, hours{100, 1000}, hours{5, 1}, "100-130 activation; "},
		{"the other ages", takes(30), model.AsEver, hours{100, 110}, hours{90, 40}, "100-150 repair; "},
		{"nothing else happens", takes(30), model.Frozen, hours{100, 110}, hours{90, 40}, "100-130 activation; 140-180 repair; "},
		{"repairs go on", takes(30), model.RepairsOnly, hours{100, 110}, hours{90, 40}, "100-130 activation; 140-180 repair; "},
		{"repair waits", takes(30), model.Frozen, hours{100, 110}, hours{10, 5}, "100-130 activation; "}, // both up from 145
		{"repair does not", takes(30), model.RepairsOnly, hours{100, 110}, hours{35, 5}, "100-130 activation; 140-170 activation; "},
		{"fails otherwise", &model.Reconfiguration{Takes: fixedLaw(1), Success: 0, Otherwise: fixedLaw(4 * model.Hour)}, model.AsEver, hours{100, 1000}, hours{50, 1}, "100-104 activation; "},
	} {
		if got := outagesOf(t, paired(c.x, c.meanwhile, c.life, c.repair), 190); got != c.want {
			t.Errorf("%s: outages %s want %s", c.name, got, c.want)
		}
	}
}

// The chain with states both, covered, uncovered, one, none (Trivedi, Probability and Statistics, 2nd ed., 8.5).
func TestReconfigurationOracle(t *testing.T) {
	const coverage, takes, reboot = 0.8, 0.5, 3.0
	e := func(h float64) model.Distribution { return failures.Exponential(model.Seconds(h) * model.Hour) }
	sys := farm(2, policies.ActiveActive{}, 1)
	life, repair := float64(lifeH/model.Hour), float64(repairH/model.Hour)
	sys.Services[0].Reconfiguration = &model.Reconfiguration{Takes: e(takes), Success: coverage, Otherwise: e(reboot)}
	sys.Services[0].Meanwhile = model.Frozen
	one := 2 / life * repair // relative to both
	stopped := 2 / life * (coverage*takes + (1-coverage)*reboot)
	nobody := one / life * repair / 2
	want := (stopped + nobody) / (1 + one + stopped + nobody)
	for _, steady := range []bool{false, true} {
		u, half := unavailability(t, sys, Options{Horizon: 20 * model.Year, Seed: 9, Runs: 300, SteadyState: steady})
		if t.Logf("%.9f ± %.9f, exact %.9f", u, half, want); math.Abs(u-want) > 1.3*half || half > want/20 {
			t.Errorf("seed 9, steady %v: unavailable %.6f ± %.6f of the time, exact %.6f", steady, u, half, want)
		}
	}
}

// In a pair, the standby does not fail while it takes over, if nothing does meanwhile.
func TestStandStillDuringFailover(t *testing.T) {
	for _, c := range []struct {
		meanwhile model.Meanwhile
		want      string
	}{
		{model.AsEver, "100-200 repair; "},                          // the standby fails at 110, before it is ready, and the primary is back first
		{model.RepairsOnly, "100-130 activation; 140-230 repair; "}, // of which 30 h to take over from 200 on
		{model.Frozen, "100-130 activation; 140-205 repair; "},      // repaired in 100 h from 130 on, unless the standby is back first
	} {
		sys := paired(nil, c.meanwhile, [2]model.Seconds{100, 110}, [2]model.Seconds{100, 65})
		sys.Services[0].Policy = &policies.ActivePassive{Alpha: 1, Success: 1, Activate: policies.Steps{fixedLaw(30 * model.Hour)}}
		if c.meanwhile == model.AsEver { // the new primary serves after 30 h more
			c.want = "100-200 repair; "
			sys.Components[1].Modes[0].Repair = fixedLaw(1000 * model.Hour)
		}
		if got := outagesOf(t, sys, 290); got != c.want {
			t.Errorf("%v: outages %s want %s", c.meanwhile, got, c.want)
		}
	}
}

// checkStill: what stands still goes on when it is time, not before.
func (n naive) checkStill(t *testing.T, seed uint64) {
	r := n.r
	for i := range r.still {
		c := &r.comps[i]
		for k := int32(0); k < int32(c.modes) && r.still[i] > r.now; k++ {
			if at := r.clocks.at(c.mode + k); at < r.still[i] && at > r.now && (int32(c.down) != k+1 || r.p.still[i] == model.Frozen) {
				t.Fatalf("seed %d at %v: %s stands still until %v, but a clock of it rings at %v", seed, r.Now(), n.sys.Components[i].Name, r.still[i], at)
			}
		}
		if r.still[i] <= r.now {
			continue
		}
		wanted := 0.0
		for k := range r.groups {
			if g := &r.groups[k]; g.meanwhile != model.AsEver && r.isMember(g, int32(i)) {
				wanted = max(wanted, r.changesUntil(g))
			}
		}
		if wanted != r.still[i] {
			t.Fatalf("seed %d at %v: %s stands still until %v, not %v", seed, r.Now(), n.sys.Components[i].Name, r.still[i], wanted)
		}
	}
}
