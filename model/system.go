package model

// System is an architecture with every name resolved: plain data, buildable in Go without YAML.
// Indices refer to the slices of the same System. None marks an absent index.
type System struct {
	Name        string
	Components  []Component   // nodes, processes, links, devices, racks, zones, regions, managed services
	Causes      []CommonCause // what fails together
	Network     Network       // sites and links; no sites = everything reaches everything
	Services    []Service     // in an order in which nobody needs a later one
	Journeys    []Journey     // what users do; also one observed Journey per service that is reported
	Jobs        []Job         // work that takes long enough to be interrupted
	Clients     []ClientGroup // where requests come from; empty = anywhere
	Rate        float64       // offered load, requests per second; 0 = not stated
	Peak        Peak          // when there is more
	People      People
	Crews       []Crew
	Stocks      []Stock
	Stresses    []Stress
	Maintenance []Maintenance
	Changes     bool     // what changes do is among the causes
	Cost        *Cost    // nil = not stated
	Warnings    Problems // found while resolving; repeated in reports
}

// People are those who are paged.
type People struct {
	Staff  int // who can work on different things at a time; 0 = any number
	Office Office
}

// Crew is a number of repair crews that serve some components; each repairs one at a time, and what fails
// meanwhile waits. Components without a crew have one each to themselves.
type Crew struct {
	Size    int // at least 1
	Serves  []int32
	Urgency []int      // of each it serves: of those that wait, the one with the most is next; nil = who failed first
	Preempt Preemption // whether the more urgent interrupts the less urgent
}

// Preemption is what becomes of a repair while its crew is needed for something more urgent.
type Preemption uint8

// What becomes of it.
const (
	NoPreemption Preemption = iota // it is finished first
	Resumed                        // it stops, and what was left of it is done later
	Restarted                      // it stops, and is begun anew later
)

func (p Preemption) String() string { return [...]string{"never", "resume", "restart"}[p] }

// Peak is a part of every day in which the offered load is another than System.Rate. The zero Peak never
// comes.
type Peak struct {
	Rate     float64 // requests per second
	From, To Seconds // of the day, which a run begins at midnight; To may lie in the next day
}

// Office is when people are at work, in a week that begins on Monday. The zero Office keeps no hours:
// it is always the same.
type Office struct {
	Kept     bool
	Days     [7]bool // from Monday
	From, To Seconds // of the day
}

// None is the index of nothing.
const None int32 = -1

// Component is anything with a failure process, or a place that holds others.
type Component struct {
	Name         string
	Kind         Kind
	Exclusive    bool         // leads one service at a time: a spare that one has taken is none for others
	Site         int32        // where it attaches to the network; None = reaches and is reached everywhere
	Modes        []Mode       // how it breaks; may be shared between components, so treat as read-only
	Requires     *Need        // over components: what must be available for this one to be (R1); nil = nothing
	Unit         bool         // what it requires belongs to it, and ages as it does where it stands by
	StartsIn     Distribution // until it is back once what it requires is; nil = at once, and its clocks never stop
	StartFailure float64      // probability of not coming back after a power loss (R7)
	At           Pos
}

// Mode is one way a component breaks. While a component is down, its other modes do not age.
type Mode struct {
	Kind     FaultMode
	Life     Distribution // age at failure
	Repair   Distribution // nil = never repaired
	KeepsAge bool         // "as bad as old": the repair leaves the age as it was (R8); else as good as new
	Unread   float64      // of a disk: probability that rebuilding it from just enough others meets what none of them can read, 0 to 1
	Hidden   bool         // nobody finds it but maintenance that looks for such faults; its repair begins then
	Errors   float64      // Slow: share of requests it answers wrongly, 0 to 1
	Capacity float64      // Slow: share of its capacity that remains, 0 to 1
}

// CommonCause is a failure process with a set of victims.
type CommonCause struct {
	Name        string
	Mode        FaultMode
	Life        Distribution // from the end of one event to the next; nil if something sets it off
	Once        bool         // it happens once, Life after observation has begun
	SetOff      *SetOff      // what sets it off; nil = it happens by itself
	Repair      Distribution // how long the victims are held down; nil = each is repaired by its own law
	Victims     []int32      // components
	Probability float64      // that an event hits a given victim, independently (Marshall–Olkin); 1 = all
	Glitch      bool         // a short interruption, not a failure of anything (R11)
	Spoils      float64      // probability that an event spoils the data of the services it hits (R39), 0 to 1
	At          Pos
}

// SetOff makes a common cause a cascade: each failure of Component sets it off, Delay later.
type SetOff struct {
	Component int32
	Delay     Distribution // nil = at once
}

// Need is a condition over components or over services, depending on where it stands. With Of empty
// it is the element Ref; else at least AtLeast of the parts (1 = any, len(Of) = all).
type Need struct {
	Ref     int32
	Access  Access // of a service with a store
	AtLeast int
	Of      []Need
}

// Network is a directed graph of sites. Reachability is a matter of pairs, never of one site (R2).
type Network struct {
	Sites []Site
	Links []Link
}

// Site is a place in the network. It works while Component is available.
type Site struct {
	Name      string
	Component int32 // None = never fails
	Within    int32 // the site it is part of, as a rack is of its zone; else None
	Transit   bool  // passes on traffic between others; in any case between its parts and others
}

// Link leads from one site to another. A two-way link is two Links over one component.
type Link struct {
	Component int32 // None = never fails
	From, To  int32
	Bandwidth float64 // bytes per second that replication may take; 0 = no limit
}

// Service is a redundancy group: members, a policy and what it takes to keep them useful.
type Service struct {
	Name            string
	Members         []Member
	Policy          Policy
	Needed          int          // members that must serve for the service to work at all; 0 counts as 1
	PerReplica      float64      // requests per second one member can serve; 0 = no limit
	Collapse        *Collapse    // what too much load does beyond being turned away (R24); nil = nothing
	LeastLoaded     bool         // who balances prefers members with few open requests; else all get equal shares
	Detector        Detector     // how belief follows truth; nil = at once and never wrong
	FalseAlarms     Distribution // from one false alarm of the detector to the next, beyond those that silence explains (R11); nil = never
	Observer        Observer     // from where the detector looks
	Balancer        int32        // service whose serving members observe, if Observer is ByService
	Coordinated     bool         // no member may become primary, or stay it, without the consent of (R13, R14):
	Coordinator     int32        // service; if Coordinated
	Fence           Fence        // what stops a primary that has lost touch
	Rot             Rot          // faults of standbys that nobody notices (R16)
	HoldDown        HoldDown     // when a failover is left to people (R19)
	StandbyReads    bool         // standbys answer reads, as old as their lag, while the primary does not
	StandbyShare    float64      // of the reads, that standbys in contact answer all the time, 0 to 1; above 0 only with StandbyReads
	Failback        bool         // the first member serves again after having been well for FailbackAfter (R20)
	FailbackAfter   Seconds
	Needs           []Dependency
	WarmUp          WarmUp
	Reconfiguration *Reconfiguration // of a Shared service that loses a member; nil = the others just go on
	Meanwhile       Meanwhile        // what happens to its members during a failover or reconfiguration
	Fresh           bool             // a member that is down when its role is taken over is replaced by a new one at once
	Store           *Store           // nil = no data
	At              Pos
}

// Member is a replica. Component is what must be available for it to serve; Host is the hardware below
// it, whose ageing depends on the member's role (R22). They are equal if no software is declared.
type Member struct {
	Component, Host int32
}

// Collapse is what happens to a Shared service that gets more load than it can stand: its members fail one
// after another, and who is not served tries again.
type Collapse struct {
	Above float64      // utilisation by first tries that members stand, at least 1
	After Seconds      // they stand more than that for this long
	Step  Distribution // from the failure of one member to that of the next
	Retry float64      // tries that follow an unserved request: offered = demand·(1 + Retry·(1 − served))
	Human Responder    // sheds load in the end; nil = nobody
}

// Observer tells from where a service's detector looks at its members.
type Observer uint8

// Observers.
const (
	ByPeers       Observer = iota // the other members
	ByService                     // the serving members of another service
	ByEveryone                    // a monitor that reaches whatever is up
	ByCoordinator                 // the service's coordinator, which sees who renews a lease
)

// Fence is what keeps an old primary from going on beside a new one (R14).
type Fence struct {
	Kind     FenceKind
	Within   Distribution // from losing touch until it stops by itself (LeaseFencing, MinReplicas); nil = at once
	Failure  float64      // probability that it does not stop, 0 to 1
	Failsafe bool         // LeaseFencing: it stays while it reaches all other members
}

// Rot is a latent fault of a member that stands by: it does not show before the member is called upon,
// unless monitoring sees it or a drill finds it. A zero Rot never happens.
type Rot struct {
	Life       Distribution // while standing by; nil = never
	Seen       float64      // share that monitoring sees at once, 0 to 1
	Repair     Distribution // from being seen or found until the member is sound
	DrillEvery Seconds      // 0 = no drills
}

// HoldDown keeps a machine from failing over again and again. The zero HoldDown does not.
type HoldDown struct {
	Between Seconds // after a failover, the next one within this time is left to people
	Most    int     // failovers within Window; 0 = any number
	Window  Seconds
}

// WarmUp is a linear ramp of capacity after a member begins to serve. Zero Ramp means none.
type WarmUp struct {
	StartAt float64 // share of capacity at once, 0 to 1
	Ramp    Seconds // until full capacity
}

// Dependency is what a service or journey needs of other services. If the need is not met, Without
// is what remains, as long as Else, if any, is met. Without 0 is a hard dependency (R42). With a Cushion
// it is hard once that is spent.
type Dependency struct {
	Need    Need
	Without float64
	Else    *Need
	Cushion *Cushion // nil = none
}

// Cushion bridges a dependency that is away for a while (R42): a cache that goes on answering, or a queue
// that takes work in. In use, it lasts as long as it holds; a queue takes in what does not get through, a
// cache ages while nothing refreshes it.
type Cushion struct {
	Name  string
	Holds Seconds // how long it lasts, of the offered load
	Worth float64 // share of the requests that is served meanwhile, above 0, at most 1
	Drain float64 // how many times the offered load a queue is worked off with, above 1; 0 = a cache
}

// MostCopies and MostWriters bound the stores in which several members take writes and of which books are
// kept: a book says for each set of the copies how much that set has.
const (
	MostCopies  = 10
	MostWriters = 64
)

// Store is the data of a service (SEMANTICS 4.1).
type Store struct {
	Mode          ReplicationMode
	Acks          int          // copies besides the primary that must have a write (sync modes)
	Lag           Distribution // of a copy behind the primary while replication is asynchronous
	LagUnderLoad  float64      // by how much that is longer at the busiest hour, and while a copy is made anew; 0 counts as 1
	TakesIn       float64      // seconds of writing a copy takes in per second; up to 1 it falls behind without bound; 0 = any
	Growth        float64      // bytes of log per second, which links of little bandwidth hold up; 0 = not known
	FeedsFrom     []int32      // by member: the member before it that it copies from, None = the primary; nil = all from the primary
	FallbackAfter Distribution // how long writes wait before the primary goes on alone (SyncFallback, SemiSync)
	Forced        Responder    // who goes on with what is left when a majority has lost its data (QuorumSync under Majority); nil = nobody
	Conflicts     float64      // share of what one side of a partition wrote that the other overwrites, where both take writes, 0 to 1
	Hints         *Hints       // what a copy gets that was away (Leaderless without Shards); nil = all that it missed
	WriteRate     float64      // acknowledged transactions per second while writable
	Durability    Durability
	FlushEvery    Seconds // for Periodic
	LowValue      bool    // its losses are reported, but break no RPO
	Candidates    Candidates
	Reconcile     *Reconciliation // what follows a split brain, if there is one primary; nil = the branch of the old one is discarded
	Salvage       *Salvage        // what comes back of branches that were given up; nil = nothing
	Rebuild       *Rebuild        // how a copy that has lost touch with history is made anew; nil = at once
	Backups       *Backups        // nil = none
	Errors        *DataErrors     // nil = never
	Corruption    *Corruption     // nil = never
	Producers     *Producers      // nil = it is no queue
	Shards        *Shards         // nil = one part for every member, on it and its successors (Leaderless), or all on every member
}

// Corruption is data that goes bad on one copy, which nobody notices before that is read (R38).
type Corruption struct {
	Life       Distribution // of a copy, from when it is sound
	ScrubEvery Seconds      // each copy is read as a whole that often; 0 = never
	Share      float64      // of the data that is bad then, above 0 to 1
}

// Rebuild is how a copy becomes one again. Until then it neither counts nor leads (R31).
type Rebuild struct {
	FullCopy    Distribution // of a copy that has nothing
	Rewind      Distribution // of one that went another way; nil = at once
	RewindWorks float64      // else it takes a full copy, 0 to 1
	Size        float64      // bytes of a full copy, which links of little bandwidth hold up; 0 = not known
}

// Hints are writes that others keep for a copy that is away (SEMANTICS 4.1). It gets them when it is back. What was
// written later it lacks until copies are repaired; meanwhile it is asked and acknowledges as any other.
type Hints struct {
	For         Seconds // how long a copy is away before nothing more is kept for it; 0 = nothing ever is
	RepairEvery Seconds // copies that reach each other get what they lack that often; 0 = never
}

// Candidates tells which copies may be promoted (R15, R32). The zero Candidates takes those that were never
// down while the primary wrote, and in SyncFallback only those that were synchronous.
type Candidates struct {
	MustBe CandidateRule
	MaxLag Seconds // of writing that a copy may lack, as far as is known; 0 = any, but none for having been down
	ByHand bool    // where there is none, a human may promote another copy that has data
}

// Schedule is a backup every so often. The zero Schedule makes none.
type Schedule struct {
	Every, Takes Seconds // the state at the start of one is safe when it is complete
}

// Backups are the points in time to which a store can be brought back (R35–R37).
type Backups struct {
	Full         Schedule
	Differential Schedule     // since the last full one
	Incremental  Schedule     // since the last of any kind; a chain that breaks is of use up to there
	SinceRestore bool         // every restoration starts the schedules anew, with a full backup; else they keep to the calendar
	LogEvery     Seconds      // a segment of the log is archived that often; 0 = none
	LogDelay     Seconds      // until it is safe
	Retention    Seconds      // 0 = for ever
	CopyFails    float64      // probability that one backup cannot be used, 0 to 1
	RestoreFails float64      // probability that one attempt fails; the next older point is tried
	Size         float64      // bytes of the store
	Growth       float64      // bytes of log per second
	RestoreRate  float64      // bytes per second, greater than 0
	ReplayRate   float64      // bytes of log per second, greater than 0
	Prepare      Distribution // to decide, provision and validate; nil = no time
	Repository   int32        // component that holds them; None = it is never lost
	Breaks       Distribution // until backups stop working without anybody noticing, from when they work; nil = never
	TestEvery    Seconds      // a restoration is tried that often, which finds that out; 0 = never
	Ruined       float64      // probability that an error that spoils the data ruins its backups as well, 0 to 1
	Snapshots    Snapshots
}

// Snapshots are points in time that each copy keeps on its own media, for errors of people. The zero
// Snapshots are none.
type Snapshots struct {
	Every    Seconds
	Keep     Seconds      // 0 = for ever
	Rollback Distribution // nil = at once
}

// Journey is what a user does, and when it counts as up.
type Journey struct {
	Name      string
	Needs     []Dependency
	Share     float64 // of all requests, 0 to 1
	Threshold float64 // θ: up while at least this fraction of requests is served (SEMANTICS 5)
	Service   int32   // set if the journey merely observes one service; else None
	At        Pos
}

// ClientGroup is a share of the users at one site.
type ClientGroup struct {
	Site  int32
	Share float64
}

// Element names what can start an outage: a component, a common cause, a service that changed roles
// by its own decision, or maintenance. Elements are numbered in that order.
type Element = int32

// CauseElement is the Element of common cause i.
func (s *System) CauseElement(i int) Element { return Element(len(s.Components) + i) }

// ServiceElement is the Element of service i.
func (s *System) ServiceElement(i int) Element {
	return Element(len(s.Components) + len(s.Causes) + i)
}

// MaintenanceElement is the Element of maintenance i.
func (s *System) MaintenanceElement(i int) Element {
	return Element(len(s.Components) + len(s.Causes) + len(s.Services) + i)
}

// ElementName is the name of an Element as reports print it.
func (s *System) ElementName(e Element) string {
	i := int(e)
	if i < 0 {
		return "unknown"
	}
	if i < len(s.Components) {
		return s.Components[i].Name
	}
	if i -= len(s.Components); i < len(s.Causes) {
		return s.Causes[i].Name
	}
	if i -= len(s.Causes); i < len(s.Services) {
		return s.Services[i].Name
	}
	if i -= len(s.Services); i < len(s.Maintenance) {
		return s.Maintenance[i].Name
	}
	return "unknown"
}

// ElementKind is a word for what an Element is.
func (s *System) ElementKind(e Element) string {
	i := int(e)
	switch {
	case i < 0:
		return "unknown"
	case i < len(s.Components):
		return s.Components[i].Kind.String()
	case i < len(s.Components)+len(s.Causes):
		if s.Causes[i-len(s.Components)].Glitch {
			return "glitch"
		}
		return "common cause"
	case i < len(s.Components)+len(s.Causes)+len(s.Services):
		return "service"
	}
	return "maintenance"
}
