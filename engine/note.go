package engine

import "github.com/ftsim/ftsim/model"

// NoteKind tells what a Note is about.
type NoteKind uint8

// Kinds of note, by floor.
const (
	ComponentFailed   NoteKind = iota // Component, Mode
	ComponentRepaired                 // Component
	RebuildFailed                     // Component, a disk that others of its set could not be read for
	CauseStruck                       // Component is the cause's index; Mode
	CauseEnded                        // Component is the cause's index
	BelievedDown                      // Service, Member; Delay = how long nothing had been seen of it; False
	BelievedUp                        // Service, Member; Delay = how long it had been seen
	SteppedDown                       // Service, Member that has stopped being the primary by itself, or was made to
	WentOn                            // Service, Member that goes on as the primary
	PhaseEntered                      // Service, Phase; Member is the candidate, the new primary or none; Delay until the step ends; ByHand
	DataLost                          // Service, Member whose data goes on, and Source; Delay = seconds of writes lost (Never: all)
	JourneyDown                       // Journey, Phase
	JourneyUp                         // Journey
	JobStopped                        // Job; Delay = work it has lost in this run so far
	WorkBegun                         // Component
	WorkEnded                         // Component
	JobDone                           // Job; Delay = how long it took
	DataCorrupted                     // Service, Member whose copy has gone bad, unnoticed
	CorruptionFound                   // Service, Member
	CorruptionMended                  // Service, Member whose copy is sound again
	CushionUsed                       // Cushion, a cache or queue that stands in now; Delay = for how long at most
	CushionSpent                      // Cushion
	CushionFull                       // Cushion that is as before
	PromotionFailed                   // Service, Member that was to lead and does not
	SplitBegan                        // Service, Member that goes on as a primary beside the new one, of which it does not hear
	SplitEnded                        // Service, Member that no longer does
	BranchesMet                       // Service, Member whose branch is reconciled with the history now; Delay = how long that takes
	Reconciled                        // Service
	BranchesMerged                    // Service, Member whose branch the history has now too; Delay = how long both sides wrote, if something is lost of that
	BranchKept                        // Service, Member that still has something of what has been lost
	Salvaged                          // Service, Member from which something lost has come back; Delay = seconds of writes
)

// Note is one thing that happened in a replication, for ftsim trace and for tests.
type Note struct {
	At        model.Seconds
	Kind      NoteKind
	Component int32
	Service   int32
	Member    int32
	Journey   int32
	Job       int32
	Cushion   int32 // a number for Program.Cushion
	Mode      model.FaultMode
	Phase     model.Phase
	Delay     model.Seconds
	ByHand    bool // a person is at it
	False     bool // it is a false alarm
	Source    model.Source
}
