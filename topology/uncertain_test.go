package topology

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/model"
)

func uncertainFile(t *testing.T) *Topology {
	t.Helper()
	text, err := os.ReadFile("testdata/good/uncertain.yaml")
	if err != nil {
		t.Fatal(err)
	}
	topo, err := Load("uncertain.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	return topo
}

// TestDrawsFollowTheirRanges counts how many draws lie below the quantiles that the file names.
func TestDrawsFollowTheirRanges(t *testing.T) {
	topo := uncertainFile(t)
	const n, seed = 2000, 3
	below := map[string]*[2]int{}
	ends := map[string][2]float64{
		`node "web": mtbf`:                           {float64(model.Year), 4 * float64(model.Year)},
		`node "db-a": mtbf: weibull shape`:           {1, 4},
		`node "db-b": mtbf`:                          {1.1 * float64(model.Year), 2.9 * float64(model.Year)},
		`service "db": failover: success`:            {0.8, 0.98},
		`service "db": software: beta`:               {0.01, 0.2},
		`service "db": failover: detection: timeout`: {5, 20},
		`service "db": data: write_rate`:             {10, 90},
		`common cause "storm": rate`:                 {float64(model.Year) / 4, float64(model.Year)},
	}
	for k := range n {
		_, values, err := topo.Draw(seed, k)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range topo.Uncertain {
			if e, ok := ends[p.Name]; ok {
				if below[p.Name] == nil {
					below[p.Name] = &[2]int{}
				}
				for s := range e {
					if values[i] <= e[s] {
						below[p.Name][s]++
					}
				}
			}
		}
	}
	if len(below) != len(ends) {
		t.Fatalf("%d of %d parameters are there", len(below), len(ends))
	}
	half := 3.29 * math.Sqrt(0.05*0.95/n)
	for name, counts := range below {
		for s, p := range []float64{0.05, 0.95} {
			if got := float64(counts[s]) / n; math.Abs(got-p) > half {
				t.Errorf("seed %d: of %d draws of %s, %v are up to %v; want %v ± %v", seed, n, name, got, ends[name][s], p, half)
			}
		}
	}
}

// TestDrawsAreUsed: a value that was drawn is the one in the System, the same for all that share it.
func TestDrawsAreUsed(t *testing.T) {
	topo := uncertainFile(t)
	sys, values, err := topo.Draw(1, 17)
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]float64{}
	for i, p := range topo.Uncertain {
		at[p.Name] = values[i]
	}
	for _, c := range []struct {
		what string
		got  model.Seconds
		want float64
	}{
		{"mtbf of web-1", sys.Components[0].Modes[0].Life.Mean(), at[`node "web": mtbf`]},
		{"mtbf of web-2", sys.Components[1].Modes[0].Life.Mean(), at[`node "web": mtbf`]},
		{"mttr of web-2", sys.Components[1].Modes[0].Repair.Mean(), at[`node "web": mttr`]},
		{"mttr of db-a, an alias", sys.Components[2].Modes[0].Repair.Mean(), at[`node "web": mttr`]},
		{"mtbf of db-a", sys.Components[2].Modes[0].Life.Mean(), at[`node "db-a": mtbf: weibull mean`]},
		{"mtbf of the storm", sys.Causes[1].Life.Mean(), at[`common cause "storm": rate`]},
		{"mtbf of the software", sys.Causes[0].Life.Mean(), 30 * 86400 / at[`service "db": software: beta`]},
	} {
		if c.want == 0 || math.Abs(float64(c.got)/c.want-1) > 1e-6 {
			t.Errorf("%s is %v, want %v", c.what, c.got, model.Seconds(c.want))
		}
	}
	base := topo.System
	if len(sys.Components) != len(base.Components) || len(sys.Causes) != len(base.Causes) || sys.Components[0].Modes[0].Life.Mean() == base.Components[0].Modes[0].Life.Mean() {
		t.Error("a draw is the same architecture with other values")
	}
}

// TestDrawsHaveStreamsOfTheirOwn: what else is uncertain, and where things stand, does not matter; seed
// and number of the draw do.
func TestDrawsHaveStreamsOfTheirOwn(t *testing.T) {
	const file = `
apiVersion: ftsim/v1
name: x
nodes:
  %s
services:
  s: {replicas: [a, b], policy: active-active}
`
	const a, b = "a: {mtbf: {uncertain: {p5: 1y, p95: 5y}}, mttr: 1h}", "b: {mtbf: {uncertain: {p5: 1y, p95: 5y}}, mttr: %s}"
	draw := func(seed uint64, k int, nodes ...string) map[string]float64 {
		t.Helper()
		topo, err := Load("x.yaml", fmt.Appendf(nil, file, strings.Join(nodes, "\n  ")))
		if err != nil {
			t.Fatal(err)
		}
		_, values, err := topo.Draw(seed, k)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]float64{}
		for i, p := range topo.Uncertain {
			out[p.Name] = values[i]
		}
		return out
	}
	const name = `node "a": mtbf`
	one := draw(1, 0, a, fmt.Sprintf(b, "1h"))
	two := draw(1, 0, fmt.Sprintf(b, "{uncertain: {p5: 1h, p95: 2h}}"), a)
	if one[name] != two[name] || len(two) != 3 {
		t.Errorf("%v and %v", one, two)
	}
	if one[name] == one[`node "b": mtbf`] {
		t.Error("two parameters share their luck")
	}
	if one[name] == draw(2, 0, a, fmt.Sprintf(b, "1h"))[name] || one[name] == draw(1, 1, a, fmt.Sprintf(b, "1h"))[name] {
		t.Error("another seed, or another draw, gives the same value")
	}
}

// TestDrawsThatDoNotGoTogether end with the place of what is wrong.
func TestDrawsThatDoNotGoTogether(t *testing.T) {
	topo, err := Load("x.yaml", []byte(`
apiVersion: ftsim/v1
name: x
nodes:
  a: {mtbf: 1y, mttr: 1h}
  b: {mtbf: 1y, mttr: 1h}
services:
  s: {replicas: [a, b], policy: hot, failover: {detection: {kind: lease, ttl: 30s, renew: {uncertain: {p5: 1s, p95: 100s}}}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	failed := 0
	for k := range 100 {
		if _, _, err := topo.Draw(1, k); err != nil {
			failed++
			if ps, ok := err.(model.Problems); !ok || !strings.Contains(err.Error(), "lease runs out") || ps[0].At.Line != 8 {
				t.Fatalf("draw %d: %v", k, err)
			}
		}
	}
	if failed < 5 || failed > 50 {
		t.Errorf("%d of 100 draws are longer than the lease", failed)
	}
}

// TestWhatIsCalledUncertain is not taken for an unknown value.
func TestWhatIsCalledUncertain(t *testing.T) {
	topo, err := Load("x.yaml", []byte(`
apiVersion: ftsim/v1
name: x
nodes: {uncertain: {mtbf: 1y, mttr: 1h}}
services: {uncertain: {replicas: [uncertain]}}
journeys: {uncertain: {needs: [uncertain]}}
`))
	if err != nil || len(topo.Uncertain) > 0 || len(topo.System.Services) != 1 {
		t.Errorf("%v, %v", topo, err)
	}
}

// TestUnknownsOfOnePlace: two parts of one law that are both unknown are two unknowns.
func TestUnknownsOfOnePlace(t *testing.T) {
	topo, err := Load("x.yaml", []byte(`
apiVersion: ftsim/v1
name: x
nodes: {a: {mtbf: 1y, mttr: {mixture: {weights: [50%, 50%], of: [{exponential: {uncertain: {p5: 1h, p95: 5h}}}, {exponential: {uncertain: {p5: 1h, p95: 5h}}}]}}}}
services: {s: {replicas: [a]}}
`))
	if err != nil {
		t.Fatal(err)
	}
	_, values, err := topo.Draw(1, 0)
	if err != nil || len(values) != 2 || values[0] == values[1] || topo.Uncertain[0].Name == topo.Uncertain[1].Name {
		t.Errorf("%v, %v, %v", values, topo.Uncertain, err)
	}
}
