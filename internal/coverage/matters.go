package main

import (
	"fmt"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
)

// This file is about what parts matter to a system.

// ranked makes a study measure the importance of every part. A figure's metric is the name of a part.
func ranked(k *known) (study, error) {
	parts := analysis.Parts(&k.sys, true)
	base, err := engine.Compile(&k.sys)
	if err != nil {
		return nil, err
	}
	type changed struct {
		part    int
		change  analysis.Change
		program *engine.Program
	}
	var all []changed
	for i := range parts {
		for _, c := range []analysis.Change{analysis.MadePerfect, analysis.FailsOften} {
			p, err := engine.Compile(c.Apply(&k.sys, &parts[i]))
			if err != nil {
				return nil, err
			}
			all = append(all, changed{i, c, p})
		}
	}
	return func(size int, seed uint64) ([]analysis.Estimate, error) {
		im := analysis.NewImportance(&k.sys, &k.plan, parts, []int{0})
		if err := simulate(base, &k.plan, 0, size, seed, im.Add); err != nil {
			return nil, err
		}
		for _, c := range all {
			contrast := im.Compare()
			if err := simulate(c.program, &k.plan, 0, size, seed, contrast.Add); err != nil {
				return nil, err
			}
			im.Keep(c.part, c.change, contrast)
		}
		return k.importances(im.Ranking(0))
	}, nil
}

func (k *known) importances(list []analysis.Ranked) (found []analysis.Estimate, err error) {
	for i := range k.figures {
		f := &k.figures[i]
		for j := range list {
			if r := &list[j]; r.Part.Name == f.metric {
				found = append(found, map[string]analysis.Estimate{"saved": r.Saved, "added": r.Added, "share": r.Share,
					"tenfold": r.Tenfold, "begun": r.Begun}[f.stat])
			}
		}
		if len(found) != i+1 {
			return nil, fmt.Errorf("%s has no rank", f.metric)
		}
	}
	return found, nil
}

// inSeries needs both of two units, one of which does most of the harm.
func inSeries() known {
	a, b, t := unit{60 * model.Day, 12 * model.Hour}, unit{90 * model.Day, 2 * model.Hour}, model.Year
	down := func(a, b unit) float64 {
		return float64(t) * average(t, func(x model.Seconds) float64 { return 1 - a.up(x)*b.up(x) })
	}
	often := func(u unit) unit { return unit{u.life / analysis.RateFactor, u.repair} }
	whole := down(a, b)
	k := known{
		name: "in series", about: "two units that are both needed, failing every 60 d and 90 d and repaired in 12 h and 2 h; a year",
		sys: serving(1, model.Component{Name: "both", Kind: model.KindNode, Site: model.None,
			Requires: &model.Need{AtLeast: 2, Of: []model.Need{{Ref: 1}, {Ref: 2}}}}, a.node("a"), b.node("b")),
		plan: lasting(t, 30*model.Day), sizes: []int{30, 100, 300}, prepare: ranked,
	}
	add := func(part, stat string, exact float64) {
		k.figures = append(k.figures, figure{kind: kindMatters, metric: part, stat: stat, exact: exact})
	}
	for _, x := range []struct {
		part             string
		perfect, tenfold float64
	}{{"a", down(unit{model.Never, 1}, b), down(often(a), b)}, {"b", down(a, unit{model.Never, 1}), down(a, often(b))}} {
		add(x.part, "saved", whole-x.perfect)
		add(x.part, "share", 1-x.perfect/whole)
		add(x.part, "added", x.tenfold-whole)
		add(x.part, "tenfold", x.tenfold/whole)
	}
	return k
}
