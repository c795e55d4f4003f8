package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// Writing the elements of a system down in another order changes the order of rows and not a bit of any
// number. Where all laws are fixed, many things happen at the same time, and names decide which is first.
func TestOrderOfTheFileChangesNothing(t *testing.T) {
	systems := uint64(400)
	if testing.Short() {
		systems = 60
	}
	for _, fixed := range []bool{false, true} {
		failures := 0
		for seed := uint64(1); seed <= systems && failures < 5; seed++ {
			sys := wideSystem(seed)
			if fixed {
				sys = fixedSystem(seed)
			}
			o := twinOptions(seed)
			other := reordered(sys, rand.New(rand.NewPCG(seed, 5)))
			if text := firstRowThatDiffers(rows(sys, run(t, sys, o)), rows(other, run(t, other, o))); text != "" {
				failures++
				t.Errorf("seed %d, fixed laws %v: %s", seed, fixed, text)
			}
		}
	}
}

// reordered is the same system with its components, causes, services, journeys and links in another order.
func reordered(sys *model.System, r *rand.Rand) *model.System {
	out := *sys
	comps, services := r.Perm(len(sys.Components)), orderOfServices(sys, r)
	component := func(i int32) int32 { return moved(comps, i) }
	service := func(i int32) int32 { return moved(services, i) }
	out.Components, out.Services, out.Causes, out.Journeys = nil, nil, nil, nil
	for _, i := range comps {
		c := sys.Components[i]
		if c.Requires != nil {
			n := renamed(*c.Requires, component)
			c.Requires = &n
		}
		out.Components = append(out.Components, c)
	}
	for _, i := range services {
		s := sys.Services[i]
		s.Members = slices.Clone(s.Members)
		for k := range s.Members {
			s.Members[k] = model.Member{Component: component(s.Members[k].Component), Host: component(s.Members[k].Host)}
		}
		if s.Store != nil && s.Store.Backups != nil {
			store, backups := *s.Store, *s.Store.Backups
			backups.Repository = component(backups.Repository)
			store.Backups, s.Store = &backups, &store
		}
		s.Needs, s.Balancer, s.Coordinator = renamedAll(s.Needs, service), service(s.Balancer), service(s.Coordinator)
		out.Services = append(out.Services, s)
	}
	for _, i := range r.Perm(len(sys.Causes)) {
		c := sys.Causes[i]
		c.Victims = slices.Clone(c.Victims)
		for k := range c.Victims {
			c.Victims[k] = component(c.Victims[k])
		}
		out.Causes = append(out.Causes, c)
	}
	out.Crews = slices.Clone(sys.Crews)
	for i := range out.Crews {
		out.Crews[i].Serves, out.Crews[i].Urgency = slices.Clone(out.Crews[i].Serves), slices.Clone(out.Crews[i].Urgency)
		for k := range out.Crews[i].Serves {
			out.Crews[i].Serves[k] = component(out.Crews[i].Serves[k])
		}
	}
	out.Maintenance, out.Stocks = slices.Clone(sys.Maintenance), slices.Clone(sys.Stocks)
	for i := range out.Maintenance {
		m := &out.Maintenance[i]
		m.Targets, m.Service = slices.Clone(m.Targets), service(m.Service)
		for k := range m.Targets {
			m.Targets[k] = component(m.Targets[k])
		}
	}
	for i := range out.Stocks {
		s := &out.Stocks[i]
		s.Serves = slices.Clone(s.Serves)
		for k := range s.Serves {
			s.Serves[k] = component(s.Serves[k])
		}
	}
	for _, i := range r.Perm(len(sys.Journeys)) {
		j := sys.Journeys[i]
		j.Needs, j.Service = renamedAll(j.Needs, service), service(j.Service)
		out.Journeys = append(out.Journeys, j)
	}
	out.Network = reorderedNetwork(&sys.Network, component, r)
	return &out
}

func reorderedNetwork(n *model.Network, component func(int32) int32, r *rand.Rand) model.Network {
	out := model.Network{Sites: slices.Clone(n.Sites), Links: slices.Clone(n.Links)}
	for i := range out.Sites {
		out.Sites[i].Component = component(out.Sites[i].Component)
	}
	for i := range out.Links {
		out.Links[i].Component = component(out.Links[i].Component)
	}
	r.Shuffle(len(out.Links), func(i, j int) { out.Links[i], out.Links[j] = out.Links[j], out.Links[i] })
	return out
}

// orderOfServices is a random one in which nobody needs a later one.
func orderOfServices(sys *model.System, r *rand.Rand) []int {
	var order []int
	ready := func(i int) bool {
		for _, d := range sys.Services[i].Needs {
			for _, s := range append(services(d.Need), servicesOf(d.Else)...) {
				if !slices.Contains(order, int(s)) {
					return false
				}
			}
		}
		return !slices.Contains(order, i)
	}
	for len(order) < len(sys.Services) {
		if i := r.IntN(len(sys.Services)); ready(i) {
			order = append(order, i)
		}
	}
	return order
}

func services(n model.Need) []int32 {
	if len(n.Of) == 0 {
		return []int32{n.Ref}
	}
	var out []int32
	for _, part := range n.Of {
		out = append(out, services(part)...)
	}
	return out
}

func servicesOf(n *model.Need) []int32 {
	if n == nil {
		return nil
	}
	return services(*n)
}

// moved is the new place of what was number i.
func moved(order []int, i int32) int32 {
	if i == none {
		return none
	}
	return int32(slices.Index(order, int(i)))
}

func renamed(n model.Need, name func(int32) int32) model.Need {
	out := n
	if len(n.Of) == 0 {
		out.Ref = name(n.Ref)
	}
	out.Of = nil
	for _, part := range n.Of {
		out.Of = append(out.Of, renamed(part, name))
	}
	return out
}

func renamedAll(ds []model.Dependency, name func(int32) int32) []model.Dependency {
	var out []model.Dependency
	for _, d := range ds {
		d.Need = renamed(d.Need, name)
		if d.Else != nil {
			instead := renamed(*d.Else, name)
			d.Else = &instead
		}
		out = append(out, d)
	}
	return out
}

// rows are outcomes with names in place of numbers, in the order of the alphabet.
func rows(sys *model.System, outs []model.Outcome) []string {
	var all []string
	for _, out := range outs {
		for _, o := range out.Outages {
			journey, initiator := sys.Journeys[o.Journey].Name, sys.ElementName(o.Initiator)
			o.Journey, o.Initiator = 0, 0
			all = append(all, fmt.Sprintf("outage %.9f %s by %s: %#v", float64(o.Start), journey, initiator, o))
		}
		for _, f := range out.Failovers {
			service, initiator := sys.Services[f.Service].Name, sys.ElementName(f.Initiator)
			f.Service, f.Initiator = 0, 0
			all = append(all, fmt.Sprintf("failover %.9f %s by %s: %#v", float64(f.Start), service, initiator, f))
		}
		for _, l := range out.Losses {
			service, initiator := sys.Services[l.Service].Name, sys.ElementName(l.Initiator)
			l.Service, l.Initiator = 0, 0
			all = append(all, fmt.Sprintf("loss %.9f %s by %s: %#v", float64(l.At), service, initiator, l))
		}
		for j, u := range out.Unserved {
			all = append(all, fmt.Sprintf("unserved %s %#v", sys.Journeys[j].Name, u))
		}
		for s, e := range out.Exposure {
			all = append(all, fmt.Sprintf("exposure %s %#v", sys.Services[s].Name, e))
		}
	}
	slices.Sort(all)
	return all
}

func firstRowThatDiffers(a, b []string) string {
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a) || i >= len(b):
			return fmt.Sprintf("%d rows are %d in another order", len(a), len(b))
		case a[i] != b[i]:
			return fmt.Sprintf("in another order\n%s\nis\n%s", a[i], b[i])
		}
	}
	return ""
}
