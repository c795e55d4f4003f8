package engine

import "github.com/ftsim/ftsim/model"

// This file is about what goes on while nothing is wrong: standbys that rot unnoticed and drills that
// find out (R16), how soon after a failover the next may follow (R19), and going back to where the
// service belongs (R20).

// preferred is the member to which a service fails back.
const preferred = int32(0)

// care is what is done for the standbys of a group.
type care struct {
	life, repair                      int32 // laws, or none
	seen                              float64
	drillEvery                        float64 // 0 = never
	first, n                          int32   // its members' rots
	primary                           int32   // at the start
	key                               uint64
	luck                              stream
	rotClock, drillClock, switchClock int32
	between, window                   float64
	most                              int32
	recent, newest                    int32 // its part of the runner's recent failovers, and the last written there
	ended                             float64
	failback                          bool
	after                             float64
	waiting                           bool // the clock for failing back runs
	due, drill                        bool
}

// rot is what is wrong with a standby.
type rot struct {
	hidden bool // and nobody knows
	known  bool // being repaired
	rang   bool
}

func (r *Runner) resetCare(run uint64) {
	copy(r.cares, r.p.cares)
	clear(r.rots)
	for i := range r.recent {
		r.recent[i] = negInf
	}
	for i := range r.cares {
		c := &r.cares[i]
		c.luck = streamOf(run, c.key)
		if c.drillEvery > 0 {
			r.clocks.lay(c.drillClock, c.drillEvery)
		}
		for k := int32(0); c.life != none && k < c.n; k++ {
			if k != c.primary {
				r.clocks.lay(c.rotClock+k, r.laws[c.life].draw(&c.luck, r.lend))
			}
		}
	}
}

// tend lets what has happened to the standbys take effect.
func (r *Runner) tend(g *group) {
	c := &r.cares[g.care]
	for k := int32(0); k < c.n; k++ {
		x := &r.rots[c.first+k]
		if !x.rang {
			continue
		}
		x.rang = false
		switch {
		case x.known:
			x.known = false
			r.standBy(g, c, k)
		case c.luck.uniform() < c.seen:
			r.mendRot(c, k)
		default:
			x.hidden = true
		}
	}
	if c.drill {
		c.drill = false
		r.clocks.arm(c.drillClock, r.now+c.drillEvery)
		for k := int32(0); k < c.n; k++ {
			if r.rots[c.first+k].hidden {
				r.mendRot(c, k)
			}
		}
	}
}

// standBy starts the time a sound standby stays so.
func (r *Runner) standBy(g *group, c *care, k int32) {
	if c.life != none && k != g.state.Primary {
		r.clocks.arm(c.rotClock+k, r.now+r.laws[c.life].draw(&c.luck, r.lend))
	}
}

// mendRot begins the repair of what is now known.
func (r *Runner) mendRot(c *care, k int32) {
	x := &r.rots[c.first+k]
	x.hidden, x.known = false, true
	delay := 0.0
	if c.repair != none {
		delay = r.laws[c.repair].draw(&c.luck, r.lend)
	}
	r.clocks.arm(c.rotClock+k, r.now+delay)
}

// warn completes a signal.
func (r *Runner) warn(g *group, sig *model.Signal) {
	c := &r.cares[g.care]
	sig.Broken = g.state.Candidate != none && r.rots[c.first+g.state.Candidate].hidden
	sig.Held = r.now < c.ended+c.between
	if c.most > 0 { // the oldest of the last few failovers is the one after the newest
		oldest := (c.newest + 1) % c.most
		sig.Held = sig.Held || r.now < r.recent[c.recent+oldest]+c.window
	}
}

// learn takes note of what a reaction has shown about the standbys. Who tries a broken one again by hand
// has mended it first.
func (r *Runner) learn(g *group, out *model.Reaction, before model.Phase, candidate, primary int32) {
	c := &r.cares[g.care]
	planned := r.signal.Kind == model.SwitchoverDue
	if planned {
		candidate = r.signal.Eligible
	}
	if r.signal.Broken && !out.Promote && (planned || before == model.Activation && r.signal.Kind == model.StepEnded) {
		if g.state.Candidate == candidate && g.state.Manual {
			r.rots[c.first+candidate].hidden = false
			r.standBy(g, c, candidate)
		} else {
			r.mendRot(c, candidate)
		}
	}
	if !out.Promote {
		return
	}
	if !planned {
		r.countFailover(c)
	}
	r.rots[c.first+g.state.Primary] = rot{}
	r.clocks.stop(c.rotClock + g.state.Primary)
	r.standBy(g, c, primary)
}

// countFailover takes note of one that may hold the next up (R19). Planned changes of roles are none: nothing was wrong.
func (r *Runner) countFailover(c *care) {
	c.ended = r.now
	if c.most > 0 {
		c.newest = (c.newest + 1) % c.most
		r.recent[c.recent+c.newest] = r.now
	}
}

// returnHome fails back if it is time to. If that does not work, the wait begins anew.
func (r *Runner) returnHome(i int32, g *group) {
	if !r.planFailback(g) {
		return
	}
	r.decide(i, g)
	if g.store != none {
		r.settleStore(g)
	}
	if r.cares[g.care].after > 0 {
		r.planFailback(g)
	}
}

// planFailback starts or stops the wait for the return to the preferred member; true if it is due now.
func (r *Runner) planFailback(g *group) bool {
	c := &r.cares[g.care]
	if !c.failback {
		return false
	}
	switch {
	case !r.homeReady(g):
		c.due = false
		if c.waiting {
			c.waiting = false
			r.clocks.stop(c.switchClock)
		}
	case c.due:
		return true
	case !c.waiting && c.after > 0:
		c.waiting = true
		r.clocks.arm(c.switchClock, r.now+c.after)
	case !c.waiting:
		c.due = true
		return true
	}
	return false
}

// homeReady tells whether a group could return to where it belongs.
func (r *Runner) homeReady(g *group) bool {
	return g.state.Primary != preferred && g.state.Phase == model.Serving && !g.lost && r.fit(g, preferred) &&
		!r.members[g.first+preferred].slow && r.caughtUp(g, preferred)
}

// caughtUp tells whether a copy has all there is, so that a planned change of roles loses nothing.
func (r *Runner) caughtUp(g *group, k int32) bool {
	return g.store == none || r.stores[g.store].mode == model.Unreplicated || r.copies[r.stores[g.store].first+k].following
}

// takeDue tells whether the planned return is due, once.
func (r *Runner) takeDue(g *group) bool {
	c := &r.cares[g.care]
	if !c.due {
		return false
	}
	c.due, c.waiting = false, false
	return !r.signal.Lost && r.homeReady(g)
}
