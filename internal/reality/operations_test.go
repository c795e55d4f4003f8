package reality

import (
	"math"
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

// Planned work and spare parts: the pump follows the integral of age replacement, the fan that of a unit that does
// not age, the relay has λτ/2 and a little less, the gateway waits for a board if a second one fails within a week.
func TestMaintenanceExample(t *testing.T) {
	d := study(t, "../../examples/maintenance.yaml")
	exact := func(what, journey string, want float64) {
		t.Helper()
		if e := of(t, d, "availability", journey, ""); e.Low-2e-4 > want || e.High+2e-4 < want {
			t.Errorf("%s: %.5f [%.5f, %.5f], exact %.5f", what, e.Value, e.Low, e.High, want)
		}
	}
	exact("pump", "pumping", ageReplacement(3, 1000, 350, 48, 4))
	exact("fan", "cooling", ageReplacement(1, 1000, 350, 48, 4))
	exact("relay", "protection", 50*(1-math.Exp(-1./50)))
	between(t, "share of the pump's downtime that was announced", of(t, d, "downtime_planned", "pumping", "").Value/of(t, d, "downtime", "pumping", "").Value, 0.6, 0.72)
	between(t, "announced of the databases, seconds", of(t, d, "downtime_planned", "db", "").Value, 13*7, 13*9)
	between(t, "gateways that wait for a board", of(t, d, "parts_short", "board", "").Value, 0.01, 0.03)
	bare := study(t, "../../examples/maintenance.yaml", "stock: 1", "stock: 0")
	between(t, "waits without a stock, days", of(t, bare, "parts_wait", "board", "").Value/float64(model.Day), 6.8, 7.01)
}

// ageReplacement is ∫R over ∫R + F(T)·repair + R(T)·takes of a Weibull unit.
func ageReplacement(shape, scale, age, repair, takes float64) float64 {
	survival := func(x float64) float64 { return math.Exp(-math.Pow(x/scale, shape)) }
	sum := 0.0
	const parts = 10_000
	for k := range parts {
		sum += survival((float64(k)+0.5)*age/parts) * age / parts
	}
	return sum / (sum + (1-survival(age))*repair + survival(age)*takes)
}

// Pods that run on any free node miss two of three only if three of four nodes are away.
func TestOrchestratorExample(t *testing.T) {
	const file = "../../examples/orchestrator.yaml"
	u := 2. / 92
	hours := func(p float64) float64 { return 8760 * p }
	pooled, pinned := hours(4*u*u*u*(1-u)+u*u*u*u), hours(3*u*u*(1-u)+u*u*u)
	e := of(t, study(t, file), "downtime", "application", "")
	if h := float64(model.Hour); e.Low/h > pooled*1.02 || e.High/h < pooled*0.98 {
		t.Errorf("any free node: down %.3f h a year [%.3f, %.3f], exact %.3f", e.Value/h, e.Low/h, e.High/h, pooled)
	}
	stay := study(t, file, "[node-1, node-4, node-2, node-3]", "[node-1]", "[node-2, node-4, node-3, node-1]", "[node-2]",
		"[node-3, node-4, node-1, node-2]", "[node-3]", "  node-4: {mtbf: 90d, mttr: 2d, exclusive: true}\n", "",
		"policy: cold, failover: &reschedule {preset: kubernetes-pod, dormancy: 1}", "policy: active-active",
		"policy: cold, failover: *reschedule", "policy: active-active")
	e = of(t, stay, "downtime", "application", "")
	if h := float64(model.Hour); e.Low/h > pinned*1.02 || e.High/h < pinned*0.98 {
		t.Errorf("pods that stay: down %.2f h a year [%.2f, %.2f], exact %.2f", e.Value/h, e.Low/h, e.High/h, pinned)
	}
}
