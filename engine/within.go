package engine

import "github.com/ftsim/ftsim/model"

// This file is about what a machine room does to the data inside when it loses its power or burns (R5, R33):
// whatever cannot be without it, machines and their guests, loses what was not durable, or everything.

// destroys tells whether a fault of a container is one of what is inside as well. A place that merely fails or
// is cut off leaves its machines running.
func destroys(mode model.FaultMode) bool {
	return mode == model.OSCrash || mode == model.PowerLoss || mode == model.MediaLoss
}

// shelters notes which components hold others with copies of stores.
func (c *compiler) shelters() error {
	for i := range c.p.comps {
		if n := c.p.sys.Components[i].Requires; c.p.comps[i].data && n != nil {
			c.shelter(n)
		}
	}
	return nil
}

func (c *compiler) shelter(n *model.Need) {
	for k := range n.Of {
		c.shelter(&n.Of[k])
	}
	from := &c.p.sys.Components[max(0, n.Ref)]
	if x := &c.p.comps[max(0, n.Ref)]; len(n.Of) == 0 && !x.shelters && from.Kind != model.KindDisk {
		if x.shelters = true; from.Requires != nil {
			c.shelter(from.Requires)
		}
	}
}

// struck applies a fault of a component to the data on it, and on what is inside it.
func (r *Runner) struck(i int32, mode model.FaultMode) {
	c := &r.comps[i]
	if !c.shelters || !destroys(mode) {
		if c.data {
			r.hurt(i, mode)
		}
		return
	}
	r.enclose(i, mode == model.PowerLoss)
	r.hurtEnclosed(i, mode)
}

// hurtEnclosed is hurt for a component and all that is enclosed with it, which it then forgets.
func (r *Runner) hurtEnclosed(i int32, mode model.FaultMode) {
	r.hurt(i, mode)
	for _, inner := range r.within {
		r.marked[inner] = false
	}
	r.within = r.within[:0]
}

// stopped takes the memory of what stops because it has lost something it requires. Machines wait for the end of
// the instant, since the order in which they are told is that of a file.
func (r *Runner) stopped(i int32) {
	switch c := &r.comps[i]; {
	case !c.data && !c.shelters:
	case r.p.sys.Components[i].Kind == model.KindProcess:
		r.struck(i, model.Crash)
	default:
		r.stops = append(r.stops, i)
	}
}

// stopMachines takes the memory of the machines that have stopped in this instant.
func (r *Runner) stopMachines() {
	for _, i := range r.stops {
		r.enclose(i, false)
	}
	r.stops = r.stops[:0]
	r.hurtEnclosed(none, model.OSCrash)
}

// enclose lists component i and what is inside it. Who has other feeds still has power.
func (r *Runner) enclose(i int32, power bool) {
	if r.marked[i] {
		return
	}
	r.marked[i] = true
	r.within = append(r.within, i)
	c := &r.comps[i]
	if c.sole != manyFans {
		r.encloseFan(fan{c.fan, c.sole}, power)
		return
	}
	for _, f := range r.p.fans[c.fan:c.end] {
		r.encloseFan(f, power)
	}
}

func (r *Runner) encloseFan(f fan, power bool) {
	switch f.kind {
	case toComponent:
		r.enclose(f.to, power)
	case toGate:
		g := &r.gates[f.to]
		switch {
		case !power || g.media || g.up >= g.need:
		case g.nested:
			r.encloseFan(fan{g.target, toGate}, power)
		default:
			r.enclose(g.target, power)
		}
	}
}
