package engine

import (
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// These tests are about failover as a protocol: coordinators, fencing, primaries that stop themselves.

// threeSites has a database in zones a and b and a coordinator with a voter in a, in b and at a witness.
// A cut separates zone a from the others for ten minutes, once a day. Clients are in b and at the witness,
// a share of them in a.
func threeSites(fence model.Fence, detector model.Detector) *model.System {
	names := []string{"db-a", "db-b", "etcd-a", "etcd-b", "etcd-w"}
	sites := []int32{0, 1, 0, 1, 2}
	sys := &model.System{Name: "three sites"}
	for i, name := range names {
		sys.Components = append(sys.Components, model.Component{Name: name, Kind: model.KindNode, Site: sites[i]})
	}
	cut := int32(len(sys.Components))
	sys.Components = append(sys.Components, model.Component{Name: "uplink of a", Kind: model.KindLink, Site: none})
	sys.Causes = []model.CommonCause{{Name: "cut", Mode: model.Isolated, Probability: 1, Life: fixedLaw(model.Day), Repair: fixedLaw(600), Victims: []int32{cut}}}
	for _, s := range []string{"a", "b", "w"} {
		sys.Network.Sites = append(sys.Network.Sites, model.Site{Name: s, Component: none, Within: none, Transit: true})
	}
	for _, l := range [][3]int32{{cut, 0, 1}, {cut, 0, 2}, {none, 1, 2}} {
		sys.Network.Links = append(sys.Network.Links, way(l[0], l[1], l[2]), way(l[0], l[2], l[1]))
	}
	sys.Clients = []model.ClientGroup{{Site: 0, Share: 0.25}, {Site: 1, Share: 0.75}}
	member := func(ids ...int32) (out []model.Member) {
		for _, i := range ids {
			out = append(out, model.Member{Component: i, Host: i})
		}
		return out
	}
	sys.Services = []model.Service{
		{Name: "etcd", Balancer: none, Members: member(2, 3, 4), Policy: &policies.Quorum{Election: fixedLaw(1)}},
		{Name: "db", Balancer: none, Members: member(0, 1), Policy: &policies.ActivePassive{Alpha: 1, Success: 1},
			Detector: detector, Observer: model.ByCoordinator, Coordinated: true, Coordinator: 0, Fence: fence,
			Store: &model.Store{Mode: model.Async, WriteRate: 100}},
	}
	sys.Journeys = []model.Journey{{Name: "order", Share: 1, Threshold: 0.95, Service: none,
		Needs: []model.Dependency{{Need: model.Need{Ref: 1, Access: model.Write}}}}}
	return sys
}

var lease = model.Fence{Kind: model.LeaseFencing, Within: uniformLaw{10, 20}}

// Mistake 6: loss is lag. Without any lag, an isolated primary loses what it acknowledges until it gives
// up its lease; one that needs a majority for every write loses nothing, one without fencing everything.
func TestIsolatedPrimaryLosesWhatItAcknowledges(t *testing.T) {
	for _, c := range []struct {
		name      string
		fence     model.Fence
		low, high float64
	}{
		{"lease", lease, 10, 20},
		{"min-replicas", model.Fence{Kind: model.MinReplicas, Within: fixedLaw(10)}, 10, 10},
		{"consensus", model.Fence{Kind: model.ConsensusFencing}, 0, 0},
		{"none", model.Fence{}, 600, 600},
		{"lease that fails", model.Fence{Kind: model.LeaseFencing, Within: uniformLaw{10, 20}, Failure: 1}, 600, 600},
		{"storage lock", model.Fence{Kind: model.StorageLock}, 21, 31}, // with the election of the coordinator
	} {
		sys := threeSites(c.fence, policies.Lease{TTL: 30, Renew: 10})
		lowest, highest, n := 1e9, 0.0, 0
		observe(t, sys, Options{Horizon: 36 * model.Hour, Seed: 5, Runs: 300}, func(out *model.Outcome) {
			for _, l := range out.Losses {
				lowest, highest = min(lowest, float64(l.Seconds)), max(highest, float64(l.Seconds))
				n++
			}
		})
		if n != 300 || lowest < c.low-1e-6 || highest > c.high+1e-6 || highest-lowest < 0.9*(c.high-c.low) {
			t.Errorf("%s: %d losses from %.4g to %.4g s; want 300 from %v to %v", c.name, n, lowest, highest, c.low, c.high)
		}
	}
}

// A primary whose lease runs out is replaced after ttl − U(0, renew); until then its own side is served
// for 10 to 20 s, and nobody afterwards.
func TestLeaseLeavesAGapAndNoOverlap(t *testing.T) {
	sys := threeSites(lease, policies.Lease{TTL: 30, Renew: 10})
	unserved := 0.0
	observe(t, sys, Options{Horizon: 36 * model.Hour, Seed: 5, Runs: 4000}, func(out *model.Outcome) {
		unserved += float64(out.Unserved[0]) / 4000
	})
	// Clients in b wait for 25 s on average; those in a are served for 15 s of 600.
	// An election of 1 s comes first, since the leader of the coordinator was in a too.
	near(t, "unserved", unserved, 0.75*(1+25)+0.25*(600-15), 0.4)
}

// Mistake 8: a coordinator is immortal. Without its majority a healthy primary gives up its lease; with
// failsafe it goes on as long as it reaches its replicas; nobody fails over meanwhile.
func TestPrimaryStopsWithoutItsCoordinator(t *testing.T) {
	for _, failsafe := range []bool{false, true} {
		fence := lease
		fence.Failsafe = failsafe
		sys := threeSites(fence, policies.Lease{TTL: 30, Renew: 10})
		sys.Causes[0].Victims = []int32{3, 4} // two of three voters
		total, runs := 0.0, 2000
		observe(t, sys, Options{Horizon: 36 * model.Hour, Seed: 5, Runs: runs}, func(out *model.Outcome) {
			total += float64(out.Unserved[0])
			for _, f := range out.Failovers {
				if f.Service == 1 {
					t.Fatal("a failover without a coordinator to decide it")
				}
			}
			if down := out.Outages; !failsafe && (len(down) != 1 || down[0].Phases[model.Decision] == 0) {
				t.Fatalf("outages %+v, want one, booked to the decision nobody can take", down)
			}
		})
		want := 600 - 15 + 5.0 // from the stop to the end, and to the next renewal
		if failsafe {
			want = 0
		}
		near(t, "unserved", total/float64(runs), want, 0.5)
	}
}

// Two voters tolerate nothing: together they are down more often than one alone.
func TestTwoVotersAreWorseThanOne(t *testing.T) {
	down := func(voters int) float64 {
		sum := 0.0
		observe(t, farm(voters, &policies.Quorum{}, 1), Options{Horizon: 10 * model.Year, Seed: 2, Runs: 200}, func(out *model.Outcome) {
			sum += float64(out.Unserved[0])
		})
		return sum
	}
	one, two, three := down(1), down(2), down(3)
	if !(three < one && one < two && two > 1.8*one) {
		t.Errorf("unserved with 1, 2 and 3 voters: %.3g, %.3g, %.3g", one, two, three)
	}
}

// Stonith blocks the failover until the power is off; when every attempt fails, until a human has come.
func TestStonithBlocksTheFailover(t *testing.T) {
	for _, c := range []struct {
		success float64
		want    float64
	}{{1, 8}, {0, 3*60 + 1000}} {
		sys := farm(2, &policies.ActivePassive{Alpha: 1, Success: 1, Human: policies.Steps{fixedLaw(1000)},
			Stonith: &policies.Stonith{Takes: fixedLaw(8), Success: c.success, Timeout: 60, Attempts: 3}}, 1)
		sys.Components[0].Modes = []model.Mode{{Kind: model.OSCrash, Life: fixedLaw(model.Hour)}}
		sys.Components[1].Modes = nil
		sys.Services[0].Fence.Kind = model.Stonith
		observe(t, sys, Options{Horizon: model.Day, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			near(t, "down while fencing", float64(out.Outages[0].Phases[model.Fencing]), c.want, 1e-6)
			near(t, "down in all", float64(out.Outages[0].Down(out.Horizon)), c.want, 1e-6)
			if manual := out.Failovers[0].Manual; manual != (c.success == 0) {
				t.Errorf("a human was needed: %v", manual)
			}
		})
	}
}
