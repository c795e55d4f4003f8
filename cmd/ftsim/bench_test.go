package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/topology"
)

// BenchmarkThreeTier is what an event costs in a real design, on one core.
func BenchmarkThreeTier(b *testing.B) {
	name := filepath.Join("..", "..", "examples", "three-tier.yaml")
	text, err := os.ReadFile(name)
	if err != nil {
		b.Fatal(err)
	}
	t, err := topology.Load(name, text)
	if err != nil {
		b.Fatal(err)
	}
	p, err := engine.Compile(t.System)
	if err != nil {
		b.Fatal(err)
	}
	r := p.NewRunner(engine.OptionsOf(t.Plan))
	var out model.Outcome
	events := int64(0)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		r.Reset(i, &out)
		r.Run()
		events += out.Events
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(events), "ns/event")
	b.ReportMetric(float64(events)/float64(b.N), "events/rep")
}
