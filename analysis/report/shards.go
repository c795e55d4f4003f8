package report

import (
	"fmt"
	"math"

	"github.com/ftsim/ftsim/analysis"
)

// shards shows of stores of many shards how often some were not there, and what was lost.
func shards(sum *analysis.Summary) Table {
	t := Table{Head: []string{"SHARDS", "some unwritable", "[95 %]", "share of them", "some lost in", "[95 %]", "lost/y", "[95 %]"}, Left: 1}
	for s := range sum.System.Services {
		if sum.Get("no_shard_lost", s) == nil {
			continue
		}
		row := cells(sum.System.Services[s].Name)
		some, mean := sum.Get("shards_unwritable_time", s).Main(), sum.Get("shards_unwritable", s).Main()
		if math.IsInf(some.High, 1) || some.Value == 0 {
			row = append(row, cells("never seen", dash, dash)...)
		} else {
			row = append(row, cells(shareOf(some.Value)+" of the time", band(some.Low, some.High), shareOf(mean.Value))...)
		}
		none, lost := sum.Get("no_shard_lost", s).Main(), sum.Get("shards_lost", s).Main()
		if none.Value == 1 {
			row = append(row, cells("no run seen", "up to "+shareOf(1-none.Low), "none seen", dash)...)
		} else {
			row = append(row, cells(shareOf(1-none.Value)+" of runs", band(1-none.High, 1-none.Low),
				number(lost.Value), fmt.Sprintf("[%s, %s]", number(lost.Low), number(lost.High)))...)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// shareOf writes a share that may be very small.
func shareOf(x float64) string { return number(100*x) + " %" }

func band(low, high float64) string {
	return fmt.Sprintf("[%s, %s]", number(100*max(0, low)), number(100*high))
}
