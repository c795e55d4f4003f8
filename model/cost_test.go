package model_test

import (
	"math"
	"strings"
	"testing"

	. "github.com/ftsim/ftsim/model"
)

func TestCheckFindsWrongCosts(t *testing.T) {
	for want, cost := range map[string]Cost{
		"":                                    {Currency: "EUR", Nodes: 1200, Downtime: []float64{5000, 0}},
		"1 prices of downtime for 2 journeys": {Downtime: []float64{5000}},
		"a cost of -1":                        {Services: -1, Downtime: []float64{0, 0}},
		"a cost of NaN":                       {Downtime: []float64{0, math.NaN()}},
		"a cost of +Inf":                      {Other: math.Inf(1), Downtime: []float64{0, 0}},
	} {
		sys, plan := sound()
		sys.Cost = &cost
		var found []string
		for _, p := range Check(sys, plan).Faults() {
			found = append(found, p.What)
		}
		if got := strings.Join(found, "; "); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%+v: found %q, want %q", cost, got, want)
		}
	}
}
