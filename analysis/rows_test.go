package analysis

import "testing"

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
