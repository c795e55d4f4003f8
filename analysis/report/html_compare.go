package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/ftsim/ftsim/analysis"
)

// ComparedHTMLFile is the name of the page of a comparison in a results folder.
const ComparedHTMLFile = "compare.html"

// ComparedHTML writes a comparison as one page that needs nothing else, as HTML does a report. Equal input
// gives equal bytes.
func ComparedHTML(w io.Writer, d *Compared) error {
	p := &page{Kind: "ftsim comparison", Title: d.title(), Foot: d.foot()}
	p.Lead, p.Tone = d.lead()
	return p.write(w, d.designSection(), d.differenceSection(), d.yearSection(), d.costSection(), d.changeSection(), d.warningSection(),
		d.provenanceSection(), d.glossarySection())
}

// title names the designs: today against faster and cheaper.
func (d *Compared) title() string {
	var others []string
	for _, g := range d.Standing.Designs[1:] {
		others = append(others, g.Name)
	}
	s := strings.Join(others, ", ")
	if n := len(others) - 1; n > 0 {
		s = strings.Join(others[:n], ", ") + " and " + others[n]
	}
	return d.Standing.Designs[0].Name + " against " + s
}

func (d *Compared) foot() string {
	v := &d.Provenance
	return fmt.Sprintf("ftsim %s · %s · seed %d · %s × %s", v.Version, d.title(), v.Seed, counted(v.Runs, "run"), v.Horizon.Round())
}

// lead is the result in a sentence, or in how many there are.
func (d *Compared) lead() (text, tone string) {
	switch {
	case d.Standing.Replications == 0:
		return "No replication was completed.", "doubt"
	case len(d.Words) == 0:
		return "The designs have nothing in common that could be compared.", "doubt"
	}
	s := d.Words[0]
	return strings.ToUpper(s[:1]) + s[1:], ""
}

// designSection has a card for each design, with its own figures and verdicts.
func (d *Compared) designSection() section {
	s := section{ID: "designs", Title: "The designs"}
	if d.Provenance.Interrupted {
		s.Blocks = append(s.Blocks, block{Tone: "doubt", Text: fmt.Sprintf("Interrupted after %s of %s replications.", grouped(d.Provenance.Runs), grouped(d.Provenance.Planned))})
	}
	if d.Standing.Replications == 0 {
		return s
	}
	if len(d.Words) > 1 { // the first is the lead of the page
		s.Blocks = append(s.Blocks, block{List: d.Words[1:]})
	}
	var cards []card
	for i, sum := range d.Standing.Summaries {
		cards = append(cards, d.designCard(i, sum))
	}
	return section{s.ID, s.Title, append(s.Blocks, block{Cards: cards}, block{Table: d.figureTable()})}
}

func (d *Compared) designCard(i int, sum *analysis.Summary) card {
	c := card{Name: d.Standing.Designs[i].Name}
	if len(sum.Users) > 0 {
		c.Facts = journeyCard(sum, sum.Users[0]).Facts
		c.Facts[0].Label += " of " + brief(sum.System.Journeys[sum.Users[0]].Name)
	}
	if m := sum.Get("cost", 0); m != nil {
		c.Facts = append(c.Facts, fact{Label: "cost a year, downtime included", Value: upper(m.Main(), number) + " " + sum.System.Cost.Currency, Interval: brackets(m.Main(), number)})
	}
	verdict := "none in the file"
	if len(sum.Objectives) > 0 {
		verdict, _ = lead(&Document{Summary: sum})
	}
	c.Facts = append(c.Facts, fact{Label: "objectives", Value: verdict})
	return c
}

func brackets(e analysis.Estimate, write func(float64) string) string {
	if e.Bound || math.IsNaN(e.Value) {
		return ""
	}
	return fmt.Sprintf("[%s, %s]", write(e.Low), write(e.High))
}

// figureTable has a column for each design.
func (d *Compared) figureTable() *pageTable {
	t := &pageTable{Caption: "Side by side", Head: []string{"figure", "of"}, Left: 2}
	for _, g := range d.Standing.Designs {
		t.Head = append(t.Head, g.Name+" [95 %]")
	}
	for k := range d.Standing.Matches {
		c := &d.Standing.Matches[k]
		if idle(c) || c.Detail && !d.Verbose {
			continue
		}
		row := []string{caption(c), c.Target}
		for i := range c.Sides {
			value, around := own(&c.Sides[i], writer(c.Metric))
			row = append(row, strings.TrimSpace(value+" "+around))
		}
		t.Rows = append(t.Rows, cells(row...))
	}
	all := &Table{Rows: t.Rows, Rest: "compare.csv"}
	short := all.cut(pageRows)
	t.Rows, t.Note = short.Rows, short.Note
	return t
}

// differenceSection shows by how much the designs differ from the first: a chart, then tables.
func (d *Compared) differenceSection() section {
	s := section{ID: "differences", Title: "Differences"}
	if d.Standing.Replications == 0 {
		return s
	}
	s.Blocks = append(s.Blocks, block{Text: fmt.Sprintf("Each design against %s, replication by replication under the same luck. Intervals hold the difference of the models with 95 %% confidence.", d.Standing.Designs[0].Name)})
	if p := d.differencePicture(); p != nil {
		s.Blocks = append(s.Blocks, block{Figure: laidOut(p, 60+28*max(3, p.Y.Max), nil)})
	}
	for i := range d.Tables {
		b := tableBlock(&d.Tables[i])
		b.Table.Caption, b.Table.Rows = d.named(d.Tables[i].Head[0]), filled(b.Table.Rows)
		s.Blocks = append(s.Blocks, b)
	}
	if notes := d.notes(); len(notes) > 0 {
		s.Blocks = append(s.Blocks, block{List: notes, Tone: "faint"})
	}
	return s
}

// filled repeats the first cell of a row where the text report leaves it out, for those who hear the page.
func filled(rows [][]Cell) (out [][]Cell) {
	last := ""
	for _, r := range rows {
		r = slices.Clone(r)
		if r[0].Text == "" {
			r[0] = Cell{last, Faint}
		}
		last = r[0].Text
		out = append(out, r)
	}
	return out
}

// named is what a table is about, from its heading in capitals.
func (d *Compared) named(title string) string {
	for k := range d.Standing.Matches {
		if s := caption(&d.Standing.Matches[k]); heading(s) == title {
			return strings.ToUpper(s[:1]) + s[1:]
		}
	}
	return title
}

// yearSection draws the downtime per year of all designs on one scale, for the first journeys.
func (d *Compared) yearSection() section {
	s := section{ID: "years", Title: "Downtime per year"}
	for _, t := range d.journeysEverywhere() {
		data := quantiles("In numbers: downtime per year of " + t.name)
		for i, sum := range d.Standing.Summaries {
			data.add(d.Standing.Designs[i].Name, sum.Get("downtime", t.at[i]), span)
		}
		s.Blocks = append(s.Blocks, block{Figure: laidOut(d.yearPicture(t), chartHeight, data)})
	}
	return s
}

// shared is something that all designs have.
type shared struct {
	name string
	at   []int // its number in each design
}

// journeysEverywhere are the first journeys of users that all designs have.
func (d *Compared) journeysEverywhere() (list []shared) {
	if d.Standing.Replications == 0 {
		return nil
	}
	for _, j := range d.Standing.Summaries[0].Users {
		t := shared{name: d.Standing.Summaries[0].System.Journeys[j].Name}
		for _, sum := range d.Standing.Summaries {
			for _, k := range sum.Users {
				if sum.System.Journeys[k].Name == t.name {
					t.at = append(t.at, k)
					break
				}
			}
		}
		if len(t.at) == len(d.Standing.Summaries) && len(list) < maxDrawn {
			list = append(list, t)
		}
	}
	return list
}

// costSection holds what the designs cost against what they give for it.
func (d *Compared) costSection() section {
	s := section{ID: "cost", Title: "Cost against downtime and data loss"}
	for _, t := range d.trades() {
		data := &pageTable{Caption: "In numbers: " + t.what, Closed: true, Left: 2, Head: []string{"design", "worth its money?", "cost/y", t.label + " [95 %]"}}
		for i := range t.points {
			p := &t.points[i]
			worth := "on the front"
			if by := t.better(i); by >= 0 {
				worth = "no: " + t.points[by].name + " is better and costs no more"
			}
			data.Rows = append(data.Rows, cells(p.name, worth, strings.TrimSpace(number(p.cost)+" "+t.currency), strings.TrimSpace(upper(p.value, t.write)+" "+brackets(p.value, t.write))))
		}
		s.Blocks = append(s.Blocks, block{Figure: laidOut(d.tradePicture(t), chartHeight, data)})
	}
	return s
}

// changeSection tells what each design has instead of the first.
func (d *Compared) changeSection() section {
	s := section{ID: "changes", Title: "What was changed"}
	for i := range d.Inputs[1:] {
		if d.Inputs[0].Text != nil && d.Inputs[i+1].Text != nil {
			s.Blocks = append(s.Blocks, changeBlocks(&d.Inputs[0], &d.Inputs[i+1])...)
		}
	}
	return s
}

func (d *Compared) warningSection() section {
	return section{ID: "warnings", Title: "Warnings", Blocks: cautions(d.Warnings)}
}

func (d *Compared) provenanceSection() section {
	v := &d.Provenance
	t, add := v.origin()
	for _, in := range d.Inputs {
		add("input "+in.Name, in.File)
		add("hash of "+in.Name, in.Hash)
	}
	add("seed", fmt.Sprint(v.Seed))
	add("replications", fmt.Sprintf("%s of %s of each design", grouped(v.Runs), grouped(v.Planned)))
	add("length of each", v.Horizon.Round())
	if v.WarmUp > 0 {
		add("start", "in the long-run state, after a warm-up of "+v.WarmUp.Round())
	}
	return section{ID: "provenance", Title: "Provenance", Blocks: []block{{Table: t}}}
}

// glossarySection is that of a report, with the words of a comparison.
func (d *Compared) glossarySection() section {
	s := glossarySection(&Document{Summary: d.Standing.Summaries[0]})
	terms := slices.DeleteFunc(s.Blocks[0].Terms, func(t term) bool {
		return strings.HasPrefix(t.Name, "Phase") || t.Name == "Exposure" || t.Name == "Initiator" || t.Name == "Failover"
	})
	terms = append(terms, term{"Same luck", "What has the same name in two designs breaks at the same moments in both (common random numbers), so that differences show which would drown in independent runs."},
		term{"p", "How often designs that do not differ would differ as much as seen here, or more. Below 0.05 they are told apart; with several designs, p is corrected for their number (Holm)."},
		term{"Front (Pareto)", "A design is on it if no other costs at most as much and is at most as bad, and better in one of the two."})
	slices.SortFunc(terms, func(a, b term) int { return strings.Compare(a.Name, b.Name) })
	s.Blocks[0].Terms = terms
	return s
}
