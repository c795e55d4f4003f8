package engine

import "github.com/ftsim/ftsim/model"

// This file says who may be promoted (R13, R15, R32).

// choice is which copies of a store may lead.
type choice struct {
	inSync bool    // only those without which nothing was written
	maxLag float64 // seconds of writing; 0 = any, but none for having been down
	byHand bool    // a human may promote another one that has data
}

// choiceOf resolves what a store says of its candidates.
func choiceOf(s *model.Store) choice {
	rule := s.Candidates.MustBe
	return choice{inSync: rule == model.LastKnownSync || rule == model.AsReplicated && s.Mode == model.SyncFallback,
		maxLag: float64(s.Candidates.MaxLag), byHand: s.Candidates.ByHand}
}

// candidates are the best member to promote, and the best one other than the present candidate: who has
// most of the data, and of those the first in the order of the file (R15).
func (r *Runner) candidates(g *group) (best, next int32) {
	best, next = none, none
	if g.pair { // the commonest group: there is only one to look at
		k := 1 - g.state.Primary
		if !r.members[g.first+k].up || !r.canLead(g, k) {
			return none, none
		}
		if k != g.state.Candidate {
			next = k
		}
		return k, next
	}
	members := r.members[g.first : g.first+g.n]
	for i := range members {
		k := int32(i)
		if !members[i].up || !r.canLead(g, k) {
			continue
		}
		if best == none || r.hasMore(g, k, best) {
			best = k
		}
		if k != g.state.Candidate && (next == none || r.hasMore(g, k, next)) {
			next = k
		}
		if g.store == none && next != none {
			break
		}
	}
	return best, next
}

// grainOf is below what counts as a difference between positions, which are sums of many stretches.
const grainOf = 1e-6

// hasMore tells whether copy a has more of the data than copy b. Those that follow have all of it.
func (r *Runner) hasMore(g *group, a, b int32) bool {
	if g.store == none || r.stores[g.store].mode == model.Unreplicated {
		return false
	}
	if g.votes {
		return r.has(g, a) > r.has(g, b)+grainOf
	}
	first := r.stores[g.store].first
	x, y := &r.copies[first+a], &r.copies[first+b]
	return !y.following && (x.following || x.position > y.position+grainOf)
}

// refused is the best member that only a human may promote, where a machine may promote nobody.
func (r *Runner) refused(g *group, best int32) int32 {
	if best != none || !r.stores[g.store].choice.byHand || g.state.Accepted {
		return none
	}
	g.state.Accepted = true
	best, _ = r.candidates(g)
	g.state.Accepted = false
	return best
}

// replaceable tells whether anybody could take over.
func (r *Runner) replaceable(g *group) bool {
	best, _ := r.candidates(g)
	return best != none
}

// promotable tells whether a copy may lead: it has data, and as much of it as its store demands, unless a
// human does without.
func (r *Runner) promotable(g *group, k int32) bool {
	s := &r.stores[g.store]
	c := &r.copies[s.first+k]
	switch {
	case s.mode == model.Unreplicated:
		return true
	case g.votes:
		return !c.empty
	case c.empty, c.diverged && s.fullCopy != none:
		return false
	case g.state.Accepted:
		return true
	case s.choice.inSync && (s.alone || c.left):
		return false
	case s.choice.maxLag > 0:
		return c.following || r.known(g, s)-c.position <= s.choice.maxLag+grainOf
	}
	return !c.missed || c.position >= s.written
}

// leaveOut strikes from those known to be in sync who does not have what is being written.
func (r *Runner) leaveOut(g *group, s *store) {
	for k := int32(0); k < g.n; k++ {
		c := &r.copies[s.first+k]
		c.left = !c.following && (c.left || s.writing) && k != g.state.Primary
	}
}

// known is how much has been written as far as anybody knows who could promote a copy.
func (r *Runner) known(g *group, s *store) float64 {
	if r.inSight(g) {
		return s.written
	}
	return s.sighted
}

// inSight tells whether whoever looks at the primary sees it.
func (r *Runner) inSight(g *group) bool {
	return !g.lost && r.members[g.first+g.state.Primary].seen
}

// sight notes how far the primary had come when it was last seen: what it writes unseen, nobody knows who
// has to judge how much a copy lacks.
func (r *Runner) sight(g *group) {
	if g.store == none {
		return
	}
	s := &r.stores[g.store]
	r.bringUp(s)
	s.sighted = s.written
}
