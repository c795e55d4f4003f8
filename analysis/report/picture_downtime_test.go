package report

import (
	"strings"
	"testing"
)

// Each promise of availability has its line; journeys with the same promise share one.
func TestEveryBudgetIsDrawn(t *testing.T) {
	d := storied(shop())
	sum := d.Summary
	if len(sum.Users) < 2 {
		t.Fatalf("%d journeys", len(sum.Users))
	}
	ob := sum.Plan.Objectives[0]
	ob.Journey, ob.Availability = int32(sum.Users[0]), .999
	other := ob
	other.Journey, other.Availability = int32(sum.Users[1]), .99
	sum.Plan.Objectives = append(sum.Plan.Objectives[:0:0], ob, other)
	if list := budgets(sum); len(list) != 2 || list[0].allows >= list[1].allows {
		t.Fatalf("%+v", list)
	}
	page := pageOf(t, d)
	for _, want := range []string{"99.9 % allows 8.8 h", "99 % allows 3.7 d"} {
		if !strings.Contains(page, want) {
			t.Errorf("no line %q", want)
		}
	}
	sum.Plan.Objectives[1].Availability = .999
	if list := budgets(sum); len(list) != 1 || list[0].name != "99.9 % allows 8.8 h" {
		t.Errorf("%+v", list)
	}
}
