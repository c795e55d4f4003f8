package analysis

import (
	"math"

	"github.com/ftsim/ftsim/model"
)

// readsOf is what was read of service s; nothing if nobody kept books of it.
func readsOf(o *model.Outcome, s int) model.StaleReads {
	if s >= len(o.Stale) {
		return model.StaleReads{}
	}
	return o.Stale[s]
}

func (v *lens) staleReads(dst []float64, o *model.Outcome, s int) []float64 {
	use := readsOf(o, s)
	return append(dst, float64(use.Stale), float64(use.Served))
}

func (v *lens) staleness(dst []float64, o *model.Outcome, s int) []float64 {
	use := readsOf(o, s)
	return append(dst, use.Lacked, float64(use.Stale))
}

func (v *lens) stalenessAll(dst []float64, o *model.Outcome, s int) []float64 {
	use := readsOf(o, s)
	return append(dst, use.Lacked, float64(use.Served))
}

func (v *lens) stalenessMost(dst []float64, o *model.Outcome, s int) []float64 {
	if use := readsOf(o, s); use.Most > 0 {
		return append(dst, float64(use.Most))
	}
	return dst
}

// lackBook takes in what the reads of one store lacked, by parts of model.LackPart. Groups of replications are the
// unit of intervals.
type lackBook struct {
	parts  [model.LackParts]lackPart
	served counted // pairs of the time of stale reads and that of all reads
	open   openLacks
}

// lackPart sums up the time of reads that lacked what is in a part, and, over groups, of those that lacked that or
// more: its squares, and its products with the time of stale and of all reads.
type lackPart struct {
	time, least, most      float64
	tails, byStale, byRead float64
}

type openLacks struct {
	time          [model.LackParts]float64
	stale, served float64
}

func (b *lackBook) add(o *model.Outcome, service int) {
	use := readsOf(o, service)
	b.open.stale += float64(use.Stale)
	b.open.served += float64(use.Served)
	for i := range o.Lacks {
		l := &o.Lacks[i]
		if int(l.Service) != service {
			continue
		}
		part := model.LackPart(l.Most)
		x := &b.parts[part]
		if x.time == 0 && b.open.time[part] == 0 {
			x.least = float64(l.Least)
		}
		x.least, x.most = min(x.least, float64(l.Least)), max(x.most, float64(l.Most))
		b.open.time[part] += float64(l.Time)
	}
}

// close ends a group of replications.
func (b *lackBook) close() {
	o := &b.open
	b.served.push(o.stale, o.served)
	tail := 0.0
	for part := model.LackParts - 1; part >= 0 && o.stale > 0; part-- {
		x := &b.parts[part]
		tail += o.time[part]
		x.time += o.time[part]
		x.tails, x.byStale, x.byRead = x.tails+tail*tail, x.byStale+tail*o.stale, x.byRead+tail*o.served
	}
	*o = openLacks{}
}

// lackLaw is the distribution of what reads lacked, among the stale ones or among all.
type lackLaw struct {
	b       *lackBook
	whole   float64 // time of the reads that count
	squares float64 // of that, over groups
	all     bool
	groups  int64
}

func (b *lackBook) law(all bool, groups int64) lackLaw {
	if all {
		return lackLaw{b, b.served.of, b.served.ofof, true, groups}
	}
	return lackLaw{b, b.served.k, b.served.kk, false, groups}
}

// at is what the share p of reads lack at most. Within a part, reads are taken to be spread evenly.
func (d *lackLaw) at(p float64) float64 {
	more := (1 - p) * d.whole // lack more than that
	tail := 0.0
	for part := model.LackParts - 1; part >= 0; part-- {
		x := &d.b.parts[part]
		if x.time > 0 && tail+x.time > more*(1+1e-12) {
			return x.most - (x.most-x.least)*max(0, more-tail)/x.time
		}
		tail += x.time
	}
	return 0
}

// quantile is what the share p of reads lack at most, with Woodruff's interval (1952): that of the share of reads
// up to there, a ratio with groups of replications as the unit, is read off the distribution itself. Within the
// grain of the parts it says no more than where a part begins and ends.
func (d *lackLaw) quantile(p float64) (value, low, high float64) {
	if d.whole <= 0 {
		return math.NaN(), 0, math.Inf(1)
	}
	value = d.at(p)
	half := d.halfWidth(value)
	if p-half > 0 {
		low = min(value, d.edge(p-half, false))
	}
	if high = math.Inf(1); p+half < 1 {
		high = max(value, d.edge(p+half, true))
	}
	return value, low, high
}

// edge is where the part begins, or ends, that the p-quantile is in.
func (d *lackLaw) edge(p float64, end bool) float64 {
	value := d.at(p)
	x := &d.b.parts[model.LackPart(model.Seconds(value))]
	switch {
	case value == 0:
		return 0
	case end:
		return x.most
	}
	return x.least
}

// halfWidth is that of the interval of the share of reads that lack more than a value; of a share that nothing was
// seen to differ from, what can be excluded.
func (d *lackLaw) halfWidth(value float64) float64 {
	n := float64(d.groups)
	part := 0
	if value > 0 {
		part = model.LackPart(model.Seconds(value))
	}
	tail := 0.0
	for k := part; k < model.LackParts; k++ {
		tail += d.b.parts[k].time
	}
	x := &d.b.parts[part]
	by := x.byStale
	if d.all {
		by = x.byRead
	}
	m := moments{n: d.groups, x: tail / n, y: d.whole / n, xx: max(0, x.tails-tail*tail/n), yy: max(0, d.squares-d.whole*d.whole/n), xy: by - tail*d.whole/n}
	if tail == 0 {
		return unseenCount / n
	}
	return tHalfWidth(d.groups, m.ratioVariance())
}

// lackStats adds the quantiles of what reads lacked to a measured metric.
func (s *Study) lackStats(m *Measured) {
	all := m.Metric.Name == "staleness_all"
	if m.Metric.Name != "staleness" && !all || s.lacks[m.Target] == nil {
		return
	}
	law := s.lacks[m.Target].law(all, s.groups)
	for _, l := range levels {
		if law.whole <= 0 {
			return
		}
		v, low, high := law.quantile(l.p)
		e := Estimate{Value: v, Low: low, High: high, Confidence: confidence, Replications: s.reps, Observations: m.Main().Observations}
		m.Stats = append(m.Stats, Stat{l.name, e})
	}
}
