package model

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
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
		if _, ok := m.Life.(Residual); m.KeepsAge && m.Life != nil && !ok {
			c.fault(x.At, "%s: the law %v cannot tell what is left of a life, so a repair cannot leave it as bad as old", where, m.Life)
		}
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
		if x.Glitch && x.Repair == nil {
			c.fault(x.At, "%s: a glitch needs a duration", where)
		}
		c.victims(x, where)
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

func (c *checker) victims(x *CommonCause, where string) {
	c.fresh()
	for _, v := range x.Victims {
		switch {
		case !c.hasComponent(v):
			c.fault(x.At, "%s: there is no component %d", where, v)
		case c.mark(v):
			c.fault(x.At, "%s: it hits %q twice", where, c.sys.Components[v].Name)
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

func (c *checker) services() {
	c.crews()
	if o := &c.sys.People.Office; c.sys.People.Staff < 0 || o.Kept && !(o.From >= 0 && o.From < o.To && o.To <= Day) {
		c.fault(Pos{}, "people: there cannot be %d of them, at work from %v to %v of a day", c.sys.People.Staff, o.From, o.To)
	}
	if len(c.sys.Services) == 0 {
		c.fault(Pos{}, "there is no service, so nothing can go down")
	}
	names := map[string]*Pos{}
	for i := range c.sys.Services {
		x := &c.sys.Services[i]
		where := fmt.Sprintf("service %q", x.Name)
		c.unique(names, "service", x.Name, &x.At)
		c.members(x, where)
		c.policy(x, where)
		c.exclusive(x, where)
		c.capacity(x, where)
		c.dependencies(x.Needs, x.At, where, func(s int32) bool { return s >= 0 && s < int32(i) })
		if x.Store != nil {
			c.store(x, where)
		}
	}
}

func (c *checker) members(x *Service, where string) {
	if len(x.Members) == 0 {
		c.fault(x.At, "%s has no members", where)
	}
	c.fresh()
	for _, m := range x.Members {
		switch {
		case !c.hasComponent(m.Component):
			c.fault(x.At, "%s: there is no component %d", where, m.Component)
		case !c.hasComponent(m.Host):
			c.fault(x.At, "%s: there is no component %d", where, m.Host)
		case c.mark(m.Component):
			c.fault(x.At, "%s: %q is a member twice", where, c.sys.Components[m.Component].Name)
		}
	}
}

// exclusive checks that no two services begin with the same exclusive member.
func (c *checker) exclusive(x *Service, where string) {
	if x.Policy == nil || len(x.Members) == 0 {
		return
	}
	first := x.Members
	if x.Policy.Style() != Shared {
		first = first[:1]
	}
	for _, m := range first {
		if !c.hasComponent(m.Host) || !c.sys.Components[m.Host].Exclusive {
			continue
		}
		if other, taken := c.leads[m.Host]; taken {
			c.fault(x.At, "%s: %q leads %s already and serves one service at a time", where, c.sys.Components[m.Host].Name, other)
			continue
		}
		c.leads[m.Host] = where
	}
}

func (c *checker) policy(x *Service, where string) {
	switch {
	case x.Policy == nil:
		c.fault(x.At, "%s has no policy", where)
	case x.Policy.Style() > Majority:
		c.fault(x.At, "%s: its policy has an unknown style %d", where, x.Policy.Style())
	case !isShare(x.Policy.Dormancy()):
		c.fault(x.At, "%s: the dormancy must be from 0 to 1", where)
	}
	if x.StandbyReads && (x.Store == nil || x.Policy != nil && x.Policy.Style() != Primary) {
		c.fault(x.At, "%s: only standbys with data can answer reads", where)
	}
	if x.Observer > ByCoordinator {
		c.fault(x.At, "%s: unknown observer %d", where, x.Observer)
	}
	if x.Observer == ByService && x.Detector != nil && !c.hasService(x.Balancer) {
		c.fault(x.At, "%s: there is no service %d to observe it", where, x.Balancer)
	}
	c.coordination(x, where)
}

// coordination checks who consents to role changes, and what stops an old primary (R13, R14).
func (c *checker) coordination(x *Service, where string) {
	f := &x.Fence
	switch {
	case x.Coordinated && !c.hasService(x.Coordinator):
		c.fault(x.At, "%s: there is no service %d to coordinate it", where, x.Coordinator)
	case x.Coordinated && (&c.sys.Services[x.Coordinator] == x || c.sys.Services[x.Coordinator].Coordinated):
		c.fault(x.At, "%s: a coordinator cannot itself be coordinated", where)
	case !x.Coordinated && (x.Observer == ByCoordinator || f.Kind == LeaseFencing):
		c.fault(x.At, "%s has no coordinator", where)
	}
	switch {
	case f.Kind >= NumFenceKinds:
		c.fault(x.At, "%s: unknown kind of fencing %d", where, f.Kind)
	case f.Kind != Unfenced && x.Policy != nil && x.Policy.Style() != Primary:
		c.fault(x.At, "%s: only an active-passive service can be fenced", where)
	}
	if !isShare(f.Failure) {
		c.fault(x.At, "%s: the probability that fencing fails must be from 0 to 1", where)
	}
	if f.Within != nil && !isLength(f.Within.Mean()) {
		c.fault(x.At, "%s: the time until an old primary stops must be finite", where)
	}
}

func (c *checker) capacity(x *Service, where string) {
	if x.Needed < 0 || x.Needed > len(x.Members) {
		c.fault(x.At, "%s: it needs %d of its %d members", where, x.Needed, len(x.Members))
	}
	if !(x.PerReplica >= 0) || math.IsInf(x.PerReplica, 1) {
		c.fault(x.At, "%s: the capacity of a replica must be a number of requests per second", where)
	}
	if !isShare(x.WarmUp.StartAt) || !isLength(x.WarmUp.Ramp) {
		c.fault(x.At, "%s: a warm-up starts at a share from 0 to 1 and takes a finite time", where)
	}
	if (x.LeastLoaded || x.Collapse != nil) && (x.PerReplica == 0 || c.sys.Rate == 0) {
		c.fault(x.At, "%s: without a rate of requests and the capacity of a replica, nobody knows how loaded it is", where)
	}
	if (x.LeastLoaded || x.Collapse != nil) && x.Policy != nil && x.Policy.Style() != Shared {
		c.fault(x.At, "%s: only the replicas of an active-active service share a load", where)
	}
	if x.Collapse != nil {
		c.collapse(x.Collapse, x.At, where)
	}
	if l, ok := x.Policy.(Leaderless); ok {
		if n, read, write := l.Copies(); n < 1 || n > len(x.Members) || read < 1 || read > n || write < 1 || write > n {
			c.fault(x.At, "%s: %d copies on %d replicas, of which a read takes %d and a write %d", where, n, len(x.Members), read, write)
		}
	}
}

func (c *checker) collapse(x *Collapse, at Pos, where string) {
	if !(x.Above >= 1) || math.IsInf(x.Above, 1) {
		c.fault(at, "%s: it collapses above a finite utilisation of at least 100%%", where)
	}
	if !(x.Retry >= 0) || math.IsInf(x.Retry, 1) {
		c.fault(at, "%s: the tries after an unserved request must be a finite number", where)
	}
	if !isLength(x.After) || x.Step == nil || !isLength(x.Step.Mean()) {
		c.fault(at, "%s: it collapses after a finite time, in finite steps", where)
	}
}

func (c *checker) dependencies(ds []Dependency, at Pos, where string, exists func(int32) bool) {
	for i := range ds {
		c.need(&ds[i].Need, at, where, "service", exists)
		if ds[i].Else != nil {
			c.need(ds[i].Else, at, where, "service", exists)
		}
		if !isShare(ds[i].Without) {
			c.fault(at, "%s: what remains without a dependency must be from 0 to 1", where)
		}
	}
}

func (c *checker) store(x *Service, where string) {
	s := x.Store
	if s.Mode > Unreplicated || s.Durability > InMemory {
		c.fault(x.At, "%s: unknown replication mode or durability", where)
	}
	if s.Acks < 0 || s.Acks > max(0, len(x.Members)-1) {
		c.fault(x.At, "%s: %d copies must have a write, and there are %d besides the primary", where, s.Acks, len(x.Members)-1)
	}
	if !(s.WriteRate >= 0) || math.IsInf(s.WriteRate, 1) {
		c.fault(x.At, "%s: the write rate must be a number of transactions per second", where)
	}
	if (s.Durability == Periodic || s.Durability == OSCache) && !(s.FlushEvery > 0 && isLength(s.FlushEvery)) {
		c.fault(x.At, "%s: how often it writes to disk must be greater than zero", where)
	}
	c.recovery(x, where)
	for _, law := range []Distribution{s.Lag, s.FallbackAfter} {
		if law != nil && !isLength(law.Mean()) {
			c.fault(x.At, "%s: lag and fallback must have finite means", where)
		}
	}
}

func (c *checker) journeys() {
	for i := range c.sys.Journeys {
		x := &c.sys.Journeys[i]
		where := fmt.Sprintf("journey %q", x.Name)
		if x.Name == "" {
			c.fault(x.At, "a journey has no name")
		}
		if len(x.Needs) == 0 {
			c.fault(x.At, "%s needs no service, so it is never down", where)
		}
		c.dependencies(x.Needs, x.At, where, c.hasService)
		if !isShare(x.Share) {
			c.fault(x.At, "%s: its share must be from 0 to 1", where)
		}
		if !(x.Threshold > 0 && x.Threshold <= 1) {
			c.fault(x.At, "%s: its threshold must be above 0 and at most 1", where)
		}
		if x.Service != None && !c.hasService(x.Service) {
			c.fault(x.At, "%s: there is no service %d", where, x.Service)
		}
	}
}

func (c *checker) clients() {
	if !(c.sys.Rate >= 0) || math.IsInf(c.sys.Rate, 1) {
		c.fault(Pos{}, "the rate of requests must be a finite number")
	}
	if p := &c.sys.Peak; *p != (Peak{}) && !(c.sys.Rate > 0 && p.Rate > 0 && !math.IsInf(p.Rate, 1) && p.From >= 0 && p.From < Day && p.From < p.To && p.To < p.From+Day) {
		c.fault(Pos{}, "the peak of requests, %v per second from %v to %v, must be a part of the day with a rate above 0 next to another", p.Rate, p.From, p.To)
	}
	sum := 0.0
	for _, g := range c.sys.Clients {
		if g.Site != None && !c.hasSite(g.Site) {
			c.fault(Pos{}, "clients: there is no site %d", g.Site)
		}
		if !isShare(g.Share) {
			c.fault(Pos{}, "clients: a share must be from 0 to 1")
		}
		sum += g.Share
	}
	if len(c.sys.Clients) > 0 && !(math.Abs(sum-1) < 1e-6) {
		c.fault(Pos{}, "clients: the shares add up to %.4g, not to 1", sum)
	}
}

// mostCycles is how often one component may fail in a replication. Above it a unit is probably wrong,
// and the run would not end.
const mostCycles = 1e8

func (c *checker) plan(p *Plan) {
	if !(p.Horizon > 0) || !isLength(p.Horizon) {
		c.fault(Pos{}, "the horizon must be finite and greater than zero")
	}
	if p.Runs < 1 {
		c.fault(Pos{}, "at least one run is needed")
	}
	if !isLength(p.MinDowntime) || !isLength(p.MergeGap) || !isLength(p.RunOut) {
		c.fault(Pos{}, "min_downtime, merge_gap and run_out must be finite durations")
	}
	for i := range p.Objectives {
		o := &p.Objectives[i]
		switch {
		case o.Journey < 0 || int(o.Journey) >= len(c.sys.Journeys):
			c.fault(o.At, "objective: there is no journey %d", o.Journey)
		case !(o.Availability >= 0 && o.Availability < 1):
			c.fault(o.At, "objective: an availability of %v cannot be promised", o.Availability)
		case !isLength(o.RTO) || !isLength(o.RPO):
			c.fault(o.At, "objective: rto and rpo must be finite durations")
		}
	}
	if len(c.found) == 0 {
		c.pace(p)
	}
}

// pace refuses what would fail so often that a run does not end.
func (c *checker) pace(p *Plan) {
	seen := map[*Mode]bool{}
	for i := range c.sys.Components {
		x := &c.sys.Components[i]
		if len(x.Modes) == 0 || seen[&x.Modes[0]] {
			continue
		}
		seen[&x.Modes[0]] = true
		for k := range x.Modes {
			c.often(p, x.At, fmt.Sprintf("component %q", x.Name), x.Modes[k].Life, x.Modes[k].Repair)
		}
	}
	for i := range c.sys.Causes {
		x := &c.sys.Causes[i]
		if x.SetOff == nil {
			c.often(p, x.At, fmt.Sprintf("common cause %q", x.Name), x.Life, x.Repair)
		}
	}
}

func (c *checker) often(p *Plan, at Pos, where string, life, repair Distribution) {
	cycle := life.Mean()
	if repair != nil {
		cycle += repair.Mean()
	}
	if times := float64(p.Horizon / cycle); times > mostCycles {
		c.fault(at, "%s: it would fail %.0e times within the horizon; is the unit right?", where, times)
	}
}

// warnings looks for what is legal and probably not meant.
func (c *checker) warnings() {
	c.unused()
	c.quorums()
	c.together()
	c.unhurt()
	if c.sys.Changes {
		return
	}
	c.warn(Pos{}, "changes cause most outages, so the real figures will be worse",
		"no changes are declared: this result covers hardware and software faults only")
}

// unhurt names causes that end with the repair of each victim by its own law, where a victim has none: what
// never fails by itself would not be struck either. Places have their contents among the victims.
func (c *checker) unhurt() {
	for i := range c.sys.Causes {
		x := &c.sys.Causes[i]
		if x.Repair != nil {
			continue
		}
		for _, v := range x.Victims {
			if u := &c.sys.Components[v]; len(u.Modes) == 0 && u.Kind != KindRack && u.Kind != KindZone && u.Kind != KindRegion {
				c.warn(x.At, "give the cause an mttr", "common cause %q: it does nothing to %q, which never fails by itself and so has no repair", x.Name, u.Name)
				break
			}
		}
	}
}

// unused names what can fail without anything resting on it.
func (c *checker) unused() {
	u := usage{c: c, used: make([]bool, len(c.sys.Components))}
	for i := range c.sys.Services {
		for _, m := range c.sys.Services[i].Members {
			u.use(m.Component)
			u.use(m.Host)
		}
	}
	for i := range c.sys.Network.Sites {
		u.use(c.sys.Network.Sites[i].Component)
	}
	for i := range c.sys.Network.Links {
		u.use(c.sys.Network.Links[i].Component)
	}
	for i := range c.sys.Causes {
		if x := &c.sys.Causes[i]; x.SetOff != nil {
			u.use(x.SetOff.Component)
		}
	}
	c.nameUnused(u.used)
}

type usage struct {
	c    *checker
	used []bool
}

func (u *usage) use(i int32) {
	if i == None || u.used[i] {
		return
	}
	u.used[i] = true
	if n := u.c.sys.Components[i].Requires; n != nil {
		u.follow(n)
	}
}

func (u *usage) follow(n *Need) {
	for k := range n.Of {
		u.follow(&n.Of[k])
	}
	if len(n.Of) == 0 {
		u.use(n.Ref)
	}
}

// nameUnused says it once, however many there are.
func (c *checker) nameUnused(used []bool) {
	const shown = 5
	var names []string
	var at Pos
	for i := range used {
		x := &c.sys.Components[i]
		if used[i] || len(x.Modes) == 0 {
			continue
		}
		if len(names) == 0 {
			at = x.At
		}
		names = append(names, x.Name)
	}
	switch n := len(names); {
	case n == 1:
		c.warn(at, "", "component %q is used by no service", names[0])
	case n > shown:
		c.warn(at, "", "%d components are used by no service: %s …", n, strings.Join(names[:shown], ", "))
	case n > 0:
		c.warn(at, "", "%d components are used by no service: %s", n, strings.Join(names, ", "))
	}
}

func (c *checker) quorums() {
	for i := range c.sys.Services {
		x := &c.sys.Services[i]
		if x.Policy.Style() != Majority {
			continue
		}
		switch n := len(x.Members); {
		case n == 2:
			c.warn(x.At, "use three", "service %q: a quorum of two survives no failure, so it is worse than one", x.Name)
		case n%2 == 0:
			c.warn(x.At, fmt.Sprintf("%d are as good", n-1), "service %q: a quorum of %d survives no more failures than one of %d", x.Name, n, n-1)
		}
	}
}

// together finds services all of whose replicas stand in one place although there are others.
func (c *checker) together() {
	places := c.places()
	for i := range c.sys.Services {
		x := &c.sys.Services[i]
		if len(x.Members) < 2 {
			continue
		}
		c.fresh()
		for _, m := range x.Members {
			if c.mark(m.Host) {
				c.warn(x.At, "they fail together", "service %q: two replicas run on %q", x.Name, c.sys.Components[m.Host].Name)
				break
			}
		}
		c.sharedPlace(x, places)
	}
}

// places counts the racks, zones and regions in which hosts stand, by kind.
func (c *checker) places() [NumKinds]int {
	c.fresh()
	var here []int32
	var count [NumKinds]int
	for i := range c.sys.Services {
		for _, m := range c.sys.Services[i].Members {
			here = c.around(here[:0], m.Host)
			for _, p := range here {
				if !c.mark(p) {
					count[c.sys.Components[p].Kind]++
				}
			}
		}
	}
	return count
}

// sharedPlace warns of the narrowest place that holds all replicas of x, if there are others of its kind.
func (c *checker) sharedPlace(x *Service, places [NumKinds]int) {
	shared := c.around(nil, x.Members[0].Host)
	var here []int32
	for _, m := range x.Members[1:] {
		here = c.around(here[:0], m.Host)
		kept := shared[:0]
		for _, p := range shared {
			if slices.Contains(here, p) {
				kept = append(kept, p)
			}
		}
		if shared = kept; len(shared) == 0 {
			return
		}
	}
	sort.Slice(shared, func(i, j int) bool {
		return c.sys.Components[shared[i]].Kind < c.sys.Components[shared[j]].Kind
	})
	for _, p := range shared {
		if y := &c.sys.Components[p]; places[y.Kind] > 1 {
			c.warn(x.At, "", "service %q: all replicas are in %s %q and fail with it", x.Name, y.Kind, y.Name)
			return
		}
	}
}

// around appends the racks, zones and regions without which component i is not available.
func (c *checker) around(out []int32, i int32) []int32 {
	if n := c.sys.Components[i].Requires; n != nil {
		return c.aroundNeed(out, n)
	}
	return out
}

func (c *checker) aroundNeed(out []int32, n *Need) []int32 {
	switch {
	case len(n.Of) == 0:
		switch c.sys.Components[n.Ref].Kind {
		case KindRack, KindZone, KindRegion:
			out = append(out, n.Ref)
		}
		out = c.around(out, n.Ref)
	case n.AtLeast >= len(n.Of):
		for k := range n.Of {
			out = c.aroundNeed(out, &n.Of[k])
		}
	}
	return out
}

// crews checks that every crew has somebody in it, and no component two of them.
func (c *checker) crews() {
	c.fresh()
	for k := range c.sys.Crews {
		crew := &c.sys.Crews[k]
		if crew.Size < 1 {
			c.fault(Pos{}, "repair crew %d has nobody in it", k+1)
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

// recovery checks backups, rebuilding and data errors.
func (c *checker) recovery(x *Service, where string) {
	if b := x.Store.Backups; b != nil {
		c.backups(b, x.At, where)
	}
	if e := x.Store.Errors; e != nil && (e.Life == nil || !(e.Life.Mean() > 0) || !isShare(e.Salvage) || !isLength(e.DelayedBy)) {
		c.fault(x.At, "%s: data errors need a law, a share that is saved and a finite delay of a replica", where)
	}
	if b := x.Store.Rebuild; b != nil && (b.FullCopy == nil || !isLength(b.FullCopy.Mean()) || !isShare(b.RewindWorks)) {
		c.fault(x.At, "%s: a full copy must take a finite time, and rewinding works with a probability", where)
	}
}

func (c *checker) backups(b *Backups, at Pos, where string) {
	for _, s := range []Schedule{b.Full, b.Differential, b.Incremental} {
		if !isLength(s.Every) || !isLength(s.Takes) {
			c.fault(at, "%s: backups are made every so often and take a finite time", where)
		}
	}
	if b.Full.Every == 0 && (b.Differential.Every > 0 || b.Incremental.Every > 0 || b.LogEvery > 0) {
		c.fault(at, "%s: without full backups there is nothing that others could go on from", where)
	}
	if !isShare(b.CopyFails) || !isShare(b.RestoreFails) || !isLength(b.LogEvery) || !isLength(b.LogDelay) || !isLength(b.Retention) {
		c.fault(at, "%s: backups fail with a probability, and their times are finite", where)
	}
	if !(b.Size >= 0) || !(b.Growth >= 0) || !(b.RestoreRate > 0) || !(b.ReplayRate > 0) || math.IsInf(b.Size+b.Growth, 1) {
		c.fault(at, "%s: sizes must be finite, and rates of restoring greater than zero", where)
	}
	if b.Repository != None && !c.hasComponent(b.Repository) {
		c.fault(at, "%s: there is no component %d to hold its backups", where, b.Repository)
	}
}
