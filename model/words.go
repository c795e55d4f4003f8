package model

// FaultMode is a way to fail, with its consequences for data, heartbeats and clients (SEMANTICS 2.2).
type FaultMode uint8

// Fault modes.
const (
	Crash     FaultMode = iota // a process dies: memory lost, page cache and disk kept, clients refused at once
	OSCrash                    // a machine dies or reboots: page cache lost, silence
	PowerLoss                  // as OSCrash, and the machine may fail to start when power returns (R7)
	Hang                       // alive but mute; the repair starts only when somebody notices
	Isolated                   // cut off: nothing is lost, nothing gets through
	MediaLoss                  // the data is gone (R5)
	Slow                       // alive and answering, some requests wrongly, with less capacity (gray)
	NumFaultModes
)

var faultModeWords = [NumFaultModes]string{"crash", "os-crash", "power-loss", "hang", "isolated", "media-loss", "slow"}

func (m FaultMode) String() string { return faultModeWords[m] }

// FaultModeWords lists the fault modes as they are written in files, in the order of their constants.
func FaultModeWords() []string { return faultModeWords[:] }

// Silent tells whether clients wait for a timeout instead of being refused at once.
func (m FaultMode) Silent() bool { return m != Crash }

// Phase names what keeps a service from working (SEMANTICS 3). Every down second is booked to one.
type Phase uint8

// Phases, in the order of an incident.
const (
	Serving     Phase = iota // nothing is in the way
	Detection                // nobody has noticed yet
	Decision                 // a machine elects or a human decides
	Fencing                  // the old primary is being made harmless
	Activation               // the standby is getting ready
	Redirection              // clients are being moved to the new primary
	Warming                  // serving below full capacity
	Repair                   // nothing to fail over to: waiting for a repair
	Unreached                // working, but out of the clients' reach
	WriteBlock               // writes wait for a missing copy
	Overload                 // more demand than the healthy replicas can serve
	Reconciling              // two branches of the data are being made one
	NumPhases
)

var phaseWords = [NumPhases]string{
	"serving", "detection", "decision", "fencing", "activation", "redirection", "warm-up", "repair",
	"network", "write-block", "overload", "reconciliation",
}

func (p Phase) String() string { return phaseWords[p] }

// Kind tells what sort of thing a component is. The engine treats all kinds alike; reports do not.
type Kind uint8

// Kinds of component.
const (
	KindNode Kind = iota
	KindProcess
	KindManaged // a service run by somebody else
	KindLink
	KindDevice
	KindRack
	KindZone
	KindRegion
	KindDisk // what requires it loses its data when it has fewer than it requires
	NumKinds
)

var kindWords = [NumKinds]string{"node", "process", "managed service", "link", "device", "rack", "zone", "region", "disk"}

func (k Kind) String() string { return kindWords[k] }

// Access tells what a request does to a store. Reads go on where writes are blocked.
type Access uint8

// Kinds of access.
const (
	Write Access = iota
	Read
)

func (a Access) String() string {
	if a == Read {
		return "read"
	}
	return "write"
}

// ReplicationMode tells when a write counts as acknowledged (SEMANTICS 4.1).
type ReplicationMode uint8

// Replication modes.
const (
	Async        ReplicationMode = iota // when the primary has it
	SyncFallback                        // when a copy has it too; after a wait, the primary goes on alone
	Sync                                // when a copy has it too; without a copy, writes block
	Unreplicated                        // each replica has its own data
	SemiSync                            // when some copies have received it; after a wait, the primary goes on alone
	QuorumSync                          // when a majority of all replicas has it; without one, writes block
	NumReplicationModes
)

var replicationWords = []string{"async", "sync-fallback", "sync", "none", "semi-sync", "quorum"}

func (m ReplicationMode) String() string { return replicationWords[m] }

// ReplicationWords lists the modes as they are written in files, in the order of their constants.
func ReplicationWords() []string { return replicationWords }

// CandidateRule tells whether a copy must have been synchronous to be promoted.
type CandidateRule uint8

// Rules for candidates.
const (
	AsReplicated  CandidateRule = iota // LastKnownSync in SyncFallback, else AnyCopy
	AnyCopy                            // however it followed
	LastKnownSync                      // the primary took no write without it, as far as is known
	NumCandidateRules
)

// Durability tells what survives on a machine that dies (R33).
type Durability uint8

// Durabilities.
const (
	Flush    Durability = iota // every acknowledged write is on disk
	OSCache                    // lost when the machine dies, kept when only the process does
	Periodic                   // flushed every so often
	InMemory                   // lost by any restart
)

// FenceKind names what stops an old primary (R14).
type FenceKind uint8

// Kinds of fencing.
const (
	Unfenced         FenceKind = iota // nothing does, until the network heals
	LeaseFencing                      // it stops when it cannot renew its lease with the coordinator
	MinReplicas                       // it refuses writes when no copy has answered for a while
	ConsensusFencing                  // it cannot commit a write without a majority of the members
	Stonith                           // its power is cut before another is promoted (a step of the policy)
	StorageLock                       // its storage is taken away as another is promoted
	NumFenceKinds
)

var fenceWords = [NumFenceKinds]string{"none", "lease", "min-replicas", "consensus", "stonith", "storage-lock"}

func (k FenceKind) String() string { return fenceWords[k] }
