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

// An interval three times as long as the distance to the target must shrink to a third, which takes nine
// times as many runs; a fifth more for luck.
func TestAdviceGrowsWithTheSquare(t *testing.T) {
	s := study(plan(), year(), year())
	m := s.Get("availability", 0)
	m.Stats[0].Estimate = Estimate{Value: .999, Low: .996, High: .9995, Replications: 2, Observations: 2}
	for _, c := range []struct {
		target, want float64
		verdict      Verdict
	}{{.998, 11, Undecided}, {.99925, 5, Undecided}, {.996, 0, Met}, {.9996, 0, Missed}, {.9990001, math.Inf(1), Undecided}} {
		j := judgeAvailability(s, Judgement{}, model.Objective{Availability: c.target})
		if j.Verdict != c.verdict || j.MoreRuns != c.want {
			t.Errorf("target %v: %v, %v times as many runs, want %v, %v", c.target, j.Verdict, j.MoreRuns, c.verdict, c.want)
		}
	}
}

// Five replications that differ have one sign by chance in one of sixteen cases, six in one of thirty-two.
func TestSeparable(t *testing.T) {
	for n, want := range map[int64]bool{5: false, 6: true} {
		if got := Separable(Estimate{Value: 2, Low: 1, High: 3, Observations: n}); got != want {
			t.Errorf("%d replications: separable %v, want %v", n, got, want)
		}
	}
	if Separable(Estimate{Value: 1, Low: -1, High: 3, Observations: 100}) {
		t.Error("an interval around zero tells nothing apart")
	}
}
