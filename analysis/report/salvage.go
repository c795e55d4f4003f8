package report

import "github.com/ftsim/ftsim/analysis"

// salvaged shows how often some of the lost writes came back later, and how much later. The losses stand elsewhere and
// are not less for it.
func salvaged(sum *analysis.Summary) Table {
	t := Table{Head: []string{salvagedTitle, "times/y [95 %]", "of all lost [95 %]", "after p50 [95 %]", "p95 [95 %]"}, Left: 1}
	for s := range sum.System.Services {
		times := sum.Get("salvages", s)
		if times == nil {
			continue
		}
		after := sum.Get("salvage_time", s)
		t.Rows = append(t.Rows, cells(sum.System.Services[s].Name, rateOf(times.Main()), partOf(sum.Get("salvaged_share", s).Main()),
			duration(after.Stat("p50")), duration(after.Stat("p95"))))
	}
	return t
}

// cameBack shows how much of the lost writes came back where some did.
func cameBack(sum *analysis.Summary) Table {
	t := Table{Head: []string{cameBackTitle, "p50 [95 %]", "p95 [95 %]", "transactions p50 [95 %]", "p95 [95 %]"}, Left: 1}
	for s := range sum.System.Services {
		seconds, transactions := sum.Get("salvaged", s), sum.Get("salvaged_transactions", s)
		if seconds == nil || seconds.Main().Observations == 0 {
			continue
		}
		t.Rows = append(t.Rows, cells(sum.System.Services[s].Name, duration(seconds.Stat("p50")), duration(seconds.Stat("p95")),
			amounts(transactions.Stat("p50")), amounts(transactions.Stat("p95"))))
	}
	return t
}
