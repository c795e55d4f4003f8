package engine

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// repairsOf lists when components are back, as "hour component", for units that fail once, at the given hours.
func repairsOf(t *testing.T, crew model.Crew, fails, takes []model.Seconds) []string {
	t.Helper()
	sys := farm(len(fails), policies.ActiveActive{}, 1)
	for i := range fails {
		crew.Serves = append(crew.Serves, int32(i))
		sys.Components[i].Modes = []model.Mode{{Kind: model.OSCrash, Life: fixedLaw(fails[i] * model.Hour), Repair: fixedLaw(takes[i] * model.Hour)}}
	}
	sys.Crews = []model.Crew{crew}
	if faults := model.Check(sys, nil).Faults(); len(faults) > 0 {
		t.Fatal(faults)
	}
	p, err := Compile(sys)
	if err != nil {
		t.Fatal(err)
	}
	var back []string
	_, err = p.Trace(Options{Horizon: 200 * model.Hour, Seed: 1, Runs: 1}, 0, func(n Note) {
		if n.Kind == ComponentRepaired {
			back = append(back, fmt.Sprintf("%g %c", math.Round(float64(n.At/model.Hour)*1e6)/1e6, 'a'+n.Component))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return back
}

// Who is more urgent goes first; a crew that interrupts comes back to what it left, and then does the rest of
// it or all of it.
func TestUrgentRepairsGoFirst(t *testing.T) {
	fails, takes := []model.Seconds{100, 101, 104, 105}, []model.Seconds{10, 10, 2, 2}
	for _, c := range []struct {
		name string
		crew model.Crew
		want []string
	}{
		{"by time", model.Crew{Size: 1}, []string{"110 a", "120 b", "122 c", "124 d"}},
		{"by urgency", model.Crew{Size: 1, Urgency: []int{0, 0, 1, 2}}, []string{"110 a", "112 d", "114 c", "124 b"}},
		{"resumed", model.Crew{Size: 1, Urgency: []int{0, 0, 1, 2}, Preempt: model.Resumed}, []string{"107 d", "108 c", "114 a", "124 b"}},
		{"restarted", model.Crew{Size: 1, Urgency: []int{0, 0, 1, 2}, Preempt: model.Restarted}, []string{"107 d", "109 c", "119 a", "129 b"}},
		{"of two, the one begun last", model.Crew{Size: 2, Urgency: []int{1, 1, 2, 1}, Preempt: model.Resumed}, []string{"106 c", "110 a", "113 b", "112 d"}},
		{"of two, the less urgent", model.Crew{Size: 2, Urgency: []int{0, 1, 2, 0}, Preempt: model.Resumed}, []string{"106 c", "111 b", "112 a", "113 d"}},
		{"nobody less urgent", model.Crew{Size: 2, Urgency: []int{3, 3, 2, 3}, Preempt: model.Resumed}, []string{"110 a", "111 b", "112 d", "113 c"}},
	} {
		slices.Sort(c.want)
		if got := repairsOf(t, c.crew, fails, takes); !slices.Equal(slices.Sorted(slices.Values(got)), c.want) {
			t.Errorf("%s: repaired at %v, want %v", c.name, got, c.want)
		}
	}
}

// What is most urgent and interrupts the rest is repaired as if it had a crew of its own; all together, one
// crew is as busy whatever it does first, if all repairs are alike and have no memory.
func TestUrgencyOracle(t *testing.T) {
	sys := oneCrew(farm(4, policies.ActiveActive{}, 4))
	urgent := &sys.Crews[0]
	urgent.Urgency, urgent.Preempt = []int{5, 0, 1, 1}, model.Resumed
	o := Options{Horizon: 3 * model.Year, Seed: 5, Runs: 400, SteadyState: true}
	n, up, weight := 4.0, 0.0, 1.0 // machine repair: p(k) ∝ n!/(n−k)! (λ/μ)^k
	load := float64(repairH) / float64(lifeH)
	for k := 0.0; k < n; k++ {
		weight *= (n - k) * load
		up += weight
	}
	want := up / (1 + up)
	u, half := unavailability(t, sys, o)
	if t.Logf("all: %.6f ± %.6f, exact %.6f", u, half, want); math.Abs(u-want) > 1.3*half {
		t.Errorf("somebody is down for %.6f ± %.6f of the time, exact %.6f", u, half, want)
	}
	sys.Services[0].Members = sys.Services[0].Members[:1]
	sys.Services[0].Needed = 1
	want = load / (1 + load)
	u, half = unavailability(t, sys, o)
	if t.Logf("most urgent: %.6f ± %.6f, exact %.6f", u, half, want); math.Abs(u-want) > 1.3*half {
		t.Errorf("the most urgent is down for %.6f ± %.6f of the time, exact %.6f", u, half, want)
	}
}

// To start is no repair: it takes no crew and gives none back.
func TestStartsTakeNoCrew(t *testing.T) {
	h := model.Hour
	sys := hosted(fixedLaw(10*h), fixedLaw(1*h), expLaw(1e9), nil, fixedLaw(1*h))
	for k, life := range []model.Seconds{20, 21} {
		c := unit(fmt.Sprint("z", k), 1, 1)
		c.Modes = []model.Mode{{Kind: model.OSCrash, Life: fixedLaw(life * h), Repair: fixedLaw(5 * h)}}
		sys.Components = append(sys.Components, c)
	}
	sys.Crews = []model.Crew{{Size: 1, Serves: []int32{0, 2, 3}}}
	sys.Services[0].Members = []model.Member{{Component: 2, Host: 2}, {Component: 3, Host: 3}}
	sys.Services[0].Needed = 2
	out := oneRun(t, sys, 40*h)
	if len(out.Outages) != 1 || !sameTime(out.Outages[0].End, 30*h) {
		t.Errorf("outages %+v: two repairs of 5 h by one crew from 20 h on end at 30 h", out.Outages)
	}
}
