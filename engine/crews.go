package engine

// This file is about repair crews: what is broken waits until one is free, first come, first served.

// crew is the state of a model.Crew.
type crew struct {
	free        int32 // how many could begin now
	first, last int32 // modes whose repair waits, linked by the runner's line; none if nobody waits
}

func (r *Runner) resetCrews() {
	for i := range r.crews {
		r.crews[i] = crew{int32(r.p.sys.Crews[i].Size), none, none}
	}
	for i := range r.line {
		r.line[i] = notWaiting
	}
}

const notWaiting = none - 1

// startRepair begins the repair of a mode, or has it wait for a part, and then for a crew.
func (r *Runner) startRepair(id int32, m *mode) {
	if r.p.stockOf == nil || r.takePart(id) {
		r.crewRepair(id, m)
	}
}

// crewRepair begins the repair of a mode for which everything is there, or has it wait for a crew.
func (r *Runner) crewRepair(id int32, m *mode) {
	if r.line != nil {
		if k := r.p.crewOf[m.component]; k != none {
			c := &r.crews[k]
			if c.free == 0 {
				r.queue(c, id)
				return
			}
			c.free--
		}
	}
	r.clocks.arm(id, r.now+r.laws[m.repairLaw].draw(&m.repair, r.lend))
}

func (r *Runner) queue(c *crew, id int32) {
	r.clocks.stop(id)
	r.line[id] = none
	if c.last == none {
		c.first = id
	} else {
		r.line[c.last] = id
	}
	c.last = id
}

// waiting tells whether the repair of a mode has yet to begin.
func (r *Runner) waiting(id int32) bool { return r.line != nil && r.line[id] != notWaiting }

// dropRepair ends the repair of a mode, whether it is done, or is not needed any more.
func (r *Runner) dropRepair(id int32, m *mode) {
	switch {
	case r.lacksPart(id):
		r.forgoPart(id)
	case r.line != nil && m.repairLaw != none:
		r.endRepair(id, m)
	}
}

// endRepair sends the crew that has mended a mode to who has waited longest. Who was made new while
// waiting just leaves the line.
func (r *Runner) endRepair(id int32, m *mode) {
	k := r.p.crewOf[m.component]
	if k == none {
		return
	}
	c := &r.crews[k]
	if r.waiting(id) {
		r.leave(c, id)
		return
	}
	c.free++
	if next := c.first; next != none {
		r.leave(c, next)
		r.crewRepair(next, &r.modes[next])
	}
}

func (r *Runner) leave(c *crew, id int32) {
	before := none
	for at := c.first; at != id; at = r.line[at] {
		before = at
	}
	after := r.line[id]
	if before == none {
		c.first = after
	} else {
		r.line[before] = after
	}
	if c.last == id {
		c.last = before
	}
	r.line[id] = notWaiting
}
