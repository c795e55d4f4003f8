package analysis

import (
	"fmt"
	"math"
	"sort"

	"github.com/ftsim/ftsim/model"
)

// Verdict is how a promise compares with what was measured.
type Verdict uint8

// Verdicts.
const (
	Met       Verdict = iota // the whole interval keeps the promise
	Missed                   // the whole interval breaks it
	Undecided                // the interval contains the target
)

func (v Verdict) String() string { return [...]string{"met", "missed", "undecided"}[v] }

// Judgement is one promise and what became of it.
type Judgement struct {
	Kind      string // availability, rto, rpo
	Journey   int
	Store     int    // of an rpo; else −1
	Name      string // of the journey, with the store
	Target    float64
	Measured  Estimate // availability; 95th percentile of recovery time or loss in seconds
	Verdict   Verdict
	MoreRuns  float64   // if undecided: times as many runs will probably decide; +∞ if it is too close
	Note      string    // what to do, or why there is no verdict
	Unplanned bool      // announced maintenance is left out
	At        model.Pos // of the objective in its file
}

// Verdict is the worst of all promises: missed, else undecided, else met.
func (s *Summary) Verdict() Verdict {
	v := Met
	for _, j := range s.Objectives {
		if j.Verdict == Missed {
			return Missed
		}
		if j.Verdict == Undecided {
			v = Undecided
		}
	}
	return v
}

func judge(s *Summary) []Judgement {
	var list []Judgement
	for _, ob := range s.Plan.Objectives {
		base := Judgement{At: ob.At, Journey: int(ob.Journey), Store: -1, Name: s.System.Journeys[ob.Journey].Name}
		if ob.Availability > 0 {
			list = append(list, judgeAvailability(s, base, ob))
		}
		if ob.RTO > 0 {
			list = append(list, judgeRTO(s, base, ob))
		}
		if ob.RPOSet {
			list = append(list, judgeRPO(s, base, ob)...)
		}
	}
	return list
}

func judgeAvailability(s *Summary, j Judgement, ob model.Objective) Judgement {
	e := s.Get("availability", j.Journey).Main()
	if unplanned := s.Get("availability_unplanned", j.Journey); ob.Unplanned && unplanned != nil {
		e = unplanned.Main()
		j.Unplanned = true
	}
	j.Kind, j.Target, j.Measured = "availability", ob.Availability, e
	switch {
	case e.Low >= j.Target:
		j.Verdict = Met
		return j
	case e.High < j.Target:
		j.Verdict = Missed
		return j
	}
	if e.Bound {
		return j.undecided((1 - e.Low) / (1 - j.Target))
	}
	if e.Low <= 0 && e.High >= 1 {
		return j.unseen("too few runs for an interval")
	}
	half := e.High - e.Value
	if e.Value > j.Target {
		half = e.Value - e.Low
	}
	return j.undecided(math.Pow(half/(e.Value-j.Target), 2))
}

func judgeRTO(s *Summary, j Judgement, ob model.Objective) Judgement {
	j.Kind, j.Target = "rto", float64(ob.RTO)
	m := s.Get("rto", j.Journey)
	j.Measured = m.Stat("p95")
	if len(m.Values) == 0 {
		return j.unseen("no incident was seen")
	}
	return j.judgeP95(m.Values)
}

func judgeRPO(s *Summary, base Judgement, ob model.Objective) []Judgement {
	var list []Judgement
	for _, store := range storesOf(s.System, ob.Journey) {
		j := base
		j.Kind, j.Store, j.Target = "rpo", int(store), float64(ob.RPO)
		j.Name += " / " + s.System.Services[store].Name
		m := s.Get("rpo", int(store))
		j.Measured = m.Stat("p95")
		if len(m.Values) == 0 {
			list = append(list, j.unseen("no recovery was seen"))
			continue
		}
		list = append(list, j.judgeP95(m.Values))
	}
	return list
}

// judgeP95 holds the interval of a 95th percentile against the target.
func (j Judgement) judgeP95(sorted []float64) Judgement {
	switch e := j.Measured; {
	case e.High <= j.Target:
		j.Verdict = Met
		return j
	case e.Low > j.Target:
		j.Verdict = Missed
		return j
	}
	n := float64(len(sorted))
	within := float64(sort.Search(len(sorted), func(i int) bool { return sorted[i] > j.Target })) / n
	const p = 0.95
	more := math.Pow(z()/(within-p), 2) * p * (1 - p) / n
	if within == 1 { // 72 values without a miss prove a 95th percentile
		more = 72 / n
	}
	return j.undecided(more)
}

func (j Judgement) unseen(why string) Judgement {
	j.Verdict, j.Note, j.MoreRuns = Undecided, why+"; run more", 10
	return j
}

// undecided says how many times as many runs will probably decide, the interval shrinking by the root.
func (j Judgement) undecided(factor float64) Judgement {
	j.Verdict = Undecided
	j.MoreRuns = math.Ceil(max(2, 1.2*factor))
	if !(j.MoreRuns <= 1000) {
		j.MoreRuns = math.Inf(1)
		j.Note = "so close to the target that 1000× as many runs may not decide"
		return j
	}
	j.Note = fmt.Sprintf("run %.0f× as many", j.MoreRuns)
	return j
}

// ErrorBudget is the downtime that an objective allows, (1 − target) of a year, in seconds per year; 0 if a journey has no objective for its availability.
func ErrorBudget(plan *model.Plan, journey int) float64 {
	for _, ob := range plan.Objectives {
		if int(ob.Journey) == journey && ob.Availability > 0 {
			return (1 - ob.Availability) * float64(model.Year)
		}
	}
	return 0
}
