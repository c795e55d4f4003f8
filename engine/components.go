package engine

import "github.com/ftsim/ftsim/model"

// This file is floor 1: what broke, what was repaired (R1, R5–R8).

// resetModes starts every failure clock with a first life.
func (r *Runner) resetModes(run uint64) {
	for i := range r.modes {
		m := &r.modes[i]
		key := r.p.modeKeys[i]
		m.life, m.repair = streamOf(run, key), streamOf(run, ^key)
		t := r.laws[m.lifeLaw].draw(&m.life, r.lend)
		if m.keepsAge {
			r.ages[i] = t
		}
		r.layLife(int32(i), m, t)
	}
}

func (r *Runner) layLife(id int32, m *mode, t float64) {
	c := &r.comps[m.component]
	if c.ageing == none {
		r.clocks.lay(id, r.now+t)
		return
	}
	r.left[id] = t
	if rate := r.rates[c.ageing]; rate > 0 {
		r.clocks.lay(id, r.now+t/rate)
	}
}

func (r *Runner) ringMode(id int32) {
	m := &r.modes[id]
	if r.comps[m.component].down == 0 {
		r.fail(id)
		return
	}
	if r.comps[m.component].rebuilt && r.tears(id, m) {
		return
	}
	r.mend(id)
}

// fail takes a component down in the given mode and starts its repair.
func (r *Runner) fail(id int32) {
	m := &r.modes[id]
	c := &r.comps[m.component]
	if m.keepsAge { // a shock or a power loss comes before its time; rounding must not make it younger than new
		r.ages[id] = max(0, r.ages[id]-r.remaining(id, m, c))
	}
	c.down = m.index + 1
	if c.modes > 1 {
		r.freezeOthers(c, m.index)
	}
	if r.p.stressOf != nil && m.kind != model.Slow {
		r.burden(m.component, true)
	}
	switch {
	case m.hidden:
		r.hiddenSince[m.component] = r.now
		r.clocks.stop(id)
	case m.repairLaw == none:
		r.clocks.stop(id)
	case m.kind == model.Hang && r.watched(m.component):
		c.mute = true
		r.mutes++
		r.clocks.stop(id)
	default:
		r.startRepair(id, m)
	}
	if r.p.agedTask != nil && !m.hidden {
		r.ageless(m.component)
	}
	if r.blame == none {
		r.blame = m.component
	}
	r.mode = m.kind
	if r.note != nil {
		r.tell(Note{Kind: ComponentFailed, Component: m.component, Mode: m.kind})
	}
	if m.kind == model.Slow {
		r.ail(m.component)
		return
	}
	if c.sets {
		r.setOff(m.component)
	}
	c.blocks++
	if c.blocks == 1 {
		r.spread(c, false)
	}
	if c.data || c.shelters {
		r.struck(m.component, m.kind)
	}
}

// mend brings a component back and starts the next life of the mode that failed; its other modes go on
// where they stopped.
func (r *Runner) mend(id int32) {
	m := &r.modes[id]
	c := &r.comps[m.component]
	c.down, c.mute = 0, false
	if r.line != nil || r.shelfLine != nil {
		r.dropRepair(id, m)
	}
	if c.ageing == none && !m.keepsAge {
		r.clocks.arm(id, r.livesFrom(m.component)+r.laws[m.lifeLaw].draw(&m.life, r.lend))
	} else {
		r.armLife(id, m, c, r.nextLife(id, m))
	}
	if c.modes > 1 {
		r.thawOthers(c, m.index)
	}
	if r.p.stressOf != nil {
		r.burden(m.component, false)
	}
	if r.p.agedTask != nil {
		r.asNew(m.component)
	}
	if r.blame == none {
		r.blame = m.component
	}
	if r.note != nil {
		r.tell(Note{Kind: ComponentRepaired, Component: m.component, Mode: m.kind})
	}
	if m.kind == model.Slow {
		r.ail(m.component)
		return
	}
	c.blocks--
	if c.blocks == 0 {
		r.spread(c, true)
	}
}

// nextLife draws a new life, or what remains of one if the repair left the age as it was (R8).
func (r *Runner) nextLife(id int32, m *mode) float64 {
	l := &r.laws[m.lifeLaw]
	if !m.keepsAge {
		return l.draw(&m.life, r.lend)
	}
	t := float64(l.from.(model.Residual).Residual(model.Seconds(r.ages[id]), r.lend.rand(&m.life)))
	r.lend.giveBack()
	r.ages[id] += t
	return t
}

// armLife sets the clock of a mode that has t to live, at the rate its component ages (2.6).
func (r *Runner) armLife(id int32, m *mode, c *component, t float64) {
	if c.ageing == none {
		r.clocks.arm(id, r.livesFrom(m.component)+t)
		return
	}
	rate := r.rates[c.ageing]
	if rate == 0 {
		r.left[id] = t
		r.clocks.stop(id)
		return
	}
	r.clocks.arm(id, r.livesFrom(m.component)+t/rate)
}

// remaining is what is left of the life of a mode whose component is up.
func (r *Runner) remaining(id int32, m *mode, c *component) float64 {
	if c.ageing == none {
		return r.clocks.at(id) - r.livesFrom(m.component)
	}
	if rate := r.rates[c.ageing]; rate > 0 {
		return (r.clocks.at(id) - r.livesFrom(m.component)) * rate
	}
	return r.left[id]
}

func (r *Runner) freezeOthers(c *component, except uint8) {
	for k := uint8(0); k < c.modes; k++ {
		if k != except {
			id := c.mode + int32(k)
			m := &r.modes[id]
			r.left[id] = r.remaining(id, m, c)
			r.clocks.stop(id)
		}
	}
}

func (r *Runner) thawOthers(c *component, except uint8) {
	for k := uint8(0); k < c.modes; k++ {
		if k != except {
			id := c.mode + int32(k)
			m := &r.modes[id]
			r.armLife(id, m, c, r.left[id])
		}
	}
}

// age changes how fast a component ages.
func (r *Runner) age(i int32, rate float64) {
	c := &r.comps[i]
	if c.ageing == none || r.rates[c.ageing] == rate {
		return
	}
	if c.down != 0 { // the clocks are frozen or in repair
		r.rates[c.ageing] = rate
		return
	}
	for k := int32(0); k < int32(c.modes); k++ {
		id := c.mode + k
		r.left[id] = r.remaining(id, &r.modes[id], c)
	}
	r.rates[c.ageing] = rate
	for k := int32(0); k < int32(c.modes); k++ {
		id := c.mode + k
		r.armLife(id, &r.modes[id], c, r.left[id])
	}
}

// notice starts the repair of whatever hung unnoticed among a component and what it requires.
func (r *Runner) notice(i int32) {
	if r.mutes == 0 {
		return
	}
	if c := &r.comps[i]; c.mute {
		c.mute = false
		r.mutes--
		id := c.mode + int32(c.down) - 1
		m := &r.modes[id]
		r.startRepair(id, m)
	}
	if n := r.p.sys.Components[i].Requires; n != nil {
		r.noticeAll(n)
	}
}

func (r *Runner) noticeAll(n *model.Need) {
	if len(n.Of) == 0 {
		r.notice(n.Ref)
	}
	for k := range n.Of {
		r.noticeAll(&n.Of[k])
	}
}

func (r *Runner) block(i int32) {
	c := &r.comps[i]
	c.blocks++
	if c.blocks == 1 {
		r.spread(c, false)
	}
	if c.starts {
		r.cure(i)
		r.powerOff(c)
		r.stopped(i)
	}
}

func (r *Runner) unblock(i int32) {
	c := &r.comps[i]
	c.blocks--
	if c.starts {
		r.powerUp(c)
	}
	if c.blocks == 0 {
		r.spread(c, true)
	}
}

// spread tells everything that depends on a component that it has become (un)available.
func (r *Runner) spread(c *component, up bool) {
	switch c.sole {
	case toCount:
		r.countChanged(&r.groups[c.fan], c.fan, up)
	case toMember:
		r.memberChanged(c.fan, up)
	case manyFans:
		for _, f := range r.p.fans[c.fan:c.end] {
			r.pass(f, up)
		}
	default:
		r.pass(fan{c.fan, c.sole}, up)
	}
}

// pass tells one thing. Whatever runs on a thing that fails just falls silent, so a crash below is not
// seen as a crash above.
func (r *Runner) pass(f fan, up bool) {
	switch f.kind {
	case toCount:
		r.countChanged(&r.groups[f.to], f.to, up)
	case toMember:
		r.memberChanged(f.to, up)
	case toNetwork:
		r.netDirty = true
		r.reach.toggle(f.to)
	default:
		mode := r.mode
		if mode == model.Crash {
			r.mode = model.OSCrash
		}
		if f.kind == toMedia && !up {
			r.loseMedia(f.to)
		}
		if f.kind == toGate {
			r.shift(f.to, up)
		} else if up {
			r.unblock(f.to)
		} else {
			r.block(f.to)
		}
		r.mode = mode
	}
}

// shift moves one input of a gate.
func (r *Runner) shift(i int32, up bool) {
	g := &r.gates[i]
	before := g.up >= g.need
	if up {
		g.up++
	} else {
		g.up--
	}
	after := g.up >= g.need
	switch {
	case before == after:
	case g.nested:
		r.shift(g.target, after)
	case after:
		r.unblock(g.target)
	default:
		if g.media {
			r.loseMedia(g.target)
		}
		r.block(g.target)
	}
}

// memberChanged takes note that a replica has become available or not.
func (r *Runner) memberChanged(i int32, up bool) {
	m := &r.members[i]
	g := &r.groups[m.service]
	m.up = up
	if !up {
		m.mode = r.mode
		if m.dim { // that it is gone is something else to notice
			m.dim, m.seen = false, m.believed
			if g.style == model.Shared || g.first+g.state.Primary == i {
				r.clocks.stop(g.watchOf(i - g.first))
			}
		}
	}
	r.countChanged(g, m.service, up)
	if g.calm && g.first+g.state.Primary != i {
		return // a standby that comes or goes while nobody needs it
	}
	g.calm = false
	if g.looks {
		g.recount(m, up)
		r.changed = append(r.changed, i)
	}
	r.touch(m.service)
	g.rescan = g.rescan || g.observer == model.ByPeers // who looks has changed for the others
}

// countChanged counts the available members of a group. In the commonest groups only the crossing of
// the line that matters has consequences.
func (r *Runner) countChanged(g *group, i int32, up bool) {
	most := g.up // before or after, whichever is more
	if up {
		most++
		g.up = most
		if most == g.n {
			r.endExposure(i, g)
		}
	} else {
		g.up = most - 1
		if most == g.n {
			g.exposed = r.now
		}
	}
	if most == g.needed {
		r.touch(i)
	}
}

// endExposure books the time for which a service had less redundancy than designed.
func (r *Runner) endExposure(i int32, g *group) {
	if !r.past {
		r.out.Exposure[i] += model.Seconds(r.now - g.exposed)
	}
}
