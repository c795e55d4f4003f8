package engine

import (
	"math"

	"github.com/ftsim/ftsim/model"
)

// This file is about groups that break under too much load (R24). Utilisation by first tries above what
// members stand, for long enough, makes one fail after the other, while who is not served tries again.
// Those that have failed take no requests, whatever becomes of their components, until the state ends: when
// all that is up could serve what is offered, tries included, or when a human sheds what is too much. Then
// all of them serve at once, but for a warm-up.

// strain is what load does to a group.
type strain struct {
	above, retry float64
	after        float64
	step         int32 // law
	human        model.Responder
	clock        int32 // until the collapse begins, then until the next member fails
	shedClock    int32
	stage        stage
	rang, shed   bool
	armed        bool
}

type stage uint8

const (
	calm     stage = iota
	strained       // too much, but not for long enough
	collapsed
	shedding // a human keeps the load at what can be served
)

// strength is how many members at full capacity those in the rotation amount to: all that are up, and those
// of them that load has not broken. Warming members count in full: they soon will be.
func (r *Runner) strength(g *group) (able, live float64) {
	if g.style != model.Shared {
		return 1, 1
	}
	if g.odd == 0 {
		n := g.up
		if g.detector != nil {
			n = g.good
		}
		return float64(n), float64(n)
	}
	for k := int32(0); k < g.n; k++ {
		m := &r.members[g.first+k]
		if !m.up || g.detector != nil && !m.believed {
			continue
		}
		speed := 1.0
		if m.slow {
			_, speed = r.health(m)
		}
		able += speed
		if !m.fallen {
			live += speed
		}
	}
	return able, live
}

// bear looks at the load of a group and what has become of it.
func (r *Runner) bear(i int32, g *group) {
	s := &r.strains[g.strain]
	rang, shed := s.rang, s.shed
	s.rang, s.shed = false, false
	able, live := r.strength(g)
	switch {
	case s.stage == collapsed:
		r.lie(g, s, able, live, rang, shed)
	case able > 0 && g.demand <= able*g.perReplica:
		r.rest(s)
	case s.stage == shedding:
	case able == 0, g.demand <= s.above*able*g.perReplica:
		r.rest(s)
	case s.stage == calm && s.after > 0:
		s.stage = strained
		r.clocks.arm(s.clock, r.now+s.after)
	case s.stage == calm || rang:
		r.collapse(i, g, s)
	}
}

// rest calls off what had begun.
func (r *Runner) rest(s *strain) {
	if s.stage != calm {
		s.stage = calm
		r.clocks.stop(s.clock)
	}
}

// collapse begins: the first member will fail, and somebody is paged.
func (r *Runner) collapse(i int32, g *group, s *strain) {
	s.stage, g.collapsed = collapsed, true
	r.clocks.arm(s.clock, r.now+r.laws[s.step].draw(&g.luck, r.lend))
	s.armed = true
	if s.human != nil {
		work := s.human.Sample(r.lend.rand(&g.luck), r.night())
		r.lend.giveBack()
		r.clocks.arm(s.shedClock, r.now+r.page(g, float64(work)))
	}
	if r.note != nil {
		r.tell(Note{Kind: PhaseEntered, Service: i, Member: none, Phase: model.Overload})
	}
}

// lie is what goes on while a group has collapsed.
func (r *Runner) lie(g *group, s *strain, able, live float64, rang, shed bool) {
	capacity, answered := r.value(g, none, math.Inf(1)) // warm, as strength is
	offered := g.demand * (1 + s.retry*(1-capacity*answered))
	switch {
	case able*g.perReplica >= offered, shed && able*g.perReplica >= g.demand:
		r.recoverFrom(g, s, calm)
		return
	case shed:
		r.recoverFrom(g, s, shedding)
		return
	case rang:
		s.armed = false
		if live = r.topple(g, live); live <= 0 {
			return
		}
	}
	if live > 0 && !s.armed {
		s.armed = true
		r.clocks.arm(s.clock, r.now+r.laws[s.step].draw(&g.luck, r.lend))
	}
}

// topple breaks one of the members that serve, each as likely as the others, and returns what is left of
// their strength.
func (r *Runner) topple(g *group, live float64) float64 {
	serving := 0
	for k := int32(0); k < g.n; k++ {
		if g.serving(&r.members[g.first+k]) {
			serving++
		}
	}
	if serving == 0 {
		return live
	}
	victim := int(g.luck.uniform() * float64(serving))
	for k := int32(0); k < g.n; k++ {
		m := &r.members[g.first+k]
		if !g.serving(m) {
			continue
		}
		if victim--; victim < 0 {
			m.fallen = true
			g.odd++
			break
		}
	}
	_, live = r.strength(g)
	return live
}

// serving tells whether a member is in the rotation and works.
func (g *group) serving(m *member) bool {
	return m.up && !m.fallen && (g.detector == nil || m.believed)
}

// recoverFrom has all members that load had broken serve again.
func (r *Runner) recoverFrom(g *group, s *strain, to stage) {
	s.stage, s.armed, g.collapsed = to, false, false
	r.clocks.stop(s.clock)
	r.clocks.stop(s.shedClock)
	r.dismiss(g)
	for k := int32(0); k < g.n; k++ {
		if m := &r.members[g.first+k]; m.fallen {
			m.fallen = false
			g.odd--
			if m.up {
				r.startWarmUp(g, k)
			}
		}
	}
	if r.note != nil {
		r.tell(Note{Kind: PhaseEntered, Service: r.members[g.first].service, Member: none, Phase: model.Serving})
	}
}
