package engine

import (
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// What happens once happens at its time after observation has begun, whatever the start, and never again.
func TestOnce(t *testing.T) {
	for _, steady := range []bool{false, true} {
		sys := farm(1, policies.ActiveActive{}, 1)
		sys.Components[0].Modes = nil
		for _, c := range []struct {
			name     string
			at, for_ model.Seconds
		}{{"first", 300, 60}, {"second", 900, 30}} {
			sys.Causes = append(sys.Causes, model.CommonCause{Name: c.name, Mode: model.OSCrash, Once: true,
				Life: fixedLaw(c.at), Repair: fixedLaw(c.for_), Victims: []int32{0}, Probability: 1})
		}
		runs := 0
		observe(t, sys, Options{Horizon: model.Day, Seed: 1, Runs: 3, SteadyState: steady}, func(out *model.Outcome) {
			runs++
			if len(out.Outages) != 2 {
				t.Fatalf("steady %v: %d outages, want 2", steady, len(out.Outages))
			}
			for k, want := range [][2]model.Seconds{{300, 360}, {900, 930}} {
				o := &out.Outages[k]
				near(t, "start", float64(o.Start), float64(want[0]), 1e-6)
				near(t, "end", float64(o.End), float64(want[1]), 1e-6)
				if o.Initiator != sys.CauseElement(k) {
					t.Errorf("put down to %s", sys.ElementName(o.Initiator))
				}
			}
		})
		if runs != 3 {
			t.Fatalf("%d replications", runs)
		}
	}
}
