package engine

import "github.com/ftsim/ftsim/model"

// This file is about what keeps an old primary from going on in the naive twin (R13, R14): coordinators that
// must consent, leases that run out, writes that are refused, power that is cut.

// twinHold is whether the primary of a service, or an old one that goes on beside it, may do so.
type twinHold struct {
	touch   bool          // with what allows it, as of the last look
	stopped bool          // it has stopped itself, or was made harmless
	rang    bool          // it is time to do as it must
	blame   model.Element // what cut it off
}

func (s *twinService) holdsItself() bool {
	k := s.Fence.Kind
	return k == model.LeaseFencing || k == model.MinReplicas || k == model.ConsensusFencing
}

// readsGoOn tells whether who has stopped refuses writes only.
func (s *twinService) readsGoOn() bool { return s.Fence.Kind != model.LeaseFencing && s.holdsItself() }

// refuses tells whether the primary takes no writes for having lost touch.
func (s *twinService) refuses() bool { return s.hold.stopped && s.readsGoOn() }

func holdName(s *twinService) string { return "service " + s.Name + " hold" }

// consents tells whether the coordinator of a service agrees that a member leads: somebody speaks for the
// coordinator, and the two talk with each other.
func (t *twin) consents(s *twinService, m *twinMember) bool {
	if !s.Coordinated {
		return true
	}
	c := t.services[s.Coordinator]
	if c.style == model.Shared {
		for _, o := range c.members {
			if o.up && t.reaches(t.site(o), t.site(m)) {
				return true
			}
		}
		return false
	}
	leader, yes := t.serves(c)
	return yes && t.reaches(t.site(leader), t.site(m)) && t.reaches(t.site(m), t.site(leader))
}

// mayGoOn is R14: who may serve as the primary now, whoever else thinks of it what he likes.
func (t *twin) mayGoOn(s *twinService, m *twinMember) bool {
	others, reached := 0, 0
	for _, o := range s.members {
		if o != m {
			others++
			if o.up && t.reaches(t.site(m), t.site(o)) {
				reached++
			}
		}
	}
	switch s.Fence.Kind {
	case model.LeaseFencing:
		return t.consents(s, m) || s.Fence.Failsafe && reached == others
	case model.MinReplicas:
		return reached > 0
	}
	return t.inTouch(s, m)
}

// selfStyled is who takes itself for the primary: an old one that goes on, or else the real one.
func (s *twinService) selfStyled() *twinMember {
	if s.old != none {
		return s.members[s.old]
	}
	return s.primary()
}

// watchHold has who takes itself for the primary look whether it may go on. It stops after a while, if it does
// at all; once it is in touch again it goes on when that would be noticed. Who dies, asks anew on its return.
func (t *twin) watchHold(s *twinService) {
	if !s.holdsItself() {
		return
	}
	h := &s.hold
	if h.rang {
		t.obey(s, s.selfStyled())
	}
	m := s.selfStyled()
	touch := m.up && t.mayGoOn(s, m) || !m.up && !h.stopped
	if touch == h.touch {
		return
	}
	h.touch = touch
	if !touch && t.blame != none {
		h.blame = t.blame
	}
	t.callOff(holdName(s))
	switch {
	case touch && h.stopped && s.Detector == nil:
		t.ringHold(s, 0)
	case touch && h.stopped:
		t.ringHold(s, float64(s.Detector.Recovery(s.luck.rand())))
	case touch || h.stopped:
	case s.Fence.Failure > 0 && s.luck.s.uniform() < s.Fence.Failure: // it never notices
	case s.Fence.Within == nil:
		t.obey(s, m)
	default:
		if wait := s.luck.draw(s.Fence.Within); wait > 0 {
			t.ringHold(s, wait)
		} else {
			t.obey(s, m)
		}
	}
}

func (t *twin) ringHold(s *twinService, in float64) {
	t.plan(t.now+in, 2, holdName(s), func() {
		t.blameUnlessKnown(s.hold.blame)
		s.hold.rang = true
	})
}

// obey has a primary, or an old one, stop or go on.
func (t *twin) obey(s *twinService, m *twinMember) {
	s.hold.rang = false
	switch {
	case s.hold.touch:
		t.goOn(s, m)
	case s.old != none:
		t.demote(s)
	default:
		t.stop(s, m)
	}
}

func (t *twin) stop(s *twinService, m *twinMember) {
	s.hold.stopped = true
	t.note(Note{Kind: SteppedDown, Service: s.id, Member: m.k})
}

func (t *twin) goOn(s *twinService, m *twinMember) {
	s.hold.stopped = false
	t.note(Note{Kind: WentOn, Service: s.id, Member: m.k})
}

// holdAnew lets a new primary start in touch.
func (t *twin) holdAnew(s *twinService) {
	t.callOff(holdName(s))
	s.hold.touch, s.hold.rang, s.hold.stopped = true, false, false
}

// undecided tells whether somebody could lead if only the coordinator consented.
func (t *twin) undecided(s *twinService) bool {
	for _, m := range s.members {
		if m.up && !t.consents(s, m) {
			return true
		}
	}
	return false
}
