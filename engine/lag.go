package engine

import (
	"math"

	"github.com/ftsim/ftsim/model"
)

// This file is about how far copies are behind, and how they catch up (R31).

// loaded is by how much lags are longer than usual at time t: while a copy is made anew from the same source, and by
// the hour, in between at loads between that of the quiet hours and that of the busy ones.
func (r *Runner) loaded(g *group, s *store, t float64) float64 {
	if s.underLoad <= 1 {
		return 1
	}
	for k := int32(0); k < g.n; k++ {
		if r.copies[s.first+k].rebuilding {
			return s.underLoad
		}
	}
	d := &r.p.demand
	low, high := min(d.base, d.peak), max(d.base, d.peak)
	if !d.varies() || low == high {
		return 1
	}
	return 1 + (s.underLoad-1)*(d.at(t)-low)/(high-low)
}

// source is the member that copy k takes its data from: the one before it that it feeds from, or the primary.
// Chains need not be undone when a copy of one is promoted: who feeds from nobody in particular follows it.
func (s *store) source(g *group, k int32) int32 {
	if s.feeds == nil || s.feeds[k] == none {
		return g.state.Primary
	}
	return s.feeds[k]
}

// addLags has copies be behind by as much more as those are that they feed from, which come before them.
func (s *store) addLags(g *group, copies []replica) {
	for k := range copies {
		if j := s.source(g, int32(k)); copies[k].following && j != g.state.Primary && copies[j].following {
			copies[k].behind += copies[j].behind
		}
	}
}

// takes is how many seconds of writing copy k can take in per second; 0 = any.
func (s *store) takes(pipes []pipe, g *group, k int32) float64 {
	takes := s.takesIn
	if s.ways == nil || s.growth == 0 {
		return takes
	}
	if way := s.ways[s.source(g, k)*s.n+k]; len(way) > 0 {
		if carried := carries(pipes, way, s.growth) / s.growth; takes == 0 || carried < takes {
			takes = carried
		}
	}
	return takes
}

// pace has copy k take in as fast as it can from where it copies now. One that cannot keep up any more falls
// behind from now on.
func (r *Runner) pace(g *group, s *store, k int32, c *replica) {
	takes := s.takes(r.pipes, g, k)
	if takes != c.takesIn && c.chasing {
		r.takeIn(s, c)
	}
	if c.takesIn = takes; s.throttles() {
		return // who falls behind depends on what the others take in
	}
	if c.outrun = outruns(takes); c.outrun && c.following {
		r.drawBehind(g, s)
		r.breakOff(s, c)
	}
}

// outruns tells whether a copy that takes in so much falls behind without bound.
func outruns(takes float64) bool { return takes > 0 && takes <= 1 }

// behind tells whether a copy in contact has still to catch up. One that has just been copied as a whole has
// everything, unless links carried it: then it has what there was when that began.
func (r *Runner) behind(s *store, c *replica, whole bool) bool {
	if whole {
		c.anew = c.anew || c.empty
		c.empty, c.diverged = false, false
	}
	switch {
	case whole && c.carried:
		c.position, c.at, c.absent = c.begun.position, c.begun.at, c.begun.absent
	case whole:
		c.position, c.at, c.absent = s.written, s.lastAck, s.absent.total
	}
	return r.chase(s, c)
}

// chase lets a copy in contact take in what it has missed; true as long as it has not caught up. One that
// takes in less than is written never does.
func (r *Runner) chase(s *store, c *replica) bool {
	switch {
	case c.following:
		return false
	case !c.chasing:
		c.chasing, c.chased = true, r.now
	}
	r.takeIn(s, c)
	if s.fast(c) && s.written-c.position <= grainOf*(1+s.pull(c)) {
		c.chasing = false
	}
	return c.chasing
}

// takeIn advances a copy that catches up to now. What it takes in of the last stretch of writing was
// acknowledged as long ago as there is of it left.
func (r *Runner) takeIn(s *store, c *replica) {
	if s.throttles() {
		r.takeInShare(s, c)
		return
	}
	step := min(c.takesIn*(r.now-c.chased), s.written-c.position)
	c.chased = r.now
	c.position += step
	c.at += step
	if rest := s.written - c.position; rest <= s.lastAck-s.since {
		c.at = max(c.at, s.lastAck-rest)
	}
	c.absent = s.absent.total - s.absent.in(s.lastAck-c.at, s.lastAck)
}

// stopChase is the end of contact before a copy has caught up.
func (r *Runner) stopChase(s *store, k int32, c *replica) {
	r.takeIn(s, c)
	c.chasing = false
	r.clocks.stop(s.chaseClock + k)
}

// timeChases sets the clocks of copies to when they will have caught up as things are. Nothing comes of it when one
// that is outrun has, while nobody writes.
func (r *Runner) timeChases(g *group, s *store) {
	for k := int32(0); k < g.n; k++ {
		c := &r.copies[s.first+k]
		at := math.Inf(1)
		if c.chasing {
			at = min(r.now+s.untilCaughtUp(c), r.nearEnoughAt(g, s, c))
		}
		if math.IsInf(at, 1) {
			r.clocks.stop(s.chaseClock + k)
		} else {
			r.clocks.arm(s.chaseClock+k, at)
		}
	}
}

// nearEnoughAt is when a copy will lack no more than a candidate may, while somebody may be waiting for one: what the
// primary writes unseen does not count, so that even who falls behind comes nearer.
func (r *Runner) nearEnoughAt(g *group, s *store, c *replica) float64 {
	if s.choice.maxLag == 0 || g.state.Phase == model.Serving {
		return math.Inf(1)
	}
	speed := s.pull(c)
	if s.writing && r.inSight(g) {
		speed--
	}
	lacks := r.known(g, s) - c.position - s.choice.maxLag
	if lacks <= grainOf || speed <= 0 {
		return math.Inf(1)
	}
	return r.soon(lacks / speed)
}
