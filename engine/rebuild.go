package engine

// This file is about copies that have to be made anew before they can follow, or be promoted (R31).

// rebuild makes a copy that is empty, or has gone another way, fit to follow who it is copied from; true if it is.
func (r *Runner) rebuild(s *store, from, k int32, c *replica) bool {
	switch {
	case !c.empty && !c.diverged, s.fullCopy == none:
		return true
	case c.rebuilt:
		r.madeAnew(c)
		return true
	case c.rebuilding:
		if c.carried {
			r.carry(s, from, k, c)
		}
		return false
	}
	law := s.fullCopy
	if !c.empty && s.luck.uniform() < s.rewindWorks {
		law = s.rewind
	}
	c.anew = law == s.fullCopy
	took := 0.0
	if law != none {
		took = r.laws[law].draw(&s.luck, r.lend)
	}
	c.carried = c.anew && s.size > 0 && s.ways != nil && len(s.ways[from*s.n+k]) > 0
	switch {
	case c.carried:
		c.rebuilding = true
		r.carryAnew(s, from, k, c, took)
	case took <= 0:
		r.madeAnew(c)
		return true
	default:
		c.rebuilding = true
		r.clocks.arm(s.copyClock+k, r.now+took)
	}
	return false
}

func (r *Runner) madeAnew(c *replica) {
	c.rebuilding, c.rebuilt, c.empty, c.diverged = false, false, false, false
}

// interrupt gives up what has been copied so far.
func (r *Runner) interrupt(s *store, k int32, c *replica) {
	if c.rebuilding {
		r.clocks.stop(s.copyClock + k)
		c.rebuilding, c.rebuilt = false, false
	}
}
