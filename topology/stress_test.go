package topology

import (
	"fmt"
	"testing"
)

// Who bears the work of a missing disk: the rest of its set, of raid10 the other one of its pair, and nobody without stress.
func TestWhoIsUnderStress(t *testing.T) {
	for _, c := range []struct{ disks, want string }{
		{"layout: raid5, count: 4, stress: 10x", "10:[a/disk-1 a/disk-2 a/disk-3 a/disk-4]"},
		{"layout: raid1, stress: 250%", "2.5:[a/disk-1 a/disk-2]"},
		{"layout: raid10, count: 4, stress: 3x", "3:[a/disk-1 a/disk-2] 3:[a/disk-3 a/disk-4]"},
		{"layout: erasure, data: 2, parity: 1, stress: 2x", "2:[a/disk-1 a/disk-2 a/disk-3]"},
		{"layout: raid6", ""},
		{"layout: raid6, stress: 1x", ""},
	} {
		sys := load(t, "nodes: {a: {disks: {mtbf: 1y, "+c.disks+"}}}\nservices: {s: {replicas: a}}\n").System
		got := ""
		for _, x := range sys.Stresses {
			var names []string
			for _, i := range x.Of {
				names = append(names, sys.Components[i].Name)
			}
			got += fmt.Sprintf(" %v:%v", x.Factor, names)
		}
		if len(got) > 0 {
			got = got[1:]
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.disks, got, c.want)
		}
	}
}
