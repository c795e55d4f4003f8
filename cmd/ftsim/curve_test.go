package main

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

const oneNode = `
apiVersion: ftsim/v1
name: one node
simulation: {horizon: 300h, runs: 20000, start: %s}
nodes:
  a: {mtbf: 100h, mttr: 10h}
services:
  s: {replicas: [a]}
`

// TestCurvesAreExact holds the curve of one node against the formulas of the two-state chain,
// A(t) = μ/(λ+μ) + λ/(λ+μ)·e^−(λ+μ)t, and its average from 0 to t; and against the level μ/(λ+μ) if it
// starts in its long-run state.
func TestCurvesAreExact(t *testing.T) {
	const lambda, mu = 1. / 100, 1. / 10 // per hour
	const r = lambda + mu
	for _, start := range []string{"all-up", "steady-state"} {
		j := jobOf(t, fmt.Sprintf(oneNode, start))
		j.curves = analysis.NewCurves([]int{0}, []model.Seconds{0, 1 * model.Hour, 2 * model.Hour, 5 * model.Hour, 10 * model.Hour,
			20 * model.Hour, 40 * model.Hour, 100 * model.Hour, 300 * model.Hour})
		if _, err := j.simulate(context.Background(), silence{}); err != nil {
			t.Fatal(err)
		}
		for _, p := range j.curves.Curve(0) {
			h := float64(p.At / model.Hour)
			now, upTo := mu/r+lambda/r*math.Exp(-r*h), mu/r
			if h > 0 {
				upTo += lambda / (r * r * h) * (1 - math.Exp(-r*h))
			}
			if start == "steady-state" {
				now, upTo = mu/r, mu/r
			}
			within(t, start+" at "+p.At.String(), p.Now, now)
			if h > 0 {
				within(t, start+" until "+p.At.String(), p.UpTo, upTo)
			}
		}
	}
}
