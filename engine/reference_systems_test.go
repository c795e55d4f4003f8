package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// maker draws systems for the naive twin: small ones in which every mechanism occurs and much happens at
// a time. All laws of lives, repairs and causes are continuous, so no two of their events coincide.
type maker struct {
	r        *rand.Rand
	sys      *model.System
	pace     float64 // below 1: fails more often
	fixed    bool
	cushions bool // some needs have caches or queues, and nothing grows
	zones    int
	nodes    []int32
}

func wideSystem(seed uint64) *model.System { return makeSystem(seed, false) }

// fixedSystem is one in which no law has any spread, so that much happens at the same time.
func fixedSystem(seed uint64) *model.System { return makeSystem(seed, true) }

func makeSystem(seed uint64, fixed bool) *model.System {
	r := rand.New(rand.NewPCG(seed, 77))
	m := &maker{fixed: fixed, r: r, sys: &model.System{Name: fmt.Sprint("wide ", seed), Rate: 100}, pace: []float64{1, 0.3, 0.1}[r.IntN(3)]}
	m.cushions = seed%3 == 1
	m.places()
	if m.zones > 1 && m.chance(2) {
		m.network()
	}
	m.machines()
	m.causes()
	for s := range 1 + r.IntN(5) {
		m.service(int32(s))
	}
	m.journeys()
	m.crews()
	m.load(seed)
	m.acknowledgements(seed)
	m.protocol(seed)
	m.data(seed)
	m.waysBack(seed)
	return m.sys
}

// acknowledgements has some stores wait for a majority, or for anybody who has received a write.
func (m *maker) acknowledgements(seed uint64) {
	m.r = rand.New(rand.NewPCG(seed, 78))
	for i := range m.sys.Services {
		s := &m.sys.Services[i]
		switch {
		case s.Store == nil:
		case s.Policy.Style() == model.Majority:
			s.Store.Mode = of(m, model.QuorumSync, model.QuorumSync, model.Unreplicated)
		case m.chance(3):
			s.Store.Mode = of(m, model.QuorumSync, model.SemiSync)
		}
	}
}

// crews has some parts repaired by few.
func (m *maker) crews() {
	if !m.chance(3) {
		return
	}
	crews := make([]model.Crew, 1+m.r.IntN(2))
	for i := range crews {
		crews[i].Size = 1 + m.r.IntN(2)
	}
	for i := range m.sys.Components {
		if m.chance(2) {
			k := m.r.IntN(len(crews))
			crews[k].Serves = append(crews[k].Serves, int32(i))
		}
	}
	for i := range crews {
		if m.chance(2) {
			for range crews[i].Serves {
				crews[i].Urgency = append(crews[i].Urgency, m.r.IntN(3))
			}
			crews[i].Preempt = model.Preemption(m.r.IntN(3))
		}
	}
	m.sys.Crews = crews
}

func (m *maker) chance(oneIn int) bool { return m.r.IntN(oneIn) == 0 }

// of is one of some values.
func of[T any](m *maker, values ...T) T { return values[m.r.IntN(len(values))] }

func (m *maker) law(mean model.Seconds) model.Distribution {
	if m.fixed {
		return fixedLaw(mean * model.Seconds(1+m.r.IntN(3)))
	}
	switch m.r.IntN(4) {
	case 0:
		return weibullLaw{0.6 + m.r.Float64(), float64(mean)}
	case 1:
		return uniformLaw{mean / 2, 3 * mean / 2}
	}
	return expLaw(mean)
}

func (m *maker) life(mean model.Seconds) model.Distribution {
	return m.law(model.Seconds(float64(mean) * m.pace))
}

// part adds a component that breaks in one to three ways.
func (m *maker) part(name string, kind model.Kind, usual model.FaultMode, life, repair model.Seconds) int32 {
	c := model.Component{Name: name, Kind: kind, Site: none, StartFailure: of(m, 0, 0.2)}
	modes := []model.FaultMode{usual}
	for _, k := range m.r.Perm(int(model.Slow))[:m.r.IntN(3)] {
		if model.FaultMode(k) != usual {
			modes = append(modes, model.FaultMode(k))
		}
	}
	for i, k := range modes {
		mode := model.Mode{Kind: k, Life: m.life(life * model.Seconds(1+i)), Repair: m.law(repair)}
		if m.chance(6) && !m.fixed {
			mode.Life, mode.KeepsAge = weibullLaw{of(m, 0.7, 2), float64(life) * m.pace}, true
		}
		if i > 0 && m.chance(12) {
			mode.Life, mode.Repair, mode.KeepsAge = m.law(40*life), nil, false
		}
		c.Modes = append(c.Modes, mode)
	}
	m.sys.Components = append(m.sys.Components, c)
	return int32(len(m.sys.Components) - 1)
}

func (m *maker) places() {
	m.zones = 1 + m.r.IntN(3)
	for z := range m.zones {
		m.part(fmt.Sprint("zone-", z), model.KindZone, model.Crash, 30*model.Day, model.Hour)
	}
}

// network joins the zones by links, some of them one-way, some sites being parts of others or no good for
// passing through, and puts clients there or not.
func (m *maker) network() {
	n := &m.sys.Network
	for z := range m.zones {
		n.Sites = append(n.Sites, model.Site{Name: fmt.Sprint("z", z), Component: int32(z), Within: int32(m.r.IntN(z+1)) - 1, Transit: !m.chance(3)})
	}
	if m.chance(2) {
		n.Sites = append(n.Sites, model.Site{Name: "outside", Component: none, Within: none, Transit: m.chance(2)})
	}
	for a := range n.Sites {
		for b := range a {
			if c := m.part(fmt.Sprint("link-", a, "-", b), model.KindLink, model.Isolated, 8*model.Day, 30*model.Minute); !m.chance(8) {
				n.Links = append(n.Links, model.Link{Component: c, From: int32(a), To: int32(b)})
				if !m.chance(8) {
					n.Links = append(n.Links, model.Link{Component: c, From: int32(b), To: int32(a)})
				}
			}
		}
	}
	if m.chance(4) {
		return
	}
	for s := range n.Sites {
		m.sys.Clients = append(m.sys.Clients, model.ClientGroup{Site: int32(s), Share: 1 / float64(len(n.Sites))})
	}
}

// machines stand in zones; some need one of two feeds as well.
func (m *maker) machines() {
	var feeds []int32
	if m.chance(3) {
		for f := range 2 + m.r.IntN(2) {
			feeds = append(feeds, m.part(fmt.Sprint("feed-", f), model.KindDevice, model.PowerLoss, 5*model.Day, 5*model.Hour))
		}
	}
	for n := range 2 + m.r.IntN(6) {
		i := m.part(fmt.Sprint("node-", n), model.KindNode, model.OSCrash, 6*model.Day, 3*model.Hour)
		c, z := &m.sys.Components[i], int32(m.r.IntN(m.zones))
		c.Requires = &model.Need{Ref: z}
		if len(feeds) > 0 && !m.chance(3) {
			any := model.Need{AtLeast: 1 + m.r.IntN(len(feeds)-1)}
			for _, f := range feeds {
				any.Of = append(any.Of, model.Need{Ref: f})
			}
			c.Requires = &model.Need{AtLeast: 2, Of: []model.Need{{Ref: z}, any}}
		}
		c.Unit = m.chance(8)
		if len(m.sys.Network.Sites) > 0 && !m.chance(6) {
			c.Site = z
		}
		m.nodes = append(m.nodes, i)
		if m.chance(3) {
			m.disks(n, i)
		}
	}
}

// disks gives a machine a set of disks: some of them, pairs, or all of them must be there.
func (m *maker) disks(n int, i int32) {
	set := model.Need{}
	for d := range 2 + 2*m.r.IntN(2) {
		disk := m.part(fmt.Sprint("node-", n, "/disk-", d), model.KindDisk, model.MediaLoss, 5*model.Day, 10*model.Hour)
		if d%2 == 0 {
			m.sys.Components[disk].Modes[0].Unread = 0.5
		}
		set.Of = append(set.Of, model.Need{Ref: disk})
	}
	set.AtLeast = 1 + m.r.IntN(len(set.Of))
	if len(set.Of) == 4 && m.chance(2) {
		set = model.Need{AtLeast: 2, Of: []model.Need{{AtLeast: 1, Of: set.Of[:2]}, {AtLeast: 1, Of: set.Of[2:]}}}
	}
	c := &m.sys.Components[i]
	c.Requires = &model.Need{AtLeast: 2, Of: []model.Need{*c.Requires, set}}
}

func (m *maker) causes() {
	all := int32(len(m.sys.Components))
	for k := range m.r.IntN(4) {
		c := model.CommonCause{Name: fmt.Sprint("cause-", k), Mode: model.FaultMode(m.r.IntN(int(model.Slow))),
			Life: m.life(15 * model.Day), Repair: m.law(model.Hour), Probability: of(m, 1, 0.3+m.r.Float64()/2)}
		switch m.r.IntN(3) {
		case 0:
			c.Repair = nil // a shock
		case 1:
			c.Glitch, c.Mode, c.Life, c.Repair = true, model.Isolated, m.life(3*model.Day), m.law(15)
		}
		c.Once = m.chance(8)
		for v := range all {
			if m.chance(3) {
				c.Victims = append(c.Victims, v)
			}
		}
		slices.SortFunc(c.Victims, func(a, b int32) int { return strings.Compare(m.sys.Components[a].Name, m.sys.Components[b].Name) })
		if c.Probability < 1 || c.Mode == model.PowerLoss { // otherwise the order of the list counts
			m.r.Shuffle(len(c.Victims), func(i, j int) { c.Victims[i], c.Victims[j] = c.Victims[j], c.Victims[i] })
		}
		m.sys.Causes = append(m.sys.Causes, c)
	}
}

func (m *maker) service(s int32) {
	svc := model.Service{Name: fmt.Sprint("service-", s), Balancer: none}
	members := 1 + m.r.IntN(min(5, len(m.nodes)))
	for _, n := range m.r.Perm(len(m.nodes))[:members] {
		host := m.nodes[n]
		member := model.Member{Component: host, Host: host}
		if m.chance(2) {
			member.Component = m.part(fmt.Sprint("process-", s, "-", n), model.KindProcess, model.Crash, 3*model.Day, 5*model.Minute)
			c := &m.sys.Components[member.Component]
			c.Site, c.Requires = m.sys.Components[host].Site, &model.Need{Ref: host}
		}
		svc.Members = append(svc.Members, member)
	}
	switch m.r.IntN(4) {
	case 0:
		svc.Policy = &policies.Quorum{Election: of[model.Distribution](m, uniformLaw{1, 2}, nil)}
	case 1:
		m.shared(&svc, s, members)
	default:
		m.standby(&svc, s)
	}
	if m.chance(3) {
		svc.WarmUp = model.WarmUp{StartAt: of(m, 0, 0.4), Ramp: of[model.Seconds](m, 120, 600)}
	}
	if m.cushions { // what grows, a cushion sees only at the engine's own events
		svc.WarmUp = model.WarmUp{}
		if p, ok := svc.Policy.(*policies.ActivePassive); ok {
			p.RedirectRamp = false
		}
	}
	if svc.Policy.Style() != model.Shared && m.chance(4) {
		svc.PerReplica = of[float64](m, 60, 150)
	}
	if !m.chance(3) {
		m.store(&svc, members)
	}
	if s > 0 && m.chance(2) {
		svc.Needs = m.needs(s, 1+m.r.IntN(2))
	}
	m.sys.Services = append(m.sys.Services, svc)
}

func (m *maker) detector() model.Detector {
	var d model.Detector = policies.Heartbeat{Period: 1, Timeout: 10}
	switch m.r.IntN(6) {
	case 0:
		d = policies.Probe{Interval: 10, Timeout: 2, Fall: 3, Rise: 2}
	case 1:
		d = policies.Lease{TTL: 30, Renew: 10}
	case 2:
		d = policies.VRRP{Advert: 1, Skew: 0.6, Missed: 3}
	case 3:
		d = policies.Users{Report: m.law(900)}
	case 4:
		d = policies.After{Down: of[model.Distribution](m, nil, m.law(20)), Back: of[model.Distribution](m, nil, m.law(20))}
	}
	if m.chance(3) {
		d = policies.Seeing{Detector: d, Sees: [model.NumFaultModes]float64{1, 1, 1, 0.5, 0.8, 1, 0.5}, Unseen: m.law(1800)}
	}
	return d
}

// observe chooses where a detector looks from.
func (m *maker) observe(svc *model.Service, s int32) {
	svc.Detector, svc.Observer = m.detector(), model.Observer(m.r.IntN(3))
	if svc.Observer == model.ByService {
		if s == 0 {
			svc.Observer = model.ByEveryone
			return
		}
		svc.Balancer = int32(m.r.IntN(int(s)))
	}
}

func (m *maker) shared(svc *model.Service, s int32, members int) {
	svc.Policy = policies.ActiveActive{}
	svc.Needed = m.r.IntN(members + 1)
	if m.chance(2) {
		svc.PerReplica = of[float64](m, 30, 70)
	}
	if !m.chance(3) {
		m.observe(svc, s)
	}
}

func (m *maker) standby(svc *model.Service, s int32) {
	p := &policies.ActivePassive{Alpha: of(m, 1, 0.3, 0), Success: of(m, 1, 0.7), StartFailure: of(m, 0, 0.1),
		Manual: m.chance(3), RetryAlone: m.chance(2), Human: policies.Human{Acknowledge: m.law(300), Missed: of(m, 0, 0.2), Escalate: 900, Diagnose: m.law(600), Act: m.law(300), Error: of(m, 0, 0.3), Penalty: m.law(1200)},
		Activate: policies.Steps{m.law(of[model.Seconds](m, 5, 1800))}}
	if m.chance(2) {
		p.Decision = policies.Steps{m.law(3)}
	}
	if !m.chance(4) {
		p.Redirect, p.RedirectRamp = m.law(60), m.chance(2)
	}
	svc.Policy = p
	if !m.chance(6) {
		m.observe(svc, s)
	}
}

// store draws a store. Lags are short, because the engine remembers only the last stretch of writing, and
// the twin all: a copy that lags behind by more than that and the pause before it has missed more.
func (m *maker) store(svc *model.Service, members int) {
	_, primary := svc.Policy.(*policies.ActivePassive)
	if svc.StandbyReads = primary && m.chance(2); svc.StandbyReads {
		svc.StandbyShare = of(m, 0, 0.7)
	}
	svc.Store = &model.Store{Mode: model.ReplicationMode(m.r.IntN(4)), Acks: min(members-1, m.r.IntN(3)), Lag: of[model.Distribution](m, nil, uniformLaw{0, 1}),
		FallbackAfter: of[model.Distribution](m, nil, uniformLaw{0, 10}, m.law(1000)), WriteRate: 10,
		Durability: model.Durability(m.r.IntN(4)), FlushEvery: 1, Candidates: m.candidates()}
}

// candidates draws who may be promoted.
func (m *maker) candidates() model.Candidates {
	if m.chance(2) {
		return model.Candidates{ByHand: m.chance(2)}
	}
	return model.Candidates{MustBe: model.CandidateRule(m.r.IntN(int(model.NumCandidateRules))), MaxLag: of[model.Seconds](m, 0, 0.5, 1000), ByHand: m.chance(2)}
}

// needs draws dependencies on services before s.
func (m *maker) needs(s int32, count int) []model.Dependency {
	var out []model.Dependency
	for range count {
		d := model.Dependency{Need: m.need(s, 2)}
		if m.cushions && m.chance(2) {
			d.Cushion = &model.Cushion{Name: "cushion", Holds: of[model.Seconds](m, 10, 300, 3000), Worth: of(m, 0.9, 1, 1), Drain: of(m, 0, 1.5, 3)}
		} else if m.chance(2) {
			d.Without = of(m, 0.3, 0.8)
			if m.chance(2) {
				instead := m.need(s, 1)
				d.Else = &instead
			}
		}
		out = append(out, d)
	}
	return out
}

func (m *maker) need(s int32, depth int) model.Need {
	if depth == 0 || !m.chance(3) {
		return model.Need{Ref: int32(m.r.IntN(int(s))), Access: model.Access(m.r.IntN(2))}
	}
	parts := 2 + m.r.IntN(2)
	n := model.Need{AtLeast: 1 + m.r.IntN(parts)}
	for range parts {
		n.Of = append(n.Of, m.need(s, depth-1))
	}
	return n
}

func (m *maker) journeys() {
	services := int32(len(m.sys.Services))
	add := func(name string, needs []model.Dependency, service int32) {
		m.sys.Journeys = append(m.sys.Journeys, model.Journey{Name: name, Share: 1, Needs: needs, Threshold: of(m, 0.5, 0.87, 0.95, 1), Service: service})
	}
	for s := range services {
		add(fmt.Sprint("only-", s), []model.Dependency{{Need: model.Need{Ref: s, Access: model.Access(m.r.IntN(2))}}}, s)
	}
	for j := range 1 + m.r.IntN(2) {
		add(fmt.Sprint("journey-", j), m.needs(services, 1+m.r.IntN(3)), none)
	}
}
