package engine

import (
	"fmt"
	"io"
	"math"

	"github.com/ftsim/ftsim/model"
)

// This file is about work that takes long enough to be interrupted: jobs with checkpoints. Each has one
// clock, for the end of what it is doing, and an entry among the journeys, which tells it when what it
// needs comes and goes.

// job is the state of a model.Job.
type job struct {
	journey        int32 // what it needs
	clock          int32
	takes, restart int32 // laws, or none
	work, every    float64
	slack          float64 // by which the end may lie beyond a checkpoint and be the same instant
	atEnd          bool
	shielded       bool
	repeats        bool
	key            uint64
	luck           stream
	stage          jobStage
	since          float64 // when the stage began
	saved          float64 // work that the last completed checkpoint of this run holds
	unsaved        float64 // work done since, as of the beginning of the stage
	stretch        float64 // of work, that the clock rings at the end of; differences of clocks would not add up
	run            model.Run
}

type jobStage uint8

const (
	waiting jobStage = iota // for what it needs
	restarting
	working
	saving
	over
)

// slack is j.slack over its work. Where checkpoints divide the work, rounding must not make one more of them.
const slack = 1e-9

// jobs lays out what is to be done, with an entry for each behind the journeys.
func (c *compiler) jobs() error {
	p := c.p
	p.jobs = make([]job, len(p.sys.Jobs))
	for _, i := range byName(len(p.jobs), func(i int) string { return p.sys.Jobs[i].Name }) {
		from := &p.sys.Jobs[i]
		c.user = int32(len(p.journeys))
		p.jobs[i] = job{journey: c.user, clock: c.clock(owner{kind: jobClock, group: none, index: i}),
			takes: c.law(from.Checkpoint.Takes), restart: c.law(from.Restart), work: float64(from.Work),
			every: float64(from.Checkpoint.Every), atEnd: from.Checkpoint.AtEnd, shielded: from.Shielded, repeats: from.Repeats,
			key: nameKey(from.Name, forJob)}
		if !math.IsInf(float64(from.Work), 1) {
			p.jobs[i].slack = slack * float64(from.Work)
		}
		for _, s := range c.touching(from.Needs) {
			p.reaches[s] = append(p.reaches[s], int32(len(p.journeys)))
		}
		p.journeys = append(p.journeys, journey{direct: c.spans(c.direct(from.Needs)), all: c.spans(c.closure(from.Needs)),
			sole: none, threshold: from.Threshold, served: 1, outage: none, job: i, cushion: none})
		if step := min(float64(from.Work), positive(float64(from.Checkpoint.Every))); step > 0 {
			p.rate += 2 / step
		}
	}
	c.user = none
	return nil
}

// positive is x, or without end if that is zero.
func positive(x float64) float64 {
	if x > 0 {
		return x
	}
	return math.Inf(1)
}

// resetJobs starts every job at the beginning of observation.
func (r *Runner) resetJobs() {
	for i := range r.jobs {
		j := &r.jobs[i]
		j.luck = streamOf(r.run, j.key)
		r.clocks.stop(j.clock)
		r.beginRun(int32(i), j)
		if !r.jour[j.journey].down {
			r.work(j)
		}
	}
}

// beginRun opens the books of a run; nothing of it is done.
func (r *Runner) beginRun(i int32, j *job) {
	j.run = model.Run{Job: i, Start: r.Now()}
	j.saved, j.unsaved = 0, 0
	j.enter(waiting, r.now)
}

func (j *job) enter(s jobStage, now float64) { j.stage, j.since = s, now }

// attend tells a job whether what it needs is there. A service that grows into its work counts once it has
// grown.
func (r *Runner) attend(jo *journey) {
	there := r.supply(jo) >= jo.threshold
	j := &r.jobs[jo.job]
	switch {
	case there && jo.down && jo.ramps == 0:
		jo.down = false
		if !r.past && j.stage == waiting {
			j.run.Waiting += model.Seconds(r.now - j.since)
			r.resume(j)
		}
	case !there && !jo.down:
		jo.down = true
		if !r.past {
			r.stop(jo.job, j)
		}
	}
}

// supply is how far what a job needs is served. A job has no place of its own in the network; each service
// must reach the next.
func (r *Runner) supply(jo *journey) float64 {
	if r.reach.whole {
		served, _ := r.product(jo.all, r.now)
		return served
	}
	return r.along(jo.direct, none, r.now)
}

// stop interrupts a job: what it did since its last completed checkpoint is lost.
func (r *Runner) stop(i int32, j *job) {
	switch spent := model.Seconds(r.now - j.since); j.stage {
	case waiting, over:
		return
	case working:
		j.unsaved += r.now - j.since
	case saving:
		if j.shielded {
			return
		}
		j.run.Saving += spent
		j.run.Spoilt += spent
	case restarting:
		if j.shielded {
			return
		}
		j.run.Restarting += spent
	}
	r.clocks.stop(j.clock)
	j.run.Stops++
	j.run.Lost += model.Seconds(j.unsaved)
	j.unsaved = 0
	j.enter(waiting, r.now)
	if r.note != nil {
		r.tell(Note{Kind: JobStopped, Job: i, Delay: j.run.Lost})
	}
}

// resume goes on from the last checkpoint. A run that has not been interrupted has nothing to restart.
func (r *Runner) resume(j *job) {
	took := 0.0
	if j.restart != none && j.run.Stops > 0 {
		took = r.laws[j.restart].draw(&j.luck, r.lend)
	}
	if took > 0 {
		j.enter(restarting, r.now)
		r.clocks.arm(j.clock, r.now+took)
		return
	}
	r.work(j)
}

// work does useful work until the next checkpoint is due or all is done.
func (r *Runner) work(j *job) {
	j.enter(working, r.now)
	left := j.work - j.saved
	if j.every > 0 && left > j.every {
		left = j.every
	}
	j.stretch = left
	r.clocks.arm(j.clock, r.now+left)
}

// jobRang ends what a job was doing. If what it needs has gone meanwhile, it is interrupted now.
func (r *Runner) jobRang(i int32) {
	j := &r.jobs[i]
	r.clocks.stop(j.clock)
	switch spent := r.now - j.since; j.stage {
	case restarting:
		j.run.Restarting += model.Seconds(spent)
		r.work(j)
	case saving:
		j.run.Saving += model.Seconds(spent)
		r.safe(i, j)
	case working:
		j.unsaved += j.stretch
		r.save(i, j)
	}
	if r.jour[j.journey].down {
		r.stop(i, j)
	}
}

// save begins a checkpoint, if one is due.
func (r *Runner) save(i int32, j *job) {
	took := 0.0
	if j.takes != none && (j.atEnd || !j.finished()) {
		took = r.laws[j.takes].draw(&j.luck, r.lend)
	}
	if took > 0 {
		j.enter(saving, r.now)
		r.clocks.arm(j.clock, r.now+took)
		return
	}
	r.safe(i, j)
}

func (j *job) finished() bool { return j.saved+j.unsaved >= j.work-j.slack }

// safe goes on from a completed checkpoint, or ends the run.
func (r *Runner) safe(i int32, j *job) {
	done := j.finished()
	j.saved, j.unsaved = j.saved+j.unsaved, 0
	if !done {
		r.work(j)
		return
	}
	r.closeRun(j, false)
	if r.note != nil {
		r.tell(Note{Kind: JobDone, Job: i, Delay: j.run.End - j.run.Start})
	}
	if !j.repeats {
		j.enter(over, r.now)
		return
	}
	if r.beginRun(i, j); !r.jour[j.journey].down {
		r.work(j)
	}
}

func (r *Runner) closeRun(j *job, open bool) {
	j.run.End, j.run.Open, j.run.Done = r.Now(), open, model.Seconds(j.saved+j.unsaved)
	r.out.Runs = append(r.out.Runs, j.run)
}

// closeJobs books what is under way at the horizon. Jobs are not followed beyond it.
func (r *Runner) closeJobs() {
	for i := range r.jobs {
		j := &r.jobs[i]
		spent := model.Seconds(r.now - j.since)
		switch j.stage {
		case over:
			continue
		case waiting:
			j.run.Waiting += spent
		case restarting:
			j.run.Restarting += spent
		case saving:
			j.run.Saving += spent
		case working:
			j.unsaved += float64(spent)
		}
		r.clocks.stop(j.clock)
		r.closeRun(j, true)
		j.enter(over, r.now)
	}
}

func (p *Program) explainJob(out io.Writer, i int32) {
	j, from := &p.jobs[i], &p.sys.Jobs[i]
	fmt.Fprintf(out, "  %s: %s of work while %.4g%% is served; rests on%s", from.Name, from.Work.Round(), 100*from.Threshold,
		p.leafNames(p.journeys[j.journey].all))
	if j.every > 0 {
		fmt.Fprintf(out, "; a checkpoint every %s", from.Checkpoint.Every.Round())
	}
	fmt.Fprintln(out)
}
