package topology

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// said is what meanings.yaml says of a key.
type said struct {
	means     string
	byDefault string // a value; "" if the decoder knows it, or there is none
	otherwise string // in words
	unit      string // of a whole number
	rule      string
}

// meanings are those of all keys, by their names in meanings.yaml.
func meanings(t *testing.T) map[string]said {
	t.Helper()
	text, err := os.ReadFile("meanings.yaml")
	if err != nil {
		t.Fatal(err)
	}
	root, ps := parse("meanings.yaml", text)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	all := map[string]said{}
	for name, v := range root.entries() {
		m := said{means: v.text}
		for key, value := range v.entries() {
			into := map[string]*string{"means": &m.means, "default": &m.byDefault, "otherwise": &m.otherwise, "unit": &m.unit, "rule": &m.rule}[key.text]
			if into == nil || value.kind != scalarNode {
				t.Fatalf("meanings.yaml: line %d: %q is not known", key.line, key.text)
			}
			*into = value.text
		}
		all[name.text] = m
	}
	return all
}

// meaningOf finds what is said of the key at a place, and under which name.
func meaningOf(all map[string]said, place, key string) (m said, name string) {
	whole := join(place, key)
	if m, ok := all[whole]; ok {
		return m, whole
	}
	for rest := "." + whole; rest != ""; rest = rest[1:] {
		if m, ok := all["ANY"+rest]; ok && rest[0] == '.' {
			return m, "ANY" + rest
		}
	}
	return said{}, ""
}

// usual is what holds if a key is left out: a value, or words.
func (m *said) usual(e *entry) (value, words string) {
	switch {
	case m.otherwise != "":
		return "", m.otherwise
	case m.byDefault != "":
		return m.byDefault, ""
	case len(e.defaults) == 1:
		return e.defaults[0], ""
	case slices.Contains(e.words, "true") && len(e.defaults) == 0:
		return "false", ""
	}
	return "", ""
}

// eachKey visits all keys of the grammar that are ours, and not only words of products.
func eachKey(w *witness, visit func(place, key string, e *entry)) {
	var places []string
	for place := range w.keys {
		places = append(places, place)
	}
	slices.Sort(places)
	for _, place := range places {
		for _, key := range w.keys[place] {
			if e := w.at(join(place, key)); e.ours || !e.product {
				visit(place, key, e)
			}
		}
	}
}

// TestEveryKeyHasAMeaning holds meanings.yaml to the decoder. A new key needs a line there.
func TestEveryKeyHasAMeaning(t *testing.T) {
	w, all := grammar(), meanings(t)
	used := map[string]bool{}
	for kind := range w.entries {
		if isKind(kind) {
			used[kind] = true
			if all[kind].means == "" {
				t.Errorf("meanings.yaml says nothing of the kind %s", kind)
			}
		}
	}
	eachKey(w, func(place, key string, e *entry) {
		path := join(place, key)
		m, name := meaningOf(all, place, key)
		used[name] = true
		if m.means == "" {
			t.Errorf("meanings.yaml says nothing of %s", path)
			return
		}
		value, words := m.usual(e)
		switch inside := e.block || e.names || e.kind != ""; {
		case m.otherwise != "" && m.byDefault != "":
			t.Errorf("meanings.yaml: %s: either a default or what holds otherwise", name)
		case m.byDefault != "" && len(e.defaults) == 1 && e.defaults[0] == m.byDefault && name == path:
			t.Errorf("meanings.yaml: %s: that %s is the default is known already", name, m.byDefault)
		case value == "" && words == "" && len(e.defaults) > 1:
			t.Errorf("meanings.yaml: %s: it depends on the rest of the file what holds if it is left out, one of %q: say it under otherwise", path, e.defaults)
		case value == "" && words == "" && !inside && !w.at(place).required[key]:
			t.Errorf("meanings.yaml: %s: what holds if it is left out? give a default, or words under otherwise", path)
		}
	})
	for name := range all {
		if !used[name] {
			t.Errorf("meanings.yaml: there is no key %s", name)
		}
	}
}

// isKind tells whether a place is the name of a kind of value.
func isKind(place string) bool {
	return place != "" && strings.ToUpper(place) == place && !strings.ContainsAny(place, ".[*")
}
