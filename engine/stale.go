package engine

import (
	"math/bits"

	"github.com/ftsim/ftsim/model"
)

// This file is about reads that copies answer which lack acknowledged writes. What a copy lacks is a length of
// writing, as every position is. Between events it is linear in time, and so is the share of requests that the
// primary answers; so what has been read is known in closed form.

// staleness is the state of the books of a service that is read from copies.
type staleness struct {
	service  int32
	key      uint64
	luck     stream  // for lags, so that looking changes nothing
	last     float64 // up to when the books are kept
	reads    []reading
	attached bool // copies in contact answer, and their lags have been drawn
	lacks    lacks
	sent     []sent    // to standbys in contact all the time
	kept     []float64 // lags, while others are drawn
}

// reading is what a group of clients reads, as it has been since last.
type reading struct {
	share        float64 // of all clients
	served       float64 // share of its requests that are answered
	grows        float64 // by that per second, where nobody but the primary answers
	stale        float64 // share of its requests that a copy answers
	shrinks      float64 // by that per second
	lacks, falls float64 // seconds of writing that copy lacks, and by how many more per second
}

// staleReads lays out the books of a service, if copies answer reads of it.
func (c *compiler) staleReads(i int32, from *model.Service, g *group) {
	if !from.ReadsCopies() || !g.readers && (g.copies == 0 || g.spread == none) {
		return
	}
	p := c.p
	g.stale = int32(len(p.stale))
	p.stale = append(p.stale, staleness{service: i, key: nameKey(from.Name, forReads)})
	p.noReads = make([]model.StaleReads, len(p.sys.Services))
	if g.readers {
		g.sent = from.StandbyShare
	}
}

func (r *Runner) resetStale(run uint64) {
	for i := range r.stale {
		x := &r.stale[i]
		if x.reads == nil {
			g := &r.groups[x.service]
			places := max(1, len(r.p.clients))
			x.reads, x.sent, x.kept = make([]reading, 0, places), make([]sent, 0, places*int(g.n)), make([]float64, g.n)
		}
		x.luck, x.last, x.reads, x.sent, x.attached = streamOf(run, x.key), 0, x.reads[:0], x.sent[:0], false
	}
}

// closeReads ends the books at the horizon.
func (r *Runner) closeReads(x *staleness) {
	r.accountReads(x)
	r.out.Lacks = x.lacks.writeTo(r.out.Lacks, x.service)
}

// accountReads brings the books up to now.
func (r *Runner) accountReads(x *staleness) {
	from, to := max(x.last, r.begin)-x.last, r.now-x.last
	x.last = r.now
	if r.past || to <= from {
		return
	}
	use := &r.out.Stale[x.service]
	for i := range x.reads {
		x.reads[i].book(use, &x.lacks, from, to)
	}
	if len(x.sent) > 0 {
		r.sampleReads(x, r.now-to+from, r.now)
	}
}

// book adds what was read from one time to another, both since the reading has been as it is.
func (a *reading) book(use *model.StaleReads, h *lacks, from, to float64) {
	middle := (from + to) / 2
	use.Served += model.Seconds(a.share * (to - from) * (a.served + a.grows*middle))
	if a.falls < 0 {
		to = min(to, a.lacks/-a.falls)
	}
	if a.stale <= 0 || to <= from || max(a.lacksAt(from), a.lacksAt(to)) <= grainOf {
		return
	}
	middle = (from + to) / 2
	use.Stale += model.Seconds(a.share * (to - from) * a.staleAt(middle))
	// A product of two linear functions: Simpson's rule is exact.
	use.Lacked += a.share * (to - from) / 6 * (a.staleAt(from)*a.lacksAt(from) + 4*a.staleAt(middle)*a.lacksAt(middle) + a.staleAt(to)*a.lacksAt(to))
	use.Most = max(use.Most, model.Seconds(max(a.lacksAt(from), a.lacksAt(to))))
	h.addReading(a, from, to)
}

func (a *reading) staleAt(t float64) float64 { return max(0, a.stale-a.shrinks*t) }
func (a *reading) lacksAt(t float64) float64 { return max(0, a.lacks+a.falls*t) }

// settleReads finds out who reads what from now on.
func (r *Runner) settleReads(g *group) {
	x := &r.stale[g.stale]
	r.accountReads(x)
	x.reads, x.sent = x.reads[:0], x.sent[:0]
	if g.spread != none {
		r.readSpread(g, x)
		return
	}
	attached := x.attached
	x.attached = false
	if r.reach.whole || len(r.p.clients) == 0 {
		r.readAt(g, x, none, 1, attached)
		return
	}
	for i := range r.p.clients {
		r.readAt(g, x, r.p.clients[i].place, r.p.clients[i].share, attached)
	}
}

// readAt finds out what clients at a place read of a store with a primary.
func (r *Runner) readAt(g *group, x *staleness, place int32, share float64, attached bool) {
	if g.sent > 0 && r.sendReads(g, x, place, share*g.sent) {
		share *= 1 - g.sent
	}
	if share > 0 {
		r.readCopy(g, x, place, share, attached)
	}
}

// readCopy finds out what clients at a place read of a store with a primary: what that does not answer, from
// the standby that does.
func (r *Runner) readCopy(g *group, x *staleness, place int32, share float64, attached bool) {
	s := &r.stores[g.store]
	_, primary := r.serving(g, place, r.now)
	a := reading{share: share, served: primary}
	if _, later := r.serving(g, place, r.now+1); later > primary { // clients move to it gradually
		a.grows = (1 - g.state.Late) / float64(g.state.Redirect)
	}
	if primary < 1 {
		if k := r.reader(g, place); k != none {
			a.stale, a.shrinks = 1-primary, a.grows
			a.served, a.grows = 1, 0
			a.lacks, a.falls = r.lacks(g, s, x, k, attached)
		}
	}
	x.reads = append(x.reads, a)
}

// lacks is how much copy k lacks of what has been acknowledged, in seconds of writing, and by how much more per
// second. One in contact is behind by its lag, as when contact would break now (R31).
func (r *Runner) lacks(g *group, s *store, x *staleness, k int32, attached bool) (seconds, perSecond float64) {
	c := &r.copies[s.first+k]
	writing := 0.0
	if s.writing {
		writing = 1
	}
	switch {
	case c.following && s.lag == none:
		return 0, 0
	case c.following:
		if !attached && !x.attached {
			s.luck, x.luck = x.luck, s.luck
			r.drawBehind(g, s)
			s.luck, x.luck = x.luck, s.luck
		}
		x.attached = true
		if s.writing {
			return c.behind, 0
		}
		return s.latest(c.behind, r.now), -1
	case c.chasing:
		return s.written - c.position, writing - s.pull(c)
	}
	return s.written - c.position, writing
}

// readSpread finds out what is read of a leaderless store: of each part, any of the least sets of copies that a
// read takes, all as likely, among those a side reaches. Such a set lacks what other copies only have.
func (r *Runner) readSpread(g *group, x *staleness) {
	s := &r.spreads[g.spread]
	fresh := r.freshMembers(g, s)
	for v := range s.apart {
		side := &s.apart[v]
		if side.members == 0 {
			continue
		}
		share := side.share / float64(s.parts)
		for part := int32(0); part < s.parts; part++ {
			if bits.OnesCount32(uint32(s.local(part, side.members&fresh))) < int(g.copiesRead) {
				continue
			}
			x.reads = append(x.reads, reading{share: share, served: 1})
			if g.copiesRead+g.copiesWrite <= s.copies {
				r.readPart(g, x, part, s.local(part, side.members&fresh), share)
			}
		}
	}
}

// freshMembers are those that are not being made anew: these do not answer yet.
func (r *Runner) freshMembers(g *group, s *spread) (members uint64) {
	for k := int32(0); k < g.n; k++ {
		if !r.holders[s.first+k].rebuilding {
			members |= 1 << k
		}
	}
	return members
}

// readPart adds what is read of one part from each set of copies that lacks something.
func (r *Runner) readPart(g *group, x *staleness, part, readable int32, share float64) {
	s := &r.spreads[g.spread]
	reads := int(g.copiesRead)
	sets := choose(int32(bits.OnesCount32(uint32(readable))), g.copiesRead)
	for q := int32(1); q < s.sets() && sets > 0; q++ {
		if q&^readable != 0 || bits.OnesCount32(uint32(q)) != reads {
			continue
		}
		a := reading{share: share, stale: 1 / sets}
		for set, held := range r.amounts(s, part) {
			if int32(set)&q == 0 {
				a.lacks += held
			}
		}
		for _, d := range r.gapsOf(s, part) {
			if d.has&q == 0 {
				a.lacks += d.held
			}
		}
		for v := range s.apart {
			if set := s.local(part, s.apart[v].members); s.enough(part, set) && set&q == 0 {
				a.falls += s.apart[v].share
			}
		}
		if a.lacks > grainOf || a.falls > 0 {
			x.reads = append(x.reads, a)
		}
	}
}
