package report

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/ftsim/ftsim/model"
)

// graphFormats are the languages a design can be drawn in. A new one is a new line.
var graphFormats = []struct {
	name  string
	write func(*drawing) string
}{
	{"dot", dotGraph},
	{"mermaid", mermaidGraph},
	{"d2", d2Graph},
}

// GraphFormats are the names of the languages a design can be drawn in.
func GraphFormats() (names []string) {
	for _, f := range graphFormats {
		names = append(names, f.name)
	}
	return names
}

// Graph writes a design as a graph in the language of that name, which must be one of GraphFormats. The same
// design gives the same bytes. Of more than 300 components, nodes that are numbered through become one.
func Graph(w io.Writer, sys *model.System, format string) error {
	for _, f := range graphFormats {
		if f.name == format {
			_, err := io.WriteString(w, f.write(drawingOf(sys, maxPlaces)))
			return err
		}
	}
	return fmt.Errorf("there is no graph format %q", format)
}

// drawing is a design as boxes within boxes and ties between them, in the order of the file. It holds names
// as a user wrote them: to escape them is up to each language.
type drawing struct {
	title string
	boxes []*vertex
	ties  []tie
}

// vertex is a place, a machine, a service or a way in.
type vertex struct {
	id    string // unique, of letters and digits, so that it needs no quotes anywhere
	lines []string
	shape shape
	in    *vertex
	parts []*vertex
}

type shape uint8

const (
	rectangle shape = iota
	hexagon         // devices and links
	soft            // services
	cylinder        // services with data
	oval            // journeys
	slanted         // jobs
	numShapes
)

// tie is a line between boxes, neither of which is within the other: not every language can draw that.
type tie struct {
	from, to *vertex
	words    string
	dashed   bool
	both     bool // without a direction
}

// holds tells whether b is x or x lies within it.
func (b *vertex) holds(x *vertex) bool {
	for ; x != nil; x = x.in {
		if x == b {
			return true
		}
	}
	return false
}

// add puts a box into another, or beside all others.
func (d *drawing) add(b, in *vertex) *vertex {
	if b.in = in; in == nil {
		d.boxes = append(d.boxes, b)
	} else {
		in.parts = append(in.parts, b)
	}
	return b
}

// legible takes out what no language of graphs has a place for: line breaks, controls, broken UTF-8 and
// marks that turn the direction of writing.
func legible(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
}

// wording joins the lines of a box, each escaped.
func wording(lines []string, escape func(string) string, newline string) string {
	var out []string
	for _, l := range lines {
		out = append(out, escape(legible(l)))
	}
	return strings.Join(out, newline)
}
