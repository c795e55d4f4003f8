package main

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
)

// A component is one entry of a structure: a law of failure, one of repair, and how many there are.

func (d *design) components() error {
	for _, f := range d.written.Components {
		if err := d.component(f); err != nil {
			return err
		}
	}
	return nil
}

// component reads one entry, which may stand for several parts.
func (d *design) component(f fields) error {
	id := f.text("id")
	what := "component " + strconv.Quote(id)
	if err := f.only(what, "id", "failure", "repair", "count", "kind", "ends", "unavailability", "suggested", "role", "note",
		"depends_on", "restart_after_dependency", "priority"); err != nil {
		return err
	}
	count, err := f.number(what, "count", 1)
	if err != nil {
		return err
	}
	if id == "" || count < 1 || count != float64(int(count)) || d.instances[id] != nil {
		return unsupported("%s: a name or count that cannot be", what)
	}
	p := part{id: id}
	if err := d.fails(what, f, &p); err != nil {
		return err
	}
	if f.has("ends") {
		if json.Unmarshal(f["ends"], &p.link) != nil || len(p.link) != 2 || count > 1 {
			return unsupported("%s: a link has two ends", what)
		}
	}
	if err := d.dependent(what, f, &p); err != nil {
		return err
	}
	priority, err := f.number(what, "priority", 0)
	if err != nil || priority != float64(int(priority)) {
		return unsupported("%s: priority %s", what, clip(f["priority"]))
	}
	p.priority = int(priority)
	for i := range int(count) {
		p.name = id
		if count > 1 {
			p.name = id + "-" + strconv.Itoa(i+1)
		}
		d.index[p.name] = len(d.parts)
		d.instances[id] = append(d.instances[id], p.name)
		d.parts = append(d.parts, p)
	}
	return nil
}

// dependent reads on what a component depends, and how long it takes to start after that is back. What it
// does without starting is not said, so the one is not understood without the other.
func (d *design) dependent(what string, f fields, p *part) error {
	if !f.has("depends_on") && !f.has("restart_after_dependency") {
		return nil
	}
	if p.on = f.text("depends_on"); len(d.instances[p.on]) != 1 || !f.has("restart_after_dependency") {
		return unsupported("%s: dependence on something of which more would have to be known", what)
	}
	start, err := parseLaw(what+", restart", f["restart_after_dependency"], d.unit)
	p.start = orNow(start)
	return err
}

// fails reads how a component fails and is repaired. A static one gets any law with its unavailability.
func (d *design) fails(what string, f fields, p *part) error {
	var err error
	if f.has("unavailability") {
		return d.static(what, f, p)
	}
	if found, err := p.trace(what+", failure", f["failure"], d.unit); found {
		return err
	}
	if f.has("failure") {
		if p.life, err = parseLaw(what+", failure", f["failure"], d.unit); err != nil {
			return err
		}
		if p.life == nil {
			return unsupported("%s: a life of zero", what)
		}
	}
	if f.has("repair") {
		if p.repair, err = parseLaw(what+", repair", f["repair"], d.unit); err != nil {
			return err
		}
		p.repair = orNow(p.repair)
	}
	return nil
}

var cycleWords = regexp.MustCompile(`MTTF ([0-9.,]+) ([a-z]+), MTTR ([0-9.,]+) ([a-z]+)`)

// static reads a component that is given by its unavailability. How long it is up and down is said by the
// description, or else suggested; if by neither, any law will do for shares of time.
func (d *design) static(what string, f fields, p *part) error {
	q, err := f.number(what, "unavailability", 0)
	if err != nil || f.has("failure") || f.has("repair") || !(q >= 0 && q < 1) {
		return unsupported("%s: an unavailability that cannot be", what)
	}
	d.lasting = true
	if q == 0 {
		return nil
	}
	p.life, p.repair = failures.Exponential(model.Seconds((1-q)/q)*model.Hour), failures.Exponential(model.Hour)
	if life, repair, ok := cycleInWords(d.words, q); ok {
		p.life, p.repair = failures.Exponential(life), failures.Exponential(repair)
		return nil
	}
	var s fields
	if json.Unmarshal(f["suggested"], &s) != nil || !s.has("failure") || !s.has("repair") {
		d.timeless = true
		return nil
	}
	var suggested part
	if err := d.fails(what+", suggested", s, &suggested); err != nil {
		return err
	}
	if life, repair := float64(suggested.life.Mean()), float64(suggested.repair.Mean()); near(repair/(life+repair), q) {
		p.life, p.repair = suggested.life, suggested.repair
	} else {
		d.timeless = true
	}
	return nil
}

// near tells whether a ratio is another but for rounding in the file.
func near(x, y float64) bool { return x-y < 1e-6*y && y-x < 1e-6*y }

// cycleInWords reads "MTTF 190 h, MTTR 10 h", if that is what an unavailability of q is made of.
func cycleInWords(words string, q float64) (life, repair model.Seconds, ok bool) {
	m := cycleWords.FindStringSubmatch(words)
	if m == nil {
		return 0, 0, false
	}
	life, up := quantity(m[1], m[2])
	repair, down := quantity(m[3], m[4])
	return life, repair, up && down && near(float64(repair/(life+repair)), q)
}

// quantity reads a number with a unit, such as 20,000 h.
func quantity(number, unit string) (model.Seconds, bool) {
	x, err := strconv.ParseFloat(strings.ReplaceAll(strings.Trim(number, ".,"), ",", ""), 64)
	u, err2 := unitOf(unit)
	return model.Seconds(x) * u, err == nil && err2 == nil
}
