package main

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// policyKeys says how each key of a policy is understood. Words are accepted where they only describe
// what the rest of the structure says anyway, or where they have one known form.
var policyKeys = map[string]func(d *design, raw json.RawMessage) error{
	"repair":                    (*design).repairPolicy,
	"repair_crews":              (*design).crews,
	"crew_policy":               (*design).crewPolicy,
	"standby":                   (*design).standby,
	"sharing":                   (*design).sharing,
	"needed_positions":          (*design).neededPositions,
	"dependencies":              (*design).dependencies,
	"common_cause":              (*design).commonCause,
	"failover":                  (*design).failoverPolicy,
	"replication":               (*design).replication,
	"data":                      (*design).dataWords,
	"rebuild_error_probability": (*design).rebuildErrors,
	"load_dependence":           (*design).loadDependence,
	"quorum":                    (*design).quorum,
	"job":                       (*design).readJob,
	"backup":                    (*design).backup,
	"spares":                    (*design).spares,
	"restore":                   (*design).restore,
	"checkpoint":                (*design).checkpoint,
	"maintenance":               (*design).maintenance,
	"inspection":                (*design).inspection,
	"cost":                      (*design).upkeepCost,
	"zones":                     (*design).describesUp,
	"graph":                     (*design).graph,
}

// late are keys that need others to have been read.
var late = []string{"failover", "replication", "sharing", "needed_positions"}

func (d *design) policy() error {
	policy := d.written.Policy
	keys := slices.DeleteFunc(slices.Sorted(maps.Keys(policy)), func(k string) bool { return slices.Contains(late, k) })
	for _, k := range append(keys, late...) {
		raw, there := policy[k]
		if !there {
			continue
		}
		read, known := policyKeys[k]
		if !known {
			return unsupported("policy %q is not built yet", k)
		}
		if err := read(d, raw); err != nil {
			return err
		}
	}
	if err := d.restarts(); err != nil {
		return err
	}
	if err := d.finishBackup(); err != nil {
		return err
	}
	if err := d.finishPolicy(); err != nil {
		return err
	}
	return d.finishUpkeep()
}

func (d *design) repairPolicy(raw json.RawMessage) error {
	if minimalWords.Match(raw) {
		return d.minimalRepair()
	}
	if string(raw) != `"none"` {
		return unsupported("repair: %s", clip(raw))
	}
	d.noRepair = true
	for i := range d.parts {
		d.parts[i].repair = nil
	}
	return nil
}

// describesUp accepts words about what is written out in the up expression.
func (d *design) describesUp(raw json.RawMessage) error {
	e, err := parseUp(d.written.Up, d.instances)
	if err != nil {
		return unsupported("in words: %s", clip(raw))
	}
	named := e.refs()
	for i := range d.parts {
		if !slices.Contains(named, d.parts[i].name) {
			return unsupported("in words: %s", clip(raw))
		}
	}
	return nil
}

// quorum checks that what is needed is a majority.
func (d *design) quorum(raw json.RawMessage) error {
	e, err := parseUp(d.written.Up, d.instances)
	if err != nil || string(raw) != `"majority"` || e.k != len(e.of)/2+1 {
		return unsupported("quorum: %s", clip(raw))
	}
	return nil
}

// graph gives the ends of links that have none.
func (d *design) graph(json.RawMessage) error {
	n, err := d.written.ringSize()
	if err != nil {
		return err
	}
	if len(d.parts) != n || d.parts[0].link != nil {
		return unsupported("a ring of %d has %d links", n, len(d.parts))
	}
	for i := range d.parts {
		d.parts[i].link = []string{strconv.Itoa(i), strconv.Itoa((i + 1) % n)}
	}
	return nil
}

var numerals = map[string]int{"one": 1, "two": 2, "both": 2, "three": 3, "four": 4, "five": 5, "six": 6,
	"seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12}

func numeral(word string) int {
	if n, ok := numerals[word]; ok {
		return n
	}
	n, _ := strconv.Atoi(word)
	return n
}

// rebuildErrors reads with which probability the rebuild of a unit ends with the loss of its set, if that bears no
// further loss. What is written as "0 or 0.05" is none; a measure of the other says so in its name.
func (d *design) rebuildErrors(raw json.RawMessage) error {
	words := strings.Trim(string(raw), `"`)
	first, _, _ := strings.Cut(words, " or ")
	p, err := strconv.ParseFloat(first, 64)
	if err != nil || !(p >= 0 && p <= 1) {
		return unsupported("errors of a rebuild: %s", clip(raw))
	}
	for i := range d.parts {
		d.parts[i].unread = p
	}
	return nil
}

var failsWords = regexp.MustCompile(`^fails (.+)$`)

// commonCause reads a share of failures that take all parts, or a shock by its name, or words about
// shocks that are parts of the up expression.
func (d *design) commonCause(raw json.RawMessage) error {
	var share fields
	if json.Unmarshal(raw, &share) == nil {
		return d.beta(share)
	}
	var word string
	if json.Unmarshal(raw, &word) != nil {
		return unsupported("common_cause: %s", clip(raw))
	}
	i, isPart := d.index[word]
	if !isPart {
		if !d.lasting {
			return unsupported("common_cause in words: %s", clip(raw))
		}
		return d.describesUp(raw)
	}
	p := &d.parts[i]
	for _, f := range d.written.Components {
		m := failsWords.FindStringSubmatch(f.text("role"))
		if f.text("id") != word || m == nil {
			continue
		}
		victims, err := d.names(strings.Split(strings.ReplaceAll(m[1], " and ", ", "), ", "))
		if err != nil || p.life == nil || p.repair != nil {
			return unsupported("the role of %q is not understood", word)
		}
		p.gone = true
		d.shocks = append(d.shocks, shock{"shock " + word, p.life, victims})
		return nil
	}
	return unsupported("%q has no role", word)
}

// beta moves a share of each part's failures to one cause that takes all (β-factor).
func (d *design) beta(share fields) error {
	if err := share.only("common_cause", "beta"); err != nil {
		return err
	}
	b, err := share.number("common_cause", "beta", 0)
	if err != nil {
		return err
	}
	law, ok := d.parts[0].life.(model.Memoryless)
	if !ok || !(b > 0 && b < 1) || len(d.instances) != 1 {
		return unsupported("beta is understood for one sort of component with an exponential life")
	}
	s := shock{name: "common cause", life: failures.Exponential(model.Seconds(1 / law.Rate() / b))}
	for i := range d.parts {
		d.parts[i].life = failures.Exponential(model.Seconds(1 / law.Rate() / (1 - b)))
		s.victims = append(s.victims, d.parts[i].name)
	}
	d.shocks = append(d.shocks, s)
	return nil
}

// dependencies reads which failures cause others.
func (d *design) dependencies(raw json.RawMessage) error {
	var list []fields
	if json.Unmarshal(raw, &list) != nil {
		return d.needWords(raw)
	}
	for _, f := range list {
		if err := d.dependency(f); err != nil {
			return err
		}
	}
	return nil
}

var needWords = regexp.MustCompile(`^"([\w-]+) needs ([\w-]+)"$`)

// needWords accepts words that repeat what a component says of itself.
func (d *design) needWords(raw json.RawMessage) error {
	m := needWords.FindSubmatch(raw)
	if m != nil {
		if units := d.instances[string(m[1])]; len(units) > 0 && d.parts[d.index[units[0]]].on == string(m[2]) {
			return nil
		}
	}
	return unsupported("dependencies in words: %s", clip(raw))
}

func (d *design) dependency(f fields) error {
	if err := f.only("dependency", "when_fails", "also_fail", "probability", "delay"); err != nil {
		return err
	}
	var ids []string
	if json.Unmarshal(f["also_fail"], &ids) != nil {
		return unsupported("also_fail: %s", clip(f["also_fail"]))
	}
	victims, err := d.names(ids)
	if err != nil {
		return err
	}
	p, err := f.number("dependency", "probability", 1)
	if err != nil {
		return err
	}
	if !(p > 0 && p <= 1) {
		return unsupported("a dependency with a probability of %v", p)
	}
	var delay model.Distribution
	if f.has("delay") {
		if delay, err = parseLaw("delay", f["delay"], d.unit); err != nil {
			return err
		}
	}
	sources, err := d.names([]string{f.text("when_fails")})
	if err != nil {
		return err
	}
	for _, s := range sources {
		d.cascades = append(d.cascades, cascade{s, victims, p, delay})
	}
	return nil
}

// failoverPolicy reads how a service moves to a standby that is always at hand.
func (d *design) failoverPolicy(raw json.RawMessage) error {
	f, err := objectOf("failover", raw, "detection", "switch_time", "coverage", "uncovered", "standby_always_ready", "during_failover")
	if err != nil {
		return err
	}
	o := &failover{configured: true}
	o.alwaysOn = string(f["standby_always_ready"]) == "true"
	if o.meanwhile, err = duringFailover(f); err != nil {
		return err
	}
	if f.has("switch_time") {
		if o.activate, err = parseLaw("switch_time", f["switch_time"], d.unit); err != nil {
			return err
		}
	}
	if o.coverage, err = f.number("failover", "coverage", 1); err != nil {
		return err
	}
	if f.has("uncovered") {
		u, err := objectOf("uncovered", f["uncovered"], "recovery")
		if err != nil {
			return err
		}
		if o.uncovered, err = parseLaw("recovery", u["recovery"], d.unit); err != nil {
			return err
		}
	}
	if f.has("detection") {
		if o.detector, err = d.detectionOf(f["detection"]); err != nil {
			return err
		}
		o.noticed = noticedAfter(o.detector)
	}
	d.fresh = o
	return nil
}

// detectionOf reads heartbeats or probes.
func (d *design) detectionOf(raw json.RawMessage) (model.Detector, error) {
	var f fields
	if json.Unmarshal(raw, &f) != nil {
		return nil, unsupported("detection in words: %s", clip(raw))
	}
	if f.has("dist") {
		law, err := parseLaw("detection", raw, d.unit)
		return policies.After{Down: law}, err
	}
	unit := d.unit
	if f.has("unit") {
		var err error
		if unit, err = unitOf(f.text("unit")); err != nil {
			return nil, err
		}
	}
	value := map[string]float64{}
	for k := range f {
		if k == "unit" {
			continue
		}
		x, err := f.number("detection", k, 0)
		if err != nil {
			return nil, err
		}
		value[k] = x
	}
	if p, lossy := value["loss_probability"]; lossy {
		delete(value, "loss_probability")
		beats, every := value["missed_beats"], model.Seconds(value["heartbeat_interval"])*unit
		if !(p > 0 && p < 1 && beats >= 1 && every > 0) {
			return nil, unsupported("detection: %s", clip(raw))
		}
		d.alarms = newLostBeats(every, int(beats), p)
	}
	seconds := func(key string) model.Seconds { return model.Seconds(value[key]) * unit }
	switch strings.Join(slices.Sorted(maps.Keys(value)), " ") {
	case "heartbeat_interval missed_beats":
		every := seconds("heartbeat_interval")
		return policies.Heartbeat{Period: every, Timeout: every * model.Seconds(value["missed_beats"])}, nil
	case "failed_probes probe_interval probe_timeout":
		return policies.Probe{Interval: seconds("probe_interval"), Timeout: seconds("probe_timeout"),
			Fall: int(value["failed_probes"]), Rise: 1}, nil
	}
	return nil, unsupported("detection: %s", clip(raw))
}

// replication reads how far a copy is behind.
func (d *design) replication(raw json.RawMessage) error {
	var f fields
	if json.Unmarshal(raw, &f) != nil {
		return unsupported("replication in words: %s", clip(raw))
	}
	if mode := f.text("mode"); d.lossInWords() && (mode == "quorum" || mode == "semi-sync") {
		return f.only("replication", "mode")
	}
	if k := d.asked.kind; k != loss && k != lossRate && f.text("mode") != "sync" && !d.written.Policy.has("failover") {
		return unsupported("what happens after a failure is not said")
	}
	var lag model.Distribution
	var err error
	switch f.text("mode") {
	case "async":
		if err = f.only("replication", "mode", "lag", "link", "catch_up"); err != nil {
			return err
		}
		if err = d.overLine(f); err != nil {
			return err
		}
		if d.asked.kind != loss && d.asked.kind != lossRate {
			return nil // lag costs data, not time
		}
		if lag, err = parseLaw("lag", f["lag"], d.unit); err != nil {
			return err
		}
	case "log shipping":
		if lag, err = shipping(f, d.unit); err != nil {
			return err
		}
	case "sync":
		if err := f.only("replication", "mode"); err != nil || d.asked.kind != loss && d.asked.kind != lossRate {
			return err
		}
		return d.mirror()
	default:
		return unsupported("replication mode %q", f.text("mode"))
	}
	d.store = &model.Store{Mode: model.Async, Lag: orNow(lag)}
	if d.fresh == nil {
		d.fresh = &failover{alwaysOn: true, coverage: 1} // a loss is counted as a copy takes over
	}
	return nil
}

// mirror makes all parts copies of data, each of which has every write before it counts. A failure destroys
// the copy of the part.
func (d *design) mirror() error {
	e, err := parseUp(d.written.Up, d.instances)
	var names []string
	for i := range d.parts {
		names = append(names, d.parts[i].name)
		d.parts[i].media = true
	}
	if err != nil || e.k != 1 || !e.over(names) || len(d.positions) > 0 {
		return unsupported("synchronous copies other than all parts of the system")
	}
	d.store = &model.Store{Mode: model.Sync, Acks: 1}
	d.positions = append(d.positions, &position{name: "copies", members: names, dormancy: 1, coverage: 1, store: d.store, dedicated: true})
	return nil
}

// overLine reads over which link a copy is kept up to date. While the link is down the copy falls behind;
// it catches up at once.
func (d *design) overLine(f fields) error {
	if !f.has("link") {
		return nil
	}
	catchUp, err := f.number("replication", "catch_up", 0)
	i, known := d.index[f.text("link")]
	if err != nil || catchUp != 0 || !known || d.parts[i].link != nil {
		return unsupported("replication over a link of which more would have to be known")
	}
	d.line = f.text("link")
	return nil
}

// shipping is a log cut at regular intervals that is safe some time after each cut: at a moment
// unrelated to the schedule, what is not safe is the transfer and a uniform share of the interval.
func shipping(f fields, unit model.Seconds) (model.Distribution, error) {
	if err := f.only("replication", "mode", "interval", "transfer", "unit"); err != nil {
		return nil, err
	}
	if u := f.text("unit"); u != "" {
		var err error
		if unit, err = unitOf(u); err != nil {
			return nil, err
		}
	}
	every, err := f.number("replication", "interval", 0)
	if err != nil {
		return nil, err
	}
	takes, err := f.number("replication", "transfer", 0)
	if err != nil || every <= 0 {
		return nil, unsupported("log shipping without an interval")
	}
	return failures.Uniform(model.Seconds(takes)*unit, model.Seconds(takes+every)*unit), nil
}
