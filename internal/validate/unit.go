package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// This file is about spares that are systems themselves: "subsystem(J,K,L)".

var subsystemWords = regexp.MustCompile(`^subsystem\(([^()]+)\)$`)

// subsystem makes a spare of several components a part of its own. It works as the up expression says of exactly
// these components, or else if all of them do.
func (d *design) subsystem(name string) (bool, error) {
	m := subsystemWords.FindStringSubmatch(name)
	if m == nil {
		return false, nil
	}
	ids := strings.Split(m[1], ",")
	for i := range ids {
		ids[i] = strings.TrimSuffix(strings.TrimSpace(ids[i]), "[*]")
	}
	names, err := d.names(ids)
	if err != nil {
		return true, err
	}
	works := &expression{k: len(names)}
	for _, n := range names {
		works.of = append(works.of, ref(n))
	}
	if up, err := parseUp(d.written.Up, d.instances); err == nil {
		if e := up.exactly(names); e != nil {
			works = e
		}
	}
	d.index[name] = len(d.parts)
	d.instances[name] = []string{name}
	d.parts = append(d.parts, part{name: name, id: name, unit: works})
	return true, nil
}

// exactly is the part of an expression that is over exactly these names.
func (e *expression) exactly(names []string) *expression {
	mine, theirs := e.refs(), slices.Clone(names)
	sort.Strings(mine)
	sort.Strings(theirs)
	if len(e.of) > 0 && fmt.Sprint(mine) == fmt.Sprint(theirs) {
		return e
	}
	for _, p := range e.of {
		if found := p.exactly(names); found != nil {
			return found
		}
	}
	return nil
}

// withUnits puts the names of units in the place of what they stand for.
func (d *design) withUnits(e *expression) *expression {
	for i := range d.parts {
		if u := d.parts[i].unit; u != nil && e.exactly(u.refs()) == e {
			return ref(d.parts[i].name)
		}
	}
	for k := range e.of {
		e.of[k] = d.withUnits(e.of[k])
	}
	return e
}

// unitOf is what a part is made of, if it is a unit.
func (a *assembly) unitOf(p *part) *model.Need {
	if p.unit == nil {
		return nil
	}
	n := a.componentNeed(p.unit)
	return &n
}

// spareNames reads the spares of a position, which may be subsystems.
func (d *design) spareNames(raw json.RawMessage) ([]string, error) {
	var spares []string
	if json.Unmarshal(raw, &spares) != nil {
		return nil, unsupported("spares: %s", clip(raw))
	}
	for _, s := range spares {
		if d.instances[s] != nil {
			continue
		}
		if found, err := d.subsystem(s); err != nil {
			return nil, err
		} else if !found {
			return nil, unsupported("a spare that is not a component: %q", s)
		}
	}
	return spares, nil
}
