package engine

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// Nothing is lost in the books: at every instant, what each store has ever acknowledged is what it retains
// and what has been booked as lost (R29). What is acknowledged is counted here, from who takes writes.

// books are one store's, in seconds of writing.
type books struct {
	acknowledged, lost float64
	seen               int // losses booked so far
}

// rate is how fast a store acknowledges writes, on all branches of its history.
func (s *store) speed() float64 {
	speed := 0.0
	if s.writing {
		speed = 1 - s.absent.turns[0].share
	}
	if s.split {
		speed += s.splitShare
	}
	return speed
}

// retained is what a store has of what it acknowledged.
func (r *Runner) retained(s *store) float64 {
	has := s.written - s.absent.total
	if s.writing {
		has += (r.now - s.last) * (1 - s.absent.turns[0].share)
	}
	if s.split {
		has += s.splitTo + (r.now-s.splitFrom)*s.splitShare
	}
	for k := int32(0); s.merger.waiting > 0 && k < s.n; k++ {
		if b := &r.branches[s.merger.first+k]; b.on && s.merger.from.Merges {
			has += b.length
		}
	}
	return has
}

// seen is what happened to stores while the books were checked.
type seen struct {
	modes    map[model.ReplicationMode]int // losses
	sources  [model.NumSources]int         // recoveries
	damaged  [model.Decayed + 1]int
	branches int // instants at which two primaries took writes
	salvaged int // losses of which something came back
}

func TestWritesAreRetainedOrLost(t *testing.T) {
	systems := uint64(300)
	if testing.Short() {
		systems = 60
	}
	saw := seen{modes: map[model.ReplicationMode]int{}}
	for seed := range systems {
		sys := wideSystem(seed)
		addRecovery(sys, seed)
		addWaysBack(sys, seed)
		addSalvage(sys, seed)
		conserve(t, sys, seed, &saw)
	}
	for _, merges := range []bool{false, true} { // random systems seldom have two primaries
		conserve(t, splitPair(&model.Reconciliation{Merges: merges, Conflicts: 0.02}), 0, &saw)
	}
	for mode, n := range saw.modes {
		if n < int(systems)/20 {
			t.Errorf("only %d losses of stores whose replication is %v: the check sees too little", n, mode)
		}
	}
	for from, n := range saw.sources {
		if n < int(systems)/60 {
			t.Errorf("only %d recoveries from %v: the check sees too little", n, model.Source(from))
		}
	}
	if len(saw.modes) < int(model.NumReplicationModes) || saw.branches == 0 || saw.salvaged == 0 || saw.damaged[model.Spoilt] == 0 || saw.damaged[model.Decayed] == 0 {
		t.Errorf("the check sees too little: %+v", saw)
	}
}

// addRecovery gives some stores of a random system backups, errors, and copies that take time to make.
func addRecovery(sys *model.System, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 5))
	for i := range sys.Services {
		s := sys.Services[i].Store
		if s == nil {
			continue
		}
		if r.IntN(2) == 0 {
			s.Backups = &model.Backups{Full: model.Schedule{Every: 6 * model.Hour, Takes: 1800}, LogEvery: model.Seconds(300 * r.IntN(2)),
				CopyFails: 0.1, RestoreFails: 0.1, RestoreRate: math.Inf(1), ReplayRate: math.Inf(1), Prepare: fixedLaw(600), Repository: none}
		}
		if r.IntN(3) == 0 {
			s.Errors = &model.DataErrors{Life: expLaw(model.Day), Noticed: expLaw(1800), Decide: expLaw(900), Salvage: float64(r.IntN(2)) / 2,
				Serves: model.Serves(r.IntN(int(model.NumServes))), Share: 0.25 * float64(r.IntN(5))}
		}
		if r.IntN(3) == 0 {
			s.Corruption = &model.Corruption{Life: expLaw(12 * model.Hour), ScrubEvery: model.Seconds(r.IntN(2)) * 6 * model.Hour, Share: 0.1}
		}
		if r.IntN(3) == 0 {
			s.LagUnderLoad, s.TakesIn = 3, 1.01+3*r.Float64()
		}
		if r.IntN(2) == 0 {
			s.Rebuild = &model.Rebuild{FullCopy: expLaw(1800), Rewind: fixedLaw(60), RewindWorks: 0.5}
		}
		if sys.Services[i].Policy.Style() == model.Primary && r.IntN(2) == 0 {
			s.Reconcile = &model.Reconciliation{Takes: expLaw(900), Serves: model.Serves(r.IntN(3)), Merges: r.IntN(2) == 0, Conflicts: r.Float64()}
		}
	}
}

// addWaysBack gives some of those stores more than full backups and a log: increments, snapshots, flashback, a delayed
// replica, backups that stop working or begin anew; and makes some of them queues.
func addWaysBack(sys *model.System, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 6))
	for i := range sys.Services {
		s := sys.Services[i].Store
		if s == nil {
			continue
		}
		if b := s.Backups; b != nil {
			b.SinceRestore = r.IntN(3) == 0
			if r.IntN(2) == 0 {
				b.Differential = model.Schedule{Every: 2 * model.Hour, Takes: 600}
			}
			if r.IntN(2) == 0 {
				b.Incremental = model.Schedule{Every: model.Hour, Takes: 300}
			}
			if r.IntN(2) == 0 {
				b.Snapshots = model.Snapshots{Every: 1800, Keep: model.Seconds(r.IntN(2)) * model.Day, Rollback: fixedLaw(300)}
			}
			if r.IntN(3) == 0 {
				b.Breaks, b.TestEvery, b.Ruined = expLaw(2*model.Day), model.Day, 0.2
			}
		}
		if s.Errors != nil && r.IntN(2) == 0 {
			s.Errors.DelayedBy, s.Errors.DelayedTakes = model.Hour, expLaw(600)
		}
		if s.Errors != nil && r.IntN(3) == 0 {
			s.Errors.Flashback = &model.Flashback{Retention: model.Seconds(r.IntN(2)) * model.Hour, Takes: expLaw(900), Serves: model.Serves(r.IntN(int(model.NumServes)))}
		}
		if s.Mode != model.Unreplicated && r.IntN(4) == 0 {
			s.Producers = &model.Producers{Blind: r.IntN(3) == 0, RetryFor: 120, Idempotent: r.IntN(2) == 0, AnswerTime: 0.005}
		}
	}
}

// addSalvage has something come back of what old primaries of some stores have.
func addSalvage(sys *model.System, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 8))
	for i := range sys.Services {
		x := &sys.Services[i]
		if x.Store != nil && x.Store.Mode != model.Unreplicated && x.Policy.Style() == model.Primary && r.IntN(2) == 0 {
			x.Store.Salvage = &model.Salvage{Probability: 0.8, Share: r.Float64(), Takes: expLaw(1800)}
		}
	}
}

// conserve checks the books of all stores of a system after every instant.
func conserve(t *testing.T, sys *model.System, seed uint64, saw *seen) {
	t.Helper()
	p, err := Compile(sys)
	if err != nil {
		t.Fatal(err)
	}
	r := p.NewRunner(Options{Horizon: 8 * model.Day, Seed: seed})
	var out model.Outcome
	r.Reset(0, &out)
	kept := make([]books, len(r.groups))
	for before := r.now; ; before = r.now {
		speeds := r.speeds()
		if !r.Step() || r.past {
			break
		}
		for i := range r.groups {
			if r.groups[i].store != none {
				r.balance(t, seed, int32(i), &kept[i], speeds[i]*(r.now-before))
				if r.stores[r.groups[i].store].split {
					saw.branches++
				}
			}
		}
	}
	for i := range out.Losses {
		l := &out.Losses[i]
		saw.sources[l.Source]++
		saw.damaged[l.Damage]++
		if x := l.Salvaged; x != (model.Salvaged{}) {
			saw.salvaged++
			if x.Seconds > l.Seconds+1e-6 || x.Transactions > l.Transactions*(1+1e-9)+1e-6 || x.After < 0 || l.Source != model.FromCopy || l.Total {
				t.Errorf("seed %d: of a loss of %v and %v transactions (%v), %+v was salvaged", seed, l.Seconds, l.Transactions, l.Source, x)
			}
		}
		if k := r.groups[l.Service].store; k != none && l.Transactions > 0 {
			saw.modes[r.stores[k].mode]++
		}
	}
}

// speeds is how fast each service acknowledges writes now.
func (r *Runner) speeds() []float64 {
	all := make([]float64, len(r.groups))
	for i := range all {
		if g := &r.groups[i]; g.store != none {
			all[i] = r.stores[g.store].speed()
		}
	}
	return all
}

func (r *Runner) balance(t *testing.T, seed uint64, i int32, b *books, acknowledged float64) {
	s := &r.stores[r.groups[i].store]
	b.acknowledged += acknowledged
	for ; b.seen < len(r.out.Losses); b.seen++ {
		if l := &r.out.Losses[b.seen]; l.Service == i {
			b.lost += l.Transactions / s.rate
		}
	}
	if has := r.retained(s); math.Abs(b.acknowledged-has-b.lost) > 1e-6*(1+b.acknowledged) {
		t.Fatalf("seed %d at %v: service %d acknowledged %.6f s of writes, retains %.6f and has lost %.6f", seed, r.Now(), i, b.acknowledged, has, b.lost)
	}
}
