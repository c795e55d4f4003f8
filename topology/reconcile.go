package topology

import (
	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// leaves tells whether an old primary of a service can have writes that its successor lacks.
func (s *service) leaves(st *model.Store) bool {
	_, ok := s.s.Policy.(*policies.ActivePassive)
	return ok && len(s.hosts) >= 2 && st.Mode != model.Unreplicated
}

// reconciliation reads how the branches of a split brain become one again (R21). Where there can be two, somebody
// has to look through them, whether or not the file speaks of it; unless there is a rule by which they are merged.
func (b *builder) reconciliation(s *service, data *mapping, st *model.Store) {
	m := data.block("reconciliation")
	if !s.leaves(st) {
		if !data.has("reconciliation") {
			return
		}
		b.d.fault(m.origin, "", "%s: only where copies stand by for one primary can there be two that have to be reconciled", m.where)
	}
	k := &model.Reconciliation{}
	takes := usualSearch
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

// usualSearch is how long people take to look through a branch.
var usualSearch = quantiles(4*model.Hour, 24*model.Hour)

// salvage reads what comes back of branches that were given up (R30).
func (b *builder) salvage(s *service, data *mapping, st *model.Store) {
	m := data.sub("salvage", data.where+": salvage")
	if m == nil {
		return
	}
	if !s.leaves(st) {
		b.d.fault(m.origin, "", "%s: only where copies stand by for one primary can an old one have writes that its successor lacks", m.where)
	}
	k := &model.Salvage{Probability: m.share("probability", 1)}
	if m.need("share", "write for example share: 80%") != nil {
		k.Share = m.share("share", 0)
	}
	k.Takes = m.law("takes", steady, usualSearch)
	m.done()
	st.Salvage = k
}
