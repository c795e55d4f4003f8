package engine

import "github.com/ftsim/ftsim/model"

// Options says how to run a Program.
type Options struct {
	Horizon     model.Seconds // length of one replication
	RunOut      model.Seconds // how long an outage open at the horizon is followed, for its length only
	Seed        uint64
	SteadyState bool // draw residual lives and let the system settle before the clock starts
	First       int  // index of the first replication
	Runs        int  // number of replications
	Workers     int  // 0 = one per core
	Exact       bool // draw every duration from its law itself instead of from tables made of it
}

// OptionsOf takes the options from a plan.
func OptionsOf(p *model.Plan) Options {
	return Options{Horizon: p.Horizon, RunOut: p.RunOut, Seed: p.Seed, SteadyState: p.SteadyState, Runs: p.Runs}
}
