package main

import (
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// This file is about single events: how often components fail, what fails at once, and false alarms.

var (
	failuresOf = regexp.MustCompile(`^(.+)_failures_(mean|sd|p[0-9.]+)$`)
	overWords  = regexp.MustCompile(`over \[0, ?([0-9.,]+)\)`)
)

// countsFailures understands "pump_failures_p95": how many failures components of a name have over an interval,
// which the description tells.
func (q *question) countsFailures(c *knownCase, name string, arg argument, unit model.Seconds) (bool, error) {
	m := failuresOf.FindStringSubmatch(name)
	if m == nil || !slices.Contains(c.ids(), m[1]) {
		return false, nil
	}
	q.kind, q.target, q.stat, q.scale = partFailures, m[1], m[2], 1
	if arg == interval {
		return true, nil
	}
	over := overWords.FindStringSubmatch(c.Words)
	if arg != nothing || over == nil {
		return true, unsupported("over which interval is not said")
	}
	x, err := strconv.ParseFloat(strings.ReplaceAll(over[1], ",", ""), 64)
	q.until = model.Seconds(x) * unit
	return true, err
}

// each observes every component of the name that was asked about.
func (a *assembly) each() (*model.System, error) {
	for _, name := range a.d.instances[a.d.asked.target] {
		a.observe(name, model.Need{Ref: a.single(name, int32(a.d.index[name]))})
	}
	return a.checked()
}

// together observes that any part has failed, besides the whole.
func (a *assembly) together() (*model.System, error) {
	if a.d.up.k != 1 || !a.isPlain(a.d.up) || len(a.d.up.of) < 2 {
		return nil, unsupported("what fails at once is not one group of components")
	}
	whole, err := a.need(a.d.up)
	if err != nil {
		return nil, err
	}
	all, err := a.need(&expression{k: len(a.d.up.of), of: a.d.up.of})
	if err != nil {
		return nil, err
	}
	a.observe("any down", all)
	a.observe("all down", whole)
	return a.checked()
}

// lostBeats is the time until so many heartbeats in a row are lost, each with the same probability.
type lostBeats struct {
	period  model.Seconds
	tail    float64   // of the probability to go on from one beat to the next, after the table
	survive []float64 // P(no run has ended by beat n)
	mean    model.Seconds
}

func newLostBeats(period model.Seconds, missed int, p float64) *lostBeats {
	l := &lostBeats{period: period}
	run := make([]float64, missed) // probability of so many losses in a row just now
	run[0] = 1
	for range 64 * missed {
		sum := 0.0
		for _, x := range run {
			sum += x
		}
		l.survive = append(l.survive, sum)
		next := make([]float64, missed)
		next[0] = sum * (1 - p)
		for k := 1; k < missed; k++ {
			next[k] = run[k-1] * p
		}
		run = next
	}
	n := len(l.survive)
	l.tail = l.survive[n-1] / l.survive[n-2]
	q := math.Pow(p, float64(missed))
	l.mean = period * model.Seconds((1-q)/((1-p)*q))
	return l
}

// Mean implements model.Distribution (Feller, An Introduction to Probability Theory, vol. 1, XIII.7).
func (l *lostBeats) Mean() model.Seconds { return l.mean }

// Survival implements model.Distribution.
func (l *lostBeats) Survival(t model.Seconds) float64 {
	n, last := int(math.Floor(float64(t/l.period))), len(l.survive)-1
	if n <= last {
		return l.survive[max(0, n)]
	}
	return l.survive[last] * math.Pow(l.tail, float64(n-last))
}

// Sample inverts the survival function.
func (l *lostBeats) Sample(r *rand.Rand) model.Seconds {
	u, last := 1-r.Float64(), len(l.survive)-1
	n := last
	if u > l.survive[last] {
		n = slices.IndexFunc(l.survive, func(s float64) bool { return s < u })
	} else {
		n += int(math.Ceil(math.Log(u/l.survive[last]) / math.Log(l.tail)))
	}
	return l.period * model.Seconds(n)
}

func (l *lostBeats) String() string { return "lost heartbeats every " + l.period.String() }

// falseAlarms observes a pair of which nothing ever fails, whose detector loses heartbeats.
func (a *assembly) falseAlarms() (*model.System, error) {
	if string(a.d.written.Up) != `"always"` || a.d.alarms == nil || len(a.sys.Causes) > 0 ||
		slices.ContainsFunc(a.d.parts, func(p part) bool { return p.life != nil }) {
		return nil, unsupported("false alarms of something that fails as well")
	}
	s := model.Service{Name: "pair", Needed: 1, Observer: model.ByEveryone, Balancer: model.None, Detector: a.d.fresh.detector, FalseAlarms: a.d.alarms,
		Policy: &policies.ActivePassive{Standby: policies.Hot, Alpha: 1, Success: 1}}
	for _, name := range []string{"first of a pair", "second of a pair"} {
		i := int32(len(a.sys.Components))
		a.sys.Components = append(a.sys.Components, model.Component{Name: name, Kind: model.KindNode, Site: model.None})
		s.Members = append(s.Members, model.Member{Component: i, Host: i})
	}
	a.sys.Services = append(a.sys.Services, s)
	a.observe("up", model.Need{Ref: int32(len(a.sys.Services) - 1)})
	return a.checked()
}
