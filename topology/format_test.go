package topology

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// Every file that can be read keeps its meaning and its comments, and a file that is laid out stays as it is.
func TestFormatKeepsWhatAFileSays(t *testing.T) {
	list := append(files(t, "testdata/good/*.yaml"), files(t, "../examples/*.yaml")...)
	list = append(list, files(t, "../internal/reality/testdata/*.yaml")...)
	for _, f := range append(list, files(t, "../cmd/ftsim/templates/*.yaml")...) {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out, err := Format(filepath.Base(f), text)
		if err != nil {
			t.Errorf("%s: %v", f, err)
			continue
		}
		if again, err := Format(filepath.Base(f), out); err != nil || string(again) != string(out) {
			t.Errorf("%s: laid out twice it differs: %v\n%s", f, err, again)
		}
		was, err := Load("x.yaml", text)
		is, err2 := Load("x.yaml", out)
		if err != nil || err2 != nil || meaning(was) != meaning(is) {
			t.Errorf("%s means something else: %v, %v", f, err, err2)
		}
		for l := range strings.Lines(string(text)) {
			if c := commentOf(l); !strings.Contains(string(out), c) {
				t.Errorf("%s lost %q", f, c)
			}
		}
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"spaces", "apiVersion:   ftsim/v1\nnodes:\n      a:   {mtbf:   90d ,mttr: 2h}\n", "apiVersion: ftsim/v1\n\nnodes:\n  a: {mtbf: 90d, mttr: 2h}\n"},
		{"sections", "a: 1\nb: 2\nc:\n  x: 1\nd:\n  y: 2\ne: 3\n", "a: 1\nb: 2\n\nc:\n  x: 1\n\nd:\n  y: 2\n\ne: 3\n"},
		{"comments", "# top\n\n# about a\na: 1 # one\nb:\n  # about x\n  x: 1\n", "# top\n\n# about a\na: 1 # one\n\nb:\n  # about x\n  x: 1\n"},
		{"lists", "a:\n- 1\n-   2\n", "a:\n  - 1\n  - 2\n"},
		{"an empty value", "a: {b: , c: 1}\n", "a:\n  b:\n  c: 1\n"},
		{"text in lines", "a: |\n    one\n\n    two\nb: 1\n", "a: |\n  one\n\n  two\n\nb: 1\n"},
		{"quotes stay", "a: \"x\"\nb: 'y'\n", "a: \"x\"\nb: 'y'\n"},
	} {
		got, err := Format("x.yaml", []byte(c.in))
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %v\n%s\nwant\n%s", c.name, err, got, c.want)
		}
	}
}

func TestFormatRefusesWhatItCannotRead(t *testing.T) {
	for _, in := range []string{"", "a: [", "a: 1\na: 2\n", "a: 1\n---\nb: 2\n", "\xff\xfe"} {
		_, err := Format("x.yaml", []byte(in))
		if ps, ok := err.(model.Problems); !ok || len(ps) == 0 || ps[0].At.Line < 1 {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestLostComments(t *testing.T) {
	for _, c := range []struct {
		before, after string
		line          int
	}{
		{"a: 1 # x\n# y\n", "# y\na: 1 # x\n", 0},
		{"a: 1 # x\n# y\n", "a: 1 # x\n", 2},
		{"# x\n# x\n", "# x\n", 2},
		{"a: b#c\n", "a: b\n", 0},
	} {
		if line, lost := lostComment(c.before, c.after); line != c.line || lost != (c.line > 0) {
			t.Errorf("%q to %q: line %d, %v", c.before, c.after, line, lost)
		}
	}
}

// Whatever is thrown at it, a layout means what the text meant, and stays as it is.
func FuzzFormat(f *testing.F) {
	for _, s := range []string{"a: 1 # x\n", "a: {b: , c: [1, 2]}\n", "a: |\n  x\n\n  y\n", "# a\n\n# b\na:\n  - b # c\n  # d\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out, err := Format("x.yaml", []byte(s))
		if err != nil {
			return
		}
		if again, err := Format("x.yaml", out); err != nil || string(again) != string(out) {
			t.Fatalf("%q: %v\n%q\n%q", s, err, out, again)
		}
	})
}
