package engine

import (
	"github.com/ftsim/ftsim/model"
)

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
		kind := toComponent
		if c.ofDisks(n) {
			kind = toMedia
		}
		c.edges = append(c.edges, edge{n.Ref, fan{target, kind}})
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
	p.gates = append(p.gates, gate{up: int32(len(n.Of)), need: int32(n.AtLeast), target: target, nested: nested, media: !nested && c.ofDisks(n)})
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
	c.owner, c.user = none, none
	for i := range p.sys.Services {
		c.owner = int32(i)
		p.direct[i] = c.spans(c.direct(p.sys.Services[i].Needs))
	}
	c.owner = none
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
		c.user = int32(j)
		p.journeys[j] = journey{direct: c.spans(c.direct(from.Needs)), all: c.spans(c.closure(from.Needs)),
			threshold: from.Threshold, served: 1, outage: none, relieved: negInf, job: none, cushion: none}
		p.journeys[j].sole = p.soleOf(p.journeys[j].all)
		for _, s := range c.touching(from.Needs) {
			p.reaches[s] = append(p.reaches[s], int32(j))
		}
	}
	c.user = none
	return nil
}

func (p *Program) soleOf(all spans) int32 {
	if all.leafEnd != all.leaf+1 || all.softEnd != all.soft {
		return none
	}
	if s := p.leaves[all.leaf].service; p.groups[s].store == none && p.groups[s].copies == 0 && p.groups[s].writers == 0 {
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
	if d.Without > 0 || d.Cushion != nil {
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
	out := dependency{need: c.need(&d.Need), without: d.Without, cushion: c.cushion(d)}
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
