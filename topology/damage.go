package topology

import (
	"slices"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// This file is about data that goes wrong: by an error of people, by the way through a wrong action of whoever sets a
// service right or a bad change, or on a disk; and about the ways back that are no backups.

// How long it takes until somebody notices wrong data, and until it is decided to go back.
var (
	usualNotice   = quantiles(20*model.Minute, 8*model.Hour)
	usualDecision = quantiles(30*model.Minute, 4*model.Hour)
)

// usualHarm is the share of the data that an error harms.
const usualHarm = 0.05

// delayed reads of a replica that applies changes late on purpose (R39).
func (b *builder) delayed(m *mapping, st *model.Store) {
	d := m.sub("delayed_replica", m.where+": delayed_replica")
	if d == nil {
		return
	}
	e := errorsOf(st)
	e.DelayedBy, e.DelayedTakes = d.durationAbove("by", 4*model.Hour), d.law("takes", steady, quantiles(10*model.Minute, 30*model.Minute))
	d.done()
}

// flashback reads of a store that remembers its own past (R39).
func (b *builder) flashback(m *mapping, st *model.Store) {
	f := m.sub("flashback", m.where+": flashback")
	if f == nil {
		return
	}
	errorsOf(st).Flashback = &model.Flashback{Retention: f.duration("retention", 0), Takes: f.law("takes", steady, quantiles(15*model.Minute, model.Hour))}
	f.done()
}

// errorsOf is what happens to a store when its data is spoilt, and what can be done about it.
func errorsOf(st *model.Store) *model.DataErrors {
	if st.Errors == nil {
		st.Errors = &model.DataErrors{Share: usualHarm, Serves: model.ServesNothing}
	}
	return st.Errors
}

// dataErrors reads how often somebody spoils the data of a service (R39).
func (b *builder) dataErrors(v *node) {
	if v != nil {
		m := b.d.mapping(v, "operations: operator_data_error", "operations.operator_data_error")
		b.dataErrorsOf(m)
		m.done()
	}
	for i := range b.sys.Services {
		if _, people := b.sys.Services[i].Policy.(*policies.ActivePassive); people && b.onCall.Damage > 0 {
			b.spoilable(int32(i))
		}
	}
}

func (b *builder) dataErrorsOf(m *mapping) {
	if len(m.layers) == 0 {
		return
	}
	name := m.need("service", "name the service with the data")
	var life model.Distribution
	if m.need("rate", "write for example rate: 0.3/y") != nil {
		life = m.lifeLaw("rate", nil)
	}
	noticed := m.law("noticed_after", steady, usualNotice)
	decide := m.law("decide_to_restore", steady, usualDecision)
	salvage, harm := m.share("salvage", 0), m.share("affected_share", usualHarm)
	if harm == 0 {
		b.d.fault(m.place("affected_share"), "", "%s: nothing is affected", m.where)
	}
	serves := slices.Index(model.ServesWords(), m.word("serves", model.ServesWords(), ""))
	m.word("method", []string{"point-in-time-restore"}, "point-in-time-restore")
	if name == nil || life == nil || life == never {
		return
	}
	i, ok := b.serviceNamed(name, m.where)
	if !ok {
		return
	}
	s := &b.sys.Services[i]
	if s.Store == nil {
		b.d.fault(name, `give it a "data" block`, "%s: %q has no data", m.where, clip(name.text))
		return
	}
	e := errorsOf(s.Store)
	e.Life, e.Noticed, e.Decide, e.Salvage, e.Share = life, noticed, decide, salvage, harm
	if serves >= 0 {
		e.Serves = model.Serves(serves)
		if e.Flashback != nil {
			e.Flashback.Serves = e.Serves
		}
	}
}

// spoilable lets the data of a service be spoilt by others than operator_data_error; false if it has none.
func (b *builder) spoilable(i int32) bool {
	st := b.sys.Services[i].Store
	if st == nil {
		return false
	}
	if e := errorsOf(st); e.Life == nil {
		e.Noticed, e.Decide = usualNotice, usualDecision
	}
	if b.spoilt == nil {
		b.spoilt = map[int32]bool{}
	}
	b.spoilt[i] = true
	return true
}

// forgetErrors drops what would undo errors where there are none: a delayed replica alone is no error.
func (b *builder) forgetErrors() {
	for i := range b.sys.Services {
		if st := b.sys.Services[i].Store; st != nil && st.Errors != nil && st.Errors.Life == nil && !b.spoilt[int32(i)] {
			st.Errors = nil
		}
	}
}

// corruption reads how often a copy goes bad unnoticed (R38).
func (b *builder) corruption(m *mapping, st *model.Store) {
	k := m.sub("silent_corruption", m.where+": silent_corruption")
	if k == nil || len(k.layers) == 0 {
		return
	}
	out := &model.Corruption{Share: k.share("affected_share", 0.05)}
	if k.need("rate", "write for example rate: 0.01/y") != nil {
		out.Life = k.lifeLaw("rate", nil)
	}
	k.d.witness.words(k.get("scrub_every"), []string{"never"})
	switch v := k.get("scrub_every"); {
	case v == nil || v.kind == scalarNode && v.text == "never":
		k.set("scrub_every", "never", v)
	default:
		out.ScrubEvery = k.durationAbove("scrub_every", 30*model.Day)
	}
	if out.Share == 0 {
		b.d.fault(k.place("affected_share"), "", "%s: nothing is affected", k.where)
	}
	k.done()
	if out.Life != nil && out.Life != never && out.Share > 0 {
		st.Corruption = out
	}
}
