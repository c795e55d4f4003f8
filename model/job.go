package model

import (
	"fmt"
	"math"
)

// Job is work that is done while what it needs is served. Every interruption takes it back to its last
// completed checkpoint.
type Job struct {
	Name       string
	Needs      []Dependency
	Threshold  float64      // it runs while at least this fraction of what it needs is served, above 0
	Work       Seconds      // useful work until it is done; Never = it goes on for ever, as a stream does
	Checkpoint Checkpoint   // the zero Checkpoint makes none
	Restart    Distribution // from an interruption being over until it works again; nil = at once
	Shielded   bool         // interruptions strike work only: checkpoints and restarts are carried through
	Repeats    bool         // the next run begins when one is done; else it is done once
	At         Pos
}

// Checkpoint saves the work done so far. The work stands still meanwhile.
type Checkpoint struct {
	Every Seconds      // useful work between the end of one and the start of the next; 0 = none
	Takes Distribution // nil = no time
	AtEnd bool         // work that is done is saved too, before the run counts as done
}

// Run is one execution of a job. Its length is Done + Lost + Saving + Restarting + Waiting.
type Run struct {
	Job        int32
	Start, End Seconds
	Open       bool    // not done at the horizon, where End is
	Stops      int32   // interruptions
	Done       Seconds // useful work that was not lost
	Lost       Seconds // useful work that had to be done again
	Saving     Seconds // in checkpoints, also those that were not completed
	Spoilt     Seconds // part of Saving: those that were not completed
	Restarting Seconds
	Waiting    Seconds // for what the job needs
}

// jobs checks what is to be done, and that it can ever be done.
func (c *checker) jobs() {
	names := map[string]*Pos{}
	for i := range c.sys.Jobs {
		x := &c.sys.Jobs[i]
		where := fmt.Sprintf("job %q", x.Name)
		c.unique(names, "job", x.Name, &x.At)
		if len(x.Needs) == 0 {
			c.fault(x.At, "%s needs no service, so it is never interrupted", where)
		}
		c.dependencies(x.Needs, x.At, where, c.hasService)
		if !(x.Threshold > 0 && x.Threshold <= 1) {
			c.fault(x.At, "%s: its threshold must be above 0 and at most 1", where)
		}
		if !(x.Work > 0) {
			c.fault(x.At, "%s: its work must be greater than zero", where)
		}
		if !isLength(x.Checkpoint.Every) {
			c.fault(x.At, "%s: checkpoints are made every so often, which must be finite", where)
		}
		c.jobLaw(x, where, "a checkpoint", x.Checkpoint.Takes)
		c.jobLaw(x, where, "a restart", x.Restart)
		if math.IsInf(float64(x.Work), 1) && x.Checkpoint.Every == 0 {
			c.fault(x.At, "%s goes on for ever, and without checkpoints nothing of it is ever safe", where)
		}
	}
}

func (c *checker) jobLaw(x *Job, where, what string, d Distribution) {
	if d != nil && !isLength(d.Mean()) {
		c.fault(x.At, "%s: %s must take a finite time", where, what)
	}
}
