package engine

import "github.com/ftsim/ftsim/model"

// This file is floor 3: what each observer thinks. Belief is truth delayed by a detector (R4, R9–R12): a
// watch that sees something change waits for the detector's delay; if it changes back first, nothing
// has happened. So a false alarm is nothing special: a glitch longer than the timeout is one.

// watched tells whether somebody would notice that component i has gone mute. Who believes already that
// something is wrong is at work on it.
func (r *Runner) watched(i int32) bool {
	c := &r.comps[i]
	if c.sole != manyFans {
		return r.leadsToWatched(fan{c.fan, c.sole})
	}
	for _, f := range r.p.fans[c.fan:c.end] {
		if r.leadsToWatched(f) {
			return true
		}
	}
	return false
}

func (r *Runner) leadsToWatched(f fan) bool {
	return f.kind == toMember && r.isWatched(f.to) || (f.kind == toComponent || f.kind == toMedia) && r.watched(f.to)
}

func (r *Runner) isWatched(i int32) bool {
	m := &r.members[i]
	g := &r.groups[m.service]
	return g.detector != nil && m.believed && (g.style == model.Shared || g.first+g.state.Primary == i)
}

// lookAt begins or ends the warm-up of a member that has changed. What watches it is asked when its group
// is settled.
func (r *Runner) lookAt(i int32) {
	m := &r.members[i]
	g := &r.groups[m.service]
	k := i - g.first
	if !m.up && g.warming > 0 {
		m.warmFrom = negInf
		r.checkWarmUp(g)
	}
	switch {
	case g.style != model.Shared:
		if k == g.state.Primary && m.up {
			r.startWarmUp(g, k)
		}
		return // the primary is watched when the group is settled
	case m.up && (g.detector == nil || m.believed):
		r.startWarmUp(g, k)
	}
}

// watchAll has those members looked at that have come or gone, then all others if who or what lies between
// has changed.
func (r *Runner) watchAll(i int32, g *group) {
	for _, m := range r.changed {
		if r.members[m].service == i {
			r.watch(g, m-g.first)
		}
	}
	for k := int32(0); k < g.n && g.rescan; k++ {
		r.watch(g, k)
	}
}

// recount takes a member that is in the rotation in or out of those that work.
func (g *group) recount(m *member, up bool) {
	switch {
	case !m.believed:
	case up:
		g.good++
	default:
		g.good--
	}
}

// watchOf is the clock of the watch on member k; of those that take turns only the primary is watched.
func (g *group) watchOf(k int32) int32 {
	if g.style == model.Shared {
		return g.watchClock + k
	}
	return g.watchClock
}

// watch compares what the watch on member k sees with what it saw, and starts or stops its clock.
func (r *Runner) watch(g *group, k int32) {
	i := g.first + k
	m := &r.members[i]
	clock := g.watchOf(k)
	seen, looking := r.sees(g, m)
	switch {
	case !looking:
		seen = m.believed // nobody is there to learn anything
	case g.hollow && k == g.state.Primary:
		seen = false
	case m.slow:
		seen = false // its heartbeats go on; whether that deceives the detector is for it to say
	}
	if seen == m.seen {
		return
	}
	if !seen && g.style == model.Primary {
		r.sight(g)
	}
	m.seen, m.dim = seen, !seen && m.slow && m.up
	r.noteSight(i)
	if seen == m.believed {
		r.clocks.stop(clock)
		return
	}
	if !seen && r.blame != none {
		g.blame = r.blame
	}
	delay := r.delay(g, m, seen)
	if delay > 0 {
		r.clocks.arm(clock, r.now+delay)
		return
	}
	r.clocks.stop(clock) // which may run because the member was slow before
	r.believe(m.service, k)
}

// noteSight notes that what the watch on a member sees has changed, for whoever is told.
func (r *Runner) noteSight(member int32) {
	if r.sighted != nil {
		r.sighted[member] = r.now
	}
}

// delay draws how long a detector takes. What fails at one instant is found out by the same poll, so it
// shares its luck (R9).
func (r *Runner) delay(g *group, m *member, seen bool) float64 {
	first := r.now != g.luckAt
	if first {
		g.luckAt, g.sharedLuck = r.now, g.watchLuck
	}
	r.luck = g.sharedLuck
	random := r.lend.rand(&r.luck)
	var d model.Seconds
	switch {
	case seen && g.style == model.Primary:
		// The primary is known to be back when it answers; only a rotation waits for several answers.
	case seen:
		d = g.detector.Recovery(random)
	case m.up && m.slow:
		d = g.detector.Delay(model.Slow, random)
	case m.up:
		d = g.detector.Delay(model.Isolated, random)
	default:
		d = g.detector.Delay(m.mode, random)
	}
	r.lend.giveBack()
	if first {
		g.watchLuck = r.luck
	}
	return float64(d)
}

// sees tells whether a group's observer has an answer from member m, and whether there is an observer.
func (r *Runner) sees(g *group, m *member) (seen, looking bool) {
	switch g.observer {
	case model.ByEveryone:
		return m.up && r.reachedByClients(m.site), true
	case model.ByService:
		return r.seenBy(&r.groups[g.balancer], m)
	case model.ByCoordinator:
		return r.seenBy(&r.groups[g.coordinator], m)
	}
	for k := int32(0); k < g.n; k++ {
		if o := &r.members[g.first+k]; o != m && o.up && k != g.old { // who takes itself for the primary does not look
			looking = true
			if m.up && r.reach.ok(o.site, m.site) {
				return true, true
			}
		}
	}
	return false, looking
}

func (r *Runner) seenBy(b *group, m *member) (seen, looking bool) {
	if b.style != model.Shared {
		o, serves := r.serves(b)
		return serves && m.up && r.reach.ok(o.site, m.site), serves
	}
	for k := int32(0); k < b.n; k++ {
		if o := &r.members[b.first+k]; o.up {
			looking = true
			if m.up && r.reach.ok(o.site, m.site) {
				return true, true
			}
		}
	}
	return false, looking
}

// reachedByClients tells whether some client reaches a place; without declared clients everybody does.
func (r *Runner) reachedByClients(place int32) bool {
	if r.reach.whole || len(r.p.clients) == 0 {
		return true
	}
	for i := range r.p.clients {
		if r.reach.ok(r.p.clients[i].place, place) {
			return true
		}
	}
	return false
}

// believe makes the watch on member k of a group take what it sees for true.
func (r *Runner) believe(service, k int32) {
	g := &r.groups[service]
	m := &r.members[g.first+k]
	m.believed = m.seen
	if r.note != nil {
		kind := BelievedUp
		if !m.believed {
			kind = BelievedDown
		}
		n := Note{Kind: kind, Service: service, Member: k}
		if sees, _ := r.sees(g, m); sees && !m.believed {
			n.False = !m.slow && (!g.hollow || k != g.state.Primary)
		}
		if r.sighted != nil {
			n.Delay = model.Seconds(r.now - r.sighted[g.first+k])
		}
		r.tell(n)
	}
	if !m.believed {
		r.notice(m.component)
		r.notice(m.host)
	}
	if g.style != model.Shared {
		return
	}
	step := int32(-1)
	if m.believed {
		step = 1
		r.startWarmUp(g, k)
	}
	g.rotation += step
	if m.up {
		g.good += step
	}
}

// cryWolf has the detector of a group lose a member that is well, for as long as it takes to notice that.
func (r *Runner) cryWolf(i int32, g *group) {
	r.clocks.arm(g.alarmClock, r.now+r.laws[g.alarms].draw(&g.watchLuck, r.lend))
	k := g.state.Primary
	if g.style == model.Shared {
		k = int32(g.watchLuck.uniform() * float64(g.n))
	}
	m := &r.members[g.first+k]
	if _, looking := r.sees(g, m); !looking || !m.believed || !m.seen {
		return
	}
	m.seen = false
	r.noteSight(g.first + k)
	g.blame = r.p.sys.ServiceElement(int(i))
	r.blame = g.blame
	r.believe(i, k)
	m.seen = true
	d := g.detector.Delay(model.Isolated, r.lend.rand(&g.watchLuck))
	r.lend.giveBack()
	r.clocks.arm(g.watchOf(k), r.now+max(float64(d), 1e-3))
}
