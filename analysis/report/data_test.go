package report

import (
	"strings"
	"testing"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// storeOf is a store on one machine, with a fault mode, and what years of it with these losses come to.
func storeOf(mode model.FaultMode, years int, losses ...model.Loss) *analysis.Summary {
	sys := &model.System{Components: []model.Component{{Name: "a", Modes: []model.Mode{{Kind: mode}}}, {Name: "b"}},
		Services: []model.Service{{Name: "db", Store: &model.Store{WriteRate: 10}, Members: []model.Member{{Component: 0, Host: 0}}}}}
	plan := model.DefaultPlan()
	s := analysis.NewStudy(sys, &plan)
	for i := range years {
		out := model.Outcome{Replication: i, Horizon: model.Year, Weight: 1, Exposure: make([]model.Seconds, 1)}
		if i < len(losses) {
			out.Losses = losses[i : i+1]
		}
		s.Add(&out)
	}
	return s.Summary()
}

func rowsOf(t Table) string {
	var rows []string
	for _, row := range t.Rows {
		var texts []string
		for _, c := range row {
			texts = append(texts, c.Text)
		}
		rows = append(rows, strings.Join(texts, "|"))
	}
	return strings.Join(rows, "\n")
}

// A total loss that was not seen is bounded by −ln 0.05 in the years simulated, where something can bring it about. One
// in 100 years has Garwood's interval [0.0253, 5.57] / 100.
func TestTotalLossesHaveBounds(t *testing.T) {
	total := model.Loss{Total: true, Seconds: model.Never, Source: model.FromNowhere, Initiator: 0}
	for want, sum := range map[string]*analysis.Summary{
		"db|none|< 0.0300|< 2.95 %":                             storeOf(model.MediaLoss, 100),
		"db|1|0.0100 [0.000253, 0.0557]|0.995 % [0.0253, 5.42]": storeOf(model.MediaLoss, 100, total),
		"": storeOf(model.OSCrash, 100),
	} {
		if got := rowsOf(totalLosses(sum)); got != want {
			t.Errorf("%q is not %q", got, want)
		}
	}
}

// Quantiles of losses have the intervals of order statistics; losses without end are said to be so, once.
func TestWhatWasLostHasIntervals(t *testing.T) {
	var losses []model.Loss
	for i := range 40 {
		losses = append(losses, model.Loss{Seconds: model.Seconds(i + 1), Transactions: 1e6 * float64(i+1), Source: model.FromCopy, Initiator: 0})
	}
	sum := storeOf(model.MediaLoss, 100, losses...)
	if got, want := rowsOf(writesLost(sum)), "db|20s [14s, 27s]|38s [35s, ∞]|20.0M [14.0M, 27.0M]|38.0M [35.0M, ∞]"; got != want {
		t.Errorf("%q is not %q", got, want)
	}
	if got, want := rowsOf(lostByCause(&sum.Data[0])), "a|0.400 [0.286, 0.545]|20s [14s, 27s]|38s [35s, ∞]"; got != want {
		t.Errorf("%q is not %q", got, want)
	}
	if got := rowsOf(countedByCause(&sum.Data[0])) + rowsOf(lostBySource(&sum.Data[0])); got != "" {
		t.Errorf("of one cause and one source there is %q once more", got)
	}
	for i := range losses {
		losses[i] = model.Loss{Total: true, Seconds: model.Never, Transactions: 1, Source: model.FromNowhere, Initiator: model.Element(i % 2)}
	}
	sum = storeOf(model.MediaLoss, 100, losses...)
	if got, want := writesLost(sum), "db|∞|∞|∞|∞"; rowsOf(got) != want || got.Note == "" {
		t.Errorf("%q (%s) is not %q", rowsOf(got), got.Note, want)
	}
	if got := strings.Count(rowsOf(lostByCause(&sum.Data[0])), "∞|∞"); got != 2 {
		t.Errorf("%d causes lose everything, not 2", got)
	}
}

// A probability that rounds to the whole is not written as the whole, nor one that cannot be told from it.
func TestNothingIsCertain(t *testing.T) {
	for want, p := range map[string]analysis.Estimate{
		"99.99932 % [99.9989, 99.99950]": {Value: 0.9999932, Low: 0.999989, High: 0.999995},
		"> 99.9999 %":                    {Value: 1, Low: 0.9999999, High: 1},
		"83.3 % [80.9, 99.99990]":        {Value: 0.833, Low: 0.809, High: 1},
	} {
		if got := likelihood(p); got != want {
			t.Errorf("%v: %q, want %q", p, got, want)
		}
	}
}

// Losing some shards is not losing everything, and a table of total losses with such a store says so once.
func TestTotalLossOfShards(t *testing.T) {
	store := &model.Store{Shards: &model.Shards{Count: 100}}
	sum := &analysis.Summary{System: &model.System{Services: []model.Service{{Store: store}, {Store: &model.Store{}}, {Store: store}}}}
	for want, order := range map[string][]int{withoutEnd + "; " + ofShards: {0, 1, 2}, withoutEnd: {1}} {
		note := ""
		for _, s := range order {
			note = also(withoutEnd, sum, s, note)
		}
		if note != want {
			t.Errorf("%v: %q, want %q", order, note, want)
		}
	}
}
