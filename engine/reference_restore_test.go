package engine

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/ftsim/ftsim/model"
)

// This file is about the way back in the naive twin (R35–R40): backups made by a calendar, what of them can be
// used at an instant, how long that takes, and what people spoil on all copies at once. Every question about
// backups is answered by going through all there ever were.

// twinRestore is the state of bringing a store back.
type twinRestore struct {
	on      bool
	rang    bool
	point   float64 // whose state comes back
	began   float64
	source  model.Source
	lost    float64 // when the repository last lost everything
	era     float64 // when the schedules were last started anew
	eras    int64   // how often
	errs    spoilStage
	errRang bool
	spoilt  float64   // when the data went wrong
	seen    float64   // when somebody noticed
	past    []stretch // when data was wrong that has been put right
	waits   bool      // it is decided to undo that, but nobody leads who has the data
}

// waysBack gives stores backups, and people who make mistakes.
func (m *maker) waysBack(seed uint64) {
	m.r = rand.New(rand.NewPCG(seed, 81))
	for i := range m.sys.Services {
		s := &m.sys.Services[i]
		if s.Store == nil || s.Policy.Style() == model.Shared && len(s.Members) > 1 || m.chance(2) {
			continue
		}
		if !m.chance(4) {
			s.Store.Backups = m.backups()
		}
		if m.chance(2) {
			s.Store.Errors = &model.DataErrors{Life: m.life(3 * model.Day), Noticed: m.law(1800), Decide: of[model.Distribution](m, nil, m.law(600)),
				Salvage: of(m, 0, 0, 0.5), DelayedBy: of(m, 0, 0, model.Hour), DelayedTakes: m.law(300), Serves: model.ServesNothing}
		}
	}
}

func (m *maker) backups() *model.Backups {
	every := func(means ...model.Seconds) (s model.Schedule) {
		if s.Every = of(m, means...); s.Every > 0 {
			s.Takes = s.Every / 10
		}
		return s
	}
	b := &model.Backups{Full: every(6*model.Hour, 20*model.Hour, 20*model.Hour, 0), SinceRestore: m.chance(3), CopyFails: of(m, 0, 0.3),
		RestoreFails: of(m, 0, 0.3), Size: 1e9, Growth: 1e4, RestoreRate: 1e6, ReplayRate: 1e5, Repository: none}
	if b.Full.Every > 0 {
		b.Differential, b.Incremental = every(0, 3*model.Hour), every(0, model.Hour)
		b.LogEvery, b.LogDelay = of[model.Seconds](m, 0, 300), of[model.Seconds](m, 0, 60)
		b.Retention = of(m, 0, 0, 2*model.Day)
	}
	if m.chance(2) {
		b.Prepare = m.law(600)
	}
	if m.chance(2) {
		b.Repository = of(m, m.nodes...)
	}
	b.Ruined = of(m, 0, 0.3)
	return b
}

// fate is a number that belongs to one backup, or to one calendar.
func (t *twin) fate(l *ledger, kind int, k int64) float64 {
	own := stream(mix(t.run ^ l.key ^ uint64(kind+1)<<58 ^ mix(uint64(k^l.back.eras<<32)+0x51ed270b)))
	return own.uniform()
}

// schedule is all backups of a kind that can be used: that were complete before the store fell, and show it as it
// was at a time not after by. Latest first.
func (t *twin) schedule(l *ledger, kind int, s model.Schedule, by float64) (starts []float64, good []bool) {
	b, x := l.Backups, &l.back
	if s.Every == 0 {
		return nil, nil
	}
	every, first, fell := float64(s.Every), x.era, l.lastAck()
	oldest := int64(0)
	if !b.SinceRestore {
		first = (t.fate(l, kind, math.MaxInt64) - 1) * every
		oldest = int64(-50 * model.Day / s.Every) // long enough before anything has happened, of every kind
	}
	for k := int64(t.now/every) + 2; k >= oldest; k-- {
		at := first + float64(k)*every
		anew := kind == fullKind && b.SinceRestore && k == 0 // the state that was restored is good
		if at > by || at+float64(s.Takes) > fell && !anew {
			continue
		}
		starts, good = append(starts, at), append(good, anew || t.fate(l, kind, k) >= b.CopyFails)
	}
	return starts, good
}

// recoverable is R36 and R37: the latest full backup that is at hand and can be restored, with what follows it;
// attempts that fail take as long.
func (t *twin) recoverable(l *ledger, by float64) (point, took float64, source model.Source) {
	b, x := l.Backups, &l.back
	took = sampled(b.Prepare, l.luck)
	starts, good := t.schedule(l, fullKind, b.Full, by)
	for n, base := range starts {
		if x.wrong(base) || base < x.lost || b.Retention > 0 && t.now-base > float64(b.Retention) || !good[n] {
			continue
		}
		point, source, volume, replay := t.following(l, base, by)
		took += volume/b.RestoreRate + replay/b.ReplayRate
		if l.luck.s.uniform() >= b.RestoreFails {
			return point, took, source
		}
	}
	return 0, took, model.FromNowhere
}

// following goes on from a full backup with the latest differential, the unbroken chain of incrementals after
// that, and the log.
func (t *twin) following(l *ledger, base, by float64) (point float64, source model.Source, volume, replay float64) {
	b := l.Backups
	point, volume, source = base, b.Size, model.FromBackup
	grown := func(since float64) float64 { return min(b.Size, b.Growth*(point-since)) }
	starts, good := t.schedule(l, differentialKind, b.Differential, by)
	for n, at := range starts {
		if good[n] && at > base && !l.back.wrong(at) {
			point = at
			volume += grown(base)
			break
		}
	}
	starts, good = t.schedule(l, incrementalKind, b.Incremental, by)
	for n := len(starts) - 1; n >= 0; n-- {
		if starts[n] <= point {
			continue
		}
		if !good[n] {
			break
		}
		if l.back.wrong(starts[n]) {
			continue
		}
		since := point
		point = starts[n]
		volume += grown(since)
	}
	archived := min(by, t.archived(l))
	for _, w := range l.back.past {
		if w.from <= archived && archived < w.to {
			archived = w.from
		}
	}
	if b.LogEvery > 0 && archived > point {
		replay, point, source = b.Growth*(archived-point), archived, model.FromLog
	}
	return point, source, volume, replay
}

// wrong tells whether a backup that was made at a time has got what an error of people had done until it was undone.
// The engine remembers the latest errors only.
func (x *twinRestore) wrong(at float64) bool {
	for _, w := range x.past[max(0, len(x.past)-mostTaints):] {
		if w.from <= at && at < w.to {
			return true
		}
	}
	return false
}

// archived is up to when the log is safe: segments are closed by a calendar, and take a while to be.
func (t *twin) archived(l *ledger) float64 {
	every, first := float64(l.Backups.LogEvery), l.back.era
	if !l.Backups.SinceRestore {
		first = (t.fate(l, logKind, math.MaxInt64) - 1) * every
	}
	segments := math.Floor((l.lastAck() - float64(l.Backups.LogDelay) - first) / every)
	return first + segments*every
}

func sampled(law model.Distribution, luck *dice) float64 {
	if law == nil {
		return 0
	}
	return float64(law.Sample(luck.rand()))
}

func restoreName(s *twinService) string { return "service " + s.Name + " restore" }

// bringBack begins a restoration, which is never over in the instant in which it begins.
func (t *twin) bringBack(s *twinService, point, took float64, source model.Source) {
	x := &s.ledger.back
	x.on, x.point, x.began, x.source = true, point, t.now, source
	t.plan(t.now+max(took, 1e-6), 2, restoreName(s), func() {
		t.blameUnlessKnown(s.blame)
		x.rang = true
	})
}

// restore brings a store back to the best point not after by; false if it has no backups.
func (t *twin) restore(s *twinService, by float64) bool {
	if s.ledger.Backups == nil {
		return false
	}
	point, took, source := t.recoverable(s.ledger, by)
	t.bringBack(s, point, took, source)
	return true
}

// settleRestore ends a restoration, or has it wait until the primary is up again.
func (t *twin) settleRestore(s *twinService) {
	x := &s.ledger.back
	rang := x.rang
	x.rang = false
	switch {
	case !x.on:
	case !s.primary().up:
		x.on = false
		t.callOff(restoreName(s))
		if x.errs == undoing {
			x.errs, x.waits = noticed, true
		}
	case rang:
		t.restored(s)
	}
}

// restored puts the state of the point in place of what there was, if there is one. Who holds what came after then
// holds what history went without. An error that came after the point is gone with it.
func (t *twin) restored(s *twinService) {
	l := s.ledger
	x := &l.back
	x.on = false
	loss := twinLoss{Loss: model.Loss{Service: s.id, At: t.time(), Initiator: l.fell, Source: x.source, Took: model.Seconds(t.now - x.began)}}
	kept := 1.0
	if x.errs == undoing {
		loss.Initiator, loss.Damage, kept = t.sys.ServiceElement(int(s.id)), model.Spoilt, 1-float64(l.Errors.Salvage)
	}
	if l.Errors != nil && (x.errs == undoing || x.errs != sound && x.point <= x.spoilt) {
		if x.errs != sound && x.source != model.FromNowhere {
			x.past = append(x.past, stretch{from: x.spoilt, to: t.now})
		}
		t.nextError(s)
	}
	l.cloud()
	loss.clouded = l.clouded
	position := l.writtenBy(x.point)
	if gone := l.written() - position; x.source == model.FromNowhere {
		loss.Total, loss.Seconds, loss.least, loss.Transactions = true, model.Never, model.Never, l.beyond(0)*l.WriteRate
		position = 0
		for k := range l.copies { // what little they have is the same
			l.copies[k].position = 0
		}
	} else if gone > grain {
		loss.Seconds = model.Seconds((l.lastAck() - x.point) * kept)
		loss.least, loss.Transactions = loss.Seconds, l.beyond(position)*kept*l.WriteRate
		l.replace(position, kept)
		position += gone * (1 - kept)
	}
	l.cut(position)
	l.renewed = t.now
	l.unflushed, l.headless = 0, false
	own := &l.copies[s.state.Primary]
	own.empty, own.astray = false, false
	if l.Backups != nil && l.Backups.SinceRestore && x.source != model.FromDelayed {
		x.era = t.now
		x.eras++
	}
	t.book(loss)
}

// replace has copies be ones of what there was until an older state took its place: what they have beyond that is
// kept only in part.
func (l *ledger) replace(position, kept float64) {
	for k := range l.copies {
		if c := &l.copies[k]; c.position > position {
			c.astray = c.astray || !l.votes && c.position > position+grain
			c.position -= (c.position - position) * kept
		}
	}
}

// nextError starts the time until somebody spoils the data.
func (t *twin) nextError(s *twinService) {
	s.ledger.back.errs, s.ledger.back.waits = sound, false
	t.awaitError(s, sampled(s.ledger.Errors.Life, s.ledger.luck))
}

func (t *twin) awaitError(s *twinService, in float64) {
	t.plan(t.now+in, 2, fmt.Sprintf("service %s error", s.Name), func() {
		t.blameUnlessKnown(t.sys.ServiceElement(int(s.id)))
		s.ledger.back.errRang = true
	})
}

// settleError is R39: data goes wrong on all copies at once; somebody notices, decides, and undoes it.
func (t *twin) settleError(s *twinService) {
	l := s.ledger
	x, e := &l.back, l.Errors
	if !x.errRang && !x.waits {
		return
	}
	x.errRang = false
	switch x.errs {
	case sound:
		x.errs, x.spoilt = wrong, t.now
		if b := l.Backups; b != nil && b.Ruined > 0 && l.luck.s.uniform() < b.Ruined {
			x.lost = t.now
		}
		t.awaitError(s, sampled(e.Noticed, l.luck))
	case wrong:
		x.errs, x.seen = noticed, t.now
		t.awaitError(s, sampled(e.Decide, l.luck))
	case noticed:
		if x.waits = !s.primary().up || l.hollow || l.headless || x.on; x.waits {
			return
		}
		t.blameUnlessKnown(t.sys.ServiceElement(int(s.id)))
		x.errs = undoing
		switch {
		case e.DelayedBy > 0 && x.seen-x.spoilt <= float64(e.DelayedBy):
			t.bringBack(s, x.spoilt, sampled(e.DelayedTakes, l.luck), model.FromDelayed)
		case !t.restore(s, x.spoilt):
			t.bringBack(s, 0, 0, model.FromNowhere)
		}
	}
}

// restoring tells whether the data of a service is being brought back.
func (s *twinService) restoring() bool { return s.ledger != nil && s.ledger.back.on }

// lastAck is when the last write was acknowledged, or the state of then was restored.
func (l *ledger) lastAck() float64 { return max(l.renewed, l.acknowledged(l.written())) }
