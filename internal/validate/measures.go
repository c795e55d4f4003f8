package main

import "strings"

// This file lists the measures that a case may ask for, by the names that sources give them.

// kind is what is observed.
type kind uint8

const (
	firstOutage    kind = iota // time to it
	failedBy                   // an outage has begun by a time
	downAt                     // down at a time
	downOver                   // share of an interval
	countOver                  // outages that begin in an interval
	secondsOver                // down seconds in an interval
	countAtMost                // probability
	secondsAtMost              // probability
	steadyDown                 // long-run share
	capacityLost               // long-run mean share of the parts that are down
	frequency                  // outages over time, long-run
	meanDown                   // per outage, long-run
	meanUp                     // between outages, long-run
	betweenOutages             // from one beginning to the next, long-run
	downRate                   // down seconds over time, long-run
	outageLength               // of one outage
	detection                  // from a fault to its being noticed
	loss                       // of one recovery
	lossRate                   // seconds lost over time, long-run
	failoverRate               // completed failovers over time, long-run
	partFailures               // of components of one name, over an interval
	atOnce                     // probability that the first failure takes all
	falseRate                  // failovers without a reason over time, long-run
	firstFalse                 // time to the first of them
	jobTime                    // until a job is done
	jobStops                   // failures that interrupt it
	jobLost                    // running time whose work is lost
	jobUnhurt                  // probability that nothing interrupts it
	jobDoneBy                  // probability that it is done by a time
	workRate                   // targets of planned work over time, long-run
	testRate                   // tests for hidden failures over time, long-run
	foundRate                  // hidden failures that tests find over time, long-run
	foundShare                 // of tests that find one
	hiddenTime                 // from a hidden failure to the test that finds it
	shortShare                 // of demands for a spare part that find none on the shelf
	partWait                   // from a demand for a spare part to the part
	partRate                   // spare parts used over time, long-run
	owedParts                  // demands for a spare part that wait for it, long-run
	costRate                   // of planned and unplanned replacements over time, long-run
)

// argument is what stands in brackets after the name of a measure.
type argument uint8

const (
	nothing argument = iota
	instant
	interval // may also be taken from the other measures of the case
)

// base is a measure by name.
type base struct {
	name       string
	kind       kind
	complement bool
	argument   argument
	per        string // of a rate; "" = the unit of the measure or case
}

var bases = []base{
	{"mttf", firstOutage, false, nothing, ""}, {"mttdl", firstOutage, false, nothing, ""},
	{"first_system_outage_start", firstOutage, false, nothing, ""},
	{"mean_time_to_failure", firstOutage, false, nothing, ""}, {"mean_time_to_first_failure", firstOutage, false, nothing, ""},
	{"mean_time_to_data_loss", firstOutage, false, nothing, ""}, {"failure_probability", failedBy, false, instant, ""},
	{"unreliability", failedBy, false, instant, ""}, {"reliability", failedBy, true, instant, ""},
	{"probability_data_loss", failedBy, false, interval, ""},
	{"probability_no_incident", failedBy, true, interval, ""},
	{"point_availability", downAt, true, instant, ""}, {"point_unavailability", downAt, false, instant, ""},
	{"availability", steadyDown, true, nothing, ""}, {"availability_steady", steadyDown, true, nothing, ""},
	{"unavailability", steadyDown, false, nothing, ""}, {"unavailability_steady", steadyDown, false, nothing, ""},
	{"two_terminal", steadyDown, true, nothing, ""}, {"all_terminal", steadyDown, true, nothing, ""},
	{"interval_availability", downOver, true, interval, ""}, {"interval_unavailability", downOver, false, interval, ""},
	{"expected_outages", countOver, false, interval, ""}, {"outages", countOver, false, interval, ""},
	{"expected_incidents", countOver, false, interval, ""}, {"incidents", countOver, false, interval, ""},
	{"expected_downtime", secondsOver, false, interval, ""}, {"downtime", secondsOver, false, interval, ""},
	{"failure_frequency", frequency, false, nothing, ""}, {"outages_per_year", frequency, false, nothing, "y"}, {"incidents_per_year", frequency, false, nothing, "y"},
	{"failures_per_year", frequency, false, nothing, "y"}, {"mean_capacity_fraction", capacityLost, true, nothing, ""},
	{"mean_down_time", meanDown, false, nothing, ""}, {"mean_up_time", meanUp, false, nothing, ""},
	{"mean_outage_duration", meanDown, false, nothing, ""}, {"mean_time_between_failures", betweenOutages, false, nothing, ""},
	{"mtbf", betweenOutages, false, nothing, ""}, {"downtime_per_year", downRate, false, nothing, ""},
	{"failovers_per_year", failoverRate, false, nothing, "y"}, {"rpo_per_single_failure", loss, false, nothing, ""},
	{"probability_both_fail_at_once", atOnce, false, nothing, ""}, {"probability_all_fail_at_once", atOnce, false, nothing, ""},
	{"false_failovers_per_year", falseRate, false, nothing, "y"}, {"mean_time_to_first_false_failover", firstFalse, false, nothing, ""},
	{"job_completion_time", jobTime, false, nothing, ""}, {"expected_completion_time", jobTime, false, nothing, ""},
	{"completion_time", jobTime, false, nothing, ""}, {"expected_failures", jobStops, false, nothing, ""},
	{"running_time_lost", jobLost, false, nothing, ""}, {"expected_running_time_lost", jobLost, false, nothing, ""},
	{"probability_no_failure", jobUnhurt, false, nothing, ""}, {"probability_completed", jobDoneBy, false, instant, ""},
	{"planned_per_year", workRate, false, nothing, "y"}, {"replacements_per_year", workRate, false, nothing, "y"},
	{"tests_per_year", testRate, false, nothing, "y"}, {"inspections_per_year", testRate, false, nothing, "y"},
	{"found_failures_per_year", foundRate, false, nothing, "y"}, {"probability_a_test_finds_a_failure", foundShare, false, nothing, ""},
	{"mean_time_hidden_per_failure", hiddenTime, false, nothing, ""}, {"mean_undetected_time_per_failure", hiddenTime, false, nothing, ""},
	{"fill_rate", shortShare, true, nothing, ""}, {"fill_rate_steady", shortShare, true, nothing, ""},
	{"mean_wait_for_a_spare", partWait, false, nothing, ""}, {"mean_back_orders", owedParts, false, nothing, ""}, {"expected_backorders", owedParts, false, nothing, ""},
	{"spares_used_per_year", partRate, false, nothing, "y"}, {"demands_per_year", partRate, false, nothing, "y"},
	{"cost_rate", costRate, false, nothing, ""}, {"cost_per_year", costRate, false, nothing, "y"},
	{"lost_seconds_per_year", lossRate, false, nothing, "s"}, {"lost_hours_per_year", lossRate, false, nothing, "h"},
}

// longestBase finds the measure that a name begins with, and the rest of the name.
func longestBase(name string) (found *base, suffix string) {
	for i := range bases {
		b := &bases[i]
		rest, ok := strings.CutPrefix(name, b.name)
		if ok && (rest == "" || rest[0] == '_') && (found == nil || len(b.name) > len(found.name)) {
			found, suffix = b, strings.TrimPrefix(rest, "_")
		}
	}
	if found != nil && (found.name == "two_terminal" && suffix != "" || found.name == "all_terminal") {
		suffix = name
	}
	return found, suffix
}
