package topology

import (
	"strings"

	"github.com/ftsim/ftsim/model"
)

// spareParts reads what repairs take a part, and how long it takes to get one: one sort for all hardware, or
// a list of sorts.
func (b *builder) spareParts(m *mapping) {
	v := m.get("spare_parts")
	if v == nil {
		return
	}
	if v.kind == mappingNode {
		b.sortOfPart(b.d.mapping(v, "operations: spare_parts", "operations.spare_parts"), "spare parts")
		return
	}
	for k, n := range m.list("spare_parts") {
		p := b.d.mapping(n, "operations: spare_parts: "+itoa(k+1), "operations.spare_parts."+itoa(k+1))
		if len(p.layers) > 0 {
			b.sortOfPart(p, "spare parts "+itoa(k+1))
		}
	}
}

// sortOfPart reads one sort of part.
func (b *builder) sortOfPart(m *mapping, name string) {
	m.preset("", "parts")
	s := model.Stock{Name: name, At: m.origin.at()}
	if what := m.text("what"); what != "" {
		s.Name = what
	}
	if m.need("lead_time", "write for example lead_time: 2w, or preset: next-business-day") != nil {
		s.Lead = m.law("lead_time", steady, nil)
	}
	b.delivery(m, &s.Delivery)
	b.d.witness.words(m.get("stock"), []string{"unlimited"})
	if v := m.get("stock"); v != nil && v.text == "unlimited" {
		s.Size = model.Unlimited
		m.set("stock", v.text, v)
	} else if s.Size = m.count("stock", 0, 100_000, 0); v == nil {
		m.set("stock", "0", nil)
	}
	s.GoesOn = m.word("when_empty", []string{"wait", "go-ahead"}, "wait") == "go-ahead"
	b.partModes(m, &s)
	b.partUsers(m, &s)
	m.done()
	b.sys.Stocks = append(b.sys.Stocks, s)
}

// partModes reads after which faults a repair takes a part.
func (b *builder) partModes(m *mapping, s *model.Stock) {
	words := model.FaultModeWords()[:model.Slow]
	if !m.has("modes") {
		s.Modes[model.PowerLoss], s.Modes[model.MediaLoss] = true, true
		m.set("modes", "power-loss, media-loss", nil)
		return
	}
	for _, n := range m.names("modes") {
		word, _ := b.d.oneOf(n, m.label("modes"), words)
		for k, w := range words {
			s.Modes[k] = s.Modes[k] || w == word
		}
	}
}

// partUsers reads whose repairs take the part: all hardware, unless the file says. A disk with a hot spare has
// what it takes at hand.
func (b *builder) partUsers(m *mapping, s *model.Stock) {
	if items := m.names("for"); len(items) > 0 {
		for _, n := range items {
			s.Serves = append(s.Serves, b.anything(n, m.where)...)
		}
		s.Serves = distinct(s.Serves)
	} else {
		for i := range b.sys.Components {
			switch b.sys.Components[i].Kind {
			case model.KindNode, model.KindDevice, model.KindDisk:
				s.Serves = append(s.Serves, int32(i))
			}
		}
	}
	served := s.Serves[:0]
	for _, i := range s.Serves {
		if !b.atHand[i] && takesPart(&b.sys.Components[i], s) {
			served = append(served, i)
		}
	}
	if s.Serves = served; len(served) == 0 {
		b.d.fault(m.origin, "write for example modes: [os-crash], if those are repaired with parts", "%s: no repair takes a part", m.where)
	}
}

func takesPart(c *model.Component, s *model.Stock) bool {
	for k := range c.Modes {
		if s.Modes[c.Modes[k].Kind] {
			return true
		}
	}
	return false
}

// delivery reads on which mornings orders are handled: "Mon-Fri 08:00".
func (b *builder) delivery(m *mapping, o *model.Office) {
	v := m.get("delivery")
	b.d.witness.read(v, formText)
	if v == nil {
		m.set("delivery", "always", nil)
		return
	}
	days, hour, ok := strings.Cut(v.text, " ")
	ok = ok && v.kind == scalarNode
	if ok {
		o.Days, ok = parseDays(days)
	}
	var good bool
	o.From, good = parseClock(strings.TrimSpace(hour))
	if !ok || !good || o.From == model.Day {
		b.d.fault(v, `write for example "Mon-Fri 08:00"`, "%s: cannot read %q", m.label("delivery"), clip(v.text))
		return
	}
	o.Kept, o.To = true, model.Day
	m.set("delivery", v.text, v)
}
