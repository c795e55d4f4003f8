package main

import (
	"math"
	"math/rand/v2"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
)

// This file is about systems of which a parameter is not known.

// perDraw is how many replications each draw of the unknowns gets.
const perDraw = 20

// doubtful is a unit whose mean life is not known: log-normal with the given median and spread.
type doubtful struct {
	unit
	sigma float64
}

// at is the unit as it is if the unknown lies z standard deviations from the median of its logarithm.
func (d doubtful) at(z float64) unit {
	return unit{d.life * model.Seconds(math.Exp(d.sigma*z)), d.repair}
}

// drawn makes a study draw the unknown, and separate what comes of it from what chance does.
func (d doubtful) drawn(k *known) (study, error) {
	return func(size int, seed uint64) ([]analysis.Estimate, error) {
		r := rand.New(rand.NewPCG(seed, 1))
		u := analysis.NewUncertainty([]analysis.Parameter{{Name: "life"}}, []int{0})
		for draw := range size {
			one := d.at(r.NormFloat64())
			sys := serving(1, one.node("a"))
			program, err := engine.Compile(&sys)
			if err != nil {
				return nil, err
			}
			u.Draw([]float64{float64(one.life)})
			if err := simulate(program, &k.plan, draw*perDraw, perDraw, seed, u.Add); err != nil {
				return nil, err
			}
		}
		s := u.Split(0)
		return []analysis.Estimate{s.Mean, s.Known, s.Not, s.Share, s.Low, s.High}, nil
	}, nil
}

// over is the mean of f over the unknown.
func (d doubtful) over(f func(u unit) float64) float64 {
	const n, far = 400, 8.0
	sum := 0.0
	for i := range n {
		z := far * (2*(float64(i)+0.5)/n - 1)
		sum += f(d.at(z)) * math.Exp(-z*z/2) / math.Sqrt(2*math.Pi) * 2 * far / n
	}
	return sum
}

// unsure is a unit of which only the order of magnitude of its life is known.
func unsure() known {
	d, t := doubtful{unit{30 * model.Day, 12 * model.Hour}, 0.5}, model.Year
	mean := func(u unit) float64 { return float64(t) * (1 - u.availability(t)) }
	m := d.over(mean)
	not := d.over(func(u unit) float64 { return math.Pow(mean(u)-m, 2) })
	chance := d.over(func(u unit) float64 { return u.downtimeVariance(t) })
	const edge = 1.6448536269514722 // of the band of 90 %
	k := known{
		name: "unsure", about: "a unit that fails every 30 d, give or take a factor (p5 13 d, p95 68 d), and is repaired in 12 h; draws of 20 years",
		sys: serving(1, d.node("a")), plan: lasting(t, 30*model.Day), sizes: []int{50, 200}, prepare: d.drawn,
	}
	for _, f := range []figure{{stat: "mean", exact: m}, {stat: "by chance", exact: math.Sqrt(chance)}, {stat: "not known", exact: math.Sqrt(not)},
		{stat: "share not known", exact: not / (not + chance)},
		{stat: "band p5", exact: mean(d.at(edge)), cautious: true}, {stat: "band p95", exact: mean(d.at(-edge)), cautious: true}} {
		f.kind, f.metric = kindSplit, "downtime"
		k.figures = append(k.figures, f)
	}
	return k
}
