package topology

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// around is a file in which a preset of a kind, or what it stands for, can be written at %s. Failovers
// know who coordinates them, for leases need that.
var around = map[string]string{
	"detector":    "  db: {replicas: [a, b], policy: hot, coordinator: votes, failover: {detection: %s}}\n",
	"failover":    "  db: {replicas: [a, b], policy: %s, coordinator: votes, failover: %s}\n",
	"election":    "  db: {replicas: [a, b, c], policy: quorum, detection: %s}\n",
	"replication": "  db: {replicas: [a, b], policy: hot, data: {replication: %s}}\n",
	"software":    "  db: {replicas: [a, b], policy: hot, software: %s}\n",
	"managed":     "  db: %s\n",
}

const voters = "nodes: {c: , v: , w: , x: }\nservices:\n  votes: {replicas: [v, w, x], policy: quorum}\n"

// using is a file that uses p with the given keys. Written out, it says what p stands for instead.
func using(p *preset, keys string, writtenOut bool) string {
	keys = "preset: " + p.Name + keys
	d := &decoder{}
	values := p.filled(d.mapping(&node{kind: mappingNode}, "test", "test"))
	beside := ""
	if writtenOut {
		keys = ""
		for k, v := range values.entries() {
			if k.text == "redirect" || k.text == "failback" {
				beside += ", " + k.text + ": " + written(v)
			} else {
				keys += ", " + k.text + ": " + written(v)
			}
		}
		keys = strings.TrimPrefix(keys, ", ")
	}
	block := "{" + keys + "}"
	head := "apiVersion: ftsim/v1\nname: test\n"
	switch p.Kind {
	case "node":
		return head + "nodes: {a: " + block + "}\nservices:\n  db: {replicas: a}\n"
	case "parts":
		return head + "nodes: {a: {preset: server-1u}}\nservices:\n  db: {replicas: a}\noperations: {spare_parts: " + block + "}\n"
	case "disk":
		return head + "nodes: {a: {disks: " + block + "}}\nservices:\n  db: {replicas: a}\n"
	case "device":
		return head + "nodes: {a: {rack: r}}\ntopology: {regions: {eu: {zones: {z: }}}, racks: {r: {zone: z, tor: " + block + "}}}\nservices:\n  db: {replicas: a}\n"
	case "link":
		return head + "nodes: {a: {zone: z}}\ntopology: {regions: {eu: {zones: {z: , y: }}}, links: [{id: l, between: [z, y], " + keys + "}]}\nservices:\n  db: {replicas: a}\n"
	case "place":
		return head + "nodes: {a: {zone: z}}\ntopology: {regions: {eu: {zones: {z: " + block + "}}}}\nservices:\n  db: {replicas: a}\n"
	case "managed":
		block = "{managed: true, " + keys + "}"
	}
	args := []any{block}
	if p.Kind == "failover" {
		args = []any{p.Policy + beside, block}
		return head + strings.Replace(voters, "{c: ,", "{a: , b: , c: ,", 1) + fmt.Sprintf("  db: {replicas: [a, b], policy: %s, coordinator: votes, failover: %s}\n", args...)
	}
	return head + strings.Replace(voters, "{c: ,", "{a: , b: , c: ,", 1) + fmt.Sprintf(around[p.Kind], args...)
}

// written is a value as a file would have it.
func written(n *node) string {
	var parts []string
	switch n.kind {
	case mappingNode:
		for k, v := range n.entries() {
			parts = append(parts, k.text+": "+written(v))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case sequenceNode:
		for _, v := range n.items() {
			parts = append(parts, written(v))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return n.text
}

// meant is what a file makes of its components and services, without positions.
func meant(t *testing.T, what, text string) (parts []any) {
	t.Helper()
	topo, err := Load("test", []byte(text))
	if err != nil {
		t.Fatalf("%s: %v\n%s", what, err, text)
	}
	for _, w := range topo.System.Warnings {
		if strings.Contains(w.What, "preset") {
			t.Errorf("%s: %v", what, w)
		}
	}
	for _, c := range topo.System.Components {
		c.At = model.Pos{}
		parts = append(parts, c)
	}
	for _, s := range topo.System.Services {
		s.At = model.Pos{}
		parts = append(parts, s)
	}
	for _, s := range topo.System.Stocks {
		s.At = model.Pos{}
		parts = append(parts, s)
	}
	return parts
}

// A preset stands for what it says in the words of a file, no more and no less: written out it means the
// same, and each of its words is one that a file may use.
func TestPresetsStandForWhatTheySay(t *testing.T) {
	if len(library()) < 60 {
		t.Fatalf("only %d presets", len(library()))
	}
	for id, p := range library() {
		short, long := meant(t, id, using(p, "", false)), meant(t, id, using(p, "", true))
		if !reflect.DeepEqual(short, long) {
			t.Errorf("%s means\n%+v\nand written out\n%+v", id, short, long)
		}
	}
}

// Each parameter of a product has an effect, and its name has no other meaning.
func TestPresetParametersMatter(t *testing.T) {
	unlike := map[string]string{"false": "true", "0s": "7s"}
	for id, p := range library() {
		before := meant(t, id, using(p, "", false))
		for _, q := range p.parameters {
			other := unlike[q.value.text]
			if other == "" {
				x := amountOf(q.value.text)
				x.value *= 1.5
				if other = x.String(); sortOf(q.value.text) == plains {
					other = fmt.Sprint(int(x.value + 1))
				}
			}
			keys := ", " + q.name + ": " + other
			switch p.Name + " " + q.name {
			case "etcd heartbeat-interval": // part of the election timeout
				continue
			case "redis-sentinel quorum":
				keys = ", quorum: 3" // of three
			case "pacemaker token_coefficient":
				keys += ", nodes: 3"
			}
			if reflect.DeepEqual(before, meant(t, id, using(p, keys, false))) {
				t.Errorf("%s: %s changes nothing", id, keys)
			}
		}
	}
}

func TestPresetsSayWhereTheyComeFrom(t *testing.T) {
	var labels []string
	for _, e := range Evidence {
		labels = append(labels, e.Label)
	}
	for id, p := range library() {
		if p.Kind == "" || p.Help == "" || p.Source == "" || p.Version == "" || !slices.Contains(labels, p.Evidence) {
			t.Errorf("%s is incomplete: %+v", id, p.Preset)
		}
		for _, m := range p.Marks {
			named := slices.ContainsFunc(p.Parameters, func(o PresetOption) bool { return o.Name == m.Path })
			if !slices.Contains(labels, m.Evidence) || m.Evidence == p.Evidence || !named && !p.part && p.values.path(m.Path) == nil {
				t.Errorf("%s: the mark %v is of nothing it has", id, m)
			}
		}
	}
}

func TestExplainCarriesTheEvidence(t *testing.T) {
	topo := load(t, "nodes: {a: , b: }\nservices:\n  db: {replicas: [a, b], policy: hot, failover: {preset: route53, RequestInterval: 10s}}\n")
	got := map[string]string{}
	for _, s := range topo.Settings {
		got[s.Path] = s.Value + " " + s.Source
	}
	for path, want := range map[string]string{
		"services.db.failover.RequestInterval":    "10s file",
		"services.db.failover.detection.interval": "10s file",
		"services.db.failover.FailureThreshold":   "3 preset route53 [V]",
		"services.db.failover.detection.fall":     "3 preset route53 [V]",
		"services.db.failover.detection.timeout":  "4s preset route53 [K]",
		"services.db.failover.detection.kind":     "probe preset route53 [V]",
		"services.db.redirect.ttl":                "1m preset route53 [J]",
	} {
		if got[path] != want {
			t.Errorf("%s is %q, want %q", path, got[path], want)
		}
	}
}

// Any field of a failover preset can be said otherwise, and what it said of another kind of thing is gone.
func TestFailoverPresetsCanBeOverridden(t *testing.T) {
	read := func(keys, beside string) model.Service {
		topo := load(t, strings.Replace(voters, "{c: ,", "{a: , b: , c: ,", 1)+
			"  db: {replicas: [a, b], policy: hot, coordinator: votes"+beside+", failover: {preset: patroni"+keys+"}}\n")
		i := slices.IndexFunc(topo.System.Services, func(s model.Service) bool { return s.Name == "db" })
		return topo.System.Services[i]
	}
	detector := func(keys string) model.Detector { return read(keys, "").Detector.(policies.Seeing).Detector }
	for keys, want := range map[string]model.Detector{
		"":                                     policies.Lease{TTL: 30, Renew: 10, Restart: 300},
		", ttl: 20s, loop_wait: 5s":            policies.Lease{TTL: 20, Renew: 5, Restart: 300},
		", detection: {renew: 4s}":             policies.Lease{TTL: 30, Renew: 4, Restart: 300},
		", detection: {kind: probe}":           policies.Probe{Interval: 10, Timeout: 5, Fall: 3, Rise: 2},
		", detection: {preset: haproxy-check}": policies.Probe{Interval: 2, Timeout: 2, Fall: 3, Rise: 2},
		", detection: {preset: haproxy-check, inter: 3s, fall: 4}": policies.Probe{Interval: 3, Timeout: 3, Fall: 4, Rise: 2},
		", detection: {preset: patroni, ttl: 60s}":                 policies.Lease{TTL: 60, Renew: 10, Restart: 300},
	} {
		if got := detector(keys); got != want {
			t.Errorf("%s gives %#v", keys, got)
		}
	}
	for _, keys := range []string{", detection: 9s", ", detection: {delay: 9s}"} {
		d := read(keys, "").Detector
		if s, ok := d.(policies.Seeing); ok {
			d = s.Detector
		}
		if a, ok := d.(policies.After); !ok || a.Down.Mean() != 9 {
			t.Errorf("%s gives %#v", keys, d)
		}
	}
	fence := read(", retry_timeout: 4s, loop_wait: 6s", "").Fence
	if fence.Kind != model.LeaseFencing || fence.Within != failures.Uniform(4, 10) || fence.Failure != 0.01 {
		t.Errorf("fencing by a lease: %+v", fence)
	}
	if fence := read(", fencing: {kind: min-replicas}", "").Fence; fence.Kind != model.MinReplicas || fence.Within.Mean() != 10 {
		t.Errorf("fencing by replicas: %+v", fence)
	}
	for beside, want := range map[string]model.Seconds{"": 3, ", redirect: {via: vip, switch: 7s}": 7, ", redirect: {interval: 10s}": 15} {
		if p := read("", beside).Policy.(*policies.ActivePassive); p.Redirect.Mean() != want {
			t.Errorf("with %q clients arrive after %v", beside, p.Redirect)
		}
	}
	if p := read(", switch: 8s", "").Policy.(*policies.ActivePassive); p.Redirect.Mean() != 8 {
		t.Errorf("with a switch of their own clients arrive after %v", p.Redirect)
	}
}

// The product's own numbers, where products reckon.
func TestProductsReckonAsDocumented(t *testing.T) {
	for _, c := range []struct {
		text string
		want model.Seconds
	}{
		{"preset: pacemaker", 6.6},
		{"preset: pacemaker, nodes: 3", 8.03},
		{"preset: pacemaker, token: 10s", 22},
		{"preset: hdfs-datanode", 630 - 1.5},
		{"preset: redis-sentinel, down_after: 5s, sentinels: 1, quorum: 1", 5},
		{"preset: redis-sentinel, down-after-milliseconds: 5000, sentinels: 1, quorum: 1", 5},
		{"preset: keepalived", 3 + 156./256 - 0.5},
		{"preset: keepalived, priority: 200, advert_int: 2s", 6 + 56./256 - 1},
		{"preset: zookeeper-session, sessionTimeout: 12s", 10},
		{"preset: zookeeper-session, sessionTimeout: {uncertain: {p5: 6s, p95: 24s}}", 10},
	} {
		topo := load(t, "nodes: {a: , b: }\nservices:\n  db: {replicas: [a, b], policy: hot, failover: {detection: {"+c.text+"}}}\n")
		sum, n := model.Seconds(0), 20000
		r := rand.New(rand.NewPCG(1, 2))
		for range n {
			sum += topo.System.Services[0].Detector.Delay(model.OSCrash, r)
		}
		if got := sum / model.Seconds(n); got < c.want*0.995 || got > c.want*1.005 {
			t.Errorf("%s: %v on average, want %v", c.text, got, c.want)
		}
	}
}
