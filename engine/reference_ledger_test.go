package engine

import (
	"math"
	"sort"

	"github.com/ftsim/ftsim/model"
)

// This file is the data of the naive twin (R29–R33). A history is the list of stretches of time in which
// writes were acknowledged; a position in it is seconds of writing from its start. So when a position was
// acknowledged, and what lies beyond it, can be read off.

type ledger struct {
	*model.Store
	history     []stretch
	writing     bool
	copies      []twinCopy
	acks        int  // copies a write waits for
	have        int  // copies that have what is acknowledged while it is replicated synchronously
	votes       bool // it takes the data of a majority to lead
	headless    bool // and nobody has been elected since the leader lost some
	luck        *dice
	blocked     bool // writes wait for a copy
	alone       bool // the wait is over, the primary goes on without
	waited      bool // the wait has just ended
	primaryDown bool
	hollow      bool          // the primary is up and has nothing, but another member has a copy
	fell        model.Element // what took the primary down
	unflushed   float64       // seconds of writing the primary lost in its fall
	branch      *branch
	sighted     float64 // how much had been written when the primary was last seen
	key         uint64  // of its luck
	back        twinRestore
	renewed     float64 // when it was last restored
	clouded     bool    // the engine no longer knows how much did not come of what counts as written
	vague       float64 // position of which it does not know when that was reached
}

// grain is below what counts as a difference between positions: they are sums of many stretches.
const grain = 1e-6

// stretch is a time of writing, and the share of the clients whose writes come.
type stretch struct{ from, to, share float64 }

// twinCopy is what one member has of the data.
type twinCopy struct {
	position  float64 // durable prefix, while it does not follow
	unwritten float64 // seconds of what it received that its fall took
	following bool
	empty     bool
	shaken    float64 // when its caches were last lost
	missed    bool    // was down while the primary was up
	left      bool    // something was written without it
	lag       float64
	astray    bool    // holds writes that history has gone without
	ready     bool    // has just been made anew
	chasing   bool    // takes in what it has missed
	chased    float64 // as of when its position is, while it does
	takes     float64 // seconds of writing per second
	loose     bool    // it has come far in leaps, so that the engine no longer knows when its position was reached
}

// twinLoss is a loss. Where writing had paused just at the position from which history goes on, it is open
// whether the pause counts; least is without it.
type twinLoss struct {
	model.Loss
	least   model.Seconds
	clouded bool // what did not come of it is not known to the engine
	loose   bool // the engine may count more, but not less: it remembers less of the past
}

// branch is a history that an old primary goes on with for the clients on its side of a partition.
type branch struct {
	from    float64 // when the position it leaves was acknowledged
	begun   float64 // when it wrote beyond
	split   float64 // when it went its own way
	missing float64 // seconds of writing the other side did not have
	share   float64 // of all writes that go to it
}

// setUpLedger keeps books for services with one history. Where several members take writes, there is none.
func (t *twin) setUpLedger(s *twinService) {
	if s.Store == nil || s.style == model.Shared && len(s.members) > 1 {
		return
	}
	l := &ledger{Store: s.Store, key: nameKey(s.Name, forData), copies: make([]twinCopy, len(s.members)), vague: math.Inf(-1)}
	l.luck, l.back.lost = t.dice(l.key), math.Inf(-1)
	for k := range l.copies {
		l.copies[k].following, l.copies[k].shaken = int32(k) != s.state.Primary, math.Inf(-1)
	}
	s.ledger = l
	for _, m := range s.members {
		if c := &l.copies[m.k]; m != s.primary() {
			c.takes = t.takes(s)
			c.following = !c.outrun()
		}
	}
	if len(s.members) > 1 {
		switch l.Mode {
		case model.Sync, model.SyncFallback, model.SemiSync:
			l.have = max(1, l.Acks)
		case model.QuorumSync:
			l.have = len(s.members) / 2
			l.votes = s.style == model.Majority
		}
		if !l.votes && s.style == model.Primary {
			l.acks = l.have
		}
	}
	if l.write(0); l.Errors != nil {
		t.nextError(s)
	}
}

// hollow tells whether the primary waits for data that another member has.
func (s *twinService) hollow() bool { return s.ledger != nil && s.ledger.hollow }

// write begins a stretch of writing, or carries on the one under way.
func (l *ledger) write(now float64) {
	l.writeFor(1, now)
}

// writeFor is the same for a share of the clients.
func (l *ledger) writeFor(share, now float64) {
	if n := len(l.history); !l.writing || l.history[n-1].share != share {
		l.history = append(l.history, stretch{now, now, share})
	}
	l.writing = true
	l.history[len(l.history)-1].to = now
}

// goOn brings the stretch under way up to now.
func (l *ledger) goOn(now float64) {
	if l.writing {
		l.history[len(l.history)-1].to = now
	}
}

// beyond is what was acknowledged beyond a position, in seconds of writing of all clients.
func (l *ledger) beyond(position float64) float64 {
	sum := 0.0
	for _, w := range l.history {
		skipped := min(w.to-w.from, max(0, position))
		position -= skipped
		sum += (w.to - w.from - skipped) * w.share
	}
	return sum
}

// written is how much has been acknowledged.
func (l *ledger) written() float64 {
	sum := 0.0
	for _, w := range l.history {
		sum += w.to - w.from
	}
	return sum
}

// writtenBy is how much had been acknowledged at an earlier time.
func (l *ledger) writtenBy(at float64) float64 {
	sum := 0.0
	for _, w := range l.history {
		sum += max(0, min(w.to, at)-w.from)
	}
	return sum
}

// acknowledged is when a position was reached; that of nothing at all, at some time in the past.
func (l *ledger) acknowledged(position float64) float64 {
	at := 0.0
	if position <= grain {
		return at
	}
	for _, w := range l.history {
		at = w.from + min(w.to-w.from, position)
		if position -= w.to - w.from; position <= grain {
			break
		}
	}
	return at
}

// begun is when what lies beyond a position began to be written.
func (l *ledger) begun(position float64) float64 {
	at := 0.0
	for _, w := range l.history {
		at = w.to
		if position < w.to-w.from-grain {
			return w.from + max(0, position)
		}
		position -= w.to - w.from
	}
	return at
}

// cut drops what lies beyond a position, from the history and from the copies. If nothing is left, a new
// history follows the old one.
func (l *ledger) cut(position float64) {
	if last := l.acknowledged(l.written()); position == 0 {
		l.history = []stretch{{last, last, 1}}
	}
	rest := position
	for i := range l.history {
		w := &l.history[i]
		w.to = w.from + min(w.to-w.from, rest)
		rest -= w.to - w.from
	}
	for k := range l.copies {
		c := &l.copies[k]
		c.astray = c.astray || !l.votes && !c.following && c.position > position+grain
		c.position = min(c.position, position)
	}
}

// usable tells whether a copy may lead: it has data, and as much of it as a candidate must have, or a human
// accepts what it lacks.
func (l *ledger) usable(k int32, accepted bool) bool {
	c, want := l.copies[k], l.Candidates
	switch {
	case l.Mode == model.Unreplicated:
		return true
	case l.votes:
		return !c.empty
	case l.lacksAll(k):
		return false
	case accepted:
		return true
	case (want.MustBe == model.LastKnownSync || want.MustBe == model.AsReplicated && l.Mode == model.SyncFallback) && (l.alone || c.left):
		return false
	case want.MaxLag > 0:
		return c.following || l.sighted-c.position <= float64(want.MaxLag)+grain
	}
	return !c.missed || c.position >= l.written()-grain
}

func (t *twin) settleLedger(s *twinService) {
	l := s.ledger
	if l == nil {
		return
	}
	l.goOn(t.now)
	t.settleRestore(s)
	up := s.primary().up
	if !up && !l.primaryDown {
		l.fell = t.blame
	}
	if !up && l.hollow {
		t.giveUp(s, s.primary())
	}
	if up && (l.primaryDown || l.hollow) && !l.headless {
		if l.votes && (l.copies[s.state.Primary].empty || l.unflushed > 0) {
			l.stepDown(s.state.Primary)
		} else {
			t.recover(s)
		}
	}
	l.primaryDown = !up
	l.hollow = l.hollow && up
	t.settleError(s)
	for _, m := range s.members {
		if m != s.primary() && l.Mode != model.Unreplicated && l.copies[m.k].following && (!t.inContact(s, m) || slow(t.takes(s))) {
			t.drawLags(s)
			break
		}
	}
	copies := 0
	for _, m := range s.members {
		if m != s.primary() && t.follow(s, m) {
			copies++
		}
	}
	t.waitForCopies(s, copies)
	if up && !l.hollow && !l.back.on && !l.blocked && !s.refuses() && !l.headless && t.takesWrites(s) {
		l.writeFor(t.getThrough(s), t.now)
	} else {
		l.writing = false
	}
	for k := range l.copies {
		if c := &l.copies[k]; !c.following && l.writing && int32(k) != s.state.Primary {
			c.left = true
		}
	}
	t.expect(s)
	t.sight(s)
}

// sight has whoever sees a primary know how far it has come.
func (t *twin) sight(s *twinService) {
	if s.ledger != nil && t.inSight(s) {
		s.ledger.sighted = s.ledger.written()
	}
}

// inSight tells whether whoever looks at a primary sees it.
func (t *twin) inSight(s *twinService) bool { return !s.lost && s.primary().seen }

// takesWrites tells whether some client gets through to the primary.
func (t *twin) takesWrites(s *twinService) bool {
	if s.style == model.Shared {
		return true
	}
	_, yes := t.serves(s)
	return yes && t.someClientReaches(t.site(s.primary()))
}

// getThrough is the share of the clients who reach a primary that takes writes.
func (t *twin) getThrough(s *twinService) float64 {
	if len(t.sys.Clients) == 0 || t.whole() || s.style == model.Shared {
		return 1
	}
	share := 1.0
	for _, c := range t.sys.Clients {
		if !t.reaches(c.Site, t.site(s.primary())) {
			share -= c.Share
		}
	}
	return share
}

// follow tells whether a copy follows the primary now.
func (t *twin) follow(s *twinService, m *twinMember) bool {
	p, c := s.primary(), &s.ledger.copies[m.k]
	t.takeIn(s.ledger, c)
	c.takes = t.takes(s)
	follows := t.inContact(s, m)
	if c.following && (!follows || c.outrun()) {
		t.breakOff(s.ledger, c)
	}
	if !follows {
		t.giveUp(s, m)
	}
	c.chasing = c.chasing && follows && !s.ledger.lacksAll(m.k)
	if follows && !t.takesPart(s, m) {
		return false
	}
	if follows {
		*c = twinCopy{position: c.position, following: true, shaken: c.shaken, takes: c.takes}
	}
	c.missed = c.missed || p.up && !m.up
	return follows
}

// takesPart tells whether a copy in touch has everything from now on.
func (t *twin) takesPart(s *twinService, m *twinMember) bool {
	l := s.ledger
	c := &l.copies[m.k]
	all := l.lacksAll(m.k)
	if c.empty && l.votes && !t.inTouch(s, s.primary()) || !t.madeAnew(s, m) { // without votes nobody leads who could take it in
		return false
	}
	if all {
		c.position = l.written()
	}
	return c.takes == 0 || c.following || t.catchUp(l, c)
}

// inContact tells whether a copy gets what the primary writes.
func (t *twin) inContact(s *twinService, m *twinMember) bool {
	p := s.primary()
	if !p.up || !m.up || s.restoring() || s.ledger.hollow || s.ledger.headless {
		return false
	}
	from := s.feeder(m)
	return t.reaches(t.site(from), t.site(m)) && (from == p || s.ledger.copies[from.k].following && t.inContact(s, from))
}

// stepDown makes a leader that has lost data one copy among others.
func (l *ledger) stepDown(k int32) {
	l.headless = true
	l.copies[k].position = l.written() - l.unflushed
	l.unflushed = 0
}

// drawLags is how far the copies that follow are behind, if any loses contact: an asynchronous one by its
// lag (R31), those of which some acknowledge every write by as much as theirs is longer than that of these.
func (t *twin) drawLags(s *twinService) {
	l := s.ledger
	var lags []float64
	for k := range l.copies {
		l.copies[k].lag = 0
		if l.copies[k].following {
			lags = append(lags, 0)
		}
	}
	have := l.have
	if l.alone {
		have = 0
	}
	if l.Lag == nil || have > 0 && len(lags) <= have {
		return
	}
	load := t.underLoad(s)
	for i := range lags {
		lags[i] = load * l.luck.draw(l.Lag)
	}
	t.addUp(s, lags)
	sorted := append([]float64{0}, lags...)
	sort.Float64s(sorted)
	for k := range l.copies {
		if l.copies[k].following {
			l.copies[k].lag = max(0, lags[0]-sorted[have])
			lags = lags[1:]
		}
	}
}

// addUp has copies that feed from others be behind by the lags of these as well.
func (t *twin) addUp(s *twinService, lags []float64) {
	behind, next := map[*twinMember]float64{}, 0
	for _, m := range s.members {
		if s.ledger.copies[m.k].following {
			if behind[m] = lags[next]; s.feeder(m) != s.primary() {
				behind[m] += behind[s.feeder(m)]
			}
			lags[next] = behind[m]
			next++
		}
	}
}

// breakOff fixes how far a copy had come.
func (t *twin) breakOff(l *ledger, c *twinCopy) {
	missing := c.unwritten + c.lag
	c.following, c.unwritten, c.position = false, 0, l.written()
	if missing > 0 {
		c.position = l.writtenBy(t.now - missing)
	}
}

// waitForCopies blocks writes while a synchronous store lacks copies; with fallback only for a while.
func (t *twin) waitForCopies(s *twinService, copies int) {
	l, clock := s.ledger, "service "+s.Name+" fallback"
	waited := l.waited
	l.waited = false
	switch {
	case copies >= l.acks || !s.primary().up || l.hollow:
		t.callOff(clock)
		l.blocked = false
		l.alone = l.alone && copies < l.acks
	case l.blocked && waited:
		t.goAlone(s)
	case !l.blocked && !l.alone:
		l.blocked = true
		if l.Mode == model.SyncFallback || l.Mode == model.SemiSync {
			t.planFallback(s, clock)
		}
	}
}

func (t *twin) planFallback(s *twinService, clock string) {
	l, wait := s.ledger, 0.0
	if l.FallbackAfter != nil {
		wait = l.luck.draw(l.FallbackAfter)
	}
	if wait <= 0 {
		t.goAlone(s)
		return
	}
	t.plan(t.now+wait, 2, clock, func() {
		t.blameUnlessKnown(s.blame)
		l.waited = true
	})
}

// goAlone lets a primary write without copies, if the coordinator knows: until it can be told, writes wait (R32).
func (t *twin) goAlone(s *twinService) {
	l := s.ledger
	if l.waited = l.Mode == model.SyncFallback && !t.consents(s, s.primary()); !l.waited {
		l.blocked, l.alone = false, true
	}
}

// hurt applies a fault to the copies on a component, and on what falls with it (R5, R6, R33).
func (t *twin) hurt(component int32, mode model.FaultMode) {
	for _, s := range t.services {
		if l := s.ledger; l != nil && l.Backups != nil && l.Backups.Repository != none && mode == model.MediaLoss && t.fallsWith(l.Backups.Repository, component, mode) {
			l.back.lost = t.now
		}
		for _, m := range s.members {
			if l := s.ledger; l != nil && (m.Component == component || t.fallsWith(m.Host, component, mode)) {
				l.goOn(t.now)
				l.hurt(m.k, m.k == s.state.Primary, mode, t.now)
			}
		}
	}
}

// fallsWith tells whether a fault of component what is one of component i: it is the same, or is inside it. A
// machine that still has enough of its feeds has power.
func (t *twin) fallsWith(i, what int32, mode model.FaultMode) bool {
	if i == what || t.parts[i].Requires == nil {
		return i == what
	}
	return (mode == model.OSCrash || mode == model.PowerLoss || mode == model.MediaLoss) && t.anyFallsWith(t.parts[i].Requires, what, mode)
}

func (t *twin) anyFallsWith(n *model.Need, what int32, mode model.FaultMode) bool {
	if t.ofDisks(n) {
		return false
	}
	if len(n.Of) == 0 {
		return t.fallsWith(n.Ref, what, mode)
	}
	for k := range n.Of {
		if (n.AtLeast == len(n.Of) || mode == model.PowerLoss && !t.met(n)) && t.anyFallsWith(&n.Of[k], what, mode) {
			return true
		}
	}
	return false
}

func (l *ledger) hurt(k int32, primary bool, mode model.FaultMode, now float64) {
	machineDied := mode == model.OSCrash || mode == model.PowerLoss
	restarted := machineDied || mode == model.Crash
	c := &l.copies[k]
	switch {
	case mode == model.MediaLoss, l.Durability == model.InMemory && restarted:
		c.empty = true
	case !machineDied || c.shaken == now:
	case !primary && l.Mode == model.SemiSync && c.following && l.Lag != nil: // received is not yet on disk
		c.shaken = now
		c.unwritten = max(c.unwritten, l.luck.draw(l.Lag), l.luck.s.uniform()*float64(l.FlushEvery))
	case l.Durability != model.Periodic && l.Durability != model.OSCache:
	case primary:
		l.unflushed = max(l.unflushed, l.written()-l.writtenBy(now-l.luck.s.uniform()*float64(l.FlushEvery)))
		c.shaken = now
	case c.following:
		c.unwritten = max(c.unwritten, l.luck.s.uniform()*float64(l.FlushEvery))
		c.shaken = now
	}
}

// recover is the return of the primary itself, with whatever it has kept. What it has not kept may come
// back from the copy that has most.
func (t *twin) recover(s *twinService) {
	l := s.ledger
	own := &l.copies[s.state.Primary]
	source, goesOn := own, l.written()-l.unflushed
	total := false
	if own.empty {
		goesOn, total, l.hollow = 0, true, false
		var best *twinMember
		for k, c := range l.copies {
			if m := s.members[k]; m != s.primary() && !c.empty && l.Mode != model.Unreplicated {
				if l.hollow, total = true, false; m.up && t.reaches(t.site(s.primary()), t.site(m)) && (best == nil || c.position > goesOn) {
					best, source, goesOn = m, &l.copies[k], c.position
				}
			}
		}
		if best == nil {
			t.giveUp(s, s.primary())
		}
		l.hollow = l.hollow && (best == nil || !t.madeAnew(s, s.primary()))
		if l.hollow || total && t.restore(s, l.lastAck()) { // it has to wait for a copy, or a backup
			return
		}
	}
	loss := t.loss(s, goesOn, source)
	if total {
		loss.Total, loss.Seconds, loss.least, loss.Transactions = true, model.Never, model.Never, l.beyond(0)*l.WriteRate
		if l.back.errs != sound { // there is nothing left that could be wrong
			t.nextError(s)
		}
	}
	own.empty, l.unflushed = false, 0
	l.cut(goesOn)
	own.astray = false
	loss.Initiator = l.fell
	t.book(loss)
}

// loss is the one loss rule (R29): if history goes on from a position, what was acknowledged beyond is
// lost; in seconds, from the acknowledgement of that position to the last one lost.
func (t *twin) loss(s *twinService, position float64, from *twinCopy) twinLoss {
	l := s.ledger
	loss := twinLoss{Loss: model.Loss{Service: s.id, At: t.time(), Initiator: s.blame}}
	if missing := l.written() - position; missing > grain {
		loss.Transactions = l.beyond(position) * l.WriteRate
		last := l.acknowledged(l.written())
		loss.Seconds, loss.least = model.Seconds(last-l.acknowledged(position)), model.Seconds(last-l.begun(position))
		if loss.loose = from.loose || math.Abs(position-l.vague) <= grain; loss.loose {
			l.cloud()
			l.leaveVague(position)
		}
		if loss.clouded = l.clouded; from.outrun() {
			loss.Seconds, loss.least = model.Never, model.Never
		}
	}
	return loss
}

// leaveVague takes note that history goes on from a position of which the engine does not know when it was reached, nor
// does it then of any copy that is cut back to there, or gets no further.
func (l *ledger) leaveVague(position float64) {
	l.vague = position
	for k := range l.copies {
		c := &l.copies[k]
		c.loose = c.loose || c.position >= position-grain
	}
}

// cloud takes note that the engine has to look far back: it remembers only the latest times at which clients were cut
// off, or were no longer.
func (l *ledger) cloud() {
	for _, w := range l.history {
		l.clouded = l.clouded || w.share < 1
	}
}

func (t *twin) book(loss twinLoss) {
	if loss.Seconds > 0 {
		t.note(Note{Kind: DataLost, Service: loss.Service, Delay: loss.Seconds})
	}
	if !t.past {
		t.losses = append(t.losses, loss)
	}
}

// handOver continues the history from what the new primary has. If the old one goes on for some clients,
// the loss is final only when its branch ends (R30).
func (t *twin) handOver(s *twinService, from, to *twinMember, goesOn bool, why model.SignalKind) {
	l := s.ledger
	if l.Mode == model.Unreplicated || from == to && !l.headless {
		return
	}
	l.goOn(t.now)
	own := &l.copies[to.k]
	switch {
	case own.following && why == model.SwitchoverDue: // it catches up first
		own.position = l.written()
	case own.following:
		t.drawLags(s)
		t.breakOff(l, own)
	}
	if share := t.apart(s, from, to); goesOn && share > 0 && !(l.blocked && l.Mode == model.Sync) {
		l.branch = &branch{from: l.acknowledged(own.position), begun: l.begun(own.position), split: t.now, missing: l.beyond(own.position), share: share}
	} else {
		t.book(t.loss(s, own.position, own))
	}
	kept := l.written() - l.unflushed
	astray := !l.votes && (l.branch != nil || kept > own.position+grain)
	l.cut(own.position)
	l.headless, l.hollow = false, false
	l.writing, l.blocked, l.alone, l.primaryDown, l.unflushed = false, false, false, false, 0
	*own = twinCopy{position: own.position}
	if from == to {
		return
	}
	l.copies[from.k] = twinCopy{position: own.position, empty: l.copies[from.k].empty, missed: true, astray: astray, loose: math.Abs(own.position-l.vague) <= grain}
	if l.votes {
		l.copies[from.k].position = min(own.position, kept)
	}
}

// apart is the share of the clients who reach an old primary that goes on serving, but not the new one.
func (t *twin) apart(s *twinService, from, to *twinMember) float64 {
	share := 0.0
	if s.style == model.Majority || !from.up || t.reaches(t.site(to), t.site(from)) {
		return 0
	}
	for _, c := range t.sys.Clients {
		if t.reaches(c.Site, t.site(from)) && !t.reaches(c.Site, t.site(to)) {
			share += c.Share
		}
	}
	return share
}

// endBranch books what an old primary acknowledged on its side of a partition.
func (t *twin) endBranch(s *twinService) {
	l := s.ledger
	if b := l.branch; b != nil {
		l.branch = nil
		t.book(twinLoss{Loss: model.Loss{Service: s.id, At: t.time(), Initiator: s.blame, Seconds: model.Seconds(t.now - b.from),
			Transactions: l.WriteRate * (b.missing + (t.now-b.split)*b.share)}, least: model.Seconds(t.now - b.begun)})
	}
}
