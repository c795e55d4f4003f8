package engine

import (
	"fmt"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// bench runs replications one after another and reports the cost of an event.
func bench(b *testing.B, sys *model.System, o Options) {
	p, err := Compile(sys)
	if err != nil {
		b.Fatal(err)
	}
	r := p.NewRunner(o)
	var out model.Outcome
	r.Reset(0, &out)
	r.Run()
	events := int64(0)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		r.Reset(i, &out)
		r.Run()
		events += out.Events
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(events), "ns/event")
	b.ReportMetric(float64(events)/float64(b.N), "events/rep")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkKOfN is n independent units of which 90 % must be up; the horizon shrinks as n grows.
func BenchmarkKOfN(b *testing.B) {
	for _, n := range []int{100, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			h := 1e5 * model.Hour
			if n > 1000 { // some two million events, so that the reset hardly counts
				h = 1e9 * model.Hour / model.Seconds(n)
			}
			bench(b, farm(n, policies.ActiveActive{}, n*9/10), Options{Horizon: h, Seed: 1})
		})
	}
}

// BenchmarkPair is an active-passive pair with a failover of 60 s.
func BenchmarkPair(b *testing.B) {
	p := standby(1)
	p.Activate = policies.Steps{fixedLaw(60)}
	sys := farm(2, p, 1)
	for i := range sys.Components {
		sys.Components[i] = unit(sys.Components[i].Name, 2000*model.Hour, repairH)
	}
	bench(b, sys, Options{Horizon: 87600 * model.Hour, Seed: 1})
}
