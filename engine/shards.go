package engine

import (
	"slices"

	"github.com/ftsim/ftsim/model"
)

// This file is about stores of many shards. Where a shard is matters only once one of its members fails, so it
// is drawn only then (shards_place.go). Of all that are known, each has its copies counted that are away or
// lost, and the store counts the shards with too few left: no event looks at every shard.

// placing is what never changes about such a store.
type placing struct {
	n, copies int32
	takes     [2]int32 // copies that a request must reach, by model.Access
	count     int32    // shards
	service   int32
	places    []int32    // of members, as far as copies must be apart; nil if anywhere will do
	inPlace   [][]int32  // members by place
	all       *catalogue // every possible set of members, if there are few; else nil
	scatter   int32      // of copysets; 0 = there are none
	perShard  float64    // seconds it takes one member to pass on one shard
	after     float64    // seconds of absence before what a member has is copied
	rate      float64    // acknowledged transactions per second
	inMemory  bool       // every restart takes all that a member has
	key       uint64
	clock     int32 // the first of its members'
}

// shards is the state of a store.
type shards struct {
	*placing
	luck    stream
	left    int32   // shards of which it is not drawn yet where they are
	known   int32   // members of which it is
	unknown []int32 // members of which it is not, by place
	at      []keeper
	sets    []shardSet
	slots   []slot    // copies of each set
	drawn   catalogue // copysets, once they are drawn
	taken   []bool    // sets of the catalogue that are known
	free    int32     // those that are not
	down    [2]int32  // shards of which too few copies are there, by model.Access
	lost    int32     // shards, in this instant
	gone    float64   // seconds of writing of those, each shard counted
	written float64   // seconds of writing in all
	last    float64   // when that was brought up to date
	fell    model.Element
	todo    []int32 // members to be looked at
	rung    []int32 // members whose clock has rung
	struck  []int32 // members that have just lost all they had
	stuck   int32   // members of which not all could be copied
	marks   []int32 // of members, for counting each once
	mark    int32
	order   []int32
	odds    []float64
}

// keeper is what a member does for such a store.
type keeper struct {
	first   int32 // its copies, in a list
	missing int32 // those of them whose data is lost and not copied yet
	known   bool
	away    bool
	rang    bool
	phase   copyPhase
}

// copyPhase tells how far the copying of what a member had has come.
type copyPhase uint8

const (
	copiesThere   copyPhase = iota
	copiesAwaited           // it may come back
	copiesMade              // at present
	copiesStuck             // there is no other copy just now, or no place for one
)

// shardSet is a number of shards with their copies on the same members.
type shardSet struct {
	shards    int32
	bad, gone int8    // copies that are not there; of those, the data of which is lost
	dead      bool    // all are lost, and none has been made anew
	born      float64 // written when it began
}

// slot is one copy of a set.
type slot struct {
	member int32
	next   int32 // of the same member, or none
	gone   bool
}

// resetShards puts a store to the start of a replication: all members there, no shard known.
func (r *Runner) resetShards(x *shards, run uint64) {
	x.luck, x.left, x.known = streamOf(run, x.key), x.count, 0
	for p := range x.inPlace {
		x.unknown[p] = int32(len(x.inPlace[p]))
	}
	for k := range x.at {
		x.at[k] = keeper{first: none}
	}
	x.sets, x.slots = x.sets[:0], x.slots[:0]
	x.drawn.sets = x.drawn.sets[:0]
	clear(x.taken)
	if x.all != nil {
		x.free = x.all.size(x.copies)
	}
	x.down, x.lost, x.gone, x.written, x.last, x.fell = [2]int32{}, 0, 0, 0, 0, none
	x.todo, x.rung, x.struck, x.stuck = x.todo[:0], x.rung[:0], x.struck[:0], 0
}

// hurtShards takes note of what a fault destroys on a member.
func (r *Runner) hurtShards(g *group, k int32, mode model.FaultMode) {
	x := &r.shards[g.shards]
	if mode == model.MediaLoss || x.inMemory && mode <= model.PowerLoss {
		x.struck = append(x.struck, k)
		x.fell = r.blame
	}
}

// settleShards draws the conclusions of an instant: whose copies are there, what is lost, what is copied.
func (r *Runner) settleShards(i int32, g *group) {
	x := &r.shards[g.shards]
	r.accountShards(x)
	r.gather(i, g, x)
	for _, k := range x.struck {
		x.reveal(k)
		x.wipe(k)
	}
	x.struck = x.struck[:0]
	back := false
	for _, k := range x.todo {
		m := &r.members[g.first+k]
		away := !m.up || m.fallen
		if away || m.slow {
			x.reveal(k)
		}
		if h := &x.at[k]; h.away != away {
			back = back || !away
			x.setAway(k, away)
		}
	}
	for _, k := range x.todo {
		r.tendCopies(x, k)
	}
	if back && x.stuck > 0 {
		r.tryAgain(x)
	}
	if x.lost > 0 {
		r.bookShards(i, x)
	}
}

// gather lists the members that may have changed, each once.
func (r *Runner) gather(i int32, g *group, x *shards) {
	x.todo = append(x.todo[:0], x.struck...)
	for _, m := range r.changed {
		if r.members[m].service == i {
			x.todo = append(x.todo, m-g.first)
		}
	}
	x.todo = append(x.todo, x.rung...)
	x.rung = x.rung[:0]
	for k := int32(0); k < g.n && (g.odd > 0 || g.strain != none); k++ {
		x.todo = append(x.todo, k)
	}
	slices.Sort(x.todo)
	x.todo = slices.Compact(x.todo)
	slices.Sort(x.struck)
}

// accountShards brings the books up to now.
func (r *Runner) accountShards(x *shards) {
	dt := r.now - x.last
	x.written += dt * (1 - float64(x.down[model.Write])/float64(x.count))
	if observed := r.now - max(x.last, r.begin); !r.past && observed > 0 {
		use := &r.out.Shards[x.service]
		for a, down := range x.down {
			if down > 0 {
				use.Some[a] += model.Seconds(observed)
				use.Share[a] += model.Seconds(observed * float64(down) / float64(x.count))
			}
		}
	}
	x.last = r.now
}

// bookShards books the shards of which no copy is left. What was written to them is gone for good (R40).
func (r *Runner) bookShards(i int32, x *shards) {
	if !r.past {
		use := &r.out.Shards[i]
		use.Lost += int64(x.lost)
		use.Losses++
	}
	r.book(model.Loss{Service: i, At: r.Now(), Initiator: x.fell, Total: true, Seconds: model.Never, Source: model.FromNowhere,
		Transactions: x.gone * x.rate / float64(x.count)}, none)
	x.lost, x.gone = 0, 0
}

// shift moves the number of copies of a set that are not there, and counts its shards in or out.
func (x *shards) shift(set *shardSet, by int8) {
	for a, takes := range x.takes {
		if x.copies-int32(set.bad) < takes {
			x.down[a] -= set.shards
		}
	}
	set.bad += by
	for a, takes := range x.takes {
		if x.copies-int32(set.bad) < takes {
			x.down[a] += set.shards
		}
	}
}

// setAway takes a member's copies out, or back in as far as they have their data.
func (x *shards) setAway(k int32, away bool) {
	by := int8(-1)
	if away {
		by = 1
	}
	x.at[k].away = away
	for i := x.at[k].first; i != none; i = x.slots[i].next {
		if !x.slots[i].gone {
			x.shift(&x.sets[i/x.copies], by)
		}
	}
}

// wipe takes all data from a member. Where it was the last copy, the shards are lost.
func (x *shards) wipe(k int32) {
	h := &x.at[k]
	for i := h.first; i != none; i = x.slots[i].next {
		s, set := &x.slots[i], &x.sets[i/x.copies]
		if s.gone {
			continue
		}
		s.gone = true
		h.missing++
		set.gone++
		if !h.away {
			x.shift(set, 1)
		}
		if int32(set.gone) == x.copies && !set.dead {
			set.dead = true
			x.lost += set.shards
			x.gone += float64(set.shards) * (x.written - set.born)
		}
	}
}

// shardsValue is the share of the requests that find enough copies of what they are about. In a partition,
// and with members that answer badly, the known sets are looked at one by one, and of the others the
// expectation is taken.
func (r *Runner) shardsValue(g *group, a model.Access, view int32) float64 {
	x := &r.shards[g.shards]
	if view = r.seenFrom(view); view == none && g.odd == 0 {
		return 1 - float64(x.down[a])/float64(x.count)
	}
	served := 0.0
	for s := range x.sets {
		served += float64(x.sets[s].shards) * r.setServed(g, x, int32(s), x.takes[a], view)
	}
	if x.left > 0 {
		served += float64(x.left) * r.unseenServed(g, x, x.takes[a], view)
	}
	return served / float64(x.count)
}

// seenFrom is a view, or none if everything reaches everything.
func (r *Runner) seenFrom(view int32) int32 {
	if r.reach.whole {
		return none
	}
	return view
}

// setServed is the share of the requests about a set that is answered rightly: all if enough copies are well,
// else as far as the slow ones among those needed answer, the first in order.
func (r *Runner) setServed(g *group, x *shards, set, takes, view int32) float64 {
	slots := x.slots[set*x.copies : (set+1)*x.copies]
	answers, missing := 1.0, takes
	for slow := range 2 {
		for i := range slots {
			m := &r.members[g.first+slots[i].member]
			if missing == 0 || slots[i].gone || !m.up || m.fallen || m.slow != (slow == 1) || !r.reach.ok(view, m.site) {
				continue
			}
			if m.slow {
				rightly, _ := r.health(m)
				answers *= rightly
			}
			missing--
		}
	}
	if missing > 0 {
		return 0
	}
	return answers
}
