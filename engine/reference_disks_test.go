package engine

import "github.com/ftsim/ftsim/model"

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
