package topology

import (
	"slices"

	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// scalarOr opens the value of key, which may also be a single word standing for a whole block.
func (m *mapping) scalarOr(key string) (*mapping, *node) {
	v := m.get(key)
	where := m.where + ": " + key
	if v == nil || v.kind == scalarNode {
		return &mapping{d: m.d, where: where, path: m.path + "." + key, origin: m.origin}, v
	}
	return m.open(key, v, where), nil
}

// activePassive reads how a standby takes over (SEMANTICS 2.6 and 3).
func (b *builder) activePassive(s *service, standby policies.Temperature) {
	p := &policies.ActivePassive{Standby: standby, Success: 1}
	s.s.Policy = p
	f, short := s.m.scalarOr("failover")
	modes := []string{"automatic", "manual"}
	switch {
	case short != nil:
		if w, ok := b.d.oneOf(short, f.where, modes); ok {
			f.set("mode", w, short)
			p.Manual = w == "manual"
		}
	case len(f.layers) == 0:
		p.Manual = true
		f.set("mode", "manual", nil)
	default:
		b.product(s, f, standby)
		p.Manual = f.word("mode", modes, "automatic") == "manual"
	}
	kind, observer := "heartbeat", "peers"
	if p.Manual {
		kind, observer = "probe", "everyone"
	}
	b.retry = 0
	s.s.Detector = b.detector(f, "detection", kind)
	s.s.FalseAlarms = b.alarms
	if s.s.Coordinated && !p.Manual {
		observer = "coordinator"
	}
	s.s.Observer = observers[f.word("observer", observerWords, observer)]
	if s.s.Observer == model.ByCoordinator && !s.s.Coordinated {
		b.d.fault(f.place("observer"), `name it: coordinator: SERVICE, beside "failover"`, "%s: there is no coordinator to observe", f.where)
	}
	p.Decision = policies.Steps{f.law("decision", steady, failures.Fixed(0))}
	b.activation(p, f)
	p.Success = f.share("success", 1)
	b.afterFailure(p, f)
	s.meanwhile(f)
	if f.has("after_total_loss") {
		p.AtOnce = f.word("after_total_loss", []string{"switch", "at-once"}, "") == "at-once"
	}
	s.s.Fresh = f.has("replacement") && f.word("replacement", []string{"repair", "at-once"}, "repair") == "at-once"
	b.human(p, f)
	b.redirect(s, p, f)
	b.fencing(s, p, f)
	b.failback(s, p)
	s.s.HoldDown = b.hold
	b.holdDown(&s.s.HoldDown, f)
	s.candidate = f.sub("candidate", f.where+": candidate")
	f.done()
}

// product lays the preset of a whole failover, if one is named, below what the file says of the failover,
// the redirection and the failback.
func (b *builder) product(s *service, f *mapping, standby policies.Temperature) {
	named := f.preset("", "failover")
	if named == nil {
		return
	}
	if named.Policy != standby.String() {
		b.d.warn(f.place("preset"), "write policy: "+named.Policy, "%s: preset %q is made for a %s standby, not for a %v one", f.where, named.Name, named.Policy, standby)
	}
	beside := node{kind: mappingNode}
	for key, value := range f.layers[len(f.layers)-1].entries() {
		if key.text == "failback" || key.text == "redirect" && !f.own("switch") {
			beside.parts = append(beside.parts, *key, *value)
		}
	}
	s.m.layers = append(s.m.layers[:len(s.m.layers):len(s.m.layers)], &beside)
}

// apart drops what lies below the file's own values if that is about another kind of thing: if it has
// another word for key. The file's word may be implied.
func (m *mapping) apart(key, implied string) {
	for i, l := range m.layers {
		v := l.find(key)
		switch {
		case i == 0 && v != nil:
			implied = v.text
		case i > 0 && v != nil && implied != "" && v.text != implied:
			m.layers = m.layers[:i]
			return
		}
	}
}

var (
	observerWords = []string{"peers", "everyone", "coordinator"}
	observers     = map[string]model.Observer{"peers": model.ByPeers, "everyone": model.ByEveryone, "coordinator": model.ByCoordinator}
)

// fencing is what stops an old primary (R14). A detector whose product says how long a primary waits
// before it gives up its lease says so to the fencing too.
func (b *builder) fencing(s *service, p *policies.ActivePassive, f *mapping) {
	words := make([]string, model.NumFenceKinds)
	for k := range words {
		words[k] = model.FenceKind(k).String()
	}
	m, short := f.scalarOr("fencing")
	word := ""
	switch {
	case short != nil:
		word, _ = b.d.oneOf(short, m.where, words)
		f.set("fencing", word, short)
	case len(m.layers) == 0:
		word = "none"
		if l, ok := leaseOf(s.s.Detector); ok && s.s.Coordinated && l.TTL > 0 {
			word = "lease"
		}
		f.set("fencing", word, nil)
	default:
		m.apart("kind", "")
		word = m.word("kind", words, "none")
	}
	fence := &s.s.Fence
	fence.Kind = model.FenceKind(max(0, slices.Index(words, word)))
	switch fence.Kind {
	case model.LeaseFencing:
		b.leaseFencing(s, m)
	case model.MinReplicas:
		fence.Within = failures.Fixed(m.durationAbove("max_lag", 10))
	case model.Stonith:
		p.Stonith = &policies.Stonith{Takes: m.law("takes", steady, quantiles(8, 30)), Success: m.share("success", 0.95),
			Timeout: m.duration("timeout", model.Minute), Attempts: m.count("attempts", 1, 1000, 10)}
	}
	m.done()
}

func (b *builder) leaseFencing(s *service, m *mapping) {
	fence := &s.s.Fence
	if !s.s.Coordinated {
		at := m.origin
		if v := s.m.get("failover"); v != nil {
			at = v
		}
		b.d.fault(at, `name it: coordinator: SERVICE, beside "failover"`, "%s: a lease needs a coordinator that grants it", m.where)
	}
	l, _ := leaseOf(s.s.Detector)
	byDefault := failures.Uniform(l.TTL/3, 2*l.TTL/3)
	if b.retry > 0 {
		byDefault = failures.Uniform(b.retry, b.retry+l.Renew)
	}
	fence.Within = m.law("stops_after", steady, byDefault)
	chance := 0.01
	if m.flag("watchdog") {
		chance = 0.0005
	}
	fence.Failure = m.share("failure_probability", chance)
	fence.Failsafe = m.flag("failsafe")
}

// leaseOf is the lease behind a detector, if it is one.
func leaseOf(d model.Detector) (policies.Lease, bool) {
	if s, ok := d.(policies.Seeing); ok {
		d = s.Detector
	}
	if o, ok := d.(policies.Observers); ok {
		d = o.Detector
	}
	l, ok := d.(policies.Lease)
	return l, ok
}

// activation is what happens from the decision to the standby being ready.
func (b *builder) activation(p *policies.ActivePassive, f *mapping) {
	step := func(key string, p50, p95 model.Seconds) {
		p.Activate = append(p.Activate, f.law(key, steady, quantiles(p50, p95)))
	}
	f.otherStandby(p.Standby)
	p.Alpha = 1
	switch p.Standby {
	case policies.Hot:
		step("promote", 2, 8)
	case policies.Warm:
		step("start", 30, 2*model.Minute)
		step("catch_up", model.Minute, 5*model.Minute)
		step("promote", 2, 8)
		p.Alpha = f.share("dormancy", 0.3)
	case policies.Cold:
		step("provision", 20*model.Minute, 2*model.Hour)
		step("boot", 3*model.Minute, 10*model.Minute)
		step("configure", 5*model.Minute, 30*model.Minute)
		p.Alpha = f.share("dormancy", 0)
		p.StartFailure = f.share("start_failure", 0.02)
	}
}

// redirect is how clients find the new primary (R17).
func (b *builder) redirect(s *service, p *policies.ActivePassive, f *mapping) {
	if f.has("switch") {
		p.Redirect = f.law("switch", steady, nil)
	}
	r, short := s.m.scalarOr("redirect")
	via := short
	if via == nil {
		if len(r.layers) == 0 {
			return
		}
		r.apart("via", "")
		if via = r.need("via", "known are: vip, proxy, client-library, dns, or the name of a service"); via == nil {
			return
		}
		if _, ok := b.d.single(via, r.label("via")); !ok {
			return
		}
	}
	if p.Redirect != nil {
		b.d.fault(via, "keep one of them", "%s: failover.switch says already how clients move", s.m.where)
	}
	b.d.witness.words(via, []string{"vip", "proxy", "client-library", "dns"})
	b.d.witness.read(via, formService)
	r.set("via", via.text, via)
	switch via.text {
	case "vip":
		p.Redirect = r.law("switch", steady, quantiles(1, 3))
	case "client-library":
		p.Redirect = r.law("reconnect", steady, quantiles(1, 10))
	case "dns":
		p.Redirect, p.RedirectRamp = failures.Fixed(r.durationAbove("ttl", model.Minute)), true
		b.stragglers(p, r.sub("ignores_ttl", r.where+": ignores_ttl"))
	case "proxy":
		b.viaProxy(p, r)
	default:
		i, ok := b.serviceNamed(via, r.where)
		if ok && b.services[i].ttl > 0 {
			p.Redirect, p.RedirectRamp = failures.Fixed(b.services[i].ttl), true
			from := b.services[i].m
			b.stragglers(p, from.sub("ignores_ttl", from.where+": ignores_ttl"))
		} else {
			b.viaProxy(p, r)
		}
	}
	r.done()
}

// stragglers are clients who keep an old address for longer than it is good for (R17).
func (b *builder) stragglers(p *policies.ActivePassive, m *mapping) {
	if m == nil {
		return
	}
	p.LateShare = m.share("share", 0.03)
	p.LateUntil = m.law("until", steady, quantiles(30*model.Minute, 12*model.Hour))
	m.done()
	if p.LateShare >= 1 {
		b.d.fault(m.place("share"), "", "%s: if everybody ignores it, it is not a redirection", m.where)
	}
}

// viaProxy is a check that must succeed `rise` times.
func (b *builder) viaProxy(p *policies.ActivePassive, r *mapping) {
	interval, rise := r.durationAbove("interval", 2), r.count("rise", 1, 1000, 2)
	p.Redirect = failures.Uniform(model.Seconds(rise-1)*interval, model.Seconds(rise)*interval)
}

var detectorWords = []string{"heartbeat", "probe", "lease", "vrrp", "phi", "users", "delay"}

// detector reads how faults are noticed (SEMANTICS 2.3).
func (b *builder) detector(m *mapping, key, byDefault string) model.Detector {
	b.d.witness.shared(m.get(key), detectorKind)
	d, short := m.scalarOr(key)
	if short != nil {
		law := m.law(key, steady, failures.Fixed(0))
		return policies.After{Down: law, Back: failures.Fixed(0)}
	}
	if implied := ""; d.preset("", "detector") == nil {
		if d.own("delay") {
			implied = "delay"
		}
		d.apart("kind", implied)
	}
	if d.has("delay") {
		byDefault = "delay"
	}
	out := b.detectorOf(d, d.word("kind", detectorWords, byDefault))
	b.alarms = nil
	if d.has("false_alarm_rate") {
		if b.alarms = d.lifeLaw("false_alarm_rate", nil); b.alarms == never {
			b.alarms = nil
		}
	}
	out = b.observers(d, out)
	seeing := policies.Seeing{Detector: out, Unseen: b.unseen}
	sees := d.block("sees")
	for k := model.FaultMode(0); k < model.NumFaultModes; k++ {
		p := 1.0
		switch k {
		case model.Hang:
			p = 0.9
		case model.Slow:
			p = 0.2
		}
		if sees.has(k.String()) || p < 1 {
			p = sees.share(k.String(), p)
		}
		seeing.Sees[k] = p
	}
	sees.later("corruption")
	sees.done()
	d.done()
	return seeing
}

// observers reads how many of several observers must agree.
func (b *builder) observers(d *mapping, one model.Detector) model.Detector {
	m := d.sub("observers", d.where+": observers")
	if m == nil {
		return one
	}
	of := m.count("of", 1, policies.MostObservers, 3)
	o := policies.Observers{Detector: one, Of: of, Quorum: m.count("quorum", 1, of, of/2+1), Gossip: m.law("gossip", steady, failures.Fixed(0))}
	m.done()
	return o
}

func (b *builder) detectorOf(d *mapping, kind string) model.Detector {
	switch kind {
	case "heartbeat":
		return policies.Heartbeat{Period: d.durationAbove("period", 1), Timeout: d.durationAbove("timeout", 10)}
	case "probe":
		return policies.Probe{Interval: d.durationAbove("interval", 10), Timeout: d.duration("timeout", 5),
			Fall: d.count("fall", 1, 1000, 3), Rise: d.count("rise", 1, 1000, 2)}
	case "lease":
		l := policies.Lease{TTL: d.durationAbove("ttl", 30), Renew: d.durationAbove("renew", 10), Restart: d.duration("primary_start_timeout", 0)}
		b.retry = d.duration("retry_timeout", 0)
		if l.Renew > l.TTL {
			b.d.fault(d.origin, "", "%s: the lease runs out before it is renewed", d.where)
		}
		return l
	case "vrrp":
		return policies.VRRP{Advert: d.durationAbove("advert", 1), Missed: d.count("missed", 1, 1000, 3), Skew: d.duration("skew", 1)}
	case "phi":
		return policies.PhiAccrual{Threshold: float64(d.count("threshold", 1, 100, 8)), Gap: d.durationAbove("gap", 1)}
	case "users":
		return policies.Users{Report: d.law("report", steady, quantiles(15*model.Minute, 2*model.Hour))}
	}
	a := policies.After{Down: failures.Fixed(0), Back: failures.Fixed(0)}
	if d.need("delay", "write for example delay: 20s") != nil {
		a.Down = d.law("delay", steady, a.Down)
	}
	if d.has("back") {
		a.Back = d.law("back", steady, a.Back)
	}
	if d.has("crash") {
		a.Crash = d.law("crash", steady, nil)
	}
	return a
}
