package engine

import (
	"math"

	"github.com/ftsim/ftsim/model"
)

// This file is about what planned work does to its targets (R43). To be under work is one more mode of a
// component, which nothing but work puts it into; its other modes do not age meanwhile.

// addWork adds the mode of being under work to a component.
func (c *compiler) addWork(i int32) {
	p := c.p
	x := &p.comps[i]
	p.modes = append(p.modes, process{component: i, lifeLaw: c.law(impossible{}), repairLaw: none, kind: model.NumFaultModes, index: x.modes})
	p.modeKeys = append(p.modeKeys, nameKey(p.sys.Components[i].Name+" work", forLife))
	x.modes++
	p.pauses = true
}

// workMode is the index of the mode of being under work.
func (r *Runner) workMode(i int32) uint8 { return uint8(len(r.p.sys.Components[i].Modes)) }

// beginWork takes the target of a task out of service. Work that takes no time disturbs nobody.
func (r *Runner) beginWork(u *upkeep, t *task) {
	takes := r.drawTakes(u)
	if takes <= 0 {
		if u.from.Renews {
			r.renewAll(t.target)
		}
		r.unmark(t)
		r.endTask(u, t)
		return
	}
	r.blame = u.element
	for _, s := range r.stakesOf(t) {
		g := &r.groups[s.group]
		g.out++
		g.outFor, g.blame = u.element, u.element
		r.mark(t, s, true)
		if u.from.Drain {
			r.withdraw(g, s.group, s.member)
		}
	}
	r.takeOut(t.target)
	t.stage = underWork
	r.clocks.arm(t.clock, r.now+takes)
}

// withdraw has whoever looks at a member know at once that it is gone.
func (r *Runner) withdraw(g *group, service, k int32) {
	if g.detector == nil || g.style == model.Majority || g.style == model.Primary && k != g.state.Primary {
		return
	}
	m := &r.members[g.first+k]
	if !m.believed {
		return
	}
	clock := g.watchClock
	if g.style == model.Shared {
		clock += k
	}
	r.clocks.stop(clock)
	m.seen, m.dim = false, false
	r.believe(service, k)
}

func (r *Runner) takeOut(i int32) {
	c, k := &r.comps[i], r.workMode(i)
	c.down = k + 1
	r.freezeOthers(c, k)
	r.tell(Note{Kind: WorkBegun, Component: i})
	r.mode = model.Crash
	c.blocks++
	if c.blocks == 1 {
		r.spread(c, false)
	}
}

// putBack returns a target to service, unless it has lost its power meanwhile. It may fail to start (R7).
func (r *Runner) putBack(u *upkeep, i int32) {
	c, k := &r.comps[i], r.workMode(i)
	if c.down != k+1 {
		return
	}
	c.down = 0
	if u.from.Renews {
		r.renewFrozen(c, k)
	}
	r.thawOthers(c, k)
	r.tell(Note{Kind: WorkEnded, Component: i})
	if chance := r.p.sys.Components[i].StartFailure; chance > 0 && k > 0 && u.luck.uniform() < chance {
		r.fail(c.mode)
	}
	c.blocks--
	if c.blocks == 0 {
		r.spread(c, true)
	}
}

// renewFrozen gives the modes of a component whose clocks stand still new lives.
func (r *Runner) renewFrozen(c *component, except uint8) {
	for k := uint8(0); k < except; k++ {
		id := c.mode + int32(k)
		m := &r.modes[id]
		r.left[id] = r.laws[m.lifeLaw].draw(&m.life, r.lend)
		if m.keepsAge {
			r.ages[id] = r.left[id]
		}
	}
}

// renewAll gives a component that is up new lives.
func (r *Runner) renewAll(i int32) {
	c, k := &r.comps[i], r.workMode(i)
	r.freezeOthers(c, k)
	r.renewFrozen(c, k)
	r.thawOthers(c, k)
}

// finish ends the work on a target.
func (r *Runner) finish(u *upkeep, t *task) {
	for _, s := range r.stakesOf(t) {
		r.groups[s.group].out--
	}
	r.unmark(t)
	r.putBack(u, t.target)
	if !r.mayGoOn(t) {
		r.unannounce(u.element)
	}
	r.endTask(u, t)
}

// overrun lets work take longer than announced.
func (r *Runner) overrun(u *upkeep, t *task) {
	t.stage = overdue
	r.tally(u).Wrong++
	r.unannounce(u.element)
	r.clocks.arm(t.clock, r.now+r.laws[u.overrun].draw(&u.luck, r.lend))
}

// unannounce ends what was announced of the outages that a maintenance has begun: who is down from now on is
// so unexpectedly.
func (r *Runner) unannounce(e model.Element) {
	for j := range r.jour {
		if jo := &r.jour[j]; jo.planned && jo.outage != none && r.out.Outages[jo.outage].Initiator == e {
			r.accrue(int32(j), r.now)
			jo.planned = false
		}
	}
}

// hiddenFault is the mode that component i is down with and nobody knows of, or none.
func (r *Runner) hiddenFault(i int32) int32 {
	c := &r.comps[i]
	if c.down == 0 || c.down > r.workMode(i) {
		return none
	}
	id := c.mode + int32(c.down) - 1
	if !r.modes[id].hidden || r.modes[id].repairLaw == none || !math.IsInf(r.clocks.at(id), 1) || r.waiting(id) || r.lacksPart(id) {
		return none
	}
	return id
}

// isUpkeep tells whether an event is planned work.
func (r *Runner) isUpkeep(e model.Element) bool {
	return len(r.upkeeps) > 0 && e >= r.p.sys.MaintenanceElement(0)
}
