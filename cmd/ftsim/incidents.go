package main

import (
	"slices"

	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
)

// incident is a stretch of a story in which a journey was down or a service was changing roles, with
// the faults that led to it and their repair.
type incident struct {
	first    int // note with which it begins
	from, to model.Seconds
	services []int32 // that changed roles or lost data
	journeys []int32 // that were down, in order
	down     map[int32]model.Seconds
	endless  map[int32]bool
	lines    []int // notes to tell, in order
}

// findIncidents groups the notes of a story. Spells closer than the merge gap are one incident.
func findIncidents(s *story) []*incident {
	var list []*incident
	spells := pair(s.notes)
	for _, sp := range spells {
		if !sp.felt() {
			continue
		}
		from, to := s.notes[sp.from].At, s.end(sp)
		if n := len(list); n == 0 || from > list[n-1].to+s.plan.MergeGap {
			list = append(list, &incident{first: sp.from, from: from, to: to,
				down: map[int32]model.Seconds{}, endless: map[int32]bool{}})
		}
		list[len(list)-1].take(sp, from, to)
	}
	below := newFoundations(s.sys)
	var under []spell // way in this incident; incidents follow each other in time
	for _, in := range list {
		for len(spells) > 0 && s.notes[spells[0].from].At <= in.to {
			under, spells = append(under, spells[0]), spells[1:]
		}
		under = slices.DeleteFunc(under, func(sp spell) bool { return s.end(sp) < in.from })
		in.choose(s, under, below)
	}
	return list
}

func (in *incident) take(sp spell, from, to model.Seconds) {
	in.to = max(in.to, to)
	if sp.kind != engine.JourneyDown {
		if !slices.Contains(in.services, sp.a) {
			in.services = append(in.services, sp.a)
		}
		return
	}
	if _, seen := in.down[sp.a]; !seen {
		in.journeys = append(in.journeys, sp.a)
	}
	in.down[sp.a] += to - from
	in.endless[sp.a] = in.endless[sp.a] || sp.to < 0
}

// choose picks the lines of an incident: everything users felt and services did meanwhile, and of
// faults and beliefs, spells under way, those that lie below the journeys and services concerned.
func (in *incident) choose(s *story, spells []spell, below *foundations) {
	services := below.services(in)
	parts := below.parts(services)
	for _, sp := range spells {
		if !in.concerns(sp, services, parts, below) {
			continue
		}
		in.lines = append(in.lines, sp.from)
		if sp.to >= 0 && sp.to != sp.from {
			in.lines = append(in.lines, sp.to)
		}
	}
	in.addSteps(s)
	slices.Sort(in.lines)
	in.lines = slices.Compact(in.lines)
}

// tellOnce has each line told in one incident only: a beginning in the first it belongs to, and what ends or
// happens as another incident begins, or during it, in that one.
func tellOnce(s *story, list []*incident) {
	owner := map[int]*incident{}
	for _, in := range list {
		for _, i := range in.lines {
			if owner[i] == nil || s.notes[i].At >= in.from {
				owner[i] = in
			}
		}
	}
	for _, in := range list {
		in.lines = slices.DeleteFunc(in.lines, func(i int) bool { return owner[i] != in })
	}
}

func (in *incident) concerns(sp spell, services map[int32]bool, parts map[int32]bool, below *foundations) bool {
	switch sp.kind {
	case engine.ComponentFailed:
		return parts[sp.a]
	case engine.CauseStruck:
		for _, v := range below.sys.Causes[sp.a].Victims {
			if parts[v] {
				return true
			}
		}
		return false
	case engine.BelievedDown, engine.SteppedDown:
		return services[sp.a]
	}
	return true
}

// addSteps adds what the spells leave out: the phases in the middle of a failover.
func (in *incident) addSteps(s *story) {
	for i := in.first; i < len(s.notes) && s.notes[i].At <= in.to; i++ {
		if k := s.notes[i].Kind; k == engine.PhaseEntered || k == engine.PromotionFailed || k == engine.DataLost {
			in.lines = append(in.lines, i)
		}
	}
}

// foundations knows what services and journeys rest on.
type foundations struct {
	sys     *model.System
	network []int32 // components of sites and links, which concern everybody
}

func newFoundations(sys *model.System) *foundations {
	f := &foundations{sys: sys}
	for _, s := range sys.Network.Sites {
		f.network = append(f.network, s.Component)
	}
	for _, l := range sys.Network.Links {
		f.network = append(f.network, l.Component)
	}
	return f
}

// services is all services an incident concerns, with all they need in turn.
func (f *foundations) services(in *incident) map[int32]bool {
	found := map[int32]bool{}
	for _, v := range in.services {
		f.addService(found, v)
	}
	for _, j := range in.journeys {
		for _, d := range f.sys.Journeys[j].Needs {
			f.addNeeds(found, &d)
		}
		if own := f.sys.Journeys[j].Service; own >= 0 {
			f.addService(found, own)
		}
	}
	return found
}

func (f *foundations) addService(found map[int32]bool, service int32) {
	if found[service] {
		return
	}
	found[service] = true
	for _, d := range f.sys.Services[service].Needs {
		f.addNeeds(found, &d)
	}
}

func (f *foundations) addNeeds(found map[int32]bool, d *model.Dependency) {
	visit(&d.Need, func(ref int32) { f.addService(found, ref) })
	if d.Else != nil {
		visit(d.Else, func(ref int32) { f.addService(found, ref) })
	}
}

// parts is all components the services rest on, and the network.
func (f *foundations) parts(services map[int32]bool) map[int32]bool {
	found := map[int32]bool{}
	for _, c := range f.network {
		f.addPart(found, c)
	}
	for v := range services {
		for _, m := range f.sys.Services[v].Members {
			f.addPart(found, m.Component)
			f.addPart(found, m.Host)
		}
	}
	return found
}

func (f *foundations) addPart(found map[int32]bool, c int32) {
	if c < 0 || found[c] {
		return
	}
	found[c] = true
	if need := f.sys.Components[c].Requires; need != nil {
		visit(need, func(ref int32) { f.addPart(found, ref) })
	}
}

// visit calls see for each element a need names.
func visit(n *model.Need, see func(ref int32)) {
	if len(n.Of) == 0 {
		see(n.Ref)
		return
	}
	for i := range n.Of {
		visit(&n.Of[i], see)
	}
}
