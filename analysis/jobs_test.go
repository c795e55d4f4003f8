package analysis

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// working is the pair with a job that ends and a stream that does not.
func working() *model.System {
	sys := pair()
	sys.Jobs = []model.Job{{Name: "report", Work: 100}, {Name: "stream", Work: model.Never}}
	return sys
}

func worked(runs ...model.Run) *model.Outcome {
	y := year()
	y.Runs = runs
	return y
}

func jobFigures(outcomes ...*model.Outcome) *Summary {
	s := NewStudy(working(), plan())
	for _, o := range outcomes {
		s.Add(o)
	}
	return s.Summary()
}

// Two years of two runs: one undisturbed, one stopped twice; and a stream of half of each year.
func TestJobsKnownAnswers(t *testing.T) {
	half := model.Year / 2
	sum := jobFigures(
		worked(model.Run{Job: 0, End: 100, Done: 100}, model.Run{Job: 1, End: half, Open: true, Done: half / 2, Saving: half / 2}),
		worked(model.Run{Job: 0, Start: 50, End: 350, Stops: 2, Done: 100, Lost: 80, Saving: 20, Waiting: 100},
			model.Run{Job: 1, End: half, Open: true, Done: half, Stops: 3}))
	main := func(metric string, job int) float64 { return sum.Get(metric, job).Main().Value }
	near(t, "median time", sum.Get("job_time", 0).Stat("p50").Value, 100, 0)
	near(t, "mean time", sum.Get("job_time", 0).Stat("mean").Value, 200, 1e-9)
	near(t, "runs done per year", main("jobs_done", 0), 1, 1e-9)
	near(t, "interruptions per year under way", main("job_interruptions", 0), 2/(400/float64(model.Year)), 1e-6)
	near(t, "interruptions of the stream", main("job_interruptions", 1), 3, 1e-9)
	near(t, "lost work per year under way", main("job_lost_work", 0), 80/(400/float64(model.Year)), 1e-6)
	near(t, "useful", main("job_useful", 0), 0.5, 1e-12)
	near(t, "useful of the stream", main("job_useful", 1), 0.75, 1e-12)
	near(t, "saving", main("job_saving", 0), 0.05, 1e-12)
	if sum.Get("job_time", 1) != nil || sum.Get("jobs_done", 1) != nil {
		t.Error("a stream that never ends has a time it takes")
	}
	if sum.Get("job_time", 0).Name != "report" || sum.Get("job_useful", 1).Name != "stream" {
		t.Error("figures of jobs have the names of others")
	}
	if study(plan(), year()).Get("job_useful", 0) != nil {
		t.Error("a system without jobs has figures of them")
	}
}

// What was not seen is bounded: no interruption in all years is not a promise of none.
func TestJobsUndisturbedAreBounded(t *testing.T) {
	var years []*model.Outcome
	for range 30 {
		years = append(years, worked(model.Run{Job: 1, End: model.Year, Open: true, Done: model.Year}))
	}
	sum := jobFigures(years...)
	e := sum.Get("job_interruptions", 1).Main()
	if !e.Bound || math.Abs(e.High-unseenCount/30) > 1e-9 {
		t.Errorf("no interruption in 30 years: %+v", e)
	}
	if e := sum.Get("job_lost_work", 1).Main(); !e.Bound || !math.IsInf(e.High, 1) {
		t.Errorf("no work lost: %+v", e)
	}
	if e := sum.Get("job_useful", 1).Main(); !e.Bound || !(e.Low < 0.91 && e.Low > 0.89) {
		t.Errorf("all of it useful: %+v", e)
	}
	if e := sum.Get("job_time", 0).Main(); !e.Bound || !math.IsNaN(e.Value) {
		t.Errorf("a job that never ran takes %+v", e)
	}
}

// A run cut off by the horizon counts as one that takes longer.
func TestJobsCutOff(t *testing.T) {
	var years []*model.Outcome
	for i := range 40 {
		end := model.Seconds(100)
		if i%4 == 0 {
			end = 500
		}
		years = append(years, worked(model.Run{Job: 0, End: end, Open: end == 500, Done: 100}))
	}
	took := jobFigures(years...).Get("job_time", 0)
	if e := took.Stat("p90"); !math.IsInf(e.Value, 1) || !warned(e, "runs had not ended") {
		t.Errorf("a quarter is not done, but the 90 %% quantile is %+v", e)
	}
	if took.Censored != 10 || took.Stat("p50").Value != 100 {
		t.Errorf("%d of 40 cut off, median %v", took.Censored, took.Stat("p50").Value)
	}
}

// The interval of the useful share holds what replications are drawn from.
func TestJobIntervalsCover(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 1))
	missed := 0
	for range 400 {
		var years []*model.Outcome
		for range 50 {
			took, lost := 1e6*(1+r.Float64()), model.Seconds(2e5*r.ExpFloat64())
			years = append(years, worked(model.Run{Job: 1, End: model.Seconds(took) + lost, Open: true, Done: model.Seconds(took), Lost: lost, Stops: 1}))
		}
		e := jobFigures(years...).Get("job_useful", 1).Main()
		if want := 1.5e6 / 1.7e6; e.Low > want || e.High < want {
			missed++
		}
	}
	if missed < 8 || missed > 36 {
		t.Errorf("seed (8, 1): %d of 400 intervals of 95 %% miss", missed)
	}
}
