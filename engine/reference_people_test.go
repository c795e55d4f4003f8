package engine

import (
	"math"

	"github.com/ftsim/ftsim/model"
)

// This file is about people in the naive twin (R18). Each works on one thing at a time, in the order of the
// pages.

// twinPerson is somebody who can be paged.
type twinPerson struct {
	until float64      // at work, or to be so
	last  *twinService // what the last page in line is about
}

// page gives work to whoever is free first, and returns how long it takes until it is done.
func (t *twin) page(s *twinService, work float64) float64 {
	if len(t.people) == 0 {
		return work
	}
	first := t.people[0]
	for _, p := range t.people {
		if p.until < first.until {
			first = p
		}
	}
	first.until, first.last = max(t.now, first.until)+work, s
	return first.until - t.now
}

// dismiss lets the person who works for a service go; if others wait for the same person, they do so still.
func (t *twin) dismiss(s *twinService) {
	for _, p := range t.people {
		if p.last == s {
			p.last, p.until = nil, t.now
		}
	}
}

// atNight tells whether it is outside office hours, in a week that begins on a Monday as observation does.
func (t *twin) atNight() bool {
	office := &t.sys.People.Office
	week := model.Seconds(math.Mod(math.Mod(t.now-t.begin, float64(model.Week))+float64(model.Week), float64(model.Week)))
	for day, open := range office.Days {
		from := model.Seconds(day) * model.Day
		if open && week >= from+office.From && week < from+office.To {
			return false
		}
	}
	return office.Kept
}
