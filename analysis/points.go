package analysis

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"github.com/ftsim/ftsim/model"
)

// This file puts the recovery time of an incident next to the recovery point of the stores that came back in
// it: a design can buy one with the other, which two separate distributions do not show.

// Recovered is what the stores came to that a journey needs, in some time.
type Recovered struct {
	Stores       int32         // recoveries, 0 = none
	Lost         model.Seconds // the most of any; +∞ for a total loss
	Transactions float64       // of all
	Source       model.Source  // of the one that lost most
	losing       int           // recoveries that lost something
}

// recoveredIn is what the losses of a replication, by time, came to from one time to another.
func recoveredIn(losses []model.Loss, from, to model.Seconds) (all Recovered) {
	const slack = 1e-6 // a time is a sum of many
	first := sort.Search(len(losses), func(i int) bool { return losses[i].At >= from-slack })
	for i := first; i < len(losses) && losses[i].At <= to+slack; i++ {
		l := &losses[i]
		if s := model.Seconds(lostSeconds(l)); all.Stores == 0 || s > all.Lost {
			all.Lost, all.Source = s, l.Source
		}
		all.Stores++
		all.Transactions += lostTransactions(l)
		all.losing += int(one(lost(l)))
	}
	return all
}

// LossBand is the incidents of a journey in which the stores it needs lost about as much.
type LossBand struct {
	Over, UpTo float64 // seconds of writes lost: more than Over, at most UpTo; both 0 = nothing
	Total      bool    // all that there was, or copies that fell behind without bound; Over and UpTo are +∞
	Stores     bool    // false: no store was recovered at all
	PerYear    Estimate
	Share      Estimate // of the incidents
	Time       []Stat   // recovery time of the incident
}

// RecoveryTime is a statistic of the recovery times.
func (b *LossBand) RecoveryTime(stat string) Estimate { return statOf(b.Time, stat) }

// Spot is a place on the plane of recovery points and recovery times, and how many incidents were there.
type Spot struct {
	Point, Time float64 // the lower ends, SpotRatio apart; Point is 0 or +∞ where nothing or all was lost
	Incidents   int64
}

// SpotRatio is how many times as long a spot ends as it begins.
var SpotRatio = math.Pow(10, 0.25)

// shortest is where the spots begin, in seconds: what takes less is with them.
const shortest = 1e-3

// Points are the recovery points and times of the incidents of a journey.
type Points struct {
	Journey   int
	Name      string
	Incidents int64      // that ended within the horizon: what stores lose afterwards is not known
	Bands     []LossBand // no store, nothing lost, then more and more; only those that were seen
	Apart     Estimate   // recoveries per year that lost something while there was no incident
	Both      Estimate   // share of incidents within RTO and RPO; NaN without both
	Spots     []Spot     // incidents in which a store was recovered, by point, then time
}

// bandEdges divide seconds of writes lost.
var bandEdges = []float64{1, 60, 3600, 86400}

// pointBook takes in the incidents of one journey.
type pointBook struct {
	stores   []bool // services whose recoveries count
	edges    []float64
	rto, rpo float64 // 0 and NaN = no promise
	all      counted
	kept     counted // both promises
	apart    counted
	bands    []banded
	spots    map[[2]int]int64
	losses   []model.Loss // of the replication being added
	open     struct{ all, kept, apart float64 }
}

// banded takes in what becomes a LossBand: none, nothing, and what ends at each edge and beyond.
type banded struct {
	count counted
	lives accumulator
	open  float64
	times []float64 // pairs of a Lifetime
}

// newPointBook is for a journey; nil if it needs no store.
func newPointBook(sys *model.System, v *lens, journey int) *pointBook {
	list := storesOf(sys, int32(journey))
	if len(list) == 0 {
		return nil
	}
	b := &pointBook{stores: make([]bool, len(sys.Services)), rto: float64(v.rto[journey]), rpo: math.NaN(), spots: map[[2]int]int64{}}
	for _, s := range list {
		b.stores[s] = true
	}
	b.edges = slices.Clone(bandEdges)
	for _, ob := range v.plan.Objectives {
		if int(ob.Journey) == journey && ob.RPOSet {
			b.rpo = float64(ob.RPO)
			if at, found := slices.BinarySearch(b.edges, b.rpo); b.rpo > 0 && !found {
				b.edges = slices.Insert(b.edges, at, b.rpo)
			}
		}
	}
	b.edges = append(b.edges, math.MaxFloat64) // and beyond, everything
	b.bands = make([]banded, 3+len(b.edges))
	return b
}

// pick keeps the losses of a replication that concern the journey.
func (b *pointBook) pick(losses []model.Loss) {
	b.losses = b.losses[:0]
	for i := range losses {
		if b.stores[losses[i].Service] {
			b.losses = append(b.losses, losses[i])
		}
	}
	byTime := func(x, y model.Loss) int { return cmp.Compare(x.At, y.At) }
	if !slices.IsSortedFunc(b.losses, byTime) {
		slices.SortStableFunc(b.losses, byTime)
	}
}

// add takes in a replication with the outages of the journey alone.
func (b *pointBook) add(o *model.Outcome, plan *model.Plan, journey int) {
	inside, losing := 0, 0
	for i := range b.losses {
		losing += int(one(lost(&b.losses[i])))
	}
	eachIncident(o, plan, journey, func(in incident) {
		if in.end > o.Horizon || in.open {
			return
		}
		all := recoveredIn(b.losses, in.start, in.end)
		inside += all.losing
		b.incident(in.recovery(), all)
	})
	b.open.apart += float64(losing - inside)
}

func (b *pointBook) incident(took model.Seconds, all Recovered) {
	band, point := 0, float64(all.Lost)
	if all.Stores > 0 {
		band = 1
		if point > 0 {
			band = 2 + sort.SearchFloat64s(b.edges, point)
		}
		b.spots[[2]int{spotOf(point), spotOf(float64(took))}]++
	}
	x := &b.bands[band]
	x.open++
	x.times = append(x.times, float64(took), 0)
	b.open.all++
	b.open.kept += one(float64(took) <= b.rto && !(point > b.rpo))
}

// spotOf is the number of a spot along one axis.
func spotOf(x float64) int {
	switch {
	case x == 0:
		return -1
	case math.IsInf(x, 1):
		return math.MaxInt32
	}
	return max(0, int(math.Floor(math.Log(x/shortest)/math.Log(SpotRatio)+1e-9)))
}

func spotBegin(k int) float64 {
	switch k {
	case -1:
		return 0
	case math.MaxInt32:
		return math.Inf(1)
	}
	return shortest * math.Pow(SpotRatio, float64(k))
}

// close ends a group of replications.
func (b *pointBook) close() {
	o := &b.open
	b.all.push(o.all, o.all)
	b.kept.push(o.kept, o.all)
	b.apart.push(o.apart, o.apart)
	for i := range b.bands {
		if x := &b.bands[i]; x.open > 0 {
			x.count.push(x.open, o.all)
			x.lives.take(Lifetime, x.times)
			x.open, x.times = 0, x.times[:0]
		}
	}
	o.all, o.kept, o.apart = 0, 0, 0
}

// limits are those of band i.
func (b *pointBook) limits(i int) (over, upTo float64, total bool) {
	switch last := 2 + len(b.edges); {
	case i < 2:
		return 0, 0, false
	case i == 2:
		return 0, b.edges[0], false
	case i == last:
		return math.Inf(1), math.Inf(1), true
	case i == last-1:
		return b.edges[i-3], math.Inf(1), false
	}
	return b.edges[i-3], b.edges[i-2], false
}

func (s *Study) pointsOf(journey int) Points {
	b := s.points[journey]
	out := Points{Journey: journey, Name: s.sys.Journeys[journey].Name, Incidents: int64(b.all.k), Apart: s.perYear(b.apart), Both: statOf(nil, "")}
	for i := range b.bands {
		x := &b.bands[i]
		if x.count.k == 0 {
			continue
		}
		band := LossBand{Stores: i > 0, PerYear: s.perYear(x.count), Share: s.shareOf(x.count, &b.all), Time: s.events(Time, &x.lives).lifetimes()}
		band.Over, band.UpTo, band.Total = b.limits(i)
		out.Bands = append(out.Bands, band)
	}
	if b.rto > 0 && b.rpo >= 0 && b.all.k > 0 {
		out.Both = s.shareOf(b.kept, &b.all)
	}
	for at, n := range b.spots {
		out.Spots = append(out.Spots, Spot{spotBegin(at[0]), spotBegin(at[1]), n})
	}
	slices.SortFunc(out.Spots, func(x, y Spot) int { return cmp.Or(cmp.Compare(x.Point, y.Point), cmp.Compare(x.Time, y.Time)) })
	return out
}
