package topology

import (
	"slices"
	"sync"

	"github.com/ftsim/ftsim/model"
)

// The grammar of files is not written down anywhere: it is what the decoder asks for. To find it out, the decoder is
// given a small file again and again. Whatever it asks for is added to the file, with each kind of value and with
// each word that is known for it, until it asks for nothing new.

// seed has one of everything that can be referred to.
const seed = `
apiVersion: ftsim/v1
topology:
  regions: {r: {zones: {z: {}, y: {}}}}
  racks: {k: {zone: z, modes: {crash: {mtbf: 1y, mttr: 1h}}}}
  devices: {d: {}}
  links: [{id: l, between: [z, y], shares: [risk]}]
nodes: {a: {}, b: {}, c: {}}
services: {s: {replicas: [a, b]}, t: {replicas: [c]}, u: {replicas: [a, b, c]},
  n: {managed: true, mtbf: 1y, ttl: 1m, ignores_ttl: {share: 1%, until: 1h}}, v: {replicas: [a, b], policy: hot, redirect: n}}
journeys: {counts_as_up_when: {}, j: {needs: [s]}}
`

// samples are values that the decoder can go on with.
var samples = map[form]string{
	formText: "x", formShare: "50%", formNumber: "1", formFactor: "2", formDuration: "1h", formLaw: "1h", formMean: "1h", formLife: "1h",
	formRate: "1/s", formSize: "1GiB", formSizeRate: "1GiB/h", formMoney: "1/h", formTimes: "1/h", formHours: "09:00-10:00",
	formWeek: "Mon-Fri 08:00-18:00", formWindow: "Sun 02:00-06:00", formEvery: "every 1s", formService: "t", formNode: "a", formJourney: "j", formEnd: "z",
	formAnything: "a", formZone: "z", formRack: "k", formRegion: "r",
}

// explorer finds out the grammar.
type explorer struct {
	w     *witness
	roots []*node         // files with all that is known to lead somewhere
	tried map[string]bool // places with a value, or left out, that have been looked at
}

// grammar is what the decoder asks for, by place. It is found out once, on demand.
var grammar = sync.OnceValue(func() *witness {
	root, _ := parse("grammar", []byte(seed))
	x := &explorer{w: newWitness(), tried: map[string]bool{}, roots: []*node{root}}
	for round, known := 0, -1; known < x.w.news; round++ {
		known = x.w.news
		for i := 0; i < len(x.roots); i++ {
			x.roots[i] = x.grow(x.roots[i])
			again := ""
			if i == 0 { // the one that has most; what a word leads to may have become more
				again = " in round " + itoa(round)
			}
			x.branch(x.roots[i], again)
		}
	}
	return x.w
})

func newWitness() *witness {
	return &witness{entries: map[string]*entry{}, keys: map[string][]string{}}
}

// begin is called for each file.
func (w *witness) begin(root *node) {
	w.run = map[*node]*visit{root: {}}
	w.at("")
}

// end is called when a file has been read: a key is required if every mapping at its place had to have it.
func (w *witness) end() {
	for _, v := range w.run {
		if !v.done {
			continue
		}
		e := w.at(v.place)
		if !e.opened {
			e.opened, e.required = true, v.needs
			continue
		}
		for key := range e.required {
			if !v.needs[key] {
				delete(e.required, key)
			}
		}
	}
}

// read has the decoder read a tree.
func (x *explorer) read(root *node) {
	d := &decoder{witness: x.w}
	x.w.begin(root)
	plan := model.DefaultPlan()
	newBuilder(d).file(root, &plan)
	x.w.end()
}

// grow adds to a copy of a tree what the decoder asks for, until it asks for nothing else.
func (x *explorer) grow(root *node) *node {
	root = root.copy()
	for x.read(root); x.fill(root, "", map[string]bool{}); x.read(root) {
	}
	return root
}

// fill puts in what is missing in the first value of each place, whether the decoder looks at it or not.
func (x *explorer) fill(n *node, place string, done map[string]bool) (added bool) {
	if done[place] {
		return false
	}
	done[place] = true
	if kind := x.w.at(place).kind; kind != "" && n.kind != scalarNode {
		place = kind
	}
	e := x.w.at(place)
	if want := x.value(place); n.kind == scalarNode && (want.kind != scalarNode || n.text == "x" && want.text != "x") {
		*n, added = *want, true
		delete(done, place)
		return x.fill(n, place, done) || added
	}
	if n.kind == mappingNode && e.block {
		for _, key := range x.w.keys[place] {
			if n.find(key) == nil {
				n.put(key, x.value(join(place, key)))
				added = true
			}
		}
	}
	if n.kind == mappingNode && e.names && len(n.parts) == 0 {
		n.put("x", &node{kind: mappingNode})
		added = true
	}
	for key, value := range n.entries() {
		inner := join(place, "*")
		if slices.Contains(x.w.keys[place], key.text) {
			inner = join(place, key.text)
		}
		added = x.fill(value, inner, done) || added
	}
	for _, it := range n.items() {
		added = x.fill(it, place+"[]", done) || added
	}
	return added
}

// value is one that the decoder can go on with, as far as is known.
func (x *explorer) value(place string) *node {
	e := x.w.at(place)
	switch {
	case e.kind != "" && x.w.at(e.kind).block:
		return &node{kind: mappingNode}
	case e.list:
		return &node{kind: sequenceNode, parts: []node{*x.value(place + "[]")}}
	case e.block, e.names:
		return &node{kind: mappingNode}
	case len(e.words) > 0:
		word := e.words[0]
		if slices.Contains(e.words, "false") {
			word = "false"
		}
		return &node{kind: scalarNode, text: word}
	case e.counted:
		return &node{kind: scalarNode, text: itoa(max(1, e.low))}
	}
	for _, f := range order {
		if e.forms[f] {
			return &node{kind: scalarNode, text: samples[f]}
		}
	}
	return &node{kind: scalarNode, text: "x"}
}

// order lists forms so that what says most comes first.
var order = []form{formService, formNode, formZone, formRack, formRegion, formJourney, formEnd, formAnything, formLife, formMean, formLaw, formDuration, formEvery,
	formShare, formFactor, formNumber, formRate, formSizeRate, formSize, formMoney, formTimes, formHours, formWeek, formWindow, formText}

// branch tries, at every place in a tree, each value and none at all. What leads to something new by a word or a
// name becomes a root of its own; what kinds of values there are is known then, and the roots grow by it.
func (x *explorer) branch(root *node, again string) {
	x.read(root)
	spots := map[string][]int{}
	var places []string
	root.walk(nil, func(n *node, way []int) {
		if v := x.w.run[n]; v != nil && v.place != "" && spots[v.place] == nil {
			spots[v.place] = slices.Clone(way)
			places = append(places, v.place)
		}
	})
	for _, place := range places {
		for _, value := range x.alternatives(place) {
			name := place + " = " + value.flow()
			if slices.Contains(x.w.at(place).words, value.text) {
				name += again
			}
			if !x.first(name) {
				continue
			}
			other, before := root.copy(), x.w.news
			*other.step(spots[place]) = *value.copy()
			if x.read(other); x.w.news > before && value.kind == scalarNode {
				x.roots = append(x.roots, other)
			}
		}
		if x.first(place + " left out" + again) {
			other := root.copy()
			other.step(spots[place]).kind = nullNode
			x.read(other.without())
		}
	}
}

// first tells whether something has not been tried yet.
func (x *explorer) first(what string) bool {
	if x.tried[what] {
		return false
	}
	x.tried[what] = true
	return true
}

// alternatives are the values that a place is tried with.
func (x *explorer) alternatives(place string) (list []*node) {
	e := x.w.at(place)
	text := func(s string) *node { return &node{kind: scalarNode, text: s} }
	list = append(list, &node{kind: mappingNode}, text("x"), &node{kind: sequenceNode, parts: []node{*text("x")}},
		&node{kind: sequenceNode, parts: []node{{kind: mappingNode}}})
	for _, w := range e.words {
		list = append(list, text(w))
	}
	if e.counted {
		list = append(list, text(itoa(max(1, e.low))))
	}
	for _, f := range order {
		if e.forms[f] {
			list = append(list, text(samples[f]))
		}
	}
	return list
}

// walk visits the values of a tree, outer ones first, with the way there from the root.
func (n *node) walk(way []int, visit func(n *node, way []int)) {
	visit(n, way)
	for i := range n.parts {
		if n.kind != mappingNode || i%2 == 1 {
			n.parts[i].walk(append(way, i), visit)
		}
	}
}

func (n *node) copy() *node {
	out := *n
	out.parts = make([]node, len(n.parts))
	for i := range n.parts {
		out.parts[i] = *n.parts[i].copy()
	}
	return &out
}

func (n *node) put(key string, value *node) {
	n.parts = append(slices.Clone(n.parts), node{kind: scalarNode, text: key}, *value)
}

// step follows the way of walk.
func (n *node) step(way []int) *node {
	for _, i := range way {
		n = &n.parts[i]
	}
	return n
}

// without drops the keys that have nothing behind them.
func (n *node) without() *node {
	out := *n
	out.parts = nil
	for i := range n.parts {
		if n.kind == mappingNode && i%2 == 0 && i+1 < len(n.parts) && n.parts[i+1].kind == nullNode {
			continue
		}
		if n.parts[i].kind != nullNode {
			out.parts = append(out.parts, *n.parts[i].without())
		}
	}
	return &out
}
