package engine

import "github.com/ftsim/ftsim/model"

// This file is about what follows a split brain (R21, R30): an old primary that went on for the clients on its
// side of a partition has a branch of the history to itself. What becomes of it is known when it ends, or, where
// branches are merged, when they meet.

// merger is the state of a model.Reconciliation.
type merger struct {
	from    *model.Reconciliation // nil = branches are discarded, and nobody looks at them
	takes   int32                 // law, or none
	key     uint64
	luck    stream // for how long it takes, so that nothing else depends on that
	clock   int32
	rang    bool
	first   int32   // of its copies' branches
	waiting int32   // those of them that have yet to meet the history
	busy    bool    // branches are being reconciled
	until   float64 // the end of that
	since   float64 // its beginning, or that of observation
}

// ownBranch is what an old primary has written that no other has.
type ownBranch struct {
	on      bool // there is one that has yet to meet the history
	length  float64
	parted  float64       // when the last write was acknowledged that both have
	ended   float64       // when it ended
	rivals  float64       // seconds of writing on the other side meanwhile
	blame   model.Element // what it is put down to
	written bool          // both sides wrote after they had parted
}

// merger lays out what follows a split brain, where there can be one: clients may reach one primary and not the
// other, and no lock on what is stored keeps the old one from writing.
func (c *compiler) merger(from *model.Service, g *group) merger {
	k := from.Store.Reconcile
	if k == nil || len(c.p.clients) == 0 || len(c.p.network.relevant) == 0 || from.Fence.Kind == model.StorageLock {
		return merger{}
	}
	m := merger{from: k, takes: none, key: nameKey(from.Name, forBranches), first: int32(len(c.p.branches))}
	if k.Takes != nil && k.Takes.Mean() > 0 {
		m.takes = c.law(k.Takes)
	}
	c.p.branches = append(c.p.branches, make([]ownBranch, g.n)...)
	return m
}

// readsOnly tells whether writes are refused for the sake of reconciliation.
func (x *merger) readsOnly() bool { return x.busy && x.from.Serves == model.ServesReads }

// endBranch ends what an old primary acknowledges on its side of a partition. Unless branches are merged, it is
// lost then.
func (r *Runner) endBranch(i int32, g *group) {
	s := &r.stores[g.store]
	if !s.split {
		return
	}
	r.bringUp(s)
	s.split = false
	b := r.branchOf(g, s)
	x := &s.merger
	merges := x.from != nil && x.from.Merges
	lost := s.rate * b.length
	if merges {
		lost = 0
	}
	r.recordSplit(i, s, &b, lost)
	if !merges {
		r.book(b.loss(i, r.Now(), s), g.state.Primary)
		r.leave(g, s, g.old, b.ended-b.parted, b.length)
	}
	if x.from == nil || !merges && !b.written {
		return
	}
	if r.branches[x.first+g.old].on { // it has yet to be seen again since
		r.dropBranch(i, g, s, g.old)
	}
	b.on = true
	r.branches[x.first+g.old] = b
	x.waiting++
}

// branchOf is the branch that ends now. Clients who reach the new primary write there.
func (r *Runner) branchOf(g *group, s *store) ownBranch {
	own, rivals := (r.now-s.splitFrom)*s.splitShare, max(0, s.written-s.splitBase)*(1-s.splitShare)
	return ownBranch{length: s.splitTo + own, parted: s.splitAt, ended: r.now, rivals: rivals, blame: g.blame, written: own > 0 && rivals > 0}
}

// loss is that of the whole branch.
func (b *ownBranch) loss(i int32, at model.Seconds, s *store) model.Loss {
	return model.Loss{Service: i, At: at, Initiator: b.blame, Seconds: model.Seconds(b.ended - b.parted), Transactions: s.rate * b.length}
}

// recordSplit writes a split brain down in the outcome.
func (r *Runner) recordSplit(i int32, s *store, b *ownBranch, lost float64) {
	if r.past || !b.written {
		return
	}
	r.out.Splits = append(r.out.Splits, model.Split{Service: i, Start: model.Seconds(max(s.splitFrom, r.begin) - r.begin), End: r.Now(),
		Kept: s.rate * b.rivals, Other: s.rate * (r.now - s.splitFrom) * s.splitShare, Lost: lost, Initiator: b.blame})
}

// settleBranches has branches meet that can, and ends a reconciliation whose time is over.
func (r *Runner) settleBranches(g *group, s *store, primary *member) {
	x := &s.merger
	i := r.members[g.first].service
	if x.rang {
		x.rang = false
		r.bookSuspect(i, x)
		x.busy, g.suspended = false, false
		r.tell(Note{Kind: Reconciled, Service: i})
	}
	for k := int32(0); x.waiting > 0 && k < g.n; k++ {
		if r.branches[x.first+k].on {
			r.meetHistory(i, g, s, k, primary)
		}
	}
}

// meetHistory has the branch of member k meet the history if it can. While the primary has no data there is none to meet.
func (r *Runner) meetHistory(i int32, g *group, s *store, k int32, primary *member) {
	m, c, b := &r.members[g.first+k], &r.copies[s.first+k], &r.branches[s.merger.first+k]
	switch {
	case c.empty, c.kept >= b.ended: // also if it has been made anew since
		r.dropBranch(i, g, s, k)
	case g.hollow, g.restoring:
	case m == primary:
		b.written = false // of what others wrote meanwhile nothing goes on
		r.merge(i, g, s, k)
	case m.up && primary.up && r.reach.ok(primary.site, m.site):
		r.merge(i, g, s, k)
	}
}

// dropBranch gives the branch of member k up, which will not meet the history any more.
func (r *Runner) dropBranch(i int32, g *group, s *store, k int32) {
	b := &r.branches[s.merger.first+k]
	if s.merger.from.Merges {
		r.book(b.loss(i, r.Now(), s), g.state.Primary)
	}
	b.on = false
	s.merger.waiting--
}

// merge makes two branches one: what is merged, but for the conflicts, is in the history from now on.
func (r *Runner) merge(i int32, g *group, s *store, k int32) {
	x := &s.merger
	b := &r.branches[x.first+k]
	b.on = false
	x.waiting--
	if x.from.Merges {
		loss, lost := model.Loss{Service: i, At: r.Now(), Initiator: b.blame}, 0.0
		if b.written {
			lost = x.from.Conflicts * min(b.length, b.rivals)
		}
		if lost > 0 {
			loss.Seconds, loss.Transactions = model.Seconds(b.ended-b.parted), s.rate*lost
		}
		s.written += b.length - lost
		if s.history != none && s.writing {
			r.writes[s.history].begin(r.now, s.written)
		}
		r.tell(Note{Kind: BranchesMerged, Service: i, Member: k, Delay: loss.Seconds})
		r.enter(loss)
	}
	if b.written {
		r.reconcile(i, g, s, k)
	}
}

// reconcile begins to look through both branches. A second pair of them is looked through beside the first.
func (r *Runner) reconcile(i int32, g *group, s *store, k int32) {
	x := &s.merger
	took := 0.0
	if x.takes != none {
		took = r.laws[x.takes].draw(&x.luck, r.lend)
	}
	r.tell(Note{Kind: BranchesMet, Service: i, Member: k, Delay: model.Seconds(took)})
	if took <= 0 {
		return
	}
	if !x.busy {
		x.busy, x.since, x.until = true, r.now, r.now
		g.suspended = x.from.Serves == model.ServesNothing
	}
	x.until = max(x.until, r.now+took)
	r.clocks.arm(x.clock, x.until)
}

func (r *Runner) bookSuspect(i int32, x *merger) {
	if !r.past {
		r.out.Suspect[i] += model.Seconds(r.now - max(x.since, r.begin))
	}
}

// closeSplits books what is under way at the horizon.
func (r *Runner) closeSplits() {
	for i := range r.groups {
		g := &r.groups[i]
		if g.spread != none {
			x := &r.spreads[g.spread]
			r.write(x)
			if total, most := wroteApart(&x.apart); x.split() && total > most {
				r.recordSides(int32(i), x, most, total-most, 0)
			}
		}
		if g.store == none {
			continue
		}
		s := &r.stores[g.store]
		if s.split {
			r.bringUp(s)
			b := r.branchOf(g, s)
			r.recordSplit(int32(i), s, &b, 0)
		}
		if s.merger.busy {
			r.bookSuspect(int32(i), &s.merger)
		}
	}
}
