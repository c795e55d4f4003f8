// Package engine lays a System out as a Program and runs replications of it, fast and reproducibly.
//
// A simulated instant is settled floor by floor: components, reach, belief, decision and data,
// journeys. Each floor has a file of its own; rule numbers in comments refer to the rules listed in
// docs/semantics.md.
package engine

import (
	"github.com/ftsim/ftsim/model"
)

// Program is a System laid out for running: flat arrays, dense ids, immutable, shared by all workers.
// What changes during a replication is copied from it into a Runner.
type Program struct {
	sys      *model.System
	laws     []law
	comps    []component
	fans     []fan // who depends on a component, by component
	gates    []gate
	modes    []process
	modeKeys []uint64 // hash of the name of each mode
	causes   []cause
	crewOf   []int32   // by component, or none; nil if there are no crews
	urgency  []int32   // by component; nil if no crew tells one from another
	hands    int       // of crews that interrupt what is less urgent
	sorted   []int32   // components by name, if there are crews, spare parts, disks or something that takes time to start
	causeOf  []int32   // the causes in the order of their clocks
	victims  [][]int32 // components, by cause
	hits     int       // victims of all causes
	members  []member
	groups   []group
	stores   []store
	copies   []replica
	pipes    []pipe
	narrow   []int32 // services whose data crosses them, by name
	spreads  []spread
	holders  []holder
	held     int // amounts of all spreads
	gaps     int // parts of those that keep hints, and
	touched  int // groups of clients that they look at, and
	since    int // what is known of who has been away from them
	shards   []*placing
	sharded  []model.ShardUse // nothing missing, by service; nil without stores of shards
	stale    []staleness
	branches []ownBranch        // of copies of stores of which two may be written to
	noReads  []model.StaleReads // nothing read, by service; nil without stores that are read from copies
	writes   []history          // of stores that can be brought back to a point in time
	cares    []care
	rots     int // members under care
	recent   int // failovers to be remembered
	network  network
	clients  []clients
	journeys []journey // those of the system, then one for each job
	jobs     []job
	stocks   []stock
	stocked  []model.StockUse // nothing used, of each
	queued   []model.QueueUse // nothing given up, by service; nil without queues
	stockOf  []int32          // by mode: which part its repair takes, or none; nil if there are no parts
	upkeeps  []upkeep
	tasks    []task
	stakes   []stake        // of tasks
	upkept   []model.Upkeep // nothing done, of each
	agedTask []int32        // by component: the task that counts from its repairs, or none; nil if there are none
	leaves   []leaf         // hard dependencies of services and journeys
	softs    []dependency
	direct   []spans   // per service: what it names itself
	reaches  [][]int32 // per service: journeys that depend on it
	balanced [][]int32 // per service: services whose detector looks from its members
	strains  []strain
	halts    []halt
	still    []model.Meanwhile // by component: what stops while some service it belongs to changes; nil if none does
	limited  []int32           // services to whose worth load matters, by name
	demand   demand
	dayClock int32     // of the changes of load, if there are any
	owners   []owner   // of the clocks after those of modes and causes
	rate     float64   // expected events per second
	once     bool      // some cause happens once
	ages     bool      // some mode keeps its age
	hides    bool      // some faults are hidden
	pauses   bool      // some mode stops ageing for a while, or ages at several rates
	units    [][]int32 // by component: what belongs to it and ages as its roles demand; nil without such units
	stresses []stress
	stressOf []int32   // by component: the stress it may come under, or none; nil if there is none
	stressAt []int32   // by ageing rate: the same
	alphas   []float64 // dormancy factors of the components whose ageing depends on a role

	cushions  []cushion           // those first that others rest on
	cushioned []*model.Dependency // what they bridge
}

// component is the state of a model.Component. It is available while nothing blocks it (R1).
type component struct {
	blocks   int32 // reasons for not being available: its own fault, what it requires, common causes
	mode     int32 // its first mode
	fan, end int32 // its entries in fans; if sole is set, fan is the target of its only one
	ageing   int32 // index of its ageing rate, or none: always 1
	modes    uint8
	down     uint8 // 1 + index of the mode it is down with, or 0
	mute     bool  // hangs unnoticed: its repair has not begun
	data     bool  // holds copies of a store
	shelters bool  // holds what holds copies of a store
	sets     bool  // its failure sets off cascades
	rebuilt  bool  // from the disks of its set, which may have read errors
	torn     bool  // and they had: its set has just lost its data
	starts   bool  // takes time to come back when what it requires has; its last mode is to be starting
	sole     fanKind
}

// fan is an edge from a component to what depends on it.
type fan struct {
	to   int32
	kind fanKind
}

type fanKind uint8

const (
	manyFans    fanKind = iota // only as component.sole: look into Program.fans
	toComponent                // which requires it
	toGate
	toMedia // which keeps its data on it
	toMember
	toCount // of a group in which only the number of members matters
	toNetwork
)

// gate is a k-of-n condition inside what a component requires. It blocks its target while fewer than
// need of its inputs hold.
type gate struct {
	up, need int32
	target   int32 // component or gate
	nested   bool  // the target is a gate
	media    bool  // of disks: the data of the target is lost as well
}

// mode is the state of a failure process: one clock that rings for the failure and for the repair.
type mode struct {
	life, repair stream
	process
}

// process is what a failure process is made of.
type process struct {
	component          int32
	lifeLaw, repairLaw int32 // repairLaw none: never repaired
	kind               model.FaultMode
	index              uint8 // within its component
	keepsAge           bool
	hidden             bool // nobody finds it but an inspection
}

// cause is the state of a common cause: one clock that rings when it strikes and when it ends.
type cause struct {
	life, repair, chance stream
	key                  uint64
	lifeLaw, repairLaw   int32 // repairLaw none: a shock, each victim is repaired by its own law
	clock                int32
	hit                  int32 // first of its victims in the runner's hits
	once                 bool  // it happens once, counted from the beginning of observation
	active               bool
}

// member is a replica of a service.
type member struct {
	component, host int32
	service         int32
	site            int32 // among the sites that matter, or none: reached from everywhere
	up              bool  // truth: available
	seen            bool  // what its watch sees now
	believed        bool  // what its watch has come to believe
	slow            bool  // it answers, but badly
	dim             bool  // its watch sees that it is slow, no worse
	fallen          bool  // load has broken it
	leaving         bool  // planned work is about to begin on it, or has
	mode            model.FaultMode
	warmFrom        float64 // when its capacity began to grow; -Inf = at full capacity
}

// leaf is a hard dependency on one service.
type leaf struct {
	service int32
	access  model.Access
}

// dependency is a need that is not simply one service, hard.
type dependency struct {
	need    need
	without float64
	instead *need
	cushion int32 // or none
}

// need mirrors model.Need over services, each leaf with everything the service needs in turn.
type need struct {
	service int32 // if of is empty
	access  model.Access
	all     spans
	atLeast int
	of      []need
}

// spans are ranges of Program.leaves and Program.softs.
type spans struct {
	leaf, leafEnd int32
	soft, softEnd int32
}

// owner tells what a clock after those of modes and causes is for.
type owner struct {
	kind  ownerKind
	group int32
	index int32 // member within the group (none: the primary), or store
}

type ownerKind uint8

const (
	stepClock ownerKind = iota
	watchClock
	warmClock
	fallbackClock
	restoreClock
	errorClock
	copyClock
	decayClock
	forceClock
	chaseClock
	spreadClock
	repairClock
	shardClock
	holdClock
	alarmClock
	rotClock
	drillClock
	switchClock
	strainClock
	shedClock
	demandClock
	jobClock
	roundClock
	lookClock
	taskClock
	partClock
	cushionClock
	reconcileClock
	salvageClock
	haltClock
)

const none = model.None
