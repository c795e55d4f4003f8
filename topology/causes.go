package topology

import (
	"strconv"

	"github.com/ftsim/ftsim/model"
)

// event reads how often something happens: mtbf, or a rate.
func (m *mapping) event() model.Distribution {
	life := m.lifeLaw("mtbf", nil)
	if v := m.get("rate"); v != nil {
		if life != nil {
			m.d.fault(v, "keep one of them", "%s: mtbf says already how often it happens", m.where)
		}
		life = m.law("rate", random, nil)
	}
	if life == nil && !m.has("mtbf") && !m.has("rate") {
		m.d.fault(m.origin, "write for example mtbf: 8y or rate: 12/y", "%s: how often does it happen?", m.where)
	}
	return life
}

// mostVictims bounds the victims of all causes together.
const mostVictims = 4_000_000

func (b *builder) commonCauses(items []*node) {
	seen := map[string]int{}
	for _, n := range items {
		if b.victimCount > mostVictims {
			b.d.fault(n, "name the zone or the rack they are in", "the common causes have more than %d victims", mostVictims)
			return
		}
		m := b.d.mapping(n, "common cause", "common_causes")
		if len(m.layers) == 0 {
			continue
		}
		id := m.need("id", "write for example id: zone-a-power")
		named := false
		if id != nil {
			_, named = b.d.single(id, "common cause: id")
		}
		if !named {
			b.commonCause(m, &node{file: n.file, line: n.line, column: n.column})
			continue
		}
		if line, twice := seen[id.text]; twice {
			b.d.fault(id, "the first is in line "+itoa(line), "the name %q is used twice", clip(id.text))
		}
		seen[id.text] = int(id.line)
		m.where, m.path = "common cause "+strconv.Quote(clip(id.text)), "common_causes."+clip(id.text)
		b.commonCause(m, id)
	}
}

func (b *builder) commonCause(m *mapping, id *node) {
	m.ignore("kind", "description")
	c := model.CommonCause{Name: id.text, Probability: 1, At: id.at()}
	v := m.need("affects", "write for example affects: {zone: zone-a}")
	if v == nil {
		m.ignore("mode", "mtbf", "rate", "mttr")
		m.done()
		return
	}
	a := m.open("affects", v, m.where+": affects")
	if a.has("each_with_probability") {
		c.Probability = a.share("each_with_probability", 1)
		if c.Probability == 0 {
			b.d.fault(a.place("each_with_probability"), "", "%s: it would hit nothing", a.where)
		}
	}
	usual := b.victims(a, &c)
	words := model.FaultModeWords()[:model.Slow] // that, a cause cannot make its victims
	word := m.word("mode", words, usual.String())
	for i, w := range words {
		if w == word {
			c.Mode = model.FaultMode(i)
		}
	}
	switch {
	case m.has("at"):
		b.once(m, &c)
	case m.has("after_failure_of"):
		b.cascade(m, &c)
	default:
		c.Life = m.event()
	}
	if c.Repair = m.lifeLaw("mttr", nil); c.Repair == nil {
		m.set("mttr", "each victim by its own", nil)
	} else if c.Repair == never {
		b.d.fault(m.place("mttr"), "", "%s: it must end", m.where)
	}
	m.done()
	if c.Life == never || c.Life == nil && c.SetOff == nil {
		return
	}
	b.sys.Causes = append(b.sys.Causes, c)
}

// once reads when something happens that happens once.
func (b *builder) once(m *mapping, c *model.CommonCause) {
	c.Once, c.Life = true, m.law("at", steady, nil)
	for _, key := range []string{"mtbf", "rate", "after_failure_of", "delay"} {
		if m.has(key) {
			b.d.fault(m.place(key), "keep one of them", "%s: at says already when it happens", m.where)
		}
		m.ignore(key)
	}
}

// cascade reads whose failure sets a cause off.
func (b *builder) cascade(m *mapping, c *model.CommonCause) {
	v := m.get("after_failure_of")
	for _, key := range []string{"mtbf", "rate"} {
		if m.has(key) {
			b.d.fault(m.place(key), "keep one of them", "%s: after_failure_of says already when it happens", m.where)
		}
	}
	delay := m.law("delay", steady, nil)
	switch {
	case v == nil:
		return
	case v.kind != scalarNode:
		b.d.fault(v, "write one cause for each", "%s: one thing's failure sets it off", m.where)
		return
	}
	switch found := b.anything(v, m.where); {
	case len(found) > 1:
		b.d.fault(v, "write one cause for each", "%s: %q is %d nodes", m.where, clip(v.text), len(found))
	case len(found) == 1:
		c.SetOff = &model.SetOff{Component: found[0], Delay: delay}
	}
}

// victims reads what a cause hits, and how such things usually fail.
func (b *builder) victims(a *mapping, c *model.CommonCause) model.FaultMode {
	usual, kinds := model.OSCrash, 0
	known := map[string]map[string]*place{"zone": b.zones, "rack": b.racks, "region": b.regions}
	for _, word := range []string{"zone", "rack", "region"} {
		if a.has(word) {
			kinds++
			if p := b.placeAt(a, word, known[word]); p != nil {
				c.Victims = p.all()
				if c.Probability == 1 {
					c.Victims = append(c.Victims, p.comp)
				}
			}
		}
	}
	if v := a.get("service"); v != nil {
		kinds, usual = kinds+1, model.Crash
		if i, ok := b.serviceNamed(v, a.where); ok {
			for _, m := range b.sys.Services[i].Members {
				c.Victims = append(c.Victims, m.Component)
			}
		}
	}
	for _, word := range []string{"node", "nodes", "list"} {
		if a.has(word) {
			kinds++
			for _, n := range a.names(word) {
				c.Victims = append(c.Victims, b.anything(n, a.where)...)
			}
		}
	}
	if v := a.get("shared_risk"); v != nil {
		b.d.witness.read(v, formText)
		kinds, usual = kinds+1, model.Isolated
		for _, id := range b.linkOrder() {
			if contains(b.links[id].shares, v.text) {
				c.Victims = append(c.Victims, b.links[id].comp)
			}
		}
		if len(c.Victims) == 0 {
			b.d.fault(v, "links name it under shares", "%s: no link shares the risk %q", a.where, clip(v.text))
		}
	}
	if kinds != 1 {
		b.d.fault(a.origin, "write one of zone, rack, region, service, nodes, list, shared_risk", "%s: what does it hit?", a.where)
	}
	a.done()
	b.victimCount += len(c.Victims)
	c.Victims = distinct(c.Victims)
	return usual
}

func distinct(in []int32) []int32 {
	seen := make(map[int32]bool, len(in))
	out := in[:0]
	for _, i := range in {
		if !seen[i] {
			seen[i] = true
			out = append(out, i)
		}
	}
	return out
}

// anything finds whatever a list of victims may name.
func (b *builder) anything(n *node, where string) []int32 {
	b.d.witness.read(n, formAnything)
	for _, known := range []map[string]*place{b.zones, b.racks, b.regions, b.devices} {
		if p := known[n.text]; p != nil {
			return []int32{p.comp}
		}
	}
	if l := b.links[n.text]; l != nil {
		return []int32{l.comp}
	}
	return b.hostsNamed(n, where)
}

// linkOrder is the names of all links, sorted, so that victims do not depend on the order of a file.
func (b *builder) linkOrder() []string {
	if len(b.linkIDs) == len(b.links) {
		return b.linkIDs
	}
	b.linkIDs = b.linkIDs[:0]
	for id := range b.links {
		b.linkIDs = append(b.linkIDs, id)
	}
	sortStrings(b.linkIDs)
	return b.linkIDs
}

// glitches reads short interruptions of links, which are failures of nothing (R11).
func (b *builder) glitches(top *mapping) {
	for k, n := range top.list("glitches") {
		m := b.d.mapping(n, "glitch "+itoa(k+1), "topology.glitches."+itoa(k+1))
		if len(m.layers) == 0 {
			continue
		}
		c := model.CommonCause{Mode: model.Isolated, Probability: 1, Glitch: true, At: n.at()}
		each := m.word("scope", []string{"all-together", "each"}, "all-together") == "each"
		life := m.lifeLaw("rate", nil)
		if life == nil && !m.has("rate") {
			b.d.fault(n, "write for example rate: 12/y", "%s: how often does it happen?", m.where)
		}
		c.Life = life
		if m.need("duration", "write for example duration: {p50: 3s, p95: 40s}") != nil {
			c.Repair = m.law("duration", random, nil)
		}
		var ids []string
		m.need("links", "which links does it interrupt?")
		for _, l := range m.names("links") {
			if b.links[l.text] == nil {
				b.d.fault(l, b.d.nearest(l.text, len(b.links), func(add func(string)) {
					for id := range b.links {
						add(id)
					}
				}), "%s: no such link %q", m.where, clip(l.text))
				continue
			}
			ids = append(ids, l.text)
			c.Victims = append(c.Victims, b.links[l.text].comp)
		}
		m.done()
		if c.Life == nil || c.Life == never || c.Repair == nil || len(ids) == 0 {
			continue
		}
		c.Name = "glitch " + itoa(k+1)
		if !each {
			c.Victims = distinct(c.Victims)
			b.sys.Causes = append(b.sys.Causes, c)
			continue
		}
		for _, id := range ids {
			one := c
			one.Name, one.Victims = c.Name+" "+id, []int32{b.links[id].comp}
			b.sys.Causes = append(b.sys.Causes, one)
		}
	}
}
