package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ftsim/ftsim/analysis"
)

// Varied is a parameter of a sweep.
type Varied struct {
	Path string // services.db.failover.detection.timeout
	Name string // as short as the others allow: timeout
	All  []string
}

// Sweep is a sweep ready to be shown.
type Sweep struct {
	Found      *analysis.Sweep
	Varied     []Varied
	Provenance Provenance // Runs is that of each point
	Planned    int        // points; more than were done if it was interrupted
	Tables     []Table    // one for each journey, then one for the stores
	Words      []string   // the result in sentences
	Warnings   []string
	Art        Artwork // how pictures are written
}

// BuildSweep prepares a sweep for showing. Its points are in the order of the grid, the last parameter
// changing fastest.
func BuildSweep(found *analysis.Sweep, varied []Varied, planned int, prov Provenance) *Sweep {
	d := &Sweep{Found: found, Varied: varied, Planned: planned, Provenance: prov, Warnings: slices.Clone(prov.Warnings)}
	if len(found.Points) == 0 {
		return d
	}
	d.Warnings = append(d.Warnings, d.common()...)
	for _, j := range found.Targets(analysis.Journeys) {
		d.Tables = append(d.Tables, d.journeyTable(j))
	}
	for _, s := range found.Targets(analysis.Stores) {
		if t := d.storeTable(s); t != nil {
			d.Tables = append(d.Tables, *t)
		}
	}
	d.Words = d.words()
	return d
}

// common are the warnings that all points have; those of single points are in the files.
func (d *Sweep) common() (list []string) {
	for _, w := range d.Found.Points[0].Warnings {
		if !slices.ContainsFunc(d.Found.Points, func(p analysis.SweptPoint) bool { return !slices.Contains(p.Warnings, w) }) {
			list = append(list, w)
		}
	}
	return list
}

// column is one of a table of points.
type column struct {
	head string
	left bool
	cell func(p *analysis.SweptPoint, i int) Cell
}

func (d *Sweep) table(title string, columns []column) Table {
	t := Table{Left: len(d.Varied)}
	for _, v := range d.Varied {
		t.Head = append(t.Head, v.Name)
	}
	t.Head[0] = title + "  " + t.Head[0]
	for _, c := range columns {
		t.Head = append(t.Head, c.head)
	}
	for i := range d.Found.Points {
		p := &d.Found.Points[i]
		row := cells(p.Values...)
		for _, c := range columns {
			row = append(row, c.cell(p, i))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// journeyTable holds what users of a journey get at each point against what it costs.
func (d *Sweep) journeyTable(journey string) Table {
	w := d.Found
	front := w.Front(journey)
	side := func(p *analysis.SweptPoint, metric, target string) *analysis.Side {
		return &p.Sides[w.Find(metric, target)]
	}
	columns := []column{
		{"availability [95 %]", false, func(p *analysis.SweptPoint, _ int) Cell {
			return Cell{Text: availability(side(p, "availability", journey).Estimate)}
		}},
		{"down/y [95 %]", false, func(p *analysis.SweptPoint, _ int) Cell {
			return Cell{Text: strings.TrimSpace(strings.Join(both(own(side(p, "downtime", journey), span)), " "))}
		}},
		{"change", false, func(p *analysis.SweptPoint, i int) Cell {
			s := side(p, "downtime", journey)
			if i == 0 {
				return Cell{}
			}
			return Cell{Text: change(s), Tone: tone(analysis.Lower, s.Finding)}
		}},
		{"RTO p95", false, func(p *analysis.SweptPoint, _ int) Cell {
			v, _ := own(side(p, "rto", journey), span)
			return Cell{Text: v}
		}},
	}
	if f := w.Find("cost", w.Points[0].Currency); f >= 0 && w.Priced() {
		columns = append(columns, column{"cost/y" + unitWords(w.Points[0].Currency), false, func(p *analysis.SweptPoint, _ int) Cell {
			v, _ := own(&p.Sides[f], number)
			return Cell{Text: v}
		}})
	} else if d.nodesDiffer() {
		columns = append(columns, column{"nodes", false, func(p *analysis.SweptPoint, _ int) Cell { return Cell{Text: grouped(p.Nodes)} }})
	}
	if d.promises() {
		columns = append(columns, column{"objectives", false, func(p *analysis.SweptPoint, _ int) Cell {
			return Cell{Text: p.Verdict.String(), Tone: map[analysis.Verdict]Tone{analysis.Met: Good, analysis.Missed: Bad, analysis.Undecided: Doubt}[p.Verdict]}
		}})
	}
	if front != nil {
		columns = append(columns, column{"front", false, func(_ *analysis.SweptPoint, i int) Cell {
			return Cell{Text: map[bool]string{true: "•"}[front[i]]}
		}})
	}
	return d.table(journey, columns)
}

func both(a, b string) []string { return []string{a, b} }

// storeTable tells what data is lost at each point; nil if none ever is.
func (d *Sweep) storeTable(store string) *Table {
	w := d.Found
	losses, rpo := w.Find("losses", store), w.Find("rpo", store)
	lossless := true
	for i := range w.Points {
		lossless = lossless && !(w.Points[i].Sides[losses].Observations > 0)
	}
	if lossless {
		return nil
	}
	t := d.table(store, []column{
		{"losses/y [95 %]", false, func(p *analysis.SweptPoint, _ int) Cell {
			return Cell{Text: strings.TrimSpace(strings.Join(both(own(&p.Sides[losses], number)), " "))}
		}},
		{"RPO p95", false, func(p *analysis.SweptPoint, _ int) Cell {
			v, _ := own(&p.Sides[rpo], span)
			return Cell{Text: v}
		}},
	})
	return &t
}

func (d *Sweep) promises() bool { return len(d.Found.Points[0].Objectives) > 0 }

func (d *Sweep) nodesDiffer() bool {
	p := d.Found.Points
	return slices.ContainsFunc(p, func(x analysis.SweptPoint) bool { return x.Nodes != p[0].Nodes })
}

// name is what a point is called in a sentence: timeout 10s, policy hot.
func (d *Sweep) name(point int) string {
	var parts []string
	for i, v := range d.Found.Points[point].Values {
		parts = append(parts, d.Varied[i].Name+" "+v)
	}
	return strings.Join(parts, ", ")
}

// words says which point to take.
func (d *Sweep) words() []string {
	w := d.Found
	if !d.promises() {
		least := 0
		for i := range w.Points {
			if w.Down(i) < w.Down(least) || w.Down(i) == w.Down(least) && w.Price(i) < w.Price(least) {
				least = i
			}
		}
		text := fmt.Sprintf("No objectives are stated; the least downtime, %s a year, is at %s", span(w.Down(least)), d.name(least))
		if rivals := d.rivals(least); rivals > 0 {
			text += fmt.Sprintf(" (its interval overlaps that of %s)", counted(rivals, "other point"))
		}
		return []string{text + "."}
	}
	best, undecided := w.Best()
	return []string{d.bestWords(best) + d.undecidedWords(best, undecided)}
}

// rivals counts the points whose interval of the first journey's downtime overlaps that of a point.
func (d *Sweep) rivals(point int) (n int) {
	f := slices.IndexFunc(d.Found.Figures, func(f analysis.SweptFigure) bool { return f.Metric.Name == "downtime" })
	if f < 0 {
		return 0
	}
	a := d.Found.Points[point].Sides[f]
	for i := range d.Found.Points {
		if b := d.Found.Points[i].Sides[f]; i != point && b.Low <= a.High && a.Low <= b.High {
			n++
		}
	}
	return n
}

func (d *Sweep) bestWords(best int) string {
	w := d.Found
	if best < 0 {
		missed := 0
		for i := range w.Points {
			if w.Points[i].Verdict == analysis.Missed {
				missed++
			}
		}
		if missed == len(w.Points) {
			return "No point meets all objectives: each misses at least one."
		}
		return "No point is known to meet all objectives."
	}
	switch {
	case w.Priced():
		f := w.Find("cost", w.Points[0].Currency)
		value, around := own(&w.Points[best].Sides[f], number)
		return fmt.Sprintf("The cheapest point that meets all objectives is %s: %s %s a year%s.", d.name(best), value, cmp.Or(w.Points[0].Currency, "of cost"),
			map[bool]string{true: " " + around}[around != ""])
	case d.nodesDiffer():
		return fmt.Sprintf("Of the points that meet all objectives, %s needs the fewest nodes: %d.", d.name(best), w.Points[best].Nodes)
	}
	return fmt.Sprintf("Of the points that meet all objectives, %s has the least downtime: %s a year.", d.name(best), span(w.Down(best)))
}

func (d *Sweep) undecidedWords(best int, undecided []int) string {
	if len(undecided) == 0 {
		return ""
	}
	more := math.Inf(1)
	for _, i := range undecided {
		worst := 0.0
		for _, o := range d.Found.Points[i].Objectives {
			if o.Verdict == analysis.Undecided {
				worst = max(worst, o.MoreRuns)
			}
		}
		more = min(more, worst)
	}
	verb := map[bool]string{true: "is", false: "are"}[len(undecided) == 1]
	text := fmt.Sprintf(" %s %s undecided with %s", capital(counted(len(undecided), "point")), verb, counted(d.Provenance.Runs, "run"))
	if best >= 0 {
		text = fmt.Sprintf(" %s %s undecided with %s", counted(len(undecided), "point that would be cheaper"), verb, counted(d.Provenance.Runs, "run"))
		if len(undecided) > 1 {
			text = fmt.Sprintf(" %s points that would be cheaper are undecided with %s", grouped(len(undecided)), counted(d.Provenance.Runs, "run"))
		}
	}
	if len(undecided) == 1 {
		text += " (" + d.name(undecided[0]) + ")"
	}
	if math.IsInf(more, 1) {
		return text + "; they are very close to a target."
	}
	return text + fmt.Sprintf("; %s times as many may decide.", number(more))
}

// footing says how the figures of a sweep came about.
func (d *Sweep) footing() string {
	p := &d.Provenance
	return fmt.Sprintf("seed %d · %s × %s × %s", p.Seed, counted(len(d.Found.Points), "point"), counted(p.Runs, "run"), p.Horizon.Round())
}

// foot is footing for pictures, which are looked at by themselves.
func (d *Sweep) foot() string {
	p := &d.Provenance
	return fmt.Sprintf("ftsim %s · %s · seed %d · %s × %s × %s", p.Version, p.InputName, p.Seed, counted(len(d.Found.Points), "point"), counted(p.Runs, "run"), p.Horizon.Round())
}
