package main

import (
	"regexp"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// This file is about how one figure of a whole replication scatters: the downtime or the incidents of an
// interval, and the time to the first outage.

var spread = regexp.MustCompile(`^(time_to_(?:first_)?failure|time_to_data_loss|ttf|(?:yearly_)?(?:downtime|incidents))_(mean|sd|p[0-9.]+)(?:_(.+))?$`)

// spread reads downtime_p95[0,8760], yearly_incidents_sd and time_to_failure_p50.
func (q *question) spread(c *knownCase, what, stat string, arg argument, unit model.Seconds) error {
	q.stat = stat
	what, yearly := strings.CutPrefix(what, "yearly_")
	switch what {
	case "downtime":
		q.kind = secondsOver
	case "incidents":
		q.kind, q.scale = countOver, 1
	default:
		q.kind = firstOutage
		return q.extent(c, nothing, arg, unit)
	}
	if yearly {
		q.until = model.Year
		return q.extent(c, nothing, arg, unit)
	}
	return q.extent(c, interval, arg, unit)
}

// ofWhole tells whether something else than the mean of such a figure is asked about.
func (q *question) ofWhole() bool {
	switch q.kind {
	case firstOutage, secondsOver, countOver:
		return q.stat != "" && q.stat != "mean"
	}
	return false
}

// one adds the figure of a replication.
func (w *watch) one(x float64) {
	w.sums.add(x, 1)
	if w.q.ofWhole() {
		w.values = append(w.values, x)
	}
}
