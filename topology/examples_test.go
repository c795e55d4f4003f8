package topology

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
)

func TestExamplesLoadAndCompile(t *testing.T) {
	files, _ := filepath.Glob("../examples/*.yaml")
	if len(files) < 2 {
		t.Fatal("no examples found")
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(text), "# ") {
			t.Errorf("%s: no comment that says what to expect", f)
		}
		topo, err := Load(f, text)
		if err != nil {
			t.Errorf("%s:\n%v", f, err)
			continue
		}
		for _, w := range topo.System.Warnings {
			t.Log(w)
		}
		if _, err := engine.Compile(topo.System); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
}

// Two zones at 45, 60 and 80 % load: the loss of one means nothing, shedding at the peak, and a collapse.
func TestTwoZonesUnderLoad(t *testing.T) {
	for _, c := range []struct {
		load           string
		shed, collapse bool
	}{{"45", false, false}, {"60", true, false}, {"80", false, true}} {
		text, err := os.ReadFile("../examples/pair-07-" + c.load + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		sys := load(t, strings.SplitN(string(text), "apiVersion: ftsim/v1\n", 2)[1]).System
		p, err := engine.Compile(sys)
		if err != nil {
			t.Fatal(err)
		}
		outages, overload := 0, 0
		for out, err := range p.Replications(t.Context(), engine.Options{Horizon: model.Year, Seed: 7, Runs: 2000}) {
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range out.Outages {
				start, down := math.Mod(float64(o.Start/model.Hour), 24), o.Down(out.Horizon)
				if kind := sys.ElementKind(o.Initiator); kind != "zone" || start < 9 || start >= 22 {
					t.Errorf("at %s %%: an outage by a %s at %.2f o'clock", c.load, kind, start)
				}
				outages++
				if o.Phases[model.Overload] > 0 {
					overload++
				}
				if !c.collapse && math.Abs(float64(o.Unserved/down)-weightAtPeak(sys)/6) > 1e-6 {
					t.Errorf("at %s %%: %.4g of the mean load went unserved, not one request in six", c.load, o.Unserved/down)
				}
			}
		}
		if c.shed && (outages < 100 || overload > 0) || c.collapse && (outages < 100 || overload < 9*outages/10) || !c.shed && !c.collapse && outages > 0 {
			t.Errorf("at %s %%: %d outages, %d of them collapses", c.load, outages, overload)
		}
	}
}

// weightAtPeak is the load at the peak over the mean of a day.
func weightAtPeak(sys *model.System) float64 {
	hours := float64((sys.Peak.To - sys.Peak.From) / model.Hour)
	return sys.Peak.Rate / ((sys.Rate*(24-hours) + sys.Peak.Rate*hours) / 24)
}

// The computation takes what Daly's formula says, and four fifths of it are useful.
func TestCheckpointsTakeWhatTheExampleSays(t *testing.T) {
	text, err := os.ReadFile("../examples/checkpoints.yaml")
	if err != nil {
		t.Fatal(err)
	}
	sys := load(t, strings.SplitN(string(text), "apiVersion: ftsim/v1\n", 2)[1]).System
	sys.Jobs = sys.Jobs[:1]
	p, err := engine.Compile(sys)
	if err != nil {
		t.Fatal(err)
	}
	const runs = 2000
	took, stops := 0.0, 0.0
	for out, err := range p.Replications(t.Context(), engine.Options{Horizon: 60 * model.Day, Seed: 3, Runs: runs}) {
		if err != nil || len(out.Runs) != 1 || out.Runs[0].Open {
			t.Fatalf("%v, %+v", err, out.Runs)
		}
		took, stops = took+float64(out.Runs[0].End/model.Hour)/runs, stops+float64(out.Runs[0].Stops)/runs
	}
	if want := 6 * math.Exp(10./360) * math.Expm1(65./360) * 500; math.Abs(took-want) > 1 || math.Abs(want-610.4) > 0.05 {
		t.Errorf("it takes %.1f h on average, by the formula %.1f", took, want)
	}
	if math.Abs(stops-610.4/6) > 1 {
		t.Errorf("it is interrupted %.1f times", stops)
	}
}
