package engine

import "github.com/ftsim/ftsim/model"

// This file is about units made of other components: what belongs to one ages as it does where it stands by.

// unitParts lists what belongs to a component, directly or through a unit that does; nothing to most.
func (c *compiler) unitParts(i int32) []int32 {
	var out []int32
	if from := &c.p.sys.Components[i]; from.Unit && from.Requires != nil {
		eachRef(from.Requires, func(ref int32) {
			out = append(append(out, ref), c.unitParts(ref)...)
		})
	}
	return out
}

// units notes what belongs to units.
func (c *compiler) units() {
	for i := range c.p.sys.Components {
		if !c.p.sys.Components[i].Unit {
			continue
		}
		if c.p.units == nil {
			c.p.units = make([][]int32, len(c.p.comps))
		}
		c.p.units[i] = c.unitParts(int32(i))
	}
}

// unitAgeing gives what belongs to a component the ageing rate of a standby.
func (c *compiler) unitAgeing(i int32, alpha float64) {
	if c.p.units != nil {
		for _, k := range c.p.units[i] {
			c.ageing(k, alpha)
		}
	}
}

// serveUnit counts a member in or out of those that work what belongs to its hardware.
func (r *Runner) serveUnit(m model.Member, step int32) {
	for _, k := range r.p.units[m.Host] {
		if a := r.comps[k].ageing; a != none {
			r.active[a] += step
		}
	}
}

// ageUnit has what belongs to a component age as its roles demand.
func (r *Runner) ageUnit(i int32) {
	for _, k := range r.p.units[i] {
		if a := r.comps[k].ageing; a != none {
			r.age(k, r.rateOf(a))
		}
	}
}
