package engine

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// randomSystem draws a system with a bit of everything from a seed: two zones and a link, common
// causes, services of every policy that need each other, stores, detectors, warm-ups.
func randomSystem(seed uint64) *model.System {
	r := rand.New(rand.NewPCG(seed, 42))
	sys := &model.System{Name: fmt.Sprint("random ", seed), Rate: 100}
	law := func(mean model.Seconds) model.Distribution {
		switch r.IntN(4) {
		case 0:
			return weibullLaw{0.7 + r.Float64(), float64(mean)}
		case 1:
			return uniformLaw{mean / 2, 3 * mean / 2}
		}
		return expLaw(mean)
	}
	part := func(name string, kind model.FaultMode, life, repair model.Seconds) model.Component {
		c := model.Component{Name: name, Site: none, StartFailure: 0.1}
		c.Modes = append(c.Modes, model.Mode{Kind: kind, Life: law(life), Repair: law(repair)})
		if r.IntN(3) == 0 {
			kinds := []model.FaultMode{model.Crash, model.Hang, model.MediaLoss, model.PowerLoss}
			c.Modes = append(c.Modes, model.Mode{Kind: kinds[r.IntN(4)], Life: law(2 * life), Repair: law(repair)})
		}
		return c
	}
	zones := 1 + r.IntN(3)
	for z := range zones {
		sys.Components = append(sys.Components, part(fmt.Sprint("zone-", z), model.Crash, 60*model.Day, model.Hour))
	}
	if r.IntN(2) == 0 && zones > 1 {
		for z := range zones {
			sys.Network.Sites = append(sys.Network.Sites, model.Site{Name: fmt.Sprint("z", z), Component: int32(z), Within: int32(r.IntN(z+1)) - 1, Transit: r.IntN(3) > 0})
		}
		for a := range zones {
			for b := range a {
				c := int32(len(sys.Components))
				sys.Components = append(sys.Components, part(fmt.Sprint("link-", a, b), model.Isolated, 20*model.Day, model.Hour))
				sys.Network.Links = append(sys.Network.Links, model.Link{Component: c, From: int32(a), To: int32(b)}, model.Link{Component: c, From: int32(b), To: int32(a)})
			}
			sys.Clients = append(sys.Clients, model.ClientGroup{Site: int32(a), Share: 1 / float64(zones)})
		}
	}
	nodes := 2 + r.IntN(6)
	first := int32(len(sys.Components))
	for n := range nodes {
		c := part(fmt.Sprint("node-", n), model.OSCrash, 10*model.Day, 3*model.Hour)
		z := int32(r.IntN(zones))
		c.Requires = &model.Need{Ref: z}
		if len(sys.Network.Sites) > 0 {
			c.Site = z
		}
		sys.Components = append(sys.Components, c)
	}
	if r.IntN(2) == 0 {
		cause := model.CommonCause{Name: "power", Mode: model.PowerLoss, Life: law(40 * model.Day), Repair: law(model.Hour), Probability: 0.5 + r.Float64()/2}
		for n := range nodes {
			if r.IntN(2) == 0 {
				cause.Victims = append(cause.Victims, first+int32(n))
			}
		}
		sys.Causes = append(sys.Causes, cause)
	}
	services := 1 + r.IntN(4)
	for s := range services {
		sys.Services = append(sys.Services, randomService(r, sys, s, first, nodes, law))
	}
	for s := range services {
		j := model.Journey{Name: fmt.Sprint("journey-", s), Share: 1, Threshold: 0.9, Service: none}
		j.Needs = []model.Dependency{{Need: model.Need{Ref: int32(s), Access: model.Access(r.IntN(2))}}}
		sys.Journeys = append(sys.Journeys, j)
	}
	return sys
}

func randomService(r *rand.Rand, sys *model.System, s int, first int32, nodes int, law func(model.Seconds) model.Distribution) model.Service {
	svc := model.Service{Name: fmt.Sprint("service-", s), Balancer: none}
	members := 1 + r.IntN(min(4, nodes))
	for _, n := range r.Perm(nodes)[:members] {
		host := first + int32(n)
		m := model.Member{Component: host, Host: host}
		if r.IntN(2) == 0 {
			m.Component = int32(len(sys.Components))
			sys.Components = append(sys.Components, model.Component{Name: fmt.Sprint("process-", s, "-", n), Kind: model.KindProcess,
				Site: sys.Components[host].Site, Requires: &model.Need{Ref: host},
				Modes: []model.Mode{{Kind: model.Crash, Life: law(5 * model.Day), Repair: law(5 * model.Minute)}}})
		}
		svc.Members = append(svc.Members, m)
	}
	switch r.IntN(4) {
	case 0:
		svc.Policy = &policies.Quorum{Election: uniformLaw{1, 2}}
	case 1:
		svc.Policy = policies.ActiveActive{}
		svc.Needed = 1 + r.IntN(members)
		if r.IntN(2) == 0 {
			svc.PerReplica = 30
		}
		if r.IntN(2) == 0 {
			svc.Detector, svc.Observer = policies.Probe{Interval: 10, Timeout: 2, Fall: 3, Rise: 2}, model.ByEveryone
			if s > 0 {
				svc.Observer, svc.Balancer = model.ByService, int32(r.IntN(s))
			}
		}
	default:
		svc.Policy = &policies.ActivePassive{Alpha: float64(r.IntN(3)) / 2, Success: 0.9, Manual: r.IntN(3) == 0,
			Human: policies.Human{Act: law(600)}, Activate: policies.Steps{law(30)}, Redirect: fixedLaw(60), RedirectRamp: r.IntN(2) == 0}
		svc.Detector, svc.Observer = policies.Heartbeat{Period: 1, Timeout: 10}, model.Observer(2*r.IntN(2))
	}
	if r.IntN(3) == 0 {
		svc.WarmUp = model.WarmUp{StartAt: 0.4, Ramp: 120}
	}
	if r.IntN(2) == 0 {
		mode := model.ReplicationMode(r.IntN(3))
		if svc.Policy.Style() == model.Majority {
			mode = model.QuorumSync
		}
		svc.Store = &model.Store{Mode: mode, Acks: 1, Lag: law(1), FallbackAfter: uniformLaw{0, 10},
			WriteRate: 10, Durability: model.Durability(r.IntN(4)), FlushEvery: 5}
	}
	if s > 0 && r.IntN(2) == 0 {
		d := model.Dependency{Need: model.Need{Ref: int32(r.IntN(s))}}
		if r.IntN(2) == 0 {
			d.Without = 0.6
		}
		svc.Needs = append(svc.Needs, d)
	}
	return svc
}

func run(t testing.TB, sys *model.System, o Options) []model.Outcome {
	var all []model.Outcome
	observe(t, sys, o, func(out *model.Outcome) {
		c := *out
		c.Outages = append([]model.Outage(nil), out.Outages...)
		c.Losses = append([]model.Loss(nil), out.Losses...)
		c.Failovers = append([]model.Failover(nil), out.Failovers...)
		c.Runs = append([]model.Run(nil), out.Runs...)
		c.Stale = append([]model.StaleReads(nil), out.Stale...)
		c.Lacks = append([]model.Lack(nil), out.Lacks...)
		c.Unserved = append([]model.Seconds(nil), out.Unserved...)
		c.Exposure = append([]model.Seconds(nil), out.Exposure...)
		c.Upkeep = append([]model.Upkeep(nil), out.Upkeep...)
		c.Stocks = append([]model.StockUse(nil), out.Stocks...)
		c.Bridged = append([]model.Seconds(nil), out.Bridged...)
		c.Splits = append([]model.Split(nil), out.Splits...)
		c.Suspect = append([]model.Seconds(nil), out.Suspect...)
		all = append(all, c)
	})
	return all
}

const randomSystems = 300

func yearly(seed uint64) Options {
	return Options{Horizon: model.Year / 2, Seed: seed, Runs: 4, RunOut: 30 * model.Day}
}

func TestWorkersAndRangesChangeNothing(t *testing.T) {
	for seed := range uint64(randomSystems) {
		sys := randomSystem(seed)
		o := yearly(seed)
		o.Workers = 1
		alone := run(t, sys, o)
		for _, workers := range []int{2, 7} {
			o.Workers = workers
			if !reflect.DeepEqual(alone, run(t, sys, o)) {
				t.Fatalf("seed %d: %d workers give other outcomes than one", seed, workers)
			}
		}
		o.First, o.Runs = 2, 2
		if !reflect.DeepEqual(alone[2:], run(t, sys, o)) {
			t.Fatalf("seed %d: replications 2 and 3 depend on where the range begins", seed)
		}
	}
}

// The down seconds of an outage are booked to phases without remainder, and outages of one journey do
// not overlap.
func TestPhasesAddUp(t *testing.T) {
	for seed := range uint64(randomSystems) {
		for _, out := range run(t, randomSystem(seed), yearly(seed)) {
			last := map[int32]model.Seconds{}
			unserved := map[int32]model.Seconds{}
			for _, o := range out.Outages {
				sum := model.Seconds(0)
				for _, p := range o.Phases {
					sum += p
				}
				if math.Abs(float64(sum-o.Down(out.Horizon))) > 1e-3 {
					t.Errorf("seed %d: an outage of %v has phases of %v", seed, o.Down(out.Horizon), sum)
				}
				if o.Start < last[o.Journey] || o.End < o.Start || o.Start > out.Horizon {
					t.Errorf("seed %d: an outage from %v to %v after one until %v", seed, o.Start, o.End, last[o.Journey])
				}
				last[o.Journey] = o.End
				unserved[o.Journey] += o.Unserved
			}
			for j, u := range unserved {
				if u > out.Unserved[j]+1e-3 {
					t.Errorf("seed %d: more unserved in outages (%v) than in all (%v)", seed, u, out.Unserved[j])
				}
			}
		}
	}
}

func alike(a, b model.Seconds) bool {
	return a == b || math.Abs(float64(a-b)) <= 1e-2+1e-6*math.Abs(float64(a))
}

// A node that nobody uses changes no number of any other.
func TestUnusedNodeChangesNothing(t *testing.T) {
	for seed := range uint64(randomSystems) {
		sys := randomSystem(seed)
		before := run(t, sys, yearly(seed))
		sys.Components = append(sys.Components, unit("idle", model.Day, model.Hour))
		after := run(t, sys, yearly(seed))
		for i := range before {
			if before[i].Events == after[i].Events {
				t.Fatalf("seed %d: the idle node has no events", seed)
			}
			for k := range before[i].Outages {
				a, b := before[i].Outages[k], after[i].Outages[k]
				// A ramp is integrated from event to event, so the idle node's events move roundings, no more.
				if a.Journey != b.Journey || !alike(a.Start, b.Start) || !alike(a.End, b.End) || !alike(a.Unserved, b.Unserved) {
					t.Fatalf("seed %d: outage %d changed from %+v to %+v", seed, k, a, b)
				}
			}
			if len(before[i].Losses) != len(after[i].Losses) || len(before[i].Failovers) != len(after[i].Failovers) {
				t.Fatalf("seed %d: an idle node changed the results", seed)
			}
		}
	}
}

// Under shared luck, a spare never hurts a k-of-n system.
func TestSpareNeverHurts(t *testing.T) {
	for n := 2; n < 7; n++ {
		o := Options{Horizon: 50 * model.Year, Seed: uint64(n), Runs: 20}
		with, without := run(t, farm(n+1, policies.ActiveActive{}, 2), o), run(t, farm(n, policies.ActiveActive{}, 2), o)
		for i := range with {
			if with[i].Unserved[0] > without[i].Unserved[0] {
				t.Errorf("seed %d replication %d: %d units are down %v, %d only %v", o.Seed, i, n+1, with[i].Unserved[0], n, without[i].Unserved[0])
			}
		}
	}
}

// Stretching all times stretches all results.
func TestTimeScales(t *testing.T) {
	system := func(scale model.Seconds) *model.System {
		sys := farm(3, standby(0.5), 1)
		for i := range sys.Components {
			sys.Components[i] = unit(sys.Components[i].Name, 100*model.Hour*scale, 10*model.Hour*scale)
		}
		return sys
	}
	a := run(t, system(1), Options{Horizon: model.Year, Seed: 5, Runs: 10})
	b := run(t, system(4), Options{Horizon: 4 * model.Year, Seed: 5, Runs: 10})
	for i := range a {
		if math.Abs(float64(4*a[i].Unserved[0]-b[i].Unserved[0])) > 1e-3 {
			t.Errorf("seed 5 replication %d: %v is not a quarter of %v", i, a[i].Unserved[0], b[i].Unserved[0])
		}
	}
}

func TestNoAllocations(t *testing.T) {
	for seed := range uint64(40) {
		p, err := Compile(randomSystem(seed))
		if err != nil {
			t.Fatal(err)
		}
		o := yearly(seed)
		r := p.NewRunner(o)
		var out model.Outcome
		once := func() { r.Reset(1, &out); r.Run() }
		once()
		if n := testing.AllocsPerRun(3, once); n > 0 {
			t.Errorf("seed %d: %v allocations per replication", seed, n)
		}
	}
}

// Tables of quantiles give what the laws themselves give.
func TestTablesAgreeWithLaws(t *testing.T) {
	sys := farm(1, policies.ActiveActive{}, 1)
	sys.Components[0].Modes = []model.Mode{{Kind: model.OSCrash, Life: weibullLaw{1.5, 1e6}, Repair: weibullLaw{0.6, 1e5}}}
	o := Options{Horizon: 100 * model.Year, Seed: 1, Runs: 300}
	table, half := unavailability(t, sys, o)
	o.Exact, o.Seed = true, 2
	exact, half2 := unavailability(t, sys, o)
	near(t, "unavailability", table, exact, half+half2)
	life, repair := float64(weibullLaw{1.5, 1e6}.Mean()), float64(weibullLaw{0.6, 1e5}.Mean())
	near(t, "long-run unavailability", table, repair/(life+repair), half+1e-4)
}

// The tree and the queue ring the same clocks in the same order.
func TestTreeAndQueueAgree(t *testing.T) {
	const n = 300
	tree, queue := newClocks(n, 1), clocks{buckets: newBuckets(n, 3)}
	r := rand.New(rand.NewPCG(1, 2))
	now := 0.0
	for i := range int32(n) {
		at := float64(r.IntN(1000))
		tree.arm(i, at)
		queue.arm(i, at)
	}
	for step := range 200_000 {
		id, t1 := tree.next()
		other, t2 := queue.next()
		if id != other && !math.IsInf(t1, 1) || t1 != t2 {
			t.Fatalf("step %d: the tree rings %d at %v, the queue %d at %v", step, id, t1, other, t2)
		}
		if math.IsInf(t1, 1) {
			break
		}
		now = t1
		for _, k := range []int32{id, int32(r.IntN(n))} {
			at := now + math.Floor(r.ExpFloat64()*math.Pow(10, float64(r.IntN(6))))
			if r.IntN(50) == 0 && k != id {
				at = math.Inf(1)
			}
			tree.arm(k, at)
			queue.arm(k, at)
		}
	}
}

// A panic in a law becomes an error that says how to see it again.
func TestPanicIsReported(t *testing.T) {
	sys := farm(2, policies.ActiveActive{}, 1)
	sys.Components[0].Modes[0].Repair = badLaw{}
	p, err := Compile(sys)
	if err != nil {
		t.Fatal(err)
	}
	for _, workers := range []int{1, 2} {
		var got error
		for _, err := range p.Replications(context.Background(), Options{Horizon: model.Year, Seed: 9, Runs: 50, Workers: workers}) {
			got = err
		}
		if got == nil || !reflect.DeepEqual(got.Error()[:26], "replication 0 with seed 9 ") {
			t.Errorf("%d workers: the error is %v", workers, got)
		}
	}
}

type badLaw struct{ expLaw }

func (badLaw) Sample(*rand.Rand) model.Seconds { panic("out of order") }
func (badLaw) Mean() model.Seconds             { return 1 }
func (badLaw) String() string                  { return "bad" }
func (badLaw) Rate()                           {} // not memoryless
