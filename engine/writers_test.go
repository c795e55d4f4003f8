package engine

import (
	"fmt"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// sides is an active-active store with three members in zone a, one in zone b, and a cut between the zones for 600 s
// after a day. A quarter of the clients is in b.
func sides(store model.Store) *model.System {
	sys := twoZones(policies.ActiveActive{}, []int32{0, 0, 0, 1})
	store.WriteRate = 100
	sys.Services[0].Store, sys.Services[0].Needed = &store, 1
	sys.Clients = []model.ClientGroup{{Site: 0, Share: 0.75}, {Site: 1, Share: 0.25}}
	sys.Journeys = nil
	for _, a := range []model.Access{model.Write, model.Read} {
		sys.Journeys = append(sys.Journeys, model.Journey{Name: a.String(), Share: 1, Threshold: 0.95, Service: none,
			Needs: []model.Dependency{{Need: model.Need{Ref: 0, Access: a}}}})
	}
	return sys
}

// Both sides of the ledger of a partition (4.3): a store whose writes must reach several members refuses those of
// the side that has too few, and loses nothing; one that takes them on every side refuses none, and loses what both
// sides wrote to the same items. Reads are served everywhere.
func TestPartitionCostsWritesOrConflicts(t *testing.T) {
	for _, c := range []struct {
		store         model.Store
		refused, lost float64
	}{
		{model.Store{Mode: model.Async, Conflicts: 0.02}, 0, 0.02 * 150 * 100},
		{model.Store{Mode: model.SyncFallback, Conflicts: 0.02}, 0, 0.02 * 150 * 100},
		{model.Store{Mode: model.Sync, Conflicts: 0.02}, 150, 0},
		{model.Store{Mode: model.Sync, Acks: 2, Conflicts: 0.02}, 150, 0},
		{model.Store{Mode: model.Sync, Acks: 3, Conflicts: 0.02}, 600, 0}, // nobody has all four
		{model.Store{Mode: model.QuorumSync, Conflicts: 0.02}, 150, 0},
	} {
		what := fmt.Sprintf("%v with %d copies", c.store.Mode, c.store.Acks)
		once(t, sides(c.store), 36*model.Hour, func(out *model.Outcome) {
			near(t, what+": writes refused", float64(out.Unserved[0]), c.refused, 1e-6)
			near(t, what+": reads refused", float64(out.Unserved[1]), 0, 1e-6)
			lost := 0.0
			for _, l := range out.Losses {
				lost += l.Transactions
			}
			near(t, what+": writes lost", lost, c.lost, 1e-6)
			if c.lost == 0 {
				if len(out.Splits) != 0 {
					t.Errorf("%s: split brains %+v", what, out.Splits)
				}
				return
			}
			want := model.Split{Start: cutAt, End: cutEnds, Kept: 45000, Other: 15000, Lost: 300, Initiator: 4}
			if len(out.Splits) != 1 || out.Splits[0] != want {
				t.Errorf("%s: split brains %+v, want %+v", what, out.Splits, want)
			}
		})
	}
}

// Without a partition, too, writes wait until enough members are up; reads do not.
func TestWritesNeedEnoughMembers(t *testing.T) {
	sys := sides(model.Store{Mode: model.QuorumSync})
	fails(sys, 0, model.OSCrash, 1000, 300)
	fails(sys, 3, model.OSCrash, 1100, 100) // two of four are no majority
	once(t, sys, 2000, func(out *model.Outcome) {
		near(t, "writes refused", float64(out.Unserved[0]), 100, 1e-6)
		near(t, "reads refused", float64(out.Unserved[1]), 0, 1e-6)
		if o := out.Outages; len(o) != 1 || o[0].Phases[model.WriteBlock] != 100 {
			t.Errorf("outages %+v, want one of blocked writes", o)
		}
	})
}

// Two cuts at once leave three sides; when one heals, the others are still apart, and only when all are together it
// is known what was overwritten: of what all but the busiest side wrote.
func TestThreeSidesMeetOneAfterTheOther(t *testing.T) {
	sys := sides(model.Store{Mode: model.Async, Conflicts: 0.1})
	second := int32(len(sys.Components))
	sys.Components[2].Site = 2
	sys.Components = append(sys.Components, model.Component{Name: "second fibre", Kind: model.KindLink, Site: none})
	fails(sys, int(second), model.Isolated, model.Day, 300)
	sys.Network.Sites = append(sys.Network.Sites, model.Site{Name: "c", Component: none, Within: none, Transit: true})
	sys.Network.Links = append(sys.Network.Links, way(second, 0, 2), way(second, 2, 0))
	sys.Clients = []model.ClientGroup{{Site: 0, Share: 0.5}, {Site: 1, Share: 0.3}, {Site: 2, Share: 0.2}}
	once(t, sys, 36*model.Hour, func(out *model.Outcome) {
		// Side a writes 0.5 for 300 s, then 0.7 with c; b 0.3 for 600 s; c 0.2 for 300 s, which a has from then on.
		want := model.Split{Start: cutAt, End: cutEnds, Kept: 100 * (150 + 60 + 210), Other: 100 * 180, Lost: 10 * 180, Initiator: 4}
		if len(out.Splits) != 1 || out.Splits[0] != want {
			t.Errorf("split brains %+v, want %+v", out.Splits, want)
		}
	})
}
