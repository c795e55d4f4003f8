package main

import (
	"maps"
	"slices"

	"github.com/ftsim/ftsim/model"
)

// design is a structure understood: everything resolved to names of single components, all words
// checked. What has no place here is refused, never ignored.
type design struct {
	parts      []part
	instances  map[string][]string // component id → names of its parts
	index      map[string]int      // name → part
	up         *expression
	positions  []*position
	together   *together // units that all work
	shocks     []shock
	cascades   []cascade
	unit       model.Seconds // of bare numbers
	lasting    bool          // some components are given by their unavailability
	timeless   bool          // and nothing says how long they are up and down: only shares of time mean anything
	noRepair   bool
	crew       int // repairs at a time; 0 = any number
	preempt    model.Preemption
	byPriority bool // who has more priority is repaired first
	fresh      *failover
	line       string // the component over which a copy is kept up to date; "" = one that never fails
	store      *model.Store
	job        *work
	alarms     model.Distribution // from one false alarm to the next; nil = never
	saved      *saved
	work       []*planned
	stress     []model.Stress
	shelf      *stocked
	asked      *question
	words      string // the description of the case
	written    *structure
}

// part is one thing that may fail.
type part struct {
	name, id     string
	life, repair model.Distribution // nil = never
	link         []string           // the nodes it joins
	on           string             // the part without which it is down
	start        model.Distribution // how long it takes to come back after that
	down         [][2]model.Seconds // when it is down, if it follows a trace
	media        bool               // its failures destroy its data
	unread       float64            // probability that what it is rebuilt from cannot be read
	priority     int                // among those that wait for a repair crew; the greatest is first
	unit         *expression        // what it is made of
	keepsAge     bool               // a repair leaves it as old as it was
	hidden       bool               // nobody notices that it has failed before a test
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
	delay       model.Distribution // nil = at once
}

// failover is the policy of a service whose standby is always ready.
type failover struct {
	detector   model.Detector
	noticed    model.Distribution // how long that takes
	meanwhile  model.Meanwhile
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
		return nil, unsupported("structure: %q has no meaning here", slices.Min(s.Others))
	}
	d := &design{unit: unit, asked: q, words: c.Words, written: s, instances: map[string][]string{}, index: map[string]int{}}
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
	out.Components = nil
	for _, f := range s.Components {
		out.Components = append(out.Components, maps.Clone(f))
	}
	out.Others = slices.Clone(s.Others)
	return &out, nil
}

// whenUp reads the up expression, or takes the component that was asked about.
func (d *design) whenUp() error {
	if k := d.asked.kind; k == falseRate || k == firstFalse {
		d.up = &expression{}
		return nil
	}
	if d.asked.ofStock() {
		d.up = &expression{k: len(d.parts)}
		for i := range d.parts {
			d.up.of = append(d.up.of, ref(d.parts[i].name))
		}
		return nil
	}
	if t := d.asked.target; t != "" {
		d.up = ref(d.instances[t][0])
		return nil
	}
	for _, words := range []func() *expression{d.upInWords, d.neighbours} {
		if e := words(); e != nil {
			d.up = e
			return nil
		}
	}
	var err error
	if d.up, err = parseUp(d.written.Up, d.expandable()); err != nil {
		return err
	}
	if d.up = d.withUnits(d.up); len(d.up.connected) == 0 {
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
	if d.timeless && q.kind != steadyDown && q.kind != capacityLost {
		return unsupported("components are given by their unavailability only, which says nothing of times")
	}
	if err := d.rolesUnderstood(); err != nil {
		return err
	}
	if err := d.upkeepKnown(); err != nil {
		return err
	}
	switch q.kind {
	case firstOutage, failedBy:
		if d.together != nil && q.target == "" && !q.truth {
			return unsupported("whether a switch that takes time is a failure is not said")
		}
		for _, p := range d.positions {
			if p.activate != nil || p.detector != nil {
				return unsupported("whether a switch that takes time is a failure is not said")
			}
		}
	case steadyDown, capacityLost, frequency, meanDown, meanUp, betweenOutages, downRate, outageLength, detection, lossRate:
		if d.endsForGood() {
			return unsupported("without repair there is no long run")
		}
	case loss:
		if d.store == nil {
			return unsupported("the structure says nothing of data")
		}
	}
	if q.alone && (d.up.ref == "" || d.position(d.up.ref) != nil) {
		return unsupported("which component is meant is not said")
	}
	if q.ofJob() && d.job == nil {
		return unsupported("the structure says nothing of a job")
	}
	if q.steady() && d.traced() {
		return unsupported("a trace has no long run")
	}
	if q.ofStock() && d.shelf == nil {
		return unsupported("the structure says nothing of a stock of spares")
	}
	if q.kind == lossRate && d.store == nil {
		return unsupported("the structure says nothing of data")
	}
	return nil
}

// rolesUnderstood refuses a component with a role in words, unless the words have been acted upon or the
// up expression says what the component is for.
func (d *design) rolesUnderstood() error {
	named := d.up.refs()
	for _, f := range d.written.Components {
		for _, name := range d.instances[f.text("id")] {
			if f.has("role") && !d.parts[d.index[name]].gone && !slices.Contains(named, name) {
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
