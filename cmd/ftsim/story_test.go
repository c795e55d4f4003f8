package main

import (
	"strings"
	"testing"

	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// tell is the story of a pair, a quorum and a journey that rests on both, from notes and outages.
func tell(t *testing.T, notes []engine.Note, outages []model.Outage, all bool) string {
	t.Helper()
	sys := &model.System{
		Components: []model.Component{{Name: "db-a"}, {Name: "db-b"}, {Name: "line", Kind: model.KindLink}},
		Services: []model.Service{
			{Name: "db", Members: []model.Member{{Component: 0, Host: 0}, {Component: 1, Host: 1}}, Policy: &policies.ActivePassive{}},
			{Name: "etcd", Members: []model.Member{{Component: 0, Host: 0}}, Policy: &policies.Quorum{}},
		},
		Journeys: []model.Journey{{Name: "buy", Service: model.None, Needs: []model.Dependency{{Need: model.Need{Ref: 0}}, {Need: model.Need{Ref: 1}}}}},
		Network:  model.Network{Links: []model.Link{{Component: 2}}},
	}
	plan := model.DefaultPlan()
	s := &story{sys: sys, plan: &plan, outcome: &model.Outcome{Horizon: model.Day, Outages: outages}, notes: notes}
	var b strings.Builder
	if s.incidents(&b); all {
		b.Reset()
		s.everything(&b)
	}
	var lines []string
	for line := range strings.SplitSeq(b.String(), "\n") {
		if _, text, ok := strings.Cut(line, "  day 1 "); ok && !strings.Contains(text, "  buy down") {
			line = strings.TrimSpace(text)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// entered is a step of a service.
func entered(at model.Seconds, p model.Phase, member int32, takes model.Seconds) engine.Note {
	return engine.Note{At: at, Kind: engine.PhaseEntered, Phase: p, Member: member, Delay: takes}
}

func want(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A failover by hand, with an attempt that does not work: how long detection took, who was paged, what failed,
// and the phases of the outage.
func TestStoryOfAFailover(t *testing.T) {
	page := entered(73, model.Decision, 1, 600)
	page.ByHand = true
	out := model.Outage{Start: 0, End: 690}
	out.Phases[model.Detection], out.Phases[model.Decision], out.Phases[model.Activation], out.Phases[model.Redirection] = 10, 600, 70, 10
	want(t, tell(t, []engine.Note{
		{At: 0, Kind: engine.ComponentFailed, Component: 0, Mode: model.OSCrash},
		{At: 0, Kind: engine.JourneyDown, Phase: model.Detection},
		{At: 10, Kind: engine.BelievedDown, Delay: 10},
		entered(10, model.Activation, 1, 63),
		{At: 73, Kind: engine.PromotionFailed, Member: 1},
		page,
		entered(673, model.Activation, 1, 7),
		entered(680, model.Redirection, 1, 10),
		entered(690, model.Serving, 1, 0),
		{At: 690, Kind: engine.JourneyUp},
	}, []model.Outage{out}, false), `1. day 1 00:00:00.0  buy down for 11.5m
00:00:00.0   node db-a fails: os-crash
00:00:00.0   buy is DOWN (detection)
00:00:10.0   db takes db-a for down (detected after 10s)
00:00:10.0   db makes db-b ready (takes 1.05m)
00:01:13.0   db: db-b does not start as the primary
00:01:13.0   db pages somebody, who decides on a failover to db-b (takes 10m)
00:11:13.0   db makes db-b ready (takes 7s)
00:11:20.0   db moves its clients to db-b (takes 10s)
00:11:30.0   db is served by db-b
00:11:30.0   buy is up after 11.5m: detection 10s, decision 10m, activation 1.17m, redirection 10s

`)
}

// A split brain is one incident from the cut to its end, and what led to it is told once; nobody felt it.
func TestStoryOfASplitBrain(t *testing.T) {
	want(t, tell(t, []engine.Note{
		{At: 0, Kind: engine.ComponentFailed, Component: 2, Mode: model.Isolated},
		{At: 10, Kind: engine.BelievedDown, Delay: 10},
		entered(10, model.Activation, 1, 5),
		{At: 15, Kind: engine.SplitBegan, Member: 0},
		entered(15, model.Serving, 1, 0),
		{At: 1815, Kind: engine.ComponentRepaired, Component: 2},
		{At: 1815, Kind: engine.SplitEnded, Member: 0},
		{At: 1815, Kind: engine.DataLost, Member: 1, Delay: 1815},
	}, nil, false), `1. day 1 00:00:10.0  db changes roles and loses 30.3m of writes without an outage
00:00:00.0   link line fails: isolated
00:00:10.0   db takes db-a for down (detected after 10s)
00:00:10.0   db makes db-b ready (takes 5s)
00:00:15.0   db: split brain, db-a goes on for those it reaches
00:00:15.0   db is served by db-b
00:30:15.0   line works again after 30.3m
00:30:15.0   db: db-a gives way to the new primary, after 30m of split brain
00:30:15.0   db goes on with the data of db-b: 30.3m of writes are lost

`)
}

// What two incidents share is told once: the fault in the first, the repair that begins the second in that. A
// planned change of roles says that it is one, and a step that is cut short says what it would have taken.
func TestStoryTellsEverythingOnce(t *testing.T) {
	want(t, tell(t, []engine.Note{
		{At: 0, Kind: engine.ComponentFailed, Component: 0, Mode: model.OSCrash},
		{At: 10, Kind: engine.BelievedDown, False: true},
		entered(10, model.Decision, 1, 60),
		entered(20, model.Activation, 1, 5),
		entered(25, model.Serving, 1, 0),
		{At: 1000, Kind: engine.ComponentRepaired, Component: 0},
		entered(1000, model.Redirection, 0, 8),
		{At: 1000, Kind: engine.JourneyDown, Phase: model.Redirection},
		entered(1008, model.Serving, 0, 0),
		{At: 1008, Kind: engine.JourneyUp},
	}, nil, false), `1. day 1 00:00:10.0  db changes roles without an outage
00:00:00.0   node db-a fails: os-crash
00:00:10.0   db takes db-a for down: a false alarm
00:00:10.0   db decides on a failover to db-b (would take 1m)
00:00:20.0   db makes db-b ready (takes 5s)
00:00:25.0   db is served by db-b

2. day 1 00:16:40.0  buy down for 8s
00:16:40.0   db-a works again after 16.7m
00:16:40.0   db changes roles as planned and moves its clients to db-a (takes 8s)
00:16:40.0   buy is DOWN (redirection)
00:16:48.0   db is served by db-a
00:16:48.0   buy is up after 8s

`)
}

// A quorum elects and loses its majority; a primary that stops goes on.
func TestStoryOfQuorumsAndLeases(t *testing.T) {
	elected := func(at model.Seconds, p model.Phase, takes model.Seconds) engine.Note {
		n := entered(at, p, 0, takes)
		n.Service = 1
		return n
	}
	want(t, tell(t, []engine.Note{
		elected(0, model.Decision, 2),
		elected(2, model.Serving, 0),
		elected(5, model.Repair, 0),
		{At: 20, Kind: engine.SteppedDown},
		elected(50, model.Serving, 0),
		{At: 60, Kind: engine.WentOn},
	}, nil, true), `day 1 00:00:00.0   etcd elects a leader (takes 2s)
day 1 00:00:02.0   etcd is led by db-a
day 1 00:00:05.0   etcd has no majority and waits for a repair
day 1 00:00:20.0   db: db-a stops being the primary
day 1 00:00:50.0   etcd is led by db-a
day 1 00:01:00.0   db: db-a may be the primary again after 40s
`)
}
