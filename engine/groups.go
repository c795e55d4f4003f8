package engine

import "github.com/ftsim/ftsim/model"

// This file is floor 4: what each group does about what it believes (R13–R28). The policies decide;
// here their decisions are carried out.

// group is the state of a service.
type group struct {
	first, n    int32 // its members
	needed      int32
	style       model.Style
	observer    model.Observer
	plain       bool    // only the number of available members is kept, not which they are
	pair        bool    // two members, of which one serves
	readers     bool    // standbys answer reads
	sent        float64 // share of the reads that standbys in contact answer all the time
	whole       float64 // share of demand one member at full capacity can take
	looks       bool    // a member that changes is looked at by itself: it is watched, or warms up
	fresh       bool    // who is replaced while down is made new
	pooled      bool    // some member is exclusive
	votes       bool    // it takes the data of a majority to lead
	aloof       bool    // while all is well, standbys neither watch, nor hold data, nor watch over others
	simple      bool    // besides, it has no detector, no fence, and room for all load
	calm        bool    // all is well in such a group
	policy      model.Policy
	detector    model.Detector
	balancer    int32
	coordinator int32 // or none
	care        int32 // or none
	person      int32 // who works for it, or none
	busyUntil   float64
	fence       fence
	store       int32   // or none
	spread      int32   // what it has of data of which several members take writes, or none
	shards      int32   // a store of many shards, or none
	stale       int32   // what is read of copies, or none
	perReplica  float64 // requests per second one member can serve at full capacity; 0 = no limit
	demand      float64 // requests per second in all
	strain      int32   // what too much load does, or none
	halt        int32   // how it goes on without a member, or none
	halted      bool    // it is about that just now
	meanwhile   model.Meanwhile
	copies      int32   // of every item of a leaderless store, or 0; and how many of them
	copiesRead  int32   // a read and
	copiesWrite int32   // a write takes
	writers     int32   // members a write must reach where all members take writes, or 0
	warmAt      float64 // share of capacity at the start of the warm-up
	warmRamp    float64 // its length in seconds
	keys        [2]uint64
	stepClock   int32
	watchClock  int32 // the first of n if members are watched one by one
	warmClock   int32

	up, rotation, good int32 // available; believed so; both
	state              model.GroupState
	lost               bool // believed
	eligible, refused  int32
	unfit              bool  // and the present candidate
	old                int32 // an earlier primary that serves on its side of a partition, or none
	restoring          bool  // its data is being brought back
	hollow             bool  // its primary is up and has nothing, but another member has a copy
	suspended          bool  // it serves nothing while its data is being reconciled
	barred             bool  // the primary is back, but is being replaced already
	redirected         float64
	blame              model.Element
	warming            int32
	exposed            float64
	record             int32 // index of the open failover in the outcome, or none
	luck, watchLuck    stream
	sharedLuck         stream // with which the detector met what happened at …
	luckAt             float64
	alarms, alarmClock int32   // law of false alarms, or none
	cap, frac          float64 // capacity ratio and share of requests answered, as seen from everywhere
	phase              model.Phase
	odd                int32 // members that are slow or that load has broken
	sound              int32 // members that are up and neither, as of the last look
	leastLoaded        bool  // who balances prefers idle members
	limited            bool  // load can change what it is worth
	tense              bool  // a change of load would matter now
	collapsed          bool  // under its load
	timed              bool  // cap or frac change with time now
	stepEnded, warmed  bool
	dirty, rescan      bool
	move               int32         // task that asks for its role to be moved, or none
	out                int32         // members that planned work has taken out of service
	outFor             model.Element // the maintenance that has
}

func (r *Runner) resetGroups(run uint64) {
	for i := range r.groups {
		g := &r.groups[i]
		g.luck, g.watchLuck = streamOf(run, g.keys[0]), streamOf(run, g.keys[1])
		if g.alarms != none {
			r.clocks.arm(g.alarmClock, r.now+r.laws[g.alarms].draw(&g.watchLuck, r.lend))
		}
		r.touch(int32(i))
	}
	for i := range r.stores {
		s := &r.stores[i]
		if s.luck = streamOf(run, s.key); s.errors != nil {
			r.awaitError(s)
		}
		if s.corruption != nil {
			r.awaitCorruption(s)
		}
		s.merger.luck, s.salvage.luck = streamOf(run, s.merger.key), streamOf(run, s.salvage.key)
	}
	for i := range r.spreads {
		r.spreads[i].luck = streamOf(run, r.spreads[i].key)
	}
	r.resetHints(run)
	for i := range r.shards {
		r.resetShards(&r.shards[i], run)
	}
	r.resetStale(run)
	for j := range r.jour {
		r.touchJourney(int32(j))
	}
	r.blame = none
	r.netDirty = len(r.p.network.relevant) > 0
	r.settle()
}

// settleGroup draws the conclusions for a group, after those for who observes it or consents to what it
// does.
func (r *Runner) settleGroup(i int32) {
	g := &r.groups[i]
	if !g.dirty {
		return
	}
	g.dirty = false
	if g.simple {
		r.settleSimple(i, g)
		return
	}
	if g.observer == model.ByService && g.balancer != none {
		r.settleGroup(g.balancer)
	}
	if g.coordinator != none {
		r.settleGroup(g.coordinator)
	}
	if g.detector != nil && g.style == model.Shared {
		r.watchAll(i, g)
	}
	g.rescan = false
	if g.sent > 0 {
		r.accountReads(&r.stale[g.stale]) // with the lags as they have been
	}
	if g.warmed {
		g.warmed = false
		r.checkWarmUp(g)
	}
	if g.store != none {
		r.settleStore(g)
	}
	if g.spread != none {
		r.settleSpread(i, g)
	}
	if g.shards != none {
		r.settleShards(i, g)
	}
	if g.style != model.Shared {
		if g.care != none {
			r.tend(g)
		}
		r.decide(i, g)
		if g.move != none {
			r.moveAway(i, g)
		}
		if g.store != none {
			r.settleStore(g)
			if g.state.Phase == model.Repair { // who follows the new primary now may lead
				r.decide(i, g)
				r.settleStore(g)
			}
		}
		if g.care != none {
			r.returnHome(i, g)
		}
	}
	if g.halt != none {
		r.reconfigure(i, g)
	}
	if g.limited {
		r.press(i, g)
	}
	r.revalue(i, g)
	if g.stale != none {
		r.settleReads(g)
	}
	if g.aloof {
		primary := &r.members[g.first+g.state.Primary]
		g.calm = g.state.Phase == model.Serving && !g.lost && g.old == none && primary.up && !primary.slow
	}
}

// settleSimple is settleGroup for a primary with standbys and nothing else: the commonest service, in
// which most of what might have to be done has not.
func (r *Runner) settleSimple(i int32, g *group) {
	g.rescan = false
	r.decide(i, g)
	up := r.members[g.first+g.state.Primary].up
	g.calm = up && g.odd == 0 && g.state.Phase == model.Serving && !g.lost && g.old == none
	if g.state.Phase == model.Redirection || g.old != none || g.odd > 0 || g.timed || !r.reach.whole {
		r.revalue(i, g)
		return
	}
	cap, frac, phase := g.whole, 1.0, model.Serving
	if !up || g.barred {
		cap, frac, phase = 1, 0, model.Repair
		if g.state.Phase != model.Serving {
			phase = g.state.Phase
		}
	}
	if frac == g.frac && phase == g.phase && len(r.p.balanced[i]) == 0 {
		return
	}
	g.cap, g.frac, g.phase = cap, frac, phase
	r.announce(i)
}

// decide tells the policy what has changed until there is nothing more to tell.
func (r *Runner) decide(i int32, g *group) {
	for {
		if g.old != none {
			r.endSplit(i, g)
		}
		if !g.simple {
			r.look(i, g)
		}
		lost := r.lost(g)
		if lost && !g.lost && (g.detector == nil || r.members[g.first+g.state.Primary].seen) {
			r.sight(g)
		}
		if lost == g.lost && g.state.Phase == model.Serving && !g.stepEnded && (g.care == none || !r.cares[g.care].due) {
			return
		}
		sig := &r.signal
		sig.Lost = lost
		eligible, next := r.candidates(g)
		refused := none
		if g.store != none {
			refused = r.refused(g, eligible)
		}
		unfit := g.state.Candidate != none && eligible != g.state.Candidate && !r.fit(g, g.state.Candidate)
		if r.calendar {
			sig.Night = r.night()
		}
		if sig.Broken, sig.Held = false, false; g.care != none {
			r.warn(g, sig)
		}
		switch {
		case lost != g.lost:
			g.lost = lost
			sig.Kind = model.PrimaryBack
			if lost {
				sig.Kind = model.PrimaryLost
				if (g.detector == nil || g.style == model.Majority) && r.blame != none {
					g.blame = r.blame
				}
			}
		case (eligible != g.eligible || refused != g.refused || unfit && !g.unfit) && g.state.Phase != model.Serving:
			sig.Kind = model.CandidatesChanged
		case g.stepEnded:
			g.stepEnded = false
			sig.Kind = model.StepEnded
		case g.care != none && r.takeDue(g):
			sig.Kind, eligible, sig.Broken = model.SwitchoverDue, preferred, r.rots[r.cares[g.care].first+preferred].hidden
		default:
			g.eligible, g.refused, g.unfit = eligible, refused, unfit
			return
		}
		g.eligible, g.refused, g.unfit = eligible, refused, unfit
		sig.Eligible, sig.Next, sig.Refused, sig.Unfit = eligible, next, refused, unfit
		r.react(i, g)
		seen := sig.Kind == model.PrimaryBack && g.store != none && g.state.Phase != model.Serving
		if !r.reaction.Promote && !g.stepEnded && !seen && r.reaction.Event != model.AttemptFailed {
			return // nobody has changed places, been found broken or seen how far behind he is, so there is nothing to tell
		}
	}
}

// fit tells whether a member could be promoted now.
func (r *Runner) fit(g *group, k int32) bool {
	return r.members[g.first+k].up && r.canLead(g, k)
}

// look has the group find out whether its primary may go on, and whether it still answers.
func (r *Runner) look(i int32, g *group) {
	if g.fence.self() {
		r.hold(i, g)
	}
	if g.detector != nil && g.style == model.Primary {
		r.watch(g, g.state.Primary)
	}
}

// react asks the policy and carries out what it wants.
func (r *Runner) react(i int32, g *group) {
	r.reaction = model.Reaction{}
	out, before, primary, candidate := &r.reaction, g.state.Phase, g.state.Primary, g.state.Candidate
	g.policy.React(&g.state, &r.signal, r.lend.rand(&g.luck), out)
	r.lend.giveBack()
	if g.person != none && (out.Stop || out.Arm || r.signal.Kind == model.StepEnded) {
		r.dismiss(g)
	}
	if out.Stop {
		g.stepEnded = false
		r.clocks.stop(g.stepClock)
	}
	if out.Human {
		out.Delay = model.Seconds(r.page(g, float64(out.Delay)))
	}
	if out.Spoilt && g.store != none {
		r.spoil(&r.stores[g.store])
	}
	if out.Arm {
		if g.stepEnded = out.Delay <= 0; g.stepEnded {
			r.clocks.stop(g.stepClock)
		} else {
			r.clocks.arm(g.stepClock, r.now+float64(out.Delay))
		}
	}
	if g.meanwhile != model.AsEver {
		r.freeze(g)
	}
	if out.Event == model.Completed && (g.detector != nil || g.style == model.Majority) {
		for _, j := range r.p.reaches[i] {
			r.jour[j].relieved = r.now
		}
	}
	r.keepRecord(i, g, out, primary)
	if g.care != none {
		r.learn(g, out, before, candidate, primary)
	}
	if out.Fence {
		r.makeHarmless(i, g)
	}
	if out.Promote {
		r.promote(i, g, primary)
	} else if g.state.Phase == model.Serving && before != model.Redirection {
		r.switchOn(i, g)
	}
	if r.note != nil && !out.Promote {
		r.tellFailure(i, before, candidate)
	}
	if g.state.Phase != before || out.Promote {
		r.enterPhase(i, g, before)
	}
}

func (r *Runner) enterPhase(i int32, g *group, before model.Phase) {
	g.barred = g.state.Phase == model.Activation && !r.members[g.first+g.state.Primary].up
	if g.state.Phase == model.Serving && (before == model.Redirection || r.reaction.Promote) {
		r.startWarmUp(g, g.state.Primary)
	}
	if r.note != nil {
		m := g.state.Candidate
		if m == none {
			m = g.state.Primary
		}
		r.tell(Note{Kind: PhaseEntered, Service: i, Member: m, Phase: g.state.Phase, Delay: r.reaction.Delay, ByHand: g.state.Manual})
	}
}

// lost tells whether a group believes that its primary is gone. A quorum needs no detector: the
// election timeout is one.
func (r *Runner) lost(g *group) bool {
	m := &r.members[g.first+g.state.Primary]
	switch {
	case g.style == model.Majority:
		return !m.up || !r.inTouch(g, m) || g.votes && r.stores[g.store].headless
	case g.detector == nil:
		return !m.up || g.hollow
	}
	return !m.believed
}

// inTouch tells whether a member and those it reaches are a majority of all configured ones (R14).
func (r *Runner) inTouch(g *group, m *member) bool {
	if g.votes {
		return r.hasVotes(g, m)
	}
	majority := g.n/2 + 1
	if r.reach.whole {
		return g.up >= majority
	}
	count := int32(0)
	for k := int32(0); k < g.n; k++ {
		if o := &r.members[g.first+k]; o.up && (o == m || r.reach.ok(m.site, o.site) && r.reach.ok(o.site, m.site)) {
			count++
		}
	}
	return count >= majority
}

// canLead tells whether a member that is up may be promoted.
func (r *Runner) canLead(g *group, k int32) bool {
	switch {
	case r.members[g.first+k].leaving:
		return false
	case g.style == model.Majority:
		return k != g.old && r.inTouch(g, &r.members[g.first+k]) && (g.store == none || r.promotable(g, k))
	case k == g.old, k == g.state.Primary, g.pooled && r.taken(g.first+k), g.care != none && r.rots[r.cares[g.care].first+k].known:
		return false
	case g.coordinator != none && !r.consents(g, &r.members[g.first+k]):
		return false
	case g.coordinator == none && g.fence.kind == model.ConsensusFencing && !r.inTouch(g, &r.members[g.first+k]):
		return false // without a majority it could commit nothing (R13)
	}
	return g.store == none || r.promotable(g, k)
}
