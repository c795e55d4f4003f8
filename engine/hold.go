package engine

import "github.com/ftsim/ftsim/model"

// This file is about primaries that stop themselves: who has lost touch with what allows it to go on
// does so after a while, whether or not anybody has noticed (R13, R14).

// fence is the state of what stops the primary of a group, or an old one that goes on beside it.
type fence struct {
	kind     model.FenceKind
	failsafe bool
	within   int32   // law, or none
	failure  float64 // probability that it does not stop
	clock    int32
	inTouch  bool          // as of the last look
	blame    model.Element // what cut it off
	rang     bool
	stopped  bool // the primary has stopped itself, or was made harmless
}

// holds tells whether member m may go on as a primary.
func (r *Runner) holds(g *group, m *member) bool {
	switch g.fence.kind {
	case model.LeaseFencing:
		return r.consents(g, m) || g.fence.failsafe && r.reachesAll(g, m)
	case model.MinReplicas:
		return r.reachesAnother(g, m)
	}
	return r.inTouch(g, m)
}

// consents tells whether the coordinator of a group works and is in touch with a member. Without a
// coordinator nobody need be asked.
func (r *Runner) consents(g *group, m *member) bool {
	if g.coordinator == none {
		return true
	}
	c := &r.groups[g.coordinator]
	if c.style == model.Shared {
		seen, _ := r.seenBy(c, m)
		return seen || !m.up
	}
	leader, serves := r.serves(c)
	return serves && r.reach.ok(leader.site, m.site) && r.reach.ok(m.site, leader.site)
}

func (r *Runner) reachesAll(g *group, m *member) bool {
	for k := int32(0); k < g.n; k++ {
		if o := &r.members[g.first+k]; o != m && !(o.up && r.reach.ok(m.site, o.site)) {
			return false
		}
	}
	return true
}

func (r *Runner) reachesAnother(g *group, m *member) bool {
	for k := int32(0); k < g.n; k++ {
		if o := &r.members[g.first+k]; o != m && o.up && r.reach.ok(m.site, o.site) {
			return true
		}
	}
	return false
}

// selfStyled is who takes itself for the primary and may have to stop.
func (g *group) selfStyled() int32 {
	if g.old != none {
		return g.old
	}
	return g.state.Primary
}

// hold looks whether who takes itself for the primary may still do so.
func (r *Runner) hold(i int32, g *group) {
	f := &g.fence
	if f.rang {
		f.rang = false
		r.obey(i, g, g.selfStyled())
	}
	k := g.selfStyled()
	m := &r.members[g.first+k]
	inTouch := r.holds(g, m)
	if !m.up { // there is nothing to stop, and who had stopped asks again once it is up
		inTouch = !f.stopped
	}
	if inTouch == f.inTouch {
		return
	}
	if f.inTouch = inTouch; !inTouch && r.blame != none {
		f.blame = r.blame
	}
	switch {
	case inTouch && f.stopped:
		r.clocks.arm(f.clock, r.now+r.returning(g))
	case inTouch:
		r.clocks.stop(f.clock)
	case f.stopped:
		r.clocks.stop(f.clock)
	case f.failure == 0 || g.luck.uniform() >= f.failure:
		wait := 0.0
		if f.within != none {
			wait = r.laws[f.within].draw(&g.luck, r.lend)
		}
		if wait > 0 {
			r.clocks.arm(f.clock, r.now+wait)
		} else {
			r.obey(i, g, k)
		}
	}
}

// returning is how long a primary that had stopped takes to go on once it may.
func (r *Runner) returning(g *group) float64 {
	if g.detector == nil {
		return 0
	}
	d := g.detector.Recovery(r.lend.rand(&g.luck))
	r.lend.giveBack()
	return float64(d)
}

// obey has member k stop, or go on, as its clock demands.
func (r *Runner) obey(i int32, g *group, k int32) {
	f := &g.fence
	switch {
	case f.inTouch:
		f.stopped = false
		r.tellHold(WentOn, i, k)
	case g.old != none:
		r.demote(i, g)
	default:
		f.stopped = true
		r.tellHold(SteppedDown, i, k)
	}
}

func (r *Runner) tellHold(kind NoteKind, service, k int32) {
	if r.note != nil {
		r.tell(Note{Kind: kind, Service: service, Member: k})
	}
}

// self tells whether a group's primaries stop themselves.
func (f *fence) self() bool {
	return f.kind == model.LeaseFencing || f.kind == model.MinReplicas || f.kind == model.ConsensusFencing
}

// writesOnly tells whether who has stopped still answers reads.
func (f *fence) writesOnly() bool {
	return f.kind == model.MinReplicas || f.kind == model.ConsensusFencing
}

// freshHold starts over with a new primary.
func (r *Runner) freshHold(g *group) {
	f := &g.fence
	if f.self() {
		r.clocks.stop(f.clock)
	}
	f.inTouch, f.rang, f.stopped = true, false, false
}

// makeHarmless stops a primary from outside, before another is promoted.
func (r *Runner) makeHarmless(i int32, g *group) {
	if r.members[g.first+g.state.Primary].up {
		g.fence.stopped = true
		r.tellHold(SteppedDown, i, g.state.Primary)
	}
}

// switchOn undoes what was done to a primary from outside, because nobody replaces it after all.
func (r *Runner) switchOn(i int32, g *group) {
	if g.fence.stopped && !g.fence.self() {
		g.fence.stopped = false
		r.tellHold(WentOn, i, g.state.Primary)
	}
}
