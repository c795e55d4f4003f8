package topology

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/ftsim/ftsim/model"
)

// Preset is a named set of values with its origin.
type Preset struct {
	Name, Kind, Help, Source, Version string

	Policy     string         // of a failover preset: the standby it is made for, hot, warm or cold
	Evidence   string         // a label of Evidence, for every value that Marks does not name
	Marks      []Mark         // values that rest on something else
	Parameters []PresetOption // what the product lets its users set, in the order of the catalogue
}

// Mark is the evidence for one value of a preset.
type Mark struct{ Path, Evidence string }

// PresetOption is a parameter under the name that the product gives it, with the product's default.
type PresetOption struct{ Name, Default, Evidence string }

// Evidence says what the labels of presets mean, strongest first.
var Evidence = []struct{ Label, Meaning string }{
	{"V", "verified: read in the source named"},
	{"S", "secondary: somebody else quotes the source"},
	{"K", "recalled: known in the field, not read again; check before relying on it"},
	{"J", "judgement"},
}

// Labels is the evidence of a preset and of its exceptions: "V; K: promote".
func (p *Preset) Labels() string {
	out := p.Evidence
	for _, e := range Evidence {
		var paths []string
		for _, m := range p.Marks {
			if m.Evidence == e.Label {
				paths = append(paths, m.Path)
			}
		}
		if len(paths) > 0 {
			out += "; " + e.Label + ": " + strings.Join(paths, ", ")
		}
	}
	return out
}

// Presets lists all presets by kind and name.
func Presets() []Preset {
	out := make([]Preset, 0, len(library()))
	for _, p := range library() {
		if !p.part {
			out = append(out, p.Preset)
		}
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].Kind != out[j].Kind {
			return out[i].Kind < out[j].Kind
		}
		return out[i].Name < out[j].Name
	})
	return out
}

//go:embed presets/*.yaml
var presetFiles embed.FS

type preset struct {
	Preset
	parameters []parameter
	values     *node
	part       bool // the detection of a failover preset, by itself
}

// library reads the presets once. They are part of the program: a test makes sure that they are sound.
var library = sync.OnceValue(func() map[string]*preset {
	out := map[string]*preset{}
	files, _ := fs.Glob(presetFiles, "presets/*.yaml")
	for _, f := range files {
		text, _ := presetFiles.ReadFile(f)
		root, _ := parse(f, text)
		for name, entry := range root.entries() {
			p := readPreset(name.text, entry)
			out[p.Kind+" "+p.Name] = p
		}
	}
	for _, p := range out {
		if d := p.detection(); d != nil && out["detector "+p.Name] == nil {
			out["detector "+p.Name] = d
		}
	}
	return out
})

func readPreset(name string, entry *node) *preset {
	p := &preset{Preset: Preset{Name: name}, values: entry.find("values")}
	for word, into := range map[string]*string{"kind": &p.Kind, "help": &p.Help, "source": &p.Source, "version": &p.Version,
		"policy": &p.Policy, "evidence": &p.Evidence} {
		if v := entry.find(word); v != nil {
			*into = v.text
		}
	}
	p.values.relabel(p.label(p.Evidence))
	if marks := entry.find("marks"); marks != nil {
		for path, label := range marks.entries() {
			p.Marks = append(p.Marks, Mark{path.text, label.text})
			if v := p.values.path(path.text); v != nil {
				v.relabel(p.label(label.text))
			}
		}
	}
	if all := entry.find("parameters"); all != nil {
		for name, value := range all.entries() {
			p.parameter(name.text, value)
		}
	}
	return p
}

// label is what stands for a file in the places of a preset's values, for explain.
func (p *preset) label(evidence string) *string {
	text := presetPrefix + p.Name + " [" + evidence + "]"
	return &text
}

// path finds a value by the keys that lead to it, as in detection.ttl.
func (n *node) path(keys string) *node {
	for key := range strings.SplitSeq(keys, ".") {
		if n = n.find(key); n == nil {
			return nil
		}
	}
	return n
}

// detection is the part of a failover preset that stands for a detector, with the parameters it needs.
func (p *preset) detection() *preset {
	if p.Kind != "failover" {
		return nil
	}
	v := p.values.find("detection")
	if v == nil || v.kind != mappingNode {
		return nil
	}
	d := &preset{Preset: p.Preset, values: v, part: true}
	d.Kind = "detector"
	for _, q := range p.parameters {
		if v.mentions(q.name, false) {
			d.parameters = append(d.parameters, q)
		}
	}
	return d
}

// preset lays the values of the preset that m names, if any, under those of the layer that names it;
// byDefault stands in for it. What lay below it does not count any more.
func (m *mapping) preset(byDefault string, kinds ...string) *preset {
	v := m.get("preset")
	name := byDefault
	if m.d.witness != nil {
		m.d.witness.words(v, presetNames(kinds))
	}
	if v != nil {
		s, ok := m.d.single(v, m.label("preset"))
		if !ok {
			return nil
		}
		name = s
	}
	if name == "" {
		return nil
	}
	p := presetNamed(name, kinds)
	if p == nil {
		m.d.fault(v, presetHint(name, kinds), "%s: no such preset %q", m.where, clip(name))
		return nil
	}
	m.set("preset", name, v)
	if v != nil {
		named := slices.IndexFunc(m.layers, func(l *node) bool { return l.find("preset") != nil })
		m.layers = slices.Clone(m.layers[:named+1])
	}
	m.layers = append(m.layers, p.filled(m))
	return p
}

func presetNamed(name string, kinds []string) *preset {
	for _, kind := range kinds {
		if p := library()[kind+" "+name]; p != nil {
			return p
		}
	}
	return nil
}

// presetHint helps whoever has named a preset that is not of these kinds.
func presetHint(name string, kinds []string) string {
	for _, p := range Presets() {
		if p.Name == name {
			return fmt.Sprintf("there is one for %s, as ftsim list presets tells", p.Kind)
		}
	}
	return model.DidYouMean(clip(name), presetNames(kinds))
}

func presetNames(kinds []string) (known []string) {
	for _, p := range library() {
		if slices.Contains(kinds, p.Kind) {
			known = append(known, p.Name)
		}
	}
	sortStrings(known)
	return known
}

func itoa(n int) string { return strconv.Itoa(n) }
