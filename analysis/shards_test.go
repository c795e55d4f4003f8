package analysis

import (
	"math"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// Two years, in one of which a tenth of the shards could not be written for a fifth of the time, and three were lost
// at two instants.
func TestShardsKnownAnswers(t *testing.T) {
	sys := pair()
	sys.Services[0].Store.Shards = &model.Shards{Count: 100}
	s := NewStudy(sys, plan())
	bad := year()
	bad.Shards = make([]model.ShardUse, 2)
	use := &bad.Shards[0]
	use.Some[model.Write], use.Share[model.Write] = model.Year/5, model.Year/50
	use.Some[model.Read], use.Share[model.Read] = model.Year/10, model.Year/1000
	use.Losses, use.Lost = 2, 3
	s.Add(bad)
	s.Add(year())
	sum := s.Summary()
	for metric, want := range map[string]float64{"shards_unwritable_time": 0.1, "shards_unreadable_time": 0.05, "shards_unwritable": 0.01,
		"shards_unreadable": 0.0005, "shard_losses": 1, "shards_lost": 1.5, "no_shard_lost": 0.5} {
		e := sum.Get(metric, 0).Main()
		near(t, metric, e.Value, want, 1e-12)
		if !(e.Low < e.Value && e.Value < e.High) {
			t.Errorf("%s: %+v has no interval", metric, e)
		}
		if sum.Get(metric, 1) != nil || study(plan(), year()).Get(metric, 0) != nil {
			t.Errorf("%s: a store without shards has it", metric)
		}
	}
}

// No loss in two years is a bound.
func TestNoShardLostIsABound(t *testing.T) {
	sys := pair()
	sys.Services[0].Store.Shards = &model.Shards{Count: 100}
	s := NewStudy(sys, plan())
	s.Add(year())
	s.Add(year())
	sum := s.Summary()
	if e := sum.Get("shard_losses", 0).Main(); e.Value != 0 || !(e.High > 1 && e.High < 4) {
		t.Errorf("losses %+v", e)
	}
	if e := sum.Get("no_shard_lost", 0).Main(); !(e.Low > 0.1 && e.Low < 0.5) || math.IsNaN(e.High) {
		t.Errorf("without losses %+v", e)
	}
}
