package topology

import (
	"slices"
	"strings"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// operations reads what people and rules there are for all services (R18, R19).
func (b *builder) operations(top *mapping) {
	m := b.section(top, "operations")
	b.unseen = m.law("unseen_faults_reported_by_users", steady, quantiles(15*model.Minute, 2*model.Hour))
	b.onCall = policies.Human{
		Acknowledge: quantiles(3*model.Minute, 10*model.Minute),
		Diagnose:    quantiles(15*model.Minute, model.Hour),
		Act:         quantiles(5*model.Minute, 20*model.Minute),
	}
	if c := m.sub("on_call", "operations: on_call"); c != nil {
		b.people(c)
	}
	if f := m.sub("flapping", "operations: flapping"); f != nil {
		b.holdDown(&b.hold, f)
		f.done()
	}
	b.crews(m)
	b.spoil = m.get("operator_data_error")
	b.works = m.list("maintenance")
	b.spareParts(m)
	m.done()
}

// people reads who is on call: by day, by night, and how often they err.
func (b *builder) people(c *mapping) {
	h := &b.onCall
	if o := c.sub("office_hours", c.where+": office_hours"); o != nil {
		b.office(o)
		h.Acknowledge = o.law("acknowledge", steady, h.Acknowledge)
		o.done()
	}
	if o := c.sub("otherwise", c.where+": otherwise"); o != nil {
		h.Night = o.law("acknowledge", steady, quantiles(8*model.Minute, 40*model.Minute))
		o.done()
		if !b.sys.People.Office.Kept {
			b.d.fault(o.origin, `write for example office_hours: {when: "Mon-Fri 08:00-18:00"}`, "%s: otherwise than when?", c.where)
		}
	}
	h.Acknowledge = c.law("acknowledge", steady, h.Acknowledge)
	h.Diagnose = c.law("diagnose", steady, h.Diagnose)
	h.Act = c.law("act", steady, h.Act)
	h.Error = b.below(c, "error_probability", 0.03)
	if h.Error > 0 {
		h.Penalty = c.law("error_penalty", steady, quantiles(20*model.Minute, 2*model.Hour))
	}
	h.Missed = b.below(c, "missed_pages", 0.01)
	h.Escalate = c.duration("escalate_after", 15*model.Minute)
	b.sys.People.Staff = c.count("people", 1, 10_000, 1)
	c.ignore("error_penalty")
	h.Damage = c.share("data_damaging_share", 0)
	c.done()
}

// below reads a probability of something that must not always happen.
func (b *builder) below(m *mapping, key string, byDefault float64) float64 {
	p := m.share(key, byDefault)
	if p >= 1 {
		b.d.fault(m.place(key), "", "%s must be below 100%%", m.label(key))
		return 0
	}
	return p
}

var weekdays = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}

// office reads when people are at work: "Mon-Fri 08:00-18:00".
func (b *builder) office(m *mapping) {
	office := &b.sys.People.Office
	office.Kept, office.Days, office.From, office.To = true, [7]bool{true, true, true, true, true}, 8*model.Hour, 18*model.Hour
	v := m.get("when")
	b.d.witness.read(v, formWeek)
	if v == nil {
		return
	}
	days, hours, ok := strings.Cut(v.text, " ")
	ok = ok && v.kind == scalarNode
	if ok {
		office.Days, ok = parseDays(days)
	}
	if ok {
		office.From, office.To, ok = parseHours(hours)
	}
	if !ok {
		b.d.fault(v, `write for example "Mon-Fri 08:00-18:00"`, "%s: cannot read %q", m.label("when"), clip(v.text))
		return
	}
	m.set("when", v.text, v)
}

// parseDays reads "Mon-Fri" or "Sat".
func parseDays(text string) (days [7]bool, ok bool) {
	first, last, isRange := strings.Cut(text, "-")
	if !isRange {
		last = first
	}
	from, to := slices.Index(weekdays, first), slices.Index(weekdays, last)
	if from < 0 || to < 0 {
		return days, false
	}
	for d := from; ; d = (d + 1) % 7 {
		days[d] = true
		if d == to {
			return days, true
		}
	}
}

// parseHours reads "08:00-18:00"; the second must be later.
func parseHours(text string) (from, to model.Seconds, ok bool) {
	a, z, isRange := strings.Cut(strings.TrimSpace(text), "-")
	from, good := parseClock(a)
	to, fine := parseClock(z)
	return from, to, isRange && good && fine && from < to
}

// parseClock reads "08:00", up to "24:00".
func parseClock(text string) (model.Seconds, bool) {
	if len(text) != 5 || text[2] != ':' {
		return 0, false
	}
	for _, k := range []int{0, 1, 3, 4} {
		if text[k] < '0' || text[k] > '9' {
			return 0, false
		}
	}
	hours, minutes := int(text[0]-'0')*10+int(text[1]-'0'), int(text[3]-'0')*10+int(text[4]-'0')
	t := model.Seconds(hours)*model.Hour + model.Seconds(minutes)*model.Minute
	return t, minutes < 60 && t <= model.Day
}

// human is what people take: for a manual failover, and when an automatic one fails (R18).
func (b *builder) human(p *policies.ActivePassive, f *mapping) {
	p.Human = b.onCall
	h := f.block("human")
	if h.has("acknowledge") {
		p.Human.Night = nil
	}
	p.Human.Acknowledge = h.law("acknowledge", steady, p.Human.Acknowledge)
	p.Human.Diagnose = h.law("diagnose", steady, p.Human.Diagnose)
	p.Human.Act = h.law("act", steady, p.Human.Act)
	h.done()
}

// crews reads who repairs what: a number of crews for all hardware, or a list of crews and what they serve.
func (b *builder) crews(m *mapping) {
	v := m.get("repair_crews")
	switch {
	case v == nil:
	case v.kind == scalarNode:
		crew := model.Crew{Size: m.count("repair_crews", 1, 100_000, 1)}
		for i := range b.sys.Components {
			switch b.sys.Components[i].Kind {
			case model.KindNode, model.KindDevice, model.KindLink:
				crew.Serves = append(crew.Serves, int32(i))
			}
		}
		b.sys.Crews = append(b.sys.Crews, crew)
	default:
		b.eachCrew(m)
	}
}

func (b *builder) eachCrew(m *mapping) {
	served := b.set()
	for k, n := range m.list("repair_crews") {
		where := "operations: repair_crews: " + itoa(k+1)
		c := b.d.mapping(n, where, "operations.repair_crews."+itoa(k+1))
		if len(c.layers) == 0 {
			continue
		}
		crew := model.Crew{Size: c.count("crews", 1, 100_000, 1)}
		first := b.urgent(c)
		crew.Preempt = model.Preemption(max(0, slices.Index(preemptions, c.word("interrupts", preemptions, "never"))))
		hit := model.CommonCause{Probability: 0}
		b.victims(c, &hit)
		for _, i := range hit.Victims {
			if served(i) {
				b.d.fault(n, "", "%s: %q has a crew already", where, clip(b.sys.Components[i].Name))
				break
			}
			crew.Serves = append(crew.Serves, i)
		}
		b.rank(c, &crew, first)
		b.sys.Crews = append(b.sys.Crews, crew)
	}
}

var preemptions = []string{model.NoPreemption.String(), model.Resumed.String(), model.Restarted.String()}

// urgent is something that is repaired before what is less so.
type urgent struct {
	component int32
	urgency   int
	at        *node
}

// urgent reads what is repaired before all else; what stands first, before the rest of it.
func (b *builder) urgent(c *mapping) (list []urgent) {
	names := c.names("first")
	for k, n := range names {
		for _, i := range b.anything(n, c.where) {
			list = append(list, urgent{i, len(names) - k, n})
		}
	}
	return list
}

// rank notes how urgent each is that a crew serves.
func (b *builder) rank(c *mapping, crew *model.Crew, first []urgent) {
	if crew.Preempt != model.NoPreemption && !c.has("first") {
		b.d.fault(c.place("interrupts"), "name it: first: [NODE]", "%s: what is more urgent than the rest?", c.where)
	}
	if len(first) == 0 {
		return
	}
	crew.Urgency = make([]int, len(crew.Serves))
	for _, u := range first {
		k := slices.Index(crew.Serves, u.component)
		switch {
		case k < 0:
			b.d.fault(u.at, "", "%s: this crew does not repair %q", c.label("first"), clip(b.sys.Components[u.component].Name))
		case crew.Urgency[k] > 0:
			b.d.fault(u.at, "", "%s: %q is there twice", c.label("first"), clip(b.sys.Components[u.component].Name))
		}
		if k >= 0 {
			crew.Urgency[k] = u.urgency
		}
	}
}
