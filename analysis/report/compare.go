package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/ftsim/ftsim/analysis"
)

// Compared is a comparison ready to be shown.
type Compared struct {
	Standing   *analysis.Standing
	Provenance Provenance // of the comparison; InputName and InputHash are those of the first design
	Inputs     []Input    // of each design
	Verbose    bool       // with the figures that are a matter of detail, and what pairing was worth
	Tables     []Table
	Words      []string // the result in sentences, one for each design after the first
	Warnings   []string
	Art        Artwork // of the pictures in a folder
}

// Input is the file of a design. Text and Settings, the values in effect, are for showing what was changed;
// they may be missing.
type Input struct {
	Name, File, Hash string
	Text             []byte
	Settings         []Setting
}

// BuildCompared prepares a comparison for showing.
func BuildCompared(st *analysis.Standing, prov Provenance, inputs []Input, verbose bool) *Compared {
	d := &Compared{Standing: st, Provenance: prov, Inputs: inputs, Verbose: verbose}
	d.Warnings = append(append(d.Warnings, st.Unmatched...), prov.Warnings...)
	if st.Replications == 0 {
		return d
	}
	for i := range st.Matches {
		c := &st.Matches[i]
		if idle(c) {
			continue
		}
		d.Warnings = append(d.Warnings, matchWarnings(st, c)...)
		if verbose || !c.Detail {
			d.add(c)
		}
	}
	d.Words = words(st)
	return d
}

// idle tells of a match that shows nothing: no design has a value for it.
func idle(c *analysis.Match) bool {
	for i := range c.Sides {
		if s := &c.Sides[i]; s.Present && !math.IsNaN(s.Value) && !(s.Value == 0 && s.Bound) {
			return false
		}
	}
	return true
}

// matchWarnings are what makes the figures of a match doubtful, each with the name of its design.
func matchWarnings(st *analysis.Standing, c *analysis.Match) (list []string) {
	if c.Detail {
		return nil
	}
	for i := range c.Sides {
		for _, w := range c.Sides[i].Difference.Warnings {
			list = append(list, fmt.Sprintf("%s of %s, %s against %s: %s", caption(c), c.Target, st.Designs[i].Name, st.Designs[0].Name, w))
		}
	}
	return list
}

// caption is what a match is about.
func caption(c *analysis.Match) string {
	text := map[string]string{"downtime": "downtime/y", "incidents": "incidents/y", "rto": "RTO", "mttr": "MTTR",
		"unserved": "unserved/y", "losses": "losses/y", "rpo": "RPO", "total_losses": "total losses/y",
		"loss_probability": "P(loss)", "cost": "cost/y"}[c.Metric.Name]
	if c.Stat != "mean" {
		text += " " + c.Stat
	}
	return text
}

// writer writes the values of a metric.
func writer(m *analysis.Metric) func(float64) string {
	switch {
	case m.Scope == analysis.Stores && m.Unit == analysis.Time:
		return span
	case m.Unit == analysis.Time || m.Unit == analysis.TimePerYear:
		return span
	case m.Unit == analysis.Fraction:
		return share
	}
	return number
}

// add puts a match at the end of the table of its kind, or begins one.
func (d *Compared) add(c *analysis.Match) {
	title := heading(caption(c))
	at := -1
	for i := range d.Tables {
		if d.Tables[i].Head[0] == title {
			at = i
		}
	}
	if at < 0 {
		t := Table{Head: []string{title, "", "[95 %]", "difference", "[95 %]", "change", "p"}, Left: 2}
		if d.Verbose {
			t.Head = append(t.Head, "pairing", "differing")
		}
		d.Tables, at = append(d.Tables, t), len(d.Tables)
	}
	for i := range c.Sides {
		d.Tables[at].Rows = append(d.Tables[at].Rows, d.side(c, i))
	}
}

// heading sets the word of a caption in capitals, not the unit: DOWNTIME/y.
func heading(caption string) string {
	end := strings.IndexAny(caption, "/ ")
	if end < 0 {
		end = len(caption)
	}
	return strings.ToUpper(caption[:end]) + caption[end:]
}

// side is the row of a design. The first shows only its own value.
func (d *Compared) side(c *analysis.Match, i int) []Cell {
	s, write := &c.Sides[i], writer(c.Metric)
	target := c.Target
	if i > 0 {
		target = ""
	}
	value, around := own(s, write)
	if i == 0 {
		return cells(append([]string{target, d.Standing.Designs[i].Name, value + " " + around, "", "", "", ""}, d.more(nil)...)...)
	}
	diff, interval := plusMinus(s.Difference.Value, write), fmt.Sprintf("[%s, %s]", plusMinus(s.Difference.Low, write), plusMinus(s.Difference.High, write))
	if math.IsNaN(s.P) {
		diff, interval = dash, ""
	}
	row := cells(append([]string{target, d.Standing.Designs[i].Name, value + " " + around, diff, interval, change(s), pValue(s.Holm)}, d.more(s)...)...)
	row[5].Tone = tone(c.Metric.Better, s.Finding)
	return row
}

// own writes the value of a design by itself.
func own(s *analysis.Side, write func(float64) string) (value, around string) {
	switch {
	case !s.Present:
		return "not there", ""
	case math.IsNaN(s.Value):
		return dash, ""
	case s.Bound:
		return "< " + write(s.High), ""
	}
	return write(s.Value), fmt.Sprintf("[%s, %s]", write(s.Low), write(s.High))
}

// more is what the verbose form adds: the variance of the difference with independent seeds by the one
// with common ones, and the replications in which the designs differ.
func (d *Compared) more(s *analysis.Side) []string {
	switch {
	case !d.Verbose:
		return nil
	case s == nil || math.IsNaN(s.P):
		return []string{"", ""}
	}
	return []string{"×" + number(s.Gain), grouped(int(s.Differing))}
}

func change(s *analysis.Side) string {
	switch s.Finding {
	case analysis.Unknown:
		return dash
	case analysis.Alike:
		return "none"
	case analysis.Untold:
		return "~"
	}
	if math.IsNaN(s.Relative.Value) {
		return s.Finding.String()
	}
	return relative(s.Relative.Value)
}

// relative writes a change: −31 % or, from a doubling on, ×4.6.
func relative(x float64) string {
	switch {
	case math.IsInf(x, 1):
		return "∞"
	case x >= 1:
		return "×" + number(x+1)
	case x < 0:
		return "−" + number(-100*x) + " %"
	}
	return "+" + number(100*x) + " %"
}

func plusMinus(x float64, write func(float64) string) string {
	switch {
	case x < 0:
		return "−" + write(-x)
	case x > 0:
		return "+" + write(x)
	}
	return write(x)
}

func pValue(p float64) string {
	switch {
	case math.IsNaN(p):
		return dash
	case p < 0.001:
		return "< 0.001"
	}
	return fmt.Sprintf("%.3f", p)
}

// tone is good for less of what should be low.
func tone(better analysis.Better, f analysis.Finding) Tone {
	switch {
	case f == analysis.Untold || f == analysis.Unknown:
		return Faint
	case f == analysis.Alike || better == analysis.Neither:
		return Plain
	case (f == analysis.Less) == (better == analysis.Lower):
		return Good
	}
	return Bad
}

// footing says how the figures of a comparison came about.
func (d *Compared) footing() string {
	p := &d.Provenance
	return fmt.Sprintf("seed %d · %d designs × %s × %s", p.Seed, len(d.Standing.Designs), grouped(p.Runs), p.Horizon.Round())
}
