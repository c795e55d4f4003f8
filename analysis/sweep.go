package analysis

import (
	"math"

	"github.com/ftsim/ftsim/model"
)

// Sweep holds designs that differ in a few values against each other, the points of a grid. Unlike a
// Comparison it takes them one after the other, so that a thousand points need the memory of one. All points
// need the same seed, horizon and number of replications: then what has one name has the same luck at each.
// It is not safe for concurrent use.
type Sweep struct {
	Figures []SweptFigure // of the first point
	Points  []SweptPoint
	first   []reading
}

// SweptFigure is what points are held against each other in.
type SweptFigure struct {
	Metric *Metric
	Stat   string
	Target string // journey, store or currency
	Paired bool   // differences from the first point are told
}

// SweptPoint is what one point of a sweep came to.
type SweptPoint struct {
	Values       []string // of what is varied
	Objectives   []Judgement
	Verdict      Verdict // meaningless without objectives
	Fixed        float64 // cost per year without downtime; NaN if no costs are given
	Currency     string
	Nodes        int
	Replications int
	Sides        []Side // by figure; absent where the point has no such journey or store
	Warnings     []string
}

// swept is what points are compared in. A new figure is a new line.
var swept = []struct {
	metric, stat string
	paired       bool
}{
	{"cost", "mean", true},
	{"availability", "mean", false},
	{"downtime", "mean", true},
	{"incidents", "mean", false},
	{"rto", "p95", false},
	{"losses", "mean", false},
	{"rpo", "p95", false},
}

// Study is one for a point that will be added.
func (w *Sweep) Study(sys *model.System, plan *model.Plan) *Study {
	s := NewStudy(sys, plan)
	s.KeepRows(0)
	for _, f := range w.figures(s) {
		if m, target := s.metric(f.Metric.Name), s.targetNamed(f.Metric.Scope, f.Target); f.Paired && target >= 0 {
			s.cells[m][target].keeps = true
		}
	}
	return s
}

// figures are those of the first point; until there is one, those of s.
func (w *Sweep) figures(s *Study) []SweptFigure {
	if w.Figures != nil {
		return w.Figures
	}
	list := []SweptFigure{}
	for _, scope := range scopes {
		for _, target := range s.targets(scope) {
			for _, want := range swept {
				if m := s.metric(want.metric); m >= 0 && s.metrics[m].Scope == scope {
					list = append(list, SweptFigure{&s.metrics[m], want.stat, target, want.paired})
				}
			}
		}
	}
	return list
}

// Add takes in a point whose study is complete. The study and its system may be dropped afterwards.
func (w *Sweep) Add(values []string, s *Study) {
	sum := s.Summary()
	p := SweptPoint{Values: values, Objectives: sum.Objectives, Verdict: sum.Verdict(), Replications: sum.Replications, Warnings: sum.Warnings, Fixed: math.NaN()}
	if c := s.sys.Cost; c != nil {
		p.Fixed, p.Currency = c.Fixed(), c.Currency
	}
	for i := range s.sys.Components {
		if s.sys.Components[i].Kind == model.KindNode {
			p.Nodes++
		}
	}
	w.Figures = w.figures(s)
	for i, f := range w.Figures {
		p.Sides = append(p.Sides, w.side(i, f, s, sum))
	}
	w.Points = append(w.Points, p)
}

// side reads a figure of a point and holds it against the first one.
func (w *Sweep) side(i int, f SweptFigure, s *Study, sum *Summary) Side {
	out, target := missing(), s.targetNamed(f.Metric.Scope, f.Target)
	r := unreadable("it is not there")
	if target >= 0 {
		out.Present, out.Estimate = true, sum.Get(f.Metric.Name, target).Stat(f.Stat)
		if m := s.metric(f.Metric.Name); f.Paired {
			r = s.cells[m][target].read(&s.metrics[m], f.Stat, 1)
		}
	}
	if len(w.Points) == 0 {
		w.first = append(w.first, r)
	} else if f.Paired {
		out.hold(w.first[i], r, w.Points[0].Sides[i].Estimate)
	}
	return out
}

// Correct holds the p-values of each figure against 95 % for all points together, once they are all there.
func (w *Sweep) Correct() {
	for i := range w.Figures {
		var sides []Side
		for k := 1; k < len(w.Points); k++ {
			sides = append(sides, w.Points[k].Sides[i])
		}
		correct(sides)
		for k := range sides {
			w.Points[k+1].Sides[i] = sides[k]
		}
	}
}

// Find is the number of a figure; −1 if there is none.
func (w *Sweep) Find(metric, target string) int {
	for i, f := range w.Figures {
		if f.Metric.Name == metric && f.Target == target {
			return i
		}
	}
	return -1
}

// Targets are the journeys, or stores, of the first point.
func (w *Sweep) Targets(scope Scope) (list []string) {
	for _, f := range w.Figures {
		if n := len(list); f.Metric.Scope == scope && (n == 0 || list[n-1] != f.Target) {
			list = append(list, f.Target)
		}
	}
	return list
}

// Price is what a point costs per year, downtime included, or the number of its nodes where nothing has a price.
func (w *Sweep) Price(point int) float64 {
	p := &w.Points[point]
	if i := w.Find("cost", p.Currency); i >= 0 && p.Sides[i].Present {
		return p.Sides[i].Value
	}
	return float64(p.Nodes)
}

// Priced tells whether all points have a price in one currency.
func (w *Sweep) Priced() bool {
	for i := range w.Points {
		p := &w.Points[i]
		if math.IsNaN(p.Fixed) || p.Currency != w.Points[0].Currency {
			return false
		}
	}
	return len(w.Points) > 0
}

// Best is the cheapest point that meets every objective, and those that are cheaper and undecided. Among
// points of one price it is the one with the least downtime of all journeys; −1 if no point meets them all.
func (w *Sweep) Best() (best int, undecided []int) {
	best = -1
	for i := range w.Points {
		if w.Points[i].Verdict == Met && (best < 0 || w.cheaper(i, best)) {
			best = i
		}
	}
	for i := range w.Points {
		if w.Points[i].Verdict == Undecided && (best < 0 || w.cheaper(i, best)) {
			undecided = append(undecided, i)
		}
	}
	return best, undecided
}

// cheaper tells whether point a costs less than b, or as much and is down less.
func (w *Sweep) cheaper(a, b int) bool {
	pa, pb := w.Price(a), w.Price(b)
	return pa < pb || pa == pb && w.Down(a) < w.Down(b)
}

// Down is the downtime per year of a point, summed over journeys, in seconds.
func (w *Sweep) Down(point int) (sum float64) {
	for i, f := range w.Figures {
		if f.Metric.Name == "downtime" && w.Points[point].Sides[i].Present {
			sum += w.Points[point].Sides[i].Value
		}
	}
	return sum
}

// Front tells of each point whether no other costs at most as much, without downtime, and is down at most
// as long, one of the two being better. Without prices it is nil.
func (w *Sweep) Front(journey string) []bool {
	f := w.Find("downtime", journey)
	if f < 0 || !w.Priced() {
		return nil
	}
	front := make([]bool, len(w.Points))
	for i := range w.Points {
		front[i] = w.Points[i].Sides[f].Present
		for k := range w.Points {
			a, b := &w.Points[i], &w.Points[k]
			x, y := a.Sides[f].Value, b.Sides[f].Value
			if b.Sides[f].Present && b.Fixed <= a.Fixed && y <= x && (b.Fixed < a.Fixed || y < x) {
				front[i] = false
			}
		}
	}
	return front
}
