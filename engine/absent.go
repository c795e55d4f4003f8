package engine

import "github.com/ftsim/ftsim/model"

// This file is about the clients who do not get through to the primary of a store (R29): nobody acknowledges what
// they would have written. Positions go on counting seconds of writing, since losses are also said in seconds; what
// did not come in them is counted here, so that transactions are those of the clients who got through. A lag that
// looks back beyond the last few changes of who gets through takes too few for absent, so it loses too much, never too little.

// absence is what did not come.
type absence struct {
	total float64     // in all that counts as written
	turns [4]absentee // how it changed, latest first; before the earliest, all clients count as having got through
}

// absentee is the share of the clients that has not got through from some time on, while there was writing.
type absentee struct{ from, share float64 }

// advance counts some more seconds of writing.
func (a *absence) advance(seconds float64) { a.total += seconds * a.turns[0].share }

// turn takes note of the share that does not get through from now on.
func (a *absence) turn(share, now float64) {
	if share == a.turns[0].share {
		return
	}
	copy(a.turns[1:], a.turns[:])
	a.turns[0] = absentee{now, share}
}

// in is what did not come in the last seconds before some time.
func (a *absence) in(seconds, until float64) float64 {
	sum, begin := 0.0, until-seconds
	for _, t := range a.turns {
		if from := max(t.from, begin); from < until {
			sum += (until - from) * t.share
			until = from
		}
	}
	return min(sum, a.total)
}

// absentees is the share of the clients that does not get through to a primary which takes writes.
func (r *Runner) absentees(g *group, primary *member) float64 {
	if r.reach.whole || len(r.p.clients) == 0 || g.style == model.Shared {
		return 0
	}
	share := 0.0
	for i := range r.p.clients {
		if c := &r.p.clients[i]; !r.reach.ok(c.place, primary.site) {
			share += c.share
		}
	}
	return share
}

// acknowledged is what all clients together were told to be written, in seconds of their full number.
func (s *store) acknowledged() float64 { return s.written - s.absent.total }

// beyond is what was acknowledged beyond what a copy has.
func (s *store) beyond(c *replica) float64 {
	return max(0, s.acknowledged()-(c.position-c.absent))
}
