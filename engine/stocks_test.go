package engine

import (
	"context"
	"math"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// stocked has all repairs of a farm of n take a part, of which so many are on the shelf.
func stocked(n, needed, size int, repair, lead model.Distribution) *model.System {
	sys := farm(n, policies.ActiveActive{}, needed)
	s := model.Stock{Name: "board", Size: size, Lead: lead}
	s.Modes[model.OSCrash] = true
	for i := range sys.Components {
		sys.Components[i].Modes[0].Repair = repair
		s.Serves = append(s.Serves, int32(i))
	}
	sys.Stocks = []model.Stock{s}
	return sys
}

// shortage is the probability that any of n units lacks a part: with x parts on order, they fail at the rate
// (n − max(0, x − size))·λ and arrive at x/lead, a birth–death process. How many are on order does not depend
// on the law of the lead time (Sevastyanov, 1957; Palm's theorem is the case n → ∞).
func shortage(n, size int, lambda, lead float64) float64 {
	weight, sum, short := 1.0, 0.0, 0.0
	for x := 0; x <= n+size; x++ {
		if sum += weight; x > size {
			short += weight
		}
		weight *= float64(n-max(0, x-size)) * lambda * lead / float64(x+1)
	}
	return short / sum
}

func TestPartsOnOrder(t *testing.T) {
	const n = 4
	for size := range 3 {
		for _, lead := range []model.Distribution{expLaw(100 * model.Hour), fixedLaw(100 * model.Hour)} {
			want := shortage(n, size, 1./1000, 100)
			sys := stocked(n, n, size, fixedLaw(0), lead)
			u, half := unavailability(t, sys, Options{Horizon: 100 * model.Year, Seed: 11, Runs: 200, SteadyState: true})
			t.Logf("%d on the shelf, lead %v: %.5f ± %.5f, exact %.5f", size, lead, u, half, want)
			if math.Abs(u-want) > half+1e-4*want {
				t.Errorf("%d on the shelf, lead %v: somebody is down for %.5f ± %.5f of the time, exact %.5f", size, lead, u, half, want)
			}
		}
	}
}

// A repair waits for its part, then for a crew, then takes its time.
func TestPartsThenCrewThenRepair(t *testing.T) {
	sys := oneCrew(stocked(2, 2, 0, fixedLaw(3*model.Hour), fixedLaw(24*model.Hour)))
	sys.Components[0].Modes[0].Life = fixedLaw(100 * model.Hour)
	sys.Components[1].Modes[0].Life = fixedLaw(101 * model.Hour)
	out := oneRun(t, sys, 200*model.Hour)
	if len(out.Outages) != 1 || !sameTime(out.Outages[0].Start, 100*model.Hour) || !sameTime(out.Outages[0].End, 130*model.Hour) {
		t.Errorf("outages %+v", out.Outages) // parts come at 124 h and 125 h, the crew is done at 127 h and 130 h
	}
	if want := (model.StockUse{Used: 2, Short: 2, Waited: 48 * model.Hour}); out.Stocks[0] != want {
		t.Errorf("%+v, not %+v", out.Stocks[0], want)
	}
	sys.Stocks[0].Size = 1
	out = oneRun(t, sys, 200*model.Hour) // the second gets the part ordered for the first, at 124 h
	if want := (model.StockUse{Used: 2, Short: 1, Waited: 23 * model.Hour}); out.Stocks[0] != want || !sameTime(out.Outages[0].End, 127*model.Hour) {
		t.Errorf("%+v, not %+v, up again at %v", out.Stocks[0], want, out.Outages[0].End)
	}
}

// Parts come four hours after the next working morning: on average 26.29 h after a failure at any time of
// the week, Σ gap²/2 over the week, with four gaps of a day and one of three.
func TestPartsComeOnTheNextBusinessDay(t *testing.T) {
	sys := stocked(1, 1, 0, fixedLaw(0), fixedLaw(4*model.Hour))
	sys.Stocks[0].Delivery = model.Office{Kept: true, Days: [7]bool{true, true, true, true, true}, From: 8 * model.Hour, To: 18 * model.Hour}
	p, err := Compile(sys)
	if err != nil {
		t.Fatal(err)
	}
	waited, used := 0.0, 0.0
	for out, err := range p.Replications(context.Background(), Options{Horizon: 100 * model.Year, Seed: 2, Runs: 100}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range out.Outages {
			if hour := math.Mod(float64(o.End/model.Hour), 24); !o.Open && math.Abs(hour-12) > 1e-5 {
				t.Fatalf("a part came at %v h", hour)
			}
		}
		waited, used = waited+float64(out.Stocks[0].Waited), used+float64(out.Stocks[0].Short)
	}
	want := (4*24.*24+72*72)/2/168 + 4
	if got := waited / used / float64(model.Hour); math.Abs(got-want) > 0.2 {
		t.Errorf("waited for %.2f h, exact %.2f h", got, want)
	}
}

// Repairs that go on without a part leave the demand as it is. How many parts are on order is then Poisson, and
// a repair finds one on the shelf with the probability that it is less than the stock (Palm, 1938).
func TestPartsThatAreOwed(t *testing.T) {
	const n, size, demand = 20, 17, 20 * 2016. / 4000
	want, term := 0.0, math.Exp(-demand)
	for x := range size {
		want += term
		term *= demand / float64(x+1)
	}
	for _, lead := range []model.Distribution{fixedLaw(2016 * model.Hour), expLaw(2016 * model.Hour)} {
		sys := stocked(n, n, size, fixedLaw(0), lead)
		sys.Stocks[0].GoesOn = true
		for i := range sys.Components {
			sys.Components[i].Modes[0].Life = expLaw(4000 * model.Hour)
		}
		used, short, half, waited := 0.0, 0.0, 0.0, 0.0
		for _, out := range run(t, sys, Options{Horizon: 100 * model.Year, Seed: 3, Runs: 200, SteadyState: true}) {
			if len(out.Outages) > 0 {
				t.Fatal("somebody waited")
			}
			u := out.Stocks[0]
			used, short, waited = used+float64(u.Used), short+float64(u.Short), waited+float64(u.Waited/model.Hour)
			half += math.Pow(float64(u.Short)-(1-want)*float64(u.Used), 2)
		}
		if got, half := 1-short/used, 3*math.Sqrt(half)/used; math.Abs(got-want) > half {
			t.Errorf("lead %v: %.5f ± %.5f from the shelf, exact %.5f", lead, got, half, want)
		}
		owed, p := 0.0, math.Exp(-demand) // on average, by Little's law
		for x := range 100 {
			owed += max(0, float64(x-size)) * p
			p *= demand / float64(x+1)
		}
		if got, want := waited/used, owed/(n/4000.); math.Abs(got-want) > 0.1*want {
			t.Errorf("lead %v: owed for %.3f h on average, exact %.3f h", lead, got, want)
		}
	}
}

// An unlimited stock counts failures and delays nothing.
func TestUnlimitedPartsCountFailures(t *testing.T) {
	with, without := stocked(5, 5, model.Unlimited, expLaw(repairH), expLaw(model.Year)), farm(5, policies.ActiveActive{}, 5)
	for i := range without.Components {
		without.Components[i].Modes[0].Repair = expLaw(repairH)
	}
	a, b := oneRun(t, with, 100*model.Year), oneRun(t, without, 100*model.Year)
	if len(a.Outages) != len(b.Outages) || a.Unserved[0] != b.Unserved[0] {
		t.Errorf("%d outages with parts at hand, %d without", len(a.Outages), len(b.Outages))
	}
	if mean := 5 * 100 * 8760 / 1010.; math.Abs(float64(a.Stocks[0].Used)-mean) > 4*math.Sqrt(mean) || a.Stocks[0].Short != 0 {
		t.Errorf("%+v, about %.0f expected", a.Stocks[0], mean)
	}
}

// Who loses its power while it is being repaired leaves crew and part to others.
func TestCrewsAndPartsOfWhoLosesItsPower(t *testing.T) {
	sys := oneCrew(stocked(2, 2, 0, fixedLaw(10*model.Hour), fixedLaw(5*model.Hour)))
	sys.Components = append(sys.Components, model.Component{Name: "host", Site: none,
		Modes: []model.Mode{{Life: fixedLaw(107 * model.Hour), Repair: fixedLaw(model.Hour)}}})
	sys.Components[0].Requires, sys.Components[0].StartsIn = &model.Need{Ref: 2}, fixedLaw(model.Minute)
	sys.Components[0].Modes[0].Life = fixedLaw(100 * model.Hour) // has its part at 105 h, loses its power at 107 h
	sys.Components[1].Modes[0].Life = fixedLaw(101 * model.Hour) // has its part at 106 h, and the crew from 107 h
	out := oneRun(t, sys, 120*model.Hour)
	if len(out.Outages) != 1 || !sameTime(out.Outages[0].End, 117*model.Hour) {
		t.Errorf("in repair: %+v", out.Outages)
	}
	sys.Components[2].Modes[0].Life = fixedLaw(102 * model.Hour) // before its part has come: one is enough
	out = oneRun(t, sys, 120*model.Hour)
	if len(out.Outages) != 1 || !sameTime(out.Outages[0].End, 115*model.Hour) || out.Stocks[0].Waited != 4*model.Hour {
		t.Errorf("waiting for a part: %+v, %+v", out.Outages, out.Stocks[0])
	}
}
