package engine

import (
	"math"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// An isolated primary acknowledges what those write who reach it: of the clients, a tenth for the 600 s of the cut (R29).
func TestTransactionsAreOfThoseWhoGetThrough(t *testing.T) {
	for _, share := range []float64{0, 0.1, 0.5, 1} {
		sys := twoZones(&policies.ActivePassive{Alpha: 1, Success: 1}, []int32{0, 1})
		sys.Clients = []model.ClientGroup{{Site: 0, Share: share}, {Site: 1, Share: 1 - share}}
		if share == 0 || share == 1 {
			sys.Clients = []model.ClientGroup{{Site: int32(1 - share), Share: 1}}
		}
		sys.Services[0].Detector = policies.Heartbeat{Period: 0, Timeout: 10}
		sys.Services[0].Store = &model.Store{Mode: model.Async, WriteRate: 100}
		once(t, sys, 36*model.Hour, func(out *model.Outcome) {
			seconds, transactions := 0.0, 0.0
			for _, l := range out.Losses {
				seconds, transactions = seconds+float64(l.Seconds), transactions+l.Transactions
			}
			want := 600.0
			if share == 0 {
				want = 0
			}
			near(t, "seconds", seconds, want, 1e-6)
			near(t, "transactions", transactions, share*want*100, 1e-6)
		})
	}
}

// A lag looks back over what changed in between; what is older than all that is remembered counts as having come.
func TestLookingBackOnAbsentees(t *testing.T) {
	var a absence
	for _, turn := range []absentee{{10, 0.5}, {20, 0.2}, {30, 0}, {40, 1}} {
		a.turn(turn.share, turn.from)
	}
	a.total = 1e9
	for _, c := range []struct{ seconds, until, want float64 }{
		{0, 50, 0}, {5, 50, 5}, {10, 50, 10}, {15, 50, 10}, {25, 50, 11}, {35, 50, 14.5}, {45, 50, 17}, {50, 50, 17}, {10, 35, 1},
	} {
		if got := a.in(c.seconds, c.until); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%v s before %v: %v, want %v", c.seconds, c.until, got, c.want)
		}
	}
	a.total = 3
	if got := a.in(50, 50); got != 3 {
		t.Errorf("%v, and no more than 3 in all", got)
	}
}
