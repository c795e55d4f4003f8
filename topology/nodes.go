package topology

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
)

// mostNodes bounds what `count:` may ask for.
const mostNodes = 2_000_000

// group is a number of nodes that are alike, called name-1 to name-count.
type group struct {
	first int32
	count int
}

// quantiles is a law that a default or preset names by what an engineer would say.
func quantiles(p50, p95 model.Seconds) model.Distribution {
	law, err := failures.FromQuantiles(p50, p95)
	if err != nil {
		return failures.Fixed(p50)
	}
	return law
}

// usualRepair is how long repairs take when a file says nothing: with hands, and spare parts nearby.
var usualRepair = quantiles(4*model.Hour, 48*model.Hour)

// modes reads how something breaks: mtbf and mttr for its usual mode, and others under `modes`.
func (m *mapping) modes(usual model.FaultMode, keepsAge bool) []model.Mode {
	var out []model.Mode
	m.d.witness.shared(m.get("modes"), modesKind)
	others := m.sub("modes", m.where+": modes")
	add := func(kind model.FaultMode, life, repair model.Distribution) {
		if life == nil || life == never {
			return
		}
		if repair == never {
			repair = nil
		}
		out = append(out, model.Mode{Kind: kind, Life: life, Repair: repair, KeepsAge: keepsAge})
	}
	var mine *mapping
	if others != nil {
		if v := others.may(usual.String()); v != nil {
			mine = others.open(usual.String(), v, m.where+": "+usual.String())
		}
	}
	life := m.nearer(mine, usual, "mtbf").lifeLaw("mtbf", nil)
	var repair model.Distribution
	switch by := m.nearer(mine, usual, "mttr"); {
	case by.has("mttr"):
		repair = by.lifeLaw("mttr", nil)
	case life != nil && life != never:
		repair = m.lifeLaw("mttr", usualRepair)
	}
	if mine != nil {
		mine.ignore("mtbf", "mttr", "hidden")
		mine.done()
	}
	add(usual, life, repair)
	if mine != nil {
		mine.hiddenMode(out, usual)
	}
	m.hiddenMode(out, usual)
	if others == nil {
		return out
	}
	for k := model.FaultMode(0); k < model.NumFaultModes; k++ {
		if v := others.may(k.String()); v != nil && k != usual {
			one := others.open(k.String(), v, m.where+": "+k.String())
			one.need("mtbf", "write for example mtbf: 2y")
			add(k, one.lifeLaw("mtbf", nil), one.lifeLaw("mttr", usualRepair))
			one.hiddenMode(out, k)
			if k == model.Slow {
				one.slowness(out)
			}
			one.done()
		}
	}
	others.later("corruption", "bad-change", "data-error", "overload", "maintenance")
	others.done()
	return out
}

// nearer is where a key of the usual mode is said: beside `modes`, or in it, where mine is. What a file says in either
// place goes before what a preset says in the other.
func (m *mapping) nearer(mine *mapping, usual model.FaultMode, key string) *mapping {
	if mine == nil || !mine.has(key) {
		return m
	}
	if !m.has(key) {
		return mine
	}
	beside := slices.IndexFunc(m.layers, func(l *node) bool { return l.find(key) != nil })
	within := slices.IndexFunc(m.layers, func(l *node) bool { return l.path("modes."+usual.String()+"."+key) != nil })
	switch {
	case within < beside:
		return mine
	case within == beside:
		m.d.fault(mine.place(key), "keep one of them", "%s: %s is that of %s already", mine.where, key, usual)
	}
	return m
}

// slowness reads what something slow still does into the last of some modes.
func (m *mapping) slowness(modes []model.Mode) {
	errors, capacity := m.share("errors", 0.3), m.share("capacity", 0.5)
	if n := len(modes); n > 0 && modes[n-1].Kind == model.Slow {
		modes[n-1].Errors, modes[n-1].Capacity = errors, capacity
	}
}

// nodes reads the machines.
func (b *builder) nodes(n *node) {
	b.groups = map[string]*group{}
	if n != nil {
		b.sys.Components = slices.Grow(b.sys.Components, len(n.parts)/2)
		b.d.settings = slices.Grow(b.d.settings, len(n.parts)) // mtbf and mttr
	}
	b.d.each(n, "nodes", func(name, value *node) {
		m := b.d.mapping(value, "node "+strconv.Quote(clip(name.text)), "nodes."+clip(name.text))
		if value.kind == nullNode {
			m.origin = name
		}
		b.node(name, m)
		if b.d.once {
			value.parts = nil // of a million nodes, this is most of the tree
		}
	})
	b.d.each(n, "nodes", func(name, _ *node) {
		_, own := b.single(name.text)
		if _, both := b.inGroup(name.text); own && both {
			b.d.fault(name, "rename one of them", "the name %q is also that of a node made by `count`", clip(name.text))
		}
	})
}

// single finds a node that has its name for itself.
func (b *builder) single(name string) (int32, bool) {
	i, ok := b.names[name]
	return i, ok && b.groups[name] == nil && b.sys.Components[i].Kind == model.KindNode
}

func (b *builder) node(name *node, m *mapping) {
	count := 0
	if m.has("count") {
		count = m.count("count", 1, mostNodes, 1)
	}
	if b.hosts += max(1, count); b.hosts > mostNodes {
		if b.hosts-max(1, count) <= mostNodes {
			b.d.fault(name, "", "more than %d nodes", mostNodes)
		}
		count = min(count, 1)
	}
	byDefault := ""
	if !m.has("mtbf") && !m.has("mttr") && !m.has("modes") && !m.has("made_of") {
		byDefault = "vm"
	}
	m.preset(byDefault, "node")
	keeps := m.word("after_repair", []string{"as-good-as-new", "as-bad-as-old"}, "") == "as-bad-as-old"
	c := model.Component{Name: name.text, Kind: model.KindNode, Site: model.None, Modes: m.modes(model.OSCrash, keeps)}
	if m.has("start_failure") {
		c.StartFailure = m.share("start_failure", 0)
	}
	c.StartsIn = m.law("starts_in", steady, nil)
	if c.Exclusive = m.flag("exclusive"); c.Exclusive {
		m.set("exclusive", "true", m.get("exclusive"))
	}
	at := b.location(m, &c)
	b.nodeCost(m, max(1, count))
	below := m.get("on")
	b.madeOf(m, count, at != nil || below != nil)
	m.ignore("description")
	disks := m.disks()
	m.done()
	if below != nil {
		m.set("on", below.text, below)
		b.guests = append(b.guests, guest{int32(len(b.sys.Components)), int32(max(1, count)), below, m})
		if at != nil {
			b.d.fault(m.keyNode("on", below), "its host says it already", "%s: zone or rack, or a host", m.where)
		}
	}
	if count == 0 {
		i := b.component(c, name)
		b.lodge(at, i)
		b.mount(disks, i, 1, name)
		return
	}
	b.take(name.text, name)
	g := &group{first: int32(len(b.sys.Components)), count: count}
	b.groups[name.text] = g
	b.sys.Components = slices.Grow(b.sys.Components, count)
	for k := 1; k <= count; k++ {
		c.Name = name.text + "-" + strconv.Itoa(k)
		b.lodge(at, b.add(c, name))
	}
	b.mount(disks, g.first, count, name)
}

// guest is one or several nodes on another one.
type guest struct {
	first, count int32
	on           *node
	m            *mapping
}

// settleGuests finds the hosts of nodes on other nodes, which may come later in the file.
func (b *builder) settleGuests() {
	b.lodgings = map[int32]int32{}
	for _, g := range b.guests {
		name, ok := b.d.single(g.on, g.m.label("on"))
		if !ok {
			continue
		}
		found := b.hostsNamed(g.on, g.m.where)
		if len(found) > 1 {
			b.d.fault(g.on, "name one of them", "%s: on: %q is %d nodes", g.m.where, clip(name), len(found))
		}
		for k := g.first; k < g.first+g.count && len(found) == 1; k++ {
			c := &b.sys.Components[k]
			c.Site = b.sys.Components[found[0]].Site
			requireToo(c, ref(found[0]))
			b.lodgings[k] = found[0]
		}
	}
}

func (b *builder) lodge(at *place, i int32) {
	if at != nil {
		at.nodes = append(at.nodes, i)
	}
}

// inGroup finds a node made by `count`, such as unit-17.
func (b *builder) inGroup(name string) (int32, bool) {
	dash := strings.LastIndexByte(name, '-')
	if dash < 0 {
		return 0, false
	}
	g := b.groups[name[:dash]]
	k, err := strconv.Atoi(name[dash+1:])
	if g == nil || err != nil || k < 1 || k > g.count || strconv.Itoa(k) != name[dash+1:] {
		return 0, false
	}
	return g.first + int32(k-1), true
}

// hostsNamed resolves a node, a group, or a pattern such as web-*.
func (b *builder) hostsNamed(n *node, where string) []int32 {
	b.d.witness.read(n, formNode)
	if i, ok := b.single(n.text); ok {
		return []int32{i}
	}
	if g := b.groups[n.text]; g != nil {
		out := make([]int32, g.count)
		for k := range out {
			out[k] = g.first + int32(k)
		}
		return out
	}
	if i, ok := b.inGroup(n.text); ok {
		return []int32{i}
	}
	if strings.ContainsAny(n.text, "*?[") {
		return b.hostsLike(n, where)
	}
	hint := b.d.nearest(n.text, len(b.names), func(add func(string)) {
		for name := range b.names {
			if _, ok := b.single(name); ok || b.groups[name] != nil {
				add(name)
			}
		}
	})
	b.d.fault(n, hint, "%s: no such node %q", where, clip(n.text))
	return nil
}

func (b *builder) hostsLike(n *node, where string) []int32 {
	var out []int32
	if _, err := path.Match(n.text, ""); err != nil || len(n.text) > 200 {
		b.d.fault(n, "* stands for any text, ? for one character", "%s: bad pattern %q", where, clip(n.text))
		return nil
	}
	if b.matched += b.hosts; b.matched > mostMatched {
		b.d.fault(n, "name a group made by count as a whole, without a pattern", "%s: too many patterns for so many nodes", where)
		return nil
	}
	for i := range b.sys.Components {
		c := &b.sys.Components[i]
		if c.Kind != model.KindNode {
			continue
		}
		if hit, _ := path.Match(n.text, c.Name); hit {
			out = append(out, int32(i))
		}
	}
	if len(out) == 0 {
		b.d.fault(n, "", "%s: no node matches %q", where, clip(n.text))
	}
	return out
}
