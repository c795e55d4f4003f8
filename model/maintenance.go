package model

import (
	"fmt"
	"math"
)

// Maintenance is planned work that comes again and again (R43).
type Maintenance struct {
	Name         string
	Targets      []int32      // components, in the order of their turns; none if only a role is moved:
	Service      int32        // whose primary hands over to another member; used without Targets
	Every        Distribution // from one round to the next; if Aged, for each target from when it was last repaired or worked on
	Aged         bool
	Window       Window       // when work may begin, as far as it will probably end in there
	AtOnce       int          // targets under work at a time, at least 1
	Takes        Distribution // how long a target is out of service; nil = no time
	Wrong        float64      // probability that work goes wrong, 0 to 1
	Overrun      Distribution // how much longer it takes then
	Drain        bool         // roles are moved and balancers told before the work begins
	Interruption Distribution // of a service whose role is moved; nil = none
	Degraded     Degraded
	Retry        Seconds // after which work that was put off is tried again
	Pause        Seconds // from the end of work on one target to the next
	Renews       bool    // afterwards the targets are as good as new; else as old as before
	Finds        bool    // it finds the hidden faults of its targets
	At           Pos
}

// Degraded tells what becomes of work that meets less redundancy than designed.
type Degraded uint8

// What to do then.
const (
	Postpone Degraded = iota // until redundancy is back
	GoAhead
	Skip // until the next round
)

// DegradedWords lists them as they are written in files, in the order of their constants.
func DegradedWords() []string { return []string{"postpone", "go-ahead", "skip"} }

// Upkeep is what became of a Maintenance in one replication, within the horizon.
type Upkeep struct {
	Done      int32   // targets worked on, or roles moved
	Postponed int32   // times that work was put off because redundancy was reduced
	Missed    int32   // turns that passed without work
	Wrong     int32   // of those done
	Found     int32   // hidden faults that it found
	Hidden    Seconds // in all, from these faults to the work that found them
}

// mostTurns is how many targets maintenance may have in all.
const mostTurns = 5_000_000

func (c *checker) maintenance() {
	names := map[string]*Pos{}
	turns := 0
	for i := range c.sys.Maintenance {
		x := &c.sys.Maintenance[i]
		where := fmt.Sprintf("maintenance %q", x.Name)
		c.unique(names, "maintenance", x.Name, &x.At)
		turns += len(x.Targets)
		c.upkeepTargets(x, where)
		switch {
		case x.Every == nil || !(x.Every.Mean() > 0) || math.IsInf(float64(x.Every.Mean()), 1):
			c.fault(x.At, "%s: it must come again after a finite time", where)
		case x.AtOnce < 1:
			c.fault(x.At, "%s: nothing at a time is never", where)
		case !isShare(x.Wrong) || x.Wrong > 0 && x.Overrun == nil:
			c.fault(x.At, "%s: the probability that it goes wrong must be from 0 to 1, and then it takes longer", where)
		case !(x.Retry > 0) || !isLength(x.Retry) || !isLength(x.Pause):
			c.fault(x.At, "%s: it must be tried again after a finite time", where)
		}
		for _, d := range []Distribution{x.Takes, x.Overrun, x.Interruption} {
			if d != nil && !isLength(d.Mean()) {
				c.fault(x.At, "%s: it must take a finite time", where)
			}
		}
		if x.Takes != nil && x.Takes.Mean() > x.Window.Length() {
			c.fault(x.At, "%s: it takes %s, and its window is open for %s", where, x.Takes.Mean().Round(), x.Window.Length().Round())
		}
	}
	if turns > mostTurns {
		c.fault(Pos{}, "maintenance has more than %d targets", mostTurns)
	}
}

func (c *checker) upkeepTargets(x *Maintenance, where string) {
	if len(x.Targets) == 0 && (!c.hasService(x.Service) || c.sys.Services[x.Service].Policy == nil || c.sys.Services[x.Service].Policy.Style() == Shared) {
		c.fault(x.At, "%s: it has neither targets nor a service with a role to move", where)
	}
	c.distinct(x.Targets, x.At, where, "%q has two turns")
}

// neverFound names components with faults that nobody would ever find.
func (c *checker) neverFound() {
	c.fresh()
	for i := range c.sys.Maintenance {
		if x := &c.sys.Maintenance[i]; x.Finds {
			for _, t := range x.Targets {
				c.mark(t)
			}
		}
	}
	for i := range c.sys.Components {
		x := &c.sys.Components[i]
		for k := range x.Modes {
			if x.Modes[k].Hidden && c.marks[i] != c.stamp {
				c.warn(x.At, "make it a target of maintenance with finds_hidden_faults", "%q has hidden faults that nothing finds", x.Name)
				break
			}
		}
	}
}
