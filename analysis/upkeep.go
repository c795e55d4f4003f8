package analysis

import (
	"fmt"

	"github.com/ftsim/ftsim/model"
)

// This file measures planned work, how much of the downtime it had announced and what became of it, and spare
// parts.

// announcedOf sums the down seconds of a journey, and those that maintenance had announced.
func announcedOf(o *model.Outcome, journey int) (down, planned model.Seconds) {
	for i := range o.Outages {
		if a := &o.Outages[i]; int(a.Journey) == journey {
			down += a.Down(o.Horizon)
			planned += a.Planned
		}
	}
	return down, planned
}

// availabilityUnplanned leaves announced downtime out of the denominator too.
func (v *lens) availabilityUnplanned(dst []float64, o *model.Outcome, j int) []float64 {
	down, planned := announcedOf(o, j)
	if o.Horizon-planned <= 0 {
		return append(dst, 1)
	}
	return append(dst, 1-float64(max(0, down-planned)/(o.Horizon-planned)))
}

func (v *lens) downtimePlanned(dst []float64, o *model.Outcome, j int) []float64 {
	_, planned := announcedOf(o, j)
	return append(dst, float64(planned*(model.Year/o.Horizon)))
}

// upkeepOf is what became of maintenance m.
func upkeepOf(o *model.Outcome, m int) model.Upkeep {
	if m >= len(o.Upkeep) {
		return model.Upkeep{}
	}
	return o.Upkeep[m]
}

func (v *lens) maintenanceDone(dst []float64, o *model.Outcome, m int) []float64 {
	return append(dst, float64(upkeepOf(o, m).Done))
}

func (v *lens) maintenancePostponed(dst []float64, o *model.Outcome, m int) []float64 {
	return append(dst, float64(upkeepOf(o, m).Postponed))
}

func (v *lens) maintenanceMissed(dst []float64, o *model.Outcome, m int) []float64 {
	return append(dst, float64(upkeepOf(o, m).Missed))
}

func (v *lens) maintenanceWrong(dst []float64, o *model.Outcome, m int) []float64 {
	return append(dst, float64(upkeepOf(o, m).Wrong))
}

func (v *lens) faultsFound(dst []float64, o *model.Outcome, m int) []float64 {
	return append(dst, float64(upkeepOf(o, m).Found))
}

func (v *lens) findingShare(dst []float64, o *model.Outcome, m int) []float64 {
	u := upkeepOf(o, m)
	return shares(dst, u.Found, u.Done)
}

// shares appends a one for each of n that has something, and a zero for each of the others.
func shares(dst []float64, have, n int32) []float64 {
	for k := range n {
		if k < have {
			dst = append(dst, 1)
		} else {
			dst = append(dst, 0)
		}
	}
	return dst
}

func (v *lens) faultHidden(dst []float64, o *model.Outcome, m int) []float64 {
	u := upkeepOf(o, m)
	return append(dst, float64(u.Hidden), float64(u.Found))
}

// partsOf is what became of stock s.
func partsOf(o *model.Outcome, s int) model.StockUse {
	if s >= len(o.Stocks) {
		return model.StockUse{}
	}
	return o.Stocks[s]
}

func (v *lens) partsUsed(dst []float64, o *model.Outcome, s int) []float64 {
	return append(dst, float64(partsOf(o, s).Used)*float64(model.Year/o.Horizon))
}

func (v *lens) partsShort(dst []float64, o *model.Outcome, s int) []float64 {
	return append(dst, float64(partsOf(o, s).Short))
}

func (v *lens) partsFillRate(dst []float64, o *model.Outcome, s int) []float64 {
	u := partsOf(o, s)
	return shares(dst, u.Used-u.Short, u.Used)
}

func (v *lens) partsWait(dst []float64, o *model.Outcome, s int) []float64 {
	return append(dst, float64(partsOf(o, s).Waited), float64(partsOf(o, s).Used))
}

// boundPlanned says of journeys of which no announced downtime was seen how much of it there may be: at the
// greatest rate not refuted, as long as the longest work or interruption takes on average.
func (s *Summary) boundPlanned() {
	longest := model.Seconds(0)
	for i := range s.System.Maintenance {
		for _, d := range []model.Distribution{s.System.Maintenance[i].Takes, s.System.Maintenance[i].Interruption} {
			if d != nil {
				longest = max(longest, d.Mean())
			}
		}
	}
	for _, m := range s.find["downtime_planned"] {
		if e := &m.Stats[0]; e.Value == 0 {
			e.bound(0, 0, unseenCount/s.Years*float64(longest), fmt.Sprintf("no announced downtime in %s; the bound takes one to last %s, the longest work",
				s.Simulated(), longest.Round()))
		}
	}
}
