package policies

import (
	"math/rand/v2"

	"github.com/ftsim/ftsim/model"
)

// Human is what a person takes to set a service right: acknowledge a page, diagnose, act (R18). A law
// that is nil takes no time.
type Human struct {
	Acknowledge model.Distribution
	Night       model.Distribution // to acknowledge outside office hours; nil = the same
	Missed      float64            // probability that a page goes unheard, 0 to 1
	Escalate    model.Seconds      // until the next one is paged then
	Diagnose    model.Distribution
	Act         model.Distribution
	Error       float64 // probability that the action was wrong and has to be thought over, 0 to 1
	Penalty     model.Distribution
	Damage      float64 // share of the errors that spoil data, 0 to 1
}

// mostErrors ends a run of mistakes.
const mostErrors = 100

// Sample draws the time from the page to the end of the right action.
func (h *Human) Sample(r *rand.Rand, night bool) model.Seconds {
	total, _ := h.Work(r, night)
	return total
}

// Work is Sample that also tells whether some wrong action has spoilt data on the way.
func (h *Human) Work(r *rand.Rand, night bool) (total model.Seconds, spoilt bool) {
	for n := 0; h.Missed > 0 && n < mostErrors && r.Float64() < h.Missed; n++ {
		total += h.Escalate
	}
	if night && h.Night != nil {
		total += h.Night.Sample(r)
	} else {
		total += draw(h.Acknowledge, r)
	}
	total += draw(h.Diagnose, r) + draw(h.Act, r)
	for n := 0; h.Error > 0 && n < mostErrors && r.Float64() < h.Error; n++ {
		total += draw(h.Penalty, r) + draw(h.Diagnose, r) + draw(h.Act, r)
		spoilt = spoilt || h.Damage > 0 && r.Float64() < h.Damage
	}
	return total, spoilt
}
