package engine

import (
	"math"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

const gib, mib = 1 << 30, 1 << 20

// stored is one unit with data that loses its media at a time drawn from a law and is replaced after an
// hour.
func stored(lost model.Distribution, b *model.Backups) *model.System {
	sys := farm(1, policies.ActiveActive{}, 1)
	sys.Components[0].Modes = []model.Mode{{Kind: model.MediaLoss, Life: lost, Repair: fixedLaw(3600)}}
	sys.Services[0].Store = &model.Store{WriteRate: 2, Backups: b}
	return sys
}

func daily() *model.Backups {
	return &model.Backups{Full: model.Schedule{Every: model.Day, Takes: 2 * model.Hour}, RestoreRate: math.Inf(1), ReplayRate: math.Inf(1), Repository: none}
}

// losses runs a system once per replication for long enough to have one loss each.
func losses(t *testing.T, sys *model.System, runs int) (all []model.Loss, down []float64) {
	t.Helper()
	observe(t, sys, Options{Horizon: 250 * model.Day, Seed: 4, Runs: runs}, func(out *model.Outcome) {
		for _, l := range out.Losses {
			if l.Source != model.FromCopy {
				all = append(all, l)
			}
		}
		d := 0.0
		for i := range out.Outages {
			d += float64(out.Outages[i].Down(out.Horizon))
		}
		down = append(down, d)
	})
	return all, down
}

func summary(all []model.Loss) (low, mean, high float64) {
	low = math.Inf(1)
	for _, l := range all {
		x := float64(l.Seconds)
		low, mean, high = min(low, x), mean+x/float64(len(all)), max(high, x)
	}
	return low, mean, high
}

var onceIn = uniformLaw{130 * model.Day, 240 * model.Day} // and not again before the end

// Mistake 11: what a backup loses is half its interval. Of a daily one that takes two hours it is 14 h on
// average, between 2 and 26; with a log shipped every minute, half a minute and the delay.
func TestAgeOfTheNewestBackup(t *testing.T) {
	all, _ := losses(t, stored(onceIn, daily()), 4000)
	low, mean, high := summary(all)
	if len(all) != 4000 || all[0].Source != model.FromBackup {
		t.Fatalf("%d losses, the first from a %v", len(all), all[0].Source)
	}
	near(t, "mean age in hours", mean/3600, 14, 0.4)
	near(t, "least age", low/3600, 2, 0.1)
	near(t, "greatest age", high/3600, 26, 0.1)

	b := daily()
	b.LogEvery, b.LogDelay = 60, 5
	all, _ = losses(t, stored(onceIn, b), 2000)
	low, mean, high = summary(all)
	near(t, "mean loss with a log", mean, 35, 1.6)
	near(t, "least", low, 5, 0.5)
	near(t, "greatest", high, 65, 0.5)
	if all[0].Source != model.FromLog || math.Abs(all[0].Transactions-2*float64(all[0].Seconds)) > 1e-6 {
		t.Errorf("%+v", all[0])
	}
}

// Mistake 11: a restoration is free. 600 GiB at 150 MiB/s take 68 min, and the log of half a day more.
func TestRestoringTakesTime(t *testing.T) {
	b := daily()
	b.Size, b.RestoreRate = 600*gib, 150*mib
	_, down := losses(t, stored(onceIn, b), 10)
	near(t, "down in minutes", down[0]/60, 60+600*1024/150.0/60, 1e-3)

	b.LogEvery, b.Growth, b.ReplayRate = 1, 10*mib, 40*mib
	_, down = losses(t, stored(onceIn, b), 4000)
	mean := 0.0
	for _, d := range down {
		mean += d / 4000
	}
	near(t, "with 14 h of log at a quarter of its speed", mean, 3600+4096+14*3600/4.0, 400)
}

// A repository that burns with the data is none; failed copies cost a day each, failed attempts time too.
func TestBackupsThatFail(t *testing.T) {
	b := daily()
	b.Repository = 0
	all, _ := losses(t, stored(onceIn, b), 5)
	for _, l := range all {
		if !l.Total || l.Source != model.FromNowhere {
			t.Fatalf("from a repository that burned with the data: %+v", l)
		}
	}
	b = daily()
	b.CopyFails = 0.5
	all, _ = losses(t, stored(onceIn, b), 4000)
	_, mean, _ := summary(all)
	near(t, "with every other copy bad, one more day on average", mean/3600, 14+24, 1.6)

	b = daily()
	b.RestoreFails, b.Size, b.RestoreRate = 0.5, 3600, 1
	all, down := losses(t, stored(onceIn, b), 4000)
	_, mean, _ = summary(all)
	near(t, "with every other attempt failing", mean/3600, 14+24, 1.6)
	sum := 0.0
	for _, d := range down {
		sum += d / 4000 / 3600
	}
	near(t, "hours down: the repair and two attempts", sum, 1+2, 0.1)

	b = daily()
	b.Retention, b.CopyFails = 2*model.Day, 1
	all, _ = losses(t, stored(onceIn, b), 5)
	if !all[0].Total {
		t.Errorf("nothing usable is kept: %+v", all[0])
	}
}

// Differentials and incrementals bring the point closer and cost their size.
func TestChainsOfBackups(t *testing.T) {
	for _, kind := range []string{"differential", "incremental"} {
		b := daily()
		b.Full = model.Schedule{Every: 8 * model.Day}
		more := model.Schedule{Every: model.Day}
		if kind == "differential" {
			b.Differential = more
		} else {
			b.Incremental = more
		}
		b.Size, b.Growth, b.RestoreRate = 1e6, 1, 1e3
		all, down := losses(t, stored(onceIn, b), 4000)
		_, mean, _ := summary(all)
		// 12 h, but for one day in eight, in which the full backup may be newer: then a third of a day.
		near(t, kind+": mean loss in hours", mean/3600, 12*7/8.0+8/8.0, 0.3)
		took := 0.0
		for _, d := range down {
			took += d / 4000
		}
		// What has changed since the full backup is some 3.5 days of growth, in one piece or several.
		near(t, kind+": mean time to restore", took, 3600+1e3+3.5*86400*1e-3, 10)
	}
}

// Mistake 10: replication protects from DELETE. Five replicas lose as much as one; backups and a delayed
// replica change it.
func TestReplicasDoNotUndoErrors(t *testing.T) {
	for _, c := range []struct {
		name     string
		replicas int
		backups  bool
		delayed  model.Seconds
		salvage  float64
		total    bool
		lost     float64
		source   model.Source
	}{
		{"one", 1, false, 0, 0, true, math.Inf(1), model.FromNowhere},
		{"five", 5, false, 0, 0, true, math.Inf(1), model.FromNowhere},
		{"five with a log", 5, true, 0, 0, false, 3600 + 600, model.FromLog},
		{"five with a log and salvage", 5, true, 0, 0.75, false, 0.25 * (3600 + 600), model.FromLog},
		{"a delayed replica", 2, false, 7200, 0, false, 3600 + 600, model.FromDelayed},
		{"one that has not yet applied what is noticed", 2, false, 3601, 0, false, 3600 + 600, model.FromDelayed},
		{"one that is not delayed enough", 2, false, 3599, 0, true, math.Inf(1), model.FromNowhere},
	} {
		sys := farm(c.replicas, &policies.ActivePassive{Alpha: 1, Success: 1}, 1)
		for i := range sys.Components {
			sys.Components[i].Modes = nil
		}
		store := &model.Store{WriteRate: 1, Errors: &model.DataErrors{Life: fixedLaw(150 * model.Day), Noticed: fixedLaw(3600),
			Decide: fixedLaw(600), Salvage: c.salvage, DelayedBy: c.delayed, DelayedTakes: fixedLaw(300), Serves: model.ServesNothing}}
		if c.backups {
			b := daily()
			b.LogEvery, b.Size, b.RestoreRate = 10, 1800, 1
			store.Backups = b
		}
		sys.Services[0].Store = store
		observe(t, sys, Options{Horizon: 200 * model.Day, Seed: 1, Runs: 20}, func(out *model.Outcome) {
			if len(out.Losses) != 1 {
				t.Fatalf("%s: %d losses", c.name, len(out.Losses))
			}
			l := out.Losses[0]
			if l.Total != c.total || l.Source != c.source || math.Abs(float64(l.Seconds)-c.lost) > 1e-3 {
				t.Errorf("%s: %+v, want %v s from %v", c.name, l, c.lost, c.source)
			}
			if want := map[model.Source]float64{model.FromLog: 1800, model.FromDelayed: 300}[c.source]; math.Abs(float64(out.Unserved[0])-want) > 1e-3 {
				t.Errorf("%s: unserved %v, want %v", c.name, out.Unserved[0], want)
			}
		})
	}
}

// A copy that lost its media must be made anew before it may lead: a second fault meanwhile finds nobody.
func TestRebuildingCopiesCannotLead(t *testing.T) {
	for _, c := range []struct {
		rebuild *model.Rebuild
		down    float64
	}{
		{nil, 0}, {&model.Rebuild{FullCopy: fixedLaw(3600)}, 0}, {&model.Rebuild{FullCopy: fixedLaw(5 * model.Hour)}, 7200},
	} {
		sys := farm(2, &policies.ActivePassive{Alpha: 1, Success: 1}, 1)
		sys.Components[0].Modes = []model.Mode{{Kind: model.OSCrash, Life: fixedLaw(30 * model.Hour), Repair: fixedLaw(7200)}}
		sys.Components[1].Modes = []model.Mode{{Kind: model.MediaLoss, Life: fixedLaw(26 * model.Hour), Repair: fixedLaw(3600)}}
		sys.Services[0].Store = &model.Store{WriteRate: 1, Rebuild: c.rebuild}
		observe(t, sys, Options{Horizon: 2 * model.Day, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			near(t, "down", float64(out.Unserved[0]), c.down, 1e-3)
		})
	}
}

// What a restoration loses is counted in writes: while a store was down it took none.
func TestRestoringAcrossAPause(t *testing.T) {
	sys := stored(fixedLaw(20*model.Hour), daily())
	sys.Components[0].Modes = append(sys.Components[0].Modes, model.Mode{Kind: model.OSCrash, Life: fixedLaw(12 * model.Hour), Repair: fixedLaw(4 * model.Hour)})
	seen := 0
	observe(t, sys, Options{Horizon: 26 * model.Hour, Seed: 1, Runs: 200}, func(out *model.Outcome) {
		l := out.Losses[len(out.Losses)-1]
		if l.Transactions == 0 {
			t.Fatalf("losses %+v, want one at the end", out.Losses)
		}
		point := 24*model.Hour - l.Seconds
		pause := 16*model.Hour - max(12*model.Hour, min(16*model.Hour, point))
		writes := l.Seconds - pause + min(0, point) // before the start there were none
		near(t, "transactions", l.Transactions, 2*float64(writes), 1e-3)
		if pause > 0 {
			seen++
		}
	})
	if seen < 20 {
		t.Errorf("only %d restorations across the pause", seen)
	}
}

// A schedule that begins anew with every restoration: what is lost is the time since the restoration, modulo
// the interval. Of lives that are exponential with mean M that is 1/λ − I/(e^(λI) − 1) on average, and if no later
// backup can be used, all that was written since.
func TestSchedulesThatRestart(t *testing.T) {
	const mean, every = 200.0, 24.0
	for _, c := range []struct {
		fails, want, most float64
	}{{0, mean - every/(math.Exp(every/mean)-1), every}, {1 - 1e-12, mean, math.Inf(1)}} {
		b := daily()
		b.Full.Takes, b.SinceRestore, b.CopyFails = 0, true, c.fails
		sum, n, longest := 0.0, 0, 0.0
		observe(t, stored(expLaw(mean*3600), b), Options{Horizon: 300 * mean * 3600, Seed: 5, Runs: 60}, func(out *model.Outcome) {
			for _, l := range out.Losses {
				sum, n, longest = sum+float64(l.Seconds)/3600, n+1, max(longest, float64(l.Seconds)/3600)
			}
		})
		near(t, "hours lost", sum/float64(n), c.want, 0.04*c.want)
		if n < 15000 || longest > c.most+1e-6 {
			t.Errorf("%d losses, the longest of %v hours; want at most %v", n, longest, c.most)
		}
	}
}

// The state of hour 24 is brought back at hour 41, with which a new schedule begins. The primary dies in hour 45, and
// history goes on from a copy that has been down all the while; then that one loses its disk, before it has written.
// What the copy had and the restored state shares counts as acknowledged when that was brought back; and the restored
// state is still there to be restored again.
func TestARestoredStateIsThereWhateverIsPromoted(t *testing.T) {
	for fell, lost := range map[model.Seconds]float64{20: 25, 30: 4} {
		sys := pairFailing(1, 45*model.Hour, model.Store{Candidates: model.Candidates{MaxLag: model.Year},
			Backups: &model.Backups{Full: model.Schedule{Every: model.Day, Takes: model.Hour}, SinceRestore: true, Prepare: fixedLaw(3600),
				RestoreRate: 1, ReplayRate: 1, Repository: none},
			Errors: &model.DataErrors{Life: fixedLaw(40 * model.Hour), Noticed: fixedLaw(0), Serves: model.ServesNothing}})
		sys.Services[0].Policy.(*policies.ActivePassive).Redirect = fixedLaw(600)
		breaks(sys, 1, model.OSCrash, fell*model.Hour, (46-fell)*model.Hour)
		breaks(sys, 1, model.MediaLoss, fell*model.Hour+300, model.Hour)
		once(t, sys, 50*model.Hour, func(out *model.Outcome) {
			if len(out.Losses) != 3 {
				t.Fatalf("down since %v h: losses %+v, want three", float64(fell), out.Losses)
			}
			near(t, "hours undone", float64(out.Losses[0].Seconds)/3600, 16, 1e-9)
			near(t, "hours lost with the primary", float64(out.Losses[1].Seconds)/3600, lost, 1e-9)
			if last := out.Losses[2]; last.Total || last.Source != model.FromBackup || last.Seconds != 0 {
				t.Errorf("down since %v h: %+v, want the state that had been restored, and nothing lost", float64(fell), last)
			}
		})
	}
}
