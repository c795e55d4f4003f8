package analysis

import (
	"testing"

	"github.com/ftsim/ftsim/model"
)

// Rows keep their order over many chunks, and a snapshot does not see what is added later.
func TestRows(t *testing.T) {
	var r Rows[int]
	if len(r.flat()) != 0 {
		t.Error("no rows, and yet some")
	}
	const early, all = 5000, 3 * rowsPerChunk
	var snap Rows[int]
	for i := range all {
		if i == early {
			snap = r.snapshot()
		}
		r.add(i)
	}
	for name, c := range map[string]struct {
		rows Rows[int]
		n    int
	}{"rows": {r, all}, "snapshot": {snap, early}} {
		next := 0
		for v := range c.rows.All() {
			if *v != next {
				t.Fatalf("%s: row %d holds %d", name, next, *v)
			}
			next++
		}
		if flat := c.rows.flat(); next != c.n || c.rows.Len() != c.n || len(flat) != c.n || flat[c.n-1] != c.n-1 {
			t.Errorf("%s: %d rows, %d flat, want %d", name, next, len(flat), c.n)
		}
	}
	for range r.All() {
		break // stopping early must not panic
	}
}

// Rows are kept by whole replications, so that they can be divided by their number.
func TestEventsKeepWholeReplications(t *testing.T) {
	for _, c := range []struct {
		most               int
		events             []int // per replication
		rows, replications int
	}{
		{10, []int{3, 0, 4}, 7, 3},
		{7, []int{3, 0, 4}, 7, 3},
		{6, []int{3, 0, 4}, 3, 2},
		{6, []int{3, 4, 1, 1}, 3, 1}, // what comes later would fit, but not follow
		{3, []int{3, 0, 0, 1, 0}, 3, 3},
		{3, []int{5, 1}, 3, 0}, // the beginning of one is better than nothing
		{0, []int{0, 2, 0}, 0, 1},
		{AllRows, []int{5, 0, 1}, 6, 3},
	} {
		s := NewStudy(pair(), plan())
		s.KeepRows(c.most)
		seen := 0
		for i, n := range c.events {
			o := year()
			o.Replication = i
			for k := range n {
				o.Outages = append(o.Outages, down(model.Seconds(1000*k), 10, 0))
				o.Losses = append(o.Losses, model.Loss{At: model.Seconds(k)})
			}
			seen += n
			s.Add(o)
		}
		sum := s.Summary()
		for what, got := range map[string][3]int{
			"outages": {sum.Outages.Len(), sum.Outages.Replications, int(sum.Outages.Seen)},
			"losses":  {sum.Losses.Len(), sum.Losses.Replications, int(sum.Losses.Seen)},
		} {
			if want := [3]int{c.rows, c.replications, seen}; got != want {
				t.Errorf("%v with at most %d: %s, replications, seen = %v, want %v", c.events, c.most, what, got, want)
			}
		}
		if e := sum.Get("outages", 0).Main(); e.Observations != int64(seen) {
			t.Errorf("a figure rests on %d outages of %d", e.Observations, seen)
		}
	}
}
