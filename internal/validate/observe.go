package main

import (
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// watch turns outcomes into an estimate of what was asked. Times in it are in seconds.
type watch struct {
	q      *question
	sys    *model.System
	sums   sums
	values []float64 // of single incidents, where their law is asked about
}

// steady tells whether a question is about the long run.
func (q *question) steady() bool {
	switch q.kind {
	case jobTime, jobStops, jobLost, jobUnhurt, jobDoneBy, partFailures, atOnce, firstFalse:
		return false
	case firstOutage, failedBy, downAt, downOver, countOver, secondsOver, countAtMost, secondsAtMost:
		return false
	}
	return true
}

// take adds one replication.
func (w *watch) take(o *model.Outcome) {
	horizon := float64(o.Horizon)
	down, count, began := tally(o)
	switch w.q.kind {
	case firstOutage:
		w.one(float64(o.Outages[0].Start))
	case failedBy:
		w.sums.add(indicator(began+count > 0), 1)
	case downAt:
		last := len(o.Outages) - 1
		w.sums.add(indicator(last >= 0 && o.Outages[last].Open), 1)
	case downOver, steadyDown, downRate:
		w.sums.add(down/horizon, 1)
	case capacityLost:
		w.sums.add(float64(o.Unserved[0])/horizon, 1)
	case secondsOver:
		w.one(down)
	case countOver:
		w.one(count + began)
	case countAtMost:
		w.sums.add(indicator(count+began <= w.q.limit), 1)
	case secondsAtMost:
		w.sums.add(indicator(down <= w.q.limit*(1+1e-12)), 1)
	case frequency, betweenOutages:
		if w.q.failuresOnly {
			count = w.unannounced(o)
		}
		w.sums.add(count/horizon, 1)
	case workRate, testRate, foundRate, foundShare, hiddenTime, costRate:
		w.takeUpkeep(o)
	case shortShare, partWait, partRate, owedParts:
		w.takeStock(o.Stocks[0], horizon)
	case meanDown:
		w.sums.add(down, count)
	case meanUp:
		w.sums.add(horizon-down, count)
	case failoverRate:
		w.sums.add(failovers(o)/horizon, 1)
	case falseRate:
		w.sums.add(float64(len(o.Failovers))/horizon, 1)
	case firstFalse:
		w.sums.add(float64(o.Failovers[0].Start), 1)
	case atOnce:
		w.sums.add(indicator(len(o.Outages) > 1), 1)
	case partFailures:
		w.sums.add(count+began, 1)
		if w.q.stat != "mean" {
			w.values = append(w.values, count+began)
		}
	case jobTime, jobStops, jobLost, jobUnhurt, jobDoneBy:
		w.takeJob(&o.Runs[0])
	default:
		w.incidents(o)
	}
}

func indicator(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// tally adds up the down seconds within the horizon, the outages that began after its start, and those
// that were open there.
func tally(o *model.Outcome) (down, count, began float64) {
	for i := range o.Outages {
		x := &o.Outages[i]
		down += float64(x.Down(o.Horizon))
		if x.Start > 0 {
			count++
		} else {
			began++
		}
	}
	return down, count, began
}

func failovers(o *model.Outcome) float64 {
	n := 0.0
	for i := range o.Failovers {
		n += indicator(o.Failovers[i].Result == model.Succeeded)
	}
	return n
}

// incidents collects what single outages or losses were like.
func (w *watch) incidents(o *model.Outcome) {
	sum, count := 0.0, 0.0
	add := func(x model.Seconds) {
		if w.q.stat != "mean" && w.q.stat != "over" {
			w.values = append(w.values, float64(x))
		}
		if w.q.stat == "over" {
			x = model.Seconds(indicator(float64(x) > w.q.limit))
		}
		sum, count = sum+float64(x), count+1
	}
	switch w.q.kind {
	case loss, lossRate:
		for i := range o.Losses {
			if !(w.q.single && o.Losses[i].Total) {
				add(o.Losses[i].Seconds)
			}
		}
	default:
		for i := range o.Outages {
			x := &o.Outages[i]
			switch {
			case x.Start == 0 || x.Open:
			case w.q.kind == outageLength:
				add(x.End - x.Start)
			case x.Detected != model.Never:
				add(x.Detected - x.Start)
			}
		}
	}
	if w.q.kind == lossRate {
		w.sums.add(sum/float64(o.Horizon), 1)
		return
	}
	w.sums.add(sum, count)
}

// estimate is what is known so far, in the unit of the measure.
func (w *watch) estimate() estimate {
	q, scale := w.q, float64(w.q.scale)
	if q.none {
		return w.sums.never()
	}
	if q.ofWhole() {
		return w.statistic().times(1 / w.statScale())
	}
	switch q.kind {
	case jobStops:
		return w.sums.mean()
	case jobUnhurt, jobDoneBy, atOnce,
		failedBy, downAt, countAtMost, secondsAtMost:
		return w.maybe(w.sums.proportion())
	case downOver, steadyDown, capacityLost:
		return w.maybe(w.sums.mean())
	case countOver:
		return w.sums.mean()
	case frequency, failoverRate, falseRate, workRate, testRate, foundRate, costRate, partRate:
		return w.sums.mean().times(scale)
	case owedParts:
		return w.sums.mean()
	case betweenOutages:
		return w.sums.mean().times(scale).inverse()
	case downRate, lossRate:
		return w.sums.mean().times(float64(model.Year) / scale)
	case firstOutage, secondsOver, firstFalse:
		return w.sums.mean().times(1 / scale)
	case foundShare, shortShare:
		return w.maybe(w.sums.ratio())
	case meanDown, meanUp, hiddenTime, partWait:
		return w.sums.ratio().times(1 / scale)
	}
	return w.statistic().times(1 / w.statScale())
}

func (w *watch) statScale() float64 {
	if w.q.stat == "over" {
		return 1
	}
	return float64(w.q.scale)
}

func (w *watch) maybe(e estimate) estimate {
	if w.q.complement {
		return e.complement()
	}
	return e
}

func (w *watch) statistic() estimate {
	switch w.q.stat {
	case "", "mean", "over":
		return w.sums.ratio()
	case "sd":
		return deviation(w.values)
	case "max":
		return extreme(w.values, 1)
	case "min":
		return extreme(w.values, -1)
	}
	p, err := strconv.ParseFloat(strings.TrimPrefix(w.q.stat, "p"), 64)
	if err != nil || !(p > 0 && p < 100) {
		return unknown(0, 0)
	}
	return quantile(w.values, p/100)
}
