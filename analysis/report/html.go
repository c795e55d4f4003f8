package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the style sheet, the script and the template
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// HTMLFile is the name of the page in a results folder.
const HTMLFile = "report.html"

//go:embed html/style.css
var pageStyle string

//go:embed html/script.js
var pageScript string

//go:embed html/page.tmpl
var pageText string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{"whole": whole}).Parse(pageText))

// pageRows is how many rows of a table the page shows, so that a large system still opens.
const pageRows = 200

// openRows is the longest table that needs not be opened to be seen.
const openRows = 40

// page is what the template lays out. Text is escaped there; only pictures come as markup, and escape
// their text themselves.
type page struct {
	Kind       string // of report
	Title      string
	Lead, Tone string
	Style      template.CSS
	Script     template.JS
	ScriptHash string // of the one script that may run
	Sections   []section
	Foot       string
}

type section struct {
	ID, Title string
	Blocks    []block
}

// block is one of these.
type block struct {
	Text      string
	Tone      string
	Cards     []card
	Table     *pageTable
	Figure    *pageFigure
	List      []string
	Incidents []pageIncident
	Changes   *changes
	Places    *place
	Terms     []term
}

// card is a journey or store with its first figures.
type card struct {
	Name  string
	Facts []fact
}

type fact struct{ Label, Value, Interval string }

// pageTable is a table with a caption. Closed ones open on demand.
type pageTable struct {
	Caption string
	Closed  bool
	Alone   bool // its section says what it is; only those who hear the page need the caption
	Head    []string
	Left    int
	Rows    [][]Cell
	Note    string
}

// pageFigure is a chart in two widths, one of which the page shows.
type pageFigure struct {
	Title, Sub   string
	Wide, Narrow template.HTML
	Data         *pageTable // the same in numbers; nil if the tables around it say it
}

type term struct{ Name, Text string }

// Class is the tone of a cell for the style sheet.
func (c Cell) Class() string {
	return [...]string{Plain: "", Good: "good", Bad: "bad", Doubt: "doubt", Faint: "faint"}[c.Tone]
}

// HTML writes the report as one page that needs nothing else: style, script and pictures are in it, and its
// policy forbids the browser to fetch anything. Equal input gives equal bytes.
func HTML(w io.Writer, d *Document) error {
	p := &page{Kind: "ftsim report", Title: d.Summary.System.Name, Foot: newPicture(d).foot}
	p.Lead, p.Tone = lead(d)
	return p.write(w, objectiveSection(d), numberSection(d), uncertainSection(d), causeSection(d), yearSection(d), recoverySection(d),
		lossSection(d), curveSection(d), failoverSection(d), incidentSection(d), topologySection(d), assumptionSection(d),
		warningSection(d), provenanceSection(d), glossarySection(d))
}

// write lays out the sections that have something in them.
func (p *page) write(w io.Writer, sections ...section) error {
	hash := sha256.Sum256([]byte(pageScript))
	p.Style, p.Script = template.CSS(pageStyle), template.JS(pageScript) // #nosec: both are ours
	p.ScriptHash = "sha256-" + base64.StdEncoding.EncodeToString(hash[:])
	for _, s := range sections {
		if len(s.Blocks) == 0 {
			continue
		}
		for i := range s.Blocks {
			if t := s.Blocks[i].Table; t != nil {
				t.Alone = t.Caption == s.Title
			}
		}
		p.Sections = append(p.Sections, s)
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, p); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

// Lead sums up the verdicts in a sentence. Its tone is good, bad, doubt or nothing.
func Lead(d *Document) (text, tone string) { return lead(d) }

func lead(d *Document) (text, tone string) {
	sum := d.Summary
	count := map[analysis.Verdict]int{}
	for i := range sum.Objectives {
		count[sum.Objectives[i].Verdict]++
	}
	n := len(sum.Objectives)
	switch {
	case sum.Replications == 0:
		return "No replication was completed.", "doubt"
	case n == 0:
		return "The file promises nothing; these are the figures.", ""
	case count[analysis.Met] == n:
		text, tone = "All objectives are met.", "good"
		if n == 1 {
			text = "The objective is met."
		}
		return text, tone
	}
	tone = "doubt"
	var parts []string
	if k := count[analysis.Missed]; k > 0 {
		parts, tone = append(parts, fmt.Sprintf("%d missed", k)), "bad"
	}
	if k := count[analysis.Undecided]; k > 0 {
		parts = append(parts, fmt.Sprintf("%d undecided", k))
	}
	if k := count[analysis.Met]; k > 0 {
		parts = append(parts, fmt.Sprintf("%d met", k))
	}
	return "Of " + counted(n, "objective") + ": " + strings.Join(parts, ", ") + ".", tone
}

// titled are the tables of the document whose heading begins with one of the titles.
func (d *Document) titled(titles ...string) (list []block) {
	for i := range d.Tables {
		if slices.ContainsFunc(titles, func(s string) bool { return strings.HasPrefix(d.Tables[i].Head[0], s) }) {
			list = append(list, tableBlock(&d.Tables[i]))
		}
	}
	return list
}

// tableBlock lays out a table of the text report: the first heading becomes a caption.
func tableBlock(t *Table) block {
	short := t.cut(pageRows)
	title, of, _ := strings.Cut(t.Head[0], "  ")
	caption := title[:1] + strings.ToLower(title[1:])
	if of != "" {
		caption += ": " + of
	}
	return block{Table: &pageTable{Caption: caption, Closed: len(t.Rows) > openRows, Head: append([]string{""}, t.Head[1:]...), Left: t.Left, Rows: short.Rows, Note: short.Note}}
}

const (
	objectivesTitle = "OBJECTIVES"
	failoversTitle  = "FAILOVERS"
	causesTitle     = "WHERE THE DOWNTIME COMES FROM"
	phasesTitle     = "BY PHASE"
	dataTitle       = "DATA"
	uncertainTitle  = "UNCERTAIN INPUTS"
	influenceTitle  = "WHICH OF THEM MATTERS"
)

// placed are the tables that have a section of their own; the others are with the figures.
var placed = []string{objectivesTitle, failoversTitle, causesTitle, phasesTitle, dataTitle, writesTitle, totalTitle, lostTitle, sourceTitle, countTitle, fromTitle, salvagedTitle, cameBackTitle, pointsTitle, uncertainTitle, influenceTitle}

func objectiveSection(d *Document) section {
	s := section{ID: "objectives", Title: "Objectives", Blocks: d.titled(objectivesTitle)}
	if len(s.Blocks) == 0 && d.Summary.Replications > 0 {
		s.Blocks = []block{{Text: "The file states no objectives. With “objectives:” in it, this section says which are met, missed or undecided."}}
	}
	if d.Provenance.Interrupted {
		s.Blocks = append([]block{{Tone: "doubt", Text: fmt.Sprintf("Interrupted after %s of %s replications.",
			grouped(d.Provenance.Runs), grouped(d.Provenance.Planned))}}, s.Blocks...)
	}
	return s
}

func uncertainSection(d *Document) section {
	return section{ID: "uncertain", Title: "What is not known of the inputs", Blocks: d.titled(uncertainTitle, influenceTitle)}
}

// causeSection has a chart for each journey, followed by the same in tables.
func causeSection(d *Document) section {
	s := section{ID: "causes", Title: "Where the downtime comes from"}
	for _, f := range d.figures(aboutCauses) {
		name := "  " + d.Summary.System.Journeys[f.target].Name
		s.Blocks = append(s.Blocks, figureBlock(f, nil))
		for i := range d.Tables {
			if h := d.Tables[i].Head[0]; h == causesTitle+name || h == phasesTitle+name {
				s.Blocks = append(s.Blocks, tableBlock(&d.Tables[i]))
			}
		}
	}
	return s
}

func failoverSection(d *Document) section {
	return section{ID: "failovers", Title: "Failovers", Blocks: d.titled(failoversTitle)}
}

func warningSection(d *Document) section {
	s := section{ID: "warnings", Title: "Warnings, and what is left out", Blocks: cautions(d.Warnings)}
	if len(d.LeftOut) > 0 {
		s.Blocks = append(s.Blocks, block{Text: "The figures do not include:"}, block{List: d.LeftOut})
	}
	return s
}

// cautions lists warnings.
func cautions(list []string) []block {
	if len(list) == 0 {
		return nil
	}
	if more := len(list) - pageRows; more > 0 {
		list = append(slices.Clone(list[:pageRows]), fmt.Sprintf("… %s more in summary.json", grouped(more)))
	}
	return []block{{Text: "Read these before you quote a figure:"}, {List: list, Tone: "doubt"}}
}

// origin begins the table of what results come from, and gives what adds a row that has something to say.
func (v *Provenance) origin() (t *pageTable, add func(name, value string)) {
	t = &pageTable{Caption: "What it takes to get the same results again", Head: []string{"", "value"}, Left: 2}
	add = func(name, value string) {
		if value != "" {
			t.Rows = append(t.Rows, cells(name, value))
		}
	}
	add("command", v.Command)
	add("program", strings.TrimSpace("ftsim "+v.Version+" "+v.Commit))
	add("compiled with", v.GoVersion)
	return t, add
}

func provenanceSection(d *Document) section {
	v := &d.Provenance
	t, add := v.origin()
	add("input", v.InputName)
	add("hash of the input", v.InputHash)
	add("seed", fmt.Sprint(v.Seed))
	add("replications", fmt.Sprintf("%s of %s", grouped(v.Runs), grouped(v.Planned)))
	add("length of each", v.Horizon.Round())
	start := "all up"
	if v.WarmUp > 0 {
		start = "in the long-run state, after a warm-up of " + v.WarmUp.Round()
	}
	add("start", start)
	add("end of the run", strings.TrimPrefix(v.Stop.footnote(), " · "))
	for _, e := range d.extents() {
		if !e.whole() {
			add("rows", e.String())
		}
	}
	add("to go on with", v.Next)
	return section{ID: "provenance", Title: "Provenance", Blocks: []block{{Table: t}}}
}

// assumptionSection lists the values in effect by where they come from.
func assumptionSection(d *Document) section {
	s := section{ID: "assumptions", Title: "Assumptions and presets"}
	groups := []struct {
		caption, begins string
		rows            [][]Cell
	}{{"Assumed, because the file does not say", "default", nil}, {"From presets", "preset", nil}, {"From the file and the command", "", nil}}
	for _, v := range d.Provenance.Settings {
		for i := range groups {
			if strings.HasPrefix(v.Source, groups[i].begins) {
				groups[i].rows = append(groups[i].rows, cells(v.Path, v.Value, v.Source))
				break
			}
		}
	}
	if len(d.Presets) > 0 {
		t := &pageTable{Caption: "Presets in use", Head: []string{"", "what it stands for", "source", "version"}, Left: 4}
		for _, p := range d.Presets {
			t.Rows = append(t.Rows, cells(p.Name, p.Help, p.Source, p.Version))
		}
		s.Blocks = append(s.Blocks, block{Table: t})
	}
	for i, g := range groups {
		if len(g.rows) == 0 {
			continue
		}
		all := &Table{Head: []string{"setting", "value", "source"}, Rows: g.rows, Rest: "summary.json"}
		short := all.cut(pageRows)
		s.Blocks = append(s.Blocks, block{Table: &pageTable{Caption: fmt.Sprintf("%s (%s)", g.caption, grouped(len(g.rows))), Closed: i > 0 || len(g.rows) > maxRows,
			Head: all.Head, Left: 3, Rows: short.Rows, Note: short.Note}})
	}
	return s
}

// phasesSeen lists the phases in which anything was ever down.
func phasesSeen(sum *analysis.Summary) (list []model.Phase) {
	for ph := model.Detection; ph < model.NumPhases; ph++ {
		for j := range sum.Blame {
			if slices.ContainsFunc(sum.Blame[j].Phases, func(p analysis.PhaseShare) bool { return p.Phase == ph }) {
				list = append(list, ph)
				break
			}
		}
	}
	return list
}
