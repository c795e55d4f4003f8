package engine

import (
	"math"
	"testing"

	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// sharedSpares are two positions, each with a primary of its own, and two spares for both.
func sharedSpares(alpha float64) *model.System {
	sys := &model.System{Name: "shared"}
	for _, name := range []string{"one", "two", "spare", "reserve"} {
		c := unit(name, 100*model.Hour, 20*model.Hour)
		c.Exclusive = true
		sys.Components = append(sys.Components, c)
	}
	for i, name := range []string{"first", "second"} {
		sys.Services = append(sys.Services, model.Service{Name: name, Balancer: model.None, Policy: standby(alpha),
			Members: []model.Member{{Component: int32(i), Host: int32(i)}, {Component: 2, Host: 2}, {Component: 3, Host: 3}}})
		sys.Journeys = append(sys.Journeys, model.Journey{Name: name, Share: 0.5, Threshold: 1, Service: model.None,
			Needs: []model.Dependency{{Need: model.Need{Ref: int32(i)}}}})
	}
	return sys
}

// After every instant no machine leads two services; and nobody waits for a spare that is up and free.
func TestExclusiveSparesServeOne(t *testing.T) {
	for _, alpha := range []float64{0, 0.5, 1} {
		p, err := Compile(sharedSpares(alpha))
		if err != nil {
			t.Fatal(err)
		}
		r := p.NewRunner(Options{Horizon: 20 * model.Year, Seed: 11})
		var out model.Outcome
		r.Reset(0, &out)
		both, waiting := 0, 0
		for r.Step() {
			a, b := &r.groups[0], &r.groups[1]
			lead := [2]int32{r.members[a.first+a.state.Primary].host, r.members[b.first+b.state.Primary].host}
			if lead[0] == lead[1] {
				t.Fatalf("seed 11, α %v, %v: %d leads both services", alpha, r.Now(), lead[0])
			}
			for _, g := range []*group{a, b} {
				if r.members[g.first+g.state.Primary].up {
					continue
				}
				waiting++
				for k := int32(0); k < g.n; k++ {
					if h := r.members[g.first+k].host; r.members[g.first+k].up && h != lead[0] && h != lead[1] {
						t.Fatalf("seed 11, α %v, %v: a service waits although %d is free", alpha, r.Now(), h)
					}
				}
			}
			if lead[0] >= 2 || lead[1] >= 2 {
				both++
			}
		}
		if both < 100 || waiting < 10 {
			t.Errorf("α %v: spares led %d times, services waited %d times; this proves little", alpha, both, waiting)
		}
	}
}

// With a standby that is always at hand the service fails at the rate of one machine, and is down for
// the length of the switch: availability MTTF/(MTTF+D).
func TestFreshStandby(t *testing.T) {
	sys := farm(2, &policies.ActivePassive{Standby: policies.Cold, Success: 1, Activate: policies.Steps{failures.Fixed(2 * model.Hour)}}, 1)
	for i := range sys.Components {
		sys.Components[i].Modes = []model.Mode{{Kind: model.OSCrash, Life: failures.Exponential(100 * model.Hour)}}
	}
	sys.Services[0].Fresh = true
	mean, half := unavailability(t, sys, Options{Horizon: 2 * model.Year, Seed: 2, Runs: 400})
	if want := 2.0 / 102; math.Abs(mean-want) > 1.3*half {
		t.Errorf("seed 2: unavailability %.5f ± %.5f, want %.5f", mean, half, want)
	}
}

// A cascade strikes after its delay each time its source fails, and not while it is under way.
func TestCascades(t *testing.T) {
	const hour = model.Hour
	sys := farm(2, policies.ActiveActive{}, 2)
	sys.Components[0].Modes = []model.Mode{{Kind: model.OSCrash, Life: failures.Fixed(100 * hour), Repair: failures.Fixed(1 * hour)}}
	sys.Components[1].Modes = []model.Mode{{Kind: model.OSCrash, Life: failures.Fixed(1e9), Repair: failures.Fixed(3 * hour)}}
	for _, c := range []struct {
		name  string
		cause model.CommonCause
		want  []model.Seconds // begin and end of outages, in hours
	}{
		{"at once", model.CommonCause{}, []model.Seconds{100, 103, 201, 204}},
		{"delayed", model.CommonCause{SetOff: &model.SetOff{Delay: failures.Fixed(2 * hour)}}, []model.Seconds{100, 101, 102, 105, 201, 202, 203, 206}},
		{"held down", model.CommonCause{Repair: failures.Fixed(5 * hour)}, []model.Seconds{100, 105, 201, 206}},
		{"longer than the next failure", model.CommonCause{Repair: failures.Fixed(150 * hour)}, []model.Seconds{100, 250}},
	} {
		cause := c.cause
		if cause.SetOff == nil {
			cause.SetOff = &model.SetOff{}
		}
		cause.Name, cause.Mode, cause.Probability, cause.Victims = "cascade", model.OSCrash, 1, []int32{1}
		sys.Causes = []model.CommonCause{cause}
		out := run(t, sys, Options{Horizon: 250 * hour, Seed: 1, Runs: 1, RunOut: hour})[0]
		var got []model.Seconds
		for _, o := range out.Outages {
			got = append(got, o.Start/hour, o.End/hour)
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: outages %v, want %v", c.name, got, c.want)
			continue
		}
		for i := range got {
			if math.Abs(float64(got[i]-c.want[i])) > 1e-9 {
				t.Errorf("%s: outages %v, want %v", c.name, got, c.want)
				break
			}
		}
		if out.Outages[0].Initiator != 0 {
			t.Errorf("%s: begun by %s, not by what set it off", c.name, sys.ElementName(out.Outages[0].Initiator))
		}
	}
}

// An outage that ends with a switch that takes no time has been noticed, when it ended.
func TestNoticedAtTheEnd(t *testing.T) {
	sys := farm(2, &policies.ActivePassive{Success: 1}, 1)
	sys.Services[0].Detector, sys.Services[0].Observer = policies.After{Down: failures.Fixed(20)}, model.ByEveryone
	outcomes := run(t, sys, Options{Horizon: 2 * model.Year, Seed: 4, Runs: 5})
	seen := 0
	for _, o := range outcomes[0].Outages {
		if math.Abs(float64(o.End-o.Start-20)) < 1e-6 {
			if seen++; o.Detected != o.End {
				t.Errorf("seed 4: outage from %v to %v was noticed at %v", o.Start, o.End, o.Detected)
			}
		}
	}
	if seen == 0 {
		t.Error("seed 4: no failover in two years")
	}
}
