package topology

import (
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// standbyHealth reads how standbys go bad unnoticed, and what finds out (R16).
func (b *builder) standbyHealth(s *service) {
	m := s.m.sub("standby_health", s.m.where+": standby_health")
	if m == nil {
		return
	}
	rot := &s.s.Rot
	if m.need("latent_fault_rate", "write for example latent_fault_rate: 0.5/y") != nil {
		if rot.Life = m.lifeLaw("latent_fault_rate", nil); rot.Life == never {
			rot.Life = nil
		}
	}
	rot.Seen = m.share("seen_by_monitoring", 0)
	rot.Repair = m.law("repair", steady, quantiles(model.Hour, 8*model.Hour))
	if m.has("drill_every") {
		rot.DrillEvery = m.durationAbove("drill_every", 90*model.Day)
	}
	m.done()
}

// otherStandby refuses what belongs to a standby of another temperature, and says what this one has.
func (m *mapping) otherStandby(t policies.Temperature) {
	has := map[policies.Temperature][]string{
		policies.Hot:  {"promote"},
		policies.Warm: {"start", "catch_up", "promote", "dormancy"},
		policies.Cold: {"provision", "boot", "configure", "dormancy", "start_failure"},
	}
	for _, other := range []policies.Temperature{policies.Hot, policies.Warm, policies.Cold} {
		for _, key := range has[other] {
			if !contains(has[t], key) && m.own(key) {
				m.d.fault(m.keyNode(key, m.origin), "it has "+strings.Join(has[t], ", "), "%s: a %v standby has no %q", m.where, t, key)
			}
		}
	}
}

// failback reads whether a service goes back to its first replica (R20).
func (b *builder) failback(s *service, p *policies.ActivePassive) {
	m, short := s.m.scalarOr("failback")
	modes := []string{"none", "automatic"}
	mode := "none"
	switch {
	case short != nil:
		mode, _ = b.d.oneOf(short, m.where, modes)
	case len(m.layers) > 0:
		mode = m.word("mode", modes, "automatic")
	}
	if s.s.Failback = mode == "automatic"; s.s.Failback {
		m.set("mode", mode, short)
		s.s.FailbackAfter = m.duration("after", 0)
		p.Switchover = m.law("interruption", steady, quantiles(6, 20))
	}
	m.done()
}

// holdDown reads when a machine no longer decides by itself (R19).
func (b *builder) holdDown(h *model.HoldDown, f *mapping) {
	h.Between = f.duration("min_time_between_failovers", h.Between)
	v := f.get("max_failovers")
	b.d.witness.read(v, formTimes)
	if v == nil {
		return
	}
	count, per, found := strings.Cut(v.text, "/")
	n, bad := strconv.Atoi(count)
	window, wrong := model.ParseSeconds("1" + per)
	if v.kind != scalarNode || !found || bad != nil || wrong != nil || n < 1 || n > 1000 || !(window > 0) {
		b.d.fault(v, "write for example max_failovers: 3/h", "%s: %q is not a number of failovers in a time", f.label("max_failovers"), clip(v.text))
		return
	}
	h.Most, h.Window = n, window
}

// standbyReads reads whether standbys answer reads: never, while the primary does not, or a share of them all the
// time too.
func (b *builder) standbyReads(s *service) {
	v := s.m.get("standby_reads")
	b.d.witness.words(v, []string{"true", "false"})
	switch {
	case v == nil:
		return
	case v.kind == scalarNode && !strings.ContainsAny(v.text, "0123456789"):
		if v.text != "true" && v.text != "false" {
			b.d.fault(v, "write true, false, or a share such as 60%", "%s: unknown word %q", s.m.label("standby_reads"), clip(v.text))
			return
		}
		if !s.m.flag("standby_reads") {
			return
		}
	default:
		share, ok := b.d.share(v, s.m.label("standby_reads"))
		if !ok {
			return
		}
		s.s.StandbyShare = share
		s.m.set("standby_reads", percent(share), v)
	}
	if s.s.StandbyReads = s.s.Store != nil && (s.s.Policy == nil || s.s.Policy.Style() == model.Primary); !s.s.StandbyReads {
		b.d.fault(v, "", "%s: only an active-passive service with data has standbys that can answer reads", s.m.where)
		s.s.StandbyShare = 0
	}
}
