package report

import (
	"math"

	"github.com/ftsim/ftsim/analysis"
)

// queues shows what became of the messages of queues.
func queues(sum *analysis.Summary) Table {
	t := Table{Head: []string{"MESSAGES", "rejected/y", "[95 %]", "lost/y", "[95 %]", "twice/y", "[95 %]"}, Left: 1}
	for s := range sum.System.Services {
		if sum.Get("messages_rejected", s) == nil {
			continue
		}
		row := cells(sum.System.Services[s].Name)
		for _, metric := range []string{"messages_rejected", "messages_lost", "messages_duplicated"} {
			e := sum.Get(metric, s).Main()
			if math.IsInf(e.High, 1) { // none at all, of which there is no telling how many they may be
				row = append(row, cells("none seen", dash)...)
				continue
			}
			row = append(row, cells(number(e.Value), "["+number(e.Low)+", "+number(e.High)+"]")...)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
