package engine

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// Compile lays sys out. The system must have passed model.Check; what Check rejects may panic here.
func Compile(sys *model.System) (*Program, error) {
	c := compiler{p: &Program{sys: sys}, laws: map[model.Distribution]int32{}, shared: map[*model.Mode]int32{},
		balancers: map[int32]bool{}, closures: map[leaf]spans{}}
	for _, step := range []func() error{c.components, c.commonCauses, c.services, c.requirements, c.wiring, c.dependencies, c.jobs} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return c.p, nil
}

// compiler holds what is only needed while laying out.
type compiler struct {
	p      *Program
	laws   map[model.Distribution]int32
	shared map[*model.Mode]int32 // first mode slice seen → its first law pair
	pairs  []lawPair
	edges  []edge

	gray      bool           // something may become slow
	balancers map[int32]bool // services whose members' states are observed one by one
	closures  map[leaf]spans // what conditions rest on
}

type lawPair struct{ life, repair int32 }

// edge is a fan before it has been sorted by the component it leaves.
type edge struct {
	from int32
	fan  fan
}

// law returns the number of a compiled law, the same for laws that are written the same.
func (c *compiler) law(d model.Distribution) int32 {
	if d == nil {
		return none
	}
	if i, ok := c.laws[d]; ok {
		return i
	}
	text := d.String()
	for i := range c.p.laws {
		if c.p.laws[i].from.String() == text {
			c.laws[d] = int32(i)
			return int32(i)
		}
	}
	i := int32(len(c.p.laws))
	c.p.laws = append(c.p.laws, compileLaw(d, false))
	c.laws[d] = i
	return i
}

// components lays out components and their modes.
func (c *compiler) components() error {
	p := c.p
	count := 0
	for i := range p.sys.Components {
		count += len(p.sys.Components[i].Modes)
	}
	p.comps = make([]component, len(p.sys.Components))
	p.modes = make([]process, 0, count)
	p.modeKeys = make([]uint64, 0, count)
	for i := range p.sys.Components {
		from := &p.sys.Components[i]
		if len(from.Modes) > 200 {
			return fmt.Errorf("component %q has %d fault modes; 200 is the limit", from.Name, len(from.Modes))
		}
		p.comps[i] = component{modes: uint8(len(from.Modes)), ageing: none}
		if len(from.Modes) > 0 {
			c.lawPairs(from.Modes)
		}
	}
	c.crews()
	for _, i := range c.inOrder() {
		from := &p.sys.Components[i]
		p.comps[i].mode = int32(len(p.modes))
		if len(from.Modes) > 0 {
			c.addModes(i, from)
		}
		if from.StartsIn != nil {
			c.addStart(i, from)
		}
	}
	return nil
}

// crews notes who repairs what.
func (c *compiler) crews() {
	p := c.p
	if len(p.sys.Crews) == 0 {
		return
	}
	p.sorted = byName(len(p.comps), func(i int) string { return p.sys.Components[i].Name })
	p.crewOf = make([]int32, len(p.comps))
	for i := range p.crewOf {
		p.crewOf[i] = none
	}
	for k := range p.sys.Crews {
		for _, i := range p.sys.Crews[k].Serves {
			p.crewOf[i] = int32(k)
		}
	}
}

// inOrder lists the components in the order in which their clocks ring if they are set to the same
// time. Only laws without spread make that happen. The order of the names is then as good as any, and
// does not depend on the order of a file.
func (c *compiler) inOrder() []int32 {
	comps := c.p.sys.Components
	constant := func(l law) bool { return l.kind == constantLaw }
	if !slices.ContainsFunc(c.p.laws, constant) {
		return numbers(len(comps))
	}
	return byName(len(comps), func(i int) string { return comps[i].Name })
}

// byName lists the numbers below n in the order of the names they stand for.
func byName(n int, name func(int) string) []int32 {
	order := numbers(n)
	slices.SortStableFunc(order, func(a, b int32) int { return strings.Compare(name(int(a)), name(int(b))) })
	return order
}

func numbers(n int) []int32 {
	list := make([]int32, n)
	for i := range list {
		list[i] = int32(i)
	}
	return list
}

func (c *compiler) addModes(i int32, from *model.Component) {
	p := c.p
	first := c.lawPairs(from.Modes)
	for k := range from.Modes {
		m, laws := &from.Modes[k], c.pairs[int(first)+k]
		c.gray = c.gray || m.Kind == model.Slow
		key := nameKey(from.Name, forLife)
		if len(from.Modes) > 1 {
			key = nameKey(from.Name+" "+m.Kind.String(), forLife)
		}
		p.modes = append(p.modes, process{component: i, lifeLaw: laws.life, repairLaw: laws.repair,
			kind: m.Kind, index: uint8(k), keepsAge: m.KeepsAge})
		p.modeKeys = append(p.modeKeys, key)
		p.ages = p.ages || m.KeepsAge
		p.pauses = p.pauses || len(from.Modes) > 1
		if cycle := float64(m.Life.Mean()) + meanOf(m.Repair); cycle > 0 && !math.IsInf(cycle, 1) {
			p.rate += 2 / cycle
		}
	}
}

// lawPairs compiles the laws of modes once for all components that share the slice.
func (c *compiler) lawPairs(modes []model.Mode) int32 {
	if first, ok := c.shared[&modes[0]]; ok {
		return first
	}
	first := int32(len(c.pairs))
	for k := range modes {
		c.pairs = append(c.pairs, lawPair{c.law(modes[k].Life), c.law(modes[k].Repair)})
	}
	c.shared[&modes[0]] = first
	return first
}

func meanOf(d model.Distribution) float64 {
	if d == nil {
		return math.Inf(1)
	}
	return float64(d.Mean())
}

func (c *compiler) commonCauses() error {
	p := c.p
	p.causes = make([]cause, len(p.sys.Causes))
	p.causeOf = byName(len(p.causes), func(i int) string { return p.sys.Causes[i].Name })
	rank := make([]int32, len(p.causes))
	for k, i := range p.causeOf {
		rank[i] = int32(k)
	}
	for i := range p.sys.Causes {
		from := &p.sys.Causes[i]
		victims := from.Victims
		if from.Probability < 1 || from.Mode == model.PowerLoss { // whose luck comes first must not depend on the order of a file
			order := byName(len(victims), func(k int) string { return p.sys.Components[victims[k]].Name })
			victims = make([]int32, len(order))
			for k, v := range order {
				victims[k] = from.Victims[v]
			}
		}
		p.victims = append(p.victims, victims)
		p.causes[i] = cause{clock: int32(len(p.modes)) + rank[i], key: nameKey(from.Name, forVictims), lifeLaw: c.law(from.Life),
			repairLaw: c.law(from.Repair), hit: int32(p.hits)}
		p.hits += len(from.Victims)
		if from.SetOff != nil {
			p.comps[from.SetOff.Component].sets = true
			continue
		}
		p.rate += 2 / (float64(from.Life.Mean()) + 1)
	}
	return nil
}

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
		state: from.Policy.Start(int(n)), store: none, care: none, strain: none, leastLoaded: from.LeastLoaded, person: none, alarms: none, luckAt: negInf, old: none, record: none, blame: p.sys.ServiceElement(int(i)),
		keys: [2]uint64{nameKey(from.Name, forPolicy), nameKey(from.Name, forWatch)},
		up:   n, rotation: n, good: n, sound: n, cap: 1, frac: 1,
	}
	if g.style == model.Shared {
		g.state.Primary = 0
	}
	g.eligible = none
	if from.Coordinated {
		g.coordinator = from.Coordinator
	}
	c.capacity(from, &g)
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
	g.looks = g.warmRamp > 0 || g.style == model.Shared && g.detector != nil
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
	return g.style == model.Shared && g.detector == nil && g.perReplica == 0 && g.warmRamp == 0 && g.copies == 0 && !c.mayAil(from) &&
		(from.Store == nil || g.n > 1) && len(c.p.network.relevant) == 0 && !c.balancers[i]
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
		if alpha == 0 {
			c.ageing(m.Component, alpha)
		}
	}
}

func (c *compiler) ageing(i int32, alpha float64) {
	p := c.p
	if a := p.comps[i].ageing; a != none {
		p.alphas[a] = max(p.alphas[a], alpha)
		return
	}
	p.pauses = true
	p.comps[i].ageing = int32(len(p.alphas))
	p.alphas = append(p.alphas, alpha)
}

// store lays out the ledger of a service with one history: a primary and its copies. Members that all
// take writes have no one history to lose.
func (c *compiler) store(i int32, from *model.Service, g *group) {
	p := c.p
	if from.Store == nil || g.style == model.Shared && g.n > 1 {
		return
	}
	s := from.Store
	g.store = int32(len(p.stores))
	st := store{mode: s.Mode, durability: s.Durability, lag: c.law(s.Lag), fallback: c.law(s.FallbackAfter),
		rate: s.WriteRate, flush: float64(s.FlushEvery), first: int32(len(p.copies)), clock: none,
		key: nameKey(from.Name, forData), writing: true, fullCopy: none, rewind: none, backups: s.Backups, errors: s.Errors,
		restore: restoration{lost: negInf}}
	if b := s.Rebuild; b != nil {
		st.fullCopy, st.rewind, st.rewindWorks = c.law(b.FullCopy), c.law(b.Rewind), b.RewindWorks
	}
	if b := s.Backups; b != nil && b.Repository != none {
		p.comps[b.Repository].data = true
	}
	if (s.Mode == model.Sync || s.Mode == model.SyncFallback) && g.style == model.Primary && g.n > 1 {
		st.acks = int32(max(1, s.Acks))
	}
	for k := int32(0); k < g.n; k++ {
		p.copies = append(p.copies, replica{following: k != g.state.Primary})
		m := &p.members[g.first+k]
		p.comps[m.component].data = true
		p.comps[m.host].data = true
	}
	p.stores = append(p.stores, st)
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
	if g.store != none && c.p.stores[g.store].mode == model.SyncFallback {
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

// network lays out the graph with the places where members and clients attach.
func (c *compiler) network() {
	p := c.p
	if len(p.sys.Network.Sites) == 0 {
		for _, cl := range p.sys.Clients {
			p.clients = append(p.clients, clients{none, cl.Share})
		}
		return
	}
	var matter []int32
	for i := range p.sys.Services {
		for _, m := range p.sys.Services[i].Members {
			if s := p.sys.Components[m.Component].Site; s != none {
				matter = append(matter, s)
			}
		}
	}
	for _, cl := range p.sys.Clients {
		if cl.Site != none {
			matter = append(matter, cl.Site)
		}
	}
	p.network = layNetwork(&p.sys.Network, matter)
	for _, cl := range p.sys.Clients {
		p.clients = append(p.clients, clients{p.network.placeOf(cl.Site), cl.Share})
	}
	c.networkEdges()
}

// networkEdges has whatever the graph is made of announce its changes.
func (c *compiler) networkEdges() {
	told := map[int32]bool{none: true}
	add := func(i int32) {
		if !told[i] {
			told[i] = true
			c.edges = append(c.edges, edge{i, fan{i, toNetwork}})
		}
	}
	for _, s := range c.p.sys.Network.Sites {
		add(s.Component)
	}
	for _, l := range c.p.sys.Network.Links {
		add(l.Component)
	}
}

// requirements turns what components require into edges and gates.
func (c *compiler) requirements() error {
	for i := range c.p.sys.Components {
		if need := c.p.sys.Components[i].Requires; need != nil {
			c.require(int32(i), need)
		}
	}
	return nil
}

// require has every part of a conjunction block the component by itself; other conditions get a gate.
func (c *compiler) require(target int32, n *model.Need) {
	switch {
	case len(n.Of) == 0:
		c.edges = append(c.edges, edge{n.Ref, fan{target, toComponent}})
	case n.AtLeast >= len(n.Of):
		for k := range n.Of {
			c.require(target, &n.Of[k])
		}
	default:
		c.addGate(n, target, false)
	}
}

func (c *compiler) addGate(n *model.Need, target int32, nested bool) {
	p := c.p
	id := int32(len(p.gates))
	p.gates = append(p.gates, gate{up: int32(len(n.Of)), need: int32(n.AtLeast), target: target, nested: nested})
	for k := range n.Of {
		if part := &n.Of[k]; len(part.Of) == 0 {
			c.edges = append(c.edges, edge{part.Ref, fan{id, toGate}})
		} else {
			c.addGate(part, id, true)
		}
	}
}

// wiring sorts the edges by the component they leave; a single one is kept in the component itself.
func (c *compiler) wiring() error {
	p := c.p
	count := make([]int32, len(p.comps))
	for _, e := range c.edges {
		count[e.from]++
	}
	total := int32(0)
	for i := range p.comps {
		if count[i] > 1 {
			p.comps[i].fan, p.comps[i].end = total, total
			total += count[i]
		}
	}
	p.fans = make([]fan, total)
	for _, e := range c.edges {
		comp := &p.comps[e.from]
		if count[e.from] == 1 {
			comp.fan, comp.sole = e.fan.to, e.fan.kind
			continue
		}
		p.fans[comp.end] = e.fan
		comp.end++
	}
	return nil
}

// dependencies lays out what services and journeys need, and who must be told when a service changes.
func (c *compiler) dependencies() error {
	p := c.p
	n := len(p.sys.Services)
	p.direct = make([]spans, n)
	p.reaches, p.balanced = make([][]int32, n), make([][]int32, n)
	for i := range p.sys.Services {
		p.direct[i] = c.spans(c.direct(p.sys.Services[i].Needs))
	}
	for i := range p.sys.Services {
		if s := &p.sys.Services[i]; s.Detector != nil && s.Observer == model.ByService {
			p.balanced[s.Balancer] = append(p.balanced[s.Balancer], int32(i))
		}
		if s := &p.sys.Services[i]; s.Coordinated {
			p.balanced[s.Coordinator] = append(p.balanced[s.Coordinator], int32(i))
		}
	}
	p.journeys = make([]journey, len(p.sys.Journeys))
	for j := range p.sys.Journeys {
		from := &p.sys.Journeys[j]
		p.journeys[j] = journey{direct: c.spans(c.direct(from.Needs)), all: c.spans(c.closure(from.Needs)),
			threshold: from.Threshold, served: 1, outage: none, relieved: negInf, job: none}
		p.journeys[j].sole = p.soleOf(p.journeys[j].all)
		for _, s := range c.touching(from.Needs) {
			p.reaches[s] = append(p.reaches[s], int32(j))
		}
	}
	return nil
}

func (p *Program) soleOf(all spans) int32 {
	if all.leafEnd != all.leaf+1 || all.softEnd != all.soft {
		return none
	}
	if s := p.leaves[all.leaf].service; p.groups[s].store == none && p.groups[s].copies == 0 {
		return s
	}
	return none
}

// list is dependencies before they are laid out.
type list struct {
	leaves []leaf
	softs  []dependency
}

func (c *compiler) spans(l list) spans {
	p := c.p
	s := spans{leaf: int32(len(p.leaves)), soft: int32(len(p.softs))}
	p.leaves = append(p.leaves, l.leaves...)
	p.softs = append(p.softs, l.softs...)
	s.leafEnd, s.softEnd = int32(len(p.leaves)), int32(len(p.softs))
	return s
}

// hardParts are the needs that a dependency makes unconditional: itself, or the parts of a conjunction.
func hardParts(d *model.Dependency) []model.Need {
	if d.Without > 0 {
		return nil
	}
	return conjunction(&d.Need)
}

func conjunction(n *model.Need) []model.Need {
	if len(n.Of) == 0 {
		return []model.Need{*n}
	}
	if n.AtLeast < len(n.Of) {
		return nil
	}
	var parts []model.Need
	for k := range n.Of {
		if p := conjunction(&n.Of[k]); p != nil {
			parts = append(parts, p...)
		} else {
			parts = append(parts, n.Of[k])
		}
	}
	return parts
}

// direct splits dependencies into single services that are needed unconditionally, and the rest.
func (c *compiler) direct(needs []model.Dependency) list {
	var l list
	for i := range needs {
		d := &needs[i]
		parts := hardParts(d)
		if parts == nil {
			l.softs = append(l.softs, c.dependency(d))
		}
		for k := range parts {
			if len(parts[k].Of) == 0 {
				l.leaves = append(l.leaves, leaf{parts[k].Ref, parts[k].Access})
			} else {
				l.softs = append(l.softs, c.dependency(&model.Dependency{Need: parts[k]}))
			}
		}
	}
	return l
}

// closure collects everything dependencies rest on, each service once, deepest first.
func (c *compiler) closure(needs []model.Dependency) list {
	w := walk{c: c, at: map[int32]int{}}
	w.dependencies(needs)
	return w.list
}

type walk struct {
	c    *compiler
	at   map[int32]int // where a service stands in the list
	list list
}

func (w *walk) dependencies(needs []model.Dependency) {
	direct := w.c.direct(needs)
	for _, l := range direct.leaves {
		w.need(l)
	}
	w.list.softs = append(w.list.softs, direct.softs...)
}

func (w *walk) need(l leaf) {
	if i, ok := w.at[l.service]; ok {
		if l.access == model.Write { // who writes needs more than who reads
			w.list.leaves[i].access = model.Write
		}
		return
	}
	w.dependencies(w.c.p.sys.Services[l.service].Needs)
	w.at[l.service] = len(w.list.leaves)
	w.list.leaves = append(w.list.leaves, l)
}

func (c *compiler) dependency(d *model.Dependency) dependency {
	out := dependency{need: c.need(&d.Need), without: d.Without}
	if d.Else != nil {
		n := c.need(d.Else)
		out.instead = &n
	}
	return out
}

func (c *compiler) need(n *model.Need) need {
	out := need{service: n.Ref, access: n.Access, atLeast: n.AtLeast}
	if len(n.Of) == 0 {
		out.all = c.restsOn(leaf{n.Ref, n.Access})
	}
	for k := range n.Of {
		out.of = append(out.of, c.need(&n.Of[k]))
	}
	return out
}

// restsOn lays out everything a service needs in turn, itself last.
func (c *compiler) restsOn(l leaf) spans {
	all, ok := c.closures[l]
	if !ok {
		all = c.spans(c.closure([]model.Dependency{{Need: model.Need{Ref: l.service, Access: l.access}}}))
		c.closures[l] = all
	}
	return all
}

// touching lists the services on which needs rest in any way, each once, in the order of services.
func (c *compiler) touching(needs []model.Dependency) []int32 {
	seen := make([]bool, len(c.p.sys.Services))
	var visit func(ds []model.Dependency)
	var one func(n *model.Need)
	one = func(n *model.Need) {
		for k := range n.Of {
			one(&n.Of[k])
		}
		if len(n.Of) == 0 && !seen[n.Ref] {
			seen[n.Ref] = true
			visit(c.p.sys.Services[n.Ref].Needs)
		}
	}
	visit = func(ds []model.Dependency) {
		for i := range ds {
			one(&ds[i].Need)
			if ds[i].Else != nil {
				one(ds[i].Else)
			}
		}
	}
	visit(needs)
	var out []int32
	for s, yes := range seen {
		if yes {
			out = append(out, int32(s))
		}
	}
	return out
}
