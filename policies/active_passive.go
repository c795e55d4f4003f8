package policies

import (
	"math/rand/v2"

	"github.com/ftsim/ftsim/model"
)

// Temperature tells how ready a standby is (SEMANTICS 2.6).
type Temperature uint8

// Temperatures.
const (
	Hot  Temperature = iota // running, data applied continuously
	Warm                    // powered, must start its service and catch up
	Cold                    // off, or not provisioned
)

func (t Temperature) String() string { return [...]string{"hot", "warm", "cold"}[t] }

// ActivePassive has one member serving and the others in reserve. Hot, warm and cold are one machine
// with different steps; a manual failover differs in who decides.
type ActivePassive struct {
	Standby      Temperature
	Alpha        float64            // dormancy of the standby's hardware, 0 to 1
	Manual       bool               // every failover waits for Human
	Decision     Steps              // what a machine takes to decide
	Human        Human              // what a person takes for a manual one
	Stonith      *Stonith           // cuts the old primary's power before another is promoted (R14); nil = nobody does
	Activate     Steps              // from the decision to the standby being ready
	StartFailure float64            // probability that a standby does not start when called (cold)
	Success      float64            // probability that a promotion works, for reasons not modelled elsewhere (R15)
	RetryAlone   bool               // after a failed promotion go on automatically; else a human takes over
	GivesUp      bool               // after a failed promotion wait for the primary to be repaired
	AtOnce       bool               // who is repaired while nobody serves, and there was nobody to switch to, serves at once
	RetryAfter   model.Seconds      // from the beginning of an attempt that failed to the next one; 0 = at once
	Redirect     model.Distribution // clients moving to the new primary (R17); nil = at once
	LateShare    float64            // of the clients, who ignore the redirection until …
	LateUntil    model.Distribution // … this long after it (R17)
	Switchover   model.Distribution // interruption by a planned change of roles (R20); nil = none
	RedirectRamp bool               // clients move one by one over that time (DNS), not all at its end
}

// Style implements model.Policy.
func (p *ActivePassive) Style() model.Style { return model.Primary }

// Dormancy implements model.Policy.
func (p *ActivePassive) Dormancy() float64 { return p.Alpha }

func (p *ActivePassive) String() string {
	s := "active-passive, " + p.Standby.String() + " standby, "
	if p.Manual {
		return s + "manual failover"
	}
	return s + "automatic failover"
}

// Start implements model.Policy: the first member serves.
func (p *ActivePassive) Start(int) model.GroupState {
	return model.GroupState{Phase: model.Serving, Primary: 0, Candidate: model.None}
}

// React implements model.Policy.
func (p *ActivePassive) React(s *model.GroupState, sig *model.Signal, r *rand.Rand, out *model.Reaction) {
	switch sig.Kind {
	case model.PrimaryLost:
		if s.Phase == model.Serving || s.Phase == model.Redirection {
			s.Attempt, s.Manual, s.GivenUp, s.Sure, s.Accepted = 0, p.Manual || sig.Held, false, false, false
			p.decide(s, sig, sig.Eligible, r, out)
		}
	case model.PrimaryBack:
		p.stand(s, out)
	case model.CandidatesChanged:
		p.reconsider(s, sig, r, out)
	case model.StepEnded:
		p.advance(s, sig, r, out)
	case model.SwitchoverDue:
		p.switchOver(s, sig, r, out)
	}
}

// switchOver changes roles while nothing is wrong. If it fails, the old primary goes on after the
// interruption.
func (p *ActivePassive) switchOver(s *model.GroupState, sig *model.Signal, r *rand.Rand, out *model.Reaction) {
	if s.Phase != model.Serving || sig.Eligible == model.None {
		return
	}
	if !sig.Broken && p.works(s, r) {
		s.Primary = sig.Eligible
		out.Promote, out.Event = true, model.Started
	}
	s.Phase, s.Manual, s.Ramp, s.Tail, s.Late, s.Redirect = model.Redirection, false, false, false, 0, 0
	interruption := p.Switchover
	if sig.Interruption != nil {
		interruption = sig.Interruption
	}
	if interruption != nil {
		s.Redirect = interruption.Sample(r)
	}
	out.Arm, out.Delay = true, s.Redirect
}

// decide begins a role change towards the candidate, or waits for one.
func (p *ActivePassive) decide(s *model.GroupState, sig *model.Signal, candidate int32, r *rand.Rand, out *model.Reaction) {
	if candidate == model.None && sig.Refused != model.None { // nobody a machine may promote (R32)
		candidate, s.Accepted, s.Manual = sig.Refused, true, true
	}
	s.Candidate = candidate
	if candidate == model.None {
		s.Phase, s.Accepted = model.Repair, false
		out.Arm, out.Stop = false, true
		return
	}
	out.Event = model.Started
	delay := p.deliberation(s, sig, r, out)
	s.Spent = delay
	if delay <= 0 {
		p.proceed(s, sig, r, out)
		return
	}
	out.Human = s.Manual
	s.Phase = model.Decision
	out.Arm, out.Delay = true, delay
}

// deliberation is what it takes to decide.
func (p *ActivePassive) deliberation(s *model.GroupState, sig *model.Signal, r *rand.Rand, out *model.Reaction) model.Seconds {
	if s.Manual {
		return p.work(sig, r, out)
	}
	return p.Decision.Sample(r)
}

// work is what a person takes, who may do damage on the way.
func (p *ActivePassive) work(sig *model.Signal, r *rand.Rand, out *model.Reaction) model.Seconds {
	took, spoilt := p.Human.Work(r, sig.Night)
	out.Spoilt = out.Spoilt || spoilt
	return took
}

// proceed makes the old primary harmless, if that is done from outside, and then activates the new one.
func (p *ActivePassive) proceed(s *model.GroupState, sig *model.Signal, r *rand.Rand, out *model.Reaction) {
	if p.Stonith == nil {
		p.activate(s, r, out)
		return
	}
	s.Phase = model.Fencing
	delay, done := p.Stonith.Sample(r)
	if !done { // nobody may go on until a human has confirmed that the old primary is off
		s.Manual, out.Human = true, true
		delay += p.work(sig, r, out)
	}
	s.Spent += delay
	out.Arm, out.Delay = true, delay
}

func (p *ActivePassive) activate(s *model.GroupState, r *rand.Rand, out *model.Reaction) {
	s.Phase = model.Activation
	out.Arm, out.Delay = true, p.Activate.Sample(r)
	s.Spent += out.Delay
}

// stand calls a role change off because the primary is back, unless it is already being replaced (R27).
func (p *ActivePassive) stand(s *model.GroupState, out *model.Reaction) {
	switch s.Phase {
	case model.Decision, model.Fencing:
		out.Event = model.Cancelled
	case model.Repair:
	default:
		return
	}
	s.Phase, s.Candidate, s.Accepted = model.Serving, model.None, false
	out.Stop = true
}

// reconsider meets a second fault among the standbys, or a repair that brings one back (R28).
func (p *ActivePassive) reconsider(s *model.GroupState, sig *model.Signal, r *rand.Rand, out *model.Reaction) {
	switch s.Phase {
	case model.Repair:
		if (sig.Eligible != model.None || sig.Refused != model.None) && !s.GivenUp {
			if p.AtOnce && sig.Eligible != model.None && !s.Manual {
				s.Candidate = sig.Eligible
				p.promote(s, r, out)
				return
			}
			s.Sure = p.GivesUp // whoever is repaired while nobody serves is started, not switched to
			p.decide(s, sig, sig.Eligible, r, out)
		}
	case model.Decision, model.Fencing:
		if s.Candidate != sig.Eligible && sig.Eligible != model.None {
			s.Candidate = sig.Eligible // the decision under way simply falls on another
		} else if sig.Eligible == model.None {
			p.decide(s, sig, model.None, r, out)
		}
	case model.Activation:
		if sig.Unfit {
			p.again(s, sig, sig.Eligible, r, out)
		}
	}
}

// again starts over towards another candidate, unless the old primary has come back meanwhile.
func (p *ActivePassive) again(s *model.GroupState, sig *model.Signal, candidate int32, r *rand.Rand, out *model.Reaction) {
	if sig.Lost {
		p.decide(s, sig, candidate, r, out)
		return
	}
	s.Phase, s.Candidate, s.Accepted, out.Stop = model.Serving, model.None, false, true
	out.Event = model.Cancelled
}

// advance goes on to the next step of the role change.
func (p *ActivePassive) advance(s *model.GroupState, sig *model.Signal, r *rand.Rand, out *model.Reaction) {
	switch s.Phase {
	case model.Decision:
		p.proceed(s, sig, r, out)
	case model.Fencing:
		out.Fence = true
		p.activate(s, r, out)
	case model.Activation:
		if !sig.Broken && p.works(s, r) {
			p.promote(s, r, out)
		} else {
			p.failed(s, sig, r, out)
		}
	case model.Redirection:
		if s.Late > 0 && !s.Tail {
			s.Tail = true
			out.Arm, out.Delay = true, max(0, p.LateUntil.Sample(r)-s.Redirect)
			return
		}
		s.Phase, s.Tail = model.Serving, false
		out.Event = model.Completed
	}
}

// promote makes the candidate the primary and sends the clients there.
func (p *ActivePassive) promote(s *model.GroupState, r *rand.Rand, out *model.Reaction) {
	s.Primary, s.Candidate, s.Accepted = s.Candidate, model.None, false
	s.Redirect, s.Ramp, s.Tail, s.Late = 0, p.RedirectRamp, false, p.LateShare
	out.Promote = true
	if p.Redirect != nil {
		s.Redirect = p.Redirect.Sample(r)
	}
	if s.Redirect <= 0 && s.Late == 0 {
		s.Phase, out.Event = model.Serving, model.Completed
		return
	}
	s.Phase = model.Redirection
	out.Arm, out.Delay = true, s.Redirect
}

func (p *ActivePassive) works(s *model.GroupState, r *rand.Rand) bool {
	chance := p.Success * (1 - p.StartFailure)
	return chance >= 1 || s.Sure || r.Float64() < chance
}

// failed goes to the next candidate, then to a human (R15).
func (p *ActivePassive) failed(s *model.GroupState, sig *model.Signal, r *rand.Rand, out *model.Reaction) {
	s.Attempt++
	if p.GivesUp {
		p.giveUp(s, sig, out)
		return
	}
	next := sig.Next
	if next == model.None {
		next = s.Candidate
		s.Manual = s.Manual || !p.RetryAlone
	}
	if sig.Lost && !s.Manual && s.Spent < p.RetryAfter {
		p.pause(s, next, r, out)
		return
	}
	p.again(s, sig, next, r, out)
	if s.Phase != model.Serving {
		out.Event = model.AttemptFailed
	}
}

// pause leaves everything as it is until a machine may try again.
func (p *ActivePassive) pause(s *model.GroupState, next int32, r *rand.Rand, out *model.Reaction) {
	left := p.RetryAfter - s.Spent
	s.Phase, s.Candidate, s.Spent = model.Decision, next, p.Decision.Sample(r)
	out.Event, out.Arm, out.Delay = model.AttemptFailed, true, left+s.Spent
}

// giveUp leaves everything as it is until the primary is back, which it may be already.
func (p *ActivePassive) giveUp(s *model.GroupState, sig *model.Signal, out *model.Reaction) {
	s.Phase, s.Candidate, s.Accepted, out.Stop = model.Serving, model.None, false, true
	if out.Event = model.Cancelled; sig.Lost {
		s.Phase, s.GivenUp, out.Event = model.Repair, true, model.AttemptFailed
	}
}
