package topology

import (
	"math"
	"strconv"

	"github.com/ftsim/ftsim/model"
)

// mostObserved bounds for how many services a journey of their own is kept.
const mostObserved = 1000

// traffic reads where requests come from and how many.
func (b *builder) traffic(top *mapping) {
	m := b.section(top, "traffic")
	if from := m.get("from"); from != nil {
		total := 0.0
		b.d.each(from, "traffic: from", func(name, value *node) {
			p := b.placeNamed(name, "traffic: from", "zone", name.text, b.zones)
			x, ok := b.d.share(value, "traffic: from "+clip(name.text))
			if p != nil && ok && x > 0 {
				b.sys.Clients = append(b.sys.Clients, model.ClientGroup{Site: p.site, Share: x})
			}
			total += x
		})
		if math.Abs(total-1) > 1e-6 {
			b.d.fault(from, "", "traffic: the shares in from add up to %s, not 100%%", percent(total))
		}
	}
	if v := m.get("rate"); v != nil && v.kind == mappingNode {
		r := m.open("rate", v, "traffic: rate")
		b.sys.Rate = r.perSecond("base")
		b.peak(r)
		r.done()
	} else {
		b.sys.Rate = m.perSecond("rate")
	}
	m.ignore("via", "description")
	m.done()
}

// journeys reads what users do. A file without any gets one per service that nobody needs.
func (b *builder) journeys(top *mapping) {
	b.threshold = 0.95
	v := top.get("journeys")
	if v != nil && v.kind == mappingNode && v.find("counts_as_up_when") != nil {
		b.d.witness.stands(v.find("counts_as_up_when"), "journeys", "counts_as_up_when")
		b.threshold = b.upWhen(v.find("counts_as_up_when"), "journeys")
	} else {
		b.d.mapping(nil, "journeys", "journeys").set("counts_as_up_when.served", percent(b.threshold), nil)
	}
	via := b.via(top)
	var unshared []int
	total := 0.0
	b.d.each(v, "journeys", func(name, value *node) {
		if name.text == "counts_as_up_when" {
			return
		}
		if j, given := b.journey(name, value, via); given {
			total += j.Share
		} else {
			unshared = append(unshared, len(b.sys.Journeys)-1)
		}
	})
	if total > 1+1e-6 {
		b.d.fault(v, "", "the shares of the journeys add up to %s", percent(total))
	}
	for _, i := range unshared {
		b.sys.Journeys[i].Share = max(0, 1-total) / float64(len(unshared))
	}
	if len(b.sys.Journeys) == 0 {
		b.ownJourneys()
	}
	b.observe()
}

// via is the service, such as a name service, that all requests go through.
func (b *builder) via(top *mapping) []model.Dependency {
	m := b.d.mapping(top.get("traffic"), "traffic", "traffic")
	v := m.get("via")
	if v == nil {
		return nil
	}
	if i, ok := b.serviceNamed(v, "traffic: via"); ok {
		return []model.Dependency{{Need: ref(i)}}
	}
	return nil
}

func (b *builder) upWhen(v *node, where string) float64 {
	b.d.witness.shared(v, upKind)
	m := b.d.mapping(v, where+": counts_as_up_when", where+".counts_as_up_when")
	x := m.share("served", 0.95)
	if x == 0 {
		b.d.fault(v, "", "%s: it would always count as up", m.where)
		x = 0.95
	}
	m.done()
	return x
}

func (b *builder) journey(name, value *node, via []model.Dependency) (j model.Journey, shareGiven bool) {
	m := b.d.mapping(value, "journey "+strconv.Quote(clip(name.text)), "journeys."+clip(name.text))
	if value.kind == nullNode {
		m.origin = name
	}
	j = model.Journey{Name: name.text, Threshold: b.threshold, Service: model.None, At: name.at()}
	if shareGiven = m.has("share"); shareGiven {
		j.Share = m.share("share", 0)
	}
	seen := map[int32]bool{}
	for _, d := range append(append([]model.Dependency(nil), via...), b.needs(m, "path")...) {
		if len(d.Need.Of) == 0 && d.Else == nil && d.Cushion == nil && d.Without == 0 {
			if seen[d.Need.Ref] {
				continue
			}
			seen[d.Need.Ref] = true
		}
		j.Needs = append(j.Needs, d)
	}
	j.Needs = append(j.Needs, b.needs(m, "uses")...)
	j.Needs = append(j.Needs, b.needs(m, "needs")...)
	if len(j.Needs) == 0 && !m.has("path") && !m.has("uses") && !m.has("needs") {
		b.d.fault(name, "write for example path: [lb, web, app]", "%s: what does it need?", m.where)
	}
	b.standIns(m, &j)
	if v := m.get("counts_as_up_when"); v != nil {
		j.Threshold = b.upWhen(v, m.path)
	}
	b.journeyCost(m)
	m.ignore("description")
	m.done()
	b.sys.Journeys = append(b.sys.Journeys, j)
	return j, shareGiven
}

// standIns warns of something that stands in for a service which is needed all the same.
func (b *builder) standIns(m *mapping, j *model.Journey) {
	hard := map[int32]bool{}
	var walk func(ds []model.Dependency)
	walk = func(ds []model.Dependency) {
		for i := range ds {
			if ds[i].Without > 0 || ds[i].Cushion != nil || ds[i].Need.AtLeast < len(ds[i].Need.Of) {
				continue
			}
			refs(&ds[i].Need, func(r *int32) {
				if !hard[*r] {
					hard[*r] = true
					walk(b.sys.Services[*r].Needs)
				}
			})
		}
	}
	walk(j.Needs)
	for i := range j.Needs {
		d := &j.Needs[i]
		if d.Else != nil && len(d.Need.Of) == 0 && hard[d.Need.Ref] {
			b.d.warn(m.keyNode("uses", m.origin), "make it a soft need there, or leave the need to the journeys",
				"%s: or_else has no effect: something on its path needs %q all the same", m.where, clip(b.sys.Services[d.Need.Ref].Name))
		}
	}
}

func (b *builder) ownJourneys() {
	needed := make([]bool, len(b.sys.Services))
	for i := range b.sys.Services {
		dependencyRefs(b.sys.Services[i].Needs, func(r *int32) { needed[*r] = true })
		if s := &b.sys.Services[i]; s.Balancer != model.None {
			needed[s.Balancer] = true
		}
	}
	for _, s := range b.services { // in the order of the file
		if !needed[s.index] {
			b.sys.Journeys = append(b.sys.Journeys, model.Journey{Name: s.name.text, Needs: []model.Dependency{{Need: ref(s.index)}},
				Threshold: b.threshold, Service: model.None, At: s.name.at()})
			b.d.settings = append(b.d.settings, Setting{Path: "journeys." + clip(s.name.text) + ".needs", Value: clip(s.name.text), Source: "default", At: s.name.at()})
		}
	}
	for i := range b.sys.Journeys {
		b.sys.Journeys[i].Share = 1 / float64(len(b.sys.Journeys))
	}
}

// observe adds a journey for every service that has none of its own, so that each is reported.
func (b *builder) observe() {
	if len(b.sys.Services) > mostObserved {
		return
	}
	covered := make([]bool, len(b.sys.Services))
	taken := map[string]bool{}
	for i := range b.sys.Journeys {
		j := &b.sys.Journeys[i]
		taken[j.Name] = true
		if len(j.Needs) == 1 && len(j.Needs[0].Need.Of) == 0 && j.Needs[0].Without == 0 && j.Needs[0].Cushion == nil {
			covered[j.Needs[0].Need.Ref] = true
		}
	}
	for i := range b.sys.Services {
		if covered[i] {
			continue
		}
		s := &b.sys.Services[i]
		name := s.Name
		if taken[name] {
			name += " (service)"
		}
		b.sys.Journeys = append(b.sys.Journeys, model.Journey{Name: name, Needs: []model.Dependency{{Need: ref(int32(i))}},
			Threshold: b.threshold, Service: int32(i), At: s.At})
	}
}

func (b *builder) objectives(items []*node, plan *model.Plan) {
	named := make(map[string]int32, len(b.sys.Journeys))
	for i := range b.sys.Journeys {
		if _, taken := named[b.sys.Journeys[i].Name]; !taken {
			named[b.sys.Journeys[i].Name] = int32(i)
		}
	}
	for k, n := range items {
		m := b.d.mapping(n, "objective "+itoa(k+1), "objectives."+itoa(k+1))
		if len(m.layers) == 0 {
			continue
		}
		o := model.Objective{Journey: model.None, At: n.at()}
		if v := m.need("journey", "which journey is it about?"); v != nil {
			b.d.witness.read(v, formJourney)
			if _, ok := b.d.single(v, m.label("journey")); !ok {
				o.Journey = model.None
			} else if i, found := named[v.text]; found {
				o.Journey = i
			} else {
				hint := b.d.nearest(v.text, len(named), func(add func(string)) {
					for name := range named {
						add(name)
					}
				})
				b.d.fault(v, hint, "%s: no such journey %q", m.where, clip(v.text))
			}
		}
		if m.has("availability") {
			o.Availability = m.share("availability", 0)
		}
		if m.has("rto") {
			o.RTO = m.durationAbove("rto", 1)
		}
		if o.RPOSet = m.has("rpo"); o.RPOSet {
			o.RPO = m.duration("rpo", 0)
		}
		if !m.has("availability") && !m.has("rto") && !o.RPOSet {
			b.d.fault(n, "give availability, rto or rpo", "%s promises nothing", m.where)
		}
		o.Unplanned = m.has("count_planned") && !m.flag("count_planned")
		m.done()
		plan.Objectives = append(plan.Objectives, o)
	}
}
