package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strconv"
	"sync"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/analysis/report"
	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/topology"
)

// workshop is what the page works in: the drafts it began with, and the runs it has asked for.
type workshop struct {
	ctx     context.Context // ends with the program
	drafts  []draft
	shelves map[string]shelf // what drafts may include, by the names of their files
	limits  limits
	workers int
	reading chan struct{} // a place for each draft that is being checked
	running chan struct{} // the place for the run that is under way; more would only slow each other

	mu   sync.Mutex
	last int
	runs []*errand // oldest first
}

func newWorkshop(ctx context.Context, drafts []draft, l limits, workers int) *workshop {
	return &workshop{ctx: ctx, drafts: drafts, limits: l, workers: workers, reading: make(chan struct{}, 2), running: make(chan struct{}, 1)}
}

// add takes an order in, if there is room, and starts on it.
func (w *workshop) add(o *order) (*errand, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	active := 0
	for _, r := range w.runs {
		if !r.over() {
			active++
		}
	}
	if active >= w.limits.active {
		return nil, false
	}
	w.last++
	ctx, cancel := context.WithCancel(w.ctx)
	e := &errand{id: strconv.Itoa(w.last), cancel: cancel, program: w.ctx, most: w.limits.report, phase: waiting}
	for _, d := range o.Designs {
		e.names = append(e.names, d.Name)
	}
	w.runs = append(w.runs, e)
	for i := 0; len(w.runs) > w.limits.kept && i < len(w.runs); {
		if w.runs[i].over() {
			w.runs = append(w.runs[:i], w.runs[i+1:]...)
		} else {
			i++
		}
	}
	go w.work(ctx, e, o)
	return e, true
}

func (w *workshop) find(id string) *errand {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.runs {
		if r.id == id {
			return r
		}
	}
	return nil
}

// work waits for its turn and does what was ordered. Whatever goes wrong ends this errand, not the program.
func (w *workshop) work(ctx context.Context, e *errand, o *order) {
	defer e.cancel()
	defer func() {
		if x := recover(); x != nil {
			e.end(failed, fmt.Sprintf("internal error: %v\n%s", x, debug.Stack()))
		}
	}()
	select {
	case w.running <- struct{}{}:
		defer func() { <-w.running }()
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		e.end(unstarted, "")
		return
	}
	e.enter(simulates)
	jobs, err := w.prepare(o)
	if err == nil {
		limited, cancel := context.WithTimeout(ctx, w.limits.time)
		defer cancel()
		e.total.Store(int64(jobs[0].plan.Runs))
		if len(jobs) == 1 {
			err = e.simulate(limited, jobs[0])
		} else {
			err = e.compare(limited, jobs)
		}
	}
	switch {
	case errors.Is(err, errNothing):
		e.end(unstarted, "")
	case err != nil:
		e.end(failed, err.Error())
	default:
		e.end(finished, "")
	}
}

// errNothing says that a run was ended before its first replication was.
var errNothing = errors.New("ended before the first replication was done")

// prepare makes the designs of an order ready. Those after the first follow its settings, as in ftsim compare.
func (w *workshop) prepare(o *order) (jobs []*job, err error) {
	for _, d := range o.Designs {
		j, err := w.prepareOne(d, o)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.Name, err)
		}
		jobs = append(jobs, j)
	}
	for _, j := range jobs[1:] {
		if faults := j.adopt(jobs[0]); len(faults) > 0 {
			return nil, fmt.Errorf("%s, with the settings of %s: %w", j.file, jobs[0].file, faults)
		}
	}
	return jobs, nil
}

func (w *workshop) prepareOne(d draft, o *order) (*job, error) {
	t, err := topology.LoadInput(w.input(d))
	if err != nil {
		return nil, err
	}
	j := &job{file: d.Name, top: t, plan: *t.Plan, flagged: map[string]string{}}
	if o.Runs > 0 {
		j.plan.Runs, j.plan.Precision = o.Runs, 0
		j.flagged["runs"] = strconv.Itoa(o.Runs)
	}
	if o.Seed != nil {
		j.plan.Seed = *o.Seed
		j.flagged["seed"] = strconv.FormatUint(*o.Seed, 10)
	}
	if len(o.Designs) > 1 {
		j.plan.Precision = 0
	}
	if j.plan.Precision > 0 {
		j.plan.Runs = min(j.plan.MaxRuns, w.limits.runs)
	}
	if j.plan.Runs > w.limits.runs {
		return nil, fmt.Errorf("it asks for %d runs; this page does at most %d (ftsim serve --max-runs)", j.plan.Runs, w.limits.runs)
	}
	if faults := model.Check(t.System, &j.plan).Faults(); len(faults) > 0 {
		return nil, faults
	}
	if j.program, err = engine.Compile(t.System); err != nil {
		return nil, err
	}
	j.options = engine.OptionsOf(&j.plan)
	j.options.Workers = w.workers
	j.rows = defaultRows
	if len(o.Designs) == 1 {
		return j, j.planDraws(0)
	}
	return j, nil
}

// simulate runs one design, as ftsim run does, and writes its report.
func (e *errand) simulate(ctx context.Context, j *job) error {
	e.total.Store(int64(j.plan.Runs))
	j.curves = analysis.NewCurves(analysis.Users(j.top.System), analysis.CurveTimes(j.plan.Horizon))
	found, err := j.simulate(ctx, e)
	if err != nil {
		return err
	}
	if found.done == 0 {
		return errNothing
	}
	e.enter(writing)
	p := j.provenance(found)
	p.Warnings = append(p.Warnings, cutShort(ctx)...)
	d := report.Build(found.study.Summary(), p)
	d.Curves = j.curves
	d.AddUncertainty(found.uncertainty)
	if err := j.enrich(d); err != nil {
		return err
	}
	lead, tone := report.Lead(d)
	return e.keep(func(b io.Writer) error { return report.HTML(b, d) }, tone, lead)
}

// compare runs several designs side by side, as ftsim compare does.
func (e *errand) compare(ctx context.Context, jobs []*job) error {
	found, err := simulateAll(ctx, jobs, e)
	if err != nil {
		return err
	}
	if found.done == 0 {
		return errNothing
	}
	e.enter(writing)
	p := comparedProvenance(jobs, found)
	p.Warnings = append(p.Warnings, cutShort(ctx)...)
	d := report.BuildCompared(found.comparison.Standing(), p, inputs(jobs), true)
	return e.keep(func(b io.Writer) error { return report.ComparedHTML(b, d) }, "", d.Words...)
}

// cutShort tells of the limit of time.
func cutShort(ctx context.Context) []string {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return []string{"the run took as long as a run may, and was ended; where that is depends on the machine"}
	}
	return nil
}
