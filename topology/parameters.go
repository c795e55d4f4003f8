package topology

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// A product has its own words for what is much the same everywhere. A preset therefore may have
// parameters: the product's words with the product's defaults. Its values, in ours, refer to them: $ttl
// stands for the parameter itself, "= 2 * $tick + 1s" for what is computed from it. This table in
// topology/presets is the only place that knows what a product means.

// parameter is a value under the name that the product gives it.
type parameter struct {
	name, alias string
	unit        string // of a number without one, if the name tells it; else empty
	value       *node  // the product's default
	reckoned    bool   // it is part of a formula, so it must be one value
}

// parameter reads one from the library: its default, or {is: 30000, unit: ms, alias: down_after, mark: K}.
func (p *preset) parameter(name string, value *node) {
	q, evidence := parameter{name: name, value: value}, p.Evidence
	if value.kind == mappingNode {
		for word, into := range map[string]*string{"alias": &q.alias, "unit": &q.unit, "mark": &evidence} {
			if v := value.find(word); v != nil {
				*into = v.text
			}
		}
		q.value = value.find("is")
	}
	option := PresetOption{name, q.value.text, evidence}
	q.value.relabel(p.label(evidence))
	if evidence != p.Evidence {
		p.Marks = append(p.Marks, Mark{name, evidence})
	}
	q.value, q.reckoned = q.withUnit(q.value), p.values.mentions(name, true)
	p.parameters = append(p.parameters, q)
	p.Parameters = append(p.Parameters, option)
}

// withUnit is a number in the unit that the parameter's name tells.
func (q *parameter) withUnit(v *node) *node {
	if _, err := number(v.text); q.unit == "" || v.kind != scalarNode || err != nil {
		return v
	}
	out := *v
	out.text += q.unit
	return &out
}

// words is a quantity that cannot be reckoned with.
const words = rates + 1

// sortOf tells a number, a duration and a word apart.
func sortOf(text string) quantity {
	if _, err := number(text); err == nil {
		return plains
	}
	if _, err := model.ParseSeconds(text); err == nil {
		return lengths
	}
	return words
}

// mentions tells whether a parameter is somewhere in the values of a preset, or in a formula there.
func (n *node) mentions(name string, formula bool) bool {
	if n.kind == scalarNode {
		return (!formula || strings.HasPrefix(n.text, "=")) && slices.Contains(strings.Fields(n.text), "$"+name)
	}
	return slices.ContainsFunc(n.parts, func(part node) bool { return part.mentions(name, formula) })
}

// filled is the preset's values with the parameters that m gives, or else the product's defaults.
func (p *preset) filled(m *mapping) *node {
	if len(p.parameters) == 0 {
		return p.values
	}
	given := map[string]*node{}
	for i := range p.parameters {
		q := &p.parameters[i]
		given[q.name] = m.parameter(q, p.values.find(q.name) == nil)
	}
	m.d.witness.parameter(m, nil)
	return p.values.fill(given)
}

// parameter reads what the file says of a product's parameter. It is shown as a setting, unless we have
// the same word for it.
func (m *mapping) parameter(q *parameter, shown bool) *node {
	m.d.witness.parameter(m, q)
	v := m.get(q.name)
	if q.alias != "" {
		if other := m.get(q.alias); v == nil {
			v = other
		} else if other != nil {
			m.d.fault(other, "leave out one of them", "%s: %q says the same as %q", m.where, q.alias, q.name)
		}
	}
	if v == nil {
		if shown {
			m.set(q.name, amountText(q.value.text), q.value)
		}
		return q.value
	}
	kind := sortOf(q.value.text)
	plain := q.withUnit(m.d.settle(v, m.label(q.name), min(kind, plains)))
	switch {
	case plain.kind != scalarNode && q.reckoned:
		m.d.fault(v, "", "%s must be a single value, not %v", m.label(q.name), v.kind)
		return q.value
	case plain.kind == scalarNode:
		if sortOf(plain.text) != kind {
			m.d.fault(v, "by default it is "+q.value.text, "%s: cannot read %q", m.label(q.name), clip(plain.text))
			return q.value
		}
		if shown {
			m.set(q.name, amountText(plain.text), v)
		}
	}
	return plain
}

// fill copies the values of a preset with its parameters in their places.
func (n *node) fill(given map[string]*node) *node {
	if n.kind == scalarNode {
		switch {
		case strings.HasPrefix(n.text, "$"):
			return given[n.text[1:]]
		case strings.HasPrefix(n.text, "="):
			return compute(n, given)
		}
		return n
	}
	out := *n
	out.parts = make([]node, len(n.parts))
	for i := range n.parts {
		out.parts[i] = *n.parts[i].fill(given)
	}
	return &out
}

// compute is the value of a formula over parameters: terms of factors, with blanks around every sign. It
// counts as written where the first parameter is that the file gives.
func compute(n *node, given map[string]*node) *node {
	at, sum, term := n, amount{}, amount{}
	sign := "="
	for i, word := range strings.Fields(n.text) {
		if i%2 == 0 {
			sign = word
			continue
		}
		text := word
		if name, named := strings.CutPrefix(word, "$"); named {
			v := given[name]
			if !strings.HasPrefix(v.at().File, presetPrefix) && at == n {
				at = v
			}
			text = v.text
		}
		switch x := amountOf(text); sign {
		case "*", "/":
			term = term.times(x, sign == "/")
		default:
			sum = sum.plus(term)
			if term = x; sign == "-" {
				term.value = -x.value
			}
		}
	}
	out := *at
	out.kind, out.parts, out.text = scalarNode, nil, sum.plus(term).String()
	return &out
}

// amount is a number, or a duration in seconds.
type amount struct {
	value float64
	timed bool
}

func amountOf(text string) amount {
	if x, err := number(text); err == nil {
		return amount{x, false}
	}
	x, _ := model.ParseSeconds(text)
	return amount{float64(x), true}
}

// amountText is text as settings show it.
func amountText(text string) string {
	if x, err := model.ParseSeconds(text); err == nil && sortOf(text) == lengths {
		return x.String()
	}
	return text
}

func (a amount) times(b amount, divided bool) amount {
	if divided {
		return amount{a.value / b.value, a.timed && !b.timed}
	}
	return amount{a.value * b.value, a.timed || b.timed}
}

func (a amount) plus(b amount) amount { return amount{a.value + b.value, a.timed || b.timed} }

func (a amount) String() string {
	x := tidy(a.value)
	if a.timed {
		return model.Seconds(x).String()
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}
