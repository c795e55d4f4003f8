package engine

import (
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
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

// Who is being made anew has what is written meanwhile, but nothing of what there was. If the others burn before it is
// complete, that is a total loss, though not everything written is gone; afterwards, nothing is lost.
func TestHalfACopyIsNoCopy(t *testing.T) {
	for burn, total := range map[model.Seconds]int{1.25: 1, 1.75: 0} {
		for name, sys := range map[string]*model.System{"leaderless": ring(3, 3, 2, model.Store{}), "active-active": equals(3)} {
			sys.Services[0].Store.Rebuild = &model.Rebuild{FullCopy: fixedLaw(1800)}
			breaks(sys, 0, model.MediaLoss, model.Hour, 0.001)
			fire(sys, burn*model.Hour, 1, 2)
			observe(t, sys, Options{Horizon: burn*model.Hour + 60, Seed: 1, Runs: 1}, func(out *model.Outcome) {
				if len(out.Losses) != total {
					t.Fatalf("%s at %v h: %+v, want %d losses", name, float64(burn), out.Losses, total)
				}
				for _, l := range out.Losses {
					near(t, name+": transactions lost", l.Transactions, 36000, 0.1)
					if !l.Total || l.Seconds != model.Never {
						t.Errorf("%s: %+v is no total loss", name, l)
					}
				}
			})
		}
	}
}

// equals are members that all take writes, and pass them on at once.
func equals(n int) *model.System {
	sys := farm(n, policies.ActiveActive{}, 1)
	for i := range sys.Components {
		sys.Components[i].Modes = nil
	}
	sys.Services[0].Store = &model.Store{WriteRate: 10}
	return sys
}
