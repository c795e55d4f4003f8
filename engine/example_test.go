package engine_test

import (
	"context"
	"fmt"

	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// A system can be built without a file. This one breaks every 990 h and takes 10 h to repair, on the dot.
func Example() {
	sys := &model.System{
		Components: []model.Component{{Name: "pump", Kind: model.KindNode, Site: model.None,
			Modes: []model.Mode{{Kind: model.Crash, Life: failures.Fixed(990 * model.Hour), Repair: failures.Fixed(10 * model.Hour)}}}},
		Services: []model.Service{{Name: "water", Policy: policies.ActiveActive{}, Balancer: model.None,
			Members: []model.Member{{Component: 0, Host: 0}}}},
		Journeys: []model.Journey{{Name: "drink", Needs: []model.Dependency{{Need: model.Need{Ref: 0}}}, Share: 1, Threshold: 0.95, Service: model.None}},
	}
	plan := model.DefaultPlan()
	plan.Runs = 1
	if faults := model.Check(sys, &plan).Faults(); len(faults) > 0 {
		fmt.Println(faults)
		return
	}
	program, err := engine.Compile(sys)
	if err != nil {
		fmt.Println(err)
		return
	}
	for outcome, err := range program.Replications(context.Background(), engine.OptionsOf(&plan)) {
		if err != nil {
			fmt.Println(err)
			return
		}
		first := outcome.Outages[0]
		fmt.Println(len(outcome.Outages), "outages in", outcome.Horizon)
		fmt.Printf("the first from %.0f h to %.0f h\n", first.Start/model.Hour, first.End/model.Hour)
	}
	// Output:
	// 8 outages in 1y
	// the first from 990 h to 1000 h
}
