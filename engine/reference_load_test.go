package engine

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// This file is about load in the naive twin: hours, overload, slow members, balancing, leaderless stores.

// twinStrain is what load does to a service.
type twinStrain struct {
	strained, collapsed, shedding bool
	due                           bool // the next member is about to fail
	rang, shed                    bool
}

// load puts load on a system after everything else about it has been drawn.
func (m *maker) load(seed uint64) {
	m.r = rand.New(rand.NewPCG(seed, 78))
	if m.chance(2) {
		return
	}
	if m.chance(2) && !m.fixed { // weights have no exact sums, so that their last bits may depend on the order
		from := model.Seconds(m.r.IntN(24)) * model.Hour
		m.sys.Peak = model.Peak{Rate: of[float64](m, 50, 200), From: from, To: from + model.Seconds(1+m.r.IntN(23))*model.Hour}
	}
	lagging := map[int32]bool{} // two slow members of one group change places faster than the engine remembers lags
	for _, s := range m.sys.Services {
		for _, member := range s.Members {
			if s.Store != nil && s.Store.Lag != nil {
				lagging[member.Component], lagging[member.Host] = true, true
			}
		}
	}
	for i := range m.sys.Components {
		if c := &m.sys.Components[i]; (c.Kind == model.KindNode || c.Kind == model.KindProcess) && !lagging[int32(i)] && m.chance(3) {
			c.Modes = append(c.Modes, model.Mode{Kind: model.Slow, Life: m.life(2 * model.Day), Repair: m.law(2 * model.Hour), Errors: of(m, 0, 0.3, 1), Capacity: of(m, 0.1, 0.5, 1)})
		}
	}
	for i := range m.sys.Services {
		m.press(&m.sys.Services[i])
	}
}

// press has a service stand without a leader, or under a load.
func (m *maker) press(s *model.Service) {
	switch _, shared := s.Policy.(policies.ActiveActive); {
	case !shared:
	case m.chance(4) && s.Store == nil:
		n := 1 + m.r.IntN(len(s.Members))
		s.Policy = policies.Leaderless{Replicas: n, Read: 1 + m.r.IntN(n), Write: 1 + m.r.IntN(n)}
		s.Detector, s.Needed, s.Observer = nil, 0, model.ByEveryone
	case s.PerReplica > 0:
		s.LeastLoaded = m.chance(2)
		if m.chance(2) {
			s.Collapse = &model.Collapse{Above: of(m, 1, 1.3), After: of[model.Seconds](m, 0, 60), Step: m.law(120), Retry: of(m, 0, 1.6)}
			if m.chance(2) {
				s.Collapse.Human = &policies.Human{Acknowledge: m.law(300), Act: m.law(1000)}
			}
		}
	}
}

// asked is the load of the hour.
func (t *twin) asked() float64 {
	p := &t.sys.Peak
	hour := math.Mod(t.now, float64(model.Day))
	if hour >= float64(p.From) && hour < float64(p.To) || hour+float64(model.Day) < float64(p.To) {
		return p.Rate
	}
	return t.sys.Rate
}

// weight is the load of the hour over the mean of the horizon, of whole hours.
func (t *twin) weight() float64 {
	if t.sys.Peak.To == 0 {
		return 1
	}
	now, sum := t.now, 0.0
	hours := float64(t.o.Horizon / model.Hour)
	for h := 0.0; h < hours; h++ {
		t.now = h * float64(model.Hour)
		sum += t.asked()
	}
	t.now = now
	return t.asked() / (sum / hours)
}

// followTheDay has the load change at every hour.
func (t *twin) followTheDay() {
	hour := float64(model.Hour)
	t.plan((math.Floor(t.now/hour)+1)*hour, 3, "the day", func() {
		t.now = math.Round(t.now/hour) * hour
		t.followTheDay()
		first := none
		for _, s := range slices.SortedFunc(slices.Values(t.services), func(a, b *twinService) int { return strings.Compare(a.Name, b.Name) }) {
			if !s.limited(t.sys) {
				continue
			}
			if first == none {
				first = s.blame
			}
			if able, _ := t.strength(s); able*s.PerReplica < t.asked() {
				t.blameUnlessKnown(s.blame)
			}
		}
		t.blameUnlessKnown(first)
	})
}

func (s *twinService) limited(sys *model.System) bool {
	return s.PerReplica > 0 && (s.Collapse != nil || sys.Peak.To > 0)
}

// slowness lists by what a member is slow: itself, or what it runs on.
func (t *twin) slowness(m *twinMember) (by []*model.Mode) {
	for _, i := range []int32{m.Component, m.Host} {
		if p := t.parts[i]; p.down != nil && p.down.Kind == model.Slow {
			by = append(by, p.down.Mode)
		}
		if m.Host == m.Component {
			break
		}
	}
	return by
}

func (t *twin) health(m *twinMember) (answers, speed float64) {
	answers, speed = 1, 1
	for _, s := range t.slowness(m) {
		answers, speed = answers*(1-s.Errors), speed*s.Capacity
	}
	return answers, speed
}

func (t *twin) slow(m *twinMember) bool { return len(t.slowness(m)) > 0 }

func (s *twinService) rotates(m *twinMember) bool {
	if s.Detector != nil {
		return m.believed
	}
	return m.up
}

// strength is what the members that work in the rotation amount to, with and without those that fell.
func (t *twin) strength(s *twinService) (able, live float64) {
	if s.style != model.Shared {
		return 1, 1
	}
	for _, m := range s.members {
		if m.up && s.rotates(m) {
			_, speed := t.health(m)
			able += speed
			if !m.fallen {
				live += speed
			}
		}
	}
	return able, live
}

// press lets load have its effect on a service.
func (t *twin) press(s *twinService) {
	if !s.limited(t.sys) {
		return
	}
	if s.Collapse != nil {
		t.bear(s)
		s.strain.rang, s.strain.shed = false, false
	}
	if s.style != model.Shared {
		return
	}
	harm := 0
	for _, m := range s.members {
		for _, harmed := range []bool{!m.up, t.slow(m), m.fallen} {
			if harmed {
				harm++
			}
		}
	}
	switch {
	case harm == 0:
		s.blame = t.sys.ServiceElement(int(s.id))
	case harm > s.harm && t.blame != none:
		s.blame = t.blame
	}
	s.harm = harm
}

// bear looks at what a service is asked for and what it can do.
func (t *twin) bear(s *twinService) {
	x := &s.strain
	able, _ := t.strength(s)
	asked, can := t.asked(), able*s.PerReplica
	clock := "service " + s.Name + " strain"
	switch {
	case x.collapsed:
		t.lie(s, asked, can)
	case able > 0 && can >= asked:
		x.strained, x.shedding = false, false
		t.callOff(clock)
	case x.shedding:
	case able == 0 || can*s.Collapse.Above >= asked:
		x.strained = false
		t.callOff(clock)
	case !x.strained && s.Collapse.After > 0:
		x.strained = true
		t.wake(s, float64(s.Collapse.After))
	case !x.strained || x.rang:
		x.strained, x.collapsed, x.due = false, true, true
		t.wake(s, s.luck.draw(s.Collapse.Step))
		if h := s.Collapse.Human; h != nil {
			work := float64(h.Sample(s.luck.rand(), t.atNight()))
			t.plan(t.now+t.page(s, work), 2, "service "+s.Name+" shed", func() {
				t.blameUnlessKnown(s.blame)
				x.shed = true
			})
		}
		t.note(Note{Kind: PhaseEntered, Service: s.id, Member: none, Phase: model.Overload})
	}
}

func (t *twin) wake(s *twinService, in float64) {
	t.plan(t.now+in, 2, "service "+s.Name+" strain", func() {
		t.blameUnlessKnown(s.blame)
		s.strain.rang = true
	})
}

// lie is what goes on while a service has collapsed.
func (t *twin) lie(s *twinService, asked, can float64) {
	x := &s.strain
	c, a := t.worth(s, none, math.Inf(1))
	if offered := asked * (1 + s.Collapse.Retry*(1-c*a)); can >= offered || x.shed {
		x.collapsed, x.due, x.shedding = false, false, can < asked
		t.callOff("service " + s.Name + " strain")
		t.callOff("service " + s.Name + " shed")
		t.dismiss(s)
		for _, m := range s.members {
			if m.fallen && m.up {
				t.beginToServe(s, m)
			}
			m.fallen = false
		}
		t.note(Note{Kind: PhaseEntered, Service: s.id, Member: none, Phase: model.Serving})
		return
	}
	var standing []*twinMember
	for _, m := range s.members {
		if m.up && s.rotates(m) && !m.fallen {
			standing = append(standing, m)
		}
	}
	if x.rang {
		if x.due = false; len(standing) > 0 {
			standing[int(s.luck.s.uniform()*float64(len(standing)))].fallen = true
			standing = standing[1:]
		}
	}
	if len(standing) > 0 && !x.due {
		x.due = true
		t.wake(s, s.luck.draw(s.Collapse.Step))
	}
}

// balanced is what a rotation is worth: the members that work in it, their strength, and how many of the
// requests they answer rightly.
func (t *twin) balanced(s *twinService, site int32, at float64) (capacity, answered float64) {
	working, dead, refusing, strength, weights, right := 0, 0.0, 0.0, 0.0, 0.0, 0.0
	for _, m := range s.members {
		if m.fallen || !s.rotates(m) || !t.reaches(site, t.site(m)) { // a balancer knows whom it does not reach
			continue
		}
		if !m.up {
			dead++
			if m.fault == model.Crash {
				refusing++
			}
			continue
		}
		answers, speed := t.health(m)
		weight := 1.0
		if s.LeastLoaded {
			weight = speed
		}
		working++
		strength += speed * s.warmth(m, at)
		weights += weight
		right += weight * answers
	}
	if working < s.needed() || strength == 0 || s.restoring() {
		return 1, 0
	}
	if !s.LeastLoaded {
		return t.capacity(s, strength), right / (weights + dead)
	}
	idle := max(0, 1-t.asked()/(strength*s.PerReplica))
	lost := 0.0 // of k of the working members that are idle, and the refusing ones, one is taken
	for k := 0; refusing > 0 && k <= working; k++ {
		ways := 1.0
		for i := range k {
			ways *= float64(working-i) / float64(i+1)
		}
		lost += ways * math.Pow(idle, float64(k)) * math.Pow(1-idle, float64(working-k)) * refusing / (refusing + float64(k))
	}
	return t.capacity(s, strength), right / weights * (1 - lost)
}

// worthFor is worth for a kind of access.
func (t *twin) worthFor(s *twinService, access model.Access, site int32, at float64) (capacity, answered float64) {
	l, ok := s.Policy.(model.Leaderless)
	if !ok {
		return t.worth(s, site, at)
	}
	copies, takes, write := l.Copies()
	if access == model.Write {
		takes = write
	}
	strength := 0.0
	for k, first := range s.members {
		if first.up && !first.fallen && t.reaches(site, t.site(first)) {
			_, speed := t.health(first)
			strength += speed * s.warmth(first, at)
		}
		reached, share := 0, 1.0
		for _, slow := range []bool{false, true} { // the well ones are preferred
			for c := range copies {
				m := s.members[(k+c)%len(s.members)]
				if reached < takes && m.up && !m.fallen && t.slow(m) == slow && t.reaches(site, t.site(m)) {
					answers, _ := t.health(m)
					share *= answers
					reached++
				}
			}
		}
		if reached == takes {
			answered += share
		}
	}
	if answered == 0 {
		return 1, 0
	}
	return t.capacity(s, strength), answered / float64(len(s.members))
}
