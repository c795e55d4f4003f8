package engine

import "github.com/ftsim/ftsim/model"

// This file is about stores without a leader (SEMANTICS 4.1, 4.3): every item has copies on some of the
// members, and each side of a partition is served as far as it reaches enough of them. The data is spread
// evenly: a part of it for every member, which has that part and with its successors in the order of the
// file the copies of it. Detection plays no role, since a coordinator asks several copies anyway.

// takes is how many copies of an item a request must reach.
func (g *group) takes(a model.Access) int32 {
	if a == model.Read {
		return g.copiesRead
	}
	return g.copiesWrite
}

// copiesValue is the value of a leaderless group for one kind of access.
func (r *Runner) copiesValue(g *group, a model.Access, view int32, t float64) (cap, frac float64) {
	if g.shards != none {
		if frac = r.shardsValue(g, a, view); frac == 0 {
			return 1, 0
		}
		return g.capacity(r.strengthFrom(g, view, t)), frac
	}
	takes, up := g.takes(a), g.up
	whole := view == none || r.reach.whole
	if whole && g.odd == 0 && up == g.n && r.allFresh(g) {
		return g.capacity(r.strengthFrom(g, view, t)), 1
	}
	served := 0.0
	parts := g.n
	if g.copies == g.n && g.odd == 0 {
		parts = 1 // every member has everything, and it does not matter who is asked first
	}
	for k := int32(0); k < parts; k++ {
		served += r.partServed(g, k, takes, view)
	}
	if served == 0 {
		return 1, 0
	}
	return g.capacity(r.strengthFrom(g, view, t)), served / float64(parts)
}

// partServed is the share of the requests for part k that are served: all if enough of its copies are well,
// else as far as the slow ones among those needed answer rightly, the first in order.
func (r *Runner) partServed(g *group, k, takes, view int32) float64 {
	well, answers := int32(0), 1.0
	slow := int32(0)
	for c := int32(0); c < g.copies; c++ {
		m := &r.members[g.first+(k+c)%g.n]
		switch {
		case !m.up || m.fallen || !r.reach.ok(view, m.site) || !r.answersAsCopy(g, (k+c)%g.n):
		case m.slow:
			slow++
		default:
			well++
		}
	}
	if well+slow < takes {
		return 0
	}
	missing := takes - well
	for c := int32(0); c < g.copies && missing > 0; c++ {
		m := &r.members[g.first+(k+c)%g.n]
		if m.up && !m.fallen && m.slow && r.reach.ok(view, m.site) && r.answersAsCopy(g, (k+c)%g.n) {
			a, _ := r.health(m)
			answers *= a
			missing--
		}
	}
	return answers
}

// strengthFrom is how many members at full capacity those amount to that serve at a place.
func (r *Runner) strengthFrom(g *group, view int32, t float64) float64 {
	if g.perReplica == 0 && g.warming == 0 && g.odd == 0 {
		return float64(g.needed)
	}
	var x rotation
	for k := int32(0); k < g.n; k++ {
		if m := &r.members[g.first+k]; m.up && !m.fallen && r.reach.ok(view, m.site) {
			r.addWorking(g, m, t, &x)
		}
	}
	return x.strength
}
