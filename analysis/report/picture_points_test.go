package report

import (
	"math"
	"testing"

	"github.com/ftsim/ftsim/analysis"
)

// TestBeyond holds the colour of a dot to the side of the lines on which it is drawn, which is at 1.33 times the lower
// ends of its spot.
func TestBeyond(t *testing.T) {
	for _, c := range []struct {
		point, time, rpo, rto float64
		want                  bool
	}{
		{0, 1422, 30, 1800, true},  // drawn at 1896
		{0, 1300, 30, 1800, false}, // drawn at 1734
		{0, 1300, 0, 1800, false},
		{0.001, 1300, 0, 1800, true},
		{23, 10, 30, 1800, true},  // drawn at 30.7
		{22, 10, 30, 1800, false}, // drawn at 29.3
		{math.Inf(1), 10, 30, 1800, true},
		{math.Inf(1), 10, -1, 0, false},
	} {
		if got := beyond(analysis.Spot{Point: c.point, Time: c.time}, c.rpo, c.rto); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
