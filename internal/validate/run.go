package main

import (
	"context"
	"fmt"
	"math"

	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
)

// effort says how hard to try.
type effort struct {
	precision float64 // half-width of the interval over the value; of availabilities, over the unavailability
	events    int64   // simulated per measure before giving up
	seed      uint64
	workers   int
}

// long and short are the two forms in which the library is run.
var (
	long  = effort{precision: 0.01, events: 1e9, seed: 1}
	short = effort{precision: 0.05, events: 10e6, seed: 1}
)

// resetCost is what starting a replication costs, in events.
const resetCost = 5

// simulate answers a question about a system as precisely as the effort allows.
func simulate(sys *model.System, q *question, e effort) (estimate, error) {
	p, err := engine.Compile(sys)
	if err != nil {
		return estimate{}, err
	}
	w := &watch{q: q, sys: sys}
	run := func(first, runs int) (int64, error) { return replications(p, w, e, options(sys, q, e), first, runs) }
	if q.kind == firstOutage || q.kind == atOnce || q.kind == firstFalse || q.ofJob() {
		run = func(first, runs int) (int64, error) { return lifetimes(p, w, e, first, runs) }
	}
	var events int64
	for done, next := 0, 1000; ; {
		spent, err := run(done, next)
		if err != nil {
			return estimate{}, err
		}
		events, done = events+spent, done+next
		found := w.estimate()
		found.runs, found.events = int64(done), events
		wanted := needed(found, q, e, done)
		each := float64(events) / float64(done)
		switch {
		case wanted <= done, events >= e.events:
			return found, nil
		case float64(wanted)*each > 20*float64(e.events) && events > e.events/10:
			return found, nil // hopeless
		}
		next = min(wanted, 4*done) - done
		next = max(1, min(next, int((float64(e.events-events))/each)+1))
	}
}

// needed guesses how many replications the wanted precision takes.
func needed(found estimate, q *question, e effort, done int) int {
	if math.IsInf(found.high, 1) {
		return 4 * done
	}
	return int(float64(done) * math.Min(1e6, 1.05*math.Pow(found.relative(q)/e.precision, 2)))
}

// relative is the half-width of the interval over what it is measured against.
func (e estimate) relative(q *question) float64 {
	against := max(math.Abs(e.value), e.size)
	switch {
	case q.none:
		return e.high
	case q.complement && q.shareOfTime():
		against = math.Abs(1 - e.value)
	case q.complement: // a reliability of 98 % ± 1 % would be no news: half of all failures may be missing
		against = min(against, math.Abs(1-e.value))
	}
	switch {
	case e.halfWidth() == 0:
		return 0
	case against == 0 || math.IsInf(e.halfWidth(), 1):
		return math.Inf(1)
	}
	return e.halfWidth() / against
}

// options sets the horizon: the end of the interval asked about, or long enough for the long run.
func options(sys *model.System, q *question, e effort) engine.Options {
	o := engine.Options{Horizon: q.until, Seed: e.seed, Workers: e.workers}
	if q.steady() {
		o.SteadyState = true
		o.Horizon = longRun(sys)
		if q.kind == outageLength || q.kind == detection {
			o.RunOut = o.Horizon
		}
	}
	return o
}

// longRun is a hundred cycles, or some more, of the slowest component, but not more than some thousands of the others.
func longRun(sys *model.System) model.Seconds {
	const events = 20000
	cycles, slowest, rate := upkeepCycles(sys)
	for i := range sys.Components {
		for _, m := range sys.Components[i].Modes {
			cycle := float64(m.Life.Mean())
			if m.Repair != nil {
				cycle += float64(m.Repair.Mean())
			}
			slowest, rate = max(slowest, cycle), rate+2/cycle
		}
	}
	if slowest == 0 {
		return model.Year
	}
	return model.Seconds(max(2*slowest, min(cycles*slowest, events/rate)))
}

func replications(p *engine.Program, w *watch, e effort, o engine.Options, first, runs int) (int64, error) {
	o.First, o.Runs = first, runs
	var events int64
	for out, err := range p.Replications(context.Background(), o) {
		if err != nil {
			return events, err
		}
		events += out.Events + resetCost
		w.take(out)
	}
	return events, nil
}

// lifetimes runs replications until their first outage, or until their job is done, however long that takes,
// so nothing is censored. One that would need more than the whole effort is refused.
func lifetimes(p *engine.Program, w *watch, e effort, first, runs int) (int64, error) {
	const forever = model.Seconds(1e300)
	r := p.NewRunner(engine.Options{Horizon: forever, Seed: e.seed})
	var events int64
	var out model.Outcome
	for i := range runs {
		r.Reset(first+i, &out)
		for !w.over(&out) {
			if !r.Step() {
				return events, unsupported("the system never fails")
			}
			if events+out.Events > e.events {
				return events, tooRare(fmt.Sprintf("%d of what was asked about in %d events", i, e.events))
			}
		}
		w.take(&out)
		events += out.Events + resetCost
	}
	return events, nil
}

// over tells whether a replication has seen all that was asked about.
func (w *watch) over(out *model.Outcome) bool {
	if w.q.ofJob() {
		return len(out.Runs) > 0
	}
	if w.q.kind == firstFalse {
		return len(out.Failovers) > 0
	}
	return len(out.Outages) > 0
}

// tooRare is why simulation gives up.
type tooRare string

func (t tooRare) Error() string { return string(t) }
