package engine

import (
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// away is three copies of which the last is down for some hours from the first on, now and then, and the others
// burn at a time.
func away(h model.Hints, mode model.FaultMode, burn model.Seconds, spells ...[2]model.Seconds) *model.System {
	sys := ring(3, 3, 2, model.Store{Hints: &h})
	for _, s := range spells {
		sys.Causes = append(sys.Causes, model.CommonCause{Name: "away from " + s[0].String(), Mode: mode, Probability: 1,
			Life: fixedLaw(s[0]), Repair: fixedLaw(s[1] - s[0]), Victims: []int32{2}, Once: true})
	}
	fire(sys, burn, 0, 1)
	return sys
}

func lostSeconds(t *testing.T, sys *model.System, horizon model.Seconds) (lost float64) {
	t.Helper()
	observe(t, sys, Options{Horizon: horizon, Seed: 1, Runs: 1}, func(out *model.Outcome) {
		for _, l := range out.Losses {
			if !l.Total {
				near(t, "seconds", 10*float64(l.Seconds), l.Transactions, 1e-6)
			}
			lost += l.Transactions / 10
		}
	})
	return lost
}

// A copy that was away for five hours got what was written in the first three of them. The other two go with the
// disks of the others: unless copies were compared meanwhile, or it was made anew, or all is kept for it.
func TestHintsEnd(t *testing.T) {
	const h = model.Hour
	three := model.Hints{For: 3 * h}
	for _, c := range []struct {
		what  string
		hints model.Hints
		mode  model.FaultMode
		burn  model.Seconds
		gone  [][2]model.Seconds
		want  model.Seconds
	}{
		{"away for no longer than that", three, model.OSCrash, 7 * h, [][2]model.Seconds{{h, 4 * h}}, 0},
		{"two hours longer", three, model.OSCrash, 7 * h, [][2]model.Seconds{{h, 6 * h}}, 2 * h},
		{"still away", three, model.OSCrash, 5 * h, [][2]model.Seconds{{h, 6 * h}}, 4 * h},
		{"away again for an hour", three, model.OSCrash, 10 * h, [][2]model.Seconds{{h, 6 * h}, {8 * h, 9 * h}}, 2 * h},
		{"away again for four", three, model.OSCrash, 13 * h, [][2]model.Seconds{{h, 6 * h}, {8 * h, 12 * h}}, 3 * h},
		{"nothing is kept", model.Hints{}, model.OSCrash, 7 * h, [][2]model.Seconds{{h, 6 * h}}, 5 * h},
		{"all is kept", model.Hints{For: 6 * h}, model.OSCrash, 7 * h, [][2]model.Seconds{{h, 6 * h}}, 0},
		{"made anew", three, model.MediaLoss, 7 * h, [][2]model.Seconds{{h, 6 * h}}, 0},
		{"repaired", model.Hints{For: 3 * h, RepairEvery: h / 2}, model.OSCrash, 7 * h, [][2]model.Seconds{{h, 6 * h}}, 0},
		{"repaired only while away", model.Hints{For: 3 * h, RepairEvery: h / 2}, model.OSCrash, 5.9 * h, [][2]model.Seconds{{h, 6 * h}}, 4.9 * h},
	} {
		t.Run(c.what, func(t *testing.T) {
			near(t, "seconds of writes lost", lostSeconds(t, away(c.hints, c.mode, c.burn, c.gone...), c.burn+60), float64(c.want), 1e-6)
		})
	}
}

// When copies are compared does not depend on who fails when: of those that burn half a period after a copy has
// returned, half lose what it lacks.
func TestRepairsKeepToTheirCalendar(t *testing.T) {
	const h = model.Hour
	sys, runs, lost := away(model.Hints{For: 3 * h, RepairEvery: 24 * h}, model.OSCrash, 18*h, [2]model.Seconds{h, 6 * h}), 2000, 0.0
	observe(t, sys, Options{Horizon: 19 * h, Seed: 3, Runs: runs}, func(out *model.Outcome) {
		for _, l := range out.Losses {
			near(t, "seconds", float64(l.Seconds), 7200, 1e-6)
			lost += 1 / float64(runs)
		}
	})
	near(t, "share of them", lost, 0.5, 0.04)
}

// Until it is repaired, a copy answers as any other. A third of the reads finds it, in the hour that is left.
func TestReadsOfACopyThatLacksHints(t *testing.T) {
	const h = model.Hour
	for _, c := range []struct {
		read  int
		every model.Seconds
		stale float64
	}{{1, 0, 1200}, {2, 0, 0}, {1, 60, 30}} {
		sys := away(model.Hints{For: 3 * h, RepairEvery: c.every}, model.OSCrash, model.Week, [2]model.Seconds{h, 6 * h})
		sys.Services[0].Policy = policies.Leaderless{Replicas: 3, Read: c.read, Write: 2}
		use := staleReads(t, sys, 7*h)
		if c.every > 0 {
			near(t, "seconds of stale reads before the next repair", float64(use.Stale), c.stale/3, c.stale/3)
			continue
		}
		most := 0.0
		if c.stale > 0 {
			most = 7200
		}
		wantReads(t, use, 7*3600, c.stale, 7200*c.stale, most)
	}
}

// A cut of 600 s, of whose first 200 s each side keeps what it writes for the other. Half of the clients write on
// each side, so that of either's writes 200 s are missing on the other until a repair.
func TestHintsOfBothSidesEnd(t *testing.T) {
	for every, want := range map[model.Seconds]float64{0: 200, 3600: 0} {
		sys := twoZones(policies.Leaderless{Replicas: 3, Read: 1, Write: 1}, []int32{0, 0, 1})
		sys.Services[0].Needed = 0
		sys.Services[0].Store = &model.Store{WriteRate: 10, Hints: &model.Hints{For: 200, RepairEvery: every}}
		fire(sys, model.Day+2*model.Hour, 0, 1)
		near(t, "seconds of writes lost with one side", lostSeconds(t, sys, model.Day+3*model.Hour), want, 1e-6)
	}
}

// What nobody had on disk goes with the power of those that have it, also if the third never heard of it: the least of
// two parts of ten seconds, a third of that on average.
func TestCachesWithWritesThatAThirdLacks(t *testing.T) {
	sys, runs, sum := ring(3, 3, 2, model.Store{Hints: &model.Hints{}, Durability: model.Periodic, FlushEvery: 10}), 2000, 0.0
	breaks(sys, 2, model.OSCrash, model.Hour, model.Day)
	sys.Causes = []model.CommonCause{{Name: "power", Mode: model.PowerLoss, Probability: 1, Life: fixedLaw(2 * model.Hour), Repair: fixedLaw(60), Victims: []int32{0, 1}, Once: true}}
	observe(t, sys, Options{Horizon: 2.5 * model.Hour, Seed: 2, Runs: runs}, func(out *model.Outcome) {
		for _, l := range out.Losses {
			sum += l.Transactions / 10 / float64(runs)
		}
	})
	near(t, "seconds of writes lost", sum, 10/3.0, 0.2)
}

// The loser of two writes may be one that others lack.
func TestOverwrittenGaps(t *testing.T) {
	r := &Runner{p: &Program{}, held: []float64{0, 1, 0, 3}, gaps: [][]gap{{{1, 2, 5}}}, groups: []group{{store: none}}, past: true}
	r.overwrite(0, &r.groups[0], &spread{copies: 2, parts: 1, forgets: true}, 6, 6)
	near(t, "what is left of 9 s", r.held[1]+r.held[3]+r.gaps[0][0].held, 3, 0)
}
