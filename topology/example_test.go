package topology_test

import (
	"errors"
	"fmt"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/topology"
)

// A file becomes a System and a Plan, which engine.Compile and analysis.NewStudy take, and the settings in effect.
func ExampleLoad() {
	t, err := topology.Load("orders.yaml", []byte(`
apiVersion: ftsim/v1
name: orders
nodes: {db-a: {mtbf: 90d, mttr: 2h}, db-b: {mtbf: 90d, mttr: 2h}}
services: {db: {replicas: [db-a, db-b], policy: hot}}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.System.Name, "with", len(t.System.Components), "components, for", t.Plan.Horizon)
	for _, s := range t.Settings {
		if s.Path == "services.db.failover.mode" {
			fmt.Println(s.Path, "is", s.Value, "by", s.Source)
		}
	}
	// Output:
	// orders with 2 components, for 1y
	// services.db.failover.mode is manual by default
}

// Everything that is wrong is reported at once, each with its place and a hint.
func ExampleLoad_problems() {
	_, err := topology.Load("orders.yaml", []byte(`apiVersion: ftsim/v1
nodes: {db-a: {mtbf: 90}}
services: {db: {replicas: [db-b], policy: hott}}
`))
	var problems model.Problems
	if errors.As(err, &problems) {
		for _, p := range problems {
			fmt.Printf("%d:%d %s (%s)\n", p.At.Line, p.At.Column, p.What, p.Hint)
		}
	}
	// Output:
	// 2:22 node "db-a": mtbf: "90" has no unit; write for example 90s or 90h ()
	// 3:28 service "db": no such node "db-b" (did you mean "db-a"?)
	// 3:43 service "db": policy: unknown word "hott" (did you mean "hot"?)
}
