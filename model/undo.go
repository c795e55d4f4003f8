package model

import "fmt"

// This file is about data that people or programs have changed wrongly, and the ways back from that (R39).

// DataErrors are mistakes of people or programs that change data wrongly, on all copies at once. The first way back
// that is open is taken: Flashback, the delayed replica, and then the best snapshot or backup of the store.
type DataErrors struct {
	Life            Distribution // from the end of one to the next; nil = only by wrong actions and bad changes
	Noticed, Decide Distribution // nil = at once
	Salvage         float64      // share of the lost writes since the error that is saved all the same, 0 to 1
	Share           float64      // of the data that an error harms, 0 to 1; 0 counts as 1
	Serves          Serves       // while an older state is brought back; if all, what is sound of what is there is kept
	DelayedBy       Seconds      // how late a replica kept for this applies changes; 0 = there is none
	DelayedTakes    Distribution // to go on from that replica; nil = at once
	Flashback       *Flashback   // nil = the store knows none
}

// Flashback is what a store remembers of its own past, from which the harmed share of the data is put right in place.
type Flashback struct {
	Retention Seconds      // how long after an error that can begin; 0 = for ever
	Takes     Distribution // nil = at once
	Serves    Serves       // meanwhile
}

func (f *Flashback) String() string {
	if f == nil {
		return "none"
	}
	return fmt.Sprintf("%+v", *f)
}

// Harms is the share of the data that an error harms.
func (e *DataErrors) Harms() float64 {
	if e.Share == 0 {
		return 1
	}
	return e.Share
}

// dataErrors checks what happens to data by mistake, and what can be done about it.
func (c *checker) dataErrors(x *Service, where string) {
	e := x.Store.Errors
	if e == nil {
		return
	}
	if e.Life != nil && !(e.Life.Mean() > 0) || !isShare(e.Salvage) || !isLength(e.DelayedBy) {
		c.fault(x.At, "%s: data errors need a law of positive mean, a share that is saved and a finite delay of a replica", where)
	}
	if !isShare(e.Share) || e.Serves >= NumServes {
		c.fault(x.At, "%s: a data error must harm a share of the data, and all, reads or nothing be served until it is undone", where)
	}
	if f := e.Flashback; f != nil && (!isLength(f.Retention) || f.Takes != nil && !isLength(f.Takes.Mean()) || f.Serves >= NumServes) {
		c.fault(x.At, "%s: a flashback must reach back and take a finite time, and serve all, reads or nothing meanwhile", where)
	}
}
