package topology

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ftsim/ftsim/model"
)

// folder is a few files of a test.
func folder(list ...string) fstest.MapFS {
	out := fstest.MapFS{}
	for i := 0; i < len(list); i += 2 {
		out[list[i]] = &fstest.MapFile{Data: []byte(list[i+1])}
	}
	return out
}

// including loads a file of a folder, called home by messages.
func including(dir fs.FS, names ...string) (*Topology, *Input, error) {
	in := &Input{}
	for _, n := range names {
		text, err := fs.ReadFile(dir, n)
		if err != nil {
			return nil, in, err
		}
		in.Files = append(in.Files, File{Name: "home/" + n, Text: text, Dir: dir, Path: n})
	}
	topo, err := LoadInput(in)
	return topo, in, err
}

const (
	headed   = "apiVersion: ftsim/v1\n"
	oneNode  = "nodes: {a: {mtbf: 9d, mttr: 1h}}\n"
	oneUser  = "services: {s: {replicas: [a]}}\n"
	complete = headed + oneNode + oneUser
)

// What is included lies below the file that includes it; later files lie above earlier ones.
func TestIncludedFilesAreLayers(t *testing.T) {
	for _, c := range []struct {
		name, want string // want is the only file that would do as well
		files      fstest.MapFS
	}{
		{"one file", complete, folder("x.yaml", headed+"include: parts.yaml\n"+oneUser, "parts.yaml", oneNode)},
		{"a list", complete, folder("x.yaml", headed+"include: [n.yaml, s.yaml]\n", "n.yaml", oneNode, "s.yaml", oneUser)},
		{"the file wins", headed + "nodes: {a: {mtbf: 3d, mttr: 1h}}\n" + oneUser, folder("x.yaml", headed+"include: [n.yaml]\nnodes: {a: {mtbf: 3d}}\n"+oneUser, "n.yaml", oneNode)},
		{"the later wins", headed + "nodes: {a: {mtbf: 4d, mttr: 1h}}\n" + oneUser, folder("x.yaml", headed+"include: [n.yaml, m.yaml]\n"+oneUser, "n.yaml", oneNode, "m.yaml", "nodes: {a: {mtbf: 4d}}")},
		{"a key taken away", headed + "nodes: {a: {mtbf: 9d}}\n" + oneUser, folder("x.yaml", headed+"include: [n.yaml]\nnodes: {a: {mttr: null}}\n"+oneUser, "n.yaml", oneNode)},
		{"folders", complete, folder("x.yaml", headed+"include: sub/n.yaml\n"+oneUser, "sub/n.yaml", "include: ../m.yaml", "m.yaml", "include: sub/deep/o.yaml", "sub/deep/o.yaml", oneNode)},
		{"what several include lies below all", headed + "nodes: {a: {mtbf: 3d, mttr: 5h}}\n" + oneUser, folder("x.yaml", headed+"include: [b.yaml, c.yaml]\n"+oneUser,
			"b.yaml", "include: n.yaml\nnodes: {a: {mtbf: 3d}}", "c.yaml", "include: ./n.yaml\nnodes: {a: {mttr: 5h}}", "n.yaml", oneNode)},
		{"repeated elements", headed + "nodes: {a: {mtbf: 2d}, b: {mtbf: 9d}}\n" + oneUser, folder("x.yaml", headed+"include: n.yaml\nnodes: {a: {mtbf: 2d}}\n"+oneUser, "n.yaml", "nodes: {$(x): {for_each: {x: a..b}, mtbf: 9d}}")},
	} {
		topo, _, err := including(c.files, "x.yaml")
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		want, err := Load("x.yaml", []byte(c.want))
		if err != nil {
			t.Fatal(err)
		}
		if meaning(topo) != meaning(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, meaning(topo), meaning(want))
		}
		alone, err := Load("x.yaml", topo.Source)
		if err != nil || meaning(alone) != meaning(want) {
			t.Errorf("%s: as one file it means something else: %v\n%s", c.name, err, topo.Source)
		}
	}
}

// An overlay may include too. What the design below includes already stays down there.
func TestOverlaysInclude(t *testing.T) {
	dir := folder("x.yaml", "include: [base.yaml]\n"+headed+oneUser, "y.yaml", "include: [base.yaml, more.yaml]\nnodes: {b: {mtbf: 5d}}\n",
		"base.yaml", "nodes: {a: {mtbf: 9d, mttr: 1h}, b: {mtbf: 9d, mttr: 1h}}", "more.yaml", "nodes: {b: {mttr: 7h}}")
	in := &Input{}
	for _, n := range []string{"x.yaml", "y.yaml"} {
		in.Files = append(in.Files, File{Name: "home/" + n, Text: dir[n].Data, Dir: dir, Path: n})
	}
	in.Set = []Assignment{{"--set", "nodes.a.mtbf=1d"}}
	topo, err := LoadInput(in)
	if err != nil {
		t.Fatal(err)
	}
	want := load(t, "nodes: {a: {mtbf: 1d, mttr: 1h}, b: {mtbf: 5d, mttr: 7h}}\n"+oneUser)
	if meaning(topo) != meaning(want) {
		t.Errorf("got\n%s\nwant\n%s", meaning(topo), meaning(want))
	}
}

// Whatever is wrong is told once, where it is.
func TestFaultsOfIncludedFilesHaveTheirPlace(t *testing.T) {
	for _, c := range []struct {
		name  string
		files fstest.MapFS
		want  []string // of the only problem
	}{
		{"a slip", folder("x.yaml", headed+"include: n.yaml\n"+oneUser, "n.yaml", "nodes:\n  a: {mtfb: 9d}\n"), []string{"home/n.yaml:2:7", `"mtbf"`}},
		{"no such file", folder("x.yaml", headed+"include:\n  - nodse.yaml\n"+oneUser, "nodes.yaml", oneNode), []string{"home/x.yaml:3:5", `no file "home/nodse.yaml"`, `did you mean "nodes.yaml"`}},
		{"a circle", folder("x.yaml", headed+"include: n.yaml\n"+oneUser, "n.yaml", "include: [m.yaml]", "m.yaml", "nodes: {}\ninclude: [n.yaml]"), []string{"home/m.yaml:2:11", "circle", "home/n.yaml includes home/m.yaml includes home/n.yaml"}},
		{"itself", folder("x.yaml", headed+"include: x.yaml\n"+oneUser), []string{"home/x.yaml:2:10", "circle"}},
		{"up and out", folder("x.yaml", headed+"include: ../n.yaml\n"+oneUser), []string{"home/x.yaml:2:10", "leads out", "--include-dir"}},
		{"out by a detour", folder("x.yaml", headed+"include: a/../../n.yaml\n"+oneUser), []string{"home/x.yaml:2:10", "leads out"}},
		{"from the root", folder("x.yaml", headed+"include: /etc/passwd\n"+oneUser), []string{"home/x.yaml:2:10", "leads out"}},
		{"a backslash", folder("x.yaml", headed+"include: a\\n.yaml\n"+oneUser), []string{"home/x.yaml:2:10", "write /"}},
		{"a folder", folder("x.yaml", headed+"include: sub\n"+oneUser, "sub/a.yaml", ""), []string{"home/x.yaml:2:10", "it is no file"}},
		{"nothing", folder("x.yaml", headed+"include:\n"+oneUser), []string{"home/x.yaml:2:9", "nothing", "include: [zones.yaml"}},
		{"a mapping", folder("x.yaml", headed+"include: {a: b}\n"+oneUser), []string{"home/x.yaml:2:10", "a mapping"}},
		{"broken YAML", folder("x.yaml", headed+"include: n.yaml\n"+oneUser, "n.yaml", "nodes: {\n"), []string{"home/n.yaml:1:"}},
		{"an empty file", folder("x.yaml", headed+"include: n.yaml\n"+oneUser, "n.yaml", "# nothing yet\n"), []string{"home/n.yaml:1:1", "empty"}},
	} {
		_, in, err := including(c.files, "x.yaml")
		ps, ok := err.(model.Problems)
		if !ok || len(ps) != 1 {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		for _, w := range c.want {
			if text := ps[0].Error(); !strings.Contains(text, w) {
				t.Errorf("%s: no %q in %s", c.name, w, text)
			}
		}
		var shown strings.Builder
		if err := in.Sources().Render(&shown, ps, false); err != nil || !strings.Contains(shown.String(), "^") {
			t.Errorf("%s: no caret in\n%s (%v)", c.name, &shown, err)
		}
	}
}

func TestNothingIsIncludedWithoutAFolder(t *testing.T) {
	_, err := Load("stdin", []byte(headed+"include: n.yaml\n"+oneUser))
	if err == nil || !strings.Contains(err.Error(), "stdin:2:10: include: stdin is no file in a folder") {
		t.Errorf("%v", err)
	}
}

// Chains and fans of files end; a file that is being changed is read once.
func TestIncludingIsBounded(t *testing.T) {
	chain, fan := folder("x.yaml", headed+"include: f0.yaml\n"+oneUser), folder("x.yaml", headed+oneUser)
	var all []string
	for i := range 2000 {
		name := "f" + itoa(i) + ".yaml"
		chain[name] = &fstest.MapFile{Data: []byte("include: f" + itoa(i+1) + ".yaml")}
		fan[name] = &fstest.MapFile{Data: []byte("name: x")}
		all = append(all, name)
	}
	fan["x.yaml"].Data = []byte(headed + "include: [" + strings.Join(all, ", ") + "]\n" + oneUser)
	for name, dir := range map[string]fs.FS{"chain": chain, "fan": fan} {
		if _, _, err := including(dir, "x.yaml"); err == nil || !strings.Contains(err.Error(), "more than 1000 files, or 50 in a row") {
			t.Errorf("%s: %.300v", name, err)
		}
	}
	once := &counting{folder("x.yaml", headed+"include: n.yaml\n"+oneUser, "n.yaml", oneNode), map[string]int{}}
	topo, _, err := including(once, "x.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := topo.Resolved(); err != nil || once.opened["n.yaml"] != 1 {
		t.Errorf("n.yaml was read %d times (%v)", once.opened["n.yaml"], err)
	}
}

type counting struct {
	fs.FS
	opened map[string]int
}

func (c *counting) Open(name string) (fs.File, error) {
	c.opened[name]++
	return c.FS.Open(name)
}

// A link that leads out of the folder is no way out.
func TestLinksDoNotLeadOut(t *testing.T) {
	home, elsewhere := t.TempDir(), t.TempDir()
	if err := errors.Join(os.WriteFile(filepath.Join(elsewhere, "n.yaml"), []byte(oneNode), 0o600),
		os.WriteFile(filepath.Join(home, "x.yaml"), []byte(headed+"include: link.yaml\n"+oneUser), 0o600),
		os.Symlink(filepath.Join(elsewhere, "n.yaml"), filepath.Join(home, "link.yaml"))); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(home)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if _, _, err := including(root.FS(), "x.yaml"); err == nil || !strings.Contains(err.Error(), "leads out") {
		t.Errorf("%v", err)
	}
}
