package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/ftsim/ftsim/model"
)

// RateFactor is how many times as often an element fails when its risk achievement is measured.
const RateFactor = 10

// fewestSigned is how many replications must differ before a difference is told from zero: that five
// have one sign happens by chance in one of sixteen cases, that six have in one of thirty-two.
const fewestSigned = 6

// Change is what is done to a part to see what it matters.
type Change uint8

// Changes.
const (
	MadePerfect Change = iota // it never fails: risk reduction
	FailsOften                // its failure rate × RateFactor: risk achievement
	numChanges
)

// Applies tells whether the change means anything to a part.
func (c Change) Applies(p *Part) bool { return c == MadePerfect || !p.Cascade }

// Apply is sys with the part changed.
func (c Change) Apply(sys *model.System, p *Part) *model.System {
	if c == MadePerfect {
		return model.Perfect(sys, p.Elements...)
	}
	return model.Scaled(sys, RateFactor, p.Elements...)
}

// Part is what an importance is asked for: a component, a common cause, or components declared as one.
type Part struct {
	Name, Kind string
	Elements   []model.Element
	Cascade    bool // set off by something else: it has no rate of its own
}

// Parts lists everything in sys that fails by itself. Neighbours that share one declaration, such as the
// nodes of a count, are one part unless each is wanted.
func Parts(sys *model.System, each bool) []Part {
	var list []Part
	var last *model.Mode
	for i := range sys.Components {
		c, e := &sys.Components[i], model.Element(i)
		if len(c.Modes) == 0 {
			last = nil
			continue
		}
		if n := len(list) - 1; !each && last == &c.Modes[0] {
			list[n].Elements = append(list[n].Elements, e)
			list[n].Name = sys.ElementName(list[n].Elements[0]) + " … " + c.Name
			continue
		}
		last = &c.Modes[0]
		list = append(list, Part{Name: c.Name, Kind: sys.ElementKind(e), Elements: []model.Element{e}})
	}
	for i := range sys.Causes {
		e := sys.CauseElement(i)
		list = append(list, Part{sys.ElementName(e), sys.ElementKind(e), []model.Element{e}, sys.Causes[i].SetOff != nil})
	}
	return list
}

// Importance ranks the parts of a system by simulating it again with one of them changed, under the same
// seed: in a replication all others have the luck they had before, so that it is paired with itself.
type Importance struct {
	System   *model.System
	Plan     *model.Plan
	Parts    []Part
	Journeys []int // that are looked at

	partOf []int32     // by element; −1 for none
	base   [][]float64 // by journey: downtime of each replication, in seconds per year
	begun  [][]moments // by journey and part: downtime that the part began
	found  [][numChanges]*Contrast
	years  float64
	now    []float64 // scratch, by part
}

// NewImportance prepares a study of parts for some journeys of sys.
func NewImportance(sys *model.System, plan *model.Plan, parts []Part, journeys []int) *Importance {
	im := &Importance{System: sys, Plan: plan, Parts: parts, Journeys: journeys,
		base: make([][]float64, len(journeys)), begun: make([][]moments, len(journeys)),
		found: make([][numChanges]*Contrast, len(parts)), now: make([]float64, len(parts))}
	im.partOf = make([]int32, sys.MaintenanceElement(len(sys.Maintenance)))
	for e := range im.partOf {
		im.partOf[e] = -1
	}
	for i := range parts {
		for _, e := range parts[i].Elements {
			im.partOf[e] = int32(i)
		}
	}
	for j := range journeys {
		im.begun[j] = make([]moments, len(parts))
	}
	return im
}

// Replications is how many the unchanged system was simulated for.
func (im *Importance) Replications() int { return len(im.base[0]) }

// Add takes in a replication of the unchanged system. They must come in order, and before any Compare.
func (im *Importance) Add(o *model.Outcome) {
	im.years += float64(o.Horizon / model.Year)
	for j, journey := range im.Journeys {
		im.base[j] = append(im.base[j], yearlyDowntime(o, journey))
		im.addBegun(o, j)
	}
}

// yearlyDowntime is the downtime of a journey in one replication, in seconds per year.
func yearlyDowntime(o *model.Outcome, journey int) float64 {
	down, _ := tally(o, journey)
	return float64(down * (model.Year / o.Horizon))
}

// addBegun books the downtime to the parts that began it.
func (im *Importance) addBegun(o *model.Outcome, j int) {
	clear(im.now)
	for i := range o.Outages {
		if a := &o.Outages[i]; int(a.Journey) == im.Journeys[j] && a.Initiator >= 0 {
			if p := im.partOf[a.Initiator]; p >= 0 {
				im.now[p] += float64(a.Down(o.Horizon) * (model.Year / o.Horizon))
			}
		}
	}
	for p, down := range im.now {
		im.begun[j][p].push(down, 0)
	}
}

// Order lists the parts, those first that began most downtime: what is done first is worth most if
// there is no time for all.
func (im *Importance) Order() []int {
	weight, list := make([]float64, len(im.Parts)), make([]int, len(im.Parts))
	for p := range list {
		list[p] = p
		for j := range im.begun {
			weight[p] += im.begun[j][p].x
		}
	}
	slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(weight[b], weight[a]) })
	return list
}

// Contrast compares the replications of a changed system with those of the unchanged one.
type Contrast struct {
	im    *Importance
	k     int
	pairs []moments // by journey: downtime before minus after the change, and before
}

// Compare begins to compare. Nothing is kept of it before Keep.
func (im *Importance) Compare() *Contrast {
	return &Contrast{im: im, pairs: make([]moments, len(im.Journeys))}
}

// Add takes in a replication of the changed system; as many as, and in the order of, the unchanged.
func (c *Contrast) Add(o *model.Outcome) {
	for j, journey := range c.im.Journeys {
		before := c.im.base[j][c.k]
		c.pairs[j].push(before-yearlyDowntime(o, journey), before)
	}
	c.k++
}

// Keep makes a finished comparison part of the results.
func (im *Importance) Keep(part int, change Change, c *Contrast) { im.found[part][change] = c }

// Ranked is what one part matters to one journey. Times are in seconds per year. Figures without a
// comparison, because there was no time for it, are NaN.
type Ranked struct {
	Part     *Part
	Saved    Estimate // downtime, if the part never failed
	Added    Estimate // downtime, if it failed RateFactor times as often; NaN for a cascade
	Share    Estimate // Fussell–Vesely: 1 − U(perfect)/U, the share of downtime in which the part takes part
	Tenfold  Estimate // U(RateFactor × rate)/U
	Begun    Estimate // downtime that the part began; these add up to the whole, unlike Saved
	OfBudget Estimate // Begun as a share of what the objective allows; NaN without one
	Compared bool     // all of the above was measured
}

// Worth is the risk reduction worth U/U(perfect), which is 1/(1 − Share).
func (r *Ranked) Worth() Estimate {
	e := r.Share
	f := func(x float64) float64 { return 1 / (1 - x) }
	e.Value, e.Low, e.High = f(e.Value), f(e.Low), f(min(1, e.High))
	return e
}

// Separable tells whether a difference is known to be one: its interval has no zero in it.
func Separable(e Estimate) bool {
	return e.Observations >= fewestSigned && (e.Low > 0 || e.High < 0)
}

// Ranking is the importance of all parts to the j-th of Journeys, what would save most first.
func (im *Importance) Ranking(j int) []Ranked {
	list := make([]Ranked, len(im.Parts))
	budget := im.Budget(j)
	for p := range list {
		r := &list[p]
		*r = Ranked{Part: &im.Parts[p], Saved: im.unknown(), Added: im.unknown(), Share: im.unknown(), Tenfold: im.unknown(),
			Begun: im.mean(&im.begun[j][p], 1).atLeast(0), OfBudget: im.unknown()}
		if c := im.found[p][MadePerfect]; c != nil {
			r.Saved, r.Share = im.mean(&c.pairs[j], 1), im.relative(&c.pairs[j], 1)
		}
		if c := im.found[p][FailsOften]; c != nil {
			r.Added, r.Tenfold = im.mean(&c.pairs[j], -1), im.relative(&c.pairs[j], -1).plus(1)
		}
		r.Compared = im.found[p][MadePerfect] != nil && (im.found[p][FailsOften] != nil || r.Part.Cascade)
		if budget > 0 {
			r.OfBudget = r.Begun.times(1 / budget)
		}
	}
	slices.SortStableFunc(list, func(a, b Ranked) int {
		switch {
		case a.Compared != b.Compared:
			return int(one(b.Compared) - one(a.Compared))
		case a.Compared && a.Saved.Value != b.Saved.Value:
			return cmp.Compare(b.Saved.Value, a.Saved.Value)
		}
		return cmp.Compare(b.Begun.Value, a.Begun.Value)
	})
	return list
}

// Budget is the downtime that the objective of the j-th of Journeys allows, in seconds per year; 0 if
// there is none.
func (im *Importance) Budget(j int) float64 { return ErrorBudget(im.Plan, im.Journeys[j]) }

// Downtime is that of the j-th of Journeys in the unchanged system, in seconds per year.
func (im *Importance) Downtime(j int) Estimate {
	var a moments
	for _, x := range im.base[j] {
		a.push(x, 0)
	}
	return im.mean(&a, 1).atLeast(0)
}

func (im *Importance) estimate(value, low, high float64, changed int64) Estimate {
	return Estimate{Value: value, Low: low, High: high, Confidence: confidence, Replications: im.Replications(), Observations: changed}
}

func (im *Importance) unknown() Estimate {
	return im.estimate(math.NaN(), math.NaN(), math.NaN(), 0)
}

// noted bounds what was never seen to differ from zero, and warns of what rests on few replications.
func (im *Importance) noted(e Estimate) Estimate {
	switch {
	case e.Observations == 0:
		length := longestRepair(im.System)
		if length <= 0 || length > im.Plan.Horizon {
			length = im.Plan.Horizon
		}
		most := unseenCount / im.years * float64(length)
		e.Bound, e.Low, e.High = true, -most, most
		e.Warnings = append(e.Warnings, "no replication showed any; the bound takes an outage to last "+length.Round())
	case e.Observations < fewEvents:
		e.Warnings = append(e.Warnings, fmt.Sprintf("rests on %d replications only; the interval is rough", e.Observations))
	}
	return e
}

// mean is that of the first values of pairs, times sign.
func (im *Importance) mean(a *moments, sign float64) Estimate {
	low, high := a.meanInterval()
	if sign < 0 {
		low, high = -high, -low
	}
	return im.noted(im.estimate(sign*a.x, low, high, a.nonzero))
}

// relative is the difference as a share of the downtime before the change, by the delta method.
func (im *Importance) relative(a *moments, sign float64) Estimate {
	if a.y == 0 {
		return im.unknown()
	}
	r, half := a.x/a.y, tHalfWidth(a.n, a.ratioVariance())
	e := im.estimate(sign*r, sign*r-half, sign*r+half, a.nonzero)
	if a.nonzero == 0 {
		d := im.mean(a, sign)
		e.Bound, e.Low, e.High, e.Warnings = true, d.Low/a.y, d.High/a.y, d.Warnings
	}
	return e
}

// atLeast moves the lower end of an interval up to what is possible.
func (e Estimate) atLeast(x float64) Estimate {
	e.Low = max(x, e.Low)
	return e
}

func (e Estimate) plus(x float64) Estimate {
	e.Value, e.Low, e.High = e.Value+x, e.Low+x, e.High+x
	return e
}

// times multiplies by x > 0.
func (e Estimate) times(x float64) Estimate {
	e.Value, e.Low, e.High = e.Value*x, e.Low*x, e.High*x
	return e
}
