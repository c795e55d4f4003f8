package engine

import "github.com/ftsim/ftsim/model"

// This file is about who serves in which role, and about handing a service over (R21).

// resetRoles lets components age as their roles at the start demand.
func (r *Runner) resetRoles() {
	clear(r.active)
	for i := range r.groups {
		if len(r.active) == 0 {
			break
		}
		members := r.p.sys.Services[i].Members
		if g := &r.groups[i]; g.style != model.Shared {
			members = members[g.state.Primary : g.state.Primary+1]
		}
		for _, m := range members {
			r.serve(m, 1)
		}
	}
	for a := range r.rates {
		r.rates[a] = r.rateOf(int32(a))
	}
}

func (r *Runner) rateOf(a int32) float64 {
	if r.active[a] > 0 {
		return r.under(a)
	}
	return r.p.alphas[a] * r.under(a)
}

// serve counts a member in or out of those that work its components.
func (r *Runner) serve(m model.Member, step int32) {
	if a := r.comps[m.Component].ageing; a != none {
		r.active[a] += step
	}
	if m.Host != m.Component {
		if a := r.comps[m.Host].ageing; a != none {
			r.active[a] += step
		}
	}
	if r.p.units != nil {
		r.serveUnit(m, step)
	}
}

// promote hands the service over. An old primary that is up and does not hear of it goes on serving
// whoever reaches it and not the new one (R21); a leader without a majority knows that it is none (R14).
func (r *Runner) promote(i int32, g *group, old int32) {
	g.lost = false
	g.redirected = r.now
	from, to := &r.members[g.first+old], &r.members[g.first+g.state.Primary]
	if r.mutes > 0 {
		r.notice(from.component)
		r.notice(from.host)
	}
	if from != to && len(r.active) > 0 {
		members := r.p.sys.Services[i].Members
		r.changeRoles(members[old], members[g.state.Primary])
		r.released(g)
	}
	if g.fresh && !from.up {
		r.renew(from)
	}
	if g.detector != nil && g.style == model.Primary {
		r.clocks.stop(g.watchClock)
		to.seen, to.believed = true, true
		from.seen, from.believed = true, true
	}
	if g.old != none {
		r.demote(i, g)
	}
	goesOn := from.up && from != to && g.style == model.Primary && !g.hollow && !g.fence.stopped && g.fence.kind != model.StorageLock
	if g.store != none {
		r.handOver(i, g, old, goesOn)
	}
	if goesOn {
		g.old = old
		if r.endSplit(i, g); g.old != none {
			r.tellHold(SplitBegan, i, old)
		}
	} else if !g.simple {
		r.freshHold(g)
	}
	if g.state.Ramp {
		r.startWarmUp(g, g.state.Primary)
	}
}

func (r *Runner) changeRoles(from, to model.Member) {
	r.serve(from, -1)
	r.serve(to, 1)
	for _, c := range [...]int32{from.Component, from.Host, to.Component, to.Host} {
		if a := r.comps[c].ageing; a != none {
			r.age(c, r.rateOf(a))
		}
		if r.p.units != nil {
			r.ageUnit(c)
		}
	}
}

// endSplit demotes an old primary that has died or hears of the new one; the newest epoch wins.
func (r *Runner) endSplit(i int32, g *group) {
	from, to := &r.members[g.first+g.old], &r.members[g.first+g.state.Primary]
	if !from.up || r.reach.ok(to.site, from.site) {
		r.demote(i, g)
	}
}

func (r *Runner) demote(i int32, g *group) {
	r.tellHold(SplitEnded, i, g.old)
	if g.store != none {
		r.endBranch(i, g)
	}
	g.old = none
	r.freshHold(g)
}
