package report

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

func downtimePicture(d *Document) *picture {
	sum := d.Summary
	p := newPicture(d)
	p.grid(true, false)
	limits := budgets(sum)
	p.room = labelRow * float64(max(1, len(limits)))
	p.title = downtimeTitle(d, sum.Users[0])
	p.sub = "Share of simulated " + yearWord(d) + " with at most this much downtime; shaded: 95 % interval at each point"
	p.xlab = "Downtime per year (log scale; without any at the left edge)"
	low, high := downtimeRange(sum)
	p.logTimes(low, high)
	x0, x1 := p.X.Min, p.X.Max
	for i, j := range slices.Backward(firstUsers(sum)) { // the first on top
		p.ecdf(sum.Get("downtime", j).Values, lineColors[i], x0, x1)
		if len(sum.Users) > 1 {
			p.keys = slices.Insert(p.keys, 0, key{brief(sum.System.Journeys[j].Name), lineColors[i]})
		}
	}
	p.X.Min, p.X.Max = x0, x1
	p.shares(lowestShare(sum, x0))
	p.tellShares(sum)
	p.over = func(c draw.Canvas) {
		var at []float64
		var names []string
		for _, l := range limits {
			at, names = append(at, min(max(l.allows, x0), x1)), append(names, l.name)
		}
		if len(at) > 0 {
			p.uprights(c, at, names)
		}
	}
	return p
}

// budget is the downtime a year that an objective allows.
type budget struct {
	name   string
	allows float64
}

// budgets are those of the journeys in the picture, the least first. Journeys with the same share one.
func budgets(sum *analysis.Summary) (list []budget) {
	promised, who := []float64{}, map[float64][]string{}
	for _, j := range firstUsers(sum) {
		if a := promise(sum, j).Availability; a > 0 && a < 1 {
			if who[a] == nil {
				promised = append(promised, a)
			}
			who[a] = append(who[a], brief(sum.System.Journeys[j].Name))
		}
	}
	slices.Sort(promised)
	for _, a := range slices.Backward(promised) {
		b := budget{target(a) + " allows ", (1 - a) * float64(model.Year)}
		b.name += spoken(b.allows)
		if len(sum.Users) > 1 && len(who[a]) < len(firstUsers(sum)) {
			b.name = strings.Join(who[a], ", ") + ": " + b.name
		}
		list = append(list, b)
	}
	return list
}

// tellShares has a tip for each stretch of the downtime picture.
func (p *picture) tellShares(sum *analysis.Summary) {
	const stretches = 40
	ratio := math.Pow(p.X.Max/p.X.Min, 1./stretches)
	for i := range stretches {
		x := p.X.Min * math.Pow(ratio, float64(i)+.5)
		said := "At most " + spoken(x) + " of downtime a year:"
		for _, j := range firstUsers(sum) {
			v := sum.Get("downtime", j).Values
			said += fmt.Sprintf(" %s %s;", sum.System.Journeys[j].Name, share(atMost(v, x)))
		}
		p.tip(x/math.Sqrt(ratio), p.Y.Min, x*math.Sqrt(ratio), p.Y.Max, "%s", strings.TrimSuffix(said, ";"))
	}
}

// lowestShare is where the lowest band of the downtime picture begins.
func lowestShare(sum *analysis.Summary, x0 float64) float64 {
	least := 1.0
	for _, j := range firstUsers(sum) {
		v := sum.Get("downtime", j).Values
		low, _ := analysis.ShareInterval(atMost(v, x0)*float64(len(v)), float64(len(v)))
		least = min(least, low)
	}
	return least
}

// shares makes the y axis one of shares from at most least to 1. If nearly all is above, as with
// journeys that are rarely down, it does not begin at 0: the rest would be empty.
func (p *picture) shares(least float64) {
	p.Y.Min, p.Y.Max = 0, 1
	for _, low := range []float64{.5, .8, .9, .96, .98, .99, .996, .998, .999, .9995, .9998, .9999, .99995, .99998, .99999, .999995, .999998, .999999} {
		if low <= least {
			p.Y.Min = low
		}
	}
	var ticks plot.ConstantTicks
	for i := range 5 {
		v := p.Y.Min + (1-p.Y.Min)*float64(i)/4
		ticks = append(ticks, plot.Tick{Value: v, Label: strconv.FormatFloat(math.Round(1e10*v)/1e8, 'f', -1, 64) + " %"})
	}
	p.Y.Tick.Marker = ticks
}

func downtimeTitle(d *Document, j int) string {
	sum := d.Summary
	name, m := brief(sum.System.Journeys[j].Name), sum.Get("downtime", j)
	if m.Stat("max").Value == 0 {
		return fmt.Sprintf("%s was never down in %s", name, sum.Simulated())
	}
	if a := promise(sum, j).Availability; a > 0 {
		within := atMost(m.Values, (1-a)*float64(model.Year))
		if within == 1 {
			return fmt.Sprintf("%s stays within its %s in all of %s", name, target(a), counted(len(m.Values), strings.TrimSuffix(yearWord(d), "s")))
		}
		return fmt.Sprintf("%s stays within its %s in %s of %s", name, target(a), share(within), yearWord(d))
	}
	return fmt.Sprintf("%s is down %s in a mean year, %s or more in one of twenty", name, spoken(m.Main().Value), spoken(m.Stat("p95").Value))
}

// downtimeRange covers all positive downtimes but a thousandth, and the budget.
func downtimeRange(sum *analysis.Summary) (low, high float64) {
	low, high = math.Inf(1), 0
	for _, j := range firstUsers(sum) {
		v := sum.Get("downtime", j).Values
		v = v[sort.Search(len(v), func(i int) bool { return v[i] > 0 }):]
		if len(v) > 0 {
			low, high = min(low, v[len(v)/1000]), max(high, v[len(v)-1])
		}
	}
	for _, b := range budgets(sum) {
		low, high = min(low, b.allows), max(high, b.allows)
	}
	if high == 0 {
		return 10, 86400
	}
	if low == high {
		return low / 20, high * 20
	}
	return low, max(high, 10*low)
}

// ecdf adds a distribution function as steps between x0 and x1, thinned to what can be seen.
func (p *picture) ecdf(sorted []float64, c color.NRGBA, x0, x1 float64) {
	line := plotter.XYs{{X: x0, Y: atMost(sorted, x0)}}
	const steps = 600
	for i := 1; i <= steps; i++ {
		x := x0 * math.Pow(x1/x0, float64(i)/steps)
		if y := atMost(sorted, x); y != line[len(line)-1].Y || i == steps {
			line = append(line, plotter.XY{X: min(x, x1), Y: y})
		}
	}
	p.band(line, len(sorted), c)
	l, err := plotter.NewLine(line)
	if err != nil {
		return // only for values that are not numbers
	}
	l.StepStyle, l.Color, l.Width = plotter.PostStep, c, vg.Points(2)
	p.Add(l)
}

// band shades the interval of each share on a step line of n values. A band for the whole curve at once
// (Dvoretzky, Kiefer, Wolfowitz) is as wide at the top as in the middle and would bury rare outages.
func (p *picture) band(line plotter.XYs, n int, c color.NRGBA) {
	var upper, lower plotter.XYs
	add := func(x, y float64) {
		low, high := analysis.ShareInterval(y*float64(n), float64(n))
		upper, lower = append(upper, plotter.XY{X: x, Y: high}), append(lower, plotter.XY{X: x, Y: low})
	}
	for i, q := range line {
		if i > 0 {
			add(q.X, line[i-1].Y)
		}
		add(q.X, q.Y)
	}
	slices.Reverse(lower)
	if poly, err := plotter.NewPolygon(append(upper, lower...)); err == nil {
		poly.Color, poly.LineStyle.Width = faded(c, 40), 0
		p.Add(poly)
	}
}
