package engine

import "github.com/ftsim/ftsim/model"

// This file is about what keeps its data on a set of disks: a mirror, parity, an erasure code. How many
// disks such a layout needs is a condition like any other; when it is no longer met, because media were
// lost, the data is gone, and with enough new disks its owner is back without it (R5). While just enough are left, nothing makes good
// what one of them cannot read: then the rebuild of another ends with the loss of the set.

// ofDisks tells whether a condition is about disks only.
func (c *compiler) ofDisks(n *model.Need) bool {
	if len(n.Of) == 0 {
		return c.p.sys.Components[n.Ref].Kind == model.KindDisk
	}
	for k := range n.Of {
		if !c.ofDisks(&n.Of[k]) {
			return false
		}
	}
	return true
}

// loseMedia takes the data of a component that has lost more disks than its layout bears. Disks that are
// merely out of reach keep theirs.
func (r *Runner) loseMedia(i int32) {
	if r.mode != model.MediaLoss {
		return
	}
	if c := &r.comps[i]; c.data || c.shelters {
		r.struck(i, model.MediaLoss)
	}
	if r.comps[i].sets {
		r.setOff(i)
	}
}

// tears looks whether the rebuild of a disk, which ends now, has met read errors on others that are just
// enough. Then the set is gone, long enough to be seen, and begins anew, empty, when the disk is there.
func (r *Runner) tears(id int32, m *mode) bool {
	c := &r.comps[m.component]
	if c.torn {
		c.torn = false
		r.lackOneMore(c, true)
		return false
	}
	if chance := r.p.unread(m); chance == 0 || m.repair.uniform() >= chance || !r.atTheEdge(c) {
		return false
	}
	c.torn = true
	if r.blame == none {
		r.blame = m.component
	}
	r.mode = m.kind
	if r.note != nil {
		r.tell(Note{Kind: RebuildFailed, Component: m.component, Mode: m.kind})
	}
	r.lackOneMore(c, false)
	r.clocks.arm(id, r.soon(0))
	return true
}

// unread is the probability that a rebuild meets read errors.
func (p *Program) unread(m *mode) float64 {
	modes := p.sys.Components[m.component].Modes
	if int(m.index) >= len(modes) {
		return 0 // it was only starting
	}
	return modes[m.index].Unread
}

// atTheEdge tells whether a set that lacks this disk bears no further loss.
func (r *Runner) atTheEdge(c *component) bool {
	if c.sole == toGate {
		return r.justMet(c.fan)
	}
	if c.sole == manyFans {
		for _, f := range r.p.fans[c.fan:c.end] {
			if f.kind == toGate && r.justMet(f.to) {
				return true
			}
		}
	}
	return false
}

func (r *Runner) justMet(gate int32) bool {
	g := &r.gates[gate]
	return g.up == g.need
}

// lackOneMore counts a disk as missing twice, or no longer.
func (r *Runner) lackOneMore(c *component, up bool) {
	if c.sole == toGate {
		r.shift(c.fan, up)
	}
	if c.sole == manyFans {
		for _, f := range r.p.fans[c.fan:c.end] {
			if f.kind == toGate {
				r.shift(f.to, up)
			}
		}
	}
}
