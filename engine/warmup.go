package engine

import "math"

// This file is about members that begin to serve: their capacity grows over a while.

// startWarmUp lets the capacity of a member that begins to serve grow.
func (r *Runner) startWarmUp(g *group, k int32) {
	if g.warmRamp == 0 {
		return
	}
	m := &r.members[g.first+k]
	m.warmFrom = r.now
	r.checkWarmUp(g)
}

// checkWarmUp counts the members that are warming up and sets the clock to the first that will be done.
func (r *Runner) checkWarmUp(g *group) {
	g.warming = 0
	first := math.Inf(1)
	for k := int32(0); k < g.n; k++ {
		m := &r.members[g.first+k]
		switch {
		case m.warmFrom+g.warmRamp > r.now:
			g.warming++
			first = min(first, m.warmFrom+g.warmRamp)
		default:
			m.warmFrom = negInf
		}
	}
	r.clocks.arm(g.warmClock, first)
}

// warmth is the share of its capacity a member has at time t.
func (g *group) warmth(m *member, t float64) float64 {
	if g.warming == 0 {
		return 1
	}
	return min(1, g.warmAt+(1-g.warmAt)*(t-m.warmFrom)/g.warmRamp)
}
