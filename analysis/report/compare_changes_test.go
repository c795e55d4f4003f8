package report

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// A list of edits rebuilds both texts, and is as short as the longest common subsequence allows.
func TestEditsRebuildBothTexts(t *testing.T) {
	const seed = 7
	r := rand.New(rand.NewPCG(seed, 1))
	text := func() (list []string) {
		for range r.IntN(14) {
			list = append(list, string(rune('a'+r.IntN(4))))
		}
		return list
	}
	for n := range 3000 {
		a, b := text(), text()
		var left, right []string
		edits := 0
		for _, l := range aligned(a, b) {
			if l.Old > 0 {
				left = append(left, a[l.Old-1])
			}
			if l.New > 0 {
				right = append(right, b[l.New-1])
			}
			if l.Kind != "" {
				edits++
			} else if a[l.Old-1] != b[l.New-1] {
				t.Fatalf("seed %d, case %d: lines %d and %d are not the same", seed, n, l.Old, l.New)
			}
		}
		if !slices.Equal(left, a) || !slices.Equal(right, b) {
			t.Fatalf("seed %d, case %d: %q against %q gives %q and %q", seed, n, a, b, left, right)
		}
		if want := len(a) + len(b) - 2*common(a, b); edits != want {
			t.Fatalf("seed %d, case %d: %q against %q takes %d edits, got %d", seed, n, a, b, want, edits)
		}
	}
}

// common is the length of the longest common subsequence, from its definition.
func common(a, b []string) int {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	table := make([][]int, len(a)+1)
	for i := range table {
		table[i] = make([]int, len(b)+1)
	}
	for i := range a {
		for j := range b {
			table[i+1][j+1] = max(table[i][j+1], table[i+1][j])
			if a[i] == b[j] {
				table[i+1][j+1] = table[i][j] + 1
			}
		}
	}
	return table[len(a)][len(b)]
}

func TestChangesShowWhatIsNearby(t *testing.T) {
	var a, b string
	for i := range 40 {
		line := fmt.Sprintf("line %d\n", i+1)
		a += line
		if i != 19 {
			b += line
		}
		if i == 34 {
			b += "new\n"
		}
	}
	list, more := changed(a, b)
	got := ""
	for _, l := range list {
		got += fmt.Sprintf("%s|%d|%d|%s\n", l.Sign, l.Old, l.New, l.Text)
	}
	want := "|17|17|line 17\n|18|18|line 18\n|19|19|line 19\n−|20|0|line 20\n|21|20|line 21\n|22|21|line 22\n|23|22|line 23\n" +
		"⋯|0|0|\n|33|32|line 33\n|34|33|line 34\n|35|34|line 35\n+|0|35|new\n|36|36|line 36\n|37|37|line 37\n|38|38|line 38\n"
	if got != want || more != 0 {
		t.Errorf("got %d more and\n%s", more, got)
	}
	if list, _ := changed(a, a+"\n"); len(list) != nearby+1 || list[nearby].Kind != "added" { // an empty line is a line
		t.Errorf("an empty line at the end gives %v", list)
	}
	if list, _ := changed("x\r\ny\r\n", "x\ny"); list != nil {
		t.Errorf("ends of lines count: %v", list)
	}
}

// Two long files with nothing in common are shown without hours of search.
func TestChangesOfStrangers(t *testing.T) {
	var a, b string
	for i := range 20_000 {
		a += fmt.Sprintf("a%d\n", i)
		b += fmt.Sprintf("b%d\n", i)
	}
	list, more := changed(a, b)
	if len(list) != mostLines || more != 40_000-mostLines {
		t.Errorf("%d lines and %d more", len(list), more)
	}
}

func TestSettingChanges(t *testing.T) {
	rows := settingChanges([]Setting{{"a", "1s", "file"}, {"b", "2s", "default"}, {"c", "3s", "file"}},
		[]Setting{{"a", "1s", "default"}, {"b", "5s", "file"}, {"d", "4s", "file"}})
	got := ""
	for _, r := range rows {
		got += r[0].Text + " " + r[1].Text + " " + r[2].Text + "\n"
	}
	if want := "b 2s 5s\nc 3s –\nd – 4s\n"; got != want {
		t.Errorf("got %q", got)
	}
}
