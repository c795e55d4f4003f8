package report

import "github.com/ftsim/ftsim/analysis"

// salvaged shows what of the lost writes came back later, and how much later. The losses stand elsewhere and are not
// less for it.
func salvaged(sum *analysis.Summary) Table {
	t := Table{Head: []string{salvagedTitle, "times/y [95 %]", "of all lost [95 %]", "seconds p50", "p95", "transactions p50", "p95", "after p50", "p95"}, Left: 1}
	for s := range sum.System.Services {
		times := sum.Get("salvages", s)
		if times == nil {
			continue
		}
		part := partOf(sum.Get("salvaged_share", s).Main())
		seconds, transactions, after := sum.Get("salvaged", s), sum.Get("salvaged_transactions", s), sum.Get("salvage_time", s)
		t.Rows = append(t.Rows, cells(sum.System.Services[s].Name, rateOf(times.Main()), part,
			span(seconds.Stat("p50").Value), span(seconds.Stat("p95").Value), number(transactions.Stat("p50").Value), number(transactions.Stat("p95").Value),
			span(after.Stat("p50").Value), span(after.Stat("p95").Value)))
	}
	return t
}
