package engine

import "github.com/ftsim/ftsim/model"

// This file writes the story of each failover down in the outcome.

// keepRecord writes the story of a failover down in the outcome.
func (r *Runner) keepRecord(i int32, g *group, out *model.Reaction, primary int32) {
	if g.record == none {
		if out.Event != model.Started || r.past {
			return
		}
		r.openRecord(i, g, primary)
	}
	f := &r.out.Failovers[g.record]
	if out.Event == model.AttemptFailed {
		f.Failures++
	}
	f.Manual = f.Manual || g.state.Manual
	if g.state.Phase == model.Serving {
		f.Result = model.Abandoned
		if out.Event == model.Completed {
			f.Result = model.Succeeded
		}
		r.closeRecord(g, f)
	}
}

func (r *Runner) openRecord(i int32, g *group, primary int32) {
	g.record = int32(len(r.out.Failovers))
	r.out.Failovers = append(r.out.Failovers, model.Failover{})
	f := &r.out.Failovers[g.record]
	f.Service, f.Start, f.From, f.Initiator = i, r.Now(), primary, g.blame
	switch m := &r.members[g.first+primary]; {
	case r.signal.Kind == model.SwitchoverDue:
		f.Trigger = model.Planned
	case !m.up, m.slow, g.hollow, g.style == model.Majority:
		f.Trigger = model.RealFault
	default:
		f.Trigger = model.FalseAlarm
	}
}

func (r *Runner) closeRecord(g *group, f *model.Failover) {
	g.record = none
	f.End, f.To = r.Now(), g.state.Primary
}

// tellFailure tells of a promotion that has not worked.
func (r *Runner) tellFailure(i int32, before model.Phase, candidate int32) {
	switch planned := r.signal.Kind == model.SwitchoverDue; {
	case planned:
		candidate = r.signal.Eligible
	case r.signal.Kind != model.StepEnded || before != model.Activation:
		return
	}
	r.tell(Note{Kind: PromotionFailed, Service: i, Member: candidate})
}
