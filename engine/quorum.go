package engine

import "github.com/ftsim/ftsim/model"

// This file is about the data of a quorum (R25, R34): a majority has each acknowledged write, so whoever a
// majority elects has them all, unless disks or caches of a majority are gone. Who has lost its disk has no
// vote until it is a copy again. When a majority has lost theirs, somebody may go on with what is left.

// forcing is the state of going on without a majority.
type forcing struct {
	human      model.Responder // nil = nobody does
	clock      int32
	armed, due bool
	done       bool // members without data count no more, until they are copies again
}

// hasVotes tells whether a member has data and reaches a majority of those that vote.
func (r *Runner) hasVotes(g *group, m *member) bool {
	s := &r.stores[g.store]
	voters, votes, own := g.n, int32(0), false
	for k := int32(0); k < g.n; k++ {
		o := &r.members[g.first+k]
		switch {
		case r.copies[s.first+k].empty:
			if s.force.done {
				voters--
			}
		case o == m:
			own = o.up
			votes++
		case o.up && r.reach.ok(m.site, o.site) && r.reach.ok(o.site, m.site):
			votes++
		}
	}
	return own && votes >= voters/2+1
}

// has is how much of the history a member has.
func (r *Runner) has(g *group, k int32) float64 {
	s := &r.stores[g.store]
	c := &r.copies[s.first+k]
	switch {
	case c.empty:
		return -1
	case k == g.state.Primary && !s.headless:
		return s.written - s.unflushed
	case c.following:
		return s.written
	}
	return c.position
}

// settleVotes looks whether a leader that returns has lost anything, so that others are before it, and
// whether enough data is left to elect anybody at all.
func (r *Runner) settleVotes(g *group, s *store, primary *member) {
	if primary.up && s.primaryDown && !s.headless {
		c := &r.copies[s.first+g.state.Primary]
		if c.empty || s.unflushed > 0 {
			r.stepDown(s, c)
		} else {
			r.book(model.Loss{Service: primary.service, At: r.Now(), Initiator: s.fell}, g.state.Primary)
		}
	}
	lacking := int32(0)
	for k := int32(0); k < g.n; k++ {
		if r.copies[s.first+k].empty {
			lacking++
		}
	}
	f := &s.force
	if lacking == 0 {
		f.done = false
	}
	switch hopeless := g.n-lacking < g.n/2+1 && !f.done && !g.restoring; {
	case !hopeless && f.armed:
		r.clocks.stop(f.clock)
		f.armed, f.due = false, false
		r.dismiss(g)
	case hopeless && !f.armed && f.human != nil:
		f.armed = true
		work := f.human.Sample(r.lend.rand(&s.luck), r.night())
		r.lend.giveBack()
		r.clocks.arm(f.clock, r.now+r.page(g, float64(work)))
	case hopeless && f.due:
		r.goOnWithout(g, s)
	}
}

// stepDown makes a leader that has lost data one member among others.
func (r *Runner) stepDown(s *store, c *replica) {
	s.headless = true
	c.position, c.at, c.following = s.written-s.unflushed, s.lastAck-s.unflushed, false
	c.absent = s.absent.total - s.absent.in(s.unflushed, s.lastAck)
	s.unflushed = 0
}

// goOnWithout has the best of the members that are up go on with what it has. If nobody has anything, there
// are the backups.
func (r *Runner) goOnWithout(g *group, s *store) {
	best, anybody := none, none
	for k := int32(0); k < g.n; k++ {
		if r.copies[s.first+k].empty {
			if r.members[g.first+k].up && anybody == none {
				anybody = k
			}
			continue
		}
		anybody = k // who may come back
		if r.members[g.first+k].up && (best == none || r.hasMore(g, k, best)) {
			best = k
		}
	}
	switch {
	case best != none:
		r.keepOnly(g, s, best)
	case anybody == none || !r.copies[s.first+anybody].empty:
		return // until somebody is up
	default:
		g.state.Primary, s.headless = anybody, true
		r.keepOnly(g, s, anybody)
		if !r.beginRestore(g, s, s.fellAt()) {
			r.loseAll(g, s)
		}
	}
	s.force.armed, s.force.due, s.force.done = false, false, true
	r.dismiss(g)
}

// keepOnly drops what members have that the chosen one does not reach.
func (r *Runner) keepOnly(g *group, s *store, chosen int32) {
	at := r.members[g.first+chosen].site
	for k := int32(0); k < g.n; k++ {
		if m := &r.members[g.first+k]; k != chosen && (!m.up || !r.reach.ok(at, m.site)) {
			r.copies[s.first+k].empty = true
		}
	}
}

// loseAll begins anew with nothing.
func (r *Runner) loseAll(g *group, s *store) {
	r.book(model.Loss{Service: r.members[g.first].service, At: r.Now(), Initiator: s.fell, Source: model.FromNowhere,
		Total: true, Seconds: model.Never, Transactions: s.acknowledged() * s.rate}, g.state.Primary)
	s.written, s.absent.total, s.headless = 0, 0, false
	r.isUndone(s)
	c := &r.copies[s.first+g.state.Primary]
	c.empty, c.position, c.absent = false, 0, 0
}
