package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
)

// phase says what a service begins to do.
func (s *story) phase(i int, since *elapsed) string {
	n := &s.notes[i]
	text := s.step(n, since.before[i])
	if n.Phase == model.Serving || n.Delay <= 0 || math.IsInf(float64(n.Delay), 1) {
		return text
	}
	if since.cut[i] {
		return text + " (would take " + n.Delay.Round() + ")"
	}
	return text + " (takes " + n.Delay.Round() + ")"
}

// step is a phase without its duration.
func (s *story) step(n *engine.Note, before model.Phase) string {
	who, quorum := s.member(n.Service, n.Member), s.elects(n.Service)
	switch {
	case n.Phase == model.Serving && n.Member == model.None:
		return "serves again"
	case n.Phase == model.Activation && n.Member == model.None:
		return "stops until its replicas have come to terms with the loss of one"
	case n.Phase == model.Serving && quorum:
		return "is led by " + who
	case n.Phase == model.Decision && quorum:
		return "elects a leader"
	case n.Phase == model.Decision && n.ByHand:
		return "pages somebody, who decides on a failover to " + who
	case n.Phase == model.Fencing && n.ByHand:
		return "cannot fence the old primary for " + who + " and pages somebody"
	case n.Phase == model.Redirection && before == model.Serving:
		return "changes roles as planned and moves its clients to " + who
	case n.Phase == model.Repair && quorum:
		return "has no majority and waits for a repair"
	}
	if text, ok := steps[n.Phase]; ok {
		return strings.ReplaceAll(text, "X", who)
	}
	return fmt.Sprintf("enters %v", n.Phase)
}

// steps are what a service begins to do with member X.
var steps = map[model.Phase]string{
	model.Serving:     "is served by X",
	model.Detection:   "has yet to notice",
	model.Decision:    "decides on a failover to X",
	model.Fencing:     "fences the old primary for X",
	model.Activation:  "makes X ready",
	model.Redirection: "moves its clients to X",
	model.Warming:     "warms up on X",
	model.Repair:      "has nothing to fail over to and waits for a repair",
	model.Overload:    "breaks down under its load",
}

// elects tells whether a service is a quorum.
func (s *story) elects(service int32) bool {
	p := s.sys.Services[service].Policy
	return p != nil && p.Style() == model.Majority
}

// stops says that a member no longer does what a primary does, or does so again.
func (s *story) stops(n *engine.Note) string {
	who, words := s.member(n.Service, n.Member), [...]string{"stops being the primary", "may be the primary again"}
	if kind := s.sys.Services[n.Service].Fence.Kind; kind == model.MinReplicas || kind == model.ConsensusFencing {
		words = [...]string{"takes no more writes", "takes writes again"}
	}
	if n.Kind == engine.WentOn {
		return who + " " + words[1]
	}
	return who + " " + words[0]
}

// noticed says how long somebody took to change his belief.
func noticed(n *engine.Note) string {
	switch {
	case n.False:
		return ": a false alarm"
	case n.Delay > 0:
		return " (detected after " + n.Delay.Round() + ")"
	}
	return ""
}

// quietly says what a service did in an incident that nobody felt.
func (s *story) quietly(in *incident, service int32) string {
	lost, changed := model.Seconds(0), false
	for _, i := range in.lines {
		switch n := &s.notes[i]; {
		case n.Service != service:
		case n.Kind == engine.DataLost:
			lost += n.Delay
		case n.Kind == engine.PhaseEntered && n.Phase == model.Serving:
			changed = true
		}
	}
	switch {
	case lost > 0 && changed:
		return " changes roles and loses " + lost.Round() + " of writes"
	case lost > 0:
		return " loses " + lost.Round() + " of writes"
	case changed:
		return " changes roles"
	}
	return " acts"
}
