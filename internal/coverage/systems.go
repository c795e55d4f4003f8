package main

import (
	"math"
	"math/rand/v2"
	"strconv"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// known is a system with figures whose exact values are known.
type known struct {
	name    string
	about   string
	sys     model.System
	plan    model.Plan
	sizes   []int // replications of a study; of one with uncertain inputs, draws
	figures []figure
	prepare func(k *known) (study, error) // nil = estimates of the system alone
}

// study simulates once with the given number of replications, and estimates every figure.
type study func(size int, seed uint64) ([]analysis.Estimate, error)

// figure is one of the estimates of a study.
type figure struct {
	kind         string // of estimator, in words
	metric, stat string
	exact        float64
	cautious     bool // the method promises at least its confidence, not just that
}

const (
	kindMean     = "mean"
	kindShare    = "proportion"
	kindRatio    = "ratio"
	kindRate     = "rate"
	kindQuantile = "quantile"
	kindCut      = "quantile, censored (Kaplan–Meier)"
	kindPaired   = "paired difference"
	kindPoint    = "availability at a time"
	kindUpTo     = "availability up to a time"
	kindMatters  = "importance"
	kindSplit    = "uncertain inputs"
)

func quantile(metric, stat string, exact model.Seconds) figure {
	return figure{kind: kindQuantile, metric: metric, stat: stat, exact: float64(exact), cautious: true}
}

// fails is a node that breaks and is repaired.
func fails(name string, life, repair model.Distribution) model.Component {
	return model.Component{Name: name, Kind: model.KindNode, Site: model.None,
		Modes: []model.Mode{{Kind: model.OSCrash, Life: life, Repair: repair}}}
}

func (u unit) node(name string) model.Component {
	return fails(name, failures.Exponential(u.life), failures.Exponential(u.repair))
}

// serving is a system with one service on the given nodes, of which one suffices, and a journey that
// needs it. Others follow the nodes without being members.
func serving(members int, components ...model.Component) model.System {
	s := model.Service{Name: "s", Policy: policies.ActiveActive{}, Needed: 1, Balancer: model.None, Observer: model.ByEveryone}
	for i := range int32(members) {
		s.Members = append(s.Members, model.Member{Component: i, Host: i})
	}
	return model.System{
		Name: "coverage", Components: components, Services: []model.Service{s},
		Journeys: []model.Journey{{Name: "j", Needs: []model.Dependency{{Need: model.Need{Ref: 0}}}, Share: 1, Threshold: 0.5, Service: model.None}},
		Clients:  []model.ClientGroup{{Site: model.None, Share: 1}},
	}
}

// lasting is a plan in which every outage is an incident.
func lasting(horizon, runOut model.Seconds) model.Plan {
	return model.Plan{Horizon: horizon, RunOut: runOut}
}

// library lists all systems.
func library() []known {
	return []known{single(), seldom(), cutShort(), pair(), inBunches(), twoKinds(), flushed(),
		fasterRepair(), secondUnit(), settling(), inSeries(), unsure()}
}

func single() known {
	u, t := unit{60 * model.Day, 12 * model.Hour}, model.Year
	n, a := u.failures(t), u.availability(t)
	return known{
		name: "single", about: "a unit that fails every 60 d and is repaired in 12 h; a year",
		sys: serving(1, u.node("a")), plan: lasting(t, 30*model.Day), sizes: []int{30, 100, 300},
		figures: []figure{
			{kind: kindMean, metric: "availability", stat: "mean", exact: a},
			{kind: kindMean, metric: "downtime", stat: "mean", exact: float64(t) * (1 - a)},
			quantile("downtime", "p50", u.downtime(.5, t)),
			quantile("downtime", "p95", u.downtime(.95, t)),
			{kind: kindRate, metric: "outages", stat: "mean", exact: n},
			{kind: kindRatio, metric: "mtbf", stat: "mean", exact: float64(t) / n},
			{kind: kindRatio, metric: "mut", stat: "mean", exact: float64(u.life)},
			{kind: kindRatio, metric: "mdt", stat: "mean", exact: float64(t) * (1 - a) / n},
			quantile("rto", "p50", u.repair*math.Ln2),
			quantile("rto", "p95", u.repair*model.Seconds(math.Log(20))),
			{kind: kindRatio, metric: "rto", stat: "mean", exact: float64(u.repair)},
		},
	}
}

func seldom() known {
	u, t := unit{5 * model.Year, 12 * model.Hour}, model.Year
	a, none := u.availability(t), math.Exp(-.2)
	return known{
		name: "seldom", about: "a unit that fails every 5 y and is repaired in 12 h; a year",
		sys: serving(1, u.node("a")), plan: lasting(t, 30*model.Day), sizes: []int{100, 300, 1000},
		figures: []figure{
			{kind: kindMean, metric: "availability", stat: "mean", exact: a},
			{kind: kindShare, metric: "no_incident", stat: "mean", exact: none},
			{kind: kindShare, metric: "downtime", stat: "zero", exact: none},
			{kind: kindRate, metric: "outages", stat: "mean", exact: u.failures(t), cautious: true},
			{kind: kindRatio, metric: "mdt", stat: "mean", exact: float64(t) * (1 - a) / u.failures(t)},
			quantile("rto", "p50", u.repair*math.Ln2),
		},
	}
}

func cutShort() known {
	u, t := unit{10 * model.Day, 5 * model.Day}, 30*model.Day
	cut := func(stat string, p float64) figure {
		return figure{kind: kindCut, metric: "rto", stat: stat, exact: float64(u.repair) * -math.Log(1-p)}
	}
	return known{
		name: "cut short", about: "repairs of 5 d, not followed beyond a horizon of 30 d",
		sys: serving(1, u.node("a")), plan: lasting(t, 0), sizes: []int{30, 100, 300},
		figures: []figure{
			cut("p50", .5), cut("p90", .9),
			{kind: kindMean, metric: "availability", stat: "mean", exact: u.availability(t)},
		},
	}
}

func pair() known {
	u, t := unit{90 * model.Day, 24 * model.Hour}, model.Year
	down := average(t, func(x model.Seconds) float64 { d := 1 - u.up(x); return d * d })
	meet := average(t, func(x model.Seconds) float64 { return 2 * u.up(x) * (1 - u.up(x)) }) * float64(t/u.life)
	full := average(t, func(x model.Seconds) float64 { return u.up(x) * u.up(x) })
	return known{
		name: "pair", about: "one of two units must be up, each failing every 90 d and repaired in 24 h; a year",
		sys: serving(2, u.node("a"), u.node("b")), plan: lasting(t, 30*model.Day), sizes: []int{300, 1000, 3000},
		figures: []figure{
			{kind: kindMean, metric: "availability", stat: "mean", exact: 1 - down},
			{kind: kindMean, metric: "exposure", stat: "mean", exact: 1 - full},
			{kind: kindRate, metric: "outages", stat: "mean", exact: meet, cautious: true},
			{kind: kindRatio, metric: "mdt", stat: "mean", exact: down * float64(t) / meet},
			quantile("rto", "p50", u.repair/2*math.Ln2),
		},
	}
}

// inBunches has counts that scatter more than those of a Poisson process.
func inBunches() known {
	b, t := bunched{.8, model.Day, 100 * model.Day}, model.Year
	n := b.failures(t)
	return known{
		name: "bunches", about: "failures in bunches: after 1 d in four cases of five, after 100 d else; a year",
		sys: serving(1, fails("a", b, failures.Fixed(1))), plan: lasting(t, model.Day), sizes: []int{30, 100, 300},
		figures: []figure{
			{kind: kindRate, metric: "outages", stat: "mean", exact: n},
			{kind: kindRatio, metric: "mtbf", stat: "mean", exact: float64(t) / n},
		},
	}
}

// twoKinds has incidents that resemble each other within a replication: many short ones in some, few long
// ones in all. That both fail at once happens too seldom to be seen.
func twoKinds() known {
	b, t := bunched{.8, model.Day, 100 * model.Day}, model.Year
	u := unit{60 * model.Day, 30 * model.Minute}
	const brief, rto = model.Minute, 10 * model.Minute
	short, long := b.failures(t), u.failures(t)
	share := short / (short + long)
	k := known{
		name: "two kinds", about: "the bunches, of a minute each, and 6 failures a year of half an hour",
		sys: serving(1, model.Component{Name: "both", Kind: model.KindNode, Site: model.None,
			Requires: &model.Need{AtLeast: 2, Of: []model.Need{{Ref: 1}, {Ref: 2}}}},
			fails("a", b, failures.Exponential(brief)), u.node("b")),
		plan: lasting(t, model.Day), sizes: []int{30, 100, 300},
		figures: []figure{
			{kind: kindShare, metric: "rto_met", stat: "mean",
				exact: share*-math.Expm1(-float64(rto/brief)) + (1-share)*-math.Expm1(-float64(rto/u.repair))},
			quantile("rto", "p50", mixed(.5, share, brief, u.repair)),
			quantile("rto", "p90", mixed(.9, share, brief, u.repair)),
			{kind: kindRatio, metric: "mttr", stat: "mean", exact: share*float64(brief) + (1-share)*float64(u.repair)},
		},
	}
	k.plan.Objectives = []model.Objective{{Journey: 0, RTO: rto}}
	return k
}

// flushed has losses as single observations.
func flushed() known {
	u, t, every := unit{30 * model.Day, model.Hour}, model.Year, model.Minute
	k := known{
		name: "flushed", about: "a store that is flushed every minute, on a unit that fails every 30 d; a year",
		sys: serving(1, u.node("a")), plan: lasting(t, model.Day), sizes: []int{30, 100, 300},
		figures: []figure{
			{kind: kindMean, metric: "loss", stat: "mean", exact: float64(every / 2)},
			quantile("loss", "p50", every/2),
			quantile("loss", "p95", .95*every),
			{kind: kindRate, metric: "recoveries", stat: "mean", exact: u.failures(t) - (1 - u.up(t))},
		},
	}
	k.sys.Services[0].Store = &model.Store{Mode: model.Unreplicated, Durability: model.Periodic, FlushEvery: every, WriteRate: 1}
	return k
}

// Sample, Mean, Survival and String make bunched a model.Distribution.
func (b bunched) Sample(r *rand.Rand) model.Seconds {
	mean := b.long
	if r.Float64() < b.share {
		mean = b.short
	}
	return mean * model.Seconds(r.ExpFloat64())
}

// Mean implements model.Distribution.
func (b bunched) Mean() model.Seconds { return b.mean() }

// Survival implements model.Distribution.
func (b bunched) Survival(t model.Seconds) float64 {
	return b.share*math.Exp(-float64(t/b.short)) + (1-b.share)*math.Exp(-float64(t/b.long))
}

func (b bunched) String() string {
	return "{bunched: [" + strconv.FormatFloat(b.share, 'g', -1, 64) + ", " + b.short.String() + ", " + b.long.String() + "]}"
}
