package topology

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/model"
)

var keyInText = regexp.MustCompile(`[A-Za-z_]+: ?`)

// valueEnd is where the value that begins at i ends: with its bracket, or before what ends a plain one.
func valueEnd(text string, i int) int {
	depth := 0
	for ; i < len(text); i++ {
		switch c := text[i]; {
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth <= 0 {
				return i + 1 + min(depth, 0)
			}
		case depth == 0 && (c == ',' || c == '\n' || c == '#'):
			return i
		}
	}
	return i
}

// Whatever stands behind a key instead of what belongs there, the file is read to its end, and refused or
// understood.
func TestSpoiltValues(t *testing.T) {
	var names []string
	for _, pattern := range []string{"testdata/good/*.yaml"} {
		list, err := filepath.Glob(pattern)
		if err != nil || len(list) == 0 {
			t.Fatal(pattern, err)
		}
		names = append(names, list...)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "count: 1") && len(text) < 400 { // a large farm; its keys are elsewhere too
			continue
		}
		for _, at := range keyInText.FindAllIndex(text, -1) {
			for _, instead := range []string{"", "0", "x", "[]", "{}", "{x}", "{uncertain: {p5: 1, p95: 2}}"} {
				spoilt := string(text[:at[1]]) + instead + string(text[valueEnd(string(text), at[1]):])
				mustEnd(t, name, spoilt)
			}
		}
	}
}

func mustEnd(t *testing.T, name, text string) {
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s: %v\n%s\n%s", name, p, debug.Stack(), text)
		}
	}()
	topo, err := Load("spoilt.yaml", []byte(text))
	if ps, ok := err.(model.Problems); topo == nil && (!ok || len(ps.Faults()) == 0) {
		t.Fatalf("%s: refused without a fault: %v\n%s", name, err, text)
	}
}
