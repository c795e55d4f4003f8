package engine

import (
	"math"
	"slices"

	"github.com/ftsim/ftsim/model"
)

// This file is about data that no copy has any more, or that somebody has spoilt on all of them: which
// point in time backups can bring back, and how long that takes (R35–R40). Backups cost no events: when
// the points are follows from their schedule, whether they can be used from a hash of their number.

// restoration is the state of bringing a store back.
type restoration struct {
	clock  int32
	rang   bool
	point  float64 // the time whose state comes back
	began  float64
	source model.Source
	lost   float64 // when the repository last lost everything
	era    float64 // when the schedules were last started anew
	eras   int64   // how often that was
	mends  bool    // it replaces what has gone bad on every copy
	silent silence
}

// spoiling is the state of an operator's error on a store (R39).
type spoiling struct {
	clock int32
	rang  bool
	stage spoilStage
	at    float64 // when the data went wrong
}

type spoilStage uint8

const (
	sound   spoilStage = iota // the clock rings for the next error
	wrong                     // nobody has noticed
	noticed                   // somebody thinks about what to do
	undoing                   // the restoration runs
)

// schedule kinds, for hashing.
const (
	fullKind = iota
	differentialKind
	incrementalKind
	logKind
	restoreKind
	scrubKind
	testKind
	snapshotKind
)

// fate is a number from [0, 1) that belongs to one backup of one store in one replication.
func (r *Runner) fate(s *store, kind int, k int64) float64 {
	f := stream(mix(r.run ^ s.key ^ uint64(kind+1)<<58 ^ mix(uint64(k^s.restore.eras<<32)+0x51ed270b)))
	return f.uniform()
}

// phase is when the first backup of a kind began; the calendar does not know when the simulation starts.
func (r *Runner) phase(s *store, kind int, every float64) float64 {
	if s.backups.SinceRestore {
		return s.restore.era
	}
	return (r.fate(s, kind, math.MaxInt64) - 1) * every
}

// newest is the number of the last backup of a schedule that was complete at a time and began by another.
func (r *Runner) newest(s *store, kind int, every, takes, complete, by float64) int64 {
	return int64(math.Floor((min(complete-takes, by) - r.phase(s, kind, every)) / every))
}

func (r *Runner) start(s *store, kind int, every float64, k int64) float64 {
	return r.phase(s, kind, every) + float64(k)*every
}

// mostPoints bounds how far back a restoration looks.
const mostPoints = 10_000

// recoverable finds the best point not after by that can be restored now, and how long that takes with
// all attempts that fail on the way (R36, R37); no source if there is none.
func (r *Runner) recoverable(s *store, by float64) (point, took float64, source model.Source) {
	b := s.backups
	took = r.sample(b.Prepare, &s.luck)
	every, takes := float64(b.Full.Every), float64(b.Full.Takes)
	if every == 0 {
		return 0, took, model.FromNowhere
	}
	k := r.newest(s, fullKind, every, takes, s.lastAck, by)
	if b.SinceRestore { // the point that was restored is good, and there was nothing newer when the schedule began
		k = max(k, 0)
	}
	for n := 0; n < mostPoints; n, k = n+1, k-1 {
		base := r.start(s, fullKind, every, k)
		if b.SinceRestore && (k < 0 || base > by) || base < s.restore.lost || b.Retention > 0 && r.now-base > float64(b.Retention) {
			break
		}
		if r.fate(s, fullKind, k) < b.CopyFails && !(b.SinceRestore && k == 0) {
			continue
		}
		at, volume := r.increments(s, base, by)
		point, source, replay := r.logs(s, at, by)
		took += volume/b.RestoreRate + replay/b.ReplayRate
		if s.luck.uniform() >= b.RestoreFails && !s.taint.holds(base) && r.works(s, base) {
			return point, took, source
		}
	}
	return 0, took, model.FromNowhere
}

// increments goes on from a full backup with the newest differential, and the unbroken chain of
// incrementals after it. volume is in bytes.
func (r *Runner) increments(s *store, base, by float64) (at, volume float64) {
	b := s.backups
	at, volume = base, b.Size
	grown := func(from, to float64) float64 { return min(b.Size, b.Growth*(to-from)) }
	if every, takes := float64(b.Differential.Every), float64(b.Differential.Takes); every > 0 {
		k := r.newest(s, differentialKind, every, takes, s.lastAck, by)
		for ; r.start(s, differentialKind, every, k) > base; k-- {
			if r.fate(s, differentialKind, k) >= b.CopyFails {
				at = r.start(s, differentialKind, every, k)
				volume += grown(base, at)
				break
			}
		}
	}
	if every, takes := float64(b.Incremental.Every), float64(b.Incremental.Takes); every > 0 {
		last := r.newest(s, incrementalKind, every, takes, s.lastAck, by)
		k := int64(math.Floor((at-r.phase(s, incrementalKind, every))/every)) + 1
		for ; k <= last && r.fate(s, incrementalKind, k) >= b.CopyFails; k++ {
			next := r.start(s, incrementalKind, every, k)
			volume += grown(at, next)
			at = next
		}
	}
	return at, volume
}

// logs goes on from a backup with the archived log, as far as that reaches; replay is in bytes.
func (r *Runner) logs(s *store, at, by float64) (point float64, source model.Source, replay float64) {
	b := s.backups
	if b.LogEvery == 0 {
		return at, model.FromBackup, 0
	}
	every := float64(b.LogEvery)
	archived := r.start(s, logKind, every, r.newest(s, logKind, every, 0, s.lastAck-float64(b.LogDelay), math.Inf(1)))
	if point = min(by, archived); point <= at { // of a segment that is safe, any moment
		return at, model.FromBackup, 0
	}
	return point, model.FromLog, b.Growth * (point - at)
}

// beginRestore brings a store back to the best point not after by; false if there is none.
func (r *Runner) beginRestore(g *group, s *store, by float64) bool {
	if s.backups == nil {
		return false
	}
	point, took, source := r.recoverable(s, by)
	r.bringBack(g, s, point, took, source)
	return true
}

// bringBack starts a restoration, which is never over in the instant in which it begins.
func (r *Runner) bringBack(g *group, s *store, point, took float64, source model.Source) {
	x := &s.restore
	x.point, x.source, x.began, g.restoring = point, source, r.now, true
	r.clocks.arm(x.clock, r.now+max(took, 1e-6))
}

// endRestore puts the state of the point in place of what was there, and books what is missing since.
func (r *Runner) endRestore(g *group, s *store) {
	x := &s.restore
	x.rang, g.restoring = false, false
	loss := model.Loss{Service: r.members[g.first].service, At: r.Now(), Initiator: s.fell, Source: x.source, Took: model.Seconds(r.now - x.began)}
	kept, share := 1.0, 1.0
	if s.spoilt.stage == undoing {
		loss.Initiator, loss.Damage = g.blame, model.Spoilt
		kept = 1 - s.errors.Salvage
	}
	if s.errors != nil && (s.spoilt.stage == undoing || s.spoilt.stage != sound && x.point <= s.spoilt.at) {
		r.awaitError(s) // an error that came later is gone too
	}
	if x.mends {
		loss.Initiator = r.p.sys.ServiceElement(int(loss.Service))
		loss.Damage = model.Decayed
		share, x.mends = s.corruption.Share, false
	}
	if x.source == model.FromNowhere {
		loss.Total, loss.Seconds, loss.Transactions = true, model.Never, s.acknowledged()*share*s.rate
		s.written -= s.written * share
		s.absent.total -= s.absent.total * share
	} else if gone := s.written - r.writes[s.history].by(x.point, s.written); gone > 1e-9 {
		loss.Seconds = model.Seconds((s.lastAck - x.point) * kept)
		absent := min(gone, s.absent.in(s.lastAck-x.point, s.lastAck))
		loss.Transactions = (gone - absent) * kept * share * s.rate
		s.written -= gone * kept * share
		s.absent.total -= absent * kept * share
	}
	s.last, s.lastAck, s.since, s.unflushed = r.now, r.now, r.now, 0
	h := &r.writes[s.history]
	h.cut(s.written)
	h.begin(r.now, s.written)
	if loss.Damage != model.Decayed {
		r.strand(g, s)
	}
	if x.source != model.FromDelayed {
		x.era, x.eras = r.now, x.eras+1
	}
	for k := int32(0); k < g.n; k++ {
		c := &r.copies[s.first+k]
		c.position, c.at, c.absent = min(c.position, s.written), min(c.at, s.lastAck), min(c.absent, s.absent.total)
	}
	r.copies[s.first+g.state.Primary].empty = false
	if s.corruption != nil {
		r.renewed(g, s)
	}
	s.headless = false
	r.book(loss, g.state.Primary)
}

// settleRestore lets a restoration begin again, or end.
func (r *Runner) settleRestore(g *group, s *store, primaryUp bool) {
	x := &s.restore
	switch {
	case !g.restoring:
		x.rang = false
	case !primaryUp:
		r.clocks.stop(x.clock)
		x.rang, x.mends, g.restoring = false, false, false
		if s.spoilt.stage == undoing { // and is undone once it is back
			s.spoilt.stage = noticed
			r.clocks.arm(s.spoilt.clock, r.now)
		}
	case x.rang:
		r.endRestore(g, s)
	}
}

// awaitError starts the time until the next error.
func (r *Runner) awaitError(s *store) {
	s.spoilt.stage = sound
	if s.errors.Life == nil {
		r.clocks.stop(s.spoilt.clock)
		return
	}
	r.clocks.arm(s.spoilt.clock, r.now+r.sample(s.errors.Life, &s.luck))
}

// settleError takes an error a stage further: it happens, is noticed, and is undone. All copies have it at
// once, so they are no help; one that is applied late enough is (R39).
func (r *Runner) settleError(g *group, s *store, primaryUp bool) {
	x := &s.spoilt
	x.rang = false
	switch x.stage {
	case sound:
		r.spoil(s)
	case wrong:
		x.stage = noticed
		r.wait(s, s.errors.Decide)
	case noticed:
		if !primaryUp || g.restoring {
			r.clocks.arm(x.clock, r.now+60)
			return
		}
		g.blame = r.blame
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

func (r *Runner) undo(g *group, s *store) {
	if late := float64(s.errors.DelayedBy); late > 0 && r.now-s.spoilt.at <= late {
		r.bringBack(g, s, s.spoilt.at, r.sample(s.errors.DelayedTakes, &s.luck), model.FromDelayed)
		return
	}
	if r.beginRestore(g, s, s.spoilt.at) {
		r.preferSnapshot(g, s)
	} else {
		r.bringBack(g, s, s.restore.point, 0, model.FromNowhere)
	}
}
