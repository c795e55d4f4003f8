package engine

import (
	"fmt"

	"github.com/ftsim/ftsim/model"
)

// This file is what the naive twin makes of caches and queues (R42). It looks at each of them in every
// instant.

type twinCushion struct {
	*model.Cushion
	need    model.Need
	service *twinService // that has it, or
	journey *twinJourney
	name    string
	left    float64 // seconds, as of at
	at      float64
	rate    float64
	blame   model.Element
}

func (t *twin) setUpCushions() {
	add := func(who string, ds []model.Dependency, s *twinService, j *twinJourney) {
		for i, d := range ds {
			if d.Cushion != nil {
				t.cushions = append(t.cushions, &twinCushion{Cushion: d.Cushion, need: d.Need, service: s, journey: j,
					name: fmt.Sprintf("cushion of %s %d", who, i), left: float64(d.Cushion.Holds), blame: none})
			}
		}
	}
	for _, s := range t.services {
		add(s.Name, s.Needs, s, nil)
	}
	for _, j := range t.journeys {
		add(j.Name, j.Needs, nil, j)
	}
}

func (c *twinCushion) full() bool { return c.left >= float64(c.Holds) && c.rate >= 0 }

// rest is what is left of the requests when all of the dependency is away.
func (t *twin) rest(d *model.Dependency) float64 {
	for _, c := range t.cushions {
		if c.Cushion == d.Cushion && c.left > 0 {
			return c.Worth
		}
	}
	return 0
}

func (t *twin) flow(c *twinCushion) {
	c.left = min(max(0, c.left+c.rate*(t.now-c.at)), float64(c.Holds))
	c.at = t.now
}

// settleCushion has a cushion go on from what is there of its need.
func (t *twin) settleCushion(c *twinCushion) {
	t.flow(c)
	met, before := t.metFor(c), c.rate
	c.rate = 0
	switch {
	case c.Drain == 0 && met > 0:
		c.left = float64(c.Holds)
	case met < 1-1e-12 && c.left > 0:
		c.rate = met - 1
	case met >= 1-1e-12 && c.left < float64(c.Holds):
		c.rate = c.Drain - 1
	}
	if c.rate < 0 && before >= 0 {
		c.blame = t.blame
	}
	t.callOff(c.name)
	switch {
	case c.rate < 0:
		t.plan(t.now+c.left/-c.rate, 2, c.name, func() {
			c.left, c.at = 0, t.now
			t.blameUnlessKnown(c.blame)
		})
	case c.rate > 0:
		t.plan(t.now+(float64(c.Holds)-c.left)/c.rate, 2, c.name, func() { c.left, c.at, c.rate = float64(c.Holds), t.now, 0 })
	}
}

// metFor is how far those who have a cushion find its need met: who serves for a service, or the clients
// of a journey.
func (t *twin) metFor(c *twinCushion) float64 {
	met, _ := t.condition(c.need, t.now)
	if t.whole() {
		return met
	}
	sum, weight := 0.0, 0.0
	if s := c.service; s != nil && s.style != model.Shared {
		m, _ := t.serving(s, none, t.now)
		return t.conditionFrom(c.need, t.site(m), t.now)
	} else if s != nil {
		for _, m := range s.members {
			if m.up && (s.Detector == nil || m.believed) {
				sum, weight = sum+t.conditionFrom(c.need, t.site(m), t.now), weight+1
			}
		}
	} else {
		for _, g := range t.sys.Clients {
			sum, weight = sum+g.Share*t.conditionFrom(c.need, g.Site, t.now), weight+g.Share
		}
	}
	if weight == 0 {
		return t.conditionFrom(c.need, none, t.now)
	}
	return sum / weight
}

// bookBridged books the time in which a journey lives on something that is not full.
func (t *twin) bookBridged(j *twinJourney, length float64) {
	for _, c := range t.cushions {
		if !c.full() && (c.journey == j || c.service != nil && t.reliesOn(j.Needs, c.service.id)) && !t.past {
			t.out.Bridged[j.id] += model.Seconds(length)
			return
		}
	}
}

// reliesOn tells whether any of the needs leads to a service, whatever the conditions.
func (t *twin) reliesOn(ds []model.Dependency, service int32) bool {
	var leads func(n *model.Need) bool
	leads = func(n *model.Need) bool {
		for k := range n.Of {
			if leads(&n.Of[k]) {
				return true
			}
		}
		return len(n.Of) == 0 && (n.Ref == service || t.reliesOn(t.services[n.Ref].Needs, service))
	}
	for i := range ds {
		if leads(&ds[i].Need) || ds[i].Else != nil && leads(ds[i].Else) {
			return true
		}
	}
	return false
}
