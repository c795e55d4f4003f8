package engine

import (
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// fed is a farm whose first unit falls after 1000 s, for a while, and whose store is a queue that gets 10
// messages a second.
func fed(units int, down, lag model.Seconds, p model.Producers) *model.System {
	sys := farm(units, &policies.ActivePassive{Alpha: 1, Success: 1, Activate: policies.Steps{fixedLaw(30)}}, 1)
	for i := range sys.Components {
		sys.Components[i].Modes = nil
	}
	sys.Components[0].Modes = []model.Mode{{Kind: model.OSCrash, Life: fixedLaw(1000), Repair: fixedLaw(down)}}
	sys.Services[0].Store = &model.Store{WriteRate: 10, Lag: fixedLaw(lag), Producers: &p}
	return sys
}

// Producers ride out what is shorter than they repeat; of a longer outage, the first messages are given up.
// Blind ones lose all that is sent meanwhile. What was kept without its producer knowing is there twice, unless
// the queue recognises it, or has lost it in the failover.
func TestMessagesInAnOutage(t *testing.T) {
	const answer = 0.5
	for _, c := range []struct {
		name                  string
		units                 int
		lag                   model.Seconds
		p                     model.Producers
		rejected, twice, lost float64
		down                  model.Seconds
	}{
		{"one broker", 1, 0, model.Producers{RetryFor: 120, AnswerTime: answer}, 1800, 5, 0, 300},
		{"and recognises repetitions", 1, 0, model.Producers{RetryFor: 120, AnswerTime: answer, Idempotent: true}, 1800, 0, 0, 300},
		{"without repetition", 1, 0, model.Producers{AnswerTime: answer}, 3000, 0, 0, 300},
		{"blind", 1, 0, model.Producers{Blind: true, RetryFor: 120, AnswerTime: answer}, 3000, 0, 0, 300},
		{"two brokers", 2, 0, model.Producers{RetryFor: 120, AnswerTime: answer}, 0, 5, 0, 300},
		{"two that lag", 2, 0.2, model.Producers{RetryFor: 120, AnswerTime: answer}, 0, 3, 2, 300},
		{"two that lag more", 2, 2, model.Producers{RetryFor: 20, AnswerTime: answer}, 100, 0, 20, 300},
		{"still down at the end", 1, 0, model.Producers{RetryFor: 120, AnswerTime: answer}, 10 * (1000 - 120), 0, 0, 10000},
	} {
		sys := fed(c.units, c.down, c.lag, c.p)
		observe(t, sys, Options{Horizon: 2000, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			near(t, c.name+": rejected", out.Queues[0].Rejected, c.rejected, 1e-6)
			near(t, c.name+": twice", out.Queues[0].Duplicated, c.twice, 1e-6)
			lost := 0.0
			for _, l := range out.Losses {
				lost += l.Transactions
			}
			near(t, c.name+": lost", lost, c.lost, 1e-6)
		})
	}
}
