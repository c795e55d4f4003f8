package engine

import (
	"fmt"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// breaksOnce has a component fail at one time, and never again.
func breaksOnce(sys *model.System, i int32, kind model.FaultMode, at, repair model.Seconds) {
	sys.Causes = append(sys.Causes, model.CommonCause{Name: fmt.Sprint("cause ", len(sys.Causes)), Mode: kind, Once: true,
		Life: fixedLaw(at), Repair: fixedLaw(repair), Victims: []int32{i}, Probability: 1})
}

// A primary that is back without its data needs a copy that is there: it waits for it, and copying takes its time.
// Nothing is read from the disk of a machine that is down. Whoever may take over meanwhile does.
func TestEmptyPrimaryWaitsForACopy(t *testing.T) {
	full := func(d model.Seconds) *model.Rebuild { return &model.Rebuild{FullCopy: fixedLaw(d)} }
	for _, c := range []struct {
		name       string
		away       model.Seconds // the standby, from an hour before the loss on; 0 = never
		notices    model.Seconds
		rebuild    *model.Rebuild
		down, lost float64
	}{
		{"at hand", 0, model.Hour, nil, 600, 0},
		{"at hand, to be copied", 0, model.Hour, full(1800), 2400, 0},
		{"at hand, promoted while it is copied", 0, model.Hour, full(5 * model.Hour), 3600, 0},
		{"away", 4 * model.Hour, 10, nil, 10800, 3600},
		{"away, to be copied", 4 * model.Hour, 10, full(1800), 12600, 3600},
	} {
		sys := silent(2, &policies.ActivePassive{Alpha: 1, Success: 1})
		breaksOnce(sys, 0, model.MediaLoss, 2*model.Hour, 600)
		if c.away > 0 {
			breaksOnce(sys, 1, model.OSCrash, model.Hour, c.away)
		}
		sys.Services[0].Detector = policies.After{Down: fixedLaw(c.notices)}
		sys.Services[0].Store = &model.Store{WriteRate: 1, Rebuild: c.rebuild}
		observe(t, sys, Options{Horizon: model.Day, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			near(t, c.name+": down", float64(out.Unserved[0]), c.down, 1e-3)
			if len(out.Losses) != 1 {
				t.Fatalf("%s: recoveries %+v, want one", c.name, out.Losses)
			}
			near(t, c.name+": lost", float64(out.Losses[0].Seconds), c.lost, 1e-3)
		})
	}
}

// Without a detector the rest is the same: who is empty is no primary, so that a standby takes over at once.
func TestEmptyPrimaryIsReplaced(t *testing.T) {
	sys := silent(3, &policies.ActivePassive{Alpha: 1, Success: 1})
	breaksOnce(sys, 0, model.MediaLoss, 2*model.Hour, 600)
	breaksOnce(sys, 1, model.OSCrash, model.Hour, 4*model.Hour)
	breaksOnce(sys, 2, model.OSCrash, 2*model.Hour-5, 1200)
	sys.Services[0].Store = &model.Store{WriteRate: 1, Rebuild: &model.Rebuild{FullCopy: fixedLaw(7200)}, Candidates: model.Candidates{MaxLag: 60}}
	observe(t, sys, Options{Horizon: model.Day, Seed: 1, Runs: 1}, func(out *model.Outcome) {
		near(t, "down", float64(out.Unserved[0]), 1195, 1e-3)
		if len(out.Losses) != 1 {
			t.Fatalf("recoveries %+v, want one", out.Losses)
		}
		near(t, "lost", float64(out.Losses[0].Seconds), 5, 1e-3)
	})
}

// silent is a farm of which nothing fails by itself.
func silent(n int, p model.Policy) *model.System {
	sys := farm(n, p, 1)
	for i := range sys.Components {
		sys.Components[i].Modes = nil
	}
	return sys
}

// A primary that is back at once, but without its data, is down for good reason: who replaces it answers no false alarm.
func TestEmptyPrimaryIsNoFalseAlarm(t *testing.T) {
	sys := silent(2, &policies.ActivePassive{Alpha: 1, Success: 1})
	breaksOnce(sys, 0, model.MediaLoss, model.Hour, 0.001)
	sys.Services[0].Detector = policies.After{Down: fixedLaw(10)}
	sys.Services[0].Store = &model.Store{WriteRate: 1, Rebuild: &model.Rebuild{FullCopy: fixedLaw(7200)}, Candidates: model.Candidates{MaxLag: 60}}
	observe(t, sys, Options{Horizon: model.Day, Seed: 1, Runs: 1}, func(out *model.Outcome) {
		near(t, "down", float64(out.Unserved[0]), 10, 1e-3)
		if len(out.Failovers) != 1 || out.Failovers[0].Trigger != model.RealFault {
			t.Errorf("failovers %+v, want one because of a fault", out.Failovers)
		}
	})
}
