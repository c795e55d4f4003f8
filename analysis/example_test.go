package analysis_test

import (
	"context"
	"fmt"
	"iter"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/topology"
)

// The whole way: load a topology, compile it, simulate it, and ask the summary. A node that is up for 99 h and down
// for 1 h on average has an availability of 99 %; of two of which one is enough, 0.01² of the time is lost.
func Example() {
	t, err := topology.Load("pair.yaml", []byte(`
apiVersion: ftsim/v1
simulation: {runs: 2000, start: steady-state}
nodes: {a: {mtbf: 99h, mttr: 1h}, b: {mtbf: 99h, mttr: 1h}}
services:
  alone: {replicas: [a]}
  pair: {replicas: [a, b], policy: active-active}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	program, err := engine.Compile(t.System)
	if err != nil {
		fmt.Println(err)
		return
	}
	study := analysis.NewStudy(t.System, t.Plan)
	for outcome, err := range program.Replications(context.Background(), engine.OptionsOf(t.Plan)) {
		if err != nil {
			fmt.Println(err)
			return
		}
		study.Add(outcome)
	}
	sum := study.Summary()
	for _, j := range sum.Users {
		a := sum.Get("availability", j).Main()
		exact := map[string]float64{"alone": 0.99, "pair": 1 - 0.01*0.01}[sum.System.Journeys[j].Name]
		fmt.Printf("%s: %.4f, in an interval that holds the exact %.4f: %t\n",
			sum.System.Journeys[j].Name, a.Value, exact, a.Low <= exact && exact <= a.High)
	}
	// Output:
	// alone: 0.9900, in an interval that holds the exact 0.9900: true
	// pair: 0.9999, in an interval that holds the exact 0.9999: true
}

// Two designs under one seed meet the same fate, so that the differences between them, replication by replication, are
// those of the designs.
func ExampleComparison() {
	var designs []analysis.Design
	var next []func() (*model.Outcome, error, bool)
	for _, who := range []string{"manual", "automatic"} {
		t, err := topology.Load(who, []byte(`
apiVersion: ftsim/v1
simulation: {runs: 500}
nodes: {a: {mtbf: 30d, mttr: 8h}, b: {mtbf: 30d, mttr: 8h}}
services:
  db: {replicas: [a, b], policy: hot, failover: `+who+`}
`))
		if err != nil {
			fmt.Println(err)
			return
		}
		program, err := engine.Compile(t.System)
		if err != nil {
			fmt.Println(err)
			return
		}
		designs = append(designs, analysis.Design{Name: who, System: t.System, Plan: t.Plan})
		pull, stop := iter.Pull2(program.Replications(context.Background(), engine.OptionsOf(designs[0].Plan)))
		defer stop()
		next = append(next, pull)
	}
	c := analysis.NewComparison(designs)
	for outcomes := make([]*model.Outcome, len(next)); ; c.Add(outcomes) {
		more := true
		for i, pull := range next {
			var err error
			if outcomes[i], err, more = pull(); err != nil {
				fmt.Println(err)
				return
			}
		}
		if !more {
			break
		}
	}
	for _, m := range c.Standing().Matches {
		if m.Metric.Name == "downtime" {
			fmt.Printf("%s of %s, %s: %v than %s\n", m.Metric.Name, m.Target, designs[1].Name, m.Sides[1].Finding, designs[0].Name)
		}
	}
	// Output:
	// downtime of db, automatic: less than manual
}
