package main

import (
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// This file is about units that bear the work of those of them that are down, and fail more often meanwhile.

var (
	whenOneWords = regexp.MustCompile(`^(?:one|an?|the first) (?:\w+ )?(?:is |has )?(?:down|failed|out)$`)
	whenAnyWords = regexp.MustCompile(`^(?:any|at least one|one or more|some) (?:\w+ )?(?:is |are |has |have )?(?:down|failed|out)$`)
)

// loadDependence reads how much more often the others fail. That is understood of units of one sort with exponential
// lives: for those it makes no difference whether they age faster or begin anew at a higher rate.
func (d *design) loadDependence(raw json.RawMessage) error {
	f, err := objectOf("load_dependence", raw, "when", "others_mean", "others_rate", "factor", "unit")
	if err != nil {
		return err
	}
	law, ageless := model.Memoryless(nil), false
	if len(d.parts) > 1 && len(d.instances) == 1 {
		law, ageless = d.parts[0].life.(model.Memoryless)
	}
	if !ageless {
		return unsupported("load_dependence is understood of several components of one sort with exponential lives")
	}
	factor, err := d.raisedBy(f, law.Rate())
	if err != nil {
		return err
	}
	words := strings.ToLower(f.text("when"))
	switch {
	case whenAnyWords.MatchString(words):
	case !whenOneWords.MatchString(words):
		return unsupported("load_dependence, when: %s", clip(f["when"]))
	case !d.secondIsLast():
		return unsupported("how often the others fail when more than one is down is not said")
	}
	x := model.Stress{Factor: factor}
	for i := range d.parts {
		x.Of = append(x.Of, int32(i))
	}
	d.stress = append(d.stress, x)
	return nil
}

// raisedBy is how many times as often as usual the others fail.
func (d *design) raisedBy(f fields, rate float64) (factor float64, err error) {
	unit, err := f.unit(d.unit)
	if err != nil {
		return 0, err
	}
	mean, err := f.number("load_dependence", "others_mean", 0)
	if err != nil {
		return 0, err
	}
	other, err := f.number("load_dependence", "others_rate", 0)
	if err != nil {
		return 0, err
	}
	if factor, err = f.number("load_dependence", "factor", 0); err != nil {
		return 0, err
	}
	given := 0
	for _, x := range []float64{mean, other, factor} {
		given += int(indicator(x > 0))
	}
	switch {
	case given != 1:
		return 0, unsupported("load_dependence has one of others_mean, others_rate and factor, above zero")
	case mean > 0:
		factor = 1 / (mean * float64(unit) * rate)
	case other > 0:
		factor = other / float64(unit) / rate
	}
	if factor = math.Round(factor*1e12) / 1e12; factor < 1 {
		return 0, unsupported("units that fail less often while others are down")
	}
	return factor, nil
}

// secondIsLast tells whether nothing matters any more when two units are down: because there are no others, or because
// that is the end of what was asked about.
func (d *design) secondIsLast() bool {
	if len(d.parts) == 2 {
		return true
	}
	e, err := parseUp(d.written.Up, d.instances)
	toFirst := d.asked.kind == firstOutage || d.asked.kind == failedBy
	return err == nil && toFirst && e.k == len(e.of)-1 && e.over(d.partNames())
}

func (d *design) partNames() []string {
	var names []string
	for i := range d.parts {
		names = append(names, d.parts[i].name)
	}
	return names
}

var lostWords = regexp.MustCompile(`^(?:(?:all )?(?:the )?data (?:is|are) )?lost(?: for good| for ever| forever| permanently)? (?:at|when|once|if|as soon as) ` +
	`(more than )?(all \w+|all|both|\w+)(?: of(?: the)? (\w+))?(?: \w+)? ?(?:are |is |have |has )?(?:down|gone|failed|lost|out)(?: at once| at the same time| at a time| simultaneously| together)?$`)

// nextToEachOther are words by which it matters which units are down, not only how many.
var nextToEachOther = regexp.MustCompile(`(?i)neighbou?r|adjacent|pair|consecutive|row|particular|certain`)

// lostAt is how many of n units must be down for data to be lost, in words; 0 if they are not understood.
func lostAt(words string, n int) int {
	m := lostWords.FindStringSubmatch(strings.ToLower(words))
	if m == nil || nextToEachOther.MatchString(words) || m[3] != "" && numeral(m[3]) != 0 && numeral(m[3]) != n {
		return 0
	}
	count := strings.TrimPrefix(m[2], "all ")
	k := numeral(count)
	switch {
	case count == "all" || count == "both" && n == 2 || k == 0 && count != m[2]: // all disks
		k = n
	case count != m[2] && k != n: // all three
		return 0
	}
	if m[1] != "" && k > 0 {
		k++
	}
	return k
}

// dataWords accepts that data is lost when the system first goes down, if that is what the words say.
func (d *design) dataWords(raw json.RawMessage) error {
	var words string
	e, err := parseUp(d.written.Up, d.instances)
	if json.Unmarshal(raw, &words) != nil || err != nil || e.k == 0 || !e.over(e.refs()) || lostAt(words, len(e.of)) != len(e.of)-e.k+1 {
		return unsupported("data in words: %s", clip(raw))
	}
	return nil
}

// lossInWords tells whether all that is asked about is when data is lost, which the structure says in words.
func (d *design) lossInWords() bool {
	return d.written.Policy.has("data") && slices.Contains([]kind{firstOutage, failedBy}, d.asked.kind)
}
