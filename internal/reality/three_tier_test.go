package reality

import (
	"testing"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// perYearHours is a figure in hours per year.
func perYearHours(t *testing.T, s *analysis.Summary, metric, journey string) float64 {
	t.Helper()
	return of(t, s, metric, journey, "").Value / float64(model.Hour)
}

// The large example does what its comment says: every mechanism in it shows.
func TestThreeTierWeb(t *testing.T) {
	const file, few = "../../examples/three-tier.yaml", "runs: 2000"
	d := study(t, file, "runs: 20000", few)
	for _, j := range []string{"browse", "checkout"} {
		between(t, j+" down", perYearHours(t, d, "downtime", j), 13, 22)
		between(t, j+" announced", perYearHours(t, d, "downtime_planned", j), 8, 9.5)
	}
	between(t, "sessions announced", perYearHours(t, d, "downtime_planned", "sessions"), 7, 9)
	patches := of(t, d, "maintenance_done", "os-patch", "").Value
	between(t, "nodes patched", patches, 17*11.5, 17*12.2)
	between(t, "patches postponed", of(t, d, "maintenance_postponed", "os-patch", "").Value, 2, 40)
	between(t, "switchovers", of(t, d, "maintenance_done", "db-switchover", "").Value, 3.9, 4.01)
	between(t, "planned changes of the database's role", failovers(d, "db", model.Planned, false), 13, 17)
	between(t, "parts", of(t, d, "parts_used", "spare parts", "").Value, 0.4, 1)
	between(t, "wait for a part, days", of(t, d, "parts_wait", "spare parts", "").Value/float64(model.Day), 1, 1.2)
	between(t, "total losses and errors that lose data", of(t, d, "losses", "db", "").Value, 0.2, 0.45)

	open := study(t, file, "runs: 20000", few, "fencing: {kind: min-replicas, max_lag: 10s}", "fencing: none")
	for _, j := range []string{"browse", "checkout"} {
		between(t, j+" down without min-replicas", perYearHours(t, open, "downtime", j), 3.5, 8)
		between(t, j+" announced without min-replicas", perYearHours(t, open, "downtime_planned", j), 0.7, 1.5)
	}
}
