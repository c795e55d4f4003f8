package model

import (
	"fmt"
	"math"
)

// Check finds out whether a system and, if it is not nil, a plan make sense. Faults must stop a run; the
// engine may rely on their absence. Warnings are worth a reader's attention.
func Check(sys *System, plan *Plan) Problems {
	c := checker{sys: sys, marks: make([]int32, len(sys.Components)), leads: map[int32]string{}}
	c.components()
	c.causes()
	c.network()
	c.services()
	c.journeys()
	c.jobs()
	c.maintenance()
	c.stocks()
	c.stresses()
	c.clients()
	c.cost()
	if plan != nil {
		c.plan(plan)
	}
	if len(c.found) == 0 { // warnings look along the references just checked
		c.warnings()
	}
	c.found.Sort()
	return c.found
}

type checker struct {
	sys   *System
	found Problems
	marks []int32 // per component: the last stamp it was given
	stamp int32
	leads map[int32]string // exclusive component → the service it serves at the start
}

// fresh begins a new set of components; the old one is forgotten.
func (c *checker) fresh() { c.stamp++ }

// mark adds component i to the set and tells whether it was in it before.
func (c *checker) mark(i int32) bool {
	before := c.marks[i] == c.stamp
	c.marks[i] = c.stamp
	return before
}

func (c *checker) fault(at Pos, format string, args ...any) {
	c.found = append(c.found, Problem{At: at, What: fmt.Sprintf(format, args...)})
}

func (c *checker) warn(at Pos, hint, format string, args ...any) {
	c.found = append(c.found, Problem{Severity: Warning, At: at, What: fmt.Sprintf(format, args...), Hint: hint})
}

// isShare tells whether x is a probability or a share. NaN is not.
func isShare(x float64) bool { return x >= 0 && x <= 1 }

// isLength tells whether s is a duration that ends. NaN is not.
func isLength(s Seconds) bool { return s >= 0 && !math.IsInf(float64(s), 1) }

func (c *checker) hasComponent(i int32) bool { return i >= 0 && int(i) < len(c.sys.Components) }
func (c *checker) hasService(i int32) bool   { return i >= 0 && int(i) < len(c.sys.Services) }
func (c *checker) hasSite(i int32) bool      { return i >= 0 && int(i) < len(c.sys.Network.Sites) }

// mostModes is how many ways to fail the engine has room for.
const mostModes = 200

// unique demands a name, because random streams follow names: two things of one name would share luck.
func (c *checker) unique(seen map[string]*Pos, what, name string, at *Pos) {
	first, twice := seen[name]
	switch {
	case name == "":
		c.fault(*at, "a %s has no name", what)
	case twice && first.Line > 0:
		c.fault(*at, "two of the %ss are called %q; the other is in line %d", what, name, first.Line)
	case twice:
		c.fault(*at, "two of the %ss are called %q", what, name)
	}
	seen[name] = at
}

// need checks a condition over elements of one sort.
func (c *checker) need(n *Need, at Pos, where, sort string, exists func(int32) bool) {
	if len(n.Of) == 0 {
		if !exists(n.Ref) {
			c.fault(at, "%s: it needs %s %d, which is not there or comes later", where, sort, n.Ref)
		}
		return
	}
	if n.AtLeast < 1 || n.AtLeast > len(n.Of) {
		c.fault(at, "%s: it needs at least %d of %d", where, n.AtLeast, len(n.Of))
	}
	for i := range n.Of {
		c.need(&n.Of[i], at, where, sort, exists)
	}
}
