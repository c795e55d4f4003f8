package analysis

import (
	"cmp"
	"math"
	"slices"

	"github.com/ftsim/ftsim/model"
)

// Tally is what those recoveries of a store came to that have one cause, or one source.
type Tally struct {
	Name, Kind   string   // of the cause, or the source
	Recoveries   Estimate // per year
	Losses       Estimate // per year, of recoveries that lost something
	Share        Estimate // of the recoveries of the store
	Totals       int64    // recoveries at which nothing was left
	Seconds      []Stat   // of writes lost, where some were
	Transactions []Stat   // the same, in transactions
	Took         []Stat   // time it took to bring the data back
	cause        cause
}

// Stat finds one of a list of statistics, NaN if there is none.
func statOf(list []Stat, name string) Estimate { return (&Measured{Stats: list}).Stat(name) }

// LostSeconds is a statistic of the seconds of writes lost where some were.
func (t *Tally) LostSeconds(stat string) Estimate { return statOf(t.Seconds, stat) }

// LostTransactions is a statistic of the transactions lost where some were.
func (t *Tally) LostTransactions(stat string) Estimate { return statOf(t.Transactions, stat) }

// Time is a statistic of how long it took to bring the data back.
func (t *Tally) Time(stat string) Estimate { return statOf(t.Took, stat) }

// Data splits the recoveries of a store by what made them necessary, and by where the data came from.
type Data struct {
	Service int
	Name    string
	Causes  []Tally // most losses first
	Sources []Tally // of those seen, in the order of model.Source
}

// counted sums up how many events of a kind the groups of replications had that are the unit of intervals,
// k, and of how many they were a part, of. Those groups that had none need not be told.
type counted struct{ k, kk, of, kof, ofof float64 }

func (c *counted) push(k, of float64) {
	c.k, c.kk, c.of, c.kof, c.ofof = c.k+k, c.kk+k*k, c.of+of, c.kof+k*of, c.ofof+of*of
}

// moments are those of the pairs (k, of) over n groups.
func (c *counted) moments(n int64) moments {
	m := float64(n)
	return moments{n: n, x: c.k / m, y: c.of / m, xx: max(0, c.kk-c.k*c.k/m), yy: max(0, c.ofof-c.of*c.of/m), xy: c.kof - c.k*c.of/m}
}

// tallied takes in what becomes a Tally. The values of the open group wait until that is whole.
type tallied struct {
	recoveries, losses          counted
	totals                      int64
	seconds, transactions, took accumulator
	open                        openTally
}

type openTally struct {
	recoveries, losses          float64
	seconds, transactions, took []float64
}

func (t *tallied) add(l *model.Loss) {
	o := &t.open
	o.recoveries++
	o.took = append(o.took, float64(l.Took))
	if !lost(l) {
		return
	}
	o.losses++
	o.seconds = append(o.seconds, lostSeconds(l))
	if isCounted(l) {
		o.transactions = append(o.transactions, lostTransactions(l))
	}
	if l.Total {
		t.totals++
	}
}

// close ends a group with that many recoveries of the store.
func (t *tallied) close(all float64) {
	o := &t.open
	t.recoveries.push(o.recoveries, all)
	t.losses.push(o.losses, all)
	if o.recoveries > 0 {
		t.took.take(Sample, o.took)
	}
	if o.losses > 0 {
		t.seconds.take(Sample, o.seconds)
		t.transactions.take(Sample, o.transactions)
	}
	*o = openTally{seconds: o.seconds[:0], transactions: o.transactions[:0], took: o.took[:0]}
}

// cause is what made a recovery necessary.
type cause struct {
	element model.Element
	damage  model.Damage
}

// dataBook takes in the recoveries of one store.
type dataBook struct {
	all     counted // recoveries
	open    float64
	causes  map[cause]*tallied
	sources [model.NumSources]*tallied
	touched []*tallied // in the open group
}

func newDataBook() *dataBook { return &dataBook{causes: map[cause]*tallied{}} }

func (b *dataBook) add(l *model.Loss) {
	key := cause{l.Initiator, l.Damage}
	by := b.causes[key]
	if by == nil {
		by = &tallied{}
		b.causes[key] = by
	}
	if b.sources[l.Source] == nil {
		b.sources[l.Source] = &tallied{}
	}
	b.open++
	for _, t := range []*tallied{by, b.sources[l.Source]} {
		if t.open.recoveries == 0 {
			b.touched = append(b.touched, t)
		}
		t.add(l)
	}
}

// close ends a group of replications.
func (b *dataBook) close() {
	b.all.push(b.open, b.open)
	for _, t := range b.touched {
		t.close(b.open)
	}
	b.open, b.touched = 0, b.touched[:0]
}

func (s *Study) dataOf(service int) Data {
	b := s.data[service]
	out := Data{Service: service, Name: s.sys.Services[service].Name}
	for c, t := range b.causes {
		tally := s.tally(b, t)
		tally.cause, tally.Name, tally.Kind = c, s.sys.ElementName(c.element), s.sys.ElementKind(c.element)
		if c.damage != model.Unharmed {
			tally.Kind = c.damage.String()
		}
		out.Causes = append(out.Causes, tally)
	}
	slices.SortFunc(out.Causes, func(x, y Tally) int {
		return cmp.Or(cmp.Compare(y.Losses.Observations, x.Losses.Observations), cmp.Compare(y.Totals, x.Totals), cmp.Compare(x.cause.element, y.cause.element), cmp.Compare(x.cause.damage, y.cause.damage))
	})
	for from, t := range b.sources {
		if t != nil {
			tally := s.tally(b, t)
			tally.Name, tally.Kind = model.Source(from).String(), "source"
			out.Sources = append(out.Sources, tally)
		}
	}
	return out
}

func (s *Study) tally(b *dataBook, t *tallied) Tally {
	return Tally{Recoveries: s.perYear(t.recoveries), Losses: s.perYear(t.losses), Totals: t.totals, Share: s.shareOf(t.recoveries, &b.all),
		Seconds: s.spread(Time, &t.seconds), Transactions: s.spread(Transactions, &t.transactions), Took: s.spread(Time, &t.took)}
}

// shareOf is that of some events among all, those of groups without any of the kind included.
func (s *Study) shareOf(c counted, all *counted) Estimate {
	c.of, c.ofof = all.of, all.ofof
	by := c.moments(s.groups)
	return s.events(Fraction, &accumulator{}).share(c.k, int64(all.k), designEffect(&by))
}

// events is what estimating something takes that happens at stores.
func (s *Study) events(unit Unit, a *accumulator) *measure {
	return &measure{m: &Metric{Unit: unit, Better: Lower, Scope: Stores}, a: a, reps: s.reps, years: s.years, clustered: s.held != nil}
}

func (s *Study) perYear(c counted) Estimate {
	return s.events(PerYear, &accumulator{moments: c.moments(s.groups)}).rate()
}

// spread is the distribution of what was seen; nothing if that is nothing.
func (s *Study) spread(unit Unit, a *accumulator) []Stat {
	if a.seen == 0 {
		return nil
	}
	return s.events(unit, a).sample()
}

// MayLoseAll tells whether a store may lose everything it has: something can destroy the media of its members, or of
// a place or feed that takes members with it; its data is in memory; or it may go bad.
func MayLoseAll(sys *model.System, service int) bool {
	st := sys.Services[service].Store
	if st == nil {
		return false
	}
	if st.Durability == model.InMemory || st.Errors != nil || st.Corruption != nil {
		return true
	}
	if slices.ContainsFunc(sys.Causes, func(c model.CommonCause) bool { return c.Mode == model.MediaLoss || c.Spoils > 0 }) {
		return true
	}
	leads := membersOf(sys)
	for i := range sys.Components {
		of, member := leads[int32(i)]
		if (!member || slices.Contains(of, service)) && slices.ContainsFunc(sys.Components[i].Modes, func(m model.Mode) bool { return m.Kind == model.MediaLoss }) {
			return true
		}
	}
	return false
}

// membersOf finds the services that components, or what is on them, are members of.
func membersOf(sys *model.System) map[int32][]int {
	of := map[int32][]int{}
	for s := range sys.Services {
		for _, m := range sys.Services[s].Members {
			of[m.Component] = append(of[m.Component], s)
			if m.Host != m.Component {
				of[m.Host] = append(of[m.Host], s)
			}
		}
	}
	return of
}

// InAYear is how likely an event is in a year that happens so often per year, if one does not bring the next.
func InAYear(rate Estimate) Estimate {
	p := func(x float64) float64 { return -math.Expm1(-x) }
	rate.Value, rate.Low, rate.High = p(rate.Value), p(rate.Low), p(rate.High)
	return rate
}
