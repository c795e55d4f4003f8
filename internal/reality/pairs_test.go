package reality

import (
	"math"
	"testing"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// The examples in pairs differ in one thing each and say what to expect of it. Here they are held to it,
// with the seeds in the files and room for another seed to turn out differently.

func pairs(t *testing.T, number string, names ...string) map[string]*analysis.Summary {
	t.Helper()
	out := map[string]*analysis.Summary{}
	for _, n := range names {
		out[n] = study(t, "../../examples/pair-"+number+"-"+n+".yaml")
	}
	return out
}

// of finds a statistic of the journey or service of that name, or of the first journey.
func of(t *testing.T, s *analysis.Summary, metric, name, stat string) analysis.Estimate {
	t.Helper()
	for i := range s.Measured {
		m := &s.Measured[i]
		if m.Metric.Name != metric || name != "" && m.Name != name || name == "" && m.Target != s.Users[0] {
			continue
		}
		e := m.Main()
		if stat != "" {
			e = m.Stat(stat)
		}
		if math.IsNaN(e.Value) {
			t.Fatalf("%s: %s of %s was not observed", s.System.Name, metric, name)
		}
		return e
	}
	t.Fatalf("%s: there is no %s of %q", s.System.Name, metric, name)
	return analysis.Estimate{}
}

// ascending demands that a statistic grows by more than a factor from each design to the next.
func ascending(t *testing.T, designs map[string]*analysis.Summary, metric, name, stat string, factor float64, order ...string) {
	t.Helper()
	for i := range order[1:] {
		a, b := of(t, designs[order[i]], metric, name, stat), of(t, designs[order[i+1]], metric, name, stat)
		if b.Value < factor*a.Value {
			t.Errorf("%s: %.4g for %s, %.4g for %s; want more than %v times as much", metric, a.Value, order[i], b.Value, order[i+1], factor)
		}
	}
}

// between demands a value in a range.
func between(t *testing.T, what string, x, low, high float64) {
	t.Helper()
	if !(x >= low && x <= high) {
		t.Errorf("%s: %.4g, want from %v to %v", what, x, low, high)
	}
}

// failovers counts those of a service with a trigger, per year; of all results, or of manual ones alone.
func failovers(s *analysis.Summary, service string, trigger model.Trigger, manualOnly bool) (perYear float64) {
	for _, k := range s.Failovers {
		if k.Name == service && k.Trigger == trigger && (k.Manual || !manualOnly) {
			perYear += k.PerYear.Value
		}
	}
	return perYear
}

func TestPair02WarmthOfTheStandby(t *testing.T) {
	d := pairs(t, "02", "hot", "warm", "cold")
	ascending(t, d, "rto", "", "p50", 5, "hot", "warm", "cold")
	ascending(t, d, "rto", "", "p95", 5, "hot", "warm", "cold")
	ascending(t, d, "downtime", "", "", 3, "warm", "cold") // that of hot and warm is mostly of both machines at once
	ascending(t, d, "downtime", "", "", 3, "hot", "cold")
	ascending(t, d, "exposure", "db", "", 1.2, "cold", "warm", "hot") // the standby's own failures are the rest
	ascending(t, d, "incidents", "", "", 0.95, "hot", "cold")
}

func TestPair04Fencing(t *testing.T) {
	d := pairs(t, "04", "unfenced", "stonith", "witness")
	ascending(t, d, "downtime", "", "", 20, "unfenced", "witness")
	ascending(t, d, "downtime", "", "", 20, "unfenced", "stonith")
	ascending(t, d, "unserved", "", "", 1.05, "witness", "stonith")
	lost := map[string]float64{}
	for name, s := range d {
		lost[name] = of(t, s, "loss", "db", "mean").Value * of(t, s, "losses", "db", "").Value
	}
	between(t, "seconds of writes lost a year without fencing, against those with STONITH", lost["unfenced"]/lost["stonith"], 10, 1000)
	between(t, "with STONITH, against those with a witness", lost["stonith"]/lost["witness"], 2, 1000)
	between(t, "failovers without fencing, against those with a witness",
		of(t, d["unfenced"], "failovers", "db", "").Value/of(t, d["witness"], "failovers", "db", "").Value, 2, 10)
	for name, s := range d {
		blocked := failovers(s, "db", model.RealFault, true) + failovers(s, "db", model.FalseAlarm, true)
		if name == "stonith" {
			between(t, "failovers a year that waited for a human", blocked, 0.1, 1)
		} else if blocked > 0 {
			t.Errorf("%s: %v failovers a year waited for a human", name, blocked)
		}
	}
}

func TestPair05WhoDecides(t *testing.T) {
	d := pairs(t, "05", "automatic", "manual")
	ascending(t, d, "downtime", "", "", 8, "automatic", "manual")
	ascending(t, d, "rto", "", "p95", 20, "automatic", "manual")
	false0 := failovers(d["automatic"], "db", model.FalseAlarm, false)
	between(t, "share of false alarms", false0/of(t, d["automatic"], "failovers", "db", "").Value, 0.65, 0.85)
	between(t, "false alarms a year that people follow", failovers(d["manual"], "db", model.FalseAlarm, false), 0, 0.2)
	ascending(t, d, "loss", "db", "p95", 1000, "manual", "automatic")
}

func TestPair06TimeoutOfTheDetector(t *testing.T) {
	order := []string{"timeout-2s", "timeout-10s", "timeout-30s", "timeout-120s"}
	d := pairs(t, "06", order...)
	ascending(t, d, "mttd", "", "", 3, order...)
	for i := range order[1:] {
		a, b := failovers(d[order[i]], "db", model.FalseAlarm, false), failovers(d[order[i+1]], "db", model.FalseAlarm, false)
		between(t, "false alarms from "+order[i]+" to the next", b/a, 0, 0.5)
	}
	for _, middle := range order[1:3] { // the ends are worse than the middle
		ascending(t, d, "downtime", "", "", 1.2, middle, "timeout-2s")
		ascending(t, d, "downtime", "", "", 1.5, middle, "timeout-120s")
	}
}

// Each zone that is in use is lost about once a year.
func TestPair09WhereTheVotersStand(t *testing.T) {
	d := pairs(t, "09", "one-zone", "two-zones", "three-zones")
	for name, c := range map[string]struct{ zones, low, high float64 }{"one-zone": {1, 0.92, 1.08}, "two-zones": {2, 0.45, 0.55}} {
		long := of(t, d[name], "outages", "", "").Value / c.zones
		between(t, "outages for each loss of a zone, "+name, long, c.low, c.high)
		between(t, "their length, "+name, of(t, d[name], "rto", "", "p50").Value, 1.5*hour, 2.5*hour)
	}
	between(t, "the length of an outage, three zones", of(t, d["three-zones"], "rto", "", "p50").Value, 1, 2)
	ascending(t, d, "downtime", "", "", 100, "three-zones", "two-zones")
	ascending(t, d, "downtime", "", "", 0.9, "one-zone", "two-zones", "one-zone")
}

// Clients who move one by one within the TTL of 300 s are below the threshold for 285 s, and unserved for
// 150 s of that on average.
func TestPair10Regions(t *testing.T) {
	d := pairs(t, "10", "active-active", "warm", "cold")
	ascending(t, d, "rto", "", "p50", 3, "active-active", "warm", "cold")
	between(t, "RTO active-active, s", of(t, d["active-active"], "rto", "", "p50").Value, 60, 100)
	between(t, "RTO warm, min", of(t, d["warm"], "rto", "", "p50").Value/minute, 5, 12)
	between(t, "RTO cold, p95, h", of(t, d["cold"], "rto", "", "p95").Value/hour, 1, 4)
	partial := of(t, d["warm"], "downtime", "", "").Value - of(t, d["warm"], "unserved", "", "").Value
	between(t, "seconds of partial service in a warm failover", partial/of(t, d["warm"], "failovers", "shop", "").Value, 115, 140)
	aa := d["active-active"]
	between(t, "requests that fail while a region is gone", of(t, aa, "unserved", "", "").Value/of(t, aa, "downtime", "", "").Value, 0.49, 0.51)
}

func TestPair11Failback(t *testing.T) {
	d := pairs(t, "11", "none", "automatic", "hold-down")
	ascending(t, d, "outages", "", "", 10, "none", "automatic")
	ascending(t, d, "outages", "", "", 4, "hold-down", "automatic")
	planned, faults := failovers(d["automatic"], "db", model.Planned, false), failovers(d["automatic"], "db", model.RealFault, false)
	between(t, "planned interruptions for each failover", planned/faults, 0.97, 1.03)
	between(t, "failures a year left to people", failovers(d["hold-down"], "db", model.RealFault, true), 0.2, 3)
	for _, name := range []string{"none", "automatic"} {
		if n := failovers(d[name], "db", model.RealFault, true); n > 0 {
			t.Errorf("%s: %v failures a year left to people", name, n)
		}
	}
}

// Each of twelve services is away for u = 45 m/(30 d + 45 m) of the time, on its own.
func TestPair12Chains(t *testing.T) {
	d := pairs(t, "12", "hard", "cached", "buffered")
	ascending(t, d, "downtime", "", "", 1.6, "buffered", "cached", "hard")
	u := 0.75 / (720 + 0.75)
	chain := func(n float64) float64 { return 1 - math.Pow(1-u, n) }
	e := of(t, d["hard"], "availability", "", "")
	between(t, "unavailability of twelve in a row, of the exact one", (1-e.Value)/chain(12), 0.99, 1.01)
	e = of(t, d["buffered"], "availability", "", "") // payment, basket, web; and outages that outlast cache or queue
	between(t, "what three in a row make of it, bridged", (1-e.Value)/chain(3), 1.05, 1.2)
	between(t, "time on the cache, of that in which one of six is away", of(t, d["cached"], "bridged", "", "").Value/chain(6), 0.98, 1.02)
}

// Of n = 600 machines K ~ binomial(n, 1 %) are lost at once, about once a year. A given set of three is among them
// with probability 1e-6, so about one of a million shards is lost a year either way; but some shard of random
// placement in most of such events, and some of a thousand copysets in one of a thousand.
func TestPair13Copysets(t *testing.T) {
	d := pairs(t, "13", "random", "copysets")
	random, sets := d["random"], d["copysets"]
	atLeastOne, odds := 0.0, math.Pow(0.99, 600)
	for k := range 60 {
		triples := float64(k*(k-1)*(k-2)) / (600 * 599 * 598)
		atLeastOne += odds * (1 - math.Exp(-1e6*triples))
		odds *= float64(600-k) / float64(k+1) / 99
	}
	between(t, "losses a year at random, of the exact figure", of(t, random, "shard_losses", "files", "").Value/atLeastOne, 0.93, 1.07)
	between(t, "shards lost a year at random", of(t, random, "shards_lost", "files", "").Value, 0.85, 1.15)
	between(t, "losses a year in copysets", of(t, sets, "shard_losses", "files", "").Value, 0.0004, 0.0018)
	ascending(t, d, "shard_losses", "files", "", 100, "copysets", "random")
	ascending(t, d, "shards_unwritable_time", "files", "", 0.8, "random", "copysets")
	ascending(t, d, "exposure", "files", "", 0.9, "random", "copysets")
}
