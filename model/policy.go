package model

import "math/rand/v2"

// Detector turns a fault into a belief (SEMANTICS 2.3). A detector knows nothing but how long it takes.
type Detector interface {
	// Delay draws the time from the start of a fault to the belief that the target is down; Never if
	// this detector will not see this fault. A fault that ends first was not noticed (R11).
	Delay(mode FaultMode, r *rand.Rand) Seconds
	// Recovery draws the time from the end of a fault to the belief that the target is up (R12).
	Recovery(r *rand.Rand) Seconds
	String() string
}

// Responder is a person who is paged and sets a service right (R18).
type Responder interface {
	// Sample draws the time from the page to the end of the right action.
	Sample(r *rand.Rand, night bool) Seconds
}

// Leaderless is what a Policy of style Shared also is if its members are copies of data without a leader:
// each request takes some of the copies of what it is about.
type Leaderless interface {
	// Copies are how many members have each item, and how many of those a read and a write must reach.
	Copies() (copies, read, write int)
}

// Style tells how the members of a group share the work.
type Style uint8

// Styles.
const (
	Shared   Style = iota // every available member serves (active-active)
	Primary               // one member serves, the others stand by (active-passive)
	Majority              // one member leads while it is in touch with a majority (quorum)
)

// Policy tells what a redundancy group does about what it believes. It is a pure state machine: it
// reads no clock, calls nobody, and all its memory is the GroupState. See package policies.
type Policy interface {
	Style() Style
	Dormancy() float64 // α: how fast the hardware of a member in reserve ages, 0 to 1 (2.6)
	Start(members int) GroupState
	// React changes s according to the signal and fills out, which the caller has reset.
	React(s *GroupState, sig *Signal, r *rand.Rand, out *Reaction)
	String() string
}

// GroupState is the memory of a policy: small, flat, copied at will.
type GroupState struct {
	Phase     Phase   // what the group is doing; Serving if nothing is wrong as far as it believes
	Primary   int32   // the member that serves, or was the last to serve; None under Shared
	Candidate int32   // the member being promoted, or None
	Attempt   int32   // promotions tried in this failover
	Manual    bool    // a human has taken over
	GivenUp   bool    // nobody takes over until the primary is back
	Sure      bool    // the candidate will start
	Accepted  bool    // a human accepts what the candidate lacks (R32)
	Spent     Seconds // by the machine on the present attempt
	Redirect  Seconds // duration of the running redirection
	Ramp      bool    // the running redirection moves clients gradually
	Late      float64 // share of the clients that move only at the end of the redirection's second part
	Tail      bool    // that part is running
}

// SignalKind tells what happened.
type SignalKind uint8

// Signals.
const (
	PrimaryLost       SignalKind = iota // the group has come to believe that its primary is gone
	PrimaryBack                         // the primary answers again
	CandidatesChanged                   // Eligible or Unfit is not what it was; not sent while Serving
	StepEnded                           // the armed step has run its time
	SwitchoverDue                       // a planned change of roles to Eligible; only sent while Serving
)

// Signal is what a policy is told.
type Signal struct {
	Kind     SignalKind
	Eligible int32 // best member that could be promoted now, or None
	Refused  int32 // best member that only a human may promote, if Eligible is None; or None
	Next     int32 // best one other than the present candidate, or None
	Lost     bool  // the group believes that its primary is gone
	Unfit    bool  // the present candidate can no longer be promoted
	Broken   bool  // the candidate will not start, and nobody knew (R16)
	Night    bool  // it is outside office hours
	Held     bool  // it is too soon after other failovers for a machine to decide (R19)

	Interruption Distribution // by a planned change of roles; nil = as the policy says
}

// Reaction is what a policy wants done. The zero Reaction asks for nothing.
type Reaction struct {
	Arm     bool    // start a step that ends after Delay; replaces a running one
	Delay   Seconds // used if Arm
	Human   bool    // the step is the work of a person, who may first have to finish another
	Stop    bool    // stop the running step
	Promote bool    // GroupState.Primary has just changed
	Fence   bool    // the old primary has just been made harmless
	Spoilt  bool    // a person has spoilt the data by a wrong action (R18, R39)
	Event   FailoverEvent
}

// FailoverEvent marks the milestones of a failover for the record.
type FailoverEvent uint8

// Milestones.
const (
	NoEvent       FailoverEvent = iota
	Started                     // a role change was decided upon
	Cancelled                   // the primary came back first (R27)
	AttemptFailed               // a promotion did not succeed
	Completed                   // clients are with the new primary
)
