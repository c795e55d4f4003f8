package engine

import (
	"math"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// A standby made of three parts in series, each with the rate of the primary, fails at 3αλ while it stands by and
// at 3λ while it serves. The mean time until both are gone: the primary falls first with probability
// 1/(1+3α), after 1/((1+3α)λ); then it takes 1/(3λ), or else 1/λ.
func TestStandbyMadeOfParts(t *testing.T) {
	const mean = 2 * model.Hour
	for _, alpha := range []float64{0, 0.5, 1} {
		sys := &model.System{Name: "unit"}
		for _, name := range []string{"i", "j", "k", "l"} {
			sys.Components = append(sys.Components, model.Component{Name: name, Site: none, Modes: []model.Mode{{Life: expLaw(mean)}}})
		}
		pair := model.Need{AtLeast: 2, Of: []model.Need{{Ref: 1}, {Ref: 2}}} // a unit within the unit
		sys.Components = append(sys.Components, model.Component{Name: "c", Site: none, Requires: &pair, Unit: true},
			model.Component{Name: "b", Site: none, Requires: &model.Need{AtLeast: 2, Of: []model.Need{{Ref: 4}, {Ref: 3}}}, Unit: true})
		sys.Services = []model.Service{{Name: "s", Needed: 1, Observer: model.ByEveryone, Balancer: none,
			Policy:  &policies.ActivePassive{Standby: policies.Cold, Alpha: alpha, Success: 1, GivesUp: true},
			Members: []model.Member{{Component: 0, Host: 0}, {Component: 5, Host: 5}}}}
		sys.Journeys = []model.Journey{{Name: "up", Needs: []model.Dependency{{Need: model.Need{Ref: 0}}}, Share: 1, Threshold: 0.5, Service: none}}
		sys.Clients = []model.ClientGroup{{Site: none, Share: 1}}
		sum, squares, n := 0.0, 0.0, 0.0
		for _, out := range run(t, sys, Options{Horizon: 1000 * model.Hour, Seed: 4, Runs: 20000}) {
			x := float64(out.Outages[0].Start / model.Hour)
			sum, squares, n = sum+x, squares+x*x, n+1
		}
		first := 1 / (1 + 3*alpha)
		want := 2 * (first + first/3 + (1 - first))
		got := sum / n
		if half := 3.5 * math.Sqrt((squares/n-got*got)/n); math.Abs(got-want) > half {
			t.Errorf("dormancy %v: %.4f ± %.4f h, exact %.4f h", alpha, got, half, want)
		}
	}
}
