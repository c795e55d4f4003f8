package failures

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// The tests write laws as a file does. This reads just enough YAML flow text for that; the real reader
// lives with the topology.

// node is a scalar (text), a list (items without keys) or a map (items with keys).
type node struct {
	text  string
	open  byte // '{', '[' or 0
	keys  []string
	items []node
}

type scanner struct{ rest string }

func (s *scanner) accept(c byte) bool {
	s.rest = strings.TrimLeft(s.rest, " ")
	if s.rest == "" || s.rest[0] != c {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

func (s *scanner) scalar() string {
	s.rest = strings.TrimLeft(s.rest, " ")
	end := strings.IndexAny(s.rest, ",:{}[]")
	if end < 0 {
		end = len(s.rest)
	}
	word := strings.TrimSpace(s.rest[:end])
	s.rest = s.rest[end:]
	return word
}

func (s *scanner) node() (node, error) {
	open, closing := byte('{'), byte('}')
	if !s.accept(open) {
		open, closing = '[', ']'
		if !s.accept(open) {
			return node{text: s.scalar()}, nil
		}
	}
	n := node{open: open}
	for !s.accept(closing) {
		if len(n.items) > 0 && !s.accept(',') {
			return n, fmt.Errorf("a comma is missing before %q", s.rest)
		}
		if open == '{' {
			n.keys = append(n.keys, s.scalar())
			if !s.accept(':') {
				return n, fmt.Errorf("a colon is missing before %q", s.rest)
			}
		}
		item, err := s.node()
		if err != nil {
			return n, err
		}
		n.items = append(n.items, item)
	}
	return n, nil
}

// parseLaw reads a law as a file writes it.
func parseLaw(text string) (model.Distribution, error) {
	s := scanner{text}
	n, err := s.node()
	if err != nil {
		return nil, err
	}
	if s.rest != "" {
		return nil, fmt.Errorf("%q is left over", s.rest)
	}
	return lawOf(n)
}

func mustParse(t testing.TB, text string) model.Distribution {
	t.Helper()
	d, err := parseLaw(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return d
}

func lawOf(n node) (model.Distribution, error) {
	switch {
	case n.open == 0:
		mean, err := model.ParseMean(n.text)
		return Exponential(mean), err
	case len(n.keys) == 2 && n.keys[0] == "p50" && n.keys[1] == "p95":
		l, _ := Lookup("lognormal")
		v, err := valuesOf(l, n)
		if err != nil {
			return nil, err
		}
		return FromQuantiles(v["p50"].Seconds, v["p95"].Seconds)
	case len(n.keys) != 1:
		return nil, fmt.Errorf("a law has one name, not %v", n.keys)
	}
	l, ok := Lookup(n.keys[0])
	if !ok {
		return nil, fmt.Errorf("unknown law %q", n.keys[0])
	}
	v, err := valuesOf(l, n.items[0])
	if err != nil {
		return nil, err
	}
	return l.Build(v)
}

func valuesOf(l *Law, n node) (Values, error) {
	names, items := n.keys, n.items
	if n.open == 0 {
		items = []node{n}
	}
	if n.open != '{' {
		if len(items) > len(l.Positional) {
			return nil, fmt.Errorf("%s takes %d bare values", l.Name, len(l.Positional))
		}
		names = l.Positional[:len(items)]
	}
	v := Values{}
	for i, name := range names {
		f, ok := fieldNamed(l, name)
		if !ok {
			return nil, fmt.Errorf("%s has no field %q", l.Name, name)
		}
		value, err := valueOf(f.Kind, items[i])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		v[name] = value
	}
	return v, nil
}

func fieldNamed(l *Law, name string) (Field, bool) {
	for _, f := range l.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

func valueOf(kind FieldKind, n node) (v Value, err error) {
	switch kind {
	case Duration:
		v.Seconds, err = model.ParseSeconds(n.text)
	case Number:
		v.Number, err = share(n.text)
	case Inner:
		n.items = []node{n}
		fallthrough
	case Inners:
		v.Laws, err = each(n.items, lawOf)
	case Durations:
		v.List, err = each(n.items, func(n node) (model.Seconds, error) { return model.ParseSeconds(n.text) })
	case Numbers:
		v.Numbers, err = each(n.items, func(n node) (float64, error) { return share(n.text) })
	case QuantileTable:
		for i, key := range n.keys {
			p, err := share(strings.TrimPrefix(key, "p") + "%")
			if err != nil {
				return v, err
			}
			at, err := model.ParseSeconds(n.items[i].text)
			if err != nil {
				return v, err
			}
			v.Table = append(v.Table, QuantilePoint{p, at})
		}
	}
	return v, err
}

func each[T any](nodes []node, read func(node) (T, error)) ([]T, error) {
	var out []T
	for _, n := range nodes {
		x, err := read(n)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// share reads 0.9 or 90%.
func share(text string) (float64, error) {
	percent, isPercent := strings.CutSuffix(text, "%")
	x, err := strconv.ParseFloat(percent, 64)
	if isPercent {
		x /= 100
	}
	return x, err
}
