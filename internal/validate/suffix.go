package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// This file knows suffixes that name a variant of a case by what differs in it: another number of units,
// another unavailability, a part of the structure.

// readings try to understand a suffix, in this order; nil = it is not of that form.
var readings = []func(c *knownCase, suffix string) (edit, error){
	asDescribed, oneGroup, unitsOnly, consecutive, unavailable, failing, groupOf, allDown, otherValue, byLaw, atInterval, atStock,
}

var describedWords = regexp.MustCompile(`^([^:]+): (.+)$`)

// asDescribed understands the one variant that a structure describes: "duty 0.4: failure law Weibull(2500, 2)".
func asDescribed(c *knownCase, suffix string) (edit, error) {
	m := describedWords.FindStringSubmatch(c.Structure.Variant)
	if m == nil || strings.ReplaceAll(m[1], " ", "_") != suffix && !strings.HasSuffix(m[2], " in "+suffix) {
		return nil, nil
	}
	if e := lawEdit(m[2]); e != nil {
		return e, nil
	}
	return partsEdit(c, m[2])
}

var lawWords = regexp.MustCompile(`^(failure|repair) law ([A-Z][a-z]+)\(([0-9.]+)(?:, ([0-9.]+))?\)$`)

// lawEdit gives all components another law, written as in a textbook: Weibull(scale, shape).
func lawEdit(words string) edit {
	m := lawWords.FindStringSubmatch(words)
	if m == nil {
		return nil
	}
	order := map[string][]string{"weibull": {"scale", "shape"}, "exponential": {"mean"}, "gamma": {"shape", "scale"},
		"lognormal": {"mu", "sigma"}, "uniform": {"low", "high"}, "deterministic": {"value"}}
	law := map[string]any{"dist": strings.ToLower(m[2])}
	for i, name := range order[strings.ToLower(m[2])] {
		law[name] = json.Number(m[3+i])
	}
	return func(s *structure) error {
		for _, f := range s.Components {
			var old fields
			if json.Unmarshal(f[m[1]], &old) == nil && old.has("unit") {
				law["unit"] = old.text("unit")
			}
			if err := f.set(m[1], law); err != nil {
				return err
			}
		}
		return nil
	}
}

var partsWords = regexp.MustCompile(`^(.+) in (series|parallel)$`)

// partsEdit leaves some of the components, in series or in parallel.
func partsEdit(c *knownCase, words string) (edit, error) {
	m := partsWords.FindStringSubmatch(words)
	if m == nil {
		return nil, unsupported("variant in words: %q", words)
	}
	parts := strings.Split(strings.ReplaceAll(m[1], " and ", ", "), ", ")
	for _, p := range parts {
		if !slices.Contains(c.ids(), p) {
			return nil, unsupported("variant in words: %q", words)
		}
	}
	return func(s *structure) error {
		return s.setUp(map[string][]string{map[string]string{"series": "all", "parallel": "any"}[m[2]]: parts})
	}, nil
}

var oneGroupWords = regexp.MustCompile(`^(?:of_)?one_group(?:_of_\S+)?$`)

// oneGroup understands "one_group_of_17" of a structure that is one group: as it is written.
func oneGroup(c *knownCase, suffix string) (edit, error) {
	if !oneGroupWords.MatchString(suffix) {
		return nil, nil
	}
	var e unexpanded
	if json.Unmarshal(c.Structure.Up, &e) != nil || e.KOfN == nil || len(e.KOfN.Of) != len(c.Structure.Components) {
		return nil, unsupported("nothing in the structure says which group %q means", suffix)
	}
	return func(*structure) error { return nil }, nil
}

var unitsWords = regexp.MustCompile(`^([a-z]+)_units(?:_only)?$`)

// unitsOnly understands "two_units": that many of the units of a standby instead.
func unitsOnly(_ *knownCase, suffix string) (edit, error) {
	m := unitsWords.FindStringSubmatch(suffix)
	if m == nil || numeral(m[1]) == 0 {
		return nil, nil
	}
	return func(s *structure) error {
		var entries []fields
		if json.Unmarshal(s.Policy["standby"], &entries) != nil || len(entries) != 1 || len(s.Components) != 1 {
			return unsupported("there is no standby with another number of units")
		}
		active, err := entries[0].number("standby", "active", 0)
		if err != nil || active < 1 || numeral(m[1]) < int(active) {
			return unsupported("a standby of %s units", m[1])
		}
		s.Components[0]["count"] = json.RawMessage(strconv.Itoa(numeral(m[1])))
		entries[0]["spares"] = json.RawMessage(strconv.Itoa(numeral(m[1]) - int(active)))
		return s.Policy.set("standby", entries)
	}, nil
}

var consecutiveSuffix = regexp.MustCompile(`^(\d+)_of_(\d+)(?:_q([0-9.]+))?$`)

// consecutive understands "3_of_12_q0.2" of a line of relays: it fails when three in a row of twelve are down.
func consecutive(c *knownCase, suffix string) (edit, error) {
	m := consecutiveSuffix.FindStringSubmatch(suffix)
	if m == nil || !neighbourWords.Match(c.Structure.Up) || len(c.Structure.Components) != 1 {
		return nil, nil
	}
	return func(s *structure) error {
		f := s.Components[0]
		f["count"] = json.RawMessage(m[2])
		if m[3] != "" {
			f["unavailability"] = json.RawMessage(m[3])
		}
		return s.setUp("no " + m[1] + " neighbours down")
	}, nil
}

var unavailableSuffix = regexp.MustCompile(`(?:^|_)([A-Za-z]\w*?)_q([0-9.]+)`)

// unavailable understands "x_q0.2_t_q0.05": those components or nodes have that unavailability.
func unavailable(_ *knownCase, suffix string) (edit, error) {
	all := unavailableSuffix.FindAllStringSubmatch(suffix, -1)
	length := 0
	for _, m := range all {
		length += len(m[0])
	}
	if len(all) == 0 || length != len(suffix) {
		return nil, nil
	}
	return func(s *structure) error {
		for _, m := range all {
			if err := s.also(fields{"unavailability": json.RawMessage(m[2])}, m[1]); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

var failingSuffix = regexp.MustCompile(`^(?:node_)?(\w+)_fails_([0-9.eE+-]+)/([a-z]+)$`)

// failing understands "node_B_fails_0.02/y".
func failing(_ *knownCase, suffix string) (edit, error) {
	m := failingSuffix.FindStringSubmatch(suffix)
	if m == nil {
		return nil, nil
	}
	return func(s *structure) error {
		return s.also(fields{"failure": json.RawMessage(`{"dist":"exponential","rate":` + m[2] + `,"unit":"1/` + m[3] + `"}`)}, m[1])
	}, nil
}

// also gives a component another law, or adds one that is a node of the network.
func (s *structure) also(law fields, id string) error {
	for _, f := range s.Components {
		if f.text("id") == id {
			for _, key := range []string{"unavailability", "suggested", "failure"} {
				delete(f, key)
			}
			for key, raw := range law {
				f[key] = raw
			}
			return nil
		}
	}
	if !s.joins(id) {
		return unsupported("there is no node %q", id)
	}
	law["id"] = json.RawMessage(strconv.Quote(id))
	s.Components = append(s.Components, law)
	return nil
}

// joins tells whether some link ends at a node.
func (s *structure) joins(node string) bool {
	return slices.ContainsFunc(s.Components, func(f fields) bool {
		var ends []string
		return json.Unmarshal(f["ends"], &ends) == nil && slices.Contains(ends, node)
	})
}

var groupSuffix = regexp.MustCompile(`^\w+(?:_or_\w+)+$`)

// groupOf understands "redundant", the one redundant group within the system, and "db_or_queue", the one
// in which the components named so stand for each other. A name that is no component is another word for one.
func groupOf(c *knownCase, suffix string) (edit, error) {
	var names []string
	switch {
	case suffix == "redundant":
	case groupSuffix.MatchString(suffix):
		names = strings.Split(suffix, "_or_")
	default:
		return nil, nil
	}
	var found []json.RawMessage
	eachGroup(c.Structure.Up, true, func(whole json.RawMessage, of []string) {
		known := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !slices.Contains(c.ids(), n) })
		inIt := slices.DeleteFunc(slices.Clone(known), func(n string) bool { return !slices.Contains(of, n) })
		if names == nil || len(names) == len(of) && len(known) > 0 && len(inIt) == len(known) {
			found = append(found, whole)
		}
	})
	if len(found) != 1 {
		return nil, nil
	}
	return func(s *structure) error { s.Up = found[0]; return nil }, nil
}

// eachGroup calls f for each part of an up expression that needs some, but not all, of some components.
func eachGroup(raw json.RawMessage, outermost bool, f func(whole json.RawMessage, of []string)) {
	var e unexpanded
	if json.Unmarshal(raw, &e) != nil {
		return
	}
	parts := append(slices.Clone(e.All), e.Any...)
	if e.KOfN != nil {
		parts = append(parts, e.KOfN.Of...)
	}
	if len(e.All) == 0 && len(parts) > 1 && !outermost {
		of := make([]string, len(parts))
		for i := range parts {
			_ = json.Unmarshal(parts[i], &of[i]) // what is no name matches none
		}
		f(raw, of)
	}
	for _, p := range parts {
		eachGroup(p, false, f)
	}
}

var allDownWords = regexp.MustCompile(`^(?:both|all)_down$`)

// allDown understands "both_down": the system is down only when all its units are.
func allDown(_ *knownCase, suffix string) (edit, error) {
	if !allDownWords.MatchString(suffix) {
		return nil, nil
	}
	return func(s *structure) error {
		var parts []string
		for _, f := range s.Components {
			id := f.text("id")
			if n, err := f.number("component", "count", 1); err == nil && n > 1 {
				id += "[*]"
			}
			parts = append(parts, id)
		}
		return s.setUp(map[string][]string{"any": parts})
	}, nil
}

var (
	otherSuffix = regexp.MustCompile(`^with_(\w+)$`)
	otherWords  = regexp.MustCompile(`^"\S+ or (\S+)"$`)
)

// otherValue understands "with_read_errors" of a policy that is "0 or 0.05" and whose name has one of the words: it is
// the second.
func otherValue(c *knownCase, suffix string) (edit, error) {
	m := otherSuffix.FindStringSubmatch(suffix)
	if m == nil {
		return nil, nil
	}
	var key, value string
	for k, raw := range c.Structure.Policy {
		if v := otherWords.FindSubmatch(raw); v != nil && shareWord(k, m[1]) {
			if key != "" {
				return nil, unsupported("which alternative %q is is not said", suffix)
			}
			key, value = k, string(v[1])
		}
	}
	if key == "" {
		return nil, nil
	}
	return func(s *structure) error {
		s.Policy[key] = json.RawMessage(strconv.Quote(value))
		return nil
	}, nil
}

// shareWord tells whether two names have a word in common, in the singular or plural.
func shareWord(a, b string) bool {
	for _, x := range strings.Split(a, "_") {
		for _, y := range strings.Split(b, "_") {
			if strings.TrimSuffix(x, "s") == strings.TrimSuffix(y, "s") {
				return true
			}
		}
	}
	return false
}

// byLaw understands "exponential": the component that fails by that law, if there is one such, stands for all.
func byLaw(c *knownCase, suffix string) (edit, error) {
	if lawFields[suffix] == nil {
		return nil, nil
	}
	var found []string
	for _, f := range c.Structure.Components {
		var law fields
		if json.Unmarshal(f["failure"], &law) == nil && law.text("dist") == suffix {
			found = append(found, f.text("id"))
		}
	}
	if len(found) != 1 {
		return nil, nil
	}
	return func(s *structure) error {
		s.Components = slices.DeleteFunc(s.Components, func(f fields) bool { return f.text("id") != found[0] })
		return s.setUp(found[0])
	}, nil
}

// set writes a value under a key.
func (f fields) set(key string, value any) error {
	raw, err := json.Marshal(value)
	f[key] = raw
	return err
}

var neighbourWords = regexp.MustCompile(`^"no (\w+) (?:neighbours|in a row)(?: are)? down"$`)

// neighbours knows "no two neighbours down" of a line of units of one sort.
func (d *design) neighbours() *expression {
	m := neighbourWords.FindSubmatch(d.written.Up)
	if m == nil || len(d.instances) != 1 {
		return nil
	}
	k := numeral(string(m[1]))
	if k < 1 || k > len(d.parts) {
		return nil
	}
	e := &expression{}
	for i := 0; i+k <= len(d.parts); i++ {
		window := &expression{k: 1}
		for _, p := range d.parts[i : i+k] {
			window.of = append(window.of, ref(p.name))
		}
		e.of = append(e.of, window)
	}
	e.k = len(e.of)
	return e
}
