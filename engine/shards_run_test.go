package engine

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// Of independent members each down a share p of the time, too few copies of a shard are there as for k of n.
func TestShardsOfIndependentMembers(t *testing.T) {
	sys := sharded(12, 3, 2, model.Shards{Count: 300, After: model.Never / 2})
	for i := range sys.Components {
		sys.Components[i] = unit(sys.Components[i].Name, lifeH, repairH)
	}
	sys.Services[0].Store.Shards.After = 1e9 * model.Year
	p := float64(repairH) / float64(lifeH+repairH)
	write, read, unserved, years := 0.0, 0.0, 0.0, 0.0
	observe(t, sys, Options{Horizon: 100 * model.Year, Seed: 4, Runs: 40, SteadyState: true}, func(out *model.Outcome) {
		write += float64(out.Shards[0].Share[model.Write])
		read += float64(out.Shards[0].Share[model.Read])
		unserved += float64(out.Unserved[0])
		years += float64(out.Horizon)
	})
	near(t, "share of shards that cannot be written", write/years, 3*p*p*(1-p)+p*p*p, 6e-6)
	near(t, "share of shards that cannot be read", read/years, p*p*p, 2e-7)
	near(t, "requests that are not served", unserved, write, 1e-6*write)
}

// Where every member has everything, it does not matter into how many shards that is cut.
func TestShardsOnAllMembersAreOnePart(t *testing.T) {
	for seed := range uint64(10) {
		var seen [2][]model.Outage
		var unserved [2][]model.Seconds
		for way := range 2 {
			sys := twoZones(policies.Leaderless{Replicas: 3, Read: 1, Write: 2}, []int32{0, 1, 1})
			for i := range 3 {
				sys.Components[i].Modes = unit("", lifeH, repairH).Modes
			}
			sys.Services[0].Needed = 0
			sys.Services[0].Store = &model.Store{Durability: model.Flush}
			if way == 1 {
				sys.Services[0].Store.Shards = &model.Shards{Count: 1 + int(seed)*100}
			}
			observe(t, sys, Options{Horizon: 5 * model.Year, Seed: seed, Runs: 3}, func(out *model.Outcome) {
				seen[way] = append(seen[way], out.Outages...)
				unserved[way] = append(unserved[way], out.Unserved...)
			})
		}
		if len(seen[0]) == 0 || len(seen[0]) != len(seen[1]) {
			t.Fatalf("seed %d: %d outages, as shards %d", seed, len(seen[0]), len(seen[1]))
		}
		for i := range seen[0] {
			if seen[0][i].Start != seen[1][i].Start || seen[0][i].End != seen[1][i].End || seen[0][i].Initiator != seen[1][i].Initiator {
				t.Errorf("seed %d: outage %+v, as shards %+v", seed, seen[0][i], seen[1][i])
			}
		}
		for i := range unserved[0] {
			near(t, "unserved", float64(unserved[1][i]), float64(unserved[0][i]), 1e-6)
		}
	}
}

// In a partition each side is served what has enough copies there: of all sets of 3 of 6 members, half have
// two or three of the three on one side; with one copy in each of three zones, two of which are on one side,
// that side is served everything and the other nothing.
func TestShardsInAPartition(t *testing.T) {
	for _, count := range []int{10, 1000} {
		sys := twoZones(policies.Leaderless{Replicas: 3, Read: 1, Write: 2}, []int32{0, 0, 0, 1, 1, 1})
		sys.Services[0].Needed = 0
		sys.Services[0].Store = &model.Store{Shards: &model.Shards{Count: count}}
		observe(t, sys, Options{Horizon: 30 * model.Hour, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			near(t, "unserved of 600 s", float64(out.Unserved[0]), 300, 1e-6)
		})
	}
	for _, count := range []int{3, 1000} {
		sys := twoZones(policies.Leaderless{Replicas: 3, Read: 1, Write: 2}, []int32{0, 1, 2, 0, 1, 2})
		sys.Network.Sites = append(sys.Network.Sites, model.Site{Name: "c", Component: none, Within: none, Transit: true})
		sys.Components = append(sys.Components, model.Component{Name: "sound", Kind: model.KindLink, Site: none})
		cable := int32(len(sys.Components) - 1)
		sys.Network.Links = append(sys.Network.Links, way(cable, 1, 2), way(cable, 2, 1))
		sys.Services[0].Needed = 0
		sys.Services[0].Store = &model.Store{Shards: &model.Shards{Count: count, Placement: model.ZoneAware, Places: []int32{0, 1, 2, 0, 1, 2}}}
		observe(t, sys, Options{Horizon: 30 * model.Hour, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			near(t, "unserved of 600 s for half of the clients", float64(out.Unserved[0]), 300, 1e-6)
		})
	}
}

// With one of the six down as well, of which it is known what it has, two members are left on its side: they
// have both copies needed of 4 of the 20 sets, and the three on the other side of 10.
func TestKnownShardsInAPartition(t *testing.T) {
	for _, count := range []int{10, 1000} {
		sys := twoZones(policies.Leaderless{Replicas: 3, Read: 1, Write: 2}, []int32{0, 0, 0, 1, 1, 1})
		breaks(sys, 0, model.OSCrash, 23*model.Hour, 10*model.Hour)
		sys.Services[0].Needed = 0
		sys.Services[0].Store = &model.Store{Shards: &model.Shards{Count: count, After: model.Day}}
		sum, runs := 0.0, 2000
		observe(t, sys, Options{Horizon: 30 * model.Hour, Seed: 1, Runs: runs}, func(out *model.Outcome) {
			sum += float64(out.Unserved[0]) / float64(runs)
		})
		near(t, "unserved of 600 s", sum, 600*(1-(4.0/20+10.0/20)/2), 600*0.7/math.Sqrt(float64(runs*min(count, 20))))
	}
}

// What one has lost and the other, which is away, still has, is copied only when that is back.
func TestCopyingTakesASource(t *testing.T) {
	sys := sharded(2, 2, 1, model.Shards{Count: 10})
	breaks(sys, 1, model.OSCrash, model.Hour, 4*model.Hour)
	breaks(sys, 0, model.MediaLoss, 2*model.Hour, 10)
	observe(t, sys, Options{Horizon: 3.9 * model.Hour, Seed: 1, Runs: 1}, func(out *model.Outcome) {
		near(t, "seconds without a copy", float64(out.Shards[0].Some[model.Read]), 1.9*3600, 1e-6)
		if len(out.Losses) > 0 {
			t.Errorf("losses %+v: one still has everything", out.Losses)
		}
	})
	observe(t, sys, Options{Horizon: 5.5 * model.Hour, Seed: 1, Runs: 1}, func(out *model.Outcome) {
		near(t, "seconds without a copy", float64(out.Shards[0].Some[model.Read]), 3*3600, 1e-6)
	})
}

// What two members have that are both away is not copied to the third: it can be read again when they are back.
func TestNothingIsCopiedFromMembersThatAreAway(t *testing.T) {
	sys := sharded(3, 2, 1, model.Shards{Count: 100, After: 10 * model.Minute})
	breaks(sys, 0, model.OSCrash, model.Hour, 4*model.Hour)
	breaks(sys, 1, model.OSCrash, model.Hour, 4*model.Hour)
	observe(t, sys, Options{Horizon: 6 * model.Hour, Seed: 1, Runs: 1}, func(out *model.Outcome) {
		near(t, "seconds without a copy", float64(out.Shards[0].Some[model.Read]), 4*3600, 1e-6)
	})
}

// A member that is back without its data gets it from all others at once, each of which passes on its part.
func TestCopyingIsParallel(t *testing.T) {
	for n, want := range map[int]float64{2: 3600, 4: 1200, 7: 600} {
		sys := sharded(n, n, n, model.Shards{Count: 500, Size: 3600e9, Rate: 1e9, After: 300})
		breaks(sys, 0, model.MediaLoss, 2*model.Hour, 1)
		observe(t, sys, Options{Horizon: 3.9 * model.Hour, Seed: 1, Runs: 1}, func(out *model.Outcome) {
			near(t, "seconds in which not all copies are there", float64(out.Shards[0].Some[model.Write]), want+1, 1e-6)
			near(t, "of all shards", float64(out.Shards[0].Share[model.Write]), want+1, 1e-6)
		})
	}
}

// A member that stays away has its copies made anew by those who share shards with it. If these are many, that
// is fast: by 40 others at random, by 2 in copysets.
func TestScatterMakesCopyingFast(t *testing.T) {
	for _, c := range []struct {
		model.Shards
		want float64
	}{
		{model.Shards{Count: 4100}, 4100 * 3.0 / 41 / 40},
		{model.Shards{Count: 4100, Placement: model.Copysets, Scatter: 2}, 4100 * 3.0 / 39 / 2}, // 2 of 41 have none
	} {
		c.Size, c.Rate, c.After = 4100, 1, 600
		sys := sharded(41, 3, 3, c.Shards)
		breaks(sys, 5, model.OSCrash, model.Hour, 10*model.Hour)
		sum, runs := 0.0, 0
		observe(t, sys, Options{Horizon: 5 * model.Hour, Seed: 1, Runs: 60}, func(out *model.Outcome) {
			if some := float64(out.Shards[0].Some[model.Write]); some > 0 {
				sum += some - 600
				runs++
			}
		})
		near(t, fmt.Sprintf("%v: seconds of copying", c.Placement), sum/float64(runs), c.want, 0.05*c.want)
	}
}

// Before it has been copied, what was on two members only is lost with the second; afterwards it is not. What
// is lost is everything written to these shards.
func TestShardsAreLostWithAllCopies(t *testing.T) {
	for second, want := range map[model.Seconds]float64{1.8 * model.Hour: 1, 2 * model.Hour: 0} {
		sys := sharded(5, 2, 1, model.Shards{Count: 1000, Size: 3600e9, Rate: 250e6, After: 0}) // 400 shards, by 4: 1440 s
		breaks(sys, 0, model.MediaLoss, 1.5*model.Hour, 10*model.Hour)
		breaks(sys, 1, model.MediaLoss, second, 10*model.Hour)
		lost, transactions, runs := 0, 0.0, 300
		observe(t, sys, Options{Horizon: 4 * model.Hour, Seed: 1, Runs: runs}, func(out *model.Outcome) {
			lost += int(out.Shards[0].Lost)
			for _, l := range out.Losses {
				transactions += l.Transactions
				if !l.Total || l.Seconds != model.Never || l.Initiator != 1 {
					t.Fatalf("loss %+v", l)
				}
			}
			if n := int64(len(out.Losses)); n != out.Shards[0].Losses {
				t.Errorf("%d losses, %d counted", n, out.Shards[0].Losses)
			}
		})
		againstChance(t, "shards lost", lost, 1000*runs, want/10)
		near(t, "transactions lost", transactions, float64(lost)/1000*10*float64(second), 1e-6*transactions)
	}
}

// All that is counted agrees with a count of all copies, after every step of random systems.
func TestShardsAreCountedRightly(t *testing.T) {
	losses, moves := int64(0), 0
	for seed := range uint64(80) {
		n := 3 + int(seed%9)
		copies := min(n, 1+int(seed%4))
		sys := sharded(n, copies, 1+int(seed/3)%copies, model.Shards{Count: []int{1, 7, 300}[seed%3], Size: 1e12, Rate: 1e7 * float64(seed%2), After: model.Seconds(seed%3) * 600})
		s := sys.Services[0].Store.Shards
		switch zones := copies + int(seed%2); {
		case seed%4 == 1 && zones <= n:
			s.Placement = model.ZoneAware
			inPlaces(sys, zones)
		case seed%4 == 2:
			s.Placement, s.Scatter = model.Copysets, min(n-1, max(1, copies-1)+int(seed%3))
		}
		for i := range n {
			sys.Components[i].Modes = []model.Mode{{Kind: model.MediaLoss, Life: expLaw(6 * model.Day), Repair: expLaw(model.Hour)},
				{Kind: model.OSCrash, Life: expLaw(2 * model.Day), Repair: expLaw(3 * model.Hour)}}
		}
		sys.Causes = []model.CommonCause{{Name: "surge", Mode: model.MediaLoss, Probability: 0.3, Life: expLaw(10 * model.Day), Repair: expLaw(model.Hour)}}
		for i := range n {
			sys.Causes[0].Victims = append(sys.Causes[0].Victims, int32(i))
		}
		if seed%5 == 0 {
			sys.Components[0].Modes = append(sys.Components[0].Modes, model.Mode{Kind: model.Slow, Life: expLaw(model.Day), Repair: expLaw(model.Hour), Errors: 0.5, Capacity: 1})
		}
		p, err := Compile(sys)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		r := p.NewRunner(Options{Horizon: 60 * model.Day, Seed: seed})
		var out model.Outcome
		r.Reset(0, &out)
		for r.Step() {
			if what := miscounted(r, &r.shards[0]); what != "" {
				t.Fatalf("seed %d at %v: %s", seed, r.Now(), what)
			}
		}
		for i := range r.shards[0].sets {
			if s := r.shards[0].slots[i*copies : (i+1)*copies]; s[0].next > s[copies-1].next {
				moves++
			}
		}
		losses += out.Shards[0].Losses
	}
	if losses < 100 || moves == 0 {
		t.Errorf("only %d losses and %d moves in systems made to lose", losses, moves)
	}
}

// miscounted tells what a store has counted wrongly, if anything.
func miscounted(r *Runner, x *shards) string {
	placed, down, missing, listed := int32(0), [2]int32{}, make([]int32, x.n), 0
	for i := range x.sets {
		set := &x.sets[i]
		placed += set.shards
		bad, gone, places := int32(0), int32(0), map[int32]bool{}
		for _, s := range x.slots[int32(i)*x.copies : int32(i+1)*x.copies] {
			if s.gone {
				gone++
				missing[s.member]++
			}
			if m := r.members[s.member]; s.gone || !m.up {
				bad++
			}
			if !r.members[s.member].up && !x.at[s.member].known {
				return fmt.Sprintf("member %d is down, and it is not known what it has", s.member)
			}
			at := s.member
			if x.places != nil {
				at = x.places[s.member]
			}
			if places[at] {
				return fmt.Sprintf("set %d has two copies in one place", i)
			}
			places[at] = true
		}
		for a, takes := range x.takes {
			if x.copies-bad < takes {
				down[a] += set.shards
			}
		}
		if bad != int32(set.bad) || gone != int32(set.gone) || set.dead != (gone == x.copies) {
			return fmt.Sprintf("set %d: %d copies away and %d of them lost, counted are %+v", i, bad, gone, *set)
		}
	}
	for k := range x.at {
		for i := x.at[k].first; i != none; i = x.slots[i].next {
			if x.slots[i].member != int32(k) {
				return fmt.Sprintf("slot %d is in the list of member %d: %+v", i, k, x.slots[i])
			}
			listed++
		}
		if missing[k] != x.at[k].missing {
			return fmt.Sprintf("member %d lacks %d copies, counted are %d", k, missing[k], x.at[k].missing)
		}
	}
	switch {
	case placed+x.left != x.count:
		return fmt.Sprintf("%d shards are placed and %d are not, of %d", placed, x.left, x.count)
	case down != x.down:
		return fmt.Sprintf("%v shards are missing, counted are %v", down, x.down)
	case listed != len(x.slots):
		return fmt.Sprintf("%d copies are listed of %d", listed, len(x.slots))
	}
	return ""
}

// The number of workers, and what was run before, change nothing; and after a while nothing is allocated.
func TestShardsAreReproducible(t *testing.T) {
	for _, placement := range []model.Placement{model.RandomPlacement, model.ZoneAware, model.Copysets} {
		sys := sharded(40, 3, 2, model.Shards{Count: 2000, Placement: placement, Size: 1e12, Rate: 1e7, After: 600})
		if placement == model.Copysets {
			sys.Services[0].Store.Shards.Scatter = 6
		}
		inPlaces(sys, 5)
		for i := range sys.Services[0].Members {
			sys.Components[i].Modes = []model.Mode{{Kind: model.MediaLoss, Life: expLaw(60 * model.Day), Repair: expLaw(model.Day)}}
		}
		var seen [2][]model.ShardUse
		for i, workers := range []int{1, 3} {
			observe(t, sys, Options{Horizon: model.Year, Seed: 9, Runs: 40, Workers: workers}, func(out *model.Outcome) {
				seen[i] = append(seen[i], out.Shards...)
			})
		}
		if !reflect.DeepEqual(seen[0], seen[1]) {
			t.Errorf("%v: it depends on the number of workers", placement)
		}
		p, _ := Compile(sys)
		r := p.NewRunner(Options{Horizon: model.Year, Seed: 9})
		var out model.Outcome
		for i := range 30 {
			r.Reset(i, &out)
			r.Run()
		}
		i := 0
		if n := testing.AllocsPerRun(20, func() {
			r.Reset(i, &out)
			r.Run()
			i++
		}); n > 0 {
			t.Errorf("%v: %g allocations in a replication", placement, n)
		}
		if math.IsNaN(float64(out.Shards[0].Share[0])) {
			t.Error("NaN")
		}
	}
}
