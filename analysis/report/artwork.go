package report

import (
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Artwork says in which forms pictures are written, how large, and how fine. What is zero or empty stands for the default.
type Artwork struct {
	Forms  []string // of PictureForms; all by default
	DPI    int      // dots per inch of PNG; 192 by default
	Width  float64  // in points; 560 by default
	Height float64  // in points; 350 by default
}

// PictureForms are the forms that a picture can be written in. Each is also the ending of its files.
var PictureForms = []string{"png", "svg"}

// Points in the units of sizes on paper.
const (
	inch       = 72.
	centimetre = inch / 2.54
)

// Bounds of artwork, with sides in points. A PNG is drawn in memory, four bytes for each dot.
const (
	LeastDPI, MostDPI   = 72, 600
	leastSide, mostSide = 4 * centimetre, 100 * centimetre
	mostDots            = 80_000_000
)

var sizeText = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)(cm|in)x([0-9]+(?:\.[0-9]+)?)(cm|in)$`)

// Resize reads a width and a height such as 16cmx9cm or 6.3inx3.5in, each side from 4 to 100 cm.
func (a *Artwork) Resize(text string) error {
	part := sizeText.FindStringSubmatch(text)
	if part == nil {
		return errors.New("cannot read it as a width and a height in cm or in; write for example 16cmx9cm")
	}
	sized := *a
	for i, side := range []*float64{&sized.Width, &sized.Height} {
		v, _ := strconv.ParseFloat(part[1+2*i], 64) // more than it holds is infinite, and out of bounds
		*side = v * map[string]float64{"cm": centimetre, "in": inch}[part[2+2*i]]
	}
	if err := sized.checkSize(); err != nil {
		return err
	}
	*a = sized
	return nil
}

// Size is what Resize reads, in centimetres.
func (a Artwork) Size() string {
	a = a.complete()
	return fmt.Sprintf("%.4gcmx%.4gcm", a.Width/centimetre, a.Height/centimetre)
}

// The least size that pictures are laid out for, in points. Letters keep their size on any larger picture; a smaller one is
// shrunk as a whole, so that its letters do not run into each other.
const (
	leastWidth  = 400
	leastHeight = 240
)

// Check tells what is out of bounds: forms, dots per inch, sides, or the number of dots of a PNG.
func (a Artwork) Check() error {
	a = a.complete()
	for _, form := range a.Forms {
		if !slices.Contains(PictureForms, form) {
			return fmt.Errorf("there is no picture form %q; known are: %s", form, strings.Join(PictureForms, ", "))
		}
	}
	if a.DPI < LeastDPI || a.DPI > MostDPI {
		return fmt.Errorf("%d dots per inch are out of bounds; write a number from %d to %d", a.DPI, LeastDPI, MostDPI)
	}
	if err := a.checkSize(); err != nil {
		return err
	}
	dots := a.Width * a.Height * float64(a.DPI*a.DPI) / (inch * inch)
	if slices.Contains(a.Forms, "png") && dots > mostDots {
		return fmt.Errorf("a PNG of %.4g × %.4g cm at %d dpi would have %.0f million dots, more than %d million; take fewer dpi, or svg alone",
			a.Width/centimetre, a.Height/centimetre, a.DPI, dots/1e6, mostDots/1_000_000)
	}
	return nil
}

func (a Artwork) checkSize() error {
	for _, side := range []float64{a.Width, a.Height} {
		const rounding = 1e-9
		if !(side >= leastSide*(1-rounding) && side <= mostSide*(1+rounding)) {
			return fmt.Errorf("each side of a picture must be from 4cm to 100cm (1.6in to 39.3in), not %.4gcm", side/centimetre)
		}
	}
	return nil
}

func (a Artwork) complete() Artwork {
	if len(a.Forms) == 0 {
		a.Forms = PictureForms
	}
	if a.DPI == 0 {
		a.DPI = dotsPerInch
	}
	if a.Width == 0 || a.Height == 0 {
		a.Width, a.Height = pictureWidth, pictureHeight
	}
	return a
}

// enlarged is how many times larger than the picture its layout is.
func (a Artwork) enlarged() float64 {
	return max(1, leastWidth/a.Width, leastHeight/a.Height)
}

// files turns figures into files of every form, each marked as ours.
func (a Artwork) files(figures []figure) (files []File) {
	a = a.complete()
	for i, stem := range distinct(figures) {
		make := figures[i].make
		if slices.Contains(a.Forms, "png") {
			name := stem + ".png"
			files = append(files, File{name, func(w io.Writer) error { return a.png(w, make(), name) }})
		}
		if slices.Contains(a.Forms, "svg") {
			name := stem + ".svg"
			files = append(files, File{name, func(w io.Writer) error { return a.svg(w, make(), name) }})
		}
	}
	return files
}

// distinct gives the stem of each figure's file, numbered where two would be the same on some file system,
// which may not tell capitals from small letters.
func distinct(figures []figure) (stems []string) {
	taken := map[string]bool{}
	for _, f := range figures {
		stem := f.name
		for n := 2; taken[strings.ToLower(stem)]; n++ {
			stem = fmt.Sprintf("%s-%d", f.name, n)
		}
		taken[strings.ToLower(stem)] = true
		stems = append(stems, stem)
	}
	return stems
}

// png draws a picture in dots. A layout that is larger than the picture is drawn with fewer dots per inch of its own.
func (a Artwork) png(w io.Writer, p *picture, name string) error {
	dpi := int(math.Round(float64(a.DPI) / a.enlarged()))
	scale := float64(a.DPI) / float64(dpi)
	return signedPNG(w, name, a.DPI, func(w io.Writer) error { return p.dots(w, a.Width*scale, a.Height*scale, dpi) })
}

// svg draws a picture in lines and letters that stay what they are in an editor.
func (a Artwork) svg(w io.Writer, p *picture, name string) error {
	_, err := io.WriteString(w, p.alone(name, a.Width, a.Height, a.enlarged()))
	return err
}
