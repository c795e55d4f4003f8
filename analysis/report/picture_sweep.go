package report

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// SweepFiles lists what a results folder holds of a sweep: its table, and for each of the first journeys a
// curve of one parameter or a heat map of two, and cost against downtime.
func SweepFiles(d *Sweep) []File {
	files := []File{
		{"sweep.csv", func(w io.Writer) error { return SweepCSV(w, d) }},
		{"sweep.json", func(w io.Writer) error { return SweepJSON(w, d) }},
	}
	var list []figure
	journeys := d.Found.Targets(analysis.Journeys)
	for _, j := range journeys[:min(len(journeys), maxDrawn)] {
		for _, f := range d.figures(j) {
			name := "sweep-" + f.name
			if len(journeys) > 1 {
				name += "-" + slug(j)
			}
			f.name = name
			list = append(list, f)
		}
	}
	return append(files, d.Art.files(list)...)
}

func (d *Sweep) figures(journey string) (list []figure) {
	switch {
	case len(d.Found.Points) < 2:
	case len(d.Varied) == 1:
		list = append(list, figure{name: "curve", make: func() *picture { return d.curve(journey).picture() }})
	case len(d.Varied) == 2:
		list = append(list, figure{name: "map", make: func() *picture { return d.heatMap(journey) }})
	}
	if t := d.trade(journey); t != nil {
		list = append(list, figure{name: "pareto", make: func() *picture { return t.picture(newCanvas(d.foot())) }})
	}
	return list
}

// SweepPoint is what one setting of a parameter came to.
type SweepPoint struct {
	Label   string
	Setting float64           // seconds, or a plain number; NaN if it is neither
	Result  analysis.Estimate // in seconds per year
}

// SweepCurve is downtime against one parameter, with the interval of each point. Points come in the order of
// their settings.
type SweepCurve struct {
	Title, Sub, Foot string
	Setting          string // what the parameter is, for the axis
	Points           []SweepPoint
}

// PNG draws the curve, the parameter on a log scale if its settings are far apart.
func (s *SweepCurve) PNG(w io.Writer) error {
	return s.picture().dots(w, pictureWidth, pictureHeight, dotsPerInch)
}

// farApart is the ratio of the highest and the lowest setting from which on an axis is logarithmic.
const farApart = 8

// mostMarks is how many settings have a mark on an axis.
const mostMarks = 14

func (s *SweepCurve) picture() *picture {
	p := newCanvas(s.Foot)
	p.grid(true, false)
	p.title, p.sub = s.Title, s.Sub
	p.xlab, p.ylab = s.Setting, "Downtime per year"
	numbers := s.numeric()
	var line []analysis.CurvePoint
	var ticks plot.ConstantTicks
	highest := 0.0
	for i, x := range s.Points {
		at := x.Setting
		if !numbers {
			at = float64(i)
		}
		if i%(1+(len(s.Points)-1)/mostMarks) == 0 {
			ticks = append(ticks, plot.Tick{Value: at, Label: brief(x.Label)})
		}
		line = append(line, analysis.CurvePoint{At: model.Seconds(at), Now: x.Result})
		if !math.IsInf(x.Result.High, 0) && !math.IsNaN(x.Result.High) {
			highest = max(highest, x.Result.High)
		}
	}
	first, last := float64(line[0].At), float64(line[len(line)-1].At)
	if numbers {
		p.curve(line, lineColors[0], 1.2)
	}
	if numbers && first > 0 && last/first >= farApart {
		p.X.Scale = plot.LogScale{}
		p.xlab += " (log scale)"
	}
	p.X.Tick.Marker = ticks
	p.X.Min, p.X.Max = first, last
	if !numbers {
		p.X.Min, p.X.Max = first-.5, last+.5
	}
	p.Y.Min, p.Y.Max = 0, max(highest, 1)*1.05
	p.Y.Tick.Marker = linearTimes(max(highest, 1))
	p.over = func(c draw.Canvas) { p.drawPoints(c, line, !numbers) }
	return p
}

// numeric tells whether settings can be placed on an axis of numbers.
func (s *SweepCurve) numeric() bool {
	for i, x := range s.Points {
		if math.IsNaN(x.Setting) || math.IsInf(x.Setting, 0) || i > 0 && x.Setting <= s.Points[i-1].Setting {
			return false
		}
	}
	return len(s.Points) > 1
}

// drawPoints sets a dot for each point, with whiskers where no band tells the interval.
func (p *picture) drawPoints(c draw.Canvas, line []analysis.CurvePoint, whiskers bool) {
	tx, ty := p.Transforms(&c)
	for _, x := range line {
		if math.IsNaN(x.Now.Value) {
			continue
		}
		at := tx(float64(x.At))
		if whiskers {
			whisker(c, lineColors[0], at, ty(x.Now.Low), at, ty(min(x.Now.High, p.Y.Max)))
		}
		dot(c, lineColors[0], at, ty(x.Now.Value), vg.Points(2.5))
	}
}

// curve is the downtime of a journey against the only parameter, in ascending order if it has numbers.
func (d *Sweep) curve(journey string) *SweepCurve {
	f := d.Found.Find("downtime", journey)
	s := &SweepCurve{Setting: d.Varied[0].Path, Foot: d.foot(), Sub: "Downtime of " + journey + " per year; shaded: 95 % interval at each point"}
	for i := range d.Found.Points {
		p := &d.Found.Points[i]
		s.Points = append(s.Points, SweepPoint{p.Values[0], setting(p.Values[0]), p.Sides[f].Estimate})
	}
	if !slices.ContainsFunc(s.Points, func(x SweepPoint) bool { return math.IsNaN(x.Setting) }) {
		slices.SortStableFunc(s.Points, func(a, b SweepPoint) int {
			switch {
			case a.Setting < b.Setting:
				return -1
			case a.Setting > b.Setting:
				return 1
			}
			return 0
		})
	}
	if !s.numeric() {
		s.Sub = "Downtime of " + journey + " per year; lines: 95 % intervals"
	}
	s.Title = d.title(journey, f)
	return s
}

// title says where the downtime of a journey is least.
func (d *Sweep) title(journey string, f int) string {
	least := 0
	for i := range d.Found.Points {
		if d.Found.Points[i].Sides[f].Value < d.Found.Points[least].Sides[f].Value {
			least = i
		}
	}
	value, _ := own(&d.Found.Points[least].Sides[f], span)
	return fmt.Sprintf("%s is down least at %s: %s a year", brief(journey), d.name(least), value)
}

// setting reads a value as a number for an axis; NaN if it is none.
func setting(text string) float64 {
	if t, err := model.ParseSeconds(text); err == nil && !math.IsInf(float64(t), 0) {
		return float64(t)
	}
	plain, hundredths := strings.CutSuffix(text, "%")
	if x, err := strconv.ParseFloat(plain, 64); err == nil && !math.IsInf(x, 0) {
		if hundredths {
			return x / 100
		}
		return x
	}
	return math.NaN()
}

// heatMap draws the downtime of a journey over two parameters.
func (d *Sweep) heatMap(journey string) *picture {
	f := d.Found.Find("downtime", journey)
	p := newCanvas(d.foot())
	p.title = d.title(journey, f)
	p.sub = "Downtime per year at each point"
	if d.promises() {
		p.sub += "; a dot: all objectives are met; hollow: undecided"
	}
	rows, columns := &d.Varied[0], &d.Varied[1]
	p.xlab, p.ylab = columns.Path, rows.Path
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -.5, float64(len(columns.All))-.5, -.5, float64(len(rows.All))-.5
	p.X.Tick.Marker, p.Y.Tick.Marker = labels(columns.All), labels(rows.All)
	p.X.LineStyle.Width = 0
	shade := d.shades(f)
	for i := range d.Found.Points {
		x, y := float64(i%len(columns.All)), float64(i/len(columns.All))
		value, around := own(&d.Found.Points[i].Sides[f], span)
		p.tip(x-.5, y-.5, x+.5, y+.5, "%s: down %s %s a year", d.name(i), value, around)
	}
	p.over = func(c draw.Canvas) { d.drawCells(p, c, f, shade) }
	return p
}

func labels(values []string) (ticks plot.ConstantTicks) {
	for i, v := range values {
		if i%(1+(len(values)-1)/mostMarks) == 0 {
			ticks = append(ticks, plot.Tick{Value: float64(i), Label: brief(v)})
		}
	}
	return ticks
}

// shades gives each point a share of the colour, by the logarithm of its downtime.
func (d *Sweep) shades(f int) (shade []float64) {
	low, high := math.Inf(1), math.Inf(-1)
	for i := range d.Found.Points {
		x := math.Log(max(d.Found.Points[i].Sides[f].Value, 1e-3))
		shade = append(shade, x)
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			low, high = min(low, x), max(high, x)
		}
	}
	for i, x := range shade {
		switch {
		case math.IsNaN(x):
		case high > low:
			shade[i] = min(1, (x-low)/(high-low))
		default:
			shade[i] = 0
		}
	}
	return shade
}

// shaded mixes blue into white.
func shaded(x float64) color.NRGBA {
	if math.IsNaN(x) {
		return hairline
	}
	mix := func(full uint8) uint8 { return uint8(math.Round(250 - x*(250-float64(full)))) }
	return color.NRGBA{R: mix(blue.R), G: mix(blue.G), B: mix(blue.B), A: 255}
}

func (d *Sweep) drawCells(p *picture, c draw.Canvas, f int, shade []float64) {
	tx, ty := p.Transforms(&c)
	columns := len(d.Varied[1].All)
	gap := vg.Points(1)
	for i := range d.Found.Points {
		x, y := float64(i%columns), float64(i/columns)
		x0, x1, y0, y1 := tx(x-.5), tx(x+.5), ty(y-.5), ty(y+.5)
		box(c, shaded(shade[i]), x0+gap, y0+gap, x1-gap, y1-gap)
		col := ink
		if shade[i] > .55 {
			col = hue(0xFFFFFF)
		}
		st := lettering(9, false, col)
		st.XAlign, st.YAlign = text.XCenter, text.YCenter
		label, _ := own(&d.Found.Points[i].Sides[f], span)
		middle := vg.Point{X: (x0 + x1) / 2, Y: (y0 + y1) / 2}
		if st.Width(label) < x1-x0-4*gap && y1-y0 > vg.Points(12) {
			c.FillText(st, middle, label)
		}
		d.drawVerdict(c, i, col, shaded(shade[i]), vg.Point{X: middle.X, Y: y0 + (y1-y0)/5})
	}
}

func (d *Sweep) drawVerdict(c draw.Canvas, point int, col, ground color.NRGBA, at vg.Point) {
	if !d.promises() || d.Found.Points[point].Verdict == analysis.Missed {
		return
	}
	dot(c, col, at.X, at.Y, vg.Points(2.5))
	if d.Found.Points[point].Verdict == analysis.Undecided {
		dot(c, ground, at.X, at.Y, vg.Points(1.5))
	}
}

// far tells that the values of many points are so far apart that an axis has to be logarithmic.
func (t *trade) far() bool {
	low, high := math.Inf(1), 0.0
	for i := range t.points {
		low, high = min(low, t.points[i].worth()), max(high, t.points[i].worth())
	}
	return t.many && t.times && low > 0 && high > 30*low
}

// logDown makes the axis of downtime logarithmic.
func (p *picture) logDown(t *trade) {
	low, high := math.Inf(1), 0.0
	for i := range t.points {
		low, high = min(low, t.points[i].worth()), max(high, t.points[i].value.High)
	}
	p.Y.Min, p.Y.Max = low*.7, high*1.3
	p.Y.Scale = plot.LogScale{}
	p.ylab += " (log scale)"
	var ticks plot.ConstantTicks
	for _, m := range milestones {
		if m >= p.Y.Min && m <= p.Y.Max {
			ticks = append(ticks, plot.Tick{Value: m, Label: spoken(m)})
		}
	}
	p.Y.Tick.Marker = ticks
}

// frontLast orders points so that those on the front are drawn over the others.
func (t *trade) frontLast() (order []int) {
	var front []int
	for i := range t.points {
		if t.many && t.better(i) < 0 {
			front = append(front, i)
		} else {
			order = append(order, i)
		}
	}
	return append(order, front...)
}

// trade is what points cost against the downtime of a journey; nil if they all cost the same.
func (d *Sweep) trade(journey string) *trade {
	w := d.Found
	if len(w.Points) == 0 || !w.Priced() {
		return nil
	}
	f := w.Find("downtime", journey)
	t := &trade{what: "cost against downtime of " + journey, label: "downtime/y", times: true, write: span, currency: w.Points[0].Currency, many: true}
	differ := false
	for i := range w.Points {
		if s := &w.Points[i].Sides[f]; s.Present && !math.IsNaN(s.Value) {
			t.points = append(t.points, tradePoint{strings.Join(w.Points[i].Values, ", "), i, w.Points[i].Fixed, s.Estimate})
			differ = differ || w.Points[i].Fixed != t.points[0].cost
		}
	}
	if !differ {
		return nil
	}
	return t
}
