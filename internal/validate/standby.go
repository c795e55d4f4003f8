package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"

	"github.com/ftsim/ftsim/model"
)

// standby reads positions: each with its primary and spares, or a number of active and spare units of
// one sort.
func (d *design) standby(raw json.RawMessage) error {
	var list []fields
	if json.Unmarshal(raw, &list) != nil || len(list) == 0 {
		return unsupported("standby in words: %s", clip(raw))
	}
	for _, f := range list {
		if err := d.standbyEntry(f, len(list)); err != nil {
			return err
		}
	}
	d.findShared()
	return nil
}

func (d *design) standbyEntry(f fields, entries int) error {
	if err := f.only("standby", "position", "primary", "spares", "active", "dormant_factor", "switch_time",
		"coverage", "after_failed_switch"); err != nil {
		return err
	}
	p := position{name: f.text("position")}
	var err error
	if p.dormancy, err = f.number("standby", "dormant_factor", 1); err != nil {
		return err
	}
	if p.coverage, err = f.number("standby", "coverage", 1); err != nil {
		return err
	}
	if !(p.dormancy >= 0 && p.dormancy <= 1 && p.coverage >= 0 && p.coverage <= 1) {
		return unsupported("standby: a dormant factor or coverage outside 0 to 1")
	}
	if f.has("switch_time") {
		if p.activate, err = parseLaw("switch_time", f["switch_time"], d.unit); err != nil {
			return err
		}
	}
	if err := d.afterFailedSwitch(f, &p); err != nil {
		return err
	}
	if f.has("active") {
		return d.anonymous(f, p, entries)
	}
	return d.named(f, p)
}

const emptyWords = "position empty until a repaired unit fills it"

// afterFailedSwitch checks the one consequence of a failed switch that is known: nobody serves until a
// repair ends. Without repair that is for good. With three units and repair it is not said which repair.
func (d *design) afterFailedSwitch(f fields, p *position) error {
	if f.has("after_failed_switch") && f.text("after_failed_switch") != emptyWords {
		return unsupported("after_failed_switch: %s", clip(f["after_failed_switch"]))
	}
	if p.coverage < 1 && !d.noRepair && d.written.Policy.text("repair") != "none" && len(d.parts) != 2 {
		return unsupported("a failed switch of more than two units with repair")
	}
	if p.coverage < 1 && d.written.Policy.text("repair") != "none" && !f.has("after_failed_switch") {
		return unsupported("what follows a failed switch is not said")
	}
	return nil
}

// named is a position with a primary and spares by name.
func (d *design) named(f fields, p position) error {
	spares, err := d.spareNames(f["spares"])
	if err != nil {
		return err
	}
	primary := f.text("primary")
	if d.instances[primary] == nil {
		if _, err := d.subsystem(primary); err != nil {
			return err
		}
	}
	if p.members, err = d.names(append([]string{primary}, spares...)); err != nil {
		return err
	}
	if p.name == "" {
		p.name = "position of " + primary
	}
	if d.index[p.name] > 0 || d.position(p.name) != nil {
		return unsupported("two things are called %q", p.name)
	}
	d.positions = append(d.positions, &p)
	return nil
}

// anonymous is a number of positions that share all units of one sort.
func (d *design) anonymous(f fields, p position, entries int) error {
	var active, spares int
	if json.Unmarshal(f["active"], &active) != nil || json.Unmarshal(f["spares"], &spares) != nil || active < 1 || spares < 0 {
		return unsupported("standby: active and spares must be numbers")
	}
	if entries != 1 || len(d.instances) != 1 && active > 1 || len(d.parts) != active+spares || f.has("primary") || f.has("position") {
		return unsupported("standby: %d active and %d spare of %d components of %d sorts", active, spares, len(d.parts), len(d.instances))
	}
	if err := d.swapRoles(p.dormancy); err != nil {
		return err
	}
	for i := range active {
		one := p
		one.name = "position " + strconv.Itoa(i+1)
		one.members = []string{d.parts[i].name}
		for k := range d.parts {
			if k != i {
				one.members = append(one.members, d.parts[k].name)
			}
		}
		d.positions = append(d.positions, &one)
	}
	return nil
}

// swapRoles gives a unit that only fails in service, and so has no law for that, the law of the one that begins
// there.
func (d *design) swapRoles(dormancy float64) error {
	for i := range d.parts {
		p := &d.parts[i]
		if p.life != nil || p.gone {
			continue
		}
		if dormancy != 0 || d.parts[0].life == nil || d.written.Components[0].text("id") == p.id {
			return unsupported("component %q does not fail, not even in service", p.id)
		}
		p.life = d.parts[0].life
	}
	return nil
}

// findShared finds out which positions have their members to themselves.
func (d *design) findShared() {
	used := map[string]int{}
	for _, p := range d.positions {
		for _, m := range p.members {
			used[m]++
		}
	}
	for _, p := range d.positions {
		p.dedicated = !slices.ContainsFunc(p.members, func(m string) bool { return used[m] > 1 })
	}
}

const sharingWords = "a spare taken by one position is not available to another; first come, first served; spares are tried in list order"

func (d *design) sharing(raw json.RawMessage) error {
	if string(raw) != strconv.Quote(sharingWords) {
		return unsupported("sharing: %s", clip(raw))
	}
	return nil
}

// neededPositions must not contradict the up expression: of n positions that share one pool, one is
// needed if any unit will do.
func (d *design) neededPositions(raw json.RawMessage) error {
	if string(raw) != "1" {
		return unsupported("needed_positions: %s", clip(raw))
	}
	return nil
}

var operatingWords = regexp.MustCompile(`^"(\w+) units? (?:operating|in operation|in service|working|active)"$`)

// upInWords knows "one unit operating": all positions of the only standby are filled.
func (d *design) upInWords() *expression {
	m := operatingWords.FindSubmatch(d.written.Up)
	if m == nil || len(d.positions) == 0 || numeral(string(m[1])) != len(d.positions) || d.positions[0].name != "position 1" {
		return nil
	}
	e := &expression{k: len(d.positions)}
	for _, p := range d.positions {
		e.of = append(e.of, ref(p.name))
	}
	return e
}

// shared tells whether a part stands by for several positions, which then must not use it at once.
func (d *design) shared(part string) bool {
	n := 0
	for _, p := range d.positions {
		n += int(indicator(slices.Contains(p.members, part)))
	}
	return n > 1
}

// finishPolicy turns a service whose standby is always ready into a position.
func (d *design) finishPolicy() error {
	o := d.fresh
	if k := d.asked.kind; o == nil || k == falseRate || k == firstFalse {
		return nil
	}
	if d.alarms != nil {
		return unsupported("what false alarms do to a system that fails as well")
	}
	if !o.alwaysOn && len(d.positions) == 0 && !d.noRepair && len(d.parts) > 1 {
		return d.allActive(o)
	}
	active := slices.DeleteFunc(slices.Clone(d.parts), func(p part) bool { return p.name == d.line })
	if !o.alwaysOn || len(d.positions) > 0 || len(active) != 1 || active[0].life == nil || active[0].repair != nil || d.noRepair {
		return unsupported("a failover other than of one component to a standby that is always ready")
	}
	activate := o.activate
	if o.coverage < 1 {
		if o.uncovered == nil || o.detector != nil {
			return unsupported("what follows a failover that is not covered is not said")
		}
		var err error
		if activate, err = mixture(o.coverage, activate, o.uncovered); err != nil {
			return err
		}
	}
	p := active[0]
	spare := p
	spare.name = p.name + " standby"
	d.index[spare.name] = len(d.parts)
	d.parts = append(d.parts, spare)
	if d.line != "" {
		d.parts[d.index[d.line]].link = []string{p.name, spare.name}
	}
	d.positions = append(d.positions, &position{name: "service of " + p.name, members: []string{p.name, spare.name},
		coverage: 1, activate: activate, detector: o.detector, fresh: true, store: d.store, dedicated: true})
	return nil
}

// serving is the position that a component or a group of them stands for: the one whose members are
// exactly these.
func (d *design) serving(e *expression) *position {
	for _, p := range d.positions {
		switch {
		case d.asked.truth:
		case p.fresh && e.ref == p.members[0]:
			return p
		case p.dedicated && e.k == 1 && e.over(p.members):
			return p
		}
	}
	return nil
}

// plain tells whether a position is filled exactly while one of its members is up.
func (p *position) plain() bool {
	return p.coverage == 1 && p.activate == nil && p.detector == nil && !p.fresh
}

// steps is what a switch takes.
func (p *position) steps() []model.Distribution {
	if p.activate == nil {
		return nil
	}
	return []model.Distribution{p.activate}
}
