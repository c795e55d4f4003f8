package main

import (
	"fmt"
	"strings"

	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
)

// elapsed knows, for a note that ends something, how long that had lasted, and what came before.
type elapsed struct {
	starts map[int]model.Seconds
	phases map[int]string      // of an outage, for the note that ends it
	before map[int]model.Phase // of a service, for a note of its next phase
	cut    map[int]bool        // whether the step that begins with a note is cut short
}

func newElapsed(s *story) *elapsed {
	e := &elapsed{starts: map[int]model.Seconds{}, phases: map[int]string{}, before: map[int]model.Phase{}, cut: map[int]bool{}}
	type beginning struct {
		journey int32
		at      model.Seconds
	}
	outages := map[beginning]*model.Outage{}
	for i := range s.outcome.Outages {
		o := &s.outcome.Outages[i]
		outages[beginning{o.Journey, o.Start}] = o
	}
	for _, sp := range pair(s.notes) {
		if sp.to < 0 {
			continue
		}
		from := &s.notes[sp.from]
		e.starts[sp.to] = s.notes[sp.to].At - from.At
		if o := outages[beginning{from.Journey, from.At}]; o != nil && sp.kind == engine.JourneyDown {
			e.phases[sp.to] = phasesOf(o)
		}
	}
	e.followSteps(s)
	return e
}

// followSteps finds out which phase of a service follows which, and whether before its time.
func (e *elapsed) followSteps(s *story) {
	last := map[int32]int{}
	for i := range s.notes {
		n := &s.notes[i]
		if n.Kind != engine.PhaseEntered {
			continue
		}
		if k, ok := last[n.Service]; ok {
			e.before[i] = s.notes[k].Phase
			e.cut[k] = n.At < s.notes[k].At+s.notes[k].Delay-1e-3
		}
		last[n.Service] = i
	}
}

// phasesOf is how an outage of several phases divides into them.
func phasesOf(o *model.Outage) string {
	var parts []string
	for p, t := range o.Phases {
		if t > 0 {
			parts = append(parts, fmt.Sprintf("%v %s", model.Phase(p), t.Round()))
		}
	}
	if len(parts) < 2 {
		return ""
	}
	return ": " + strings.Join(parts, ", ")
}

func (e *elapsed) of(i int) string {
	if t, ok := e.starts[i]; ok {
		return " after " + t.Round()
	}
	return ""
}

// spent is of for the end of an outage, with its phases.
func (e *elapsed) spent(i int) string { return e.of(i) + e.phases[i] }
