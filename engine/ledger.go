package engine

import (
	"math"

	"github.com/ftsim/ftsim/model"
)

// This file keeps the ledger of each store: how much has been acknowledged, and how much of it each copy
// has. All replication modes differ only in when a write is acknowledged and how the copies follow
// (R29). Positions are seconds of writing, so that a loss is known in seconds and, times the write rate,
// in transactions. Between events everything is linear and is advanced in closed form.

// store is the state of a model.Store.
type store struct {
	mode             model.ReplicationMode
	durability       model.Durability
	acks             int32 // copies a write waits for
	have             int32 // copies that have what is acknowledged while it is replicated synchronously
	headless         bool  // under a quorum: nobody has been elected since the leader lost data
	force            forcing
	lag, fallback    int32 // laws, or none
	underLoad        float64
	takesIn          float64   // seconds of writing per second a copy can take in; 0 = any
	feeds            []int32   // as FeedsFrom
	ways             [][]int32 // pipes between each two members, by the one that is copied from and the copy; nil = none
	growth, size     float64   // bytes per second of writing, and of a full copy
	led, back        int32     // who leads, and who gives it its data back, as far as pipes know
	busy             int32     // its copies that need more of pipes than what is written now
	chaseClock       int32     // the first of its copies'
	rate             float64
	flush            float64
	clock            int32 // for the fallback
	first            int32 // its copies
	key              uint64
	luck             stream
	written          float64 // acknowledged
	last             float64 // when written was brought up to date
	lastAck          float64 // when the last write was acknowledged
	since            float64 // when the present stretch of writing began, or the last one
	writing          bool
	blocked          bool // writes wait for a copy
	refusing         bool // the primary takes no writes, having lost touch
	alone            bool // the wait is over, the primary goes on without
	waited           bool // the clock has rung
	primaryDown      bool
	fell             model.Element // what took the primary down, whether anybody noticed or not
	unflushed        float64       // seconds of writes the primary lost in its fall
	split            bool          // an old primary goes on writing elsewhere
	splitAt, splitTo float64       // when the new primary's copy ends, and the length of what it misses
	splitFrom        float64
	splitBase        float64 // position at which the branches part
	choice           choice
	sighted          float64 // how much had been written when the primary was last seen
	splitShare       float64 // of all writes, that go to the old primary
	share            float64 // of the writes that slow copies let through
	absent           absence // what did not come of what counts as written
	fullCopy, rewind int32   // laws, or none
	rewindWorks      float64
	copyClock        int32 // the first of its copies'
	backups          *model.Backups
	errors           *model.DataErrors
	corruption       *model.Corruption
	n                int32 // of its copies
	decayClock       int32 // the first of its copies'
	taint            taint
	feed             feed
	restore          restoration
	spoilt           spoiling
	merger           merger
	salvage          salvaging
	history          int32 // when it took writes, or none
}

// replica is what one member has of the data.
type replica struct {
	position            float64 // durable prefix, while it does not follow
	at                  float64 // when that position was acknowledged
	absent              float64 // what did not come up to there
	following           bool
	empty               bool    // has nothing at all
	missed              bool    // was down while the primary wrote
	left                bool    // the primary has written without it
	shaken              float64 // when its caches were last lost
	unwritten           float64 // seconds of what it received that its fall took
	diverged            bool    // holds writes that history has gone without
	behind              float64 // seconds it is behind what is acknowledged, as last drawn
	rebuilding, rebuilt bool
	anew                bool    // it is being copied as a whole
	kept                float64 // since when it has kept its media
	takesIn             float64 // as the store's, from where it copies now
	outrun              bool    // that is less than is written
	way                 int32   // of which pipes it needs more than what is written now, as ways, or none
	carried             bool    // it is made anew over pipes, or has been
	from                int32   // who it is made anew from
	begun               mark    // what that had when it began
	coming, copied      float64 // bytes still to come, and when
	rate, fastest       float64 // bytes per second that come, and would without pipes
	chasing             bool    // it takes in what it has missed
	chased              float64 // when position was last brought up to date while it does
	rot                 decay
}

// closed tells whether no writes are taken now.
func (s *store) closed() bool {
	return s.blocked || s.refusing || s.merger.readsOnly() || s.restore.refuses()
}

// closedBy is what keeps writes from being taken. Copies get nothing while data is brought back, but that is not why.
func (s *store) closedBy() model.Phase {
	switch {
	case s.restore.refuses():
		return model.Activation
	case s.blocked || s.refusing:
		return model.WriteBlock
	}
	return model.Reconciling
}

// bringUp advances the count of acknowledged writes to now.
func (r *Runner) bringUp(s *store) {
	if s.writing && r.now > s.last {
		s.written += r.now - s.last
		s.absent.advance(r.now - s.last)
		s.lastAck = r.now
	}
	s.last = r.now
}

// settleStore lets the copies follow or fall behind, and blocks or releases writes.
func (r *Runner) settleStore(g *group) {
	s := &r.stores[g.store]
	r.bringUp(s)
	primary := &r.members[g.first+g.state.Primary]
	if s.backups != nil || s.errors != nil {
		r.settleRestore(g, s, primary.up)
	}
	if !primary.up && !s.primaryDown {
		s.fell = r.blame
	}
	if g.votes {
		r.settleVotes(g, s, primary)
	} else if primary.up && (s.primaryDown || g.hollow) {
		r.recover(g, s)
	} else if g.hollow && !primary.up {
		r.hollowFalls(g, s)
	}
	s.primaryDown = !primary.up
	if s.spoilt.rang || s.spoilt.waits {
		r.settleError(g, s, primary.up && !g.hollow && !s.headless)
	}
	if s.lag != none && s.mode != model.Unreplicated {
		r.drawLags(g, s, primary)
	}
	copies := int32(0)
	for k := int32(0); k < g.n; k++ {
		if k != g.state.Primary && r.follow(g, s, k, primary) {
			copies++
		}
	}
	if s.corruption != nil {
		r.settleCorruption(g, s, primary.up && !g.hollow)
	}
	if s.merger.from != nil {
		r.settleBranches(g, s, primary)
	}
	if s.salvage.pending > 0 {
		r.settleSalvage(g, s, primary)
	}
	r.waitForCopies(g, s, primary.up && !g.hollow, copies)
	if s.throttles() {
		r.throttle(g, s, copies)
	}
	s.refusing = g.fence.stopped && g.fence.writesOnly()
	writing := primary.up && !s.headless && !g.hollow && !s.closed() && r.answers(g, primary)
	if writing && !s.writing && s.lastAck < r.now {
		s.since = r.now
		if s.history != none {
			h := &r.writes[s.history]
			h.cut(s.written)
			h.begin(r.now, s.written)
		}
	}
	s.writing = writing
	if writing {
		s.absent.turn(r.unheard(g, s, primary), r.now)
	} else {
		s.absent.turn(0, r.now)
	}
	if writing && s.throttles() {
		r.fallOut(g, s)
	}
	if s.ways != nil {
		r.sharePipes(g, s)
	}
	if s.chases() {
		r.timeChases(g, s)
	}
	if s.feed.Producers != nil {
		r.settleFeed(g, s)
	}
	if s.choice.inSync {
		r.leaveOut(g, s)
	}
}

// answers tells whether some client gets through to the primary.
func (r *Runner) answers(g *group, primary *member) bool {
	if g.style == model.Shared {
		return true
	}
	_, serves := r.serves(g)
	return serves && r.reachedByClients(primary.site)
}

// follow tells whether copy k follows the primary now.
func (r *Runner) follow(g *group, s *store, k int32, primary *member) bool {
	m, c := &r.members[g.first+k], &r.copies[s.first+k]
	follows := r.inContact(g, s, primary, k)
	if !follows {
		r.interrupt(s, k, c)
	}
	if c.chasing && (!follows || s.fullCopy != none && c.diverged) {
		r.stopChase(s, k, c)
	}
	if s.ways != nil {
		r.pace(g, s, k, c)
	}
	whole := c.empty || c.diverged && s.fullCopy != none
	switch {
	case follows && c.empty && g.votes && !r.hasVotes(g, primary):
		return false // nobody leads who could take it in
	case follows && !r.rebuild(s, s.source(g, k), k, c):
		return false
	case follows && c.takesIn > 0 && r.behind(s, c, whole):
		return false
	case follows:
		if s.corruption != nil && (c.empty || c.anew) {
			r.inherit(g, s, k)
		}
		c.anew = false
		c.following, c.empty, c.missed, c.unwritten = true, false, false, 0
	case c.following:
		r.breakOff(s, c)
	}
	if primary.up && !m.up {
		c.missed = true
	}
	return follows
}

// inContact tells whether copy k gets what the primary writes.
func (r *Runner) inContact(g *group, s *store, primary *member, k int32) bool {
	m := &r.members[g.first+k]
	if !primary.up || !m.up || g.restoring || g.hollow || s.headless {
		return false
	}
	if j := s.source(g, k); j != g.state.Primary {
		return r.copies[s.first+j].following && r.reach.ok(r.members[g.first+j].site, m.site) && r.inContact(g, s, primary, j)
	}
	return r.reach.ok(primary.site, m.site)
}

// drawLags is how far the copies that follow are behind if some are about to lose contact. An asynchronous
// one is behind by a lag drawn now (R31). What some copies have acknowledged, the others have that much
// later by which their lag is longer.
func (r *Runner) drawLags(g *group, s *store, primary *member) {
	parting := false
	for k := int32(0); k < g.n && !parting; k++ {
		parting = k != g.state.Primary && r.copies[s.first+k].following && !r.inContact(g, s, primary, k)
	}
	if parting {
		r.drawBehind(g, s)
	}
}

func (r *Runner) drawBehind(g *group, s *store) { r.drawBehindAt(g, s, r.now) }

func (r *Runner) drawBehindAt(g *group, s *store, t float64) {
	copies := r.copies[s.first : s.first+g.n]
	following := int32(0)
	for k := range copies {
		if c := &copies[k]; c.following {
			c.behind = 0
			following++
		}
	}
	have := s.have
	if s.alone {
		have = 0
	}
	if s.lag == none || have > 0 && following <= have {
		return
	}
	load := r.loaded(g, s, t)
	for k := range copies {
		if c := &copies[k]; c.following {
			c.behind = load * r.laws[s.lag].draw(&s.luck, r.lend)
		}
	}
	if s.feeds != nil {
		s.addLags(g, copies)
	}
	if have > 0 {
		acknowledged := slowest(copies, have)
		for k := range copies {
			copies[k].behind = max(0, copies[k].behind-acknowledged)
		}
	}
}

// slowest is the longest of the n shortest lags.
func slowest(copies []replica, n int32) float64 {
	bound := math.Inf(1)
	for i := range copies {
		if !copies[i].following {
			continue
		}
		shorter := int32(0)
		for k := range copies {
			if copies[k].following && copies[k].behind <= copies[i].behind {
				shorter++
			}
		}
		if shorter >= n {
			bound = min(bound, copies[i].behind)
		}
	}
	return bound
}

// breakOff fixes how far a copy had come.
func (r *Runner) breakOff(s *store, c *replica) {
	c.following = false
	missing := s.latest(c.behind+c.unwritten, r.now)
	c.unwritten = 0
	c.position, c.at = s.written-missing, s.lastAck-missing
	c.absent = s.absent.total - s.absent.in(missing, s.lastAck)
}

// latest is how much was written in the last seconds before now. What is older has arrived, so that a
// pause in writing lets a copy or a disk catch up.
func (s *store) latest(seconds, now float64) float64 {
	return max(0, min(seconds-(now-s.lastAck), s.lastAck-s.since, s.written))
}

// waitForCopies blocks writes while a synchronous store lacks copies; with fallback only for a while.
func (r *Runner) waitForCopies(g *group, s *store, up bool, copies int32) {
	waited := s.waited
	s.waited = false
	if copies >= s.acks || !up {
		if s.blocked && s.clock != none {
			r.clocks.stop(s.clock)
		}
		s.blocked = false
		s.alone = s.alone && copies < s.acks
		return
	}
	switch {
	case s.alone:
	case s.blocked && waited:
		r.goAlone(g, s)
	case s.blocked:
	default:
		s.blocked = true
		if s.fallsBack() {
			r.startFallback(g, s)
		}
	}
}

// chases tells whether copies take time to catch up.
func (s *store) chases() bool { return s.takesIn > 0 || s.ways != nil && s.growth > 0 }

// fallsBack tells whether the primary goes on alone after a while.
func (s *store) fallsBack() bool { return s.mode == model.SyncFallback || s.mode == model.SemiSync }

// startFallback begins the wait for copies. Who leaves for planned work has told the primary before.
func (r *Runner) startFallback(g *group, s *store) {
	wait := 0.0
	if s.fallback != none && g.out == 0 {
		wait = r.laws[s.fallback].draw(&s.luck, r.lend)
	}
	if wait > 0 {
		r.clocks.arm(s.clock, r.now+wait)
		return
	}
	r.goAlone(g, s)
}

// goAlone lets the primary write without copies. Where there is a coordinator, that must know, since who may
// be promoted depends on it; until it can be told, writes wait.
func (r *Runner) goAlone(g *group, s *store) {
	if s.waited = s.mode == model.SyncFallback && !r.consents(g, &r.members[g.first+g.state.Primary]); !s.waited {
		s.blocked, s.alone = false, true
	}
}

// hurt applies a fault to the copies on a component, and on those marked as being inside it (R5, R6, R33).
func (r *Runner) hurt(component int32, mode model.FaultMode) {
	for i := range r.groups {
		g := &r.groups[i]
		for k := int32(0); k < g.n && g.spread != none; k++ {
			if m := &r.members[g.first+k]; m.component == component || m.host == component {
				r.hurtSpread(g, k, mode)
			}
		}
		for k := int32(0); k < g.n && g.shards != none; k++ {
			if m := &r.members[g.first+k]; m.component == component || m.host == component || r.marked[m.host] {
				r.hurtShards(g, k, mode)
			}
		}
		if g.store == none {
			continue
		}
		if b := r.stores[g.store].backups; b != nil && b.Repository != none && (b.Repository == component || r.marked[b.Repository]) && mode == model.MediaLoss {
			r.stores[g.store].restore.lost = r.now
		}
		for k := int32(0); k < g.n; k++ {
			if m := &r.members[g.first+k]; m.component == component || m.host == component || r.marked[m.host] {
				r.hurtCopy(g, k, mode)
			}
		}
		if g.hollow { // the copy it waits for may be the one that is gone, on a machine that is down
			r.touch(int32(i))
		}
	}
}

func (r *Runner) hurtCopy(g *group, k int32, mode model.FaultMode) {
	s := &r.stores[g.store]
	c := &r.copies[s.first+k]
	r.bringUp(s)
	switch {
	case mode == model.MediaLoss, s.durability == model.InMemory && mode <= model.PowerLoss:
		c.empty, c.kept = true, r.now
		if s.corruption != nil {
			r.cleanse(g, s, k)
		}
	case c.shaken == r.now: // by something else at the same time
	case mode != model.OSCrash && mode != model.PowerLoss:
	case s.mode == model.SemiSync && k != g.state.Primary && c.following && s.lag != none: // received is not yet on disk
		c.shaken = r.now
		c.unwritten = max(c.unwritten, r.laws[s.lag].draw(&s.luck, r.lend), s.luck.uniform()*s.flush)
	case s.durability != model.Periodic && s.durability != model.OSCache:
	case k == g.state.Primary:
		c.shaken = r.now
		s.unflushed = max(s.unflushed, s.latest(s.luck.uniform()*s.flush, r.now))
	case c.following: // what it had received, and not yet written
		c.shaken = r.now
		c.unwritten = max(c.unwritten, s.luck.uniform()*s.flush)
	}
}

// recover is the return of the primary itself, with whatever it has kept.
func (r *Runner) recover(g *group, s *store) {
	c, whose := &r.copies[s.first+g.state.Primary], g.state.Primary
	loss := model.Loss{Service: r.members[g.first].service, At: r.Now(), Initiator: s.fell, Source: model.FromDisk}
	switch {
	case c.empty:
		others := r.anyCopy(g, s)
		if !others {
			r.interrupt(s, g.state.Primary, c)
		}
		if g.hollow = others && !r.copiedBack(g, s); g.hollow || !others && r.beginRestore(g, s, s.fellAt()) {
			return
		}
		whose = r.refill(g, s, &loss)
	case s.unflushed > 0:
		loss.Seconds = model.Seconds(s.unflushed)
		absent := s.absent.in(s.unflushed, s.lastAck)
		loss.Transactions = (s.unflushed - absent) * s.rate
		s.written -= s.unflushed
		s.absent.total -= absent
		s.lastAck -= s.unflushed
	}
	c.empty, s.unflushed = false, 0
	r.strand(g, s, s.written)
	r.cutCopies(g, s)
	r.book(loss, whose)
}

// anyCopy tells whether any member but the primary has data.
func (r *Runner) anyCopy(g *group, s *store) bool {
	for k := int32(0); k < g.n && s.mode != model.Unreplicated; k++ {
		if k != g.state.Primary && !r.copies[s.first+k].empty {
			return true
		}
	}
	return false
}

// refill puts in place what has been copied back from the best copy, whose it tells; if there is none, all is lost.
func (r *Runner) refill(g *group, s *store, loss *model.Loss) (from int32) {
	from = r.bestAtHand(g, s)
	if from == none {
		loss.Total, loss.Seconds, loss.Transactions, loss.Source = true, model.Never, s.acknowledged()*s.rate, model.FromNowhere
		s.written, s.absent.total = 0, 0
		r.isUndone(s)
		return from
	}
	best := &r.copies[s.first+from]
	if best.rot.bad {
		r.rotten(g, s, g.state.Primary, true)
	}
	s.measure(loss, best, s.lastAck)
	loss.Source = model.FromCopy
	s.written, s.lastAck, s.absent.total = best.position, best.at, best.absent
	return from
}

// measure is the one loss rule (R29): what was acknowledged beyond the position of the copy that goes on.
func (s *store) measure(loss *model.Loss, c *replica, lastAck float64) {
	if missing := s.written - c.position; missing > 1e-9 {
		loss.Seconds = model.Seconds(lastAck - c.at)
		loss.Transactions = s.beyond(c) * s.rate
		if c.outrun {
			loss.Seconds = model.Never
		}
	}
}

// book writes a loss down; member is whose data goes on.
func (r *Runner) book(loss model.Loss, member int32) {
	if r.note != nil && loss.Seconds > 0 {
		r.tell(Note{Kind: DataLost, Service: loss.Service, Member: member, Source: loss.Source, Delay: loss.Seconds})
	}
	r.enter(loss)
}

// enter is book without telling it.
func (r *Runner) enter(loss model.Loss) {
	if k := r.groups[loss.Service].store; k != none && r.stores[k].rate > 0 {
		s := &r.stores[k]
		s.feed.unhear(loss.Transactions / s.rate)
	}
	if !r.past {
		r.out.Losses = append(r.out.Losses, loss)
	}
}

// handOver continues the history from the copy of the new primary. If the old one goes on for clients on
// its side, the loss is not final until its branch ends (R30).
func (r *Runner) handOver(i int32, g *group, old int32, goesOn bool) {
	s := &r.stores[g.store]
	r.bringUp(s)
	from, to := &r.copies[s.first+old], &r.copies[s.first+g.state.Primary]
	if s.mode == model.Unreplicated || from == to && !s.headless {
		return
	}
	switch {
	case to.following && r.signal.Kind == model.SwitchoverDue: // the new primary catches up first
		to.following, to.position, to.at, to.absent = false, s.written, s.lastAck, s.absent.total
	case to.following:
		r.drawBehind(g, s)
		r.breakOff(s, to)
	}
	loss := model.Loss{Service: i, At: r.Now(), Initiator: g.blame}
	s.measure(&loss, to, s.lastAck)
	own, ownAt := s.written-s.unflushed, s.lastAck-s.unflushed
	ownAbsent := s.absent.total - s.absent.in(s.unflushed, s.lastAck)
	if share := r.apart(g, old); goesOn && share > 0 && !(s.blocked && s.mode == model.Sync) { // that waits until it is in touch
		s.split, s.splitShare, s.splitFrom = true, share, r.now
		s.splitAt, s.splitTo, s.splitBase = to.at, s.beyond(to), to.position
	} else {
		r.book(loss, g.state.Primary)
		r.leave(g, s, old, ownAt-to.at, own-ownAbsent-(to.position-to.absent))
	}
	s.written, s.lastAck, s.last, s.absent.total = to.position, to.at, r.now, to.absent
	s.writing, s.blocked, s.alone, s.primaryDown, s.unflushed = false, false, false, false, 0
	s.headless, g.hollow = false, false
	if to.chasing {
		r.stopChase(s, g.state.Primary, to)
	}
	to.empty, to.following, to.missed, to.left = false, false, false, false
	r.strand(g, s, s.written)
	r.cutCopies(g, s)
	if to.rot.bad {
		r.find(g, s, g.state.Primary)
	}
	if from == to {
		return
	}
	from.diverged = !g.votes && (own > s.written+grainOf || s.split)
	to.diverged = false
	from.following, from.missed, from.position, from.at, from.absent = false, true, s.written, s.lastAck, s.absent.total
	if g.votes && own < s.written { // it may be asked again before it has caught up
		from.position, from.at, from.absent = own, ownAt, ownAbsent
	}
}

// strand marks the copies that hold writes beyond a position, which history goes on without, unless votes settle that.
func (r *Runner) strand(g *group, s *store, beyond float64) {
	for k := int32(0); k < g.n && !g.votes; k++ {
		if c := &r.copies[s.first+k]; k != g.state.Primary && !c.following && c.position > beyond+grainOf {
			c.diverged = true
		}
	}
}

// cutCopies drops what the copies have beyond the history that goes on.
func (r *Runner) cutCopies(g *group, s *store) {
	for k := int32(0); k < g.n; k++ {
		c := &r.copies[s.first+k]
		if c.position > s.written {
			c.position, c.at, c.absent = s.written, s.lastAck, s.absent.total
		}
		if c.begun.position > s.written {
			c.begun = mark{s.written, s.lastAck, s.absent.total}
		}
	}
}

// apart is the share of the clients who reach the old primary, which is up, but not the new one.
func (r *Runner) apart(g *group, old int32) float64 {
	from, to := &r.members[g.first+old], &r.members[g.first+g.state.Primary]
	if !from.up || r.reach.ok(to.site, from.site) {
		return 0
	}
	share := 0.0
	for i := range r.p.clients {
		if at := r.p.clients[i].place; r.reach.ok(at, from.site) && !r.reach.ok(at, to.site) {
			share += r.p.clients[i].share
		}
	}
	return share
}
