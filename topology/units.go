package topology

import "github.com/ftsim/ftsim/model"

// unit is a node made of other nodes.
type unit struct {
	component int32
	of        []*node
	m         *mapping
}

// madeOf reads what a node is made of. Its parts stand where they stand, so it has no place of its own.
func (b *builder) madeOf(m *mapping, count int, placed bool) {
	of := m.names("made_of")
	if len(of) == 0 {
		return
	}
	for _, n := range of {
		b.d.witness.read(n, formNode)
	}
	switch {
	case placed:
		b.d.fault(m.get("made_of"), "keep the places of its parts", "%s: what it is made of says where it is", m.where)
	case count > 0:
		b.d.fault(m.get("made_of"), "write them one by one", "%s: several nodes cannot be made of the same parts", m.where)
	default:
		b.units = append(b.units, unit{int32(len(b.sys.Components)), of, m})
	}
}

// settleUnits finds the parts of units, which may come later in the file. A unit is where its first part is.
func (b *builder) settleUnits() {
	for _, u := range b.units {
		var parts []int32
		for _, n := range u.of {
			parts = append(parts, b.hostsNamed(n, u.m.where)...)
		}
		if parts = distinct(parts); len(parts) == 0 {
			continue
		}
		c := &b.sys.Components[u.component]
		var needs []model.Need
		for _, i := range parts {
			needs = append(needs, ref(i))
		}
		c.Site, c.Unit = b.sys.Components[parts[0]].Site, true
		requireToo(c, *allOf(needs...))
	}
}
