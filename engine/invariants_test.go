package engine

import (
	"math"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// The engine only ever changes what an event touches. Here the same state is worked out from nothing
// after every instant, by the definitions and without any of the engine's structures, on random systems.

type naive struct {
	r   *Runner
	sys *model.System
}

// available is R1: up, not held by a common cause, and everything required is available.
func (n naive) available(i int32) bool {
	if n.r.comps[i].down != 0 {
		return false
	}
	for c := range n.sys.Causes {
		for k, v := range n.sys.Causes[c].Victims {
			if v == i && n.r.hits[int(n.r.causes[c].hit)+k] {
				return false
			}
		}
	}
	need := n.sys.Components[i].Requires
	return need == nil || n.met(need)
}

func (n naive) met(need *model.Need) bool {
	if len(need.Of) == 0 {
		return n.available(need.Ref)
	}
	met := 0
	for k := range need.Of {
		if n.met(&need.Of[k]) {
			met++
		}
	}
	return met >= need.AtLeast
}

func (n naive) works(i int32) bool { return i == none || n.available(i) }

// reachable is R2, by relaxation until nothing changes.
func (n naive) reachable(from, to int32) bool {
	if from == none || to == none || len(n.sys.Network.Sites) == 0 {
		return true
	}
	if !n.works(n.sys.Network.Sites[from].Component) {
		return false
	}
	reached := map[int32]bool{from: true}
	for grown := true; grown; {
		grown = false
		for _, l := range n.sys.Network.Links {
			sites := n.sys.Network.Sites
			passes := l.From == from || sites[l.From].Transit || sites[from].Within == l.From || sites[l.To].Within == l.From
			if reached[l.From] && !reached[l.To] && passes && n.works(l.Component) && n.works(n.sys.Network.Sites[l.To].Component) {
				reached[l.To], grown = true, true
			}
		}
	}
	return reached[to]
}

func (n naive) check(t *testing.T, seed uint64) {
	r := n.r
	for i := range r.comps {
		if got, want := r.comps[i].blocks == 0, n.available(int32(i)); got != want {
			t.Fatalf("seed %d at %v: component %s available %v, by definition %v", seed, r.Now(), n.sys.Components[i].Name, got, want)
		}
	}
	for s := range n.sys.Services {
		n.checkService(t, seed, s)
	}
	for a, from := range r.p.network.relevant {
		for b, to := range r.p.network.relevant {
			if got, want := r.reach.ok(int32(a), int32(b)), n.reachable(from, to); got != want {
				t.Fatalf("seed %d at %v: site %d reaches %d %v, by definition %v", seed, r.Now(), from, to, got, want)
			}
		}
	}
	open := 0
	for j := range r.jour {
		jo := &r.jour[j]
		if s, _ := r.evaluate(jo, r.now); math.Abs(s-jo.served) > 1e-9 {
			t.Fatalf("seed %d at %v: journey %d is booked at %v and is worth %v", seed, r.Now(), j, jo.served, s)
		}
		if jo.down != (jo.served < jo.threshold) {
			t.Fatalf("seed %d at %v: journey %d serves %v and is down %v", seed, r.Now(), j, jo.served, jo.down)
		}
		if jo.outage != none {
			open++
		}
	}
	if open != r.open {
		t.Fatalf("seed %d at %v: %d outages are open, counted %d", seed, r.Now(), open, r.open)
	}
}

func (n naive) checkService(t *testing.T, seed uint64, s int) {
	r, g := n.r, &n.r.groups[s]
	up, rotation, good := int32(0), int32(0), int32(0)
	for k, m := range n.sys.Services[s].Members {
		avail := n.available(m.Component)
		if avail {
			up++
		}
		if g.plain {
			continue
		}
		mb := &r.members[int(g.first)+k]
		if mb.up != avail {
			t.Fatalf("seed %d at %v: member %d of service %d is up %v, by definition %v", seed, r.Now(), k, s, mb.up, avail)
		}
		if mb.believed {
			rotation++
			if avail {
				good++
			}
		}
	}
	if g.up != up || g.style == model.Shared && g.detector != nil && (g.rotation != rotation || g.good != good) {
		t.Fatalf("seed %d at %v: service %d counts %d up, %d in rotation, %d good; by definition %d, %d, %d",
			seed, r.Now(), s, g.up, g.rotation, g.good, up, rotation, good)
	}
	if g.style == model.Shared && g.detector == nil && g.perReplica == 0 && g.warming == 0 {
		want := 0.0
		if up >= g.needed && !g.halted {
			want = 1
		}
		if g.cap*g.frac != want {
			t.Fatalf("seed %d at %v: service %d is worth %v with %d of %d up", seed, r.Now(), s, g.cap*g.frac, up, g.needed)
		}
	}
	if g.style != model.Shared && g.lost != r.lost(g) {
		t.Fatalf("seed %d at %v: service %d was told that its primary is lost %v, which is not so", seed, r.Now(), s, g.lost)
	}
	n.checkLedger(t, seed, g)
}

// checkLedger: no copy has more than was acknowledged, and only copies in touch follow.
func (n naive) checkLedger(t *testing.T, seed uint64, g *group) {
	if g.store == none {
		return
	}
	r, s := n.r, &n.r.stores[g.store]
	for k := int32(0); k < g.n; k++ {
		c := &r.copies[s.first+k]
		if c.position > s.written+1e-6 {
			t.Fatalf("seed %d at %v: a copy has %v of %v", seed, r.Now(), c.position, s.written)
		}
		a, b := &r.members[g.first+k], &r.members[g.first+g.state.Primary]
		follows := a.up && b.up && r.reach.ok(b.site, a.site) && !s.headless && !(c.empty && !r.inTouch(g, b))
		if k != g.state.Primary && c.following != follows {
			t.Fatalf("seed %d at %v: copy %d follows %v, by definition %v", seed, r.Now(), k, c.following, follows)
		}
	}
}

func TestStateIsWhatDefinitionsSay(t *testing.T) {
	systems := uint64(1000)
	if testing.Short() {
		systems = 150
	}
	for seed := range systems {
		sys := randomSystem(seed)
		p, err := Compile(sys)
		if err != nil {
			t.Fatal(err)
		}
		r := p.NewRunner(Options{Horizon: model.Year / 6, Seed: seed, RunOut: model.Day})
		var out model.Outcome
		r.Reset(0, &out)
		n := naive{r, sys}
		for n.check(t, seed); r.Step(); {
			if !r.past {
				n.check(t, seed)
			}
		}
	}
}
