package engine

import (
	"fmt"
	"io"

	"github.com/ftsim/ftsim/model"
)

// This file is about dependencies that can be away for a while: a cache that goes on answering, a queue
// that takes work in (R42). A cushion has an entry among the journeys, which tells it when what it bridges
// comes and goes, and a clock for the end of its patience, or of its recovery.

// cushion is the state of a model.Cushion. What is left of it changes at a constant rate from event to
// event; while a service grows into its work, at that of the last event.
type cushion struct {
	journey int32 // its entry
	owner   int32 // the service that has it, or none
	user    int32 // else the journey that has it, or none
	clock   int32
	need    need
	holds   float64
	worth   float64
	catchUp float64 // how fast a queue empties again, per second; 0: a cache, full at once
	left    float64 // seconds it can go on from the instant at
	at      float64
	rate    float64 // at which left changes
	blame   int32   // what took away what it bridges
}

// within is the rounding that still counts as everything being served.
const within = 1e-12

// cushion gives a dependency its cushion, if it has one; the same wherever it is laid out.
func (c *compiler) cushion(d *model.Dependency) int32 {
	if d.Cushion == nil {
		return none
	}
	if i, ok := c.cushions[d]; ok {
		return i
	}
	from := d.Cushion
	i := int32(len(c.p.cushions))
	c.cushions[d] = i
	c.p.cushions = append(c.p.cushions, cushion{owner: c.owner, user: c.user, need: c.need(&d.Need), holds: float64(from.Holds),
		worth: from.Worth, catchUp: max(0, from.Drain-1), left: float64(from.Holds), blame: none})
	c.p.cushioned = append(c.p.cushioned, d)
	return i
}

// layCushions gives every cushion its entry behind the journeys.
func (c *compiler) layCushions() error {
	p := c.p
	for i := range p.cushions {
		s := &p.cushions[i]
		s.journey, s.clock = int32(len(p.journeys)), c.clock(owner{kind: cushionClock, group: none, index: int32(i)})
		p.journeys = append(p.journeys, journey{sole: none, served: 1, outage: none, job: none, cushion: int32(i)})
		told := c.touching([]model.Dependency{{Need: p.cushioned[i].Need}})
		if s.owner != none {
			told = append(told, s.owner)
		}
		for _, service := range told {
			p.reaches[service] = append(p.reaches[service], s.journey)
		}
	}
	return nil
}

// resetCushions fills every cushion.
func (r *Runner) resetCushions() {
	for i := range r.cushions {
		r.clocks.stop(r.cushions[i].clock)
		r.cushions[i].at = r.now
	}
}

// rest is what a cushion leaves of the requests while what it bridges is away.
func (s *cushion) rest() float64 {
	if s.left > 0 {
		return s.worth
	}
	return 0
}

// settleCushions looks at the cushions something has happened to, those first that others rest on.
func (r *Runner) settleCushions() {
	for i := range r.cushions {
		if s := &r.cushions[i]; r.jour[s.journey].dirty || !r.reach.whole { // who looks depends on more than what is needed
			r.cushionMet(int32(i), s)
		}
	}
}

// cushionMet has a cushion go on from how far what it bridges is there now.
func (r *Runner) cushionMet(i int32, s *cushion) {
	before, busy := s.rest(), s.left < s.holds || s.rate < 0
	s.flow(r.now)
	rate := s.rateAt(r.metFor(s))
	if rate < 0 && s.rate >= 0 {
		s.blame = r.blame
	}
	s.rate = rate
	switch {
	case rate < 0:
		r.clocks.arm(s.clock, r.now+s.left/-rate)
	case rate > 0:
		r.clocks.arm(s.clock, r.now+(s.holds-s.left)/rate)
	default:
		r.clocks.stop(s.clock)
	}
	if now := s.left < s.holds || rate < 0; now != busy {
		r.bridging(i, s, now)
	}
	if s.rest() != before {
		r.tellUsers(s)
	}
}

// flow brings what is left up to an instant.
func (s *cushion) flow(now float64) {
	s.left = min(max(0, s.left+s.rate*(now-s.at)), s.holds)
	s.at = now
}

// rateAt is how fast what is left changes while a share of the requests gets through. A queue takes in the
// others; a cache ages only while nothing refreshes it, and is fresh again at once.
func (s *cushion) rateAt(met float64) float64 {
	switch {
	case s.catchUp == 0 && met > 0:
		s.left = s.holds
		return 0
	case met < 1-within && s.left > 0:
		return met - 1
	case met >= 1-within && s.left < s.holds:
		return s.catchUp
	}
	return 0
}

// cushionRang is the end of what a cushion can bridge, or of its recovery.
func (r *Runner) cushionRang(i int32) {
	s := &r.cushions[i]
	if s.at = r.now; s.rate < 0 {
		s.left = 0
	} else {
		s.left = s.holds
	}
	if s.rate < 0 && r.blame == none {
		r.blame = s.blame
	}
	if s.left == 0 {
		r.tell(Note{Kind: CushionSpent, Cushion: i})
		r.tellUsers(s)
	} else {
		r.bridging(i, s, false)
	}
	s.rate = 0
	r.touchJourney(s.journey)
}

// tellUsers has whoever rests on a cushion looked at again.
func (r *Runner) tellUsers(s *cushion) {
	if s.owner == none {
		if s.user != none {
			r.touchJourney(s.user)
		}
		return
	}
	for _, j := range r.p.reaches[s.owner] {
		r.touchJourney(j)
	}
}

// bridging opens or closes the books of journeys on the time in which a cushion is in use or recovers.
func (r *Runner) bridging(i int32, s *cushion, begins bool) {
	if begins {
		r.tell(Note{Kind: CushionUsed, Cushion: i, Delay: model.Seconds(s.left)})
	} else {
		r.tell(Note{Kind: CushionFull, Cushion: i})
	}
	if s.owner == none {
		if s.user != none {
			r.bridge(s.user, begins)
		}
		return
	}
	for _, j := range r.p.reaches[s.owner] {
		r.bridge(j, begins)
	}
}

func (r *Runner) bridge(j int32, begins bool) {
	jo := &r.jour[j]
	if int(j) >= len(r.p.sys.Journeys) {
		return
	}
	switch {
	case begins:
		if jo.bridged++; jo.bridged == 1 {
			jo.bridgedSince = r.now
		}
	default:
		if jo.bridged--; jo.bridged == 0 {
			r.bookBridged(j, jo)
		}
	}
}

func (r *Runner) bookBridged(j int32, jo *journey) {
	if !r.past {
		r.out.Bridged[j] += model.Seconds(r.now - max(jo.bridgedSince, r.begin))
	}
}

// closeBridges books at the horizon what is still bridged.
func (r *Runner) closeBridges() {
	for j := range r.p.sys.Journeys {
		if jo := &r.jour[j]; jo.bridged > 0 {
			r.bookBridged(int32(j), jo)
		}
	}
}

// metFor is how far what a cushion bridges is there for those who have it: in a broken network seen from
// who serves for the service, or from the clients of the journey.
func (r *Runner) metFor(s *cushion) float64 {
	if r.reach.whole {
		met, _ := r.condition(&s.need, r.now)
		return met
	}
	sum, weight := 0.0, 0.0
	if s.owner != none {
		g := &r.groups[s.owner]
		if g.style != model.Shared {
			m, _ := r.serving(g, none, r.now)
			return r.conditionFrom(&s.need, m.site, r.now)
		}
		for k := int32(0); k < g.n; k++ {
			if m := &r.members[g.first+k]; m.up && (g.detector == nil || m.believed) {
				sum += r.conditionFrom(&s.need, m.site, r.now)
				weight++
			}
		}
	} else if s.user != none {
		for i := range r.p.clients {
			c := &r.p.clients[i]
			sum += c.share * r.conditionFrom(&s.need, c.place, r.now)
			weight += c.share
		}
	}
	if weight == 0 {
		return r.conditionFrom(&s.need, none, r.now)
	}
	return sum / weight
}

// CushionName names a cache or queue by who has it and what it bridges: app's cache of prices.
func (p *Program) CushionName(i int32) string {
	s := &p.cushions[i]
	switch {
	case s.owner != none:
		return p.sys.Services[s.owner].Name + "'s " + p.cushioned[i].Cushion.Name
	case s.user != none && int(s.user) < len(p.sys.Journeys):
		return p.sys.Journeys[s.user].Name + "'s " + p.cushioned[i].Cushion.Name
	}
	return p.cushioned[i].Cushion.Name
}

func (p *Program) explainCushion(out io.Writer, i int) {
	s := p.cushioned[i].Cushion
	fmt.Fprintf(out, "  %s: %s", p.CushionName(int32(i)), s.Holds.Round())
	if s.Drain > 0 {
		fmt.Fprintf(out, ", worked off at %.4g times the load", s.Drain)
	}
	fmt.Fprintln(out)
}
