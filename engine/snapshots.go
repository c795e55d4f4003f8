package engine

import (
	"math"

	"github.com/ftsim/ftsim/model"
)

// This file is about what makes backups better or worse than their schedule: snapshots that copies keep on
// their own media (R36), and backups that have stopped working without anybody noticing until a restoration
// is tried.

// preferSnapshot goes back to a snapshot instead of restoring, if that loses less.
func (r *Runner) preferSnapshot(g *group, s *store) {
	p, x := &s.backups.Snapshots, &s.restore
	at, found := r.snapshotBefore(s, g.state.Primary, s.spoilt.at)
	if !found || x.source != model.FromNowhere && x.point >= at {
		return
	}
	r.bringBack(g, s, at, r.sample(p.Rollback, &s.luck), model.FromSnapshot)
}

// snapshotBefore finds the newest snapshot of copy k that is not after by and is still there.
func (r *Runner) snapshotBefore(s *store, k int32, by float64) (at float64, found bool) {
	p := &s.backups.Snapshots
	every := float64(p.Every)
	if every == 0 {
		return 0, false
	}
	phase := r.fate(s, snapshotKind, math.MaxInt64) * every
	at = phase + every*math.Floor((by-phase)/every)
	if right := s.spoilt.past.before(at); right < at {
		at = phase + every*math.Floor((right-phase)/every)
	}
	return at, at >= r.copies[s.first+k].kept && (p.Keep == 0 || r.now-at <= float64(p.Keep)) && !s.taint.holds(at)
}

// silence is the spells in which backups were made that cannot be used, of which nobody knew. They are
// worked out when somebody wants to know.
type silence struct {
	spells taint
	luck   stream
	begun  bool
	next   float64 // when they stop working
	found  float64 // when the spell that lasts is noticed
}

// works tells whether backups worked when one began. If not, that is known from now on.
func (r *Runner) works(s *store, began float64) bool {
	if s.backups.Breaks == nil {
		return true
	}
	x := &s.restore.silent
	r.listen(s, x)
	if !x.spells.holds(began) {
		return true
	}
	x.found = min(x.found, r.now)
	return false
}

// listen brings the spells up to now.
func (r *Runner) listen(s *store, x *silence) {
	if !x.begun {
		x.begun, x.luck = true, streamOf(r.run, s.key^silenceSalt)
		x.next = r.breaks(s, x)
	}
	for {
		if x.spells.lasts {
			if x.found > r.now {
				return
			}
			x.spells.end(x.found)
			x.next = x.found + r.breaks(s, x)
		}
		if x.next > r.now {
			return
		}
		x.spells.begin(x.next)
		if x.found = math.Inf(1); s.backups.TestEvery > 0 {
			every := float64(s.backups.TestEvery)
			phase := r.fate(s, testKind, math.MaxInt64) * every
			x.found = phase + every*(math.Floor((x.next-phase)/every)+1)
		}
	}
}

const silenceSalt = 0x6a09e667f3bcc909

func (r *Runner) breaks(s *store, x *silence) float64 {
	return r.sample(s.backups.Breaks, &x.luck)
}
