package engine

import (
	"math/rand/v2"

	"github.com/ftsim/ftsim/model"
)

// This file is about what takes time to come back after what it requires has: machines that boot,
// processes that start. To be starting is one more mode of such a component, which nothing but the loss
// of a requirement puts it into; its other modes do not age meanwhile.

// addStart adds the mode of starting to a component.
func (c *compiler) addStart(i int32, from *model.Component) {
	p := c.p
	x := &p.comps[i]
	p.modes = append(p.modes, process{component: i, lifeLaw: c.law(impossible{}), repairLaw: c.law(from.StartsIn),
		kind: model.Crash, index: x.modes})
	p.modeKeys = append(p.modeKeys, nameKey(from.Name+" start", forLife))
	x.modes++
	x.starts, p.pauses = true, true
}

// powerOff stops a component that has just lost something it requires. A repair that is under way is
// dropped: to start is what it takes then.
func (r *Runner) powerOff(c *component) {
	switch {
	case c.down == 0:
		r.freezeOthers(c, c.modes-1)
		c.blocks++
	case c.down < c.modes:
		id := c.mode + int32(c.down) - 1
		m := &r.modes[id]
		switch {
		case c.mute:
			c.mute = false
			r.mutes--
		case (r.line != nil || r.shelfLine != nil) && r.hiddenFault(m.component) == none:
			r.dropRepair(id, m)
		}
		r.clocks.stop(id)
		r.left[id] = r.nextLife(id, &r.modes[id])
	}
	c.down = c.modes
	r.clocks.stop(c.mode + int32(c.modes) - 1)
}

// powerUp begins to start a component that has everything it requires again.
func (r *Runner) powerUp(c *component) {
	if c.blocks > 1 {
		return
	}
	id := c.mode + int32(c.modes) - 1
	m := &r.modes[id]
	r.clocks.arm(id, r.repairsFrom(m.component)+r.laws[m.repairLaw].draw(&m.repair, r.lend))
}

// isStart tells whether a mode is that of starting, which takes no crew.
func (r *Runner) isStart(m *mode) bool {
	c := &r.comps[m.component]
	return c.starts && m.index == c.modes-1
}

// impossible is the law of what does not happen by itself.
type impossible struct{}

func (impossible) Sample(*rand.Rand) model.Seconds                  { return model.Never }
func (impossible) Mean() model.Seconds                              { return model.Never }
func (impossible) Survival(model.Seconds) float64                   { return 1 }
func (impossible) Quantile(float64) model.Seconds                   { return model.Never }
func (impossible) String() string                                   { return "never" }
func (impossible) Residual(model.Seconds, *rand.Rand) model.Seconds { return model.Never }
