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
		speed = 1
	}
	if s.split {
		speed += s.splitShare
	}
	return speed
}

// retained is what a store has of what it acknowledged.
func (r *Runner) retained(s *store) float64 {
	has := s.written
	if s.writing {
		has += r.now - s.last
	}
	if s.split {
		has += s.splitTo + (r.now-s.splitFrom)*s.splitShare
	}
	if b := &s.merger.waiting; b.on && s.merger.from.Merges {
		has += b.length
	}
	return has
}

func TestWritesAreRetainedOrLost(t *testing.T) {
	systems := uint64(300)
	if testing.Short() {
		systems = 60
	}
	recoveries, losses := 0, 0
	for seed := range systems {
		sys := wideSystem(seed)
		addRecovery(sys, seed)
		n, l := conserve(t, sys, seed)
		recoveries, losses = recoveries+n, losses+l
	}
	if recoveries < int(systems) || losses < int(systems)/10 {
		t.Errorf("only %d recoveries and %d losses on %d systems: the check sees too little", recoveries, losses, systems)
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
			s.Errors = &model.DataErrors{Life: expLaw(model.Day), Noticed: expLaw(1800), Decide: expLaw(900), Salvage: float64(r.IntN(2)) / 2}
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

// conserve checks the books of all stores of a system after every instant.
func conserve(t *testing.T, sys *model.System, seed uint64) (recoveries, losses int) {
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
			}
		}
	}
	for i := range out.Losses {
		if out.Losses[i].Transactions > 0 {
			losses++
		}
	}
	return len(out.Losses), losses
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
