package engine

import (
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// A repair of no length is over before anybody looks, but what the failure took is gone: a spare machine without the
// data is not the machine. That holds as well when the clock shows centuries, to which a microsecond adds nothing.
func TestInstantRepairsDoNotSaveData(t *testing.T) {
	for _, life := range []model.Seconds{40 * model.Day, 600 * model.Year} {
		instantRepairs(t, life)
	}
}

func instantRepairs(t *testing.T, life model.Seconds) {
	t.Helper()
	mode := func(kind model.FaultMode) func(*model.System) {
		return func(sys *model.System) {
			sys.Components[0].Modes = []model.Mode{{Kind: kind, Life: fixedLaw(life), Repair: fixedLaw(0)}}
		}
	}
	cause := func(sys *model.System) {
		sys.Components[0].Modes = nil
		sys.Causes = []model.CommonCause{{Name: "fire", Mode: model.MediaLoss, Life: fixedLaw(life), Repair: fixedLaw(0), Victims: []int32{0}, Probability: 1}}
	}
	for _, c := range []struct {
		name       string
		strikes    func(*model.System)
		durability model.Durability
		total      bool
		within     float64 // seconds that a loss is at most, if it is not total
	}{
		{"media loss", mode(model.MediaLoss), model.Flush, true, 0},
		{"media loss by a common cause", cause, model.Flush, true, 0},
		{"crash of what keeps data in memory", mode(model.Crash), model.InMemory, true, 0},
		{"power loss", mode(model.PowerLoss), model.Periodic, false, 10},
	} {
		sys := farm(1, policies.ActiveActive{}, 1)
		c.strikes(sys)
		sys.Services[0].Store = &model.Store{WriteRate: 1, Durability: c.durability, FlushEvery: 10}
		observe(t, sys, Options{Horizon: 2.5 * life, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			if len(out.Losses) != 2 {
				t.Fatalf("%s every %v: losses %+v, want two", c.name, life, out.Losses)
			}
			for _, l := range out.Losses {
				if x := float64(l.Seconds); l.Total != c.total || !c.total && !(x > 0 && x <= c.within) {
					t.Errorf("%s every %v: %+v", c.name, life, l)
				}
			}
		})
	}
}
