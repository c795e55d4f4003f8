package main

import (
	"regexp"
	"sort"
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// question is a measure understood: what to observe, of which variant of the system.
type question struct {
	kind         kind
	complement   bool                             // 1 − what is observed
	scale        model.Seconds                    // seconds in a unit of the value; of a rate, in the time it is per
	until        model.Seconds                    // the instant, or the end of the interval from 0
	stat         string                           // mean, sd, min, max, a quantile such as p95, or over
	limit        float64                          // a count, or seconds
	edits        []edit                           // what differs from the structure as written
	target       string                           // the component asked about; "" = the system
	truth        bool                             // whether components are up, whatever serves
	alone        bool                             // only understood if the system is one component
	single       bool                             // losses at which some copy was left
	price        price                            // of replacements
	failuresOnly bool                             // planned work is no failure
	search       func(e effort) (estimate, error) // finds the answer by asking about several variants; nil = one system has it
	none         bool                             // known to be zero: seen is how often it is not
}

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

var (
	atTime     = regexp.MustCompile(`\(t=([0-9.eE+]+)\)`)
	from0To    = regexp.MustCompile(`\[0,([0-9.eE+]+)\]`)
	statistics = regexp.MustCompile(`^(rto|repair|detection_delay|rpo|completion_time|job_completion_time|running_time_lost)_(mean|sd|min|max|p[0-9.]+)(?:_(.+))?$`)
	over       = regexp.MustCompile(`^probability_(rpo|rto)_over_([0-9.]+)([a-z]+)(?:_(.+))?$`)
	atMost     = regexp.MustCompile(`^probability_(yearly_)?(downtime|incidents)_at_most_([0-9.]+)([a-z]*)(?:_(.+))?$`)
	// formulas are no measures of a system but of what a source writes about it.
	formulas = regexp.MustCompile(`formula|^ctmc_|optimal|best|^minimum_cost|published`)
)

// ask understands a measure of a case.
func ask(c *knownCase, a *knownAnswer) (*question, error) {
	if formulas.MatchString(a.Name) {
		return nil, unsupported("%s is a formula or an optimum, not a measure of this system", a.Name)
	}
	q := &question{}
	name, arg, number, err := splitArgument(a.Name)
	if err != nil {
		return nil, err
	}
	unit, err := unitOf(c.TimeUnit)
	if err != nil {
		return nil, err
	}
	if q.scale = unit; a.Unit != "" {
		if q.scale, err = unitOf(a.Unit); err != nil {
			return nil, err
		}
	}
	if s := smallestStock(c, a.Name, unit); s != nil {
		return s, nil
	}
	q.until = model.Seconds(number) * unit
	suffix, err := q.recognise(c, name, arg, unit)
	if err != nil {
		return nil, err
	}
	return q, q.variant(c, suffix)
}

// splitArgument takes what stands in brackets out of the name of a measure.
func splitArgument(name string) (rest string, arg argument, number float64, err error) {
	for _, p := range []struct {
		pattern *regexp.Regexp
		arg     argument
	}{{atTime, instant}, {from0To, interval}} {
		if m := p.pattern.FindStringSubmatchIndex(name); m != nil {
			number, err = strconv.ParseFloat(name[m[2]:m[3]], 64)
			return name[:m[0]] + name[m[1]:], p.arg, number, err
		}
	}
	if strings.ContainsAny(name, "([") {
		return "", nothing, 0, unsupported("the argument of %q is not understood", name)
	}
	return name, nothing, 0, nil
}

// recognise finds out what is observed and returns what is left of the name.
func (q *question) recognise(c *knownCase, name string, arg argument, unit model.Seconds) (suffix string, err error) {
	if found, err := q.countsFailures(c, name, arg, unit); found {
		return "", err
	}
	if m := statistics.FindStringSubmatch(name); m != nil {
		q.kind = map[string]kind{"rto": outageLength, "repair": outageLength, "detection_delay": detection, "rpo": loss,
			"completion_time": jobTime, "job_completion_time": jobTime, "running_time_lost": jobLost}[m[1]]
		q.stat, q.alone = m[2], m[1] == "repair"
		return m[3], nil
	}
	if m := over.FindStringSubmatch(name); m != nil {
		q.kind, q.stat = map[string]kind{"rpo": loss, "rto": outageLength}[m[1]], "over"
		return m[4], q.setLimit(m[2], m[3])
	}
	if m := spread.FindStringSubmatch(name); m != nil {
		return m[3], q.spread(c, m[1], m[2], arg, unit)
	}
	if m := atMost.FindStringSubmatch(name); m != nil {
		return m[5], q.atMost(c, m, arg, unit)
	}
	name = q.whose(c, name)
	yearly, per := perOtherTime(q.several(c, name))
	b, rest := longestBase(yearly)
	if b == nil {
		return "", unsupported("measure %q is not known", name)
	}
	q.kind, q.complement, q.alone = b.kind, b.complement, b.name == "failures_per_year" || b.kind == costRate
	if q.kind == loss {
		q.stat, q.single = "mean", true
	}
	q.failuresOnly = strings.HasPrefix(b.name, "failure")
	if b.per != "" {
		if q.scale = units[b.per]; b.per == "y" && per > 0 {
			q.scale = per
		}
	}
	return rest, q.extent(c, b.argument, arg, unit)
}

// whose takes a leading "unit_", "unit_ID_" or "system_" off the name of a measure.
func (q *question) whose(c *knownCase, name string) string {
	if rest, ok := strings.CutPrefix(name, "system_"); ok {
		return rest
	}
	rest, ok := strings.CutPrefix(name, "unit_")
	if !ok {
		return name
	}
	for _, f := range c.Structure.Components {
		if more, ok := strings.CutPrefix(rest, f.text("id")+"_"); ok {
			q.target = f.text("id")
			return more
		}
	}
	if len(c.Structure.Components) == 1 {
		q.target = c.Structure.Components[0].text("id")
		return rest
	}
	return name
}

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

// extent checks that the brackets hold what the measure needs.
func (q *question) extent(c *knownCase, want, have argument, unit model.Seconds) error {
	switch {
	case want == have:
		return nil
	case want == interval && have == nothing:
		return q.onlyInterval(c, unit)
	case q.kind == steadyDown && have == instant:
		q.kind = downAt
		return nil
	case q.kind == failedBy && have != nothing:
		return nil
	case q.kind == jobStops && have == interval:
		q.kind = countOver
		return nil
	}
	return unsupported("the measure lacks a time, or has one it does not need")
}

// onlyInterval takes the interval that all other measures of the case name.
func (q *question) onlyInterval(c *knownCase, unit model.Seconds) error {
	found := map[float64]bool{}
	for i := range c.Measures {
		if _, arg, x, err := splitArgument(c.Measures[i].Name); err == nil && arg == interval {
			found[x] = true
			q.until = model.Seconds(x) * unit
		}
	}
	if len(found) != 1 {
		return unsupported("over which interval is not said")
	}
	return nil
}

func (q *question) setLimit(number, unit string) error {
	x, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return unsupported("%q is not a number", number)
	}
	scale := model.Seconds(1)
	if unit != "" {
		if scale, err = unitOf(unit); err != nil {
			return err
		}
	}
	q.limit = x * float64(scale)
	return nil
}

// atMost reads probability_downtime_at_most_20h and probability_incidents_at_most_8.
func (q *question) atMost(c *knownCase, m []string, arg argument, unit model.Seconds) error {
	q.kind = secondsAtMost
	if m[2] == "incidents" {
		q.kind = countAtMost
	}
	if (m[4] != "") != (q.kind == secondsAtMost) {
		return unsupported("a limit of %s%s", m[3], m[4])
	}
	if err := q.setLimit(m[3], m[4]); err != nil {
		return err
	}
	switch {
	case m[1] != "":
		q.until = model.Year
		return nil
	case arg == interval:
		return nil
	}
	return q.onlyInterval(c, unit)
}

// ids lists the components of a case, longest name first.
func (c *knownCase) ids() []string {
	var ids []string
	for _, f := range c.Structure.Components {
		ids = append(ids, f.text("id"))
	}
	sort.Slice(ids, func(i, j int) bool { return len(ids[i]) > len(ids[j]) || len(ids[i]) == len(ids[j]) && ids[i] < ids[j] })
	return ids
}

// shareOfTime tells whether the measure is an availability, whose precision counts on the other side.
func (q *question) shareOfTime() bool {
	switch q.kind {
	case steadyDown, downAt, downOver, capacityLost:
		return true
	}
	return false
}
