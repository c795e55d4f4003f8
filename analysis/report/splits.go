package report

import "github.com/ftsim/ftsim/analysis"

// splits shows what it cost to go on serving on both sides of a partition: writes that the other side does not
// have, and time in which nobody could rely on the data.
func splits(sum *analysis.Summary) Table {
	t := Table{Head: []string{"SPLIT BRAINS", "per year", "[95 %]", "writes apart/y", "[95 %]", "reconciling", "[95 %]"}, Left: 1}
	for s := range sum.System.Services {
		n := sum.Get("split_brains", s)
		if n == nil || !(n.Main().Value > 0) {
			continue
		}
		row := cells(sum.System.Services[s].Name)
		for _, metric := range []string{"split_brains", "split_writes", "suspect"} {
			e := sum.Get(metric, s).Main()
			switch {
			case bounded(e):
				row = append(row, cells("none seen", dash)...)
			case metric == "suspect":
				row = append(row, cells(number(100*e.Value)+" %", "["+number(100*e.Low)+", "+number(100*e.High)+"]")...)
			default:
				row = append(row, cells(number(e.Value), "["+number(e.Low)+", "+number(e.High)+"]")...)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
