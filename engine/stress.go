package engine

// This file is about components that bear the work of those that are down: they age faster meanwhile.

// stress is the state of a model.Stress.
type stress struct {
	of     []int32
	factor float64
	down   int32 // of them, by themselves
}

// stresses gives whoever may come under stress an ageing rate of its own.
func (c *compiler) stresses() error {
	p := c.p
	if len(p.sys.Stresses) == 0 {
		return nil
	}
	p.stressOf = make([]int32, len(p.comps))
	for i := range p.stressOf {
		p.stressOf[i] = none
	}
	for k, from := range p.sys.Stresses {
		p.stresses = append(p.stresses, stress{of: from.Of, factor: from.Factor})
		for _, i := range from.Of {
			p.stressOf[i] = int32(k)
			if p.comps[i].ageing == none {
				c.ageing(i, 1)
			}
		}
	}
	p.stressAt = make([]int32, len(p.alphas))
	for a := range p.stressAt {
		p.stressAt[a] = none
	}
	for i := range p.comps {
		if k := p.stressOf[i]; k != none {
			p.stressAt[p.comps[i].ageing] = k
		}
	}
	return nil
}

// resetStress forgets who was down.
func (r *Runner) resetStress() {
	copy(r.stresses, r.p.stresses)
	clear(r.absent)
}

// burden counts a component as down by itself, or no longer, and has those that are left age accordingly.
func (r *Runner) burden(i int32, absent bool) {
	k := r.p.stressOf[i]
	if k == none || r.absent[i] == absent {
		return
	}
	r.absent[i] = absent
	x := &r.stresses[k]
	if absent {
		x.down++
	} else {
		x.down--
	}
	if absent && x.down > 1 || !absent && x.down > 0 {
		return
	}
	for _, o := range x.of {
		r.age(o, r.rateOf(r.comps[o].ageing))
	}
}

// under is how many times as fast as usual something ages at present.
func (r *Runner) under(a int32) float64 {
	if r.p.stressAt == nil || r.p.stressAt[a] == none {
		return 1
	}
	if x := &r.stresses[r.p.stressAt[a]]; x.down > 0 {
		return x.factor
	}
	return 1
}
