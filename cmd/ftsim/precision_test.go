package main

import (
	"context"
	"flag"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/engine"
)

var long = flag.Bool("long", false, "repeat experiments 1000 times instead of 100: go test ./cmd/ftsim -run Stopping -long -v")

// exponentialYear is the expected unavailability over a year that begins with everything up, of n units in
// parallel that fail and are repaired at constant rates (Trivedi 2002, 8.2): the mean of (u(1 − e^(−at)))ⁿ.
func exponentialYear(mtbf, mttr float64, n int) float64 {
	u, a, t := mttr/(mtbf+mttr), 1/mtbf+1/mttr, 8760.0
	if n == 1 {
		return u * (1 - (1-math.Exp(-a*t))/(a*t))
	}
	return u * u * (1 - 2*(1-math.Exp(-a*t))/(a*t) + (1-math.Exp(-2*a*t))/(2*a*t))
}

// A run to a precision stops at a look, and a look is kinder to intervals that happen to be short. The
// intervals must cover the known unavailability all the same.
func TestStoppingKeepsCoverage(t *testing.T) {
	repetitions, least := 100, .88
	if *long {
		repetitions, least = 1000, .93
	}
	for _, c := range []struct {
		name, nodes string
		precision   float64
		want        float64
	}{
		{"one unit to 10 %", "a: {mtbf: 1000h, mttr: 10h}", .1, exponentialYear(1000, 10, 1)},
		{"one unit to 30 %", "a: {mtbf: 1000h, mttr: 10h}", .3, exponentialYear(1000, 10, 1)},
		{"a pair to 20 %", "a: {mtbf: 1000h, mttr: 10h}, b: {mtbf: 1000h, mttr: 10h}", .2, exponentialYear(1000, 10, 2)},
		{"a pair to 50 %", "a: {mtbf: 1000h, mttr: 10h}, b: {mtbf: 1000h, mttr: 10h}", .5, exponentialYear(1000, 10, 2)},
	} {
		replicas := "[a]"
		if c.want < 1e-3 {
			replicas = "[a, b]"
		}
		j := preciseJob(t, "apiVersion: ftsim/v1\nnodes: {"+c.nodes+"}\nservices: {db: {replicas: "+replicas+", policy: active-active}}\n", c.precision)
		hits, runs := 0, 0
		for i := range repetitions {
			j.options.Seed = uint64(1000 + i)
			found, err := j.simulate(context.Background(), silence{})
			if err != nil {
				t.Fatal(err)
			}
			e := found.study.Summary().Get("availability", 0).Main()
			runs += found.done
			if e.Low <= 1-c.want && 1-c.want <= e.High {
				hits++
			}
		}
		share := float64(hits) / float64(repetitions)
		t.Logf("%s: %.1f %% of %d intervals cover, after %d runs on average", c.name, 100*share, repetitions, runs/repetitions)
		if share < least {
			t.Errorf("%s: only %.1f %% of the intervals cover", c.name, 100*share)
		}
	}
}

// preciseJob makes a topology ready to be run to a precision.
func preciseJob(t *testing.T, text string, precision float64) *job {
	t.Helper()
	j := jobOf(t, text)
	j.plan.Precision = precision
	j.options = engine.OptionsOf(&j.plan)
	j.options.Runs = j.plan.MaxRuns
	return j
}

// The same seed stops at the same replication with any number of workers, with the figures of a plain run
// of that length.
func TestStoppingIsReproducible(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "examples", "quickstart.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	j := preciseJob(t, string(text), .04)
	at := func(workers int) (int, analysis.Estimate) {
		j.options.Workers = workers
		found, err := j.simulate(context.Background(), silence{})
		if err != nil {
			t.Fatal(err)
		}
		e := found.study.Summary().Get("availability", 0).Main()
		return found.done, analysis.Estimate{Value: e.Value, Low: e.Low, High: e.High}
	}
	done, first := at(1)
	look := analysis.NextLook(0)
	for look < done {
		look = analysis.NextLook(look)
	}
	if look != done {
		t.Errorf("it stops after %d runs, where nobody should look", done)
	}
	for _, workers := range []int{2, 5, 16} {
		if n, e := at(workers); n != done || e.Value != first.Value || e.Low != first.Low || e.High != first.High {
			t.Errorf("%d workers stop after %d runs with %v, one after %d with %v", workers, n, e, done, first)
		}
	}
	j.plan.Precision, j.options.Runs = 0, done
	if n, e := at(3); n != done || e.Value != first.Value || e.High != first.High {
		t.Errorf("a plain run of %d gives %v, one that stopped there %v", done, e, first)
	}
}
