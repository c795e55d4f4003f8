package main

import (
	"encoding/json"
	"regexp"
	"strconv"

	"github.com/ftsim/ftsim/model"
)

// work is a job as a structure describes it, and how it saves what it has done.
type work struct {
	length, every model.Seconds
	takes         model.Distribution
	atEnd         bool
	sheltered     bool               // nothing fails while the machine restarts
	restart       model.Distribution // after the machine is back; nil = at once
}

// readJob reads how much there is to do.
func (d *design) readJob(raw json.RawMessage) error {
	f, err := objectOf("job", raw, "work", "unit")
	if err != nil {
		return err
	}
	unit, err := f.unit(d.unit)
	if err != nil {
		return err
	}
	x, err := f.number("job", "work", 0)
	if err != nil || !(x > 0) {
		return unsupported("a job without work")
	}
	d.jobNow().length = model.Seconds(x) * unit
	return nil
}

func (d *design) jobNow() *work {
	if d.job == nil {
		d.job = &work{}
	}
	return d.job
}

// unit is the unit of an object's bare numbers.
func (f fields) unit(byDefault model.Seconds) (model.Seconds, error) {
	if u := f.text("unit"); u != "" {
		return unitOf(u)
	}
	return byDefault, nil
}

var (
	noCheckpoint = regexp.MustCompile(`^"none(?:: work is lost at a failure and the job starts again when the host is back)?"$`)
	lastToo      = regexp.MustCompile(`the last (?:segment|one) too`)
	notLast      = regexp.MustCompile(`none at the end`)
	ruleWords    = regexp.MustCompile(`^a (?:dump|checkpoint)\b[^;]*(?:; (?:none at the end of the job|restart time \S+ \S+ after each failure, (?:not )?exposed to failures))?$`)
	sheltered    = regexp.MustCompile(`, not exposed to failures$`)
)

// checkpoint reads how often work is saved.
func (d *design) checkpoint(raw json.RawMessage) error {
	if noCheckpoint.Match(raw) {
		return nil
	}
	f, err := objectOf("checkpoint", raw, "interval", "duration", "unit", "rule")
	if err != nil {
		return err
	}
	unit, err := f.unit(d.unit)
	if err != nil {
		return err
	}
	every, err := f.number("checkpoint", "interval", 0)
	if err != nil || !(every > 0) {
		return unsupported("checkpoints without an interval")
	}
	j := d.jobNow()
	j.every = model.Seconds(every) * unit
	if f.has("duration") {
		if j.takes, err = parseLaw("checkpoint, duration", f["duration"], unit); err != nil {
			return err
		}
	}
	rule := f.text("rule")
	if rule != "" && !ruleWords.MatchString(rule) || lastToo.MatchString(rule) && notLast.MatchString(rule) {
		return unsupported("checkpoint, rule: %s", clip(f["rule"]))
	}
	j.atEnd, j.sheltered = lastToo.MatchString(rule), sheltered.MatchString(rule)
	return nil
}

// restarts takes the repair of a component for the restart of the job that runs on it: the machine itself
// is back at once.
func (d *design) restarts() error {
	for _, f := range d.written.Components {
		if f.text("role") != "restart" {
			continue
		}
		names := d.instances[f.text("id")]
		if d.job == nil || len(names) != 1 || d.job.restart != nil {
			return unsupported("component %q restarts what?", f.text("id"))
		}
		if d.job.sheltered { // then it is a repair like any other
			continue
		}
		p := &d.parts[d.index[names[0]]]
		d.job.restart, p.repair = p.repair, fixedAtOnce
	}
	if d.job != nil && d.job.length == 0 {
		return unsupported("checkpoints of no job")
	}
	return nil
}

// ofJob tells whether a question is about a job.
func (q *question) ofJob() bool {
	switch q.kind {
	case jobTime, jobStops, jobLost, jobUnhurt, jobDoneBy:
		return true
	}
	return false
}

// addJob has the job run on what the system is up for.
func (a *assembly) addJob(need model.Need) {
	w := a.d.job
	a.sys.Jobs = []model.Job{{Name: "job", Needs: []model.Dependency{{Need: need}}, Threshold: 0.5, Work: w.length,
		Checkpoint: model.Checkpoint{Every: w.every, Takes: w.takes, AtEnd: w.atEnd}, Restart: w.restart}}
}

// takeJob adds what became of a job.
func (w *watch) takeJob(run *model.Run) {
	x := 0.0
	switch w.q.kind {
	case jobTime:
		x = float64(run.End - run.Start)
	case jobLost:
		x = float64(run.Lost + run.Spoilt)
	case jobStops:
		x = float64(run.Stops)
	case jobUnhurt:
		x = indicator(run.Stops == 0)
	case jobDoneBy:
		x = indicator(run.End-run.Start <= w.q.until)
	}
	w.sums.add(x, 1)
	if w.q.stat != "" && w.q.stat != "mean" {
		w.values = append(w.values, x)
	}
}

// downWords are explicit intervals in which something is down.
type downWords struct {
	From [][2]float64 `json:"down_from_to"`
}

// trace reads explicit down intervals, in order and apart.
func (p *part) trace(what string, raw json.RawMessage, unit model.Seconds) (bool, error) {
	var f fields
	if json.Unmarshal(raw, &f) != nil || f.text("dist") != "trace" {
		return false, nil
	}
	if err := f.only(what, "dist", "down_from_to", "unit", "note"); err != nil {
		return true, err
	}
	unit, err := f.unit(unit)
	var words downWords
	if err != nil || json.Unmarshal(raw, &words) != nil || len(words.From) == 0 {
		return true, unsupported("%s: a trace without intervals", what)
	}
	last := -1.0
	for _, x := range words.From {
		if !(x[0] > last && x[1] > x[0]) {
			return true, unsupported("%s: intervals of a trace that overlap", what)
		}
		last = x[1]
		p.down = append(p.down, [2]model.Seconds{model.Seconds(x[0]) * unit, model.Seconds(x[1]) * unit})
	}
	return true, nil
}

// traced tells whether some part follows a trace, so that there is no long run.
func (d *design) traced() bool {
	for i := range d.parts {
		if d.parts[i].down != nil {
			return true
		}
	}
	return false
}

// traces makes each down interval something that happens once.
func (a *assembly) traces() {
	for i := range a.d.parts {
		for k, x := range a.d.parts[i].down {
			a.sys.Causes = append(a.sys.Causes, model.CommonCause{
				Name: "down " + a.d.parts[i].name + " " + strconv.Itoa(k+1), Mode: model.OSCrash, Once: true,
				Life: orNow(fixedOrNil(x[0])), Repair: fixedOrNil(x[1] - x[0]), Victims: []int32{int32(i)}, Probability: 1})
		}
	}
}
