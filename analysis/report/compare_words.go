package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/ftsim/ftsim/analysis"
)

// words say of each design after the first how its downtime, and its cost if it has one, compares.
func words(st *analysis.Standing) (list []string) {
	for i := range st.Designs[1:] {
		var parts []string
		if s := downtimeWords(st, i+1); s != "" {
			parts = append(parts, s)
		}
		if s := costWords(st, i+1); s != "" {
			parts = append(parts, s)
		}
		if len(parts) > 0 {
			list = append(list, strings.Join(parts, "; ")+".")
		}
	}
	return list
}

// downtimeWords are about the first journey that both designs have, with a count of the others.
func downtimeWords(st *analysis.Standing, i int) string {
	text, journeys := "", 0
	count := map[analysis.Finding]int{}
	for k := range st.Matches {
		c := &st.Matches[k]
		if c.Metric.Name != "downtime" || c.Sides[i].Finding == analysis.Unknown {
			continue
		}
		if journeys++; journeys == 1 {
			text = sentence(st, c, i)
			continue
		}
		count[c.Sides[i].Finding]++
	}
	if journeys < 2 {
		return text
	}
	var rest []string
	for _, f := range []analysis.Finding{analysis.Less, analysis.More, analysis.Untold, analysis.Alike} {
		if n := count[f]; n > 0 {
			rest = append(rest, fmt.Sprintf("%d %s", n, [...]string{"", "the same", "not to be told apart", "less", "more"}[f]))
		}
	}
	return fmt.Sprintf("%s; of the other journeys: %s", text, strings.Join(rest, ", "))
}

// sentence says how the downtime of one journey compares.
func sentence(st *analysis.Standing, c *analysis.Match, i int) string {
	a, b, s := st.Designs[0].Name, st.Designs[i].Name, &c.Sides[i]
	of := " downtime of " + c.Target
	first := c.Sides[0].Estimate
	switch {
	case first.Bound && s.Bound:
		return fmt.Sprintf("neither %s nor %s had an outage of %s; more runs may show one", a, b, c.Target)
	case s.Finding == analysis.Alike:
		return fmt.Sprintf("%s and %s have the same%s in every replication", b, a, of)
	case s.Finding == analysis.Untold:
		return fmt.Sprintf("%s and %s cannot be told apart at this precision: %s%s", b, a, between(a, b, s, of), runsNeeded(s))
	case math.IsNaN(s.Relative.Value):
		return fmt.Sprintf("%s has %s a year %s%s than %s (95 %%: %s to %s)", b, span(math.Abs(s.Difference.Value)), s.Finding, of, a,
			span(least(s.Difference)), span(most(s.Difference)))
	}
	return fmt.Sprintf("%s has %s", b, bySoMuch(s, of, a))
}

// bySoMuch is 31 % less downtime than a (95 %: 25 % to 36 %), or 4.6 times the downtime of a.
func bySoMuch(s *analysis.Side, of, a string) string {
	r := s.Relative
	if r.Value >= 1 {
		return fmt.Sprintf("%s times the%s that %s has (95 %%: %s to %s times)", number(r.Value+1), of, a, number(r.Low+1), number(r.High+1))
	}
	return fmt.Sprintf("%s %% %s%s than %s (95 %%: %s to %s %%)", number(100*math.Abs(r.Value)), s.Finding, of, a, number(100*least(r)), number(100*most(r)))
}

// least and most are the ends of the interval of a change by size.
func least(e analysis.Estimate) float64 { return min(math.Abs(e.Low), math.Abs(e.High)) }
func most(e analysis.Estimate) float64  { return max(math.Abs(e.Low), math.Abs(e.High)) }

// between says how far off the designs may be from each other, which is what an open comparison shows; from twice as much
// on as a factor, because nobody pictures 5 578 % more. After the correction for several designs, the interval of one may
// lie on one side of zero all the same.
func between(a, b string, s *analysis.Side, of string) string {
	e, write := s.Difference, func(x float64) string { return span(math.Abs(x)) + " a year" }
	if r := s.Relative; !math.IsNaN(r.Value) && !math.IsInf(r.High, 1) {
		if r.High >= 1 {
			return fmt.Sprintf("%s has between %s and %s times the%s that %s has", b, number(1+r.Low), number(1+r.High), of, a)
		}
		e, write = r, func(x float64) string { return number(100*math.Abs(x)) + " %" }
	}
	switch {
	case e.High < 0:
		return fmt.Sprintf("%s has between %s and %s less%s", b, write(e.High), write(e.Low), of)
	case e.Low > 0:
		return fmt.Sprintf("%s has between %s and %s more%s", b, write(e.Low), write(e.High), of)
	}
	return fmt.Sprintf("%s has between %s less and %s more%s", b, write(e.Low), write(e.High), of)
}

// mostRepeats is from where on more runs are no advice.
const mostRepeats = 1000

func runsNeeded(s *analysis.Side) string {
	if !(s.MoreRuns <= mostRepeats) {
		return "; if there is a difference, it is too small to be found by running more"
	}
	return fmt.Sprintf("; %.0f times as many runs would probably tell a difference of the size seen here", math.Ceil(max(2, s.MoreRuns)))
}

// costWords compare the total cost, if both designs state one.
func costWords(st *analysis.Standing, i int) string {
	for k := range st.Matches {
		c := &st.Matches[k]
		if s := &c.Sides[i]; c.Metric.Name == "cost" && s.Finding != analysis.Unknown {
			return costSentence(st, c, i)
		}
	}
	return ""
}

func costSentence(st *analysis.Standing, c *analysis.Match, i int) string {
	a, b, s := st.Designs[0].Name, st.Designs[i].Name, &c.Sides[i]
	money := func(x float64) string { return strings.TrimSpace(number(math.Abs(x)) + " " + c.Target) }
	d := s.Difference
	switch {
	case s.Finding == analysis.Alike:
		return fmt.Sprintf("%s costs as much as %s", b, a)
	case s.Finding == analysis.Untold && d.Low < 0 && d.High > 0:
		return fmt.Sprintf("%s costs between %s less and %s more a year than %s", b, money(d.Low), money(d.High), a)
	case s.Finding == analysis.Untold:
		return fmt.Sprintf("whether %s costs %s a year more or less than %s is open", b, money(d.Value), a)
	}
	said := fmt.Sprintf("%s costs %s a year %s than %s", b, money(d.Value), s.Finding, a)
	if d.Low < d.High { // else no luck has a part in it
		said += fmt.Sprintf(" (95 %%: %s to %s)", number(least(d)), money(most(d)))
	}
	return said
}
