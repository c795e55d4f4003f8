package report

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// content is what a file holds.
func content(t *testing.T, f File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	return b.Bytes()
}

// elements reads XML and gives its start tags, and the text of each element with that name.
func elements(t *testing.T, text []byte, name string) (tags []xml.StartElement, texts []string) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(text))
	open := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return tags, texts
		}
		if err != nil {
			t.Fatalf("no XML: %v", err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			tags = append(tags, x.Copy())
			if open = x.Name.Local == name; open {
				texts = append(texts, "")
			}
		case xml.CharData:
			if open {
				texts[len(texts)-1] += string(x)
			}
		case xml.EndElement:
			open = false
		}
	}
}

func attribute(x xml.StartElement, name string) string {
	for _, a := range x.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// An SVG file is XML whatever things are called, and needs nothing but itself.
func TestSVGFilesStandAlone(t *testing.T) {
	names := append(slices.Clone(hostile), "\x00\x1b[31m\uFFFE", "\xff\xfe", "]]>", `" onload="alert(1)`, "<script>alert(1)</script>")
	for _, name := range names {
		d := document(40, 2.5)
		d.Summary.System.Name, d.Summary.System.Journeys[0].Name = name, name
		d.Art.Forms = []string{"svg"}
		for _, f := range pictures(d) {
			text := content(t, f)
			tags, _ := elements(t, text, "")
			root := tags[0]
			if root.Name.Local != "svg" || attribute(root, "width") != "560pt" || attribute(root, "height") != "350pt" || attribute(root, "viewBox") != "0 0 560 350" {
				t.Errorf("%s begins with %v", f.Name, root)
			}
			styled := regexp.MustCompile(`\.([a-z0-9-]+)\{`).FindAllStringSubmatch(string(text), -1)
			for _, tag := range tags {
				if slices.Contains([]string{"script", "image", "use", "a", "foreignObject"}, tag.Name.Local) {
					t.Errorf("%s has a %s", f.Name, tag.Name.Local)
				}
				for _, a := range tag.Attr {
					if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" || a.Name.Local != "xmlns" && strings.Contains(a.Value, "://") {
						t.Errorf("%s refers to %s=%q", f.Name, a.Name.Local, a.Value)
					}
				}
				if class := attribute(tag, "class"); class != "" && !slices.ContainsFunc(styled, func(s []string) bool { return s[1] == class }) {
					t.Errorf("%s: class %s has no style", f.Name, class)
				}
			}
			if _, style := elements(t, text, "style"); len(style) != 1 || strings.Contains(style[0], "url(") || strings.Contains(style[0], "@") {
				t.Errorf("%s: styles %q", f.Name, style)
			}
		}
	}
}

// A file says what the page says, and its title, how it was measured, and where it comes from.
func TestSVGFilesSayWhatThePageSays(t *testing.T) {
	for _, d := range []*Document{document(40, 2.5), crowded()} {
		for _, f := range figures(d) {
			p := f.make()
			p.tips = nil
			_, page := elements(t, []byte(p.page(pictureWidth-2*margin, pictureHeight-22-54, "")), "text")
			_, file := elements(t, []byte(f.make().alone("x.svg", pictureWidth, pictureHeight, 1)), "text")
			if len(page) == 0 || len(file) != len(page)+3 || !slices.Equal(file[3:], page) {
				t.Errorf("%s: the file says %q, the page %q", f.name, file, page)
			}
			if !strings.HasPrefix(p.foot, file[2][:6]) {
				t.Errorf("%s ends with %q", f.name, file[2])
			}
		}
	}
}

// The dots of a PNG follow from its size on paper, which it states, and the size of an SVG is the same.
func TestArtworkHasTheSizeAskedFor(t *testing.T) {
	for _, c := range []struct {
		art           Artwork
		width, height int
		paper, box    string
	}{
		{Artwork{DPI: 100, Width: 6 * inch, Height: 4 * inch}, 600, 400, "432pt 288pt", "0 0 432 288"},
		{Artwork{DPI: 254, Width: 16 * centimetre, Height: 9 * centimetre}, 1600, 900, "453.543pt 255.118pt", "0 0 453.543 255.118"},
		{Artwork{DPI: 300}, 2333, 1458, "560pt 350pt", "0 0 560 350"},
		{Artwork{DPI: 72, Width: leastSide, Height: leastSide}, 113, 113, "113.386pt 113.386pt", "0 0 400 400"},
		{Artwork{DPI: 100, Width: 2 * inch, Height: 10 * inch}, 200, 1000, "144pt 720pt", "0 0 400 2000"},
		{Artwork{DPI: 72, Width: mostSide, Height: leastSide}, 2835, 113, "2834.646pt 113.386pt", "0 0 6000 240"},
	} {
		if err := c.art.Check(); err != nil {
			t.Error(err)
		}
		for _, f := range c.art.files(figures(document(40, 2.5))) {
			text := content(t, f)
			if path.Ext(f.Name) == ".svg" {
				tags, _ := elements(t, text, "")
				if got := attribute(tags[0], "width") + " " + attribute(tags[0], "height"); got != c.paper || attribute(tags[0], "viewBox") != c.box {
					t.Errorf("%s is %s, box %s; want %s, %s", f.Name, got, attribute(tags[0], "viewBox"), c.paper, c.box)
				}
				continue
			}
			img, err := png.Decode(bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if s := img.Bounds().Size(); s.X != c.width || s.Y != c.height {
				t.Errorf("%s has %v dots, want %d × %d", f.Name, s, c.width, c.height)
			}
			at := bytes.Index(text, []byte("pHYs")) + 4
			if got, want := binary.BigEndian.Uint32(text[at:]), float64(c.art.DPI)/.0254; float64(got) < want-1 || float64(got) > want+1 {
				t.Errorf("%s says %d dots per metre, want %v", f.Name, got, want)
			}
		}
	}
}

func TestFormsOfPictures(t *testing.T) {
	for _, forms := range [][]string{nil, {"png"}, {"svg"}, {"svg", "png"}} {
		d := document(40, 2.5)
		d.Art.Forms = forms
		seen := map[string]int{}
		for _, f := range pictures(d) {
			seen[strings.TrimPrefix(path.Ext(f.Name), ".")]++
		}
		for _, form := range PictureForms {
			want := 0
			if forms == nil || slices.Contains(forms, form) {
				want = len(figures(d))
			}
			if seen[form] != want {
				t.Errorf("%q: %d files of %s, want %d", forms, seen[form], form, want)
			}
		}
	}
}

func TestArtworkOutOfBounds(t *testing.T) {
	for want, a := range map[string]Artwork{
		"no picture form":  {Forms: []string{"pdf"}},
		"71 dots per inch": {DPI: 71},
		"601 dots":         {DPI: 601},
		"not 3.9cm":        {Width: 3.9 * centimetre, Height: 9 * centimetre},
		"not 101cm":        {Width: 9 * centimetre, Height: 101 * centimetre},
		"million dots":     {DPI: 600, Width: mostSide, Height: mostSide},
	} {
		if err := a.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", a, err, want)
		}
	}
	if err := (Artwork{Forms: []string{"svg"}, DPI: 600, Width: mostSide, Height: mostSide}).Check(); err != nil {
		t.Errorf("a large SVG has no dots: %v", err)
	}
}

func TestResize(t *testing.T) {
	for text, want := range map[string]string{"16cmx9cm": "16cmx9cm", "6.3inx3.5in": "16cmx8.89cm", "4cmx39.3in": "4cmx99.82cm", "100cmx4cm": "100cmx4cm"} {
		var a Artwork
		if err := a.Resize(text); err != nil || a.Size() != want {
			t.Errorf("%s is read as %s: %v", text, a.Size(), err)
		}
	}
	for _, text := range []string{"", "16x9", "16cm", "16cmx9", "16 cm x 9 cm", "16cmx9cmx3cm", "-16cmx9cm", "1e1cmx9cm", "NaNcmx9cm", "0cmx0cm", "3.99cmx9cm",
		"9cmx100.1cm", "9cmx39.4in", strings.Repeat("9", 400) + "cmx9cm"} {
		a := Artwork{Width: 200, Height: 300}
		if err := a.Resize(text); err == nil || a.Width != 200 || a.Height != 300 {
			t.Errorf("%q is taken as %s", text, a.Size())
		}
	}
}

// A PNG too small for its letters is a larger one with fewer dots per inch.
func TestSmallPNGIsShrunk(t *testing.T) {
	small := Artwork{Forms: []string{"png"}, DPI: 200, Width: 280, Height: 175}
	for i, f := range small.files(figures(document(40, 2.5))) {
		var large bytes.Buffer
		if err := figures(document(40, 2.5))[i].make().dots(&large, 400, 250, 140); err != nil {
			t.Fatal(err)
		}
		text := content(t, f)
		if !bytes.HasSuffix(text, large.Bytes()[pngHead:]) || !bytes.HasPrefix(text, large.Bytes()[:pngHead]) {
			t.Errorf("%s is not laid out for 400 points", f.Name)
		}
	}
}
