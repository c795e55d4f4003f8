package analysis

import (
	"math"

	"github.com/ftsim/ftsim/model"
)

// ends tells whether a job can be done at all; a stream goes on for ever.
func ends(j *model.Job) bool { return !math.IsInf(float64(j.Work), 1) }

func eachRun(o *model.Outcome, job int, f func(*model.Run)) {
	for i := range o.Runs {
		if int(o.Runs[i].Job) == job {
			f(&o.Runs[i])
		}
	}
}

func (v *lens) jobTime(dst []float64, o *model.Outcome, j int) []float64 {
	eachRun(o, j, func(r *model.Run) { dst = append(dst, float64(r.End-r.Start), one(r.Open)) })
	return dst
}

func (v *lens) jobsDone(dst []float64, o *model.Outcome, j int) []float64 {
	n := 0.0
	eachRun(o, j, func(r *model.Run) { n += one(!r.Open) })
	return append(dst, n)
}

// perTime sums something over the runs of a job and the time they took.
func perTime(dst []float64, o *model.Outcome, j int, of func(*model.Run) float64) []float64 {
	x, took := 0.0, 0.0
	eachRun(o, j, func(r *model.Run) { x, took = x+of(r), took+float64(r.End-r.Start) })
	return append(dst, x, took)
}

func (v *lens) jobInterruptions(dst []float64, o *model.Outcome, j int) []float64 {
	return perTime(dst, o, j, func(r *model.Run) float64 { return float64(r.Stops) * float64(model.Year) })
}

func (v *lens) jobLostWork(dst []float64, o *model.Outcome, j int) []float64 {
	return perTime(dst, o, j, func(r *model.Run) float64 { return float64(r.Lost * model.Year) })
}

func (v *lens) jobUseful(dst []float64, o *model.Outcome, j int) []float64 {
	return perTime(dst, o, j, func(r *model.Run) float64 { return float64(r.Done) })
}

func (v *lens) jobSaving(dst []float64, o *model.Outcome, j int) []float64 {
	return perTime(dst, o, j, func(r *model.Run) float64 { return float64(r.Saving) })
}

// quotient is Σx/Σy over a length of time y, replications being the unit (delta method). Where no
// replication differs from the others there is no interval: then events not seen are bounded as a count of
// zero is, shares of time as shares of replications are, and amounts not at all.
func (q *measure) quotient() Estimate {
	a := q.a
	if !(a.y > 0) {
		e := q.estimate(math.NaN(), 0, math.Inf(1), 0)
		e.Bound = true
		return e
	}
	low, high := a.ratioInterval()
	e := q.estimate(a.x/a.y, low, high, a.nonzero)
	e.Warnings = append(e.Warnings, q.thin(a.nonzero)...)
	unseen := unseenCount / float64(a.n)
	switch {
	case a.ratioVariance() > 0 && a.nonzero > 0:
		return e
	case q.m.Unit == Fraction && q.m.Better == Higher && e.Value > 0:
		e.Bound, e.Low = true, e.Value*max(0, 1-unseen)
	case q.m.Unit == Fraction:
		e.Bound, e.High = true, e.Value+(1-e.Value)*min(1, unseen)
	case a.nonzero > 0:
	case q.m.Unit == PerYear:
		e.Bound, e.High = true, unseenCount/(a.y*float64(a.n)/float64(model.Year))
	default:
		e.Bound, e.High = true, math.Inf(1)
	}
	return e
}
