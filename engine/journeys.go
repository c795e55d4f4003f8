package engine

import (
	"math"

	"github.com/ftsim/ftsim/model"
)

// This file is floor 5: what users get (R26–R28, R41, R42).

// journey is the state of a model.Journey.
type journey struct {
	all, direct spans // everything it depends on, deepest first; and what it names itself
	sole        int32 // the only service it depends on, if that has no data and nothing is conditional
	threshold   float64
	last        float64 // when its books were last brought up to date
	served      float64 // fraction of requests served since
	phase       model.Phase
	down        bool
	dirty       bool
	planned     bool    // the open outage has been announced
	ramps       int32   // services it rests on whose worth changes with time now
	outage      int32   // index of the open outage, or none
	relieved    float64 // when a failover of a service it rests on was last completed
	job         int32   // that it is the needs of, or none
	cushion     int32   // that it is the entry of, or none

	bridged      int32   // cushions it rests on that are in use or recovering
	bridgedSince float64 // when the first of them began
}

// clients is a group of users at a place of the network.
type clients struct {
	place int32
	share float64
}

// memo remembers what a service is worth as seen from a place, for one evaluation.
type memo struct {
	stamp uint32
	value float64
}

// update brings the books of a journey up to date and looks at it again.
func (r *Runner) update(j int32) {
	jo := &r.jour[j]
	jo.dirty = false
	if jo.cushion != none { // has been looked at
		return
	}
	if jo.job != none {
		r.attend(jo)
		return
	}
	if jo.served < 1 {
		r.accrue(j, r.now)
	}
	jo.last = r.now
	var phase model.Phase
	jo.served, phase = r.evaluate(jo, r.now)
	down := jo.served < jo.threshold
	switch {
	case down && !jo.down:
		r.openOutage(j, phase)
	case !down && jo.down:
		if jo.phase == model.Detection && jo.outage != none && jo.relieved == r.now { // by who had noticed
			r.out.Outages[jo.outage].Detected = r.Now()
		}
		r.closeOutage(j, r.now)
	case down && jo.planned && r.blame != none && !r.isUpkeep(r.blame):
		jo.planned = false // something else is in the way now
	case down && jo.phase == model.Detection && phase != model.Detection && jo.outage != none:
		r.out.Outages[jo.outage].Detected = r.Now()
	}
	jo.phase = phase
}

// accrue books the time since the last look as constant.
func (r *Runner) accrue(j int32, t float64) {
	jo := &r.jour[j]
	dt := t - jo.last
	jo.last = t
	if dt <= 0 || r.past || jo.served >= 1 {
		return
	}
	r.bookDown(j, jo, dt, (1-jo.served)*r.offered(t-dt, t))
}

func (r *Runner) bookDown(j int32, jo *journey, dt, unserved float64) {
	r.out.Unserved[j] += model.Seconds(unserved)
	if jo.outage != none {
		o := &r.out.Outages[jo.outage]
		o.Phases[jo.phase] += model.Seconds(dt)
		o.Unserved += model.Seconds(unserved)
		if jo.planned {
			o.Planned += model.Seconds(dt)
		}
	}
}

func (r *Runner) openOutage(j int32, phase model.Phase) {
	jo := &r.jour[j]
	jo.down = true
	r.open++
	if r.note != nil {
		r.tell(Note{Kind: JourneyDown, Journey: j, Phase: phase})
	}
	if r.past {
		r.open-- // only outages open at the horizon are followed
		return
	}
	detected := model.Never
	if phase != model.Detection {
		detected = r.Now()
	}
	jo.planned = r.isUpkeep(r.blame)
	jo.outage = int32(len(r.out.Outages))
	r.out.Outages = append(r.out.Outages, model.Outage{})
	o := &r.out.Outages[jo.outage]
	o.Journey, o.Start, o.Initiator, o.Detected = j, r.Now(), r.blame, detected
}

func (r *Runner) closeOutage(j int32, t float64) {
	jo := &r.jour[j]
	jo.down = false
	if r.note != nil {
		r.tellAt(t, Note{Kind: JourneyUp, Journey: j})
	}
	if jo.outage == none {
		return
	}
	r.open--
	r.out.Outages[jo.outage].End = model.Seconds(t - r.begin)
	jo.outage = none
}

// followRamps brings the books of journeys whose served fraction has been changing up to now.
func (r *Runner) followRamps() {
	for j := range r.jour {
		if jo := &r.jour[j]; jo.ramps > 0 && jo.last < r.now && jo.job == none && jo.cushion == none {
			r.glide(int32(j), jo)
		}
	}
}

// glide integrates a changing served fraction and finds the instant at which the journey comes up. Ramps
// only rise, and every end of one is an event, so there is at most one such instant.
func (r *Runner) glide(j int32, jo *journey) {
	now, _ := r.evaluate(jo, r.now)
	if !jo.down || now < jo.threshold {
		r.integrate(j, jo, r.now)
		jo.served = now
		return
	}
	low, high := jo.last, r.now
	for i := 0; i < 60 && high-low > 1e-7; i++ {
		middle := (low + high) / 2
		if s, _ := r.evaluate(jo, middle); s < jo.threshold {
			low = middle
		} else {
			high = middle
		}
	}
	r.integrate(j, jo, high)
	r.closeOutage(j, high)
	jo.served = jo.threshold
	r.integrate(j, jo, r.now)
	jo.served = now
}

// panels is into how many parts a stretch is cut: Simpson's rule is exact for products of up to three
// ramps, and where a ramp meets a ceiling on the way, the parts keep the error to milliseconds.
const panels = 16

// integrate books the time up to t by Simpson's rule.
func (r *Runner) integrate(j int32, jo *journey, t float64) {
	start := jo.last
	dt := t - start
	jo.last = t
	if dt <= 0 || r.past {
		return
	}
	left := jo.served
	middle, _ := r.evaluate(jo, start+dt/2)
	right, _ := r.evaluate(jo, t)
	early, _ := r.evaluate(jo, start+dt/32)                                                  // where a curve that has met its ceiling by the middle shows
	if math.Abs(left+right-2*middle) < 1e-9 && math.Abs(left+(right-left)/32-early) < 1e-9 { // a straight line, which most ramps are
		r.bookDown(j, jo, dt, r.offered(start, t)*(1-middle))
		return
	}
	sum := 0.0
	for i := range panels {
		middle, _ = r.evaluate(jo, start+dt*(float64(i)+0.5)/panels)
		right, _ = r.evaluate(jo, start+dt*float64(i+1)/panels)
		sum += left + 4*middle + right
		left = right
	}
	r.bookDown(j, jo, dt, r.offered(start, t)*(1-sum/(6*panels)))
}

// closeHorizon books everything up to the horizon.
func (r *Runner) closeHorizon() {
	if r.ramps > 0 {
		r.followRamps()
	}
	for j := range r.jour {
		r.accrue(int32(j), r.now)
	}
	r.closeJobs()
	r.closeBridges()
	r.closeSplits()
	for i := range r.groups {
		g := &r.groups[i]
		if g.up < g.n {
			r.endExposure(int32(i), g)
		}
		if g.store != none && r.stores[g.store].feed.Producers != nil {
			r.closeFeed(g, &r.stores[g.store])
		}
		if g.shards != none {
			r.accountShards(&r.shards[g.shards])
		}
		if g.stale != none {
			r.closeReads(&r.stale[g.stale])
		}
		if g.record != none {
			f := &r.out.Failovers[g.record]
			f.Result = model.Stuck
			r.closeRecord(g, f)
		}
	}
}

// closeBooks ends the replication: what is still open stays open.
func (r *Runner) closeBooks() {
	for j := range r.jour {
		if jo := &r.jour[j]; jo.outage != none {
			o := &r.out.Outages[jo.outage]
			o.End, o.Open = r.Now(), true
			jo.outage = none
		}
	}
	r.open = 0
}

// evaluate is the fraction of a journey's requests that are served at time t, and what is in the way of
// the rest. While everybody reaches everybody a request passes each distinct service once, so the
// fraction is the least capacity along the way times the shares answered (R41).
func (r *Runner) evaluate(jo *journey, t float64) (float64, model.Phase) {
	if r.reach.whole || len(r.p.clients) == 0 {
		if jo.sole != none {
			if g := &r.groups[jo.sole]; !g.timed {
				return g.cap * g.frac, g.phase
			}
		}
		return r.product(jo.all, t)
	}
	if t != r.memoAt {
		r.forget(t)
	}
	served := 0.0
	for i := range r.p.clients {
		c := &r.p.clients[i]
		served += c.share * r.along(jo.direct, c.place, t)
	}
	if served >= 1-1e-12 {
		return 1, model.Serving
	}
	if _, phase := r.product(jo.all, t); phase != model.Serving {
		return served, phase
	}
	return served, model.Unreached
}

// forget makes what is remembered about time t worthless.
func (r *Runner) forget(t float64) {
	r.stamp++
	r.memoAt = t
}

// product evaluates dependencies seen from everywhere; the phase is that of the worst one, the deepest
// of equals.
func (r *Runner) product(all spans, t float64) (float64, model.Phase) {
	cap, frac, worst, phase := 1.0, 1.0, 1.0, model.Serving
	for _, l := range r.p.leaves[all.leaf:all.leafEnd] {
		g := &r.groups[l.service]
		c, f, ph := g.cap, g.frac, g.phase
		if g.timed {
			c, f = r.value(g, none, t)
		}
		if g.copies > 0 && l.access == model.Read {
			if c, f = r.copiesValue(g, model.Read, none, t); c*f < 1 {
				ph = g.sharedBlocking()
			}
		}
		if l.access == model.Write && g.store != none {
			if s := &r.stores[g.store]; s.closed() {
				f, ph = 0, s.closedBy()
			} else if s.share < c {
				c, ph = s.share, model.WriteBlock
			}
		}
		if l.access == model.Write && g.up < g.writers {
			f, ph = 0, model.WriteBlock
		}
		if g.readers && l.access == model.Read && c*f < g.whole && r.reader(g, none) != none {
			c, f = g.whole, 1
		}
		if c < cap {
			cap = c
		}
		frac *= f
		if c*f < worst {
			worst, phase = c*f, ph
		}
	}
	for i := all.soft; i < all.softEnd; i++ {
		s, ph := r.soft(&r.p.softs[i], t)
		frac *= s
		if s < worst {
			worst, phase = s, ph
		}
	}
	return cap * frac, phase
}

// soft is what a conditional dependency leaves of the requests (R42).
func (r *Runner) soft(d *dependency, t float64) (float64, model.Phase) {
	met, phase := r.condition(&d.need, t)
	rest := d.without
	if rest > 0 && d.instead != nil {
		s, _ := r.condition(d.instead, t)
		rest *= s
	}
	if d.cushion != none {
		rest = r.cushions[d.cushion].rest()
	}
	return max(met, rest), phase
}

// condition is how far a need is met: of k of n parts, as far as the k-th best.
func (r *Runner) condition(n *need, t float64) (float64, model.Phase) {
	if len(n.of) == 0 {
		return r.product(n.all, t)
	}
	best, phase := 0.0, model.Repair
	for i := range n.of {
		// The k-th best is the largest value that at least k parts reach; parts are few.
		s, ph := r.condition(&n.of[i], t)
		reached := 0
		for k := range n.of {
			if other, _ := r.condition(&n.of[k], t); other >= s {
				reached++
			}
		}
		if reached >= n.atLeast && s >= best {
			best = s
		}
		if s < 1 {
			phase = ph
		}
	}
	return best, phase
}

// along evaluates dependencies as seen from one place of a broken network: each step must reach the
// next, and what several branches share can only fail once, so branches combine by their minimum.
func (r *Runner) along(direct spans, place int32, t float64) float64 {
	served := 1.0
	for _, l := range r.p.leaves[direct.leaf:direct.leafEnd] {
		served = min(served, r.from(place, l.service, l.access, t))
	}
	for i := direct.soft; i < direct.softEnd; i++ {
		d := &r.p.softs[i]
		rest := d.without
		if rest > 0 && d.instead != nil {
			rest *= r.conditionFrom(d.instead, place, t)
		}
		if d.cushion != none {
			rest = r.cushions[d.cushion].rest()
		}
		served = min(served, max(r.conditionFrom(&d.need, place, t), rest))
	}
	return served
}

func (r *Runner) conditionFrom(n *need, place int32, t float64) float64 {
	if len(n.of) == 0 {
		return r.from(place, n.service, n.access, t)
	}
	best := 0.0
	for i := range n.of {
		s := r.conditionFrom(&n.of[i], place, t)
		reached := 0
		for k := range n.of {
			if r.conditionFrom(&n.of[k], place, t) >= s {
				reached++
			}
		}
		if reached >= n.atLeast {
			best = max(best, s)
		}
	}
	return best
}

// from is the fraction of requests to a service that are served for callers at a place.
func (r *Runner) from(place, service int32, access model.Access, t float64) float64 {
	if place == none {
		return r.fromAnew(place, service, access, t)
	}
	m := &r.memo[(int(place)*len(r.groups)+int(service))*2+int(access)]
	if m.stamp != r.stamp {
		m.value = r.fromAnew(place, service, access, t)
		m.stamp = r.stamp
	}
	return m.value
}

func (r *Runner) fromAnew(place, service int32, access model.Access, t float64) float64 {
	g := &r.groups[service]
	if access == model.Write && g.store != none && r.stores[g.store].closed() {
		return 0
	}
	if access == model.Write && g.writers > 0 && !r.reachesWriters(g, place) {
		return 0
	}
	cap, frac := r.value(g, place, t)
	if g.copies > 0 {
		cap, frac = r.copiesValue(g, access, place, t)
	}
	if access == model.Write && g.store != none {
		cap = min(cap, r.stores[g.store].share)
	}
	direct := r.p.direct[service]
	if g.readers && access == model.Read && cap*frac < g.whole {
		if k := r.reader(g, place); k != none {
			return min(g.whole, r.along(direct, r.members[g.first+k].site, t))
		}
	}
	if frac == 0 {
		return 0
	}
	if g.style != model.Shared {
		m, _ := r.serving(g, place, t)
		return min(cap*frac, r.along(direct, m.site, t))
	}
	if direct.leaf == direct.leafEnd && direct.soft == direct.softEnd {
		return cap * frac
	}
	return cap * frac * r.averageAlong(g, direct, place, t)
}

// reader is a standby that answers reads at a place while the primary does not, or none.
func (r *Runner) reader(g *group, place int32) int32 {
	s := &r.stores[g.store]
	for k := int32(0); k < g.n && !g.restoring && !g.suspended; k++ {
		m, c := &r.members[g.first+k], &r.copies[s.first+k]
		if k != g.state.Primary && m.up && !c.empty && !(c.diverged && s.fullCopy != none) && r.reach.ok(place, m.site) {
			return k
		}
	}
	return none
}

// averageAlong is what the working members of a group reach of what they need, on average.
func (r *Runner) averageAlong(g *group, direct spans, place int32, t float64) float64 {
	sum, count := 0.0, 0
	for k := int32(0); k < g.n; k++ {
		m := &r.members[g.first+k]
		if m.up && (g.detector == nil || m.believed) && r.reach.ok(place, m.site) {
			sum += r.along(direct, m.site, t)
			count++
		}
	}
	return sum / float64(count)
}
