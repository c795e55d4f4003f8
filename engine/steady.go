package engine

import (
	"math"
	"sort"

	"github.com/ftsim/ftsim/model"
)

// A steady-state start puts every failure process into its long-run state: down with the long-run
// probability, with what remains of a life or repair drawn from the equilibrium law, whose density is
// Survival(t)/Mean (Cox, Renewal Theory, 1962). Roles, beliefs and data are then left to settle for a
// multiple of the longest repair before observation starts.

const settlingRepairs = 10

// WarmUp is how long every replication with a steady-state start runs before it is observed.
func (p *Program) WarmUp() model.Seconds { return model.Seconds(p.settling()) }

// settling is how long a program is left to settle, in seconds.
func (p *Program) settling() float64 {
	longest := float64(model.Hour)
	take := func(l int32) {
		if l != none {
			if mean := float64(p.laws[l].from.Mean()); !math.IsInf(mean, 1) {
				longest = max(longest, mean)
			}
		}
	}
	for i := range p.modes {
		take(p.modes[i].repairLaw)
	}
	for i := range p.causes {
		take(p.causes[i].repairLaw)
	}
	for i := range p.stocks {
		take(p.stocks[i].lead)
	}
	for i := range p.stores { // one that all is served in matters to nobody but who counts suspect data
		if x := &p.stores[i].merger; x.from != nil && x.from.Serves != model.ServesAll {
			take(x.takes)
		}
	}
	for i := range p.upkeeps { // a few rounds
		longest = max(longest, float64(p.laws[p.upkeeps[i].every].from.Mean())*3/settlingRepairs)
	}
	if len(p.upkeeps) > 0 { // observation begins on a Monday
		return math.Ceil(settlingRepairs*longest/float64(model.Week)) * float64(model.Week)
	}
	if p.demand.varies() { // observation begins at midnight too
		return math.Ceil(settlingRepairs*longest/float64(model.Day)) * float64(model.Day)
	}
	return settlingRepairs * longest
}

// warmUp takes a replication that has been reset to its steady state and starts observation there.
func (r *Runner) warmUp(run uint64) {
	note := r.note
	r.note = nil
	if r.eq == nil {
		r.eq = make([]*equilibrium, len(r.laws))
	}
	first := none // by name, of what is down at the start: what follows is put down to it
	for k := range r.comps {
		i := int32(k)
		if r.p.sorted != nil { // who waits for a crew or a part first, fails before its host does, or is the disk with which a set is lost, is no matter of a file's order
			i = r.p.sorted[k]
		}
		r.blame = none
		if r.drawState(run, i); r.blame != none && (first == none || r.nameOf(r.blame) < r.nameOf(first)) {
			first = r.blame
		}
	}
	r.blame = first
	for i := range r.causes {
		r.drawCause(int32(i))
	}
	r.settle()
	r.end = r.p.settling()
	for {
		if _, t := r.clocks.next(); t > r.end {
			break
		}
		r.Step()
	}
	r.note = note
	r.observeFrom(r.end)
}

func (r *Runner) nameOf(component int32) string { return r.p.sys.Components[component].Name }

// drawState puts one component into its long-run state.
func (r *Runner) drawState(run uint64, i int32) {
	c := &r.comps[i]
	if c.modes == 0 || c.down != 0 || r.dormant(i) {
		return
	}
	s := streamOf(run, r.p.modeKeys[c.mode]+2)
	u, sum := s.uniform(), 1.0
	for k := int32(0); k < int32(c.modes); k++ {
		sum += r.load(c.mode + k)
	}
	for k := int32(0); k < int32(c.modes); k++ {
		id := c.mode + k
		m := &r.modes[id]
		if !m.keepsAge {
			r.armLife(id, m, c, r.equilibriumOf(m.lifeLaw).draw(&s))
		}
	}
	for k := int32(0); k < int32(c.modes); k++ {
		id := c.mode + k
		if u -= r.load(id) / sum; u < 0 {
			r.fail(id)
			if !c.mute && !r.waiting(id) && !r.lacksPart(id) && !r.modes[id].hidden {
				r.clocks.arm(id, r.repairsFrom(i)+r.equilibriumOf(r.modes[id].repairLaw).draw(&s))
			}
			return
		}
	}
}

// load is the mean repair of a mode over its mean life, 0 if it is never repaired.
func (r *Runner) load(id int32) float64 {
	m := &r.modes[id]
	if m.repairLaw == none {
		return 0
	}
	return float64(r.laws[m.repairLaw].from.Mean() / r.laws[m.lifeLaw].from.Mean())
}

func (r *Runner) drawCause(i int32) {
	c := &r.causes[i]
	if c.lifeLaw == none || c.once {
		return
	}
	r.clocks.arm(c.clock, r.now+r.equilibriumOf(c.lifeLaw).draw(&c.life))
	if c.repairLaw == none {
		return
	}
	life, repair := r.laws[c.lifeLaw].from.Mean(), r.laws[c.repairLaw].from.Mean()
	if c.life.uniform() < float64(repair/(life+repair)) {
		c.active = true
		r.strike(i)
		r.clocks.arm(c.clock, r.now+r.equilibriumOf(c.repairLaw).draw(&c.repair))
	}
}

// observeFrom forgets what has been observed and starts observation at t.
func (r *Runner) observeFrom(t float64) {
	r.now, r.begin = t, t
	if r.ramps > 0 {
		r.followRamps()
	}
	out := r.out
	var running []model.Outage
	for j := range r.jour {
		jo := &r.jour[j]
		jo.last = t
		if jo.outage != none {
			o := out.Outages[jo.outage]
			jo.outage = int32(len(running))
			at := model.Outage{Journey: o.Journey, Initiator: o.Initiator}
			if jo.phase == model.Detection {
				at.Detected = model.Never
			}
			running = append(running, at)
		}
	}
	var changing []model.Failover
	for i := range r.groups {
		g := &r.groups[i]
		g.exposed = t // of a group at full strength it is set when it matters
		if g.record != none {
			f := out.Failovers[g.record]
			f.Start = 0
			g.record = int32(len(changing))
			changing = append(changing, f)
		}
	}
	r.forgetRemains()
	r.resetOutcome(out.Replication)
	for i := range r.stores {
		if x := &r.stores[i].merger; x.busy {
			x.since = t
		}
	}
	out.Outages = append(out.Outages, running...)
	out.Failovers = append(out.Failovers, changing...)
}

// equilibrium is the law of what remains of a duration at a random instant of it.
type equilibrium struct {
	never       bool      // it has no end
	exponential float64   // mean, if the law is memoryless
	sum         []float64 // cumulated integral of the survival function at the points of at
	at          []float64
}

// Long durations are met out of proportion to their number, so cells get narrower towards the far tail:
// 512 of equal probability up to the median, then 32 each time the survival halves, down to 2⁻⁵⁰.
const (
	bodyCells = 512
	halving   = 32
	halvings  = 50
	cellParts = 4 // of a cell, for its integral
)

func (r *Runner) equilibriumOf(l int32) *equilibrium {
	if r.eq[l] == nil {
		r.eq[l] = makeEquilibrium(&r.laws[l])
	}
	return r.eq[l]
}

func makeEquilibrium(l *law) *equilibrium {
	if l.kind == exponentialLaw {
		return &equilibrium{exponential: l.mean}
	}
	if math.IsInf(float64(l.from.Mean()), 1) {
		return &equilibrium{never: true}
	}
	e := &equilibrium{sum: []float64{0}, at: []float64{0}}
	for i := 1; i < bodyCells; i++ {
		e.extend(l.from, 0.5*float64(i)/bodyCells)
	}
	for k := halving; k <= halvings*halving; k++ {
		e.extend(l.from, 1-math.Exp2(-float64(k)/halving))
	}
	return e
}

// extend adds the cell up to the p-quantile.
func (e *equilibrium) extend(d model.Distribution, p float64) {
	last := len(e.at) - 1
	from, to := e.at[last], quantile(d, p)
	if !(to > from) || math.IsInf(to, 1) {
		return
	}
	height := 0.0
	for i := range cellParts {
		height += d.Survival(model.Seconds(from+(to-from)*(float64(i)+0.5)/cellParts)) / cellParts
	}
	e.at = append(e.at, to)
	e.sum = append(e.sum, e.sum[last]+(to-from)*height)
}

// quantile inverts a law, by bisection of its survival function if it cannot do so itself.
func quantile(d model.Distribution, p float64) float64 {
	if q, ok := d.(model.Quantiler); ok {
		return float64(q.Quantile(p))
	}
	low, high := model.Seconds(0), max(1, d.Mean())
	for d.Survival(high) > 1-p {
		high *= 2
	}
	for range 80 {
		if middle := (low + high) / 2; d.Survival(middle) > 1-p {
			low = middle
		} else {
			high = middle
		}
	}
	return float64(high)
}

func (e *equilibrium) draw(s *stream) float64 {
	if e.never {
		return math.Inf(1)
	}
	if e.exponential > 0 {
		return s.exponential() * e.exponential
	}
	target := s.uniform() * e.sum[len(e.sum)-1]
	i := sort.SearchFloat64s(e.sum, target)
	if i == 0 {
		return 0
	}
	width := e.sum[i] - e.sum[i-1]
	if width == 0 {
		return e.at[i]
	}
	return e.at[i-1] + (e.at[i]-e.at[i-1])*(target-e.sum[i-1])/width
}
