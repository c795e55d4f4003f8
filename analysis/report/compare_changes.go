package report

import (
	"fmt"
	"slices"
	"strings"
)

// changes is what another file has instead of the first, line by line.
type changes struct {
	Caption string
	Closed  bool
	Lines   []changeLine
	More    string
}

// changeLine is a line of one file or of both. Kind is for the style sheet, and said to those who cannot see it.
type changeLine struct {
	Kind, Sign, Text string
	Old, New         int // numbers of the line; 0 = it is not in that file
}

const (
	nearby    = 3    // lines around a change
	mostLines = 600  // of a change that are shown
	mostWork  = 1000 // insertions and deletions beyond which two files are taken for different altogether
	mostWidth = 400  // characters of a line
)

// changed lists what differs between two texts, with lines around it.
func changed(a, b string) (list []changeLine, more int) {
	all := aligned(lines(a), lines(b))
	keep := make([]bool, len(all))
	for i, l := range all {
		if l.Kind == "" {
			continue
		}
		for k := max(0, i-nearby); k < min(len(all), i+nearby+1); k++ {
			keep[k] = true
		}
	}
	skipped := false
	for i, l := range all {
		switch {
		case !keep[i]:
			skipped = true
			continue
		case len(list) >= mostLines:
			more++
			continue
		}
		if skipped && len(list) > 0 {
			list = append(list, changeLine{Kind: "gap", Sign: "⋯"})
		}
		skipped = false
		l.Text = clip(l.Text, mostWidth)
		list = append(list, l)
	}
	return list, more
}

// lines splits a text, without an empty one at its end.
func lines(text string) []string {
	text = strings.TrimSuffix(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// aligned merges two lists of lines with as few insertions and deletions as possible (Myers 1986, greedy).
func aligned(a, b []string) (out []changeLine) {
	head := 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	same := func(i, j int) changeLine { return changeLine{Text: a[i], Old: i + 1, New: j + 1} }
	for i := range head {
		out = append(out, same(i, i))
	}
	for _, s := range script(a[head:len(a)-tail], b[head:len(b)-tail]) {
		i, j := s.i+head, s.j+head
		switch s.kind {
		case 'd':
			out = append(out, changeLine{"removed", "−", a[i], i + 1, 0})
		case 'i':
			out = append(out, changeLine{"added", "+", b[j], 0, j + 1})
		default:
			out = append(out, same(i, j))
		}
	}
	for k := tail; k > 0; k-- {
		out = append(out, same(len(a)-k, len(b)-k))
	}
	return out
}

// edit is a step from one list to another: d deletes a[i], i inserts b[j], anything else keeps a[i] = b[j].
type edit struct {
	kind byte
	i, j int
}

// furthest is how far into a one gets on each diagonal i − j; the middle of the slice is diagonal 0.
type furthest []int

func (f furthest) at(k int) *int { return &f[len(f)/2+k] }

// from is the diagonal by which diagonal k is entered in round d: the one that gets further.
func (f furthest) from(d, k int) int {
	if k == -d || k != d && *f.at(k - 1) < *f.at(k + 1) {
		return k + 1
	}
	return k - 1
}

// script finds the shortest list of edits, or gives up and replaces everything.
func script(a, b []string) (list []edit) {
	most := min(len(a)+len(b), mostWork)
	reach := make(furthest, 2*most+3)
	var past []furthest // as it was before each round
	for d := 0; d <= most; d++ {
		past = append(past, slices.Clone(reach[most-d:most+d+3]))
		for k := -d; k <= d; k += 2 {
			entry := reach.from(d, k)
			i := *reach.at(entry)
			if entry < k {
				i++
			}
			for i < len(a) && i-k < len(b) && a[i] == b[i-k] {
				i++
			}
			*reach.at(k) = i
			if i >= len(a) && i-k >= len(b) {
				return walkBack(past, len(a), len(b))
			}
		}
	}
	for i := range a {
		list = append(list, edit{'d', i, 0})
	}
	for j := range b {
		list = append(list, edit{'i', len(a), j})
	}
	return list
}

// walkBack reads the edits off what each round had reached, from the last to the first.
func walkBack(past []furthest, i, j int) (list []edit) {
	for d := len(past) - 1; d >= 0; d-- {
		entry := past[d].from(d, i-j)
		pi := *past[d].at(entry)
		pj := pi - entry
		for i > pi && j > pj {
			i, j = i-1, j-1
			list = append(list, edit{'s', i, j})
		}
		if d == 0 {
			break
		}
		kind := byte('d')
		if i == pi {
			kind = 'i'
		}
		i, j = pi, pj
		list = append(list, edit{kind, i, j})
	}
	slices.Reverse(list)
	return list
}

// settingChanges are the values in effect that differ, by their path.
func settingChanges(a, b []Setting) (rows [][]Cell) {
	other := map[string]Setting{}
	for _, s := range b {
		other[s.Path] = s
	}
	seen := map[string]bool{}
	for _, s := range a {
		seen[s.Path] = true
		o, there := other[s.Path]
		switch {
		case !there:
			rows = append(rows, cells(s.Path, s.Value, dash))
		case o.Value != s.Value:
			rows = append(rows, cells(s.Path, s.Value, o.Value))
		}
	}
	for _, s := range b {
		if !seen[s.Path] {
			rows = append(rows, cells(s.Path, dash, s.Value))
		}
	}
	return rows
}

// changeBlocks show what one design has instead of the first.
func changeBlocks(first, other *Input) (list []block) {
	rows := settingChanges(first.Settings, other.Settings)
	if len(rows) > 0 {
		all := &Table{Head: []string{"setting", first.Name, other.Name}, Rows: rows, Rest: "the files"}
		short := all.cut(pageRows)
		list = append(list, block{Table: &pageTable{Caption: fmt.Sprintf("Values in effect: %s against %s (%s)", other.Name, first.Name, counted(len(rows), "difference")),
			Closed: len(rows) > openRows, Head: all.Head, Left: 3, Rows: short.Rows, Note: short.Note}})
	}
	text, more := changed(string(first.Text), string(other.Text))
	if len(text) == 0 {
		return append(list, block{Text: fmt.Sprintf("The files of %s and %s are the same.", first.Name, other.Name)})
	}
	added, removed := 0, 0
	for _, l := range text {
		switch l.Kind {
		case "added":
			added++
		case "removed":
			removed++
		}
	}
	c := &changes{Caption: fmt.Sprintf("The file: %s removed from %s, %s added in %s", counted(removed, "line"), first.Name, counted(added, "line"), other.Name),
		Closed: len(text) > 2*openRows, Lines: text}
	if more > 0 {
		c.More = fmt.Sprintf("… %s more lines", grouped(more))
	}
	return append(list, block{Changes: c})
}
