package engine

import "slices"

// This file makes lost copies of shards anew. What a member had is on others too, all of which pass on their
// part at the same time, each at its own rate; the more others, the faster. A member that is away for long
// has what it had copied to others; one that is back without its data gets it back itself.

// ring notes that the clock of a member has run down.
func (x *shards) ring(k int32) {
	x.at[k].rang = true
	x.rung = append(x.rung, k)
}

// tendCopies begins, goes on with or ends the copying of what a member had.
func (r *Runner) tendCopies(x *shards, k int32) {
	h := &x.at[k]
	rang := h.rang
	h.rang = false
	switch {
	case !h.away && h.missing == 0, h.away && x.n == x.copies:
		r.setPhase(x, k, copiesThere)
		r.clocks.stop(x.clock + k)
	case h.phase == copiesThere && h.away:
		r.setPhase(x, k, copiesAwaited)
		r.clocks.arm(x.clock+k, r.now+x.after)
	case h.phase == copiesThere, h.phase == copiesAwaited && (rang || !h.away), h.phase == copiesStuck && !h.away:
		r.startCopying(x, k)
	case h.phase == copiesMade && rang:
		if x.complete(k) {
			r.setPhase(x, k, copiesThere)
		} else {
			r.setPhase(x, k, copiesStuck)
		}
	}
}

func (r *Runner) setPhase(x *shards, k int32, phase copyPhase) {
	h := &x.at[k]
	if h.phase == copiesStuck {
		x.stuck--
	}
	if h.phase = phase; phase == copiesStuck {
		x.stuck++
	}
}

// startCopying sets the clock to when the last of the members that have what is missing has passed on its part.
func (r *Runner) startCopying(x *shards, k int32) {
	h := &x.at[k]
	x.mark++
	shards, helpers := int32(0), 0
	for i := h.first; i != none; i = x.slots[i].next {
		if !h.away && !x.slots[i].gone {
			continue
		}
		set := i / x.copies
		if !x.sets[set].dead {
			shards += x.sets[set].shards
		}
		for _, s := range x.slots[set*x.copies : (set+1)*x.copies] {
			if s.member != k && !s.gone && !x.at[s.member].away && x.marks[s.member] != x.mark {
				x.marks[s.member] = x.mark
				helpers++
			}
		}
	}
	r.setPhase(x, k, copiesMade)
	r.clocks.arm(x.clock+k, r.now+x.perShard*float64(shards)/float64(max(1, helpers)))
}

// complete puts what has been copied where it belongs, and tells whether that is all.
func (x *shards) complete(k int32) bool {
	h := &x.at[k]
	i, room := h.first, true
	h.first = none
	for all := true; ; {
		if i == none {
			return all
		}
		s, set := &x.slots[i], &x.sets[i/x.copies]
		next := s.next
		if h.away && (set.dead || x.hasSource(i)) {
			home := int32(none)
			if home, room = x.newHome(i, room); home != none {
				x.move(i, home)
				i = next
				continue
			}
		}
		if !h.away && s.gone && (set.dead || x.hasSource(i)) {
			x.fill(i)
		}
		all = all && !h.away && !s.gone
		s.next, h.first = h.first, i
		i = next
	}
}

// hasSource tells whether another copy of what a slot is for is there.
func (x *shards) hasSource(i int32) bool {
	set := i / x.copies
	for k, s := range x.slots[set*x.copies : (set+1)*x.copies] {
		if int32(k) != i%x.copies && !s.gone && !x.at[s.member].away {
			return true
		}
	}
	return false
}

// fill gives a copy its data. Of a shard that is lost, it is the first copy of an empty one.
func (x *shards) fill(i int32) {
	s, set := &x.slots[i], &x.sets[i/x.copies]
	s.gone = false
	set.gone--
	h := &x.at[s.member]
	h.missing--
	if !h.away {
		x.shift(set, -1)
	}
	if set.dead {
		set.dead, set.born = false, x.written
	}
}

// move takes a copy from a member that is away to one that is there.
func (x *shards) move(i, home int32) {
	s := &x.slots[i]
	if s.gone {
		x.fill(i)
	}
	x.shift(&x.sets[i/x.copies], -1)
	s.member, s.next = home, x.at[home].first
	x.at[home].first = i
}

// newHome draws a member for a copy. With room false, a search through all of them has been in vain already.
func (x *shards) newHome(i int32, room bool) (int32, bool) {
	for range 32 {
		if m := x.luck.below(x.n); x.fits(i, m) {
			return m, room
		}
	}
	if !room {
		return none, false
	}
	from := x.luck.below(x.n)
	for k := range x.n {
		if m := (from + k) % x.n; x.fits(i, m) {
			return m, true
		}
	}
	return none, false
}

// fits tells whether a copy may be on a member that is there: no other copy is, nor near it.
func (x *shards) fits(i, m int32) bool {
	if x.at[m].away {
		return false
	}
	set := i / x.copies
	for k, s := range x.slots[set*x.copies : (set+1)*x.copies] {
		near := x.places != nil && x.places[s.member] == x.places[m]
		if s.member == m || near && int32(k) != i%x.copies {
			return false
		}
	}
	return true
}

// tryAgain has those wait once more of whom not everything could be copied, now that somebody is back.
func (r *Runner) tryAgain(x *shards) {
	for k := range x.at {
		if x.at[k].phase == copiesStuck {
			r.setPhase(x, int32(k), copiesAwaited)
			r.clocks.arm(x.clock+int32(k), r.now+x.after)
		}
	}
}

// possible lists all sets of members that copies of a shard can be on, or gives up if they are more than most.
func (p *placing) possible(most int) *catalogue {
	c := &catalogue{of: make([][]int32, p.n)}
	set := make([]int32, 0, p.copies)
	var grow func(from int32) bool
	grow = func(from int32) bool {
		if int32(len(set)) == p.copies {
			for _, m := range set {
				c.of[m] = append(c.of[m], c.size(p.copies))
			}
			c.sets = append(c.sets, set...)
			return len(c.sets) <= most*int(p.copies)
		}
		for m := from; m < p.n; m++ {
			if p.places != nil && slices.ContainsFunc(set, func(o int32) bool { return p.places[o] == p.places[m] }) {
				continue
			}
			set = append(set, m)
			if !grow(m + 1) {
				return false
			}
			set = set[:len(set)-1]
		}
		return true
	}
	if !grow(0) {
		return nil
	}
	return c
}
