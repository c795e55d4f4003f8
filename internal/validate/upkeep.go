package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// This file is about planned work: replacement by age or on a calendar, and tests that find hidden failures.

// planned is work that comes again and again.
type planned struct {
	name         string
	targets      []string
	every, takes model.Distribution // nil takes = no time
	aged         bool               // each target counts from its own last work or repair
	renews       bool               // what is worked on is as good as new, whether it had failed or not
	finds        bool               // it finds hidden failures
	skips        bool               // who is in repair misses the turn
	calendarOnly bool               // what becomes of who is in repair is not said
}

// maintenance reads replacement by age, or of all at once (block).
func (d *design) maintenance(raw json.RawMessage) error {
	f, err := objectOf("maintenance", raw, "policy", "of", "interval", "duration", "counts_as_outage", "when_failed")
	if err != nil {
		return err
	}
	w := planned{name: "maintenance", renews: true}
	switch f.text("policy") {
	case "age":
		w.aged = true
	case "block":
		w.calendarOnly = true
	default:
		return unsupported("maintenance: policy %s", clip(f["policy"]))
	}
	if f.has("when_failed") {
		if !strings.HasPrefix(f.text("when_failed"), "skip") {
			return unsupported("maintenance: when_failed %s", clip(f["when_failed"]))
		}
		w.skips, w.calendarOnly = true, false
	}
	if err := d.rounds(f, &w); err != nil {
		return err
	}
	if w.takes != nil && f.has("counts_as_outage") && string(f["counts_as_outage"]) != "true" {
		return unsupported("maintenance: how time off line counts that is no outage")
	}
	d.work = append(d.work, &w)
	return nil
}

// rounds reads who is worked on, how often and for how long.
func (d *design) rounds(f fields, w *planned) error {
	var err error
	if !f.has("interval") || f.text("interval") != "" {
		return unsupported("%s: the interval is left open", w.name)
	}
	if w.every, err = parseLaw(w.name+", interval", f["interval"], d.unit); err != nil {
		return err
	}
	if w.every == nil {
		return unsupported("%s: an interval of zero", w.name)
	}
	if f.has("duration") {
		if w.takes, err = parseLaw(w.name+", duration", f["duration"], d.unit); err != nil {
			return err
		}
	}
	if !f.has("of") {
		for i := range d.parts {
			if d.parts[i].life != nil {
				w.targets = append(w.targets, d.parts[i].name)
			}
		}
		return nil
	}
	var ids []string
	if one := f.text("of"); one != "" {
		ids = []string{one}
	} else if json.Unmarshal(f["of"], &ids) != nil {
		return unsupported("%s of: %s", w.name, clip(f["of"]))
	}
	for i := range ids {
		ids[i] = strings.TrimSuffix(ids[i], "[*]")
	}
	w.targets, err = d.names(ids)
	return err
}

var sinceLast = regexp.MustCompile(`^from the end of the last (?:test|inspection|repair|job)(?: or (?:test|inspection|repair|job))?$`)

// inspection reads tests for failures that nobody notices otherwise.
func (d *design) inspection(raw json.RawMessage) error {
	f, err := objectOf("inspection", raw, "of", "interval", "duration", "finds", "repair", "clock")
	if err != nil {
		return err
	}
	w := planned{name: "inspection", finds: true}
	switch clock := f.text("clock"); {
	case sinceLast.MatchString(clock):
		w.aged = true
	case f.has("clock") && clock != "calendar":
		return unsupported("inspection: clock %s", clip(f["clock"]))
	}
	if f.has("finds") && f.text("finds") != "failed units" && f.text("finds") != "hidden failures" {
		return unsupported("inspection: finds %s", clip(f["finds"]))
	}
	if err := d.rounds(f, &w); err != nil {
		return err
	}
	for _, name := range w.targets {
		if err := d.hide(f, &d.parts[d.index[name]], &w); err != nil {
			return err
		}
	}
	d.work = append(d.work, &w)
	return nil
}

var (
	renewsFailed = regexp.MustCompile(`renews? (?:every|each|any|the|only) failed`)
	renewsAll    = regexp.MustCompile(`renews? (?:the|every|each) (?:unit|component)|as (?:good as )?new`)
)

// hide has the failures of a part go unnoticed.
func (d *design) hide(f fields, p *part, w *planned) error {
	p.hidden = true
	if f.has("repair") {
		repair, err := parseLaw("inspection, repair", f["repair"], d.unit)
		if err != nil {
			return err
		}
		p.repair = orNow(repair)
	}
	if p.life == nil || p.repair == nil {
		return unsupported("inspection of %q, which does not fail or is not repaired", p.name)
	}
	if _, ageless := p.life.(model.Memoryless); ageless {
		return nil
	}
	switch {
	case f.has("finds"), renewsFailed.MatchString(d.words):
	case renewsAll.MatchString(d.words):
		w.renews = true
	default:
		return unsupported("whether a test makes %q new that has not failed is not said", p.name)
	}
	return nil
}

// upkeepCost reads what a planned and an unplanned replacement cost.
func (d *design) upkeepCost(raw json.RawMessage) error {
	f, err := objectOf("cost", raw, "planned", "unplanned")
	if err != nil {
		return err
	}
	price := &d.asked.price
	if price.planned, err = f.number("cost", "planned", 0); err != nil {
		return err
	}
	price.unplanned, err = f.number("cost", "unplanned", 0)
	price.known = true
	return err
}

// price is what a replacement costs, in any currency.
type price struct {
	planned, unplanned float64
	known              bool
}

var minimalWords = regexp.MustCompile(`^"(?:minimal|as bad as old)"$`)

// minimalRepair has repairs leave everything as old as it was.
func (d *design) minimalRepair() error {
	for i := range d.parts {
		if p := &d.parts[i]; p.life != nil {
			if _, known := p.life.(model.Residual); !known || p.repair == nil {
				return unsupported("minimal repair of %q", p.name)
			}
			p.keepsAge = true
		}
	}
	return nil
}

// finishUpkeep looks whether it is said what planned work does to everything else.
func (d *design) finishUpkeep() error {
	if err := d.agesFor(); err != nil || len(d.work) == 0 {
		return err
	}
	if len(d.positions) > 0 || d.fresh != nil || d.saved != nil || d.job != nil {
		return unsupported("planned work on something with standbys, backups or jobs")
	}
	toFirst := d.asked.kind == firstOutage || d.asked.kind == failedBy
	for _, w := range d.work {
		if toFirst && w.takes != nil {
			return unsupported("whether planned time off line counts as a failure is not said")
		}
		for _, name := range w.targets {
			p := &d.parts[d.index[name]]
			switch {
			case toFirst: // what follows a failure does not matter
			case w.calendarOnly && p.repair != nil && p.repair.Mean() > 0:
				return unsupported("what becomes of a replacement of %q that finds it in repair is not said", name)
			case p.repair == nil && p.life != nil:
				return unsupported("planned work on %q, which is not repaired", name)
			case p.down != nil:
				return unsupported("planned work on %q, which follows a trace", name)
			}
		}
	}
	return nil
}

// agesFor refuses the long run of what gets older and older.
func (d *design) agesFor() error {
	for i := range d.parts {
		p := &d.parts[i]
		renewed := slices.ContainsFunc(d.work, func(w *planned) bool { return w.renews && slices.Contains(w.targets, p.name) })
		if p.keepsAge && !renewed && d.asked.steady() {
			return unsupported("%q gets older and older: there is no long run", p.name)
		}
	}
	return nil
}

// upkeep lays out planned work. All targets of a calendar have their turn at the same moment.
func (a *assembly) upkeep() {
	for _, w := range a.d.work {
		m := model.Maintenance{Name: w.name, Targets: a.refs(w.targets), Service: model.None, Every: w.every, Takes: w.takes, Aged: w.aged,
			AtOnce: max(1, len(w.targets)), Degraded: model.GoAhead, Retry: 10 * aBlink, Renews: w.renews, Finds: w.finds}
		if w.skips {
			m.Degraded = model.Skip
		}
		a.sys.Maintenance = append(a.sys.Maintenance, m)
	}
}

// upkeepCycles says how long the cycles of planned work are, how many events they bring in a second, and how
// many cycles make a long run. Replacement by age goes nearly like a clock and forgets slowly how it began.
func upkeepCycles(sys *model.System) (cycles, slowest, rate float64) {
	cycles = 100
	for i := range sys.Maintenance {
		m := &sys.Maintenance[i]
		every := float64(m.Every.Mean())
		if m.Aged {
			cycles = 400
		}
		slowest, rate = max(slowest, every), rate+4*float64(len(m.Targets))/every
	}
	return cycles, slowest, rate
}

var intervalSuffix = regexp.MustCompile(`^(?:at_)?(T|tau)=?([0-9.]+)$`)

// atInterval understands "T500" and "at_tau=120": the interval of checkpoints, maintenance or tests is that long.
func atInterval(_ *knownCase, suffix string) (edit, error) {
	m := intervalSuffix.FindStringSubmatch(suffix)
	if m == nil {
		return nil, nil
	}
	return func(s *structure) error {
		for _, key := range map[string][]string{"tau": {"checkpoint", "inspection"}, "T": {"maintenance", "inspection"}}[m[1]] {
			var entry fields
			if json.Unmarshal(s.Policy[key], &entry) == nil {
				entry["interval"] = json.RawMessage(m[2])
				return s.Policy.set(key, entry)
			}
		}
		return unsupported("there is nothing that could be at %s=%s", m[1], m[2])
	}, nil
}

var severalUnits = regexp.MustCompile(`^(parallel|series)_(pair|triple)_(?:in_step_)?(.+)$`)

// several understands "parallel_pair_in_step_…": that many of the only unit, all of which, or any, will do.
func (q *question) several(c *knownCase, name string) string {
	m := severalUnits.FindStringSubmatch(name)
	if m == nil || len(c.Structure.Components) != 1 {
		return name
	}
	q.edits = append(q.edits, func(s *structure) error {
		s.Components[0]["count"] = json.RawMessage(map[string]string{"pair": "2", "triple": "3"}[m[2]])
		return s.setUp(map[string][]string{map[string]string{"series": "all", "parallel": "any"}[m[1]]: {s.Components[0].text("id") + "[*]"}})
	})
	return m[3]
}

var perTime = regexp.MustCompile(`_per_([0-9]*)([a-z]+)(_|$)`)

// perOtherTime turns "failures_per_1000h" into the yearly measure, and gives the time that it is per.
func perOtherTime(name string) (yearly string, per model.Seconds) {
	m := perTime.FindStringSubmatchIndex(name)
	if m == nil {
		return name, 0
	}
	number, word := name[m[2]:m[3]], name[m[4]:m[5]]
	if word = map[string]string{"hour": "h", "week": "w"}[word] + word; strings.HasSuffix(word, "hour") || strings.HasSuffix(word, "week") {
		word = word[:1]
	}
	u, err := unitOf(word)
	if err != nil {
		return name, 0
	}
	n := 1.0
	if number != "" {
		if n, err = strconv.ParseFloat(number, 64); err != nil {
			return name, 0
		}
	}
	return name[:m[0]] + "_per_year" + name[m[6]:], model.Seconds(n) * u
}

// upkeepOf adds up what became of tests, or of other planned work, in a replication.
func (w *watch) upkeepOf(o *model.Outcome, tests bool) (sum model.Upkeep) {
	for i := range o.Upkeep {
		if w.sys.Maintenance[i].Finds != tests {
			continue
		}
		sum.Done += o.Upkeep[i].Done
		sum.Found += o.Upkeep[i].Found
		sum.Hidden += o.Upkeep[i].Hidden
	}
	return sum
}

// unannounced counts the outages that began within the horizon with a failure and not with planned work.
func (w *watch) unannounced(o *model.Outcome) float64 {
	n := 0.0
	for i := range o.Outages {
		n += indicator(o.Outages[i].Start > 0 && (len(o.Upkeep) == 0 || o.Outages[i].Initiator < w.sys.MaintenanceElement(0)))
	}
	return n
}

// takeUpkeep adds what a replication says of planned work.
func (w *watch) takeUpkeep(o *model.Outcome) {
	u, horizon := w.upkeepOf(o, w.q.ofTests()), float64(o.Horizon)
	switch w.q.kind {
	case workRate, testRate:
		w.sums.add(float64(u.Done)/horizon, 1)
	case foundRate:
		w.sums.add(float64(u.Found)/horizon, 1)
	case foundShare:
		w.sums.add(float64(u.Found), float64(u.Done))
	case hiddenTime:
		w.sums.add(float64(u.Hidden), float64(u.Found))
	case costRate:
		w.sums.add((w.q.price.planned*float64(u.Done)+w.q.price.unplanned*w.unannounced(o))/horizon, 1)
	}
}

// ofTests tells whether a question is about tests for hidden failures.
func (q *question) ofTests() bool {
	return slices.Contains([]kind{testRate, foundRate, foundShare, hiddenTime}, q.kind)
}

// ofUpkeep tells whether a question is about planned work.
func (q *question) ofUpkeep() bool { return q.ofTests() || q.kind == workRate || q.kind == costRate }

// upkeepKnown refuses questions about work of which nothing is said.
func (d *design) upkeepKnown() error {
	q := d.asked
	if !q.ofUpkeep() {
		return nil
	}
	if q.kind == costRate && !q.price.known {
		return unsupported("the structure says nothing of cost")
	}
	if slices.ContainsFunc(d.work, func(w *planned) bool { return w.finds == q.ofTests() }) {
		return nil
	}
	return unsupported("the structure has no such planned work")
}
