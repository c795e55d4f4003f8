package analysis

import (
	"fmt"
	"math"
	"slices"

	"github.com/ftsim/ftsim/model"
)

// Precision is how well a study knows what it was asked for.
type Precision struct {
	Width float64 // greatest half-width of an interval, relative to its figure; +∞ while too little was seen
	What  string  // whose it is: unavailability of checkout
}

// firstLook is the number of replications before which nobody looks at the precision; later looks are a
// quarter apart. Looking after every replication would stop more often just when an interval happens to be
// short.
const firstLook = 100

// NextLook is the number of replications, above n, after which to look at the precision. It depends on
// nothing else, so that a run stops at the same replication wherever it runs.
func NextLook(n int) int { return max(firstLook, n+(n+3)/4) }

// enoughEvents is how many a figure must rest on before its interval may end a run: the variance of fewer
// is not known well enough.
const enoughEvents = 30

// precisionOf is what can be asked to be precise: a name, its metric and statistic.
var precisionOf = []struct{ name, metric, stat string }{
	{"unavailability", "availability", "mean"},
	{"unserved", "unserved", "mean"},
	{"incidents", "incidents", "mean"},
	{"mttr", "mttr", "mean"},
	{"rto", "rto", "p95"},
	{"losses", "losses", "mean"},
	{"rpo", "rpo", "p95"},
}

// PrecisionNames lists what Precision can be asked for.
func PrecisionNames() (names []string) {
	for _, p := range precisionOf {
		names = append(names, p.name)
	}
	return names
}

// watch is a figure whose precision matters.
type watch struct {
	name   string
	target int
}

// watched are the figures that a name asks for: those of all journeys of users, or of all stores. No name
// asks for what the objectives are about; without objectives, for the unavailability.
func (s *Study) watched(name string) (list []watch) {
	if name == "" && len(s.plan.Objectives) > 0 {
		return s.promised()
	}
	if name == "" {
		name = "unavailability"
	}
	m := s.metric(metricOf(name))
	for t, a := range s.cells[m] {
		if a != nil && (s.metrics[m].Scope != Journeys || s.isUser[t]) {
			list = append(list, watch{name, t})
		}
	}
	return list
}

func (s *Study) promised() (list []watch) {
	add := func(name string, target int) {
		if w := (watch{name, target}); !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	for _, ob := range s.plan.Objectives {
		if ob.Availability > 0 {
			add("unavailability", int(ob.Journey))
		}
		if ob.RTO > 0 {
			add("rto", int(ob.Journey))
		}
		if ob.RPOSet {
			for _, store := range storesOf(s.sys, ob.Journey) {
				add("rpo", int(store))
			}
		}
	}
	return list
}

func metricOf(name string) string {
	for _, p := range precisionOf {
		if p.name == name {
			return p.metric
		}
	}
	return ""
}

// Precision tells how well the figure of a name is known, of all journeys or stores the worst. The name is
// one of PrecisionNames, or empty for what the objectives are about. A study without such a figure, as of
// the losses of a system without a store, has a width of +∞ and no name.
func (s *Study) Precision(name string) Precision {
	worst := Precision{Width: math.Inf(1)}
	for i, w := range s.watched(name) {
		p := Precision{s.width(w), fmt.Sprintf("%s of %s", w.name, s.nameOf(s.metrics[s.metric(metricOf(w.name))].Scope, w.target))}
		if i == 0 || p.Width > worst.Width {
			worst = p
		}
	}
	return worst
}

// width is the longer arm of the interval by the figure.
func (s *Study) width(w watch) float64 {
	stat := "mean"
	for _, p := range precisionOf {
		if p.name == w.name {
			stat = p.stat
		}
	}
	i := s.metric(metricOf(w.name))
	m := s.measured(&s.metrics[i], s.cells[i][w.target], w.target)
	e := m.Stat(stat)
	if s.eventsBehind(i, w.target) < enoughEvents {
		return math.Inf(1)
	}
	value, arm := e.Value, max(e.High-e.Value, e.Value-e.Low)
	if s.metrics[i].Unit == Fraction && s.metrics[i].Better == Higher {
		value = 1 - value
	}
	switch {
	case arm == 0:
		return 0
	case value <= 0 || math.IsNaN(arm):
		return math.Inf(1)
	}
	return arm / value
}

// eventsBehind is the number of replications with an outage that a figure of a journey rests on, and of
// recoveries behind that of a store.
func (s *Study) eventsBehind(metric, target int) int64 {
	a := s.cells[metric][target]
	if s.metrics[metric].Scope == Journeys {
		_, struck := s.eventsOf(&s.metrics[metric], a, target)
		return struck
	}
	if s.metrics[metric].Method == Rate {
		return a.nonzero
	}
	return a.seen
}

// Attainable tells whether a plan can be run to a precision: whether a system has what a name asks for.
func Attainable(sys *model.System, plan *model.Plan, name string) bool {
	return len(NewStudy(sys, plan).watched(name)) > 0
}
