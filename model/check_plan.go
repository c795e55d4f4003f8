package model

import (
	"fmt"
	"math"
)

func (c *checker) journeys() {
	for i := range c.sys.Journeys {
		x := &c.sys.Journeys[i]
		where := fmt.Sprintf("journey %q", x.Name)
		if x.Name == "" {
			c.fault(x.At, "a journey has no name")
		}
		if len(x.Needs) == 0 {
			c.fault(x.At, "%s needs no service, so it is never down", where)
		}
		c.dependencies(x.Needs, x.At, where, c.hasService)
		if !isShare(x.Share) {
			c.fault(x.At, "%s: its share must be from 0 to 1", where)
		}
		if !(x.Threshold > 0 && x.Threshold <= 1) {
			c.fault(x.At, "%s: its threshold must be above 0 and at most 1", where)
		}
		if x.Service != None && !c.hasService(x.Service) {
			c.fault(x.At, "%s: there is no service %d", where, x.Service)
		}
	}
}

func (c *checker) clients() {
	if !(c.sys.Rate >= 0) || math.IsInf(c.sys.Rate, 1) {
		c.fault(Pos{}, "the rate of requests must be a finite number")
	}
	if p := &c.sys.Peak; *p != (Peak{}) && !(c.sys.Rate > 0 && p.Rate > 0 && !math.IsInf(p.Rate, 1) && p.From >= 0 && p.From < Day && p.From < p.To && p.To < p.From+Day) {
		c.fault(Pos{}, "the peak of requests, %v per second from %v to %v, must be a part of the day with a rate above 0 next to another", p.Rate, p.From, p.To)
	}
	sum := 0.0
	for _, g := range c.sys.Clients {
		if g.Site != None && !c.hasSite(g.Site) {
			c.fault(Pos{}, "clients: there is no site %d", g.Site)
		}
		if !isShare(g.Share) {
			c.fault(Pos{}, "clients: a share must be from 0 to 1")
		}
		sum += g.Share
	}
	if len(c.sys.Clients) > 0 && !(math.Abs(sum-1) < 1e-6) {
		c.fault(Pos{}, "clients: the shares add up to %.4g, not to 1", sum)
	}
}

// mostCycles is how often one component may fail in a replication. Above it a unit is probably wrong,
// and the run would not end.
const mostCycles = 1e8

func (c *checker) plan(p *Plan) {
	if !(p.Horizon > 0) || !isLength(p.Horizon) {
		c.fault(Pos{}, "the horizon must be finite and greater than zero")
	}
	if p.Runs < 1 {
		c.fault(Pos{}, "at least one run is needed")
	}
	if !isLength(p.MinDowntime) || !isLength(p.MergeGap) || !isLength(p.RunOut) {
		c.fault(Pos{}, "min_downtime, merge_gap and run_out must be finite durations")
	}
	for i := range p.Objectives {
		o := &p.Objectives[i]
		switch {
		case o.Journey < 0 || int(o.Journey) >= len(c.sys.Journeys):
			c.fault(o.At, "objective: there is no journey %d", o.Journey)
		case !(o.Availability >= 0 && o.Availability < 1):
			c.fault(o.At, "objective: an availability of %v cannot be promised", o.Availability)
		case !isLength(o.RTO) || !isLength(o.RPO):
			c.fault(o.At, "objective: rto and rpo must be finite durations")
		}
	}
	if len(c.found) == 0 {
		c.pace(p)
	}
}

// pace refuses what would fail so often that a run does not end.
func (c *checker) pace(p *Plan) {
	seen := map[*Mode]bool{}
	for i := range c.sys.Components {
		x := &c.sys.Components[i]
		if len(x.Modes) == 0 || seen[&x.Modes[0]] {
			continue
		}
		seen[&x.Modes[0]] = true
		for k := range x.Modes {
			c.often(p, x.At, fmt.Sprintf("component %q", x.Name), x.Modes[k].Life, x.Modes[k].Repair)
		}
	}
	for i := range c.sys.Causes {
		x := &c.sys.Causes[i]
		if x.SetOff == nil {
			c.often(p, x.At, fmt.Sprintf("common cause %q", x.Name), x.Life, x.Repair)
		}
	}
}

func (c *checker) often(p *Plan, at Pos, where string, life, repair Distribution) {
	cycle := life.Mean()
	if repair != nil {
		cycle += repair.Mean()
	}
	if times := float64(p.Horizon / cycle); times > mostCycles {
		c.fault(at, "%s: it would fail %.0e times within the horizon; is the unit right?", where, times)
	}
}
