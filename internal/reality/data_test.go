package reality

import (
	"math"
	"testing"
)

// Machines that live 90 d and are away for p50 2 h, p95 12 h, so that one alone is down for repair/(life + repair): what is
// lost at a failover without waiting for copies is the lag; who waits for the other strictly is down whenever either is,
// and loses nothing; who goes on alone after a while loses something in double faults only.
func TestPair03WhenAWriteIsAcknowledged(t *testing.T) {
	d := pairs(t, "03", "async", "fallback", "sync")
	sigma := math.Log(6) / 1.6449
	repair := 2 * math.Exp(sigma*sigma/2) // in hours
	single := repair / (90*24 + repair) * 8760 * 3600
	between(t, "write outages of strict replication, in those of one machine", of(t, d["sync"], "downtime", "db", "").Value/single, 1.9, 2.2)
	ascending(t, d, "downtime", "db", "", 1, "async", "fallback")
	ascending(t, d, "downtime", "db", "", 100, "fallback", "sync")
	between(t, "losses a year of strict replication", of(t, d["sync"], "losses", "db", "").Value, 0, 0)
	between(t, "losses a year with fallback", of(t, d["fallback"], "losses", "db", "").Value, 0, 0.03)
	async := d["async"]
	between(t, "losses a year without waiting", of(t, async, "losses", "db", "").Value, 3.9, 4.3)
	between(t, "what is lost then, p50 in seconds", of(t, async, "loss", "db", "p50").Value, 0.018, 0.022)
	between(t, "what is lost then, p95 in seconds", of(t, async, "loss", "db", "p95").Value, 0.35, 0.46)
}

// Errors of people, 0.3 a year: copies are no help, a daily backup loses about half a day beyond what was written until
// somebody noticed and decided, and a log nothing beyond that.
func TestPair08WhatReplicationDoesNotReplace(t *testing.T) {
	d := pairs(t, "08", "no-backup", "daily", "log-and-delayed")
	bare, daily, log := d["no-backup"], d["daily"], d["log-and-delayed"]
	between(t, "total losses a year without backup", of(t, bare, "total_losses", "db", "").Value, 0.27, 0.32)
	for name, s := range map[string]float64{"daily": of(t, daily, "total_losses", "db", "").Value, "log": of(t, log, "total_losses", "db", "").Value} {
		between(t, "total losses a year, "+name, s, 0, 0.003)
	}
	between(t, "what a daily backup loses more than a log, mean in hours",
		(of(t, daily, "loss", "db", "mean").Value-of(t, log, "loss", "db", "mean").Value)/3600, 11.5, 14)
	between(t, "what a log loses, p50 in hours", of(t, log, "loss", "db", "p50").Value/3600, 0.8, 1.5)
	between(t, "what a daily backup loses, p50 in hours", of(t, daily, "loss", "db", "p50").Value/3600, 12, 17)
	for name, s := range map[string]float64{"no backup": of(t, bare, "availability", "", "").Value, "daily": of(t, daily, "availability", "", "").Value} {
		between(t, "availability, "+name+" less that with a log", s-of(t, log, "availability", "", "").Value, -1e-4, 1e-4)
	}
}
