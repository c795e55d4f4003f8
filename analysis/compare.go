package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/ftsim/ftsim/model"
)

// Design is one of the systems that are compared. Plans may differ in their objectives only.
type Design struct {
	Name   string
	System *model.System
	Plan   *model.Plan
}

// Comparison takes in replications of several designs side by side. It is not safe for concurrent use.
type Comparison struct {
	designs []Design
	studies []*Study
}

// Standing is what a comparison came to.
type Standing struct {
	Designs      []Design
	Summaries    []*Summary // of each design alone
	Replications int
	Matches      []Match  // journeys before stores, in the order of the first design
	Unmatched    []string // what is in some designs only
}

// compared is what designs are held against each other in. A new figure is a new line.
var compared = []struct {
	metric, stat string
	detail       bool
}{
	{"cost", "mean", false},
	{"downtime", "mean", false},
	{"incidents", "mean", false},
	{"rto", "p95", false},
	{"rto", "p50", true},
	{"mttr", "mean", true},
	{"unserved", "mean", true},
	{"losses", "mean", false},
	{"rpo", "p95", false},
	{"total_losses", "mean", true},
	{"loss_probability", "mean", true},
}

// NewComparison prepares a comparison; the others are held against the first design.
func NewComparison(designs []Design) *Comparison {
	c := &Comparison{designs: designs}
	for _, d := range designs {
		c.studies = append(c.studies, NewStudy(d.System, d.Plan))
	}
	for _, s := range c.studies {
		s.KeepRows(0)
		for _, scope := range scopes {
			for _, name := range c.names(scope) {
				s.keepObservations(scope, s.targetNamed(scope, name))
			}
		}
	}
	return c
}

// scopes are what matches are about, in the order of reports.
var scopes = []Scope{Whole, Journeys, Stores}

// keepObservations lets a study hold what was observed of a target by replication, for matches.
func (s *Study) keepObservations(scope Scope, target int) {
	for _, want := range compared {
		if m := s.metric(want.metric); m >= 0 && target >= 0 && s.metrics[m].Scope == scope {
			s.cells[m][target].keeps = true
		}
	}
}

// Add takes in the same replication of every design. Outcomes may be reused afterwards.
func (c *Comparison) Add(outcomes []*model.Outcome) {
	for i, s := range c.studies {
		s.Add(outcomes[i])
	}
}

// Standing evaluates what was added so far; the comparison may go on.
func (c *Comparison) Standing() *Standing {
	st := &Standing{Designs: c.designs, Replications: c.studies[0].reps}
	for _, s := range c.studies {
		st.Summaries = append(st.Summaries, s.Summary())
	}
	if st.Replications == 0 {
		return st
	}
	for _, scope := range scopes {
		for _, target := range c.names(scope) {
			found := c.find(scope, target, st)
			for _, want := range compared {
				if m := c.studies[0].metric(want.metric); m >= 0 && c.studies[0].metrics[m].Scope == scope && found[0] >= 0 {
					st.Matches = append(st.Matches, c.match(m, want.stat, want.detail, target, found, st))
				}
			}
		}
	}
	return st
}

func (s *Study) metric(name string) int {
	return slices.IndexFunc(s.metrics, func(m Metric) bool { return m.Name == name })
}

// names lists the targets of a scope in all designs: those of the first, then what others add.
func (c *Comparison) names(scope Scope) (list []string) {
	for _, s := range c.studies {
		for _, n := range s.targets(scope) {
			if !slices.Contains(list, n) {
				list = append(list, n)
			}
		}
	}
	return list
}

// targets are the names of what can be compared in one scope.
func (s *Study) targets(scope Scope) (list []string) {
	if scope == Whole && s.sys.Cost != nil {
		return []string{s.sys.Cost.Currency}
	}
	for _, j := range Users(s.sys) {
		if scope == Journeys {
			list = append(list, s.sys.Journeys[j].Name)
		}
	}
	for i := range s.sys.Services {
		if scope == Stores && s.sys.Services[i].Store != nil {
			list = append(list, s.sys.Services[i].Name)
		}
	}
	return list
}

// find looks a name up in every design, −1 where it is missing, which is noted.
func (c *Comparison) find(scope Scope, name string, st *Standing) []int {
	found := make([]int, len(c.studies))
	var in, out []string
	for i, s := range c.studies {
		if found[i] = s.targetNamed(scope, name); found[i] >= 0 {
			in = append(in, c.designs[i].Name)
		} else {
			out = append(out, c.designs[i].Name)
		}
	}
	what := map[Scope]string{Whole: "a cost in", Journeys: "journey", Stores: "store"}[scope]
	if scope == Whole && name == "" {
		what, name = "a cost", "without a currency"
	}
	switch {
	case len(out) == 0:
	case found[0] < 0:
		st.Unmatched = append(st.Unmatched, fmt.Sprintf("%s %s is only in %s", what, name, enumerate(in)))
	default:
		st.Unmatched = append(st.Unmatched, fmt.Sprintf("%s %s is not in %s", what, name, enumerate(out)))
	}
	return found
}

func (s *Study) targetNamed(scope Scope, name string) int {
	if scope == Whole {
		return int(one(s.sys.Cost != nil && s.sys.Cost.Currency == name)) - 1
	}
	if scope == Stores {
		return slices.IndexFunc(s.sys.Services, func(v model.Service) bool { return v.Name == name && v.Store != nil })
	}
	for _, j := range Users(s.sys) {
		if s.sys.Journeys[j].Name == name {
			return j
		}
	}
	return slices.IndexFunc(s.sys.Journeys, func(j model.Journey) bool { return j.Name == name })
}

// enumerate writes a, b and c.
func enumerate(names []string) string {
	text := names[0]
	for i, n := range names[1:] {
		if i == len(names)-2 {
			text += " and " + n
		} else {
			text += ", " + n
		}
	}
	return text
}

func (c *Comparison) match(m int, stat string, detail bool, target string, found []int, st *Standing) Match {
	metric := &c.studies[0].metrics[m]
	out := Match{Metric: metric, Stat: stat, Target: target, Detail: detail}
	var readings []reading
	for i, s := range c.studies {
		if found[i] < 0 {
			out.Sides = append(out.Sides, missing())
			readings = append(readings, unreadable("it is not there"))
			continue
		}
		side := missing()
		side.Present, side.Estimate = true, st.Summaries[i].Get(metric.Name, found[i]).Stat(stat)
		scale := 1.0
		if metric.Method == Rate {
			scale = float64(model.Year / s.horizon)
		}
		out.Sides = append(out.Sides, side)
		readings = append(readings, s.cells[m][found[i]].read(metric, stat, scale))
	}
	for i := range out.Sides[1:] {
		out.Sides[i+1].hold(readings[0], readings[i+1], out.Sides[0].Estimate)
	}
	correct(out.Sides[1:])
	return out
}

func missing() Side {
	var m *Measured
	none := m.Stat("")
	return Side{Estimate: none, Difference: none, Relative: none, P: math.NaN(), Holm: math.NaN(), Gain: math.NaN()}
}

// hold compares the reading b of a side with that of the first design.
func (s *Side) hold(a, b reading, first Estimate) {
	if a.pull == nil || b.pull == nil || len(a.pull) < 2 {
		if s.Present {
			s.Difference.Warnings = []string{cmp.Or(b.why, a.why, "one replication gives no interval")}
		}
		return
	}
	c := newCouple(a, b)
	if c.differing > 0 && a.from != nil {
		c.differing = apart(a.from, b.from)
	}
	mean, scale := c.against(1)
	low, high := c.interval()
	s.Difference = Estimate{Value: mean, Low: low, High: high, Confidence: confidence, Replications: int(c.n), Observations: c.differing}
	s.Gain, s.Differing = c.gain(), c.differing
	switch {
	case c.differing == 0:
		s.P = 1
	case scale == 0:
		s.P = 0
	default:
		s.P = tP(int64(c.n), c.statistic())
		s.MoreRuns = moreRuns(c.n, c.statistic())
	}
	s.Difference.Warnings = c.cautions(scale, s.Estimate, first)
	ratio, low, high := c.ratio()
	if apart := low > 1 || high < 1; !math.IsNaN(ratio) && apart == (s.P < alpha) { // else too few differ to say how much
		s.Relative = Estimate{Value: ratio - 1, Low: low - 1, High: high - 1, Confidence: confidence, Replications: int(c.n), Observations: c.resting(ratio)}
		if n := s.Relative.Observations; n > 0 && n < fewEvents {
			s.Relative.Warnings = append(s.Relative.Warnings, fmt.Sprintf("the ratio rests on about %d replications; its interval is rough", n))
		}
	}
}

// power is the normal quantile of how surely a difference of the size seen is to be told: 80 %.
const power = 0.8

// moreRuns is how many times as many replications tell a difference whose statistic is now t, with the
// usual power of 80 %.
func moreRuns(n, t float64) float64 {
	return math.Pow((tQuantile(int64(n))+normal.Quantile(power))/math.Abs(t), 2)
}

// cautions tells where the interval of a difference rests on little.
func (c *couple) cautions(scale float64, b, a Estimate) (list []string) {
	if n := c.differing; n > 0 && n < fewEvents {
		list = append(list, fmt.Sprintf("the designs differ in %d replications only; the interval is rough", n))
	}
	if total := scale * scale * (c.n - 1); c.n > fewEvents && c.differing >= fewEvents && c.top > lopsided*total {
		list = append(list, fmt.Sprintf("one replication makes up %.0f %% of the variance of the difference", 100*c.top/total))
	}
	if (a.Bound || b.Bound) && !(a.Bound && b.Bound) {
		list = append(list, "nothing was seen in one of the designs; the difference takes it for zero")
	}
	return list
}

// correct holds the p-values of several designs against 95 % together (Holm 1979): the smallest is
// multiplied by their number, the next by one less, and none may be below the one before.
func correct(sides []Side) {
	var order []*Side
	for i := range sides {
		if !math.IsNaN(sides[i].P) {
			order = append(order, &sides[i])
		}
	}
	slices.SortStableFunc(order, func(x, y *Side) int { return cmp.Compare(x.P, y.P) })
	least := 0.0
	for i, s := range order {
		least = max(least, min(1, s.P*float64(len(order)-i)))
		s.Holm = least
		switch {
		case s.Differing == 0:
			s.Finding = Alike
		case s.Holm >= alpha:
			s.Finding = Untold
		case s.Difference.Value < 0:
			s.Finding = Less
		default:
			s.Finding = More
		}
		if s.Finding != Untold {
			s.MoreRuns = 0
		}
	}
}
