package engine

import "github.com/ftsim/ftsim/model"

// This file is about active-active stores whose writes must reach several members (SEMANTICS 4.3): a side of a
// partition from which too few are reached takes no writes, while reads go on. The others (asynchronous ones, and
// those that go on alone after a while) take writes on every side, which costs conflicts.

// writers is how many members a write must reach where all take writes; 0 = any one will do.
func writers(from *model.Service, g *group) int32 {
	if from.Store == nil || g.style != model.Shared || g.n == 1 || g.copies > 0 {
		return 0
	}
	switch from.Store.Mode {
	case model.Sync:
		return 1 + int32(max(1, from.Store.Acks))
	case model.QuorumSync:
		return g.n/2 + 1
	}
	return 0
}

// reachesWriters tells whether clients at a place reach as many members as a write must.
func (r *Runner) reachesWriters(g *group, place int32) bool {
	if g.up < g.writers || r.reach.whole {
		return g.up >= g.writers
	}
	reached := int32(0)
	for k := int32(0); k < g.n; k++ {
		if m := &r.members[g.first+k]; m.up && r.reach.ok(place, m.site) {
			reached++
		}
	}
	return reached >= g.writers
}
