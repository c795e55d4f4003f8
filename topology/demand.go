package topology

import (
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
)

// peak reads the part of every day in which there are more requests than usual.
func (b *builder) peak(m *mapping) {
	v := m.get("peak")
	hours := m.get("peak_hours")
	b.d.witness.read(hours, formHours)
	switch {
	case v == nil && hours == nil:
		return
	case v == nil || hours == nil:
		b.d.fault(m.origin, `write for example {base: 350 req/s, peak: 750 req/s, peak_hours: "09:00-22:00"}`,
			"%s: peak and peak_hours belong together", m.where)
		return
	case b.sys.Rate == 0:
		b.d.fault(m.origin, "a quiet base is still a few requests", "%s: beside a peak, base must be above 0", m.where)
		return
	}
	peak := model.Peak{Rate: m.perSecond("peak")}
	from, to, ok := parseHoursOverMidnight(hours.text)
	if !ok || hours.kind != scalarNode {
		b.d.fault(hours, `write for example "09:00-22:00", in quotes`, "%s: cannot read %q", m.label("peak_hours"), clip(hours.text))
		return
	}
	m.set("peak_hours", hours.text, hours)
	if peak.From, peak.To = from, to; peak.Rate <= 0 {
		b.d.fault(v, "", "%s must be above 0", m.label("peak"))
		return
	}
	b.sys.Peak = peak
}

// parseHoursOverMidnight reads "09:00-22:00", or "22:00-06:00" for hours that end on the next day.
func parseHoursOverMidnight(text string) (from, to model.Seconds, ok bool) {
	a, z, isRange := strings.Cut(strings.TrimSpace(text), "-")
	from, good := parseClock(a)
	to, fine := parseClock(z)
	if to <= from {
		to += model.Day
	}
	return from, to, isRange && good && fine && from < model.Day && to-from < model.Day
}

// collapse reads how much load replicas stand, and what becomes of them beyond it (R24).
func (b *builder) collapse(s *service, m *mapping) {
	human := b.onCall
	s.s.Collapse = &model.Collapse{
		Above: b.atLeastWhole(m, "collapse_above", 1.3),
		After: m.duration("collapse_after", model.Minute),
		Step:  m.law("replica_fails_after", random, failures.Exponential(2*model.Minute)),
		Retry: m.factor("retry_factor", 1),
		Human: &human,
	}
	if s.s.PerReplica == 0 {
		b.d.fault(m.place("overload"), "write for example per_replica: 350 req/s", "%s: how much can a replica serve?", m.where)
	}
}

// atLeastWhole is factor for a utilisation that is no overload below the whole.
func (b *builder) atLeastWhole(m *mapping, key string, byDefault float64) float64 {
	x := m.factor(key, byDefault)
	if x < 1 {
		b.d.fault(m.place(key), "write for example 130%", "%s must be at least 100%%", m.label(key))
		return byDefault
	}
	return x
}

// factor reads what may be more than the whole: 130%, 1.3 or 1.3x.
func (m *mapping) factor(key string, byDefault float64) float64 {
	v := m.get(key)
	if v == nil {
		m.set(key, strconv.FormatFloat(byDefault, 'f', -1, 64), nil)
		return byDefault
	}
	m.d.witness.read(v, formFactor)
	text, ok := m.d.single(v, m.label(key))
	if !ok {
		return byDefault
	}
	t, isPercent := strings.CutSuffix(strings.TrimSpace(text), "%")
	if !isPercent {
		t = strings.TrimSuffix(t, "x")
	}
	x, err := portion(t, isPercent)
	if err != nil {
		m.d.fault(v, "write for example 130%, 1.3 or 1.3x", "%s: %v", m.label(key), err)
		return byDefault
	}
	m.set(key, text, v)
	return x
}
