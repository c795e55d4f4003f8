package engine

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// crash is a pair whose first member fails after 1000 s for an hour: 11 s later the other goes on, with 5 s of
// writes, 10 a second, less.
func crash(mode model.FaultMode, salvage *model.Salvage) *model.System {
	sys := lagging(2, model.Store{Salvage: salvage})
	fails(sys, 0, mode, 1000, model.Hour)
	return sys
}

func burns(sys *model.System, member int32, at model.Seconds) *model.System {
	sys.Causes = append(sys.Causes, model.CommonCause{Name: "fire", Mode: model.MediaLoss, Probability: 1, Life: fixedLaw(at), Repair: fixedLaw(1), Victims: []int32{member}})
	return sys
}

// What the old primary still has comes back so long after it does, and only then; the loss stays what it was.
func TestSalvageComesAfterTheOldPrimary(t *testing.T) {
	how := func(takes model.Seconds) *model.Salvage {
		return &model.Salvage{Probability: 1, Share: 0.8, Takes: fixedLaw(takes)}
	}
	back := model.Seconds(4600 - 1011) // from the failover until it is repaired
	for what, c := range map[string]struct {
		sys   *model.System
		until model.Seconds
		want  model.Salvaged
	}{
		"nobody looks":        {crash(model.OSCrash, nil), 5500, model.Salvaged{}},
		"it takes 600 s":      {crash(model.OSCrash, how(600)), 5500, model.Salvaged{Seconds: 4, Transactions: 40, After: back + 600}},
		"no time":             {crash(model.OSCrash, &model.Salvage{Probability: 1, Share: 0.8}), 5500, model.Salvaged{Seconds: 4, Transactions: 40, After: back}},
		"never":               {crash(model.OSCrash, &model.Salvage{Probability: 0, Share: 1}), 5500, model.Salvaged{}},
		"beyond the horizon":  {crash(model.OSCrash, how(600)), 5199, model.Salvaged{}},
		"the disk is gone":    {crash(model.MediaLoss, how(600)), 5500, model.Salvaged{}},
		"it burns while down": {burns(crash(model.OSCrash, how(600)), 0, 2000), 5500, model.Salvaged{}},
		"it burns meanwhile":  {burns(crash(model.OSCrash, how(600)), 0, 5100), 5500, model.Salvaged{}},
		"it burns later":      {burns(crash(model.OSCrash, how(600)), 0, 5210), 5500, model.Salvaged{Seconds: 4, Transactions: 40, After: back + 600}},
	} {
		once(t, c.sys, c.until, func(out *model.Outcome) {
			l := slices.DeleteFunc(slices.Clone(out.Losses), func(l model.Loss) bool { return l.Seconds == 0 })
			if len(l) != 1 || l[0].At != 1011 || l[0].Seconds != 5 || math.Abs(l[0].Transactions-50) > 1e-9 {
				t.Fatalf("%s: losses %+v, want one of 5 s at 1011 s", what, l)
			}
			near(t, what+": seconds", float64(l[0].Salvaged.Seconds), float64(c.want.Seconds), 1e-9)
			near(t, what+": transactions", l[0].Salvaged.Transactions, c.want.Transactions, 1e-9)
			near(t, what+": after", float64(l[0].Salvaged.After), float64(c.want.After), 1e-6)
		})
	}
}

// Of a split brain, the branch that is discarded is on a disk, from which it can be salvaged once the cut heals; of
// one that is merged, conflicts have been overwritten.
func TestSalvageOfADiscardedBranch(t *testing.T) {
	for _, merges := range []bool{false, true} {
		sys := splitPair(&model.Reconciliation{Merges: merges, Conflicts: 0.02})
		sys.Services[0].Store.Salvage = &model.Salvage{Probability: 1, Share: 0.5, Takes: fixedLaw(1000)}
		once(t, sys, 36*model.Hour, func(out *model.Outcome) {
			want := model.Salvaged{Seconds: 300, Transactions: 15000, After: 1000}
			if merges {
				want = model.Salvaged{}
			}
			if len(out.Losses) != 1 || out.Losses[0].Salvaged != want {
				t.Errorf("merges %v: losses %+v, want %+v salvaged", merges, out.Losses, want)
			}
		})
	}
}

// A branch that waits for its holder does not lose its place when another one follows.
func TestEachBranchIsSalvaged(t *testing.T) {
	sys := splitTwice(nil)
	sys.Services[0].Store.Salvage = &model.Salvage{Probability: 1, Share: 1, Takes: fixedLaw(2 * model.Hour)}
	once(t, sys, 36*model.Hour, func(out *model.Outcome) {
		if len(out.Losses) != 2 {
			t.Fatalf("losses %+v, want two", out.Losses)
		}
		for _, l := range out.Losses {
			if l.Salvaged != (model.Salvaged{Seconds: l.Seconds, Transactions: l.Transactions, After: 5 * model.Hour}) || l.Seconds != 100 {
				t.Errorf("%+v: want 100 s, all salvaged after five hours", l)
			}
		}
	})
}

// What the old primary lost itself, in its fall, is on no disk.
func TestUnwrittenWritesAreNotSalvaged(t *testing.T) {
	sys := crash(model.OSCrash, &model.Salvage{Probability: 1, Share: 1})
	sys.Services[0].Store.Durability, sys.Services[0].Store.FlushEvery = model.Periodic, 4
	less := 0
	observe(t, sys, Options{Horizon: 5500, Seed: 1, Runs: 20}, func(out *model.Outcome) {
		for _, l := range out.Losses {
			if l.Seconds == 0 {
				continue
			}
			if l.Seconds != 5 || l.Salvaged.Seconds < 1 || l.Salvaged.Seconds > 5 || math.Abs(l.Salvaged.Transactions-10*float64(l.Salvaged.Seconds)) > 1e-6 {
				t.Errorf("%+v: want 5 s lost and 1 to 5 s of them salvaged", l)
			}
			if l.Salvaged.Seconds < 4 {
				less++
			}
		}
	})
	if less == 0 {
		t.Error("never less than 4 s salvaged: the check sees too little")
	}
}

// What is salvaged on average is probability × share × loss. It is drawn apart: nothing else depends on it.
func TestSalvageIsItsShareOfTheLosses(t *testing.T) {
	var outs [2][]model.Loss
	for i, how := range []*model.Salvage{nil, {Probability: 0.3, Share: 0.5, Takes: fixedLaw(60)}} {
		sys := lagging(2, model.Store{Salvage: how, Lag: expLaw(3)})
		fails(sys, 0, model.OSCrash, 3*model.Hour, 600)
		fails(sys, 1, model.OSCrash, 5*model.Hour, 600)
		once(t, sys, model.Year, func(out *model.Outcome) { outs[i] = slices.Clone(out.Losses) })
	}
	n, found, lost, salvaged := 0, 0.0, 0.0, 0.0
	for i := range outs[1] {
		l := &outs[1][i]
		if l.Transactions > 0 {
			n++
			lost += l.Transactions
			salvaged += l.Salvaged.Transactions
			if l.Salvaged.Transactions > 0 {
				found++
				near(t, "share", l.Salvaged.Transactions/l.Transactions, 0.5, 1e-9)
			}
		}
		l.Salvaged = model.Salvaged{}
	}
	spread := math.Sqrt(0.3 * 0.7 / float64(n)) // the losses are exponential: their squares are twice as large
	near(t, "branches something of which came back", found/float64(n), 0.3, 4*spread)
	near(t, "of what was lost", salvaged/lost, 0.3*0.5, 4*0.5*spread*math.Sqrt2)
	if n < 1000 || !reflect.DeepEqual(outs[0], outs[1]) {
		t.Errorf("%d losses without salvage, and %d with it, which must be the same and many", len(outs[0]), n)
	}
}
