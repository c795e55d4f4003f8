package analysis

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// priced is the pair with 300 a year fixed and prices for an hour of downtime of buy and of db.
func priced(buy, db float64) *model.System {
	sys := pair()
	sys.Cost = &model.Cost{Currency: "EUR", Nodes: 200, Services: 90, Other: 10, Downtime: []float64{buy, db}}
	return sys
}

func costOf(sys *model.System, years ...*model.Outcome) Estimate {
	s := NewStudy(sys, plan())
	for _, y := range years {
		s.Add(y)
	}
	return s.Summary().Get("cost", 0).Main()
}

// Two years with an hour and with nothing, at 1000 an hour.
func TestCostKnownAnswers(t *testing.T) {
	e := costOf(priced(1000, 0), year(down(10, 3600, 0)), year())
	near(t, "cost", e.Value, 300+500, 1e-9)
	if e.Observations != 1 || !warned(e, "one event") {
		t.Errorf("it rests on one outage, but says %+v", e)
	}
	half := year(down(10, 3600, 0))
	half.Horizon = model.Year / 2
	near(t, "cost of a year, from half years", costOf(priced(1000, 0), half, half).Value, 300+2000, 1e-9)
	both := year(down(10, 3600, 0), down(20, 7200, 0))
	both.Outages[1].Journey = 1
	near(t, "journeys add up", costOf(priced(1000, 10), both).Value, 300+1000+20, 1e-9)
	if NewStudy(pair(), plan()).Summary().Get("cost", 0) != nil || study(plan(), year()).Get("cost", 0) != nil {
		t.Error("a system without prices has a cost")
	}
}

// The fixed part moves the interval and does not widen it: it is that of the downtime at its price.
func TestCostIntervalIsThatOfDowntime(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 31))
	s := NewStudy(priced(1000, 0), plan())
	for range 200 {
		a, _ := twins(r, 3000)
		s.Add(a)
	}
	sum := s.Summary()
	c, d := sum.Get("cost", 0).Main(), sum.Get("downtime", 0).Main()
	for _, x := range [][2]float64{{c.Value, d.Value}, {c.Low, d.Low}, {c.High, d.High}} {
		near(t, "cost", x[0], 300+x[1]/3600*1000, 1e-6)
	}
	if e := costOf(priced(1000, 0), year(down(10, 9000, 0)), year(), year()); e.Low != 300 {
		t.Errorf("downtime earns money: %+v", e)
	}
}

// What was not seen may cost something: at most the downtime that is not refuted.
func TestCostOfTheUnseen(t *testing.T) {
	years := slices.Repeat([]*model.Outcome{year()}, 100)
	e := costOf(priced(1000, 0), years...)
	if !e.Bound || e.Value != 300 || e.Low != 300 {
		t.Errorf("no outage in 100 years: %+v", e)
	}
	near(t, "bound", e.High, 300+1000*8760*-math.Log(.05)/100, 1e-6)
	years[0] = year(down(10, 3600, 0))
	one, two := costOf(priced(1000, 0), years...), costOf(priced(1000, 1000), years...)
	if two.Bound || !(two.High > one.High+25) || !warned(two, "includes a bound") {
		t.Errorf("a journey without an outage adds nothing: %+v after %+v", two, one)
	}
	free := costOf(priced(0, 0), years...)
	if free.Bound || free.Value != 300 || free.High != 300 {
		t.Errorf("downtime is free, and yet %+v", free)
	}
}

// Costs are compared if they are in one currency, and what cannot be compared is said.
func TestCostsCompared(t *testing.T) {
	ds := []Design{{"a", priced(1000, 0), plan()}, {"b", priced(1000, 0), plan()}, {"c", priced(1000, 0), plan()}, {"d", pair(), plan()}}
	ds[1].System.Cost.Nodes += 700
	ds[2].System.Cost.Currency = "USD"
	c := NewComparison(ds)
	r := rand.New(rand.NewPCG(4, 32))
	for range 200 {
		a, b := twins(r, 3000)
		c.Add([]*model.Outcome{a, b, a, a})
	}
	st := c.Standing()
	want := []string{"a cost in EUR is not in c and d", "a cost in USD is only in c"}
	if !slices.Equal(st.Unmatched, want) {
		t.Errorf("unmatched: %q, want %q", st.Unmatched, want)
	}
	cost, downtime := st.side(t, "cost", "mean", 1), st.side(t, "downtime", "mean", 1)
	near(t, "difference", cost.Difference.Value, 700+downtime.Difference.Value/3.6, 1e-6)
	near(t, "its end", cost.Difference.High, 700+downtime.Difference.High/3.6, 1e-6)
	if s := st.side(t, "cost", "mean", 2); s.Present || s.Finding != Unknown {
		t.Errorf("EUR and USD are compared: %+v", *s)
	}
}
