package analysis

import (
	"testing"

	"github.com/ftsim/ftsim/model"
)

// In two years three losses of 10 s, and of one of them 4 s came back after an hour: the losses stay, and what came
// back stands beside them.
func TestSalvagedKnownAnswers(t *testing.T) {
	lost := model.Loss{Seconds: 10, Transactions: 1000}
	found := lost
	found.Salvaged = model.Salvaged{Seconds: 4, Transactions: 400, After: model.Hour}
	first, second := year(), year()
	first.Losses, second.Losses = []model.Loss{lost, found, {}}, []model.Loss{lost}
	for _, salvage := range []*model.Salvage{nil, {Probability: 0.3, Share: 0.4}} {
		sys := pair()
		sys.Services[0].Store = &model.Store{WriteRate: 100, Salvage: salvage}
		s := NewStudy(sys, plan())
		s.Add(first)
		s.Add(second)
		sum := s.Summary()
		near(t, "lost", sum.Get("loss", 0).Stat("max").Value, 10, 0)
		near(t, "losses", sum.Get("losses", 0).Main().Value, 1.5, 1e-9)
		for metric, want := range map[string]float64{"salvages": 0.5, "salvaged_share": 400. / 3000, "salvaged": 4, "salvaged_transactions": 400, "salvage_time": 3600} {
			m := sum.Get(metric, 0)
			if salvage == nil {
				if m != nil {
					t.Errorf("%s: %+v of a store of which nothing can be salvaged", metric, m)
				}
				continue
			}
			e := m.Stat("mean")
			near(t, metric, e.Value, want, 1e-9)
			if !(e.Low <= e.Value && e.Value <= e.High && (e.Low < e.High || e.Observations < 2)) {
				t.Errorf("%s: %+v has no interval", metric, e)
			}
		}
	}
}

// Losses of which nothing came back are a bound on how much does.
func TestNothingSalvagedIsABound(t *testing.T) {
	sys := pair()
	sys.Services[0].Store = &model.Store{WriteRate: 100, Salvage: &model.Salvage{Probability: 0.3, Share: 0.4}}
	s := NewStudy(sys, plan())
	for range 2 {
		o := year()
		o.Losses = []model.Loss{{Seconds: 10, Transactions: 1000}}
		s.Add(o)
	}
	sum := s.Summary()
	for _, metric := range []string{"salvages", "salvaged_share"} {
		if e := sum.Get(metric, 0).Main(); e.Value != 0 || !e.Bound || !(e.High > 0) {
			t.Errorf("%s: %+v", metric, e)
		}
	}
}
