package engine

import (
	"math/bits"

	"github.com/ftsim/ftsim/model"
)

// This file is the ledger of stores in which several members take writes (SEMANTICS 4.1, 4.3): what is known
// of every write is which copies have it. A leaderless store has as many parts as members, each on that
// member and its successors; of an active-active one every member has everything. Who comes back gets what
// it missed from the others at once, unless it lost all it had. What no copy has any more is lost.

// spread is the state of such a store.
type spread struct {
	copies, parts int32
	takes         int32 // copies a write must reach
	lag           int32 // law: how long a write is on the member only that took it; or none
	durability    model.Durability
	flush, rate   float64
	conflicts     float64 // share of what one side wrote that the other overwrites
	first         int32   // its holders
	held          int32   // its amounts: by part and set of copies, in seconds of writing
	last          float64 // when amounts were brought up to date
	since         float64 // when the present sets of writers began
	key           uint64
	luck          stream
	fullCopy      int32 // law, or none
	copyClock     int32
	apart         [mostSides]side
	fresh         uint64 // members that are not being made anew: the others count for nothing yet
	forgets       bool   // what a copy missed it does not get however long it was away
	hints         hinting
	splitFrom     float64       // since when two sides have taken writes
	fell, cut     model.Element // what took the last member down, and what keeps the sides apart
}

// side is what clients of one place write, into which copies.
type side struct {
	members uint64 // of all members; 0 = nothing is written
	share   float64
	alone   float64 // seconds of writing while others wrote elsewhere
}

const mostSides = 8

// holder is what a member does for such a store.
type holder struct {
	live, gone, rebuilding, rebuilt bool
	copying                         bool    // its clock runs
	anew                            bool    // it has to be made anew from others
	unflushed                       float64 // seconds of the newest writes that its fall took
}

// sets is how many sets of copies there are.
func (x *spread) sets() int32 { return 1 << x.copies }

// local is the set of copies of a part among a set of members.
func (x *spread) local(part int32, members uint64) (set int32) {
	for c := int32(0); c < x.copies; c++ {
		if members>>((part+c)%x.n())&1 == 1 {
			set |= 1 << c
		}
	}
	return set
}

// n is how many members there are.
func (x *spread) n() int32 { return max(x.copies, x.parts) }

func (r *Runner) amounts(x *spread, part int32) []float64 {
	at := x.held + part*x.sets()
	return r.held[at : at+x.sets()]
}

// write brings the amounts up to now.
func (r *Runner) write(x *spread) {
	from := x.last
	x.last = r.now
	for i := range x.apart {
		v := &x.apart[i]
		if v.members == 0 || r.now <= from {
			continue
		}
		for part := int32(0); part < x.parts; part++ {
			set := x.local(part, v.members)
			if !x.enough(part, set) {
				continue
			}
			r.writeTo(x, i, part, set, from)
			if x.isApart(i, part) {
				v.alone += (r.now - from) * v.share / float64(x.parts)
			}
		}
	}
}

// enough tells whether a set of copies of a part can take a write.
func (x *spread) enough(part, set int32) bool {
	return bits.OnesCount32(uint32(set&x.local(part, x.fresh))) >= int(x.takes)
}

// isApart tells whether others write to other copies of a part than side i.
func (x *spread) isApart(i int, part int32) bool {
	for k := range x.apart {
		if o := x.apart[k].members; o != 0 && o&x.apart[i].members == 0 && x.enough(part, x.local(part, o)) {
			return true
		}
	}
	return false
}

// split tells whether some clients write elsewhere than others.
func (x *spread) split() bool {
	for i := range x.apart {
		for k := range i {
			if a, b := x.apart[i].members, x.apart[k].members; a != 0 && b != 0 && a&b == 0 {
				return true
			}
		}
	}
	return false
}

// hurtSpread takes down what a fault destroys on a member.
func (r *Runner) hurtSpread(g *group, k int32, mode model.FaultMode) {
	x := &r.spreads[g.spread]
	h := &r.holders[x.first+k]
	x.fell = r.blame
	switch {
	case mode == model.MediaLoss, x.durability == model.InMemory && mode <= model.PowerLoss:
		h.gone = true
	case (mode == model.OSCrash || mode == model.PowerLoss) && h.live && (x.durability == model.Periodic || x.durability == model.OSCache):
		h.unflushed = max(h.unflushed, min(x.luck.uniform()*x.flush, r.now-x.since))
	}
}

// settleSpread draws the conclusions: what is lost, who is up to date again, and who writes where from now on.
func (r *Runner) settleSpread(i int32, g *group) {
	x := &r.spreads[g.spread]
	r.write(x)
	r.part(g, x)
	lost, all := 0.0, false
	longest := 0.0
	for part := int32(0); part < x.parts; part++ {
		gone, whole := r.strip(x, part)
		lost += gone
		longest = max(longest, gone)
		all = all || whole
	}
	if lost > grainOf {
		loss := model.Loss{Service: i, At: r.Now(), Initiator: x.fell, Seconds: model.Seconds(longest), Transactions: lost * x.rate / float64(x.parts)}
		if all {
			loss.Total, loss.Seconds, loss.Source = true, model.Never, model.FromNowhere
		}
		r.book(loss, none)
	}
	r.rejoin(g, x)
	r.takeSides(i, g, x)
	if x.forgets {
		r.settleHints(g, x)
	}
}

// part puts what a member that goes away had taken and not yet passed on in its hands alone, and takes from
// all that go what they had not written to disk.
func (r *Runner) part(g *group, x *spread) {
	live := r.liveMembers(g, x)
	for k := int32(0); k < g.n; k++ {
		h := &r.holders[x.first+k]
		if !h.live || r.members[g.first+k].up || x.lag == none || live == 0 {
			continue
		}
		own := min(r.laws[x.lag].draw(&x.luck, r.lend), r.now-x.since) / float64(bits.OnesCount64(live))
		for part := int32(0); part < x.parts; part++ {
			from, to := x.local(part, live), x.local(part, 1<<k)
			if a := r.amounts(x, part); to != 0 && from != to {
				moved := min(own, a[from])
				a[from] -= moved
				a[to] += moved
			}
		}
	}
}

// liveMembers is who was live up to now.
func (r *Runner) liveMembers(g *group, x *spread) (live uint64) {
	for k := int32(0); k < g.n; k++ {
		if r.holders[x.first+k].live {
			live |= 1 << k
		}
	}
	return live
}

// strip takes from the copies of a part what their falls took: of the newest writes each its own length, of
// all others everything if the medium is gone. It returns what no copy has any more, and whether that is all.
func (r *Runner) strip(x *spread, part int32) (lost float64, whole bool) {
	a := r.amounts(x, part)
	had, gone := 0.0, int32(0)
	for _, held := range a {
		had += held
	}
	for c := int32(0); c < x.copies; c++ {
		h := &r.holders[x.first+(part+c)%x.n()]
		if h.gone {
			gone |= 1 << c
		}
	}
	r.unwrite(x, part, a)
	for set := x.sets() - 1; set > 0; set-- {
		if set&gone != 0 {
			a[set&^gone] += a[set]
			a[set] = 0
		}
	}
	lost, a[0] = a[0], 0
	gapsHad, gapsLost := r.stripGaps(x, part, gone)
	had, lost = had+gapsHad, lost+gapsLost
	return lost, lost > 0 && (had-lost <= grainOf || r.basisGone(x, part))
}

// basisGone tells whether no member is left that has what a part held before anybody began to be made anew. Who
// is being made anew has only what was written since: what was there before the run is on nobody then.
func (r *Runner) basisGone(x *spread, part int32) bool {
	for c := int32(0); c < x.copies; c++ {
		if h := &r.holders[x.first+(part+c)%x.n()]; !h.gone && (!h.anew || h.rebuilding && h.rebuilt) {
			return false
		}
	}
	return true
}

// unwrite moves the newest writes of a set of copies to those of them that have them on disk: of any age, who
// had written longer ago than it had.
func (r *Runner) unwrite(x *spread, part int32, a []float64) {
	for v := range x.apart {
		set := x.local(part, x.apart[v].members)
		share := x.apart[v].share
		for done := 0.0; set != 0; {
			next, who := 0.0, int32(0) // the shortest length beyond done
			for c := int32(0); c < x.copies; c++ {
				if u := r.holders[x.first+(part+c)%x.n()].unflushed; set>>c&1 == 1 && u > done && (who == 0 || u < next) {
					next, who = u, 1
				}
			}
			if who == 0 {
				break
			}
			kept := set
			for c := int32(0); c < x.copies; c++ {
				if r.holders[x.first+(part+c)%x.n()].unflushed >= next {
					kept &^= 1 << c
				}
			}
			r.takeFrom(x, v, part, set, kept, (next-done)*share)
			done = next
		}
	}
}

// takeFrom takes up to so much of what side v has newly written to a set of copies from those that do not keep it.
func (r *Runner) takeFrom(x *spread, v int, part, set, kept int32, amount float64) {
	a := r.amounts(x, part)
	lacks := int32(0)
	if x.forgets {
		lacks, _ = r.forgotten(x, v, part, set, r.now)
	}
	if lacks == 0 {
		moved := min(a[set], amount)
		a[set], amount = a[set]-moved, amount-moved
		a[kept] += moved
	}
	amount = r.takeFromGaps(x, part, set, kept, amount)
	moved := min(a[set], amount)
	a[set] -= moved
	a[kept] += moved
}

// rejoin passes on to members in contact what they lack. Who has lost its medium is copied anew first.
func (r *Runner) rejoin(g *group, x *spread) {
	for k := int32(0); k < g.n; k++ {
		h := &r.holders[x.first+k]
		h.unflushed = 0
		switch {
		case h.gone:
			h.rebuilding, h.rebuilt, h.gone, h.anew = x.fullCopy != none, false, false, true
			if h.copying {
				h.copying = false
				r.clocks.stop(x.copyClock + k)
			}
		case h.rebuilding && h.rebuilt:
			h.rebuilding, h.rebuilt, h.copying = false, false, false
		}
	}
	if x.fullCopy != none {
		r.copyAnew(g, x)
	}
	for k := int32(0); k < g.n; k++ {
		h := &r.holders[x.first+k]
		if h.live = r.members[g.first+k].up; h.anew && h.live && !h.rebuilding {
			h.anew = false
			r.madeWhole(x, k)
		}
	}
	for part := int32(0); part < x.parts; part++ {
		r.handOn(g, x, part)
	}
}

// handOn gives every set of copies of a part those that one of them reaches.
func (r *Runner) handOn(g *group, x *spread, part int32) {
	a := r.amounts(x, part)
	for set := int32(1); set < x.sets(); set++ {
		if a[set] == 0 {
			continue
		}
		if with := r.reaching(g, x, part, set, 0); with != set {
			a[with] += a[set]
			a[set] = 0
		}
	}
	r.handOnGaps(g, x, part, false)
}

// reaching is a set of copies of a part with those that one of them reaches, but for some.
func (r *Runner) reaching(g *group, x *spread, part, set, barred int32) int32 {
	for from := int32(0); from < x.copies; from++ {
		for to := int32(0); to < x.copies; to++ {
			if set>>from&1 == 1 && (set|barred)>>to&1 == 0 && r.passes(g, x, (part+from)%x.n(), (part+to)%x.n()) {
				set |= 1 << to
			}
		}
	}
	return set
}

func (r *Runner) passes(g *group, x *spread, from, to int32) bool {
	a, b := &r.members[g.first+from], &r.members[g.first+to]
	return a.up && b.up && !r.holders[x.first+to].rebuilding && r.reach.ok(a.site, b.site)
}

// takeSides finds out who writes where from now on. When sides that wrote apart meet, of what they wrote to
// the same items the last one stays (4.3).
func (r *Runner) takeSides(i int32, g *group, x *spread) {
	var now [mostSides]side
	if r.reach.whole || len(r.p.clients) == 0 {
		now[0] = side{members: r.reachedMembers(g, none), share: 1}
	} else {
		for c := range r.p.clients {
			s := side{members: r.reachedMembers(g, r.p.clients[c].place), share: r.p.clients[c].share}
			for v := range now {
				if s.members == 0 {
					break
				}
				if now[v].members == s.members || now[v].members == 0 || v == mostSides-1 {
					s.share += now[v].share
					now[v] = s
					break
				}
			}
		}
	}
	same := true
	for v := range now {
		same = same && now[v].members == x.apart[v].members && now[v].share == x.apart[v].share
	}
	if same {
		return
	}
	x.since = r.now
	old, were := x.apart, x.split()
	x.apart = now
	still := x.split()
	if still && !were {
		x.cut, x.splitFrom = r.blame, r.now
	}
	total, most := wroteApart(&old)
	if still {
		x.carryOn(&old)
	} else if total > most {
		lost := (total - most) * x.conflicts
		r.recordSides(i, x, most, total-most, lost)
		if lost > 0 {
			r.overwrite(i, g, x, lost, total-most)
		}
	}
}

// wroteApart is how much all sides have written while others did elsewhere, and the one that wrote most.
func wroteApart(sides *[mostSides]side) (total, most float64) {
	for v := range sides {
		total += sides[v].alone
		most = max(most, sides[v].alone)
	}
	return total, most
}

// carryOn gives what sides have written apart to those that have most of it now: who shares members with them,
// else any that is left.
func (x *spread) carryOn(old *[mostSides]side) {
	for v := range old {
		to := 0
		for n := range x.apart {
			if x.apart[n].members&old[v].members != 0 {
				to = n
				break
			}
		}
		x.apart[to].alone += old[v].alone
	}
}

// recordSides writes down that several sides have written.
func (r *Runner) recordSides(i int32, x *spread, most, others, lost float64) {
	if r.past {
		return
	}
	r.out.Splits = append(r.out.Splits, model.Split{Service: i, Start: model.Seconds(max(x.splitFrom, r.begin) - r.begin), End: r.Now(),
		Kept: x.rate * most, Other: x.rate * others, Lost: x.rate * lost, Initiator: x.cut})
}

// overwrite books what the loser of two writes to the same item was.
func (r *Runner) overwrite(i int32, g *group, x *spread, lost, length float64) {
	whole := x.sets() - 1
	for part := int32(0); part < x.parts; part++ {
		left := lost
		a := r.amounts(x, part)
		for set := whole; set > 0 && left > 0; set-- {
			taken := min(left, a[set])
			a[set] -= taken
			left -= taken
		}
		r.overwriteGaps(x, part, left)
	}
	r.book(model.Loss{Service: i, At: r.Now(), Initiator: x.cut, Seconds: model.Seconds(length), Transactions: lost * x.rate}, none)
}

// reachedMembers is the set of members that are up and reached from a place.
func (r *Runner) reachedMembers(g *group, place int32) (set uint64) {
	for k := int32(0); k < g.n; k++ {
		if m := &r.members[g.first+k]; m.up && r.reach.ok(place, m.site) {
			set |= 1 << k
		}
	}
	return set
}
