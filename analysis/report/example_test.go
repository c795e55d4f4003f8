package report_test

import (
	"fmt"
	"strings"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/analysis/report"
	"github.com/ftsim/ftsim/model"
)

// A summary becomes a document, which every format writes in its own way. Here an hour of outage has been observed in
// a year; package analysis shows how to come from a file to a summary.
func ExampleWrite() {
	sys := &model.System{Name: "orders", Journeys: []model.Journey{{Name: "order", Service: model.None, Threshold: 0.95}}}
	plan := model.DefaultPlan()
	study := analysis.NewStudy(sys, &plan)
	study.Add(&model.Outcome{Horizon: model.Year, Unserved: []model.Seconds{model.Hour},
		Outages: []model.Outage{{End: model.Hour, Phases: [model.NumPhases]model.Seconds{model.Repair: model.Hour}}}})
	doc := report.Build(study.Summary(), report.Provenance{Version: "1.0", InputName: "orders.yaml", Seed: 1, Runs: 1, Planned: 1, Horizon: model.Year})
	var text strings.Builder
	if err := report.Write(&text, doc, "csv", report.TextStyle{}); err != nil {
		fmt.Println(err)
		return
	}
	for _, line := range strings.Split(text.String(), "\n")[:2] {
		fmt.Println(strings.Join(strings.Split(line, ",")[:5], ","))
	}
	// Output:
	// metric,target,statistic,unit,value
	// availability,order,mean,fraction,0.9998858447488584
}
