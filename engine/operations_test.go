package engine

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// This file holds planned work and spare parts to what must be true of them on random systems.

// operated adds maintenance, spare parts and hidden faults to a system.
func operated(sys *model.System, seed uint64) *model.System {
	m := &maker{r: rand.New(rand.NewPCG(seed, 99)), sys: sys, pace: 1}
	for i := range sys.Components {
		modes := sys.Components[i].Modes
		if m.chance(4) && len(modes) > 0 {
			sys.Components[i].Modes = slices.Clone(modes)
			sys.Components[i].Modes[m.r.IntN(len(modes))].Hidden = true
		}
		if c := &sys.Components[i]; m.chance(5) && c.Requires != nil && c.StartFailure == 0 {
			c.StartsIn = uniformLaw{60, 600}
		}
	}
	for k := range 1 + m.r.IntN(3) {
		sys.Maintenance = append(sys.Maintenance, m.maintenance(k))
	}
	m.stocks()
	for i := range sys.Services {
		m.changes(&sys.Services[i])
	}
	return sys
}

// changes has some services stop for the loss of a member, and some stand still while they change.
func (m *maker) changes(s *model.Service) {
	if _, leaderless := s.Policy.(model.Leaderless); s.Policy.Style() == model.Shared && !leaderless && m.chance(2) {
		s.Reconfiguration = &model.Reconfiguration{Takes: of[model.Distribution](m, fixedLaw(30), m.law(model.Hour)), Success: 0.7, Otherwise: m.law(2 * model.Hour)}
	}
	if m.chance(2) {
		s.Meanwhile = model.Meanwhile(m.r.IntN(3))
	}
}

func (m *maker) maintenance(k int) model.Maintenance {
	x := model.Maintenance{Name: fmt.Sprint("work-", k), Service: none, Every: of[model.Distribution](m, fixedLaw(model.Day), m.law(12*model.Hour)),
		Aged: m.chance(3), AtOnce: 1 + m.r.IntN(2), Takes: of[model.Distribution](m, m.law(20*model.Minute), fixedLaw(model.Hour), nil),
		Drain: !m.chance(3), Interruption: of[model.Distribution](m, nil, fixedLaw(10), m.law(30)), Degraded: model.Degraded(m.r.IntN(3)),
		Retry: of(m, 15*model.Minute, 2*model.Hour), Pause: of(m, 0, model.Minute), Renews: m.chance(3), Finds: m.chance(2)}
	if m.chance(3) {
		x.Window = model.Window{Days: [7]bool{true, false, true, true, m.chance(2), true, true}, From: 20 * model.Hour, To: 28 * model.Hour}
	}
	if m.chance(3) {
		x.Wrong, x.Overrun = 0.3, m.law(model.Hour)
	}
	if s := int32(m.r.IntN(len(m.sys.Services))); m.chance(4) && m.sys.Services[s].Policy.Style() != model.Shared && len(m.sys.Services[s].Members) > 1 {
		x.Service, x.Aged = s, false
		return x
	}
	for _, i := range m.r.Perm(len(m.sys.Components))[:1+m.r.IntN(len(m.sys.Components))] {
		x.Targets = append(x.Targets, int32(i))
	}
	return x
}

func (m *maker) stocks() {
	for k := range m.r.IntN(3) {
		s := model.Stock{Name: fmt.Sprint("part-", k), Size: m.r.IntN(4) - 1, Lead: of[model.Distribution](m, nil, m.law(8*model.Hour)), GoesOn: m.chance(4)}
		if s.Modes[k*int(model.OSCrash)] = true; m.chance(3) {
			s.Delivery = model.Office{Kept: true, Days: [7]bool{true, true, true, true, true}, From: 8 * model.Hour}
		}
		for i := range m.sys.Components {
			if m.chance(2) {
				s.Serves = append(s.Serves, int32(i))
			}
		}
		m.sys.Stocks = append(m.sys.Stocks, s)
	}
}

// whileOperated runs a replication of an operated system and looks at it after each instant.
func whileOperated(t *testing.T, seed uint64, look func(r *Runner, n naive)) *model.Outcome {
	t.Helper()
	sys := operated(randomSystem(seed), seed)
	p, err := Compile(sys)
	if err != nil {
		t.Fatal(err)
	}
	r := p.NewRunner(Options{Horizon: model.Year / 6, Seed: seed, RunOut: model.Day, SteadyState: seed%4 == 0})
	out := new(model.Outcome)
	for r.Reset(0, out); r.Step(); {
		if !r.past {
			look(r, naive{r, sys})
		}
	}
	return out
}

func operatedSystems() uint64 {
	if testing.Short() {
		return 100
	}
	return 600
}

// While there is planned work, the state is still what the definitions say; who is out is who is being
// worked on, no part is lost, and no more is under work than may be.
func TestOperatedStateIsWhatDefinitionsSay(t *testing.T) {
	for seed := range operatedSystems() {
		out := whileOperated(t, seed, func(r *Runner, n naive) {
			n.check(t, seed)
			n.checkWork(t, seed)
			n.checkParts(t, seed)
			n.checkStill(t, seed)
		})
		for _, o := range out.Outages {
			sum := model.Seconds(0)
			for _, p := range o.Phases {
				sum += p
			}
			if down := o.Down(out.Horizon); math.Abs(float64(sum-down)) > 1e-3 || o.Planned < 0 || o.Planned > down+1e-3 {
				t.Fatalf("seed %d: an outage of %v has phases of %v, %v was announced", seed, down, sum, o.Planned)
			}
			if o.Planned > 0 && int(o.Initiator) < len(out.Exposure) {
				t.Fatalf("seed %d: something was announced of what %d began", seed, o.Initiator)
			}
		}
	}
}

func (n naive) checkWork(t *testing.T, seed uint64) {
	r := n.r
	out := make([]int32, len(r.groups))
	for i := range r.upkeeps {
		u := &r.upkeeps[i]
		due1, busy := int32(0), int32(0)
		for k := u.first; k < u.first+u.n; k++ {
			task := &r.tasks[k]
			switch task.stage {
			case idle:
			case due:
				due1++
			default:
				busy++
			}
			if task.stage == underWork || task.stage == overdue {
				for _, s := range r.stakesOf(task) {
					out[s.group]++
				}
			}
		}
		if due1 != u.due || busy != u.busy || busy > int32(u.from.AtOnce) {
			t.Fatalf("seed %d at %v: %s counts %d due and %d busy of at most %d; by definition %d and %d", seed, r.Now(), u.from.Name, u.due, u.busy, u.from.AtOnce, due1, busy)
		}
		if u.due > 0 && u.busy == 0 && math.IsInf(r.clocks.at(u.lookClock), 1) {
			t.Fatalf("seed %d at %v: %s is due and nobody will look at it", seed, r.Now(), u.from.Name)
		}
	}
	for g := range out {
		if out[g] != r.groups[g].out {
			t.Fatalf("seed %d at %v: service %d counts %d out, by definition %d", seed, r.Now(), g, r.groups[g].out, out[g])
		}
	}
}

// checkParts: what is on the shelf and on order, less who waits, is what there was at the start.
func (n naive) checkParts(t *testing.T, seed uint64) {
	r := n.r
	for i := range r.stocks {
		s := &r.stocks[i]
		if s.from.Size == model.Unlimited {
			continue
		}
		waits := int32(0)
		for id := range r.modes {
			if r.p.stockOf[id] == int32(i) && r.lacksPart(int32(id)) {
				waits++
			}
		}
		on := int32(len(r.arrivals[i]))
		waits += int32(len(r.owed[i]))
		if s.shelf+on-waits != int32(s.from.Size) || s.shelf > 0 && waits > 0 {
			t.Fatalf("seed %d at %v: %d on the shelf, %d on order, %d wait, %d at the start", seed, r.Now(), s.shelf, on, waits, s.from.Size)
		}
	}
}

func TestOperationsDependOnNamesOnly(t *testing.T) {
	for _, fixed := range []bool{false, true} {
		failures := 0
		for seed := uint64(1); seed <= operatedSystems() && failures < 3; seed++ {
			sys, o := operated(makeSystem(seed, fixed), seed), twinOptions(seed)
			if faults := model.Check(sys, nil).Faults(); len(faults) > 0 {
				t.Fatalf("seed %d: %v", seed, faults)
			}
			other := reordered(sys, rand.New(rand.NewPCG(seed, 5)))
			a, b := run(t, sys, o), run(t, other, o)
			rounded(a)
			rounded(b)
			if text := firstRowThatDiffers(rows(sys, a), rows(other, b)); text != "" || !slices.Equal(a[0].Upkeep, b[0].Upkeep) || !slices.Equal(a[0].Stocks, b[0].Stocks) {
				failures++
				t.Errorf("seed %d, fixed laws %v: %s\n%v %v\n%v %v", seed, fixed, text, a[0].Upkeep, a[0].Stocks, b[0].Upkeep, b[0].Stocks)
			}
		}
	}
}

// rounded drops from what was not served the last digits, where shares were multiplied in another order.
func rounded(outs []model.Outcome) {
	round := func(t *model.Seconds) { *t = model.Seconds(math.Round(float64(*t)*1e6) / 1e6) }
	for i := range outs {
		for k := range outs[i].Outages {
			round(&outs[i].Outages[k].Unserved)
		}
		for k := range outs[i].Unserved {
			round(&outs[i].Unserved[k])
		}
	}
}

func TestOperationsDoNotDependOnWorkers(t *testing.T) {
	for seed := range operatedSystems() / 4 {
		sys, o := operated(randomSystem(seed), seed), yearly(seed)
		o.Workers = 1
		alone := run(t, sys, o)
		o.Workers = 3
		if !reflect.DeepEqual(alone, run(t, sys, o)) {
			t.Fatalf("seed %d: 3 workers give other outcomes than one", seed)
		}
		p, err := Compile(sys)
		if err != nil {
			t.Fatal(err)
		}
		r, out := p.NewRunner(o), new(model.Outcome)
		once := func() { r.Reset(1, out); r.Run() }
		once()
		if n := testing.AllocsPerRun(3, once); n > 0 {
			t.Errorf("seed %d: %v allocations per replication", seed, n)
		}
	}
}
