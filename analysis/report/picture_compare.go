package report

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/ftsim/ftsim/analysis"
)

func (d *Compared) canvas() *picture { return newCanvas(d.foot()) }

// colorOf is that of a design in every picture.
func colorOf(i int) color.NRGBA { return designColors[i%len(designColors)] }

var designColors = append(slices.Clone(lineColors), hue(0x8C6D31), mutedInk)

// reach is a difference with its interval, as a bar of the picture of differences.
type reach struct {
	name string
	e    analysis.Estimate
	tone Tone
}

// mostReaches is how many differences are drawn.
const mostReaches = 18

// differencePicture draws the differences in downtime with their intervals; nil if there are none.
func (d *Compared) differencePicture() *picture {
	rows := d.reaches()
	if len(rows) == 0 {
		return nil
	}
	p := d.canvas()
	p.grid(false, true)
	p.room = 14
	p.title = "Downtime a year, less or more than " + brief(d.Standing.Designs[0].Name)
	p.sub = "Differences with their 95 % intervals; an interval across the line means that the designs cannot be told apart"
	p.xlab = "Difference of downtime per year"
	low, high := 0.0, 0.0
	var ticks plot.ConstantTicks
	for i, r := range rows {
		low, high = min(low, r.e.Low), max(high, r.e.High)
		ticks = append(ticks, plot.Tick{Value: float64(len(rows) - 1 - i), Label: brief(r.name)})
	}
	wide := max(high-low, 1e-3)
	p.X.Min, p.X.Max = low-.04*wide, high+.04*wide
	p.X.Tick.Marker = signedTimes(low, high)
	p.Y.Tick.Marker, p.Y.Tick.Label.Color = ticks, ink
	p.shelves(len(rows))
	for i, r := range rows {
		y := float64(len(rows) - 1 - i)
		p.tip(p.X.Min, y-.45, p.X.Max, y+.45, "%s: %s [%s, %s] a year", r.name, plusMinus(r.e.Value, span), plusMinus(r.e.Low, span), plusMinus(r.e.High, span))
	}
	p.over = func(c draw.Canvas) { p.drawReaches(c, rows) }
	return p
}

// reaches are the differences in downtime that have an interval.
func (d *Compared) reaches() (rows []reach) {
	several := len(d.journeysEverywhere()) > 1
	for k := range d.Standing.Matches {
		c := &d.Standing.Matches[k]
		if c.Metric.Name != "downtime" || idle(c) {
			continue
		}
		for i := 1; i < len(c.Sides); i++ {
			s := &c.Sides[i]
			if math.IsNaN(s.P) || math.IsNaN(s.Difference.Low) || math.IsInf(s.Difference.High, 0) || len(rows) == mostReaches {
				continue
			}
			name := d.Standing.Designs[i].Name
			if several {
				name = c.Target + ", " + name
			}
			rows = append(rows, reach{name, s.Difference, tone(c.Metric.Better, s.Finding)})
		}
	}
	return rows
}

func (p *picture) drawReaches(c draw.Canvas, rows []reach) {
	tx, ty := p.Transforms(&c)
	zero := draw.LineStyle{Color: ink, Width: vg.Points(1.2)}
	c.StrokeLine2(zero, tx(0), c.Min.Y, tx(0), c.Max.Y)
	for i, r := range rows {
		y := ty(float64(len(rows) - 1 - i))
		col := map[Tone]color.NRGBA{Good: hue(0x009E73), Bad: vermilion}[r.tone]
		if col.A == 0 {
			col = mutedInk
		}
		whisker(c, col, tx(r.e.Low), y, tx(r.e.High), y)
		dot(c, col, tx(r.e.Value), y, vg.Points(4))
	}
	st := lettering(9, true, mutedInk)
	st.YAlign = text.YBottom
	if tx(0)-c.Min.X > st.Width("less ◂")+8 {
		l := "less"
		c.FillText(st, vg.Point{X: tx(0) - st.Width(l) - 6, Y: c.Max.Y + 4}, l)
	}
	if c.Max.X-tx(0) > st.Width("more")+8 {
		c.FillText(st, vg.Point{X: tx(0) + 6, Y: c.Max.Y + 4}, "more")
	}
}

func whisker(c draw.Canvas, col color.Color, x0, y0, x1, y1 vg.Length) {
	c.StrokeLine2(draw.LineStyle{Color: col, Width: vg.Points(2)}, x0, y0, x1, y1)
}

func dot(c draw.Canvas, col color.Color, x, y, r vg.Length) {
	c.DrawGlyph(draw.GlyphStyle{Color: col, Radius: r, Shape: draw.CircleGlyph{}}, vg.Point{X: x, Y: y})
}

// signedTimes places round times on both sides of zero.
func signedTimes(low, high float64) (ticks plot.ConstantTicks) {
	for _, t := range linearTimes(max(high-low, 1e-3)) {
		if t.Value <= high {
			label := "+" + t.Label
			if t.Value == 0 {
				label = "0"
			}
			ticks = append(ticks, plot.Tick{Value: t.Value, Label: label})
		}
		if t.Value > 0 && -t.Value >= low {
			ticks = append(ticks, plot.Tick{Value: -t.Value, Label: "−" + t.Label})
		}
	}
	return ticks
}

// yearPicture draws the distribution of downtime per year of each design, on one scale.
func (d *Compared) yearPicture(t shared) *picture {
	p := d.canvas()
	p.grid(true, false)
	p.title = "Downtime per year of " + brief(t.name)
	p.sub = "Share of replications with at most this much downtime a year; shaded: 95 % interval at each point"
	p.xlab = "Downtime per year (log scale; without any at the left edge)"
	low, high := math.Inf(1), 0.0
	var all []years
	for i, sum := range d.Standing.Summaries {
		v := sum.Get("downtime", t.at[i]).Values
		all = append(all, years{d.Standing.Designs[i].Name, v})
		if a, b := positive(v); b > 0 {
			low, high = min(low, a), max(high, b)
		}
	}
	if high == 0 {
		low, high = 10, 86400
	}
	p.logTimes(low, max(high, 10*low))
	x0, x1 := p.X.Min, p.X.Max
	for i, y := range slices.Backward(all) {
		p.ecdf(y.sorted, colorOf(i), x0, x1)
		p.keys = slices.Insert(p.keys, 0, key{brief(y.name), colorOf(i)})
	}
	p.X.Min, p.X.Max = x0, x1
	least := 1.0
	for _, y := range all {
		share, _ := analysis.ShareInterval(atMost(y.sorted, x0)*float64(len(y.sorted)), float64(len(y.sorted)))
		least = min(least, share)
	}
	p.shares(least)
	p.tellYears(all)
	return p
}

// years are the downtimes per year of a design, sorted.
type years struct {
	name   string
	sorted []float64
}

// positive gives the ends of the positive values but a thousandth.
func positive(sorted []float64) (low, high float64) {
	for i, x := range sorted {
		if x > 0 {
			v := sorted[i:]
			return v[len(v)/1000], v[len(v)-1]
		}
	}
	return 0, 0
}

// tellYears has a tip for each stretch.
func (p *picture) tellYears(all []years) {
	const stretches = 40
	ratio := math.Pow(p.X.Max/p.X.Min, 1./stretches)
	for i := range stretches {
		x := p.X.Min * math.Pow(ratio, float64(i)+.5)
		said := "At most " + spoken(x) + " of downtime a year"
		for _, y := range all {
			said += fmt.Sprintf("; %s: %s", y.name, share(atMost(y.sorted, x)))
		}
		p.tip(x/math.Sqrt(ratio), p.Y.Min, x*math.Sqrt(ratio), p.Y.Max, "%s", said)
	}
}

// trade is what designs cost against something that should be low.
type trade struct {
	what, label, currency string
	times                 bool
	write                 func(float64) string
	points                []tradePoint
	many                  bool // so many that colours and names would tell nothing: only the front is named
}

type tradePoint struct {
	name  string
	at    int // number of the design
	cost  float64
	value analysis.Estimate
}

// worth is the value by which a design counts: what was seen, or 0.
func (p *tradePoint) worth() float64 { return p.value.Value }

// better is a design that costs at most as much as design i and is at most as bad, and better in one of the
// two; −1 if there is none, so that i is on the front.
func (t *trade) better(i int) int {
	p := &t.points[i]
	for k := range t.points {
		q := &t.points[k]
		if q.cost <= p.cost && q.worth() <= p.worth() && (q.cost < p.cost || q.worth() < p.worth()) {
			return k
		}
	}
	return -1
}

// trades are the pairs of cost and downtime, and of cost and losses, that at least two designs state. Cost
// is what is paid whatever fails: the price of downtime would count downtime on both axes.
func (d *Compared) trades() (list []*trade) {
	for k := range d.Standing.Matches {
		c := &d.Standing.Matches[k]
		loss := c.Metric.Name == "losses"
		if c.Metric.Name != "downtime" && !loss || idle(c) {
			continue
		}
		t := &trade{what: "cost against downtime of " + c.Target, label: "downtime/y", times: true, write: span}
		if loss {
			t.what, t.label, t.times, t.write = "cost against losses of "+c.Target, "losses/y", false, number
		}
		for i := range c.Sides {
			own := d.Standing.Summaries[i].System.Cost
			if own == nil || !c.Sides[i].Present || math.IsNaN(c.Sides[i].Value) || len(t.points) > 0 && own.Currency != t.currency {
				continue
			}
			t.currency = own.Currency
			t.points = append(t.points, tradePoint{d.Standing.Designs[i].Name, i, own.Fixed(), c.Sides[i].Estimate})
		}
		if len(t.points) > 1 && len(list) < maxDrawn {
			list = append(list, t)
		}
	}
	return list
}

func (d *Compared) tradePicture(t *trade) *picture { return t.picture(d.canvas()) }

// picture draws what designs cost against what they give, with a line along the front.
func (t *trade) picture(p *picture) *picture {
	p.grid(true, true)
	p.title = capital(t.what)
	p.sub = "Cost without that of downtime; lines: 95 % intervals. Hollow: another design is at most as bad and costs no more"
	p.xlab, p.ylab = "Cost a year"+unitWords(t.currency), capital(t.axis())
	lowest, highest, top := math.Inf(1), 0.0, 0.0
	for i := range t.points {
		q := &t.points[i]
		lowest, highest, top = min(lowest, q.cost), max(highest, q.cost), max(top, q.value.High)
	}
	if top == 0 {
		top = 1
	}
	room := max(highest-lowest, highest*.05, 1e-9) * .25
	p.X.Min, p.X.Max = max(0, lowest-room), highest+room
	p.Y.Min, p.Y.Max = 0, top*1.08
	p.X.Tick.Marker = roundNumbers(p.X.Min, p.X.Max)
	if t.far() {
		p.logDown(t)
	} else if t.times {
		p.Y.Tick.Marker = linearTimes(top)
	} else {
		p.Y.Tick.Marker = roundNumbers(0, top)
	}
	for i := range t.points {
		q := &t.points[i]
		half := (p.X.Max - p.X.Min) / 40
		p.tip(q.cost-half, q.value.Low, q.cost+half, q.value.High, "%s: costs %s %s a year; %s %s", q.name, number(q.cost), t.currency, t.label, upper(q.value, t.write)+" "+brackets(q.value, t.write))
	}
	p.over = func(c draw.Canvas) { p.drawTrade(c, t) }
	return p
}

func unitWords(currency string) string {
	if currency == "" {
		return ""
	}
	return " (" + currency + ")"
}

// axis names what should be low.
func (t *trade) axis() string {
	if t.times {
		return "downtime per year"
	}
	return "recoveries a year that lost acknowledged writes"
}

func capital(s string) string { return string(s[0]-'a'+'A') + s[1:] }

// drawTrade draws the front as a line, then the designs with their names.
func (p *picture) drawTrade(c draw.Canvas, t *trade) {
	tx, ty := p.Transforms(&c)
	var front []vg.Point
	for _, q := range slices.SortedFunc(slices.Values(t.points), func(a, b tradePoint) int { return cmp.Compare(a.cost, b.cost) }) {
		if t.better(slices.IndexFunc(t.points, func(x tradePoint) bool { return x.at == q.at })) < 0 {
			front = append(front, vg.Point{X: tx(q.cost), Y: ty(q.worth())})
		}
	}
	if len(front) > 1 {
		c.StrokeLines(draw.LineStyle{Color: faintInk, Width: vg.Points(1), Dashes: []vg.Length{vg.Points(3), vg.Points(3)}}, front)
	}
	for _, i := range t.frontLast() {
		q := &t.points[i]
		x, y := tx(q.cost), ty(q.worth())
		whisker(c, faded(t.color(q), 140), x, ty(max(q.value.Low, p.Y.Min)), x, ty(min(q.value.High, p.Y.Max)))
		dot(c, t.color(q), x, y, vg.Points(5))
		if t.better(i) >= 0 {
			dot(c, hue(0xFFFFFF), x, y, vg.Points(3))
			if t.many {
				continue
			}
		}
		st := lettering(9, true, ink)
		name := brief(q.name)
		at := vg.Point{X: x + vg.Points(9), Y: y + vg.Points(3)}
		if at.X+st.Width(name) > c.Max.X {
			at.X = x - vg.Points(9) - st.Width(name)
		}
		c.FillText(st, at, name)
	}
}

func (t *trade) color(q *tradePoint) color.NRGBA {
	if t.many {
		return blue
	}
	return colorOf(q.at)
}

// roundNumbers places about five round numbers between low and high.
func roundNumbers(low, high float64) (ticks plot.ConstantTicks) {
	step := math.Pow(10, math.Floor(math.Log10((high-low)/2)))
	for _, f := range []float64{1, 2, 5, 10} {
		if (high-low)/(step*f) <= 6 {
			step *= f
			break
		}
	}
	for v := math.Ceil(low/step) * step; v <= high+step*1e-6; v += step {
		ticks = append(ticks, plot.Tick{Value: v, Label: roundNumber(v, step)})
	}
	return ticks
}

func roundNumber(v, step float64) string {
	if step >= 1 {
		return grouped(int(math.Round(v)))
	}
	return strconv.FormatFloat(v, 'f', int(math.Ceil(-math.Log10(step)-1e-9)), 64)
}
