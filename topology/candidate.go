package topology

import (
	"strings"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// candidate reads which replica may be promoted (R15, R32). It comes after the data, whose growth turns a
// lag in bytes into one in time.
func (b *builder) candidate(s *service) {
	m := s.candidate
	if m == nil {
		return
	}
	defer m.done()
	rules := []string{"any", "last-known-sync"}
	st := s.s.Store
	if st == nil {
		b.d.fault(m.origin, `give it a "data" block`, "%s: without data, one replica is as good a candidate as another", m.where)
		m.ignore("must_be", "max_lag", "otherwise")
		return
	}
	inSync := st.Mode != model.Async && st.Mode != model.Unreplicated
	byDefault := "any"
	if st.Mode == model.SyncFallback {
		byDefault = "last-known-sync"
	}
	st.Candidates.MustBe = model.AnyCopy
	if m.word("must_be", rules, byDefault) == "last-known-sync" {
		st.Candidates.MustBe = model.LastKnownSync
		if !inSync {
			b.d.fault(m.place("must_be"), "bound what it may lack: max_lag: 10s", "%s: with %v replication, no replica is ever known to be in sync", m.where, st.Mode)
		}
	}
	st.Candidates.MaxLag = b.maxLag(s, m)
	st.Candidates.ByHand = m.word("otherwise", []string{"wait", "manual"}, "wait") == "manual"
}

// maxLag is how much writing a candidate may lack: a time, or the size of the log of that time.
func (b *builder) maxLag(s *service, m *mapping) model.Seconds {
	v := m.get("max_lag")
	if v == nil {
		return 0
	}
	b.d.witness.read(v, formSize)
	if v.kind != scalarNode || !strings.HasSuffix(strings.TrimSpace(v.text), "B") {
		return m.durationAbove("max_lag", model.Minute)
	}
	size, ok := b.d.bytes(v, m.label("max_lag"), v.text)
	switch {
	case !ok:
		return 0
	case s.growth == 0:
		b.d.fault(v, "write for example growth: 300MiB/h under data, or max_lag: 10s", "%s: how long it takes to write that much of the log is not known", m.label("max_lag"))
		return 0
	case size == 0:
		b.d.fault(v, "write must_be: last-known-sync", "%s must be greater than zero", m.label("max_lag"))
		return 0
	}
	lag := model.Seconds(size / s.growth)
	m.set("max_lag", v.text+", which is "+lag.Round()+" of writing", v)
	return lag
}

// afterFailure reads who tries again after a failed promotion, and when.
func (b *builder) afterFailure(p *policies.ActivePassive, f *mapping) {
	byDefault := "manual"
	if f.has("retry_after") {
		p.RetryAfter = f.durationAbove("retry_after", 6*model.Minute)
		byDefault = "retry"
	}
	failed := f.word("if_failed", []string{"manual", "retry", "wait"}, byDefault)
	p.RetryAlone, p.GivesUp = failed == "retry", failed == "wait"
	switch {
	case p.RetryAlone || p.RetryAfter == 0:
	case !f.own("retry_after"):
		p.RetryAfter = 0
	default:
		b.d.fault(f.place("retry_after"), "write if_failed: retry, or leave one of them out", "%s: with if_failed: %s, nothing is tried again by itself", f.label("retry_after"), failed)
	}
}
