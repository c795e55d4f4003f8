package analysis

import (
	"math"
	"slices"

	"github.com/ftsim/ftsim/model"
)

// Curves follows how the availability of journeys changes over the horizon: at a moment (point
// availability), and on average from the start until then (interval availability).
type Curves struct {
	Journeys []int           // in the order in which methods number them
	Times    []model.Seconds // rising; the last is the horizon

	down [][]int64   // by journey and time: how many replications more, or fewer, are down than the time before
	upTo [][]moments // by journey and time: downtime until then as a share of it
	late []moments   // by journey: availability of the second half minus that of the first tenth, and the latter
	n    int64
	own  []model.Outage // scratch: outages of one journey
	open []curveCluster // by journey, if replications come in groups
	by   [][]moments    // by journey and time, of groups: how many are down, of how many
}

// curveCluster sums up the replications of a group that is not complete.
type curveCluster struct {
	n           float64
	down        []int64   // as in Curves
	upTo        []float64 // shares of time down
	early, late float64
}

// pointsPerDecade is how close the times of a curve are.
const pointsPerDecade = 24

// CurveTimes are the times at which a curve is drawn unless others are wanted: 0, then from a
// ten-thousandth of the horizon on, evenly on a log scale. What changes at the start of a system, within
// some repairs, shows as well as what changes over years.
func CurveTimes(horizon model.Seconds) []model.Seconds {
	times := []model.Seconds{0}
	const decades = 4
	for k := -decades * pointsPerDecade; k < 0; k++ {
		times = append(times, horizon*model.Seconds(math.Pow(10, float64(k)/pointsPerDecade)))
	}
	return append(times, horizon)
}

// NewCurves prepares curves of some journeys at times from 0 to the horizon, which must rise.
func NewCurves(journeys []int, times []model.Seconds) *Curves {
	c := &Curves{Journeys: journeys, Times: times, late: make([]moments, len(journeys))}
	for range journeys {
		c.down = append(c.down, make([]int64, len(times)+1))
		c.upTo = append(c.upTo, make([]moments, len(times)))
	}
	return c
}

// Cluster makes groups of replications, ended by EndCluster, what intervals count, as in a Study. It must
// be called before Add.
func (c *Curves) Cluster() {
	for range c.Journeys {
		c.open = append(c.open, curveCluster{down: make([]int64, len(c.Times)+1), upTo: make([]float64, len(c.Times))})
		c.by = append(c.by, make([]moments, len(c.Times)))
	}
}

// EndCluster takes in the replications since the last one as a group.
func (c *Curves) EndCluster() {
	for j := range c.open {
		g := &c.open[j]
		if g.n == 0 {
			continue
		}
		down := int64(0)
		for k, t := range c.Times {
			down += g.down[k]
			c.down[j][k] += g.down[k]
			c.by[j][k].push(float64(down), g.n)
			if t > 0 {
				c.upTo[j][k].push(g.upTo[k]/g.n, 0)
			}
		}
		c.late[j].push((g.late-g.early)/g.n, g.early/g.n)
		clear(g.down)
		clear(g.upTo)
		g.n, g.early, g.late = 0, 0, 0
	}
}

// Add takes in one replication.
func (c *Curves) Add(o *model.Outcome) {
	c.n++
	for j, journey := range c.Journeys {
		c.own = c.own[:0]
		for i := range o.Outages {
			if int(o.Outages[i].Journey) == journey {
				c.own = append(c.own, o.Outages[i])
			}
		}
		c.addPoints(j)
		c.addAverages(j)
		early := 1 - float64(downUntil(c.own, o.Horizon/10)/(o.Horizon/10))
		half := downUntil(c.own, o.Horizon/2)
		late := 1 - float64((downUntil(c.own, o.Horizon)-half)/(o.Horizon/2))
		if c.open == nil {
			c.late[j].push(late-early, early)
			continue
		}
		g := &c.open[j]
		g.n, g.early, g.late = g.n+1, g.early+early, g.late+late
	}
}

// addPoints counts the times at which the journey was down. An outage holds from its start until just
// before its end.
func (c *Curves) addPoints(j int) {
	counts := c.down[j]
	if c.open != nil {
		counts = c.open[j].down
	}
	for i := range c.own {
		first, _ := slices.BinarySearch(c.Times, c.own[i].Start)
		after, _ := slices.BinarySearch(c.Times, c.own[i].End)
		if c.own[i].Open { // its end is not known
			after = len(c.Times)
		}
		counts[first]++
		counts[after]--
	}
}

// addAverages takes the downtime until each time. Outages come by start and do not overlap.
func (c *Curves) addAverages(j int) {
	whole, i := model.Seconds(0), 0 // downtime of the outages before i
	for k, t := range c.Times {
		for i < len(c.own) && c.own[i].End <= t {
			whole += c.own[i].End - c.own[i].Start
			i++
		}
		down := whole
		if i < len(c.own) {
			down += c.own[i].Down(t)
		}
		switch {
		case t <= 0:
		case c.open != nil:
			c.open[j].upTo[k] += float64(down / t)
		default:
			c.upTo[j][k].push(float64(down/t), 0)
		}
	}
}

// downUntil is the downtime of outages up to t.
func downUntil(outages []model.Outage, t model.Seconds) (down model.Seconds) {
	for i := range outages {
		down += outages[i].Down(t)
	}
	return down
}

// CurvePoint is the availability at one time.
type CurvePoint struct {
	At   model.Seconds
	Now  Estimate // share of replications that are up then
	UpTo Estimate // mean availability from 0 until then; NaN at 0
}

// Curve is that of the j-th of Journeys, with an interval for each point by itself.
func (c *Curves) Curve(j int) []CurvePoint {
	var list []CurvePoint
	down := int64(0)
	for k, t := range c.Times {
		down += c.down[j][k]
		list = append(list, CurvePoint{t, c.now(down, c.effect(j, k)), c.average(&c.upTo[j][k])})
	}
	return list
}

// effect is the design effect of the share that is down at a time.
func (c *Curves) effect(j, k int) float64 {
	if c.open == nil {
		return 1
	}
	return designEffect(&c.by[j][k])
}

func (c *Curves) now(down int64, effect float64) Estimate {
	n := float64(c.n)
	low, high := wilson((n-float64(down))/effect, n/effect)
	e := c.estimate(1-float64(down)/n, low, high, down)
	e.Bound = down == 0
	return e
}

func (c *Curves) average(a *moments) Estimate {
	switch {
	case a.n == 0:
		return c.estimate(math.NaN(), math.NaN(), math.NaN(), 0)
	case a.nonzero == 0: // a share of time is at most 1 where it is not zero, so its mean is below 3/n
		e := c.estimate(1, max(0, 1-unseenCount/float64(c.n)), 1, 0)
		e.Bound = true
		return e
	}
	low, high := a.meanInterval()
	return c.estimate(1-a.x, max(0, 1-high), min(1, 1-low), a.nonzero)
}

func (c *Curves) estimate(value, low, high float64, seen int64) Estimate {
	return Estimate{Value: value, Low: low, High: high, Confidence: confidence, Replications: int(c.n), Observations: seen}
}

// Settled is from when on a journey that starts off its long-run availability has reached it: the first
// time at which the interval around the share of replications that are up has the availability of the
// second half of the horizon in it. It is 0 if that is so from the start, as far as can be seen.
func (c *Curves) Settled(j int) model.Seconds {
	_, late, _ := c.Trend(j)
	for k, p := range c.Curve(j) {
		if k > 0 && p.Now.Low <= late && late <= p.Now.High {
			if k == 1 {
				return 0
			}
			return p.At
		}
	}
	return model.Never
}

// Trend is how the availability of the j-th of Journeys moves: in the first tenth of the horizon, in the
// second half, and the mean difference of the two within replications, with its interval.
func (c *Curves) Trend(j int) (early, late float64, rise Estimate) {
	a := &c.late[j]
	low, high := a.meanInterval()
	return a.y, min(1, max(0, a.y+a.x)), c.estimate(a.x, low, high, a.nonzero)
}
