package engine

import (
	"math"

	"github.com/ftsim/ftsim/model"
)

// This file says how much of the requests a group answers (R21, R24, R25), as seen from a place in the
// network; none stands for everywhere.

// revalue works out what a group is worth now and tells those who depend on it if that has changed.
func (r *Runner) revalue(i int32, g *group) {
	cap, frac := r.value(g, none, r.now)
	phase := r.blocking(g, cap*frac)
	timed := g.warming > 0 || g.state.Phase == model.Redirection && g.state.Ramp && !g.state.Tail
	if timed != g.timed {
		r.startOrEndRamp(i, g, timed)
	} else if cap == g.cap && frac == g.frac && phase == g.phase && !timed && r.reach.whole && g.store == none && g.copies == 0 && g.writers == 0 {
		if len(r.p.balanced[i]) == 0 {
			return
		}
	}
	g.cap, g.frac, g.phase = cap, frac, phase
	r.announce(i)
}

// announce has everybody look again who depends on what a group is worth.
func (r *Runner) announce(i int32) {
	for _, j := range r.p.reaches[i] {
		r.touchJourney(j)
	}
	for _, b := range r.p.balanced[i] {
		r.groups[b].rescan = true
		r.touch(b)
	}
}

// startOrEndRamp counts ramps, in all and for each journey that rests on the group.
func (r *Runner) startOrEndRamp(i int32, g *group, timed bool) {
	step := -1
	if g.timed = timed; timed {
		step = 1
	}
	r.ramps += step
	if r.meanLoad > 0 {
		r.tick()
	}
	for _, j := range r.p.reaches[i] {
		r.jour[j].ramps += int32(step)
	}
}

// value is the capacity of a group relative to demand, at most 1, and the share of requests that meet
// a working member, at time t.
func (r *Runner) value(g *group, view int32, t float64) (cap, frac float64) {
	switch {
	case g.style != model.Shared:
		m, frac := r.serving(g, view, t)
		switch {
		case frac == 0:
			return 1, 0
		case m.slow:
			answers, speed := r.health(m)
			return g.capacity(speed * g.warmth(m, t)), frac * answers
		case g.warming == 0:
			return g.whole, frac
		}
		return g.capacity(g.warmth(m, t)), frac
	case g.copies > 0:
		return r.copiesValue(g, model.Write, view, t)
	case (view == none || r.reach.whole) && !g.uneven():
		return r.sharedValue(g, t)
	}
	return r.sharedFrom(g, view, t)
}

// capacity is what the given number of members at full capacity can take, relative to demand.
func (g *group) capacity(members float64) float64 {
	if g.perReplica > 0 {
		return min(1, members*g.perReplica/g.demand)
	}
	return min(1, members/float64(g.needed))
}

// serving is the member that serves clients at a place, and the share of requests it gets.
func (r *Runner) serving(g *group, view int32, t float64) (*member, float64) {
	m := &r.members[g.first+g.state.Primary]
	if m.up && r.reach.ok(view, m.site) {
		switch {
		case g.barred, g.restoring, g.hollow, g.suspended, g.fence.stopped && !g.fence.writesOnly(), g.style == model.Majority && g.state.Phase != model.Serving:
			return m, 0
		case g.state.Phase == model.Redirection && g.state.Tail:
			return m, 1 - g.state.Late
		case g.state.Phase == model.Redirection && g.state.Ramp:
			return m, (1 - g.state.Late) * min(1, (t-g.redirected)/float64(g.state.Redirect))
		case g.state.Phase == model.Redirection:
			return m, 0
		}
		return m, 1
	}
	if g.old != none {
		if o := &r.members[g.first+g.old]; o.up && r.reach.ok(view, o.site) {
			return o, 1
		}
	}
	return m, 0
}

// serves is the member that serves somebody now, if there is one. Of clients that move gradually the first
// are there at once.
func (r *Runner) serves(g *group) (*member, bool) {
	m, frac := r.serving(g, none, math.Inf(1))
	return m, frac > 0
}

// sharedValue is the value of a group whose members all serve, seen from everywhere.
func (r *Runner) sharedValue(g *group, t float64) (cap, frac float64) {
	if g.restoring || g.halted {
		return 1, 0
	}
	good, rotation := g.up, g.up
	if g.detector != nil {
		good, rotation = g.good, g.rotation
	}
	if good < g.needed {
		return 1, 0
	}
	members := float64(good)
	if g.warming > 0 {
		members = r.warmMembers(g, t)
	}
	return g.capacity(members), float64(good) / float64(rotation)
}

// warmMembers is how many members at full capacity those that serve amount to.
func (r *Runner) warmMembers(g *group, t float64) float64 {
	sum := 0.0
	for k := int32(0); k < g.n; k++ {
		if m := &r.members[g.first+k]; m.up && (g.detector == nil || m.believed) {
			sum += g.warmth(m, t)
		}
	}
	return sum
}

// blocking is the phase that keeps a group from being worth 1 (R27).
func (r *Runner) blocking(g *group, worth float64) model.Phase {
	if worth >= 1 {
		return model.Serving
	}
	if g.style == model.Shared {
		return g.sharedBlocking()
	}
	m := &r.members[g.first+g.state.Primary]
	switch {
	case g.restoring && m.up:
		return model.Activation
	case m.slow && m.up && g.state.Phase == model.Serving:
		if g.detector != nil && m.believed && r.replaceable(g) {
			return model.Detection
		}
		return model.Repair
	case g.fence.stopped && m.up, g.state.Phase == model.Repair && r.undecided(g):
		return model.Decision
	case g.state.Phase != model.Serving:
		return g.state.Phase
	case g.hollow && m.up:
		return model.Repair
	case m.up && g.suspended:
		return model.Reconciling
	case m.up && g.warming > 0:
		return model.Warming
	case m.up:
		return model.Overload
	case g.detector != nil && m.believed && r.replaceable(g):
		return model.Detection
	}
	return model.Repair
}

// sharedBlocking books what waits for a belief to follow the truth, in either direction, as detection.
func (g *group) sharedBlocking() model.Phase {
	switch {
	case (g.restoring || g.halted) && g.up > 0:
		return model.Activation
	case g.collapsed:
		return model.Overload
	case g.detector != nil && (g.good < g.rotation || g.up > g.rotation):
		return model.Detection
	case g.warming > 0:
		return model.Warming
	case g.odd > 0 && g.detector != nil:
		return model.Detection
	case g.odd > 0:
		return model.Repair
	case g.up == g.n && g.shards == none: // of shards, copies may be missing still
		return model.Overload
	}
	return model.Repair
}

// undecided tells whether somebody could serve if only the coordinator consented.
func (r *Runner) undecided(g *group) bool {
	if g.coordinator == none {
		return false
	}
	for k := int32(0); k < g.n; k++ {
		if m := &r.members[g.first+k]; m.up && !r.consents(g, m) {
			return true
		}
	}
	return false
}
