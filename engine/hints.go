package engine

import (
	"math"

	"github.com/ftsim/ftsim/model"
)

// This file is about copies of a leaderless store that were away for long (SEMANTICS 4.1). While a copy is
// away, what is written is kept for it, and given to it when it is back. That ends after a while. What is
// written later it lacks until copies are compared and repaired; meanwhile it answers as any other.

// hinting is what a spread knows of who is away.
type hinting struct {
	window  float64            // how long writes are kept for a copy that is away, in seconds
	every   float64            // how often copies are repaired; 0 = never
	phase   float64            // when the first repair is
	clock   int32              // of repairs, or none
	due     bool               // it has rung
	armed   bool               // and will ring
	touched int32              // by group of clients: the members with which their side is in touch
	since   int32              // by group of clients and member: when that was last so
	expires int32              // by side and member: until when writes are kept for it
	first   [mostSides]float64 // the earliest of those of a side that it does not reach
	gaps    int32              // by part
	whole   bool               // everybody reached everybody when that was last worked out
	was     uint64             // and these were the members of the one side
}

// gap is what some copies lack that no hint tells them of.
type gap struct {
	has, lacks int32   // copies
	held       float64 // seconds of writing
}

// gapsOf are those of a part. Where writes are kept for any time there are none.
func (r *Runner) gapsOf(x *spread, part int32) []gap {
	if !x.forgets {
		return nil
	}
	return r.gaps[x.hints.gaps+part]
}

func (r *Runner) resetHints(run uint64) {
	for i := range r.gaps {
		r.gaps[i] = r.gaps[i][:0]
	}
	clear(r.touched)
	clear(r.since)
	for i := range r.spreads {
		x := &r.spreads[i]
		luck := streamOf(run, x.key^repairSalt)
		x.hints.phase = x.hints.every * luck.uniform()
	}
}

const repairSalt = 0x3c6ef372fe94f82b

// keepGap adds to what is known of some copies of a part to be missing on others, or of none.
func (r *Runner) keepGap(x *spread, part, has, lacks int32, held float64) {
	if lacks == 0 {
		r.amounts(x, part)[has] += held
		return
	}
	gaps := r.gaps[x.hints.gaps+part]
	for i := range gaps {
		if gaps[i].has == has && gaps[i].lacks == lacks {
			gaps[i].held += held
			return
		}
	}
	r.gaps[x.hints.gaps+part] = append(gaps, gap{has, lacks, held})
}

// writeTo puts down what side v has written to a set of copies of a part up to now. Copies that have been away
// for too long at the time will not hear of it.
func (r *Runner) writeTo(x *spread, v int, part, set int32, from float64) {
	share := x.apart[v].share
	if !x.forgets || r.now <= x.hints.first[v] {
		r.amounts(x, part)[set] += (r.now - from) * share
		return
	}
	for from < r.now {
		lacks, until := r.forgotten(x, v, part, set, from)
		until = min(until, r.now)
		r.keepGap(x, part, set, lacks, (until-from)*share)
		from = until
	}
}

// forgotten are the copies beyond a set for which side v keeps no writes at a time, and until when that is so.
func (r *Runner) forgotten(x *spread, v int, part, set int32, at float64) (lacks int32, until float64) {
	until = math.Inf(1)
	for c := int32(0); c < x.copies; c++ {
		if set>>c&1 == 1 {
			continue
		}
		if expires := r.since[x.hints.expires+int32(v)*x.n()+(part+c)%x.n()]; expires <= at {
			lacks |= 1 << c
		} else {
			until = min(until, expires)
		}
	}
	return lacks, until
}

// stripGaps takes from gaps what is on copies that are gone, and returns how much of it no copy has.
func (r *Runner) stripGaps(x *spread, part, gone int32) (had, lost float64) {
	gaps := r.gapsOf(x, part)
	for i := range gaps {
		had += gaps[i].held
		if gaps[i].has &^= gone; gaps[i].has == 0 {
			lost += gaps[i].held
			gaps[i].held = 0
		}
	}
	r.tidy(x, part)
	return had, lost
}

// takeFromGaps is takeFrom for gaps; it returns what is still to be taken.
func (r *Runner) takeFromGaps(x *spread, part, set, kept int32, amount float64) float64 {
	for i := len(r.gapsOf(x, part)) - 1; i >= 0; i-- { // the last ones are the newest
		d := &r.gapsOf(x, part)[i]
		if d.has != set || amount <= 0 {
			continue
		}
		moved := min(d.held, amount)
		d.held, amount = d.held-moved, amount-moved
		r.keepGap(x, part, kept, d.lacks, moved)
	}
	r.tidy(x, part)
	return amount
}

// overwriteGaps takes up to so much from gaps.
func (r *Runner) overwriteGaps(x *spread, part int32, amount float64) {
	gaps := r.gapsOf(x, part)
	for i := range gaps {
		taken := min(gaps[i].held, amount)
		gaps[i].held, amount = gaps[i].held-taken, amount-taken
	}
	r.tidy(x, part)
}

// tidy makes one of gaps that have become the same, and none of those that are none.
func (r *Runner) tidy(x *spread, part int32) {
	gaps := r.gapsOf(x, part)
	if len(gaps) == 0 {
		return
	}
	r.gaps[x.hints.gaps+part] = gaps[:0]
	for _, d := range gaps { // what is kept is never beyond what has been read
		if d.held > 0 {
			r.keepGap(x, part, d.has, d.lacks, d.held)
		}
	}
}

// handOnGaps gives copies in touch what they lack, but not where nobody knows that they do; in a repair, there too.
func (r *Runner) handOnGaps(g *group, x *spread, part int32, repair bool) {
	gaps := r.gapsOf(x, part)
	for i := range gaps {
		d := &gaps[i]
		barred := d.lacks
		if repair {
			barred = 0
		}
		d.has = r.reaching(g, x, part, d.has, barred)
		d.lacks &^= d.has
	}
	r.tidy(x, part)
}

// madeWhole is a member that has been made anew from others: it has all that they have.
func (r *Runner) madeWhole(x *spread, k int32) {
	for part := int32(0); part < x.parts; part++ {
		gaps := r.gapsOf(x, part)
		for c := int32(0); c < x.copies; c++ {
			for i := range gaps {
				if (part+c)%x.n() == k {
					gaps[i].lacks &^= 1 << c
				}
			}
		}
		r.tidy(x, part)
	}
}

// settleHints repairs copies if it is time, and finds out from when on nothing is kept for whom.
func (r *Runner) settleHints(g *group, x *spread) {
	h := &x.hints
	if h.due {
		h.due, h.armed = false, false
		for part := int32(0); part < x.parts; part++ {
			r.handOnGaps(g, x, part, true)
		}
	}
	r.keepTouch(g, x)
	if h.armed || h.clock == none {
		return
	}
	for part := int32(0); part < x.parts; part++ {
		if len(r.gapsOf(x, part)) > 0 {
			h.armed = true
			r.clocks.arm(h.clock, h.phase+h.every*(math.Floor((r.now-h.phase)/h.every+1e-9)+1))
			return
		}
	}
}

// keepTouch notes who has gone out of touch with whom, and until when writes are kept for them.
func (r *Runner) keepTouch(g *group, x *spread) {
	h, n := &x.hints, x.n()
	if r.reach.whole && h.whole && h.was == x.apart[0].members {
		return
	}
	h.whole, h.was = r.reach.whole, x.apart[0].members
	expires := r.since[h.expires : h.expires+mostSides*n]
	for i := range expires {
		expires[i] = negInf
	}
	for c := int32(0); c < max(1, int32(len(r.p.clients))); c++ {
		place := none
		if !r.reach.whole && len(r.p.clients) > 0 {
			place = r.p.clients[c].place
		}
		members := r.reachedMembers(g, place)
		touched := r.sideOf(g, members)
		v := x.sideWith(members)
		since := r.since[h.since+c*n : h.since+(c+1)*n]
		left := r.touched[h.touched+c] &^ touched
		r.touched[h.touched+c] = touched
		for k := range n {
			if left>>k&1 == 1 {
				since[k] = r.now
			}
			until := math.Inf(1)
			if touched>>k&1 == 0 {
				until = since[k] + h.window
			}
			expires[int32(v)*n+k] = max(expires[int32(v)*n+k], until)
		}
	}
	for v := range h.first {
		h.first[v] = math.Inf(1)
		for k := range n {
			if x.apart[v].members>>k&1 == 0 {
				h.first[v] = min(h.first[v], expires[int32(v)*n+k])
			}
		}
	}
}

// sideWith is the side whose clients reach a set of members.
func (x *spread) sideWith(members uint64) int {
	for v := range x.apart {
		if x.apart[v].members == members {
			return v
		}
	}
	return mostSides - 1
}

// sideOf is a set of members and who is reached from them.
func (r *Runner) sideOf(g *group, members uint64) uint64 {
	if r.reach.whole {
		return members
	}
	for from := int32(0); from < g.n; from++ {
		for to := int32(0); to < g.n; to++ {
			m := &r.members[g.first+to]
			if members>>from&1 == 1 && members>>to&1 == 0 && m.up && r.reach.ok(r.members[g.first+from].site, m.site) {
				members |= 1 << to
			}
		}
	}
	return members
}

// hints lays out what a spread has to know of who is away.
func (c *compiler) hints(from *model.Hints, g *group, x *spread) {
	x.hints.clock = none
	if from == nil {
		return
	}
	p, groups := c.p, max(1, len(c.p.sys.Clients))
	x.forgets, x.hints.window, x.hints.every = true, float64(from.For), float64(from.RepairEvery)
	x.hints.gaps, x.hints.touched, x.hints.since = int32(p.gaps), int32(p.touched), int32(p.since)
	x.hints.expires = x.hints.since + int32(groups)*g.n
	p.gaps, p.touched, p.since = p.gaps+int(x.parts), p.touched+groups, p.since+(groups+mostSides)*int(g.n)
}

func (c *compiler) hintClock(i int32, x *spread) {
	if x.forgets && x.hints.every > 0 {
		x.hints.clock = c.clock(owner{kind: repairClock, group: i})
	}
}
