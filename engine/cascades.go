package engine

import "math"

// This file is about failures that cause others: a common cause that is set off by the failure of a
// component instead of happening by itself.

// setOff starts what the failure of component i sets off. A cascade that is under way already is not
// started again.
func (r *Runner) setOff(i int32) {
	for k := range r.causes {
		c, sys := &r.causes[k], &r.p.sys.Causes[k]
		if sys.SetOff == nil || sys.SetOff.Component != i || c.active || !math.IsInf(r.clocks.at(c.clock), 1) {
			continue
		}
		r.clocks.arm(c.clock, r.now+r.sample(sys.SetOff.Delay, &c.life))
	}
}
