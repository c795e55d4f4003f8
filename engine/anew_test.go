package engine

import (
	"testing"

	"github.com/ftsim/ftsim/model"
)

// Two copies, of which each loses its disk at a rate of 1 a day and is made anew at 10 a day. From when one is being
// made anew until the other loses what only that has takes (2λ+μ)/2λ² = 6 days: with p = μ/(λ+μ) it is complete, and
// 1/2λ later one is being made anew again.
func TestTimeToLossOfTwoCopies(t *testing.T) {
	day := float64(model.Day)
	sys := ring(2, 2, 1, model.Store{Rebuild: &model.Rebuild{FullCopy: expLaw(model.Day / 10)}})
	for i := range 2 {
		sys.Components[i].Modes = []model.Mode{{Kind: model.MediaLoss, Life: expLaw(model.Day), Repair: fixedLaw(0.01)}}
	}
	losses, runs, days := 0, 4, 6000.0
	observe(t, sys, Options{Horizon: model.Seconds(days * day), Seed: 5, Runs: runs}, func(out *model.Outcome) { losses += len(out.Losses) })
	near(t, "days from loss to loss", days*float64(runs)/float64(losses), 6, 0.3)
}

// A copy is made of one that is up: here from 3 h on, for half an hour. If that one burns before, what it had of the
// first 0.9 h is lost with it; what the new one alone had written before it lost its disk is lost in any case.
func TestCopyWaitsForItsOrigin(t *testing.T) {
	for burn, want := range map[model.Seconds]float64{3.25: 360 + 3240, 3.75: 360} {
		sys := ring(2, 2, 1, model.Store{Rebuild: &model.Rebuild{FullCopy: fixedLaw(1800)}})
		breaks(sys, 1, model.OSCrash, 0.9*model.Hour, 2.1*model.Hour)
		breaks(sys, 0, model.MediaLoss, model.Hour, 0.001)
		fire(sys, burn*model.Hour, 1)
		near(t, "seconds of writes lost", lostSeconds(t, sys, burn*model.Hour+60), want, 0.01)
	}
}

// Until it is complete a new copy does not count: with a third one down, two of three is too many for half an hour and
// a minute, for writes and for reads. What is copied at once counts when it is up.
func TestNewCopyDoesNotCountYet(t *testing.T) {
	for takes, want := range map[model.Seconds]float64{1800: 1860, 0: 60} {
		sys := ring(3, 3, 2, model.Store{})
		if takes > 0 {
			sys.Services[0].Store.Rebuild = &model.Rebuild{FullCopy: fixedLaw(takes)}
		}
		breaks(sys, 0, model.OSCrash, 0.9*model.Hour, model.Day)
		breaks(sys, 1, model.MediaLoss, model.Hour, 60)
		observe(t, sys, Options{Horizon: 2 * model.Hour, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			near(t, "seconds without writes", float64(out.Unserved[0]), want, 1e-3)
			if len(out.Losses) > 0 {
				t.Errorf("%+v, though a third has everything", out.Losses)
			}
		})
	}
}
