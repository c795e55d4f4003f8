package report

import (
	"strings"
	"testing"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// The table says what was read stale, with intervals; of none its bound; and nothing where no books are kept.
func TestTableOfStaleReads(t *testing.T) {
	members := make([]model.Member, 2)
	sys := &model.System{Services: []model.Service{{Name: "db", Store: &model.Store{}, StandbyReads: true, Policy: &policies.ActivePassive{}, Members: members}, {Name: "web"}}}
	plan := model.DefaultPlan()
	for want, use := range map[string]model.StaleReads{
		"db|0.100 % [0.0723, 0.138]|30s [30s, 30s]|30s [30s, 30s]|lack nothing":      {Served: model.Year, Stale: model.Year / 1000, Lacked: 0.03 * float64(model.Year), Most: 60},
		"db|99.9 % [99.9, 99.9]|30s [30s, 30s]|30s [30s, 30s]|lack ≤ 30s [30s, 30s]": {Served: model.Year, Stale: model.Year * 0.999, Lacked: 29.97 * float64(model.Year)},
		"db|none seen, < 7.49 %|–|–|–":                                               {Served: model.Year},
		"":                                                                           {},
	} {
		s := analysis.NewStudy(sys, &plan)
		for i := range 40 {
			out := model.Outcome{Replication: i, Horizon: model.Year, Weight: 1, Exposure: make([]model.Seconds, 2), Stale: []model.StaleReads{use, {}}}
			if use.Most > 0 { // in every other replication
				out.Stale[0].Stale *= model.Seconds(i%2) * 2
				out.Stale[0].Lacked *= float64(i%2) * 2
			}
			if out.Stale[0].Stale > 0 {
				out.Lacks = []model.Lack{{Least: 30, Most: 30, Time: out.Stale[0].Stale}}
			}
			s.Add(&out)
		}
		text := ""
		for _, row := range staleReads(s.Summary()).Rows {
			for _, c := range row {
				text += "|" + c.Text
			}
		}
		text = strings.TrimPrefix(text, "|")
		for _, part := range strings.SplitAfter(want, "|") {
			if !strings.Contains(text, part) || (want == "") != (text == "") {
				t.Errorf("%q is not in %q", part, text)
			}
		}
	}
}
