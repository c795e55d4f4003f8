package analysis

import "github.com/ftsim/ftsim/model"

// incident is a run of outages of one journey, each closer than the merge gap to the one before.
type incident struct {
	start, end model.Seconds // of the first and the last outage; end may lie beyond the horizon
	down       model.Seconds // down seconds within the horizon, without the gaps
	unseen     model.Seconds // of which nobody had noticed
	open       bool          // end is a lower bound
}

// recovery is the time to recovery (TTR), the gaps included.
func (in incident) recovery() model.Seconds { return in.end - in.start }

// isBlip tells whether an outage is too short to be an incident.
func isBlip(a *model.Outage, plan *model.Plan) bool {
	return !a.Open && a.End-a.Start < plan.MinDowntime
}

// eachIncident merges the outages of a journey (which come by start) and yields the incidents in order.
// Blips neither make nor extend one, nor does what was announced, if that does not count.
func eachIncident(o *model.Outcome, plan *model.Plan, journey int, yield func(incident)) {
	var in incident
	begun, counts := false, plan.CountsPlanned(int32(journey))
	for i := range o.Outages {
		a := &o.Outages[i]
		if int(a.Journey) != journey || isBlip(a, plan) || !counts && announced(a, o.Horizon) {
			continue
		}
		if !begun || a.Start-in.end >= plan.MergeGap {
			if begun {
				yield(in)
			}
			in, begun = incident{start: a.Start, end: a.End}, true
		}
		in.end = max(in.end, a.End)
		in.down += a.Down(o.Horizon)
		in.unseen += a.Phases[model.Detection]
		in.open = in.open || a.Open
	}
	if begun {
		yield(in)
	}
}

// announced tells whether an outage was maintenance that kept to what was announced.
func announced(a *model.Outage, horizon model.Seconds) bool {
	return a.Planned > 0 && a.Down(horizon)-a.Planned < 1e-3
}
