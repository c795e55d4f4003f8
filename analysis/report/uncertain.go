package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// topUnknowns is how many uncertain parameters the text names for a journey.
const topUnknowns = 8

// AddUncertainty shows what is not known of the inputs, after the objectives. Nil has nothing to show.
func (d *Document) AddUncertainty(u *analysis.Uncertainty) {
	if u == nil || u.Draws() == 0 {
		return
	}
	d.Uncertain = u
	at := 0
	if len(d.Tables) > 0 && len(d.Summary.Objectives) > 0 {
		at = 1
	}
	tables := []Table{notKnown(d, u)}
	for j := range u.Journeys[:min(4, len(u.Journeys))] {
		tables = append(tables, influences(d, u, j))
	}
	d.Tables = slices.Insert(d.Tables, at, tables...)
	for j, journey := range u.Journeys {
		for _, note := range u.Split(j).Notes {
			d.Warnings = append(d.Warnings, "uncertain inputs of "+d.Summary.System.Journeys[journey].Name+": "+note)
		}
	}
	d.Warnings = append(d.Warnings, "inputs are uncertain: intervals count draws, not runs, except those of failovers, which are for chance alone")
}

func notKnown(d *Document, u *analysis.Uncertainty) Table {
	t := Table{Head: []string{"UNCERTAIN INPUTS", "availability, 90 % of draws", "down/y p5 of draws [95 %]", "p95 of draws [95 %]",
		"sd by inputs", "sd by chance", "inputs, of variance [95 %]", "draws that meet it"}, Left: 1}
	promised := false
	for j, journey := range u.Journeys {
		s := u.Split(j)
		keeps := dash
		if b := analysis.ErrorBudget(d.Summary.Plan, journey); b > 0 {
			promised = true
			keeps = ofDraws(u.Within(j, b))
		}
		t.Rows = append(t.Rows, cells(d.Summary.System.Journeys[journey].Name, availabilityBand(&s), bracketed(s.Low, span), bracketed(s.High, span),
			span(s.Not.Value), span(s.Known.Value), bracketed(s.Share, share), keeps))
	}
	if !promised {
		t.Head = t.Head[:7]
		for i := range t.Rows {
			t.Rows[i] = t.Rows[i][:7]
		}
	}
	t.Note = fmt.Sprintf("%s of the parameters, each with runs of its own; sd: standard deviation of a year's downtime", counted(u.Draws(), "draw"))
	return t
}

func availabilityBand(s *analysis.Split) string {
	if math.IsNaN(s.Low.Value) || math.IsNaN(s.High.Value) {
		return dash
	}
	high, low := 1-s.Low.Value/float64(model.Year), 1-s.High.Value/float64(model.Year)
	digits := max(availabilityDigits(low), availabilityDigits(high))
	if high == 1 {
		digits = availabilityDigits(low)
	}
	return plainPercent(low, digits) + " to " + percent(high, digits)
}

// ofDraws writes a share of the draws, or the bound that all or none of them leave.
func ofDraws(e analysis.Estimate) string {
	switch {
	case e.Bound && e.Value == 1:
		return "≥ " + share(e.Low)
	case e.Bound:
		return "≤ " + share(e.High)
	}
	return bracketed(e, share)
}

// bracketed writes an estimate with its interval.
func bracketed(e analysis.Estimate, write func(float64) string) string {
	if math.IsNaN(e.Value) {
		return dash
	}
	return fmt.Sprintf("%s [%s, %s]", write(e.Value), write(e.Low), write(e.High))
}

func influences(d *Document, u *analysis.Uncertainty, j int) Table {
	t := Table{Head: []string{"WHICH OF THEM MATTERS  " + d.Summary.System.Journeys[u.Journeys[j]].Name, "in the file", "drawn, 90 %", "rank correlation with downtime [95 %]"}, Left: 3}
	list := u.Influences(j)
	for i, in := range list {
		if i == topUnknowns && len(list) > topUnknowns+1 {
			t.Note = fmt.Sprintf("… %d more in summary.json", len(list)-topUnknowns)
			break
		}
		p := u.Unknowns[in.Parameter]
		t.Rows = append(t.Rows, cells(p.Name, p.Text, Amount(in.Low, p.Unit)+" to "+Amount(in.High, p.Unit), correlation(in.Rank)))
	}
	return t
}

// correlation writes a correlation; ~ if it is not told from none.
func correlation(e analysis.Estimate) string {
	interval := fmt.Sprintf("[%+.2f, %+.2f]", e.Low, e.High)
	if math.IsNaN(e.Value) || e.Low <= 0 && e.High >= 0 {
		return "~ " + interval
	}
	return fmt.Sprintf("%+.2f %s", e.Value, interval)
}

// Amount writes the value of a parameter in its unit.
func Amount(x float64, unit string) string {
	switch unit {
	case "s":
		return span(x)
	case "1/s":
		return number(x) + "/s"
	}
	return number(x)
}

type jsonUnknown struct {
	Name string    `json:"name"`
	Text string    `json:"in_file"`
	Unit string    `json:"unit,omitempty"`
	Low  value     `json:"p5"`
	High value     `json:"p95"`
	Rank []jsonRho `json:"rank_correlation"`
}

type jsonRho struct {
	Journey string `json:"journey"`
	jsonEstimate
}

type jsonSplit struct {
	Journey string        `json:"journey"`
	Mean    jsonEstimate  `json:"down_s_per_year"`
	Low     jsonEstimate  `json:"p5_of_draws_s_per_year"`
	High    jsonEstimate  `json:"p95_of_draws_s_per_year"`
	Not     jsonEstimate  `json:"sd_not_known_s_per_year"`
	Known   jsonEstimate  `json:"sd_chance_s_per_year"`
	Share   jsonEstimate  `json:"not_known_of_variance"`
	Noise   value         `json:"chance_in_draws"`
	Within  *jsonEstimate `json:"draws_within_objective,omitempty"`
	Notes   []string      `json:"notes,omitempty"`
}

type jsonUncertain struct {
	Draws      int           `json:"draws"`
	Journeys   []jsonSplit   `json:"journeys"`
	Parameters []jsonUnknown `json:"parameters"`
}

func uncertainty(d *Document) *jsonUncertain {
	u := d.Uncertain
	if u == nil {
		return nil
	}
	out := &jsonUncertain{Draws: u.Draws(), Parameters: make([]jsonUnknown, len(u.Unknowns))}
	for j, journey := range u.Journeys {
		s, name := u.Split(j), d.Summary.System.Journeys[journey].Name
		x := jsonSplit{name, asJSON("", s.Mean), asJSON("", s.Low), asJSON("", s.High), asJSON("", s.Not), asJSON("", s.Known),
			asJSON("", s.Share), value(s.Noise), nil, s.Notes}
		if b := analysis.ErrorBudget(d.Summary.Plan, journey); b > 0 {
			within := asJSON("", u.Within(j, b))
			x.Within = &within
		}
		out.Journeys = append(out.Journeys, x)
		for _, in := range u.Influences(j) {
			p := &out.Parameters[in.Parameter]
			known := u.Unknowns[in.Parameter]
			p.Name, p.Text, p.Unit, p.Low, p.High = known.Name, known.Text, known.Unit, value(in.Low), value(in.High)
			p.Rank = append(p.Rank, jsonRho{name, asJSON("", in.Rank)})
		}
	}
	return out
}

// drawsCSV writes a line per draw: the values of the parameters, and the mean downtime of each journey in
// seconds per year with its interval for chance alone.
func drawsCSV(w io.Writer, d *Document) error {
	u := d.Uncertain
	head := []string{"draw", "runs"}
	for _, p := range u.Unknowns {
		name := p.Name
		if p.Unit != "" {
			name += " (" + p.Unit + ")"
		}
		head = append(head, name)
	}
	for _, journey := range u.Journeys {
		name := d.Summary.System.Journeys[journey].Name
		head = append(head, name+" down_s_per_year", name+" low", name+" high")
	}
	s, err := newSheet(w, head...)
	for k := 0; k < u.Draws() && err == nil; k++ {
		row := []string{strconv.Itoa(k), strconv.Itoa(u.MeanOf(0, k).Replications)}
		for p := range u.Unknowns {
			row = append(row, plain(u.Value(k, p)))
		}
		for j := range u.Journeys {
			e := u.MeanOf(j, k)
			row = append(row, plain(e.Value), plain(e.Low), plain(e.High))
		}
		err = s.csv.Write(row)
	}
	return s.close(err)
}
