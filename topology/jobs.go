package topology

import (
	"strconv"

	"github.com/ftsim/ftsim/model"
)

// jobs reads what takes long enough to be interrupted.
func (b *builder) jobs(v *node) {
	b.d.each(v, "jobs", func(name, value *node) {
		m := b.d.mapping(value, "job "+strconv.Quote(clip(name.text)), "jobs."+clip(name.text))
		if value.kind == nullNode {
			m.origin = name
		}
		j := model.Job{Name: name.text, Needs: b.needs(m, "needs"), Threshold: b.threshold, Work: model.Never, At: name.at()}
		if len(j.Needs) == 0 && !m.has("needs") {
			b.d.fault(name, "name the service it runs on: needs: [batch]", "%s: what does it need?", m.where)
		}
		if m.has("work") {
			j.Work = m.durationAbove("work", model.Hour)
		} else {
			m.set("work", "without end", nil)
		}
		if v := m.get("counts_as_up_when"); v != nil {
			j.Threshold = b.upWhen(v, m.path)
		}
		b.checkpoint(m, &j)
		j.Restart = m.law("restart", steady, nil)
		j.Shielded = m.word("failures_strike", []string{"always", "work"}, "always") == "work"
		j.Repeats = m.has("repeats") && m.flag("repeats")
		if j.Repeats && !m.has("work") {
			b.d.fault(m.keyNode("repeats", m.origin), "give it work that ends, or leave out repeats", "%s: without work that ends there is nothing to repeat", m.where)
		}
		m.ignore("description")
		m.done()
		b.sys.Jobs = append(b.sys.Jobs, j)
	})
}

// checkpoint reads how a job saves its work.
func (b *builder) checkpoint(m *mapping, j *model.Job) {
	c := m.sub("checkpoint", m.where+": checkpoint")
	if c == nil {
		m.set("checkpoint", "none", nil)
		if !m.has("work") {
			b.d.fault(m.origin, "write for example checkpoint: {every: 10m}, or work: 5h", "%s: without end and without checkpoints nothing of it is ever safe", m.where)
		}
		return
	}
	if c.need("every", "write for example every: 10m") != nil {
		j.Checkpoint.Every = c.durationAbove("every", model.Hour)
	}
	j.Checkpoint.Takes = c.law("takes", steady, nil)
	j.Checkpoint.AtEnd = c.has("at_end") && c.flag("at_end")
	c.done()
}
