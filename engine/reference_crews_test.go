package engine

import (
	"slices"

	"github.com/ftsim/ftsim/model"
)

// twinCrew is who repairs some parts, and who waits for that.
type twinCrew struct {
	model.Crew
	busy, line []*twinPart
}

func (t *twin) setUpCrews() {
	for _, c := range t.sys.Crews {
		t.crews = append(t.crews, &twinCrew{Crew: c})
	}
}

func (t *twin) crewOf(p *twinPart) *twinCrew {
	for _, c := range t.crews {
		if slices.Contains(c.Serves, p.id) {
			return c
		}
	}
	return nil
}

// waits tells whether the repair of a part has yet to begin.
func (t *twin) waits(p *twinPart) bool {
	c := t.crewOf(p)
	return c != nil && slices.Contains(c.line, p)
}

// released sends whoever has mended a part to the one that has waited longest. What is well again without
// having been repaired leaves the line.
func (t *twin) released(p *twinPart) {
	c := t.crewOf(p)
	switch {
	case c == nil:
		return
	case t.waits(p):
		c.line = slices.DeleteFunc(c.line, func(q *twinPart) bool { return q == p })
		p.undone = 0
		return
	}
	c.busy = slices.DeleteFunc(c.busy, func(q *twinPart) bool { return q == p })
	if len(c.line) > 0 && len(c.busy) < c.Size {
		next := c.line[0]
		for _, q := range c.line[1:] {
			if c.urgency(q) > c.urgency(next) {
				next = q
			}
		}
		c.line = slices.DeleteFunc(c.line, func(q *twinPart) bool { return q == next })
		t.beginRepair(next)
	}
}

func (c *twinCrew) urgency(p *twinPart) int {
	if c.Urgency == nil {
		return 0
	}
	return c.Urgency[slices.Index(c.Serves, p.id)]
}

// preempted leaves the least urgent repair, of several the one begun last, for a more urgent one.
func (t *twin) preempted(c *twinCrew, p *twinPart) bool {
	if c.Preempt == model.NoPreemption {
		return false
	}
	least := p
	for _, q := range c.busy {
		if c.urgency(q) < c.urgency(p) && c.urgency(q) <= c.urgency(least) {
			least = q
		}
	}
	if least == p {
		return false
	}
	if c.Preempt == model.Resumed {
		for _, e := range t.pending {
			if e.name == least.down.name {
				least.undone = e.at - t.now
			}
		}
	}
	t.callOff(least.down.name)
	c.busy = slices.DeleteFunc(c.busy, func(q *twinPart) bool { return q == least })
	c.line = append([]*twinPart{least}, c.line...)
	return true
}

// toDo is how long a repair takes from now.
func (p *twinPart) toDo() float64 {
	if left := p.undone; left > 0 {
		p.undone = 0
		return left
	}
	return p.down.repair.draw(p.down.Repair)
}
