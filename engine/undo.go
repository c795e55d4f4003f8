package engine

import (
	"slices"

	"github.com/ftsim/ftsim/model"
)

// This file is about data that people or programs have spoilt (R39): all copies have it at once, so they are no help.
// It shows some time later, and then the first way back is taken that is open.

// spoiling is the state of an operator's error on a store (R39).
type spoiling struct {
	clock int32
	rang  bool
	stage spoilStage
	waits bool    // until the store can be put right
	at    float64 // when the data went wrong
	seen  float64 // when somebody noticed
	past  taint   // when data was wrong that has been put right: nobody goes back to that
}

type spoilStage uint8

const (
	sound   spoilStage = iota // the clock rings for the next error
	wrong                     // nobody has noticed
	noticed                   // somebody thinks about what to do
	undoing                   // the restoration runs
)

// awaitError starts the time until the next error.
func (r *Runner) awaitError(s *store) {
	s.spoilt.stage, s.spoilt.waits = sound, false
	if s.errors.Life == nil {
		r.clocks.stop(s.spoilt.clock)
		return
	}
	r.clocks.arm(s.spoilt.clock, r.now+r.sample(s.errors.Life, &s.luck))
}

// settleError takes an error a stage further: it happens, is noticed, and is undone once somebody leads and has the
// data.
func (r *Runner) settleError(g *group, s *store, whole bool) {
	x := &s.spoilt
	x.rang = false
	switch x.stage {
	case sound:
		r.spoil(s)
	case wrong:
		x.stage, x.seen = noticed, r.now
		r.wait(s, s.errors.Decide)
	case noticed:
		if x.waits = !whole || s.restore.under; x.waits {
			return
		}
		if r.blame == none {
			r.blame = r.p.sys.ServiceElement(int(r.members[g.first].service))
		}
		x.stage = undoing
		r.undo(g, s)
	}
}

// spoil is data going wrong on all copies at once, unless it has already and nobody has mended it.
func (r *Runner) spoil(s *store) {
	if s.errors == nil || s.spoilt.stage != sound {
		return
	}
	s.spoilt.stage, s.spoilt.at = wrong, r.now
	if b := s.backups; b != nil && b.Ruined > 0 && s.luck.uniform() < b.Ruined {
		s.restore.lost = r.now
	}
	r.wait(s, s.errors.Noticed)
}

// spoilAll spoils the data of the services that a common cause hits.
func (r *Runner) spoilAll(cause int32) {
	for i := range r.groups {
		g := &r.groups[i]
		if g.store == none || r.stores[g.store].errors == nil {
			continue
		}
		for _, m := range r.members[g.first : g.first+g.n] {
			if slices.Contains(r.p.victims[cause], m.component) || slices.Contains(r.p.victims[cause], m.host) {
				r.spoil(&r.stores[g.store])
				break
			}
		}
	}
}

// wait sets the clock of an error; at once if there is nothing to wait for.
func (r *Runner) wait(s *store, law model.Distribution) {
	r.clocks.arm(s.spoilt.clock, r.now+r.sample(law, &s.luck))
}

// undo takes the first way back that is open: what the store itself remembers, a replica that has not yet applied the
// error when that is noticed, the best of snapshots and backups.
func (r *Runner) undo(g *group, s *store) {
	e, at := s.errors, s.spoilt.at
	switch f := e.Flashback; {
	case f != nil && (f.Retention == 0 || r.now-at <= float64(f.Retention)):
		r.bringBack(g, s, at, r.sample(f.Takes, &s.luck), model.FromFlashback)
		r.serveMeanwhile(g, s, f.Serves)
		return
	case e.DelayedBy > 0 && s.spoilt.seen-at <= float64(e.DelayedBy):
		r.bringBack(g, s, at, r.sample(e.DelayedTakes, &s.luck), model.FromDelayed)
	case r.beginRestore(g, s, at):
		r.preferSnapshot(g, s)
	default:
		r.bringBack(g, s, at, 0, model.FromNowhere)
	}
	r.serveMeanwhile(g, s, e.Serves)
}

// putRight ends an error, or what was still to be done about one, and keeps in mind from when to when data was wrong.
func (r *Runner) putRight(s *store) {
	if s.spoilt.stage != sound {
		s.spoilt.past.begin(s.spoilt.at)
		s.spoilt.past.end(r.now)
		r.awaitError(s)
	}
}

// isUndone ends an error, or what was still to be done about one: the data that it had spoilt is there no more.
func (r *Runner) isUndone(s *store) {
	if s.spoilt.stage != sound {
		r.awaitError(s)
	}
}
