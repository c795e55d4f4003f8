package report

import (
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/analysis"
)

// SweepText writes a sweep for a terminal.
func SweepText(w io.Writer, d *Sweep, style TextStyle) error {
	t := newTypist(w, style)
	if len(d.Found.Points) < d.Planned {
		t.interrupted(len(d.Found.Points), d.Planned, "points")
	}
	t.tables(d.Tables)
	t.conclude(d.notes(), d.Warnings, d.Words)
	t.line(d.footing())
	return t.end()
}

// notes explain the columns.
func (d *Sweep) notes() (list []string) {
	if len(d.Found.Points) < 2 {
		return nil
	}
	list = append(list, "change: of the downtime, from that of the first point under the same luck; ~ not to be told apart at 95 % (Holm)")
	if d.Found.Priced() {
		list = append(list, "front: no other point costs at most as much, downtime aside, and is down at most as long")
	}
	return list
}

type jsonFigure struct {
	Metric  string     `json:"metric"`
	Stat    string     `json:"statistic"`
	Scope   string     `json:"scope"`
	Target  string     `json:"target"`
	Unit    string     `json:"unit"`
	Better  string     `json:"better"`
	Present bool       `json:"present"`
	Value   jsonSwept  `json:"estimate"`
	Against *jsonAside `json:"against_first,omitempty"`
}

type jsonSwept = jsonEstimate

// jsonAside is what the common luck tells of the difference from the first point.
type jsonAside struct {
	Difference jsonEstimate `json:"difference"`
	Relative   jsonEstimate `json:"relative_change"`
	P          value        `json:"p"`
	Holm       value        `json:"p_holm"`
	Finding    string       `json:"finding"`
}

type jsonPoint struct {
	Values   map[string]string `json:"values"`
	Verdict  string            `json:"verdict"` // none without objectives
	Nodes    int               `json:"nodes"`
	Fixed    value             `json:"cost_without_downtime"`
	Best     bool              `json:"best"`
	Front    []string          `json:"on_front_of"`
	Figures  []jsonFigure      `json:"figures"`
	Warnings []string          `json:"warnings"`
}

type jsonSweep struct {
	FormatVersion int            `json:"format_version"`
	Varied        []string       `json:"varied"`
	Planned       int            `json:"planned_points"`
	Provenance    jsonProvenance `json:"provenance"`
	Points        []jsonPoint    `json:"points"`
	Words         []string       `json:"words"`
	Warnings      []string       `json:"warnings"`
}

// SweepJSON writes a sweep with all its figures. Equal input gives equal bytes.
func SweepJSON(w io.Writer, d *Sweep) error {
	out := jsonSweep{FormatVersion: FormatVersion, Planned: d.Planned, Provenance: provenance(&d.Provenance), Points: []jsonPoint{},
		Words: append([]string{}, d.Words...), Warnings: append([]string{}, d.Warnings...)}
	for _, v := range d.Varied {
		out.Varied = append(out.Varied, v.Path)
	}
	best, fronts := d.marks()
	for i := range d.Found.Points {
		p := &d.Found.Points[i]
		row := jsonPoint{Values: map[string]string{}, Verdict: d.verdict(p), Nodes: p.Nodes, Fixed: value(p.Fixed), Best: i == best,
			Front: fronts(i), Warnings: append([]string{}, p.Warnings...)}
		for k, v := range d.Varied {
			row.Values[v.Path] = p.Values[k]
		}
		for k, f := range d.Found.Figures {
			row.Figures = append(row.Figures, figureJSON(f, &p.Sides[k], i == 0))
		}
		out.Points = append(out.Points, row)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func figureJSON(f analysis.SweptFigure, s *analysis.Side, first bool) jsonFigure {
	out := jsonFigure{Metric: f.Metric.Name, Stat: f.Stat, Scope: string(f.Metric.Scope), Target: f.Target, Unit: string(f.Metric.Unit),
		Better: string(f.Metric.Better), Present: s.Present, Value: asJSON("", s.Estimate)}
	if f.Paired && !first {
		out.Against = &jsonAside{asJSON("", s.Difference), asJSON("", s.Relative), value(s.P), value(s.Holm), s.Finding.String()}
	}
	return out
}

// verdict is that on the objectives of a point; none if there are none.
func (d *Sweep) verdict(p *analysis.SweptPoint) string {
	if len(p.Objectives) == 0 {
		return "none"
	}
	return p.Verdict.String()
}

// marks are the best point, −1 if there is none, and the journeys for which a point is on the front.
func (d *Sweep) marks() (best int, fronts func(point int) []string) {
	best = -1
	if len(d.Found.Points) == 0 {
		return best, nil
	}
	if d.promises() {
		best, _ = d.Found.Best()
	}
	on := map[string][]bool{}
	journeys := d.Found.Targets(analysis.Journeys)
	for _, j := range journeys {
		on[j] = d.Found.Front(j)
	}
	return best, func(point int) []string {
		list := []string{}
		for _, j := range journeys {
			if on[j] != nil && on[j][point] {
				list = append(list, j)
			}
		}
		return list
	}
}

// SweepCSV writes a row for each figure of each point. The first columns are the paths of what is varied.
func SweepCSV(w io.Writer, d *Sweep) error {
	var head []string
	for _, v := range d.Varied {
		head = append(head, v.Path)
	}
	s, err := newSheet(w, append(head, "metric", "statistic", "scope", "target", "unit", "value", "low", "high", "bound",
		"difference", "difference_low", "difference_high", "p", "p_holm", "finding", "verdict", "nodes", "cost_without_downtime", "best", "front", "replications", "warnings")...)
	best, fronts := d.marks()
	for i := range d.Found.Points {
		for k := range d.Found.Figures {
			if err == nil {
				err = s.csv.Write(d.row(i, k, i == best, slices.Contains(fronts(i), d.Found.Figures[k].Target)))
			}
		}
	}
	return s.close(err)
}

func (d *Sweep) row(point, figure int, best, front bool) []string {
	p, f := &d.Found.Points[point], &d.Found.Figures[figure]
	s := &p.Sides[figure]
	row := append(slices.Clone(p.Values), f.Metric.Name, f.Stat, string(f.Metric.Scope), f.Target, string(f.Metric.Unit),
		plain(s.Value), plain(s.Low), plain(s.High), strconv.FormatBool(s.Bound))
	if point == 0 || !f.Paired {
		row = append(row, "", "", "", "", "", "")
	} else {
		row = append(row, plain(s.Difference.Value), plain(s.Difference.Low), plain(s.Difference.High), plain(s.P), plain(s.Holm), s.Finding.String())
	}
	return append(row, d.verdict(p), strconv.Itoa(p.Nodes), plain(p.Fixed), strconv.FormatBool(best), strconv.FormatBool(front),
		strconv.Itoa(p.Replications), strings.Join(slices.Concat(s.Warnings, s.Difference.Warnings), "; "))
}
