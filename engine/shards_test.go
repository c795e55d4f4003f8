package engine

import (
	"fmt"
	"math"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// sharded is a store of many shards on members that never fail.
func sharded(n, copies, write int, s model.Shards) *model.System {
	sys := farm(n, policies.Leaderless{Replicas: copies, Read: 1, Write: write}, 0)
	for i := range sys.Components {
		sys.Components[i].Modes = nil
	}
	sys.Services[0].Store = &model.Store{WriteRate: 10, Shards: &s}
	return sys
}

// inPlaces puts its members into zones in turn.
func inPlaces(sys *model.System, zones int) {
	s := sys.Services[0].Store.Shards
	for i := range sys.Services[0].Members {
		s.Places = append(s.Places, int32(i%zones))
	}
}

// bare is the state of the store of sys, for tests without failures.
func bare(t testing.TB, sys *model.System) (*Runner, *shards) {
	t.Helper()
	p, err := Compile(sys)
	if err != nil {
		t.Fatal(err)
	}
	r := p.NewRunner(Options{Horizon: model.Year, Seed: 7, Runs: 1})
	r.Reset(0, new(model.Outcome))
	return r, &r.shards[0]
}

// againstChance fails if a count is further from its expectation than chance makes likely: five deviations.
func againstChance(t *testing.T, what string, hits, trials int, p float64) {
	t.Helper()
	want, dev := float64(trials)*p, math.Sqrt(float64(trials)*p*(1-p))
	if math.Abs(float64(hits)-want) > 5*dev+1e-9 {
		t.Errorf("%s: %d of %d, want %.5g ± %.2g", what, hits, trials, want, dev)
	}
}

func TestBinomial(t *testing.T) {
	s := streamOf(3, 5)
	for _, c := range []struct {
		n int32
		p float64
	}{{1, 0.3}, {10, 0.01}, {10, 0.9}, {600, 0.05}, {1_000_000, 2e-7}, {1_000_000, 0.37}} {
		const trials = 20000
		sum, squares := 0.0, 0.0
		for range trials {
			k := float64(s.binomial(c.n, c.p))
			if k < 0 || k > float64(c.n) {
				t.Fatalf("binomial(%d, %g) = %g", c.n, c.p, k)
			}
			sum, squares = sum+k, squares+k*k
		}
		mean, variance := float64(c.n)*c.p, float64(c.n)*c.p*(1-c.p)
		near(t, fmt.Sprintf("mean of binomial(%d, %g)", c.n, c.p), sum/trials, mean, 5*math.Sqrt(variance/trials))
		near(t, fmt.Sprintf("its variance"), squares/trials-sum/trials*sum/trials, variance, 5*math.Sqrt((variance+2*variance*variance)/trials))
	}
	if s.binomial(5, 0) != 0 || s.binomial(5, 1) != 5 || s.binomial(0, 0.5) != 0 {
		t.Error("what is certain is not")
	}
}

// Whatever order the members are drawn in, and whether sets are listed or shards drawn one by one, every set of
// members in different places is as likely as any other.
func TestDeferredPlacementIsUniform(t *testing.T) {
	for _, placement := range []model.Placement{model.RandomPlacement, model.ZoneAware} {
		for _, listed := range []bool{false, true} {
			sys := sharded(7, 3, 2, model.Shards{Count: 40, Placement: placement})
			if placement == model.ZoneAware {
				inPlaces(sys, 4)
			}
			r, x := bare(t, sys)
			x.places = r.p.shards[0].places
			all := x.possible(1000)
			if x.all = nil; listed {
				x.all, x.taken = all, make([]bool, all.size(3))
			}
			index := map[[3]int32]int{}
			for i := range int(all.size(3)) {
				index[[3]int32(all.sets[3*i:3*i+3])] = i
			}
			counts, runs := make([]int, len(index)), 4000
			for run := range runs {
				r.resetShards(x, uint64(run))
				for k := range int32(7) {
					x.reveal((k*3 + int32(run)) % 7)
				}
				if x.left != 0 {
					t.Fatalf("%v: %d shards are nowhere", placement, x.left)
				}
				for i := range x.sets {
					var at [3]int32
					for k, s := range x.slots[3*i : 3*i+3] {
						at[k] = s.member
					}
					counts[index[sorted(at)]] += int(x.sets[i].shards)
				}
			}
			for i, n := range counts {
				againstChance(t, fmt.Sprintf("%v, listed %v, set %v", placement, listed, all.sets[3*i:3*i+3]), n, 40*runs, 1/float64(len(index)))
			}
		}
	}
}

func sorted(a [3]int32) [3]int32 {
	for i := range a {
		for k := range i {
			if a[i] < a[k] {
				a[i], a[k] = a[k], a[i]
			}
		}
	}
	return a
}

// With k of n members down, a shard misses write copies with the hypergeometric probability, and some shard of
// S does with that of at least one success in S.
func TestShardsMissingAreHypergeometric(t *testing.T) {
	for _, c := range []struct{ n, copies, write, shards, down int }{
		{20, 3, 2, 12, 3}, {20, 3, 2, 5000, 2}, {30, 3, 1, 200, 4}, {9, 5, 3, 3, 5},
	} {
		sys := sharded(c.n, c.copies, c.write, model.Shards{Count: c.shards})
		r, x := bare(t, sys)
		bad := 0.0
		for j := c.copies - c.write + 1; j <= c.copies; j++ {
			bad += choose(int32(c.down), int32(j)) * choose(int32(c.n-c.down), int32(c.copies-j))
		}
		bad /= choose(int32(c.n), int32(c.copies))
		some, missing, runs := 0, 0, 3000
		for run := range runs {
			r.resetShards(x, uint64(run))
			for k := range int32(c.down) {
				x.reveal(k)
				x.setAway(k, true)
			}
			missing += int(x.down[model.Write])
			if x.down[model.Write] > 0 {
				some++
			}
		}
		what := fmt.Sprintf("%+v", c)
		againstChance(t, what+": some shard", some, runs, 1-math.Pow(1-bad, float64(c.shards)))
		againstChance(t, what+": shards", missing, runs*c.shards, bad)
	}
}

// The published figures (Cidon et al., Copysets, USENIX ATC 2013, abstract): of 5000 nodes 1 % do not survive a
// power outage. With three random copies of 8000 chunks a node, data is lost in 99.99 % of the cases; in
// copysets with a scatter width of 2 (RAMCloud) in 0.15 %, of 10 (the HDFS of Facebook) in 0.78 %. A given set
// of three is among 50 of 5000 in choose(50, 3)/choose(5000, 3) = 9.41e-7 of the cases.
func TestCopysetsAsPublished(t *testing.T) {
	one := choose(50, 3) / choose(5000, 3)
	for _, c := range []struct {
		placement       model.Placement
		scatter, runs   int
		sets, published float64
	}{
		{model.RandomPlacement, 0, 20, 8000 * 5000 / 3, 0.9999},
		{model.Copysets, 2, 40000, 1666, 0.0015},
		{model.Copysets, 10, 8000, 5 * 1666, 0.0078},
	} {
		r, x := bare(t, sharded(5000, 3, 2, model.Shards{Count: 1_000_000, Placement: c.placement, Scatter: c.scatter}))
		x.count = 8000 * 5000 / 3
		lost := 0
		for run := range c.runs {
			r.resetShards(x, uint64(run))
			pick := streamOf(uint64(run), 99)
			for dead := 0; dead < 50; {
				if k := pick.below(5000); !x.at[k].known {
					x.reveal(k)
					x.wipe(k)
					dead++
				}
			}
			if x.lost > 0 {
				lost++
			}
		}
		p := 1 - math.Exp(-c.sets*one)
		againstChance(t, fmt.Sprintf("%v, scatter width %d", c.placement, c.scatter), lost, c.runs, p)
		if math.Abs(p-c.published) > 0.00011 {
			t.Errorf("%v, scatter width %d: %.5f is not what was published, %.5f", c.placement, c.scatter, p, c.published)
		}
	}
}
