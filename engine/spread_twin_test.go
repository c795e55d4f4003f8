package engine

import (
	"math"
	"math/bits"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// item is what was written at a time, who has it, and who of the others will not hear of it.
type item struct {
	amount  float64
	on      uint64
	forgets uint64
}

// Every write followed by itself, with up to ten copies, gives the losses that the books of sets of copies do.
func TestSpreadAgainstSingleWrites(t *testing.T) {
	losses, forgotten := 0, 0
	for seed := range uint64(80) {
		n := 2 + int(seed%9)
		write := 1 + int(seed/3)%n
		h := model.Hints{For: model.Day * model.Seconds(seed%3), RepairEvery: model.Week * model.Seconds(seed%2)}
		store := model.Store{Hints: &h}
		if seed%4 == 0 {
			store.Hints = nil
		}
		sys := ring(n, n, write, store)
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
		left, empty, phase := make([]float64, n), uint64(0), r.spreads[0].hints.phase
		for {
			before := r.now
			if !r.Step() || r.past {
				break
			}
			if bits.OnesCount64(up) >= write {
				items = append(items, writes(before, r.now, up, store.Hints, left)...)
			}
			now := uint64(0)
			for k := range n {
				m := &r.members[k]
				if m.up {
					now |= 1 << k
				} else if up>>k&1 == 1 {
					left[k] = r.now
				}
				if !m.up && up>>k&1 == 1 && m.mode == model.MediaLoss {
					empty |= 1 << k
					for i := range items {
						items[i].on &^= 1 << k
					}
				}
			}
			up = now
			anew := empty & up
			empty &^= up
			repair := h.RepairEvery > 0 && math.Abs(math.Remainder(r.now-phase, float64(h.RepairEvery))) < 1e-6
			kept := items[:0]
			for _, it := range items {
				if it.forgets &^= anew; repair && it.on&up != 0 {
					it.forgets &^= up
				}
				switch {
				case it.on == 0:
					lost += it.amount
					continue
				case it.on&up != 0:
					it.on |= up &^ it.forgets
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
		for _, it := range items {
			forgotten += bits.OnesCount64(it.forgets)
		}
	}
	if losses < 100 || forgotten < 100 {
		t.Errorf("only %d losses and %d gaps in systems made to have some", losses, forgotten)
	}
}

// writes is what is written from one time to another, to those that are up; nothing is kept for who left longer ago.
func writes(from, to float64, up uint64, h *model.Hints, left []float64) (all []item) {
	for from < to {
		it, next := item{on: up}, to
		for k := range left {
			if h == nil || up>>k&1 == 1 {
				continue
			}
			if ends := left[k] + float64(h.For); ends <= from {
				it.forgets |= 1 << k
			} else {
				next = min(next, ends)
			}
		}
		it.amount = 10 * (next - from)
		all = append(all, it)
		from = next
	}
	return all
}
