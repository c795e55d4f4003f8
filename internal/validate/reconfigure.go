package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// This file is about units that all work, and have to come to terms with the loss of one of them.

// together is such a group.
type together struct {
	k         int // that must work
	members   []string
	takes     model.Distribution
	coverage  float64
	otherwise model.Distribution
	meanwhile model.Meanwhile
}

var (
	nothingWords = regexp.MustCompile(`^(?:no (?:further )?(?:failures?|other failures?) (?:or|nor|and no) repairs?|nothing(?: else)? (?:fails or is repaired|happens)|frozen)$`)
	repairsWords = regexp.MustCompile(`^(?:no (?:further |other )?failures?(?:[,;:]? (?:but )?(?:the )?repairs? (?:goes|go|continues?) on|[,;] repairs? continues?)|repairs? only)$`)
	asEverWords  = regexp.MustCompile(`^(?:failures? and repairs? (?:go|continue)(?: on)?|as (?:usual|ever|always))$`)
)

// duringFailover understands what may happen while a failover is under way.
func duringFailover(f fields) (model.Meanwhile, error) {
	words := strings.ToLower(f.text("during_failover"))
	switch {
	case !f.has("during_failover"), asEverWords.MatchString(words):
		return model.AsEver, nil
	case nothingWords.MatchString(words):
		return model.Frozen, nil
	case repairsWords.MatchString(words):
		return model.RepairsOnly, nil
	}
	return 0, unsupported("during_failover: %s", clip(f["during_failover"]))
}

// allActive turns a failover among units that all work into a reconfiguration of them.
func (d *design) allActive(o *failover) error {
	e, err := parseUp(d.written.Up, d.instances)
	if err != nil {
		return err
	}
	if e.k < 1 || e.k >= len(e.of) || slices.ContainsFunc(e.of, func(p *expression) bool { return p.ref == "" }) || d.store != nil {
		return unsupported("a failover of something other than some of several components")
	}
	g := &together{k: e.k, coverage: o.coverage, otherwise: o.uncovered, meanwhile: o.meanwhile}
	for _, p := range e.of {
		g.members = append(g.members, p.ref)
	}
	if !e.over(g.members) || o.coverage < 1 && (o.uncovered == nil || o.detector != nil) {
		return unsupported("what follows a failover that is not covered is not said")
	}
	if g.takes, err = after(o.noticed, o.activate); err != nil {
		return err
	}
	d.together = g
	return nil
}

// after is one duration and then another, of which one at least is fixed.
func after(first, second model.Distribution) (model.Distribution, error) {
	switch {
	case first == nil:
		return orNow(second), nil
	case second == nil:
		return first, nil
	case first.Survival(first.Mean()) == 0 && first.Survival(first.Mean()*(1-1e-9)) == 1:
		first, second = second, first
	case second.Survival(second.Mean()) != 0 || second.Survival(second.Mean()*(1-1e-9)) != 1:
		return nil, unsupported("two random durations one after the other")
	}
	return failures.Shifted(second.Mean(), first)
}

// stops tells whether an expression is about the group as a whole, and whether it serves.
func (d *design) stops(e *expression) bool {
	g := d.together
	return g != nil && !d.asked.truth && e.k == g.k && e.over(g.members)
}

// reconfigured is the service that the group is.
func (a *assembly) reconfigured() int32 {
	const name = "all of the group"
	if i, ok := a.services[name]; ok {
		return i
	}
	g := a.d.together
	s := model.Service{Name: name, Policy: policies.ActiveActive{}, Needed: g.k, Observer: model.ByEveryone, Balancer: model.None, Meanwhile: g.meanwhile,
		Reconfiguration: &model.Reconfiguration{Takes: g.takes, Success: g.coverage, Otherwise: g.otherwise}}
	for _, i := range a.refs(g.members) {
		s.Members = append(s.Members, model.Member{Component: i, Host: i})
	}
	a.services[name] = int32(len(a.sys.Services))
	a.sys.Services = append(a.sys.Services, s)
	return a.services[name]
}

// noticedAfter is how long a detector takes to see that something has died.
func noticedAfter(detector model.Detector) model.Distribution {
	switch x := detector.(type) {
	case policies.After:
		return x.Down
	case policies.Heartbeat:
		return failures.Uniform(x.Timeout-x.Period, x.Timeout)
	case policies.Probe:
		return failures.Uniform(model.Seconds(x.Fall-1)*x.Interval+x.Timeout, model.Seconds(x.Fall)*x.Interval+x.Timeout)
	}
	return nil
}
