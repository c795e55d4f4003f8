package engine

import "github.com/ftsim/ftsim/model"

func (r *Runner) resetCauses(run uint64) {
	for i := range r.causes {
		c := &r.causes[i]
		c.life, c.repair, c.chance = streamOf(run, c.key), streamOf(run, ^c.key), streamOf(run, c.key+1)
		if c.lifeLaw == none || c.once {
			continue
		}
		r.clocks.lay(c.clock, r.now+r.laws[c.lifeLaw].draw(&c.life, r.lend))
	}
}

func (r *Runner) ringCause(i int32) {
	c := &r.causes[i]
	if r.blame == none {
		r.blame = r.p.sys.CauseElement(int(i))
	}
	switch {
	case c.active:
		c.active = false
		r.release(i)
		r.armCause(i)
	case c.repairLaw == none:
		r.shock(i)
		r.armCause(i)
	default:
		c.active = true
		r.strike(i)
		r.clocks.arm(c.clock, after(r.now, r.laws[c.repairLaw].draw(&c.repair, r.lend)))
	}
}

// planOnce sets the clocks of what happens once, as observation begins.
func (r *Runner) planOnce() {
	for i := range r.causes {
		if c := &r.causes[i]; c.once {
			r.clocks.arm(c.clock, r.begin+r.laws[c.lifeLaw].draw(&c.life, r.lend))
		}
	}
}

// armCause sets the clock to the next event; a cascade waits for its next failure.
func (r *Runner) armCause(i int32) {
	c := &r.causes[i]
	if c.lifeLaw == none || c.once {
		r.clocks.stop(c.clock)
		return
	}
	r.clocks.arm(c.clock, r.now+r.laws[c.lifeLaw].draw(&c.life, r.lend))
}

// befall tells that a cause strikes, and draws whether it spoils data.
func (r *Runner) befall(i int32) {
	c, sys := &r.causes[i], &r.p.sys.Causes[i]
	r.tell(Note{Kind: CauseStruck, Component: i, Mode: sys.Mode})
	if sys.Spoils > 0 && c.chance.uniform() < sys.Spoils {
		r.spoilAll(i)
	}
}

// misses draws whether the cause leaves its next victim alone.
func (c *cause) misses(sys *model.CommonCause) bool {
	return sys.Probability < 1 && c.chance.uniform() >= sys.Probability
}

// strike holds the victims down until the cause ends; their own clocks go on (R1).
func (r *Runner) strike(i int32) {
	c, sys := &r.causes[i], &r.p.sys.Causes[i]
	r.befall(i)
	for k, v := range r.p.victims[i] {
		if c.misses(sys) {
			continue
		}
		r.hits[int(c.hit)+k] = true
		r.mode = sys.Mode
		r.block(v)
		if c := &r.comps[v]; c.data || c.shelters {
			r.struck(v, sys.Mode)
		}
	}
}

// release lets the victims go. After a power loss a machine may not come back (R7).
func (r *Runner) release(i int32) {
	c, sys := &r.causes[i], &r.p.sys.Causes[i]
	r.tell(Note{Kind: CauseEnded, Component: i})
	for k, v := range r.p.victims[i] {
		hit := &r.hits[int(c.hit)+k]
		if !*hit {
			continue
		}
		*hit = false
		if sys.Mode == model.PowerLoss {
			r.powerOn(c, v)
		}
		r.unblock(v)
	}
}

func (r *Runner) powerOn(c *cause, v int32) {
	chance := r.p.sys.Components[v].StartFailure
	if chance > 0 && len(r.p.sys.Components[v].Modes) > 0 && c.chance.uniform() < chance && r.comps[v].down == 0 {
		r.fail(r.comps[v].mode)
	}
}

// shock fails every victim that is up; each is then repaired by its own law.
func (r *Runner) shock(i int32) {
	c, sys := &r.causes[i], &r.p.sys.Causes[i]
	r.befall(i)
	for _, v := range r.p.victims[i] {
		if c.misses(sys) {
			continue
		}
		if id := r.modeFor(v, sys.Mode); id != none && (c.lifeLaw == none || !r.dormant(v)) {
			r.cure(v)
			if r.comps[v].down == 0 {
				r.fail(id)
			}
		}
	}
}

// modeFor is the mode of a component that a shock of the given kind puts it in: the one of that kind,
// else its first.
func (r *Runner) modeFor(v int32, kind model.FaultMode) int32 {
	c := &r.comps[v]
	for k := int32(0); k < int32(c.modes); k++ {
		if r.modes[c.mode+k].kind == kind {
			return c.mode + k
		}
	}
	if len(r.p.sys.Components[v].Modes) == 0 {
		return none
	}
	return c.mode
}

// dormant tells whether a component is off, waiting to be needed.
func (r *Runner) dormant(v int32) bool {
	a := r.comps[v].ageing
	return a != none && r.rates[a] == 0
}
