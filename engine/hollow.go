package engine

import "github.com/ftsim/ftsim/model"

// This file is about a primary that is back without its data while another member has a copy (R6, R31). It serves
// nobody, and its watch takes it for down, until the data has been copied to it, or another has been promoted.

// copiedBack tells whether the primary has been given the data of the best copy at hand; if not, it goes on
// copying, or waits for a copy.
func (r *Runner) copiedBack(g *group, s *store) bool {
	c, best := &r.copies[s.first+g.state.Primary], r.bestAtHand(g, s)
	if best == none {
		r.interrupt(s, g.state.Primary, c)
		return false
	}
	return r.rebuild(s, best, g.state.Primary, c)
}

// bestAtHand is the copy with most data of those that are up and in touch with the primary, or none.
func (r *Runner) bestAtHand(g *group, s *store) int32 {
	best := none
	if s.mode == model.Unreplicated {
		return none
	}
	primary := &r.members[g.first+g.state.Primary]
	for k := int32(0); k < g.n; k++ {
		m, c := &r.members[g.first+k], &r.copies[s.first+k]
		if m != primary && m.up && !c.empty && r.reach.ok(primary.site, m.site) && (best == none || c.position > r.copies[s.first+best].position) {
			best = k
		}
	}
	return best
}

// hollowFalls is such a primary failing again before it has its data.
func (r *Runner) hollowFalls(g *group, s *store) {
	g.hollow = false
	r.interrupt(s, g.state.Primary, &r.copies[s.first+g.state.Primary])
}
