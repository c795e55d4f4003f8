package model_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	. "github.com/ftsim/ftsim/model"
)

// plain is a law without a residual; aged has one.
type plain Seconds

func (l plain) Sample(*rand.Rand) Seconds { return Seconds(l) }
func (l plain) Mean() Seconds             { return Seconds(l) }
func (l plain) Survival(t Seconds) float64 {
	if t < Seconds(l) {
		return 1
	}
	return 0
}
func (l plain) String() string { return Seconds(l).String() }

type aged struct{ plain }

func (l aged) Residual(age Seconds, _ *rand.Rand) Seconds { return max(0, Seconds(l.plain)-age) }

// rule is a policy of a given style that does nothing.
type rule struct {
	style Style
	alpha float64
}

func (p rule) Style() Style                                      { return p.style }
func (p rule) Dormancy() float64                                 { return p.alpha }
func (p rule) Start(int) GroupState                              { return GroupState{} }
func (p rule) React(*GroupState, *Signal, *rand.Rand, *Reaction) {}
func (p rule) String() string                                    { return "rule" }

// copied is one without a leader.
type copied struct {
	rule
	copies, read, write int
}

func (p copied) Copies() (copies, read, write int) { return p.copies, p.read, p.write }

type never struct{}

func (never) Delay(FaultMode, *rand.Rand) Seconds { return Never }
func (never) Recovery(*rand.Rand) Seconds         { return 0 }
func (never) String() string                      { return "never" }

func need(i int32) *Need { return &Need{Ref: i} }

// sound is a small system that uses everything and has nothing wrong: two zones with a link, a
// database on two nodes with a store, a web service that needs it, and a journey through both.
func sound() (*System, *Plan) {
	modes := func() []Mode { return []Mode{{Kind: OSCrash, Life: aged{plain(Year)}, Repair: plain(Hour)}} }
	sys := &System{
		Name: "sound",
		Components: []Component{
			{Name: "zone-a", Kind: KindZone, Site: 0},
			{Name: "zone-b", Kind: KindZone, Site: 1},
			{Name: "fibre", Kind: KindLink, Site: None, Modes: modes()},
			{Name: "db-a", Kind: KindNode, Site: 0, Modes: modes(), Requires: need(0)},
			{Name: "db-b", Kind: KindNode, Site: 1, Modes: modes(), Requires: need(1)},
		},
		Causes: []CommonCause{{Name: "storm", Mode: PowerLoss, Life: plain(Year), Repair: plain(Hour), Victims: []int32{3, 4}, Probability: 0.5}},
		Network: Network{
			Sites: []Site{{Name: "zone-a", Component: 0, Transit: true}, {Name: "zone-b", Component: 1, Transit: true}},
			Links: []Link{{Component: 2, From: 0, To: 1}, {Component: 2, From: 1, To: 0}},
		},
		Services: []Service{
			{Name: "db", Members: []Member{{3, 3}, {4, 4}}, Policy: rule{Primary, 1}, Detector: never{}, Balancer: None,
				Store: &Store{Mode: Sync, Acks: 1, WriteRate: 10, Lag: plain(1), Durability: Periodic, FlushEvery: 1}},
			{Name: "web", Members: []Member{{3, 3}, {4, 4}}, Policy: rule{Shared, 1}, Needed: 1, PerReplica: 100, Detector: never{},
				Observer: ByService, Balancer: 0, Needs: []Dependency{{Need: Need{Ref: 0}}}, WarmUp: WarmUp{StartAt: 0.3, Ramp: Minute}},
		},
		Journeys: []Journey{
			{Name: "buy", Needs: []Dependency{{Need: Need{AtLeast: 1, Of: []Need{{Ref: 0}, {Ref: 1}}}, Without: 0.5, Else: need(0)}}, Share: 1, Threshold: 0.95, Service: None},
			{Name: "db", Needs: []Dependency{{Need: Need{Ref: 0}}}, Threshold: 0.95, Service: 0},
		},
		Clients: []ClientGroup{{Site: 0, Share: 0.5}, {Site: None, Share: 0.5}},
		Rate:    100,
		Jobs: []Job{{Name: "bill", Needs: []Dependency{{Need: Need{Ref: 1}}}, Threshold: 0.95, Work: Hour,
			Checkpoint: Checkpoint{Every: Minute, Takes: plain(1)}, Restart: plain(1)}},
	}
	plan := DefaultPlan()
	plan.Objectives = []Objective{{Journey: 0, Availability: 0.999, RTO: Hour, RPOSet: true}}
	return sys, &plan
}

func TestCheckAcceptsASoundSystem(t *testing.T) {
	sys, plan := sound()
	if ps := Check(sys, plan).Faults(); len(ps) > 0 {
		t.Errorf("found:\n%v", ps)
	}
	if ps := Check(sys, nil).Faults(); len(ps) > 0 {
		t.Errorf("without a plan, found:\n%v", ps)
	}
}

// Every rule has a way to break it, and breaking it is found.
func TestCheckFindsFaults(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		want  string
		spoil func(s *System, p *Plan)
	}{
		{`a component has no name`, func(s *System, _ *Plan) { s.Components[3].Name = "" }},
		{`two of the components are called "db-a"`, func(s *System, _ *Plan) { s.Components[4].Name = "db-a" }},
		{`called "db-a"; the other is in line 7`, func(s *System, _ *Plan) {
			s.Components[3].At, s.Components[4].Name = Pos{"f", 7, 1}, "db-a"
		}},
		{`job "bill" needs no service`, func(s *System, _ *Plan) { s.Jobs[0].Needs = nil }},
		{`job "bill": it needs service 7`, func(s *System, _ *Plan) { s.Jobs[0].Needs[0].Need.Ref = 7 }},
		{`job "bill": its threshold`, func(s *System, _ *Plan) { s.Jobs[0].Threshold = 0 }},
		{`job "bill": its work`, func(s *System, _ *Plan) { s.Jobs[0].Work = Seconds(nan) }},
		{`job "bill": checkpoints are made every so often`, func(s *System, _ *Plan) { s.Jobs[0].Checkpoint.Every = -1 }},
		{`job "bill": a checkpoint must take a finite time`, func(s *System, _ *Plan) { s.Jobs[0].Checkpoint.Takes = plain(inf) }},
		{`job "bill": a restart must take a finite time`, func(s *System, _ *Plan) { s.Jobs[0].Restart = plain(nan) }},
		{`job "bill" goes on for ever`, func(s *System, _ *Plan) { s.Jobs[0].Work, s.Jobs[0].Checkpoint = Never, Checkpoint{} }},
		{`two of the jobs are called "bill"`, func(s *System, _ *Plan) { s.Jobs = append(s.Jobs, s.Jobs[0]) }},
		{`"db-a": unknown kind`, func(s *System, _ *Plan) { s.Components[3].Kind = NumKinds }},
		{`"db-a": there is no site 9`, func(s *System, _ *Plan) { s.Components[3].Site = 9 }},
		{`"db-a": a start that takes time cannot fail as well`, func(s *System, _ *Plan) {
			s.Components[3].StartsIn, s.Components[3].StartFailure = plain(1), 0.1
		}},
		{`"db-a": the time it takes to start must end`, func(s *System, _ *Plan) { s.Components[3].StartsIn = plain(inf) }},
		{`start failure must be from 0 to 1`, func(s *System, _ *Plan) { s.Components[3].StartFailure = nan }},
		{`a data error must harm a share of the data`, func(s *System, _ *Plan) { s.Services[0].Store.Errors = &DataErrors{Share: 1.1} }},
		{`and all, reads or nothing be served`, func(s *System, _ *Plan) { s.Services[0].Store.Errors = &DataErrors{Serves: NumServes} }},
		{`a flashback must reach back`, func(s *System, _ *Plan) {
			s.Services[0].Store.Errors = &DataErrors{Flashback: &Flashback{Retention: Never}}
		}},
		{`a flashback must reach back`, func(s *System, _ *Plan) {
			s.Services[0].Store.Errors = &DataErrors{Flashback: &Flashback{Takes: plain(inf)}}
		}},
		{`201 fault modes; 200 is the limit`, func(s *System, _ *Plan) { s.Components[3].Modes = make([]Mode, 201) }},
		{`unknown fault mode`, func(s *System, _ *Plan) { s.Components[3].Modes[0].Kind = NumFaultModes }},
		{`errors and its capacity must be from 0 to 1`, func(s *System, _ *Plan) { s.Components[3].Modes[0].Errors = 1.1 }},
		{`errors and its capacity must be from 0 to 1`, func(s *System, _ *Plan) { s.Components[3].Modes[0].Capacity = nan }},
		{`a zone cannot be slow`, func(s *System, _ *Plan) {
			s.Components[3].Kind, s.Components[3].Modes[0].Kind = KindZone, Slow
		}},
		{`the peak of requests`, func(s *System, _ *Plan) { s.Rate, s.Peak = 0, Peak{Rate: 1, To: Hour} }},
		{`the peak of requests`, func(s *System, _ *Plan) { s.Rate, s.Peak = 1, Peak{Rate: 1, From: 2 * Hour, To: 27 * Hour} }},
		{`fault mode "os-crash" is there twice`, func(s *System, _ *Plan) {
			s.Components[3].Modes = append(s.Components[3].Modes, s.Components[3].Modes[0])
		}},
		{`there is no law of life`, func(s *System, _ *Plan) { s.Components[3].Modes[0].Life = nil }},
		{`failures must be greater than zero`, func(s *System, _ *Plan) { s.Components[3].Modes[0].Life = plain(0) }},
		{`failures must be greater than zero`, func(s *System, _ *Plan) { s.Components[3].Modes[0].Life = plain(nan) }},
		{`repair must be finite`, func(s *System, _ *Plan) { s.Components[3].Modes[0].Repair = plain(inf) }},
		{`cannot leave it as bad as old`, func(s *System, _ *Plan) {
			s.Components[3].Modes[0] = Mode{Life: plain(Year), KeepsAge: true}
		}},
		{`it needs component 99`, func(s *System, _ *Plan) { s.Components[3].Requires = need(99) }},
		{`it needs component -1`, func(s *System, _ *Plan) { s.Components[3].Requires = need(None) }},
		{`it needs at least 3 of 2`, func(s *System, _ *Plan) {
			s.Components[3].Requires = &Need{AtLeast: 3, Of: []Need{{Ref: 0}, {Ref: 1}}}
		}},
		{`it needs at least 0 of 1`, func(s *System, _ *Plan) { s.Components[3].Requires = &Need{Of: []Need{{Ref: 0}}} }},
		{`zone-a → db-b → zone-b → zone-a`, func(s *System, _ *Plan) {
			s.Components[0].Requires, s.Components[1].Requires = need(4), need(0)
		}},
		{`db-a → db-a`, func(s *System, _ *Plan) {
			s.Components[3].Requires = &Need{AtLeast: 1, Of: []Need{{Ref: 0}, {Ref: 3}}}
		}},
		{`cannot make its victims slow`, func(s *System, _ *Plan) { s.Causes[0].Mode = Slow }},
		{`two of the common causes are called "storm"`, func(s *System, _ *Plan) { s.Causes = append(s.Causes, s.Causes[0]) }},
		{`"storm": there is no law of life`, func(s *System, _ *Plan) { s.Causes[0].Life = nil }},
		{`by itself or is set off by something, not both`, func(s *System, _ *Plan) { s.Causes[0].SetOff = &SetOff{} }},
		{`"storm": there is no component 9 to set it off`, func(s *System, _ *Plan) {
			s.Causes[0].Life, s.Causes[0].SetOff = nil, &SetOff{Component: 9}
		}},
		{`"storm": the delay must end`, func(s *System, _ *Plan) {
			s.Causes[0].Life, s.Causes[0].SetOff = nil, &SetOff{Delay: plain(inf)}
		}},
		{`"web": "db-a" leads service "db" already`, func(s *System, _ *Plan) { s.Components[3].Exclusive = true }},
		{`"storm": unknown fault mode`, func(s *System, _ *Plan) { s.Causes[0].Mode = 77 }},
		{`hitting a victim must be above 0`, func(s *System, _ *Plan) { s.Causes[0].Probability = 0 }},
		{`a glitch needs a duration`, func(s *System, _ *Plan) { s.Causes[0].Glitch, s.Causes[0].Repair = true, nil }},
		{`"storm": there is no component -1`, func(s *System, _ *Plan) { s.Causes[0].Victims[0] = None }},
		{`"storm": it hits "db-b" twice`, func(s *System, _ *Plan) { s.Causes[0].Victims[0] = 4 }},
		{`site "zone-a": there is no component 50`, func(s *System, _ *Plan) { s.Network.Sites[0].Component = 50 }},
		{`link 0: there is no component 50`, func(s *System, _ *Plan) { s.Network.Links[0].Component = 50 }},
		{`link 1: there is no site 0 or 2`, func(s *System, _ *Plan) { s.Network.Links[1] = Link{Component: 2, From: 0, To: 2} }},
		{`there is no service, so nothing`, func(s *System, _ *Plan) { s.Services, s.Journeys = nil, nil }},
		{`two of the services are called "db"`, func(s *System, _ *Plan) { s.Services[1].Name = "db" }},
		{`"db" has no members`, func(s *System, _ *Plan) { s.Services[0].Members = nil }},
		{`"db": there is no component 9`, func(s *System, _ *Plan) { s.Services[0].Members[0].Component = 9 }},
		{`"db": there is no component -1`, func(s *System, _ *Plan) { s.Services[0].Members[0].Host = None }},
		{`"db-b" is a member twice`, func(s *System, _ *Plan) { s.Services[0].Members[0] = Member{4, 4} }},
		{`"db" has no policy`, func(s *System, _ *Plan) { s.Services[0].Policy = nil }},
		{`unknown style`, func(s *System, _ *Plan) { s.Services[0].Policy = rule{9, 1} }},
		{`dormancy must be from 0 to 1`, func(s *System, _ *Plan) { s.Services[0].Policy = rule{Primary, 1.5} }},
		{`unknown observer`, func(s *System, _ *Plan) { s.Services[0].Observer = 9 }},
		{`there is no service -1 to observe it`, func(s *System, _ *Plan) { s.Services[1].Balancer = None }},
		{`it needs 3 of its 2 members`, func(s *System, _ *Plan) { s.Services[1].Needed = 3 }},
		{`it needs -1 of its 2 members`, func(s *System, _ *Plan) { s.Services[1].Needed = -1 }},
		{`nobody knows how loaded it is`, func(s *System, _ *Plan) { s.Services[1].LeastLoaded, s.Services[1].PerReplica = true, 0 }},
		{`nobody knows how loaded it is`, func(s *System, _ *Plan) { s.Services[1].LeastLoaded, s.Rate = true, 0 }},
		{`share a load`, func(s *System, _ *Plan) { s.Services[0].LeastLoaded = true }},
		{`utilisation of at least 100%`, func(s *System, _ *Plan) { s.Services[1].Collapse = &Collapse{Above: 0.9, Step: plain(1)} }},
		{`tries after an unserved request`, func(s *System, _ *Plan) { s.Services[1].Collapse = &Collapse{Above: 2, Retry: nan, Step: plain(1)} }},
		{`in finite steps`, func(s *System, _ *Plan) { s.Services[1].Collapse = &Collapse{Above: 2} }},
		{`3 copies on 2 replicas`, func(s *System, _ *Plan) { s.Services[1].Policy = copied{rule{Shared, 1}, 3, 1, 1} }},
		{`of which a read takes 1 and a write 3`, func(s *System, _ *Plan) { s.Services[1].Policy = copied{rule{Shared, 1}, 2, 1, 3} }},
		{`capacity of a replica`, func(s *System, _ *Plan) { s.Services[1].PerReplica = inf }},
		{`a warm-up starts at`, func(s *System, _ *Plan) { s.Services[1].WarmUp.StartAt = 2 }},
		{`only an active-active service is reconfigured`, func(s *System, _ *Plan) {
			s.Services[0].Reconfiguration = &Reconfiguration{Takes: plain(1), Success: 1}
		}},
		{`a reconfiguration must end`, func(s *System, _ *Plan) {
			s.Services[1].Reconfiguration = &Reconfiguration{Takes: plain(1), Success: 0.5}
		}},
		{`that a reconfiguration works`, func(s *System, _ *Plan) {
			s.Services[1].Reconfiguration = &Reconfiguration{Takes: plain(1), Success: 2}
		}},
		{`unknown word 3 for what happens during a failover`, func(s *System, _ *Plan) { s.Services[0].Meanwhile = 3 }},
		{`urgent`, func(s *System, _ *Plan) { s.Crews = []Crew{{Size: 1, Serves: []int32{0}, Urgency: []int{1, 2}}} }},
		{`a warm-up starts at`, func(s *System, _ *Plan) { s.Services[1].WarmUp.Ramp = Never }},
		{`"web": it needs service 1, which is not there or comes later`, func(s *System, _ *Plan) { s.Services[1].Needs[0].Need.Ref = 1 }},
		{`what remains without a dependency`, func(s *System, _ *Plan) { s.Services[1].Needs[0].Without = -0.1 }},
		{`unknown replication mode`, func(s *System, _ *Plan) { s.Services[0].Store.Mode = 9 }},
		{`2 copies must have a write, and there are 1`, func(s *System, _ *Plan) { s.Services[0].Store.Acks = 2 }},
		{`the write rate must be`, func(s *System, _ *Plan) { s.Services[0].Store.WriteRate = nan }},
		{`how often it writes to disk`, func(s *System, _ *Plan) { s.Services[0].Store.FlushEvery = 0 }},
		{`lag and fallback must have finite means`, func(s *System, _ *Plan) { s.Services[0].Store.Lag = plain(inf) }},
		{`a journey has no name`, func(s *System, _ *Plan) { s.Journeys[0].Name = "" }},
		{`"buy" needs no service`, func(s *System, _ *Plan) { s.Journeys[0].Needs = nil }},
		{`"buy": it needs service 5`, func(s *System, _ *Plan) { s.Journeys[0].Needs[0].Need.Of[1].Ref = 5 }},
		{`"buy": it needs service 5`, func(s *System, _ *Plan) { s.Journeys[0].Needs[0].Else = need(5) }},
		{`its share must be`, func(s *System, _ *Plan) { s.Journeys[0].Share = 1.1 }},
		{`its threshold must be above 0`, func(s *System, _ *Plan) { s.Journeys[0].Threshold = 0 }},
		{`"db": there is no service 7`, func(s *System, _ *Plan) { s.Journeys[1].Service = 7 }},
		{`the rate of requests`, func(s *System, _ *Plan) { s.Rate = -1 }},
		{`clients: there is no site 7`, func(s *System, _ *Plan) { s.Clients[0].Site = 7 }},
		{`clients: a share must be`, func(s *System, _ *Plan) { s.Clients[0].Share = nan }},
		{`clients: the shares add up to 0.75`, func(s *System, _ *Plan) { s.Clients[0].Share = 0.25 }},
		{`the horizon must be finite`, func(_ *System, p *Plan) { p.Horizon = 0 }},
		{`the horizon must be finite`, func(_ *System, p *Plan) { p.Horizon = Never }},
		{`at least one run`, func(_ *System, p *Plan) { p.Runs = 0 }},
		{`must be finite durations`, func(_ *System, p *Plan) { p.RunOut = Never }},
		{`objective: there is no journey 3`, func(_ *System, p *Plan) { p.Objectives[0].Journey = 3 }},
		{`an availability of 1 cannot be promised`, func(_ *System, p *Plan) { p.Objectives[0].Availability = 1 }},
		{`rto and rpo must be finite`, func(_ *System, p *Plan) { p.Objectives[0].RPO = -1 }},
		{`it would fail 3e+13 times`, func(s *System, _ *Plan) {
			s.Components[3].Modes[0] = Mode{Life: plain(1e-6)}
		}},
		{`"storm": it would fail 3e+13 times`, func(s *System, _ *Plan) { s.Causes[0].Life, s.Causes[0].Repair = plain(1e-6), nil }},
	} {
		sys, plan := sound()
		c.spoil(sys, plan)
		if got := Check(sys, plan).Faults().Error(); !strings.Contains(got, c.want) {
			t.Errorf("want %q, got:\n%s", c.want, got)
		}
	}
}

func TestCheckFindsEveryFaultAtOnce(t *testing.T) {
	sys, plan := sound()
	sys.Components[3].Name, sys.Services[0].Policy, plan.Runs = "", nil, 0
	if got := Check(sys, plan).Faults(); len(got) != 3 {
		t.Errorf("want 3 faults, got:\n%v", got)
	}
}

func TestCheckWarns(t *testing.T) {
	quorum := func(n int) func(s *System) {
		return func(s *System) {
			for i := len(s.Components); i < 3+n; i++ {
				s.Components = append(s.Components, Component{Name: fmt.Sprint("voter-", i), Site: None})
			}
			s.Services[0].Members = nil
			for i := range n {
				s.Services[0].Members = append(s.Services[0].Members, Member{int32(3 + i), int32(3 + i)})
			}
			s.Services[0].Policy, s.Services[0].Store.Acks, s.Services[0].Store.Mode = rule{Majority, 1}, 1, QuorumSync
		}
	}
	const changes = "no changes are declared"
	spare := Component{Name: "spare", Site: None, Modes: []Mode{{Life: plain(Year)}}}
	for _, c := range []struct {
		want  string
		spoil func(s *System)
	}{
		{changes, func(*System) {}},
		{`component "spare" is used by no service`, func(s *System) { s.Components = append(s.Components, spare) }},
		{`6 components are used by no service: x1, x2, x3, x4, x5 …`, func(s *System) {
			for _, n := range []string{"x1", "x2", "x3", "x4", "x5", "x6"} {
				x := spare
				x.Name = n
				s.Components = append(s.Components, x)
			}
		}},
		{`a quorum of two survives no failure`, quorum(2)},
		{`a quorum of 4 survives no more failures than one of 3`, quorum(4)},
		{`service "db": all replicas are in zone "zone-a"`, func(s *System) {
			s.Components = append(s.Components, Component{Name: "db-c", Site: 0, Requires: need(0)})
			s.Services[0].Members[1] = Member{5, 5}
		}},
		{`no loss is seen: 11 members take writes`, func(s *System) {
			quorum(11)(s)
			s.Services[0].Policy, s.Services[0].Store.Mode = rule{Shared, 1}, Async
		}},
		{`service "web": two replicas run on "db-a"`, func(s *System) {
			s.Components = append(s.Components, Component{Name: "web/1", Kind: KindProcess, Site: 0, Requires: need(3)})
			s.Services[1].Members[1] = Member{5, 3}
		}},
	} {
		sys, plan := sound()
		c.spoil(sys)
		ps := Check(sys, plan)
		if len(ps.Faults()) > 0 || !strings.Contains(ps.Error(), c.want) || !strings.Contains(ps.Error(), changes) {
			t.Errorf("want %q, got:\n%v", c.want, ps)
		}
		if c.want == changes && len(ps) != 1 {
			t.Errorf("a sound system should get one warning, got:\n%v", ps)
		}
	}
}

// Where all replicas share the only zone there is, nothing better was to be had, so nothing is said.
func TestCheckDoesNotWarnOfTheOnlyZone(t *testing.T) {
	sys, plan := sound()
	sys.Components[4].Requires = need(0)
	if got := Check(sys, plan).Error(); strings.Contains(got, "all replicas") {
		t.Error(got)
	}
}

func TestCheckTakesAMillionComponents(t *testing.T) {
	sys, plan := sound()
	shared := sys.Components[3]
	shared.Requires = need(0)
	const many = 1_000_000
	first := len(sys.Components)
	farm := Service{Name: "farm", Policy: rule{Shared, 1}, Needed: many / 2, Balancer: None}
	for i := range many {
		shared.Name = fmt.Sprint("unit-", i)
		sys.Components = append(sys.Components, shared)
		farm.Members = append(farm.Members, Member{int32(first + i), int32(first + i)})
	}
	sys.Services = append(sys.Services, farm)
	if ps := Check(sys, plan).Faults(); len(ps) > 0 {
		t.Fatal(ps)
	}
}
