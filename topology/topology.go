// Package topology reads architectures from YAML files: what is written, what was left to defaults, and
// everything that is wrong, each with its place in the file.
package topology

import (
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// Version is what a file says it is written for.
const Version = "ftsim/v1"

// Topology is a file as understood.
type Topology struct {
	System   *model.System
	Plan     *model.Plan
	Settings []Setting // in the order in which they were read
	Source   []byte    // the file, or what several came to

	Uncertain []Parameter // at their medians in System
	root      *node       // for Draw; nil if nothing is uncertain
	input     *Input
}

// understand turns a tree into a System and a Plan, or into Problems.
func understand(root *node, d *decoder, plan *model.Plan) (*model.System, error) {
	b := newBuilder(d)
	b.file(root, plan)
	d.ps.Sort()
	if faults := d.ps.Faults(); len(faults) > 0 {
		return nil, d.ps
	}
	found := append(d.ps, model.Check(&b.sys, plan)...)
	found.Sort()
	if len(found.Faults()) > 0 {
		return nil, found
	}
	b.sys.Warnings = found
	return &b.sys, nil
}

// builder turns a tree into a System.
type builder struct {
	d         *decoder
	sys       model.System
	names     map[string]int32 // of components, and of groups by their first; they must differ, since randomness is tied to them
	regions   map[string]*place
	zones     map[string]*place
	racks     map[string]*place
	devices   map[string]*place
	links     map[string]*link
	linkIDs   []string // sorted, once they are all known
	wired     bool     // links or switches are declared, so that there is a network to speak of
	groups    map[string]*group
	hosts     int
	guests    []guest         // nodes on other nodes
	units     []unit          // nodes made of other nodes
	lodgings  map[int32]int32 // their hosts
	services  []*service
	byName    map[string]int
	threshold float64
	onCall    policies.Human     // who is paged
	hold      model.HoldDown     // of every failover, unless it says otherwise
	unseen    model.Distribution // until users report what no detector sees
	spoilt    map[int32]bool     // services whose data people or changes may spoil
	spoil     *node              // how people spoil data, read once the services are known
	works     []*node            // planned work, read then too
	atHand    map[int32]bool     // disks with a hot spare
	alarms    model.Distribution // of the detector just read
	retry     model.Seconds      // for how long a primary tries to renew a lease, as its detector's product says

	prices      prices
	victimCount int
	effort
}

func newBuilder(d *decoder) *builder {
	return &builder{d: d, names: map[string]int32{}, atHand: map[int32]bool{}}
}

// file reads the whole file.
func (b *builder) file(root *node, plan *model.Plan) {
	top := b.d.mapping(root, "the file", "")
	if root.kind != mappingNode {
		return
	}
	b.version(top)
	b.included(top)
	b.sys.Name = top.text("name")
	top.ignore("description")
	b.simulation(top, plan)
	b.topology(b.section(top, "topology"))
	b.nodes(top.get("nodes"))
	b.settleGuests()
	b.settleUnits()
	b.operations(top)
	b.allServices(top)
	b.dataErrors(b.spoil)
	b.changes(top)
	b.forgetErrors()
	b.glitches(b.section(top, "topology"))
	b.commonCauses(top.list("common_causes"))
	b.maintenance(b.works)
	b.traffic(top)
	b.journeys(top)
	b.jobs(top.get("jobs"))
	b.cost(top)
	b.objectives(top.list("objectives"), plan)
	top.later("on_call", "maintenance", "backups", "presets")
	top.done()
	b.flatten(top)
}

func (b *builder) version(top *mapping) {
	v := top.need("apiVersion", `begin with "apiVersion: `+Version+`"`)
	if v == nil {
		return
	}
	b.d.witness.words(v, []string{Version})
	if s, ok := b.d.single(v, "apiVersion"); ok && s != Version {
		b.d.fault(v, "this version reads "+Version, "unknown apiVersion %q", clip(s))
	}
}

// section opens a part of the file under its own name.
func (b *builder) section(top *mapping, key string) *mapping {
	m := b.d.mapping(top.get(key), key, key)
	return m
}

func (b *builder) simulation(top *mapping, plan *model.Plan) {
	m := b.section(top, "simulation")
	plan.Horizon = m.durationAbove("horizon", plan.Horizon)
	b.howOften(m, plan)
	plan.Seed = uint64(m.count("seed", 0, 1<<53, int(plan.Seed)))
	plan.SteadyState = m.word("start", []string{"all-up", "steady-state"}, "all-up") == "steady-state"
	i := m.block("incident")
	plan.MinDowntime = i.duration("min_downtime", plan.MinDowntime)
	plan.MergeGap = i.duration("merge_gap", plan.MergeGap)
	plan.RunOut = i.duration("run_out", plan.RunOut)
	i.done()
	m.done()
}

// howOften reads the number of replications, or the precision to stop at.
func (b *builder) howOften(m *mapping, plan *model.Plan) {
	const most = 1_000_000_000
	if !m.has("precision") {
		plan.Runs = m.count("runs", 1, most, plan.Runs)
		if m.has("max_runs") {
			b.d.fault(m.keyNode("max_runs", m.origin), "add a precision, or write runs", "%s: max_runs is about a precision, and there is none", m.where)
		}
		return
	}
	if m.has("runs") {
		b.d.fault(m.keyNode("runs", m.origin), "write max_runs for the most", "%s: either runs or a precision decides when to stop", m.where)
	}
	plan.Precision = m.share("precision", 0.05) // the latter only so that a bad one is told once
	if !(plan.Precision > 0 && plan.Precision < 1) {
		b.d.fault(m.place("precision"), "write for example 5%", "%s: the precision must be above 0 and below 100%%", m.where)
	}
	plan.MaxRuns = m.count("max_runs", 1, most, plan.MaxRuns)
}

// component adds a component. At is where its name was given.
func (b *builder) component(c model.Component, at *node) int32 {
	b.take(c.Name, at)
	return b.add(c, at)
}

// take gives a name to the next component.
func (b *builder) take(name string, at *node) {
	if first, taken := b.names[name]; taken {
		b.d.fault(at, "it is also in line "+itoa(b.sys.Components[first].At.Line), "the name %q is used twice", clip(name))
		return
	}
	b.names[name] = int32(len(b.sys.Components))
}

// add is component for names that cannot clash.
func (b *builder) add(c model.Component, at *node) int32 {
	c.At = at.at()
	b.sys.Components = append(b.sys.Components, c)
	return int32(len(b.sys.Components) - 1)
}

// flatten removes a network in which nothing can fail.
func (b *builder) flatten(top *mapping) {
	if b.wired {
		return
	}
	used := 0
	for _, z := range b.zones {
		if len(z.all()) > 0 {
			used++
		}
	}
	if used > 1 {
		b.d.warn(top.keyNode("topology", top.origin), "declare links between the zones if that matters",
			"%d zones hold nodes and no links are declared: the network between them never fails", used)
	}
	b.sys.Network = model.Network{}
	for i := range b.sys.Components {
		b.sys.Components[i].Site = model.None
	}
	for i := range b.sys.Clients {
		b.sys.Clients[i].Site = model.None
	}
}
