package report

import (
	"fmt"
	"strings"
)

// dotShapes are the shapes of Graphviz.
var dotShapes = [numShapes]string{"box", "hexagon", "box, style=rounded", "cylinder", "ellipse", "parallelogram"}

// dotEscaper keeps quotes, the escapes of Graphviz such as \N, and its HTML entities from being read as such.
var dotEscaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `&`, `&amp;`)

func dotText(lines ...string) string { return `"` + wording(lines, dotEscaper.Replace, `\n`) + `"` }

// dotGraph writes a drawing in the language of Graphviz.
func dotGraph(d *drawing) string {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph {\n  graph [label=%s, labelloc=t, compound=true, fontname=sans];\n", dotText(d.title))
	b.WriteString("  node [fontname=sans];\n  edge [fontname=sans, fontsize=10];\n")
	for _, x := range d.boxes {
		dotBox(&b, x, "  ")
	}
	for _, t := range d.ties {
		fmt.Fprintf(&b, "  %s -> %s [label=%s%s];\n", t.from.id, t.to.id, dotText(t.words), dotTie(t))
	}
	b.WriteString("}\n")
	return b.String()
}

// dotBox gives each group a point that cannot be seen, because lines lead only to nodes.
func dotBox(b *strings.Builder, x *vertex, indent string) {
	if len(x.parts) == 0 {
		fmt.Fprintf(b, "%s%s [label=%s, shape=%s];\n", indent, x.id, dotText(x.lines...), dotShapes[x.shape])
		return
	}
	fmt.Fprintf(b, "%ssubgraph cluster_%s {\n%s  label=%s;\n%s  %s [shape=point, style=invis];\n", indent, x.id, indent, dotText(x.lines...), indent, x.id)
	for _, p := range x.parts {
		dotBox(b, p, indent+"  ")
	}
	fmt.Fprintf(b, "%s}\n", indent)
}

// dotTie are the attributes of a line besides its words.
func dotTie(t tie) (s string) {
	if t.dashed {
		s += ", style=dashed"
	}
	if t.both {
		s += ", dir=none"
	}
	if len(t.from.parts) > 0 {
		s += ", ltail=cluster_" + t.from.id
	}
	if len(t.to.parts) > 0 {
		s += ", lhead=cluster_" + t.to.id
	}
	return s
}
