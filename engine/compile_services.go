package engine

import (
	"fmt"

	"github.com/ftsim/ftsim/model"
)

// services lays out groups, their members and stores, and gives out the clocks they own.
func (c *compiler) services() error {
	p := c.p
	c.network()
	if peak := &p.sys.Peak; peak.To > 0 {
		p.demand = demand{base: p.sys.Rate, peak: peak.Rate, from: float64(peak.From), to: float64(peak.To)}
	}
	total := 0
	for i := range p.sys.Services {
		s := &p.sys.Services[i]
		total += len(s.Members)
		if s.Detector != nil && s.Observer == model.ByService {
			c.balancers[s.Balancer] = true
		}
		if s.Coordinated {
			c.balancers[s.Coordinator] = true
		}
	}
	c.edges = append(make([]edge, 0, total+len(c.edges)), c.edges...)
	p.groups = make([]group, len(p.sys.Services))
	for i := range p.sys.Services {
		from := &p.sys.Services[i]
		if from.Policy == nil || len(from.Members) == 0 {
			return fmt.Errorf("service %q has no members or no policy", from.Name)
		}
		c.addGroup(int32(i), from)
	}
	for _, i := range byName(len(p.groups), func(i int) string { return p.sys.Services[i].Name }) {
		c.groupClocks(i, &p.groups[i])
		if p.groups[i].limited {
			p.limited = append(p.limited, i)
		}
	}
	if p.demand.varies() {
		p.dayClock = c.clock(owner{kind: demandClock})
	}
	return nil
}

func (c *compiler) addGroup(i int32, from *model.Service) {
	p := c.p
	n := int32(len(from.Members))
	g := group{
		first: int32(len(p.members)), n: n, needed: int32(max(1, from.Needed)), style: from.Policy.Style(),
		observer: from.Observer, policy: from.Policy, detector: from.Detector, balancer: from.Balancer,
		coordinator: none, fence: fence{kind: from.Fence.Kind, failsafe: from.Fence.Failsafe, failure: from.Fence.Failure,
			within: c.law(from.Fence.Within), inTouch: true, blame: p.sys.ServiceElement(int(i))},
		warmAt: from.WarmUp.StartAt, warmRamp: float64(from.WarmUp.Ramp),
		state: from.Policy.Start(int(n)), store: none, spread: none, shards: none, stale: none, care: none, strain: none, halt: none, meanwhile: from.Meanwhile, leastLoaded: from.LeastLoaded, person: none, alarms: none, luckAt: negInf, old: none, record: none, blame: p.sys.ServiceElement(int(i)),
		keys: [2]uint64{nameKey(from.Name, forPolicy), nameKey(from.Name, forWatch)},
		move: none, up: n, rotation: n, good: n, sound: n, cap: 1, frac: 1,
	}
	if g.style == model.Shared {
		g.state.Primary = 0
	}
	g.eligible, g.refused = none, none
	if from.Coordinated {
		g.coordinator = from.Coordinator
	}
	c.capacity(from, &g)
	c.halts(from, &g)
	g.writers = writers(from, &g)
	g.pair, g.whole = g.style == model.Primary && n == 2, g.capacity(1)
	if g.plain = c.plain(i, &g, from); g.plain {
		for _, m := range from.Members {
			c.edges = append(c.edges, edge{m.Component, fan{i, toCount}})
		}
		p.groups[i] = g
		return
	}
	for _, m := range from.Members {
		c.addMember(i, m)
	}
	c.dormancy(from, &g)
	c.care(from, &g)
	c.store(i, from, &g)
	g.readers = from.StandbyReads && g.store != none && g.style == model.Primary
	c.staleReads(i, from, &g)
	g.looks = g.warmRamp > 0 || g.style == model.Shared && g.detector != nil || g.shards != none
	g.aloof = g.style == model.Primary && (g.detector == nil || g.observer != model.ByPeers) && g.store == none && !c.balancers[i] && !g.fence.self() && g.care == none
	g.simple = g.aloof && g.detector == nil && g.fence.kind == model.Unfenced && g.coordinator == none && g.warmRamp == 0 && !g.limited && g.whole >= 1
	p.groups[i] = g
}

// capacity lays out what load does to a group.
func (c *compiler) capacity(from *model.Service, g *group) {
	p := c.p
	if l, ok := from.Policy.(model.Leaderless); ok {
		copies, read, write := l.Copies()
		g.copies, g.copiesRead, g.copiesWrite = int32(copies), int32(read), int32(write)
	}
	if from.PerReplica == 0 || p.sys.Rate == 0 {
		return
	}
	g.perReplica, g.demand = from.PerReplica, p.sys.Rate
	if x := from.Collapse; x != nil {
		g.strain = int32(len(p.strains))
		p.strains = append(p.strains, strain{above: x.Above, retry: x.Retry, after: float64(x.After), step: c.law(x.Step), human: x.Human})
	}
	g.limited = g.strain != none || p.demand.varies()
}

// mayAil tells whether some member of a service may become slow.
func (c *compiler) mayAil(from *model.Service) bool {
	for _, m := range from.Members {
		if c.gray && canAil(c.p.sys, m) {
			return true
		}
	}
	return false
}

func (c *compiler) addMember(i int32, m model.Member) {
	p := c.p
	id := int32(len(p.members))
	p.members = append(p.members, member{component: m.Component, host: m.Host, service: i,
		site: p.network.placeOf(p.sys.Components[m.Component].Site), up: true, seen: true, believed: true, warmFrom: negInf})
	c.edges = append(c.edges, edge{m.Component, fan{id, toMember}})
}

// plain tells whether only the number of a group's available members matters.
func (c *compiler) plain(i int32, g *group, from *model.Service) bool {
	return g.style == model.Shared && g.writers == 0 && g.detector == nil && g.halt == none && g.perReplica == 0 && g.warmRamp == 0 && g.copies == 0 && !c.mayAil(from) &&
		(from.Store == nil || g.n > 1 && !spreads(from, g)) && len(c.p.network.relevant) == 0 && !c.balancers[i]
}

// dormancy gives the hardware of standbys an ageing rate of its own (R22). Software that is off does
// not fail; software that runs does so at its own rate.
func (c *compiler) dormancy(from *model.Service, g *group) {
	alpha := from.Policy.Dormancy()
	g.fresh, g.pooled = from.Fresh, c.pooled(from, alpha)
	if g.style != model.Primary || alpha >= 1 {
		return
	}
	for _, m := range from.Members {
		c.ageing(m.Host, alpha)
		c.unitAgeing(m.Host, alpha)
		if alpha == 0 {
			c.ageing(m.Component, alpha)
		}
	}
}

// store lays out the ledger of a service with one history: a primary and its copies. Members that all
// take writes have no one history to lose.
func (c *compiler) store(i int32, from *model.Service, g *group) {
	p := c.p
	if from.Store != nil && from.Store.Shards != nil && g.copies > 0 {
		c.shards(i, from, g)
		return
	}
	if spreads(from, g) {
		c.spread(from, g)
		return
	}
	if from.Store == nil || g.style == model.Shared && g.n > 1 {
		return
	}
	s := from.Store
	g.store = int32(len(p.stores))
	st := store{mode: s.Mode, durability: s.Durability, lag: c.law(s.Lag), fallback: c.law(s.FallbackAfter),
		rate: s.WriteRate, flush: float64(s.FlushEvery), first: int32(len(p.copies)), clock: none,
		key: nameKey(from.Name, forData), writing: true, share: 1, choice: choiceOf(s), fullCopy: none, rewind: none, backups: s.Backups, errors: s.Errors,
		corruption: s.Corruption, n: g.n,
		restore: restoration{lost: negInf}, history: none, merger: c.merger(from, g), salvage: c.salvaging(from)}
	if st.feed.Producers = s.Producers; s.Producers != nil {
		p.queued = make([]model.QueueUse, len(p.sys.Services))
	}
	if s.Backups != nil || s.Errors != nil {
		st.history = int32(len(p.writes))
		p.writes = append(p.writes, history{n: 1})
	}
	if b := s.Rebuild; b != nil {
		st.fullCopy, st.rewind, st.rewindWorks, st.size = c.law(b.FullCopy), c.law(b.Rewind), b.RewindWorks, b.Size
	}
	if b := s.Backups; b != nil && b.Repository != none {
		p.comps[b.Repository].data = true
	}
	if st.underLoad = s.LagUnderLoad; s.Mode != model.Unreplicated && g.n > 1 {
		st.takesIn, st.feeds = s.TakesIn, s.FeedsFrom
		st.ways, st.growth = c.ways(g), s.Growth
	}
	c.acknowledge(s, g, &st)
	for k := int32(0); k < g.n; k++ {
		outrun := outruns(st.takesIn) && !st.throttles()
		p.copies = append(p.copies, replica{following: k != g.state.Primary && !outrun, takesIn: st.takesIn, outrun: outrun, way: none, shaken: negInf})
		m := &p.members[g.first+k]
		p.comps[m.component].data = true
		p.comps[m.host].data = true
	}
	p.stores = append(p.stores, st)
}

// spreads tells whether several members of a service take writes, and how many copies there are of each is
// few enough to keep books of who has what.
func spreads(from *model.Service, g *group) bool {
	copies := g.n
	if g.copies > 0 {
		copies = g.copies
	}
	return from.Store != nil && g.style == model.Shared && g.n > 1 && g.n <= model.MostWriters && copies <= model.MostCopies && from.Store.Mode != model.Unreplicated
}

// spread lays out the ledger of a store in which several members take writes.
func (c *compiler) spread(from *model.Service, g *group) {
	p, s := c.p, from.Store
	x := spread{fresh: ^uint64(0), copies: g.n, parts: 1, takes: max(1, g.writers), lag: none, durability: s.Durability, flush: float64(s.FlushEvery), rate: s.WriteRate,
		conflicts: s.Conflicts, first: int32(len(p.holders)), held: int32(p.held), key: nameKey(from.Name, forData), fullCopy: none, fell: none, cut: none}
	switch {
	case g.copies > 0:
		x.copies, x.parts, x.takes = g.copies, g.n, g.copiesWrite
		if g.copies == g.n {
			x.parts = 1
		}
	case s.Mode == model.Async:
		x.lag = c.law(s.Lag)
	}
	if s.Rebuild != nil {
		x.fullCopy = c.law(s.Rebuild.FullCopy)
	}
	c.hints(s.Hints, g, &x)
	g.spread = int32(len(p.spreads))
	p.spreads = append(p.spreads, x)
	p.held += int(x.parts * x.sets())
	for k := int32(0); k < g.n; k++ {
		p.holders = append(p.holders, holder{live: true})
		m := &p.members[g.first+k]
		p.comps[m.component].data, p.comps[m.host].data = true, true
	}
}

// acknowledge lays out how many copies a write takes.
func (c *compiler) acknowledge(s *model.Store, g *group, st *store) {
	switch {
	case g.n == 1 || s.Mode == model.Async || s.Mode == model.Unreplicated:
		return
	case s.Mode == model.QuorumSync:
		st.have = g.n / 2
	default:
		st.have = int32(max(1, s.Acks))
	}
	if g.style == model.Majority {
		g.votes, st.force = true, forcing{human: s.Forced}
		return // without them there is no leader either
	}
	st.acks = st.have
}

// care lays out what is done for the standbys of a group, if anything is.
func (c *compiler) care(from *model.Service, g *group) {
	if g.style != model.Primary || from.Rot.Life == nil && from.HoldDown == (model.HoldDown{}) && !from.Failback {
		return
	}
	p, rot, hold := c.p, &from.Rot, &from.HoldDown
	g.care = int32(len(p.cares))
	p.cares = append(p.cares, care{
		life: c.law(rot.Life), repair: c.law(rot.Repair), seen: rot.Seen, drillEvery: float64(rot.DrillEvery),
		first: int32(p.rots), n: g.n, primary: g.state.Primary, key: nameKey(from.Name, forStandby),
		between: float64(hold.Between), most: int32(hold.Most), window: float64(hold.Window), recent: int32(p.recent),
		failback: from.Failback, after: float64(from.FailbackAfter), ended: negInf,
	})
	p.rots += int(g.n)
	p.recent += hold.Most
}

func (c *compiler) careClocks(i int32, g *group) {
	x := &c.p.cares[g.care]
	x.switchClock = c.clock(owner{kind: switchClock, group: i})
	x.drillClock = c.clock(owner{kind: drillClock, group: i})
	x.rotClock = c.clock(owner{kind: rotClock, group: i})
	for k := int32(1); k < g.n; k++ {
		c.clock(owner{kind: rotClock, group: i, index: k})
	}
}

func (c *compiler) groupClocks(i int32, g *group) {
	if g.plain {
		return
	}
	if g.style != model.Shared {
		g.stepClock = c.clock(owner{kind: stepClock, group: i})
	}
	switch {
	case g.detector == nil || g.style == model.Majority:
	case g.style == model.Primary:
		g.watchClock = c.clock(owner{kind: watchClock, group: i, index: none})
	default:
		g.watchClock = c.clock(owner{kind: watchClock, group: i})
		for k := int32(1); k < g.n; k++ {
			c.clock(owner{kind: watchClock, group: i, index: k})
		}
	}
	if l := c.p.sys.Services[i].FalseAlarms; l != nil && g.detector != nil {
		g.alarms = c.law(l)
		g.alarmClock = c.clock(owner{kind: alarmClock, group: i})
	}
	if g.warmRamp > 0 {
		g.warmClock = c.clock(owner{kind: warmClock, group: i})
	}
	if g.care != none {
		c.careClocks(i, g)
	}
	if g.halt != none {
		c.p.halts[g.halt].clock = c.clock(owner{kind: haltClock, group: i})
	}
	if g.strain != none {
		s := &c.p.strains[g.strain]
		s.clock, s.shedClock = c.clock(owner{kind: strainClock, group: i}), c.clock(owner{kind: shedClock, group: i})
	}
	if g.fence.self() {
		g.fence.clock = c.clock(owner{kind: holdClock, group: i})
	}
	if g.store != none {
		c.dataClocks(i, g)
	}
	if g.spread != none && c.p.spreads[g.spread].fullCopy != none {
		c.p.spreads[g.spread].copyClock = c.clock(owner{kind: spreadClock, group: i})
		for k := int32(1); k < g.n; k++ {
			c.clock(owner{kind: spreadClock, group: i, index: k})
		}
	}
	if g.spread != none {
		c.hintClock(i, &c.p.spreads[g.spread])
	}
	if g.shards != none {
		c.p.shards[g.shards].clock = c.clock(owner{kind: shardClock, group: i})
		for k := int32(1); k < g.n; k++ {
			c.clock(owner{kind: shardClock, group: i, index: k})
		}
	}
	if g.store != none && c.p.stores[g.store].fallsBack() {
		c.p.stores[g.store].clock = c.clock(owner{kind: fallbackClock, group: i, index: g.store})
	}
}

// dataClocks gives a store what it needs to be rebuilt and restored.
func (c *compiler) dataClocks(i int32, g *group) {
	st := &c.p.stores[g.store]
	if st.backups != nil || st.errors != nil {
		st.restore.clock = c.clock(owner{kind: restoreClock, group: i, index: g.store})
	}
	if st.errors != nil {
		st.spoilt.clock = c.clock(owner{kind: errorClock, group: i, index: g.store})
	}
	if st.merger.from != nil {
		st.merger.clock = c.clock(owner{kind: reconcileClock, group: i, index: g.store})
	}
	if st.salvage.from != nil {
		st.salvage.clock = c.clock(owner{kind: salvageClock, group: i, index: g.store})
	}
	if st.corruption != nil {
		st.decayClock = c.clock(owner{kind: decayClock, group: i})
		for k := int32(1); k < g.n; k++ {
			c.clock(owner{kind: decayClock, group: i, index: k})
		}
	}
	if st.force.human != nil {
		st.force.clock = c.clock(owner{kind: forceClock, group: i, index: g.store})
	}
	if st.chases() {
		st.chaseClock = c.clock(owner{kind: chaseClock, group: i})
		for k := int32(1); k < g.n; k++ {
			c.clock(owner{kind: chaseClock, group: i, index: k})
		}
	}
	if st.fullCopy != none {
		st.copyClock = c.clock(owner{kind: copyClock, group: i})
		for k := int32(1); k < g.n; k++ {
			c.clock(owner{kind: copyClock, group: i, index: k})
		}
	}
}

func (c *compiler) clock(o owner) int32 {
	p := c.p
	p.owners = append(p.owners, o)
	return int32(len(p.modes) + len(p.causes) + len(p.owners) - 1)
}
