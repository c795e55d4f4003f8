package reality

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/analysis/report"
	"github.com/ftsim/ftsim/model"
)

const timeoutIntro = `# How long to wait

<!-- Written by go test ./internal/reality -update. -->

How long may a primary be silent before another takes over? A short timeout finds a dead machine soon and takes every
hiccup of the network for one; a long one ignores hiccups and leaves users waiting. Downtime against the timeout is
therefore a U.

![Downtime per year against the timeout of the detector](timeout-curve.png)

The design is that of examples/pair-06-timeout-10s.yaml: two machines that fail every 60 days, twelve short
interruptions of the line between them a year (half are shorter than 3 s, one in twenty longer than 40 s), and a minute
for the clients to follow a failover. 4000 years for each timeout, under the same luck; intervals are 95 %.

| Timeout | Downtime a year | Failovers a year | False alarms among them |
|---|---|---|---|
`

// The downtime against the timeout is a U: it falls and rises again, and the middle is clearly below both
// ends (R11).
func TestTimeoutCurveIsAU(t *testing.T) {
	var rows strings.Builder
	s := &report.SweepCurve{Title: "A detector's timeout of 10 to 30 s costs the least", Setting: "Timeout of the detector",
		Sub:  "Downtime per year of a pair with a noisy line between its machines; shaded: 95 % interval",
		Foot: "ftsim · examples/pair-06 · seed 1 · 4000 runs × 1y for each timeout"}
	least := 0
	for i, timeout := range []model.Seconds{2, 3, 5, 8, 12, 20, 30, 45, 60, 90, 120} {
		sum := study(t, "../../examples/pair-06-timeout-10s.yaml", "period: 1s, timeout: 10s", "period: 1s, timeout: "+timeout.String())
		down := of(t, sum, "downtime", "", "")
		s.Points = append(s.Points, report.SweepPoint{Label: timeout.String(), Setting: float64(timeout), Result: down})
		if down.Value < s.Points[least].Result.Value {
			least = i
		}
		fmt.Fprintf(&rows, "| %v | %s | %.3g | %.3g |\n", timeout, minutes(down),
			of(t, sum, "failovers", "db", "").Value, failovers(sum, "db", model.FalseAlarm, false))
	}
	bottom := s.Points[least]
	between(t, "the best timeout, s", bottom.Setting, 8, 30)
	for i, p := range s.Points {
		switch {
		case i+1 < least && p.Result.Value <= s.Points[i+1].Result.Value, i > least+1 && p.Result.Value <= s.Points[i-1].Result.Value:
			t.Errorf("at %v the curve is not a U: %v", p.Label, s.Points)
		case p.Setting <= 3 || p.Setting >= 60:
			if p.Result.Low <= bottom.Result.High {
				t.Errorf("%v is not clearly worse than %v", p.Label, bottom.Label)
			}
		}
	}
	agrees(t, "../../docs/timeout.md", timeoutIntro+rows.String())
	curveIsDrawn(t, s)
}

// curveIsDrawn writes the picture, or makes sure that there is one like it: pixels may differ with a version
// of the plotting library, the size may not.
func curveIsDrawn(t *testing.T, s *report.SweepCurve) {
	t.Helper()
	const file = "../../docs/timeout-curve.png"
	var now bytes.Buffer
	if err := s.PNG(&now); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, now.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	was, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	a, err := png.DecodeConfig(bytes.NewReader(was))
	b, wrong := png.DecodeConfig(&now)
	if err != nil || wrong != nil || a != b {
		t.Errorf("%s: %v, %v, %v by %v instead of %v by %v", file, err, wrong, a.Width, a.Height, b.Width, b.Height)
	}
}

func minutes(e analysis.Estimate) string {
	return fmt.Sprintf("%.3g min [%.3g, %.3g]", e.Value/minute, e.Low/minute, e.High/minute)
}
