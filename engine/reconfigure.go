package engine

import (
	"math"

	"github.com/ftsim/ftsim/model"
)

// This file is about services whose members have to come to terms with the loss of one of them before any of
// them goes on (R24), and about what stands still while a service changes.

// halt is the state of a model.Reconfiguration.
type halt struct {
	takes, otherwise int32 // laws, or none
	success          float64
	clock            int32
	members          int32 // in service when last looked at, and those that planned work has taken out
	rang             bool
}

// halts lays out what the loss of a member takes, and what stands still meanwhile.
func (c *compiler) halts(from *model.Service, g *group) {
	p := c.p
	if x := from.Reconfiguration; x != nil && g.style == model.Shared && g.copies == 0 {
		g.halt = int32(len(p.halts))
		p.halts = append(p.halts, halt{takes: c.law(x.Takes), otherwise: c.law(x.Otherwise), success: x.Success, members: g.n})
	}
	if from.Meanwhile == model.AsEver {
		return
	}
	if p.still == nil {
		p.still = make([]model.Meanwhile, len(p.comps))
	}
	for _, m := range from.Members {
		p.still[m.Component] = max(p.still[m.Component], from.Meanwhile)
		p.still[m.Host] = max(p.still[m.Host], from.Meanwhile)
	}
}

// reconfigure stops a service that has lost a member until the others have come to terms with it. If too few
// are left for it to work, there is nothing to come to terms about: it goes on with who is repaired first.
func (r *Runner) reconfigure(i int32, g *group) {
	h := &r.halts[g.halt]
	members := g.up
	if g.detector != nil {
		members = g.rotation
	}
	lost := members+g.out < h.members
	h.members = members + g.out
	if h.rang {
		h.rang = false
		r.endHalt(i, g, h, model.Succeeded)
	}
	switch {
	case members < g.needed:
		r.endHalt(i, g, h, model.Abandoned)
	case lost:
		r.beginHalt(i, g, h)
	}
}

func (r *Runner) beginHalt(i int32, g *group, h *halt) {
	law, works := h.takes, h.success >= 1 || g.luck.uniform() < h.success
	if !works {
		law = h.otherwise
	}
	takes := 0.0
	if law != none {
		takes = r.laws[law].draw(&g.luck, r.lend)
	}
	if takes <= 0 {
		r.endHalt(i, g, h, model.Succeeded) // of an earlier one, if it was under way: this has taken its place
		return
	}
	if g.blame = r.blame; g.blame == none {
		g.blame = r.p.sys.ServiceElement(int(i))
	}
	g.halted = true
	r.clocks.arm(h.clock, r.now+takes)
	r.freeze(g)
	if g.record == none && !r.past {
		g.record = int32(len(r.out.Failovers))
		r.out.Failovers = append(r.out.Failovers, model.Failover{Service: i, Start: r.Now(), From: none, To: none, Initiator: g.blame})
	}
	if g.record != none && !works {
		r.out.Failovers[g.record].Failures++
	}
	r.tell(Note{Kind: PhaseEntered, Service: i, Member: none, Phase: model.Activation, Delay: model.Seconds(takes)})
}

func (r *Runner) endHalt(i int32, g *group, h *halt, result model.Result) {
	if !g.halted {
		return
	}
	g.halted = false
	r.clocks.stop(h.clock)
	r.freeze(g)
	if g.record != none {
		f := &r.out.Failovers[g.record]
		f.Result = result
		r.closeRecord(g, f)
		f.To = none
	}
	r.tell(Note{Kind: PhaseEntered, Service: i, Member: none, Phase: model.Serving})
}

// freeze has the components of a service stand still until the step of a change that is under way ends; if none
// is, they go on.
func (r *Runner) freeze(g *group) {
	if g.meanwhile == model.AsEver {
		return
	}
	until := r.changesUntil(g)
	for k := g.first; k < g.first+g.n; k++ {
		m := &r.members[k]
		r.standStill(m.component, until)
		if m.host != m.component {
			r.standStill(m.host, until)
		}
	}
}

// standStill has a component stand still until the given time; if that is past, only for as long as another of
// its services demands it.
func (r *Runner) standStill(i int32, until float64) {
	if until <= r.now && r.still[i] <= r.now {
		return
	}
	if until < r.still[i] {
		for k := range r.groups {
			if g := &r.groups[k]; g.meanwhile != model.AsEver && r.isMember(g, i) {
				until = max(until, r.changesUntil(g))
			}
		}
	}
	until = max(until, r.now)
	by := until - r.livesFrom(i)
	r.still[i] = until
	c := &r.comps[i]
	for k := int32(0); k < int32(c.modes); k++ {
		repair := int32(c.down) == k+1
		if at := r.clocks.at(c.mode + k); !math.IsInf(at, 1) && (!repair || r.p.still[i] == model.Frozen) {
			r.clocks.arm(c.mode+k, max(r.now, at+by))
		}
	}
}

func (r *Runner) isMember(g *group, i int32) bool {
	for k := g.first; k < g.first+g.n; k++ {
		if m := &r.members[k]; m.component == i || m.host == i {
			return true
		}
	}
	return false
}

// changesUntil is when the step of a change that is under way ends; 0 if none is.
func (r *Runner) changesUntil(g *group) float64 {
	at := 0.0
	switch {
	case g.style != model.Shared && g.state.Phase == model.Redirection && g.state.Tail: // only stragglers are left
	case g.style != model.Shared:
		at = r.clocks.at(g.stepClock)
	case g.halted:
		at = r.clocks.at(r.halts[g.halt].clock)
	}
	if math.IsInf(at, 1) {
		return 0
	}
	return at
}

// livesFrom is when the life of a component goes on: now, unless it stands still.
func (r *Runner) livesFrom(i int32) float64 {
	if r.still == nil {
		return r.now
	}
	return max(r.now, r.still[i])
}

// repairsFrom is the same of its repair.
func (r *Runner) repairsFrom(i int32) float64 {
	if r.still == nil || r.p.still[i] != model.Frozen {
		return r.now
	}
	return max(r.now, r.still[i])
}
