package engine

import (
	"math"
	"math/bits"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// item is what was written between two events, and who has it.
type item struct {
	amount float64
	on     uint64
}

// Every write followed by itself, with up to ten copies, gives the losses that the books of sets of copies do.
func TestSpreadAgainstSingleWrites(t *testing.T) {
	losses := 0
	for seed := range uint64(40) {
		n := 2 + int(seed%9)
		write := 1 + int(seed/3)%n
		sys := ring(n, n, write, model.Store{})
		for i := range n {
			sys.Components[i].Modes = []model.Mode{{Kind: model.MediaLoss, Life: expLaw(model.Day), Repair: expLaw(2 * model.Day)},
				{Kind: model.OSCrash, Life: expLaw(model.Day), Repair: expLaw(model.Day)}}
		}
		p, err := Compile(sys)
		if err != nil || len(p.spreads) != 1 {
			t.Fatalf("seed %d: %d members keep no books: %v", seed, n, err)
		}
		r := p.NewRunner(Options{Horizon: 200 * model.Day, Seed: seed})
		var out model.Outcome
		r.Reset(0, &out)
		var items []item
		up, lost := uint64(1)<<n-1, 0.0
		for {
			before := r.now
			if !r.Step() || r.past {
				break
			}
			if bits.OnesCount64(up) >= write {
				items = append(items, item{10 * (r.now - before), up})
			}
			now := uint64(0)
			for k := range n {
				m := &r.members[k]
				if m.up {
					now |= 1 << k
				} else if up>>k&1 == 1 && m.mode == model.MediaLoss {
					for i := range items {
						items[i].on &^= 1 << k
					}
				}
			}
			up = now
			kept := items[:0]
			for _, it := range items {
				switch {
				case it.on == 0:
					lost += it.amount
					continue
				case it.on&up != 0:
					it.on |= up
				}
				kept = append(kept, it)
			}
			items = kept
			booked := 0.0
			for i := range out.Losses {
				booked += out.Losses[i].Transactions
			}
			if math.Abs(booked-lost) > 1e-6*(1+lost) {
				t.Fatalf("seed %d, %d members at %v: %.6f lost, %.6f booked", seed, n, r.Now(), lost, booked)
			}
		}
		losses += len(out.Losses)
	}
	if losses < 50 {
		t.Errorf("only %d losses in systems made to lose", losses)
	}
}
