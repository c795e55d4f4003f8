package engine

import (
	"math"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// sturdy is a primary with hot standbys that never fail, but whose copies go bad.
func sturdy(copies int, k *model.Corruption) *model.System {
	sys := farm(copies, &policies.ActivePassive{Alpha: 1, Success: 1}, 1)
	for i := range sys.Components {
		sys.Components[i].Modes = nil
	}
	sys.Services[0].Store = &model.Store{WriteRate: 1, Corruption: k}
	return sys
}

// What goes bad is found by the next scrub. Given that a copy has gone bad since its last scrub, T ago, it
// has done so at X with P(X < x) ∝ 1 − e^(−λx), so it was bad for T − 1/λ + T/(e^(λT) − 1) on average: T/2 if
// that is rare.
func TestScrubsFindWhatHasGoneBad(t *testing.T) {
	for _, x := range []float64{0.01, 2, 5} {
		every := 30 * model.Day
		rate := x / float64(every)
		sys := sturdy(1, &model.Corruption{Life: expLaw(model.Seconds(1 / rate)), ScrubEvery: every, Share: 0.05})
		p, err := Compile(sys)
		if err != nil {
			t.Fatal(err)
		}
		var began model.Seconds
		var spells []float64
		runs := max(4, int(20/x))
		for run := range runs {
			if _, err := p.Trace(Options{Horizon: 1000 * every, Seed: 3}, run, func(n Note) {
				switch n.Kind {
				case DataCorrupted:
					began = n.At
				case CorruptionFound:
					spells = append(spells, float64(n.At-began))
				}
			}); err != nil {
				t.Fatal(err)
			}
		}
		mean, deviation := meanAndError(spells)
		want := float64(every) - 1/rate + float64(every)/math.Expm1(x)
		if len(spells) < 1000 || math.Abs(mean-want) > 4*deviation+2e-3*want {
			t.Errorf("λT = %v: bad for %.3g s on average of %d (± %.2g), want %.3g", x, mean, len(spells), deviation, want)
		}
	}
}

// A copy that is bad when it is needed is no copy: of standbys that are never read, 1 − e^(−λt) are when the
// primary dies after t; with a scrub every T, and rare corruption, λT/2.
func TestBadCopiesAreFoundWhenTheyAreNeeded(t *testing.T) {
	const rate = 1 / (400 * 86400.0)
	at := 100*model.Day + 0.37
	for _, c := range []struct {
		scrub model.Seconds
		want  float64
		slack float64 // both may be bad
	}{{0, 1 - math.Exp(-rate*float64(at)), 0}, {20 * model.Day, 1 + math.Expm1(-0.05)/0.05, 0.002}} {
		sys := sturdy(2, &model.Corruption{Life: expLaw(1 / rate), ScrubEvery: c.scrub, Share: 0.05})
		sys.Components[0].Modes = []model.Mode{{Kind: model.MediaLoss, Life: fixedLaw(at)}}
		const runs = 8000
		lost := 0.0
		observe(t, sys, Options{Horizon: 120 * model.Day, Seed: 5, Runs: runs}, func(out *model.Outcome) {
			for _, l := range out.Losses {
				if !l.Total || l.At != at {
					continue
				}
				if lost++; len(out.Losses) == 1 {
					near(t, "transactions of a share of all", l.Transactions, 0.05*float64(at), 1)
				}
			}
		})
		if got, half := lost/runs, 4*math.Sqrt(c.want*(1-c.want)/runs); math.Abs(got-c.want) > half+c.slack {
			t.Errorf("scrub every %v: %.4f lose data at the failover, want %.4f ± %.4f", c.scrub, got, c.want, half)
		}
	}
}

// Corruption spreads to backups: after five days of it, a restoration must go back to before it, one failed
// attempt for each backup of those days. With the log there, nothing else is lost.
func TestBadDataIsInTheBackups(t *testing.T) {
	for _, c := range []struct {
		name      string
		log       bool
		retention model.Seconds
		low, high float64 // hours
	}{
		{"backups alone", false, 0, 120, 144},
		{"with a log", true, 0, 5.0 / 3600, 65.0 / 3600},
		{"kept too briefly", false, 5 * model.Day, math.Inf(1), math.Inf(1)},
	} {
		b := daily()
		b.Retention = c.retention
		b.Size, b.RestoreRate = 3600, 1
		if c.log {
			b.LogEvery, b.LogDelay = 60, 5
		}
		sys := stored(fixedLaw(105*model.Day), b)
		sys.Services[0].Store.Corruption = &model.Corruption{Life: fixedLaw(100 * model.Day), Share: 0.05}
		sum, n, down := 0.0, 0.0, 0.0
		observe(t, sys, Options{Horizon: 110 * model.Day, Seed: 4, Runs: 500}, func(out *model.Outcome) {
			if len(out.Losses) != 1 {
				t.Fatalf("%s: losses %+v", c.name, out.Losses)
			}
			l := out.Losses[0]
			hours := float64(l.Seconds / model.Hour)
			if hours < c.low || hours > c.high || l.Total != math.IsInf(c.low, 1) {
				t.Errorf("%s: lost %v h of writes, want %v to %v", c.name, hours, c.low, c.high)
			}
			sum, n, down = sum+hours, n+1, down+float64(out.Unserved[0]/model.Hour)
		})
		if c.low == 120 {
			near(t, "mean loss", sum/n, 132, 1.5)
		}
		if c.low < 1000 {
			near(t, c.name+": hours down: the repair, on average 4.92 attempts in vain and one that works", down/n, 1+5+22.0/24, 0.1)
		}
	}
}

// If all copies are bad when a scrub finds it, what is bad is restored, and what was written to it since is
// lost; the log saves it.
func TestAllCopiesBad(t *testing.T) {
	for _, log := range []bool{false, true} {
		b := daily()
		if log {
			b.LogEvery = 1
		}
		sys := sturdy(2, &model.Corruption{Life: fixedLaw(100 * model.Day), ScrubEvery: 10 * model.Day, Share: 0.05})
		sys.Services[0].Store.Backups = b
		observe(t, sys, Options{Horizon: 115 * model.Day, Seed: 2, Runs: 20}, func(out *model.Outcome) {
			if len(out.Losses) != 1 {
				t.Fatalf("log %v: losses %+v", log, out.Losses)
			}
			l := out.Losses[0]
			since := float64(l.At - 100*model.Day) // at the scrub; the backup is at most a day older
			switch lost := float64(l.Seconds); {
			case l.Total || l.Initiator != sys.ServiceElement(0):
				t.Errorf("log %v: %+v", log, l)
			case log && lost > 1.001, !log && (lost < since || lost > since+86400):
				t.Errorf("log %v: %v s lost, %v s after the corruption", log, lost, since)
			case math.Abs(l.Transactions-0.05*lost) > 1e-3:
				t.Errorf("log %v: %v of %v transactions lost", log, l.Transactions, lost)
			}
		})
	}
}

// A person who errs with probability e, and by a share d of the errors spoils data, sets a service right
// without having spoilt anything with probability (1 − e) / (1 − e·(1 − d)).
func TestWrongActionsSpoilData(t *testing.T) {
	const wrong, share, runs = 0.5, 0.2, 4000
	sys := farm(2, &policies.ActivePassive{Alpha: 1, Success: 1, Manual: true,
		Human: policies.Human{Act: fixedLaw(60), Error: wrong, Penalty: fixedLaw(60), Damage: share}}, 1)
	sys.Components[0].Modes = []model.Mode{{Kind: model.OSCrash, Life: fixedLaw(100 * model.Day), Repair: fixedLaw(model.Day)}}
	sys.Components[1].Modes = nil
	b := daily()
	b.LogEvery = 1
	sys.Services[0].Store = &model.Store{WriteRate: 1, Backups: b, Errors: &model.DataErrors{Noticed: fixedLaw(3600), Decide: fixedLaw(600), Serves: model.ServesNothing}}
	spoilt := 0.0
	observe(t, sys, Options{Horizon: 150 * model.Day, Seed: 5, Runs: runs}, func(out *model.Outcome) {
		for _, l := range out.Losses {
			if l.Source == model.FromLog {
				spoilt++
				if at := 100*model.Day + 4200; math.Abs(float64(l.At-at)) > 1 || l.Seconds > 4201 || l.Seconds < 3600 {
					t.Errorf("%+v, want at %v what has been written since the failover", l, at)
				}
			}
		}
	})
	want := 1 - (1-wrong)/(1-wrong*(1-share))
	near(t, "share of failovers that spoil data", spoilt/runs, want, 4*math.Sqrt(want*(1-want)/runs))
}

// Of the bad changes, the share that damages data makes as many losses.
func TestBadChangesSpoilData(t *testing.T) {
	sys := farm(2, &policies.ActivePassive{Alpha: 1, Success: 1}, 1)
	for i := range sys.Components {
		sys.Components[i].Modes = nil
	}
	sys.Causes = []model.CommonCause{{Name: "bad change", Mode: model.Crash, Life: expLaw(10 * model.Day), Repair: fixedLaw(600), Victims: []int32{0, 1}, Probability: 1, Spoils: 0.25}}
	sys.Services[0].Store = &model.Store{WriteRate: 1, Errors: &model.DataErrors{Noticed: fixedLaw(60), Serves: model.ServesNothing}}
	total, changes := 0.0, 0.0
	observe(t, sys, Options{Horizon: 2000 * model.Day, Seed: 5, Runs: 20}, func(out *model.Outcome) {
		for _, l := range out.Losses {
			if l.Total {
				total++
			}
		}
		changes += float64(out.Horizon / (10*model.Day + 600))
	})
	near(t, "share of the changes after which everything is lost", total/changes, 0.25, 4*math.Sqrt(0.25*0.75/changes)+0.01)
}
