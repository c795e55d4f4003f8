package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// verdict is how a measure came out.
type verdict string

const (
	pass       verdict = "pass"
	fail       verdict = "fail"
	notBuilt   verdict = "unsupported"
	rare       verdict = "too rare"
	rounding           = 1e-9 // relative: of sums, and of known values without a tolerance
	rareEffort         = 10   // what is known to be rare gets this fraction of the effort
)

// result is one line of the table.
type result struct {
	id, measure string
	known       float64
	unit        string
	found       estimate
	verdict     verdict
	reason      string
}

// checkCase runs all measures of a case.
func checkCase(c *knownCase, e effort) []result {
	var out []result
	for i := range c.Measures {
		out = append(out, checkMeasure(c, &c.Measures[i], e))
	}
	return out
}

func checkMeasure(c *knownCase, a *knownAnswer, e effort) result {
	r := result{id: c.ID, measure: a.Name, known: a.Value, unit: a.Unit}
	q, found, err := answer(c, a, e)
	var reason refusal
	var seldom tooRare
	switch {
	case errors.As(err, &reason):
		r.verdict, r.reason = notBuilt, string(reason)
	case errors.As(err, &seldom):
		r.verdict, r.reason = rare, string(seldom)
	case err != nil:
		r.verdict, r.reason = notBuilt, "refused by ftsim: "+err.Error()
	default:
		r.found = found
		if r.judge(q, a, e); r.verdict == fail {
			r.lookAgain(c, a, q, e)
		}
	}
	return r
}

// lookAgain repeats a measure that failed, with other random numbers and twice as precisely. One in a
// thousand good intervals misses what it is about; hardly any does so twice.
func (r *result) lookAgain(c *knownCase, a *knownAnswer, q *question, e effort) {
	first := fmt.Sprintf("seed %d gave %s … %s", e.seed, figure(r.found.low), figure(r.found.high))
	harder := effort{precision: e.precision / 2, events: 4 * e.events, seed: e.seed + 1, workers: e.workers}
	_, found, err := answer(c, a, harder)
	if err != nil {
		return
	}
	r.found = found
	r.judge(q, a, e)
	r.reason = strings.TrimPrefix(r.reason+"; "+first, "; ")
}

// answer understands a measure and simulates it.
func answer(c *knownCase, a *knownAnswer, e effort) (*question, estimate, error) {
	q, err := ask(c, a)
	if err != nil {
		return nil, estimate{}, err
	}
	if q.search != nil {
		found, err := q.search(e)
		return q, found, err
	}
	q.none = a.Value == 0 && slices.Contains([]string{"", "mean", "max", "over"}, q.stat)
	sys, err := q.system(c)
	if err != nil {
		return nil, estimate{}, err
	}
	if a.Rare {
		e.events /= rareEffort
	}
	found, err := simulate(sys, q, e)
	return q, found, err
}

// judge compares what was found with what is known. An interval that is too wide proves nothing.
func (r *result) judge(q *question, a *knownAnswer, e effort) {
	slack := math.Abs(a.Value) * max(a.Tolerance, rounding)
	wide := r.found.relative(q) > e.precision
	switch {
	case r.found.low > a.Value+slack || r.found.high < a.Value-slack:
		r.verdict = fail
	case math.IsInf(r.found.high, 1) || math.IsNaN(r.found.value):
		r.verdict, r.reason = rare, fmt.Sprintf("%d observations in %d runs", r.found.observations, r.found.runs)
	case wide:
		r.verdict, r.reason = rare, fmt.Sprintf("half-width %.2g of the value after %d runs", r.found.relative(q), r.found.runs)
	default:
		r.verdict = pass
	}
}
