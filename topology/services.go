package topology

import (
	"strconv"

	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// service is a service while its file is being read.
type service struct {
	name      *node
	m         *mapping
	s         model.Service
	index     int32 // in System.Services once they are in order; until then, in the file
	balanced  *node
	ttl       model.Seconds // of a managed name service; 0 = none
	hosts     []int32
	growth    float64 // bytes of log per second; 0 = not stated
	candidate *mapping
	unsure    bool // some replicas could not be understood, so there is no use in counting them
}

const servicesExample = "write for example services: {web: {replicas: [web-1, web-2], policy: active-active}}"

// allServices reads the services and puts them into an order in which nobody needs a later one.
func (b *builder) allServices(top *mapping) {
	b.byName = map[string]int{}
	v := top.need("services", servicesExample)
	b.d.each(v, "services", func(name, value *node) {
		s := &service{name: name, index: int32(len(b.services))}
		s.m = b.d.mapping(value, "service "+strconv.Quote(clip(name.text)), "services."+clip(name.text))
		if value.kind == nullNode {
			s.m.origin = name
		}
		b.byName[name.text] = len(b.services)
		b.services = append(b.services, s)
	})
	if v != nil && len(b.services) == 0 && v.kind != scalarNode && v.kind != sequenceNode {
		b.d.fault(v, servicesExample, "there is no service")
	}
	for _, s := range b.services {
		if s.m.has("ttl") {
			s.ttl = s.m.durationAbove("ttl", model.Minute)
		}
	}
	for _, s := range b.services {
		b.service(s)
	}
	b.order()
}

func (b *builder) service(s *service) {
	m := s.m
	s.s = model.Service{Name: s.name.text, Balancer: model.None, Observer: model.ByEveryone, At: s.name.at()}
	m.ignore("description", "ttl", "ignores_ttl")
	m.later("maintenance", "backups", "changes", "on_call")
	b.coordinator(s)
	if m.flag("managed") {
		b.managed(s)
	} else {
		b.replicas(s)
		b.policy(s)
	}
	if w := m.sub("warm_up", m.where+": warm_up"); w != nil {
		s.s.WarmUp = model.WarmUp{Ramp: w.duration("ramp", 0), StartAt: w.share("start_at", 0)}
		w.done()
	}
	b.capacity(s)
	if m.has("data") {
		s.s.Store = b.data(s)
	}
	b.candidate(s)
	b.standbyReads(s)
	s.s.Needs = b.needs(m, "needs")
	b.serviceCost(m)
	m.done()
}

// coordinator is who must consent to a change of roles (R13).
func (b *builder) coordinator(s *service) {
	v := s.m.get("coordinator")
	if v == nil {
		return
	}
	i, ok := b.serviceNamed(v, s.m.where)
	switch {
	case !ok:
	case b.services[i] == s:
		b.d.fault(v, "", "%s: it cannot be its own coordinator", s.m.where)
	default:
		s.s.Coordinated, s.s.Coordinator = true, i
	}
}

// managed is a service run by somebody else: one thing that is up or down.
func (b *builder) managed(s *service) {
	m := s.m
	if !m.has("mtbf") && !m.has("modes") && !m.has("preset") {
		b.d.fault(m.origin, "give it a preset, or mtbf and mttr", "%s: how often does it fail?", m.where)
	}
	m.preset("", "managed")
	i := b.component(model.Component{Name: s.name.text, Kind: model.KindManaged, Site: model.None, Modes: m.modes(model.Crash, false)}, s.name)
	s.s.Members = []model.Member{{Component: i, Host: i}}
	s.s.Policy = policies.ActiveActive{}
	m.misplaced("a managed service", "replicas", "policy", "standby", "failover", "software", "health_check", "balancing", "reconfiguration", "failback", "standby_health")
}

// misplaced refuses keys that belong elsewhere in a way that says so.
func (m *mapping) misplaced(what string, keys ...string) {
	for _, k := range keys {
		if m.own(k) {
			m.d.fault(m.keyNode(k, m.origin), "", "%s: %s has no %q", m.where, what, k)
		}
	}
}

func (b *builder) replicas(s *service) {
	m := s.m
	if m.need("replicas", "write for example replicas: [node-a, node-b]") == nil {
		return
	}
	seen := b.set()
	for _, n := range m.names("replicas") {
		hosts := b.hostsNamed(n, m.where)
		s.unsure = s.unsure || len(hosts) == 0
		if !b.room(&b.members, len(hosts), mostMembers, n, m.where+": the replicas of all services together") {
			break
		}
		for _, h := range hosts {
			if seen(h) {
				s.unsure = true
				b.d.fault(n, "", "%s: %q is there twice", m.where, clip(b.sys.Components[h].Name))
				continue
			}
			s.hosts = append(s.hosts, h)
		}
	}
	if len(s.hosts) == 0 {
		if len(m.list("replicas")) == 0 {
			b.d.fault(m.place("replicas"), "", "%s: it has no replicas", m.where)
		}
		return
	}
	s.s.Members = make([]model.Member, len(s.hosts))
	for i, h := range s.hosts {
		s.s.Members[i] = model.Member{Component: h, Host: h}
	}
	if sw := m.sub("software", m.where+": software"); sw != nil {
		b.software(s, sw)
	}
}

// software puts a process on every host, and moves the share β of their failures to a common cause.
func (b *builder) software(s *service, m *mapping) {
	m.preset("", "software")
	modes := m.modes(model.Crash, false)
	b.restart(m, modes)
	starts := m.law("starts_in", steady, nil)
	beta := m.share("beta", 0.05)
	stall := b.stall(m)
	m.done()
	if beta >= 1 {
		b.d.fault(m.place("beta"), "", "%s: beta must be below 100%%", m.where)
		return
	}
	parts := len(b.sys.Components)
	if !b.room(&parts, len(s.hosts), mostNodes, m.origin, m.where+": nodes and processes together") {
		return
	}
	victims := make([]int32, len(s.hosts))
	var life model.Distribution
	if len(s.hosts) > 1 && beta > 0 {
		for i := range modes {
			if l, ok := modes[i].Life.(model.Memoryless); ok && modes[i].Kind == model.Crash && l.Rate() > 0 {
				life = failures.Exponential(modes[i].Life.Mean() / model.Seconds(beta))
				modes[i].Life = failures.Exponential(modes[i].Life.Mean() / model.Seconds(1-beta))
			}
		}
	}
	for i, h := range s.hosts {
		host := &b.sys.Components[h]
		c := model.Component{Name: s.name.text + "/" + host.Name, Kind: model.KindProcess, Site: host.Site, Modes: modes, StartsIn: starts, Requires: allOf(ref(h))}
		victims[i] = b.add(c, s.name)
		s.s.Members[i].Component = victims[i]
		if stall.Life != nil && stall.Repair != nil {
			stall.Name, stall.Victims = c.Name+"/stall", []int32{victims[i]}
			b.sys.Causes = append(b.sys.Causes, stall)
		}
	}
	if life != nil {
		b.sys.Causes = append(b.sys.Causes, model.CommonCause{Name: s.name.text + "/software", Mode: model.Crash, Life: life,
			Victims: victims, Probability: 1, At: m.origin.at()})
	}
}

// stall reads how often a process stops for a moment, as for collecting garbage or waiting for a disk.
// Nothing has failed, but a detector may think so (R11).
func (b *builder) stall(m *mapping) model.CommonCause {
	c := model.CommonCause{Mode: model.Isolated, Probability: 1, Glitch: true, At: m.origin.at()}
	v := m.sub("stalls", m.where+": stalls")
	if v == nil {
		return c
	}
	if v.need("rate", "write for example rate: 50/y") != nil {
		if c.Life = v.lifeLaw("rate", nil); c.Life == never {
			c.Life = nil
		}
	}
	if v.need("duration", "write for example duration: {p50: 2s, p95: 20s}") != nil {
		c.Repair = v.law("duration", random, nil)
	}
	v.done()
	return c
}

// restart lets software say `restart` or `crash_recovery` for the time until it serves again.
func (b *builder) restart(m *mapping, modes []model.Mode) {
	given := 0
	for _, key := range []string{"mttr", "restart", "crash_recovery"} {
		m.d.witness.asked(m, key, m.find(key))
		if !m.own(key) {
			continue
		}
		if given++; given > 1 {
			b.d.fault(m.keyNode(key, m.origin), "give one of mttr, restart and crash_recovery: the time until it serves again",
				"%s: %q says the same thing again", m.where, key)
		}
		if key == "mttr" {
			continue
		}
		law := m.lifeLaw(key, nil)
		for i := range modes {
			if modes[i].Kind == model.Crash && law != nil && law != never {
				modes[i].Repair = law
			}
		}
	}
}

func (b *builder) capacity(s *service) {
	m := s.m
	most := max(1, len(s.s.Members))
	if s.unsure {
		most = mostMembers
	}
	s.s.Needed = m.count("needed", 1, most, 0)
	c := m.sub("capacity", m.where+": capacity")
	if c == nil {
		return
	}
	s.s.PerReplica = c.perSecond("per_replica")
	if c.word("overload", []string{"shed", "collapse"}, "shed") == "collapse" {
		b.collapse(s, c)
	}
	c.done()
}

var policyWords = []string{"active-active", "active-passive", "hot", "warm", "cold", "quorum", "leaderless"}

func (b *builder) policy(s *service) {
	m := s.m
	byDefault := ""
	if len(s.hosts) == 1 {
		byDefault = "active-active"
	}
	word := m.word("policy", policyWords, byDefault)
	if word == "" {
		if !m.has("policy") && len(s.hosts) > 1 {
			b.d.fault(s.name, "known are: active-active, hot, warm, cold, quorum, leaderless", "%s: what do its replicas do? \"policy\" is missing", m.where)
		}
		word = "active-active"
		m.ignore("standby", "failover", "redirect", "detection", "health_check", "balanced_by", "balancing", "failback", "standby_health")
		s.s.Policy = policies.ActiveActive{}
		return
	}
	switch word {
	case "active-active":
		s.s.Policy = policies.ActiveActive{}
		m.misplaced("an active-active service", "standby", "failover", "detection", "redirect", "failback", "standby_health")
		b.healthCheck(s)
		b.balancing(s)
		b.reconfiguration(s)
		return
	case "leaderless":
		m.misplaced("a leaderless service", "standby", "failover", "detection", "redirect", "failback", "standby_health",
			"health_check", "balanced_by", "balancing", "reconfiguration", "needed")
		b.leaderless(s)
		return
	case "quorum":
		m.misplaced("a quorum", "standby", "failover", "health_check", "redirect", "balanced_by", "balancing", "reconfiguration", "failback", "standby_health")
		b.quorum(s)
		return
	case "active-passive":
		word = m.word("standby", []string{"hot", "warm", "cold"}, "hot")
	default:
		m.misplaced(word+" (which says it)", "standby")
	}
	m.misplaced("an active-passive service", "health_check", "detection", "balanced_by", "balancing", "reconfiguration")
	b.standbyHealth(s)
	if len(s.hosts) == 1 && !s.unsure {
		b.d.fault(m.place("replicas"), "name two nodes, or write policy: active-active", "%s: there is nobody to stand by", m.where)
	}
	b.activePassive(s, map[string]policies.Temperature{"hot": policies.Hot, "warm": policies.Warm, "cold": policies.Cold}[word])
}

// healthCheck is how replicas leave and enter the rotation.
func (b *builder) healthCheck(s *service) {
	m := s.m
	s.balanced = m.get("balanced_by")
	if s.balanced != nil || m.get("health_check") != nil {
		s.s.Detector = b.detector(m, "health_check", "probe")
		s.s.FalseAlarms = b.alarms
	}
	if s.balanced == nil {
		return
	}
	if i, ok := b.serviceNamed(s.balanced, m.where); ok {
		switch {
		case b.services[i] == s:
			b.d.fault(s.balanced, "", "%s: it cannot balance itself", m.where)
		default:
			s.s.Observer, s.s.Balancer = model.ByService, i
		}
	}
}

// balancing is how requests spread over a rotation.
func (b *builder) balancing(s *service) {
	if s.m.has("balancing") {
		s.s.LeastLoaded = s.m.word("balancing", []string{"round-robin", "least-loaded"}, "") == "least-loaded"
	}
}

// leaderless is on how many replicas data is, and how many of those a request takes. By default that is a
// majority, so that reads meet the last write.
func (b *builder) leaderless(s *service) {
	m := s.m
	most := max(1, len(s.hosts))
	if s.unsure {
		most = mostMembers
	}
	p := policies.Leaderless{Replicas: m.count("copies", 1, most, min(3, most))}
	p.Read = m.count("read", 1, p.Replicas, p.Replicas/2+1)
	p.Write = m.count("write", 1, p.Replicas, p.Replicas/2+1)
	s.s.Policy = p
}

func (b *builder) quorum(s *service) {
	m := s.m
	election, takes := model.Seconds(1), model.Distribution(nil)
	if v := m.get("detection"); v != nil {
		d := m.open("detection", v, m.where+": detection")
		d.preset("", "election")
		if takes = d.law("takes", steady, nil); takes == nil {
			if d.has("heartbeat") {
				d.durationAbove("heartbeat", 0.1)
			}
			election = d.durationAbove("election", election)
		}
		d.done()
	} else {
		m.set("detection.election", election.String(), nil)
	}
	if takes == nil {
		takes = failures.Uniform(election, 2*election)
	}
	s.s.Policy = &policies.Quorum{Election: takes}
	s.s.Observer = model.ByPeers
}

// serviceNamed finds a service: its index, final once the services are in order.
func (b *builder) serviceNamed(n *node, where string) (int32, bool) {
	b.d.witness.read(n, formService)
	s, ok := b.d.single(n, where)
	if !ok {
		return 0, false
	}
	if i, found := b.byName[s]; found {
		return b.services[i].index, true
	}
	hint := b.d.nearest(s, len(b.services), func(add func(string)) {
		for _, o := range b.services {
			add(o.name.text)
		}
	})
	b.d.fault(n, hint, "%s: no such service %q", where, clip(s))
	return 0, false
}
