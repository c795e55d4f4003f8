package engine

import (
	"fmt"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// These tests hold rules of docs/semantics.md by one scripted case each; the table there says which.

// A planned return is no failover, so it does not hold the next one up (R19): the member at home fails again within
// the hour after its return, but more than an hour after the failover.
func TestPlannedReturnsAreNoFlapping(t *testing.T) {
	for _, hold := range []model.HoldDown{{Between: model.Hour}, {Most: 1, Window: model.Hour}} {
		sys := quiet(&policies.ActivePassive{Alpha: 1, Success: 1, Human: policies.Human{Act: fixedLaw(1000)}, Activate: policies.Steps{fixedLaw(10)}, Switchover: fixedLaw(6)})
		sys.Services[0].Failback, sys.Services[0].HoldDown = true, hold
		strikes(sys, 0, 1000, 3000) // failover at 1010, return at 4000
		strikes(sys, 0, 5000, 100)
		strikes(sys, 0, 6000, 100) // soon after the failover at 5010
		out := day(t, sys)
		var manual []bool
		for _, f := range out.Failovers {
			if f.Trigger == model.RealFault {
				manual = append(manual, f.Manual)
			}
		}
		if fmt.Sprint(manual) != "[false false true]" {
			t.Errorf("%+v: by hand %v, want only the third; %+v", hold, manual, out.Failovers)
		}
		near(t, "unserved", float64(out.Unserved[0]), 10+6+10+6+100, 1e-6) // the third is repaired before anybody acts
	}
}

// triangle is a database on a and b with a witness at c, all sites linked with each other both ways by a line for
// each direction, of which those named are cut for ten minutes after 1000 s. Clients are at c.
func triangle(cuts ...string) *model.System {
	sys := farm(3, &policies.ActivePassive{Alpha: 1, Success: 1}, 1)
	for i := range sys.Components {
		sys.Components[i].Modes, sys.Components[i].Site = nil, int32(i)
		sys.Network.Sites = append(sys.Network.Sites, model.Site{Name: string(rune('a' + i)), Component: none, Within: none})
	}
	for from := range int32(3) {
		for to := range int32(3) {
			if from == to {
				continue
			}
			line := int32(len(sys.Components))
			name := fmt.Sprintf("%c>%c", 'a'+from, 'a'+to)
			sys.Components = append(sys.Components, model.Component{Name: name, Kind: model.KindLink, Site: none})
			sys.Network.Links = append(sys.Network.Links, way(line, from, to))
			for _, cut := range cuts {
				if cut == name {
					sys.Causes = append(sys.Causes, model.CommonCause{Name: name, Mode: model.Isolated, Probability: 1, Once: true, Life: fixedLaw(1000), Repair: fixedLaw(600), Victims: []int32{line}})
				}
			}
		}
	}
	sys.Clients = []model.ClientGroup{{Site: 2, Share: 1}}
	return sys
}

// members makes the first n components the members of the only service.
func members(sys *model.System, n int) {
	sys.Services[0].Members = nil
	for i := range int32(n) {
		sys.Services[0].Members = append(sys.Services[0].Members, model.Member{Component: i, Host: i})
	}
}

// Who looks at a primary needs a way there (R2, R3, R10): a pair of which the standby cannot reach the primary fails
// over though all clients reach that; with a third member that reaches both nobody does (a partial partition), nor if
// only the way back is cut.
func TestDetectorsSeePartialAndAsymmetricCuts(t *testing.T) {
	for _, c := range []struct {
		members int
		cuts    []string
		want    int
	}{
		{2, []string{"a>b", "b>a"}, 1},
		{2, []string{"b>a"}, 1},
		{2, []string{"a>b"}, 0},
		{3, []string{"a>b", "b>a"}, 0},
		{3, []string{"b>a", "c>a"}, 1},
	} {
		sys := triangle(c.cuts...)
		members(sys, c.members)
		sys.Services[0].Detector = policies.After{Down: fixedLaw(10)}
		out := day(t, sys)
		if len(out.Failovers) != c.want || c.want > 0 && (out.Failovers[0].Trigger != model.FalseAlarm || out.Failovers[0].Start != 1010) {
			t.Errorf("%d members, %v cut: failovers %+v, want %d false alarms at 1010 s", c.members, c.cuts, out.Failovers, c.want)
		}
	}
}

// Votes go both ways (R3, R14): a leader keeps its quorum through a partial partition, in which it reaches the third;
// without it in either direction another is elected, and the one cut off cannot be.
func TestQuorumsUnderPartialAndAsymmetricCuts(t *testing.T) {
	for _, c := range []struct {
		cuts []string
		to   int32 // none: nobody is elected
		down float64
	}{
		{[]string{"a>b", "b>a"}, none, 0},
		{[]string{"a>b"}, none, 0},
		{[]string{"a>b", "a>c"}, 1, 5},
		{[]string{"b>a", "c>a"}, 1, 5},
		{[]string{"a>b", "c>a"}, 1, 5},
		{[]string{"a>b", "c>a", "b>c"}, none, 600}, // no two of them talk with each other
	} {
		sys := triangle(c.cuts...)
		sys.Services[0].Policy = &policies.Quorum{Election: fixedLaw(5)}
		sys.Clients = nil // who reach everybody
		out := day(t, sys)
		to := none
		if len(out.Failovers) > 0 && out.Failovers[0].Start == 1000 && out.Failovers[0].End == 1005 {
			to = out.Failovers[0].To
		}
		if to != c.to {
			t.Errorf("%v cut: elections %+v, want %d to lead", c.cuts, out.Failovers, c.to)
		}
		down := 0.0
		for _, o := range out.Outages {
			if o.Start < 1600 {
				down += float64(min(o.End, 1600) - o.Start)
			}
		}
		near(t, fmt.Sprintf("%v cut: down", c.cuts), down, c.down, 1e-6)
	}
}

// A lease takes both ways to the coordinator (R14): without either the primary stops after its 20 s, whatever else it
// reaches. With failsafe it stays while it reaches all other members, whatever their answers take.
func TestLeasesUnderAsymmetricCuts(t *testing.T) {
	for _, c := range []struct {
		cuts     []string
		failsafe bool
		stops    bool
	}{
		{[]string{"a>c"}, false, true},
		{[]string{"c>a"}, false, true},
		{[]string{"a>b", "b>a"}, false, false}, // the coordinator is at c
		{[]string{"a>c"}, true, false},
		{[]string{"a>c", "a>b"}, true, true},
	} {
		sys := triangle(c.cuts...)
		pair, etcd := sys.Services[0], sys.Services[0]
		pair.Members, etcd.Members = etcd.Members[:2], etcd.Members[2:]
		etcd.Name, etcd.Policy, etcd.Needed = "etcd", &policies.Quorum{}, 1
		pair.Detector, pair.Observer = policies.After{Down: fixedLaw(5000), Back: fixedLaw(0)}, model.ByCoordinator
		pair.Coordinated, pair.Coordinator = true, 0
		pair.Fence = model.Fence{Kind: model.LeaseFencing, Within: fixedLaw(20), Failsafe: c.failsafe}
		sys.Services = []model.Service{etcd, pair}
		sys.Clients = nil
		for j := range sys.Journeys {
			sys.Journeys[j].Needs = []model.Dependency{{Need: model.Need{Ref: 1}}}
		}
		down := 0.0
		if c.stops {
			down = 580
		}
		near(t, fmt.Sprintf("%v cut, failsafe %v: down", c.cuts, c.failsafe), float64(day(t, sys).Unserved[0]), down, 1e-6)
	}
}
