// Package house holds the rules of the house as tests: who may import whom, which libraries stand in
// which files, and what the simulation must not call. docs/architecture.md gives the reasons.
package house

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/ftsim/ftsim"

// room is a package of ours, with its floor and what it may import of ours. A room that may import
// "*" may import everything on a lower floor.
type room struct {
	floor int
	may   []string
}

// rooms is the plan of the house. A new package is added here, with a reason to exist.
var rooms = map[string]room{
	"model":           {0, nil},
	"failures":        {1, []string{"model"}},
	"policies":        {1, []string{"model"}},
	"engine":          {1, []string{"model"}},
	"analysis":        {1, []string{"model"}},
	"analysis/exact":  {1, []string{"model"}},
	"topology":        {2, []string{"model", "failures", "policies"}},
	"analysis/report": {2, []string{"model", "analysis"}},
	"cmd/ftsim":       {3, []string{"*"}},
	"internal/house":  {3, nil},

	"internal/browser":  {3, nil},                                                             // pages in a real browser, in tests
	"internal/coverage": {3, []string{"model", "failures", "policies", "engine", "analysis"}}, // how often intervals cover
	"internal/reality":  {3, nil},                                                             // products and examples against what is known of them, in tests
	"internal/validate": {3, []string{"model", "failures", "policies", "engine"}},             // known answers
}

// library is a dependency, the package it may be used in and in how many files.
type library struct {
	path, room string
	files      int // most files that may import it, tests included
}

// libraries lists every third-party package tree, so that replacing one stays a change in one place.
// The longest matching path counts. Imports in tests count too, unless the room is "tests".
var libraries = []library{
	{"gopkg.in/yaml.v3", "topology", 2}, // reading and writing
	{"gonum.org/v1/plot", "analysis/report", 10},
	{"gonum.org/v1/gonum", "failures", 8},
	{"gonum.org/v1/gonum", "analysis", 8},
	{"gonum.org/v1/gonum", "analysis/exact", 8},
	{"github.com/spf13/cobra", "cmd/ftsim", 28},
	{"github.com/spf13/pflag", "cmd/ftsim", 2},
	{"github.com/vbauerster/mpb", "cmd/ftsim", 1},
	{"golang.org/x/term", "cmd/ftsim", 1},
	{"github.com/rogpeppe/go-internal", "tests", 4},
	{"pgregory.net/rapid", "tests", 16},
	{"github.com/santhosh-tekuri/jsonschema", "tests", 1},
	{"github.com/chromedp", "internal/browser", 4},
}

// listed is the part of what go list tells about a package that the rules need.
type listed struct {
	ImportPath, Dir string
	Imports         []string
}

func (l listed) room() string { return strings.TrimPrefix(l.ImportPath, module+"/") }

// goList asks the go command about all packages of the module.
func goList(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Imports", module+"/...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		t.Fatalf("go list: %v\n%s", err, failed.Stderr)
	} else if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var l listed
		if err := d.Decode(&l); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
}

func TestImportsGoDown(t *testing.T) {
	packages := goList(t)
	if len(packages) < 6 {
		t.Fatalf("go list found only %d packages; this test would prove nothing", len(packages))
	}
	for _, fault := range badEdges(packages, rooms) {
		t.Error(fault)
	}
}

// badEdges names each import of ours that the plan does not allow, and each package it does not know.
func badEdges(packages []listed, plan map[string]room) (faults []string) {
	for _, p := range packages {
		from, known := plan[p.room()]
		if !known {
			faults = append(faults, fmt.Sprintf("package %s is not in the plan: add it to rooms in internal/house, with its floor", p.room()))
			continue
		}
		for _, i := range p.Imports {
			name, ours := strings.CutPrefix(i, module+"/")
			if !ours {
				continue
			}
			to, known := plan[name]
			switch {
			case !known: // reported at that package
			case to.floor >= from.floor:
				faults = append(faults, fmt.Sprintf("%s (floor %d) imports %s (floor %d): imports go strictly down", p.room(), from.floor, name, to.floor))
			case !slices.Contains(from.may, name) && !slices.Contains(from.may, "*"):
				faults = append(faults, fmt.Sprintf("%s imports %s, which it must not know", p.room(), name))
			}
		}
	}
	return faults
}

func TestBadEdgesAreSeen(t *testing.T) {
	of := func(name string, imports ...string) listed {
		for i := range imports {
			imports[i] = module + "/" + imports[i]
		}
		return listed{ImportPath: module + "/" + name, Imports: imports}
	}
	for _, c := range []struct {
		name string
		in   listed
		want string // "" = allowed
	}{
		{"down", of("topology", "model", "policies"), ""},
		{"the roof sees all", of("cmd/ftsim", "engine", "analysis/report"), ""},
		{"up", of("model", "engine"), "model (floor 0) imports engine (floor 1): imports go strictly down"},
		{"sideways", of("engine", "policies"), "engine (floor 1) imports policies (floor 1): imports go strictly down"},
		{"down, but none of its business", of("topology", "engine"), "topology imports engine, which it must not know"},
		{"unplanned", of("util", "model"), "package util is not in the plan"},
	} {
		got := strings.Join(badEdges([]listed{c.in}, rooms), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestLibrariesStayPut(t *testing.T) {
	for _, fault := range strayImports(parseTree(t, "../.."), libraries) {
		t.Error(fault)
	}
}

// strayImports names each third-party import that stands where the list of libraries does not allow it.
func strayImports(files []source, allowed []library) (faults []string) {
	users := map[library][]string{}
	for _, f := range files {
		for _, i := range f.imports() {
			if !thirdParty(i) {
				continue
			}
			l, ok := libraryFor(i, f, allowed)
			if !ok {
				faults = append(faults, fmt.Sprintf("%s imports %s: not a library of that package (see libraries in internal/house)", f.name, i))
			} else if !slices.Contains(users[l], f.name) {
				users[l] = append(users[l], f.name)
			}
		}
	}
	for _, l := range allowed {
		if n := len(users[l]); n > l.files {
			faults = append(faults, fmt.Sprintf("%s is imported by %d files of %s, at most %d may: %s",
				l.path, n, l.room, l.files, strings.Join(users[l], ", ")))
		}
	}
	return faults
}

// thirdParty tells an import of a module that is neither ours nor the standard library's.
func thirdParty(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return strings.Contains(first, ".") && path != module && !strings.HasPrefix(path, module+"/")
}

func libraryFor(imported string, f source, allowed []library) (best library, ok bool) {
	for _, l := range allowed {
		here := l.room == path.Dir(f.name) || l.room == "tests" && f.test()
		under := imported == l.path || strings.HasPrefix(imported, l.path+"/")
		if here && under && len(l.path) >= len(best.path) {
			best, ok = l, true
		}
	}
	return best, ok
}

func TestStrayImportsAreSeen(t *testing.T) {
	yaml := `package x; import "gopkg.in/yaml.v3"`
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"at home", map[string]string{"topology/yaml.go": yaml}, ""},
		{"a third file", map[string]string{"topology/a.go": yaml, "topology/b.go": yaml, "topology/c.go": yaml}, "imported by 3 files of topology, at most 2"},
		{"elsewhere", map[string]string{"engine/a.go": yaml}, "engine/a.go imports gopkg.in/yaml.v3: not a library of that package"},
		{"unlisted", map[string]string{"model/a.go": `package x; import "example.com/left-pad"`}, "model/a.go imports example.com/left-pad"},
		{"tests may", map[string]string{"model/a_test.go": `package x; import "pgregory.net/rapid"`}, ""},
		{"only tests may", map[string]string{"model/a.go": `package x; import "pgregory.net/rapid"`}, "model/a.go imports pgregory.net/rapid"},
	} {
		got := strings.Join(strayImports(parseTexts(t, c.files), libraries), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
