package main

import (
	"slices"
	"strconv"

	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// assembly builds the System of a design, with one journey: what was asked about.
type assembly struct {
	d        *design
	sys      model.System
	sites    map[string]int32
	services map[string]int32 // by what they stand for
}

// system lays a design out in the words of ftsim.
func (d *design) system() (*model.System, error) {
	a := &assembly{d: d, sites: map[string]int32{}, services: map[string]int32{}}
	a.sys.Name = "case"
	a.network()
	a.components()
	for _, s := range d.shocks {
		a.sys.Causes = append(a.sys.Causes, model.CommonCause{Name: s.name, Mode: model.OSCrash, Life: s.life,
			Victims: a.refs(s.victims), Probability: 1})
	}
	for i, s := range d.cascades {
		a.sys.Causes = append(a.sys.Causes, model.CommonCause{Name: "cascade " + strconv.Itoa(i+1), Mode: model.OSCrash,
			SetOff: &model.SetOff{Component: int32(d.index[s.source]), Delay: s.delay}, Victims: a.refs(s.victims), Probability: s.probability})
	}
	a.traces()
	a.sys.Stresses = d.stress
	a.upkeep()
	a.stock()
	for _, p := range d.positions {
		a.addPosition(p)
	}
	if d.together != nil { // it matters to its members even if nobody asks about it
		a.reconfigured()
	}
	switch d.asked.kind {
	case capacityLost:
		return a.capacity()
	case partFailures:
		return a.each()
	case atOnce:
		return a.together()
	case falseRate, firstFalse:
		return a.falseAlarms()
	}
	need, err := a.need(d.up)
	if err != nil {
		return nil, err
	}
	if d.asked.ofJob() {
		a.addJob(need)
	}
	return a.observed(need)
}

// observed adds the journey that needs what was asked about, and checks the whole.
func (a *assembly) observed(need model.Need) (*model.System, error) {
	a.observe("up", need)
	return a.checked()
}

// observe adds a journey.
func (a *assembly) observe(name string, need model.Need) {
	a.sys.Journeys = append(a.sys.Journeys, model.Journey{Name: name, Needs: []model.Dependency{{Need: need}}, Share: 1, Threshold: 0.5, Service: model.None})
}

func (a *assembly) checked() (*model.System, error) {
	a.sys.Clients = []model.ClientGroup{{Site: model.None, Share: 1}}
	for _, p := range model.Check(&a.sys, nil) {
		if p.Severity != model.Warning {
			return nil, p
		}
	}
	return &a.sys, nil
}

// capacity makes the parts of the up expression the members of one service with as much to do as they
// can take together, so that the share served is the share of them that are up.
func (a *assembly) capacity() (*model.System, error) {
	s := model.Service{Name: "capacity", Policy: policies.ActiveActive{}, Observer: model.ByEveryone, Balancer: model.None, PerReplica: 1}
	for _, e := range a.d.up.of {
		if !a.isPlain(e) {
			return nil, unsupported("the capacity of something other than components")
		}
		i := a.sys.Services[a.gate(e)].Members[0].Component
		s.Members = append(s.Members, model.Member{Component: i, Host: i})
	}
	if len(s.Members) == 0 {
		return nil, unsupported("a capacity without parts")
	}
	a.sys.Rate = float64(len(s.Members))
	a.sys.Services = append(a.sys.Services, s)
	return a.observed(model.Need{Ref: int32(len(a.sys.Services) - 1)})
}

// refs are the numbers of parts.
func (a *assembly) refs(names []string) []int32 {
	var out []int32
	for _, n := range names {
		out = append(out, int32(a.d.index[n]))
	}
	return out
}

// aBlink is a microsecond: how long a repair takes that is instant, where what it interrupts has to notice.
const aBlink model.Seconds = 1e-6

// noticeable makes a repair of no length a blink where outages are counted: one without length is none in
// ftsim.
func (a *assembly) noticeable(repair model.Distribution) model.Distribution {
	if repair == nil || repair.Mean() > 0 || a.d.asked.shareOfTime() && a.d.saved == nil {
		return repair
	}
	return failures.Fixed(aBlink)
}

func (a *assembly) components() {
	for i := range a.d.parts {
		p := &a.d.parts[i]
		c := model.Component{Name: p.name, Kind: model.KindNode, Site: model.None}
		if p.link != nil {
			c.Kind = model.KindLink
		}
		if site, ok := a.sites[p.name]; ok {
			c.Site = site
		}
		c.Exclusive, c.StartsIn = a.d.shared(p.name), p.start
		if p.on != "" {
			c.Requires = &model.Need{Ref: int32(a.d.index[p.on])}
		}
		if n := a.unitOf(p); n != nil {
			c.Requires, c.Unit = n, true
		}
		if p.life != nil && !p.gone {
			c.Modes = []model.Mode{{Kind: p.mode(), Life: p.life, Repair: a.noticeable(p.repair), Hidden: p.hidden, KeepsAge: p.keepsAge}}
		}
		if p.unread > 0 && len(c.Modes) > 0 {
			c.Kind, c.Modes[0].Kind, c.Modes[0].Unread = model.KindDisk, model.MediaLoss, p.unread
		}
		a.sys.Components = append(a.sys.Components, c)
	}
	a.crew()
}

// network joins the ends of links. An end that is called as a part works while that part does.
func (a *assembly) network() {
	for i := range a.d.parts {
		p := &a.d.parts[i]
		if p.link == nil {
			continue
		}
		from, to := a.site(p.link[0]), a.site(p.link[1])
		a.sys.Network.Links = append(a.sys.Network.Links,
			model.Link{Component: int32(i), From: from, To: to}, model.Link{Component: int32(i), From: to, To: from})
	}
}

func (a *assembly) site(name string) int32 {
	if i, ok := a.sites[name]; ok {
		return i
	}
	s := model.Site{Name: name, Component: model.None, Within: model.None, Transit: true}
	if i, ok := a.d.index[name]; ok {
		s.Component = int32(i)
	}
	a.sites[name] = int32(len(a.sys.Network.Sites))
	a.sys.Network.Sites = append(a.sys.Network.Sites, s)
	return a.sites[name]
}

// addPosition makes a position a service with standbys.
func (a *assembly) addPosition(p *position) {
	s := model.Service{Name: p.name, Needed: 1, Observer: model.ByEveryone, Balancer: model.None, Detector: p.detector, Store: p.store, Fresh: p.fresh,
		Policy: &policies.ActivePassive{Standby: policies.Cold, Alpha: p.dormancy, Success: p.coverage, GivesUp: true, AtOnce: true, Activate: p.steps()}}
	for _, i := range a.refs(p.members) {
		s.Members = append(s.Members, model.Member{Component: i, Host: i})
	}
	a.services[p.name] = int32(len(a.sys.Services))
	a.sys.Services = append(a.sys.Services, s)
}

// need turns an expression into a condition over services. What is only about components becomes one
// component that requires them.
func (a *assembly) need(e *expression) (model.Need, error) {
	if p := a.d.serving(e); p != nil {
		return model.Need{Ref: a.services[p.name]}, nil
	}
	if a.d.stops(e) {
		return model.Need{Ref: a.reconfigured()}, nil
	}
	if len(e.connected) > 0 {
		return a.connected(e.connected)
	}
	if a.isPlain(e) {
		return model.Need{Ref: a.gate(e)}, nil
	}
	if e.ref != "" {
		if i, ok := a.services[e.ref]; ok {
			return model.Need{Ref: i}, nil
		}
		return model.Need{}, unsupported("whether %q being up means that it serves is not said", e.ref)
	}
	n := model.Need{AtLeast: e.k}
	for _, part := range e.of {
		of, err := a.need(part)
		if err != nil {
			return n, err
		}
		n.Of = append(n.Of, of)
	}
	return n, nil
}

// isPlain tells whether an expression is about components being up, not about positions being filled.
// A member of a position may be named as a component only if that makes no difference.
func (a *assembly) isPlain(e *expression) bool {
	if len(e.connected) > 0 || a.d.serving(e) != nil || a.d.stops(e) {
		return false
	}
	if e.ref == "" {
		return !slices.ContainsFunc(e.of, func(p *expression) bool { return !a.isPlain(p) })
	}
	if _, ok := a.d.index[e.ref]; !ok {
		return false
	}
	return a.d.asked.target != "" || a.d.asked.truth || !slices.ContainsFunc(a.d.positions, func(p *position) bool {
		return slices.Contains(p.members, e.ref) && !p.plain()
	})
}

// gate is a service over one component that is available while the expression holds.
func (a *assembly) gate(e *expression) int32 {
	if e.ref != "" {
		return a.single(e.ref, int32(a.d.index[e.ref]))
	}
	name := "condition " + strconv.Itoa(len(a.sys.Components)+1)
	n := a.componentNeed(e)
	a.sys.Components = append(a.sys.Components, model.Component{Name: name, Kind: model.KindDevice, Site: model.None, Requires: &n})
	return a.single(name, int32(len(a.sys.Components)-1))
}

func (a *assembly) componentNeed(e *expression) model.Need {
	if e.ref != "" {
		return model.Need{Ref: int32(a.d.index[e.ref])}
	}
	n := model.Need{AtLeast: e.k}
	for _, p := range e.of {
		n.Of = append(n.Of, a.componentNeed(p))
	}
	return n
}

// mode is how a part breaks.
func (p *part) mode() model.FaultMode {
	if p.media {
		return model.MediaLoss
	}
	return model.OSCrash
}

// single is a service that is one component.
func (a *assembly) single(name string, component int32, needs ...model.Dependency) int32 {
	name = "service on " + name
	if i, ok := a.services[name]; ok {
		return i
	}
	a.services[name] = int32(len(a.sys.Services))
	s := model.Service{Name: name, Policy: policies.ActiveActive{}, Observer: model.ByEveryone,
		Balancer: model.None, Members: []model.Member{{Component: component, Host: component}}, Needs: needs}
	if int(component) < len(a.d.parts) && a.d.parts[component].media {
		s.Store = a.d.store
	}
	a.sys.Services = append(a.sys.Services, s)
	return a.services[name]
}

// connected asks whether the first node reaches the others: something at the first needs something at
// each of the others.
func (a *assembly) connected(nodes []string) (model.Need, error) {
	var needs []model.Dependency
	for _, n := range nodes {
		if _, ok := a.sites[n]; !ok {
			return model.Need{}, unsupported("no link leads to %q", n)
		}
	}
	for _, n := range nodes[1:] {
		needs = append(needs, model.Dependency{Need: model.Need{Ref: a.single("node "+n, a.at(n))}})
	}
	return model.Need{Ref: a.single("path "+strconv.Itoa(len(a.sys.Services)), a.at(nodes[0]), needs...)}, nil
}

// at is the component at a node, a perfect one if the node is none.
func (a *assembly) at(node string) int32 {
	if i, ok := a.d.index[node]; ok {
		return int32(i)
	}
	name := "node " + node
	for i := range a.sys.Components {
		if a.sys.Components[i].Name == name {
			return int32(i)
		}
	}
	a.sys.Components = append(a.sys.Components, model.Component{Name: name, Kind: model.KindDevice, Site: a.sites[node]})
	return int32(len(a.sys.Components) - 1)
}
