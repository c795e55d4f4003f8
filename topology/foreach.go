package topology

import (
	"slices"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// An element with for_each stands for several: one for each value of its variables, or for each combination
// of the values of several. They are written out before anything is laid over the file, so that overlays and
// single values meet elements like any others. Whatever of an element has no variable in it is shared by all
// that it stands for, as an alias would share it.

const forEachKey = "for_each"

// Bounds of what repeated elements come to.
const (
	mostRepeated = 1_000_000 // values
	longestText  = 1000      // characters of a value with variables in it
)

// expander writes repeated elements out.
type expander struct {
	*layering
	made int // values so far
	over bool
	told map[alike]bool
}

// fault tells what is wrong once, however often an element is written out.
func (x *expander) fault(n *node, what, hint string) {
	kin := alike{n.at(), namesIn.ReplaceAllString(what, "")}
	if !x.told[kin] {
		x.told[kin] = true
		x.layering.fault(n, what, hint)
	}
}

// repeats tells whether a text may have something for the expander.
func repeats(text string) bool {
	return strings.Contains(text, "$(") || strings.Contains(text, forEachKey)
}

// expanded is a file, or a value so deep in one, with its repeated elements written out.
func (l *layering) expanded(root *node, depth int) *node {
	x := &expander{layering: l, told: map[alike]bool{}}
	if i := root.index(forEachKey); i >= 0 {
		l.fault(&root.parts[i], "for_each belongs to an element under a name, or to an item of a list", `write for example nodes: {web-$(n): {for_each: {n: 1..3}}}`)
		return root
	}
	out, _ := x.value(root, nil, depth)
	return &out
}

// index is where a key stands among the parts of a mapping; −1 if it is not there.
func (n *node) index(key string) int {
	for i := 0; n.kind == mappingNode && i < len(n.parts); i += 2 {
		if n.parts[i].text == key {
			return i
		}
	}
	return -1
}

// lacking is a mapping without the entry at i.
func (n *node) lacking(i int) *node {
	out := *n
	out.parts = slices.Delete(slices.Clone(n.parts), i, i+2)
	return &out
}

// value is n with the values of the variables in their places, and whether that is another one.
func (x *expander) value(n *node, v *variable, depth int) (out node, changed bool) {
	if v != nil && !x.pay(1+len(n.text)/50, n) {
		return *n, false
	}
	switch n.kind {
	case scalarNode:
		return x.scalar(n, v, depth)
	case sequenceNode:
		return x.sequence(n, v, depth)
	case mappingNode:
		return x.mapping(n, v, depth)
	}
	return *n, false
}

// pay tells whether there is room for more values. That there is not is told once.
func (x *expander) pay(n int, at *node) bool {
	if x.made += n; x.made <= mostRepeated {
		return true
	}
	if !x.over {
		x.fault(at, "for_each makes more than "+itoa(mostRepeated)+" values", "of many nodes that are alike, use count")
	}
	x.over = true
	return false
}

func (x *expander) sequence(n *node, v *variable, depth int) (node, bool) {
	parts, changed := make([]node, 0, len(n.parts)), false
	for i := range n.parts {
		item := &n.parts[i]
		if item.index(forEachKey) >= 0 {
			changed = true
			x.each(item, v, depth+1, func(v *variable, body *node) {
				out, _ := x.value(body, v, depth+1)
				parts = append(parts, out)
			})
			continue
		}
		out, other := x.value(item, v, depth+1)
		parts, changed = append(parts, out), changed || other
	}
	return n.with(parts, changed), changed
}

// with is n, or if something has changed, n with other parts.
func (n *node) with(parts []node, changed bool) node {
	out := *n
	if changed {
		out.parts = parts
	}
	return out
}

func (x *expander) mapping(n *node, v *variable, depth int) (node, bool) {
	parts, changed := make([]node, 0, len(n.parts)), false
	for key, value := range n.entries() {
		if value.index(forEachKey) >= 0 {
			changed = true
			if x.repeatable(key, value, depth) {
				x.each(value, v, depth+1, func(v *variable, body *node) {
					if name, ok := x.name(key, v); ok {
						out, _ := x.value(body, v, depth+1)
						parts = append(parts, name, out)
					}
				})
			}
			continue
		}
		name, renamed := x.name(key, v)
		out, other := x.value(value, v, depth+1)
		parts, changed = append(parts, name, out), changed || other || renamed
	}
	if changed {
		parts = x.distinct(parts)
	}
	return n.with(parts, changed), changed
}

// repeatable refuses for_each in what is not one of several.
func (x *expander) repeatable(key, value *node, depth int) bool {
	switch {
	case depth == 0:
		x.fault(&value.parts[value.index(forEachKey)], quoted(key.text)+" is there once, so it has no for_each", "write it in an element, under a name or as an item of a list")
	case !variableOf.MatchString(key.text):
		hint := "put the variable into the name, such as " + clip(key.text) + "-$(" + firstVariable(value) + ")"
		x.fault(key, "for_each repeats "+quoted(key.text)+", and there can be only one", hint+"; in a list, begin with a dash")
	default:
		return true
	}
	return false
}

// firstVariable is the name of one that an element declares, for hints.
func firstVariable(element *node) string {
	for k := range element.find(forEachKey).entries() {
		return clip(k.text)
	}
	return "n"
}

// name is a key with variables in their places, and whether that is another one.
func (x *expander) name(key *node, v *variable) (node, bool) {
	out, changed := x.scalar(key, v, 0)
	if changed && out.kind != scalarNode {
		x.fault(key, "a name must be a plain word, and "+quoted(key.text)+" is "+out.kind.String(), "")
		return *key, false
	}
	return out, changed
}

// distinct drops the entries whose names are there already.
func (x *expander) distinct(parts []node) []node {
	seen := make(map[string]model.Pos, len(parts)/2)
	out := parts[:0]
	for i := 0; i < len(parts); i += 2 {
		key := &parts[i]
		first, twice := seen[key.text]
		switch {
		case !twice:
			seen[key.text] = key.at()
			out = append(out, *key, parts[i+1])
		case first == key.at():
			x.fault(key, "for_each makes "+quoted(key.text)+" twice", "put every variable into the name, and list no value twice")
		default:
			x.fault(key, "for_each makes a second "+quoted(key.text), "the other is in line "+itoa(first.Line))
		}
	}
	return out
}

// each calls f with what an element is without for_each, for each combination of the values of its variables.
func (x *expander) each(element *node, outer *variable, depth int, f func(*variable, *node)) {
	i := element.index(forEachKey)
	body := element.lacking(i)
	list, ok := x.variables(&element.parts[i+1], outer, depth+1)
	if !ok || x.over {
		return
	}
	x.remember(element)
	x.combine(list, outer, func(v *variable) { f(v, body) })
}

// remember notes where things stand that are there several times.
func (x *expander) remember(n *node) {
	x.folds.within[n.at()] = true
	for i := range n.parts {
		if x.pay(1, n) {
			x.remember(&n.parts[i])
		}
	}
}

// combine goes through all combinations; the last variable changes fastest.
func (x *expander) combine(list [][]variable, outer *variable, f func(*variable)) {
	if x.over {
		return
	}
	if len(list) == 0 {
		f(outer)
		return
	}
	for _, v := range list[0] {
		v.outer = outer
		x.combine(list[1:], &v, f)
	}
}
