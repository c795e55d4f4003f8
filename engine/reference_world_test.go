package engine

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// The files reference_*_test.go hold the naive twin of the engine: the rules of docs/semantics.md as a
// program that is slow and plain. Pending events are a list; whatever can be worked out from the state of
// components and beliefs is worked out anew at every instant, for everybody. The twin shares with the
// engine the words (model), the policies, the streams of random numbers and nothing of how it is laid
// out, so that where both agree on random systems, nothing has been skipped, swapped or miscounted.
//
// This file is the event loop and floors 1 and 2: components, common causes and reach.

type twin struct {
	sys      *model.System
	o        Options
	run      uint64 // key of the replication
	now      float64
	begin    float64 // when observation starts
	past     bool    // beyond the horizon: nothing is booked any more
	pending  []event
	parts    []*twinPart
	causes   []*twinCause
	crews    []*twinCrew
	services []*twinService
	journeys []*twinJourney
	people   []*twinPerson
	cushions []*twinCushion // those first that others rest on
	blame    model.Element  // what began the present instant
	reached  map[[2]int32]bool
	relevant []int32 // sites where members or clients are
	out      *model.Outcome
	outages  []*twinOutage
	losses   []twinLoss
	story    []string // what happened, in words
}

// event is something that will happen unless it is called off. Events of one instant happen by class and
// name.
type event struct {
	at    float64
	class int // 0 a component, 1 a common cause, 2 a service
	name  string
	do    func()
}

func (e event) before(f event) bool {
	switch {
	case e.at != f.at:
		return e.at < f.at
	case e.class != f.class:
		return e.class < f.class
	}
	return e.name < f.name
}

// plan has something happen at the given time; it replaces what was planned under the same name.
func (t *twin) plan(at float64, class int, name string, do func()) {
	t.callOff(name)
	t.pending = append(t.pending, event{at, class, name, do})
}

func (t *twin) callOff(name string) {
	for i := range t.pending {
		if t.pending[i].name == name {
			t.pending = append(t.pending[:i], t.pending[i+1:]...)
			return
		}
	}
}

// next is the index of the first pending event, or -1.
func (t *twin) next() int {
	first := -1
	for i := range t.pending {
		if first < 0 || t.pending[i].before(t.pending[first]) {
			first = i
		}
	}
	return first
}

// instant makes everything happen that is due at one time, if that is not after end, and then draws the
// conclusions.
func (t *twin) instant(end float64) bool {
	i := t.next()
	if i < 0 || t.pending[i].at > end {
		return false
	}
	t.passTime(t.pending[i].at)
	t.blame = none
	for i >= 0 && t.pending[i].at <= t.now {
		e := t.pending[i]
		t.callOff(e.name)
		e.do()
		i = t.next()
	}
	t.settle()
	return true
}

// settle draws the conclusions of an instant, upward: belief, decisions and data, journeys. A service
// comes after those that observe it or consent to what it does.
func (t *twin) settle() {
	clear(t.reached)
	settled := map[*twinService]bool{}
	var settle func(s *twinService)
	settle = func(s *twinService) {
		if settled[s] {
			return
		}
		settled[s] = true
		if s.Observer == model.ByService && s.Balancer != none {
			settle(t.services[s.Balancer])
		}
		if s.Coordinated {
			settle(t.services[s.Coordinator])
		}
		t.settleService(s)
	}
	for _, s := range t.services {
		settle(s)
	}
	for _, c := range t.cushions {
		t.settleCushion(c)
	}
	for _, j := range t.journeys {
		t.judge(j)
	}
}

// passTime lets users be served as they are until the given time.
func (t *twin) passTime(to float64) {
	for _, j := range t.journeys {
		t.serveUntil(j, to)
		t.bookBridged(j, to-t.now)
	}
	for _, s := range t.services {
		if t.upCount(s) < len(s.members) && !t.past {
			t.out.Exposure[s.id] += model.Seconds(to - t.now)
		}
	}
	t.now = to
}

// simulate runs one replication of sys.
func simulate(sys *model.System, o Options, replication int) *twin {
	t := &twin{sys: sys, o: o, run: runKey(o.Seed, replication), reached: map[[2]int32]bool{}, blame: none}
	t.out = &model.Outcome{Replication: replication}
	t.forget()
	t.setUp()
	t.settle()
	if o.SteadyState {
		t.settleDown()
	}
	t.planOnce()
	end := t.begin + float64(o.Horizon)
	for t.instant(end) {
	}
	t.passTime(end)
	t.past = true
	t.closeRecords()
	for t.watchedOutages() > 0 && t.instant(end+float64(o.RunOut)) {
	}
	if t.watchedOutages() > 0 {
		t.passTime(end + float64(o.RunOut))
	}
	for _, j := range t.journeys {
		if j.outage != nil {
			j.outage.End, j.outage.Open = t.time(), true
		}
	}
	return t
}

// forget empties the outcome.
func (t *twin) forget() {
	t.outages, t.losses, t.story = nil, nil, nil
	*t.out = model.Outcome{Replication: t.out.Replication, Horizon: t.o.Horizon, Weight: 1,
		Unserved: make([]model.Seconds, len(t.sys.Journeys)), Bridged: make([]model.Seconds, len(t.sys.Journeys)), Exposure: make([]model.Seconds, len(t.sys.Services))}
}

// time is the time since observation started.
func (t *twin) time() model.Seconds { return model.Seconds(t.now - t.begin) }

// note keeps what happened for whoever looks for the difference between the twin and the engine.
func (t *twin) note(n Note) {
	if *twinSeed == 0 {
		return
	}
	n.At = t.time()
	t.story = append(t.story, n.words(t.sys))
}

// dice is one stream of random numbers.
type dice struct{ s stream }

func (t *twin) dice(key uint64) *dice { return &dice{streamOf(t.run, key)} }

func (d *dice) Uint64() uint64 { return d.s.next() }

func (d *dice) rand() *rand.Rand { return rand.New(d) }

// draw takes a duration from a law: exponential ones as the engine does, constants without a draw.
func (d *dice) draw(l model.Distribution) float64 {
	if m, ok := l.(model.Memoryless); ok {
		return d.s.exponential() * (1 / m.Rate())
	}
	if q, ok := l.(model.Quantiler); ok && q.Quantile(1e-12) == q.Quantile(1-1e-12) {
		return float64(q.Quantile(1e-12))
	}
	return float64(l.Sample(d.rand()))
}

// twinPart is a component.
type twinPart struct {
	*model.Component
	id      int32
	lives   []*twinLife
	down    *twinLife // the mode it is down with
	mute    bool      // hung, and nobody has noticed: its repair has not begun
	holders map[string]bool
	rate    float64 // at which it ages
	undone  float64 // of a repair that has been interrupted
	up      bool    // available when last looked at
	torn    bool    // the rebuild of this disk has met read errors, so that its set is gone
	media   []bool  // whether each condition about its disks was met when last looked at
	fault   model.FaultMode
}

// twinLife is a way a component breaks.
type twinLife struct {
	*model.Mode
	name         string
	key          uint64
	life, repair *dice
	left         float64 // until failure, in seconds of ageing, when its clock last started
	since        float64 // when its clock last started
	ticking      bool
	age          float64 // when its clock last started
}

// twinCause is a common cause.
type twinCause struct {
	*model.CommonCause
	id                   int
	life, repair, chance *dice
	active               bool
	victims              []int32 // by name
	hit                  map[int32]bool
}

func (t *twin) setUp() {
	for i := range t.sys.Components {
		p := &twinPart{Component: &t.sys.Components[i], id: int32(i), holders: map[string]bool{}, up: true}
		for k := range p.Modes {
			name := p.Name
			if len(p.Modes) > 1 {
				name += " " + p.Modes[k].Kind.String()
			}
			key := nameKey(name, forLife)
			p.lives = append(p.lives, &twinLife{Mode: &p.Modes[k], name: name, key: key, life: t.dice(key), repair: t.dice(^key)})
		}
		t.parts = append(t.parts, p)
	}
	t.setUpCrews()
	for range t.sys.People.Staff {
		t.people = append(t.people, &twinPerson{})
	}
	for i := range t.sys.Services {
		t.setUpService(int32(i))
	}
	for _, p := range t.parts {
		p.rate = t.ageing(p.id)
		for _, l := range p.lives {
			l.left = l.life.draw(l.Life)
			t.tick(p, l)
		}
	}
	for i := range t.sys.Causes {
		c := &twinCause{CommonCause: &t.sys.Causes[i], id: i, hit: map[int32]bool{}}
		c.victims = slices.SortedFunc(slices.Values(c.Victims), func(a, b int32) int { return strings.Compare(t.parts[a].Name, t.parts[b].Name) })
		key := nameKey(c.Name, forVictims)
		c.life, c.repair, c.chance = t.dice(key), t.dice(^key), t.dice(key+1)
		t.causes = append(t.causes, c)
		if !c.Once {
			t.planCause(c, c.life.draw(c.Life))
		}
	}
	if t.sys.Peak.To > 0 {
		t.followTheDay()
	}
	t.setUpJourneys()
	t.setUpCushions()
	t.setUpNetwork()
}

// available is R1: up, held down by no common cause, and what it requires is available.
func (t *twin) available(i int32) bool {
	p := t.parts[i]
	return (p.down == nil || p.down.Kind == model.Slow) && len(p.holders) == 0 && (p.Requires == nil || t.met(p.Requires))
}

func (t *twin) met(n *model.Need) bool {
	if len(n.Of) == 0 {
		return t.available(n.Ref)
	}
	met := 0
	for k := range n.Of {
		if t.met(&n.Of[k]) {
			met++
		}
		if len(n.Of[k].Of) == 0 && n.AtLeast < len(n.Of) && t.parts[n.Of[k].Ref].torn {
			met--
		}
	}
	return met >= n.AtLeast
}

// look finds out who has become available or not since the last look. What struck a component is seen on
// it as what it is; whatever rests on it just falls silent.
func (t *twin) look(struck int32, mode model.FaultMode) {
	for i, p := range t.parts {
		t.lookAtDisks(p, mode)
		up := t.available(int32(i))
		if p.up && !up {
			p.fault = mode
			if p.id != struck && mode == model.Crash {
				p.fault = model.OSCrash
			}
		}
		p.up = up
	}
	for _, s := range t.services {
		for _, m := range s.members {
			p := t.parts[m.Component]
			if m.up && !p.up {
				m.fault = p.fault
				if m.dim {
					m.dim, m.seen = false, m.believed
					t.callOff(watchName(s, m))
				}
			}
			m.changed = m.changed || m.up != p.up
			m.up = p.up
		}
	}
}

// tick starts the clock of a life.
func (t *twin) tick(p *twinPart, l *twinLife) {
	l.since, l.ticking = t.now, true
	if p.rate > 0 {
		t.plan(t.now+l.left/p.rate, 0, l.name, func() { t.fail(p, l) })
	}
}

// stopClocks stops the lives of a component.
func (t *twin) stopClocks(p *twinPart) {
	for _, l := range p.lives {
		if l.ticking {
			aged := (t.now - l.since) * p.rate
			l.left, l.age, l.ticking = l.left-aged, l.age+aged, false
			t.callOff(l.name)
		}
	}
}

func (t *twin) startClocks(p *twinPart) {
	for _, l := range p.lives {
		t.tick(p, l)
	}
}

// fail takes a component down. Its repair begins at once, unless it hangs and has to be noticed first.
func (t *twin) fail(p *twinPart, l *twinLife) {
	t.stopClocks(p)
	p.down = l
	if l.Repair != nil {
		if p.mute = l.Kind == model.Hang && t.watched(p.id); !p.mute {
			t.beginRepair(p)
		}
	}
	t.blameUnlessKnown(p.id)
	t.note(Note{Kind: ComponentFailed, Component: p.id, Mode: l.Kind})
	t.hurt(p.id, l.Kind)
	t.look(p.id, l.Kind)
}

func (t *twin) beginRepair(p *twinPart) {
	if crew := t.crewOf(p); crew != nil {
		if len(crew.busy) == crew.Size && !t.preempted(crew, p) {
			crew.line = append(crew.line, p)
			return
		}
		crew.busy = append(crew.busy, p)
	}
	t.plan(t.now+p.toDo(), 0, p.down.name, func() { t.mend(p) })
}

// mend brings a component back: the mode that failed is as good as new, or as old as it was (R8); the
// others go on where they stopped.
func (t *twin) mend(p *twinPart) {
	l := p.down
	if l.Unread > 0 && t.rebuildFails(p) {
		return
	}
	p.down, p.mute = nil, false
	t.released(p)
	if l.KeepsAge {
		l.left = float64(l.Life.(model.Residual).Residual(model.Seconds(l.age), l.life.rand()))
	} else {
		l.left, l.age = l.life.draw(l.Life), 0
	}
	t.startClocks(p)
	t.blameUnlessKnown(p.id)
	t.note(Note{Kind: ComponentRepaired, Component: p.id})
	t.look(p.id, l.Kind)
}

func (t *twin) blameUnlessKnown(e model.Element) {
	if t.blame == none {
		t.blame = e
	}
}

// notice begins the repair of whatever hangs unnoticed among a component and what it requires.
func (t *twin) notice(i int32) {
	p := t.parts[i]
	if p.mute {
		p.mute = false
		t.beginRepair(p)
	}
	if p.Requires != nil {
		t.noticeAll(p.Requires)
	}
}

func (t *twin) noticeAll(n *model.Need) {
	if len(n.Of) == 0 {
		t.notice(n.Ref)
	}
	for k := range n.Of {
		t.noticeAll(&n.Of[k])
	}
}

// watched tells whether somebody looks at component i, or at something that cannot do without it, who
// does not know yet that there is a fault.
func (t *twin) watched(i int32) bool {
	for _, s := range t.services {
		for k, m := range s.members {
			if s.Detector != nil && (s.style == model.Shared || int(s.state.Primary) == k) && m.believed && t.restsOn(m.Component, i) {
				return true
			}
		}
	}
	return false
}

// restsOn tells whether component i is component what or cannot be available without it.
func (t *twin) restsOn(i, what int32) bool {
	return i == what || t.parts[i].Requires != nil && t.needs(t.parts[i].Requires, what)
}

func (t *twin) needs(n *model.Need, what int32) bool {
	if len(n.Of) == 0 {
		return t.restsOn(n.Ref, what)
	}
	for k := range n.Of {
		if n.AtLeast == len(n.Of) && t.needs(&n.Of[k], what) {
			return true
		}
	}
	return false
}

// belongs tells whether component what is part of the unit that component i is, or of a part of it.
func (t *twin) belongs(i, what int32) bool {
	c := t.parts[i].Component
	return c.Unit && c.Requires != nil && t.within(c.Requires, what)
}

func (t *twin) within(n *model.Need, what int32) bool {
	if len(n.Of) == 0 {
		return n.Ref == what || t.belongs(n.Ref, what)
	}
	for k := range n.Of {
		if t.within(&n.Of[k], what) {
			return true
		}
	}
	return false
}

// ageing is the rate at which a component ages (R22): hardware that only stands by at its dormancy
// factor, as does its software if it is off; everything else at full rate.
func (t *twin) ageing(i int32) float64 {
	rate, reserve := 0.0, false
	for _, s := range t.services {
		for k, m := range s.members {
			part := t.belongs(m.Host, i)
			if m.Component != i && m.Host != i && !part {
				continue
			}
			if s.style == model.Shared || int(s.state.Primary) == k {
				return 1
			}
			alpha := s.Policy.Dormancy()
			if s.style == model.Primary && alpha < 1 && (m.Host == i || part || alpha == 0) {
				rate, reserve = max(rate, alpha), true
			}
		}
	}
	if !reserve {
		return 1
	}
	return rate
}

// followRoles has every component age as its roles now demand.
func (t *twin) followRoles() {
	for _, p := range t.parts {
		if rate := t.ageing(p.id); rate != p.rate {
			t.stopClocks(p)
			p.rate = rate
			if p.down == nil {
				t.startClocks(p)
			}
		}
	}
}

// planOnce plans what happens once, as observation begins.
func (t *twin) planOnce() {
	for _, c := range t.causes {
		if c.Once {
			t.planCause(c, c.life.draw(c.Life))
		}
	}
}

func (t *twin) planCause(c *twinCause, in float64) {
	t.plan(t.now+in, 1, "cause "+c.Name, func() { t.causeRings(c) })
}

func (t *twin) causeRings(c *twinCause) {
	t.blameUnlessKnown(t.sys.CauseElement(c.id))
	switch {
	case c.active:
		c.active = false
		t.release(c)
		t.again(c)
	case c.Repair == nil:
		t.shock(c)
		t.again(c)
	default:
		c.active = true
		t.strike(c)
		t.planCause(c, c.repair.draw(c.Repair))
	}
}

// again plans the next event of a cause that happens more than once.
func (t *twin) again(c *twinCause) {
	if !c.Once {
		t.planCause(c, c.life.draw(c.Life))
	}
}

// struck tells whether an event of a cause takes its next victim.
func (c *twinCause) strikes() bool { return c.Probability >= 1 || c.chance.s.uniform() < c.Probability }

// strike holds victims down until the cause ends.
func (t *twin) strike(c *twinCause) {
	t.note(Note{Kind: CauseStruck, Component: int32(c.id), Mode: c.Mode})
	for _, v := range c.victims {
		if c.strikes() {
			c.hit[v] = true
			t.parts[v].holders[c.Name] = true
			t.hurt(v, c.Mode)
			t.look(v, c.Mode)
		}
	}
}

// release lets the victims go. After a power loss a machine may not come back (R7).
func (t *twin) release(c *twinCause) {
	t.note(Note{Kind: CauseEnded, Component: int32(c.id)})
	for _, v := range c.victims {
		if !c.hit[v] {
			continue
		}
		delete(c.hit, v)
		p := t.parts[v]
		if c.Mode == model.PowerLoss && p.StartFailure > 0 && len(p.lives) > 0 && c.chance.s.uniform() < p.StartFailure && p.down == nil {
			t.fail(p, p.lives[0])
		}
		delete(p.holders, c.Name)
		t.look(v, c.Mode)
	}
}

// shock fails every victim that is up and not off; each is repaired by its own law.
func (t *twin) shock(c *twinCause) {
	t.note(Note{Kind: CauseStruck, Component: int32(c.id), Mode: c.Mode})
	for _, v := range c.victims {
		p := t.parts[v]
		if !c.strikes() || len(p.lives) == 0 || p.rate == 0 {
			continue
		}
		if p.down != nil && p.down.Kind == model.Slow {
			t.callOff(p.down.name)
			t.mend(p) // whatever strikes it strikes it sound
		}
		if p.down == nil {
			l := p.lives[0]
			for _, other := range p.lives {
				if other.Kind == c.Mode {
					l = other
					break
				}
			}
			t.fail(p, l)
		}
	}
}

func (t *twin) setUpNetwork() {
	matter := func(site int32) {
		if site != none && len(t.sys.Network.Sites) > 0 && !slices.Contains(t.relevant, site) {
			t.relevant = append(t.relevant, site)
		}
	}
	for _, s := range t.services {
		for _, m := range s.members {
			matter(t.site(m))
		}
	}
	for _, c := range t.sys.Clients {
		matter(c.Site)
	}
}

func (t *twin) site(m *twinMember) int32 { return t.sys.Components[m.Component].Site }

// reaches is R2: whether there is a way from one site to another over links and sites that work. Sites
// pass traffic on between others if they are meant to, and always between their parts and others.
func (t *twin) reaches(from, to int32) bool {
	if from == none || to == none || len(t.sys.Network.Sites) == 0 {
		return true
	}
	pair := [2]int32{from, to}
	if answer, known := t.reached[pair]; known {
		return answer
	}
	sites := t.sys.Network.Sites
	found := map[int32]bool{}
	var visit func(at int32)
	visit = func(at int32) {
		if found[at] || !t.works(sites[at].Component) {
			return
		}
		found[at] = true
		for _, l := range t.sys.Network.Links {
			passes := at == from || sites[at].Transit || sites[from].Within == at || sites[l.To].Within == at
			if l.From == at && passes && t.works(l.Component) {
				visit(l.To)
			}
		}
	}
	visit(from)
	for i := range sites {
		t.reached[[2]int32{from, int32(i)}] = found[int32(i)]
	}
	return found[to]
}

func (t *twin) works(component int32) bool { return component == none || t.parts[component].up }

// whole tells whether everybody reaches everybody.
func (t *twin) whole() bool {
	for _, a := range t.relevant {
		for _, b := range t.relevant {
			if !t.reaches(a, b) {
				return false
			}
		}
	}
	return true
}

// someClientReaches tells whether some client reaches a site; without declared clients everybody does.
func (t *twin) someClientReaches(site int32) bool {
	for _, c := range t.sys.Clients {
		if t.reaches(c.Site, site) {
			return true
		}
	}
	return len(t.sys.Clients) == 0 || t.whole()
}

// settleDown puts every failure process into its long-run state, lets roles, beliefs and data settle, and
// starts observation there.
func (t *twin) settleDown() {
	longest := float64(model.Hour)
	mean := func(l model.Distribution) {
		if l != nil && !math.IsInf(float64(l.Mean()), 1) {
			longest = max(longest, float64(l.Mean()))
		}
	}
	byName := slices.SortedFunc(slices.Values(t.parts), func(a, b *twinPart) int { return strings.Compare(a.Name, b.Name) })
	for _, p := range byName { // the first that is down is to blame for what follows
		t.drawState(p)
		for _, l := range p.lives {
			mean(l.Repair)
		}
	}
	for _, c := range t.causes {
		t.drawCauseState(c)
		mean(c.Repair)
	}
	t.settle()
	start := settlingRepairs * longest
	if t.sys.Peak.To > 0 {
		start = math.Ceil(start/float64(model.Day)) * float64(model.Day)
	}
	for t.instant(start) {
	}
	t.passTime(start)
	t.begin = start
	t.forget()
	for _, j := range t.journeys {
		if j.ramps = 0; j.outage != nil {
			t.blame = j.outage.Initiator
			t.open(j)
		}
	}
	for _, s := range t.services {
		if s.record != nil {
			s.record.Start = 0
		}
	}
}

// drawState puts a component into its long-run state: down in a mode with a probability in proportion to
// its mean repair over its mean life, and with equilibrium laws for what is left.
func (t *twin) drawState(p *twinPart) {
	if len(p.lives) == 0 || p.rate == 0 {
		return
	}
	d := t.dice(p.lives[0].key + 2)
	u, sum := d.s.uniform(), 1.0
	load := func(l *twinLife) float64 {
		if l.Repair == nil {
			return 0
		}
		return float64(l.Repair.Mean() / l.Life.Mean())
	}
	for _, l := range p.lives {
		sum += load(l)
	}
	for _, l := range p.lives {
		if !l.KeepsAge {
			l.left = d.remainder(l.Life)
			t.tick(p, l)
		}
	}
	for _, l := range p.lives {
		if u -= load(l) / sum; u < 0 {
			t.fail(p, l)
			if !p.mute && !t.waits(p) {
				t.plan(t.now+d.remainder(l.Repair), 0, l.name, func() { t.mend(p) })
			}
			return
		}
	}
}

func (t *twin) drawCauseState(c *twinCause) {
	if c.Once {
		return
	}
	t.planCause(c, c.life.remainder(c.Life))
	if c.Repair != nil && c.life.s.uniform() < float64(c.Repair.Mean()/(c.Life.Mean()+c.Repair.Mean())) {
		c.active = true
		t.strike(c)
		t.planCause(c, c.repair.remainder(c.Repair))
	}
}

// remainder draws what is left of a duration at a random instant of it.
func (d *dice) remainder(l model.Distribution) float64 {
	exact := compileLaw(l, true)
	return makeEquilibrium(&exact).draw(&d.s)
}
