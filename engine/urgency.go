package engine

import "github.com/ftsim/ftsim/model"

// This file is about repair crews that tell what is urgent from what is not: who waits stands in the order
// of urgency, and a crew may leave what it does for what is more urgent.

// urgency notes what a crew repairs first.
func (c *compiler) urgency(crew *model.Crew) {
	p := c.p
	if crew.Urgency == nil {
		return
	}
	if p.urgency == nil {
		p.urgency = make([]int32, len(p.comps))
	}
	for k, i := range crew.Serves {
		p.urgency[i] = int32(crew.Urgency[k])
	}
	if crew.Preempt != model.NoPreemption {
		p.hands += crew.Size
	}
}

// urgencyOf is that of the component of a mode.
func (r *Runner) urgencyOf(id int32) int32 { return r.p.urgency[r.modes[id].component] }

// queueByUrgency has a repair wait behind all that is more urgent, and behind what is as urgent; one that has
// been interrupted, before the latter.
func (r *Runner) queueByUrgency(c *crew, id int32, interrupted bool) {
	mine, before := r.urgencyOf(id), none
	for at := c.first; at != none; at = r.line[at] {
		if u := r.urgencyOf(at); u < mine || u == mine && interrupted {
			break
		}
		before = at
	}
	c.joinAfter(r.line, before, id)
}

// joinAfter puts somebody behind another in the line, or at its head.
func (w *waitingLine) joinAfter(line []int32, before, id int32) {
	if before == none {
		line[id], w.first = w.first, id
	} else {
		line[id], line[before] = line[before], id
	}
	if w.last == before {
		w.last = id
	}
}

// interrupts takes a crew away from the least urgent repair, of several the one begun last, if that is less
// urgent than id.
func (r *Runner) interrupts(c *crew, id int32) bool {
	if c.preempt == model.NoPreemption {
		return false
	}
	busy := r.hands[c.hand : c.hand+c.size]
	least, urgency := none, r.urgencyOf(id)
	for k := range busy {
		if u := r.urgencyOf(busy[k]); u < urgency || least != none && u == urgency {
			least, urgency = int32(k), u
		}
	}
	if least == none {
		return false
	}
	other := busy[least]
	if r.undone[other] = -1; c.preempt == model.Resumed {
		r.undone[other] = r.clocks.at(other) - r.repairsFrom(r.modes[other].component)
	}
	r.layDown(c, other)
	c.free++
	r.clocks.stop(other)
	r.queueByUrgency(c, other, true)
	return true
}

// takeUp notes that a repair is under way, by a crew that might have to leave it.
func (r *Runner) takeUp(c *crew, id int32) {
	if c.preempt != model.NoPreemption {
		r.hands[c.hand+c.size-c.free] = id
	}
}

// layDown notes that it no longer is. The crew has yet to be counted as free.
func (r *Runner) layDown(c *crew, id int32) {
	if c.preempt == model.NoPreemption {
		return
	}
	busy := r.hands[c.hand : c.hand+c.size-c.free]
	for k := range busy {
		if busy[k] == id {
			copy(busy[k:], busy[k+1:])
			return
		}
	}
}

// leftToDo is how long a repair takes from now: what was left of it when it was interrupted, or all of it.
func (r *Runner) leftToDo(id int32, m *mode) float64 {
	if r.undone != nil && r.undone[id] >= 0 {
		left := r.undone[id]
		r.undone[id] = -1
		return left
	}
	return r.laws[m.repairLaw].draw(&m.repair, r.lend)
}
