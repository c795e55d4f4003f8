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
		return
	}
	c.busy = slices.DeleteFunc(c.busy, func(q *twinPart) bool { return q == p })
	if len(c.line) > 0 && len(c.busy) < c.Size {
		next := c.line[0]
		c.line = c.line[1:]
		t.beginRepair(next)
	}
}
