package topology

import (
	"strings"

	"github.com/ftsim/ftsim/model"
)

const deepestNeed = 50

// needs reads what a service or journey depends on: names, and conditions over them.
func (b *builder) needs(m *mapping, key string) []model.Dependency {
	var out []model.Dependency
	for _, n := range m.list(key) {
		if n.kind == nullNode {
			b.d.fault(n, "", "%s: %s has an empty item", m.where, key)
			continue
		}
		if dep, ok := b.dependency(m.where+": "+key, n); ok {
			out = append(out, dep)
		}
	}
	return out
}

func (b *builder) dependency(where string, n *node) (model.Dependency, bool) {
	if n.kind == scalarNode {
		i, ok := b.serviceNamed(n, where)
		return model.Dependency{Need: ref(i)}, ok
	}
	b.d.witness.shared(n, needKind)
	m := b.d.mapping(n, where, "")
	if len(m.layers) == 0 {
		return model.Dependency{}, false
	}
	var dep model.Dependency
	var ok bool
	dep.Need, ok = b.condition(m, 0)
	kind := "hard"
	if v := m.get("kind"); v != nil {
		kind, _ = b.d.oneOf(v, m.label("kind"), []string{"hard", "soft", "cached", "buffered"})
	}
	switch kind {
	case "soft":
		dep.Without = 1
	case "cached", "buffered":
		dep.Cushion = b.cushion(m, kind, &dep.Need)
	}
	if v := m.get("without"); v != nil {
		w := b.d.mapping(v, where+": without", "")
		if c := w.get("capacity"); c != nil {
			dep.Without, _ = b.d.share(c, w.label("capacity"))
		}
		w.done()
		if kind != "soft" {
			b.d.fault(v, "add kind: soft", "%s: a %s need leaves nothing without it", where, kind)
		}
	}
	if v := m.get("or_else"); v != nil && dep.Cushion != nil {
		b.d.fault(v, "take kind: soft", "%s: or_else is not for a %s need", where, kind)
	} else if v != nil {
		b.orElse(&dep, v, where+": or_else")
	}
	m.done()
	return dep, ok
}

// cushion reads what bridges a dependency for a while: a cache, or a queue (R42).
func (b *builder) cushion(m *mapping, kind string, need *model.Need) *model.Cushion {
	c, of := &model.Cushion{Worth: 1}, "several services"
	if v := m.may("service"); v != nil && len(need.Of) == 0 {
		of = clip(v.text)
	}
	if kind == "cached" {
		c.Name = "cache of " + of
		c.Holds = b.lasting(m, "lifetime", "how long may an entry be served? write for example lifetime: 10m")
		if v := m.get("serves"); v != nil {
			c.Worth = b.positiveShare(m, "serves", v)
		}
		return c
	}
	c.Name, c.Drain = "queue to "+of, 2
	c.Holds = b.lasting(m, "holds", "how much work fits in? write for example holds: 2h")
	if m.need("drain", "how fast is it worked off? write for example drain: 200%") != nil {
		if c.Drain = m.factor("drain", 2); !(c.Drain > 1) {
			b.d.fault(m.place("drain"), "write for example drain: 200%", "%s: it must be worked off faster than the load comes, above 100%%", m.where)
		}
	}
	return c
}

func (b *builder) lasting(m *mapping, key, hint string) model.Seconds {
	v := m.need(key, hint)
	if v == nil {
		return 1
	}
	x, ok := b.d.duration(v, m.label(key))
	if ok && x <= 0 {
		b.d.fault(v, "", "%s must be longer than zero", m.label(key))
	}
	return max(x, 1e-9)
}

func (b *builder) positiveShare(m *mapping, key string, v *node) float64 {
	x, ok := b.d.share(v, m.label(key))
	if ok && x == 0 {
		b.d.fault(v, "", "%s must be above 0", m.label(key))
	}
	return x
}

// orElse is something else that can stand in, for less.
func (b *builder) orElse(dep *model.Dependency, v *node, where string) {
	m := b.d.mapping(v, where, "")
	if len(m.layers) == 0 {
		return
	}
	from := m.need("serve_from", "name the service that stands in")
	dep.Without = 1
	if w := m.get("worth"); w != nil {
		dep.Without, _ = b.d.share(w, m.label("worth"))
	}
	if from != nil {
		if i, ok := b.serviceNamed(from, where); ok {
			instead := model.Need{Ref: i, Access: model.Read}
			dep.Else = &instead
		}
	}
	m.done()
}

// condition reads {service: …, access: …}, {all: […]}, {any: […]} or {at_least: {k: …, of: […]}}.
func (b *builder) condition(m *mapping, depth int) (model.Need, bool) {
	var need model.Need
	found, ok := 0, false
	if v := m.get("service"); v != nil {
		found++
		need.Ref, ok = b.serviceNamed(v, m.where)
		need.Access = b.access(m)
	}
	for _, word := range []string{"all", "any"} {
		if v := m.get(word); v != nil {
			found++
			need, ok = b.parts(v, m.where+": "+word, depth)
			need.AtLeast = 1
			if word == "all" {
				need.AtLeast = len(need.Of)
			}
		}
	}
	if v := m.get("at_least"); v != nil {
		found++
		a := b.d.mapping(v, m.where+": at_least", "")
		k, of := a.need("k", "how many"), a.need("of", "of which services")
		if k != nil && of != nil {
			need, ok = b.parts(of, a.where, depth)
			if n, good := b.d.count(k, a.label("k"), 1, max(1, len(need.Of))); good {
				need.AtLeast = n
			}
		}
		a.done()
	}
	if found != 1 {
		b.d.fault(m.origin, "write one of service, all, any, at_least", "%s: what is needed?", m.where)
		ok = false
	}
	return need, ok
}

func (b *builder) access(m *mapping) model.Access {
	words := m.names("access")
	reads, writes := false, false
	for _, w := range words {
		s, _ := b.d.oneOf(w, m.label("access"), []string{"read", "write"})
		reads, writes = reads || s == "read", writes || s == "write"
	}
	if reads && !writes {
		return model.Read
	}
	return model.Write
}

func (b *builder) parts(v *node, where string, depth int) (model.Need, bool) {
	need := model.Need{Ref: model.None}
	if v.kind != sequenceNode || len(v.parts) == 0 {
		b.d.fault(v, "write for example [a, b]", "%s must be a list of services", where)
		return need, false
	}
	if depth > deepestNeed {
		b.d.fault(v, "", "%s: conditions are nested too deeply", where)
		return need, false
	}
	b.d.witness.listed(v)
	for _, it := range v.items() {
		if it.kind == scalarNode {
			i, ok := b.serviceNamed(it, where)
			if ok {
				need.Of = append(need.Of, ref(i))
			}
			continue
		}
		b.d.witness.shared(it, conditionKind)
		m := b.d.mapping(it, where, "")
		if len(m.layers) == 0 {
			continue
		}
		part, ok := b.condition(m, depth+1)
		if ok {
			need.Of = append(need.Of, part)
		}
		m.done()
	}
	return need, len(need.Of) > 0
}

// refs calls f for every service that a need mentions.
func refs(n *model.Need, f func(*int32)) {
	if len(n.Of) == 0 {
		f(&n.Ref)
	}
	for i := range n.Of {
		refs(&n.Of[i], f)
	}
}

func dependencyRefs(ds []model.Dependency, f func(*int32)) {
	for i := range ds {
		refs(&ds[i].Need, f)
		if ds[i].Else != nil {
			refs(ds[i].Else, f)
		}
	}
}

// order puts the services so that nobody needs a later one, otherwise as in the file.
func (b *builder) order() {
	order, cycle := b.sorted(true)
	if cycle != nil {
		order, cycle = b.sorted(false)
	}
	if cycle != nil {
		first := b.services[cycle[0]]
		var names []string
		for _, i := range cycle {
			names = append(names, b.services[i].name.text)
		}
		b.d.fault(first.name, "one of them must do without", "services need each other in a circle: %s",
			clipTo(strings.Join(append(names, names[0]), " → "), 300))
		for order = order[:0]; len(order) < len(b.services); { // so that the rest of the file can be looked at
			order = append(order, len(order))
		}
	}
	for at, i := range order {
		b.services[i].index = int32(at)
	}
	b.sys.Services = make([]model.Service, len(order))
	for _, s := range b.services {
		dependencyRefs(s.s.Needs, func(r *int32) { *r = b.services[*r].index })
		if s.s.Balancer != model.None {
			s.s.Balancer = b.services[s.s.Balancer].index
		}
		if s.s.Coordinated {
			s.s.Coordinator = b.services[s.s.Coordinator].index
		}
		b.sys.Services[s.index] = s.s
	}
}

func clipTo(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// sorted is a depth-first order, or a cycle. Balancers come first too if that is possible.
func (b *builder) sorted(balancers bool) (order, cycle []int) {
	state := make([]uint8, len(b.services))
	var path []int
	var visit func(i int) bool
	visit = func(i int) bool {
		switch state[i] {
		case 1:
			for k := range path {
				if path[k] == i {
					cycle = append([]int(nil), path[k:]...)
				}
			}
			return false
		case 2:
			return true
		}
		state[i] = 1
		path = append(path, i)
		good := true
		s := &b.services[i].s
		dependencyRefs(s.Needs, func(r *int32) { good = good && visit(int(*r)) })
		if balancers && s.Balancer != model.None {
			good = good && visit(int(s.Balancer))
		}
		if !good {
			return false
		}
		state[i] = 2
		path = path[:len(path)-1]
		order = append(order, i)
		return true
	}
	for i := range b.services {
		if !visit(i) {
			return nil, cycle
		}
	}
	return order, nil
}
