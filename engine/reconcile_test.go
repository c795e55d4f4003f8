package engine

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// An unfenced pair is cut in two for ten minutes after a day; half of the clients are on either side. After 10 s
// in which the old primary writes alone the other one is promoted, and both write for 590 s.
func splitPair(how *model.Reconciliation) *model.System {
	sys := twoZones(&policies.ActivePassive{Alpha: 1, Success: 1}, []int32{0, 1})
	sys.Services[0].Detector = policies.After{Down: fixedLaw(10)}
	sys.Services[0].Store = &model.Store{Mode: model.Async, WriteRate: 100, Reconcile: how}
	sys.Journeys = nil
	for _, a := range []model.Access{model.Write, model.Read} {
		sys.Journeys = append(sys.Journeys, model.Journey{Name: a.String(), Share: 1, Threshold: 0.95, Service: none,
			Needs: []model.Dependency{{Need: model.Need{Ref: 0, Access: a}}}})
	}
	return sys
}

const cutAt, cutEnds = model.Day, model.Day + 600

// What is served while the branches are reconciled is as was said, from when the cut heals and for as long as it
// takes; what is not counts as reconciliation.
func TestReconciliationServesAsSaid(t *testing.T) {
	for serves, want := range map[model.Serves][2]float64{model.ServesAll: {0, 0}, model.ServesReads: {1000, 0}, model.ServesNothing: {1000, 1000}} {
		sys := splitPair(&model.Reconciliation{Takes: fixedLaw(1000), Serves: serves})
		once(t, sys, 36*model.Hour, func(out *model.Outcome) {
			for j, what := range []string{"writes", "reads"} {
				what = fmt.Sprintf("serving %v: %s", serves, what)
				near(t, what+" unserved", float64(out.Unserved[j]), 5+want[j], 1e-6) // half of the clients while nobody had noticed
				sum := model.Seconds(0)
				for _, o := range out.Outages {
					if o.Journey != int32(j) || o.Phases[model.Reconciling] == 0 {
						continue
					}
					sum += o.Phases[model.Reconciling]
					if o.Start != cutEnds || o.End != cutEnds+1000 || o.Initiator != 2 || o.Down(out.Horizon) != 1000 {
						t.Errorf("%s: outage %+v, want one from the end of the cut for 1000 s, put down to it", what, o)
					}
				}
				near(t, what+" down", float64(sum), want[j], 1e-6)
			}
			near(t, "suspect", float64(out.Suspect[0]), 1000, 1e-6)
			if len(out.Splits) != 1 {
				t.Fatalf("%d split brains, want 1", len(out.Splits))
			}
			if got, want := out.Splits[0], (model.Split{Start: cutAt + 10, End: cutEnds, Kept: 29500, Other: 29500, Lost: 30000, Initiator: 2}); got != want {
				t.Errorf("split %+v, want %+v", got, want)
			}
			if l := out.Losses; len(l) != 1 || l[0].Seconds != 600 || l[0].Transactions != 30000 {
				t.Errorf("losses %+v, want those of the discarded branch", l)
			}
		})
	}
}

// Merged by the last write to each item, only a share of what the lesser side wrote is lost: the old primary wrote
// half for 600 s, the other half for 590 s.
func TestMergedBranchesLoseConflictsOnly(t *testing.T) {
	sys := splitPair(&model.Reconciliation{Merges: true, Conflicts: 0.02})
	once(t, sys, 36*model.Hour, func(out *model.Outcome) {
		if len(out.Losses) != 1 || out.Losses[0].At != cutEnds {
			t.Fatalf("losses %+v, want one when the cut heals", out.Losses)
		}
		near(t, "transactions", out.Losses[0].Transactions, 0.02*100*0.5*590, 1e-6)
		near(t, "seconds", float64(out.Losses[0].Seconds), 600, 1e-6)
		near(t, "suspect", float64(out.Suspect[0]), 0, 0)
	})
}

// Branches meet when their holders do: a lease ends what the old primary writes after 20 s, the cut ends later, and
// reconciliation only begins then. If its disk burns before that, a branch that was to be merged is lost, and there
// is nothing to reconcile.
func TestBranchesMeetWhenTheCutHeals(t *testing.T) {
	for _, burns := range []bool{false, true} {
		for _, merges := range []bool{false, true} {
			fence := model.Fence{Kind: model.LeaseFencing, Within: fixedLaw(20)}
			sys := threeSites(fence, policies.After{Down: fixedLaw(5)})
			sys.Services[1].Store.Reconcile = &model.Reconciliation{Takes: fixedLaw(300), Serves: model.ServesNothing, Merges: merges, Conflicts: 0.5}
			if burns {
				sys.Causes = append(sys.Causes, model.CommonCause{Name: "fire", Mode: model.MediaLoss, Probability: 1, Life: fixedLaw(model.Day + 100), Repair: fixedLaw(10), Victims: []int32{0}})
			}
			what := fmt.Sprintf("merges %v, burns %v", merges, burns)
			once(t, sys, 30*model.Hour, func(out *model.Outcome) {
				// The coordinator elects for 1 s, then 5 s pass, and 14 more until the lease ends: a quarter writes.
				branch, rivals := 0.25*20*100, 0.75*14*100
				at, lost := model.Day+20, branch
				switch {
				case merges && burns:
					at = model.Day + 100
				case merges:
					at, lost = cutEnds, 0.5*min(branch, rivals)
				}
				if len(out.Losses) != 1 || out.Losses[0].At != at {
					t.Fatalf("%s: losses %+v, want one at %v", what, out.Losses, at)
				}
				near(t, what+": lost", out.Losses[0].Transactions, lost, 1e-6)
				suspect := 300.0
				if burns {
					suspect = 0
				}
				near(t, what+": suspect", float64(out.Suspect[1]), suspect, 1e-6)
				if s := out.Splits; len(s) != 1 || s[0].End != model.Day+20 {
					t.Errorf("%s: split brains %+v, want one that the lease ended", what, s)
				}
			})
		}
	}
}

// What the horizon cuts short is counted up to there: a split brain at 300 s, a reconciliation at 100 s.
func TestSplitsAreCutAtTheHorizon(t *testing.T) {
	once(t, splitPair(&model.Reconciliation{Takes: fixedLaw(1000)}), cutAt+300, func(out *model.Outcome) {
		if len(out.Splits) != 1 || out.Splits[0].End != cutAt+300 || out.Splits[0].Other != 14500 || out.Suspect[0] != 0 {
			t.Errorf("split brains %+v, suspect %v; want one for 290 s so far", out.Splits, out.Suspect[0])
		}
	})
	once(t, splitPair(&model.Reconciliation{Takes: fixedLaw(1000)}), cutEnds+100, func(out *model.Outcome) {
		near(t, "suspect", float64(out.Suspect[0]), 100, 1e-6)
	})
}

// A failover without a split brain leaves nothing to reconcile, whatever the lag: the old primary was down.
func TestNothingToReconcileAfterAFailover(t *testing.T) {
	sys := lagging(2, model.Store{Reconcile: &model.Reconciliation{Takes: fixedLaw(1000), Serves: model.ServesNothing}})
	fails(sys, 0, model.OSCrash, 1000, model.Hour)
	once(t, sys, 9000, func(out *model.Outcome) {
		near(t, "unserved", float64(out.Unserved[0]), 11, 1e-6)
		if len(out.Splits) != 0 || out.Suspect[0] != 0 || len(out.Losses) == 0 {
			t.Errorf("split brains %+v, suspect %v, losses %+v", out.Splits, out.Suspect[0], out.Losses)
		}
	})
}

// How long it takes to look through branches is drawn apart, so that nothing else changes for somebody doing that.
func TestReconciliationTakesNobodysLuck(t *testing.T) {
	var outs [2]model.Outcome
	for i, how := range []*model.Reconciliation{nil, {Takes: expLaw(4 * model.Hour)}} {
		sys := splitPair(how)
		sys.Services[0].Store.Lag = expLaw(3)
		fails(sys, 0, model.OSCrash, 7*model.Hour, 1000)
		once(t, sys, 30*model.Day, func(out *model.Outcome) {
			outs[i] = model.Outcome{Losses: slices.Clone(out.Losses), Splits: slices.Clone(out.Splits), Failovers: slices.Clone(out.Failovers),
				Unserved: slices.Clone(out.Unserved), Suspect: slices.Clone(out.Suspect)}
		})
	}
	if outs[0].Suspect[0] != 0 || outs[1].Suspect[0] == 0 || len(outs[1].Splits) < 10 {
		t.Errorf("suspect for %v and %v, %d split brains: the check sees too little", outs[0].Suspect, outs[1].Suspect, len(outs[1].Splits))
	}
	outs[0].Suspect, outs[1].Suspect = nil, nil
	if !reflect.DeepEqual(outs[0], outs[1]) {
		t.Errorf("without reconciliation %+v\nwith it %+v", outs[0], outs[1])
	}
}

// Three members at the ends of a star: one after the other of the first two is cut off for 600 s, an hour apart,
// goes on alone as an old primary and crashes 100 s after the cut, for three hours.
func splitTwice(how *model.Reconciliation) *model.System {
	sys := splitPair(how)
	sys.Components = sys.Components[:2]
	for _, name := range []string{"c", "uplink of a", "uplink of b"} {
		sys.Components = append(sys.Components, model.Component{Name: name, Kind: model.KindNode, Site: none})
	}
	sys.Network = model.Network{}
	for i := int32(0); i < 4; i++ {
		sys.Network.Sites = append(sys.Network.Sites, model.Site{Name: string('a' + rune(i)), Component: none, Within: none, Transit: true})
	}
	sys.Services[0].Members, sys.Clients = nil, nil
	for i := int32(0); i < 3; i++ {
		sys.Components[i].Site = i
		link := none
		if i < 2 {
			link = 3 + i
			cut := model.Day + model.Seconds(i)*model.Hour
			sys.Causes = append(sys.Causes, model.CommonCause{Name: sys.Components[link].Name, Mode: model.Isolated, Probability: 1,
				Life: fixedLaw(cut), Repair: fixedLaw(600), Victims: []int32{link}})
			fails(sys, int(i), model.OSCrash, cut+100, 3*model.Hour)
		}
		sys.Network.Links = append(sys.Network.Links, way(link, i, 3), way(link, 3, i))
		sys.Services[0].Members = append(sys.Services[0].Members, model.Member{Component: i, Host: i})
		sys.Clients = append(sys.Clients, model.ClientGroup{Site: i, Share: []float64{0.25, 0.25, 0.5}[i]})
	}
	return sys
}

// A branch waits until its holder is seen again, whatever happens to other branches meanwhile.
func TestEachBranchWaitsForItsHolder(t *testing.T) {
	for _, merges := range []bool{false, true} {
		sys := splitTwice(&model.Reconciliation{Takes: fixedLaw(300), Merges: merges})
		once(t, sys, 36*model.Hour, func(out *model.Outcome) {
			at, lost := []model.Seconds{model.Day + 100, model.Day + model.Hour + 100}, 0.25*100*100
			if merges { // when they are back
				at, lost = []model.Seconds{at[0] + 3*model.Hour, at[1] + 3*model.Hour}, 0
			}
			if len(out.Losses) != 2 {
				t.Fatalf("merges %v: losses %+v, want two", merges, out.Losses)
			}
			for i, l := range out.Losses {
				if l.At != at[i] {
					t.Errorf("merges %v: loss %d at %v, want %v", merges, i, l.At, at[i])
				}
				near(t, "lost", l.Transactions, lost, 1e-6)
			}
			near(t, "suspect", float64(out.Suspect[0]), 600, 1e-6)
		})
	}
}

// What its holder lost while it was down does not come back with it, even if it is given the data of others at once.
func TestBurntBranchIsNotMerged(t *testing.T) {
	for _, burns := range []bool{false, true} {
		sys := splitTwice(&model.Reconciliation{Takes: fixedLaw(300), Merges: true})
		sys.Causes[1].Life = fixedLaw(30 * model.Day)
		sys.Components[1].Modes = nil
		if burns {
			sys.Causes = append(sys.Causes, model.CommonCause{Name: "fire", Mode: model.MediaLoss, Probability: 1,
				Life: fixedLaw(model.Day + model.Hour), Repair: fixedLaw(10), Victims: []int32{0}})
		}
		once(t, sys, 36*model.Hour, func(out *model.Outcome) {
			lost, suspect := 0.0, 300.0
			if burns {
				lost, suspect = 0.25*100*100, 0
			}
			if len(out.Losses) != 1 {
				t.Fatalf("burns %v: losses %+v, want one", burns, out.Losses)
			}
			near(t, "lost", out.Losses[0].Transactions, lost, 1e-6)
			near(t, "suspect", float64(out.Suspect[0]), suspect, 1e-6)
		})
	}
}

// An old primary acknowledges nothing that it cannot replicate, if that is strict, nor without its data: its disk
// burns before the other is promoted. Then only what it had acknowledged up to there is lost.
func TestOldPrimaryWritesOnlyIfItCan(t *testing.T) {
	strict, hollow := splitPair(nil), splitPair(nil)
	strict.Services[0].Store.Mode, strict.Services[0].Store.Acks = model.Sync, 1
	burns(hollow, 0, cutAt+2)
	for what, c := range map[string]struct {
		sys  *model.System
		lost float64
	}{"strict": {strict, 0}, "hollow": {hollow, 0.5 * 100 * 2}} {
		once(t, c.sys, 36*model.Hour, func(out *model.Outcome) {
			lost := 0.0
			for _, l := range out.Losses {
				lost += l.Transactions
			}
			near(t, what+": lost", lost, c.lost, 1e-6)
			if len(out.Splits) != 0 {
				t.Errorf("%s: split brains %+v, want none", what, out.Splits)
			}
		})
	}
}
