package topology

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/engine"
)

func TestExamplesLoadAndCompile(t *testing.T) {
	files, _ := filepath.Glob("../examples/*.yaml")
	if len(files) < 2 {
		t.Fatal("no examples found")
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(text), "# ") {
			t.Errorf("%s: no comment that says what to expect", f)
		}
		topo, err := Load(f, text)
		if err != nil {
			t.Errorf("%s:\n%v", f, err)
			continue
		}
		for _, w := range topo.System.Warnings {
			t.Log(w)
		}
		if _, err := engine.Compile(topo.System); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func TestPresetsAreSound(t *testing.T) {
	if len(Presets()) < 30 {
		t.Fatalf("only %d presets", len(Presets()))
	}
	for _, p := range Presets() {
		if p.Kind == "" || p.Help == "" || p.Source == "" || p.Version == "" {
			t.Errorf("preset %s is incomplete: %+v", p.Name, p)
		}
		d := &decoder{}
		m := d.mapping(&node{kind: mappingNode, parts: []node{{text: "preset"}, {kind: scalarNode, text: p.Name}}}, "test", "test")
		m.preset("", p.Kind)
		b := &builder{d: d}
		switch p.Kind {
		case "detector":
			b.detectorOf(m, m.word("kind", detectorWords, "probe"))
		case "election":
			m.duration("election", 0)
			m.duration("heartbeat", 0)
		default:
			if len(m.modes(0, false)) == 0 {
				t.Errorf("preset %s never fails", p.Name)
			}
			m.ignore("start_failure")
		}
		m.origin = m.layers[1]
		m.known = append(m.known, "preset")
		m.done()
		if len(d.ps) > 0 {
			t.Errorf("preset %s: %v", p.Name, d.ps)
		}
	}
}
