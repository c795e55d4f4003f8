package report

import (
	"math"

	"github.com/ftsim/ftsim/analysis"
)

// staleReads shows of stores that are read from copies how many reads found less than had been acknowledged, and
// how much less.
func staleReads(sum *analysis.Summary) Table {
	t := Table{Head: []string{"STALE READS", "share [95 %]", "they lack, mean [95 %]", "p95 [95 %]", "95 % of all reads [95 %]"}, Left: 1,
		Note: "what reads lack is in seconds of writing"}
	for s := range sum.System.Services {
		m := sum.Get("stale_reads", s)
		if m == nil {
			continue
		}
		row, e, all := cells(sum.System.Services[s].Name), m.Main(), lackAtMost(sum.Get("staleness_all", s).Stat("p95"))
		switch {
		case !(e.Value >= 0): // nothing is known of its reads
			continue
		case e.Value == 0:
			row = append(row, cells("none seen, < "+shareOf(e.High), dash, dash, all)...)
		default:
			lack := sum.Get("staleness", s)
			row = append(row, cells(shareOf(e.Value)+" "+band(e.Low, e.High), spanned(lack.Main()), spanned(lack.Stat("p95")), all)...)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// spanned writes a time with its interval. One event alone has none.
func spanned(e analysis.Estimate) string {
	if e.Observations < 2 {
		return span(e.Value)
	}
	return duration(e)
}

// lackAtMost writes what most reads lack at most. What says only that it is not negative says nothing.
func lackAtMost(e analysis.Estimate) string {
	switch {
	case e.Value == 0 && e.High == 0:
		return "lack nothing"
	case math.IsNaN(e.Value) || e.Value == 0 && math.IsInf(e.High, 1):
		return dash
	}
	return "lack ≤ " + duration(e)
}
