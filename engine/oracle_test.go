package engine

import (
	"context"
	"math"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// hour0 are the parameters of the exact oracles: failures every 1000 h, repairs of 10 h.
const (
	lifeH   = 1000 * model.Hour
	repairH = 10 * model.Hour
)

// unit is a component that fails and is repaired exponentially.
func unit(name string, life, repair model.Seconds) model.Component {
	m := model.Mode{Kind: model.OSCrash, Life: expLaw(life)}
	if repair > 0 {
		m.Repair = expLaw(repair)
	}
	return model.Component{Name: name, Site: none, Modes: []model.Mode{m}}
}

// group makes a system of n units under one policy, observed by one journey.
func farm(n int, policy model.Policy, needed int) *model.System {
	sys := &model.System{Name: "farm"}
	s := model.Service{Name: "farm", Policy: policy, Needed: needed, Balancer: none}
	for i := range n {
		sys.Components = append(sys.Components, unit("unit-"+string(rune('a'+i%26))+string(rune('a'+i/26%26))+string(rune('a'+i/676)), lifeH, repairH))
		s.Members = append(s.Members, model.Member{Component: int32(i), Host: int32(i)})
	}
	sys.Services = []model.Service{s}
	sys.Journeys = []model.Journey{{Name: "farm", Needs: []model.Dependency{{Need: model.Need{Ref: 0}}}, Share: 1, Threshold: 0.95, Service: none}}
	return sys
}

// standby is an active-passive policy without delays.
func standby(alpha float64) *policies.ActivePassive {
	return &policies.ActivePassive{Alpha: alpha, Success: 1}
}

// unavailability runs a system and returns its mean and the half-width of its 99.9 % interval.
func unavailability(t testing.TB, sys *model.System, o Options) (mean, half float64) {
	t.Helper()
	p, err := Compile(sys)
	if err != nil {
		t.Fatal(err)
	}
	n, sum, squares := 0.0, 0.0, 0.0
	for out, err := range p.Replications(context.Background(), o) {
		if err != nil {
			t.Fatal(err)
		}
		down := model.Seconds(0)
		for i := range out.Outages {
			down += out.Outages[i].Down(out.Horizon)
		}
		u := float64(down / out.Horizon)
		n, sum, squares = n+1, sum+u, squares+u*u
	}
	mean = sum / n
	return mean, 3.29 * math.Sqrt((squares/n-mean*mean)/n)
}

// oneCrew has a single crew repair everything.
func oneCrew(sys *model.System) *model.System {
	crew := model.Crew{Size: 1}
	for i := range sys.Components {
		crew.Serves = append(crew.Serves, int32(i))
	}
	sys.Crews = []model.Crew{crew}
	return sys
}

func TestExactOracles(t *testing.T) {
	cases := []struct {
		name string
		sys  *model.System
		want float64
	}{
		{"one unit", farm(1, policies.ActiveActive{}, 1), 9.900990e-3},
		{"hot pair, own crews", farm(2, policies.ActiveActive{}, 1), 9.802960e-5},
		{"hot standby, instant failover", farm(2, standby(1), 1), 9.802960e-5},
		{"warm standby, alpha 0.3", farm(2, standby(0.3), 1), 6.416e-5},
		{"cold standby", farm(2, standby(0), 1), 4.950e-5},
		{"hot pair, one crew", oneCrew(farm(2, policies.ActiveActive{}, 1)), 1.960400e-4},
		{"warm standby, alpha 0.3, one crew", oneCrew(farm(2, standby(0.3), 1)), 1.2831e-4},
		{"cold standby, one crew", oneCrew(farm(2, standby(0), 1)), 9.8995e-5},
		{"2 of 3", farm(3, policies.ActiveActive{}, 2), 2.921476e-4},
		{"quorum of 3", farm(3, &policies.Quorum{}, 1), 2.921476e-4},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			o := Options{Horizon: 2000 * model.Year, Seed: 7, Runs: 1600, SteadyState: true}
			if testing.Short() {
				o.Runs = 100
			}
			got, half := unavailability(t, c.sys, o)
			t.Logf("want %.4e got %.4e ± %.1e (seed %d)", c.want, got, half, o.Seed)
			if math.Abs(got-c.want) > half+1e-4*c.want {
				t.Errorf("unavailability %.5e ± %.1e, exact %.5e", got, half, c.want)
			}
			if !testing.Short() && half > 0.01*c.want {
				t.Errorf("half-width %.1e is more than 1%% of %.3e", half, c.want)
			}
		})
	}
}
