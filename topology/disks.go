package topology

import (
	"cmp"
	"math"
	"strconv"

	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
)

// This file is about the disks of a node. Each is a component of its own; the node needs as many as the
// layout takes, and loses its data with one less.

// diskSet is what one node, and each of a `count` group, has.
type diskSet struct {
	modes  []model.Mode
	count  int
	layout string
	spare  bool
	size   float64 // in bytes
	bears  int     // disks that may be lost, of any layout but raid10
	stress float64 // how many times as fast the others age while one is missing
}

var diskLayouts = []string{"single", "raid0", "raid1", "raid5", "raid6", "raid10", "erasure"}

const mostDisks = 1000

// disks reads the disks of a node; nil if it says nothing of them.
func (m *mapping) disks() *diskSet {
	k := m.sub("disks", m.where+": disks")
	if k == nil || len(k.layers) == 0 {
		return nil
	}
	k.preset("", "disk")
	s := &diskSet{}
	s.read(k)
	k.need("mtbf", "write for example mtbf: 0.9%/y, or a preset")
	life, repair := k.lifeLaw("mtbf", nil), s.repair(k)
	if unread := s.unread(k); life != nil && life != never {
		s.modes = []model.Mode{{Kind: model.MediaLoss, Life: life, Repair: repair, Unread: unread}}
	}
	s.spare = k.flag("hot_spare")
	s.strained(k)
	k.ignore("description")
	k.done()
	return s
}

// read reads how many disks there are, and how many of them may be lost.
func (s *diskSet) read(k *mapping) {
	s.layout = k.word("layout", diskLayouts, "single")
	least, usual := 1, 1
	switch s.layout {
	case "raid1":
		least, usual = 2, 2
	case "raid5":
		least, usual = 3, 3
	case "raid6", "raid10":
		least, usual = 4, 4
	case "raid0":
		usual = 2
	case "erasure":
		data, parity := k.code()
		k.ignore("count")
		s.count, s.bears = data+parity, parity
		return
	}
	most := mostDisks
	if s.layout == "single" && k.has("layout") {
		most = 1
	}
	s.count = k.count("count", least, most, usual)
	if n := k.get("count"); n != nil && !k.has("layout") && n.text != "1" {
		k.d.fault(n, "write for example layout: raid1", "%s: what several disks make up is missing", k.where)
	}
	if s.layout == "raid10" && s.count%2 == 1 {
		k.d.fault(k.place("count"), "", "%s: raid10 is made of pairs", k.where)
	}
	s.bears = map[string]int{"raid1": s.count - 1, "raid5": 1, "raid6": 2}[s.layout]
}

// code reads of how many disks any are enough: data + parity, of which data are.
func (k *mapping) code() (data, parity int) {
	data, parity = k.count("data", 1, mostDisks, 0), k.count("parity", 1, mostDisks, 0)
	if data == 0 || parity == 0 {
		k.d.fault(k.origin, "write for example {layout: erasure, data: 8, parity: 4}", "%s: an erasure code needs data and parity", k.where)
		return 1, 1
	}
	return data, parity
}

// repair is how long it takes until a lost disk has been made good: a new one, unless a spare is there,
// and copying what it held.
func (s *diskSet) repair(k *mapping) model.Distribution {
	replace := failures.Fixed(0)
	if spare := k.flag("hot_spare"); spare {
		k.set("hot_spare", "true", k.get("hot_spare"))
		k.ignore("replace")
	} else {
		replace = k.law("replace", random, usualRepair)
	}
	size, rate := k.bytes("size"), k.bytesPerSecond("rebuild_rate", math.Inf(1))
	if (size == 0) != math.IsInf(rate, 1) {
		k.d.fault(k.origin, "give size and rebuild_rate", "%s: how long it takes to rebuild a disk is missing", k.where)
	}
	s.size = size
	rebuild := model.Seconds(size / rate)
	if rebuild == 0 {
		return replace
	}
	k.set("rebuild", rebuild.Round(), nil)
	if k.flag("hot_spare") {
		return failures.Fixed(rebuild)
	}
	law, err := failures.Shifted(rebuild, replace)
	if err != nil {
		k.d.fault(k.place("replace"), "", "%s: %v", k.where, err)
		return replace
	}
	return law
}

// unread reads how often a rebuild from just enough disks meets what one of them cannot read: as a probability, or by
// how much is read per error. A rebuild reads what its layout needs: one disk of a mirror, all others of raid5.
func (s *diskSet) unread(k *mapping) float64 {
	fails, every := k.get("rebuild_fails"), k.get("read_error_every")
	switch {
	case fails == nil && every == nil && s.bears == 0 && s.layout != "raid10":
		return 0
	case fails == nil && every == nil:
		k.set("rebuild_fails", "0%", nil)
		return 0
	case s.layout == "single" || s.layout == "raid0":
		k.d.fault(cmp.Or(fails, every), "", "%s: %s has nothing to rebuild a disk from", k.where, s.layout)
	case fails != nil && every != nil:
		k.d.fault(every, "leave out one of them", "%s: rebuild_fails and read_error_every say the same", k.where)
	case every != nil && !k.has("size"):
		k.d.fault(every, "give size and rebuild_rate", "%s: how much a rebuild reads is missing", k.where)
	}
	if fails != nil {
		k.ignore("read_error_every")
		return k.share("rebuild_fails", 0)
	}
	per := k.bytes("read_error_every")
	if per == 0 {
		return 0
	}
	p := -math.Expm1(-s.size * float64(s.reads()) / per)
	k.set("rebuild_fails", percent(p), nil)
	return p
}

// strained reads how much more often the other disks of a set fail while one is missing.
func (s *diskSet) strained(k *mapping) {
	switch v := k.get("stress"); {
	case s.bears > 0 || s.layout == "raid10":
		if s.stress = k.factor("stress", 1); s.stress < 1 || s.stress > 1e6 {
			k.d.fault(k.place("stress"), "write for example 10x", "%s must be 1x to 1000000x", k.label("stress"))
			s.stress = 1
		}
	case v != nil:
		k.d.fault(v, "", "%s: without one disk, %s has nothing left that could be under stress", k.where, s.layout)
	}
}

// reads is how many disks a new one is made from if just enough are left.
func (s *diskSet) reads() int {
	if s.layout == "raid10" {
		return 1
	}
	return s.count - s.bears
}

// mount gives each of some nodes disks of its own.
func (b *builder) mount(s *diskSet, first int32, nodes int, name *node) {
	if s == nil {
		return
	}
	if b.hosts += nodes * s.count; b.hosts > mostNodes {
		b.d.fault(name, "", "more than %d nodes and disks", mostNodes)
		return
	}
	for i := first; i < first+int32(nodes); i++ {
		set := &model.Need{}
		for k := 1; k <= s.count; k++ {
			set.Of = append(set.Of, ref(b.add(model.Component{Name: b.sys.Components[i].Name + "/disk-" + strconv.Itoa(k),
				Kind: model.KindDisk, Site: model.None, Modes: s.modes}, name)))
			if s.spare {
				b.atHand[int32(len(b.sys.Components))-1] = true
			}
		}
		if set.AtLeast = s.count - s.bears; s.layout == "raid10" {
			set = pairsOf(set.Of)
		}
		requireToo(&b.sys.Components[i], *set)
		b.strain(s, set)
	}
}

// strain has the disks of a set, or of a mirrored pair of one, bear the work of those that are missing.
func (b *builder) strain(s *diskSet, set *model.Need) {
	if !(s.stress > 1) {
		return
	}
	if s.layout == "raid10" && len(set.Of[0].Of) > 0 {
		for k := range set.Of {
			b.bears(s, &set.Of[k])
		}
		return
	}
	b.bears(s, set)
}

func (b *builder) bears(s *diskSet, set *model.Need) {
	x := model.Stress{Factor: s.stress}
	for k := range set.Of {
		x.Of = append(x.Of, set.Of[k].Ref)
	}
	b.sys.Stresses = append(b.sys.Stresses, x)
}

// requireToo adds to what a component requires.
func requireToo(c *model.Component, n model.Need) {
	if c.Requires != nil {
		n = *allOf(*c.Requires, n)
	}
	c.Requires = &n
}

// pairsOf is one of each two.
func pairsOf(disks []model.Need) *model.Need {
	var pairs []model.Need
	for ; len(disks) > 1; disks = disks[2:] {
		pairs = append(pairs, model.Need{AtLeast: 1, Of: disks[:2]})
	}
	return &model.Need{AtLeast: len(pairs), Of: pairs}
}
