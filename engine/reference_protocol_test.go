package engine

import (
	"math/rand/v2"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// This file draws what surrounds a decision for the naive twin: who must consent, what stops an old primary,
// what goes wrong with standbys, and who is there to be paged.

// protocol completes a system after everything else about it has been drawn.
func (m *maker) protocol(seed uint64) {
	m.r = rand.New(rand.NewPCG(seed, 79))
	if m.chance(3) {
		return
	}
	for i := range m.sys.Services {
		s := &m.sys.Services[i]
		if p, ok := s.Policy.(*policies.ActivePassive); ok {
			m.coordinate(s, int32(i))
			m.fence(s, p)
			m.care(s, p)
		}
		if s.Detector != nil && m.chance(3) {
			s.FalseAlarms = m.law(model.Day)
		}
	}
	m.people()
}

// coordinate has a service consent to what another does.
func (m *maker) coordinate(s *model.Service, i int32) {
	var free []int32 // to do so
	for k := range i {
		if !m.sys.Services[k].Coordinated {
			free = append(free, k)
		}
	}
	if len(free) == 0 || m.chance(3) {
		return
	}
	s.Coordinated, s.Coordinator = true, of(m, free...)
	if s.Detector != nil && m.chance(2) {
		s.Observer = model.ByCoordinator
	}
}

// fence draws what stops an old primary.
func (m *maker) fence(s *model.Service, p *policies.ActivePassive) {
	f := model.Fence{Kind: model.FenceKind(m.r.IntN(int(model.NumFenceKinds)))}
	switch f.Kind {
	case model.LeaseFencing:
		if !s.Coordinated {
			return
		}
		f.Failsafe = m.chance(3)
		fallthrough
	case model.MinReplicas, model.ConsensusFencing:
		f.Failure, f.Within = of(m, 0, 0, 0.3), of[model.Distribution](m, nil, m.law(15))
	case model.Stonith:
		p.Stonith = &policies.Stonith{Takes: m.law(8), Success: of(m, 1, 0.6, 0), Timeout: 60, Attempts: 1 + m.r.IntN(3)}
	}
	s.Fence = f
}

// care draws what happens to standbys, and how soon a machine may act again.
func (m *maker) care(s *model.Service, p *policies.ActivePassive) {
	if m.chance(2) {
		s.Rot = model.Rot{Life: m.life(3 * model.Day), Seen: of(m, 0, 0.5, 1), Repair: of[model.Distribution](m, nil, m.law(model.Hour)), DrillEvery: of(m, 0, model.Day, 7*model.Hour)}
	}
	if m.chance(3) {
		s.HoldDown = of(m, model.HoldDown{Between: model.Day}, model.HoldDown{Most: 2, Window: 2 * model.Day}, model.HoldDown{Between: model.Hour, Most: 1, Window: model.Day})
	}
	if m.chance(2) {
		s.Failback, s.FailbackAfter, p.Switchover = true, of[model.Seconds](m, 0, 600), of[model.Distribution](m, nil, m.law(10))
		if p.Success*(1-p.StartFailure) < 1 && s.FailbackAfter == 0 { // else it is tried again at once, or whenever anything happens
			p.Switchover = m.law(10)
		}
	}
	if m.chance(3) {
		p.LateShare, p.LateUntil = 0.2, m.law(600)
	}
	switch m.r.IntN(5) {
	case 0:
		p.GivesUp = true
	case 1:
		p.RetryAfter = 300
	}
}

// people are few, or keep hours.
func (m *maker) people() {
	if m.chance(2) {
		m.sys.People.Staff = 1 + m.r.IntN(2)
	}
	if m.chance(2) {
		m.sys.People.Office = model.Office{Kept: true, Days: [7]bool{true, true, false, true}, From: 9 * model.Hour, To: 17 * model.Hour}
		for i := range m.sys.Services {
			if p, ok := m.sys.Services[i].Policy.(*policies.ActivePassive); ok {
				p.Human.Night = m.law(1500)
			}
		}
	}
}
