package engine

import "math"

// This file is about copies that share links of little bandwidth (R31). Writes come first: every copy has its
// part of each link on its way for what is written now, whether it follows just now or not. What they leave is
// shared equally among those who need more: copies that catch up, and full copies. If writes alone are too many
// for a link, all that cross it are carried at the same fraction of their rates.

// pipe is a link of little bandwidth.
type pipe struct {
	bandwidth float64 // bytes per second
	streams   float64 // bytes per second written to the copies behind it
	busy      int32   // copies that need more than what is written now
}

// mark is a place in the history of a store.
type mark struct{ position, at, absent float64 }

// addStreams adds up what is written over each pipe, to the copies of all who lead now. Who leads and is given its
// data back takes as much as a copy.
func addStreams(narrow []int32, groups []group, stores []store, copies []replica, pipes []pipe) {
	for i := range pipes {
		pipes[i].streams = 0
	}
	for _, i := range narrow {
		g := &groups[i]
		s := &stores[g.store]
		s.led, s.back = g.state.Primary, copies[s.first+g.state.Primary].over()
		for k := range g.n {
			from := s.source(g, k)
			if k == s.led {
				from = s.back
			}
			if from == none {
				continue
			}
			for _, l := range s.ways[from*s.n+k] {
				pipes[l].streams += s.growth
			}
		}
	}
}

// over is from whom a copy is made anew over pipes just now, or none.
func (c *replica) over() int32 {
	if c.rebuilding && c.carried {
		return c.from
	}
	return none
}

// carries is how many bytes per second a way carries to one copy of a store that is written at some rate.
func carries(pipes []pipe, way []int32, growth float64) float64 {
	rate := math.Inf(1)
	for _, l := range way {
		p := &pipes[l]
		if spare := p.bandwidth - p.streams; spare > 0 {
			rate = min(rate, growth+spare/float64(max(1, p.busy)))
		} else {
			rate = min(rate, growth*p.bandwidth/p.streams)
		}
	}
	return rate
}

// sharePipes takes note of which copies of a store need more than what is written now, and of who leads. If that
// has changed, everybody who shares a link looks again at how fast he gets on.
func (r *Runner) sharePipes(g *group, s *store) {
	moved := s.led != g.state.Primary || s.back != r.copies[s.first+g.state.Primary].over()
	if moved {
		addStreams(r.p.narrow, r.groups, r.stores, r.copies, r.pipes)
	}
	changed := moved
	for k := range g.n {
		c := &r.copies[s.first+k]
		way := none
		if from := c.over(); from != none {
			way = from*s.n + k
		} else if c.chasing {
			way = s.source(g, k)*s.n + k
		}
		if way != c.way {
			r.occupy(s, c.way, -1)
			r.occupy(s, way, 1)
			c.way, changed = way, true
		}
	}
	if !changed {
		return
	}
	for _, j := range r.p.narrow {
		if j == r.members[g.first].service || moved || r.stores[r.groups[j].store].busy > 0 {
			r.touch(j)
		}
	}
}

// occupy counts one more copy, or one less, that needs more of the links on a way.
func (r *Runner) occupy(s *store, way, step int32) {
	if way == none {
		return
	}
	s.busy += step
	for _, l := range s.ways[way] {
		r.pipes[l].busy += step
	}
}

// carryAnew begins a full copy over links, of the data as it is now: what is written meanwhile the copy takes in
// afterwards. Without links it would take as long as said.
func (r *Runner) carryAnew(s *store, from, k int32, c *replica, took float64) {
	c.begun = mark{s.written, s.lastAck, s.absent.total}
	if x := &r.copies[s.first+from]; from != s.led && !x.following {
		c.begun = mark{x.position, x.at, x.absent}
	}
	c.coming, c.copied, c.rate, c.fastest = s.size, r.now, 0, math.Inf(1)
	if took > 0 {
		c.fastest = s.size / took
	}
	r.carry(s, from, k, c)
}

// carry goes on with such a copy, as fast as links carry it now.
func (r *Runner) carry(s *store, from, k int32, c *replica) {
	if r.now > c.copied {
		c.coming = max(0, c.coming-c.rate*(r.now-c.copied))
	}
	c.copied, c.from = r.now, from
	rate := min(c.fastest, carries(r.pipes, s.ways[from*s.n+k], s.growth))
	if rate == c.rate {
		return
	}
	c.rate = rate
	if rate > 0 {
		r.clocks.arm(s.copyClock+k, r.now+c.coming/rate)
	} else {
		r.clocks.stop(s.copyClock + k)
	}
}
