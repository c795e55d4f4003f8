package main

import (
	"context"
	"fmt"
	"math"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
)

// tally is how often the interval of a figure held the exact value.
type tally struct {
	system     *known
	figure     *figure
	size       int // replications of a study
	studies    int
	below      int     // studies whose interval lies below the exact value
	above      int     // … above it
	events     float64 // on average, behind an estimate
	halfWidths float64 // on average, as a share of the exact value; infinite if any interval was open
}

func (t *tally) share() float64 { return 1 - float64(t.below+t.above)/float64(t.studies) }

// measure repeats a study of a system with other luck each time. Study i of any size has the same luck for
// any number of studies.
func measure(k *known, size, studies int) ([]tally, error) {
	prepare := k.prepare
	if prepare == nil {
		prepare = alone
	}
	once, err := prepare(k)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", k.name, err)
	}
	list := make([]tally, len(k.figures))
	for i := range list {
		list[i] = tally{system: k, figure: &k.figures[i], size: size, studies: studies}
	}
	for i := range studies {
		seed := uint64(size)<<32 + uint64(i)
		found, err := once(size, seed)
		if err != nil {
			return nil, fmt.Errorf("%s, seed %d: %w", k.name, seed, err)
		}
		for j := range list {
			list[j].take(found[j])
		}
	}
	return list, nil
}

// alone estimates figures of one system.
func alone(k *known) (study, error) {
	program, err := engine.Compile(&k.sys)
	return func(size int, seed uint64) (found []analysis.Estimate, err error) {
		study := analysis.NewStudy(&k.sys, &k.plan)
		study.KeepRows(0)
		if err := simulate(program, &k.plan, 0, size, seed, study.Add); err != nil {
			return nil, err
		}
		sum := study.Summary()
		for i := range k.figures {
			found = append(found, sum.Get(k.figures[i].metric, 0).Stat(k.figures[i].stat))
		}
		return found, nil
	}, err
}

// simulate hands the replications of a program on, in order.
func simulate(program *engine.Program, plan *model.Plan, first, runs int, seed uint64, add func(*model.Outcome)) error {
	o := engine.OptionsOf(plan)
	o.First, o.Runs, o.Seed, o.Exact = first, runs, seed, true
	for outcome, err := range program.Replications(context.Background(), o) {
		if err != nil {
			return err
		}
		add(outcome)
	}
	return nil
}

func (t *tally) take(e analysis.Estimate) {
	exact := t.figure.exact
	switch {
	case e.High < exact:
		t.below++
	case !(e.Low <= exact): // also if it is not a number
		t.above++
	}
	t.events += float64(e.Observations) / float64(t.studies)
	t.halfWidths += (e.High - e.Low) / 2 / math.Abs(exact) / float64(t.studies)
}

// measureAll runs the whole library, and calls seen after each size of each system.
func measureAll(library []known, studies int, seen func(t *tally)) (list []tally, err error) {
	for i := range library {
		for _, size := range library[i].sizes {
			some, err := measure(&library[i], size, studies)
			if err != nil {
				return nil, err
			}
			seen(&some[0])
			list = append(list, some...)
		}
	}
	return list, nil
}

// Intervals of 95 % are to hold the exact value in 93 to 97 % of all studies.
const (
	least = 0.93
	most  = 0.97
)

// doubt is how unlikely an outcome of coverage between least and most must be to count against it.
const doubt = 1e-3

// fewest events are needed for a verdict. Intervals from fewer say themselves that they are rough.
const fewest = 30

func (t *tally) tiny() bool { return t.events < fewest }

// short tells that fewer intervals hold the exact value than luck explains; long, that more do, which
// methods that promise at least their confidence may.
func (t *tally) short() bool {
	return !t.tiny() && binomialBelow(t.studies-t.below-t.above, t.studies, least) < doubt
}

func (t *tally) long() bool {
	missed := t.below + t.above
	return !t.tiny() && !t.figure.cautious && binomialBelow(missed, t.studies, 1-most) < doubt
}

// binomialBelow is P(at most k successes in n trials).
func binomialBelow(k, n int, p float64) float64 {
	sum := 0.0
	for i := 0; i <= k; i++ {
		lg := func(x int) float64 { v, _ := math.Lgamma(float64(x) + 1); return v }
		sum += math.Exp(lg(n) - lg(i) - lg(n-i) + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return sum
}
