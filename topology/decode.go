package topology

import (
	"fmt"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// mostProblems bounds how many problems of one file are collected.
const mostProblems = 500

// decoder collects what is found while a tree is read.
type decoder struct {
	ps       model.Problems
	settings []Setting
	compared int                 // known names that hints have looked at
	bare     map[string]knownLaw // laws written as a mere duration, by their text: large files repeat few
	spare    []string            // list of known keys of a mapping that is done
	once     bool                // the tree is not read again, so what has been read may be dropped
	witness  *witness            // nil, except when the grammar is found out
	folds    *folding            // nil if nothing can be repeated
	unknowns
}

func (d *decoder) fault(n *node, hint, format string, args ...any) {
	d.report(model.Fault, n, hint, format, args...)
}

func (d *decoder) warn(n *node, hint, format string, args ...any) {
	d.report(model.Warning, n, hint, format, args...)
}

func (d *decoder) report(s model.Severity, n *node, hint, format string, args ...any) {
	switch {
	case len(d.ps) < mostProblems:
		p := model.Problem{Severity: s, At: n.at(), What: fmt.Sprintf(format, args...), Hint: hint, Width: int(n.width)}
		if !d.folds.again(&p) {
			d.ps = append(d.ps, p)
		}
	case len(d.ps) == mostProblems:
		d.ps = append(d.ps, model.Problem{At: n.at(), What: fmt.Sprintf("there are more than %d problems; the rest is not shown", mostProblems)})
	}
}

// full tells that further problems will not be shown, so that there is no use in describing them.
func (d *decoder) full() bool { return len(d.ps) > mostProblems }

// clip shortens text from a file so that a hostile one cannot flood a message.
func clip(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// mapping reads a mapping key by key. It remembers which keys were asked for, so that the rest can be
// refused. The first layer is the file's; further ones, from presets, fill in what the file leaves open.
type mapping struct {
	d      *decoder
	layers []*node
	where  string // for messages: service "db"
	path   string // for settings: services.db
	known  []string
	origin *node // where to point for what is not there
}

// mapping opens n, which may be absent or empty. Where says what it is.
func (d *decoder) mapping(n *node, where, path string) *mapping {
	m := &mapping{d: d, where: where, path: path, origin: n, known: d.spare[:0]}
	d.spare = nil
	switch {
	case n == nil:
		m.origin = &node{}
	case n.kind == mappingNode:
		m.layers = []*node{n}
	case n.kind != nullNode:
		d.fault(n, "", "%s must be a mapping of keys to values, not %v", where, n.kind)
	}
	d.witness.opened(n)
	return m
}

// get returns the value of key in the first layer that has it, or nil. An empty value is nil too, after
// a complaint.
func (m *mapping) get(key string) *node {
	v := m.may(key)
	m.d.witness.filled(m, key)
	if v != nil && v.kind == nullNode {
		m.d.fault(v, "give it a value, or leave it out", "%s: %q is empty", m.where, key)
		return nil
	}
	return v
}

// may is get for keys whose value may be left empty.
func (m *mapping) may(key string) *node {
	m.known = append(m.known, key)
	v := m.find(key)
	m.d.witness.asked(m, key, v)
	return v
}

// find looks for a key in all layers, without accepting it.
func (m *mapping) find(key string) *node {
	for _, l := range m.layers {
		if v := l.find(key); v != nil {
			return v
		}
	}
	return nil
}

func (m *mapping) has(key string) bool { return m.may(key) != nil }

// own tells whether the file itself has the key.
func (m *mapping) own(key string) bool {
	m.known = append(m.known, key)
	return m.origin.kind == mappingNode && m.origin.find(key) != nil
}

// ignore accepts keys that describe without having an effect.
func (m *mapping) ignore(keys ...string) {
	m.known = append(m.known, keys...)
	m.d.witness.ignored(m, keys)
}

// later refuses keys that are part of the vocabulary but without support so far.
func (m *mapping) later(keys ...string) {
	for _, k := range keys {
		m.known = append(m.known, k)
		if v := m.find(k); v != nil {
			m.d.fault(m.keyNode(k, v), "", "%s: %q is not supported yet", m.where, k)
		}
	}
}

// place is where to point for what is wrong with a key that may be absent or empty.
func (m *mapping) place(key string) *node {
	m.known = append(m.known, key)
	if v := m.find(key); v != nil {
		return v
	}
	return m.origin
}

func (m *mapping) keyNode(key string, instead *node) *node {
	for _, l := range m.layers {
		for k := range l.entries() {
			if k.text == key {
				return k
			}
		}
	}
	return instead
}

// need is get for keys that must be there.
func (m *mapping) need(key, hint string) *node {
	m.d.witness.needed(m, key)
	switch v := m.may(key); {
	case v == nil:
		m.d.fault(m.origin, hint, "%s: %q is missing", m.where, key)
	case v.kind == nullNode:
		m.d.fault(v, hint, "%s: %q is empty", m.where, key)
	default:
		return v
	}
	return nil
}

// sub opens the mapping under key in all layers, or returns nil if there is none.
func (m *mapping) sub(key, where string) *mapping {
	v := m.get(key)
	if v == nil {
		return nil
	}
	return m.open(key, v, where)
}

// block is sub for what has defaults when it is left out.
func (m *mapping) block(key string) *mapping {
	if out := m.sub(key, m.where+": "+key); out != nil {
		return out
	}
	return &mapping{d: m.d, where: m.where + ": " + key, path: m.path + "." + key, origin: m.origin}
}

// open is sub for a value that has been looked at already.
func (m *mapping) open(key string, v *node, where string) *mapping {
	out := m.d.mapping(v, where, m.path+"."+key)
	if len(out.layers) == 0 {
		return out
	}
	out.layers = out.layers[:0]
	for _, l := range m.layers {
		if v := l.find(key); v != nil && v.kind == mappingNode {
			out.layers = append(out.layers, v)
		}
	}
	return out
}

// done refuses every key of the file that nobody has asked for.
func (m *mapping) done() {
	if len(m.layers) == 0 {
		return
	}
	for key := range m.origin.entries() {
		if m.d.full() {
			return
		}
		if !contains(m.known, key.text) {
			m.d.fault(key, model.DidYouMean(clip(key.text), distinctWords(m.known)), "%s: unknown key %q", m.where, clip(key.text))
		}
	}
	m.d.spare, m.known = m.known, nil
}

// list returns the items of a list; a single value counts as a list of one.
func (m *mapping) list(key string) []*node {
	v := m.get(key)
	m.d.witness.listed(v)
	switch {
	case v == nil:
		return nil
	case v.kind == sequenceNode:
		return v.items()
	}
	return []*node{v}
}

// each calls f for the entries of a mapping whose keys are names chosen by the user.
func (d *decoder) each(n *node, what string, f func(name *node, value *node)) {
	if n == nil {
		return
	}
	d.witness.named(n)
	if n.kind == nullNode {
		return
	}
	if n.kind != mappingNode {
		d.fault(n, "begin each with its name: NAME: {…}", "%s must be a mapping of names, not %v", what, n.kind)
		return
	}
	for key, value := range n.entries() {
		if key.text == "" || strings.ContainsAny(key.text, "\n\r\t*?[]") || len(key.text) > 200 {
			d.fault(key, "", "%s: %q cannot be a name", what, clip(key.text))
			continue
		}
		f(key, value)
	}
}

func distinctWords(words []string) []string {
	var out []string
	for _, w := range words {
		if !contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

func contains(words []string, w string) bool {
	for _, x := range words {
		if x == w {
			return true
		}
	}
	return false
}
