package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// TextStyle is what the place where text goes can show.
type TextStyle struct {
	Color bool
	Width int // columns; 0 = as many as needed
}

// maxDefaults is how many assumed values are listed.
const maxDefaults = 10

// Text writes the report for a terminal.
func Text(w io.Writer, d *Document, style TextStyle) error {
	t := newTypist(w, style)
	if d.Provenance.Interrupted {
		t.interrupted(d.Provenance.Runs, d.Provenance.Planned, "replications")
	}
	t.tables(d.Tables)
	t.defaults(d)
	t.list("WARNINGS", d.Warnings, Doubt)
	t.list("NOT INCLUDED", d.LeftOut, Faint)
	for _, e := range d.extents() {
		if !e.whole() {
			t.line(paint(Faint, e.String(), style))
		}
	}
	t.line(footer(d))
	return t.end()
}

type typist struct {
	w     *bufio.Writer
	style TextStyle
	err   error
}

func newTypist(w io.Writer, style TextStyle) *typist {
	return &typist{w: bufio.NewWriter(w), style: style}
}

// end gives the first error there was.
func (t *typist) end() error {
	if t.err != nil {
		return t.err
	}
	return t.w.Flush()
}

// interrupted says first that not all was done.
func (t *typist) interrupted(done, planned int, what string) {
	t.line(paint(Doubt, fmt.Sprintf("Interrupted after %s of %s %s.", grouped(done), grouped(planned), what), t.style))
	t.line("")
}

func (t *typist) tables(list []Table) {
	for i := range list {
		t.table(&list[i])
		t.line("")
	}
}

// conclude ends what holds designs against each other: with sentences.
func (t *typist) conclude(notes, warnings, words []string) {
	t.list("NOTES", notes, Faint)
	t.list("WARNINGS", warnings, Doubt)
	for _, s := range words {
		t.line(t.heading(s))
	}
}

func (t *typist) line(s string) {
	if t.err == nil {
		_, t.err = t.w.WriteString(strings.TrimRight(s, " ") + "\n")
	}
}

const (
	bold  = "\x1b[1m"
	reset = "\x1b[0m"
)

var paints = [...]string{Plain: "", Good: "\x1b[32m", Bad: "\x1b[31m", Doubt: "\x1b[33m", Faint: "\x1b[2m"}

func paint(tone Tone, s string, style TextStyle) string {
	if !style.Color || tone == Plain || s == "" {
		return s
	}
	return paints[tone] + s + reset
}

func (t *typist) heading(s string) string {
	if t.style.Color && s != "" {
		return bold + s + reset
	}
	return s
}

// cut is a table with its first rows, and a note about the others. Zero cuts nothing.
func (t *Table) cut(most int) *Table {
	if most == 0 || len(t.Rows) <= most {
		return t
	}
	short := *t
	short.Rows = t.Rows[:most]
	short.Note = fmt.Sprintf("… %s more in %s", grouped(len(t.Rows)-most), t.Rest)
	return &short
}

// table sets columns two spaces apart. A title longer than its column's cells widens it.
func (t *typist) table(whole *Table) {
	tb := whole.cut(whole.Most)
	widths := t.widths(tb)
	var b strings.Builder
	for c, h := range tb.Head {
		b.WriteString(pad(h, widths[c], c < tb.Left, t.heading))
	}
	t.line(b.String())
	for _, row := range tb.Rows {
		b.Reset()
		for c, cell := range row {
			paintCell := func(s string) string { return paint(cell.Tone, s, t.style) }
			b.WriteString(pad(clip(cell.Text, widths[c]), widths[c], c < tb.Left, paintCell))
		}
		t.line(b.String())
	}
	if tb.Note != "" {
		t.line(paint(Faint, tb.Note, t.style))
	}
}

// widths are those of the widest cells; if the line is too long, the first column gives way.
func (t *typist) widths(tb *Table) []int {
	widths := make([]int, len(tb.Head))
	total := 0
	for c, h := range tb.Head {
		widths[c] = utf8.RuneCountInString(h)
		for _, row := range tb.Rows {
			widths[c] = max(widths[c], utf8.RuneCountInString(row[c].Text))
		}
		total += widths[c] + 2
	}
	least := utf8.RuneCountInString(tb.Head[0])
	if over := total - 2 - t.style.Width; t.style.Width > 0 && over > 0 {
		widths[0] = max(least, 12, widths[0]-over)
	}
	return widths
}

// pad fills s to a width plus the gap; decorate must not change the visible width.
func pad(s string, width int, left bool, decorate func(string) string) string {
	fill := strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
	if left {
		return decorate(s) + fill + "  "
	}
	return fill + decorate(s) + "  "
}

func clip(s string, width int) string {
	if r := []rune(s); len(r) > width && width > 1 {
		return string(r[:width-1]) + "…"
	}
	return s
}

func (t *typist) defaults(d *Document) {
	var assumed []Setting
	for _, s := range d.Provenance.Settings {
		if strings.HasPrefix(s.Source, "default") {
			assumed = append(assumed, s)
		}
	}
	if len(assumed) == 0 {
		return
	}
	tb := Table{Head: []string{"ASSUMED", "", ""}, Left: 3}
	for i, s := range assumed {
		if i == maxDefaults {
			tb.Note = fmt.Sprintf("… %d more: ftsim explain %s", len(assumed)-maxDefaults, d.Provenance.InputName)
			break
		}
		row := cells(s.Path, s.Value, s.Source)
		row[2].Tone = Faint
		tb.Rows = append(tb.Rows, row)
	}
	t.table(&tb)
	t.line("")
}

func (t *typist) list(title string, items []string, tone Tone) {
	if len(items) == 0 {
		return
	}
	t.line(t.heading(title))
	for i, s := range items {
		if i == maxRows {
			t.line(fmt.Sprintf("… %d more in summary.json", len(items)-maxRows))
			break
		}
		t.line(paint(tone, s, t.style))
	}
	t.line("")
}

// footer is the line to quote: how the figures came about and where they are.
func footer(d *Document) string {
	p := &d.Provenance
	s := fmt.Sprintf("seed %d · %s × %s", p.Seed, grouped(p.Runs), p.Horizon.Round())
	if d.Summary.Plan.SteadyState {
		s += " · steady-state start"
	}
	s += p.Stop.footnote()
	if p.OutDir != "" {
		s += " · results in " + p.OutDir
	}
	if p.Next != "" {
		s += " · next: " + p.Next
	}
	return s
}
