package engine

import "github.com/ftsim/ftsim/model"

// This file is about spares: those that several services share, and those that are always at hand.

// pooled tells whether a service has exclusive members, and has their roles counted, so that it is known
// which of them some service has taken.
func (c *compiler) pooled(from *model.Service, alpha float64) bool {
	found := false
	for _, m := range from.Members {
		if c.p.sys.Components[m.Host].Exclusive {
			found = true
			c.ageing(m.Host, min(1, alpha))
		}
	}
	return found
}

// taken tells whether some service is led by the exclusive member i, or by another on the same host.
func (r *Runner) taken(i int32) bool {
	host := r.members[i].host
	return r.p.sys.Components[host].Exclusive && r.active[r.comps[host].ageing] > 0
}

// released has the services look again that may have been waiting for a member that group g has let go.
func (r *Runner) released(g *group) {
	if !g.pooled {
		return
	}
	for i := range r.groups {
		if o := &r.groups[i]; o.pooled && o != g {
			r.touch(int32(i))
		}
	}
}

// renew puts a new machine in the place of a member that is down: its repair ends in this instant.
func (r *Runner) renew(m *member) {
	for _, i := range [...]int32{m.component, m.host} {
		if c := &r.comps[i]; c.down != 0 {
			if id := r.hiddenFault(i); id != none {
				r.startRepair(id, &r.modes[id])
			}
			c.mute = false
			r.clocks.arm(c.mode+int32(c.down)-1, r.now)
		}
	}
}
