package topology

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ftsim/ftsim/model"
)

// prices collects what things cost while the file is read.
type prices struct {
	model.Cost
	stated   bool
	downtime map[int]float64 // by journey, per hour
}

// nodeCost reads what each of so many nodes costs.
func (b *builder) nodeCost(m *mapping, count int) { b.prices.Nodes += float64(count) * b.running(m) }

func (b *builder) serviceCost(m *mapping) { b.prices.Services += b.running(m) }

// running reads what something costs per year.
func (b *builder) running(m *mapping) float64 {
	if !m.has("cost") {
		return 0
	}
	b.prices.stated = true
	return m.money("cost", model.Year)
}

// journeyCost reads what an hour of downtime of the next journey costs.
func (b *builder) journeyCost(m *mapping) {
	if !m.has("downtime_cost") {
		return
	}
	if b.prices.downtime == nil {
		b.prices.downtime = map[int]float64{}
	}
	b.prices.stated = true
	b.prices.downtime[len(b.sys.Journeys)] = m.money("downtime_cost", model.Hour)
}

// cost reads what goes for the whole system, once all journeys are known.
func (b *builder) cost(top *mapping) {
	every := 0.0
	if v := top.get("cost"); v != nil {
		m := b.d.mapping(v, "cost", "cost")
		b.prices.stated = true
		b.prices.Currency = b.currency(m)
		if m.has("other") {
			b.prices.Other = m.money("other", model.Year)
		}
		if m.has("downtime") {
			every = m.money("downtime", model.Hour)
		}
		m.done()
	}
	if !b.prices.stated {
		return
	}
	c := b.prices.Cost
	c.Downtime = make([]float64, len(b.sys.Journeys))
	for j := range c.Downtime {
		own, given := b.prices.downtime[j]
		switch {
		case given:
			c.Downtime[j] = own
		case b.sys.Journeys[j].Service == model.None:
			c.Downtime[j] = every
		}
	}
	b.sys.Cost = &c
}

func (b *builder) currency(m *mapping) string {
	v := m.get("currency")
	if v == nil {
		return ""
	}
	s, ok := b.d.single(v, m.label("currency"))
	odd := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.Is(unicode.Sc, r) }
	if ok && (s == "" || utf8.RuneCountInString(s) > 8 || strings.ContainsFunc(s, odd)) {
		b.d.fault(v, "write for example EUR", "%s: %q is not a currency", m.where, clip(s))
		return ""
	}
	m.set("currency", s, v)
	return s
}

// money reads an amount per time, 1200/y or 5000/h, and returns it for a period.
func (m *mapping) money(key string, period model.Seconds) float64 {
	v := m.get(key)
	if v == nil {
		return 0
	}
	m.d.witness.read(v, formMoney)
	s, ok := m.d.single(v, m.label(key))
	if !ok {
		return 0
	}
	amount, per, found := strings.Cut(s, "/")
	x, err := number(strings.TrimSpace(amount))
	var given model.Seconds
	if err == nil && found {
		given, err = model.ParseSeconds("1" + strings.TrimSpace(per))
	}
	if err != nil || !found || given <= 0 {
		m.d.fault(v, "write for example 1200/y or 5000/h; the currency is said once, as cost: {currency: EUR}",
			"%s: cannot read %q as an amount per time", m.label(key), clip(s))
		return 0
	}
	m.set(key, s, v)
	return x * float64(period/given)
}
