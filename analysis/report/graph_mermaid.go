package report

import (
	"fmt"
	"strings"
	"unicode"
)

// mermaidShapes are the brackets around the words of a node.
var mermaidShapes = [numShapes][2]string{{"[", "]"}, {"{{", "}}"}, {"(", ")"}, {"[(", ")]"}, {"([", "])"}, {"[/", "/]"}}

// mermaidEscape writes whatever could be Mermaid, Markdown or HTML as the number of the character. Some signs
// are harmless between letters, where names have them.
func mermaidEscape(s string) string {
	var b strings.Builder
	runes := []rune(s)
	word := func(i int) bool {
		return i >= 0 && i < len(runes) && (unicode.IsLetter(runes[i]) || unicode.IsDigit(runes[i]))
	}
	for i, r := range runes {
		switch {
		case word(i), r > unicode.MaxASCII, r == ' ', r == ',' && i > 0:
			b.WriteRune(r)
		case strings.ContainsRune("-_./", r) && word(i-1) && word(i+1):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}

func mermaidText(lines ...string) string { return `"` + wording(lines, mermaidEscape, "<br/>") + `"` }

// mermaidTitle goes through YAML first.
func mermaidTitle(s string) string {
	var b strings.Builder
	for _, r := range legible(s) {
		if strings.ContainsRune("\"\\<>%#{}`&", r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return `"` + b.String() + `"`
}

// mermaidGraph writes a drawing in the language of Mermaid.
func mermaidGraph(d *drawing) string {
	var b strings.Builder
	if strings.TrimSpace(legible(d.title)) != "" {
		fmt.Fprintf(&b, "---\ntitle: %s\n---\n", mermaidTitle(d.title))
	}
	b.WriteString("flowchart TB\n")
	for _, x := range d.boxes {
		mermaidBox(&b, x, "  ")
	}
	for _, t := range d.ties {
		fmt.Fprintf(&b, "  %s %s", t.from.id, mermaidLine(t))
		if t.words != "" {
			fmt.Fprintf(&b, "|%s|", mermaidText(t.words))
		}
		fmt.Fprintf(&b, " %s\n", t.to.id)
	}
	return b.String()
}

func mermaidBox(b *strings.Builder, x *vertex, indent string) {
	if len(x.parts) == 0 {
		s := mermaidShapes[x.shape]
		fmt.Fprintf(b, "%s%s%s%s%s\n", indent, x.id, s[0], mermaidText(x.lines...), s[1])
		return
	}
	fmt.Fprintf(b, "%ssubgraph %s[%s]\n", indent, x.id, mermaidText(x.lines...))
	for _, p := range x.parts {
		mermaidBox(b, p, indent+"  ")
	}
	fmt.Fprintf(b, "%send\n", indent)
}

func mermaidLine(t tie) string {
	switch {
	case t.dashed && t.both:
		return "-.-"
	case t.dashed:
		return "-.->"
	case t.both:
		return "---"
	}
	return "-->"
}
