package house

import (
	"fmt"
	"path"
	"strings"
	"testing"
)

// Only the page that ftsim serves talks over the network; everything else works with files.
func TestNetworkStaysInServe(t *testing.T) {
	for _, fault := range networkers(parseTree(t, "../..")) {
		t.Error(fault)
	}
}

// networkers names each use of the network outside the files of the page and outside tests.
func networkers(files []source) (faults []string) {
	for _, f := range files {
		if f.test() || path.Dir(f.name) == "cmd/ftsim" && strings.HasPrefix(path.Base(f.name), "serve") {
			continue
		}
		for _, i := range f.imports() {
			if i == "net" || strings.HasPrefix(i, "net/") && i != "net/url" && i != "net/netip" {
				faults = append(faults, fmt.Sprintf("%s imports %s: only cmd/ftsim/serve*.go may", f.name, i))
			}
		}
	}
	return faults
}

func TestNetworkersAreSeen(t *testing.T) {
	text := `package x; import "net/http"`
	for name, want := range map[string]int{"cmd/ftsim/serve_x.go": 0, "cmd/ftsim/run.go": 1, "engine/serve.go": 1, "engine/x_test.go": 0} {
		if got := networkers(parseTexts(t, map[string]string{name: text})); len(got) != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
