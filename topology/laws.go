package topology

import (
	"fmt"
	"math"
	"strings"

	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
)

// bare tells what a duration without a law stands for.
type bare uint8

const (
	random bare = iota // exponential with that mean: failures and repairs
	steady             // always that long: steps and timers
)

// never is the law of what does not happen. It stands for nil while a file is read.
var never = failures.Fixed(model.Never)

// law reads a law.
func (m *mapping) law(key string, b bare, byDefault model.Distribution) model.Distribution {
	v := m.get(key)
	if v == nil {
		if byDefault != nil {
			m.set(key, byDefault.String(), nil)
		}
		return byDefault
	}
	if known, ok := m.d.bare[v.text]; ok && m.d.witness == nil && b == random && v.kind == scalarNode {
		m.set(key, known.text, v)
		return known.law
	}
	l, ok := m.d.law(v, m.label(key), b, 0)
	if !ok {
		return byDefault
	}
	text := lawText(l)
	if b == random && v.kind == scalarNode && len(m.d.bare) < mostBare {
		if m.d.bare == nil {
			m.d.bare = map[string]knownLaw{}
		}
		m.d.bare[v.text] = knownLaw{l, text}
	}
	m.set(key, text, v)
	return l
}

// knownLaw is a law that has been read, and how it is shown.
type knownLaw struct {
	law  model.Distribution
	text string
}

// mostBare bounds how many laws are remembered.
const mostBare = 1000

func lawText(l model.Distribution) string {
	if l == never {
		return "never"
	}
	return l.String()
}

// lifeLaw reads a law that may be "never" or a rate.
func (m *mapping) lifeLaw(key string, byDefault model.Distribution) model.Distribution {
	v := m.get(key)
	m.d.witness.read(v, formLife)
	if v == nil || v.kind != scalarNode || v.text != "never" {
		return m.law(key, random, byDefault)
	}
	m.set(key, "never", v)
	return never
}

const deepestLaw = 20

func (d *decoder) law(v *node, where string, b bare, depth int) (model.Distribution, bool) {
	d.witness.read(v, [...]form{random: formMean, steady: formLaw}[b])
	v = d.settle(v, where, [...]quantity{random: means, steady: lengths}[b])
	switch {
	case depth > deepestLaw:
		d.fault(v, "", "%s: laws are nested too deeply", where)
		return nil, false
	case v.kind == scalarNode:
		return d.bareLaw(v, where, b)
	case v.kind != mappingNode:
		d.fault(v, "write for example 4h, {p50: 2h, p95: 12h} or {weibull: {shape: 2, mean: 3y}}",
			"%s must be a duration or a law, not %v", where, v.kind)
		return nil, false
	}
	if v.find("p50") != nil || v.find("p95") != nil {
		law, _ := failures.Lookup("lognormal")
		return d.build(law, v, v, where, b, depth)
	}
	if len(v.parts) != 2 {
		d.fault(v, "write for example {weibull: {shape: 2, mean: 3y}}", "%s: a law is one name with its parameters", where)
		return nil, false
	}
	name := &v.parts[0]
	law, ok := failures.Lookup(name.text)
	if !ok {
		d.fault(name, model.DidYouMean(clip(name.text), failures.Names()), "%s: unknown law %q", where, clip(name.text))
		return nil, false
	}
	return d.build(law, name, &v.parts[1], where, b, depth)
}

func (d *decoder) bareLaw(v *node, where string, b bare) (model.Distribution, bool) {
	if b == steady {
		x, ok := d.duration(v, where)
		return failures.Fixed(x), ok
	}
	x, err := model.ParseMean(v.text)
	switch {
	case err == nil && leadingZero(strings.TrimSpace(v.text)):
		err = fmt.Errorf("%q begins with a zero; write it without", clip(v.text))
	case err == nil && !(x > 0):
		err = fmt.Errorf("a mean of zero is not possible; write never for what does not happen, {fixed: 0s} for at once")
	case err == nil && math.IsInf(float64(x), 0):
		err = fmt.Errorf("%q is too long a duration", clip(v.text))
	}
	if err != nil {
		d.fault(v, "", "%s: %v", where, err)
		return nil, false
	}
	return failures.Exponential(x), true
}

// build reads the parameters of a law: by name, or in order if they are bare.
func (d *decoder) build(law *failures.Law, at, v *node, where string, b bare, depth int) (model.Distribution, bool) {
	values, good := failures.Values{}, true
	where = where + ": " + law.Name
	put := func(name string, item *node) {
		for _, f := range law.Fields {
			if f.Name == name {
				value, ok := d.parameter(f, item, where+" "+name, b, depth)
				values[name], good = value, good && ok
				return
			}
		}
		var known []string
		for _, f := range law.Fields {
			known = append(known, f.Name)
		}
		d.fault(item, model.DidYouMean(clip(name), known), "%s: unknown parameter %q", where, clip(name))
		good = false
	}
	switch {
	case isUncertain(v) && len(law.Positional) == 1:
		put(law.Positional[0], v)
	case v.kind == mappingNode:
		for k, item := range v.entries() {
			put(k.text, item)
		}
	case v.kind == scalarNode && len(law.Positional) == 1:
		put(law.Positional[0], v)
	case v.kind == sequenceNode && len(v.parts) == len(law.Positional) && len(v.parts) > 0:
		for i, item := range v.items() {
			put(law.Positional[i], item)
		}
	default:
		d.fault(v, "write for example "+law.Example, "%s: cannot read the parameters", where)
		return nil, false
	}
	for _, f := range law.Fields {
		if _, given := values[f.Name]; f.Required && !given && good {
			d.fault(at, "write for example "+law.Example, "%s: %q is missing", where, f.Name)
			good = false
		}
	}
	if !good {
		return nil, false
	}
	out, err := law.Build(values)
	if err != nil {
		d.fault(v, "", "%s: %v", where, err)
		return nil, false
	}
	return out, true
}

func (d *decoder) parameter(f failures.Field, v *node, where string, b bare, depth int) (out failures.Value, ok bool) {
	items := []*node{v}
	if v.kind == sequenceNode {
		items = v.items()
	}
	ok = true
	switch f.Kind {
	case failures.Duration:
		out.Seconds, ok = d.duration(v, where)
	case failures.Number:
		out.Number, ok = d.plain(v, where)
	case failures.Durations:
		for _, it := range items {
			x, good := d.duration(it, where)
			out.List, ok = append(out.List, x), ok && good
		}
	case failures.Numbers:
		for _, it := range items {
			x, good := d.plain(it, where)
			out.Numbers, ok = append(out.Numbers, x), ok && good
		}
	case failures.Inner, failures.Inners:
		if f.Kind == failures.Inner {
			items = []*node{v}
		}
		for _, it := range items {
			x, good := d.law(it, where, b, depth+1)
			out.Laws, ok = append(out.Laws, x), ok && good
		}
	case failures.QuantileTable:
		out.Table, ok = d.table(v, where)
	}
	return out, ok
}

// plain reads a number or a percentage.
func (d *decoder) plain(v *node, where string) (float64, bool) {
	d.witness.read(v, formNumber)
	x, _, ok := d.portion(v, where, plains, "")
	return x, ok
}

// table reads quantiles: {p0: 1m, p50: 10m, p100: 4h}.
func (d *decoder) table(v *node, where string) (out []failures.QuantilePoint, ok bool) {
	if v.kind != mappingNode {
		d.fault(v, "write for example {p0: 1m, p50: 10m, p100: 4h}", "%s must be a table of quantiles", where)
		return nil, false
	}
	ok = true
	for key, value := range v.entries() {
		p, err := number(strings.TrimPrefix(key.text, "p"))
		if err != nil || !strings.HasPrefix(key.text, "p") || p > 100 {
			d.fault(key, "write p0 to p100", "%s: %q is not a quantile", where, clip(key.text))
			ok = false
			continue
		}
		x, good := d.duration(value, where)
		out, ok = append(out, failures.QuantilePoint{P: p / 100, At: x}), ok && good
	}
	return out, ok
}
