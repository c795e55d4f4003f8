package engine

import "github.com/ftsim/ftsim/model"

// This file is about reads that standbys in contact answer all the time, as read replicas do. Such a standby is
// behind by a lag drawn anew at each look. So what was read of it in some time is known from looks at times spread
// over that time: each stands for an equal part of it, which makes the share of reads that lack any amount right on
// average, whatever the law, the load, the chain of copies or the copies that have acknowledged.

// looksAtMost is how often a stretch without an event is looked at; a shorter one once for each lookEvery seconds of
// it, and once at least.
const (
	looksAtMost = 64
	lookEvery   = 3600
)

// sent are the reads that go to one standby in contact.
type sent struct {
	share float64 // of all clients
	copy  int32
}

// sendReads sends clients at a place to the standbys in contact with the primary, evenly; false if they reach none.
func (r *Runner) sendReads(g *group, x *staleness, place int32, share float64) bool {
	s := &r.stores[g.store]
	ready := 0
	for k := int32(0); k < g.n; k++ {
		if r.readsContact(g, s, place, k) {
			ready++
		}
	}
	if ready == 0 {
		return false
	}
	each := share / float64(ready)
	for k := int32(0); k < g.n; k++ {
		switch c := &r.copies[s.first+k]; {
		case !r.readsContact(g, s, place, k):
		case c.following && s.lag != none:
			x.sent = append(x.sent, sent{each, k})
		case c.chasing:
			a := reading{share: each, stale: 1}
			a.lacks, a.falls = r.lacks(g, s, x, k, false)
			x.reads = append(x.reads, a)
		}
	}
	x.reads = append(x.reads, reading{share: share, served: 1})
	return true
}

// readsContact tells whether copy k is a standby that clients at a place reach and that is in contact.
func (r *Runner) readsContact(g *group, s *store, place, k int32) bool {
	m, c := &r.members[g.first+k], &r.copies[s.first+k]
	return k != g.state.Primary && m.up && !g.restoring && !g.suspended && (c.following || c.chasing) && r.reach.ok(place, m.site)
}

// sampleReads books what standbys in contact were read with from one time to another. It comes before anything of
// the group changes, and leaves the lags as they are.
func (r *Runner) sampleReads(x *staleness, from, to float64) {
	g := &r.groups[x.service]
	s := &r.stores[g.store]
	copies := r.copies[s.first : s.first+g.n]
	for k := range copies {
		x.kept[k] = copies[k].behind
	}
	s.luck, x.luck = x.luck, s.luck
	looks := min(looksAtMost, 1+int((to-from)/lookEvery))
	part := (to - from) / float64(looks)
	for i := range looks {
		at := from + (float64(i)+s.luck.uniform())*part
		r.drawBehindAt(g, s, at)
		for _, a := range x.sent {
			x.bookLook(r, s.lacksAt(copies[a.copy].behind, at), part*a.share)
		}
	}
	s.luck, x.luck = x.luck, s.luck
	for k := range copies {
		copies[k].behind = x.kept[k]
	}
}

// lacksAt is what a copy that is so far behind lacks at a time since the books were last brought up to date. What
// is older than the present stretch of writing has arrived.
func (s *store) lacksAt(behind, at float64) float64 {
	if s.writing {
		return max(0, min(behind, at-s.since))
	}
	return s.latest(behind, at)
}

func (x *staleness) bookLook(r *Runner, seconds, time float64) {
	if seconds <= grainOf {
		return
	}
	use := &r.out.Stale[x.service]
	use.Stale += model.Seconds(time)
	use.Lacked += time * seconds
	x.lacks.add(model.LackPart(model.Seconds(seconds)), seconds, seconds, time)
}
