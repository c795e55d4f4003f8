package report

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/ftsim/ftsim/analysis"
)

// Markdown writes the report as tables of GitHub-flavoured Markdown, short enough for a pull request: the verdict,
// the objectives and the journeys are in sight, the rest opens on demand.
func Markdown(w io.Writer, d *Document) error {
	m := &scribe{w: bufio.NewWriter(w)}
	text, _ := lead(d)
	m.line("## ftsim: " + plainText(d.Summary.System.Name))
	m.line("")
	m.line(plainText(text))
	if d.Provenance.Interrupted {
		m.line("")
		m.line(fmt.Sprintf("Interrupted after %s of %s replications.", grouped(d.Provenance.Runs), grouped(d.Provenance.Planned)))
	}
	for i := range d.Tables {
		t := &d.Tables[i]
		m.table(t, t.Head[0] != objectivesTitle && t.Head[0] != "JOURNEYS")
	}
	m.list("Warnings", d.Warnings)
	m.list("Not included", d.LeftOut)
	m.line("")
	m.line(plainText(origin(&d.Provenance, 1)))
	return m.close()
}

// ComparedMarkdown writes a comparison as Markdown. The sentences that sum it up come first.
func ComparedMarkdown(w io.Writer, d *Compared) error {
	m := &scribe{w: bufio.NewWriter(w)}
	m.line("## ftsim: comparison")
	if d.Provenance.Interrupted {
		m.line("")
		m.line(fmt.Sprintf("Interrupted after %s of %s replications.", grouped(d.Provenance.Runs), grouped(d.Provenance.Planned)))
	}
	for _, s := range d.Words {
		m.line("")
		m.line(plainText(s))
	}
	m.comparedVerdicts(d)
	for i := range d.Tables {
		m.table(&d.Tables[i], false)
	}
	m.list("Notes", d.notes())
	m.list("Warnings", d.Warnings)
	m.line("")
	m.line(plainText(origin(&d.Provenance, len(d.Inputs))))
	return m.close()
}

// scribe writes Markdown and remembers the first error.
type scribe struct {
	w   *bufio.Writer
	err error
}

func (m *scribe) line(s string) {
	if m.err == nil {
		_, m.err = m.w.WriteString(s + "\n")
	}
}

func (m *scribe) close() error {
	if m.err != nil {
		return m.err
	}
	return m.w.Flush()
}

// comparedVerdicts has a column for each design and a row for each objective that all of them state.
func (m *scribe) comparedVerdicts(d *Compared) {
	first := d.Standing.Summaries[0].Objectives
	if len(first) == 0 {
		return
	}
	t := Table{Head: []string{objectivesTitle, "", "target"}, Left: 3 + len(d.Inputs)}
	for _, in := range d.Inputs {
		t.Head = append(t.Head, in.Name)
	}
	for i := range first {
		aim, _ := judged(&first[i])
		row := cells(kindLabel(first[i].Kind), first[i].Name, aim)
		for _, sum := range d.Standing.Summaries {
			row = append(row, verdictOn(sum.Objectives, &first[i]))
		}
		t.Rows = append(t.Rows, row)
	}
	m.table(&t, false)
}

// verdictOn finds what became of the same promise in another design.
func verdictOn(list []analysis.Judgement, like *analysis.Judgement) Cell {
	for i := range list {
		j := &list[i]
		if j.Kind == like.Kind && j.Name == like.Name && j.Target == like.Target {
			return Cell{Text: mark(j.Verdict) + " " + j.Verdict.String()}
		}
	}
	return Cell{Text: "not stated"}
}

// table writes a table under its title; a folded one opens on demand.
func (m *scribe) table(t *Table, folded bool) {
	short := t.cut(maxRows)
	title := titleCase(t.Head[0])
	m.line("")
	if folded {
		m.line("<details><summary>" + plainText(title) + "</summary>")
	} else {
		m.line("### " + plainText(title))
	}
	m.line("")
	head, rule := "|", "|"
	for c := range t.Head {
		text := t.Head[c]
		if c == 0 {
			text = ""
		}
		head += " " + plainText(text) + " |"
		if c < t.Left {
			rule += " --- |"
		} else {
			rule += " ---: |"
		}
	}
	m.line(head)
	m.line(rule)
	for _, row := range short.Rows {
		line := "|"
		for _, c := range row {
			line += " " + markdownCell(c) + " |"
		}
		m.line(line)
	}
	if short.Note != "" {
		m.line("")
		m.line(plainText(short.Note))
	}
	if folded {
		m.line("")
		m.line("</details>")
	}
}

// titleCase writes the heading of a table of the text report as other text, but for abbreviations.
func titleCase(heading string) string {
	title, of, _ := strings.Cut(heading, "  ")
	word, rest, _ := strings.Cut(title, " ")
	switch word {
	case "RTO", "RPO", "MTTR":
		title = strings.TrimSpace(word + " " + strings.ToLower(rest))
	default:
		title = title[:1] + strings.ToLower(title[1:])
	}
	if of != "" {
		title += ": " + of
	}
	return title
}

// markdownCell sets off what is bad, because Markdown has no colours.
func markdownCell(c Cell) string {
	s := plainText(c.Text)
	if c.Tone == Bad && s != "" {
		return "**" + s + "**"
	}
	return s
}

func (m *scribe) list(title string, items []string) {
	if len(items) == 0 {
		return
	}
	m.line("")
	m.line("<details><summary>" + fmt.Sprintf("%s (%s)", title, grouped(len(items))) + "</summary>")
	m.line("")
	for i, s := range items {
		if i == maxRows {
			m.line(fmt.Sprintf("- … %s more", grouped(len(items)-maxRows)))
			break
		}
		m.line("- " + plainText(s))
	}
	m.line("")
	m.line("</details>")
}

var (
	// markdownSigns are the characters that mean something in GitHub-flavoured Markdown or in HTML.
	markdownSigns = regexp.MustCompile("[\\\\`*_{}\\[\\]<>|~&$!]")
	// markdownLinks are what GitHub makes links of without being asked: mentions, numbers of issues, addresses.
	markdownLinks = regexp.MustCompile(`@|#|://|(?i:www)\.`)
	spaces        = regexp.MustCompile(`\s+`)
	// markdownBlocks begin a list or a heading where they begin a line.
	markdownBlocks = regexp.MustCompile(`^(\d*)([-+=]|[.)](?:\s|$))`)
)

// plainText writes text so that Markdown shows it as it is: in one line, without markup, links or mentions.
func plainText(s string) string {
	s = spaces.ReplaceAllString(strings.TrimSpace(printable(s)), " ")
	s = markdownSigns.ReplaceAllStringFunc(s, func(sign string) string {
		switch sign {
		case "<":
			return "&lt;"
		case ">":
			return "&gt;"
		case "&":
			return "&amp;"
		}
		return `\` + sign
	})
	s = markdownLinks.ReplaceAllStringFunc(s, func(sign string) string {
		return sign[:1] + "<!-- -->" + sign[1:] // ends a word without being seen
	})
	return markdownBlocks.ReplaceAllString(s, `$1\$2`)
}

// origin says what it takes to get the same results again. Unlike the last line of the text it leaves out where
// the files are, so that equal input gives equal bytes.
func origin(p *Provenance, designs int) string {
	s := fmt.Sprintf("ftsim %s · %s · seed %d · ", p.Version, p.InputName, p.Seed)
	if designs > 1 {
		s += fmt.Sprintf("%d designs × ", designs)
	}
	s += fmt.Sprintf("%s × %s", grouped(p.Runs), p.Horizon.Round())
	if p.WarmUp > 0 {
		s += " · steady-state start"
	}
	return s + p.Stop.footnote()
}
