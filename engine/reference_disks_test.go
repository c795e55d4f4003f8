package engine

import (
	"math"

	"github.com/ftsim/ftsim/model"
)

// lookAtDisks is the sets of disks of the naive twin: each condition that is about disks only, and is met no
// longer since media were lost, takes the data with it.
func (t *twin) lookAtDisks(p *twinPart, mode model.FaultMode) {
	var met []bool
	if p.Requires != nil {
		met = t.conditions(nil, p.Requires)
	}
	for k := range met {
		if (p.media == nil || p.media[k]) && !met[k] && mode == model.MediaLoss {
			t.hurt(p.id, model.MediaLoss)
		}
	}
	p.media = met
}

// conditions lists which of the conditions about disks, each of which must be met, are.
func (t *twin) conditions(met []bool, n *model.Need) []bool {
	switch {
	case len(n.Of) > 0 && n.AtLeast >= len(n.Of):
		for k := range n.Of {
			met = t.conditions(met, &n.Of[k])
		}
	case t.ofDisks(n):
		met = append(met, t.met(n))
	}
	return met
}

func (t *twin) ofDisks(n *model.Need) bool {
	for k := range n.Of {
		if !t.ofDisks(&n.Of[k]) {
			return false
		}
	}
	return len(n.Of) > 0 || t.parts[n.Ref].Kind == model.KindDisk
}

// rebuildFails looks whether read errors spoil the rebuild of a disk that lacks nothing else: the set is gone for
// a moment, then the disk is there.
func (t *twin) rebuildFails(p *twinPart) bool {
	if p.torn {
		p.torn = false
		return false
	}
	if p.down.repair.s.uniform() >= p.down.Unread || !t.bearsNoMore(p.id) {
		return false
	}
	p.torn = true
	t.blameUnlessKnown(p.id)
	t.note(Note{Kind: RebuildFailed, Component: p.id})
	t.look(p.id, model.MediaLoss)
	t.plan(max(t.now+1e-6, math.Nextafter(t.now, math.Inf(1))), 0, p.down.name, func() { t.mend(p) })
	return true
}

// bearsNoMore tells whether a condition that counts a disk is met by just as many as it takes.
func (t *twin) bearsNoMore(disk int32) bool {
	for _, p := range t.parts {
		if p.Requires != nil && t.justMet(p.Requires, disk) {
			return true
		}
	}
	return false
}

func (t *twin) justMet(n *model.Need, disk int32) bool {
	met, counts := 0, false
	for k := range n.Of {
		part := &n.Of[k]
		if t.justMet(part, disk) {
			return true
		}
		if len(part.Of) == 0 && t.parts[part.Ref].torn {
			met--
		}
		if t.met(part) {
			met++
		}
		counts = counts || len(part.Of) == 0 && part.Ref == disk
	}
	return counts && n.AtLeast < len(n.Of) && met == n.AtLeast
}
