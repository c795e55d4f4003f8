package report

import (
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// inks name the colours of pictures in a style sheet, so that a page can show them on dark ground too.
var inks = map[color.NRGBA]string{
	ink: "ink", mutedInk: "muted", faintInk: "faint", hairline: "hair", vermilion: "red", blue: "blue", calm: "calm",
	hue(0xE69F00): "orange", hue(0x009E73): "green", hue(0xCC79A7): "pink", hue(0x56B4E9): "sky", hue(0xF0E442): "yellow",
	hue(0x8C6D31): "brown", hue(0xFFFFFF): "paper",
}

// svg is a canvas that writes a picture as SVG: colours are classes of a style sheet, the page's or that of the
// file, and coordinates have a tenth of a point.
type svg struct {
	strings.Builder
	width, height vg.Length
	alone         bool              // has no page around it
	used          map[string]string // if alone: the style of each class
	now           pen
	saved         []pen
}

// pen is the state that Push saves.
type pen struct {
	color  color.NRGBA
	width  vg.Length
	dashes []vg.Length
	groups int // opened by transforms since the last Push
}

func newSVG(width, height float64) *svg {
	return &svg{width: vg.Points(width), height: vg.Points(height), now: pen{width: vg.Points(1), color: hue(0)}}
}

func (p *picture) renderSVG(c *svg) { p.render(draw.New(c)) }

// page draws a picture, without its title, as the content of a page.
func (p *picture) page(width, height float64, alt string) string {
	c := newSVG(width, height)
	fmt.Fprintf(c, `<svg viewBox="0 0 %s %s" role="img" aria-label="%s">`, tenth(c.width), tenth(c.height), escaped(alt))
	data := p.body(draw.New(c), 6, 0)
	tx, ty := p.Transforms(&data)
	for _, t := range p.tips {
		x0, x1 := max(tx(t.x0), data.Min.X), min(tx(t.x1), data.Max.X)
		y0, y1 := ty(t.y0), ty(t.y1)
		if x1-x0 < 3 { // what is drawn as a line can still be pointed at
			x0, x1 = x0-1.5, x1+1.5
		}
		fmt.Fprintf(c, `<rect class="tip" x="%s" y="%s" width="%s" height="%s"><title>%s</title></rect>`,
			tenth(x0), tenth(c.height-y1), tenth(max(0, x1-x0)), tenth(max(0, y1-y0)), escaped(t.text))
	}
	c.WriteString("</svg>")
	return c.String()
}

// escaped writes text for HTML and XML, without the characters that XML has no place for.
func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}

func tenth(x vg.Length) string {
	return strconv.FormatFloat(math.Round(10*float64(x))/10+0, 'f', -1, 64) // + 0 makes −0 a 0
}

// Size implements vg.CanvasSizer.
func (c *svg) Size() (x, y vg.Length) { return c.width, c.height }

// SetLineWidth implements vg.Canvas, as do the following.
func (c *svg) SetLineWidth(w vg.Length) { c.now.width = w }

// SetLineDash takes the lengths of dashes and gaps.
func (c *svg) SetLineDash(pattern []vg.Length, _ vg.Length) { c.now.dashes = pattern }

// SetColor sets that of all that follows.
func (c *svg) SetColor(x color.Color) {
	if x == nil {
		x = color.Black
	}
	c.now.color = color.NRGBAModel.Convert(x).(color.NRGBA)
}

// Rotate turns by an angle that counts anticlockwise, around the lower left corner.
func (c *svg) Rotate(rad float64) {
	c.group(fmt.Sprintf("rotate(%.3f 0 %s)", -rad*180/math.Pi, tenth(c.height)))
}

// Translate moves.
func (c *svg) Translate(pt vg.Point) {
	c.group(fmt.Sprintf("translate(%s %s)", tenth(pt.X), tenth(-pt.Y)))
}

// Scale stretches from the lower left corner.
func (c *svg) Scale(x, y float64) {
	h := tenth(c.height)
	c.group(fmt.Sprintf("translate(0 %s) scale(%g %g) translate(0 -%s)", h, x, y, h))
}

func (c *svg) group(transform string) {
	fmt.Fprintf(c, `<g transform="%s">`, transform)
	c.now.groups++
}

// Push saves the pen.
func (c *svg) Push() {
	c.saved = append(c.saved, c.now)
	c.now.groups = 0
}

// Pop takes the pen back that was pushed last.
func (c *svg) Pop() {
	c.WriteString(strings.Repeat("</g>", c.now.groups))
	c.now = c.saved[len(c.saved)-1]
	c.saved = c.saved[:len(c.saved)-1]
}

// Fill fills a path.
func (c *svg) Fill(p vg.Path) {
	if d := c.path(p); d != "" {
		fmt.Fprintf(c, `<path d="%s"%s/>`, d, c.inked("f"))
	}
}

// Stroke draws a path as a line.
func (c *svg) Stroke(p vg.Path) {
	d := c.path(p)
	if d == "" || c.now.width <= 0 {
		return
	}
	fmt.Fprintf(c, `<path d="%s"%s stroke-width="%s"`, d, c.inked("s"), tenth(c.now.width))
	if len(c.now.dashes) > 0 {
		var ds []string
		for _, x := range c.now.dashes {
			ds = append(ds, tenth(x))
		}
		fmt.Fprintf(c, ` stroke-dasharray="%s"`, strings.Join(ds, " "))
	}
	c.WriteString("/>")
}

// inked is the attribute for the colour of the pen: a class for fills (f) or strokes (s).
func (c *svg) inked(use string) string {
	solid := c.now.color
	solid.A = 255
	s := ` class="` + use + " " + inks[solid] + `"`
	switch {
	case c.alone:
		s = ` class="` + aloneClass(use, solid) + `"`
		c.used[aloneClass(use, solid)] = aloneStyle(use, solid)
	case inks[solid] == "": // a colour without a name is the same on any ground
		attribute := map[string]string{"f": "fill", "s": "stroke"}[use]
		s = fmt.Sprintf(` class="%s" style="%s:#%02x%02x%02x"`, use, attribute, solid.R, solid.G, solid.B)
	}
	if c.now.color.A < 255 {
		s += fmt.Sprintf(` opacity="%.2f"`, float64(c.now.color.A)/255)
	}
	return s
}

// path writes lines as short as they can be: steps need one coordinate, and what does not move is left out.
func (c *svg) path(p vg.Path) string {
	var b strings.Builder
	var x, y string
	for _, part := range p {
		nx, ny := tenth(part.Pos.X), tenth(c.height-part.Pos.Y)
		switch part.Type {
		case vg.MoveComp:
			b.WriteString("M" + nx + " " + ny)
		case vg.CloseComp:
			b.WriteString("Z")
			continue
		case vg.CurveComp:
			b.WriteString(map[int]string{1: "Q", 2: "C"}[len(part.Control)])
			for _, q := range part.Control {
				b.WriteString(tenth(q.X) + " " + tenth(c.height-q.Y) + " ")
			}
			b.WriteString(nx + " " + ny)
		case vg.ArcComp:
			if math.Abs(part.Angle) >= 2*math.Pi { // from the right side to the left and back
				if b.Len() == 0 {
					b.WriteString("M" + tenth(part.Pos.X+part.Radius) + " " + ny)
				}
				r := float64(part.Radius)
				fmt.Fprintf(&b, "a%.2f %.2f 0 1 0 %.2f 0a%.2f %.2f 0 1 0 %.2f 0", r, r, -2*r, r, r, 2*r)
				continue
			}
			const pieces = 24 // of a full circle, a polygon that nobody tells from one at the size of a dot
			for i := range pieces + 1 {
				sin, cos := math.Sincos(part.Start + part.Angle*float64(i)/pieces)
				nx, ny = tenth(part.Pos.X+part.Radius*vg.Length(cos)), tenth(c.height-part.Pos.Y-part.Radius*vg.Length(sin))
				b.WriteString(map[bool]string{true: "M", false: "L"}[b.Len() == 0] + nx + " " + ny)
			}
		case vg.LineComp:
			switch {
			case nx == x && ny == y:
			case ny == y:
				b.WriteString("H" + nx)
			case nx == x:
				b.WriteString("V" + ny)
			default:
				b.WriteString("L" + nx + " " + ny)
			}
		}
		x, y = nx, ny
	}
	return b.String()
}

// FillString writes text in a face as wide as the one it was measured with.
func (c *svg) FillString(f font.Face, pt vg.Point, text string) {
	if text == "" || f.Font.Size == 0 {
		return
	}
	weight := ""
	if f.Font.Weight > 0 {
		weight = ` font-weight="bold"`
	}
	fmt.Fprintf(c, `<text x="%s" y="%s" font-size="%s"%s%s>%s</text>`, tenth(pt.X), tenth(c.height-pt.Y), tenth(f.Font.Size),
		weight, c.inked("f"), escaped(text))
}

// DrawImage draws nothing: no picture has an image in it.
func (c *svg) DrawImage(vg.Rectangle, image.Image) {}
