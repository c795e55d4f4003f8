package main

import (
	"fmt"
	"math"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
)

// This file is about differences of two designs that share their luck.

// against makes the study of a system a comparison with another, of which the figures are: its figures less
// those of the system.
func against(other model.System) func(*known) (study, error) {
	return func(k *known) (study, error) {
		designs := []analysis.Design{{Name: "first", System: &k.sys, Plan: &k.plan}, {Name: "second", System: &other, Plan: &k.plan}}
		var programs []*engine.Program
		for i := range designs {
			p, err := engine.Compile(designs[i].System)
			if err != nil {
				return nil, err
			}
			programs = append(programs, p)
		}
		return func(size int, seed uint64) ([]analysis.Estimate, error) {
			c := analysis.NewComparison(designs)
			var kept []model.Outcome // of the second
			err := simulate(programs[1], &k.plan, 0, size, seed, func(o *model.Outcome) { kept = append(kept, copied(o)) })
			if err != nil {
				return nil, err
			}
			err = simulate(programs[0], &k.plan, 0, size, seed, func(o *model.Outcome) {
				c.Add([]*model.Outcome{o, &kept[o.Replication]})
			})
			if err != nil {
				return nil, err
			}
			return k.differences(c.Standing())
		}, nil
	}
}

// copied keeps an outcome beyond its time.
func copied(o *model.Outcome) model.Outcome {
	out := *o
	out.Outages = append([]model.Outage(nil), o.Outages...)
	out.Losses = append([]model.Loss(nil), o.Losses...)
	out.Failovers = append([]model.Failover(nil), o.Failovers...)
	out.Unserved = append([]model.Seconds(nil), o.Unserved...)
	out.Exposure = append([]model.Seconds(nil), o.Exposure...)
	return out
}

const ratio = " ratio" // after a stat: not the difference but the quotient, less one

// differences looks the figures up.
func (k *known) differences(st *analysis.Standing) (found []analysis.Estimate, err error) {
	for i := range k.figures {
		f := &k.figures[i]
		for m := range st.Matches {
			match := &st.Matches[m]
			switch {
			case match.Metric.Name != f.metric:
			case match.Stat == f.stat:
				found = append(found, match.Sides[1].Difference)
			case match.Stat+ratio == f.stat:
				found = append(found, match.Sides[1].Relative)
			}
		}
		if len(found) != i+1 {
			return nil, fmt.Errorf("%s %s was not compared", f.metric, f.stat)
		}
	}
	return found, nil
}

func paired(metric, stat string, exact float64) figure {
	return figure{kind: kindPaired, metric: metric, stat: stat, exact: exact}
}

// fasterRepair is a change that shortens every outage.
func fasterRepair() known {
	slow, fast, t := unit{60 * model.Day, 12 * model.Hour}, unit{60 * model.Day, 6 * model.Hour}, model.Year
	before, after := float64(t)*(1-slow.availability(t)), float64(t)*(1-fast.availability(t))
	quantileGap := func(p float64) float64 { return -math.Log(1-p) * float64(fast.repair-slow.repair) }
	return known{
		name: "faster repair", about: "the single unit, against one that is repaired in 6 h; a year",
		sys: serving(1, slow.node("a")), plan: lasting(t, 30*model.Day), sizes: []int{30, 100, 300},
		prepare: against(serving(1, fast.node("a"))),
		figures: []figure{
			paired("downtime", "mean", after-before),
			paired("downtime", "mean"+ratio, after/before-1),
			paired("mttr", "mean", after/fast.failures(t)-before/slow.failures(t)),
			paired("rto", "p50", quantileGap(.5)),
			paired("rto", "p95", quantileGap(.95)),
		},
	}
}

// secondUnit is a change that avoids most outages, and leaves those of the second unit alone out.
func secondUnit() known {
	u, t := unit{60 * model.Day, 24 * model.Hour}, model.Year
	down := average(t, func(x model.Seconds) float64 { d := 1 - u.up(x); return d * d })
	meet := average(t, func(x model.Seconds) float64 { return 2 * u.up(x) * (1 - u.up(x)) }) * float64(t/u.life)
	k := known{
		name: "second unit", about: "a unit that fails every 60 d and is repaired in 24 h, against a pair of them; a year",
		sys: serving(1, u.node("a")), plan: lasting(t, 30*model.Day), sizes: []int{30, 100, 300},
		prepare: against(serving(2, u.node("a"), u.node("b"))),
	}
	k.figures = []figure{
		paired("downtime", "mean", float64(t)*(down-(1-u.availability(t)))),
		paired("incidents", "mean", meet-u.failures(t)),
	}
	return k
}
