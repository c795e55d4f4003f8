package engine

import (
	"fmt"
	"math"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// staleReads is what was read of the first service in one replication.
func staleReads(t *testing.T, sys *model.System, horizon model.Seconds) (use model.StaleReads) {
	t.Helper()
	observe(t, sys, Options{Horizon: horizon, Seed: 1, Runs: 1}, func(out *model.Outcome) { use = out.Stale[0] })
	return use
}

func wantReads(t *testing.T, got model.StaleReads, served, stale, lacked, most float64) {
	t.Helper()
	near(t, "seconds in which reads were answered", float64(got.Served), served, 1e-4)
	near(t, "those from copies that lacked something", float64(got.Stale), stale, 1e-4)
	near(t, "integral of what they lacked", got.Lacked, lacked, max(1e-3, 1e-6*lacked))
	near(t, "most lacked", float64(got.Most), most, 1e-4)
}

// fails100 is a pair of which the primary dies after an hour, and the standby is promoted after 100 s.
func fails100(store model.Store) *model.System {
	sys := onceDown(fixedLaw(model.Hour), &policies.ActivePassive{Alpha: 1, Success: 1, Activate: policies.Steps{fixedLaw(100)}})
	store.WriteRate = 10
	sys.Services[0].Store, sys.Services[0].StandbyReads = &store, true
	return sys
}

// While nobody leads, the standby is behind by its lag: for all of the 100 s and no longer. One that has
// everything, or is not asked, is not stale.
func TestStandbyIsReadWithItsLag(t *testing.T) {
	wantReads(t, staleReads(t, fails100(model.Store{Lag: fixedLaw(7)}), 7200), 7200, 100, 700, 7)
	wantReads(t, staleReads(t, fails100(model.Store{Mode: model.Sync, Acks: 1, Lag: fixedLaw(7)}), 7200), 7200, 0, 0, 0)
	wantReads(t, staleReads(t, fails100(model.Store{}), 7200), 7200, 0, 0, 0)
	wantReads(t, staleReads(t, fails100(model.Store{Lag: fixedLaw(7)}), 3650), 3650, 50, 350, 7)
	sys := fails100(model.Store{Lag: fixedLaw(7)})
	sys.Services[0].StandbyReads = false
	observe(t, sys, Options{Horizon: 7200, Seed: 1, Runs: 1}, func(out *model.Outcome) {
		if len(out.Stale) != 0 {
			t.Errorf("%+v of a store that only its primary is read from", out.Stale)
		}
	})
}

// A fibre is cut for 600 s, a day after the start. The half of the clients on the far side reads there what
// grows older by a second per second, from 5 s on: half of ∫(5+t)dt. Then the copy catches up, and is not asked.
func TestCutOffStandbyGrowsOlder(t *testing.T) {
	manual := &policies.ActivePassive{Alpha: 1, Success: 1}
	for _, lag := range []float64{0, 5} {
		sys := twoZones(manual, []int32{0, 1})
		sys.Services[0].Store, sys.Services[0].StandbyReads = &model.Store{WriteRate: 1, Lag: fixedLaw(lag), TakesIn: 3}, true
		sys.Services[0].Detector, sys.Services[0].Observer = policies.Heartbeat{Timeout: model.Hour}, model.ByPeers
		day := float64(model.Day)
		wantReads(t, staleReads(t, sys, 36*model.Hour), 1.5*day, 300, (600*lag+600*600/2)/2, 600+lag)
	}
}

// The primary dies 100 s after the fibre is mended, when of the 605 s it lacked and the 100 s written since the copy has taken in 300. Once
// nobody writes any more it can get no further.
func TestReadsOfACopyThatCatchesUp(t *testing.T) {
	sys := twoZones(&policies.ActivePassive{Alpha: 1, Success: 1, Activate: policies.Steps{fixedLaw(50)}}, []int32{0, 1})
	sys.Services[0].Store, sys.Services[0].StandbyReads = &model.Store{WriteRate: 1, Lag: fixedLaw(5), TakesIn: 3,
		Candidates: model.Candidates{MaxLag: model.Day}}, true
	sys.Services[0].Detector, sys.Services[0].Observer = policies.After{Down: fixedLaw(1e-3)}, model.ByEveryone
	breaks(sys, 0, model.OSCrash, model.Day+700, model.Week)
	wantReads(t, staleReads(t, sys, model.Day+750), float64(model.Day)+750, 300+50, (600*5+600*600/2)/2+50*405, 605)
}

// Clients move to the new primary evenly over 100 s. Those who have not are answered by the third member, which
// follows the new one 4 s behind: half of 100 s.
func TestReadsWhileClientsMove(t *testing.T) {
	sys := farm(3, &policies.ActivePassive{Alpha: 1, Success: 1, Redirect: fixedLaw(100), RedirectRamp: true}, 1)
	for i := range sys.Components {
		sys.Components[i].Modes = nil
	}
	breaks(sys, 0, model.OSCrash, model.Hour, model.Week)
	sys.Services[0].Store, sys.Services[0].StandbyReads = &model.Store{WriteRate: 1, Lag: fixedLaw(4)}, true
	wantReads(t, staleReads(t, sys, 7200), 7200, 50, 200, 4)
}

// One of three copies is cut off with half of the clients, for 600 s. With R = W = 1 both sides write half and
// read what the other side's half does not have: ∫t/2 dt. Where reads and writes meet, nothing is stale.
func TestLeaderlessReadsAcrossACut(t *testing.T) {
	for _, c := range []struct {
		read, write         int
		served, stale, area float64
		most                float64
	}{
		{1, 1, 600, 600, 600 * 600 / 4, 300},
		{1, 2, 600, 300, 600 * 600 / 8, 300},
		{1, 3, 600, 0, 0, 0},
		{2, 1, 300, 300, 600 * 600 / 8, 300},
		{2, 2, 300, 0, 0, 0},
	} {
		t.Run(fmt.Sprint("R", c.read, "W", c.write), func(t *testing.T) {
			sys := twoZones(policies.Leaderless{Replicas: 3, Read: c.read, Write: c.write}, []int32{0, 0, 1})
			sys.Services[0].Store = &model.Store{WriteRate: 1}
			wantReads(t, staleReads(t, sys, 36*model.Hour), 1.5*float64(model.Day)-600+c.served, c.stale, c.area, c.most)
		})
	}
}

// A copy's chance of being among those that are asked counts: clients reach b and c of three, others wrote to a
// and b. R = 1 finds b half of the time, R = 2 always.
func TestLeaderlessReadsFindCopiesByChance(t *testing.T) {
	r := &Runner{p: &Program{}, held: make([]float64, 8), holders: make([]holder, 3)}
	s := spread{copies: 3, parts: 1, takes: 1, fresh: 0b111}
	s.apart[0] = side{members: 0b110, share: 1}
	r.spreads, r.held[0b011], r.held[0b001] = []spread{s}, 8, 4
	for read, want := range map[int32][2]float64{1: {1, (4 + 12) / 2.0}, 2: {1, 4}} {
		x := staleness{}
		r.readSpread(&group{n: 3, copies: 3, copiesRead: read, copiesWrite: 1, spread: 0}, &x)
		use := model.StaleReads{}
		x.lacks.reset()
		for i := range x.reads {
			x.reads[i].book(&use, &x.lacks, 0, 10)
		}
		wantReads(t, use, 10, 10*want[0], 10*want[1], map[int32]float64{1: 12, 2: 4}[read])
	}
}

// What a copy lacks shrinks by what it takes in beyond what is written, or all of it once nobody writes.
func TestCopyThatCatchesUpGetsFresher(t *testing.T) {
	r := &Runner{copies: []replica{{}, {position: 60, takesIn: 3, chasing: true}}}
	for writing, want := range map[bool]float64{true: -2, false: -3} {
		s := store{written: 100, writing: writing}
		seconds, perSecond := r.lacks(&group{}, &s, &staleness{}, 1, false)
		near(t, "lacks", seconds, 40, 0)
		near(t, "per second", perSecond, want, 0)
	}
}

// What is booked is what many small steps add up to.
func TestReadingsAreIntegrals(t *testing.T) {
	dice := streamOf(1, 2)
	for range 200 {
		a := reading{share: dice.uniform(), stale: 1, shrinks: dice.uniform() / 10, lacks: 10 * dice.uniform(), falls: 4*dice.uniform() - 2}
		from, to := dice.uniform(), 1+9*dice.uniform()
		var use model.StaleReads
		var h lacks
		h.reset()
		a.book(&use, &h, from, to)
		stale, area, most, n := 0.0, 0.0, 0.0, 20000
		step := (to - from) / float64(n)
		for i := range n {
			at := from + (float64(i)+0.5)*step
			if l := a.lacks + a.falls*at; l > 0 {
				w := a.share * (1 - a.shrinks*at) * step
				stale, area, most = stale+w, area+w*l, math.Max(most, l)
			}
		}
		near(t, "stale", float64(use.Stale), stale, 2e-3)
		near(t, "area", use.Lacked, area, 1e-3*(1+area))
		near(t, "most", float64(use.Most), most, 2e-3)
	}
}

// On random systems the books of reads hold together, and keeping them changes nothing that is lost.
func TestBooksOfReadsOnRandomSystems(t *testing.T) {
	stale := 0
	for seed := uint64(1); seed <= 150; seed++ {
		sys, o := makeSystem(seed, false), twinOptions(seed)
		with := run(t, sys, o)
		for _, out := range with {
			for i, u := range out.Stale {
				if u.Stale > 0 {
					stale++
				}
				if u.Stale < 0 || u.Stale > u.Served+1e-6 || float64(u.Served) > float64(out.Horizon)*(1+1e-9) || !lacksAgree(&out, int32(i)) {
					t.Fatalf("seed %d: service %d has %+v of %v in %v", seed, i, u, out.Lacks, out.Horizon)
				}
			}
		}
		for i := range sys.Services {
			sys.Services[i].StandbyReads, sys.Services[i].StandbyShare = false, 0
		}
		for i, out := range run(t, sys, o) {
			if fmt.Sprint(out.Losses) != fmt.Sprint(with[i].Losses) || fmt.Sprint(out.Failovers) != fmt.Sprint(with[i].Failovers) {
				t.Fatalf("seed %d, replication %d: reads of standbys change what is lost", seed, i)
			}
		}
	}
	if stale < 10 {
		t.Errorf("only %d replications with stale reads: the check sees too little", stale)
	}
}

// lacksAgree tells whether the parts of what reads lacked sum up to the time and the integral of stale reads.
func lacksAgree(out *model.Outcome, service int32) bool {
	use, time, least, most := out.Stale[service], 0.0, 0.0, 0.0
	for _, l := range out.Lacks {
		if l.Service != service {
			continue
		}
		if l.Time <= 0 || l.Most < l.Least || model.LackPart(l.Most) != model.LackPart(l.Least+(l.Most-l.Least)/2) {
			return false
		}
		time, least, most = time+float64(l.Time), least+float64(l.Time*l.Least), most+float64(l.Time*l.Most)
	}
	slack := 1e-6 * (1 + time)
	return math.Abs(time-float64(use.Stale)) < slack && least <= use.Lacked*(1+1e-9)+slack && use.Lacked <= most*(1+1e-9)+slack
}
