package model

import (
	"fmt"
	"strings"
)

// components checks names, modes and requirements. Modes and requirements may be shared by many
// components; they are then checked once.
func (c *checker) components() {
	names := make(map[string]*Pos, len(c.sys.Components))
	modes, needs := map[*Mode]bool{}, map[*Need]bool{}
	for i := range c.sys.Components {
		x := &c.sys.Components[i]
		c.unique(names, "component", x.Name, &x.At)
		if x.Kind >= NumKinds {
			c.fault(x.At, "component %q: unknown kind %d", x.Name, x.Kind)
		}
		if x.Site != None && !c.hasSite(x.Site) {
			c.fault(x.At, "component %q: there is no site %d", x.Name, x.Site)
		}
		if x.StartsIn != nil && !isLength(x.StartsIn.Mean()) {
			c.fault(x.At, "component %q: the time it takes to start must end", x.Name)
		}
		if x.StartsIn != nil && x.StartFailure > 0 {
			c.fault(x.At, "component %q: a start that takes time cannot fail as well, so far", x.Name)
		}
		if !isShare(x.StartFailure) {
			c.fault(x.At, "component %q: the probability of a start failure must be from 0 to 1", x.Name)
		}
		if len(x.Modes) > 0 && !modes[&x.Modes[0]] {
			modes[&x.Modes[0]] = true
			c.modes(x)
		}
		if x.Requires != nil && !needs[x.Requires] {
			needs[x.Requires] = true
			c.need(x.Requires, x.At, fmt.Sprintf("component %q", x.Name), "component", c.hasComponent)
		}
	}
	if len(c.found) == 0 {
		c.circles()
	}
}

func (c *checker) modes(x *Component) {
	if len(x.Modes) > mostModes {
		c.fault(x.At, "component %q has %d fault modes; %d is the limit", x.Name, len(x.Modes), mostModes)
	}
	var seen [NumFaultModes]bool
	for i := range x.Modes {
		m := &x.Modes[i]
		if m.Kind >= NumFaultModes {
			c.fault(x.At, "component %q: unknown fault mode %d", x.Name, m.Kind)
			continue
		}
		if seen[m.Kind] {
			c.fault(x.At, "component %q: fault mode %q is there twice", x.Name, m.Kind)
		}
		seen[m.Kind] = true
		c.slowness(x, m)
		where := fmt.Sprintf("component %q, %s", x.Name, m.Kind)
		c.laws(x.At, where, m.Life, m.Repair)
		c.readErrors(x, m)
		if _, ok := m.Life.(Residual); m.KeepsAge && m.Life != nil && !ok {
			c.fault(x.At, "%s: the law %v cannot tell what is left of a life, so a repair cannot leave it as bad as old", where, m.Life)
		}
	}
}

// readErrors checks what a rebuild may meet.
func (c *checker) readErrors(x *Component, m *Mode) {
	switch {
	case !isShare(m.Unread):
		c.fault(x.At, "component %q, %s: the probability of read errors must be from 0 to 1", x.Name, m.Kind)
	case m.Unread > 0 && (x.Kind != KindDisk || m.Kind != MediaLoss):
		c.fault(x.At, "component %q, %s: only a disk that has lost its media is rebuilt from others", x.Name, m.Kind)
	}
}

// slowness checks what a slow component still does.
func (c *checker) slowness(x *Component, m *Mode) {
	switch {
	case !isShare(m.Errors) || !isShare(m.Capacity):
		c.fault(x.At, "component %q, %s: its errors and its capacity must be from 0 to 1", x.Name, m.Kind)
	case m.Kind == Slow && x.Kind != KindNode && x.Kind != KindProcess && x.Kind != KindManaged:
		c.fault(x.At, "component %q: a %s cannot be slow", x.Name, x.Kind)
	}
}

// laws checks a life, which takes time on average, and a repair, which ends if there is one.
func (c *checker) laws(at Pos, where string, life, repair Distribution) {
	switch {
	case life == nil:
		c.fault(at, "%s: there is no law of life", where)
	case !(life.Mean() > 0):
		c.fault(at, "%s: the mean time between failures must be greater than zero", where)
	}
	if repair != nil && !isLength(repair.Mean()) {
		c.fault(at, "%s: the mean time to repair must be finite", where)
	}
}

// circles finds components that require each other.
func (c *checker) circles() {
	w := walk{c: c, state: make([]uint8, len(c.sys.Components))}
	for i := range c.sys.Components {
		if !w.visit(int32(i)) {
			return
		}
	}
}

// walk goes along what components require, depth first.
type walk struct {
	c     *checker
	state []uint8 // 0 unseen, 1 on the path, 2 done
	path  []int32
}

func (w *walk) visit(i int32) bool {
	x := &w.c.sys.Components[i]
	switch w.state[i] {
	case 1:
		w.c.fault(x.At, "components require each other: %s", w.circle(i))
		return false
	case 2:
		return true
	}
	w.state[i] = 1
	w.path = append(w.path, i)
	if x.Requires != nil && !w.follow(x.Requires) {
		return false
	}
	w.path = w.path[:len(w.path)-1]
	w.state[i] = 2
	return true
}

func (w *walk) follow(n *Need) bool {
	if len(n.Of) == 0 {
		return w.visit(n.Ref)
	}
	for k := range n.Of {
		if !w.follow(&n.Of[k]) {
			return false
		}
	}
	return true
}

func (w *walk) circle(back int32) string {
	var names []string
	for _, i := range w.path {
		if i == back || len(names) > 0 {
			names = append(names, w.c.sys.Components[i].Name)
		}
	}
	return strings.Join(append(names, w.c.sys.Components[back].Name), " → ")
}

func (c *checker) causes() {
	names := map[string]*Pos{}
	for i := range c.sys.Causes {
		x := &c.sys.Causes[i]
		c.unique(names, "common cause", x.Name, &x.At)
		where := fmt.Sprintf("common cause %q", x.Name)
		if x.SetOff != nil {
			c.cascade(x, where)
		} else {
			c.laws(x.At, where, x.Life, x.Repair)
		}
		if x.Mode >= NumFaultModes {
			c.fault(x.At, "%s: unknown fault mode %d", where, x.Mode)
		}
		if x.Mode == Slow {
			c.fault(x.At, "%s: a common cause cannot make its victims slow", where)
		}
		if !(x.Probability > 0 && x.Probability <= 1) {
			c.fault(x.At, "%s: the probability of hitting a victim must be above 0 and at most 1", where)
		}
		if x.Once && x.SetOff != nil {
			c.fault(x.At, "%s: it happens once, or whenever something sets it off, not both", where)
		}
		if !isShare(x.Spoils) {
			c.fault(x.At, "%s: it spoils data with a probability from 0 to 1", where)
		}
		if x.Glitch && x.Repair == nil {
			c.fault(x.At, "%s: a glitch needs a duration", where)
		}
		c.distinct(x.Victims, x.At, where, "it hits %q twice")
	}
}

// cascade checks a cause that is set off by a failure.
func (c *checker) cascade(x *CommonCause, where string) {
	switch {
	case x.Life != nil:
		c.fault(x.At, "%s: it happens by itself or is set off by something, not both", where)
	case !c.hasComponent(x.SetOff.Component):
		c.fault(x.At, "%s: there is no component %d to set it off", where, x.SetOff.Component)
	case x.SetOff.Delay != nil && !isLength(x.SetOff.Delay.Mean()):
		c.fault(x.At, "%s: the delay must end", where)
	case x.Repair != nil && !isLength(x.Repair.Mean()):
		c.fault(x.At, "%s: the mean time to repair must be finite", where)
	}
}

// distinct checks that ids name components, each once; twice says what it means otherwise, of a name.
func (c *checker) distinct(ids []int32, at Pos, where, twice string) {
	c.fresh()
	for _, i := range ids {
		switch {
		case !c.hasComponent(i):
			c.fault(at, "%s: there is no component %d", where, i)
		case c.mark(i):
			c.fault(at, "%s: "+twice, where, c.sys.Components[i].Name)
		}
	}
}

func (c *checker) network() {
	n := &c.sys.Network
	for i := range n.Sites {
		if s := &n.Sites[i]; s.Component != None && !c.hasComponent(s.Component) {
			c.fault(Pos{}, "site %q: there is no component %d", s.Name, s.Component)
		}
	}
	for i := range n.Links {
		l := &n.Links[i]
		if l.Component != None && !c.hasComponent(l.Component) {
			c.fault(Pos{}, "link %d: there is no component %d", i, l.Component)
		}
		if !c.hasSite(l.From) || !c.hasSite(l.To) {
			c.fault(Pos{}, "link %d: there is no site %d or %d", i, l.From, l.To)
		}
	}
}

// crews checks that every crew has somebody in it, and no component two of them.
func (c *checker) crews() {
	c.fresh()
	for k := range c.sys.Crews {
		crew := &c.sys.Crews[k]
		if crew.Size < 1 {
			c.fault(Pos{}, "repair crew %d has nobody in it", k+1)
		}
		if crew.Urgency != nil && len(crew.Urgency) != len(crew.Serves) {
			c.fault(Pos{}, "repair crew %d serves %d components and knows how urgent %d are", k+1, len(crew.Serves), len(crew.Urgency))
		}
		for _, i := range crew.Serves {
			switch {
			case !c.hasComponent(i):
				c.fault(Pos{}, "repair crew %d: there is no component %d", k+1, i)
			case c.mark(i):
				c.fault(c.sys.Components[i].At, "component %q has two repair crews", c.sys.Components[i].Name)
			}
		}
	}
}
