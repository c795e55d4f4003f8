package engine

import (
	"math"

	"github.com/ftsim/ftsim/model"
)

// This file is floor 5 of the naive twin: what users get (R26, R27, R41, R42).

type twinJourney struct {
	*model.Journey
	id     int32
	served float64 // just after the last instant
	phase  model.Phase
	down   bool
	outage *twinOutage // the open one
	ramps  int         // stretches of time in which the served fraction changed
}

type twinOutage struct {
	model.Outage
	ramps   int
	unclear bool // what was most in the way changed in the middle of such a stretch
}

func (t *twin) setUpJourneys() {
	for i := range t.sys.Journeys {
		t.journeys = append(t.journeys, &twinJourney{Journey: &t.sys.Journeys[i], id: int32(i), served: 1})
	}
}

// watchedOutages counts the outages that are followed.
func (t *twin) watchedOutages() int {
	n := 0
	for _, j := range t.journeys {
		if j.outage != nil {
			n++
		}
	}
	return n
}

// judge looks at a journey after an instant: R26.
func (t *twin) judge(j *twinJourney) {
	before := j.phase
	j.served, j.phase = t.evaluate(j, t.now)
	down := j.served < j.Threshold
	switch {
	case down && !j.down:
		t.open(j)
	case !down && j.down:
		if j.outage != nil && before == model.Detection && t.relieved(j.Needs) {
			j.outage.Detected = t.time()
		}
		t.close(j, t.now)
	case down && j.outage != nil && before == model.Detection && j.phase != model.Detection:
		j.outage.Detected = t.time()
	}
	j.down = down
}

func (t *twin) detected(p model.Phase) model.Seconds {
	if p == model.Detection {
		return model.Never
	}
	return t.time()
}

// relieved tells whether a failover of anything that needs lead to has been completed in this instant:
// who did that had noticed.
func (t *twin) relieved(needs []model.Dependency) bool {
	var leads func(n *model.Need) bool
	leads = func(n *model.Need) bool {
		for k := range n.Of {
			if leads(&n.Of[k]) {
				return true
			}
		}
		return len(n.Of) == 0 && (t.services[n.Ref].tookOver == t.now || t.relieved(t.services[n.Ref].Needs))
	}
	for i := range needs {
		if leads(&needs[i].Need) || needs[i].Else != nil && leads(needs[i].Else) {
			return true
		}
	}
	return false
}

// open begins an outage; after the horizon, only those open there are followed.
func (t *twin) open(j *twinJourney) {
	t.note(Note{Kind: JourneyDown, Journey: j.id, Phase: j.phase})
	if !t.past {
		j.outage = &twinOutage{Outage: model.Outage{Journey: j.id, Start: t.time(), Initiator: t.blame, Detected: t.detected(j.phase)}}
		t.outages = append(t.outages, j.outage)
	}
}

func (t *twin) close(j *twinJourney, at float64) {
	j.down = false
	if j.outage != nil {
		j.outage.End = model.Seconds(at - t.begin)
		j.outage = nil
	}
}

// serveUntil books the time up to an instant. Where the served fraction rises with time, the journey may
// come up on the way. If something else comes to be most in the way in the middle of such a stretch, the
// engine may notice so at once or at the next change; the phases of such an outage are not compared.
func (t *twin) serveUntil(j *twinJourney, to float64) {
	changing := false
	for _, s := range t.services {
		changing = changing || t.changing(s)
	}
	if !changing {
		t.bookDown(j, to-t.now, (1-j.served)*(to-t.now))
		return
	}
	if j.ramps++; j.outage != nil {
		j.outage.ramps++
	}
	served := func(at float64) float64 { s, _ := t.evaluate(j, at); return s }
	up := to
	if j.down && served(to) >= j.Threshold {
		up = firstTrue(t.now, to, func(at float64) bool { return served(at) >= j.Threshold })
	}
	if _, phase := t.evaluate(j, up); j.outage != nil && phase != j.phase && phase != model.Serving {
		j.outage.unclear = true
	}
	t.bookDown(j, up-t.now, t.unserved(j, served, t.now, up))
	if j.down && served(up) >= j.Threshold {
		t.close(j, up)
		j.served = j.Threshold
	}
	t.bookDown(j, to-up, t.unserved(j, served, up, to))
}

// unserved is the integral of what is not served; between instants nothing ever gets worse.
func (t *twin) unserved(j *twinJourney, served func(float64) float64, from, to float64) float64 {
	if served(to) == served(from) {
		return (1 - served(to)) * (to - from)
	}
	return to - from - integral(served, from, to)
}

// firstTrue is where a condition that is false at low becomes true.
func firstTrue(low, high float64, condition func(float64) bool) float64 {
	for range 100 {
		if middle := (low + high) / 2; condition(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}

func (t *twin) bookDown(j *twinJourney, length, unserved float64) {
	if t.past || length <= 0 {
		return
	}
	unserved *= t.weight()
	t.out.Unserved[j.id] += model.Seconds(unserved)
	if j.outage != nil {
		j.outage.Phases[j.phase] += model.Seconds(length)
		j.outage.Unserved += model.Seconds(unserved)
	}
}

// integral is by Simpson's rule on halves until they agree with the whole.
func integral(f func(float64) float64, a, b float64) float64 {
	var part func(a, fa, m, fm, b, fb, whole float64, depth int) float64
	part = func(a, fa, m, fm, b, fb, whole float64, depth int) float64 {
		l, r := (a+m)/2, (m+b)/2
		fl, fr := f(l), f(r)
		left, right := (m-a)/6*(fa+4*fl+fm), (b-m)/6*(fm+4*fr+fb)
		if depth <= 0 || depth < 22 && math.Abs(left+right-whole) < 1e-6 {
			return left + right
		}
		return part(a, fa, l, fl, m, fm, left, depth-1) + part(m, fm, r, fr, b, fb, right, depth-1)
	}
	fa, fm, fb := f(a), f((a+b)/2), f(b)
	return part(a, fa, (a+b)/2, fm, b, fb, (b-a)/6*(fa+4*fm+fb), 24)
}

// evaluate is the fraction of a journey's requests that are served, and what is in the way of the rest.
func (t *twin) evaluate(j *twinJourney, at float64) (float64, model.Phase) {
	served, phase := t.path(j.Needs, at)
	if t.whole() || len(t.sys.Clients) == 0 {
		return served, phase
	}
	sum := 0.0
	for _, c := range t.sys.Clients {
		sum += c.Share * t.along(j.Needs, c.Site, at)
	}
	if sum >= 1-1e-12 {
		return 1, model.Serving
	}
	if phase == model.Serving {
		phase = model.Unreached
	}
	return sum, phase
}

// path is what R41 says of requests while everybody reaches everybody: the least capacity among the
// distinct services they rest on, times the shares of requests these answer, times what conditional
// dependencies leave. The phase is that of the worst of them, the deepest of equals.
func (t *twin) path(needs []model.Dependency, at float64) (float64, model.Phase) {
	capacity, answered := 1.0, 1.0
	worst, phase := 1.0, model.Serving
	services, conditions := t.restOn(needs)
	for _, n := range services {
		s := t.services[n.Ref]
		c, a := t.worthFor(s, n.Access, none, at)
		why := t.inTheWay(s, at)
		if _, ok := s.Policy.(model.Leaderless); ok && c*a < 1 {
			why = t.inTheWayOfShared(s, at)
		}
		if n.Access == model.Write && (s.closed() && !s.ledger.back.on || t.tooFew(s, none)) {
			a, why = 0, model.WriteBlock
		}
		if k := t.reader(s, none); n.Access == model.Read && k != nil && c*a < t.capacity(s, 1) {
			c, a = t.capacity(s, 1), 1
		}
		capacity, answered = min(capacity, c), answered*a
		if c*a < worst {
			worst, phase = c*a, why
		}
	}
	for _, d := range conditions {
		left, why := t.conditional(d, at)
		answered *= left
		if left < worst {
			worst, phase = left, why
		}
	}
	return capacity * answered, phase
}

// restOn collects the distinct services that requests cannot do without, deepest first, for writing if
// any of them is needed for that, and the conditional dependencies met on the way.
func (t *twin) restOn(needs []model.Dependency) (services []model.Need, conditions []model.Dependency) {
	var dependencies func(ds []model.Dependency)
	hard := func(n model.Need) {
		for i := range services {
			if services[i].Ref == n.Ref {
				services[i].Access = min(services[i].Access, n.Access) // Write is the lesser
				return
			}
		}
		dependencies(t.services[n.Ref].Needs)
		services = append(services, n)
	}
	dependencies = func(ds []model.Dependency) {
		var open []model.Dependency
		for _, d := range ds {
			if d.Without > 0 || d.Cushion != nil {
				open = append(open, d)
				continue
			}
			for _, n := range outright(d.Need) {
				if len(n.Of) == 0 {
					hard(n)
				} else {
					open = append(open, model.Dependency{Need: n})
				}
			}
		}
		conditions = append(conditions, open...)
	}
	dependencies(needs)
	return services, conditions
}

// outright takes conjunctions apart.
func outright(n model.Need) []model.Need {
	if len(n.Of) == 0 || n.AtLeast < len(n.Of) {
		return []model.Need{n}
	}
	var parts []model.Need
	for k := range n.Of {
		parts = append(parts, outright(n.Of[k])...)
	}
	return parts
}

// conditional is what a dependency that need not be met leaves of the requests (R42).
func (t *twin) conditional(d model.Dependency, at float64) (float64, model.Phase) {
	met, phase := t.condition(d.Need, at)
	rest := d.Without + t.rest(&d)
	if d.Else != nil {
		instead, _ := t.condition(*d.Else, at)
		rest *= instead
	}
	return max(met, rest), phase
}

// condition is how far a need is met: of k of n parts, as far as the k-th best.
func (t *twin) condition(n model.Need, at float64) (float64, model.Phase) {
	if len(n.Of) == 0 {
		return t.path([]model.Dependency{{Need: n}}, at)
	}
	phase := model.Repair
	parts := make([]float64, len(n.Of))
	for k := range n.Of {
		var why model.Phase
		if parts[k], why = t.condition(n.Of[k], at); parts[k] < 1 {
			phase = why
		}
	}
	return kthBest(parts, n.AtLeast), phase
}

func kthBest(values []float64, k int) float64 {
	best := 0.0
	for _, v := range values {
		reached := 0
		for _, w := range values {
			if w >= v {
				reached++
			}
		}
		if reached >= k {
			best = max(best, v)
		}
	}
	return best
}

// along is what R41 says of requests that start at a site of a broken network: each step must reach the
// next, and branches combine by their minimum.
func (t *twin) along(needs []model.Dependency, site int32, at float64) float64 {
	served := 1.0
	for _, d := range needs {
		met, rest := t.conditionFrom(d.Need, site, at), d.Without+t.rest(&d)
		if d.Else != nil {
			rest *= t.conditionFrom(*d.Else, site, at)
		}
		served = min(served, max(met, rest))
	}
	return served
}

func (t *twin) conditionFrom(n model.Need, site int32, at float64) float64 {
	if len(n.Of) == 0 {
		return t.from(site, n, at)
	}
	parts := make([]float64, len(n.Of))
	for k := range n.Of {
		parts[k] = t.conditionFrom(n.Of[k], site, at)
	}
	return kthBest(parts, n.AtLeast)
}

// from is the fraction of requests to a service that are served for callers at a site.
func (t *twin) from(site int32, n model.Need, at float64) float64 {
	s := t.services[n.Ref]
	if n.Access == model.Write && (s.closed() || t.tooFew(s, site)) {
		return 0
	}
	capacity, answered := t.worthFor(s, n.Access, site, at)
	if m := t.reader(s, site); n.Access == model.Read && m != nil && capacity*answered < t.capacity(s, 1) {
		return min(t.capacity(s, 1), t.along(s.Needs, t.site(m), at))
	}
	if answered == 0 {
		return 0
	}
	if s.style != model.Shared {
		m, _ := t.serving(s, site, at)
		return min(capacity*answered, t.along(s.Needs, t.site(m), at))
	}
	sum, count := 0.0, 0
	for _, m := range s.members {
		if m.up && (s.Detector == nil || m.believed) && t.reaches(site, t.site(m)) {
			sum += t.along(s.Needs, t.site(m), at)
			count++
		}
	}
	return capacity * answered * sum / float64(count)
}

// closed tells whether a service takes no writes.
func (s *twinService) closed() bool { return s.ledger != nil && (s.ledger.blocked || s.refuses()) }

// reader is a standby that answers reads where the primary does not.
func (t *twin) reader(s *twinService, site int32) *twinMember {
	for _, m := range s.members {
		if s.StandbyReads && !s.restoring() && m != s.primary() && m.up && !s.ledger.lacksAll(m.k) && t.reaches(site, t.site(m)) {
			return m
		}
	}
	return nil
}
