package main

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A measure may be about a variant of its case: its name ends in a suffix that says which.

// edit changes a copy of a structure.
type edit func(s *structure) error

// variant finds out what the suffix of a measure means.
func (q *question) variant(c *knownCase, suffix string) error {
	if suffix == "" {
		return nil
	}
	if words, ok := c.Structure.Variants["_"+suffix]; ok {
		e, err := wordsEdit(words)
		q.edits = append(q.edits, e)
		return err
	}
	if e := standardEdit(suffix); e != nil {
		q.edits = append(q.edits, e)
		return nil
	}
	if len(suffix) == 1 && hasLetters(c.Structure.Policy) {
		q.edits = append(q.edits, letterEdit(suffix))
		return nil
	}
	if id, ok := strings.CutPrefix(suffix, "with_"); ok && c.counts(id) {
		return nil // it counts as the structure is written
	}
	for _, read := range readings {
		if e, err := read(c, suffix); e != nil || err != nil {
			q.truth = allDownWords.MatchString(suffix)
			q.edits = append(q.edits, e)
			return err
		}
	}
	if q.target == "" && q.targetFrom(c, strings.TrimPrefix(suffix, "of_")) {
		return nil
	}
	return unsupported("nothing in the structure says what %q means", suffix)
}

// counts tells whether the up expression names a component.
func (c *knownCase) counts(id string) bool {
	e, err := parseUp(c.Structure.Up, map[string][]string{})
	return err == nil && slices.Contains(c.ids(), id) && slices.Contains(e.refs(), id)
}

// targetFrom takes a suffix for the name of a component: its id, or, where each stands on its own, the
// end of its id.
func (q *question) targetFrom(c *knownCase, suffix string) bool {
	for _, id := range c.ids() {
		if id == suffix || eachAlone(c.Structure.Up) && strings.HasSuffix(id, "_"+suffix) {
			q.target = id
			return true
		}
	}
	return false
}

var eachAloneWords = regexp.MustCompile(`^"each [a-z]+ on its own"$`)

func eachAlone(up json.RawMessage) bool { return eachAloneWords.Match(up) }

var atLeastWords = regexp.MustCompile(`^(at_least|all)_([0-9]+)$`)

// standardEdit knows the suffixes that mean the same in every case.
func standardEdit(suffix string) edit {
	switch suffix {
	case "without_common_cause":
		return without("common_cause")
	case "with_a_crew_each":
		return without("repair_crews", "crew_policy")
	case "fcfs":
		return inOrderOfFailure
	case "no_maintenance", "without_maintenance":
		return without("maintenance")
	case "perfect_switch":
		return func(s *structure) error { return s.inStandby("coverage", 1, "after_failed_switch") }
	case "two_terminal_opposite", "opposite":
		return ringEnds(func(n int) int { return n / 2 })
	case "two_terminal_adjacent", "adjacent":
		return ringEnds(func(int) int { return 1 })
	case "all_terminal":
		return allConnected
	}
	if m := atLeastWords.FindStringSubmatch(suffix); m != nil {
		k, _ := strconv.Atoi(m[2])
		return needing(k, m[1] == "all")
	}
	return nil
}

// inOrderOfFailure has the crews repair first what failed first.
func inOrderOfFailure(s *structure) error {
	if !s.Policy.has("crew_policy") {
		return unsupported("there is no crew whose policy could differ")
	}
	return s.Policy.set("crew_policy", "fcfs")
}

// without removes keys of the policy, one of which at least must be there.
func without(keys ...string) edit {
	return func(s *structure) error {
		found := false
		for _, k := range keys {
			found = found || s.Policy.has(k)
			delete(s.Policy, k)
		}
		if !found {
			return unsupported("there is no %q to leave out", keys[0])
		}
		return nil
	}
}

// needing changes how many of the parts of the up expression must work.
func needing(k int, all bool) edit {
	return func(s *structure) error {
		var e unexpanded
		if json.Unmarshal(s.Up, &e) != nil || e.KOfN == nil || k > s.number(e.KOfN.Of) || all && k != s.number(e.KOfN.Of) {
			return unsupported("needing %d of the parts: up is not of that form", k)
		}
		return s.setUp(map[string]any{"k_of_n": map[string]any{"k": k, "of": e.KOfN.Of}})
	}
}

// number counts parts of an up expression, those of a component with a count one by one.
func (s *structure) number(parts []json.RawMessage) int {
	n := 0
	for _, raw := range parts {
		var word string
		count := 1.0
		if json.Unmarshal(raw, &word) == nil && strings.HasSuffix(word, "[*]") {
			for _, f := range s.Components {
				if x, err := f.number("component", "count", 1); f.text("id")+"[*]" == word && err == nil {
					count = x
				}
			}
		}
		n += int(count)
	}
	return n
}

func (s *structure) setUp(up any) error {
	raw, err := json.Marshal(up)
	s.Up = raw
	return err
}

// inStandby sets a key of every standby entry and removes another.
func (s *structure) inStandby(key string, value float64, drop string) error {
	var entries []fields
	if json.Unmarshal(s.Policy["standby"], &entries) != nil || len(entries) == 0 {
		return unsupported("there is no standby whose %s could differ", key)
	}
	for _, e := range entries {
		e[key] = json.RawMessage(strconv.FormatFloat(value, 'g', -1, 64))
		delete(e, drop)
	}
	raw, err := json.Marshal(entries)
	s.Policy["standby"] = raw
	return err
}

// wordsEdit understands variants such as "dormant_factor 0.5" or "count 3, majority 2".
func wordsEdit(words string) (edit, error) {
	value := map[string]float64{}
	for _, part := range strings.Split(words, ",") {
		w := strings.Fields(part)
		if len(w) != 2 {
			return nil, unsupported("variant in words: %q", words)
		}
		x, err := strconv.ParseFloat(w[1], 64)
		if err != nil {
			return nil, unsupported("variant in words: %q", words)
		}
		value[w[0]] = x
	}
	keys := slices.Sorted(maps.Keys(value))
	switch strings.Join(keys, " ") {
	case "dormant_factor", "coverage", "switch_time":
		return func(s *structure) error { return s.inStandby(keys[0], value[keys[0]], "") }, nil
	case "repair_crews":
		return func(s *structure) error {
			s.Policy["repair_crews"] = json.RawMessage(strconv.Itoa(int(value["repair_crews"])))
			return nil
		}, nil
	case "count majority":
		return func(s *structure) error { return s.majority(int(value["count"]), int(value["majority"])) }, nil
	}
	return nil, unsupported("variant in words: %q", words)
}

// majority leaves the first n of the voters.
func (s *structure) majority(n, k int) error {
	var e unexpanded
	if json.Unmarshal(s.Up, &e) != nil || e.KOfN == nil || n > len(e.KOfN.Of) || s.Policy.text("quorum") != "majority" {
		return unsupported("%d voters: up is not of that form", n)
	}
	return s.setUp(map[string]any{"k_of_n": map[string]any{"k": k, "of": e.KOfN.Of[:n]}})
}

// Alternatives are written "(a) deterministic 10 s, (b) exponential mean 2 s".
var alternative = regexp.MustCompile(`\(([a-z])\) (deterministic|exponential mean) ([0-9.]+) ([a-z]+)`)

func hasLetters(policy fields) bool {
	for _, raw := range policy {
		if alternative.Match(raw) {
			return true
		}
	}
	return false
}

var lettered = regexp.MustCompile(`"\(a\)[^"]*"`)

// letterEdit replaces lettered alternatives by the one of that letter.
func letterEdit(letter string) edit {
	return func(s *structure) error {
		for key, raw := range s.Policy {
			s.Policy[key] = lettered.ReplaceAllFunc(raw, func(words []byte) []byte {
				for _, m := range alternative.FindAllSubmatch(words, -1) {
					if string(m[1]) == letter {
						return lawFromWords(string(m[2]), string(m[3]), string(m[4]))
					}
				}
				return words
			})
		}
		return nil
	}
}

func lawFromWords(law, number, unit string) []byte {
	if law == "deterministic" {
		return []byte(`{"dist":"deterministic","value":` + number + `,"unit":"` + unit + `"}`)
	}
	return []byte(`{"dist":"exponential","mean":` + number + `,"unit":"` + unit + `"}`)
}

var ring = regexp.MustCompile(`^ring of ([0-9]+)$`)

// ringSize is the number of nodes if the policy says that the links form a ring.
func (s *structure) ringSize() (int, error) {
	m := ring.FindStringSubmatch(s.Policy.text("graph"))
	if m == nil {
		return 0, unsupported("graph in words: %s", clip(s.Policy["graph"]))
	}
	return strconv.Atoi(m[1])
}

// ringEnds asks about two nodes of a ring, which are as good as any two at that distance.
func ringEnds(distance func(n int) int) edit {
	return func(s *structure) error {
		n, err := s.ringSize()
		if err != nil {
			return err
		}
		return s.setUp(map[string][]string{"connected": {"0", strconv.Itoa(distance(n))}})
	}
}

// allConnected asks about all nodes of the network.
func allConnected(s *structure) error {
	nodes := map[string]bool{}
	if s.Policy.has("graph") {
		n, err := s.ringSize()
		if err != nil {
			return err
		}
		for i := range n {
			nodes[strconv.Itoa(i)] = true
		}
	}
	for _, f := range s.Components {
		var ends []string
		if json.Unmarshal(f["ends"], &ends) == nil {
			for _, e := range ends {
				nodes[e] = true
			}
		}
	}
	return s.setUp(map[string][]string{"connected": slices.Sorted(maps.Keys(nodes))})
}
