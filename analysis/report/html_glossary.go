package report

import (
	"cmp"
	"slices"

	"github.com/ftsim/ftsim/model"
)

// glossarySection explains the words of the page, those of phases only if they occur.
func glossarySection(d *Document) section {
	sum := d.Summary
	terms := []term{
		{"Availability", "The share of time in which at least the threshold of requests is served. 99.95 % allows 4.4 hours of downtime a year."},
		{"Bound", "Where no event was seen, what can be excluded with 95 % confidence: “> 99.99 %” is not a measurement."},
		{"Common cause", "One event that takes several components down together, such as the power of a room."},
		{"Downtime", "Time below the threshold, per year of operation."},
		{"ECDF", "Empirical distribution function: for each amount, the share of simulated years with at most as much."},
		{"Exposure", "Time with fewer members than designed, in which one more failure finds less to fall back on."},
		{"Failover", "Another replica takes over the role of one that is taken for down. After a false alarm, it was up all along."},
		{"Incident", "Outages of a journey that follow each other within " + sum.Plan.MergeGap.Round() + ", counted as one. Interruptions below " + sum.Plan.MinDowntime.Round() + " are blips and do not count."},
		{"Initiator", "The event that took a journey below its threshold. What made it last is the phase."},
		{"Interval", "The two figures in brackets. Runs with other seeds give intervals that hold the true figure of the model 95 times of 100. They do not know whether the model is right."},
		{"Journey", "What a user does, such as a checkout; it needs services."},
		{"MTBF, MTTR, MTTD", "Mean time between failures, to recovery, and until somebody notices."},
		{"Nines", "−log10(1 − availability): 3 nines are 99.9 %."},
		{"p50, p95, p99", "Percentiles: 95 of 100 values are at most p95."},
		{"Phase", "What users wait for while a journey is down; every second of downtime is booked to one."},
		{"Replication", "One simulated history of the system, " + sum.Horizon.Round() + " long. Each has luck of its own, drawn from the seed."},
		{"RTO", "Recovery time objective: the longest time an incident may take, from the start of its first outage to the end of its last."},
		{"Undecided", "The interval contains the target. More runs shorten it."},
	}
	if slices.ContainsFunc(sum.System.Services, func(s model.Service) bool { return s.Store != nil }) {
		terms = append(terms, term{"RPO", "Recovery point objective: the most writes that a recovery may lose, in seconds of writing."},
			term{"Recovery of a store", "A copy becomes the one that counts. What was acknowledged but had not reached it is lost."})
	}
	for _, ph := range phasesSeen(sum) {
		terms = append(terms, term{"Phase: " + ph.String(), phaseMeaning[ph]})
	}
	slices.SortFunc(terms, func(a, b term) int { return cmp.Compare(a.Name, b.Name) })
	return section{ID: "glossary", Title: "Glossary", Blocks: []block{{Terms: terms}}}
}

var phaseMeaning = [model.NumPhases]string{
	model.Detection:   "Something is down and nobody has noticed.",
	model.Decision:    "A machine elects, or a human decides, who is to take over.",
	model.Fencing:     "The old primary is being made harmless.",
	model.Activation:  "The standby is getting ready.",
	model.Redirection: "Clients are being moved to the new primary.",
	model.Warming:     "It serves, below its full capacity.",
	model.Repair:      "There is nothing to fail over to: everybody waits for a repair.",
	model.Unreached:   "It works, but is out of the reach of its clients.",
	model.WriteBlock:  "Writes wait for a missing copy.",
	model.Reconciling: "After a split brain, the branches of the data are being made one.",
	model.Overload:    "There is more demand than the healthy replicas can serve.",
}
