package model

// Outcome is what one replication observed. Every metric is a function of it.
type Outcome struct {
	Replication int
	Horizon     Seconds
	Weight      float64 // likelihood ratio; 1 unless failures were made more likely on purpose
	Events      int64
	Outages     []Outage     // of all journeys, by start
	Losses      []Loss       // one per recovery of a store, including those that lost nothing, by time
	Failovers   []Failover   // by start
	Runs        []Run        // of jobs, by end
	Unserved    []Seconds    // per journey: ∫(1 − served fraction) dt over the horizon
	Exposure    []Seconds    // per service: time with fewer members than designed
	Upkeep      []Upkeep     // per maintenance
	Stocks      []StockUse   // per stock of spare parts
	Bridged     []Seconds    // per journey: time in which caches or queues it rests on were in use or recovering
	Queues      []QueueUse   // per service, if there is a queue; else empty
	Splits      []Split      // of all stores, by end
	Suspect     []Seconds    // per service: time in which its data was being reconciled
	Shards      []ShardUse   // per service, if there is a store of shards; else empty
	Stale       []StaleReads // per service, if there is a store that is read from copies; else empty
	Lacks       []Lack       // what stale reads lacked, by service, then by amount
}

// Outage is a maximal interval in which a journey's served fraction is below its threshold (R26).
type Outage struct {
	Journey    int32
	Start, End Seconds            // End may lie beyond the horizon, where an open outage is followed for its length
	Open       bool               // still down when following stopped: End is a lower bound
	Initiator  Element            // the event that took the journey below its threshold
	Detected   Seconds            // when the fault was first believed; Never if the outage ended before
	Phases     [NumPhases]Seconds // down seconds within the horizon by what was in the way; sums to them
	Unserved   Seconds            // ∫(1 − served fraction) dt during the outage, within the horizon
	Planned    Seconds            // down seconds within the horizon that maintenance had announced
}

// Down is the part of the outage within the horizon.
func (o *Outage) Down(horizon Seconds) Seconds { return max(0, min(o.End, horizon)-o.Start) }

// Loss is what a store lost at one recovery (R29).
type Loss struct {
	Service      int32
	At           Seconds
	Seconds      Seconds // of acknowledged writes; Never if Total
	Transactions float64
	Total        bool // nothing was left to recover from
	Initiator    Element
	Source       Source  // where the data came from
	Took         Seconds // to bring it back from there; 0 for a copy that was at hand
	Damage       Damage
	Salvaged     Salvaged // what of it came back later all the same
}

// Damage tells what had become of the data itself, if the store did not merely fail.
type Damage uint8

// Damages.
const (
	Unharmed Damage = iota
	Spoilt          // by an error of people, or by a change, on all copies at once
	Decayed         // went bad unnoticed, on every copy there was
)

func (d Damage) String() string { return [...]string{"failure", "data error", "corruption"}[d] }

// Source tells where recovered data came from.
type Source uint8

// Sources.
const (
	FromCopy Source = iota // a replica
	FromBackup
	FromLog // a backup and the archived log after it
	FromNowhere
	FromSnapshot  // one that the primary has kept itself
	FromDisk      // what the primary had kept, come back with it
	FromDelayed   // a replica that applies changes late
	FromFlashback // what the store itself remembers of its past, put right in place
	NumSources
)

func (s Source) String() string {
	return [...]string{"copy", "backup", "log", "nowhere", "snapshot", "disk", "delayed copy", "flashback"}[s]
}

// Trigger tells why a failover began.
type Trigger uint8

// Triggers.
const (
	RealFault  Trigger = iota // the primary was down
	FalseAlarm                // the primary was up; the detector was mistaken or cut off
	Planned                   // nothing was wrong: the roles went back to where they belong
)

func (t Trigger) String() string {
	return [...]string{"fault", "false alarm", "planned"}[t]
}

// Result tells how a failover ended.
type Result uint8

// Results.
const (
	Succeeded Result = iota // a new primary took over
	Abandoned               // the old primary came back first
	Stuck                   // unfinished when observation ended
)

func (r Result) String() string { return [...]string{"succeeded", "abandoned", "unfinished"}[r] }

// Failover is one role change of a service, or the attempt.
type Failover struct {
	Service    int32
	Start, End Seconds // from the decision being taken up to clients being with the new primary
	From, To   int32   // members
	Trigger    Trigger
	Result     Result
	Manual     bool  // a human was on the path
	Failures   int32 // promotions that did not succeed on the way
	Initiator  Element
}
