package report

import (
	"fmt"
	"image/color"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// aloneFonts are as wide as the face that pictures are measured with, the first as far as it is there.
const aloneFonts = `text{font-family:"Liberation Sans",Arial,Helvetica,sans-serif}`

// alone draws the picture as an SVG file that needs nothing else. It is laid out as many times larger than it is shown.
// Each class decides one thing by itself, because some editors read no selectors of two.
func (p *picture) alone(name string, width, height, enlarged float64) string {
	wide, high := width*enlarged, height*enlarged
	c := newSVG(wide, high)
	c.alone, c.used = true, map[string]string{}
	p.renderSVG(c)
	var b strings.Builder
	fmt.Fprintf(&b, `%s width="%spt" height="%spt" viewBox="0 0 %s %s" role="img">`, svgMark(name), thousandth(width), thousandth(height),
		thousandth(wide), thousandth(high))
	fmt.Fprintf(&b, "\n<title>%s</title>\n<desc>%s</desc>\n<style>%s", escaped(p.title), escaped(p.sub), aloneFonts)
	for _, class := range slices.Sorted(maps.Keys(c.used)) {
		fmt.Fprintf(&b, ".%s{%s}", class, c.used[class])
	}
	return b.String() + "</style>\n" + c.String() + "\n</svg>\n"
}

// thousandth writes a length exactly enough for paper.
func thousandth(x float64) string {
	s := strconv.FormatFloat(x, 'f', 3, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// aloneClass names the colour of fills (f) or strokes (s), by its number if it has no name.
func aloneClass(use string, c color.NRGBA) string {
	if inks[c] == "" {
		return fmt.Sprintf("%s-%02x%02x%02x", use, c.R, c.G, c.B)
	}
	return use + "-" + inks[c]
}

func aloneStyle(use string, c color.NRGBA) string {
	rgb := fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	if use == "s" {
		return "fill:none;stroke:" + rgb
	}
	return "fill:" + rgb
}
