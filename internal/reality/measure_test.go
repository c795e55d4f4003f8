// Package reality holds what ftsim says of products against what is documented and measured of them, and
// the examples against what they claim. It has nothing but tests.
package reality

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/topology"
)

var update = flag.Bool("update", false, "write the pages and pictures anew")

// study runs a file as often as it says, after the given replacements in its text.
func study(t *testing.T, file string, edits ...string) *analysis.Summary {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(edits); i += 2 {
		if !strings.Contains(string(text), edits[i]) {
			t.Fatalf("%s: there is no %q to replace", file, edits[i])
		}
	}
	topo, err := topology.Load(file, []byte(strings.NewReplacer(edits...).Replace(string(text))))
	if err != nil {
		t.Fatalf("%s:\n%v", file, err)
	}
	program, err := engine.Compile(topo.System)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	s := analysis.NewStudy(topo.System, topo.Plan)
	for out, err := range program.Replications(t.Context(), engine.OptionsOf(topo.Plan)) {
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		s.Add(out)
	}
	return s.Summary()
}

// agrees compares a text with a file, or writes it.
func agrees(t *testing.T, file, text string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if was, err := os.ReadFile(file); err != nil || string(was) != text {
		t.Errorf("%s is out of date (%v); run go test ./internal/reality -update and look at the difference", file, err)
	}
}
