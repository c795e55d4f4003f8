package engine

// This file is about members that take writes and have lost their media (R31): what they had is copied from who has it.
// Until that is done, a copy of a leaderless store has what is written meanwhile, but answers and acknowledges nothing.

// origin is where the data of a member is that has to be made anew.
type origin uint8

const (
	nowhere    origin = iota // so that there is nothing to copy
	outOfTouch               // some of it is on members that are not in touch now
	atHand
)

// copyAnew begins, breaks off or ends what is copied to members.
func (r *Runner) copyAnew(g *group, x *spread) {
	for k := int32(0); k < g.n; k++ {
		h := &r.holders[x.first+k]
		if !h.rebuilding {
			continue
		}
		from := outOfTouch
		if r.members[g.first+k].up {
			from = r.originOf(g, x, k)
		}
		if h.copying && from != atHand {
			r.clocks.stop(x.copyClock + k)
			h.copying = false
		}
		switch {
		case from == nowhere:
			h.rebuilding = false
		case from == atHand && !h.copying:
			h.copying = true
			r.clocks.arm(x.copyClock+k, r.now+r.laws[x.fullCopy].draw(&x.luck, r.lend))
		}
	}
	if g.copies == 0 {
		return // whoever is up takes what is written
	}
	x.fresh = r.freshMembers(g, x)
}

// originOf is where what member k has to get is: of each part it holds on some member that is not itself made anew.
func (r *Runner) originOf(g *group, x *spread, k int32) origin {
	found := nowhere
	for part := int32(0); part < x.parts; part++ {
		if x.local(part, 1<<k) == 0 {
			continue
		}
		switch r.copyOf(g, x, part, k) {
		case outOfTouch:
			return outOfTouch
		case atHand:
			found = atHand
		}
	}
	return found
}

// copyOf is where member k finds a copy of a part.
func (r *Runner) copyOf(g *group, x *spread, part, k int32) origin {
	found, to := nowhere, &r.members[g.first+k]
	for c := int32(0); c < x.copies; c++ {
		j := (part + c) % x.n()
		if j == k || r.holders[x.first+j].rebuilding {
			continue
		}
		if m := &r.members[g.first+j]; m.up && r.reach.ok(m.site, to.site) {
			return atHand
		}
		found = outOfTouch
	}
	return found
}

// answersAsCopy tells whether a member of a leaderless store has what it is asked for.
func (r *Runner) answersAsCopy(g *group, k int32) bool {
	return g.spread == none || r.spreads[g.spread].fresh>>k&1 == 1
}

// allFresh tells whether no copy of a leaderless store is being made anew.
func (r *Runner) allFresh(g *group) bool {
	all := ^uint64(0) >> (64 - g.n)
	return g.spread == none || r.spreads[g.spread].fresh&all == all
}
