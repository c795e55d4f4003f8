package report

import (
	"math"

	"github.com/ftsim/ftsim/analysis"
)

// shards shows of stores of many shards how often some were not there, and what was lost.
func shards(sum *analysis.Summary) Table {
	t := Table{Head: []string{"SHARDS", "some unwritable [95 %]", "share of them [95 %]", "some lost in [95 %]", "lost/y [95 %]"}, Left: 1}
	for s := range sum.System.Services {
		if sum.Get("no_shard_lost", s) == nil {
			continue
		}
		none, lost := sum.Get("no_shard_lost", s).Main(), bracketed(sum.Get("shards_lost", s).Main(), number)
		if none.Value == 1 {
			lost = "none seen, " + rated(sum.Get("shard_losses", s).Main()) + " times"
		}
		none.Value, none.Low, none.High = 1-none.Value, 1-none.High, 1-none.Low
		t.Rows = append(t.Rows, cells(sum.System.Services[s].Name, seldom(sum.Get("shards_unwritable_time", s).Main(), " of the time"),
			seldom(sum.Get("shards_unwritable", s).Main(), ""), seldom(none, " of runs"), lost))
	}
	return t
}

// seldom writes a share that may be very small with its interval, or its bound if nothing was seen.
func seldom(e analysis.Estimate, of string) string {
	switch {
	case e.Value > 0:
		return shareOf(e.Value) + of + " " + band(e.Low, e.High)
	case math.IsInf(e.High, 1):
		return "none seen"
	}
	return "none seen, < " + shareOf(min(1, e.High)) + of
}

// shareOf writes a share that may be very small.
func shareOf(x float64) string { return hundredths(x) + " %" }

func band(low, high float64) string {
	return "[" + hundredths(max(0, low)) + ", " + hundredths(high) + "]"
}

// hundredths writes a share that may be very small, or short of the whole: then not as the whole.
func hundredths(x float64) string {
	if x >= 0.9995 && x < 1 {
		return plainPercent(x, availabilityDigits(x))
	}
	return number(100 * x)
}
