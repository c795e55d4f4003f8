package main

import (
	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
)

// This file is about availability at, and up to, a time.

// following makes a study follow the system over some times; there is a figure for each, first those at, then
// those up to the times.
func following(times []model.Seconds) func(*known) (study, error) {
	return func(k *known) (study, error) {
		program, err := engine.Compile(&k.sys)
		return func(size int, seed uint64) ([]analysis.Estimate, error) {
			c := analysis.NewCurves([]int{0}, times)
			if err := simulate(program, &k.plan, 0, size, seed, c.Add); err != nil {
				return nil, err
			}
			var at, upTo []analysis.Estimate
			for _, p := range c.Curve(0) {
				at, upTo = append(at, p.Now), append(upTo, p.UpTo)
			}
			return append(at, upTo...), nil
		}, err
	}
}

// settling is far from its long run at first.
func settling() known {
	u, times := unit{10 * model.Day, 5 * model.Day}, []model.Seconds{model.Day, 5 * model.Day, 28 * model.Day}
	k := known{
		name: "settling", about: "a unit that fails every 10 d and is repaired in 5 d, new at the start",
		sys: serving(1, u.node("a")), plan: lasting(28*model.Day, 0), sizes: []int{100, 300, 1000}, prepare: following(times),
	}
	for _, t := range times {
		k.figures = append(k.figures, figure{kind: kindPoint, metric: "availability", stat: "at " + t.Round(), exact: u.up(t)})
	}
	for _, t := range times {
		k.figures = append(k.figures, figure{kind: kindUpTo, metric: "availability", stat: "up to " + t.Round(), exact: u.availability(t)})
	}
	return k
}
