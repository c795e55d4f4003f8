package topology

import (
	"errors"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/model"
)

func rendered(t *testing.T, source string, color bool, ps ...model.Problem) string {
	t.Helper()
	var out strings.Builder
	if err := renderOne(&out, ps, []byte(source), color); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func at(line, column int) model.Pos { return model.Pos{File: "shop.yaml", Line: line, Column: column} }

func TestRenderMarksThePlace(t *testing.T) {
	source := "services:\r\n  db:\n    replica: [a]\n"
	for _, c := range []struct {
		name, want string
		problem    model.Problem
	}{
		{"hint behind the mark", "shop.yaml:3:5: error: unknown key\n    3 |      replica: [a]\n      |      ^^^^^^^ did you mean \"replicas\"?\n1 error in shop.yaml\n",
			model.Problem{At: at(3, 5), What: "unknown key", Hint: `did you mean "replicas"?`, Width: 7}},
		{"no hint, no width", "shop.yaml:3:5: error: wrong\n    3 |      replica: [a]\n      |      ^\n1 error in shop.yaml\n",
			model.Problem{At: at(3, 5), What: "wrong"}},
		{"a mark ends with its line", "shop.yaml:1:1: error: wrong\n    1 |  services:\n      |  ^^^^^^^^^\n1 error in shop.yaml\n",
			model.Problem{At: at(1, 1), What: "wrong", Width: 500}},
		{"behind the end of a line", "shop.yaml:2:40: error: wrong\n    2 |    db:\n      |       ^\n1 error in shop.yaml\n",
			model.Problem{At: at(2, 40), What: "wrong", Width: 3}},
		{"behind the end of the file", "shop.yaml:9:1: error: wrong\n      look there\n1 error in shop.yaml\n",
			model.Problem{At: at(9, 1), What: "wrong", Hint: "look there"}},
		{"nowhere in particular", "warning: odd\n      look there\n1 warning\n",
			model.Problem{Severity: model.Warning, What: "odd", Hint: "look there"}},
		{"in a preset", "preset vm:3:5: error: wrong\n1 error\n",
			model.Problem{At: model.Pos{File: "preset vm", Line: 3, Column: 5}, What: "wrong"}},
	} {
		if got := rendered(t, source, false, c.problem); got != c.want {
			t.Errorf("%s: got\n%swant\n%s", c.name, got, c.want)
		}
	}
}

func TestRenderCounts(t *testing.T) {
	fault, warning := model.Problem{At: at(1, 1), What: "x"}, model.Problem{At: at(1, 1), What: "y", Severity: model.Warning}
	for _, c := range []struct {
		want string
		ps   []model.Problem
	}{
		{"", nil},
		{"1 error in shop.yaml\n", []model.Problem{fault}},
		{"2 warnings in shop.yaml\n", []model.Problem{warning, warning}},
		{"2 errors and 1 warning in shop.yaml\n", []model.Problem{fault, warning, fault}},
	} {
		if got := rendered(t, "a: b\n", false, c.ps...); !strings.HasSuffix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%d problems: %q", len(c.ps), got)
		}
	}
}

// A long line is cut around the place, which stays under the mark.
func TestRenderCutsLongLines(t *testing.T) {
	line := strings.Repeat("é", 300) + "HERE" + strings.Repeat("ü", 300)
	for _, column := range []int{1, 51, 301, 604} {
		got := strings.Split(rendered(t, line, false, model.Problem{At: at(1, column), What: "x"}), "\n")
		text, mark := []rune(got[1]), []rune(got[2])
		if len(text) > 130 {
			t.Errorf("column %d: %d characters", column, len(text))
		}
		if want := []rune(line)[column-1]; text[len(mark)-1] != want {
			t.Errorf("column %d: the mark is under %q, not %q", column, text[len(mark)-1], want)
		}
	}
}

// What a file holds must not reach the terminal as commands.
func TestRenderKeepsControlCharactersBack(t *testing.T) {
	evil := "a\x1b[2J\u009b31m\u202eb"
	p := model.Problem{At: model.Pos{File: evil, Line: 1, Column: 2}, What: evil, Hint: evil, Width: 3}
	if got := rendered(t, evil+"\n", false, p); strings.ContainsAny(got, "\x1b\u009b\u202e") {
		t.Errorf("%q", got)
	}
}

func TestRenderColorsOnlyWhenAsked(t *testing.T) {
	p := model.Problem{At: at(1, 1), What: "x", Hint: "y"}
	plain, colored := rendered(t, "a: b\n", false, p), rendered(t, "a: b\n", true, p)
	if strings.Contains(plain, "\x1b") || !strings.Contains(colored, "\x1b[1;31merror:\x1b[0m") {
		t.Errorf("%q %q", plain, colored)
	}
	for _, code := range []string{bold, red, "0"} {
		colored = strings.ReplaceAll(colored, "\x1b["+code+"m", "")
	}
	if colored != plain {
		t.Errorf("colours change the text: %q", colored)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestRenderPassesErrorsOn(t *testing.T) {
	if err := renderOne(full{}, model.Problems{{What: "x"}}, nil, false); err == nil {
		t.Error("an error of the writer was lost")
	}
}

// However many problems there are, and however long, what a terminal gets is bounded, and errors come
// before warnings.
func TestRenderIsBounded(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	var ps []model.Problem
	for range 20_000 {
		ps = append(ps, model.Problem{At: at(1, 1), What: long, Hint: long, Severity: model.Warning, Width: 1 << 30})
	}
	ps = append(ps, model.Problem{At: at(1, 1), What: "the one that matters"}, model.Problem{At: at(1, 1), What: long})
	got := rendered(t, long, false, ps...)
	if len(got) > 2_000*mostShown {
		t.Errorf("%d bytes", len(got))
	}
	for _, want := range []string{"error: the one that matters", "… and 19501 warnings not shown", "2 errors and 20000 warnings in shop.yaml"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q", want)
		}
	}
	faults := make([]model.Problem, 5_000)
	for i := range faults {
		faults[i].What = "wrong"
	}
	if got := rendered(t, "", false, faults...); !strings.Contains(got, "… and 4499 errors not shown") {
		t.Error(got[len(got)-100:])
	}
}
