package engine

import (
	"math"

	"github.com/ftsim/ftsim/model"
)

// This file is about demand that follows the clock on the wall. Two changes a day would be most events of
// a quiet system, so the clock for the next one only runs while it can matter: while some group could be
// short of capacity, or a served fraction changes with time. Otherwise the load is integrated in closed form.

// demand is the offered load over a day, in requests per second.
type demand struct {
	base, peak float64
	from, to   float64 // of the peak, in seconds of the day; to may lie in the next day
}

// varies tells whether there is a peak.
func (d *demand) varies() bool { return d.to > 0 }

// at is the load at time t; peaks include their beginning, not their end.
func (d *demand) at(t float64) float64 {
	today := math.Floor(t/float64(model.Day)) * float64(model.Day)
	for _, day := range [...]float64{today - float64(model.Day), today} {
		if day+d.from <= t && t < day+d.to {
			return d.peak
		}
	}
	return d.base
}

// next is when the load changes next after t.
func (d *demand) next(t float64) float64 {
	first := math.Inf(1)
	for k := -1.0; k <= 1; k++ {
		day := (math.Floor(t/float64(model.Day)) + k) * float64(model.Day)
		for _, at := range [...]float64{day + d.from, day + d.to} {
			if at > t {
				first = min(first, at)
			}
		}
	}
	return first
}

// upTo is the load up to time t, in requests, but for a constant.
func (d *demand) upTo(t float64) float64 {
	days := math.Floor(t / float64(model.Day))
	inPeak := days * (d.to - d.from)
	for _, day := range [...]float64{days - 1, days} {
		inPeak += min(max(0, t-day*float64(model.Day)-d.from), d.to-d.from)
	}
	return d.base*t + (d.peak-d.base)*inPeak
}

// offered is how much is offered from a to b, in seconds of the mean load of the horizon.
func (r *Runner) offered(a, b float64) float64 {
	if r.meanLoad == 0 {
		return b - a
	}
	return (r.p.demand.upTo(b) - r.p.demand.upTo(a)) / r.meanLoad
}

// setMeanLoad has offered count in the mean load of the horizon. A run begins at midnight, as observation does.
func (r *Runner) setMeanLoad() {
	if d := &r.p.demand; d.varies() {
		r.meanLoad = (d.upTo(float64(r.o.Horizon)) - d.upTo(0)) / float64(r.o.Horizon)
	}
}

// resetDemand is the load at the start.
func (r *Runner) resetDemand() {
	r.tense, r.ticking = 0, false
	if r.meanLoad > 0 {
		r.asked = r.p.demand.base
		r.meet(r.p.demand.at(0))
	}
}

// meet has every group with limited capacity meet a load.
func (r *Runner) meet(load float64) {
	if load == r.asked {
		return
	}
	r.asked = load
	for _, i := range r.p.limited {
		g := &r.groups[i]
		g.demand = load
		g.whole = g.capacity(1)
	}
}

// press looks whether a change of load could matter to a group, and whether it has more than it can bear.
func (r *Runner) press(i int32, g *group) {
	r.keepTime(g)
	if g.strain != none {
		r.bear(i, g)
		r.keepTime(g)
	}
	if g.style == model.Shared {
		sound := g.up - g.odd
		switch {
		case sound == g.n:
			g.blame = r.p.sys.ServiceElement(int(i))
		case sound < g.sound && r.blame != none:
			g.blame = r.blame
		}
		g.sound = sound
	}
}

// keepTime has the clock of the load run as long as it could matter to a group.
func (r *Runner) keepTime(g *group) {
	if r.meanLoad == 0 {
		return
	}
	tense := r.couldBeShort(g)
	if tense == g.tense {
		return
	}
	if g.tense = tense; tense {
		r.tense++
	} else {
		r.tense--
	}
	r.tick()
}

// couldBeShort tells whether a group as it is now would lack capacity at some hour, or spreads requests
// as the load is.
func (r *Runner) couldBeShort(g *group) bool {
	if !r.reach.whole || g.warming > 0 || g.collapsed || g.leastLoaded && g.good < g.rotation {
		return true
	}
	able := 1.0
	if g.style == model.Shared {
		able, _ = r.strength(g)
	} else if g.odd > 0 {
		return true
	}
	return able*g.perReplica < max(r.p.demand.base, r.p.demand.peak)
}

// tick starts or stops the clock of the load.
func (r *Runner) tick() {
	ticking := r.tense > 0 || r.ramps > 0
	if ticking == r.ticking {
		return
	}
	r.ticking = ticking
	if !ticking {
		r.clocks.stop(r.p.dayClock)
		return
	}
	r.meet(r.p.demand.at(r.now))
	r.clocks.arm(r.p.dayClock, r.p.demand.next(r.now))
}

// loadChanges has everybody meet the load of the hour that begins.
func (r *Runner) loadChanges() {
	r.clocks.arm(r.p.dayClock, r.p.demand.next(r.now))
	r.meet(r.p.demand.at(r.now))
	for _, i := range r.p.limited {
		g := &r.groups[i]
		r.touch(i)
		if able, _ := r.strength(g); r.blame == none && able*g.perReplica < r.asked {
			r.blame = g.blame // what left it short
		}
	}
	if r.blame == none && len(r.p.limited) > 0 {
		r.blame = r.groups[r.p.limited[0]].blame
	}
}
