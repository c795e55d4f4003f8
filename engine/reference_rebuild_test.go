package engine

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// This file is about how copies become copies again in the naive twin (R31): who has nothing, or holds what
// history went without, is made anew; who lags behind takes in what it can, from whoever it feeds from.

// data completes the stores of a system after everything else about it has been drawn.
func (m *maker) data(seed uint64) {
	m.r = rand.New(rand.NewPCG(seed, 80))
	for i := range m.sys.Services {
		s := &m.sys.Services[i]
		if s.Store == nil || s.Policy.Style() == model.Shared && len(s.Members) > 1 {
			continue
		}
		if m.chance(2) && s.Store.Mode != model.Unreplicated {
			m.rebuild(s)
		}
		if m.chance(2) {
			m.intake(s)
		}
	}
}

func (m *maker) rebuild(s *model.Service) {
	s.Store.Rebuild = &model.Rebuild{FullCopy: m.law(of[model.Seconds](m, 60, 7200)), RewindWorks: of(m, 0, 0.5, 1)}
	if m.chance(2) {
		s.Store.Rebuild.Rewind = m.law(300)
	}
	s.Store.LagUnderLoad = of[float64](m, 0, 1.5)
}

// intake draws how fast copies catch up, and from whom.
func (m *maker) intake(s *model.Service) {
	x := s.Store
	x.TakesIn = of(m, 0, 1.5, 20)
	_, primary := s.Policy.(*policies.ActivePassive)
	if primary && x.Mode == model.Async {
		x.TakesIn = of(m, 0, 0.7, 1.5, 20)
		if m.chance(2) {
			for k := range s.Members {
				x.FeedsFrom = append(x.FeedsFrom, int32(m.r.IntN(k+1))-1)
			}
		}
	}
}

// feeder is the member that a copy takes its data from: one before it, or else whoever leads.
func (s *twinService) feeder(m *twinMember) *twinMember {
	if from := s.ledger.FeedsFrom; from != nil && s.ledger.Mode != model.Unreplicated && from[m.k] != none {
		return s.members[from[m.k]]
	}
	return s.primary()
}

// takes is how many seconds of writing a copy can take in per second; 0 is any. Links do not
// hold it up here: they have a twin of their own.
func (t *twin) takes(s *twinService) float64 {
	l := s.ledger
	if l.Mode == model.Unreplicated || len(s.members) == 1 {
		return 0
	}
	return l.TakesIn
}

// underLoad is by how much lags are longer than usual: while a copy is made anew, and the more is asked for.
func (t *twin) underLoad(s *twinService) float64 {
	most := s.ledger.LagUnderLoad
	if most <= 1 {
		return 1
	}
	for _, m := range s.members {
		if t.planned(copyName(s, m)) || s.ledger.copies[m.k].ready {
			return most
		}
	}
	rate, peak := t.sys.Rate, t.sys.Peak.Rate
	if t.sys.Peak.To == 0 || rate == peak || t.asked() < max(rate, peak) {
		return 1
	}
	return most
}

func copyName(s *twinService, m *twinMember) string {
	return fmt.Sprintf("service %s copy %d", s.Name, m.k)
}

// lacksAll tells whether a copy has to be made anew.
func (l *ledger) lacksAll(k int32) bool {
	return l.copies[k].empty || l.Rebuild != nil && l.copies[k].astray
}

// madeAnew makes a copy that lacks all fit to follow: true once it is. Some of those that went astray need
// only be rewound.
func (t *twin) madeAnew(s *twinService, m *twinMember) bool {
	l, clock := s.ledger, copyName(s, m)
	c := &l.copies[m.k]
	switch {
	case !l.lacksAll(m.k):
		return true
	case t.planned(clock):
		return false
	}
	took := 0.0
	if l.Rebuild != nil && !c.ready {
		took = t.remaking(s, m)
	}
	if took > 0 {
		t.plan(t.now+took, 2, clock, func() {
			t.blameUnlessKnown(s.blame)
			c.ready = true
		})
		return false
	}
	c.ready, c.empty, c.astray = false, false, false
	return true
}

// remaking is how long it takes to make a copy anew.
func (t *twin) remaking(s *twinService, m *twinMember) float64 {
	l := s.ledger
	if !l.copies[m.k].empty && l.luck.s.uniform() < l.Rebuild.RewindWorks {
		if l.Rebuild.Rewind == nil {
			return 0
		}
		return l.luck.draw(l.Rebuild.Rewind)
	}
	return l.luck.draw(l.Rebuild.FullCopy)
}

// giveUp loses what has been copied so far.
func (t *twin) giveUp(s *twinService, m *twinMember) {
	t.callOff(copyName(s, m))
	s.ledger.copies[m.k].ready = false
}

// slow tells whether who takes in so much per second falls behind for ever.
func slow(takes float64) bool { return takes > 0 && takes <= 1 }

func (c *twinCopy) outrun() bool { return slow(c.takes) }

// catchUp has a copy in touch take in what it has missed; true once it has caught up. One that takes in no more
// than is written never does.
func (t *twin) catchUp(l *ledger, c *twinCopy) bool {
	if !c.chasing {
		c.chasing, c.chased, c.loose = true, t.now, true
	}
	return c.takes > 1 && l.written()-c.position <= grain*(1+c.takes)
}

func (t *twin) takeIn(l *ledger, c *twinCopy) {
	if c.chasing {
		c.position = min(l.written(), c.position+c.takes*(t.now-c.chased))
		c.chased = t.now
	}
}

// expect plans when copies will have caught up as things are.
func (t *twin) expect(s *twinService) {
	l := s.ledger
	for k := range l.copies {
		clock, c := fmt.Sprintf("service %s chase %d", s.Name, k), &l.copies[k]
		t.callOff(clock)
		speed := c.takes
		if l.writing {
			speed--
		}
		at := math.Inf(1)
		if c.chasing && c.takes > 1 && speed > 0 {
			at = t.now + (l.written()-c.position)/speed
		}
		if c.chasing && s.state.Phase != model.Serving {
			at = min(at, t.nearEnough(s, c))
		}
		if at < math.Inf(1) {
			t.plan(at, 2, clock, func() { t.blameUnlessKnown(s.blame) })
		}
	}
}

// nearEnough is when a copy that catches up will lack no more than a candidate may of what is known to be written.
func (t *twin) nearEnough(s *twinService, c *twinCopy) float64 {
	l := s.ledger
	known, speed := l.sighted, c.takes
	if t.inSight(s) {
		if known = l.written(); l.writing {
			speed--
		}
	}
	if lacks := known - c.position - float64(l.Candidates.MaxLag); l.Candidates.MaxLag > 0 && lacks > grain && speed > 0 {
		return t.now + lacks/speed
	}
	return math.Inf(1)
}
