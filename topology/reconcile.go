package topology

import (
	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// reconciliation reads how the branches of a split brain become one again (R21). Where there can be two, somebody
// has to look through them, whether or not the file speaks of it; unless there is a rule by which they are merged.
func (b *builder) reconciliation(s *service, data *mapping, st *model.Store) {
	m := data.block("reconciliation")
	if _, ok := s.s.Policy.(*policies.ActivePassive); !ok || len(s.hosts) < 2 || st.Mode == model.Unreplicated {
		if !data.has("reconciliation") {
			return
		}
		b.d.fault(m.origin, "", "%s: only where copies stand by for one primary can there be two that have to be reconciled", m.where)
	}
	k := &model.Reconciliation{}
	takes := quantiles(4*model.Hour, 24*model.Hour)
	if k.Merges = m.word("keeps", []string{"newest-epoch", "last-write-wins"}, "newest-epoch") == "last-write-wins"; k.Merges {
		k.Conflicts, takes = m.share("conflict_share", 0.01), failures.Fixed(0)
	} else if m.has("conflict_share") {
		b.d.fault(m.place("conflict_share"), "write keeps: last-write-wins", "%s: what is not merged is lost as a whole", m.label("conflict_share"))
	}
	k.Takes = m.law("takes", steady, takes)
	word := m.word("serves", model.ServesWords(), "all")
	for i, w := range model.ServesWords() {
		if w == word {
			k.Serves = model.Serves(i)
		}
	}
	m.done()
	st.Reconcile = k
}
