package policies

// Entry is one line of a catalogue: what may be written in a file.
type Entry struct {
	Name, Help, Example string
}

// Catalogue lists the redundancy policies.
var Catalogue = []Entry{
	{"active-active", "every replica serves; a lost one leaves the rotation once it is believed down", "policy: active-active"},
	{"active-passive", "one replica serves, the others stand by as `standby` says", "{policy: active-passive, standby: hot}"},
	{"hot", "active-passive; the standby runs and applies data continuously", "policy: hot"},
	{"warm", "active-passive; the standby is powered, but must start its service and catch up", "policy: warm"},
	{"cold", "active-passive; the standby is off, or has yet to be provisioned", "policy: cold"},
	{"leaderless", "every replica answers; a read takes `read` of the `copies` of an item, a write `write` of them", "{policy: leaderless, copies: 3, read: 2, write: 2}"},
	{"quorum", "works while a majority of the voters is up and in touch", "policy: quorum"},
}

// Detectors lists the detectors (SEMANTICS 2.3).
var Detectors = []Entry{
	{"heartbeat", "silence for longer than `timeout` since the last sign of life", "{kind: heartbeat, period: 1s, timeout: 10s}"},
	{"probe", "`fall` failed questions in a row; `rise` good answers to return", "{kind: probe, interval: 2s, timeout: 2s, fall: 3, rise: 2}"},
	{"lease", "a lease that is not renewed runs out", "{kind: lease, ttl: 30s, renew: 10s}"},
	{"vrrp", "`missed` advertisements and a skew", "{kind: vrrp, advert: 1s, missed: 3}"},
	{"phi", "silence that has become improbable enough (phi-accrual)", "{kind: phi, threshold: 8, gap: 1s}"},
	{"users", "nobody looks; users report what they suffer", "{kind: users, report: {p50: 15m, p95: 2h}}"},
	{"delay", "a law of your own", "{kind: delay, delay: {uniform: [5s, 15s]}}"},
}
