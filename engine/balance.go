package engine

import (
	"math"

	"github.com/ftsim/ftsim/model"
)

// This file says how requests spread over a rotation in which not everybody works (R24). Round-robin gives
// equal shares: a dead member swallows its own until it is noticed. Who prefers members with few open
// requests sends hardly any to one that hangs, and too many to one that refuses at once and so always
// looks idle; a slow one gets as much as it can do.

// rotation is who gets requests at a place.
type rotation struct {
	members  int32   // that work
	strength float64 // of those, in members at full capacity
	weight   float64 // of their shares
	answered float64 // of those shares, rightly
	refusing int32   // dead members that fail requests at once
	silent   int32   // dead members that let them wait
}

// sharedFrom is sharedValue for clients who cannot reach everybody, or of a group in which some members are
// neither well nor gone. A balancer knows whom it does not reach; a member that died unnoticed still gets
// its share.
func (r *Runner) sharedFrom(g *group, view int32, t float64) (cap, frac float64) {
	var x rotation
	for k := int32(0); k < g.n; k++ {
		m := &r.members[g.first+k]
		switch {
		case m.fallen, !r.reach.ok(view, m.site), g.detector != nil && !m.believed:
		case m.up:
			r.addWorking(g, m, t, &x)
		case g.detector == nil:
		case m.mode.Silent():
			x.silent++
		default:
			x.refusing++
		}
	}
	if x.members < g.needed || x.strength == 0 || g.restoring || g.halted {
		return 1, 0
	}
	cap = g.capacity(x.strength)
	if !g.leastLoaded {
		return cap, x.answered / (x.weight + float64(x.refusing+x.silent))
	}
	busy := min(1, g.demand/(x.strength*g.perReplica))
	return cap, x.answered / x.weight * (1 - attracted(x.refusing, x.members, busy))
}

func (r *Runner) addWorking(g *group, m *member, t float64, x *rotation) {
	answers, speed, weight := 1.0, 1.0, 1.0
	if m.slow {
		answers, speed = r.health(m)
		if g.leastLoaded {
			weight = speed
		}
	}
	x.members++
	x.strength += speed * g.warmth(m, t)
	x.weight += weight
	x.answered += weight * answers
}

// attracted is the share of requests that go to dead members which look idle, if each of the live ones is
// idle with probability 1 − busy and ties are broken evenly: E[dead/(dead + J)] with J binomial.
func attracted(dead, live int32, busy float64) float64 {
	if dead == 0 {
		return 0
	}
	idle := 1 - busy
	p := math.Pow(busy, float64(live)) // of nobody being idle
	if p < 1e-300 {
		return float64(dead) / (float64(dead) + float64(live)*idle)
	}
	sum := 0.0
	for j := int32(0); j <= live; j++ {
		sum += p * float64(dead) / float64(dead+j)
		p *= float64(live-j) / float64(j+1) * idle / busy
	}
	return sum
}

// uneven tells whether it matters which members of a group work, not only how many.
func (g *group) uneven() bool {
	return g.odd > 0 || g.leastLoaded && g.good < g.rotation && g.style == model.Shared
}
