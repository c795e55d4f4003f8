package engine

import (
	"math"

	"github.com/ftsim/ftsim/model"
)

// This file is about data that no copy has any more, or that is spoilt on all of them: which point in time backups
// can bring back, how long that takes, and what it costs (R35–R40). Backups cost no events: when the points are
// follows from their schedule, whether they can be used from a hash of their number.

// restoration is the state of bringing a store back.
type restoration struct {
	clock  int32
	rang   bool
	under  bool         // way
	serves model.Serves // meanwhile
	point  float64      // the time whose state comes back
	began  float64
	source model.Source
	ended  float64 // when a state was last brought back
	lost   float64 // when the repository last lost everything
	era    float64 // when the schedules were last started anew
	eras   int64   // how often that was
	mends  bool    // it replaces what has gone bad on every copy
	silent silence
}

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
	k := r.newest(s, fullKind, every, takes, s.fellAt(), by)
	if b.SinceRestore { // the point that was restored is good, and there was nothing newer when the schedule began
		k = max(k, 0)
	}
	for n := 0; n < mostPoints; n, k = n+1, k-1 {
		base := r.start(s, fullKind, every, k)
		if b.SinceRestore && (k < 0 || base > by) || base < s.restore.lost || b.Retention > 0 && r.now-base > float64(b.Retention) {
			break
		}
		if r.fate(s, fullKind, k) < b.CopyFails && !(b.SinceRestore && k == 0) || s.spoilt.past.holds(base) {
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
		k := r.newest(s, differentialKind, every, takes, s.fellAt(), by)
		for ; r.start(s, differentialKind, every, k) > base; k-- {
			if begun := r.start(s, differentialKind, every, k); r.fate(s, differentialKind, k) >= b.CopyFails && !s.spoilt.past.holds(begun) {
				at = begun
				volume += grown(base, at)
				break
			}
		}
	}
	if every, takes := float64(b.Incremental.Every), float64(b.Incremental.Takes); every > 0 {
		last := r.newest(s, incrementalKind, every, takes, s.fellAt(), by)
		k := int64(math.Floor((at-r.phase(s, incrementalKind, every))/every)) + 1
		for ; k <= last && r.fate(s, incrementalKind, k) >= b.CopyFails; k++ {
			next := r.start(s, incrementalKind, every, k)
			if s.spoilt.past.holds(next) { // the one after that has what put it right
				continue
			}
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
	archived := r.start(s, logKind, every, r.newest(s, logKind, every, 0, s.fellAt()-float64(b.LogDelay), math.Inf(1)))
	if point = s.spoilt.past.before(min(by, archived)); point <= at { // of a segment that is safe, any moment
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

// bringBack starts a restoration, which is never over in the instant in which it begins. Nothing is served meanwhile.
func (r *Runner) bringBack(g *group, s *store, point, took float64, source model.Source) {
	x := &s.restore
	x.point, x.source, x.began, x.under = point, source, r.now, true
	r.serveMeanwhile(g, s, model.ServesNothing)
	r.clocks.arm(x.clock, r.soon(took))
}

// soon is some time from now, by which the clock has moved whatever it shows.
func (r *Runner) soon(seconds float64) float64 {
	return after(r.now, max(seconds, float64(aBlink)))
}

func (r *Runner) serveMeanwhile(g *group, s *store, what model.Serves) {
	s.restore.serves = what
	g.restoring = what == model.ServesNothing
}

// stop ends a restoration, whether it is done or not.
func (x *restoration) stop(g *group) {
	x.rang, x.under, g.restoring = false, false, false
}

// refuses tells whether no writes are taken until a state is brought back.
func (x *restoration) refuses() bool { return x.under && x.serves != model.ServesAll }

// inPlace tells whether what is sound stays where it is: only what has been harmed goes back.
func (x *restoration) inPlace() bool {
	return x.source == model.FromFlashback || x.serves == model.ServesAll
}

// endRestore puts the state of the point in place of what was there, and books what is missing since.
func (r *Runner) endRestore(g *group, s *store) {
	x := &s.restore
	loss := model.Loss{Service: r.members[g.first].service, At: r.Now(), Initiator: s.fell, Source: x.source, Took: model.Seconds(r.now - x.began)}
	share, kept := 1.0, 1.0
	undoes, inPlace := s.spoilt.stage == undoing, x.inPlace()
	if x.mends || undoes {
		loss.Initiator = r.p.sys.ServiceElement(int(loss.Service))
	}
	switch {
	case x.mends:
		loss.Damage, share = model.Decayed, s.corruption.Share
	case undoes:
		loss.Damage = model.Spoilt
		kept = 1 - s.errors.Salvage
		if inPlace || x.source == model.FromNowhere {
			share = s.errors.Harms()
		}
	}
	base := 0.0
	if x.source == model.FromNowhere {
		r.loseForGood(s, &loss, share)
	} else {
		base = r.writes[s.history].by(x.point, s.written)
		if !inPlace && !x.mends {
			r.replace(g, s, base)
		}
		share *= kept
		r.loseSince(s, &loss, base, share, kept)
	}
	r.goOnFrom(g, s, base, share, inPlace)
	switch {
	case (undoes || !x.mends) && x.source == model.FromNowhere:
		r.isUndone(s)
	case undoes || !x.mends && x.point <= s.spoilt.at: // one that came later is gone too
		r.putRight(s)
	}
	x.mends = false
	x.stop(g)
	r.book(loss, g.state.Primary)
}

// loseForGood is the loss of a share of everything (R40).
func (r *Runner) loseForGood(s *store, loss *model.Loss, share float64) {
	loss.Total, loss.Seconds, loss.Transactions = true, model.Never, s.acknowledged()*share*s.rate
	s.written -= s.written * share
	s.absent.total -= s.absent.total * share
}

// loseSince is the loss of a share of what lies beyond a position. Of the time since then, what is saved is not counted.
func (r *Runner) loseSince(s *store, loss *model.Loss, base, share, kept float64) {
	gone := s.written - base
	if gone <= 1e-9 {
		return
	}
	since := s.fellAt() - s.restore.point
	absent := min(gone, s.absent.in(s.lastAck-s.restore.point, s.lastAck))
	loss.Seconds = model.Seconds(since * kept)
	loss.Transactions = (gone - absent) * share * s.rate
	s.written -= gone * share
	s.absent.total -= absent * share
}

// replace has the copies be ones of what was there until an older state takes its place: who has more than that has
// to be made anew. What is put right in place is written as all else is.
func (r *Runner) replace(g *group, s *store, base float64) {
	for k := int32(0); k < g.n; k++ {
		c := &r.copies[s.first+k]
		r.interrupt(s, k, c)
		if c.following {
			c.following, c.position, c.at, c.absent = false, s.written, s.lastAck, s.absent.total
		}
	}
	r.strand(g, s, base)
}

// goOnFrom has the store and its copies go on without a share of what was beyond a position. What is in place has
// been served all along, or is the same but for what was harmed.
func (r *Runner) goOnFrom(g *group, s *store, base, share float64, inPlace bool) {
	x := &s.restore
	if !inPlace {
		s.last, s.lastAck, s.since, s.unflushed, x.ended = r.now, r.now, r.now, 0, r.now
		s.headless = false
		r.copies[s.first+g.state.Primary].empty = false
		if s.backups != nil && s.backups.SinceRestore && x.source != model.FromDelayed {
			x.era, x.eras = r.now, x.eras+1
		}
	}
	h := &r.writes[s.history]
	h.cut(s.written)
	h.begin(r.now, s.written)
	for k := int32(0); k < g.n; k++ {
		c := &r.copies[s.first+k]
		c.position -= max(0, c.position-base) * share
		c.at, c.absent = min(c.at, s.lastAck), min(c.absent, s.absent.total)
		c.begun.position -= max(0, c.begun.position-base) * share
		c.begun.at, c.begun.absent = min(c.begun.at, s.lastAck), min(c.begun.absent, s.absent.total)
		if !inPlace && c.position >= s.written-grainOf {
			c.at, c.absent = s.lastAck, s.absent.total // that state has been acknowledged anew
		}
	}
	if s.corruption != nil && !inPlace {
		r.renewed(g, s)
	}
}

// fellAt is up to when a store was as it should be: when the last write of its history was acknowledged, or a state was
// brought back, if history goes on since from a copy that is older.
func (s *store) fellAt() float64 { return max(s.lastAck, s.restore.ended) }

// settleRestore lets a restoration begin again, or end.
func (r *Runner) settleRestore(g *group, s *store, primaryUp bool) {
	x := &s.restore
	switch {
	case !x.under:
		x.rang = false
	case !primaryUp:
		r.clocks.stop(x.clock)
		x.stop(g)
		x.mends = false
		if s.spoilt.stage == undoing { // and is undone once it is back
			s.spoilt.stage, s.spoilt.waits = noticed, true
		}
	case x.rang:
		r.endRestore(g, s)
	}
}
