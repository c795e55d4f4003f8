package engine

import (
	"fmt"
	"math"

	"github.com/ftsim/ftsim/model"
)

// This file is floors 3 and 4 of the naive twin: belief (R4, R9–R12) and decision (R13–R28).

type twinService struct {
	*model.Service
	id              int32
	style           model.Style
	members         []*twinMember
	state           model.GroupState
	lost            bool  // what the policy was last told about its primary
	eligible        int32 // and about its candidates
	refused         int32
	unfit           bool
	ended           bool          // the step has run its time
	old             int32         // an earlier primary that serves on its side of a partition, or none
	barred          bool          // the primary was down when its successor began to get ready
	redirected      float64       // when the clients began to move
	tookOver        float64       // when a failover was last completed
	blame           model.Element // what the service last reacted to
	luck, watchLuck *dice
	poll            dice    // the luck of what happened at …
	pollAt          float64 // …
	strain          twinStrain
	harm            int // done to its members, as of the last look
	hold            twinHold
	care            twinCare
	ledger          *ledger // nil = no data, or no single history of it
	record          *model.Failover
}

type twinMember struct {
	model.Member
	k              int32
	up, changed    bool // available; and whether that is new
	seen, believed bool // what its watch sees, and what it has come to believe
	dim            bool // its watch sees that it is slow, no worse
	fallen         bool // load has broken it
	fault          model.FaultMode
	warmSince      float64 // when it began to serve
}

func (t *twin) setUpService(i int32) {
	s := &twinService{Service: &t.sys.Services[i], id: i, old: none, eligible: none, refused: none, pollAt: math.Inf(-1), tookOver: math.Inf(-1), blame: t.sys.ServiceElement(int(i))}
	s.style = s.Policy.Style()
	s.state = s.Policy.Start(len(s.Members))
	if s.style == model.Shared {
		s.state.Primary = 0
	}
	s.luck, s.watchLuck = t.dice(nameKey(s.Name, forPolicy)), t.dice(nameKey(s.Name, forWatch))
	for k, m := range s.Members {
		s.members = append(s.members, &twinMember{Member: m, k: int32(k), up: true, seen: true, believed: true, warmSince: math.Inf(-1)})
	}
	s.hold = twinHold{touch: true, blame: s.blame}
	t.setUpLedger(s)
	t.setUpCare(s)
	t.planAlarm(s)
	t.services = append(t.services, s)
}

func (s *twinService) primary() *twinMember { return s.members[s.state.Primary] }
func (s *twinService) needed() int          { return max(1, s.Needed) }

func (t *twin) upCount(s *twinService) int {
	n := 0
	for _, m := range s.members {
		if m.up {
			n++
		}
	}
	return n
}

func (t *twin) settleService(s *twinService) {
	for _, m := range s.members {
		if m.changed && m.up && (s.style == model.Shared && (s.Detector == nil || m.believed) || s.style != model.Shared && m == s.primary()) {
			t.beginToServe(s, m)
		}
		if !m.up {
			m.warmSince = math.Inf(-1)
		}
	}
	if s.style == model.Shared && s.Detector != nil {
		t.watchAll(s)
	}
	t.settleLedger(s)
	if s.style != model.Shared {
		t.tend(s)
		t.decide(s)
		t.settleLedger(s)
		if s.state.Phase == model.Repair {
			t.decide(s)
			t.settleLedger(s)
		}
		t.returnHome(s)
	}
	t.press(s)
	for _, m := range s.members {
		m.changed = false
	}
}

// watchAll has all members looked at: first those that have come or gone, then the others, which may have
// come into reach or out of it.
func (t *twin) watchAll(s *twinService) {
	for _, m := range s.members {
		if m.changed {
			t.watch(s, m)
		}
	}
	for _, m := range s.members {
		t.watch(s, m)
	}
}

// watch: belief is truth delayed by a detector. If what the watch sees turns back before it believes,
// nothing has happened.
func (t *twin) watch(s *twinService, m *twinMember) {
	seen, looking := t.sees(s, m)
	if looking && (t.slow(m) || m == s.primary() && s.hollow()) {
		seen = false
	}
	if !looking {
		seen = m.believed
	}
	if seen == m.seen {
		return
	}
	m.seen, m.dim = seen, !seen && m.up && t.slow(m)
	name := watchName(s, m)
	if seen == m.believed {
		t.callOff(name)
		return
	}
	if !seen && t.blame != none {
		s.blame = t.blame
	}
	if delay := t.delay(s, m); delay > 0 {
		t.plan(t.now+float64(delay), 2, name, func() {
			t.blameUnlessKnown(s.blame)
			t.believe(s, m)
		})
	} else {
		t.callOff(name)
		t.believe(s, m)
	}
}

func watchName(s *twinService, m *twinMember) string {
	return fmt.Sprintf("service %s watch %d", s.Name, m.k)
}

// delay draws how long a detector takes. What fails at one instant is found out by the same poll, so it
// shares its luck (R9).
func (t *twin) delay(s *twinService, m *twinMember) model.Seconds {
	first := s.pollAt != t.now
	if first {
		s.pollAt, s.poll = t.now, *s.watchLuck
	}
	luck := s.poll
	if first {
		defer func() { *s.watchLuck = luck }()
	}
	switch {
	case m.seen && s.style == model.Primary:
		return 0 // it answers, so it is back
	case m.seen:
		return s.Detector.Recovery(luck.rand())
	case m.up && t.slow(m):
		return s.Detector.Delay(model.Slow, luck.rand())
	case m.up:
		return s.Detector.Delay(model.Isolated, luck.rand())
	}
	return s.Detector.Delay(m.fault, luck.rand())
}

// sees tells whether an observer of a service has an answer from member m, and whether there is one.
func (t *twin) sees(s *twinService, m *twinMember) (seen, looking bool) {
	var observers []*twinMember
	switch s.Observer {
	case model.ByEveryone:
		return m.up && t.someClientReaches(t.site(m)), true
	case model.ByService, model.ByCoordinator:
		watcher := s.Balancer
		if s.Observer == model.ByCoordinator {
			watcher = s.Coordinator
		}
		b := t.services[watcher]
		if observers = b.members; b.style != model.Shared {
			observers = nil
			if m, yes := t.serves(b); yes {
				observers = append(observers, m)
			}
		}
	default:
		for _, o := range s.members {
			if o != m && o.k != s.old { // who takes itself for the primary does not look
				observers = append(observers, o)
			}
		}
	}
	for _, o := range observers {
		looking = looking || o.up
		seen = seen || o.up && m.up && t.reaches(t.site(o), t.site(m))
	}
	return seen, looking
}

func (t *twin) believe(s *twinService, m *twinMember) {
	m.believed = m.seen
	if m.believed {
		t.note(Note{Kind: BelievedUp, Service: s.id, Member: m.k})
	} else {
		t.note(Note{Kind: BelievedDown, Service: s.id, Member: m.k})
	}
	if !m.believed {
		t.notice(m.Component)
		t.notice(m.Host)
	} else if s.style == model.Shared {
		t.beginToServe(s, m)
	}
}

// beginToServe starts the warm-up of a member.
func (t *twin) beginToServe(s *twinService, m *twinMember) {
	if s.WarmUp.Ramp == 0 {
		return
	}
	m.warmSince = t.now
	t.plan(t.now+float64(s.WarmUp.Ramp), 2, fmt.Sprintf("service %s warm %d", s.Name, m.k), func() { t.blameUnlessKnown(s.blame) })
}

// decide tells the policy what has changed until there is nothing more to tell.
func (t *twin) decide(s *twinService) {
	for told := true; told; {
		t.endSplit(s)
		t.watchHold(s)
		if s.Detector != nil && s.style == model.Primary {
			t.watch(s, s.primary())
		}
		told = t.tell(s)
	}
}

// tell tells the policy the most important news, if there is any.
func (t *twin) tell(s *twinService) bool {
	t.sight(s)
	sig := model.Signal{Lost: t.isLost(s), Night: t.atNight(), Broken: s.broken(), Held: t.held(s)}
	sig.Eligible, sig.Next = t.candidates(s)
	sig.Refused = t.refused(s)
	sig.Unfit = s.state.Candidate != none && !t.canLead(s, s.members[s.state.Candidate])
	knew, knewRefused, wasUnfit := s.eligible, s.refused, s.unfit
	s.eligible, s.refused, s.unfit = sig.Eligible, sig.Refused, sig.Unfit
	switch {
	case sig.Lost && !s.lost:
		sig.Kind = model.PrimaryLost
		if (s.Detector == nil || s.style == model.Majority) && t.blame != none {
			s.blame = t.blame
		}
	case s.lost && !sig.Lost:
		sig.Kind = model.PrimaryBack
	case (sig.Eligible != knew || sig.Refused != knewRefused || sig.Unfit && !wasUnfit) && s.state.Phase != model.Serving:
		sig.Kind = model.CandidatesChanged
	case s.ended:
		s.ended = false
		sig.Kind = model.StepEnded
	case t.takeReturn(s):
		sig.Kind, sig.Eligible, sig.Broken = model.SwitchoverDue, s.belongs().k, s.care.standbys[s.belongs().k].hidden
	default:
		return false
	}
	s.lost = sig.Lost
	t.react(s, &sig)
	return true
}

func (t *twin) react(s *twinService, sig *model.Signal) {
	var do model.Reaction
	before, primary, candidate := s.state.Phase, s.state.Primary, s.state.Candidate
	s.Policy.React(&s.state, sig, s.luck.rand(), &do)
	step := "service " + s.Name + " step"
	if do.Stop || do.Arm || sig.Kind == model.StepEnded {
		t.dismiss(s)
	}
	if do.Human {
		do.Delay = model.Seconds(t.page(s, float64(do.Delay)))
	}
	if do.Stop || do.Arm {
		s.ended = false
		t.callOff(step)
	}
	if do.Arm && do.Delay > 0 {
		t.plan(t.now+float64(do.Delay), 2, step, func() {
			t.blameUnlessKnown(s.blame)
			s.ended = true
		})
	}
	s.ended = s.ended || do.Arm && do.Delay <= 0
	t.keepRecord(s, do.Event, primary, sig.Kind)
	tried := none
	switch {
	case sig.Kind == model.SwitchoverDue:
		tried = sig.Eligible
	case sig.Kind == model.StepEnded && before == model.Activation:
		tried = candidate
	}
	t.learn(s, &do, tried, primary, sig.Kind == model.SwitchoverDue)
	if do.Fence && s.primary().up {
		t.stop(s, s.primary())
	}
	if do.Promote {
		t.promote(s, primary, sig.Kind)
	} else if s.state.Phase == model.Serving && before != model.Redirection && s.hold.stopped && !s.holdsItself() {
		t.goOn(s, s.primary()) // nobody replaces it after all
	}
	if s.state.Phase != before || do.Promote {
		s.barred = s.state.Phase == model.Activation && !s.primary().up
		if s.state.Phase == model.Serving && (before == model.Redirection || do.Promote) {
			t.beginToServe(s, s.primary())
		}
		t.note(Note{Kind: PhaseEntered, Service: s.id, Member: s.state.Primary, Phase: s.state.Phase})
	}
}

// promote hands a service over. An old primary that is up and does not hear of it goes on serving those
// who reach it and not the new one (R21); but a leader without a majority knows that it is none (R14).
func (t *twin) promote(s *twinService, was int32, why model.SignalKind) {
	from, to := s.members[was], s.primary()
	s.lost, s.redirected = false, t.now
	t.notice(from.Component)
	t.notice(from.Host)
	t.followRoles()
	if s.Detector != nil && s.style == model.Primary {
		t.callOff(watchName(s, from))
		t.callOff(watchName(s, to))
		from.seen, from.believed, to.seen, to.believed = true, true, true, true
	}
	if s.old != none {
		t.demote(s)
	}
	goesOn := s.style == model.Primary && from.up && from != to && !s.hollow() && !s.hold.stopped && s.Fence.Kind != model.StorageLock
	if s.ledger != nil {
		t.handOver(s, from, to, goesOn, why)
	}
	if goesOn {
		s.old = was
		t.endSplit(s)
	} else {
		t.holdAnew(s)
	}
	if s.state.Ramp {
		t.beginToServe(s, to)
	}
}

// endSplit demotes an old primary that has died or hears of the new one.
func (t *twin) endSplit(s *twinService) {
	if s.old == none {
		return
	}
	if old := s.members[s.old]; !old.up || t.reaches(t.site(s.primary()), t.site(old)) {
		t.demote(s)
	}
}

func (t *twin) demote(s *twinService) {
	s.old = none
	t.holdAnew(s)
	if s.ledger != nil {
		t.endBranch(s)
	}
}

// isLost tells whether a service believes that its primary is gone. A quorum knows by itself.
func (t *twin) isLost(s *twinService) bool {
	switch m := s.primary(); {
	case s.style == model.Majority:
		return !m.up || !t.inTouch(s, m) || s.ledger != nil && s.ledger.headless
	case s.Detector == nil:
		return !m.up || s.hollow()
	default:
		return !m.believed
	}
}

// inTouch tells whether a member and those it talks with are a majority of all configured ones (R14).
func (t *twin) inTouch(s *twinService, m *twinMember) bool {
	count := 0
	votes := func(o *twinMember) bool { return s.ledger == nil || !s.ledger.votes || !s.ledger.copies[o.k].empty }
	for _, o := range s.members {
		if votes(m) && votes(o) && o.up && (o == m || t.reaches(t.site(m), t.site(o)) && t.reaches(t.site(o), t.site(m))) {
			count++
		}
	}
	return 2*count > len(s.members)
}

// candidates are the member with most of the data, or the first of those in the order of the file (R15),
// among those that can lead (R13), and the same without the present candidate.
func (t *twin) candidates(s *twinService) (best, next int32) {
	return t.best(s, none), t.best(s, s.state.Candidate)
}

func (t *twin) best(s *twinService, but int32) int32 {
	best, most := none, math.Inf(-1)
	for _, m := range s.members {
		has := s.has(m.k)
		if m.k != but && has > most+grain && t.canLead(s, m) {
			best, most = m.k, has
		}
	}
	return best
}

// has is how much of the history a member has, those that follow all of it.
func (s *twinService) has(k int32) float64 {
	switch l := s.ledger; {
	case l == nil, l.Mode == model.Unreplicated:
		return 0
	case l.votes && k == s.state.Primary && !l.headless:
		return l.written() - l.unflushed
	case l.votes && l.copies[k].following:
		return l.written()
	case l.copies[k].following:
		return math.Inf(1)
	default:
		return l.copies[k].position
	}
}

func (t *twin) canLead(s *twinService, m *twinMember) bool {
	switch {
	case !m.up || m.k == s.old || s.style == model.Primary && m == s.primary():
		return false
	case s.style == model.Majority && !t.inTouch(s, m):
		return false
	case s.care.standbys[m.k].known, s.style == model.Primary && !t.consents(s, m):
		return false
	case !s.Coordinated && s.Fence.Kind == model.ConsensusFencing && !t.inTouch(s, m):
		return false
	}
	return s.ledger == nil || s.ledger.usable(m.k, s.state.Accepted)
}

// refused is who would be a candidate if a human accepted what it lacks.
func (t *twin) refused(s *twinService) int32 {
	if s.ledger == nil || !s.ledger.Candidates.ByHand || s.state.Accepted || t.best(s, none) != none {
		return none
	}
	s.state.Accepted = true
	defer func() { s.state.Accepted = false }()
	return t.best(s, none)
}

// keepRecord writes the story of a failover down.
func (t *twin) keepRecord(s *twinService, e model.FailoverEvent, was int32, why model.SignalKind) {
	if e == model.Completed && (s.Detector != nil || s.style == model.Majority) { // others need not notice anything
		s.tookOver = t.now
	}
	if e == model.Started && s.record == nil {
		s.record = &model.Failover{Service: s.id, Start: t.time(), From: was, Trigger: model.FalseAlarm, Initiator: s.blame}
		switch m := s.members[was]; {
		case why == model.SwitchoverDue:
			s.record.Trigger = model.Planned
		case s.style == model.Majority, !m.up, t.slow(m), s.hollow():
			s.record.Trigger = model.RealFault
		}
	}
	if s.record == nil {
		return
	}
	if e == model.AttemptFailed {
		s.record.Failures++
	}
	s.record.Manual = s.record.Manual || s.state.Manual
	if s.state.Phase == model.Serving {
		s.record.Result = model.Abandoned
		if e == model.Completed {
			s.record.Result = model.Succeeded
		}
		t.closeRecord(s)
	}
}

func (t *twin) closeRecord(s *twinService) {
	s.record.End, s.record.To = t.time(), s.state.Primary
	if !t.past {
		t.out.Failovers = append(t.out.Failovers, *s.record)
	}
	s.record = nil
}

// closeRecords ends the story at the horizon.
func (t *twin) closeRecords() {
	for _, s := range t.services {
		if s.record != nil {
			s.record.Result, s.record.End, s.record.To = model.Stuck, t.time(), s.state.Primary
			t.out.Failovers = append(t.out.Failovers, *s.record)
			s.record = nil
		}
	}
}

// The rest of the file says how much of the requests a service answers, as seen from a site.

// worth is the capacity of a service relative to demand, at most 1, and the share of requests that meet a
// working member, for clients at a site (none: who reach everybody) at time at.
func (t *twin) worth(s *twinService, site int32, at float64) (capacity, answered float64) {
	if s.style != model.Shared {
		m, answered := t.serving(s, site, at)
		if answered == 0 {
			return 1, 0
		}
		answers, speed := t.health(m)
		return t.capacity(s, speed*s.warmth(m, at)), answered * answers
	}
	if _, ok := s.Policy.(model.Leaderless); ok {
		return t.worthFor(s, model.Write, site, at)
	}
	return t.balanced(s, site, at)
}

// capacity is what a number of members at full capacity can take, relative to demand.
func (t *twin) capacity(s *twinService, members float64) float64 {
	if s.PerReplica > 0 && t.sys.Rate > 0 {
		return min(1, members*s.PerReplica/t.asked())
	}
	return min(1, members/float64(s.needed()))
}

// warmth is the share of its capacity that a member has.
func (s *twinService) warmth(m *twinMember, at float64) float64 {
	if m.warmSince+float64(s.WarmUp.Ramp) <= at {
		return 1
	}
	return min(1, s.WarmUp.StartAt+(1-s.WarmUp.StartAt)*(at-m.warmSince)/float64(s.WarmUp.Ramp))
}

func (s *twinService) warming(m *twinMember, at float64) bool {
	return m.up && m.warmSince+float64(s.WarmUp.Ramp) > at
}

// serving is the member that serves clients at a site, and the share of their requests it gets.
func (t *twin) serving(s *twinService, site int32, at float64) (*twinMember, float64) {
	m := s.primary()
	if !m.up || !t.reaches(site, t.site(m)) {
		if s.old != none && s.members[s.old].up && t.reaches(site, t.site(s.members[s.old])) {
			return s.members[s.old], 1
		}
		return m, 0
	}
	switch {
	case s.barred, s.restoring(), s.hollow(), s.hold.stopped && !s.readsGoOn(), s.style == model.Majority && s.state.Phase != model.Serving:
		return m, 0
	case s.state.Phase == model.Redirection && s.state.Tail:
		return m, 1 - s.state.Late
	case s.state.Phase == model.Redirection && s.state.Ramp:
		return m, (1 - s.state.Late) * min(1, (at-s.redirected)/float64(s.state.Redirect))
	case s.state.Phase == model.Redirection:
		return m, 0
	}
	return m, 1
}

// serves is the member that serves somebody now, if there is one. Of clients that move gradually the first
// are there at once.
func (t *twin) serves(s *twinService) (*twinMember, bool) {
	m, share := t.serving(s, none, math.Inf(1))
	return m, share > 0
}

// changing tells whether the worth of a service changes with time now.
func (t *twin) changing(s *twinService) bool {
	if s.state.Phase == model.Redirection && s.state.Ramp && !s.state.Tail {
		return true
	}
	for _, m := range s.members {
		if s.warming(m, t.now) {
			return true
		}
	}
	return false
}

// inTheWay is the phase that keeps a service from being worth 1 (R27).
func (t *twin) inTheWay(s *twinService, at float64) model.Phase {
	if capacity, answered := t.worth(s, none, at); capacity*answered >= 1 {
		return model.Serving
	}
	if s.style == model.Shared {
		return t.inTheWayOfShared(s, at)
	}
	m := s.primary()
	best, _ := t.candidates(s)
	switch {
	case m.up && s.restoring():
		return model.Activation
	case m.up && t.slow(m) && s.state.Phase == model.Serving && (s.Detector == nil || !m.believed || best == none):
		return model.Repair
	case m.up && t.slow(m) && s.state.Phase == model.Serving:
		return model.Detection
	case s.hold.stopped && m.up, s.state.Phase == model.Repair && t.undecided(s):
		return model.Decision
	case s.state.Phase != model.Serving:
		return s.state.Phase
	case m.up && s.hollow():
		return model.Repair
	case m.up && s.warming(m, at):
		return model.Warming
	case m.up:
		return model.Overload
	case s.Detector != nil && m.believed && best != none:
		return model.Detection
	}
	return model.Repair
}

// inTheWayOfShared books what waits for a belief to follow the truth, in either direction, as detection.
func (t *twin) inTheWayOfShared(s *twinService, at float64) model.Phase {
	rotation, good, up, warming, odd := 0, 0, t.upCount(s), false, false
	for _, m := range s.members {
		if m.believed {
			rotation++
		}
		if m.believed && m.up {
			good++
		}
		warming = warming || s.warming(m, at)
		odd = odd || m.fallen || t.slow(m)
	}
	switch {
	case s.restoring() && up > 0:
		return model.Activation
	case s.strain.collapsed:
		return model.Overload
	case s.Detector != nil && (good < rotation || up > rotation):
		return model.Detection
	case warming:
		return model.Warming
	case odd && s.Detector != nil:
		return model.Detection
	case odd:
		return model.Repair
	case up == len(s.members):
		return model.Overload
	}
	return model.Repair
}
