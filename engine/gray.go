package engine

import "github.com/ftsim/ftsim/model"

// This file is about what is slow: it is up and keeps its heartbeats, answers some requests wrongly and the
// rest with less capacity, and who looks at it may or may not notice (SEMANTICS 2.2).

// ail tells the members that run on component i that it has become slow, or has recovered.
func (r *Runner) ail(i int32) {
	c := &r.comps[i]
	if c.sole != manyFans {
		r.ailing(fan{c.fan, c.sole})
		return
	}
	for _, f := range r.p.fans[c.fan:c.end] {
		r.ailing(f)
	}
}

func (r *Runner) ailing(f fan) {
	switch f.kind {
	case toComponent:
		r.ail(f.to)
	case toMember:
		r.memberAils(f.to)
	}
}

func (r *Runner) memberAils(i int32) {
	m := &r.members[i]
	g := &r.groups[m.service]
	slow := r.slowness(m.component) != nil || r.slowness(m.host) != nil
	if slow != m.slow {
		m.slow = slow
		if slow {
			g.odd++
		} else {
			g.odd--
		}
	}
	g.rescan = true
	r.touch(m.service)
}

// slowness is the mode by which a component is slow, or nil.
func (r *Runner) slowness(i int32) *model.Mode {
	c := &r.comps[i]
	modes := r.p.sys.Components[i].Modes
	if k := int(c.down) - 1; k >= 0 && k < len(modes) && modes[k].Kind == model.Slow {
		return &modes[k]
	}
	return nil
}

// health is the share of its requests that a member answers rightly, and the share of its capacity it has.
func (r *Runner) health(m *member) (answers, speed float64) {
	answers, speed = 1, 1
	if s := r.slowness(m.component); s != nil {
		answers, speed = 1-s.Errors, s.Capacity
	}
	if s := r.slowness(m.host); s != nil && m.host != m.component {
		answers, speed = answers*(1-s.Errors), speed*s.Capacity
	}
	return answers, speed
}

// canAil tells whether a member may become slow.
func canAil(sys *model.System, m model.Member) bool {
	for _, i := range [...]int32{m.Component, m.Host} {
		for k := range sys.Components[i].Modes {
			if sys.Components[i].Modes[k].Kind == model.Slow {
				return true
			}
		}
	}
	return false
}

// cure ends a slowness by restarting what is slow: whatever strikes it next strikes it sound.
func (r *Runner) cure(i int32) {
	if r.slowness(i) != nil {
		c := &r.comps[i]
		r.mend(c.mode + int32(c.down) - 1)
	}
}
