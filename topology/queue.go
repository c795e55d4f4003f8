package topology

import (
	"github.com/ftsim/ftsim/model"
)

// producers reads who writes messages into a store that is a queue.
func (b *builder) producers(m *mapping, st *model.Store) {
	k := m.sub("producers", m.where+": producers")
	if k == nil || len(k.layers) == 0 {
		return
	}
	waits := st.Mode != model.Async && st.Mode != model.Unreplicated
	usual := "1"
	if waits {
		usual = "all"
	}
	acks := k.word("acks", []string{"0", "1", "all"}, usual)
	switch {
	case acks == "all" && !waits:
		b.d.fault(k.place("acks"), "write for example replication: {mode: sync}", "%s: nobody waits for other copies than the primary's", k.where)
	case acks != "all" && waits:
		b.d.fault(k.place("acks"), "write replication: {mode: async}, or acks: all", "%s: messages are acknowledged when copies have them", k.where)
	}
	p := &model.Producers{Blind: acks == "0"}
	if p.Blind {
		k.ignore("retry_for", "buffer", "idempotent", "answer_time")
	} else {
		p.RetryFor = k.duration("retry_for", 2*model.Minute)
		if k.has("buffer") && st.WriteRate > 0 {
			p.RetryFor = min(p.RetryFor, model.Seconds(float64(k.count("buffer", 1, 1<<40, 0))/st.WriteRate))
		}
		p.Idempotent = k.word("idempotent", []string{"true", "false"}, "true") == "true"
		p.AnswerTime = k.duration("answer_time", 0.005)
	}
	if st.WriteRate == 0 {
		b.d.fault(m.origin, "write for example write_rate: 500 tx/s", "%s: how many messages there are is missing", k.where)
		p = nil
	}
	k.done()
	st.Producers = p
}
