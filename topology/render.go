package topology

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// mostShown is how many problems a person is asked to look at, and mostSaid how many characters of a
// message and of a hint, whoever made them.
const (
	mostShown = mostProblems + 1
	mostSaid  = 600
)

// Sources are texts by the names that problems have for them.
type Sources map[string][]byte

// Render writes problems for a person: the message, the line it is about, and a mark below the place. Of
// very many, the first are shown, warnings only where errors leave room.
func (s Sources) Render(w io.Writer, ps model.Problems, color bool) error {
	v := view{sources: s, lines: map[string][]string{}, color: color}
	shown := foremost(ps)
	for i := range shown {
		v.problem(&shown[i])
	}
	if more := len(ps) - len(shown); more > 0 {
		fmt.Fprintf(&v.out, "… and %s not shown\n", tally(more-len(ps.Warnings())+len(shown.Warnings()), len(ps.Warnings())-len(shown.Warnings())))
	}
	if line := tally(len(ps.Faults()), len(ps.Warnings())); line != "" {
		switch len(v.files) {
		case 0:
		case 1:
			line += " in " + printable(v.files[0])
		default:
			line += " in " + itoa(len(v.files)) + " files"
		}
		v.out.WriteString(line + "\n")
	}
	_, err := io.WriteString(w, v.out.String())
	return err
}

// foremost picks what is shown, in order.
func foremost(ps model.Problems) model.Problems {
	if len(ps) <= mostShown {
		return ps
	}
	room := mostShown - min(mostShown, len(ps.Faults())) // for warnings
	var out model.Problems
	for _, p := range ps {
		switch {
		case len(out) == mostShown:
			return out
		case p.Severity == model.Fault:
			out = append(out, p)
		case room > 0:
			out, room = append(out, p), room-1
		}
	}
	return out
}

// view is a rendering in progress.
type view struct {
	out     strings.Builder
	sources Sources
	lines   map[string][]string // of the sources that were shown
	files   []string            // that problems are in
	color   bool
}

// linesOf are those of a file; none of a preset, or of what nobody knows.
func (v *view) linesOf(file string) []string {
	lines, done := v.lines[file]
	if !done {
		lines = splitLines(v.sources[file])
		v.lines[file] = lines
	}
	return lines
}

// Colours of a terminal.
const (
	bold   = "1"
	red    = "1;31"
	yellow = "1;33"
)

func (v *view) paint(code, s string) string {
	if !v.color {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (v *view) problem(p *model.Problem) {
	word, code := "error", red
	if p.Severity == model.Warning {
		word, code = "warning", yellow
	}
	if at := p.At.String(); at != "" {
		v.out.WriteString(v.paint(bold, printable(at)+":") + " ")
	}
	v.out.WriteString(v.paint(code, word+":") + " " + printable(p.What) + "\n")
	preset := strings.HasPrefix(p.At.File, presetPrefix)
	if p.At.File != "" && !preset && !slices.Contains(v.files, p.At.File) {
		v.files = append(v.files, p.At.File)
	}
	switch lines := v.linesOf(p.At.File); {
	case !preset && p.At.Line >= 1 && p.At.Line <= len(lines):
		v.excerpt(p, lines[p.At.Line-1], code)
	case p.Hint != "":
		v.out.WriteString("      " + printable(p.Hint) + "\n")
	}
}

// excerpt shows the line of a problem with a mark below its place, and the hint behind the mark.
func (v *view) excerpt(p *model.Problem, line, code string) {
	text, column := excerpt(line, p.At.Column)
	width := max(1, min(p.Width, len([]rune(text))-column+1))
	mark := strings.Repeat(" ", column-1) + v.paint(code, strings.Repeat("^", width))
	if p.Hint != "" {
		mark += " " + printable(p.Hint)
	}
	fmt.Fprintf(&v.out, "%5d |  %s\n      |  %s\n", p.At.Line, text, mark)
}

func tally(faults, warnings int) string {
	var parts []string
	for _, c := range []struct {
		n    int
		word string
	}{{faults, "error"}, {warnings, "warning"}} {
		switch {
		case c.n == 1:
			parts = append(parts, "1 "+c.word)
		case c.n > 1:
			parts = append(parts, fmt.Sprintf("%d %ss", c.n, c.word))
		}
	}
	return strings.Join(parts, " and ")
}

func splitLines(source []byte) []string {
	if len(source) == 0 {
		return nil
	}
	return strings.Split(string(source), "\n")
}

// printable keeps control characters of a file off a terminal.
func printable(s string) string {
	if len(s) > 4*mostSaid { // bytes
		s = s[:4*mostSaid]
	}
	if r := []rune(s); len(r) > mostSaid {
		s = string(r[:mostSaid]) + "…"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u202e' {
			return ' '
		}
		return r
	}, s)
}

// excerpt is the part of a line around a column, and the column within it.
func excerpt(line string, column int) (string, int) {
	const most, before = 110, 50
	line, column, cut := window(line, max(1, column), 2*most)
	r := []rune(printable(strings.TrimSuffix(line, "\r")))
	column = min(column, len(r)+1)
	from := max(0, min(column-1-before, len(r)-most))
	text := string(r[from:min(len(r), from+most)])
	if from > 0 || cut {
		return "…" + text, column - from + 1
	}
	return text, column
}

// window keeps a number of characters on either side of a column, since a line may be megabytes long and
// have hundreds of problems. Cut tells that there is more to the left.
func window(line string, column, around int) (part string, at int, cut bool) {
	first, start, end, n := max(0, column-1-around), 0, len(line), 0
	for i := range line {
		if n == first {
			start = i
		}
		if n == column+around {
			end = i
			break
		}
		n++
	}
	if n < first {
		return "", 1, true // the column is far behind the end of the line
	}
	return line[start:end], column - first, first > 0
}
