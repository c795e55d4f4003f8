package engine

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

const minute = model.Minute

// onOne is a job on one unit with the given laws.
func onOne(life, repair model.Distribution, job model.Job) *model.System {
	sys := farm(1, policies.ActiveActive{}, 1)
	sys.Components[0].Modes = []model.Mode{{Kind: model.OSCrash, Life: life, Repair: repair}}
	job.Name, job.Threshold = "job", 0.95
	job.Needs = []model.Dependency{{Need: model.Need{Ref: 0}}}
	sys.Jobs = []model.Job{job}
	return sys
}

// runsOf are all runs of jobs that a system makes.
func runsOf(t testing.TB, sys *model.System, o Options) (all []model.Run) {
	t.Helper()
	if ps := model.Check(sys, nil).Faults(); len(ps) > 0 {
		t.Fatal(ps)
	}
	observe(t, sys, o, func(out *model.Outcome) { all = append(all, out.Runs...) })
	return all
}

// A host that is up for five minutes and down for five: the steps of a job of ten minutes can be counted.
func TestJobStepByStep(t *testing.T) {
	everyMinute := model.Checkpoint{Every: minute, Takes: fixedLaw(1)}
	cases := []struct {
		what string
		job  model.Job
		want model.Run
	}{
		{"checkpoints", model.Job{Work: 600, Checkpoint: everyMinute},
			model.Run{End: 1321, Stops: 2, Done: 600, Lost: 112, Saving: 9, Waiting: 600}},
		{"with a last one", model.Job{Work: 600, Checkpoint: model.Checkpoint{Every: minute, Takes: fixedLaw(1), AtEnd: true}},
			model.Run{End: 1322, Stops: 2, Done: 600, Lost: 112, Saving: 10, Waiting: 600}},
		{"none", model.Job{Work: 600}, model.Run{End: 2000, Open: true, Stops: 3, Lost: 900, Waiting: 900, Done: 200}},
		{"short enough", model.Job{Work: 200}, model.Run{End: 200, Done: 200}},
		{"a failure in a checkpoint", model.Job{Work: 400, Checkpoint: model.Checkpoint{Every: 290, Takes: fixedLaw(20)}},
			model.Run{End: 2000, Open: true, Stops: 3, Lost: 870, Saving: 30, Waiting: 900, Done: 200}},
		{"a checkpoint that is carried through", model.Job{Work: 400, Shielded: true, Checkpoint: model.Checkpoint{Every: 290, Takes: fixedLaw(20)}},
			model.Run{End: 710, Stops: 1, Saving: 20, Waiting: 290, Done: 400}},
		{"a restart", model.Job{Work: 600, Checkpoint: everyMinute, Restart: fixedLaw(30)},
			model.Run{End: 1351, Stops: 2, Lost: 56 + 26, Saving: 9, Restarting: 60, Waiting: 600, Done: 600}},
		{"a restart that never ends in time", model.Job{Work: 600, Restart: fixedLaw(301)},
			model.Run{End: 2000, Open: true, Stops: 3, Lost: 300, Restarting: 800, Waiting: 900}},
		{"a restart that is carried through", model.Job{Work: 350, Restart: fixedLaw(301), Shielded: true},
			model.Run{End: 2000, Open: true, Stops: 3, Lost: 300, Restarting: 802, Waiting: 898}},
	}
	for _, c := range cases {
		all := runsOf(t, onOne(fixedLaw(300), fixedLaw(300), c.job), Options{Horizon: 2000, Seed: 1, Runs: 1})
		if len(all) != 1 {
			t.Errorf("%s: %d runs", c.what, len(all))
			continue
		}
		got := all[0]
		for _, x := range []struct {
			name      string
			got, want model.Seconds
		}{{"end", got.End, c.want.End}, {"done", got.Done, c.want.Done}, {"lost", got.Lost, c.want.Lost}, {"saving", got.Saving, c.want.Saving},
			{"restarting", got.Restarting, c.want.Restarting}, {"waiting", got.Waiting, c.want.Waiting}} {
			if math.Abs(float64(x.got-x.want)) > 1e-6 {
				t.Errorf("%s: %s is %v, want %v", c.what, x.name, float64(x.got), float64(x.want))
			}
		}
		if got.Open != c.want.Open || got.Stops != c.want.Stops {
			t.Errorf("%s: open %v with %d interruptions, want %v with %d", c.what, got.Open, got.Stops, c.want.Open, c.want.Stops)
		}
	}
}

// completion is the mean time a job takes, with the half-width of its 99.9 % interval, and how often it is
// interrupted.
func completion(t *testing.T, sys *model.System, o Options) (mean, half, stops float64) {
	t.Helper()
	n, sum, squares := 0.0, 0.0, 0.0
	for _, run := range runsOf(t, sys, o) {
		if run.Open {
			t.Fatalf("a run is not done after %v", run.End)
		}
		x := float64(run.End - run.Start)
		n, sum, squares, stops = n+1, sum+x, squares+x*x, stops+float64(run.Stops)
	}
	mean = sum / n
	return mean, 3.29 * math.Sqrt((squares/n-mean*mean)/n), stops / n
}

// daly is a job that saves its work every so often, on a system whose exponential failures strike during
// work, checkpoints and restarts.
func daly(mtbf, every, takes, restart, work model.Seconds) *model.System {
	return onOne(expLaw(mtbf), fixedLaw(0), model.Job{Work: work, Restart: fixedLaw(restart),
		Checkpoint: model.Checkpoint{Every: every, Takes: fixedLaw(takes), AtEnd: true}})
}

// The expected completion time is M·e^(R/M)·(e^((τ+δ)/M) − 1)·W/τ (J. T. Daly, A higher order estimate of
// the optimum checkpoint interval for restart dumps, FGCS 22, 2006), and failures come every M of it.
func TestDaly(t *testing.T) {
	for _, c := range []struct{ mtbf, every, takes, restart float64 }{
		{360, 60, 5, 10}, {120, 60, 5, 10}, {60, 30, 5, 20}, {1440, 120, 5, 10},
	} {
		const work = 600
		sys := daly(model.Seconds(c.mtbf)*minute, model.Seconds(c.every)*minute, model.Seconds(c.takes)*minute, model.Seconds(c.restart)*minute, work*minute)
		mean, half, stops := completion(t, sys, Options{Horizon: 30 * model.Day, Seed: 9, Runs: 5000})
		want := c.mtbf * math.Exp(c.restart/c.mtbf) * math.Expm1((c.every+c.takes)/c.mtbf) * work / c.every
		near(t, "completion time in minutes", mean/60, want, half/60)
		near(t, "failures", stops, want/c.mtbf, half/60/c.mtbf+0.05*want/c.mtbf)
	}
}

// Without checkpoints, where the repair is the restart and the unit as new after it, a job of length T
// takes (∫S + R·F(T))/S(T) on average, S being the survival function of the failures.
func TestJobWithoutCheckpoints(t *testing.T) {
	const work, repair = 5 * model.Hour, model.Hour / 2
	wear := weibullLaw{1.5, 8 * float64(model.Hour)}
	for _, life := range []model.Distribution{expLaw(10 * model.Hour), wear} {
		mean, half, _ := completion(t, onOne(life, fixedLaw(repair), model.Job{Work: work}), Options{Horizon: 30 * model.Day, Seed: 2, Runs: 20000})
		area := 0.0
		const steps = 10000
		for i := range steps {
			area += float64(life.Survival(work*model.Seconds((float64(i)+0.5)/steps)) * float64(work) / steps)
		}
		s := life.Survival(work)
		near(t, "completion time under "+life.String(), mean, (area+float64(repair)*(1-s))/s, half)
	}
}

// The best interval is near √(2·C·M) (Young, 1974): half and twice as long are worse.
func TestBestIntervalIsYoungs(t *testing.T) {
	const mtbf, takes = 360, 5
	young := math.Sqrt(2 * takes * mtbf)
	mean := func(every float64) float64 {
		sys := daly(mtbf*minute, model.Seconds(every)*minute, takes*minute, 10*minute, 12000*minute)
		m, _, _ := completion(t, sys, Options{Horizon: 90 * model.Day, Seed: 3, Runs: 400})
		return m
	}
	best := mean(young)
	for _, factor := range []float64{0.4, 0.6, 1.7, 2.5} {
		if other := mean(factor * young); other <= best {
			t.Errorf("checkpoints every %.0f min take %.0f min in all, every %.0f min only %.0f", young, best/60, factor*young, other/60)
		}
	}
}

// step goes through the outages of what a job needs, one after the other: the naive way.
func step(j *model.Job, outages []model.Outage, start, horizon float64) model.Run {
	now, saved, first := start, 0.0, true
	run := model.Run{Start: model.Seconds(start)}
	down := func() (from, to float64) { // the next outage that is not over
		for i := range outages {
			if to := float64(outages[i].End); to > now {
				return float64(outages[i].Start), to
			}
		}
		return math.Inf(1), math.Inf(1)
	}
	spend := func(book *model.Seconds, length float64) (whole bool) {
		from, _ := down()
		end := min(now+length, from, horizon)
		*book += model.Seconds(end - now)
		whole = end-now >= length-1e-6
		now = end
		return whole
	}
	for {
		if from, to := down(); from <= now {
			end := min(to, horizon)
			run.Waiting += model.Seconds(end - now)
			now = end
		}
		if now >= horizon {
			run.Open = true
			break
		}
		if !first && j.Restart != nil && !spend(&run.Restarting, float64(j.Restart.Mean())) {
			if now < horizon {
				run.Stops++
			}
			continue
		}
		broken := false
		for !broken && now < horizon && saved < float64(j.Work)-1e-6 {
			part := float64(j.Work) - saved
			if e := float64(j.Checkpoint.Every); e > 0 && e < part-1e-6 {
				part = e
			}
			var worked model.Seconds
			last := saved+part >= float64(j.Work)-1e-6
			broken = !spend(&worked, part)
			if !broken && j.Checkpoint.Takes != nil && (!last || j.Checkpoint.AtEnd) {
				broken = !spend(&run.Saving, float64(j.Checkpoint.Takes.Mean()))
			}
			switch {
			case !broken:
				saved += part
			case now < horizon:
				run.Lost += worked
			default:
				run.Done = worked
			}
		}
		switch {
		case saved >= float64(j.Work)-1e-6:
			run.End, run.Done = model.Seconds(now), model.Seconds(saved)
			return run
		case now < horizon:
			run.Stops++
			first = false
		}
	}
	run.End = model.Seconds(now)
	run.Done += model.Seconds(saved)
	return run
}

// Jobs on random systems end as stepping through the outages of a journey with the same needs says.
func TestJobsAgreeWithSteppingThroughOutages(t *testing.T) {
	seen := 0
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 99))
		sys := withJobs(randomSystem(seed), r)
		o := Options{Horizon: 200 * model.Day, Seed: seed, Runs: 3, SteadyState: seed%4 == 0}
		for k, out := range run(t, sys, o) {
			at := make([]float64, len(sys.Jobs))
			for i := range out.Runs {
				got := out.Runs[i]
				j := &sys.Jobs[got.Job]
				var outages []model.Outage
				for _, a := range out.Outages {
					if a.Journey == got.Job {
						outages = append(outages, a)
					}
				}
				want := step(j, outages, at[got.Job], float64(o.Horizon))
				want.Job = got.Job
				at[got.Job] = float64(want.End)
				seen += int(want.Stops)
				if !sameRun(got, want) {
					t.Fatalf("seed %d replication %d, job %+v:\nengine   %+v\nstepping %+v", seed, k, *j, got, want)
				}
				if sum := got.Done + got.Lost + got.Saving + got.Restarting + got.Waiting; !alike(sum, got.End-got.Start) {
					t.Fatalf("seed %d replication %d: the parts of %+v sum to %v", seed, k, got, float64(sum))
				}
			}
		}
	}
	if seen < 1000 {
		t.Errorf("only %d interruptions were compared", seen)
	}
}

func sameRun(a, b model.Run) bool {
	close := func(x, y model.Seconds) bool { return math.Abs(float64(x-y)) < 1e-3 }
	return a.Job == b.Job && a.Open == b.Open && a.Stops == b.Stops && close(a.Start, b.Start) && close(a.End, b.End) && close(a.Done, b.Done) &&
		close(a.Lost, b.Lost) && close(a.Saving, b.Saving) && close(a.Restarting, b.Restarting) && close(a.Waiting, b.Waiting)
}

// withJobs gives a system a job for each of its journeys, with the same needs. Gradual changes are taken
// out: a job waits for their end, a journey does not.
func withJobs(sys *model.System, r *rand.Rand) *model.System {
	sys.Network = model.Network{}
	for i := range sys.Components {
		sys.Components[i].Site = none
	}
	for i := range sys.Services {
		sys.Services[i].WarmUp = model.WarmUp{}
		if p, ok := sys.Services[i].Policy.(*policies.ActivePassive); ok {
			p.RedirectRamp = false
		}
	}
	for j := range sys.Journeys {
		x := &sys.Journeys[j]
		job := model.Job{Name: "job " + x.Name, Needs: x.Needs, Threshold: x.Threshold, Repeats: r.IntN(2) == 0,
			Work: model.Hour * model.Seconds(1+20*r.Float64())}
		if r.IntN(3) > 0 {
			job.Checkpoint = model.Checkpoint{Every: job.Work / model.Seconds(1+r.IntN(9)), AtEnd: r.IntN(2) == 0}
			if r.IntN(2) == 0 {
				job.Checkpoint.Takes = fixedLaw(minute)
			}
		}
		if r.IntN(2) == 0 {
			job.Restart = fixedLaw(10 * minute)
		}
		sys.Jobs = append(sys.Jobs, job)
	}
	return sys
}

// Jobs change nothing for anybody else, and cost no memory while they run.
func TestJobsAreNoTrouble(t *testing.T) {
	for seed := range uint64(40) {
		sys := withJobs(randomSystem(seed), rand.New(rand.NewPCG(seed, 3)))
		with := run(t, sys, yearly(seed))
		without := *sys
		without.Jobs = nil
		for i, want := range run(t, &without, yearly(seed)) {
			if len(with[i].Outages) != len(want.Outages) || len(with[i].Losses) != len(want.Losses) || len(with[i].Failovers) != len(want.Failovers) {
				t.Errorf("seed %d replication %d: jobs change what happens", seed, i)
			}
			for k := range want.Outages {
				if with[i].Outages[k] != want.Outages[k] {
					t.Fatalf("seed %d replication %d: jobs change an outage", seed, i)
				}
			}
		}
		p, err := Compile(sys)
		if err != nil {
			t.Fatal(err)
		}
		r := p.NewRunner(yearly(seed))
		var out model.Outcome
		once := func() { r.Reset(1, &out); r.Run() }
		once()
		if n := testing.AllocsPerRun(3, once); n > 0 {
			t.Errorf("seed %d: %v allocations per replication", seed, n)
		}
	}
}

// A stream that never ends saves a share of its time that can be worked out: of an interval τ with a
// checkpoint of δ, Daly's formula says how long it takes.
func TestStreamNeverEnds(t *testing.T) {
	sys := daly(360*minute, 60*minute, 5*minute, 10*minute, model.Never)
	useful, whole := 0.0, 0.0
	for _, run := range runsOf(t, sys, Options{Horizon: model.Year, Seed: 5, Runs: 40}) {
		if !run.Open || run.End != model.Year {
			t.Fatalf("a stream ended: %+v", run)
		}
		useful, whole = useful+float64(run.Done), whole+float64(run.End)
	}
	near(t, "share of useful work", useful/whole, 60/(360*math.Exp(10./360)*math.Expm1(65./360)), 0.003)
}

// wants compares the only runs of a job with what they should be.
func wants(t *testing.T, what string, sys *model.System, horizon model.Seconds, want ...model.Run) {
	t.Helper()
	got := runsOf(t, sys, Options{Horizon: horizon, Seed: 1, Runs: 1})
	if len(got) != len(want) {
		t.Fatalf("%s: %+v", what, got)
	}
	for i := range got {
		if !sameRun(got[i], want[i]) {
			t.Errorf("%s: run %d is %+v, want %+v", what, i, got[i], want[i])
		}
	}
}

// Where checkpoints divide the work, rounding does not make one more of them.
func TestCheckpointsThatDivideTheWork(t *testing.T) {
	sys := onOne(expLaw(model.Year*1000), fixedLaw(1), model.Job{Work: 1, Checkpoint: model.Checkpoint{Every: 0.1, Takes: fixedLaw(5)}})
	wants(t, "ten tenths", sys, 100, model.Run{End: 46, Done: 1, Saving: 45})
}

// A run that begins while what it needs is away waits, and has not been interrupted.
func TestNextRunWaits(t *testing.T) {
	sys := onOne(fixedLaw(300), fixedLaw(300), model.Job{Work: 290, Shielded: true, Repeats: true, Restart: fixedLaw(50),
		Checkpoint: model.Checkpoint{Every: 290, Takes: fixedLaw(20), AtEnd: true}})
	wants(t, "shielded", sys, 880, model.Run{End: 310, Done: 290, Saving: 20},
		model.Run{Start: 310, End: 880, Open: true, Done: 280, Waiting: 290})
}

// A job that stands still waits until what it needs has warmed up; one that works goes on.
func TestJobWaitsForTheWarmUp(t *testing.T) {
	for _, threshold := range []float64{0.3, 0.5, 1} {
		sys := onOne(fixedLaw(300), fixedLaw(300), model.Job{Work: 400, Checkpoint: model.Checkpoint{Every: 100}})
		sys.Services[0].WarmUp = model.WarmUp{StartAt: 0.4, Ramp: 120}
		sys.Jobs[0].Threshold = threshold
		wants(t, "warming up", sys, 2000, model.Run{End: 820, Stops: 1, Done: 400, Waiting: 420})
	}
}

// In a broken network a job stands still if what it needs does not reach what that needs.
func TestJobInABrokenNetwork(t *testing.T) {
	sys := onOne(expLaw(1000*model.Year), fixedLaw(1), model.Job{Work: 400, Checkpoint: model.Checkpoint{Every: 100}})
	app := sys.Services[0]
	app.Name, app.Needs = "app", []model.Dependency{{Need: model.Need{Ref: 0}}}
	app.Members = []model.Member{{Component: 1, Host: 1}}
	sys.Components[0].Site = 0
	sys.Components = append(sys.Components,
		model.Component{Name: "host", Site: 1},
		model.Component{Name: "link", Kind: model.KindLink, Site: none, Modes: []model.Mode{{Kind: model.Isolated, Life: fixedLaw(300), Repair: fixedLaw(300)}}})
	sys.Network.Sites = []model.Site{{Name: "here", Component: none, Within: none}, {Name: "there", Component: none, Within: none}}
	sys.Network.Links = []model.Link{way(2, 0, 1), way(2, 1, 0)}
	sys.Services = append(sys.Services, app)
	sys.Jobs[0].Needs[0].Need.Ref = 1
	wants(t, "cut off", sys, 2000, model.Run{End: 700, Stops: 1, Done: 400, Waiting: 300})
}

// Late in a long run the clocks are coarse. The work done is still the work that was set out for: it does
// not fall short by what clocks round off, which would have to be done in pieces too short to move them.
func TestJobsLateInALongRun(t *testing.T) {
	sys := onOne(expLaw(1e15), fixedLaw(1), model.Job{Work: 1.7, Repeats: true, Checkpoint: model.Checkpoint{Every: 0.1, Takes: fixedLaw(1e6)}})
	late, saved := 0, 0.0
	for _, run := range runsOf(t, sys, Options{Horizon: 4e10, Seed: 1, Runs: 1}) {
		if run.Open {
			continue
		}
		late++
		if saved = math.Round(float64(run.Saving / 1e6)); saved != 16 {
			t.Fatalf("from %v on, 1.7 s of work took %v checkpoints, not 16", float64(run.Start), saved)
		}
	}
	if late < 2000 {
		t.Errorf("only %d runs", late)
	}
}
