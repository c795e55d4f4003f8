package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/analysis"
)

// ComparedText writes a comparison for a terminal.
func ComparedText(w io.Writer, d *Compared, style TextStyle) error {
	t := newTypist(w, style)
	if d.Provenance.Interrupted {
		t.interrupted(d.Provenance.Runs, d.Provenance.Planned, "replications")
	}
	t.tables(d.Tables)
	t.conclude(d.notes(), d.Warnings, d.Words)
	t.line(d.footing())
	return t.end()
}

// notes explain the signs in the tables that are there.
func (d *Compared) notes() (list []string) {
	for i := range d.Tables {
		for _, row := range d.Tables[i].Rows {
			if row[5].Text == "~" && len(list) == 0 {
				list = append(list, "~ not to be told apart at 95 %")
			}
		}
	}
	if n := len(d.Standing.Designs) - 1; n > 1 {
		list = append(list, fmt.Sprintf("p is corrected for %d designs (Holm); each interval holds for itself", n))
	}
	if d.Verbose {
		list = append(list, "pairing: how many times as many runs independent seeds would take for the same interval of the difference",
			"differing: replications in which the designs differ at all")
	}
	return list
}

type jsonSide struct {
	Design     string        `json:"design"`
	Present    bool          `json:"present"`
	Estimate   jsonEstimate  `json:"estimate"`
	Difference *jsonEstimate `json:"difference,omitempty"`
	Relative   *jsonEstimate `json:"relative_change,omitempty"`
	P          *value        `json:"p,omitempty"`
	Holm       *value        `json:"p_holm,omitempty"`
	Finding    string        `json:"finding,omitempty"`
	Gain       *value        `json:"variance_reduction,omitempty"`
	Differing  int64         `json:"differing_replications,omitempty"`
	MoreRuns   value         `json:"more_runs,omitempty"`
}

type jsonMatch struct {
	Metric  string     `json:"metric"`
	Stat    string     `json:"statistic"`
	Scope   string     `json:"scope"`
	Target  string     `json:"target"`
	Unit    string     `json:"unit"`
	Better  string     `json:"better"`
	Designs []jsonSide `json:"designs"`
}

type jsonDesign struct {
	Name    string `json:"name"`
	System  string `json:"system"`
	File    string `json:"input_name"`
	Hash    string `json:"input_hash"`
	Verdict string `json:"verdict"`
}

type jsonCompared struct {
	FormatVersion int            `json:"format_version"`
	Designs       []jsonDesign   `json:"designs"`
	Provenance    jsonProvenance `json:"provenance"`
	Matches       []jsonMatch    `json:"comparisons"`
	Words         []string       `json:"words"`
	Unmatched     []string       `json:"unmatched"`
	Warnings      []string       `json:"warnings"`
}

// ComparedJSON writes a comparison with all its figures. Equal input gives equal bytes.
func ComparedJSON(w io.Writer, d *Compared) error {
	out := jsonCompared{FormatVersion: FormatVersion, Provenance: provenance(&d.Provenance), Matches: []jsonMatch{},
		Words: append([]string{}, d.Words...), Unmatched: append([]string{}, d.Standing.Unmatched...), Warnings: append([]string{}, d.Warnings...)}
	for i, in := range d.Inputs {
		out.Designs = append(out.Designs, jsonDesign{in.Name, d.Standing.Designs[i].System.Name, in.File, in.Hash, d.Standing.Summaries[i].Verdict().String()})
	}
	for i := range d.Standing.Matches {
		c := &d.Standing.Matches[i]
		row := jsonMatch{c.Metric.Name, c.Stat, string(c.Metric.Scope), c.Target, string(c.Metric.Unit), string(c.Metric.Better), nil}
		for k := range c.Sides {
			row.Designs = append(row.Designs, sideJSON(d.Standing.Designs[k].Name, &c.Sides[k], k == 0))
		}
		out.Matches = append(out.Matches, row)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func sideJSON(name string, s *analysis.Side, first bool) jsonSide {
	out := jsonSide{Design: name, Present: s.Present, Estimate: asJSON("", s.Estimate)}
	if first {
		return out
	}
	diff, rel := asJSON("", s.Difference), asJSON("", s.Relative)
	p, holm, gain := value(s.P), value(s.Holm), value(s.Gain)
	out.Difference, out.Relative, out.P, out.Holm, out.Gain = &diff, &rel, &p, &holm, &gain
	out.Finding, out.Differing, out.MoreRuns = s.Finding.String(), s.Differing, value(s.MoreRuns)
	return out
}

// ComparedCSV writes a row for each figure and design.
func ComparedCSV(w io.Writer, d *Compared) error {
	s, err := newSheet(w, "metric", "statistic", "scope", "target", "unit", "design", "value", "low", "high", "bound", "against",
		"difference", "difference_low", "difference_high", "change", "change_low", "change_high", "p", "p_holm", "finding",
		"variance_reduction", "differing_replications", "replications", "warnings")
	for i := range d.Standing.Matches {
		c := &d.Standing.Matches[i]
		for k := range c.Sides {
			if err != nil {
				break
			}
			err = s.csv.Write(comparedRow(d.Standing, c, k))
		}
	}
	return s.close(err)
}

func comparedRow(st *analysis.Standing, c *analysis.Match, k int) []string {
	s := &c.Sides[k]
	row := []string{c.Metric.Name, c.Stat, string(c.Metric.Scope), c.Target, string(c.Metric.Unit), st.Designs[k].Name,
		plain(s.Value), plain(s.Low), plain(s.High), strconv.FormatBool(s.Bound)}
	if k == 0 {
		return append(row, "", "", "", "", "", "", "", "", "", "", "", "", strconv.Itoa(st.Replications), strings.Join(s.Warnings, "; "))
	}
	return append(row, st.Designs[0].Name, plain(s.Difference.Value), plain(s.Difference.Low), plain(s.Difference.High),
		plain(s.Relative.Value), plain(s.Relative.Low), plain(s.Relative.High), plain(s.P), plain(s.Holm), s.Finding.String(),
		plain(s.Gain), strconv.FormatInt(s.Differing, 10), strconv.Itoa(st.Replications), strings.Join(slices.Concat(s.Warnings, s.Difference.Warnings), "; "))
}
