package engine

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// farStores are stores that write so many bytes per second, and whose copies are beyond a link. Those whose rate
// is negative are led from the far side.
func farStores(bandwidth float64, growth ...float64) *model.System {
	var zones []int32
	for _, rate := range growth {
		near, far := int32(0), int32(1)
		if rate < 0 {
			near, far = far, near
		}
		zones = append(zones, near, far)
	}
	sys := twoZones(&policies.ActivePassive{Alpha: 1, Success: 1}, zones)
	sys.Components[len(zones)].Modes = nil
	for i := range sys.Network.Links {
		sys.Network.Links[i].Bandwidth = bandwidth
	}
	first := sys.Services[0]
	sys.Services = nil
	for i, rate := range growth {
		s := first
		s.Name, s.Members = fmt.Sprint("store ", i), first.Members[2*i:2*i+2]
		s.Store = &model.Store{WriteRate: 10, Growth: max(rate, -rate), Candidates: model.Candidates{MaxLag: model.Day},
			Rebuild: &model.Rebuild{FullCopy: fixedLaw(1), Size: 0}}
		sys.Services = append(sys.Services, s)
	}
	return sys
}

// lossOf is what the first failover of a service loses.
func lossOf(t *testing.T, sys *model.System, service int32, horizon model.Seconds) (loss model.Loss) {
	t.Helper()
	found := false
	once(t, sys, horizon, func(out *model.Outcome) {
		for _, l := range out.Losses {
			if l.Service == service && !found {
				loss, found = l, true
			}
		}
	})
	if !found {
		t.Fatalf("service %d does not fail over", service)
	}
	return loss
}

// 3.6 GB over a link of 3 MB/s take 1200 s; what has been written meanwhile, at 1 MB/s, then drains at the difference,
// in 600 s. That is 3.6 GB at what the writes leave.
func TestFullCopyAndItsBacklogShareTheLinkWithWrites(t *testing.T) {
	for after, want := range map[model.Seconds]float64{1200 + 1: 1198, 1500: 600, 1790: 20, 1801: 0} {
		sys := farStores(3e6, 1e6)
		sys.Services[0].Store.Rebuild.Size = 3.6e9
		breaksOnce(sys, 1, model.MediaLoss, model.Hour, 600)
		breaksOnce(sys, 0, model.MediaLoss, model.Hour+600+after, model.Day)
		near(t, fmt.Sprint("lost ", after, " after copying began"), float64(lossOf(t, sys, 0, 6*model.Hour).Seconds), want, 1e-3)
	}
}

// Two stores leave 2 MB/s of a link of 4 MB/s. A copy of one catches up on 600 s while one of the other is made anew:
// with 1 MB/s more each, that takes 600 s. By then 1.2 GB of 1.8 GB have been copied, and the rest comes at 3 MB/s.
func TestCopiesShareWhatWritesLeave(t *testing.T) {
	for _, c := range []struct {
		store int32
		after model.Seconds
		want  float64
	}{{0, 300, 300}, {0, 590, 10}, {0, 605, 0}, {1, 801, 798}, {1, 1000, 400}, {1, 1205, 0}} {
		sys := farStores(4e6, 1e6, 1e6)
		sys.Services[1].Store.Rebuild.Size = 1.8e9
		breaksOnce(sys, 1, model.OSCrash, model.Hour, 600)
		breaksOnce(sys, 3, model.MediaLoss, model.Hour, 600)
		breaksOnce(sys, 2*c.store, model.MediaLoss, model.Hour+600+c.after, model.Day)
		near(t, fmt.Sprintf("store %d, lost %v after", c.store, c.after), float64(lossOf(t, sys, c.store, 6*model.Hour).Seconds), c.want, 1e-3)
	}
}

// A copy that is made no faster than its disk allows goes on with that when the other is done.
func TestSlowDisksLeaveTheLinkUnused(t *testing.T) {
	sys := farStores(4e6, 1e6, 1e6)
	sys.Services[0].Store.Rebuild.Size, sys.Services[1].Store.Rebuild.Size = 1.2e9, 1.2e9
	sys.Services[0].Store.Rebuild.FullCopy = fixedLaw(1000) // 1.2 MB/s, of a share of 2 MB/s
	breaksOnce(sys, 1, model.MediaLoss, model.Hour, 600)
	breaksOnce(sys, 3, model.MediaLoss, model.Hour, 600)
	breaksOnce(sys, 0, model.MediaLoss, model.Hour+600+1100, model.Day)
	breaksOnce(sys, 2, model.MediaLoss, model.Hour+600+700, model.Day)
	near(t, "the fast one has caught up for 100 s at twice what is written", float64(lossOf(t, sys, 1, 6*model.Hour).Seconds), 500, 1e-3)
	near(t, "the slow one has, at four times, since the other is led from the far side", float64(lossOf(t, sys, 0, 6*model.Hour).Seconds), 700, 1e-3)
}

// Two stores are too much for a link that is wide enough for each: a quarter of both stays behind. Room for one comes
// when the other is led from the far side, and goes when it comes to the near one.
func TestWritesOfAllStoresAddUpOnALink(t *testing.T) {
	sys := farStores(1.5e6, 1e6, 0.4e6)
	breaksOnce(sys, 0, model.MediaLoss, model.Hour, model.Day)
	near(t, "lost where there is room for both", float64(lossOf(t, sys, 0, 6*model.Hour).Seconds), 0, 0)

	sys = farStores(1.5e6, 1e6, 1e6)
	breaksOnce(sys, 0, model.MediaLoss, model.Hour, model.Day)
	loss := lossOf(t, sys, 0, 6*model.Hour)
	near(t, "transactions", loss.Transactions, 10*0.25*3600, 1e-3)
	if loss.Seconds != model.Never {
		t.Errorf("loses %v, want no bound", loss.Seconds)
	}

	sys = farStores(1.5e6, 1e6, 1e6)
	breaksOnce(sys, 2, model.OSCrash, model.Hour, model.Day)
	breaksOnce(sys, 0, model.MediaLoss, model.Hour+600, model.Day)
	near(t, "of 900 s behind, half a second per second comes back", float64(lossOf(t, sys, 0, 6*model.Hour).Seconds), 600, 1e-3)

	sys = farStores(1.5e6, 1e6, -1e6)
	breaksOnce(sys, 2, model.OSCrash, model.Hour, model.Day)
	breaksOnce(sys, 0, model.MediaLoss, model.Hour+1000, model.Day)
	if loss = lossOf(t, sys, 0, 6*model.Hour); loss.Seconds != model.Never {
		t.Errorf("loses %v, want no bound", loss.Seconds)
	}
	near(t, "since the other store came over", loss.Transactions, 10*250, 1e-3)
}

// linkedSystem has stores with copies in three places, between which all links are narrow; all of it breaks.
func linkedSystem(seed uint64) *model.System {
	r, luck := rand.New(rand.NewPCG(seed, 9)), rand.New(rand.NewPCG(seed, 10))
	sys := farm(6+r.IntN(6), standby(1), 1)
	copies := len(sys.Components)
	for i := range sys.Components {
		sys.Components[i].Site, sys.Components[i].Modes = int32(r.IntN(3)), nil
		breaks(sys, i, model.MediaLoss, 1, 1)
		sys.Components[i].Modes[0].Life, sys.Components[i].Modes[0].Repair = expLaw(2*model.Day), expLaw(model.Hour)
	}
	for from := range int32(3) {
		sys.Network.Sites = append(sys.Network.Sites, model.Site{Name: fmt.Sprint("place ", from), Component: none, Within: none, Transit: true})
		to := (from + 1) % 3
		link := int32(len(sys.Components))
		sys.Components = append(sys.Components, model.Component{Name: fmt.Sprint("fibre ", from), Kind: model.KindLink, Site: none,
			Modes: []model.Mode{{Kind: model.Isolated, Life: expLaw(2 * model.Day), Repair: expLaw(model.Hour)}}})
		there, back := way(link, from, to), way(link, to, from)
		there.Bandwidth, back.Bandwidth = 0.5e6*float64(1+r.IntN(5)), 0.5e6*float64(1+r.IntN(5)) // often equally wide
		sys.Network.Links = append(sys.Network.Links, there, back)
	}
	sys.Clients = []model.ClientGroup{{Site: 0, Share: 0.5}, {Site: 1, Share: 0.5}}
	first := sys.Services[0]
	sys.Services = nil
	for begin := 0; begin+2 <= copies; {
		s, n := first, min(2+r.IntN(2), copies-begin)
		s.Name, s.Members = fmt.Sprint("store ", begin), first.Members[begin:begin+n]
		s.Store = &model.Store{WriteRate: 10, Growth: 1e6 * r.Float64(), Lag: expLaw(5), LagUnderLoad: 2, Candidates: model.Candidates{MaxLag: model.Day},
			Rebuild: &model.Rebuild{FullCopy: fixedLaw(model.Seconds(r.IntN(2)) * 600), Rewind: fixedLaw(60), RewindWorks: 0.5, Size: 1e9 * float64(r.IntN(5))}}
		if r.IntN(2) == 0 {
			s.Detector = policies.Heartbeat{Period: 0, Timeout: 30}
		}
		if luck.IntN(2) == 0 {
			s.Store.Mode, s.Store.Acks = model.ReplicationMode(luck.IntN(int(model.NumReplicationModes))), 1+luck.IntN(n-1)
			s.Store.FallbackAfter = fixedLaw(model.Seconds(luck.IntN(2)) * 60)
			if n == 3 && luck.IntN(2) == 0 {
				s.Store.FeedsFrom = []int32{none, none, 1}
			}
			if luck.IntN(2) == 0 {
				s.Store.TakesIn = 0.2 + 2*luck.Float64()
			}
		}
		sys.Services = append(sys.Services, s)
		begin += n
	}
	sys.Journeys[0].Needs = nil
	for i := range sys.Services {
		sys.Journeys[0].Needs = append(sys.Journeys[0].Needs, model.Dependency{Need: model.Need{Ref: int32(i)}})
	}
	return sys
}

// Who shares links, and over which way, does not depend on the order of the file.
func TestOrderOfTheFileChangesNothingOnLinks(t *testing.T) {
	for seed := range uint64(30) {
		sys := linkedSystem(seed)
		o := Options{Horizon: 30 * model.Day, Seed: seed, Runs: 2}
		other := reordered(sys, rand.New(rand.NewPCG(seed, 5)))
		if text := firstRowThatDiffers(rows(sys, run(t, sys, o)), rows(other, run(t, other, o))); text != "" {
			t.Errorf("seed %d: %s", seed, text)
		}
	}
}

// Nothing is lost in the books, no link carries more than it can, and who needs its links is counted right.
func TestLinksAreNeverOvercommitted(t *testing.T) {
	busiest, throttled, saw := int32(0), 0, seen{modes: map[model.ReplicationMode]int{}}
	for seed := range uint64(30) {
		sys := linkedSystem(seed)
		conserve(t, sys, seed, &saw)
		p, err := Compile(sys)
		if err != nil {
			t.Fatal(err)
		}
		r := p.NewRunner(Options{Horizon: 30 * model.Day, Seed: seed})
		var out model.Outcome
		for r.Reset(0, &out); r.Step() && !r.past; {
			busiest = max(busiest, r.checkPipes(t, seed))
			for i := range r.stores {
				if r.stores[i].writing && r.stores[i].share < 1 {
					throttled++
				}
			}
		}
	}
	if busiest < 3 || throttled < 100 {
		t.Errorf("no more than %d copies needed a link at a time, at %d instants some were waited for: the check sees too little", busiest, throttled)
	}
}

// checkPipes adds up what crosses each link, and returns how many copies need the busiest.
func (r *Runner) checkPipes(t *testing.T, seed uint64) (busiest int32) {
	t.Helper()
	carried, busy := make([]float64, len(r.pipes)), make([]int32, len(r.pipes))
	for _, i := range r.p.narrow {
		g := &r.groups[i]
		s := &r.stores[g.store]
		for k := range g.n {
			c, rate, from := &r.copies[s.first+k], s.growth, s.source(g, k)
			switch {
			case c.rebuilding && c.carried:
				rate, from = c.rate, c.from
			case c.chasing:
				rate = c.takesIn * s.growth
			case k == g.state.Primary:
				continue
			case c.outrun:
				rate = 0
			case s.throttles():
				rate = 0
				if c.following && s.writing {
					rate = s.growth * s.share
				}
			}
			for _, l := range s.ways[from*s.n+k] {
				carried[l] += rate
				if c.chasing || c.rebuilding && c.carried {
					busy[l]++
				}
			}
		}
	}
	for l := range r.pipes {
		if busy[l] != r.pipes[l].busy || carried[l] > r.pipes[l].bandwidth*(1+1e-9) {
			t.Fatalf("seed %d at %v: link %d carries %g of %g to %d copies, of which %d are known", seed, r.Now(), l, carried[l], r.pipes[l].bandwidth, busy[l], r.pipes[l].busy)
		}
		busiest = max(busiest, busy[l])
	}
	return busiest
}
