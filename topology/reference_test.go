package topology

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/failures"
)

// The reference is made of the same as the schema: what the decoder asks for, and what meanings.yaml says of it.

const referenceIntro = `# Reference of the topology file

<!-- Written by go test ./topology -update, from what the decoder asks for and topology/meanings.yaml. -->

Every key that a file may have, by its place: NAME stands for a name that you choose, [] for an item of a list; a
single item need not be in brackets. How the parts work together is told in [topology-file.md](topology-file.md),
what R1 to R44 say in [semantics.md](semantics.md). ` + "`ftsim schema`" + ` has the same for editors, and
` + "`ftsim explain FILE`" + ` prints which values are in effect in a file and where each comes from.

A key whose mapping has a ` + "`preset`" + ` is, if left out, what the preset says. **Required** keys must be there
unless a preset says them. What stands under a NAME or as an item [] of a list may also have ` + "`for_each`" + `, which
[repeats it](topology-file.md#elements-that-are-alike).

`

// formsShown says how single values are written, in the order of the page.
var formsShown = []struct {
	form   form
	sample string
	text   string
}{
	{formText, "`orders`", "any text"},
	{formShare, "`99.95%`, `0.9995`", "a part of the whole, from 0 to 1"},
	{formNumber, "`0.8`", "a plain number, not negative"},
	{formFactor, "`130%`, `1.3`, `1.3x`", "may be more than the whole"},
	{formDuration, "`30s`, `1h30m`, `90d`", "units us ms s m h d w y; a year is 8760 h; only 0 may go without a unit"},
	{formLaw, "`10s`, `{p50: 2s, p95: 8s}`", "a duration, which is exactly that long, or one of the [laws](#laws)"},
	{formMean, "`4h`, `12/y`, `{weibull: {shape: 2, mean: 1y}}`", "the mean of an exponential law, a rate, or one of the [laws](#laws)"},
	{formLife, "`90d`, `1.5%/y`, `250 FIT`, `never`", "the same, or `never`; FIT are failures in 10⁹ hours"},
	{formRate, "`350 req/s`, `60 tx/s`", "requests or transactions per time"},
	{formSize, "`600GiB`, `1.5TB`", "units B kB MB GB TB PB and KiB MiB GiB TiB PiB; kbit Mbit Gbit Tbit are an eighth of a byte each"},
	{formSizeRate, "`150MiB/s`", "a size per time"},
	{formMoney, "`1200/y`, `5000/h`", "in the currency of `cost.currency`"},
	{formTimes, "`3/h`", "a whole number per time"},
	{formHours, "`09:00-22:00`", "hours of every day"},
	{formWeek, "`Mon-Fri 08:00-18:00`", "hours of some days"},
	{formWindow, "`Sun 02:00-06:00`", "hours of some days, which may end on the next"},
	{formEvery, "`every 1s`", "a duration after the word every"},
}

// referencePage writes the reference.
type referencePage struct {
	strings.Builder
	w   *witness
	all map[string]said
}

// TestReferenceIsUpToDate has docs/reference.md say what the decoder asks for; -update writes it.
func TestReferenceIsUpToDate(t *testing.T) {
	p := &referencePage{w: grammar(), all: meanings(t)}
	p.WriteString(referenceIntro)
	p.values()
	p.section("", "The file", 0)
	p.WriteString("\n## Kinds of values that stand in several places\n")
	for _, kind := range []string{needKind, conditionKind, upKind, modesKind, detectorKind} {
		p.section(kind, kind, 1)
	}
	p.laws()
	p.products()
	p.presets()
	for place := range p.w.entries {
		if isKind(place) && !strings.Contains(p.String(), "\n### `"+place+"`\n") {
			t.Errorf("the kind %s is not on the page", place)
		}
	}
	upToDate(t, "../docs/reference.md", p.String())
}

func (p *referencePage) values() {
	p.WriteString("## Values\n\n| Value | For example | |\n|---|---|---|\n")
	for _, f := range formsShown {
		fmt.Fprintf(p, "| %s | %s | %s |\n", f.form, f.sample, f.text)
	}
	p.WriteString("\nA value marked ~ may be [uncertain](topology-file.md#uncertain-values).\n")
}

// title is a place as readers know it: services.NAME.failover.
func title(place string) string {
	parts := strings.Split(place, ".")
	for i := range parts {
		if parts[i] == "*" {
			parts[i] = "NAME"
		}
	}
	return strings.Join(parts, ".")
}

// anchor is what a heading in code style is linked by.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(heading))
}

// section describes the mappings at a place, and then those within them.
func (p *referencePage) section(place, heading string, depth int) {
	level := strings.Repeat("#", min(depth+2, 4))
	if place == "" {
		fmt.Fprintf(p, "\n%s %s\n\n", level, heading)
	} else {
		fmt.Fprintf(p, "\n%s `%s`\n\n", level, heading)
	}
	if m, _ := p.said(place); m.means != "" {
		p.WriteString(strings.TrimSuffix(sentence(m.means), ".") + p.rule(m) + ".\n\n")
	}
	p.WriteString("| Key | Written as | If left out | Meaning |\n|---|---|---|---|\n")
	p.rows(place, "")
	if slices.ContainsFunc(p.w.keys[place], func(key string) bool { return p.w.at(join(place, key)).foreign() }) {
		p.WriteString("\nWith a preset, also the [parameters](#parameters-of-presets) of its product.\n")
	}
	for _, inner := range p.blocks(place) {
		if !p.small(inner) {
			p.section(inner, title(inner), depth+1)
		}
	}
}

// foreign tells whether a key is a word of a product only.
func (e *entry) foreign() bool { return e.product && !e.ours }

func (p *referencePage) said(place string) (m said, name string) {
	if isKind(place) {
		return p.all[place], place
	}
	outer, key := keyOf(strings.TrimSuffix(strings.TrimSuffix(place, ".*"), "[]"))
	return meaningOf(p.all, outer, key)
}

func keyOf(place string) (outer, key string) {
	i := strings.LastIndexByte(place, '.')
	return place[:max(0, i)], place[i+1:]
}

// blocks are the places of the mappings within those at a place.
func (p *referencePage) blocks(place string) (list []string) {
	for _, key := range p.w.keys[place] {
		path := join(place, key)
		for path != "" && p.w.entries[path] != nil {
			if len(p.w.keys[path]) > 0 && !p.twice(path) {
				list = append(list, path)
			}
			switch e := p.w.at(path); {
			case e.names:
				path += ".*"
			case e.list:
				path += "[]"
			default:
				path = ""
			}
		}
	}
	return list
}

// twice tells whether a mapping may stand alone for a list of such, where it is described.
func (p *referencePage) twice(path string) bool { return len(p.w.keys[path+"[]"]) > 0 }

// small tells whether a block is shown within the one around it.
func (p *referencePage) small(place string) bool {
	if strings.HasSuffix(place, "[]") || strings.HasSuffix(place, "*") || !strings.Contains(place, ".") || p.w.at(place).names {
		return false
	}
	return len(p.w.keys[place]) <= 4 && len(p.blocks(place)) == 0
}

func (p *referencePage) rows(place, before string) {
	for _, key := range p.w.keys[place] {
		path := join(place, key)
		e := p.w.at(path)
		if e.foreign() {
			continue
		}
		m, _ := meaningOf(p.all, place, key)
		p.row(path, before+key, m, p.w.at(place).required[key])
		if len(p.w.keys[path]) > 0 && p.small(path) {
			p.rows(path, before+key+".")
		}
	}
}

func (p *referencePage) row(path, shown string, m said, required bool) {
	usual := "–"
	switch value, words := m.usual(p.w.at(path)); {
	case required:
		usual = "**required**"
	case value != "":
		usual = "`" + value + "`"
	case words != "":
		usual = words
	}
	fmt.Fprintf(p, "| `%s` | %s | %s | %s |\n", shown, p.written(path, m), cell(usual), cell(m.means)+p.rule(m))
}

func (p *referencePage) rule(m said) string {
	if m.rule == "" {
		return ""
	}
	return " (" + m.rule + ")"
}

func cell(text string) string { return strings.ReplaceAll(text, "|", "\\|") }

// written says how the value at a place is written.
func (p *referencePage) written(path string, m said) string {
	e := p.w.at(path)
	var ways []string
	if e.kind != "" {
		ways = append(ways, "["+e.kind+"](#"+anchor(e.kind)+")")
	}
	switch inner := path + ".*"; {
	case e.names && len(p.w.keys[inner]) > 0:
		ways = append(ways, "[NAME: …](#"+anchor(title(inner))+")")
	case e.names:
		ways = append(ways, "NAME: "+strings.Join(p.singles(p.w.at(inner), m), " or "))
	case e.list && len(p.w.keys[path+"[]"]) > 0:
		ways = append(ways, "[list](#"+anchor(title(path+"[]"))+")")
	case e.list:
		ways = append(ways, "list of "+p.written(path+"[]", m))
	case e.block && len(p.w.keys[path]) > 0 && p.small(path):
		ways = append(ways, "block")
	case e.block && len(p.w.keys[path]) > 0:
		ways = append(ways, "[block](#"+anchor(title(path))+")")
	}
	ways = append(ways, p.singles(e, m)...)
	if len(ways) == 0 {
		return "anything"
	}
	text := strings.Join(ways, " or ")
	if e.uncertain {
		text += " ~"
	}
	return text
}

// singles are the ways to write a single value.
func (p *referencePage) singles(e *entry, m said) (ways []string) {
	if len(e.words) > 0 && strings.Join(e.words, " ") != "true false" && !p.arePresets(e.words) {
		var words []string
		for _, w := range e.words {
			words = append(words, "`"+w+"`")
		}
		ways = append(ways, strings.Join(words, ", "))
	}
	if p.arePresets(e.words) {
		ways = append(ways, "a [preset](#presets)")
	}
	if slices.Contains(e.words, "false") {
		ways = append(ways, "`true` or `false`")
	}
	if e.counted {
		ways = append(ways, wholeNumber(e, m))
	}
	for _, f := range order {
		switch {
		case !e.forms[f], f == formText && (len(ways) > 0 || len(e.forms) > 1), f == formDuration && (e.forms[formLaw] || e.forms[formLife] || e.forms[formMean]), f == formMean && e.forms[formLife], f == formSize && e.forms[formSizeRate], f == formNode && e.forms[formAnything]:
		case scalars[f] == nil:
			ways = append(ways, "name of a "+string(f))
		default:
			ways = append(ways, "["+string(f)+"](#values)")
		}
	}
	return ways
}

func wholeNumber(e *entry, m said) string {
	text := fmt.Sprintf("whole number from %d", e.low)
	if e.high >= fixedBound {
		text += fmt.Sprintf(" to %d", e.high)
	}
	if m.unit != "" {
		text += " (" + m.unit + ")"
	}
	return text
}

// arePresets tells whether words are names of presets, which have a table of their own.
func (p *referencePage) arePresets(words []string) bool {
	return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool {
		return !slices.ContainsFunc(Presets(), func(q Preset) bool { return q.Name == w })
	})
}

func (p *referencePage) laws() {
	p.WriteString("\n## Laws\n\nWherever a random duration stands, one of these may be written; two quantiles alone, `{p50: 2h, p95: 12h}`, are a log-normal law.\n\n" +
		"| Law | For example | Parameters |\n|---|---|---|\n")
	for i := range failures.Catalogue {
		l := &failures.Catalogue[i]
		var fields []string
		for _, f := range l.Fields {
			text := "`" + f.Name + "`"
			if f.Help != "" {
				text += " " + f.Help
			}
			fields = append(fields, text)
		}
		fmt.Fprintf(p, "| `%s`: %s | `%s` | %s |\n", l.Name, cell(l.Help), l.Example, cell(strings.Join(fields, "; ")))
	}
}

// products are the words that only products have.
func (p *referencePage) products() {
	p.WriteString("\n## Parameters of presets\n\nA preset of a product has the parameters of the product, under its own names and with its own defaults, beside `preset: NAME`.\n\n" +
		"| Parameter | Of the presets, with its default there |\n|---|---|\n")
	words := map[string]bool{}
	for place := range p.w.keys {
		for _, key := range p.w.keys[place] {
			if p.w.at(join(place, key)).product {
				words[key] = true
			}
		}
	}
	for _, key := range sortedWords(words) {
		fmt.Fprintf(p, "| `%s` | %s |\n", key, ownersOf(key))
	}
}

func sortedWords(set map[string]bool) (list []string) {
	for w := range set {
		list = append(list, w)
	}
	slices.Sort(list)
	return list
}

func (p *referencePage) presets() {
	p.WriteString("\n## Presets\n\nWith their evidence and sources in [presets.md](presets.md).\n\n| Where | Preset | |\n|---|---|---|\n")
	for _, q := range Presets() {
		fmt.Fprintf(p, "| %s | `%s` | %s |\n", q.Kind, q.Name, cell(q.Help))
	}
}
