package engine

import "github.com/ftsim/ftsim/model"

// This file is about what keeps its data on a set of disks: a mirror, parity, an erasure code. How many
// disks such a layout needs is a condition like any other; when it is no longer met, because media were
// lost, the data is gone, and with enough new disks its owner is back without it (R5).

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
