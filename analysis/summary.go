package analysis

import (
	"fmt"
	"math"

	"github.com/ftsim/ftsim/model"
)

// Summary is what a study found.
type Summary struct {
	System       *model.System
	Plan         *model.Plan
	Replications int
	Years        float64       // simulated, over all replications
	Horizon      model.Seconds // of each replication
	Measured     []Measured    // in the order of Metrics, then targets
	Objectives   []Judgement
	Blame        []Blame // by journey
	Failovers    []FailoverKind
	Data         []Data            // of services with a store
	Points       []Points          // of journeys that need a store
	Outages      Events[OutageRow] // in order
	Losses       Events[LossRow]
	Worst        Worst
	Users        []int // journeys to report first; the others observe services
	Warnings     []string

	find map[string][]*Measured
}

// Summary evaluates what was added so far; the study may go on.
func (s *Study) Summary() *Summary {
	sum := &Summary{System: s.sys, Plan: s.plan, Replications: s.reps, Years: s.years, Horizon: s.horizon,
		Outages: s.outages.snapshot(), Losses: s.losses.snapshot(),
		Worst: s.worst, Users: Users(s.sys), Failovers: s.failoverKinds()}
	if s.reps == 0 {
		sum.Warnings = []string{"no replication was completed"}
		return sum
	}
	for i := range s.metrics {
		for t, a := range s.cells[i] {
			if a != nil {
				sum.Measured = append(sum.Measured, s.measured(&s.metrics[i], a, t))
				s.lackStats(&sum.Measured[len(sum.Measured)-1])
			}
		}
	}
	sum.index()
	sum.boundUnseen()
	for j := range s.blame {
		sum.Blame = append(sum.Blame, s.blame[j].summary(s.sys, j, s.years))
	}
	for i, b := range s.data {
		if b != nil {
			sum.Data = append(sum.Data, s.dataOf(i))
		}
	}
	for j, b := range s.points {
		if b != nil {
			sum.Points = append(sum.Points, s.pointsOf(j))
		}
	}
	sum.Objectives = judge(sum)
	sum.Warnings = s.warnings(sum)
	return sum
}

func (s *Study) measured(m *Metric, a *accumulator, target int) Measured {
	q := measure{m: m, a: a, reps: s.reps, years: s.years, clustered: s.held != nil}
	q.events, q.struck = s.eventsOf(m, a, target)
	stats := q.stats()
	return Measured{Metric: m, Target: target, Name: s.nameOf(m.Scope, target), Stats: stats, Censored: q.censored, Values: q.sorted}
}

func (s *Study) nameOf(scope Scope, target int) string {
	switch scope {
	case Whole:
		return s.sys.Name
	case Journeys, JourneysWithRTO, JourneysPlanned, JourneysBridged:
		return s.sys.Journeys[target].Name
	case Stocks:
		return s.sys.Stocks[target].Name
	case Maintenances, Inspections:
		return s.sys.Maintenance[target].Name
	case Jobs, JobsThatEnd:
		return s.sys.Jobs[target].Name
	}
	return s.sys.Services[target].Name
}

// eventsOf is how many events a mean over replications rests on: the outages of a journey, with the
// number of replications they fell into; of a service, the observations that are not zero.
func (s *Study) eventsOf(m *Metric, a *accumulator, target int) (events, struck int64) {
	outages := s.cells[s.metric("outages")]
	switch m.Scope {
	case Journeys, JourneysWithRTO, JourneysPlanned:
		return int64(math.Round(outages[target].sum())), outages[target].nonzero
	case Whole:
		for j, price := range s.sys.Cost.Downtime {
			if price > 0 {
				events += int64(math.Round(outages[j].sum()))
			}
		}
		return events, 0
	}
	return a.nonzero, 0
}

// PointsOf finds the recovery points of a journey; nil if it needs no store, or none was seen.
func (s *Summary) PointsOf(journey int) *Points {
	for i := range s.Points {
		if s.Points[i].Journey == journey && s.Points[i].Incidents+s.Points[i].Apart.Observations > 0 {
			return &s.Points[i]
		}
	}
	return nil
}

func (s *Summary) index() {
	s.find = map[string][]*Measured{}
	for i := range s.Measured {
		m := &s.Measured[i]
		s.find[m.Metric.Name] = append(s.find[m.Metric.Name], m)
	}
}

// Get finds a metric of a journey or service by its index; nil if it does not apply.
func (s *Summary) Get(metric string, target int) *Measured {
	for _, m := range s.find[metric] {
		if m.Target == target {
			return m
		}
	}
	return nil
}

// boundUnseen replaces the availability of journeys without an outage by a lower bound: the greatest
// rate not refuted, times the longest outage that is plausible.
func (s *Summary) boundUnseen() {
	length, from := s.plausibleOutage()
	unpaid := 0.0
	for _, m := range s.find["outages"] {
		if m.Main().Observations > 0 {
			continue
		}
		down := unseenCount / s.Years * float64(length) // seconds per year
		note := fmt.Sprintf("no outage in %s; the bound takes an outage to last %s (%s)",
			s.Simulated(), length.Round(), from)
		s.Get("downtime", m.Target).Stats[0].bound(0, 0, down, note)
		if s.System.Cost != nil {
			unpaid += s.System.Cost.Downtime[m.Target] * down / float64(model.Hour)
		}
		if u := s.Get("unserved", m.Target); u.Main().Value == 0 {
			u.Stats[0].bound(0, 0, down, note)
		}
		least := 1 - down/float64(model.Year)
		for _, name := range []string{"availability", "availability_requests", "availability_unplanned"} {
			if a := s.Get(name, m.Target); a != nil && a.Main().Value == 1 {
				a.Stats[0].bound(max(0, least), max(0, least), 1, note)
			}
		}
	}
	s.boundCost(unpaid)
	s.boundUnplanned(length, from)
	s.boundPlanned()
}

// boundUnplanned does the same for journeys all of whose outages were announced.
func (s *Summary) boundUnplanned(length model.Seconds, from string) {
	for _, m := range s.find["availability_unplanned"] {
		if e := &m.Stats[0]; e.Value == 1 && !e.Bound {
			least := max(0, 1-unseenCount/s.Years*float64(length/model.Year))
			e.bound(least, least, 1, fmt.Sprintf("no outage that was not announced in %s; the bound takes one to last %s (%s)",
				s.Simulated(), length.Round(), from))
		}
	}
}

// boundCost adds what journeys without an outage may cost all the same. No cost is below what is fixed.
func (s *Summary) boundCost(unpaid float64) {
	m := s.Get("cost", 0)
	if m == nil {
		return
	}
	e := &m.Stats[0].Estimate
	fixed := s.System.Cost.Fixed()
	if e.Low = max(e.Low, fixed); unpaid == 0 {
		return
	}
	if e.Value == fixed {
		e.Bound, e.Low, e.High = true, fixed, fixed
	}
	e.High += unpaid
	e.Warnings = append(e.Warnings, "includes a bound for journeys of which no outage was seen")
}

func (e *Estimate) bound(value, low, high float64, note string) {
	e.Value, e.Low, e.High, e.Bound = value, low, high, true
	e.Warnings = []string{note}
}

// plausibleOutage is how long an outage that was not seen is taken to last. A mean of the outages seen
// elsewhere would be too kind: those may be failovers, and the missing one a loss of everything. So it is
// the longest mean repair of anything, or the mean outage of another journey if that is longer, and all of
// the horizon if something is never repaired or nothing is said.
func (s *Summary) plausibleOutage() (length model.Seconds, from string) {
	length, from = longestRepair(s.System), "the longest mean repair"
	for _, m := range s.find["mdt"] {
		if e := m.Main(); e.Observations > 0 && model.Seconds(e.Value) > length {
			length, from = model.Seconds(e.Value), "the mean of "+m.Name
		}
	}
	if length == 0 || length >= s.Horizon {
		return s.Horizon, "the whole horizon"
	}
	return length, from
}

// longestRepair is the greatest mean repair time in a system; Never if something stays broken, 0 if
// nothing breaks.
func longestRepair(sys *model.System) model.Seconds {
	longest := model.Seconds(0)
	for i := range sys.Components {
		for k := range sys.Components[i].Modes {
			longest = max(longest, meanOf(sys.Components[i].Modes[k].Repair))
		}
	}
	for i := range sys.Causes {
		if c := &sys.Causes[i]; c.Repair != nil { // else each victim is repaired by its own law
			longest = max(longest, c.Repair.Mean())
		}
	}
	return longest
}

func meanOf(repair model.Distribution) model.Seconds {
	if repair == nil {
		return model.Never
	}
	return repair.Mean()
}

// Nines turns an availability into nines, −log10(1 − A).
func Nines(a Estimate) Estimate {
	f := func(x float64) float64 { return -math.Log10(1 - x) }
	a.Value, a.Low, a.High = f(a.Value), f(a.Low), f(a.High)
	return a
}

// trim writes a number of years.
// Simulated tells how many years were simulated, in words.
func (s *Summary) Simulated() string {
	switch {
	case s.Years == 1:
		return "1 simulated year"
	case s.Years >= 100:
		return fmt.Sprintf("%.0f simulated years", s.Years)
	}
	return fmt.Sprintf("%.3g simulated years", s.Years)
}

func (s *Study) warnings(sum *Summary) []string {
	var list []string
	if s.weighted {
		list = append(list, "replications carry likelihood weights, which these estimates do not use")
	}
	for _, j := range sum.Users {
		for _, name := range []string{"availability", "rto"} {
			for _, w := range sum.Get(name, j).Main().Warnings {
				list = append(list, fmt.Sprintf("%s of %s: %s", words(name), s.sys.Journeys[j].Name, w))
			}
		}
	}
	for _, p := range s.sys.Warnings {
		list = append(list, p.Text())
	}
	return list
}

func words(metric string) string {
	if metric == "rto" {
		return "recovery time"
	}
	return metric
}
