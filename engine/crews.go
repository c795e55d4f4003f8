package engine

import "github.com/ftsim/ftsim/model"

// This file is about repair crews: what is broken waits until one is free, first come, first served, but for
// those that tell what is urgent (urgency.go).

// crew is the state of a model.Crew.
type crew struct {
	free        int32 // how many could begin now
	waitingLine       // for one of them, linked by the runner's line
	size        int32
	urgent      bool // some of what it repairs is more urgent than the rest
	preempt     model.Preemption
	hand        int32 // if it interrupts: its part of the runner's hands
}

func (r *Runner) resetCrews() {
	hand := int32(0)
	for i := range r.crews {
		from := &r.p.sys.Crews[i]
		c := crew{free: int32(from.Size), waitingLine: nobody, size: int32(from.Size)}
		if from.Urgency != nil {
			c.urgent, c.preempt, c.hand = true, from.Preempt, hand
		}
		if c.preempt != model.NoPreemption {
			hand += c.size
		}
		r.crews[i] = c
	}
	for i := range r.undone {
		r.undone[i] = -1
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
			if c.free == 0 && !r.interrupts(c, id) {
				r.queue(c, id)
				return
			}
			r.takeUp(c, id)
			c.free--
		}
	}
	r.clocks.arm(id, after(r.repairsFrom(m.component), r.leftToDo(id, m)))
}

func (r *Runner) queue(c *crew, id int32) {
	r.clocks.stop(id)
	if c.urgent {
		r.queueByUrgency(c, id, false)
		return
	}
	c.join(r.line, id)
}

// waiting tells whether the repair of a mode has yet to begin.
func (r *Runner) waiting(id int32) bool { return r.line != nil && r.line[id] != notWaiting }

// dropRepair ends the repair of a mode, whether it is done, or is not needed any more.
func (r *Runner) dropRepair(id int32, m *mode) {
	switch {
	case r.lacksPart(id):
		r.forgoPart(id)
	case r.line != nil && m.repairLaw != none && !r.isStart(m):
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
		if c.leave(r.line, id); r.undone != nil {
			r.undone[id] = -1
		}
		return
	}
	r.layDown(c, id)
	c.free++
	if next := c.first; next != none {
		c.leave(r.line, next)
		r.crewRepair(next, &r.modes[next])
	}
}

// waitingLine is who waits for something, first come first served: modes, linked by a slice of the runner's.
type waitingLine struct{ first, last int32 } // none if nobody waits

var nobody = waitingLine{none, none}

func (w *waitingLine) join(line []int32, id int32) {
	line[id] = none
	if w.last == none {
		w.first = id
	} else {
		line[w.last] = id
	}
	w.last = id
}

func (w *waitingLine) leave(line []int32, id int32) {
	before := none
	for at := w.first; at != id; at = line[at] {
		before = at
	}
	after := line[id]
	if before == none {
		w.first = after
	} else {
		line[before] = after
	}
	if w.last == id {
		w.last = before
	}
	line[id] = notWaiting
}
