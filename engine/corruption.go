package engine

import (
	"math"

	"github.com/ftsim/ftsim/model"
)

// This file is about data that goes bad on one copy without anybody noticing (R38). It is found when that
// copy is scrubbed, when it is promoted, or when backups made of it are to be restored; until then it
// spreads to whatever is copied from it. A sound copy mends it at once. If there is none, the store is
// restored from a backup made before, with the archived log, which has not gone bad.

// decay is the state of one copy.
type decay struct {
	bad, known bool
	rang       bool // its clock: it goes bad, or is scrubbed if it is bad
}

// mostTaints bounds how many spells in which backups were made of bad data are remembered, for each store.
const mostTaints = 4

// taint is when backups were made of a copy that had gone bad. The last spell may last.
type taint struct {
	n        int32
	lasts    bool
	from, to [mostTaints]float64
}

// begin notes that backups are bad from now on.
func (x *taint) begin(now float64) {
	if x.n == mostTaints {
		copy(x.from[:], x.from[1:])
		copy(x.to[:], x.to[1:])
		x.n--
	}
	x.from[x.n], x.to[x.n] = now, math.Inf(1)
	x.n++
	x.lasts = true
}

func (x *taint) end(now float64) {
	x.to[x.n-1], x.lasts = now, false
}

// before is the latest time up to one that is in no spell.
func (x *taint) before(at float64) float64 {
	for k := x.n - 1; k >= 0; k-- {
		if at >= x.from[k] && at < x.to[k] {
			at = x.from[k]
		}
	}
	return at
}

// holds tells whether a backup that began at a time is of no use.
func (x *taint) holds(began float64) bool {
	for k := int32(0); k < x.n; k++ {
		if began >= x.from[k] && began < x.to[k] {
			return true
		}
	}
	return false
}

// awaitCorruption starts the clocks of all copies.
func (r *Runner) awaitCorruption(s *store) {
	for k := int32(0); k < s.n; k++ {
		r.awaitDecay(s, k)
	}
}

// awaitDecay starts the time until a copy goes bad.
func (r *Runner) awaitDecay(s *store, k int32) {
	r.clocks.arm(s.decayClock+k, r.now+r.sample(s.corruption.Life, &s.luck))
}

// awaitScrub sets the clock of a copy to its next scrub. When that is does not depend on the start of a run.
func (r *Runner) awaitScrub(s *store, k int32) {
	every := float64(s.corruption.ScrubEvery)
	if every == 0 {
		r.clocks.stop(s.decayClock + k)
		return
	}
	phase := r.fate(s, scrubKind, int64(k)) * every
	r.clocks.arm(s.decayClock+k, phase+every*(math.Floor((r.now-phase)/every+1e-9)+1))
}

// settleCorruption lets copies go bad, be found, and be mended.
func (r *Runner) settleCorruption(g *group, s *store, primaryUp bool) {
	for k := int32(0); k < g.n; k++ {
		if c := &r.copies[s.first+k]; c.rot.rang {
			c.rot.rang = false
			r.decayRang(g, s, k, c)
		}
	}
	for k := int32(0); k < g.n; k++ {
		if c := &r.copies[s.first+k]; c.rot.known && r.soundCopy(g, s, k, true) {
			r.cleanse(g, s, k)
		}
	}
	p := g.state.Primary
	if c := &r.copies[s.first+p]; c.rot.known && primaryUp && !s.restore.under && !r.soundCopy(g, s, p, false) {
		r.replaceBad(g, s)
	}
	switch bad := r.copies[s.first+p].rot.bad; {
	case bad && !s.taint.lasts:
		s.taint.begin(r.now)
	case !bad && s.taint.lasts:
		s.taint.end(r.now)
	}
}

// decayRang is a copy going bad, or its scrub. One that is down is not scrubbed.
func (r *Runner) decayRang(g *group, s *store, k int32, c *replica) {
	switch {
	case c.empty:
		r.awaitDecay(s, k)
	case !c.rot.bad:
		r.rotten(g, s, k, false)
	case r.members[g.first+k].up:
		r.find(g, s, k)
	default:
		r.awaitScrub(s, k)
	}
}

// rotten is a copy going bad, by itself or because what it is copied from is bad.
func (r *Runner) rotten(g *group, s *store, k int32, known bool) {
	c := &r.copies[s.first+k]
	if !c.rot.bad && r.note != nil {
		r.tell(Note{Kind: DataCorrupted, Service: r.members[g.first].service, Member: k})
	}
	c.rot.bad = true
	r.awaitScrub(s, k)
	if known {
		r.find(g, s, k)
	}
}

// find has it known that a copy is bad. It is mended as soon as a sound one can be reached.
func (r *Runner) find(g *group, s *store, k int32) {
	c := &r.copies[s.first+k]
	if !c.rot.known && r.note != nil {
		r.tell(Note{Kind: CorruptionFound, Service: r.members[g.first].service, Member: k})
	}
	c.rot.known = true
	r.clocks.stop(s.decayClock + k)
}

// cleanse makes a copy sound, or empty.
func (r *Runner) cleanse(g *group, s *store, k int32) {
	c := &r.copies[s.first+k]
	if c.rot.bad && r.note != nil {
		r.tell(Note{Kind: CorruptionMended, Service: r.members[g.first].service, Member: k})
	}
	c.rot = decay{}
	r.awaitDecay(s, k)
}

// inherit makes a copy that is made anew what the one is that it is made of.
func (r *Runner) inherit(g *group, s *store, k int32) {
	from, to := &r.copies[s.first+s.source(g, k)], &r.copies[s.first+k]
	switch {
	case from.rot.bad:
		r.rotten(g, s, k, from.rot.known)
	case to.rot.bad:
		r.cleanse(g, s, k)
	}
}

// soundCopy tells whether there is a sound copy that could mend copy k, at hand or anywhere.
func (r *Runner) soundCopy(g *group, s *store, k int32, atHand bool) bool {
	p := g.state.Primary
	for j := int32(0); j < g.n && s.mode != model.Unreplicated; j++ {
		c := &r.copies[s.first+j]
		if j == k || c.empty || c.rot.bad {
			continue
		}
		if !atHand || j == p && r.members[g.first+p].up && r.copies[s.first+k].following || k == p && c.following && r.members[g.first+p].up {
			return true
		}
	}
	return false
}

// replaceBad restores what is bad on every copy; without backups it is gone for good.
func (r *Runner) replaceBad(g *group, s *store) {
	if s.restore.mends = r.beginRestore(g, s, s.fellAt()); s.restore.mends {
		return
	}
	gone := s.acknowledged() * s.corruption.Share
	s.written -= s.written * s.corruption.Share
	s.absent.total -= s.absent.total * s.corruption.Share
	r.cutCopies(g, s)
	r.book(model.Loss{Service: r.members[g.first].service, At: r.Now(), Initiator: r.p.sys.ServiceElement(int(r.members[g.first].service)),
		Total: true, Seconds: model.Never, Transactions: gone * s.rate, Source: model.FromNowhere, Damage: model.Decayed}, g.state.Primary)
	r.renewed(g, s)
}

// renewed has all copies begin anew with the primary, which is sound.
func (r *Runner) renewed(g *group, s *store) {
	for k := int32(0); k < g.n; k++ {
		if r.copies[s.first+k].rot.bad {
			r.cleanse(g, s, k)
		}
	}
}
