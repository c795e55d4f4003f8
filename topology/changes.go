package topology

import (
	"math"

	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
)

// changes reads how often somebody changes a service, and how often that goes wrong. A bad change takes
// down whatever it was rolled out to until it is rolled back; one that is caught in the canary, only that.
func (b *builder) changes(top *mapping) {
	v := top.get("changes")
	b.sys.Changes = v != nil
	seen := map[string]bool{}
	for k, n := range top.list("changes") {
		m := b.d.mapping(n, "change "+itoa(k+1), "changes."+itoa(k+1))
		if len(m.layers) == 0 {
			continue
		}
		b.change(m, seen)
		m.done()
	}
}

func (b *builder) change(m *mapping, seen map[string]bool) {
	name := m.need("service", "which service is changed?")
	var life model.Distribution
	if m.need("rate", "write for example rate: 50/y") != nil {
		life = m.lifeLaw("rate", nil)
	}
	fails := m.share("failure_probability", 0.01)
	rollback := m.law("rollback", steady, quantiles(10*model.Minute, model.Hour))
	canary, bake := b.rollout(m)
	caught := 0.0
	if m.has("caught_in_canary") {
		if caught = m.share("caught_in_canary", 0); canary == 0 {
			b.d.fault(m.place("caught_in_canary"), "write for example rollout: {canary: 25%, bake: 20m}", "%s: there is no canary", m.where)
		}
	}
	damage := m.share("data_damaging_share", 0)
	if name == nil || life == nil || life == never || fails == 0 {
		return
	}
	i, ok := b.serviceNamed(name, m.where)
	if !ok {
		return
	}
	if seen[name.text] {
		b.d.fault(name, "add the rates up", "%s: the changes of %q are declared already", m.where, clip(name.text))
		return
	}
	seen[name.text] = true
	var all []int32
	for _, member := range b.sys.Services[i].Members {
		all = append(all, member.Component)
	}
	one := model.CommonCause{Mode: model.Crash, Probability: 1, At: m.origin.at(), Spoils: damage}
	if damage > 0 && !b.spoilable(i) {
		b.d.fault(m.place("data_damaging_share"), `give it a "data" block`, "%s: %q has no data", m.where, clip(name.text))
	}
	if rate := fails * (1 - caught); rate > 0 {
		one.Name, one.Victims, one.Repair = name.text+"/bad change", all, rollback
		one.Life = failures.Exponential(life.Mean() / model.Seconds(rate))
		b.sys.Causes = append(b.sys.Causes, one)
	}
	if rate := fails * caught; rate > 0 {
		first := min(max(1, int(math.Round(canary*float64(len(all))))), len(all))
		one.Name, one.Victims, one.Repair = name.text+"/bad change in canary", all[:first:first], failures.Fixed(bake)
		one.Life = failures.Exponential(life.Mean() / model.Seconds(rate))
		b.sys.Causes = append(b.sys.Causes, one)
	}
}

// rollout reads what part of the replicas a change reaches first, and for how long only that.
func (b *builder) rollout(m *mapping) (canary float64, bake model.Seconds) {
	r, short := m.scalarOr("rollout")
	if short != nil || len(r.layers) == 0 {
		if short != nil {
			b.d.oneOf(short, r.where, []string{"all-at-once"})
		}
		r.set("", "all-at-once", short)
		return 0, 0
	}
	if r.need("canary", "write for example canary: 25%") != nil {
		canary = r.share("canary", 0.25)
	}
	bake = r.durationAbove("bake", 20*model.Minute)
	r.done()
	return canary, bake
}
