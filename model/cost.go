package model

import "math"

// Cost is what a system costs, in a currency of the user's: what runs whether it breaks or not, and what
// downtime loses.
type Cost struct {
	Currency               string    // "" = not said
	Nodes, Services, Other float64   // per year
	Downtime               []float64 // per journey: of an hour in which it is down; journeys add up
}

// Fixed is the cost per year without any downtime.
func (c *Cost) Fixed() float64 { return c.Nodes + c.Services + c.Other }

// cost checks that there is a price of downtime for every journey, and that nothing is paid for costing.
func (c *checker) cost() {
	p := c.sys.Cost
	if p == nil {
		return
	}
	if len(p.Downtime) != len(c.sys.Journeys) {
		c.fault(Pos{}, "%d prices of downtime for %d journeys", len(p.Downtime), len(c.sys.Journeys))
	}
	for _, x := range append([]float64{p.Nodes, p.Services, p.Other}, p.Downtime...) {
		if !(x >= 0) || math.IsInf(x, 1) {
			c.fault(Pos{}, "a cost of %v is no amount", x)
		}
	}
}
