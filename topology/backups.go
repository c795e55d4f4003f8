package topology

import (
	"math"
	"strings"

	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
)

// backups reads to which points in time a store can be brought back (R35–R37).
func (b *builder) backups(m *mapping, st *model.Store, size, growth float64) {
	v := m.get("backups")
	b.d.witness.words(v, []string{"none"})
	if v == nil || v.kind == scalarNode && v.text == "none" {
		m.set("backups", "none", v)
		return
	}
	k := m.open("backups", v, m.where+": backups")
	if len(k.layers) == 0 {
		return
	}
	out := &model.Backups{Size: size, Growth: growth, Repository: model.None}
	st.Backups = out
	b.snapshots(k, out)
	if k.has("full") || out.Snapshots.Every == 0 {
		k.need("full", "write for example full: {every: 1d, takes: 2h}")
		out.Full = b.schedule(k, "full")
	}
	out.Differential, out.Incremental = b.schedule(k, "differential"), b.schedule(k, "incremental")
	if l := k.sub("log_archive", k.where+": log_archive"); l != nil {
		out.LogEvery, out.LogDelay = l.durationAbove("every", model.Minute), l.duration("delay", 0)
		l.done()
	}
	out.SinceRestore = k.word("clock", []string{"calendar", "since-restore"}, "calendar") == "since-restore"
	out.Retention = k.duration("retention", 0)
	out.CopyFails = k.share("copy_fails", 0)
	fails := 0.1
	if k.has("restore_test_every") {
		out.TestEvery = k.durationAbove("restore_test_every", 30*model.Day)
		fails = 0.02
	}
	if k.has("breaks_unnoticed") {
		if out.Breaks = k.lifeLaw("breaks_unnoticed", nil); out.Breaks == never {
			out.Breaks = nil
		}
	}
	out.RestoreFails = b.below(k, "restore_fails", fails)
	out.RestoreRate, out.ReplayRate = k.bytesPerSecond("restore_rate", math.Inf(1)), k.bytesPerSecond("replay_rate", math.Inf(1))
	out.Prepare = k.law("prepare", steady, failures.Fixed(0))
	if r := k.get("repository"); r != nil {
		if found := b.anything(r, k.where); len(found) == 1 {
			out.Repository = found[0]
		} else if len(found) > 1 {
			b.d.fault(r, "name one of them", "%s: %q is %d nodes", k.label("repository"), clip(r.text), len(found))
		}
	}
	ruined := 0.0
	if v := k.get("protected_from_operator"); v != nil {
		k.set("protected_from_operator", v.text, v)
		if !k.flag("protected_from_operator") {
			ruined = 0.1
		}
	}
	out.Ruined = k.share("ruined_by_errors", ruined)
	if size == 0 && !math.IsInf(out.RestoreRate, 1) {
		b.d.fault(k.place("restore_rate"), `write for example size: 600GiB, beside "backups"`, "%s: how much there is to restore is missing", k.where)
	}
	k.done()
}

// snapshots reads what each copy keeps on its own media.
func (b *builder) snapshots(k *mapping, out *model.Backups) {
	m := k.sub("snapshot", k.where+": snapshot")
	if m == nil || len(m.layers) == 0 {
		return
	}
	out.Snapshots = model.Snapshots{Every: m.durationAbove("every", model.Hour), Keep: m.duration("keep", 0),
		Rollback: m.law("rollback", steady, quantiles(5*model.Minute, 20*model.Minute))}
	m.done()
}

func (b *builder) schedule(m *mapping, key string) model.Schedule {
	s := m.sub(key, m.where+": "+key)
	if s == nil {
		return model.Schedule{}
	}
	out := model.Schedule{Every: s.durationAbove("every", model.Day), Takes: s.duration("takes", 0)}
	s.done()
	return out
}

// rebuild reads how a copy that has lost touch is made anew (R31).
func (b *builder) rebuild(r *mapping, st *model.Store, size float64) {
	m := r.sub("rebuild", r.where+": rebuild")
	if m == nil {
		return
	}
	rate := m.bytesPerSecond("full_copy_rate", math.Inf(1))
	out := &model.Rebuild{FullCopy: failures.Fixed(model.Seconds(size / rate)), RewindWorks: m.share("rewind_works", 0), Size: size}
	if m.has("full_copy_takes") {
		out.FullCopy = m.law("full_copy_takes", steady, nil)
	} else if size == 0 || math.IsInf(rate, 1) {
		b.d.fault(m.origin, "give size and full_copy_rate, or full_copy_takes", "%s: how long a full copy takes is missing", m.where)
	}
	if m.has("rewind") {
		out.Rewind = m.law("rewind", steady, nil)
		out.RewindWorks = m.share("rewind_works", 0.85)
	}
	m.done()
	if out.FullCopy != nil {
		st.Rebuild = out
	}
}

var byteUnits = []struct {
	name string
	size float64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}, {"PiB", 1 << 50},
	{"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"PB", 1e15}, {"B", 1},
	{"kbit", 1e3 / 8}, {"Mbit", 1e6 / 8}, {"Gbit", 1e9 / 8}, {"Tbit", 1e12 / 8}}

// bytes reads a size: 600GiB, 1.5TB.
func (m *mapping) bytes(key string) float64 {
	v := m.get(key)
	if v == nil {
		return 0
	}
	size, ok := m.d.bytes(v, m.label(key), v.text)
	if ok {
		m.set(key, v.text, v)
	}
	return size
}

func (d *decoder) bytes(v *node, where, text string) (float64, bool) {
	d.witness.read(v, formSize)
	if v.kind == scalarNode {
		for _, u := range byteUnits {
			if left, found := strings.CutSuffix(strings.TrimSpace(text), u.name); found {
				if x, err := number(strings.TrimSpace(left)); err == nil && x >= 0 && !math.IsInf(x, 1) {
					return x * u.size, true
				}
				break
			}
		}
	}
	d.fault(v, "write for example 600GiB", "%s: cannot read %q as a size", where, clip(v.text))
	return 0, false
}

// bytesPerSecond reads a rate: 150MiB/s, 300MiB/h.
func (m *mapping) bytesPerSecond(key string, byDefault float64) float64 {
	v := m.get(key)
	if v == nil {
		return byDefault
	}
	m.d.witness.read(v, formSizeRate)
	size, per, found := strings.Cut(v.text, "/")
	period, err := model.ParseSeconds("1" + strings.TrimSpace(per))
	if v.kind != scalarNode || !found || err != nil || !(period > 0) {
		m.d.fault(v, "write for example 150MiB/s", "%s: cannot read %q as a rate", m.label(key), clip(v.text))
		return byDefault
	}
	x, ok := m.d.bytes(v, m.label(key), size)
	if ok && x == 0 {
		m.d.fault(v, "", "%s must be greater than zero", m.label(key))
		ok = false
	}
	if !ok {
		return byDefault
	}
	m.set(key, v.text, v)
	return x / float64(period)
}
