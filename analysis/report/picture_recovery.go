package report

import (
	"fmt"
	"math"
	"sort"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"github.com/ftsim/ftsim/analysis"
)

func recoveryPicture(d *Document, j int) *picture {
	sum := d.Summary
	m, rto := sum.Get("rto", j), float64(promise(sum, j).RTO)
	p := newPicture(d)
	name := brief(sum.System.Journeys[j].Name)
	p.title = fmt.Sprintf("Half of all incidents of %s end within %s, 95 %% within %s", name, spoken(m.Stat("p50").Value), spoken(m.Stat("p95").Value))
	if met := sum.Get("rto_met", j); met != nil {
		p.title = fmt.Sprintf("%s of %s miss the recovery objective of %s", missed(met, "incident"), name, spoken(rto))
	}
	p.sub = fmt.Sprintf("Recovery time, %s simulated: p50 %s, p95 %s, p99 %s", counted(len(m.Values), "incident"),
		spoken(m.Stat("p50").Value), spoken(m.Stat("p95").Value), spoken(m.Stat("p99").Value))
	if m.Censored > 0 {
		p.sub += fmt.Sprintf("; %d had not ended", m.Censored)
	}
	p.histogram(m.Values, rto, "RTO "+spoken(rto))
	p.xlab, p.ylab = "Recovery time (log scale)", "Incidents"
	return p
}

func lossPicture(d *Document, s int) *picture {
	sum := d.Summary
	m, all := sum.Get("loss", s), sum.Get("rpo", s)
	name := brief(sum.System.Services[s].Name)
	p := newPicture(d)
	p.title = fmt.Sprintf("%s of recoveries of %s lose data, half of those %s or more",
		share(sum.Get("loss_probability", s).Main().Value), name, spoken(m.Stat("p50").Value))
	rpo := smallestRPO(sum, s)
	if met := sum.Get("rpo_met", s); met != nil {
		p.title = fmt.Sprintf("%s of %s lose more than the objective of %s", missed(met, "recovery"), name, spoken(rpo))
	}
	n := finite(m.Values)
	p.sub = fmt.Sprintf("Writes lost, in seconds, at the %s of %s recoveries that lost some", grouped(len(m.Values)), grouped(len(all.Values)))
	if total := len(m.Values) - n; total > 0 {
		p.sub += fmt.Sprintf("; %s lost everything and are not drawn", grouped(total))
	}
	p.histogram(m.Values[:n], rpo, "RPO "+spoken(rpo))
	p.xlab, p.ylab = "Lost at a recovery (log scale)", "Recoveries"
	return p
}

// missed says how often an objective was not kept.
func missed(met *analysis.Measured, event string) string {
	e := met.Main()
	n := e.Observations
	k := int64(math.Round((1 - e.Value) * float64(n)))
	switch {
	case k == 0:
		return "None of " + counted(int(n), event)
	case n < 100:
		return fmt.Sprintf("%d of %s", k, counted(int(n), event))
	}
	return share(1-e.Value) + " of " + plural(event)
}

// counted is a number of things.
func counted(n int, thing string) string {
	if n != 1 {
		thing = plural(thing)
	}
	return grouped(n) + " " + thing
}

func plural(thing string) string {
	if stem, ok := strings.CutSuffix(thing, "y"); ok {
		return stem + "ies"
	}
	return thing + "s"
}

func smallestRPO(sum *analysis.Summary, s int) float64 {
	least := 0.0
	for _, j := range sum.Objectives {
		if j.Kind == "rpo" && j.Store == s && (least == 0 || j.Target < least) {
			least = j.Target
		}
	}
	return least
}

// A bin of a histogram reaches binRatio times as far as the one before, and further if there would be
// more than maxBins.
const (
	binRatio = 1.18
	maxBins  = 45
)

// histogram adds bars over logarithmic bins. The target, if positive, is the edge of a bin.
func (p *picture) histogram(sorted []float64, target float64, name string) {
	p.grid(true, false)
	values := sorted[sort.Search(len(sorted), func(i int) bool { return sorted[i] >= 1e-3 }):]
	if len(values) == 0 {
		p.logTimes(1, 3600)
		p.Y.Min, p.Y.Max = 0, 1
		return
	}
	low, high := values[0], values[len(values)-1]
	origin := low
	if target > 0 {
		origin, low, high = target, min(low, target), max(high, target)
	}
	ratio := max(binRatio, math.Pow(high/low, 1./maxBins))
	p.logTimes(low/ratio, high*ratio)
	x0, x1 := p.X.Min, p.X.Max
	top := p.bars(values, origin, ratio, target)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = x0, x1, 0, 1.04*float64(top)
	p.Y.Tick.Marker = countTicks(top)
	if target > 0 {
		p.room = 14
		p.over = func(c draw.Canvas) { p.upright(c, target, name) }
	}
}

func (p *picture) bars(values []float64, origin, ratio, target float64) (top int) {
	width := math.Log(ratio)
	for i := 0; i < len(values); {
		bin := math.Ceil(math.Log(values[i]/origin)/width-1e-9) - 1 // (lower edge, upper edge]
		x0, x1 := origin*math.Exp(bin*width), origin*math.Exp((bin+1)*width)
		n := i
		for n < len(values) && (values[n] <= x1*(1+1e-9) || n == i) {
			n++
		}
		count := n - i
		i, top = n, max(top, count)
		gap := math.Pow(x1/x0, .06)
		y := float64(count)
		p.tip(x0, 0, x1, y, "%s to %s: %s of %s", spoken(x0), spoken(x1), grouped(count), grouped(len(values)))
		poly, err := plotter.NewPolygon(plotter.XYs{{X: x0 * gap, Y: 0}, {X: x0 * gap, Y: y}, {X: x1 / gap, Y: y}, {X: x1 / gap, Y: 0}})
		if err != nil {
			continue
		}
		poly.LineStyle.Width, poly.Color = 0, faded(blue, 215)
		if target > 0 && x0 >= target*.999 {
			poly.Color = faded(vermilion, 230)
		}
		p.Add(poly)
	}
	return top
}

// countTicks places at most seven round numbers from zero to top.
func countTicks(top int) plot.ConstantTicks {
	step := 1
	for f := 1; top > 6*step; f *= 10 {
		for _, s := range []int{1, 2, 5} {
			if step = s * f; top <= 6*step {
				break
			}
		}
	}
	var ticks plot.ConstantTicks
	for v := 0; v <= top; v += step {
		ticks = append(ticks, plot.Tick{Value: float64(v), Label: grouped(v)})
	}
	return ticks
}
