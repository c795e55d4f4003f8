package topology

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/model"
)

const layerBase = `apiVersion: ftsim/v1
name: pair
nodes:
  a: {mtbf: 90d, mttr: {p50: 2h, p95: 12h}}
  b: {mtbf: 90d, mttr: 2h}
services:
  db: {replicas: [a, b], policy: hot, failover: automatic}
objectives:
  - {journey: db, availability: 99.9%}
`

// layeredOver loads layerBase with an overlay and assignments on top.
func layeredOver(overlay string, set ...string) (*Topology, error) {
	return LoadInput(layeredInput(overlay, set...))
}

func layeredInput(overlay string, set ...string) *Input {
	in := &Input{Files: []File{{Name: "base.yaml", Text: []byte(layerBase)}}}
	if overlay != "" {
		in.Files = append(in.Files, File{Name: "over.yaml", Text: []byte(overlay)})
	}
	for _, s := range set {
		in.Set = append(in.Set, Assignment{"--set", s})
	}
	return in
}

// What is laid over a file means what a file with that in its place means.
func TestLayersAreTheFileWithChanges(t *testing.T) {
	for _, c := range []struct {
		name, overlay string
		set           []string
		replace       []string // old, new, …: the same change made by hand
	}{
		{"nothing", "{}", nil, nil},
		{"a value", "nodes: {a: {mtbf: 30d}}", nil, []string{"a: {mtbf: 90d", "a: {mtbf: 30d"}},
		{"a new key", "services: {db: {needed: 2}}", nil, []string{"policy: hot", "policy: hot, needed: 2"}},
		{"a new element", "nodes: {c: {mtbf: 1d}}", nil, []string{"services:", "  c: {mtbf: 1d}\nservices:"}},
		{"a key taken away", "services: {db: {failover: null}}", nil, []string{", failover: automatic", ""}},
		{"an empty value is a value", "nodes: {c: }", nil, []string{"services:", "  c: \nservices:"}},
		{"a list is one value", "services: {db: {replicas: [b, a]}}", nil, []string{"[a, b]", "[b, a]"}},
		{"another law", "nodes: {a: {mttr: {fixed: 1h}}}", nil, []string{"{p50: 2h, p95: 12h}", "{fixed: 1h}"}},
		{"a part of a law", "nodes: {a: {mttr: {p95: 24h}}}", nil, []string{"p95: 12h", "p95: 24h"}},
		{"set wins over files", "nodes: {a: {mtbf: 30d}}", []string{"nodes.a.mtbf=20d"}, []string{"a: {mtbf: 90d", "a: {mtbf: 20d"}},
		{"the later set wins", "", []string{"nodes.a.mtbf=20d", "nodes.a.mtbf=40d"}, []string{"a: {mtbf: 90d", "a: {mtbf: 40d"}},
		{"a mapping", "", []string{"services.db.failover={promote: 9s}"}, []string{"failover: automatic", "failover: {promote: 9s}"}},
		{"a key that was not there", "", []string{"simulation.incident.merge_gap=1m"}, []string{"nodes:", "simulation: {incident: {merge_gap: 1m}}\nnodes:"}},
		{"taken away", "", []string{"services.db.failover=null"}, []string{", failover: automatic", ""}},
		{"an item by its number", "", []string{"services.db.replicas.2=a"}, []string{"[a, b]", "[a, a]"}},
		{"an item by its name", "", []string{"objectives.db.availability=99%"}, []string{"99.9%", "99%"}},
		{"into a word for a block", "", []string{"services.db.failover.promote=9s"}, []string{"failover: automatic", "failover: {mode: automatic, promote: 9s}"}},
		{"a block over a word", "services: {db: {failover: {promote: 9s}}}", nil, []string{"failover: automatic", "failover: {mode: automatic, promote: 9s}"}},
		{"a word over a block", "services: {db: {failover: manual}}", nil, []string{"failover: automatic", "failover: manual"}},
		{"quotes", "", []string{`"nodes"."a".mtbf=20d`}, []string{"a: {mtbf: 90d", "a: {mtbf: 20d"}},
	} {
		byHand := strings.NewReplacer(c.replace...).Replace(layerBase)
		want, wantErr := Load("base.yaml", []byte(byHand))
		got, gotErr := layeredOver(c.overlay, c.set...)
		if (wantErr == nil) != (gotErr == nil) {
			t.Errorf("%s: %v, by hand %v", c.name, gotErr, wantErr)
			continue
		}
		if wantErr != nil {
			continue
		}
		if len(c.replace) > 0 && byHand == layerBase {
			t.Errorf("%s: nothing was changed by hand", c.name)
		}
		if meaning(got) != meaning(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, meaning(got), meaning(want))
		}
	}
}

var places = regexp.MustCompile(`(At:| at |in line )?([\w/]+\.yaml|--set):\d+:\d+|in line \d+`)

// meaning is what a topology came to, whatever lines it stood in.
// Warnings come in the order of lines.
func meaning(t *Topology) string {
	lines := strings.Split(places.ReplaceAllString(describe(t), ""), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// Faults point into the part that brings them about, and are told part by part.
func TestFaultsOfLayersHaveTheirPlace(t *testing.T) {
	for _, c := range []struct {
		name, overlay string
		set           []string
		want          []string // position and a part of the message, in order
	}{
		{"a slip in an overlay", "services: {db: {polcy: hot}}", nil, []string{`over.yaml:1:17`, `"policy"`}},
		{"a fault of the base in the light of an overlay", "nodes: {b: null}", nil, []string{`base.yaml:7:`, `no such node "b"`}},
		{"nothing to take away", "nodes: {c: null}", nil, []string{`over.yaml:1:9`, "taken away"}},
		{"part by part", "nodes: {a: {mtbf: x}}", []string{"nodes.b.mtbf=1x", "services.db.policy=hit"}, []string{"over.yaml:1:19", "--set:1:14", "--set:2:20"}},
		{"no such element", "", []string{"services.dbb.policy=warm"}, []string{"--set:1:10", `did you mean "db"`}},
		{"no such key", "", []string{"services.db.polcy=warm"}, []string{"--set:1:13", `did you mean "policy"`}},
		{"inside a value", "", []string{"services.db.policy.x=1"}, []string{"--set:1:20", "single value"}},
		{"no value", "", []string{"name="}, []string{"--set:1:5", "no value"}},
		{"no path", "", []string{"name"}, []string{"--set:1:5", "ends with ="}},
		{"an empty key", "", []string{"nodes..x=1"}, []string{"--set:1:7", "no path"}},
		{"broken YAML", "", []string{"name={"}, []string{"--set:1:6", "expected"}},
		{"several lines", "", []string{"name=a\nnodes=b"}, []string{"--set:1:1", "one line"}},
		{"no such item", "", []string{"objectives.7.rto=1m"}, []string{"--set:1:12", "no \"7\""}},
		{"a broken overlay", "nodes: [", nil, []string{"over.yaml:1:"}},
	} {
		in := layeredInput(c.overlay, c.set...)
		_, err := LoadInput(in)
		ps, ok := err.(model.Problems)
		if !ok {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		rest := ps.Error()
		for _, w := range c.want {
			_, after, found := strings.Cut(rest, w)
			if !found {
				t.Errorf("%s: no %q in\n%v", c.name, w, ps)
			}
			rest = after
		}
		var shown strings.Builder
		if err := in.Sources().Render(&shown, ps, false); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(shown.String(), "^") {
			t.Errorf("%s: no caret in\n%s", c.name, &shown)
		}
	}
}

// The resolved form is a topology that means the same, and its own resolved form.
func TestResolvedMeansTheSame(t *testing.T) {
	n := 0
	for _, f := range append(files(t, "testdata/good/*.yaml"), files(t, "../examples/*.yaml")...) {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		topo, err := Load("x.yaml", text)
		if err != nil {
			t.Fatal(err)
		}
		resolved, err := topo.Resolved()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Load("x.yaml", resolved)
		if err != nil {
			t.Errorf("%s:\n%v\n%s", f, err, resolved)
			continue
		}
		if meaning(again) != meaning(topo) {
			t.Errorf("%s: the resolved form means something else:\n%s\n%s", f, meaning(again), meaning(topo))
		}
		if twice, err := again.Resolved(); err != nil || string(twice) != string(resolved) {
			t.Errorf("%s: resolved twice: %v\n%s\n%s", filepath.Base(f), err, resolved, twice)
		}
		n++
	}
	if n < 30 {
		t.Errorf("only %d files", n)
	}
}

// A tree that is laid over, or set in, is not changed: aliases may share its parts.
func TestLayersLeaveAliasesAlone(t *testing.T) {
	const text = `apiVersion: ftsim/v1
nodes: {a: &n {mtbf: 90d, mttr: {uncertain: {p5: 1h, p95: 5h}}}, b: *n}
services: {s: {replicas: [a, b], policy: hot}}
`
	in := &Input{Files: []File{{Name: "base.yaml", Text: []byte(text)}}, Set: []Assignment{{"--set", "nodes.b.mtbf=10d"}}}
	topo, err := LoadInput(in)
	if err != nil {
		t.Fatal(err)
	}
	a, b := topo.System.Components[0].Modes[0].Life.Mean(), topo.System.Components[1].Modes[0].Life.Mean()
	if a != 90*model.Day || b != 10*model.Day {
		t.Errorf("mtbf of a is %v and of b %v", a, b)
	}
	if len(topo.Uncertain) != 1 {
		t.Errorf("the shared uncertain value is %d unknowns", len(topo.Uncertain))
	}
}

func FuzzAssignment(f *testing.F) {
	for _, s := range []string{"nodes.a.mtbf=3d", "services.db.replicas.0=b", `"nodes".a={mtbf: 1d}`, "a.b", "=", "name=null", "objectives.db.rto=1m", "nodes.ä.mtbf=x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		in := layeredInput("", s)
		topo, err := LoadInput(in)
		if err != nil {
			ps, ok := err.(model.Problems)
			if !ok || len(ps) == 0 {
				t.Fatalf("%q: %v", s, err)
			}
			var out strings.Builder
			if err := in.Sources().Render(&out, ps, false); err != nil {
				t.Fatal(err)
			}
			return
		}
		resolved, err := topo.Resolved()
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		again, err := Load("base.yaml", resolved)
		if err != nil || meaning(again) != meaning(topo) {
			t.Fatalf("%q: the resolved form differs: %v\n%s\n%s\n%s", s, err, resolved, meaning(topo), meaning(again))
		}
	})
}
