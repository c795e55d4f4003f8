package topology

import (
	"fmt"
	"io"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// Render writes problems for a person: the message, the line it is about, and a mark below the place.
func Render(w io.Writer, ps model.Problems, source []byte, color bool) error {
	paint := func(code, s string) string {
		if !color {
			return s
		}
		return "\x1b[" + code + "m" + s + "\x1b[0m"
	}
	var out strings.Builder
	lines := splitLines(source)
	file := ""
	for _, p := range ps {
		word, code := "error", "1;31"
		if p.Severity == model.Warning {
			word, code = "warning", "1;33"
		}
		preset := strings.HasPrefix(p.At.File, presetPrefix)
		if p.At.File != "" && !preset {
			file = p.At.File
		}
		if at := p.At.String(); at != "" {
			out.WriteString(paint("1", at+":") + " ")
		}
		out.WriteString(paint(code, word+":") + " " + printable(p.What) + "\n")
		if p.At.Line >= 1 && p.At.Line <= len(lines) && !preset {
			text, column := excerpt(lines[p.At.Line-1], p.At.Column)
			width := max(1, min(p.Width, len([]rune(text))-column+1))
			fmt.Fprintf(&out, "%5d |  %s\n      |  %s%s", p.At.Line, text, strings.Repeat(" ", max(0, column-1)), paint(code, strings.Repeat("^", width)))
			if p.Hint != "" {
				out.WriteString(" " + printable(p.Hint))
			}
			out.WriteString("\n")
		} else if p.Hint != "" {
			out.WriteString("      " + printable(p.Hint) + "\n")
		}
	}
	if line := tally(len(ps.Faults()), len(ps.Warnings())); line != "" {
		if file != "" {
			line += " in " + file
		}
		out.WriteString(line + "\n")
	}
	_, err := io.WriteString(w, out.String())
	return err
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
	r := []rune(printable(strings.TrimSuffix(line, "\r")))
	column = max(1, min(column, len(r)+1))
	if len(r) <= most {
		return string(r), column
	}
	from := max(0, min(column-1-before, len(r)-most))
	text := string(r[from:min(len(r), from+most)])
	if from > 0 {
		return "…" + text, column - from + 1
	}
	return text, column
}
