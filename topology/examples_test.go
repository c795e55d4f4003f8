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
