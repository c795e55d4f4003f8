package engine

import (
	"math"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// bridgedPair is a service that never fails over a unit that does, with a cushion between them.
func bridgedPair(life, repair model.Distribution, c model.Cushion) *model.System {
	sys := farm(1, policies.ActiveActive{}, 1)
	sys.Components[0].Modes = []model.Mode{{Kind: model.OSCrash, Life: life, Repair: repair}}
	sys.Components = append(sys.Components, model.Component{Name: "rock", Site: none})
	c.Name, c.Worth = "cushion", 1
	sys.Services = append(sys.Services, model.Service{Name: "front", Policy: policies.ActiveActive{}, Needed: 1, Balancer: none,
		Members: []model.Member{{Component: 1, Host: 1}}, Needs: []model.Dependency{{Need: model.Need{Ref: 0}, Cushion: &c}}})
	sys.Journeys[0].Needs[0].Need.Ref = 1
	return sys
}

// The level of a queue that fills at rate 1 while its consumer is down and empties at rate r while it is up
// is a two-state fluid queue. With λ = 1/MTBF, μ = 1/MTTR and θ = λ/r − μ, its stationary law has atoms
// p₀ (up, empty) and p_H (down, full) with p₀·λ = A, p_H·μ = A·e^{θH}, and density A·e^{θx}·(1 + 1/r) in
// between (Anick, Mitra, Sondhi 1982, two states). A cache that is fresh again at once fails for the excess of repairs over its
// lifetime H: MTTR·e^{−H/MTTR} of each MTBF + MTTR.
func TestCushionsAreExact(t *testing.T) {
	const mtbf, mttr = 100 * model.Hour, 10 * model.Hour
	for _, c := range []struct {
		holds model.Seconds
		drain float64
	}{{5 * model.Hour, 0}, {20 * model.Hour, 0}, {5 * model.Hour, 1.05}, {5 * model.Hour, 1.5}, {20 * model.Hour, 1.1}, {20 * model.Hour, 5}} {
		down, busy := cached(float64(mtbf), float64(mttr), float64(c.holds))
		if c.drain > 0 {
			down, busy = queued(float64(mtbf), float64(mttr), float64(c.holds), c.drain-1)
		}
		sys := bridgedPair(expLaw(mtbf), expLaw(mttr), model.Cushion{Holds: c.holds, Drain: c.drain})
		var u, b means
		observe(t, sys, Options{Horizon: 200 * model.Year, Seed: 3, Runs: 60, SteadyState: true}, func(o *model.Outcome) {
			sum := model.Seconds(0)
			for i := range o.Outages {
				sum += o.Outages[i].Down(o.Horizon)
			}
			u.add(float64(sum / o.Horizon))
			b.add(float64(o.Bridged[0] / o.Horizon))
		})
		if got, half := u.mean(); math.Abs(got-down) > half {
			t.Errorf("holds %v, drain %v: unavailability %.5f ± %.5f, exact %.5f", c.holds, c.drain, got, half, down)
		}
		if got, half := b.mean(); math.Abs(got-busy) > half {
			t.Errorf("holds %v, drain %v: bridged %.5f ± %.5f, exact %.5f", c.holds, c.drain, got, half, busy)
		}
	}
}

func cached(mtbf, mttr, holds float64) (down, busy float64) {
	return mttr * math.Exp(-holds/mttr) / (mtbf + mttr), mttr / (mtbf + mttr)
}

func queued(mtbf, mttr, holds, r float64) (down, busy float64) {
	l, m := 1/mtbf, 1/mttr
	theta := l/r - m
	between := holds
	if theta != 0 {
		between = math.Expm1(theta*holds) / theta
	}
	a := 1 / (1/l + math.Exp(theta*holds)/m + (1+1/r)*between)
	return a * math.Exp(theta*holds) / m, 1 - a/l
}

// means gathers a mean and the half-width of its 99.9 % interval.
type means struct{ n, sum, squares float64 }

func (m *means) add(x float64) { m.n, m.sum, m.squares = m.n+1, m.sum+x, m.squares+x*x }

func (m *means) mean() (mean, half float64) {
	mean = m.sum / m.n
	return mean, 3.29 * math.Sqrt((m.squares/m.n-mean*mean)/(m.n-1))
}

// Up for five minutes, down for five: every step of a queue and of a cache can be counted.
func TestCushionStepByStep(t *testing.T) {
	for _, c := range []struct {
		what          string
		cushion       model.Cushion
		down, bridged float64 // within 2000 s: down 300–600, 900–1200, 1500–1800
	}{
		{"longer than the outage", model.Cushion{Holds: 301}, 0, 900},
		{"a cache of 100 s", model.Cushion{Holds: 100}, 600, 900},
		{"a queue of 400 s, worked off in time", model.Cushion{Holds: 400, Drain: 3}, 0, 3 * (300 + 150)},
		{"a queue that is half full again", model.Cushion{Holds: 300, Drain: 1.5}, 300, 1700},
	} {
		sys := bridgedPair(fixedLaw(300), fixedLaw(300), c.cushion)
		observe(t, sys, Options{Horizon: 2000, Seed: 1, Runs: 1}, func(o *model.Outcome) {
			down := model.Seconds(0)
			for i := range o.Outages {
				down += o.Outages[i].Down(o.Horizon)
			}
			if math.Abs(float64(down)-c.down) > 1e-6 || math.Abs(float64(o.Bridged[0])-c.bridged) > 1e-6 {
				t.Errorf("%s: down for %v and bridged for %v, want %v and %v", c.what, float64(down), float64(o.Bridged[0]), c.down, c.bridged)
			}
		})
	}
}
