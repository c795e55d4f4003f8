package topology

import (
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// reconciliation reads how the branches of a split brain become one again (R21).
func (b *builder) reconciliation(s *service, data *mapping, st *model.Store) {
	m := data.sub("reconciliation", data.where+": reconciliation")
	if m == nil {
		return
	}
	if _, ok := s.s.Policy.(*policies.ActivePassive); !ok || len(s.hosts) < 2 || st.Mode == model.Unreplicated {
		b.d.fault(m.origin, "", "%s: only where copies stand by for one primary can there be two that have to be reconciled", m.where)
	}
	k := &model.Reconciliation{Takes: m.law("takes", steady, quantiles(4*model.Hour, 24*model.Hour))}
	word := m.word("serves", model.ServesWords(), "all")
	for i, w := range model.ServesWords() {
		if w == word {
			k.Serves = model.Serves(i)
		}
	}
	if k.Merges = m.word("keeps", []string{"newest-epoch", "last-write-wins"}, "newest-epoch") == "last-write-wins"; k.Merges {
		k.Conflicts = m.share("conflict_share", 0.01)
	} else if m.has("conflict_share") {
		b.d.fault(m.place("conflict_share"), "write keeps: last-write-wins", "%s: what is not merged is lost as a whole", m.label("conflict_share"))
	}
	m.done()
	st.Reconcile = k
}
