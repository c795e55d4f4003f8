package topology

import (
	"slices"

	"github.com/ftsim/ftsim/model"
)

// chain reads which copies feed from copies instead of the primary (R31).
func (b *builder) chain(s *service, r *mapping, st *model.Store) {
	v := r.get("feeds_from")
	if v == nil {
		return
	}
	where := r.label("feeds_from")
	st.FeedsFrom = slices.Repeat([]int32{model.None}, len(s.hosts))
	b.d.each(v, where, func(name, value *node) {
		to := b.replicaNamed(s, name, where)
		text, ok := b.d.single(value, where+": "+clip(name.text))
		if !ok || to == model.None {
			return
		}
		b.d.witness.read(value, formNode)
		from := b.replicaNamed(s, value, where)
		switch {
		case from == model.None:
		case from >= to:
			b.d.fault(value, "list "+clip(text)+" before "+clip(name.text)+" in replicas", "%s: %q comes after %q among the replicas, or is the same", where, clip(text), clip(name.text))
		default:
			st.FeedsFrom[to] = from
			r.set("feeds_from."+name.text, text, value)
		}
	})
	if st.Mode != model.Async || s.s.Policy != nil && s.s.Policy.Style() != model.Primary {
		b.d.fault(v, "", "%s: copies feed from copies in asynchronous replication from a primary only", where)
	}
}

// replicaNamed is the number of a replica by the name of its node; None, and a fault, if there is none.
func (b *builder) replicaNamed(s *service, n *node, where string) int32 {
	for k, h := range s.hosts {
		if b.sys.Components[h].Name == n.text {
			return int32(k)
		}
	}
	hint := b.d.nearest(n.text, len(s.hosts), func(add func(string)) {
		for _, h := range s.hosts {
			add(b.sys.Components[h].Name)
		}
	})
	b.d.fault(n, hint, "%s: the service has no replica %q", where, clip(n.text))
	return model.None
}
