package report

import (
	"fmt"
	"strings"
)

// d2Shapes are the shapes of D2; a rounded box is a matter of style there.
var d2Shapes = [numShapes]string{"", "shape: hexagon", "style.border-radius: 8", "shape: cylinder", "shape: oval", "shape: parallelogram"}

// d2Escaper keeps quotes and the variables of D2, ${name}, from being read as such.
var d2Escaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`)

func d2Text(lines ...string) string { return `"` + wording(lines, d2Escaper.Replace, `\n`) + `"` }

// d2Graph writes a drawing in the language of D2.
func d2Graph(d *drawing) string {
	var b strings.Builder
	b.WriteString("direction: down\n")
	if strings.TrimSpace(legible(d.title)) != "" {
		fmt.Fprintf(&b, "title: %s {shape: text; near: top-center}\n", d2Text(d.title))
	}
	for _, x := range d.boxes {
		d2Box(&b, x, "")
	}
	for _, t := range d.ties {
		d2Tie(&b, t)
	}
	return b.String()
}

func d2Box(b *strings.Builder, x *vertex, indent string) {
	fmt.Fprintf(b, "%s%s: %s", indent, x.id, d2Text(x.lines...))
	switch {
	case len(x.parts) > 0: // a group of another shape would cut off its corners
		b.WriteString(" {\n")
		for _, p := range x.parts {
			d2Box(b, p, indent+"  ")
		}
		fmt.Fprintf(b, "%s}", indent)
	case d2Shapes[x.shape] != "":
		fmt.Fprintf(b, " {%s}", d2Shapes[x.shape])
	}
	b.WriteString("\n")
}

func d2Tie(b *strings.Builder, t tie) {
	line := "->"
	if t.both {
		line = "--"
	}
	fmt.Fprintf(b, "%s %s %s", d2Path(t.from), line, d2Path(t.to))
	if t.words != "" || t.dashed {
		fmt.Fprintf(b, ": %s", d2Text(t.words))
	}
	if t.dashed {
		b.WriteString(" {style.stroke-dash: 4}")
	}
	b.WriteString("\n")
}

// d2Path names a box from the outermost one that holds it.
func d2Path(x *vertex) string {
	if x.in == nil {
		return x.id
	}
	return d2Path(x.in) + "." + x.id
}
