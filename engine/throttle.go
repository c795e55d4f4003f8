package engine

import "math"

// This file is about stores whose acknowledgements wait for copies that take in less than is written (R31). Such a
// store takes only as large a share of its writes as the slowest copy it waits for takes in; the rest is refused.
// What is refused does not come, as what clients would write who do not get through. Copies that take in less than
// that fall behind.

// throttles tells whether a store may have to wait for slow copies.
func (s *store) throttles() bool {
	return s.acks > 0 && (s.takesIn > 0 && s.takesIn <= 1 || s.ways != nil && s.growth > 0)
}

// intake is how many seconds of full writing per second reach a copy, through all that it feeds from.
func (s *store) intake(g *group, copies []replica, k int32) float64 {
	least := math.Inf(1)
	for ; k != g.state.Primary; k = s.source(g, k) {
		if takes := copies[k].takesIn; takes > 0 {
			least = min(least, takes)
		}
	}
	return least
}

// required is the share of the writes that the slowest takes in of those copies which acknowledge first, at most 1.
func (s *store) required(g *group, copies []replica) float64 {
	share := 0.0
	for i := range copies {
		if !copies[i].following {
			continue
		}
		takes, faster := s.intake(g, copies, int32(i)), int32(0)
		for k := range copies {
			if copies[k].following && s.intake(g, copies, int32(k)) >= takes {
				faster++
			}
		}
		if faster >= s.acks {
			share = max(share, takes)
		}
	}
	return min(1, share)
}

// throttle works out which share of its writes a store takes while so many copies follow.
func (r *Runner) throttle(g *group, s *store, copies int32) {
	s.share = 1
	if copies >= s.acks {
		s.share = s.required(g, r.copies[s.first:s.first+g.n])
	}
}

// fallOut has those copies fall behind that take in less than is written now.
func (r *Runner) fallOut(g *group, s *store) {
	copies := r.copies[s.first : s.first+g.n]
	drawn := false
	for k := range copies {
		c := &copies[k]
		if int32(k) == g.state.Primary {
			continue
		}
		if c.outrun = s.intake(g, copies, int32(k)) < s.share; !c.outrun || !c.following {
			continue
		}
		if !drawn {
			r.drawBehind(g, s)
			drawn = true
		}
		r.breakOff(s, c)
	}
}

// unheard is the share of the writes of a store that is not acknowledged while it takes writes.
func (r *Runner) unheard(g *group, s *store, primary *member) float64 {
	absent := r.absentees(g, primary)
	if s.share < 1 {
		absent = 1 - s.share*(1-absent)
	}
	return absent
}

// fast tells whether a copy that has caught up stays so.
func (s *store) fast(c *replica) bool {
	if s.throttles() {
		return !s.writing || c.takesIn >= s.share
	}
	return c.takesIn > 1
}

// pull is by how many positions a copy that catches up advances per second: more than it takes in, where what it
// lacks was written at less than the full rate.
func (s *store) pull(c *replica) float64 {
	if lacks := s.beyond(c); s.throttles() && lacks > 0 {
		return c.takesIn * (s.written - c.position) / lacks
	}
	return c.takesIn
}

// takeInShare is takeIn where it counts what was acknowledged, which is taken to be spread evenly over what is missing.
func (r *Runner) takeInShare(s *store, c *replica) {
	lacks, step := s.beyond(c), c.takesIn*(r.now-c.chased)
	c.chased = r.now
	if step >= lacks {
		c.position, c.at, c.absent = s.written, s.lastAck, s.absent.total
		return
	}
	positions := (s.written - c.position) * step / lacks
	c.position += positions
	c.at += positions
	c.absent += positions - step
	if rest := s.written - c.position; rest <= s.lastAck-s.since {
		c.at = max(c.at, s.lastAck-rest)
	}
}

// untilCaughtUp is how long a copy needs as things are, or +∞.
func (s *store) untilCaughtUp(c *replica) float64 {
	speed := c.takesIn
	if s.throttles() {
		if s.writing {
			speed -= 1 - s.absent.turns[0].share
		}
		lacks := s.beyond(c)
		switch {
		case !s.fast(c): // clients who do not get through let it come near, but not stay there
			return math.Inf(1)
		case lacks == 0:
			return 0
		case speed > 0:
			return lacks / speed
		}
		return math.Inf(1)
	}
	if s.writing {
		speed--
	}
	if c.takesIn > 1 && speed > 0 {
		return (s.written - c.position) / speed
	}
	return math.Inf(1)
}
