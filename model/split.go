package model

// This file is about stores that two sides of a partition have written to (SEMANTICS 2.5, 4.3).

// Reconciliation is how two branches of a history become one again after a split brain (R21). The newest
// epoch goes on: the branch of the new primary.
type Reconciliation struct {
	Takes     Distribution // from when the branches meet, if both have been written to; nil = no time
	Serves    Serves       // meanwhile
	Merges    bool         // the last write to each item stays, so that only conflicts are lost; else the branch of the old primary is
	Conflicts float64      // share of what the side that wrote less has written that the other overwrites, 0 to 1; only used if Merges
}

// Serves is what a service answers in a state in which it is not itself.
type Serves uint8

// What may be answered.
const (
	ServesAll Serves = iota
	ServesReads
	ServesNothing
	NumServes
)

var servesWords = []string{"all", "reads", "nothing"}

func (s Serves) String() string { return servesWords[s] }

// ServesWords lists them as they are written in files, in the order of their constants.
func ServesWords() []string { return servesWords }

// Split is a time in which two sides of a partition both took writes of one store.
type Split struct {
	Service    int32
	Start, End Seconds // from when both could, until one side could no more, or at the horizon
	Kept       float64 // transactions taken by the side that goes on, or that wrote most
	Other      float64 // and by the others
	Lost       float64 // transactions of either that are lost for that reason; those of a branch that has yet to be merged are not known
	Initiator  Element // what keeps the sides apart
}

// reconciliation checks how branches become one.
func (c *checker) reconciliation(x *Service, where string) {
	k := x.Store.Reconcile
	switch {
	case k == nil:
	case x.Policy != nil && x.Policy.Style() != Primary:
		c.fault(x.At, "%s: only with one primary can there be two that have to be reconciled", where)
	case k.Takes != nil && !isLength(k.Takes.Mean()):
		c.fault(x.At, "%s: reconciliation must take a finite time on average", where)
	case k.Serves >= NumServes || !isShare(k.Conflicts):
		c.fault(x.At, "%s: reconciliation must serve all, reads or nothing, and lose a share of the writes", where)
	}
}
