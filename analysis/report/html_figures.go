package report

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/ftsim/ftsim/analysis"
)

// A chart is drawn for a screen and for a telephone, in points, so that its letters are as large on both.
const (
	wideChart   = 640
	narrowChart = 340
	chartHeight = 270
)

func (d *Document) figures(about topic) (list []figure) {
	if d.Summary.Replications == 0 || len(d.Summary.Users) == 0 {
		return nil
	}
	for _, f := range figures(d) {
		if f.about == about {
			list = append(list, f)
		}
	}
	return list
}

func figureBlock(f figure, data *pageTable) block {
	return block{Figure: laidOut(f.make(), chartHeight, data)}
}

// laidOut draws a picture in both widths. The title stands in the page, where it can be read and found.
func laidOut(p *picture, height float64, data *pageTable) *pageFigure {
	alt := p.title + ". " + p.sub
	return &pageFigure{Title: p.title, Sub: p.sub, Data: data,
		Wide:   template.HTML(p.page(wideChart, height, alt)), // #nosec: the canvas escapes every text
		Narrow: template.HTML(p.page(narrowChart, height, alt))}
}

func numberSection(d *Document) section {
	sum := d.Summary
	s := section{ID: "numbers", Title: "Figures"}
	if sum.Replications == 0 {
		return s
	}
	var cards []card
	for _, j := range sum.Users[:min(maxTracks, len(sum.Users))] {
		cards = append(cards, journeyCard(sum, j))
	}
	s.Blocks = append(s.Blocks, block{Text: "Intervals in brackets hold the true figure of the model with 95 % confidence. Where nothing was seen, a bound stands instead."},
		block{Cards: cards})
	for i := range d.Tables {
		if t := tableBlock(&d.Tables[i]); !isPlaced(&d.Tables[i]) {
			s.Blocks = append(s.Blocks, t)
		}
	}
	return s
}

func isPlaced(t *Table) bool {
	return slices.ContainsFunc(placed, func(title string) bool { return strings.HasPrefix(t.Head[0], title) })
}

func journeyCard(sum *analysis.Summary, j int) card {
	c := card{Name: sum.System.Journeys[j].Name}
	add := func(label, value string) {
		f := fact{Label: label, Value: value}
		if at := strings.IndexByte(value, '['); at > 0 {
			f.Value, f.Interval = value[:at], value[at:]
		}
		c.Facts = append(c.Facts, f)
	}
	add("availability", availability(sum.Get("availability", j).Main()))
	add("downtime a year", spanOf(sum.Get("downtime", j).Main()))
	add("incidents a year", rateOf(sum.Get("incidents", j).Main()))
	add("recovery, median", duration(sum.Get("rto", j).Stat("p50")))
	add("recovery, 95 % within", duration(sum.Get("rto", j).Stat("p95")))
	return c
}

// spanOf is a time with its interval, or its bound.
func spanOf(e analysis.Estimate) string {
	if e.Bound {
		return upper(e, span)
	}
	return duration(e)
}

func rateOf(e analysis.Estimate) string {
	if e.Bound {
		return upper(e, number)
	}
	return bracketed(e, number)
}

func yearSection(d *Document) section {
	s := section{ID: "years", Title: "Downtime per year"}
	for _, f := range d.figures(aboutDowntime) {
		t := quantiles("In numbers: downtime per year")
		for _, j := range firstUsers(d.Summary) {
			t.add(d.Summary.System.Journeys[j].Name, d.Summary.Get("downtime", j), span)
		}
		s.Blocks = append(s.Blocks, figureBlock(f, t))
	}
	return s
}

func recoverySection(d *Document) section {
	s := section{ID: "recovery", Title: "Recovery times"}
	for _, f := range d.figures(aboutRecovery) {
		m := d.Summary.Get("rto", f.target)
		t := quantiles("In numbers: recovery time of an incident")
		t.add(m.Name, m, span)
		if rto := promise(d.Summary, f.target).RTO; rto > 0 {
			t.Note = fmt.Sprintf("RTO %s: met by %s of incidents", rto.Round(), proportion(d.Summary.Get("rto_met", f.target)))
		}
		s.Blocks = append(s.Blocks, figureBlock(f, t))
	}
	return s
}

func lossSection(d *Document) section {
	s := section{ID: "loss", Title: "Data loss", Blocks: d.titled(dataTitle, writesTitle, totalTitle, lostTitle, sourceTitle, countTitle, fromTitle, salvagedTitle, cameBackTitle)}
	for _, f := range d.figures(aboutPoints) {
		s.Blocks = append(s.Blocks, figureBlock(f, nil))
		for i := range d.Tables {
			if d.Tables[i].Head[0] == pointsTitle+"  "+d.Summary.System.Journeys[f.target].Name {
				s.Blocks = append(s.Blocks, tableBlock(&d.Tables[i]))
			}
		}
	}
	for i, f := range d.figures(aboutLoss) {
		if i == maxTracks {
			s.Blocks = append(s.Blocks, block{Text: "More stores lose data; the table has them all."})
			break
		}
		m := d.Summary.Get("loss", f.target)
		t := quantiles("In numbers: writes lost at a recovery that lost some, in seconds")
		t.add(m.Name, m, span)
		if met := d.Summary.Get("rpo_met", f.target); met != nil {
			t.Note = fmt.Sprintf("RPO %s: met by %s of recoveries", span(smallestRPO(d.Summary, f.target)), proportion(met))
		}
		s.Blocks = append(s.Blocks, figureBlock(f, t))
	}
	return s
}

// quantiles is an empty table for distributions.
func quantiles(caption string) *pageTable {
	return &pageTable{Caption: caption, Closed: true, Left: 1,
		Head: []string{"", "values", "mean [95 %]", "p50 [95 %]", "p90 [95 %]", "p95 [95 %]", "p99 [95 %]", "greatest seen"}}
}

func (t *pageTable) add(name string, m *analysis.Measured, write func(float64) string) {
	row := []string{name, grouped(len(m.Values))}
	for _, stat := range []string{"mean", "p50", "p90", "p95", "p99"} {
		row = append(row, bracketed(m.Stat(stat), write))
	}
	t.Rows = append(t.Rows, cells(append(row, write(m.Stat("max").Value))...))
}

// curveRows is about how many times the table of a curve has.
const curveRows = 16

func curveSection(d *Document) section {
	s := section{ID: "time", Title: "Availability over time"}
	for _, f := range d.figures(aboutCurve) {
		t := &pageTable{Caption: "In numbers: availability over time", Closed: true, Left: 1, Head: []string{"after", "at that moment [95 %]", "on average until then [95 %]"}}
		curve := d.Curves.Curve(slices.Index(d.Curves.Journeys, f.target))
		for i, x := range curve {
			if i%(len(curve)/curveRows+1) == 0 || i == len(curve)-1 {
				t.Rows = append(t.Rows, cells(spoken(float64(x.At)), availability(x.Now), availability(x.UpTo)))
			}
		}
		s.Blocks = append(s.Blocks, figureBlock(f, t))
	}
	return s
}
