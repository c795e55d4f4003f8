package engine

import (
	"math"
	"slices"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// A store writes 1 MB/s over a link of 3 MB/s: the backlog of 600 s drains at the difference, in 300 s.
func TestBacklogDrainsOverALink(t *testing.T) {
	for after, want := range map[model.Seconds]float64{100: 400, 250: 100, 310: 0} {
		sys := twoZones(&policies.ActivePassive{Alpha: 1, Success: 1}, []int32{0, 1})
		sys.Clients = []model.ClientGroup{{Site: 0, Share: 0.5}, {Site: 1, Share: 0.5}}
		for i := range sys.Network.Links {
			sys.Network.Links[i].Bandwidth = 3e6
		}
		breaks(sys, 0, model.MediaLoss, model.Day+600+after, model.Day)
		sys.Services[0].Store = &model.Store{WriteRate: 10, Growth: 1e6}
		near(t, "seconds lost", float64(onlyLoss(t, sys, 36*model.Hour).Seconds), want, 1e-3)
	}
}

// A link of half of what is written lets the copy behind it fall behind without bound; the one on this side
// of it has everything.
func TestNarrowLinkIsOutrun(t *testing.T) {
	for _, c := range []struct {
		both bool
		want float64
	}{{false, 0}, {true, math.Inf(1)}} {
		sys := twoZones(&policies.ActivePassive{Alpha: 1, Success: 1}, []int32{0, 0, 1})
		sys.Clients = []model.ClientGroup{{Site: 0, Share: 0.5}, {Site: 1, Share: 0.5}}
		for i := range sys.Network.Links {
			sys.Network.Links[i].Bandwidth = 0.5e6
		}
		breaks(sys, 0, model.MediaLoss, model.Hour, model.Day)
		if c.both {
			breaks(sys, 1, model.OSCrash, model.Hour, model.Day)
		}
		sys.Services[0].Store = &model.Store{WriteRate: 10, Growth: 1e6}
		if got := float64(onlyLoss(t, sys, 20*model.Hour).Seconds); got != c.want {
			t.Errorf("both down %v: lost %v s, want %v", c.both, got, c.want)
		}
	}
}

// Of two ways the wider counts, of each its narrowest link; what does not pass traffic on is no way.
func TestWidestWay(t *testing.T) {
	sites := func(transit bool) []model.Site {
		return []model.Site{{Component: none, Within: none, Transit: true}, {Component: none, Within: none, Transit: true}, {Component: none, Within: none, Transit: transit}}
	}
	link := func(from, to int32, width float64) model.Link {
		return model.Link{Component: none, From: from, To: to, Bandwidth: width}
	}
	links := []model.Link{link(0, 1, 1), link(0, 2, 5), link(2, 1, 4), link(1, 0, 0)}
	for transit, want := range map[bool][]float64{true: {math.Inf(1), 4, 5}, false: {math.Inf(1), 1, 5}} {
		if got, _ := widest(&model.Network{Sites: sites(transit), Links: links}, []int32{0, 1, 2, 3}, 0); !slices.Equal(got, want) {
			t.Errorf("transit %v: widths %v, want %v", transit, got, want)
		}
	}
}

// A full copy of 3.6 GB takes an hour over a link of 1 MB/s, however fast it is made.
func TestFullCopiesTakeTheLink(t *testing.T) {
	for bandwidth, want := range map[float64]float64{0: 660, 1e6: 4200, 1e9: 660} {
		sys := twoZones(&policies.ActivePassive{Alpha: 1, Success: 1}, []int32{0, 1})
		sys.Clients = []model.ClientGroup{{Site: 0, Share: 0.5}, {Site: 1, Share: 0.5}}
		for i := range sys.Network.Links {
			sys.Network.Links[i].Bandwidth = bandwidth
		}
		breaksOnce(sys, 0, model.MediaLoss, model.Hour, 600)
		sys.Services[0].Detector = policies.After{Down: fixedLaw(model.Day)}
		sys.Services[0].Store = &model.Store{WriteRate: 1, Rebuild: &model.Rebuild{FullCopy: fixedLaw(60), Size: 3.6e9}}
		observe(t, sys, Options{Horizon: 5 * model.Hour, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			near(t, "down", float64(out.Unserved[0]), want, 1e-3)
		})
	}
}
