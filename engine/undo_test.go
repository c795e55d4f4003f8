package engine

import (
	"math"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// wrongOnce is one unit that takes two writes a second and whose data an error spoils after 150 days: a twentieth of
// it. The error is noticed an hour later, and after ten minutes more it is decided to undo it. A backup with its log
// takes half an hour. Its first journey writes, its second reads.
func wrongOnce(b *model.Backups) *model.System {
	sys := stored(fixedLaw(1000*model.Day), b)
	if b != nil {
		b.LogEvery, b.Size, b.RestoreRate = 1, 1800, 1
	}
	sys.Services[0].Store.Errors = &model.DataErrors{Life: fixedLaw(150 * model.Day), Noticed: fixedLaw(3600), Decide: fixedLaw(600),
		Share: 0.05, Serves: model.ServesNothing, DelayedTakes: fixedLaw(300)}
	read := sys.Journeys[0]
	read.Name, read.Needs = "read", []model.Dependency{{Need: model.Need{Ref: 0, Access: model.Read}}}
	sys.Journeys = append(sys.Journeys, read)
	return sys
}

// Which way back is taken, how long each takes, who is served meanwhile, and what each costs (R39). What is repaired
// in place, or put into data that was served all along, costs the harmed share of the writes until it is done; going
// back as a whole costs all writes until it begins.
func TestWaysBackFromErrors(t *testing.T) {
	const age = 4200 // of the error when undoing it begins
	all, reads, nothing := model.ServesAll, model.ServesReads, model.ServesNothing
	for _, c := range []struct {
		name          string
		flashback     bool
		retention     model.Seconds
		during        model.Serves // of the flashback
		delayed       model.Seconds
		backups       bool
		serves        model.Serves // of other ways
		salvage       float64
		source        model.Source
		lost          float64 // seconds
		writes        float64 // transactions
		took          float64
		writing, read float64 // unserved
	}{
		{"flashback", true, 0, all, 0, false, nothing, 0, model.FromFlashback, age + 900, 0.05 * 2 * (age + 900), 900, 0, 0},
		{"flashback before all else", true, age, all, 3600, true, nothing, 0, model.FromFlashback, age + 900, 510, 900, 0, 0},
		{"flashback of a table in use", true, age, reads, 0, true, all, 0, model.FromFlashback, age, 0.05 * 2 * age, 900, 900, 0},
		{"flashback of a store that stops", true, 0, nothing, 0, true, all, 0, model.FromFlashback, age, 420, 900, 900, 900},
		{"flashback with salvage", true, 0, all, 0, false, nothing, 0.4, model.FromFlashback, 0.6 * (age + 900), 0.6 * 510, 900, 0, 0},
		{"too late for flashback", true, age - 1, all, 3600, true, nothing, 0, model.FromDelayed, age, 2 * age, 300, 300, 300},
		{"a delayed replica that is merged", true, age - 1, all, 3600, true, all, 0, model.FromDelayed, age + 300, 0.05 * 2 * (age + 300), 300, 0, 0},
		{"too late for both", true, age - 1, all, 3599, true, nothing, 0, model.FromLog, age, 2 * age, 1800, 1800, 1800},
		{"a backup, while reads go on", false, 0, all, 0, true, reads, 0, model.FromLog, age, 2 * age, 1800, 1800, 0},
		{"a backup that is merged", false, 0, all, 0, true, all, 0.5, model.FromLog, 0.5 * (age + 1800), 0.5 * 0.05 * 2 * (age + 1800), 1800, 0, 0},
		{"nothing", true, age - 1, all, 3599, false, all, 0, model.FromNowhere, math.Inf(1), 0.05 * 2 * (150*86400 + age), 0, 0, 0},
	} {
		var b *model.Backups
		if c.backups {
			b = daily()
		}
		sys := wrongOnce(b)
		e := sys.Services[0].Store.Errors
		if e.Serves, e.Salvage, e.DelayedBy = c.serves, c.salvage, c.delayed; c.flashback {
			e.Flashback = &model.Flashback{Retention: c.retention, Takes: fixedLaw(900), Serves: c.during}
		}
		observe(t, sys, Options{Horizon: 151 * model.Day, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			if len(out.Losses) != 1 {
				t.Fatalf("%s: losses %+v, want one", c.name, out.Losses)
			}
			l := &out.Losses[0]
			if l.Source != c.source || l.Total != (c.source == model.FromNowhere) || l.Damage != model.Spoilt || l.Initiator != sys.ServiceElement(0) {
				t.Errorf("%s: %+v, want it from %v", c.name, l, c.source)
			}
			if lost := float64(l.Seconds); lost != c.lost && !(math.Abs(lost-c.lost) < 1e-5) {
				t.Errorf("%s: lost %v s, want %v", c.name, lost, c.lost)
			}
			near(t, c.name+": transactions", l.Transactions, c.writes, 1e-4)
			near(t, c.name+": took", float64(l.Took), c.took, 1e-5)
			near(t, c.name+": writes not served", float64(out.Unserved[0]), c.writing, 1e-5)
			near(t, c.name+": reads not served", float64(out.Unserved[1]), c.read, 1e-5)
			if c.writing > 0 && len(out.Outages) > 0 && math.Abs(float64(out.Outages[0].Phases[model.Activation])-c.writing) > 1e-5 {
				t.Errorf("%s: phases %v, want activation", c.name, out.Outages[0].Phases)
			}
		})
	}
}

// What is being put right when the store fails is put right from the beginning as soon as that is back.
func TestRepairInPlaceBeginsAgain(t *testing.T) {
	sys := wrongOnce(nil)
	sys.Components[0].Modes = []model.Mode{{Kind: model.OSCrash, Life: fixedLaw(150*model.Day + 4300), Repair: fixedLaw(90)}}
	sys.Services[0].Store.Errors.Flashback = &model.Flashback{Takes: fixedLaw(900)}
	observe(t, sys, Options{Horizon: 151 * model.Day, Seed: 1, Runs: 1}, func(out *model.Outcome) {
		l := out.Losses[len(out.Losses)-1]
		if l.Source != model.FromFlashback || l.Damage != model.Spoilt {
			t.Fatalf("%+v", out.Losses)
		}
		near(t, "done at", float64(l.At), 150*86400+4300+90+900, 1e-5)
		near(t, "transactions", l.Transactions, 0.05*2*(4300+900), 1e-4) // none while it was down
		near(t, "down", float64(out.Unserved[0]), 90, 1e-5)
	})
}

// Data that is restored as it was before an error has not got it any more; as it was after, it has.
func TestRestoringOlderDataUndoesErrors(t *testing.T) {
	for _, c := range []struct {
		log    model.Seconds
		spoilt int
	}{{0, 0}, {1, 1}} { // the newest backup is from before the error, or the log has come further
		b := daily()
		b.Full.Every, b.LogEvery, b.SinceRestore, b.Full.Takes = 1000*model.Day, c.log, true, 0
		sys := stored(fixedLaw(150*model.Day+600), b)
		sys.Services[0].Store.Errors = &model.DataErrors{Life: fixedLaw(150 * model.Day), Noticed: fixedLaw(7200), Serves: model.ServesNothing}
		observe(t, sys, Options{Horizon: 151 * model.Day, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			spoilt := 0
			for _, l := range out.Losses {
				if l.Damage == model.Spoilt {
					spoilt++
				}
			}
			if spoilt != c.spoilt || len(out.Losses) != 1+c.spoilt {
				t.Errorf("log %v: %+v, want %d errors undone", c.log, out.Losses, c.spoilt)
			}
		})
	}
}

// A restoration that takes no time is over after the instant in which it begins, whatever the clock shows.
func TestRestoringMovesTheClock(t *testing.T) {
	for _, years := range []model.Seconds{1, 1000, 100_000} {
		sys := stored(fixedLaw(years*model.Year), daily())
		observe(t, sys, Options{Horizon: years*model.Year + model.Day, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			if len(out.Losses) != 1 || len(out.Outages) != 1 {
				t.Fatalf("after %v years: losses %+v, outages %+v", float64(years), out.Losses, out.Outages)
			}
			if took := out.Losses[0].Took; !(took > 0) || took > 0.001 {
				t.Errorf("after %v years: took %v", float64(years), float64(took))
			}
		})
	}
}

// A quorum that is without a leader since the caches of all were lost elects one first.
func TestErrorsAreUndoneUnderALeader(t *testing.T) {
	sys := voters(model.Store{Durability: model.Periodic, FlushEvery: 10, Errors: &model.DataErrors{Life: fixedLaw(3000), Decide: fixedLaw(1100),
		Serves: model.ServesNothing, Flashback: &model.Flashback{Takes: fixedLaw(100)}}})
	sys.Causes = []model.CommonCause{{Name: "power", Mode: model.PowerLoss, Probability: 1, Life: fixedLaw(3600), Repair: fixedLaw(600), Victims: []int32{0, 1, 2}}}
	observe(t, sys, Options{Horizon: 1.5 * model.Hour, Seed: 2, Runs: 20}, func(out *model.Outcome) {
		l := out.Losses[len(out.Losses)-1]
		if l.Damage != model.Spoilt || l.Source != model.FromFlashback {
			t.Fatalf("%+v", out.Losses)
		}
		near(t, "undone after the election of a second", float64(l.At), 3600+600+1+100, 1e-5)
	})
}

// Nobody goes back to what was backed up while the data was wrong (R36), in which way ever it was backed up and put
// right: whatever the calendar, what comes back after media were lost is from before the error or from after it was
// undone. Some of the last backups and segments of the log are from between.
func TestBackupsOfWrongData(t *testing.T) {
	const wrong, right, lost = 150 * 86400.0, 150*86400.0 + 30*3600, 150*86400.0 + 31*3600
	for name, change := range map[string]func(*model.Backups){
		"full": func(b *model.Backups) {},
		"differential": func(b *model.Backups) {
			b.Full.Every, b.Differential = 10*model.Day, model.Schedule{Every: 6 * model.Hour}
		},
		"incremental": func(b *model.Backups) {
			b.Full.Every, b.Incremental = 10*model.Day, model.Schedule{Every: 6 * model.Hour}
		},
		"log": func(b *model.Backups) { b.LogEvery = 4 * model.Hour },
	} {
		b := daily()
		change(b)
		sys := stored(fixedLaw(lost), b)
		sys.Services[0].Store.Errors = &model.DataErrors{Life: fixedLaw(wrong), Noticed: fixedLaw(30 * 3600), Serves: model.ServesAll, Flashback: &model.Flashback{}}
		before, after := 0, 0
		observe(t, sys, Options{Horizon: 152 * model.Day, Seed: 3, Runs: 100}, func(out *model.Outcome) {
			if len(out.Losses) != 2 || out.Losses[1].Damage == model.Spoilt || out.Losses[1].Total {
				t.Fatalf("%s: %+v", name, out.Losses)
			}
			switch point := lost - float64(out.Losses[1].Seconds); {
			case point <= wrong+1e-3:
				before++
			case point < right:
				t.Errorf("%s: back to %v h after the error, which was undone %v h after it", name, (point-wrong)/3600, (right-wrong)/3600)
			default:
				after++
			}
		})
		if before == 0 || after == 0 && name != "full" { // which takes two hours, and there was one
			t.Errorf("%s: %d times back to before the error, %d times to after it", name, before, after)
		}
	}
}

// The same with snapshots: the second error is undone from one that was made before the first, or after that was undone.
func TestSnapshotsOfWrongData(t *testing.T) {
	const hour = 3600.0
	sys := stored(fixedLaw(1000*model.Day), &model.Backups{RestoreRate: math.Inf(1), ReplayRate: math.Inf(1), Repository: none,
		Snapshots: model.Snapshots{Every: 5 * model.Hour}})
	sys.Services[0].Store.Errors = &model.DataErrors{Life: fixedLaw(4 * hour), Noticed: fixedLaw(10 * hour), Serves: model.ServesAll}
	before, after := 0, 0
	observe(t, sys, Options{Horizon: 29 * model.Hour, Seed: 3, Runs: 100}, func(out *model.Outcome) {
		if len(out.Losses) != 2 || out.Losses[1].Source != model.FromSnapshot {
			t.Fatalf("%+v", out.Losses)
		}
		switch point := 28*hour - float64(out.Losses[1].Seconds); {
		case out.Losses[0].Total: // there had been no snapshot, and what was bad stays so
		case point <= 4*hour:
			before++
		case point >= 14*hour && point <= 18*hour:
			after++
		default:
			t.Errorf("back to %v h", point/hour)
		}
	})
	if before == 0 || after == 0 {
		t.Errorf("%d times to before the first error, %d times to after it", before, after)
	}
}

// Going back takes what prepares it, what is restored and what is replayed, one after the other (R37). Backups that are
// kept for less time than it takes to notice an error and to decide are of no help (R36): here the newest that is
// complete began a day before the error.
func TestRetentionOutlastsNoticing(t *testing.T) {
	const age, day = 4200, 86400.0
	for _, c := range []struct {
		retention model.Seconds
		total     bool
		took      float64
		writes    float64
	}{
		{day + age, false, 700 + 1800 + 2*day/100, 2 * age},
		{day + age - 1, true, 700, 0.05 * 2 * (150*day + age)},
	} {
		b := daily()
		b.SinceRestore, b.Prepare, b.Growth, b.ReplayRate, b.Retention = true, fixedLaw(700), 2, 100, c.retention
		observe(t, wrongOnce(b), Options{Horizon: 151 * model.Day, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			if len(out.Losses) != 1 || out.Losses[0].Total != c.total {
				t.Fatalf("kept for %v s: %+v", float64(c.retention), out.Losses)
			}
			near(t, "took", float64(out.Losses[0].Took), c.took, 1e-5)
			near(t, "transactions", out.Losses[0].Transactions, c.writes, 1e-3)
		})
	}
}

// An older state that takes the place of all that there is makes copies of it anew: until then a primary that waits
// for one takes no writes. What is put right in place comes to them as other writes do.
func TestCopiesOfWhatIsReplaced(t *testing.T) {
	for _, c := range []struct {
		name      string
		serves    model.Serves
		rebuild   *model.Rebuild
		flashback bool
		blocked   float64
	}{
		{"a stop", model.ServesNothing, nil, false, 300},
		{"a stop, and copies", model.ServesNothing, &model.Rebuild{FullCopy: fixedLaw(1800)}, false, 300 + 1800},
		{"reads, and copies", model.ServesReads, &model.Rebuild{FullCopy: fixedLaw(1800)}, false, 300 + 1800},
		{"a merge", model.ServesAll, &model.Rebuild{FullCopy: fixedLaw(1800)}, false, 0},
		{"a flashback that stops it", model.ServesAll, &model.Rebuild{FullCopy: fixedLaw(1800)}, true, 900},
	} {
		sys := farm(2, &policies.ActivePassive{Alpha: 1, Success: 1}, 1)
		for i := range sys.Components {
			sys.Components[i].Modes = nil
		}
		e := &model.DataErrors{Life: fixedLaw(150 * model.Day), Noticed: fixedLaw(3600), Serves: c.serves, DelayedBy: model.Day, DelayedTakes: fixedLaw(300)}
		if c.flashback {
			e.Flashback = &model.Flashback{Takes: fixedLaw(900), Serves: model.ServesNothing}
		}
		sys.Services[0].Store = &model.Store{WriteRate: 1, Mode: model.Sync, Acks: 1, Errors: e, Rebuild: c.rebuild}
		observe(t, sys, Options{Horizon: 151 * model.Day, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			if len(out.Losses) != 1 {
				t.Fatalf("%s: %+v", c.name, out.Losses)
			}
			near(t, c.name+": seconds without writes", float64(out.Unserved[0]), c.blocked, 1e-5)
		})
	}
}

// While data is brought back, that is what is in the way, and no wait for copies, which nobody can give anything (R37).
func TestRestoringIsNoWaitForCopies(t *testing.T) {
	for _, mode := range []model.ReplicationMode{model.Async, model.Sync, model.SyncFallback} {
		sys := wrongOnce(daily())
		one := sys.Components[0]
		one.Name, one.Modes = "spare", nil
		sys.Components = append(sys.Components, one)
		s := &sys.Services[0]
		s.Policy, s.Needed = &policies.ActivePassive{Alpha: 1, Success: 1}, 1
		s.Members = append(s.Members, model.Member{Component: int32(len(sys.Components) - 1), Host: s.Members[0].Host})
		s.Store.Mode, s.Store.Acks, s.Store.FallbackAfter = mode, 1, fixedLaw(10)
		observe(t, sys, Options{Horizon: 151 * model.Day, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			if len(out.Losses) != 1 || out.Losses[0].Source != model.FromLog {
				t.Fatalf("%v: losses %+v, want one that the log makes good", mode, out.Losses)
			}
			for i := range out.Outages {
				for phase, took := range out.Outages[i].Phases {
					if model.Phase(phase) != model.Activation && took != 0 {
						t.Errorf("%v: %v s of %v, want activation only", mode, took, model.Phase(phase))
					}
				}
			}
			near(t, mode.String()+": unserved", float64(out.Unserved[0]), 1800, 1e-3)
		})
	}
}
