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
	name = q.whose(c, strings.TrimPrefix(name, "exact_"))
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
