package analysis

import (
	"slices"

	"github.com/ftsim/ftsim/model"
)

// OutageRow is an outage and the replication it came from.
type OutageRow struct {
	Replication int
	model.Outage
	Recovered // the stores that the journey needs, in the outage
}

// LossRow is a recovery of a store and the replication it came from.
type LossRow struct {
	Replication int
	model.Loss
}

// Study takes in replications one after the other. It is not safe for concurrent use.
type Study struct {
	sys       *model.System
	plan      *model.Plan
	metrics   []Metric
	cells     [][]*accumulator // by metric and target; nil where the metric does not apply
	byJourney [][]model.Outage // of the replication being added
	blame     []blameBook      // by journey
	failovers map[failoverKey]int64
	data      []*dataBook  // by service; nil without a store
	points    []*pointBook // by journey; nil if it needs no store
	lacks     []*lackBook  // by service; nil where reads are not from copies
	groups    int64        // of replications that intervals count
	outages   Events[OutageRow]
	losses    Events[LossRow]
	most      int // rows of either
	worst     Worst
	isUser    []bool // by journey
	reps      int
	years     float64
	horizon   model.Seconds
	weighted  bool
	scratch   []float64
	held      [][][]float64 // of a clustered study: observations of the open cluster, by metric and target
	open      int           // replications in it
}

// Worst is the replication with the most downtime of user journeys.
type Worst struct {
	Replication int
	Horizon     model.Seconds
	Down        model.Seconds // summed over user journeys
	Outages     []model.Outage
}

// defaultRows is a quarter of a gigabyte of outages.
const defaultRows = 1_000_000

// NewStudy prepares a study of sys under plan.
func NewStudy(sys *model.System, plan *model.Plan) *Study {
	s := &Study{sys: sys, plan: plan, metrics: Metrics(sys, plan), failovers: map[failoverKey]int64{}, most: defaultRows}
	s.byJourney = make([][]model.Outage, len(sys.Journeys))
	s.blame = make([]blameBook, len(sys.Journeys))
	for i := range s.blame {
		s.blame[i] = newBlameBook()
	}
	v := newLens(sys, plan)
	for i := range sys.Services {
		s.data = append(s.data, nil)
		if sys.Services[i].Store != nil {
			s.data[i] = newDataBook()
		}
		s.lacks = append(s.lacks, nil)
		if sys.Services[i].ReadsCopies() {
			s.lacks[i] = &lackBook{}
		}
	}
	for j := range sys.Journeys {
		s.points = append(s.points, newPointBook(sys, v, j))
	}
	s.isUser = make([]bool, len(sys.Journeys))
	for _, j := range Users(sys) {
		s.isUser[j] = true
	}
	for i := range s.metrics {
		s.cells = append(s.cells, applicable(sys, v, s.metrics[i].Scope))
	}
	return s
}

// applicable makes an accumulator for each target a scope includes.
func applicable(sys *model.System, v *lens, scope Scope) []*accumulator {
	n := len(sys.Services)
	switch scope {
	case Journeys, JourneysWithRTO, JourneysPlanned, JourneysBridged:
		n = len(sys.Journeys)
	case Maintenances, Inspections:
		n = len(sys.Maintenance)
	case Stocks:
		n = len(sys.Stocks)
	case Whole:
		n = 1
	case Jobs, JobsThatEnd:
		n = len(sys.Jobs)
	}
	cells := make([]*accumulator, n)
	for i := range cells {
		switch {
		case scope == Whole && sys.Cost == nil:
		case scope == JobsThatEnd && !ends(&sys.Jobs[i]):
		case scope == JourneysWithRTO && v.rto[i] <= 0:
		case scope == JourneysPlanned && len(sys.Maintenance) == 0:
		case scope == Inspections && !sys.Maintenance[i].Finds:
		case scope == JourneysBridged && !bridges(sys, int32(i)):
		case scope == Queues && (sys.Services[i].Store == nil || sys.Services[i].Store.Producers == nil):
		case scope == StoresOfTwo && !maySplit(sys, &sys.Services[i]):
		case scope == Sharded && (sys.Services[i].Store == nil || sys.Services[i].Store.Shards == nil):
		case scope == ReadFromCopies && !sys.Services[i].ReadsCopies():
		case scope == StoresSalvaged && (sys.Services[i].Store == nil || sys.Services[i].Store.Salvage == nil):
		case scope == Stores && sys.Services[i].Store == nil:
		case scope == StoresWithRPO && (sys.Services[i].Store == nil || !(v.rpo[i] >= 0)):
		default:
			cells[i] = &accumulator{}
		}
	}
	return cells
}

// Add takes in one replication. Replications must come in order for results to be reproducible; o may
// be reused afterwards.
func (s *Study) Add(o *model.Outcome) {
	s.reps++
	s.years += float64(o.Horizon / model.Year)
	s.horizon = o.Horizon
	s.weighted = s.weighted || o.Weight != 1 && o.Weight != 0
	s.observe(o)
	for i := range o.Outages {
		s.blame[o.Outages[i].Journey].add(&o.Outages[i], o.Horizon)
	}
	for i := range o.Failovers {
		s.failovers[keyOf(&o.Failovers[i])]++
	}
	s.addData(o)
	s.keepRows(o)
	s.keepWorst(o)
}

// addData takes in what stores came to. It follows observe, which has set the outages apart by journey.
func (s *Study) addData(o *model.Outcome) {
	for i := range o.Losses {
		if b := s.data[o.Losses[i].Service]; b != nil {
			b.add(&o.Losses[i])
		}
	}
	part := *o
	for j, b := range s.points {
		if b != nil {
			b.pick(o.Losses)
			part.Outages = s.byJourney[j]
			b.add(&part, s.plan, j)
		}
	}
	for i, b := range s.lacks {
		if b != nil {
			b.add(o, i)
		}
	}
	if s.held == nil {
		s.closeData()
	}
}

// closeData ends a group of replications.
func (s *Study) closeData() {
	s.groups++
	for _, b := range s.data {
		if b != nil {
			b.close()
		}
	}
	for _, b := range s.points {
		if b != nil {
			b.close()
		}
	}
	for _, b := range s.lacks {
		if b != nil {
			b.close()
		}
	}
}

// observe shows each metric the outcome; journey metrics see the outages of their journey only.
func (s *Study) observe(o *model.Outcome) {
	for j := range s.byJourney {
		s.byJourney[j] = s.byJourney[j][:0]
	}
	for i := range o.Outages {
		j := o.Outages[i].Journey
		s.byJourney[j] = append(s.byJourney[j], o.Outages[i])
	}
	part := *o
	s.open++
	for i := range s.metrics {
		m := &s.metrics[i]
		ofJourney := slices.Contains([]Scope{Journeys, JourneysWithRTO, JourneysPlanned, JourneysBridged}, m.Scope)
		for t, a := range s.cells[i] {
			if a == nil {
				continue
			}
			if part.Outages = o.Outages; ofJourney {
				part.Outages = s.byJourney[t]
			}
			if s.held != nil {
				s.held[i][t] = m.Observe(s.held[i][t], &part, t)
				continue
			}
			s.scratch = m.Observe(s.scratch[:0], &part, t)
			a.take(m.Method, s.scratch)
		}
	}
}

// KeepRows says how many outages, and how many losses, are to be kept one by one: a million if nobody
// says, none for 0. Figures include all of them in any case. It must be called before Add.
func (s *Study) KeepRows(most int) { s.most = most }

func (s *Study) keepRows(o *model.Outcome) {
	keep(&s.outages, o.Outages, s.most, func(a *model.Outage) OutageRow {
		row := OutageRow{Replication: o.Replication, Outage: *a}
		if b := s.points[a.Journey]; b != nil {
			row.Recovered = recoveredIn(b.losses, a.Start, a.End)
		}
		return row
	})
	keep(&s.losses, o.Losses, s.most, func(l *model.Loss) LossRow { return LossRow{o.Replication, *l} })
}

func (s *Study) keepWorst(o *model.Outcome) {
	down := model.Seconds(0)
	for i := range o.Outages {
		if s.isUser[o.Outages[i].Journey] {
			down += o.Outages[i].Down(o.Horizon)
		}
	}
	if s.reps > 1 && down <= s.worst.Down {
		return
	}
	s.worst = Worst{o.Replication, o.Horizon, down, slices.Clone(o.Outages)}
}

// Users lists the journeys of users; if all journeys merely observe services, it lists those.
func Users(sys *model.System) []int {
	var own, all []int
	for j := range sys.Journeys {
		all = append(all, j)
		if sys.Journeys[j].Service < 0 {
			own = append(own, j)
		}
	}
	if len(own) > 0 {
		return own
	}
	return all
}
