package engine

import (
	"math"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// ring is a leaderless store on members that never fail.
func ring(n, copies, write int, store model.Store) *model.System {
	sys := farm(n, policies.Leaderless{Replicas: copies, Read: 1, Write: write}, 0)
	for i := range sys.Components {
		sys.Components[i].Modes = nil
	}
	store.WriteRate = 10
	sys.Services[0].Store = &store
	return sys
}

// fire takes the disks of some members at a time.
func fire(sys *model.System, at model.Seconds, victims ...int32) {
	sys.Causes = append(sys.Causes, model.CommonCause{Name: "fire", Mode: model.MediaLoss, Probability: 1, Life: fixedLaw(at), Repair: fixedLaw(10 * model.Day), Victims: victims})
}

// Of five members with three copies of each part, the loss of the disks of two neighbours loses nothing, of
// three all that was written of the one part that was on these three, and of nothing else.
func TestPartsAreLostWithAllTheirCopies(t *testing.T) {
	for dead, want := range map[int]float64{2: 0, 3: 3600 * 10 / 5.0, 5: 36000} {
		sys := ring(5, 3, 2, model.Store{})
		fire(sys, model.Hour, []int32{0, 1, 2, 3, 4}[:dead]...)
		observe(t, sys, Options{Horizon: 2 * model.Hour, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			lost, total := 0.0, false
			for _, l := range out.Losses {
				lost, total = lost+l.Transactions, total || l.Total
			}
			near(t, "transactions lost", lost, want, 1e-6)
			if total != (want > 0) {
				t.Errorf("%d dead: total %v", dead, total)
			}
		})
	}
}

// What was written while a member was away it gets when it comes back (hinted handoff); what the others
// had alone is gone if their disks go before that.
func TestHandoff(t *testing.T) {
	for fireAt, want := range map[model.Seconds]float64{2 * model.Hour: 3600, 3.5 * model.Hour: 0} {
		sys := ring(3, 3, 2, model.Store{})
		breaks(sys, 2, model.OSCrash, model.Hour, 2*model.Hour)
		fire(sys, fireAt, 0, 1)
		observe(t, sys, Options{Horizon: fireAt + 60, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			lost := 0.0
			for _, l := range out.Losses {
				lost += l.Transactions
				near(t, "seconds", float64(l.Seconds), want, 1e-6)
			}
			near(t, "transactions lost", lost, 10*want, 1e-6)
		})
	}
}

// A copy that has to be made anew protects nothing before it is complete.
func TestNewCopyTakesTime(t *testing.T) {
	for fireAt, want := range map[model.Seconds]float64{1.25 * model.Hour: 3600, 1.75 * model.Hour: 0} {
		sys := ring(2, 2, 1, model.Store{Rebuild: &model.Rebuild{FullCopy: fixedLaw(1800)}})
		breaks(sys, 0, model.MediaLoss, model.Hour, 0.001)
		fire(sys, fireAt, 1)
		observe(t, sys, Options{Horizon: fireAt + 60, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			lost := 0.0
			for _, l := range out.Losses {
				lost += float64(l.Transactions) / 10
			}
			near(t, "seconds of writes lost: those before the copy began", lost, want, 0.01)
		})
	}
}

// Caches of all copies fail together with their power: the least of what three had not yet written is lost.
func TestCachesOfAnActiveActiveStore(t *testing.T) {
	for _, c := range []struct {
		durability model.Durability
		want       float64
	}{{model.Flush, 0}, {model.Periodic, 2.5}, {model.InMemory, 3600}} {
		sys := farm(3, policies.ActiveActive{}, 1)
		for i := range sys.Components {
			sys.Components[i].Modes = nil
		}
		sys.Services[0].Store = &model.Store{Mode: model.Sync, Durability: c.durability, FlushEvery: 10, WriteRate: 1}
		sys.Causes = []model.CommonCause{{Name: "power", Mode: model.PowerLoss, Probability: 1, Life: fixedLaw(model.Hour), Repair: fixedLaw(60), Victims: []int32{0, 1, 2}}}
		sum, runs := 0.0, 2000
		observe(t, sys, Options{Horizon: 1.5 * model.Hour, Seed: 2, Runs: runs}, func(out *model.Outcome) {
			for _, l := range out.Losses {
				sum += l.Transactions / float64(runs)
			}
		})
		near(t, "seconds of writes lost", sum, c.want, 0.15)
	}
}

// Of an asynchronous store in which both take writes, one that burns takes its half of the last 8 s along.
func TestWritesNotYetPassedOn(t *testing.T) {
	sys := farm(2, policies.ActiveActive{}, 1)
	sys.Components[0].Modes, sys.Components[1].Modes = nil, nil
	sys.Services[0].Store = &model.Store{Lag: fixedLaw(8), WriteRate: 10}
	fire(sys, model.Hour, 0)
	near(t, "transactions lost", onlyLoss(t, sys, 2*model.Hour).Transactions, 40, 1e-6)
}

// Both sides of a partition go on. Where they wrote the same items, the last write stays: of 600 s in which
// each side has half of the clients, one in a hundred of the writes of one side. Nothing if it takes a majority.
func TestLastWriteWins(t *testing.T) {
	for write, want := range map[int]float64{1: 0.01 * 300 * 10, 2: 0} {
		sys := twoZones(policies.Leaderless{Replicas: 2, Read: 1, Write: write}, []int32{0, 1})
		sys.Services[0].Needed = 0
		sys.Services[0].Store = &model.Store{WriteRate: 10, Conflicts: 0.01}
		observe(t, sys, Options{Horizon: 36 * model.Hour, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			lost := 0.0
			for _, l := range out.Losses {
				lost += l.Transactions
				if l.Initiator != 2 {
					t.Errorf("loss %+v is due to the cut", l)
				}
			}
			near(t, "transactions overwritten", lost, want, 1e-6)
		})
	}
}

// What was ever written is held by some set of copies or was lost, on random failures.
func TestSpreadWritesAreHeldOrLost(t *testing.T) {
	losses, missing := 0, 0
	for seed := range uint64(60) {
		n := 2 + int(seed%5)
		copies := min(n, 2+int(seed%3))
		write := 1 + int(seed)%copies
		sys := twoZones(policies.Leaderless{Replicas: copies, Read: 1, Write: write}, []int32{0, 1, 0, 1, 0, 1}[:n])
		for i := range n {
			sys.Components[i].Modes = []model.Mode{{Kind: model.MediaLoss, Life: expLaw(3 * model.Day), Repair: expLaw(model.Hour)}, {Kind: model.OSCrash, Life: expLaw(model.Day), Repair: expLaw(model.Hour)}}
		}
		sys.Services[0].Needed = 0
		sys.Services[0].Store = &model.Store{WriteRate: 10, Conflicts: 0.1, Durability: model.Durability(seed % 4), FlushEvery: 60}
		if seed%2 == 0 {
			sys.Services[0].Store.Rebuild = &model.Rebuild{FullCopy: expLaw(1800)}
		}
		if seed%3 > 0 {
			sys.Services[0].Store.Hints = &model.Hints{For: model.Seconds(seed%4) * 600, RepairEvery: model.Seconds(seed%5) * 12 * model.Hour}
		}
		p, err := Compile(sys)
		if err != nil {
			t.Fatal(err)
		}
		r := p.NewRunner(Options{Horizon: 100 * model.Day, Seed: seed})
		var out model.Outcome
		r.Reset(0, &out)
		x := &r.spreads[0]
		written, last := 0.0, r.now
		for {
			rate := 0.0
			for _, v := range x.apart {
				for part := int32(0); part < x.parts; part++ {
					if v.members != 0 && x.enough(part, x.local(part, v.members)) {
						rate += v.share * 10 / float64(x.parts)
					}
				}
			}
			if !r.Step() || r.past {
				break
			}
			written += rate * (r.now - last)
			last = r.now
			r.write(x)
			held, lost := 0.0, 0.0
			for _, a := range r.held {
				held += a * 10 / float64(x.parts)
			}
			for _, part := range r.gaps {
				for _, d := range part {
					held += d.held * 10 / float64(x.parts)
					missing++
				}
			}
			for i := range out.Losses {
				lost += out.Losses[i].Transactions
			}
			if math.Abs(written-held-lost) > 1e-6*(1+written) {
				t.Fatalf("seed %d at %v: %.6f were written, %.6f are held and %.6f lost", seed, r.Now(), written, held, lost)
			}
		}
		losses += len(out.Losses)
	}
	if losses < 200 || missing < 200 {
		t.Errorf("only %d losses and %d gaps in systems made to have some", losses, missing)
	}
}
