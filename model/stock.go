package model

import (
	"fmt"
	"math"
)

// Stock is spare parts of one sort. A repair takes one before it begins, and one more is ordered; if none is
// there, the repair waits for the next that comes, or goes on without.
type Stock struct {
	Name     string
	Size     int          // parts on the shelf at the start; Unlimited = always one more
	Lead     Distribution // from an order to the part; nil = no time
	Delivery Office       // if kept, the lead time begins when the next working day does
	GoesOn   bool         // a repair that finds the shelf empty goes on with a makeshift, and is owed the part
	Serves   []int32      // components
	Modes    [NumFaultModes]bool
	At       Pos
}

// Unlimited is the Size of a stock that never runs out.
const Unlimited = -1

// Opens is when office hours begin next after time t of a run; Never if they do not.
func (o *Office) Opens(t Seconds) Seconds {
	day := Seconds(math.Floor(float64(t / Day)))
	for d := day; d < day+9; d++ {
		if opening := d*Day + o.From; opening > t && o.Days[(int(math.Mod(float64(d), 7))+7)%7] {
			return opening
		}
	}
	return Never
}

// StockUse is what became of a Stock in one replication, within the horizon.
type StockUse struct {
	Used   int32   // parts
	Short  int32   // repairs that found none on the shelf
	Waited Seconds // from then, in all, until they got one
}

const mostParts = 100_000

func (c *checker) stocks() {
	names := map[string]*Pos{}
	taken := map[[2]int32]bool{}
	for i := range c.sys.Stocks {
		x := &c.sys.Stocks[i]
		where := fmt.Sprintf("spare parts %q", x.Name)
		c.unique(names, "stock", x.Name, &x.At)
		switch {
		case x.Size < Unlimited || x.Size > mostParts:
			c.fault(x.At, "%s: a stock has up to %d parts", where, mostParts)
		case x.Lead != nil && !isLength(x.Lead.Mean()):
			c.fault(x.At, "%s: a part must come after a finite time", where)
		case x.Delivery.Kept && x.Delivery.Days == [7]bool{}:
			c.fault(x.At, "%s: nothing is delivered on any day", where)
		}
		for _, s := range x.Serves {
			if !c.hasComponent(s) {
				c.fault(x.At, "%s: there is no component %d", where, s)
				continue
			}
			for k := range c.sys.Components[s].Modes {
				kind := c.sys.Components[s].Modes[k].Kind
				if key := [2]int32{s, int32(kind)}; x.Modes[kind] && taken[key] {
					c.fault(x.At, "%s: %q takes another part for %v already", where, c.sys.Components[s].Name, kind)
				} else if x.Modes[kind] {
					taken[key] = true
				}
			}
		}
	}
}
