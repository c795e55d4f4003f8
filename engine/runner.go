package engine

import (
	"fmt"
	"math"
	"slices"

	"github.com/ftsim/ftsim/model"
)

// Runner is all mutable state of one replication, in flat arrays.
type Runner struct {
	p     *Program
	o     Options
	laws  []law
	end   float64 // of following; beyond the horizon while an outage open there is followed
	begin float64 // when observation starts, after settling
	now   float64
	past  bool // beyond the horizon
	note  func(Note)

	clocks      clocks
	lend        *lender
	luck        stream         // lent for one draw
	eq          []*equilibrium // of each law, made when first needed
	comps       []component
	gates       []gate
	modes       []mode
	ages        []float64 // age at the next failure, of modes that keep their age
	left        []float64 // life that remains, of modes that do not age just now
	hiddenSince []float64 // of components that are down with a fault nobody knows of; nil where there is none such
	stresses    []stress
	absent      []bool    // by component: down by itself, where others bear that
	rates       []float64 // of ageing, of components whose role matters
	causes      []cause
	hits        []bool
	marked      []bool // components struck along with another, while that is being worked out
	within      []int32
	stops       []int32 // machines that have stopped in this instant for want of something they require
	crews       []crew
	hands       []int32   // modes under repair, of crews that interrupt
	undone      []float64 // of modes: how much of an interrupted repair is left, or negative; nil without such crews
	line        []int32   // of modes whose repair waits: the next in line, none, or notWaiting; nil without crews
	members     []member
	groups      []group
	stores      []store
	strains     []strain
	halts       []halt
	still       []float64 // until when the clocks of a component stand still; nil if they never do
	copies      []replica
	pipes       []pipe
	spreads     []spread
	holders     []holder
	held        []float64
	gaps        [][]gap
	touched     []uint64
	since       []float64
	shards      []shards
	branches    []ownBranch
	remains     []remains
	stale       []staleness
	writes      []history
	cares       []care
	rots        []rot
	staff       []float64 // until when each person is busy
	calendar    bool      // office hours are kept
	sighted     []float64 // when what the watch on each member sees last changed, if that is told
	recent      []float64 // when the last failovers of each group were
	reach       reach
	jour        []journey
	jobs        []job
	stocks      []stock
	shelfLine   []int32        // of modes whose repair waits for a part: the next in line, none, or notWaiting; nil without parts
	shortSince  []float64      // of the same
	arrivals    [][]float64    // of parts on order, by stock and time
	owed        [][]float64    // by stock: since when parts are owed to repairs that went on without, by time
	beyondStock model.StockUse // what happens after the horizon
	upkeeps     []upkeep
	tasks       []task
	beyond      model.Upkeep // what happens after the horizon
	cushions    []cushion
	memo        []memo
	stamp       uint32  // of what memo holds that is still true
	memoAt      float64 // the time it is about

	netDirty    bool
	changed     []int32 // members whose availability changed in this instant
	dirtyGroups []int32
	dirtyJour   []int32
	ramps       int // groups whose capacity changes with time now
	blame       model.Element
	mode        model.FaultMode // of the fault being spread
	signal      model.Signal
	reaction    model.Reaction
	active      []int32 // serving members on each component whose role matters
	rounds      int
	open        int     // journeys down
	mutes       int     // components that hang unnoticed
	run         uint64  // key of the replication
	asked       float64 // requests per second that groups with limited capacity meet now
	meanLoad    float64 // over the horizon, if it varies; else 0
	tense       int     // groups to which a change of load would matter
	ticking     bool    // the clock for that runs
	out         *model.Outcome
}

// maxRounds bounds how often one instant may be settled before it counts as an endless loop.
const maxRounds = 100000

// NewRunner makes a Runner of p; it must be Reset before use.
func (p *Program) NewRunner(o Options) *Runner {
	r := &Runner{
		p: p, o: o, lend: newLender(), laws: p.laws,
		clocks:   newClocks(len(p.modes)+len(p.causes)+len(p.owners), p.rate),
		comps:    make([]component, len(p.comps)),
		gates:    make([]gate, len(p.gates)),
		modes:    make([]mode, len(p.modes)),
		rates:    make([]float64, len(p.alphas)),
		active:   make([]int32, len(p.alphas)),
		stresses: make([]stress, len(p.stresses)),
		absent:   make([]bool, len(p.stressOf)),
		causes:   make([]cause, len(p.causes)),
		hits:     make([]bool, p.hits),
		marked:   make([]bool, len(p.comps)),
		members:  make([]member, len(p.members)),
		groups:   make([]group, len(p.groups)),
		stores:   make([]store, len(p.stores)),
		strains:  make([]strain, len(p.strains)),
		halts:    make([]halt, len(p.halts)),
		copies:   make([]replica, len(p.copies)),
		pipes:    make([]pipe, len(p.pipes)),
		spreads:  make([]spread, len(p.spreads)),
		holders:  make([]holder, len(p.holders)),
		held:     make([]float64, p.held),
		branches: make([]ownBranch, len(p.branches)),
		gaps:     make([][]gap, p.gaps),
		touched:  make([]uint64, p.touched),
		since:    make([]float64, p.since),
		writes:   make([]history, len(p.writes)),
		cares:    make([]care, len(p.cares)),
		rots:     make([]rot, p.rots),
		recent:   make([]float64, p.recent),
		staff:    make([]float64, p.sys.People.Staff),
		calendar: p.sys.People.Office.Kept,
		jour:     make([]journey, len(p.journeys)),
		jobs:     make([]job, len(p.jobs)),
		stocks:   make([]stock, len(p.stocks)),
		arrivals: make([][]float64, len(p.stocks)),
		owed:     make([][]float64, len(p.stocks)),
		upkeeps:  make([]upkeep, len(p.upkeeps)),
		tasks:    make([]task, len(p.tasks)),
		cushions: make([]cushion, len(p.cushions)),
	}
	for i := range r.modes {
		r.modes[i].process = p.modes[i]
	}
	if p.ages {
		r.ages = make([]float64, len(p.modes))
	}
	if len(p.sys.Crews) > 0 {
		r.crews, r.line = make([]crew, len(p.sys.Crews)), make([]int32, len(p.modes))
	}
	if p.hands > 0 {
		r.hands, r.undone = make([]int32, p.hands), make([]float64, len(p.modes))
	}
	if len(p.stocks) > 0 {
		r.shelfLine, r.shortSince = make([]int32, len(p.modes)), make([]float64, len(p.modes))
	}
	for i := range p.stocks {
		r.arrivals[i] = make([]float64, 0, p.stocks[i].most)
	}
	if p.hides {
		r.hiddenSince = make([]float64, len(p.comps))
	}
	if p.still != nil {
		r.still = make([]float64, len(p.comps))
	}
	if p.pauses {
		r.left = make([]float64, len(p.modes))
	}
	for _, x := range p.shards {
		r.shards = append(r.shards, newShards(x))
	}
	r.stale = append(r.stale, p.stale...)
	if o.Exact {
		r.laws = exactly(p.laws)
	}
	r.reach = p.network.newReach()
	r.setMeanLoad()
	r.memo = make([]memo, len(p.groups)*2*len(p.network.relevant))
	return r
}

// exactly replaces tables by the laws they were made of.
func exactly(laws []law) []law {
	out := make([]law, len(laws))
	for i := range laws {
		out[i] = compileLaw(laws[i].from, true)
	}
	return out
}

// Reset puts everything to the start of a replication; out will hold what it observes.
func (r *Runner) Reset(replication int, out *model.Outcome) {
	p := r.p
	copy(r.comps, p.comps)
	copy(r.gates, p.gates)
	copy(r.causes, p.causes)
	copy(r.members, p.members)
	copy(r.groups, p.groups)
	copy(r.stores, p.stores)
	copy(r.strains, p.strains)
	copy(r.halts, p.halts)
	clear(r.still)
	copy(r.copies, p.copies)
	copy(r.pipes, p.pipes)
	copy(r.spreads, p.spreads)
	copy(r.holders, p.holders)
	clear(r.held)
	copy(r.branches, p.branches)
	copy(r.writes, p.writes)
	copy(r.jour, p.journeys)
	copy(r.jobs, p.jobs)
	copy(r.cushions, p.cushions)
	clear(r.hits)
	r.resetCrews()
	r.resetStocks(runKey(r.o.Seed, replication))
	clear(r.staff)
	r.dirtyGroups, r.dirtyJour, r.stops = r.dirtyGroups[:0], r.dirtyJour[:0], r.stops[:0]
	r.now, r.begin, r.past, r.netDirty, r.ramps, r.rounds, r.open, r.mutes = 0, 0, false, false, 0, 0, 0, 0
	r.out = out
	r.forgetRemains()
	r.resetOutcome(replication)
	r.changed = r.changed[:0]
	r.reach.reset()
	run := runKey(r.o.Seed, replication)
	r.run = run
	r.clocks.reset()
	r.resetDemand()
	r.resetStress()
	r.resetRoles()
	r.resetCauses(run)
	r.resetModes(run)
	r.resetCare(run)
	r.resetUpkeep(run)
	r.resetCushions()
	r.clocks.settle()
	r.resetGroups(run)
	if r.o.SteadyState {
		r.warmUp(run)
	}
	if p.once {
		r.planOnce()
	}
	r.resetJobs()
	r.end = r.begin + float64(r.o.Horizon)
}

func (r *Runner) resetOutcome(replication int) {
	out := r.out
	out.Replication, out.Horizon, out.Weight, out.Events = replication, r.o.Horizon, 1, 0
	out.Outages, out.Losses, out.Failovers, out.Runs = out.Outages[:0], out.Losses[:0], out.Failovers[:0], out.Runs[:0]
	out.Unserved = zeroed(out.Unserved, len(r.p.sys.Journeys))
	out.Exposure = zeroed(out.Exposure, len(r.groups))
	out.Upkeep = append(out.Upkeep[:0], r.p.upkept...)
	out.Stocks = append(out.Stocks[:0], r.p.stocked...)
	out.Bridged = zeroed(out.Bridged, len(r.p.sys.Journeys))
	out.Queues = append(out.Queues[:0], r.p.queued...)
	out.Splits = out.Splits[:0]
	out.Suspect = zeroed(out.Suspect, len(r.groups))
	out.Shards = append(out.Shards[:0], r.p.sharded...)
	out.Stale = append(out.Stale[:0], r.p.noReads...)
	out.Lacks = out.Lacks[:0]
	for i := range r.stale {
		r.stale[i].lacks.reset()
	}
}

func zeroed(s []model.Seconds, n int) []model.Seconds {
	if cap(s) < n {
		return make([]model.Seconds, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// Now is the simulated time since observation started.
func (r *Runner) Now() model.Seconds { return model.Seconds(r.now - r.begin) }

// Step settles the next instant; false if the replication is over.
func (r *Runner) Step() bool {
	id, t := r.clocks.next()
	if t > r.end {
		return r.atEnd()
	}
	if t > r.now {
		r.now, r.rounds = t, 0
	} else if r.rounds++; r.rounds > maxRounds {
		panic(fmt.Sprintf("the system does not come to rest at %v", r.Now()))
	}
	if r.ramps > 0 {
		r.followRamps()
	}
	r.blame = none
	for {
		if int(id) < len(r.modes) {
			r.ringMode(id)
		} else {
			r.ring(id)
		}
		r.out.Events++
		if id, t = r.clocks.next(); t > r.now {
			break
		}
	}
	if len(r.dirtyGroups) > 0 || len(r.stops) > 0 || r.netDirty || r.past || len(r.dirtyJour) > 0 {
		r.settle()
	}
	return true
}

// Run takes the replication from Reset to its end.
func (r *Runner) Run() {
	for r.Step() {
	}
}

// atEnd closes the books at the horizon, then follows what is open there for its length only.
func (r *Runner) atEnd() bool {
	if !r.past {
		r.now = r.end
		r.closeHorizon()
		r.past = true
		if r.open > 0 && r.o.RunOut > 0 {
			r.end += float64(r.o.RunOut)
			return true
		}
	}
	r.now = r.end
	r.closeBooks()
	return false
}

// ring handles one clock that is not of a mode. It changes components and sets flags; settle draws the conclusions.
func (r *Runner) ring(id int32) {
	if i := int(id) - len(r.modes); i < len(r.causes) {
		r.ringCause(r.p.causeOf[i])
		return
	}
	o := &r.p.owners[int(id)-len(r.modes)-len(r.causes)]
	r.clocks.stop(id)
	switch o.kind {
	case stepClock:
		r.groups[o.group].stepEnded = true
	case watchClock:
		k := o.index
		if k == none {
			k = r.groups[o.group].state.Primary
		}
		r.believe(o.group, k)
	case alarmClock:
		r.cryWolf(o.group, &r.groups[o.group])
	case warmClock:
		r.groups[o.group].warmed = true
	case holdClock:
		f := &r.groups[o.group].fence
		f.rang = true
		if r.blame == none {
			r.blame = f.blame
		}
	case rotClock:
		c := &r.cares[r.groups[o.group].care]
		r.rots[c.first+o.index].rang = true
	case drillClock:
		r.cares[r.groups[o.group].care].drill = true
	case switchClock:
		r.cares[r.groups[o.group].care].due = true
	case restoreClock:
		r.stores[o.index].restore.rang = true
	case errorClock:
		r.stores[o.index].spoilt.rang = true
		if r.blame == none {
			r.blame = r.p.sys.ServiceElement(int(o.group))
		}
	case copyClock:
		r.copies[r.stores[r.groups[o.group].store].first+o.index].rebuilt = true
	case decayClock:
		r.copies[r.stores[r.groups[o.group].store].first+o.index].rot.rang = true
		if r.blame == none {
			r.blame = r.p.sys.ServiceElement(int(o.group))
		}
	case chaseClock: // its group sees that it has caught up
	case spreadClock:
		r.holders[r.spreads[r.groups[o.group].spread].first+o.index].rebuilt = true
	case repairClock:
		r.spreads[r.groups[o.group].spread].hints.due = true
	case shardClock:
		r.shards[r.groups[o.group].shards].ring(o.index)
	case forceClock:
		r.stores[o.index].force.due = true
	case reconcileClock:
		r.stores[o.index].merger.rang = true
	case salvageClock: // its group sees what has come back
	case fallbackClock:
		r.stores[o.index].waited = true
	case strainClock:
		r.strains[r.groups[o.group].strain].rang = true
	case shedClock:
		r.strains[r.groups[o.group].strain].shed = true
	case haltClock:
		r.halts[r.groups[o.group].halt].rang = true
	case demandClock:
		r.loadChanges()
		return
	case jobClock:
		r.jobRang(o.index)
		return
	case roundClock:
		r.ringRound(o.index)
		return
	case lookClock:
		r.assign(&r.upkeeps[o.index])
		return
	case partClock:
		r.arrive(o.index)
		return
	case taskClock:
		r.ringTask(o.index)
		return
	case cushionClock:
		r.cushionRang(o.index)
		return
	}
	g := &r.groups[o.group]
	r.touch(o.group)
	if r.blame == none {
		r.blame = g.blame
	}
}

// settle draws the conclusions of an instant, floor by floor, upward.
func (r *Runner) settle() {
	if len(r.stops) > 0 {
		r.stopMachines()
	}
	if r.netDirty {
		r.netDirty = false
		if r.reach.recompute(&r.p.network, r.comps) {
			r.touchAll()
		}
	}
	if len(r.changed) > 1 {
		slices.Sort(r.changed) // whose watch draws first is not a matter of the order of components
	}
	for _, m := range r.changed {
		r.lookAt(m)
	}
	for i := 0; i < len(r.dirtyGroups); i++ {
		if i > maxRounds {
			panic(fmt.Sprintf("services keep changing each other at %v", r.Now()))
		}
		if len(r.staff) > 0 {
			r.queueForPeople(r.dirtyGroups[i:])
		}
		r.settleGroup(r.dirtyGroups[i])
	}
	r.dirtyGroups, r.changed = r.dirtyGroups[:0], r.changed[:0]
	if len(r.dirtyJour) > 0 || len(r.cushions) > 0 {
		r.forget(r.now)
		r.settleCushions()
	}
	for _, j := range r.dirtyJour {
		r.update(j)
	}
	r.dirtyJour = r.dirtyJour[:0]
	if r.past && r.open == 0 {
		r.end = r.now
	}
}

// touch has a group looked at when the instant is settled.
func (r *Runner) touch(i int32) {
	if g := &r.groups[i]; !g.dirty {
		g.dirty = true
		r.dirtyGroups = append(r.dirtyGroups, i)
	}
}

// touchAll has every group look at all its members again, because the network has changed.
func (r *Runner) touchAll() {
	for i := range r.groups {
		r.groups[i].rescan = true
		r.touch(int32(i))
	}
	for j := range r.jour {
		r.touchJourney(int32(j))
	}
}

func (r *Runner) touchJourney(j int32) {
	if jo := &r.jour[j]; !jo.dirty {
		jo.dirty = true
		r.dirtyJour = append(r.dirtyJour, j)
	}
}

func (r *Runner) tell(n Note) {
	if r.note != nil {
		r.tellAt(r.now, n)
	}
}

// tellAt tells what happened at time t, which nobody has looked at since.
func (r *Runner) tellAt(t float64, n Note) {
	n.At = model.Seconds(t - r.begin)
	r.note(n)
}

var negInf = math.Inf(-1)
