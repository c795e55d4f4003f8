package engine

import (
	"math"
	"slices"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// This file is about people: what time of the week it is for them, and that one of them can only do one
// thing at a time (R18).

// night tells whether it is outside office hours. A run begins on a Monday at midnight.
func (r *Runner) night() bool {
	office := &r.p.sys.People.Office
	if !office.Kept {
		return false
	}
	hours := math.Mod(r.now-r.begin, float64(model.Week))
	if hours < 0 { // while a steady-state start settles
		hours += float64(model.Week)
	}
	day := int(hours / float64(model.Day))
	t := model.Seconds(hours) - model.Seconds(day)*model.Day
	return !office.Days[min(day, 6)] || t < office.From || t >= office.To
}

// queueForPeople brings the services that have something to decide into the order of their names: who pages
// somebody first is not a matter of the order of a file.
func (r *Runner) queueForPeople(groups []int32) {
	if len(groups) > 1 {
		slices.SortFunc(groups, func(a, b int32) int { return strings.Compare(r.p.sys.Services[a].Name, r.p.sys.Services[b].Name) })
	}
}

// page gives work to whoever is free first and returns how long it takes until it is done.
func (r *Runner) page(g *group, work float64) float64 {
	if len(r.staff) == 0 {
		return work
	}
	first := 0
	for k := range r.staff {
		if r.staff[k] < r.staff[first] {
			first = k
		}
	}
	done := max(r.now, r.staff[first]) + work
	r.staff[first] = done
	g.person, g.busyUntil = int32(first), done
	return done - r.now
}

// dismiss frees the person who works for a group, if the work has become pointless.
func (r *Runner) dismiss(g *group) {
	if g.person == none {
		return
	}
	if r.staff[g.person] == g.busyUntil { // nobody else waits for this person
		r.staff[g.person] = r.now
	}
	g.person = none
}
