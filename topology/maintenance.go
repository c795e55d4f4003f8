package topology

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// maintenance reads planned work (R43): what is worked on, when, for how long, and what becomes of services
// meanwhile.
func (b *builder) maintenance(items []*node) {
	for k, n := range items {
		m := b.d.mapping(n, "maintenance "+itoa(k+1), "operations.maintenance."+itoa(k+1))
		if len(m.layers) == 0 {
			continue
		}
		if name := m.text("what"); name != "" {
			m.where = "maintenance " + strconv.Quote(clip(name))
		}
		b.upkeep(m)
		m.done()
	}
}

func (b *builder) upkeep(m *mapping) {
	x := model.Maintenance{Name: m.text("what"), Service: model.None, At: m.origin.at()}
	if x.Name == "" {
		m.need("what", "give it a name, for example what: os-patch")
	}
	b.upkeepTargets(m, &x)
	if m.need("every", "write for example every: 30d") != nil {
		x.Every = m.law("every", steady, nil)
	}
	x.Aged = m.word("counts_from", []string{"calendar", "last-repair"}, "calendar") == "last-repair"
	b.window(m, &x.Window)
	b.upkeepWork(m, &x)
	x.Degraded = model.Degraded(slices.Index(model.DegradedWords(), m.word("when_degraded", model.DegradedWords(), "postpone")))
	x.Retry = m.durationAbove("retry_after", 15*model.Minute)
	if x.Every == nil || x.Name == "" || len(x.Targets) == 0 && x.Service == model.None {
		return
	}
	b.sys.Maintenance = append(b.sys.Maintenance, x)
}

// upkeepTargets reads what is worked on, or whose role is moved.
func (b *builder) upkeepTargets(m *mapping, x *model.Maintenance) {
	service, targets := m.get("service"), m.names("targets")
	switch {
	case service != nil && len(targets) > 0:
		b.d.fault(service, "keep one of them", "%s: either the targets or a service", m.where)
	case service == nil && len(targets) == 0:
		b.d.fault(m.origin, "write for example targets: all-nodes", "%s: what is worked on?", m.where)
	case service != nil:
		i, ok := b.serviceNamed(service, m.where)
		if !ok {
			return
		}
		if !m.has("takes") {
			x.Service = i
			if s := &b.sys.Services[i]; s.Policy != nil && (s.Policy.Style() == model.Shared || len(s.Members) < 2) {
				b.d.fault(service, "say how long it takes, if the replicas are worked on", "%s: %q has no role that could be moved to another replica", m.where, clip(service.text))
				x.Service = model.None
			}
			return
		}
		for _, member := range b.sys.Services[i].Members {
			x.Targets = append(x.Targets, member.Component)
		}
		x.Targets = distinct(x.Targets)
	default:
		for _, n := range targets {
			x.Targets = append(x.Targets, b.targetsNamed(n, m.where)...)
		}
		x.Targets = distinct(x.Targets)
	}
	b.room(&b.turns, len(x.Targets), mostMatched, m.origin, "targets of maintenance")
}

// targetsNamed lists components in the order of their turns: of what one word stands for, by name.
func (b *builder) targetsNamed(n *node, where string) []int32 {
	b.d.witness.read(n, formText)
	if n.text == "all-nodes" {
		var all []int32
		for i := range b.sys.Components {
			if b.sys.Components[i].Kind == model.KindNode {
				all = append(all, int32(i))
			}
		}
		b.inNameOrder(all)
		return all
	}
	found := b.anything(n, where)
	if strings.ContainsAny(n.text, "*?[") {
		b.inNameOrder(found)
	}
	return found
}

func (b *builder) inNameOrder(list []int32) {
	slices.SortFunc(list, func(i, k int32) int {
		return strings.Compare(b.sys.Components[i].Name, b.sys.Components[k].Name)
	})
}

// upkeepWork reads what the work does, and how it may go wrong.
func (b *builder) upkeepWork(m *mapping, x *model.Maintenance) {
	x.AtOnce, x.Drain = 1, true
	x.Interruption = m.law("interruption", steady, quantiles(6, 20))
	if x.Finds = m.flag("finds_hidden_faults"); x.Finds {
		m.set("finds_hidden_faults", "true", m.get("finds_hidden_faults"))
	}
	if x.Service != model.None {
		return
	}
	b.d.witness.words(m.get("rolling"), []string{"all"})
	if v := m.get("rolling"); v != nil && v.text == "all" {
		x.AtOnce = max(1, len(x.Targets))
		m.set("rolling", "all", v)
	} else {
		x.AtOnce = m.count("rolling", 1, 100_000, 1)
	}
	x.Pause = m.duration("pause", model.Minute)
	if m.has("takes") {
		x.Takes = m.law("takes", steady, nil)
	} else if !x.Finds {
		m.need("takes", "write for example takes: 20m")
	}
	if m.has("drain") {
		x.Drain = m.flag("drain")
	}
	m.set("drain", map[bool]string{true: "true", false: "false"}[x.Drain], m.get("drain"))
	if x.Renews = m.flag("renews"); x.Renews {
		m.set("renews", "true", m.get("renews"))
	}
	if m.has("failure_probability") {
		x.Wrong = m.share("failure_probability", 0)
		x.Overrun = m.law("overrun", steady, quantiles(model.Hour, 4*model.Hour))
	}
	if x.Takes != nil && x.Takes.Mean() == 0 {
		x.Takes = nil
	}
}

// window reads a part of the week, such as "Sun 02:00-06:00" or "Fri-Sat 22:00-04:00"; of one that ends
// before it begins, the end lies in the next day.
func (b *builder) window(m *mapping, w *model.Window) {
	v := m.get("window")
	b.d.witness.read(v, formWindow)
	if v == nil {
		m.set("window", "always", nil)
		return
	}
	days, hours, ok := strings.Cut(v.text, " ")
	ok = ok && v.kind == scalarNode
	if ok {
		w.Days, ok = parseDays(days)
	}
	from, to, isRange := strings.Cut(strings.TrimSpace(hours), "-")
	var good, fine bool
	w.From, good = parseClock(from)
	w.To, fine = parseClock(to)
	if w.To <= w.From {
		w.To += model.Day
	}
	if !ok || !isRange || !good || !fine || w.From == model.Day {
		b.d.fault(v, `write for example "Sun 02:00-06:00"`, "%s: cannot read %q", m.label("window"), clip(v.text))
		*w = model.Window{}
		return
	}
	m.set("window", v.text, v)
}

// hiddenMode marks faults that nobody finds but who looks for them.
func (m *mapping) hiddenMode(modes []model.Mode, kind model.FaultMode) {
	if !m.flag("hidden") {
		return
	}
	m.set("hidden", "true", m.get("hidden"))
	for k := range modes {
		if modes[k].Kind == kind {
			modes[k].Hidden = true
		}
	}
}
