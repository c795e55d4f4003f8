package main

import (
	"sort"

	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
)

// spell is a state that lasts from one note to another: a fault, a belief, an outage, a failover.
type spell struct {
	subject
	from, to int // notes; to < 0: it never ends
}

// subject is what a spell is about.
type subject struct {
	kind engine.NoteKind // of the note that begins it
	a, b int32
}

// fades tells whether what is never revoked just no longer matters, once the primary has been replaced.
func (s subject) fades() bool { return s.kind == engine.BelievedDown || s.kind == engine.SteppedDown }

// about tells whether a note begins or ends a spell, and of what.
func about(n *engine.Note) (s subject, begins, ends bool) {
	switch n.Kind {
	case engine.ComponentFailed, engine.ComponentRepaired:
		return subject{engine.ComponentFailed, n.Component, 0}, n.Kind == engine.ComponentFailed, n.Kind == engine.ComponentRepaired
	case engine.CauseStruck, engine.CauseEnded:
		return subject{engine.CauseStruck, n.Component, 0}, n.Kind == engine.CauseStruck, n.Kind == engine.CauseEnded
	case engine.BelievedDown, engine.BelievedUp:
		return subject{engine.BelievedDown, n.Service, n.Member}, n.Kind == engine.BelievedDown, n.Kind == engine.BelievedUp
	case engine.JourneyDown, engine.JourneyUp:
		return subject{engine.JourneyDown, n.Journey, 0}, n.Kind == engine.JourneyDown, n.Kind == engine.JourneyUp
	case engine.SteppedDown, engine.WentOn:
		return subject{engine.SteppedDown, n.Service, n.Member}, n.Kind == engine.SteppedDown, n.Kind == engine.WentOn
	case engine.SplitBegan, engine.SplitEnded:
		return subject{engine.SplitBegan, n.Service, 0}, n.Kind == engine.SplitBegan, n.Kind == engine.SplitEnded
	case engine.PhaseEntered:
		return subject{engine.PhaseEntered, n.Service, 0}, n.Phase != model.Serving, n.Phase == model.Serving
	case engine.DataLost:
		return subject{engine.DataLost, n.Service, 0}, true, true
	case engine.RebuildFailed:
		return subject{engine.RebuildFailed, n.Component, 0}, true, true
	case engine.WorkBegun, engine.WorkEnded:
		return subject{engine.WorkBegun, n.Component, 0}, n.Kind == engine.WorkBegun, n.Kind == engine.WorkEnded
	case engine.DataCorrupted, engine.CorruptionMended:
		return subject{engine.DataCorrupted, n.Service, n.Member}, n.Kind == engine.DataCorrupted, n.Kind == engine.CorruptionMended
	case engine.CushionUsed, engine.CushionSpent, engine.CushionFull:
		return subject{engine.CushionUsed, n.Cushion, 0}, n.Kind == engine.CushionUsed, n.Kind == engine.CushionFull
	case engine.BranchesMet, engine.Reconciled:
		return subject{engine.BranchesMet, n.Service, 0}, n.Kind == engine.BranchesMet, n.Kind == engine.Reconciled || n.Delay == 0
	case engine.BranchesMerged:
		return subject{engine.BranchesMerged, n.Service, n.Member}, true, true
	case engine.BranchKept, engine.Salvaged:
		return subject{engine.BranchKept, n.Service, n.Member}, n.Kind == engine.BranchKept, n.Kind == engine.Salvaged
	case engine.JobStopped, engine.JobDone:
		return subject{n.Kind, n.Job, 0}, true, true
	}
	return s, false, false
}

// pair finds the spells in a story, by their beginning. A beginning inside a spell of the same subject
// (the next phase of a failover) goes on with it.
func pair(notes []engine.Note) []spell {
	var spells []spell
	open := map[subject]int{}
	for i := range notes {
		sub, begins, ends := about(&notes[i])
		at, isOpen := open[sub]
		// A belief about a primary that has since been replaced was never revoked; the next one is a new one.
		if begins && (!isOpen || sub.fades()) {
			at, isOpen = len(spells), true
			open[sub] = at
			spells = append(spells, spell{sub, i, -1})
		}
		if ends && isOpen {
			spells[at].to = i
			delete(open, sub)
		}
	}
	sort.SliceStable(spells, func(i, j int) bool { return spells[i].from < spells[j].from })
	return spells
}

// felt tells a spell that makes an incident: an outage, a change of roles, a split brain, a loss of data.
func (sp spell) felt() bool {
	return sp.kind == engine.JourneyDown || sp.kind == engine.PhaseEntered || sp.kind == engine.SplitBegan || sp.kind == engine.DataLost
}

// end is when a spell ended; a spell that never ends lasts until the last note. A belief about a primary
// that has been replaced is not revoked, it just no longer matters.
func (s *story) end(sp spell) model.Seconds {
	if sp.to < 0 && sp.fades() {
		return s.notes[sp.from].At
	}
	if sp.to < 0 {
		return max(s.outcome.Horizon, s.notes[len(s.notes)-1].At)
	}
	return s.notes[sp.to].At
}
