package engine

import (
	"math"

	"github.com/ftsim/ftsim/model"
)

// This file is about what comes back later of branches that history has gone without (R30). Their loss has been
// booked and stays; what is salvaged is noted beside it, and goes nowhere: who has it sees what becomes of it.

// salvaging is the state of a model.Salvage.
type salvaging struct {
	from    *model.Salvage // nil = nothing comes back
	takes   int32          // law, or none
	key     uint64
	luck    stream
	clock   int32
	pending int32 // branches of which something may yet come back
}

// remains are what an old primary has on its media of a branch that was lost.
type remains struct {
	store, member   int32
	loss            int32   // in the outcome
	since           float64 // when that was booked
	seconds, writes float64
	takes           float64
	until           float64 // the end of salvaging it, once that has begun
}

func (c *compiler) salvaging(from *model.Service) salvaging {
	k := from.Store.Salvage
	if k == nil || k.Probability == 0 || k.Share == 0 {
		return salvaging{}
	}
	x := salvaging{from: k, takes: none, key: nameKey(from.Name, forSalvage)}
	if k.Takes != nil && k.Takes.Mean() > 0 {
		x.takes = c.law(k.Takes)
	}
	return x
}

// leave has an old primary keep what it has of the branch whose loss has just been booked, if that is of any use.
// What it has is given in seconds, of the clock and of writing.
func (r *Runner) leave(g *group, s *store, old int32, seconds, writes float64) {
	x := &s.salvage
	if x.from == nil || r.past || r.copies[s.first+old].empty || writes <= grainOf {
		return
	}
	works, takes := x.luck.uniform() < x.from.Probability, 0.0
	if x.takes != none {
		takes = r.laws[x.takes].draw(&x.luck, r.lend)
	}
	if !works {
		return
	}
	x.pending++
	r.remains = append(r.remains, remains{store: g.store, member: old, loss: int32(len(r.out.Losses) - 1), since: r.now,
		seconds: seconds, writes: writes, takes: takes, until: math.Inf(1)})
	r.tell(Note{Kind: BranchKept, Service: r.members[g.first].service, Member: old})
}

// settleSalvage goes on with what is left of a store's branches.
func (r *Runner) settleSalvage(g *group, s *store, primary *member) {
	next, all := math.Inf(1), r.remains
	r.remains = all[:0]
	for i := range all {
		b := all[i]
		if b.store == g.store {
			if r.salvage(g, s, &b, primary) {
				s.salvage.pending--
				continue
			}
			next = min(next, b.until)
		}
		r.remains = append(r.remains, b)
	}
	r.clocks.arm(s.salvage.clock, next)
}

// salvage begins or ends work on one branch; true if there is nothing more to do about it. Without its holder's
// media there is not.
func (r *Runner) salvage(g *group, s *store, b *remains, primary *member) bool {
	m, c := &r.members[g.first+b.member], &r.copies[s.first+b.member]
	if c.empty || c.kept >= b.since {
		return true
	}
	if math.IsInf(b.until, 1) && m.up && (m == primary || primary.up && r.reach.ok(primary.site, m.site)) {
		b.until = r.now + b.takes
	}
	if b.until > r.now {
		return false
	}
	share := s.salvage.from.Share
	r.tell(Note{Kind: Salvaged, Service: m.service, Member: b.member, Delay: model.Seconds(share * b.seconds)})
	if !r.past {
		r.out.Losses[b.loss].Salvaged = model.Salvaged{Seconds: model.Seconds(share * b.seconds), Transactions: share * b.writes * s.rate, After: model.Seconds(r.now - b.since)}
	}
	return true
}

// forgetRemains is for losses that are observed no more.
func (r *Runner) forgetRemains() {
	r.remains = r.remains[:0]
	for i := range r.stores {
		r.stores[i].salvage.pending = 0
	}
}
