package topology

import "github.com/ftsim/ftsim/model"

// How long writes are kept for a copy that is away, and how often copies are repaired. Cassandra stops keeping hints
// after 3 h (max_hint_window, 4.x); its vendors' guides have full repairs weekly to monthly, and within the 10 days
// of gc_grace_seconds.
const (
	usualHints      = 3 * model.Hour
	usualComparison = model.Week
)

// hints reads what a copy gets that was away (SEMANTICS 4.1).
func (b *builder) hints(r *mapping, st *model.Store) {
	out := &model.Hints{For: usualHints}
	b.d.witness.words(r.get("hints"), []string{"unlimited"})
	if v := r.get("hints"); v != nil && v.kind == scalarNode && v.text == "unlimited" {
		r.set("hints", v.text, v)
		r.ignore("repair_every")
		return
	}
	out.For = r.duration("hints", usualHints)
	b.d.witness.words(r.get("repair_every"), []string{"never"})
	if v := r.get("repair_every"); v != nil && v.kind == scalarNode && v.text == "never" {
		r.set("repair_every", v.text, v)
	} else {
		out.RepairEvery = r.durationAbove("repair_every", usualComparison)
	}
	st.Hints = out
}
