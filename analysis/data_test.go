package analysis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// Two years with five recoveries, all figures counted by hand.
func TestDataByCauseAndSource(t *testing.T) {
	first, second := year(), year()
	first.Losses = []model.Loss{{Initiator: 0, Source: model.FromDisk}, {Initiator: 0, Seconds: 4, Transactions: 40},
		{Initiator: 1, Seconds: model.Never, Transactions: 70, Total: true, Source: model.FromNowhere}}
	second.Losses = []model.Loss{{Initiator: 0, Seconds: 2, Transactions: 20, Source: model.FromLog, Took: 600},
		{Initiator: 0, Seconds: 3600, Transactions: 9, Source: model.FromLog, Took: 1200, Damage: model.Spoilt}}
	s := study(plan(), first, second)
	if len(s.Data) != 1 || s.Data[0].Name != "db" {
		t.Fatalf("data of %d stores, want that of db", len(s.Data))
	}
	causes := s.Data[0].Causes
	if len(causes) != 3 || causes[0].Name != "a" || causes[1].Name != "b" || causes[2].Kind != "data error" {
		t.Fatalf("causes %+v", causes)
	}
	near(t, "recoveries of a", causes[0].Recoveries.Value, 1.5, 1e-12)
	near(t, "losses of a", causes[0].Losses.Value, 1, 1e-12)
	near(t, "share of a", causes[0].Share.Value, 0.6, 1e-12)
	near(t, "lost by a", causes[0].LostSeconds("mean").Value, 3, 1e-12)
	near(t, "transactions lost by a", causes[0].LostTransactions("max").Value, 40, 0)
	near(t, "total losses of b", float64(causes[1].Totals), 1, 0)
	if !math.IsInf(causes[1].LostSeconds("p50").Value, 1) || !math.IsInf(causes[1].LostTransactions("p50").Value, 1) {
		t.Error("a total loss is finite")
	}
	var got string
	for _, x := range s.Data[0].Sources {
		got += fmt.Sprintf("%s %.1f %.1f; ", x.Name, x.Share.Value, x.Losses.Value)
	}
	if want := "copy 0.2 0.5; log 0.4 1.0; nowhere 0.2 0.5; disk 0.2 0.0; "; got != want {
		t.Errorf("sources %s\nwant    %s", got, want)
	}
	near(t, "time from the log", s.Data[0].Sources[1].Time("mean").Value, 900, 1e-9)
	if x := s.Data[0].Sources[3]; !x.Losses.Bound || x.Losses.High != unseenCount/2 || x.Seconds != nil {
		t.Errorf("nothing lost from a disk gives no bound: %+v", x.Losses)
	}
}

// One year with incidents of every sort, with RTO 100 s and RPO 10 s.
func TestRecoveryPoints(t *testing.T) {
	buy := func(start, length model.Seconds) model.Outage { return down(start, length, 0) }
	o := year(buy(1000, 50), buy(2000, 60), buy(2080, 60), buy(5000, 200), buy(6000, 0.5), buy(7000, 90), buy(8000, 10), buy(model.Year-5, 100))
	o.Losses = []model.Loss{{At: 1050}, // at the end of the first, nothing lost
		{At: 2060, Seconds: 5, Transactions: 50}, {At: 2139, Seconds: 10, Transactions: 1, Source: model.FromBackup}, // both in the second, which is two outages
		{At: 5100, Seconds: 11, Transactions: 110}, {At: 6000.4, Seconds: 7}, // in a blip
		{At: 7000, Seconds: model.Never, Total: true, Source: model.FromNowhere}, {At: model.Year - 1, Seconds: 3}}
	s := study(plan(model.Objective{Journey: 0, RTO: 100, RPO: 10, RPOSet: true}), o)
	p := s.PointsOf(0)
	if p == nil || p.Incidents != 5 { // what ends after the horizon is not known
		t.Fatalf("points %+v", p)
	}
	type band struct {
		stores     bool
		over, upTo float64
		n          int64
		longest    float64
	}
	want := []band{{false, 0, 0, 1, 10}, {true, 0, 0, 1, 50}, {true, 1, 10, 1, 140}, {true, 10, 60, 1, 200}, {true, math.Inf(1), math.Inf(1), 1, 90}}
	for i, b := range p.Bands {
		if got := (band{b.Stores, b.Over, b.UpTo, b.PerYear.Observations, b.RecoveryTime("max").Value}); i >= len(want) || math.Abs(got.longest-want[i].longest) > 1e-6 ||
			got != (band{want[i].stores, want[i].over, want[i].upTo, want[i].n, got.longest}) {
			t.Errorf("band %d is %+v", i, got)
		}
		near(t, "share", b.Share.Value, 0.2, 1e-12)
	}
	if len(p.Bands) != len(want) {
		t.Errorf("%d bands, want %d", len(p.Bands), len(want))
	}
	near(t, "both kept", p.Both.Value, 0.4, 1e-12) // the first, and the one without a store
	near(t, "lost apart", p.Apart.Value, 2, 1e-12) // the blip, and what the horizon cuts off
	n := int64(0)
	for _, x := range p.Spots {
		n += x.Incidents
	}
	if n != 4 {
		t.Errorf("%d incidents have a place, want 4", n)
	}
	var rows []OutageRow
	for r := range s.Outages.All() {
		rows = append(rows, *r)
	}
	if r := rows[2].Recovered; r.Stores != 1 || r.Lost != 10 || r.Transactions != 1 || r.Source != model.FromBackup {
		t.Errorf("the third outage has %+v", r)
	}
	if r := rows[6].Recovered; r.Stores != 0 {
		t.Errorf("an outage of something else has %+v", r)
	}
}

// On random years, what the books hold is what counting again gives.
func TestDataAgainstRecount(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 9))
		p := plan(model.Objective{Journey: 0, RTO: 600, RPO: 30, RPOSet: true})
		var years []*model.Outcome
		for i := range 30 {
			years = append(years, troubledYear(r, i))
		}
		s := study(p, years...)
		lossy, total, bySource, inBands := map[cause]float64{}, 0.0, map[string]float64{}, 0.0
		for _, o := range years {
			for _, l := range o.Losses {
				lossy[cause{l.Initiator, l.Damage}] += one(lost(&l))
				bySource[l.Source.String()]++
				total++
			}
			part := *o
			eachIncident(&part, p, 0, func(in incident) { inBands += one(in.end <= o.Horizon) })
		}
		for _, c := range s.Data[0].Causes {
			near(t, fmt.Sprintf("seed %d: losses of %s", seed, c.Name), float64(c.Losses.Observations), lossy[c.cause], 0)
		}
		shares := 0.0
		for _, x := range s.Data[0].Sources {
			near(t, fmt.Sprintf("seed %d: share of %s", seed, x.Name), x.Share.Value, bySource[x.Name]/total, 1e-12)
			shares += x.Share.Value
		}
		near(t, fmt.Sprintf("seed %d: shares", seed), shares, 1, 1e-9)
		sum := 0.0
		for _, b := range s.PointsOf(0).Bands {
			sum += b.Share.Value
		}
		near(t, fmt.Sprintf("seed %d: shares of bands", seed), sum, 1, 1e-9)
		near(t, fmt.Sprintf("seed %d: incidents", seed), float64(s.PointsOf(0).Incidents), inBands, 0)
	}
}

func troubledYear(r *rand.Rand, i int) *model.Outcome {
	o := year()
	for at := r.ExpFloat64() * 1e6; at < float64(model.Year); at += r.ExpFloat64() * 5e6 {
		long := math.Exp(5 + 2*r.NormFloat64())
		o.Outages = append(o.Outages, down(model.Seconds(at), model.Seconds(long), 0))
		l := model.Loss{At: model.Seconds(at + long*r.Float64()), Initiator: model.Element(r.IntN(2)), Source: model.Source(r.IntN(int(model.NumSources))), Damage: model.Damage(r.IntN(3))}
		if r.IntN(2) == 0 {
			l.Seconds, l.Transactions = model.Seconds(math.Exp(3*r.NormFloat64())), 1
		}
		o.Losses = append(o.Losses, l)
	}
	o.Replication = i
	return o
}

// The intervals of shares and rates hold the truth as often as they say, also where the losses of one
// replication come in bursts.
func TestDataIntervalsCover(t *testing.T) {
	const studies = 400
	rates, shares := 0, 0
	for seed := range uint64(studies) {
		r := rand.New(rand.NewPCG(seed, 10))
		var years []*model.Outcome
		for range 60 {
			o := year()
			for range r.IntN(2) { // half of all years have a burst of eight of one sort
				from := []model.Source{model.FromCopy, model.FromLog}[r.IntN(2)]
				for range 8 {
					o.Losses = append(o.Losses, model.Loss{Source: from, Seconds: 1})
				}
			}
			years = append(years, o)
		}
		for _, x := range study(plan(), years...).Data[0].Sources {
			if x.Name == "log" {
				rates += int(one(x.Recoveries.Low <= 2 && 2 <= x.Recoveries.High)) // 1/2 · 1/2 · 8
				shares += int(one(x.Share.Low <= 0.5 && 0.5 <= x.Share.High))
			}
		}
	}
	if least := studies * 91 / 100; rates < least || shares < least {
		t.Errorf("of %d studies, %d intervals of rates and %d of shares hold the truth", studies, rates, shares)
	}
}

// Where replications come in groups, the groups are what intervals count.
func TestDataOfGroups(t *testing.T) {
	sum := func(groups bool) Estimate {
		s := NewStudy(pair(), plan())
		if groups {
			s.Cluster()
		}
		for i := range 60 {
			o := year()
			if i/10%2 == 0 {
				o.Losses = []model.Loss{{Seconds: 1}, {Seconds: 1}}
			}
			s.Add(o)
			if groups && i%10 == 9 {
				s.EndCluster()
			}
		}
		return s.Summary().Data[0].Causes[0].Losses
	}
	apart, together := sum(false), sum(true)
	near(t, "rate", apart.Value, 1, 1e-12)
	near(t, "rate in groups", together.Value, 1, 1e-12)
	if !(together.High-together.Low > 2*(apart.High-apart.Low)) {
		t.Errorf("six groups say as much as sixty replications: %+v, %+v", together, apart)
	}
}

// Without a write rate a loss has seconds but no transactions; none must not be told as zero of them.
func TestLossesWithoutWriteRateCountNoTransactions(t *testing.T) {
	o := year()
	o.Losses = []model.Loss{{Initiator: 0, Seconds: 4}, {Initiator: 0, Seconds: model.Never, Total: true}}
	s := study(plan(), o)
	for name, e := range map[string]Estimate{"store": s.Get("loss_transactions", 0).Stat("p50"), "cause": s.Data[0].Causes[0].LostTransactions("p50")} {
		if !math.IsNaN(e.Value) {
			t.Errorf("%s: %v transactions lost, nobody knows", name, e.Value)
		}
	}
}

// A store may lose everything if its own machines can lose their media, or a place that is nobody's replica, or if its
// data can go bad; not if another store's machines can.
func TestWhereATotalLossIsPossible(t *testing.T) {
	media := []model.Mode{{Kind: model.MediaLoss}}
	for name, c := range map[string]struct {
		want   bool
		change func(sys *model.System)
	}{
		"nothing":        {false, func(*model.System) {}},
		"own machine":    {true, func(sys *model.System) { sys.Components[0].Modes = media }},
		"other machine":  {false, func(sys *model.System) { sys.Components[1].Modes = media }},
		"a place":        {true, func(sys *model.System) { sys.Components[2].Modes = media }},
		"a common cause": {true, func(sys *model.System) { sys.Causes = []model.CommonCause{{Mode: model.MediaLoss}} }},
		"a bad change":   {true, func(sys *model.System) { sys.Causes = []model.CommonCause{{Spoils: 0.1}} }},
		"memory":         {true, func(sys *model.System) { sys.Services[0].Store.Durability = model.InMemory }},
		"errors":         {true, func(sys *model.System) { sys.Services[0].Store.Errors = &model.DataErrors{} }},
		"no store":       {false, func(sys *model.System) { sys.Services[0].Store = nil }},
	} {
		sys := &model.System{Components: make([]model.Component, 3), Services: []model.Service{
			{Store: &model.Store{}, Members: []model.Member{{Component: 0, Host: 0}}}, {Members: []model.Member{{Component: 1, Host: 1}}}}}
		c.change(sys)
		if MayLoseAll(sys, 0) != c.want {
			t.Errorf("%s: %v, not %v", name, !c.want, c.want)
		}
	}
}
