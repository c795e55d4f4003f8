package report

import "github.com/ftsim/ftsim/analysis"

// staleReads shows of stores that are read from copies how many reads found less than had been acknowledged, and
// how much less.
func staleReads(sum *analysis.Summary) Table {
	t := Table{Head: []string{"STALE READS", "share", "[95 %]", "lacking, mean", "[95 %]", "most in a run, p50", "[95 %]", "p95", "max"}, Left: 1}
	for s := range sum.System.Services {
		m := sum.Get("stale_reads", s)
		if m == nil {
			continue
		}
		row, e := cells(sum.System.Services[s].Name), m.Main()
		switch {
		case !(e.Value >= 0): // nothing is known of its reads
			continue
		case e.Value == 0:
			row = append(row, cells("none seen", "up to "+shareOf(e.High), dash, dash, dash, dash, dash, dash)...)
		default:
			lacking, most := sum.Get("staleness", s).Main(), sum.Get("staleness_most", s)
			half := most.Stat("p50")
			row = append(row, cells(shareOf(e.Value), band(e.Low, e.High), span(lacking.Value), spanned(lacking),
				span(half.Value), spanned(half), span(most.Stat("p95").Value), span(most.Stat("max").Value))...)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// spanned writes the interval of a time; one event alone has none.
func spanned(e analysis.Estimate) string {
	if e.Observations < 2 {
		return dash
	}
	return "[" + span(e.Low) + ", " + span(e.High) + "]"
}
