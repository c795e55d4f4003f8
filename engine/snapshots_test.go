package engine

import (
	"math"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// spoiltOnce is one unit whose data is spoilt after 100 days and noticed after a while.
func spoiltOnce(noticed model.Seconds, b *model.Backups) *model.System {
	sys := stored(fixedLaw(1000*model.Day), b)
	sys.Services[0].Store.Errors = &model.DataErrors{Life: fixedLaw(100 * model.Day), Noticed: fixedLaw(noticed), Serves: model.ServesNothing}
	return sys
}

// A snapshot undoes an error back to the last full hour before it, at once; what it does not reach, because it
// is not kept that long or its disk is new, comes from the daily backup. A log is better than both.
func TestSnapshotsUndoErrors(t *testing.T) {
	hourly := model.Snapshots{Every: model.Hour, Keep: 12 * model.Hour, Rollback: fixedLaw(60)}
	for _, c := range []struct {
		name      string
		snapshots model.Snapshots
		log       bool
		noticed   model.Seconds
		replaced  bool
		source    model.Source
		low, high float64 // hours
	}{
		{"a snapshot", hourly, false, 3 * model.Hour, false, model.FromSnapshot, 3, 4},
		{"none", model.Snapshots{}, false, 3 * model.Hour, false, model.FromBackup, 3, 27},
		{"kept too briefly", hourly, false, 13 * model.Hour, false, model.FromBackup, 13, 37},
		{"on a disk that is new", hourly, false, 3 * model.Hour, true, model.FromBackup, 3, 27},
		{"a log", hourly, true, 3 * model.Hour, false, model.FromLog, 3, 3.0003},
	} {
		b := daily()
		b.Full.Takes = 0
		b.Snapshots = c.snapshots
		if c.log {
			b.LogEvery = 1
		}
		sys := spoiltOnce(c.noticed, b)
		if c.replaced { // ten seconds before, but for the minute it is down for
			sys.Components[0].Modes[0].Life, sys.Components[0].Modes[0].Repair = fixedLaw(100*model.Day-10), fixedLaw(1)
		}
		sum, n := 0.0, 0.0
		observe(t, sys, Options{Horizon: 102 * model.Day, Seed: 3, Runs: 400}, func(out *model.Outcome) {
			l := out.Losses[len(out.Losses)-1]
			hours := float64(l.Seconds / model.Hour)
			byChance := l.Source == model.FromBackup && c.source == model.FromSnapshot || // that was made in the same hour
				l.Source == model.FromSnapshot && c.replaced && hours < 3.003 // made in the last seconds
			if l.Source != c.source && !byChance || hours < c.low-1e-9 || hours > c.high+1e-9 {
				t.Fatalf("%s: %+v, want %v to %v h from a %v", c.name, l, c.low, c.high, c.source)
			}
			if l.Source == model.FromSnapshot {
				near(t, "rolled back in", float64(l.Took), 60, 1e-6)
			}
			sum, n = sum+hours, n+1
		})
		near(t, c.name+": mean loss", sum/n, (c.low+c.high)/2, 0.1*(c.high-c.low)+1e-3)
	}
	only := spoiltOnce(3*model.Hour, &model.Backups{RestoreRate: math.Inf(1), ReplayRate: math.Inf(1), Repository: none, Snapshots: hourly})
	observe(t, only, Options{Horizon: 102 * model.Day, Seed: 3, Runs: 20}, func(out *model.Outcome) {
		if l := out.Losses[len(out.Losses)-1]; l.Source != model.FromSnapshot || l.Total {
			t.Errorf("without other backups: %+v", l)
		}
	})
}

// Backups that an error can reach are ruined with it as often as said.
func TestErrorsRuinBackups(t *testing.T) {
	b := daily()
	b.Ruined = 0.3
	total, n := 0.0, 0.0
	observe(t, spoiltOnce(3600, b), Options{Horizon: 102 * model.Day, Seed: 3, Runs: 4000}, func(out *model.Outcome) {
		n++
		if out.Losses[len(out.Losses)-1].Total {
			total++
		}
	})
	near(t, "share without backups", total/n, 0.3, 4*math.Sqrt(0.21/n))
}

// Backups that stop working at rate λ unless a test every T finds it are of no use for a share
// 1 − (1 − e^(−λT))/(λT) of the time. Then an older one has to do; without tests, one from before they
// stopped, which was 1 − e^(−λt) likely by t.
func TestRestoreTestsFindBrokenBackups(t *testing.T) {
	const every = 90 * model.Day
	for _, c := range []struct {
		tests  model.Seconds
		broken float64
	}{{every, 1 + math.Expm1(-1.5)/1.5}, {0, 1 - math.Exp(-1.5*1000/90)}} {
		b := daily()
		b.Breaks, b.TestEvery = expLaw(every/1.5), c.tests
		if c.tests == 0 {
			b.Breaks = expLaw(2000 * model.Day)
			c.broken = 1 - math.Exp(-0.5)
		}
		old, n := 0.0, 0.0
		sys := stored(uniformLaw{1000 * model.Day, 1020 * model.Day}, b)
		observe(t, sys, Options{Horizon: 1030 * model.Day, Seed: 3, Runs: 4000}, func(out *model.Outcome) {
			n++
			if l := out.Losses[0]; l.Seconds > 26*model.Hour {
				old++
			}
		})
		near(t, "share restored from an older one", old/n, c.broken, 4*math.Sqrt(c.broken*(1-c.broken)/n)+0.005)
	}
}
