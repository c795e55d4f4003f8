package engine

import (
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// What must hold of every protocol, whatever happens to it, looked up after every instant of random systems.
func TestProtocolsKeepTheirPromises(t *testing.T) {
	systems := uint64(400)
	if testing.Short() {
		systems = 250
	}
	promoted, splits := 0, 0
	for seed := range systems {
		sys := wideSystem(seed)
		p, err := Compile(sys)
		if err != nil {
			t.Fatal(err)
		}
		w := &promises{t: t, seed: seed, sys: sys, r: p.NewRunner(Options{Horizon: 4 * model.Day, Seed: seed})}
		var out model.Outcome
		w.r.note = w.hear
		for w.r.Reset(0, &out); w.r.Step(); {
			w.look()
		}
		for i := range out.Outages {
			o, sum := &out.Outages[i], model.Seconds(0)
			for _, d := range o.Phases {
				sum += d
			}
			if !same(sum, min(o.End, out.Horizon)-o.Start, clockSlack) {
				t.Fatalf("seed %d: phases of %v in an outage from %v to %v", seed, sum, o.Start, o.End)
			}
		}
		promoted, splits = promoted+w.promoted, splits+w.splits
	}
	if promoted < int(systems) || splits == 0 {
		t.Errorf("%d promotions and %d split brains on %d systems: the check sees too little", promoted, splits, systems)
	}
}

// promises looks at one replication.
type promises struct {
	t                *testing.T
	seed             uint64
	sys              *model.System
	r                *Runner
	promoted, splits int
}

func (w *promises) fail(service int32, what string) {
	w.t.Helper()
	w.t.Fatalf("seed %d at %v, %s: %s", w.seed, w.r.Now(), w.sys.Services[service].Name, what)
}

// hear is told of every step. Who is promoted is up, sound, and has the consent of the coordinator; whom stonith
// or a storage lock has stopped does not go on.
func (w *promises) hear(n Note) {
	s, g := &w.sys.Services[max(0, n.Service)], &w.r.groups[max(0, n.Service)]
	switch {
	case n.Kind == SplitBegan:
		if w.splits++; s.Fence.Kind == model.StorageLock || s.Fence.Kind == model.Stonith {
			w.fail(n.Service, "a split brain beside a fence that ends before")
		}
	case n.Kind == PhaseEntered && w.r.reaction.Promote && g.style == model.Primary:
		w.promoted++
		if m := &w.r.members[g.first+g.state.Primary]; s.Coordinated && !w.r.consents(g, m) {
			w.fail(n.Service, "somebody leads without the consent of the coordinator")
		}
		if g.care != none && w.r.rots[w.r.cares[g.care].first+g.state.Primary] != (rot{}) {
			w.fail(n.Service, "somebody leads who does not start")
		}
	case n.Kind == PhaseEntered && n.Phase == model.Decision && g.style == model.Primary:
		if p := s.Policy.(*policies.ActivePassive); !n.ByHand && g.care != none && w.r.signal.Kind == model.PrimaryLost && (p.Manual || w.r.signal.Held) {
			w.fail(n.Service, "a machine decides what is for people")
		}
	}
}

// look is at the state between two instants: who goes on beside a new primary is up, does not hear of it, and was
// not stopped; who is known to be broken is not being promoted.
func (w *promises) look() {
	for i := range w.r.groups {
		g, s := &w.r.groups[i], int32(i)
		if g.style != model.Primary || w.r.past {
			continue
		}
		to := &w.r.members[g.first+g.state.Primary]
		if g.old != none {
			from := &w.r.members[g.first+g.old]
			if g.old == g.state.Primary || !from.up || w.r.reach.ok(to.site, from.site) || g.fence.stopped {
				w.fail(s, "an old primary goes on that should not")
			}
		}
		if c := g.state.Candidate; c != none && g.state.Phase == model.Activation && g.care != none && w.r.rots[w.r.cares[g.care].first+c].known {
			w.fail(s, "somebody is made ready who is known to be broken")
		}
		if g.state.Phase == model.Serving && g.fence.stopped && !g.fence.self() {
			w.fail(s, "it serves with a primary that was switched off")
		}
	}
}
