package analysis

import (
	"cmp"
	"slices"

	"github.com/ftsim/ftsim/model"
)

// Cell is the downtime of a journey that one initiator caused in one phase.
type Cell struct {
	Initiator model.Element
	Phase     model.Phase
	Down      model.Seconds // over all replications, within the horizon
}

// Initiator is what one element did to a journey.
type Initiator struct {
	Element     model.Element
	Name, Kind  string
	Down        model.Seconds // over all replications
	Outages     int64
	Share       float64       // of the journey's downtime
	PerYear     float64       // outages
	MeanOutage  model.Seconds // within the horizon
	DownPerYear model.Seconds
}

// PhaseShare is the downtime of a journey in one phase.
type PhaseShare struct {
	Phase       model.Phase
	Down        model.Seconds // over all replications
	Share       float64
	DownPerYear model.Seconds
}

// Blame splits the downtime of a journey. The cells, the initiators and the phases each sum to Total.
type Blame struct {
	Journey    int
	Name       string
	Total      model.Seconds // over all replications
	Years      float64
	Initiators []Initiator  // most downtime first
	Phases     []PhaseShare // most downtime first
	Cells      []Cell       // by initiator, then phase
}

type blameBook struct {
	cells map[Cell]model.Seconds // keyed with Down zero
	count map[model.Element]int64
	down  map[model.Element]model.Seconds
}

func newBlameBook() blameBook {
	return blameBook{map[Cell]model.Seconds{}, map[model.Element]int64{}, map[model.Element]model.Seconds{}}
}

func (b *blameBook) add(a *model.Outage, horizon model.Seconds) {
	b.count[a.Initiator]++
	b.down[a.Initiator] += a.Down(horizon)
	for p, t := range a.Phases {
		if t != 0 {
			b.cells[Cell{Initiator: a.Initiator, Phase: model.Phase(p)}] += t
		}
	}
}

func (b *blameBook) summary(sys *model.System, journey int, years float64) Blame {
	out := Blame{Journey: journey, Name: sys.Journeys[journey].Name, Years: years}
	var phases [model.NumPhases]model.Seconds
	for c, t := range b.cells {
		c.Down = t
		out.Cells = append(out.Cells, c)
	}
	slices.SortFunc(out.Cells, func(x, y Cell) int {
		return cmp.Or(cmp.Compare(x.Initiator, y.Initiator), cmp.Compare(x.Phase, y.Phase))
	})
	for _, c := range out.Cells { // sorted, so that sums do not depend on map order
		phases[c.Phase] += c.Down
		out.Total += c.Down
	}
	out.Initiators = b.initiators(sys, out.Total, years)
	for p, t := range phases {
		if t != 0 {
			out.Phases = append(out.Phases, PhaseShare{model.Phase(p), t, float64(t / out.Total), t / model.Seconds(years)})
		}
	}
	slices.SortStableFunc(out.Phases, func(x, y PhaseShare) int { return cmp.Compare(y.Down, x.Down) })
	return out
}

func (b *blameBook) initiators(sys *model.System, total model.Seconds, years float64) []Initiator {
	var list []Initiator
	for e, n := range b.count {
		in := Initiator{Element: e, Name: sys.ElementName(e), Kind: sys.ElementKind(e), Down: b.down[e], Outages: n}
		in.PerYear = float64(n) / years
		in.MeanOutage = in.Down / model.Seconds(n)
		in.DownPerYear = in.Down / model.Seconds(years)
		if total > 0 {
			in.Share = float64(in.Down / total)
		}
		list = append(list, in)
	}
	slices.SortFunc(list, func(x, y Initiator) int {
		return cmp.Or(cmp.Compare(y.Down, x.Down), cmp.Compare(x.Element, y.Element))
	})
	return list
}

type failoverKey struct {
	service int32
	trigger model.Trigger
	result  model.Result
	manual  bool
}

func keyOf(f *model.Failover) failoverKey {
	return failoverKey{f.Service, f.Trigger, f.Result, f.Manual}
}

// FailoverKind counts the failovers of a service that began and ended alike.
type FailoverKind struct {
	Service int
	Name    string
	Trigger model.Trigger
	Result  model.Result
	Manual  bool
	PerYear Estimate
}

func (s *Study) failoverKinds() []FailoverKind {
	var list []FailoverKind
	for k, n := range s.failovers {
		low, high := poisson(float64(n))
		e := Estimate{Value: float64(n) / s.years, Low: low / s.years, High: high / s.years, Confidence: confidence, Replications: s.reps, Observations: n}
		if n < fewEvents {
			e.Warnings = []string{fewNote(n)}
		}
		list = append(list, FailoverKind{int(k.service), s.sys.Services[k.service].Name, k.trigger, k.result, k.manual, e})
	}
	slices.SortFunc(list, func(x, y FailoverKind) int {
		return cmp.Or(cmp.Compare(x.Service, y.Service), cmp.Compare(x.Trigger, y.Trigger),
			cmp.Compare(x.Result, y.Result), cmp.Compare(one(x.Manual), one(y.Manual)))
	})
	return list
}
