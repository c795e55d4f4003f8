package policies

import (
	"math/rand/v2"

	"github.com/ftsim/ftsim/model"
)

// Quorum serves while a majority of the configured members is up and in touch (R14, R25). Losing the
// leader costs one election; detection is part of it.
type Quorum struct {
	Election model.Distribution // from the loss of the leader to the next one; nil = no time
}

// Style implements model.Policy.
func (q *Quorum) Style() model.Style { return model.Majority }

// Dormancy implements model.Policy: followers work as hard as leaders.
func (q *Quorum) Dormancy() float64 { return 1 }

func (q *Quorum) String() string { return "quorum" }

// Start implements model.Policy.
func (q *Quorum) Start(int) model.GroupState {
	return model.GroupState{Phase: model.Serving, Primary: 0, Candidate: model.None}
}

// React implements model.Policy. A member is eligible if it is in touch with a majority.
func (q *Quorum) React(s *model.GroupState, sig *model.Signal, r *rand.Rand, out *model.Reaction) {
	switch {
	case sig.Kind == model.SwitchoverDue: // the leader names another before it goes, which costs nothing
		if s.Phase == model.Serving && sig.Eligible != model.None {
			s.Primary, out.Promote, out.Event = sig.Eligible, true, model.NoEvent
		}
	case sig.Kind == model.StepEnded && s.Phase == model.Decision:
		if sig.Eligible == model.None {
			s.Phase = model.Repair
			return
		}
		s.Primary, s.Candidate, s.Phase = sig.Eligible, model.None, model.Serving
		out.Promote, out.Event = true, model.Completed
	case sig.Kind == model.PrimaryBack:
		if s.Phase == model.Decision {
			out.Event = model.Cancelled
		}
		s.Phase, s.Candidate, out.Stop = model.Serving, model.None, true
	case sig.Kind == model.PrimaryLost && s.Phase == model.Serving,
		sig.Kind == model.CandidatesChanged && s.Phase == model.Repair:
		q.elect(s, sig, r, out)
	case sig.Kind == model.CandidatesChanged && s.Phase == model.Decision && sig.Eligible == model.None:
		s.Phase, s.Candidate, out.Stop = model.Repair, model.None, true
	case sig.Kind == model.CandidatesChanged && s.Phase == model.Decision:
		s.Candidate = sig.Eligible // whoever is fit when the election ends wins it
	}
}

func (q *Quorum) elect(s *model.GroupState, sig *model.Signal, r *rand.Rand, out *model.Reaction) {
	if sig.Eligible == model.None {
		s.Phase = model.Repair
		return
	}
	s.Phase, s.Candidate = model.Decision, sig.Eligible
	out.Arm, out.Event = true, model.Started
	if q.Election != nil {
		out.Delay = q.Election.Sample(r)
	}
}
