package engine

import (
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// room is a database on one machine, a guest of another, in a zone; the outer machine has power while one of two
// feeds has. What is struck fails at 1000 s for 100 s.
func room(struck string, mode model.FaultMode, d model.Durability) *model.System {
	p := &policies.ActivePassive{Alpha: 1, Success: 1}
	sys := farm(2, p, 1)
	names := []string{"guest", "spare", "zone", "host", "feed-1", "feed-2"}
	sys.Components = nil
	for _, name := range names {
		sys.Components = append(sys.Components, model.Component{Name: name, Kind: model.KindNode, Site: none})
	}
	sys.Components[0].Requires = &model.Need{Ref: 3}
	sys.Components[3].Requires = &model.Need{AtLeast: 2, Of: []model.Need{{Ref: 2}, {AtLeast: 1, Of: []model.Need{{Ref: 4}, {Ref: 5}}}}}
	sys.Services[0].Members = []model.Member{{Component: 0, Host: 0}}
	sys.Services[0].Store = &model.Store{Mode: model.Async, WriteRate: 1, Durability: d, FlushEvery: 30}
	for i, name := range names {
		if name == struck || struck == "both feeds" && i >= 4 {
			fails(sys, i, mode, 1000, 100)
		}
	}
	return sys
}

// What was not durable is lost with the power, whoever loses it; what was, with the media. Who still has a feed
// has lost nothing, nor has a machine that is only out of reach (R5, R33).
func TestContainersTakeTheirContentsWithThem(t *testing.T) {
	const nothing, cache, all = 0, 1, 2
	for _, c := range []struct {
		struck string
		mode   model.FaultMode
		d      model.Durability
		want   int
	}{
		{"zone", model.PowerLoss, model.OSCache, cache},
		{"zone", model.PowerLoss, model.Flush, nothing},
		{"zone", model.PowerLoss, model.InMemory, all},
		{"zone", model.Crash, model.OSCache, nothing},
		{"zone", model.Isolated, model.InMemory, nothing},
		{"zone", model.MediaLoss, model.Flush, all},
		{"host", model.OSCrash, model.OSCache, cache},
		{"host", model.MediaLoss, model.Flush, all},
		{"feed-1", model.PowerLoss, model.OSCache, nothing},
		{"both feeds", model.PowerLoss, model.OSCache, cache},
		{"both feeds", model.Hang, model.OSCache, nothing},
		{"guest", model.OSCrash, model.OSCache, cache},
		{"spare", model.MediaLoss, model.Flush, nothing},
	} {
		sys := room(c.struck, c.mode, c.d)
		once(t, sys, 2000, func(out *model.Outcome) {
			got := nothing
			for _, l := range out.Losses {
				switch {
				case l.Total:
					got = all
				case l.Seconds > 0 && l.Seconds <= 30:
					got = cache
				}
			}
			if got != c.want {
				t.Errorf("%v of %s with durability %d: losses %+v", c.mode, c.struck, c.d, out.Losses)
			}
		})
	}
}

// A machine that stops because its host is out of reach, and has to boot, has lost its memory.
func TestWhatBootsHasLostItsMemory(t *testing.T) {
	for _, boots := range []bool{false, true} {
		sys := room("zone", model.Isolated, model.InMemory)
		if boots {
			sys.Components[0].StartsIn = fixedLaw(10)
		}
		once(t, sys, 2000, func(out *model.Outcome) {
			if len(out.Losses) != 1 || out.Losses[0].Total != boots {
				t.Errorf("boots %v: losses %+v", boots, out.Losses)
			}
		})
	}
}

// All copies in a place lose their caches at one time, each once: with U and V uniform over the interval of
// flushing, the primary loses U; and whoever is promoted instead lacks V, not the larger of two draws.
func TestOnePowerLossShakesEachCopyOnce(t *testing.T) {
	sys := room("", model.PowerLoss, model.OSCache)
	sys.Causes = []model.CommonCause{{Name: "power", Mode: model.PowerLoss, Probability: 1, Life: fixedLaw(1000), Repair: fixedLaw(100), Victims: []int32{0, 2, 3}}}
	sum, n := 0.0, 0.0
	observe(t, sys, Options{Horizon: 1500, Seed: 4, Runs: 20000}, func(out *model.Outcome) {
		for _, l := range out.Losses {
			sum, n = sum+float64(l.Seconds), n+1
		}
	})
	near(t, "mean loss", sum/n, 15, 4*30/3.46/141)
}
