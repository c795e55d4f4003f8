package topology

import (
	"embed"
	"io/fs"
	"sort"
	"strconv"
	"sync"

	"github.com/ftsim/ftsim/model"
)

// Preset is a named set of values with its origin.
type Preset struct {
	Name, Kind, Help, Source, Version string
}

// Presets lists all presets by kind and name.
func Presets() []Preset {
	out := make([]Preset, 0, len(library()))
	for _, p := range library() {
		out = append(out, p.Preset)
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
	values *node
}

// library reads the presets once. They are part of the program: a test makes sure that they are sound.
var library = sync.OnceValue(func() map[string]*preset {
	out := map[string]*preset{}
	files, _ := fs.Glob(presetFiles, "presets/*.yaml")
	for _, f := range files {
		text, _ := presetFiles.ReadFile(f)
		root, _ := parse(f, text)
		for name, entry := range root.entries() {
			p := &preset{Preset: Preset{Name: name.text}, values: entry.find("values")}
			for word, into := range map[string]*string{"kind": &p.Kind, "help": &p.Help, "source": &p.Source, "version": &p.Version} {
				if v := entry.find(word); v != nil {
					*into = v.text
				}
			}
			label := presetPrefix + p.Name
			p.values.relabel(&label)
			out[p.Kind+" "+p.Name] = p
		}
	}
	return out
})

// preset lays the values of the preset that m names, if any, under its own; byDefault stands in for it.
func (m *mapping) preset(byDefault string, kinds ...string) string {
	v := m.get("preset")
	name := byDefault
	if v != nil {
		s, ok := m.d.single(v, m.label("preset"))
		if !ok {
			return ""
		}
		name = s
	}
	if name == "" {
		return ""
	}
	var p *preset
	for _, kind := range kinds {
		if q := library()[kind+" "+name]; q != nil {
			p = q
		}
	}
	if p == nil {
		var known []string
		for _, q := range Presets() {
			if contains(kinds, q.Kind) {
				known = append(known, q.Name)
			}
		}
		m.d.fault(v, model.DidYouMean(clip(name), known), "%s: no such preset %q", m.where, clip(name))
		return ""
	}
	m.set("preset", name, v)
	m.layers = append(m.layers, p.values)
	return name
}

func itoa(n int) string { return strconv.Itoa(n) }
