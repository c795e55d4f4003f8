package topology

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// inPieces reads a text cut into pieces of a size, or returns nothing if it has to be read as a whole.
func inPieces(text []byte, size int) (*node, string) {
	c := newConverter("x.yaml")
	root := c.pieces(cut(text, size))
	if root == nil {
		return nil, ""
	}
	n, ps := c.finish(root)
	return n, fmt.Sprint(ps)
}

func asWhole(text []byte) (*node, string) {
	c := newConverter("x.yaml")
	root, err := decode(text)
	if err != nil || root == nil {
		return nil, fmt.Sprint(err)
	}
	n, ps := c.finish(c.convert(root, 0))
	return n, fmt.Sprint(ps)
}

// dump writes a tree with the places of everything in it.
func dump(n *node) string {
	var b strings.Builder
	var write func(n *node, depth int)
	write = func(n *node, depth int) {
		fmt.Fprintf(&b, "%*s%v %q %v wide %d\n", 2*depth, "", n.kind, n.text, n.at(), n.width)
		for i := range n.parts {
			write(&n.parts[i], depth+1)
		}
	}
	if n != nil {
		write(n, 0)
	}
	return b.String()
}

// agree demands that pieces, if a text can be read in pieces, come to the same as the whole. It tells
// whether it can even with a cut at every key.
func agree(t *testing.T, name string, text []byte) (small bool) {
	t.Helper()
	whole, problems := asWhole(text)
	for _, size := range []int{1, 40, 500} {
		n, ps := inPieces(text, size)
		if n == nil {
			continue
		}
		small = small || size == 1
		if got, want := dump(n), dump(whole); got != want || ps != problems {
			t.Errorf("%s in pieces of %d:\n%s%s\nas a whole:\n%s%s", name, size, got, ps, want, problems)
		}
	}
	return small
}

func TestPiecesComeToTheWhole(t *testing.T) {
	used := 0
	for _, pattern := range []string{"testdata/good/*.yaml", "testdata/bad/*.yaml", "../examples/*.yaml", "presets/*.yaml"} {
		for _, f := range files(t, pattern) {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if agree(t, f, text) {
				used++
			}
		}
	}
	if used < 20 {
		t.Errorf("only %d files were read in pieces; this test would prove nothing", used)
	}
}

// What could mislead a cut must be read as a whole, or come to the same.
func TestCutsThatMislead(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		pieces bool
	}{
		"plain":             {"a:\n  x: 1\n  y: 2\nb: 3\n", true},
		"no end of line":    {"a:\n  x: 1\n  y: {z: 2}", true},
		"comments":          {"# one\na: # two\n  # three\n\n  x: 1\n# four\n  y: 2 # five\n# six\nb: 1\n", true},
		"blank lines":       {"\n\na:\n\n  x: 1\n\n\n  y: 2\n\n", true},
		"carriage returns":  {"a:\r\n  x: 1\r\n  y: 2\r\nb: 3\r\n", true},
		"byte order mark":   {"\ufeffa:\n  x: 1\n  y: 2\n", true},
		"deep":              {"a:\n    x:\n      p: 1\n    y:\n      - 1\n      - 2\n    z: 3\n", true},
		"empty at the end":  {"a:\n  x: 1\nb:\n", true},
		"empty amid":        {"a:\nb:\n  x: 1\n", true},
		"alias in a piece":  {"a:\n  x: &n {p: 1}\n  y: *n\n", false},
		"text of blocks":    {"a: |\n  x: 1\n  y: 2\nb:\n  c: >\n    p: 1\n    q: 2\n  d: 1\n", true},
		"quotes":            {"a:\n  x: \"one\n  y: two\"\n  z: 1\n", false},
		"braces":            {"a: {p: 1,\nq: 2}\nb:\n  x: {p: 1,\n  q: 2}\n", false},
		"braces below":      {"a:\n  {p: 1,\n  q: 2}\n", true}, // a brace is no key, so there is no cut
		"a list":            {"a:\n- x: 1\n  y: 2\n- x: 3\nb: 4\n", true},
		"a list inside":     {"a:\n  - x: 1\n    y: 2\n  - z: 3\n", true},
		"words below a key": {"a:\n  x\n  y\nb: 1\n", false},
		"asked keys":        {"a:\n  ? x\n  : 1\n  ? y\n  : 2\n", true},
		"twice":             {"a:\n  x: 1\n  y: 2\n  x: 3\n", true},
		"twice in the file": {"a:\n  x: 1\na:\n  y: 2\n", false},
		"twice, far apart":  {"a:\n  x: 1\nb:\na:\n  y: 2\n", false},
		"two documents":     {"a:\n  x: 1\n---\na:\n  y: 2\n", false},
		"directive":         {"%YAML 1.1\n---\na:\n  y: 2\n", false},
		"end of a document": {"a:\n  x: 1\n...\n", false},
		"old line ends":     {"a:\r  x: 1\r  y: 2\r", false},
		"other line ends":   {"a:\n  x: 1\u2028  y: 2\n  z: 1\n", false},
		"falling back":      {"a:\n    x: 1\n  y: 2\n", false},
		"indented":          {" a:\nb:\n", false},
		"tabs":              {"a:\n\tx: 1\n  y: 2\n", false},
		"a scalar":          {"hello\n", false},
		"nothing":           {"", false},
		"tag":               {"a:\n  x: !!str 1\n  y: 2\n", true},
		"merge":             {"a:\n  x: &n {p: 1}\n  y: {<<: *n}\n", false},
	} {
		if small := agree(t, name, []byte(c.text)); small != c.pieces {
			t.Errorf("%s: read in the smallest pieces: %v", name, small)
		}
	}
}

// An alias may refer to what is in another piece; then nothing but the whole will do.
func TestAliasesAcrossPieces(t *testing.T) {
	var b strings.Builder
	b.WriteString("apiVersion: ftsim/v1\nnodes:\n  first: &n {mtbf: 90d, mttr: 2h}\n")
	for i := range 40_000 {
		fmt.Fprintf(&b, "  node-%d: {mtbf: 1y, mttr: 4h}\n", i)
	}
	b.WriteString("  last: *n\nservices: {s: {replicas: [first, last], policy: hot}}\n")
	if b.Len() < longText {
		t.Fatalf("%d bytes are not long", b.Len())
	}
	topo, err := Load("x.yaml", []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	c := topo.System.Components
	if n := len(c); n != 40_002 || c[0].Modes[0].Life != c[n-1].Modes[0].Life || c[n-1].At.Line != 40_004 {
		t.Errorf("%d components, the last is %+v", n, c[n-1])
	}
}

// A long file is read in pieces, and its faults are where they are.
func TestLongFilesAreRead(t *testing.T) {
	var b strings.Builder
	b.WriteString("apiVersion: ftsim/v1\nnodes:\n")
	for i := range 40_000 {
		fmt.Fprintf(&b, "  node-%d: {mtbf: 1y, mttr: 4h}\n", i)
	}
	b.WriteString("  odd: {mtfb: 1y}\n  node-7: {mtbf: 1y}\nservices: {s: {replicas: [odd]}}\n")
	if n, _ := inPieces([]byte(b.String()), pieceSize); n == nil {
		t.Error("a file with a line per node is read as a whole")
	}
	_, err := Load("x.yaml", []byte(b.String()))
	for _, want := range []string{`x.yaml:40003:9: node "odd": unknown key "mtfb"`, `x.yaml:40004:3: "node-7" is given twice; the first is in line 10`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %s, got %v", want, err)
		}
	}
}

func FuzzPieces(f *testing.F) {
	f.Add([]byte("a:\n  x: 1\n  y: {z: 2}\nb:\n- 1\n"))
	f.Add([]byte("a:\n  x: \"one\n  y: two\"\n  ? z\n  : |\n   w\n"))
	f.Add([]byte("a: &n\n  x: *n\n'b':\n  y:\n  z\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if c := newConverter("x.yaml"); len(text) > 1<<12 || c.notText(text) {
			return
		}
		agree(t, "fuzz", text)
	})
}
