package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
)

// design is a structure understood: everything resolved to names of single components, all words
// checked. What has no place here is refused, never ignored.
type design struct {
	parts     []part
	instances map[string][]string // component id → names of its parts
	index     map[string]int      // name → part
	up        *expression
	positions []*position
	shocks    []shock
	cascades  []cascade
	unit      model.Seconds // of bare numbers
	static    bool          // lives are arbitrary: only shares of time mean anything
	noRepair  bool
	crew      int // repairs at a time; 0 = any number
	fresh     *failover
	line      string // the component over which a copy is kept up to date; "" = one that never fails
	store     *model.Store
	asked     *question
	written   *structure
}

// part is one thing that may fail.
type part struct {
	name, id     string
	life, repair model.Distribution // nil = never
	link         []string           // the nodes it joins
	on           string             // the part without which it is down
	start        model.Distribution // how long it takes to come back after that
	gone         bool               // is not a part but stands for something else, such as a shock
}

// position is a place that one of several parts fills, the others standing by.
type position struct {
	name      string
	members   []string // by preference
	dormancy  float64
	coverage  float64            // probability that a switch works
	activate  model.Distribution // nil = at once
	detector  model.Detector
	fresh     bool // whoever is replaced is replaced by a new part at once
	store     *model.Store
	dedicated bool // no member belongs to another position
}

// shock fails all its victims at once.
type shock struct {
	name    string
	life    model.Distribution
	victims []string
}

// cascade makes the failure of one part fail others.
type cascade struct {
	source      string
	victims     []string
	probability float64
}

// failover is the policy of a service whose standby is always ready.
type failover struct {
	detector   model.Detector
	activate   model.Distribution
	coverage   float64
	uncovered  model.Distribution
	alwaysOn   bool // a fresh standby is always at hand
	configured bool
}

// interpret understands a variant of a structure, as far as a question needs it.
func interpret(c *knownCase, q *question) (*design, error) {
	unit, err := unitOf(c.TimeUnit)
	if err != nil {
		return nil, err
	}
	s, err := c.Structure.copied()
	if err != nil {
		return nil, err
	}
	for _, e := range q.edits {
		if err := e(s); err != nil {
			return nil, err
		}
	}
	if len(s.Others) > 0 {
		slices.Sort(s.Others)
		for _, o := range s.Others {
			if o != "variant" { // describes a variant that measures with a suffix are about
				return nil, unsupported("structure: %q has no meaning here", o)
			}
		}
	}
	d := &design{unit: unit, asked: q, written: s, instances: map[string][]string{}, index: map[string]int{}}
	for _, step := range []func() error{d.components, d.policy, d.whenUp, d.consistent} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// copied is a deep copy, for edits.
func (s *structure) copied() (*structure, error) {
	out := *s
	out.Policy = maps.Clone(s.Policy)
	if out.Policy == nil {
		out.Policy = fields{}
	}
	out.Components = slices.Clone(s.Components)
	out.Others = slices.Clone(s.Others)
	return &out, nil
}

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
		"depends_on", "restart_after_dependency"); err != nil {
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
		q, err := f.number(what, "unavailability", 0)
		if err != nil || f.has("failure") || !(q >= 0 && q < 1) {
			return unsupported("%s: an unavailability that cannot be", what)
		}
		d.static = true
		if q > 0 {
			p.life, p.repair = failures.Exponential(model.Seconds((1-q)/q)*model.Hour), failures.Exponential(model.Hour)
		}
		return nil
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

// whenUp reads the up expression, or takes the component that was asked about.
func (d *design) whenUp() error {
	if t := d.asked.target; t != "" {
		d.up = ref(d.instances[t][0])
		return nil
	}
	if e := d.upInWords(); e != nil {
		d.up = e
		return nil
	}
	var err error
	if d.up, err = parseUp(d.written.Up, d.expandable()); err != nil {
		return err
	}
	if len(d.up.connected) == 0 {
		return d.namesKnown(d.up)
	}
	return nil
}

// expandable is what names in the up expression stand for.
func (d *design) expandable() map[string][]string {
	out := maps.Clone(d.instances)
	for _, p := range d.positions {
		out[p.name] = []string{p.name}
	}
	return out
}

func (d *design) namesKnown(e *expression) error {
	if len(e.connected) > 0 {
		return nil
	}
	if e.ref != "" {
		_, isPart := d.index[e.ref]
		if !isPart && d.position(e.ref) == nil {
			return unsupported("up is given in words: %q", e.ref)
		}
	}
	for _, p := range e.of {
		if err := d.namesKnown(p); err != nil {
			return err
		}
	}
	return nil
}

func (d *design) position(name string) *position {
	for _, p := range d.positions {
		if p.name == name {
			return p
		}
	}
	return nil
}

// consistent looks for combinations in which the answer would mean something else.
func (d *design) consistent() error {
	q := d.asked
	if d.static && q.kind != steadyDown && q.kind != capacityLost {
		return unsupported("components are given by their unavailability only, which says nothing of times")
	}
	if err := d.rolesUnderstood(); err != nil {
		return err
	}
	switch q.kind {
	case firstOutage, failedBy:
		for _, p := range d.positions {
			if p.activate != nil || p.detector != nil {
				return unsupported("whether a switch that takes time is a failure is not said")
			}
		}
	case steadyDown, capacityLost, frequency, meanDown, meanUp, betweenOutages, downRate, outageLength, detection, lossRate:
		if d.endsForGood() {
			return unsupported("without repair there is no long run")
		}
		if q.kind != steadyDown && q.kind != capacityLost && d.repairsInNoTime() {
			return unsupported("an outage of no length is none here, so outages cannot be counted")
		}
	case loss:
		if d.store == nil {
			return unsupported("the structure says nothing of data")
		}
	}
	if q.alone && (d.up.ref == "" || d.position(d.up.ref) != nil) {
		return unsupported("which component is meant is not said")
	}
	if q.kind == lossRate && d.store == nil {
		return unsupported("the structure says nothing of data")
	}
	return nil
}

// repairsInNoTime tells whether something is as good as never down.
func (d *design) repairsInNoTime() bool {
	for i := range d.parts {
		if r := d.parts[i].repair; r != nil && r.Mean() == 0 {
			return true
		}
	}
	return false
}

// rolesUnderstood refuses a component with a role in words, unless the words have been acted upon or the
// up expression says what the component is for.
func (d *design) rolesUnderstood() error {
	named := d.up.refs()
	for _, f := range d.written.Components {
		for _, name := range d.instances[f.text("id")] {
			if f.has("role") && !d.parts[d.index[name]].gone && !contains(named, name) {
				return unsupported("component %q: role in words: %s", f.text("id"), clip(f["role"]))
			}
		}
	}
	return nil
}

// endsForGood tells whether something fails without being repaired or replaced.
func (d *design) endsForGood() bool {
	if d.fresh != nil && d.fresh.configured {
		return false
	}
	for i := range d.parts {
		if p := &d.parts[i]; p.life != nil && p.repair == nil && !p.gone {
			return true
		}
	}
	return false
}

// names lists parts, those of a component with a count one by one.
func (d *design) names(ids []string) ([]string, error) {
	var out []string
	for _, id := range ids {
		names := d.instances[id]
		if names == nil {
			return nil, unsupported("there is no component %q", id)
		}
		out = append(out, names...)
	}
	return out, nil
}
