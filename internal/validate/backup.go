package main

import (
	"encoding/json"
	"math"
	"math/rand/v2"

	"github.com/ftsim/ftsim/model"
)

// saved is how data is backed up, and how long it takes to bring it back after a failure, which destroys it.
type saved struct {
	backups   model.Backups
	restored  bool               // how long that takes is said
	detection model.Distribution // nil = at once
	duration  model.Distribution
}

func (d *design) backupNow() *saved {
	if d.saved == nil {
		d.saved = &saved{backups: model.Backups{RestoreRate: math.Inf(1), ReplayRate: math.Inf(1), Repository: model.None}}
	}
	return d.saved
}

// backup reads the schedule of backups.
func (d *design) backup(raw json.RawMessage) error {
	f, err := objectOf("backup", raw, "interval", "duration", "unit", "consistent_at", "clock", "failure_probability")
	if err != nil {
		return err
	}
	unit, err := f.unit(d.unit)
	if err != nil {
		return err
	}
	every, err := f.number("backup", "interval", 0)
	if err != nil {
		return err
	}
	takes, err := f.number("backup", "duration", 0)
	if err != nil {
		return err
	}
	b := &d.backupNow().backups
	if b.CopyFails, err = f.number("backup", "failure_probability", 0); err != nil {
		return err
	}
	if !(every > 0 && takes >= 0 && b.CopyFails >= 0 && b.CopyFails < 1) {
		return unsupported("a backup with an interval, a duration or a probability that cannot be")
	}
	b.Full = model.Schedule{Every: model.Seconds(every) * unit, Takes: model.Seconds(takes) * unit}
	if at := f.text("consistent_at"); f.has("consistent_at") && at != "start" {
		return unsupported("backup, consistent_at: %s", clip(f["consistent_at"]))
	}
	switch clock := f.text("clock"); {
	case clock == "restarts at each restore":
		b.SinceRestore = true
	case f.has("clock") && clock != "calendar":
		return unsupported("backup, clock: %s", clip(f["clock"]))
	}
	return nil
}

// restore reads how long it takes to bring data back.
func (d *design) restore(raw json.RawMessage) error {
	if !d.written.Policy.has("backup") {
		return unsupported("there is no backup that could be restored")
	}
	f, err := objectOf("restore", raw, "detection", "duration")
	if err != nil {
		return err
	}
	s := d.backupNow()
	s.restored = true
	if f.has("detection") {
		if s.detection, err = parseLaw("restore, detection", f["detection"], d.unit); err != nil {
			return err
		}
	}
	if f.has("duration") {
		s.duration, err = parseLaw("restore, duration", f["duration"], d.unit)
	}
	return err
}

// finishBackup makes a failure destroy the data of the one component there is. A case speaks of failures in
// service, so the component is down until its data is back.
func (d *design) finishBackup() error {
	s := d.saved
	if s == nil {
		return nil
	}
	if len(d.parts) != 1 || d.parts[0].life == nil || d.store != nil || d.fresh != nil || len(d.positions) > 0 {
		return unsupported("backups of something other than one component")
	}
	p := &d.parts[0]
	switch {
	case !s.restored && p.repair == nil:
		if k := d.asked.kind; k != loss {
			return unsupported("how long it takes to restore data is not said")
		}
		p.repair = fixedAtOnce
	case s.restored && p.repair != nil:
		return unsupported("whether a repair comes before a restoration is not said")
	case s.restored:
		p.repair = sumOf(s.detection, s.duration)
	}
	p.media = true
	d.store = &model.Store{Mode: model.Async, Backups: &s.backups}
	return nil
}

// sumOf is the law of one thing after another.
func sumOf(first, second model.Distribution) model.Distribution {
	if first == nil || second == nil {
		return orNow(or(first, second))
	}
	return sum{first, second}
}

func or(first, second model.Distribution) model.Distribution {
	if first == nil {
		return second
	}
	return first
}

type sum struct{ first, second model.Distribution }

func (s sum) Sample(r *rand.Rand) model.Seconds { return s.first.Sample(r) + s.second.Sample(r) }
func (s sum) Mean() model.Seconds               { return s.first.Mean() + s.second.Mean() }
func (s sum) String() string                    { return s.first.String() + " and then " + s.second.String() }

// Survival integrates over the quantiles of the first.
func (s sum) Survival(t model.Seconds) float64 {
	const cells = 400
	q, ok := s.first.(model.Quantiler)
	if !ok {
		return math.NaN()
	}
	total := 0.0
	for i := range cells {
		total += s.second.Survival(t - q.Quantile((float64(i)+0.5)/cells))
	}
	return total / cells
}
