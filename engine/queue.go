package engine

import "github.com/ftsim/ftsim/model"

// This file is about the messages of a queue while it takes none: producers keep and repeat them for a while,
// then give them up; and whatever was kept just before without its producer having heard of that is sent
// again. What the queue loses of what it has acknowledged, the ledger knows.

// feed is the state of the producers of a store.
type feed struct {
	*model.Producers
	stopped bool
	since   float64 // when the queue stopped taking messages
	unheard float64 // seconds of messages that were kept then, and whose producers do not know
}

// settleFeed follows whether a queue takes messages.
func (r *Runner) settleFeed(g *group, s *store) {
	f := &s.feed
	switch {
	case !s.writing && !f.stopped:
		f.stopped, f.since, f.unheard = true, r.now, 0
		if !f.Blind && !f.Idempotent && f.RetryFor > 0 {
			f.unheard = float64(f.AnswerTime)
		}
	case s.writing && f.stopped:
		r.closeFeed(g, s)
		f.stopped = false
		if !r.past {
			r.out.Queues[r.members[g.first].service].Duplicated += s.rate * f.unheard
		}
	}
}

// closeFeed counts the messages that have been given up while the queue took none, which may go on.
func (r *Runner) closeFeed(g *group, s *store) {
	f := &s.feed
	if !f.stopped || r.past {
		return
	}
	waited := r.now - max(f.since, r.begin)
	if !f.Blind {
		waited -= float64(f.RetryFor)
	}
	r.out.Queues[r.members[g.first].service].Rejected += s.rate * max(0, waited)
}

// unhear forgets messages that are there no more, so that sending them again makes no second one.
func (f *feed) unhear(seconds float64) { f.unheard = max(0, f.unheard-seconds) }
