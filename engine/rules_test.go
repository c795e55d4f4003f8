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

// Recovery is noticed with a delay, too (R12): who is back takes requests only after its check has succeeded.
func TestRecoveryIsNoticedLater(t *testing.T) {
	for _, back := range []model.Seconds{0, 50} {
		sys := farm(1, policies.ActiveActive{}, 1)
		sys.Components[0].Modes = nil
		strikes(sys, 0, 1000, 100)
		sys.Services[0].Detector, sys.Services[0].Observer = policies.After{Down: fixedLaw(10), Back: fixedLaw(back)}, model.ByEveryone
		near(t, fmt.Sprintf("noticed after %v: down", back), float64(day(t, sys).Unserved[0]), 100+float64(back), 1e-6)
	}
}

// A second fault is met by the state as it is then, and a repair may win the race (R27, R28).
func TestSecondFaultsAtAnyPhase(t *testing.T) {
	// Detection takes 10 s, decision 20 s, activation 40 s, redirection 80 s, of three members.
	for _, c := range []struct {
		what        string
		hits        int32
		at, length  model.Seconds // after the primary has failed for good, or for
		first       model.Seconds // so long
		down        float64
		to          int32
		real, found int // failovers, and those that succeeded
	}{
		{"nothing", none, 0, 0, model.Day, 150, 1, 1, 1},
		{"the primary returns before anybody noticed", none, 0, 0, 5, 5, none, 0, 0},
		{"the primary returns during the decision", none, 0, 0, 25, 25, none, 1, 0},
		{"the primary returns during activation", none, 0, 0, 45, 150, 1, 1, 1},
		{"the candidate dies before the decision", 1, 5, model.Day, model.Day, 150, 2, 1, 1},
		{"the candidate dies during the decision", 1, 15, model.Day, model.Day, 150, 2, 1, 1},
		{"the candidate dies during activation", 1, 50, model.Day, model.Day, 50 + 140, 2, 1, 1},
		{"the candidate dies during redirection", 1, 100, model.Day, model.Day, 100 + 150, 2, 1, 1}, // one story
		{"the other dies during activation", 2, 50, model.Day, model.Day, 150, 1, 1, 1},
	} {
		sys := farm(3, &policies.ActivePassive{Alpha: 1, Success: 1, Decision: policies.Steps{fixedLaw(20)}, Activate: policies.Steps{fixedLaw(40)}, Redirect: fixedLaw(80)}, 1)
		for i := range sys.Components {
			sys.Components[i].Modes = nil
		}
		sys.Services[0].Detector, sys.Services[0].Observer = policies.After{Down: fixedLaw(10)}, model.ByEveryone
		strikes(sys, 0, 1000, c.first)
		if c.hits != none {
			strikes(sys, c.hits, 1000+c.at, c.length)
		}
		out := day(t, sys)
		near(t, c.what+": down", float64(out.Unserved[0]), c.down, 1e-6)
		succeeded, to := 0, none
		for _, f := range out.Failovers {
			if f.Result == model.Succeeded {
				succeeded, to = succeeded+1, f.To
			}
		}
		if len(out.Failovers) != c.real || succeeded != c.found || to != c.to {
			t.Errorf("%s: failovers %+v, want %d, of which %d to %d", c.what, out.Failovers, c.real, c.found, c.to)
		}
	}
}

// After a promotion that failed comes the next candidate, and then a person (R15); here no promotion works, and each
// attempt takes 40 s.
func TestFailedPromotionsGoOnToTheNext(t *testing.T) {
	for n := 2; n <= 4; n++ {
		sys := farm(n, &policies.ActivePassive{Alpha: 1, Success: 1, Activate: policies.Steps{fixedLaw(40)}, Human: policies.Human{Act: fixedLaw(500)}}, 1)
		for i := range sys.Components {
			sys.Components[i].Modes = nil
		}
		sys.Services[0].Rot = model.Rot{Life: fixedLaw(990), Repair: fixedLaw(model.Day)} // every standby is bad by then
		strikes(sys, 0, 1000, model.Day)
		out := day(t, sys)
		down := 40*float64(n-1) + 500 + 40
		near(t, fmt.Sprintf("%d members: down", n), float64(out.Unserved[0]), down, 1e-6)
		if len(out.Failovers) != 1 || !out.Failovers[0].Manual || out.Failovers[0].Failures != int32(n-1) {
			t.Errorf("%d members: failovers %+v, want one by hand", n, out.Failovers)
		}
	}
}

// A page that goes unheard costs an escalation (R18), here each a quarter of an hour: downtime is the work and a
// whole number of those, one in four of which go on.
func TestMissedPagesEscalate(t *testing.T) {
	sys := onceDown(fixedLaw(1000), &policies.ActivePassive{Alpha: 1, Success: 1, Manual: true, Human: policies.Human{Missed: 0.25, Escalate: 900, Act: fixedLaw(300)}})
	missed, runs := map[int]int{}, 4000
	observe(t, sys, Options{Horizon: model.Day, Seed: 3, Runs: runs}, func(out *model.Outcome) {
		n := (float64(out.Unserved[0]) - 300) / 900
		if n != float64(int(n)) || n < 0 {
			t.Fatalf("down for %v, want 300 s and some quarters of an hour", out.Unserved[0])
		}
		missed[int(n)]++
	})
	near(t, "share of pages heard", float64(missed[0])/float64(runs), 0.75, 0.03)
	near(t, "share of pages missed once", float64(missed[1])/float64(runs), 0.25*0.75, 0.03)
}

// Voters belong in three zones (R13, R14): with two of three in the zone that is lost, the pair elsewhere is stopped
// for want of a coordinator; with one, it goes on.
func TestWhereVotersAre(t *testing.T) {
	for _, c := range []struct {
		zones []int32
		down  float64
	}{{[]int32{0, 0, 1}, 580}, {[]int32{0, 1, 2}, 0}} {
		sys := farm(5, &policies.Quorum{}, 1)
		zones := int32(len(sys.Components))
		for z := range 3 {
			sys.Components = append(sys.Components, model.Component{Name: fmt.Sprint("zone ", z), Kind: model.KindZone, Site: none})
		}
		for i := range sys.Components[:5] {
			sys.Components[i].Modes = nil
		}
		for i, z := range append([]int32{1, 2}, c.zones...) { // the pair is in two zones that are well
			sys.Components[i].Requires = &model.Need{Ref: zones + z}
		}
		pair, etcd := sys.Services[0], sys.Services[0]
		pair.Members, etcd.Members = etcd.Members[:2], etcd.Members[2:]
		etcd.Name, etcd.Needed = "etcd", 1
		pair.Policy = &policies.ActivePassive{Alpha: 1, Success: 1}
		pair.Detector, pair.Observer = policies.After{Down: fixedLaw(5000), Back: fixedLaw(0)}, model.ByCoordinator
		pair.Coordinated, pair.Coordinator = true, 0
		pair.Fence = model.Fence{Kind: model.LeaseFencing, Within: fixedLaw(20)}
		sys.Services = []model.Service{etcd, pair}
		for j := range sys.Journeys {
			sys.Journeys[j].Needs = []model.Dependency{{Need: model.Need{Ref: 1}}}
		}
		strikes(sys, zones, 1000, 600)
		near(t, fmt.Sprintf("voters in %v: down", c.zones), float64(day(t, sys).Unserved[0]), c.down, 1e-6)
	}
}

// Whoever is down at the start of a steady-state run waits for a crew like anybody: with one crew for a pair, of which
// each unit is down a tenth of its life, both are down 2ρ²/(1 + 2ρ + 2ρ²) of the first hour as of any other.
func TestSteadyStartWaitsForCrews(t *testing.T) {
	for crew, want := range map[int]float64{0: 1.0 / 121, 1: 0.02 / 1.22} {
		sys := farm(2, policies.ActiveActive{}, 1)
		for i := range sys.Components {
			sys.Components[i] = unit(sys.Components[i].Name, 100*model.Hour, 10*model.Hour)
		}
		if crew > 0 {
			sys.Crews = []model.Crew{{Size: crew, Serves: []int32{0, 1}}}
		}
		u, half := unavailability(t, sys, Options{Horizon: model.Hour, Seed: 4, Runs: 60000, SteadyState: true})
		if half > 0.2*want {
			t.Fatalf("%d crews: ± %.2g says too little", crew, half)
		}
		near(t, fmt.Sprintf("%d crews: both down in the first hour", crew), u, want, half)
	}
}

// A detector that misses a mode leaves it to users, also where a consensus fences (R10). The leader of a quorum is
// its own heart: with a hang its heartbeats end, which costs an election; slow, it goes on beating, and leading.
func TestWhoSeesWhat(t *testing.T) {
	never := policies.Seeing{Detector: policies.After{Down: fixedLaw(10)}, Unseen: fixedLaw(500)}
	for _, c := range []struct {
		policy   model.Policy
		detector model.Detector
		mode     model.FaultMode
		down     float64
	}{
		{&policies.ActivePassive{Alpha: 1, Success: 1}, never, model.Hang, 500},
		{&policies.ActivePassive{Alpha: 1, Success: 1}, policies.After{Down: fixedLaw(10)}, model.Hang, 10},
		{&policies.Quorum{Election: fixedLaw(5)}, nil, model.Hang, 5},
		{&policies.Quorum{Election: fixedLaw(5)}, nil, model.Slow, 0},
	} {
		sys := farm(3, c.policy, 1)
		for i := range sys.Components {
			sys.Components[i].Modes = nil
		}
		sys.Components[0].Modes = []model.Mode{{Kind: c.mode, Life: fixedLaw(1000), Repair: fixedLaw(model.Day), Capacity: 1}}
		sys.Services[0].Detector = c.detector
		if c.detector != nil {
			sys.Services[0].Fence.Kind = model.ConsensusFencing
		}
		near(t, fmt.Sprintf("%v, %v: down", c.policy, c.mode), float64(day(t, sys).Unserved[0]), c.down, 1e-6)
	}
}
