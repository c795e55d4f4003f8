package reality

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/topology"
)

const realityIntro = `# Reality checks

<!-- Written by go test ./internal/reality -update. -->

How long each preset of a product leaves its users without service, against what is documented or measured of the
product. Each row is a file in internal/reality/testdata with one fault, run 4000 times. Simulated are the median and
the 95th percentile of the recovery time, with their 95 % intervals.

A figure is *documented* or *measured* with a label of its evidence (V verified in the source, S quoted by somebody,
K recalled, J judgement), or *derived*: worked out by hand from documented defaults. A simulation that agrees with a
derived figure shows that detectors and phases add up; one that agrees with a measured one shows a little more. The
inputs say what of a preset is not verified: where that is the very step that takes the time, agreement is no evidence.
Rough figures (≈) and single ones count as met within 10 %, ranges only within the range.

| System | Fault | Documented or measured | Label | Simulated p50 | Simulated p95 | Inputs | Verdict |
|---|---|---|---|---|---|---|---|
`

// Products behave as documented, or the page says why they do not.
func TestReality(t *testing.T) {
	var b strings.Builder
	b.WriteString(realityIntro)
	within := 0
	for _, f := range facts {
		m := study(t, "testdata/"+f.file+".yaml").Get("rto", 0)
		p50, p95 := m.Stat("p50"), m.Stat("p95")
		if p50.Observations != 4000 {
			t.Fatalf("%s: %d outages in 4000 runs", f.file, p50.Observations)
		}
		verdict := "within"
		if !f.allows(p50, p95) {
			verdict = "outside: " + f.outside
		} else {
			within++
		}
		if f.allows(p50, p95) != (f.outside == "") {
			t.Errorf("%s: %.4g s and %.4g s against %s: %s", f.file, p50.Value, p95.Value, f.says, verdict)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s | %s | %s |\n", f.preset, f.fault, f.says, f.kind, seconds(p50), seconds(p95), labels(t, f.preset), verdict)
	}
	fmt.Fprintf(&b, "\n%d of %d rows are within.\n\n## Not checked\n\n| Figure | Why |\n|---|---|\n", within, len(facts))
	for _, u := range unchecked {
		fmt.Fprintf(&b, "| %s | %s |\n", u[0], u[1])
	}
	agrees(t, "../../docs/reality-checks.md", b.String())
}

func (s span) allows(p50, p95 analysis.Estimate) bool {
	return p50.Value >= s.p50Low && p50.Value <= s.p50High && p95.Value >= s.p95Low && p95.Value <= s.p95High
}

// Every file is in the table, and every preset that decides about a failover has a row.
func TestRealityIsComplete(t *testing.T) {
	rows, presets := map[string]bool{}, map[string]bool{"nginx": true, "nginx-plus": true, "vrrp": true, "kafka-kraft": true} // nothing is known of them
	for _, f := range facts {
		rows[f.file], presets[f.preset] = true, true
	}
	files, _ := filepath.Glob("testdata/*.yaml")
	if len(files) != len(facts) {
		t.Errorf("%d files and %d rows", len(files), len(facts))
	}
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".yaml"); !rows[name] {
			t.Errorf("%s is in no row", f)
		}
	}
	for _, p := range topology.Presets() {
		switch p.Kind {
		case "failover", "detector", "election", "replication":
			if !presets[p.Name] {
				t.Errorf("preset %s has no row", p.Name)
			}
		}
	}
}

// labels is the evidence for the values of a preset.
func labels(t *testing.T, name string) string {
	for _, p := range topology.Presets() {
		switch p.Kind {
		case "failover", "detector", "election", "replication":
			if p.Name == name {
				return p.Labels()
			}
		}
	}
	t.Errorf("there is no preset %s", name)
	return ""
}

// seconds writes an estimate with its interval in three digits.
func seconds(e analysis.Estimate) string {
	unit, by := "s", 1.0
	if e.Value >= 600 {
		unit, by = "min", 60
	}
	return fmt.Sprintf("%.3g %s [%.3g, %.3g]", e.Value/by, unit, e.Low/by, e.High/by)
}
