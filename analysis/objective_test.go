package analysis

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// What an undecided objective says it would take must mostly be enough: with so many times as many runs,
// most verdicts are there, and they are right.
func TestAdviceDecides(t *testing.T) {
	const mean = 600.0
	downtime := 3.0 * mean
	for name, c := range map[string]struct {
		objective model.Objective
		want      Verdict
	}{
		"availability kept":   {model.Objective{Availability: 1 - 1.15*downtime/31536e3}, Met},
		"availability broken": {model.Objective{Availability: 1 - .87*downtime/31536e3}, Missed},
		"recovery kept":       {model.Objective{RTO: model.Seconds(1.2 * mean * math.Exp(1.6448536-.5))}, Met},
		"recovery broken":     {model.Objective{RTO: model.Seconds(.85 * mean * math.Exp(1.6448536-.5))}, Missed},
	} {
		r := rand.New(rand.NewPCG(2026, uint64(len(name))))
		asked, decided, right := 0, 0, 0
		for range 300 {
			s := NewStudy(pair(), plan(c.objective))
			add := func(years int) Judgement {
				for range years {
					s.Add(failingYear(r, mean))
				}
				return s.Summary().Objectives[0]
			}
			first := add(60)
			if first.Verdict != Undecided || math.IsInf(first.MoreRuns, 1) || first.MoreRuns > 50 {
				continue
			}
			asked++
			after := add(60 * (int(first.MoreRuns) - 1))
			decided += int(one(after.Verdict != Undecided))
			right += int(one(after.Verdict == c.want))
		}
		t.Logf("%s: of %d undecided, %d are decided by the runs advised, %d rightly", name, asked, decided, right)
		if asked < 30 || float64(decided) < .5*float64(asked) || float64(right) < .9*float64(decided) {
			t.Errorf("%s: of %d undecided, %d are decided by the runs advised, %d rightly", name, asked, decided, right)
		}
	}
}
