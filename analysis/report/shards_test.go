package report

import (
	"strings"
	"testing"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// The table says what was seen, with its interval, and of what was not seen no more than its bound.
func TestTableOfShards(t *testing.T) {
	sys := &model.System{Services: []model.Service{{Name: "files", Store: &model.Store{Shards: &model.Shards{Count: 100}}}, {Name: "web"}}}
	plan := model.DefaultPlan()
	for _, seen := range []bool{true, false} {
		s := analysis.NewStudy(sys, &plan)
		for i := range 20 {
			out := model.Outcome{Replication: i, Horizon: model.Year, Weight: 1, Exposure: make([]model.Seconds, 2), Shards: make([]model.ShardUse, 2)}
			if seen && i < 4 {
				out.Shards[0] = model.ShardUse{Some: [2]model.Seconds{model.Year / 10}, Share: [2]model.Seconds{model.Year / 1000}, Lost: 5, Losses: 1}
			}
			s.Add(&out)
		}
		table := shards(s.Summary())
		if len(table.Rows) != 1 {
			t.Fatalf("%d rows for one store of shards", len(table.Rows))
		}
		var row []string
		for _, c := range table.Rows[0] {
			row = append(row, c.Text)
		}
		text := strings.Join(row, "|")
		want := []string{"files|2.00 % of the time [", "|0.0200 % [", "|20.0 % of runs [8.", "|1.00 ["}
		if !seen {
			want = []string{"files|none seen, < 15.0 % of the time|none seen, < 15.0 %|none seen, < 16.1 % of runs|none seen, < 0.150 times"}
		}
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%q is not in %q", w, text)
			}
		}
	}
}
