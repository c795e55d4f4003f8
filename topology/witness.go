package topology

import (
	"slices"
	"strings"
)

// A witness looks on while the decoder reads a file, and notes which keys it asks for, where, and what it reads
// their values as. From what it has seen come the schema for editors and the reference, so that the decoder is the
// only place that knows the grammar. Tests send one along (explore_test.go). In ordinary reading there is none: all
// methods that the decoder calls accept nil.
type witness struct {
	entries map[string]*entry   // by place
	keys    map[string][]string // of the mappings at a place
	run     map[*node]*visit    // of the mappings and values of the file that is being read
	product *parameter          // that is being read; nil if it is not a product's
	news    int                 // how much has been seen for the first time
}

// entry is what is known of a place. A place is the keys that lead there, with * for a name that the user chooses
// and [] for an item of a list: services.*.replicas[].
type entry struct {
	forms     map[form]bool
	words     []string // that it may be, in the order of the decoder
	low, high int      // of a whole number; high is 0 if it depends on the rest of the file
	counted   bool
	defaults  []string
	uncertain bool // may be {uncertain: …}
	filled    bool // must have something after the colon
	block     bool // has keys of its own
	names     bool // is a mapping from names that the user chooses
	list      bool // is a list; a single item need not be in brackets
	ours      bool // is asked for other than as a product's parameter
	product   bool // is a parameter of a product
	required  map[string]bool
	opened    bool   // required is valid
	kind      string // the place where it is described; "" if that is here
}

// form is what a single value is read as.
type form string

const (
	formText     form = "text"
	formShare    form = "share"
	formNumber   form = "number"
	formFactor   form = "factor"
	formDuration form = "duration"
	formLaw      form = "duration or law"
	formMean     form = "mean, rate or law"
	formLife     form = "mean, rate, law or never"
	formRate     form = "rate"
	formSize     form = "size"
	formSizeRate form = "size per time"
	formMoney    form = "amount per time"
	formTimes    form = "number per time"
	formHours    form = "hours"
	formWeek     form = "days and hours"
	formWindow   form = "part of the week"
	formEvery    form = "every DURATION"
	formService  form = "service"
	formNode     form = "node"
	formJourney  form = "journey"
	formEnd      form = "zone, rack or device"
	formAnything form = "node, place or link"
	formZone     form = "zone"
	formRack     form = "rack"
	formRegion   form = "region"
)

// Kinds of values that stand in several places.
const (
	conditionKind = "CONDITION" // within another one, to any depth
	needKind      = "NEED"
	upKind        = "UP"
	modesKind     = "MODES"
	detectorKind  = "DETECTOR"
)

// visit is a value in the file that is being read.
type visit struct {
	place string
	needs map[string]bool // keys it must have
	done  bool            // it has been opened as a mapping
	alone bool            // it is the only item of a list
}

func (w *witness) at(place string) *entry {
	e := w.entries[place]
	if e == nil {
		e = &entry{forms: map[form]bool{}}
		w.entries[place] = e
		w.news++
	}
	return e
}

// key is the entry of a key of the mappings at a place.
func (w *witness) key(place, key string) *entry {
	path := join(place, key)
	if w.entries[path] == nil {
		w.keys[place] = append(w.keys[place], key)
	}
	return w.at(path)
}

// of is the entry of a value in the file; nil for what does not come from there.
func (w *witness) of(n *node) *entry {
	if w == nil || n == nil || w.run[n] == nil {
		return nil
	}
	return w.at(w.run[n].place)
}

// note sets a mark on an entry.
func (w *witness) note(mark *bool) {
	if !*mark {
		*mark = true
		w.news++
	}
}

func join(place, key string) string {
	if place == "" {
		return key
	}
	return place + "." + key
}

// mappingPlace is where the file's own part of a mapping stands.
func (w *witness) mappingPlace(m *mapping) (string, bool) {
	if w == nil || len(m.layers) == 0 || w.run[m.layers[0]] == nil {
		return "", false
	}
	return w.run[m.layers[0]].place, true
}

// stands says where a value stands that the decoder has found by itself.
func (w *witness) stands(n *node, place, key string) {
	if w != nil && n != nil {
		w.note(&w.key(place, key).ours)
		w.run[n] = &visit{place: join(place, key)}
	}
}

// shared says that a value, which stands where it stands, is of a kind that stands in several places, under whose
// name it is described once. A nil value does not matter.
func (w *witness) shared(n *node, kind string) {
	if e := w.of(n); e != nil && w.run[n].place != kind {
		e.kind = kind
		w.note(&e.ours)
		w.note(&w.at(kind).ours)
		w.run[n] = &visit{place: kind}
	}
}

func (w *witness) opened(n *node) {
	if e := w.of(n); e != nil {
		w.note(&e.block)
		if v := w.run[n]; n.kind == mappingNode && !v.done {
			v.done, v.needs = true, map[string]bool{}
		}
	}
}

// asked notes that a mapping may have a key, and which value it has in this file.
func (w *witness) asked(m *mapping, key string, v *node) {
	if w == nil {
		return
	}
	place, ok := w.mappingPlace(m)
	if !ok {
		return
	}
	e := w.key(place, key)
	if q := w.product; q != nil && (key == q.name || key == q.alias) {
		e.product = true
	} else {
		w.note(&e.ours)
	}
	if v != nil && v == m.layers[0].find(key) && w.run[v] == nil {
		w.run[v] = &visit{place: join(place, key)}
	}
}

// filled notes that a key must have a value where it stands.
func (w *witness) filled(m *mapping, key string) {
	if place, ok := w.mappingPlace(m); ok {
		w.key(place, key).filled = true
	}
}

func (w *witness) ignored(m *mapping, keys []string) {
	if place, ok := w.mappingPlace(m); ok {
		for _, k := range keys {
			w.key(place, k)
		}
	}
}

// needed notes that a mapping must have a key, unless a preset has it.
func (w *witness) needed(m *mapping, key string) {
	if _, ok := w.mappingPlace(m); !ok {
		return
	}
	if v := w.run[m.layers[0]]; v.needs != nil && (m.layers[0].find(key) != nil || m.find(key) == nil) {
		v.needs[key] = true
	}
}

// listed notes that a value is a list, or the only item of one.
func (w *witness) listed(v *node) {
	e := w.of(v)
	if e == nil || w.run[v].alone {
		return
	}
	w.note(&e.list)
	place := w.run[v].place + "[]"
	w.note(&w.at(place).ours)
	if v.kind != sequenceNode {
		w.run[v].place, w.run[v].alone = place, true
		return
	}
	for _, it := range v.items() {
		if w.run[it] == nil {
			w.run[it] = &visit{place: place}
		}
	}
}

// named notes that a value is a mapping from names to values of one kind.
func (w *witness) named(n *node) {
	e := w.of(n)
	if e == nil {
		return
	}
	w.note(&e.names)
	place := join(w.run[n].place, "*")
	w.note(&w.at(place).ours)
	for _, v := range n.entries() {
		if w.run[v] == nil {
			w.run[v] = &visit{place: place}
		}
	}
}

func (w *witness) read(n *node, f form) {
	if e := w.of(n); e != nil {
		if !e.forms[f] {
			e.forms[f] = true
			w.news++
		}
	}
}

func (w *witness) words(n *node, words []string) {
	if e := w.of(n); e != nil {
		for _, word := range words {
			if !slices.Contains(e.words, word) {
				e.words = append(e.words, word)
			}
		}
	}
}

func (w *witness) count(n *node, low, high int) {
	e := w.of(n)
	switch {
	case e == nil:
	case !e.counted:
		e.counted, e.low, e.high = true, low, high
	default:
		e.low = min(e.low, low)
		if e.high != high {
			e.high = 0
		}
	}
}

// settled notes that a value may be uncertain.
func (w *witness) settled(n *node, where string) {
	if e := w.of(n); e != nil {
		for _, word := range certain {
			if strings.HasPrefix(where, word) {
				return
			}
		}
		e.uncertain = true
	}
}

func (w *witness) defaults(m *mapping, key, value string) {
	if place, ok := w.mappingPlace(m); ok && key != "" && value != "" {
		if e := w.entries[join(place, key)]; e != nil && !slices.Contains(e.defaults, value) {
			e.defaults = append(e.defaults, value)
		}
	}
}

// parameter notes whose parameter is going to be read; nil is nobody's.
func (w *witness) parameter(m *mapping, q *parameter) {
	if w == nil {
		return
	}
	if w.product = q; q == nil {
		return
	}
	place, ok := w.mappingPlace(m)
	if !ok {
		return
	}
	for _, name := range []string{q.name, q.alias} {
		if name == "" {
			continue
		}
		e := w.key(place, name)
		e.product = true
		switch sortOf(q.value.text) {
		case lengths:
			e.forms[formLaw] = true
		case plains:
			e.forms[formNumber] = true
		default:
			e.forms[formText] = true
		}
		if q.unit != "" {
			e.forms[formNumber] = true
		}
	}
}
