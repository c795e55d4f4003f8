package topology

import (
	"github.com/ftsim/ftsim/model"
)

// This file is about data that goes wrong by the way: by a wrong action of whoever sets a service right, by a
// bad change, or on a disk.

// How long it takes until somebody notices wrong data, and until it is decided to go back.
var (
	usualNotice   = quantiles(20*model.Minute, 8*model.Hour)
	usualDecision = quantiles(30*model.Minute, 4*model.Hour)
)

// spoilable lets the data of a service be spoilt by others than operator_data_error; false if it has none.
func (b *builder) spoilable(i int32) bool {
	st := b.sys.Services[i].Store
	if st == nil {
		return false
	}
	if st.Errors == nil {
		st.Errors = &model.DataErrors{}
	}
	if e := st.Errors; e.Life == nil {
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
