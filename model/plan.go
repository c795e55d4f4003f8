package model

// Plan is what to do with a System: how long and how often to simulate, and what to hold it to.
type Plan struct {
	Horizon     Seconds
	Runs        int
	Precision   float64 // if above 0, stop when the greatest relative half-width is no more, instead of after Runs
	MaxRuns     int     // with a precision: stop after so many in any case
	Seed        uint64
	SteadyState bool    // start in the long-run state instead of all up
	MinDowntime Seconds // shorter outages are blips, not incidents
	MergeGap    Seconds // outages closer than this are one incident
	RunOut      Seconds // how long an outage open at the horizon is followed, for its length only
	Objectives  []Objective
}

// DefaultPlan is the plan of a file that says nothing (SEMANTICS 6).
func DefaultPlan() Plan {
	return Plan{Horizon: Year, Runs: 10000, MaxRuns: 1_000_000, Seed: 1, MinDowntime: 1, MergeGap: 5 * Minute, RunOut: 30 * Day}
}

// Objective is what a journey promises. Zero fields promise nothing.
type Objective struct {
	Journey      int32
	Availability float64 // least share of time up, for example 0.9995
	RTO          Seconds // longest recovery of an incident
	RPO          Seconds // greatest loss in seconds at a recovery of any store the journey needs
	RPOSet       bool    // an RPO of zero is a promise too
	Unplanned    bool    // announced maintenance does not count
	At           Pos
}

// CountsPlanned tells whether maintenance that was announced counts as incidents of a journey: so it does, unless
// an objective of the journey leaves it out.
func (p *Plan) CountsPlanned(journey int32) bool {
	for i := range p.Objectives {
		if ob := &p.Objectives[i]; ob.Journey == journey && ob.Unplanned {
			return false
		}
	}
	return true
}
