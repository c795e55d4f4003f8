package topology

import (
	"sort"
	"strconv"

	"github.com/ftsim/ftsim/model"
)

func sortStrings(s []string) { sort.Strings(s) }

// place is something that holds others: a region, zone, rack, or a device with a spot in the network.
type place struct {
	name   string
	comp   int32
	site   int32
	parent *place
	nodes  []int32 // that are directly here
	inside []*place
}

// all lists the nodes here and further in.
func (p *place) all() []int32 {
	out := append([]int32(nil), p.nodes...)
	for _, q := range p.inside {
		out = append(out, q.all()...)
	}
	return out
}

func (p *place) hold(q *place) {
	q.parent = p
	p.inside = append(p.inside, q)
}

// link is a connection with the shared-risk groups it belongs to.
type link struct {
	comp   int32
	shares []string
}

func ref(i int32) model.Need { return model.Need{Ref: i} }

func anyOf(of []int32) model.Need {
	if len(of) == 1 {
		return ref(of[0])
	}
	n := model.Need{Ref: model.None, AtLeast: 1}
	for _, i := range of {
		n.Of = append(n.Of, ref(i))
	}
	return n
}

func allOf(of ...model.Need) *model.Need {
	if len(of) == 1 {
		return &of[0]
	}
	return &model.Need{Ref: model.None, AtLeast: len(of), Of: of}
}

func (b *builder) site(name string, comp int32, transit bool) int32 {
	b.sys.Network.Sites = append(b.sys.Network.Sites, model.Site{Name: name, Component: comp, Within: model.None, Transit: transit})
	return int32(len(b.sys.Network.Sites) - 1)
}

func (b *builder) connect(comp, a, z int32) {
	b.sys.Network.Links = append(b.sys.Network.Links, model.Link{Component: comp, From: a, To: z})
}

// topology reads where things are.
func (b *builder) topology(m *mapping) {
	b.regions, b.zones, b.racks = map[string]*place{}, map[string]*place{}, map[string]*place{}
	b.devices, b.links = map[string]*place{}, map[string]*link{}
	b.d.each(m.may("regions"), "regions", b.region)
	b.d.each(m.may("racks"), "racks", b.rack)
	b.d.each(m.may("devices"), "devices", b.device)
	for _, n := range m.list("links") {
		b.link(n)
	}
	m.ignore("glitches", "description")
	m.done()
}

func (b *builder) open(what string, name, value *node) *mapping {
	m := b.d.mapping(value, what+" "+strconv.Quote(clip(name.text)), "topology."+what+"s."+clip(name.text))
	if value.kind == nullNode {
		m.origin = name
	}
	return m
}

func (b *builder) region(name, value *node) {
	m := b.open("region", name, value)
	m.preset("", "place")
	r := &place{name: name.text, site: model.None}
	r.comp = b.component(model.Component{Name: name.text, Kind: model.KindRegion, Site: model.None, Modes: m.placeModes()}, name)
	b.regions[name.text] = r
	b.d.each(m.may("zones"), m.where+": zones", func(n, v *node) { b.zone(r, n, v) })
	m.ignore("description")
	m.done()
}

func (b *builder) zone(r *place, name, value *node) {
	m := b.open("zone", name, value)
	m.preset("", "place")
	kind, purpose := m.text("kind"), m.text("purpose")
	transit := kind != "external" && purpose != "witness"
	if m.has("transit") {
		transit = m.flag("transit")
	}
	z := &place{name: name.text}
	z.comp = b.component(model.Component{Name: name.text, Kind: model.KindZone, Site: model.None,
		Modes: m.placeModes(), Requires: allOf(ref(r.comp))}, name)
	z.site = b.site(name.text, z.comp, transit)
	b.sys.Components[z.comp].Site = z.site
	r.hold(z)
	b.zones[name.text] = z
	m.ignore("room_power", "provides", "description")
	m.done()
}

// placeModes reads how a region or zone breaks. Which way is the usual one is said by mode.
func (m *mapping) placeModes() []model.Mode {
	usual := model.Crash
	word := m.word("mode", []string{model.Crash.String(), model.PowerLoss.String(), model.MediaLoss.String()}, "")
	for _, mode := range []model.FaultMode{model.PowerLoss, model.MediaLoss} {
		if word == mode.String() {
			usual = mode
		}
	}
	if m.own("mode") && !m.has("mtbf") && !m.has("modes") {
		m.d.fault(m.place("mode"), "write for example mtbf: 10y", "%s: how often that happens is missing", m.where)
	}
	return m.modes(usual, false)
}

func (b *builder) rack(name, value *node) {
	m := b.open("rack", name, value)
	m.need("zone", "say in which zone the rack is")
	z := b.placeAt(m, "zone", b.zones)
	r := &place{name: name.text, site: model.None}
	c := model.Component{Name: name.text, Kind: model.KindRack, Site: model.None, Modes: m.modes(model.Crash, false)}
	var needs []model.Need
	if z != nil {
		needs = append(needs, ref(z.comp))
		z.hold(r)
	}
	if pdus := b.doubles(m, "pdu", name, "rack-pdu"); len(pdus) > 0 {
		needs = append(needs, anyOf(pdus))
	}
	if len(needs) > 0 {
		c.Requires = allOf(needs...)
	}
	r.comp = b.component(c, name)
	end := r.comp
	if tors := b.doubles(m, "tor", name, "tor-switch"); len(tors) > 0 {
		b.wired = true
		end = b.component(model.Component{Name: name.text + "/network", Kind: model.KindDevice, Site: model.None,
			Requires: allOf(ref(r.comp), anyOf(tors))}, name)
	}
	r.site = b.site(name.text, end, true)
	b.sys.Components[r.comp].Site = r.site
	if z != nil {
		b.sys.Network.Sites[r.site].Within = z.site
		b.connect(model.None, r.site, z.site)
		b.connect(model.None, z.site, r.site)
	}
	b.racks[name.text] = r
	m.ignore("description")
	m.done()
}

// doubles reads a part of a rack that may be there twice.
func (b *builder) doubles(m *mapping, key string, rack *node, byDefault string) []int32 {
	v := m.may(key)
	if v == nil {
		return nil
	}
	part := m.open(key, v, m.where+": "+key)
	if !part.has("mtbf") && !part.has("modes") {
		part.preset(byDefault, "device")
	} else {
		part.preset("", "device")
	}
	n := 1
	if part.flag("redundant") {
		n = 2
	}
	usual := model.Crash
	if key == "pdu" {
		usual = model.PowerLoss
	}
	modes := part.modes(usual, false)
	part.done()
	var out []int32
	for k := 1; k <= n; k++ {
		name := rack.text + "/" + key
		if n > 1 {
			name += "-" + itoa(k)
		}
		out = append(out, b.component(model.Component{Name: name, Kind: model.KindDevice, Site: model.None, Modes: modes}, rack))
	}
	return out
}

func (b *builder) device(name, value *node) {
	m := b.open("device", name, value)
	m.preset("", "device")
	p := &place{name: name.text}
	c := model.Component{Name: name.text, Kind: model.KindDevice, Site: model.None, Modes: m.modes(model.Crash, false)}
	home := b.location(m, &c)
	p.comp = b.component(c, name)
	p.site = b.site(name.text, p.comp, true)
	b.sys.Components[p.comp].Site = p.site
	if home != nil {
		p.parent = home
	}
	b.devices[name.text] = p
	m.ignore("description")
	m.done()
}

// location reads the zone or rack something is in, and makes it depend on that.
func (b *builder) location(m *mapping, c *model.Component) *place {
	z, r := b.placeAt(m, "zone", b.zones), b.placeAt(m, "rack", b.racks)
	switch {
	case r != nil && z != nil && r.parent != z:
		b.d.fault(m.place("zone"), "the rack says it already", "%s: rack %q is not in zone %q", m.where, clip(r.name), clip(z.name))
	case r == nil:
		r = z
	}
	if r != nil {
		c.Requires, c.Site = allOf(ref(r.comp)), r.site
	}
	return r
}

func (b *builder) placeAt(m *mapping, key string, known map[string]*place) *place {
	v := m.get(key)
	if v == nil {
		return nil
	}
	if s, ok := m.d.single(v, m.label(key)); ok {
		return b.placeNamed(v, m.where, key, s, known)
	}
	return nil
}

func (b *builder) placeNamed(v *node, where, what, name string, known map[string]*place) *place {
	b.d.witness.read(v, form(what))
	if p := known[name]; p != nil {
		return p
	}
	hint := b.d.nearest(name, len(known), func(add func(string)) {
		for k := range known {
			add(k)
		}
	})
	if len(known) == 0 {
		hint = "none is declared under topology"
	}
	b.d.fault(v, hint, "%s: no such %s %q", where, what, clip(name))
	return nil
}

// end finds a place that a link can lead to.
func (b *builder) end(v *node, where string) *place {
	b.d.witness.read(v, formEnd)
	all := map[string]*place{}
	for _, known := range []map[string]*place{b.zones, b.racks, b.devices} {
		if p := known[v.text]; p != nil {
			return p
		}
	}
	for _, known := range []map[string]*place{b.zones, b.racks, b.devices} {
		for k, p := range known {
			all[k] = p
		}
	}
	return b.placeNamed(v, where, "zone, rack or device", v.text, all)
}

func (b *builder) link(n *node) {
	m := b.d.mapping(n, "link", "topology.links")
	if n.kind != mappingNode {
		return
	}
	id := m.need("id", "give the link a name")
	if id == nil {
		return
	}
	if _, ok := b.d.single(id, "link: id"); !ok {
		return
	}
	m.where, m.path = "link "+strconv.Quote(clip(id.text)), "topology.links."+clip(id.text)
	m.preset("", "link")
	l := &link{}
	oneWay := m.flag("one_way")
	ends := m.names("between")
	if len(ends) != 2 {
		b.d.fault(n, "write for example between: [zone-a, zone-b]", "%s: it must be between two places", m.where)
	}
	c := model.Component{Name: id.text, Kind: model.KindLink, Site: model.None, Modes: m.modes(model.Isolated, false)}
	l.comp = b.component(c, id)
	b.links[id.text] = l
	for _, s := range m.names("shares") {
		l.shares = append(l.shares, s.text)
	}
	b.wired = true
	if len(ends) == 2 {
		from, to := b.end(ends[0], m.where), b.end(ends[1], m.where)
		if from != nil && from == to {
			b.d.fault(ends[1], "", "%s: it leads from %q to itself", m.where, clip(ends[1].text))
		}
		if from != nil && to != nil {
			b.connect(l.comp, from.site, to.site)
			if !oneWay {
				b.connect(l.comp, to.site, from.site)
			}
		}
	}
	m.ignore("latency", "description")
	if width := m.bytesPerSecond("bandwidth", 0); width > 0 {
		for i := range b.sys.Network.Links {
			if x := &b.sys.Network.Links[i]; x.Component == l.comp {
				x.Bandwidth = width
			}
		}
	}
	m.done()
}
