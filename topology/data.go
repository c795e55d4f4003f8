package topology

import (
	"math"
	"strings"

	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// data reads a store (SEMANTICS 4.1).
func (b *builder) data(s *service) *model.Store {
	m := s.m.sub("data", s.m.where+": data")
	if m == nil {
		return nil
	}
	st := &model.Store{WriteRate: m.perSecond("write_rate")}
	m.ignore("description")
	size, growth := m.bytes("size"), m.bytesPerSecond("growth", 0)
	s.growth = growth
	st.LowValue = m.word("loss_tolerance", []string{"normal", "low-value"}, "normal") == "low-value"
	b.durability(m, st)
	b.replication(s, m, st, size, growth)
	b.reconciliation(s, m, st)
	b.salvage(s, m, st)
	b.backups(m, st, size, growth)
	b.delayed(m, st)
	b.flashback(m, st)
	b.corruption(m, st)
	b.producers(m, st)
	m.later("peak")
	m.done()
	return st
}

// writeBack is how long an operating system keeps writes before the disk has them: on Linux what is older
// than vm.dirty_expire_centisecs, 30 s.
const writeBack = 30 * model.Second

func (b *builder) durability(m *mapping, st *model.Store) {
	v := m.get("durability")
	if v == nil {
		m.set("durability", "flush", nil)
		return
	}
	s, ok := b.d.single(v, m.label("durability"))
	if !ok {
		return
	}
	b.d.witness.read(v, formEvery)
	if every, found := strings.CutPrefix(s, "every "); found {
		st.Durability = model.Periodic
		part := *v
		part.text = strings.TrimSpace(every)
		if st.FlushEvery, ok = b.d.duration(&part, m.label("durability")); ok && st.FlushEvery <= 0 {
			b.d.fault(v, "write flush", "%s: every must be longer than zero", m.label("durability"))
		}
	} else {
		w, _ := b.d.oneOf(v, m.label("durability"), []string{"flush", "os-cache", "every 1s", "none"})
		st.Durability = map[string]model.Durability{"os-cache": model.OSCache, "none": model.InMemory}[w]
		if st.Durability == model.OSCache {
			st.FlushEvery = writeBack
			s += ", every " + writeBack.String()
		}
	}
	m.set("durability", s, v)
}

func (b *builder) replication(s *service, m *mapping, st *model.Store, size, growth float64) {
	r, short := m.scalarOr("replication")
	if p, ok := s.s.Policy.(policies.Leaderless); ok {
		if short != nil {
			b.d.fault(short, "leave it out", "%s: the copies of a leaderless store all take writes, in no mode", r.where)
		}
		b.scattered(s, r, m, st, size, p.Replicas)
		return
	}
	m.misplaced("a store with a leader, or of which every replica has all,", "shards")
	r.misplaced("a store with a leader, or of which every replica has all,", "hints", "repair_every")
	quorum := s.s.Policy != nil && s.s.Policy.Style() == model.Majority
	word := "async"
	if quorum {
		word = "quorum"
	}
	if short != nil {
		r.layers = nil
		r.set("mode", short.text, short)
		word = b.replicationMode(r, short, word)
	} else if r.preset("", "replication"); r.get("mode") != nil {
		v := r.get("mode")
		r.set("mode", v.text, v)
		word = b.replicationMode(r, v, word)
	} else if len(s.hosts) > 1 {
		r.set("mode", word, nil)
	}
	for i, w := range model.ReplicationWords() {
		if w == word {
			st.Mode = model.ReplicationMode(i)
		}
	}
	if quorum && st.Mode != model.QuorumSync && st.Mode != model.Unreplicated {
		b.d.fault(r.origin, "leave the mode out", "%s: a quorum acknowledges what a majority has, not by %q", r.where, word)
		st.Mode = model.QuorumSync
	}
	if st.Mode == model.Sync || st.Mode == model.SyncFallback || st.Mode == model.SemiSync {
		most := max(1, len(s.hosts)-1)
		st.Acks = r.count("acks", 1, most, 1)
		if len(s.hosts) == 1 {
			b.d.fault(r.origin, "", "%s: there is no replica that could acknowledge", r.where)
		}
	} else {
		r.ignore("acks")
	}
	if st.Mode != model.Unreplicated && (len(s.hosts) > 1 || r.has("lag")) {
		st.Lag = r.law("lag", steady, quantiles(0.02, 0.4))
	}
	switch st.Mode {
	case model.SyncFallback:
		st.FallbackAfter = r.law("fallback_after", steady, failures.Uniform(0, 10))
	case model.SemiSync:
		st.FallbackAfter = r.law("fallback_after", steady, failures.Fixed(10))
	}
	if quorum && st.Mode == model.QuorumSync && r.word("majority_lost", []string{"human", "wait"}, "human") == "human" {
		st.Forced = &b.onCall
	}
	b.rebuild(r, st, size)
	if len(s.hosts) > 1 && st.Mode != model.Unreplicated {
		b.lagging(r, st, growth)
		b.chain(s, r, st)
		st.Growth = growth
	} else {
		r.ignore("lag_under_load", "bandwidth", "feeds_from")
	}
	if len(s.hosts) > 1 && st.Mode != model.Unreplicated && s.s.Policy != nil && s.s.Policy.Style() == model.Shared {
		st.Conflicts = r.share("conflict_share", 0.01)
	}
	r.done()
}

// mostKept is how many copies of an item the books of who has it are kept for.
const mostKept = 10

// scattered reads of the data of a leaderless store: its copies follow from the service.
func (b *builder) scattered(s *service, r, m *mapping, st *model.Store, size float64, copies int) {
	if v := r.get("mode"); v != nil {
		b.d.fault(v, "leave the mode out", "%s: copies, read and write of the service say it", r.label("mode"))
	}
	b.shards(s, m, st, size, copies)
	if copies > mostKept && st.Shards == nil {
		b.d.fault(m.origin, "", "%s: what is lost is only known of up to %d copies", m.where, mostKept)
	}
	if m.has("backups") {
		b.d.fault(m.place("backups"), "", "%s: backups of a leaderless store are not supported yet", m.where)
	}
	if st.Shards != nil {
		r.ignore("rebuild", "conflict_share", "hints", "repair_every")
	} else {
		b.rebuild(r, st, size)
		st.Conflicts = r.share("conflict_share", 0.01)
		b.hints(r, st)
	}
	r.done()
}

func (b *builder) replicationMode(r *mapping, v *node, byDefault string) string {
	if w, ok := b.d.oneOf(v, r.label("mode"), model.ReplicationWords()); ok {
		return w
	}
	return byDefault
}

// lagging reads how copies fall behind and catch up (R31).
func (b *builder) lagging(r *mapping, st *model.Store, growth float64) {
	if v := r.get("lag_under_load"); v != nil {
		text, ok := b.d.single(v, r.label("lag_under_load"))
		x, err := number(strings.TrimSuffix(strings.TrimSpace(text), "x"))
		switch {
		case !ok:
		case err != nil || !(x >= 1) || x > 1e6:
			b.d.fault(v, "write for example 3x", "%s: cannot read %q as how many times as long", r.label("lag_under_load"), clip(text))
		default:
			st.LagUnderLoad = x
			r.set("lag_under_load", text, v)
		}
	}
	rate := r.bytesPerSecond("bandwidth", math.Inf(1))
	switch {
	case math.IsInf(rate, 1):
	case growth == 0:
		b.d.fault(r.place("bandwidth"), `write for example growth: 300MiB/h, beside "replication"`, "%s: how much is written is missing", r.label("bandwidth"))
	default:
		st.TakesIn = rate / growth
	}
}
