package engine

import (
	"fmt"

	"github.com/ftsim/ftsim/model"
)

// This file is about what goes on while nothing is wrong, in the naive twin: standbys that rot and drills that
// find out (R16), how soon failovers may follow each other (R19), the return to where a service belongs (R20).

// twinCare is the condition of the standbys of a service.
type twinCare struct {
	luck     *dice
	standbys []twinRot
	changes  []float64 // when a failover made another member the primary
	rings    bool      // it is time for a drill
	due      bool      // it is time to fail back
}

// twinRot is what is wrong with a member that stands by.
type twinRot struct {
	hidden bool // it will not start, and nobody knows
	known  bool // somebody does, and is at it
	rings  bool
}

func (s *twinService) caredFor() bool {
	return s.style == model.Primary && (s.Rot.Life != nil || s.HoldDown != (model.HoldDown{}) || s.Failback)
}

func (t *twin) setUpCare(s *twinService) {
	c := &s.care
	c.luck, c.standbys = t.dice(nameKey(s.Name, forStandby)), make([]twinRot, len(s.members))
	if !s.caredFor() {
		return
	}
	if s.Rot.DrillEvery > 0 {
		t.planDrill(s)
	}
	for k := range s.members {
		t.standBy(s, int32(k))
	}
}

// standBy starts the time for which a standby stays sound.
func (t *twin) standBy(s *twinService, k int32) {
	if s.Rot.Life != nil && k != s.state.Primary {
		t.ringRot(s, k, s.care.luck.draw(s.Rot.Life))
	}
}

func rotName(s *twinService, k int32) string { return fmt.Sprintf("service %s rot %d", s.Name, k) }

func (t *twin) ringRot(s *twinService, k int32, in float64) {
	t.plan(t.now+in, 2, rotName(s, k), func() {
		t.blameUnlessKnown(s.blame)
		s.care.standbys[k].rings = true
	})
}

func (t *twin) planDrill(s *twinService) {
	t.plan(t.now+float64(s.Rot.DrillEvery), 2, "service "+s.Name+" drill", func() {
		t.blameUnlessKnown(s.blame)
		s.care.rings = true
	})
}

// tend: a sound standby goes bad, which monitoring sees or nobody; one that was being mended is sound; a drill
// reveals whatever is hidden.
func (t *twin) tend(s *twinService) {
	for k := range s.care.standbys {
		x := &s.care.standbys[k]
		if !x.rings {
			continue
		}
		x.rings = false
		if x.known {
			x.known = false
			t.standBy(s, int32(k))
			continue
		}
		if x.hidden = true; s.care.luck.s.uniform() < s.Rot.Seen {
			t.reveal(s, int32(k))
		}
	}
	if s.care.rings {
		s.care.rings = false
		t.planDrill(s)
		for k := range s.care.standbys {
			if s.care.standbys[k].hidden {
				t.reveal(s, int32(k))
			}
		}
	}
}

// reveal begins the repair of a standby.
func (t *twin) reveal(s *twinService, k int32) {
	s.care.standbys[k] = twinRot{known: true}
	in := 0.0
	if s.Rot.Repair != nil {
		in = s.care.luck.draw(s.Rot.Repair)
	}
	t.ringRot(s, k, in)
}

// broken tells whether whoever is being promoted will not start, which nobody knows yet.
func (s *twinService) broken() bool {
	return s.state.Candidate != none && s.care.standbys[s.state.Candidate].hidden
}

// held is R19: too soon after the last failover, which no planned change of roles is, or too many within a window.
func (t *twin) held(s *twinService) bool {
	recent := 0
	for _, at := range s.care.changes {
		if t.now < at+float64(s.HoldDown.Between) {
			return true
		}
		if t.now < at+float64(s.HoldDown.Window) {
			recent++
		}
	}
	return s.HoldDown.Most > 0 && recent >= s.HoldDown.Most
}

// learn draws from a change of roles what it shows: a member that was to lead and does not start is broken, and
// who tries it again by hand has mended it first; who leads is sound, and who led stands by.
func (t *twin) learn(s *twinService, do *model.Reaction, tried, was int32, planned bool) {
	switch {
	case do.Promote || tried == none || !s.care.standbys[tried].hidden:
	case s.state.Candidate == tried && s.state.Manual:
		s.care.standbys[tried].hidden = false
		t.standBy(s, tried)
	default:
		t.reveal(s, tried)
	}
	if do.Promote {
		if !planned {
			s.care.changes = append(s.care.changes, t.now)
		}
		s.care.standbys[s.state.Primary] = twinRot{}
		t.callOff(rotName(s, s.state.Primary))
		t.standBy(s, was)
	}
}

// belongs is the member with which a service is at home.
func (s *twinService) belongs() *twinMember { return s.members[0] }

// homeReady tells whether a service could return to where it belongs.
func (t *twin) homeReady(s *twinService) bool {
	home := s.belongs()
	return s.Failback && s.style == model.Primary && s.primary() != home && s.state.Phase == model.Serving && !s.lost &&
		t.canLead(s, home) && !t.slow(home) && s.caughtUp(home)
}

// caughtUp tells whether a member has all there is.
func (s *twinService) caughtUp(m *twinMember) bool {
	return s.ledger == nil || s.ledger.Mode == model.Unreplicated || s.ledger.copies[m.k].following
}

// planReturn waits for as long as the member to which a service belongs has to be well; true if it has been.
func (t *twin) planReturn(s *twinService) bool {
	clock := "service " + s.Name + " switch"
	if !t.homeReady(s) {
		s.care.due = false
		t.callOff(clock)
		return false
	}
	if !t.planned(clock) && !s.care.due {
		if s.care.due = s.FailbackAfter == 0; !s.care.due {
			t.plan(t.now+float64(s.FailbackAfter), 2, clock, func() {
				t.blameUnlessKnown(s.blame)
				s.care.due = true
			})
		}
	}
	return s.care.due
}

// returnHome fails back if it is time to. If that does not work, the wait begins anew.
func (t *twin) returnHome(s *twinService) {
	if t.planReturn(s) {
		t.decide(s)
		t.settleLedger(s)
		if s.FailbackAfter > 0 {
			t.planReturn(s)
		}
	}
}

// takeReturn tells, once, that it is time to go back.
func (t *twin) takeReturn(s *twinService) bool {
	due := s.care.due
	s.care.due = false
	return due && t.homeReady(s)
}

// planned tells whether something is planned under a name.
func (t *twin) planned(name string) bool {
	for i := range t.pending {
		if t.pending[i].name == name {
			return true
		}
	}
	return false
}

// planAlarm has a detector cry wolf now and then (R11): it takes a member that is well for lost, and finds out
// no sooner than it would have found out the contrary.
func (t *twin) planAlarm(s *twinService) {
	if s.FalseAlarms == nil || s.Detector == nil {
		return
	}
	t.plan(t.now+s.watchLuck.draw(s.FalseAlarms), 2, "service "+s.Name+" alarm", func() {
		t.planAlarm(s)
		t.cryWolf(s)
		t.blameUnlessKnown(s.blame)
	})
}

func (t *twin) cryWolf(s *twinService) {
	m := s.primary()
	if s.style == model.Shared {
		m = s.members[int(s.watchLuck.s.uniform()*float64(len(s.members)))]
	}
	if _, looking := t.sees(s, m); !looking || !m.believed || !m.seen {
		return
	}
	s.blame = t.sys.ServiceElement(int(s.id))
	t.blame = s.blame
	m.seen = false
	t.believe(s, m)
	m.seen = true
	noticed := max(float64(s.Detector.Delay(model.Isolated, s.watchLuck.rand())), 1e-3)
	t.plan(t.now+noticed, 2, watchName(s, m), func() {
		t.blameUnlessKnown(s.blame)
		t.believe(s, m)
	})
}
