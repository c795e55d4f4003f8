package model

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// warnings looks for what is legal and probably not meant.
func (c *checker) warnings() {
	c.unused()
	c.quorums()
	c.together()
	c.unhurt()
	c.neverFound()
	c.outrun()
	c.unbooked()
	c.unrestored()
	if c.sys.Changes {
		return
	}
	c.warn(Pos{}, "changes cause most outages, so the real figures will be worse",
		"no changes are declared: this result covers hardware and software faults only")
}

// outrun names stores whose copies fall further and further behind: there is no number for what is lost.
func (c *checker) outrun() {
	for i := range c.sys.Services {
		x := &c.sys.Services[i]
		if x.Store == nil || len(x.Members) < 2 {
			continue
		}
		switch slow := x.Store.TakesIn > 0 && x.Store.TakesIn <= 1; {
		case slow && x.waits():
			c.warn(x.At, "give its copies more bandwidth, or let writes not wait for them",
				"service %q: its copies take in %.3g %% of what is written, and it refuses the rest of its writes", x.Name, x.Store.TakesIn*100)
		case slow:
			c.warn(x.At, "a failover loses the more the later it comes, so its loss counts as infinite",
				"service %q: its copies take in less than is written, and fall behind without bound", x.Name)
		default:
			c.narrow(x)
		}
	}
}

// waits tells whether one member takes the writes and waits for copies, so that slow ones hold it up.
func (x *Service) waits() bool {
	return x.Store.Mode != Async && x.Store.Mode != Unreplicated && x.Policy != nil && x.Policy.Style() == Primary
}

// unbooked names stores in which more members take writes than the ledger can tell apart.
func (c *checker) unbooked() {
	for i := range c.sys.Services {
		x := &c.sys.Services[i]
		if x.Store == nil || x.Store.Shards != nil || x.Policy == nil || x.Policy.Style() != Shared || x.Store.Mode == Unreplicated {
			continue
		}
		n := len(x.Members)
		copies := n
		if l, ok := x.Policy.(Leaderless); ok {
			copies, _, _ = l.Copies()
		}
		if n > MostWriters || copies > MostCopies {
			c.warn(x.At, fmt.Sprintf("what it loses is told for at most %d members and %d copies of each write; a leaderless store with data.shards may have more", MostWriters, MostCopies),
				"service %q: no books are kept of its data, so no loss is seen: %d members take writes", x.Name, n)
		}
	}
}

// unrestored names stores whose backups and errors the ledger does not know: those with more than one history.
func (c *checker) unrestored() {
	for i := range c.sys.Services {
		x := &c.sys.Services[i]
		if x.Store == nil || x.Policy == nil || x.Policy.Style() != Shared || len(x.Members) == 1 {
			continue
		}
		if s := x.Store; s.Backups != nil || s.Errors != nil || s.Corruption != nil {
			c.warn(x.At, "its data is lost with the last copy, and nobody spoils it", "service %q: several members take writes, so its backups, errors and corruption are not simulated", x.Name)
		}
	}
}

// narrow names links that carry less than a store writes. Whether a copy has no other way is for the run to say.
func (c *checker) narrow(x *Service) {
	for i := range c.sys.Network.Links {
		l := &c.sys.Network.Links[i]
		if l.Bandwidth > 0 && l.Bandwidth <= x.Store.Growth && l.Component != None {
			hint := "a failover to a copy that has no wider way loses the more the later it comes, so its loss counts as infinite"
			if x.waits() {
				hint = "while it waits for copies that have no wider way, it refuses the rest of its writes; copies it does not wait for fall behind without bound"
			}
			c.warn(x.At, hint, "service %q: link %q carries %.3g Mbit/s of the %.3g Mbit/s it writes", x.Name, c.sys.Components[l.Component].Name, l.Bandwidth*8/1e6, x.Store.Growth*8/1e6)
			return
		}
	}
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
