package report

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Colours: greys for what is always there, those of Okabe and Ito for data, because nearly everybody can
// tell them apart. Vermilion means over the target, or down.
var (
	ink        = hue(0x1F2937)
	mutedInk   = hue(0x6B7280)
	faintInk   = hue(0x9CA3AF)
	hairline   = hue(0xE5E7EB)
	vermilion  = hue(0xD55E00)
	blue       = hue(0x0072B2)
	calm       = hue(0xD1E7DD)
	lineColors = []color.NRGBA{blue, hue(0xE69F00), hue(0x009E73), hue(0xCC79A7), hue(0x56B4E9)}
)

func hue(x uint32) color.NRGBA {
	return color.NRGBA{R: uint8(x >> 16), G: uint8(x >> 8), B: uint8(x), A: 255}
}

func faded(c color.NRGBA, a uint8) color.NRGBA { c.A = a; return c }

// Size of a picture in points, its margin, and dots per inch, unless somebody wants others.
const (
	pictureWidth  = 560
	pictureHeight = 350
	margin        = 14
	dotsPerInch   = 192
)

// face is Liberation Sans, which comes with gonum/plot, so that pictures are the same everywhere.
func face(size float64, heavy bool) font.Font {
	f := font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Points(size)}
	if heavy {
		f.Weight = 3 // bold, in the steps of golang.org/x/image/font
	}
	return f
}

func lettering(size float64, heavy bool, c color.Color) text.Style {
	return text.Style{Color: c, Font: face(size, heavy), Handler: plot.DefaultTextHandler}
}

// key explains a colour.
type key struct {
	name  string
	color color.NRGBA
}

// picture is a plot with its finding on top, how it was measured below, and where it comes from.
type picture struct {
	*plot.Plot
	title, sub, foot string
	xlab, ylab       string
	keys             []key
	room             float64 // points above the plot for labels of lines
	over             func(c draw.Canvas)
	tips             []tip
}

// tip says in words what an area of the plot shows, for those who point at it in a page. The area is in
// the units of the axes.
type tip struct {
	x0, y0, x1, y1 float64
	text           string
}

func (p *picture) tip(x0, y0, x1, y1 float64, format string, args ...any) {
	p.tips = append(p.tips, tip{x0, y0, x1, y1, fmt.Sprintf(format, args...)})
}

func newPicture(d *Document) *picture {
	v := &d.Provenance
	return newCanvas("ftsim " + v.Version + " · " + d.Summary.System.Name + " · seed " + strconv.FormatUint(v.Seed, 10) + " · " +
		counted(v.Runs, "run") + " × " + v.Horizon.Round())
}

// newCanvas is a picture with nothing on it, in our style.
func newCanvas(foot string) *picture {
	p := plot.New()
	p.BackgroundColor = color.White
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Label.TextStyle = lettering(9, false, mutedInk)
		a.Tick.Label = lettering(9, false, mutedInk)
		a.Tick.Length, a.Tick.LineStyle.Width = 0, 0
		a.LineStyle.Color, a.LineStyle.Width = faintInk, vg.Points(0.8)
		a.Padding = vg.Points(4)
	}
	p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = text.XCenter, text.YTop
	p.Y.Tick.Label.XAlign, p.Y.Tick.Label.YAlign = text.XRight, text.YCenter
	p.Y.LineStyle.Width = 0
	p.Title.TextStyle, p.Legend.TextStyle = lettering(9, true, ink), lettering(9, false, ink)
	return &picture{Plot: p, foot: foot}
}

func (p *picture) grid(horizontal, vertical bool) {
	g := plotter.NewGrid()
	g.Horizontal, g.Vertical = draw.LineStyle{}, draw.LineStyle{}
	line := draw.LineStyle{Color: hairline, Width: vg.Points(0.7)}
	if horizontal {
		g.Horizontal = line
	}
	if vertical {
		g.Vertical = line
	}
	p.Add(g)
}

// dots draws the picture as PNG, its sides in points.
func (p *picture) dots(w io.Writer, width, height float64, dpi int) error {
	img := vgimg.NewWith(vgimg.UseWH(vg.Points(width), vg.Points(height)), vgimg.UseDPI(dpi))
	p.render(draw.New(img))
	_, err := vgimg.PngCanvas{Canvas: img}.WriteTo(w)
	return err
}

func (p *picture) render(c draw.Canvas) {
	c.SetColor(color.White)
	c.Fill(c.Rectangle.Path())
	in := draw.Crop(c, vg.Points(margin), -vg.Points(margin), vg.Points(10), -vg.Points(12))
	fill(in, fitted(p.title, 13.5, true, ink, in.Max.X-in.Min.X), in.Min.X, in.Max.Y)
	fill(in, fitted(p.sub, 9.5, false, mutedInk, in.Max.X-in.Min.X), in.Min.X, in.Max.Y-vg.Points(19))
	foot := fitted(p.foot, 7.5, false, faintInk, in.Max.X-in.Min.X)
	in.FillText(foot.style, in.Min, foot.text)
	p.body(in, 42, 18)
}

// body draws the plot with its keys and labels, leaving points above and below for what goes with it.
func (p *picture) body(in draw.Canvas, above, below float64) (data draw.Canvas) {
	top, bottom := vg.Points(above+p.room), vg.Points(below)
	if len(p.keys) > 0 {
		top += vg.Points(p.drawKeys(in, in.Max.Y-vg.Points(above+2)))
	}
	if p.ylab != "" {
		top += vg.Points(16)
	}
	if p.xlab != "" {
		bottom += vg.Points(17)
	}
	body := draw.Crop(in, 0, -vg.Points(8), bottom, -top)
	p.Plot.Draw(body)
	data = p.Plot.DataCanvas(body)
	if p.xlab != "" {
		st := lettering(9.5, false, mutedInk)
		st.XAlign, st.YAlign = text.XCenter, text.YTop
		in.FillText(st, vg.Point{X: data.Center().X, Y: body.Min.Y - vg.Points(3)}, p.xlab)
	}
	if p.ylab != "" {
		in.FillText(lettering(9.5, false, mutedInk), vg.Point{X: in.Min.X, Y: body.Max.Y + vg.Points(7)}, p.ylab)
	}
	if p.over != nil {
		p.over(data)
	}
	return data
}

// label is text in the style that makes it fit.
type label struct {
	style text.Style
	text  string
}

// fitted makes long text smaller, and clips it if that is not enough.
func fitted(s string, size float64, heavy bool, c color.Color, width vg.Length) label {
	least := size * 0.75
	st := lettering(size, heavy, c)
	for st.Width(s) > width && size > least {
		size -= 0.5
		st = lettering(size, heavy, c)
	}
	for n := len([]rune(s)); st.Width(s) > width && n > 2; n-- {
		s = clip(s, n)
	}
	return label{st, s}
}

func fill(c draw.Canvas, l label, x, top vg.Length) {
	l.style.YAlign = text.YTop
	c.FillText(l.style, vg.Point{X: x, Y: top}, l.text)
}

// drawKeys sets the keys in rows and returns the height they took, in points.
func (p *picture) drawKeys(c draw.Canvas, y vg.Length) float64 {
	const row = 14
	height := float64(row)
	x := c.Min.X
	st := lettering(9, false, ink)
	st.YAlign = text.YCenter
	for _, k := range p.keys {
		w := vg.Points(28) + st.Width(k.name)
		if x+w-vg.Points(14) > c.Max.X {
			x, y, height = c.Min.X, y-vg.Points(row), height+row
		}
		box(c, k.color, x, y-vg.Points(4), x+vg.Points(9), y+vg.Points(4))
		c.FillText(st, vg.Point{X: x + vg.Points(13), Y: y + vg.Points(1.6)}, k.name)
		x += w
	}
	return height
}

func box(c draw.Canvas, col color.Color, x0, y0, x1, y1 vg.Length) {
	c.SetColor(col)
	c.Fill(vg.Rectangle{Min: vg.Point{X: x0, Y: y0}, Max: vg.Point{X: x1, Y: y1}}.Path())
}

// labelRow is the height of a row of labels above a plot, in points.
const labelRow = 14

// upright marks a value on the x axis by a dashed line with its meaning above the plot.
func (p *picture) upright(c draw.Canvas, at float64, name string) { p.uprightAt(c, at, name, 0, 0) }

// uprightAt is upright with its words some rows higher, and left (−1) or right (1) of the line if another line
// goes through its row.
func (p *picture) uprightAt(c draw.Canvas, at float64, name string, row int, side vg.Length) {
	rise := vg.Points(labelRow * float64(row))
	tx, _ := p.Transforms(&c)
	x := tx(at)
	ls := draw.LineStyle{Color: vermilion, Width: vg.Points(1.2), Dashes: []vg.Length{vg.Points(4), vg.Points(3)}}
	c.StrokeLine2(ls, x, c.Min.Y, x, c.Max.Y+vg.Points(3)+rise)
	st := lettering(9, true, vermilion)
	half := st.Width(name) / 2
	least := c.Min.X
	if p.ylab != "" { // which stands at the left end of the first row
		least += st.Width(p.ylab)
	}
	mid := min(max(x+side*(half+vg.Points(3)), least+half), c.Max.X-half)
	c.FillText(st, vg.Point{X: mid - half, Y: c.Max.Y + vg.Points(6) + rise}, name)
}

// uprights marks several values, from the least to the greatest, so that no line goes through the words of another.
func (p *picture) uprights(c draw.Canvas, at []float64, names []string) {
	tx, _ := p.Transforms(&c)
	side := vg.Length(-1)
	switch {
	case len(at) == 1:
		side = 0
	case tx(at[0])-lettering(9, true, vermilion).Width(names[0]) < c.Min.X: // no room on the left
		side = 1
	}
	for i := range at {
		row := i
		if side > 0 {
			row = len(at) - 1 - i
		}
		p.uprightAt(c, at[i], names[i], row, side)
	}
}

var timeUnits = []struct {
	length float64
	name   string
}{{365 * 86400, "y"}, {86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}, {1e-3, "ms"}}

// spoken writes seconds as an operator says them.
func spoken(s float64) string {
	switch {
	case s == 0:
		return "0"
	case math.IsNaN(s):
		return dash
	case math.IsInf(s, 1):
		return "∞"
	}
	for _, u := range timeUnits {
		if s >= u.length*0.9995 {
			v := s / u.length
			digits := 0
			if v < 9.95 {
				digits = 1
			}
			f := math.Pow(10, float64(digits))
			return strconv.FormatFloat(math.Round(v*f)/f, 'f', -1, 64) + " " + u.name
		}
	}
	return "< 1 ms"
}

// milestones are times that make good marks on a log axis.
var milestones = []float64{1e-3, 3e-3, 1e-2, .03, .1, .3, 1, 3, 10, 30, 60, 300, 900, 3600, 4 * 3600, 12 * 3600, 86400, 3 * 86400, 10 * 86400,
	30 * 86400, 100 * 86400, 365 * 86400, 3 * 365 * 86400, 10 * 365 * 86400, 100 * 365 * 86400}

// logTimes makes a time axis logarithmic, from at most low to at least high.
func (p *picture) logTimes(low, high float64) {
	a, b := 0, len(milestones)-1
	for a+1 < b && milestones[a+1] <= low {
		a++
	}
	for b-1 > a && milestones[b-1] >= high {
		b--
	}
	p.X.Scale = plot.LogScale{}
	p.X.Min, p.X.Max = milestones[a], milestones[b]
	step := 1 + (b-a)/10
	var ticks plot.ConstantTicks
	for i := a; i <= b; i += step {
		ticks = append(ticks, plot.Tick{Value: milestones[i], Label: spoken(milestones[i])})
	}
	p.X.Tick.Marker = ticks
}

// linearTimes places about six round times from zero to high.
func linearTimes(high float64) plot.ConstantTicks {
	step := 1e-3
	for _, s := range []float64{.01, .1, .2, .5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 2 * 3600, 4 * 3600,
		6 * 3600, 12 * 3600, 86400, 2 * 86400, 5 * 86400, 10 * 86400, 30 * 86400, 60 * 86400, 365 * 86400, 730 * 86400, 1825 * 86400, 3650 * 86400, 36500 * 86400} {
		if step = s; high/s <= 6.5 {
			break
		}
	}
	var ticks plot.ConstantTicks
	for v := 0.0; v <= high*1.0001 && len(ticks) < 100; v += step {
		ticks = append(ticks, plot.Tick{Value: v, Label: exactly(v)})
	}
	return ticks
}

// exactly writes a round time in the largest unit that says it with at most one digit after the point: 30 h, not 1.3 d.
func exactly(s float64) string {
	for _, u := range timeUnits {
		if tenths := s / u.length * 10; s >= u.length*0.9995 && math.Abs(tenths-math.Round(tenths)) < 1e-6 {
			return strconv.FormatFloat(math.Round(tenths)/10, 'f', -1, 64) + " " + u.name
		}
	}
	return spoken(s)
}
