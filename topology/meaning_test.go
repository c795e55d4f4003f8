package topology

import (
	"math"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

func load(t *testing.T, body string) *Topology {
	t.Helper()
	topo, err := Load("test.yaml", []byte("apiVersion: ftsim/v1\n"+body))
	if err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	return topo
}

func refusal(t *testing.T, body string) string {
	t.Helper()
	_, err := Load("test.yaml", []byte("apiVersion: ftsim/v1\n"+body))
	if err == nil {
		t.Fatalf("accepted:\n%s", body)
	}
	return err.Error()
}

const twoNodes = "nodes: {a: {mtbf: 90d, mttr: 2h}, b: {mtbf: 90d, mttr: 2h}, c: {mtbf: 90d, mttr: 2h}}\n"

func pair(t *testing.T, rest string) (*model.Service, *policies.ActivePassive) {
	t.Helper()
	s := &load(t, twoNodes+"services: {db: {replicas: [a, b], "+rest+"}}\n").System.Services[0]
	p, ok := s.Policy.(*policies.ActivePassive)
	if !ok {
		t.Fatalf("%s gives %T", rest, s.Policy)
	}
	return s, p
}

func TestStandbysTakeTheStepsOfTheirTemperature(t *testing.T) {
	for _, c := range []struct {
		text   string
		steps  int
		alpha  float64
		start  float64
		manual bool
	}{
		{"policy: hot", 1, 1, 0, true},
		{"policy: active-passive", 1, 1, 0, true},
		{"policy: warm, failover: automatic", 3, 0.3, 0, false},
		{"policy: active-passive, standby: cold, failover: {mode: automatic}", 3, 0, 0.02, false},
		{"policy: cold, failover: {dormancy: 10%, start_failure: 0%}", 3, 0.1, 0, false},
		{"policy: hot, failover: manual", 1, 1, 0, true},
	} {
		_, p := pair(t, c.text)
		if len(p.Activate) != c.steps || p.Alpha != c.alpha || p.StartFailure != c.start || p.Manual != c.manual {
			t.Errorf("%s gives %+v", c.text, *p)
		}
		if p.Human.Act == nil || p.Success != 1 || p.RetryAlone {
			t.Errorf("%s: humans %v, success %v, retry %v", c.text, p.Human, p.Success, p.RetryAlone)
		}
	}
}

func TestDetectorsReadTheirPresets(t *testing.T) {
	for text, want := range map[string]model.Detector{
		"preset: patroni, ttl: 60s":               policies.Lease{TTL: 60, Renew: 10, Restart: 300},
		"preset: patroni, loop_wait: 5s":          policies.Lease{TTL: 30, Renew: 5, Restart: 300},
		"preset: vrrp, missed: 5":                 policies.VRRP{Advert: 1, Skew: 0.609375, Missed: 5},
		"preset: haproxy-check":                   policies.Probe{Interval: 2, Timeout: 2, Fall: 3, Rise: 2},
		"kind: heartbeat, timeout: 5s":            policies.Heartbeat{Period: 1, Timeout: 5},
		"kind: probe, fall: 2":                    policies.Probe{Interval: 10, Timeout: 5, Fall: 2, Rise: 2},
		"preset: haproxy-check, sees: {hang: 0%}": policies.Probe{Interval: 2, Timeout: 2, Fall: 3, Rise: 2},
	} {
		s, _ := pair(t, "policy: hot, failover: {detection: {"+text+"}}")
		seeing, ok := s.Detector.(policies.Seeing)
		if !ok || seeing.Detector != want || s.Observer != model.ByPeers {
			t.Errorf("%s gives %#v, observer %d", text, s.Detector, s.Observer)
		}
		hang := 0.9
		if strings.Contains(text, "hang") {
			hang = 0
		}
		if seeing.Sees[model.Hang] != hang || seeing.Sees[model.Crash] != 1 {
			t.Errorf("%s sees %v", text, seeing.Sees)
		}
	}
}

func TestRedirections(t *testing.T) {
	for text, want := range map[string]struct {
		mean model.Seconds
		ramp bool
	}{
		"redirect: {via: proxy, interval: 2s, rise: 3}":           {5, false},
		"redirect: {via: front, interval: 4s, rise: 1}":           {2, false},
		"redirect: {via: dns, ttl: 5m}":                           {300, true},
		"redirect: {via: names}":                                  {90, true},
		"redirect: {via: vip, switch: 3s}":                        {3, false},
		"redirect: {via: client-library, reconnect: {fixed: 2s}}": {2, false},
		"failover: {switch: 1s}":                                  {1, false},
	} {
		topo := load(t, twoNodes+"services:\n  db: {replicas: [a, b], policy: hot, "+text+"}\n  front: {replicas: c}\n  names: {managed: true, preset: managed-dns, ttl: 90s}\n")
		p := topo.System.Services[0].Policy.(*policies.ActivePassive)
		if p.Redirect == nil || p.Redirect.Mean() != want.mean || p.RedirectRamp != want.ramp {
			t.Errorf("%s gives %v, ramp %v", text, p.Redirect, p.RedirectRamp)
		}
	}
}

func TestWhatFollowsAFailedPromotion(t *testing.T) {
	for text, want := range map[string][3]bool{ // retries, gives up, members are replaced
		"success: 90%":                                   {false, false, false},
		"if_failed: manual":                              {false, false, false},
		"if_failed: retry":                               {true, false, false},
		"if_failed: wait, replacement: repair":           {false, true, false},
		"if_failed: wait, replacement: at-once":          {false, true, true},
		"detection: {kind: lease}, replacement: at-once": {false, false, true},
	} {
		s, p := pair(t, "policy: hot, failover: {"+text+"}")
		if got := [3]bool{p.RetryAlone, p.GivesUp, s.Fresh}; got != want {
			t.Errorf("%s gives %v, want %v", text, got, want)
		}
	}
}

// Each replica keeps its failure rate; a share of it is moved to one process that takes all (R2.1).
func TestSoftwareSharesFaults(t *testing.T) {
	topo := load(t, twoNodes+"services: {db: {replicas: [a, b], policy: hot, software: {mtbf: 100d, mttr: 1m, beta: 20%}}}\n")
	sys := topo.System
	own, shared := sys.Components[3].Modes[0].Life.Mean(), sys.Causes[0].Life.Mean()
	if rate := 1/own + 1/shared; math.Abs(float64(rate*100*model.Day)-1) > 1e-9 || math.Abs(float64(shared/(500*model.Day))-1) > 1e-9 {
		t.Errorf("own %v, shared %v", own, shared)
	}
	if c := sys.Causes[0]; c.Repair != nil || len(c.Victims) != 2 || c.Name != "db/software" {
		t.Errorf("cause %+v", c)
	}
	if m := sys.Services[0].Members[0]; sys.Components[m.Component].Name != "db/a" || sys.Components[m.Host].Name != "a" {
		t.Errorf("member %+v", m)
	}
	alone := load(t, twoNodes+"services: {db: {replicas: a, software: {mtbf: 100d, mttr: 1m}}}\n")
	if len(alone.System.Causes) != 0 {
		t.Error("a single replica shares faults with nobody")
	}
}

func TestBareDurations(t *testing.T) {
	topo := load(t, "nodes: {a: {mtbf: 1y, mttr: 1h}, b: {mtbf: 2%/y, mttr: never}, c: {mtbf: never}}\nservices: {s: {replicas: [a, b, c], policy: hot, failover: {promote: 10s}}}\n")
	c := topo.System.Components
	if _, ok := c[0].Modes[0].Repair.(model.Memoryless); !ok || c[0].Modes[0].Life.Mean() != model.Year {
		t.Errorf("a bare mttr gives %v", c[0].Modes[0])
	}
	if c[1].Modes[0].Repair != nil || math.Abs(float64(c[1].Modes[0].Life.Mean()/(50*model.Year))-1) > 1e-12 {
		t.Errorf("2%%/y and never give %v", c[1].Modes[0])
	}
	if len(c[2].Modes) != 0 {
		t.Errorf("mtbf never gives %v", c[2].Modes)
	}
	p := topo.System.Services[0].Policy.(*policies.ActivePassive)
	if p.Activate[0].Survival(9.99) != 1 || p.Activate[0].Survival(10) != 0 {
		t.Errorf("a bare step gives %v", p.Activate[0])
	}
}

func TestGroupsAndPatterns(t *testing.T) {
	topo := load(t, "nodes: {web: {count: 12}, db: }\nservices:\n  all: {replicas: web, policy: active-active}\n  some: {replicas: [web-1*, db], policy: active-active}\n  one: {replicas: web-7}\n")
	var sizes []int
	for _, s := range topo.System.Services {
		sizes = append(sizes, len(s.Members))
	}
	if sizes[0] != 12 || sizes[1] != 5 || sizes[2] != 1 {
		t.Errorf("sizes %v", sizes)
	}
	for _, body := range []string{
		"nodes: {web: {count: 3}, web-2: }\nservices: {s: {replicas: web-2}}\n",
		"nodes: {web: {count: 3}}\nservices: {s: {replicas: web-4}}\n",
		"nodes: {web: {count: 3}}\nservices: {s: {replicas: db-*}}\n",
		"nodes: {web: {count: 1500000}, db: {count: 1500000}}\nservices: {s: {replicas: web-1}}\n",
	} {
		refusal(t, body)
	}
}

// Zones without links reach each other, and the reader is told.
func TestNoLinksNoNetwork(t *testing.T) {
	topo := load(t, "topology: {regions: {r: {zones: {x: , y: }}}}\nnodes: {a: {zone: x}, b: {zone: y}}\nservices: {s: {replicas: [a, b], policy: active-active}}\ntraffic: {from: {x: 100%}}\n")
	if len(topo.System.Network.Sites) != 0 || topo.System.Components[3].Site != model.None || topo.System.Clients[0].Site != model.None {
		t.Errorf("network %+v", topo.System.Network)
	}
	found := false
	for _, w := range topo.System.Warnings {
		found = found || strings.Contains(w.What, "no links are declared")
	}
	if !found {
		t.Errorf("no warning among %v", topo.System.Warnings)
	}
}

func TestServicesComeAfterWhatTheyNeed(t *testing.T) {
	topo := load(t, twoNodes+`services:
  web: {replicas: a, needs: [app], balanced_by: lb}
  app: {replicas: b, needs: [{any: [db, lb]}]}
  lb: {replicas: c}
  db: {replicas: c}
`)
	at := map[string]int{}
	for i, s := range topo.System.Services {
		at[s.Name] = i
	}
	if at["web"] < at["app"] || at["app"] < at["db"] || at["app"] < at["lb"] || at["web"] < at["lb"] {
		t.Errorf("order %v", at)
	}
	if len(topo.System.Journeys) != 4 || topo.System.Journeys[0].Name != "web" || topo.System.Journeys[0].Service != model.None {
		t.Errorf("journeys %+v", topo.System.Journeys)
	}
}

// A stand-in is idle if something else on the path insists on what it stands in for.
func TestIdleStandIn(t *testing.T) {
	body := twoNodes + "services:\n  db: {replicas: a}\n  cache: {replicas: b}\n  app: {replicas: c, needs: [%]}\njourneys:\n  j: {path: [app], uses: [{service: db, access: read, or_else: {serve_from: cache, worth: 60%}}]}\n"
	warned := func(needs string) bool {
		for _, w := range load(t, strings.Replace(body, "[%]", needs, 1)).System.Warnings {
			if strings.Contains(w.What, "or_else has no effect") {
				return true
			}
		}
		return false
	}
	if !warned("[db]") || warned("[{service: db, kind: soft}]") || warned("[cache]") {
		t.Error("or_else is warned of in the wrong cases")
	}
}

// What is left to the operating system is on disk half a minute later, not at once.
func TestDurabilityOfTheOperatingSystem(t *testing.T) {
	for word, every := range map[string]model.Seconds{"flush": 0, "every 5s": 5, "os-cache": 30, "none": 0} {
		s, _ := pair(t, "policy: hot, data: {durability: "+word+"}")
		if s.Store.FlushEvery != every {
			t.Errorf("%s: written every %v, want %v", word, s.Store.FlushEvery, every)
		}
	}
}

func TestAtLeastAsksForNoMoreThanThereAre(t *testing.T) {
	services := func(k string) string {
		return twoNodes + "services: {x: {replicas: a}, y: {replicas: b}, s: {replicas: c, needs: [{at_least: {k: " + k + ", of: [x, y]}}]}}\n"
	}
	if n := load(t, services("2")).System.Services[2].Needs; len(n) != 1 || n[0].Need.AtLeast != 2 {
		t.Errorf("two of two are read as %+v", n)
	}
	for _, k := range []string{"0", "3"} {
		if r := refusal(t, services(k)); !strings.Contains(r, "k must be from 1 to 2") {
			t.Errorf("%s of two: %s", k, r)
		}
	}
}

// A cause without an mttr leaves the repair to its victims; one that has none is not struck, and the reader is told.
func TestCausesThatHurtNothingAreNamed(t *testing.T) {
	body := "topology: {regions: {r: {zones: {z: }}}}\nnodes: {a: {zone: z, mtbf: 1y}, b: {zone: z, mtbf: [%]}}\n" +
		"common_causes: [{id: power, affects: {zone: z}, mtbf: 1y[+]}]\nservices: {s: {replicas: [a, b], policy: active-active}}\n"
	for _, c := range []struct {
		life, more string
		warned     bool
	}{{"1y", "", false}, {"never", "", true}, {"never", ", mttr: 1h", false}} {
		found := false
		for _, w := range load(t, strings.NewReplacer("[%]", c.life, "[+]", c.more).Replace(body)).System.Warnings {
			found = found || strings.Contains(w.What, `"power": it does nothing to "b"`)
		}
		if found != c.warned {
			t.Errorf("mtbf: %s%s: warned %t", c.life, c.more, found)
		}
	}
}
