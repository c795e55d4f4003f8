package engine

import (
	"flag"
	"fmt"
	"math"
	"slices"
	"sort"
	"testing"

	"github.com/ftsim/ftsim/model"
)

var twinSeed = flag.Uint64("twin.seed", 0, "compare the naive twin on the system of this seed only, and say how they differ")

// The engine and its naive twin observe the same on random systems.
func TestTwinAgrees(t *testing.T) {
	systems := uint64(1000)
	if testing.Short() {
		systems = 150
	}
	first := uint64(1)
	if *twinSeed > 0 {
		first, systems = *twinSeed, *twinSeed
	}
	failures := 0
	for seed := first; seed <= systems && failures < 10; seed++ {
		if text := twinsDiffer(t, wideSystem(seed), twinOptions(seed)); text != "" {
			failures++
			t.Errorf("seed %d: %s\nsee it alone with: go test ./engine -run TestTwinAgrees -twin.seed=%d", seed, text, seed)
		}
	}
}

func twinOptions(seed uint64) Options {
	return Options{Horizon: 4 * model.Day, RunOut: model.Day, Seed: seed, First: int(seed % 3), Runs: 1, Exact: true, SteadyState: seed%4 == 0}
}

// twinsDiffer says what the engine and the twin disagree about first, or nothing.
func twinsDiffer(t *testing.T, sys *model.System, o Options) string {
	for _, p := range model.Check(sys, nil) {
		if p.Severity != model.Warning {
			t.Fatalf("the generator drew a bad system: %v", p)
		}
	}
	got := run(t, sys, o)[0]
	want := simulate(sys, o, o.First)
	text := difference(&got, want)
	if text != "" && *twinSeed > 0 {
		text += parting(t, sys, o, want.story)
	}
	return text
}

// parting shows where the story of the engine and that of the twin part.
func parting(t *testing.T, sys *model.System, o Options, twin []string) string {
	p, err := Compile(sys)
	if err != nil {
		t.Fatal(err)
	}
	var engine []string
	if _, err := p.Trace(o, o.First, func(n Note) {
		if n.Kind != JourneyUp && n.Kind < CushionUsed { // told when the engine comes to know, which may be later
			engine = append(engine, n.words(sys))
		}
	}); err != nil {
		t.Fatal(err)
	}
	sort.Strings(engine)
	sort.Strings(twin)
	i := 0
	for i < len(engine) && i < len(twin) && engine[i] == twin[i] {
		i++
	}
	text := "\nwhat came before:"
	for k := max(0, i-20); k < i; k++ {
		text += "\n  " + engine[k]
	}
	for k := i; k < i+8; k++ {
		if k < len(engine) {
			text += "\nengine " + engine[k]
		}
		if k < len(twin) {
			text += "\ntwin   " + twin[k]
		}
	}
	return text
}

// words puts a note into words; what happens in one instant may be told in another order.
func (n Note) words(sys *model.System) string {
	at := fmt.Sprintf("%14.4f ", float64(n.At))
	switch n.Kind {
	case ComponentFailed:
		return at + sys.Components[n.Component].Name + " fails: " + n.Mode.String()
	case ComponentRepaired:
		return at + sys.Components[n.Component].Name + " is repaired"
	case RebuildFailed:
		return at + sys.Components[n.Component].Name + " cannot be rebuilt"
	case CauseStruck:
		return at + sys.Causes[n.Component].Name + " strikes: " + n.Mode.String()
	case CauseEnded:
		return at + sys.Causes[n.Component].Name + " ends"
	case BelievedDown, BelievedUp:
		return at + fmt.Sprintf("%s believes member %d up: %v", sys.Services[n.Service].Name, n.Member, n.Kind == BelievedUp)
	case PhaseEntered:
		return at + sys.Services[n.Service].Name + " enters " + n.Phase.String()
	case SteppedDown, WentOn:
		return at + fmt.Sprintf("%s lets member %d go on: %v", sys.Services[n.Service].Name, n.Member, n.Kind == WentOn)
	case CushionUsed, CushionSpent, CushionFull:
		return at + fmt.Sprintf("cushion %d: %d", n.Cushion, n.Kind)
	case DataLost:
		return at + fmt.Sprintf("%s loses %.4f", sys.Services[n.Service].Name, float64(n.Delay))
	}
	return at + sys.Journeys[n.Journey].Name + " goes down: " + n.Phase.String()
}

// Clocks are sums of the same numbers in another order. A stretch of time in which served fractions change
// the engine integrates by a rule with a small error (see panels).
const (
	clockSlack = 1e-4 // seconds
	rampSlack  = 0.2  // seconds of unserved per such stretch
)

func same(a, b model.Seconds, slack float64) bool {
	return a == b || math.Abs(float64(a-b)) <= slack
}

func difference(got *model.Outcome, t *twin) string {
	want := t.out
	// Stores in which several members take writes have books of another kind, held to tests of their own.
	got.Losses = slices.DeleteFunc(got.Losses, func(l model.Loss) bool { return t.services[l.Service].ledger == nil })
	byStart(got)
	byStart(want)
	sort.SliceStable(got.Losses, func(i, j int) bool { return before(&got.Losses[i], &got.Losses[j]) })
	sort.SliceStable(t.losses, func(i, j int) bool { return before(&t.losses[i].Loss, &t.losses[j].Loss) })
	sort.SliceStable(t.outages, func(i, j int) bool { return earlier(&t.outages[i].Outage, &t.outages[j].Outage) })
	for i := range max(len(got.Outages), len(t.outages)) {
		if i >= len(got.Outages) || i >= len(t.outages) || !sameOutage(got.Outages[i], t.outages[i]) {
			return differ("outage", i, got.Outages, t.outages)
		}
	}
	for i := range max(len(got.Failovers), len(want.Failovers)) {
		if i >= len(got.Failovers) || i >= len(want.Failovers) || !sameFailover(got.Failovers[i], want.Failovers[i]) {
			return differ("failover", i, got.Failovers, want.Failovers)
		}
	}
	for i := range max(len(got.Losses), len(t.losses)) {
		if i >= len(got.Losses) || i >= len(t.losses) || !sameLoss(&got.Losses[i], &t.losses[i]) {
			return differ("loss", i, got.Losses, t.losses)
		}
	}
	for j := range want.Unserved {
		if !same(got.Unserved[j], want.Unserved[j], clockSlack+rampSlack*float64(t.journeys[j].ramps)) {
			return fmt.Sprintf("journey %d: unserved %v, by definition %v", j, float64(got.Unserved[j]), float64(want.Unserved[j]))
		}
	}
	for j := range want.Bridged {
		if !same(got.Bridged[j], want.Bridged[j], clockSlack) {
			return fmt.Sprintf("journey %d: bridged for %v, by definition %v", j, float64(got.Bridged[j]), float64(want.Bridged[j]))
		}
	}
	for s := range want.Exposure {
		if !same(got.Exposure[s], want.Exposure[s], clockSlack) {
			return fmt.Sprintf("service %d: exposed %v, by definition %v", s, float64(got.Exposure[s]), float64(want.Exposure[s]))
		}
	}
	return ""
}

func differ[T, U any](what string, i int, got []T, want []U) string {
	text := fmt.Sprintf("%s %d differs (the engine has %d, the twin %d)", what, i, len(got), len(want))
	if i < len(got) {
		text += fmt.Sprintf("\nengine %+v", got[i])
	}
	if i < len(want) {
		text += fmt.Sprintf("\ntwin   %+v", want[i])
	}
	return text
}

func (o *twinOutage) String() string { return fmt.Sprintf("%+v over %d ramps", o.Outage, o.ramps) }

func earlier(a, b *model.Outage) bool {
	return a.Start < b.Start-clockSlack || a.Start <= b.Start+clockSlack && a.Journey < b.Journey
}

func before(a, b *model.Loss) bool {
	return a.At < b.At-clockSlack || a.At <= b.At+clockSlack && a.Service < b.Service
}

// byStart brings what began in one instant into one order.
func byStart(o *model.Outcome) {
	sort.SliceStable(o.Outages, func(i, j int) bool { return earlier(&o.Outages[i], &o.Outages[j]) })
	sort.SliceStable(o.Failovers, func(i, j int) bool {
		a, b := &o.Failovers[i], &o.Failovers[j]
		return a.End < b.End-clockSlack || a.End <= b.End+clockSlack && a.Service < b.Service
	})
}

func sameOutage(a model.Outage, t *twinOutage) bool {
	b := t.Outage
	if t.unclear {
		a.Phases, a.Detected = b.Phases, b.Detected
	}
	for p := range a.Phases {
		if !same(a.Phases[p], b.Phases[p], clockSlack) {
			return false
		}
	}
	return a.Journey == b.Journey && same(a.Start, b.Start, clockSlack) && same(a.End, b.End, clockSlack) && a.Open == b.Open &&
		a.Initiator == b.Initiator && same(a.Detected, b.Detected, clockSlack) &&
		same(a.Unserved, b.Unserved, clockSlack+rampSlack*float64(t.ramps))
}

func sameFailover(a, b model.Failover) bool {
	ok := same(a.Start, b.Start, clockSlack) && same(a.End, b.End, clockSlack)
	a.Start, a.End, b.Start, b.End = 0, 0, 0, 0
	return ok && a == b
}

func sameLoss(a *model.Loss, b *twinLoss) bool {
	seconds := same(a.Seconds, b.Seconds, clockSlack) || a.Seconds >= b.least-clockSlack && (b.loose || a.Seconds <= b.Seconds+clockSlack)
	return a.Service == b.Service && same(a.At, b.At, clockSlack) && seconds &&
		(math.Abs(a.Transactions-b.Transactions) <= 1e-2 || b.clouded) && a.Total == b.Total && a.Initiator == b.Initiator &&
		a.Damage == b.Damage && same(a.Took, b.Took, clockSlack) && (a.Took == 0 || a.Source == b.Source)
}
