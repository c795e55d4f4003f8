package report

import (
	"github.com/ftsim/ftsim/analysis"
)

// planned shows what of the downtime of users had been announced, and what remains without it.
func planned(sum *analysis.Summary) Table {
	t := Table{Head: []string{"PLANNED DOWNTIME", "announced down/y", "[95 %]", "availability otherwise [95 %]"}, Left: 1}
	for _, j := range sum.Users {
		m := sum.Get("downtime_planned", j)
		if m == nil {
			continue
		}
		e := m.Main()
		if !(e.Value > 0) { // nothing of it is worked on in a way that it would notice
			continue
		}
		t.Rows = append(t.Rows, cells(sum.System.Journeys[j].Name, span(e.Value), "["+span(e.Low)+", "+span(e.High)+"]",
			availability(sum.Get("availability_unplanned", j).Main())))
	}
	return t
}

// upkeep shows what became of planned work.
func upkeep(sum *analysis.Summary) Table {
	t := Table{Head: []string{"MAINTENANCE", "done/y", "postponed/y", "missed/y", "went wrong/y"}, Left: 1}
	for i := range sum.System.Maintenance {
		rate := func(metric string) string { return upper(sum.Get(metric, i).Main(), number) }
		t.Rows = append(t.Rows, cells(sum.System.Maintenance[i].Name, rate("maintenance_done"), rate("maintenance_postponed"),
			rate("maintenance_missed"), rate("maintenance_wrong")))
	}
	return t
}

// hiddenFaults shows what tests found, and how long it had been there.
func hiddenFaults(sum *analysis.Summary) Table {
	t := Table{Head: []string{"HIDDEN FAULTS", "found/y", "of tests [95 %]", "hidden for [95 %]"}, Left: 1}
	for i := range sum.System.Maintenance {
		found := sum.Get("faults_found", i)
		if found == nil {
			continue
		}
		t.Rows = append(t.Rows, cells(sum.System.Maintenance[i].Name, upper(found.Main(), number),
			within(sum.Get("finding_share", i).Main(), share), within(sum.Get("fault_hidden", i).Main(), span)))
	}
	return t
}

// partsTable shows what spare parts repairs took, and how often they had to wait for one.
func partsTable(sum *analysis.Summary) Table {
	t := Table{Head: []string{"SPARE PARTS", "used/y", "p95", "had to wait/y", "mean wait", "from the shelf [95 %]"}, Left: 1}
	for i := range sum.System.Stocks {
		used, wait := sum.Get("parts_used", i), sum.Get("parts_wait", i).Main()
		text := dash
		if !bounded(wait) {
			text = span(wait.Value)
		}
		t.Rows = append(t.Rows, cells(sum.System.Stocks[i].Name, upper(used.Main(), number), number(used.Stat("p95").Value),
			upper(sum.Get("parts_short", i).Main(), number), text, within(sum.Get("parts_fill_rate", i).Main(), share)))
	}
	return t
}

// within writes an estimate with its interval, or a dash if there is none.
func within(e analysis.Estimate, write func(float64) string) string {
	if bounded(e) {
		return dash
	}
	return write(e.Value) + " [" + write(e.Low) + ", " + write(e.High) + "]"
}
