package topology

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/ftsim/ftsim/failures"
)

// The schema is made of what the witness has seen, and of the catalogue of laws.

// object is a JSON object.
type object = map[string]any

const (
	numeral       = `([0-9]+\.?[0-9]*|\.[0-9]+)`
	lengthPattern = `^\s*(0|(` + numeral + ` *[a-zµ]+ *)+)\s*$`
)

// scalars are the schemas of single values, as generous as the decoder with blanks and quotes.
var scalars = map[form]any{
	formText:     object{"type": []string{"string", "number", "boolean"}},
	formShare:    object{"anyOf": []any{object{"type": "number", "minimum": 0, "maximum": 1}, object{"type": "string", "pattern": `^\s*` + numeral + `\s*%?\s*$`}}},
	formNumber:   object{"anyOf": []any{object{"type": "number", "minimum": 0}, object{"type": "string", "pattern": `^\s*` + numeral + `\s*%?\s*$`}}},
	formFactor:   object{"anyOf": []any{object{"type": "number", "minimum": 0}, object{"type": "string", "pattern": `^\s*` + numeral + `\s*[%x×]?\s*$`}}},
	formDuration: object{"anyOf": []any{object{"const": 0}, object{"type": "string", "pattern": lengthPattern}}},
	formLaw:      object{"anyOf": []any{ref_(string(formDuration)), ref_("law")}},
	formMean:     object{"anyOf": []any{object{"type": "string", "pattern": `^\s*[0-9.]`}, ref_("law")}},
	formLife:     object{"anyOf": []any{object{"type": "string", "pattern": `^\s*[0-9.]|^never$`}, ref_("law")}},
	formRate:     object{"type": "string", "pattern": `^\s*` + numeral + `[^/]*/`},
	formSize:     object{"type": "string", "pattern": `^\s*` + numeral + `\s*([kKMGTP]?i?B|[kMGT]bit)\s*$`},
	formSizeRate: object{"type": "string", "pattern": `^\s*` + numeral + `\s*([kKMGTP]?i?B|[kMGT]bit)\s*/`},
	formMoney:    object{"type": "string", "pattern": `^\s*` + numeral + `\s*/`},
	formTimes:    object{"type": "string", "pattern": `^[0-9]+/`},
	formHours:    object{"type": "string", "pattern": `^\s*[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}\s*$`},
	formWeek:     object{"type": "string", "pattern": `^[A-Z][a-z]{2}(-[A-Z][a-z]{2})? +[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}\s*$`},
	formWindow:   object{"type": "string"},
	formEvery:    object{"type": "string", "pattern": `^every `},
}

func ref_(name string) object {
	return object{"$ref": "#/definitions/" + strings.ReplaceAll(name, " ", "-")}
}

// draftsman writes a schema.
type draftsman struct {
	w        *witness
	meanings map[string]said
}

func (s *draftsman) schema() object {
	defs := object{"variable": object{"type": "string", "pattern": `\$\(`, "description": "with variables of for_each in it, such as $(zone)"},
		forEachKey: forEachSchema(), "law": lawSchema(), "uncertain": object{"type": "object", "required": []string{"uncertain"}, "additionalProperties": false,
			"description": "what is known of a value that nobody knows, such as {uncertain: {p5: 1y, p95: 5y}}",
			"properties":  object{"uncertain": object{"type": "object"}}}}
	for f, schema := range scalars {
		defs[strings.ReplaceAll(string(f), " ", "-")] = schema
	}
	for place := range s.w.entries {
		if isKind(place) {
			defs[place] = s.value(place)
			defs[place].(object)["description"] = sentence(s.meanings[place].means)
		}
	}
	out := s.block("")
	out["$schema"] = "http://json-schema.org/draft-07/schema#"
	out["title"] = "ftsim topology, " + Version
	out["definitions"] = defs
	return out
}

// value is the schema of a place: one of what may stand there.
func (s *draftsman) value(place string) object {
	e := s.w.at(place)
	var may []any
	if e.kind != "" {
		may = append(may, ref_(e.kind))
	}
	if e.block || e.names {
		may = append(may, s.block(place))
	}
	if e.list {
		item := s.value(place + "[]")
		may = append(may, object{"type": "array", "items": item}, item)
	}
	may = append(may, s.singles(e)...)
	if e.uncertain {
		may = append(may, ref_("uncertain"))
	}
	if (e.block || e.names || e.kind != "") && !e.filled {
		may = append(may, object{"type": "null"})
	}
	if len(may) > 0 && repeated(place) && !justText(may) {
		may = append(may, ref_("variable"))
	}
	out := object{}
	switch len(may) {
	case 0:
	case 1:
		out = may[0].(object)
	default:
		out["anyOf"] = may
	}
	return out
}

// repeated tells places that may be within an element with for_each.
func repeated(place string) bool {
	return strings.Contains(place, "*") || strings.Contains(place, "[]") || isKind(place)
}

// justText tells whether any text will do.
func justText(may []any) bool {
	return slices.ContainsFunc(may, func(m any) bool { return m.(object)["$ref"] == ref_(string(formText))["$ref"] })
}

// forEachSchema is what an element goes over.
func forEachSchema() object {
	return object{"type": "object", "minProperties": 1, "propertyNames": object{"pattern": plainName.String()},
		"description": "makes one element for each value of its variables, which stand in names and values as $(zone)",
		"additionalProperties": object{"anyOf": []any{object{"type": "array", "minItems": 1}, object{"type": "object", "minProperties": 1},
			object{"type": "string", "pattern": `\.\.|^\$\(`, "description": "a range, such as 1..3 or zone-a..zone-c"}}}}
}

// fixedBound tells bounds that are in the program from those that depend on the file, such as the number of replicas.
const fixedBound = 100

// singles are the schemas of the single values that may stand in a place.
func (s *draftsman) singles(e *entry) (may []any) {
	if len(e.words) > 0 {
		words := []any{}
		for _, w := range e.words {
			words = append(words, w)
			if plainNumber.MatchString(w) {
				words = append(words, json.Number(w))
			}
		}
		if slices.Contains(e.words, "true") {
			words = append(words, true, false)
		}
		may = append(may, object{"enum": words})
	}
	if e.counted {
		whole := object{"type": "integer", "minimum": e.low}
		if e.high >= fixedBound {
			whole["maximum"] = e.high
		}
		may = append(may, whole, object{"type": "string", "pattern": `^[0-9]+$`})
	}
	text := e.forms[formText] && len(may) == 0
	for _, f := range order {
		switch {
		case !e.forms[f] || f == formText, f == formDuration && (e.forms[formLaw] || e.forms[formLife] || e.forms[formMean]), f == formMean && e.forms[formLife], f == formSize && e.forms[formSizeRate]:
		case scalars[f] == nil: // a name
			text = true
		default:
			text = false
			may = append(may, ref_(string(f)))
		}
	}
	if text {
		may = append(may, ref_(string(formText)))
	}
	return may
}

// block is the schema of the mappings at a place.
func (s *draftsman) block(place string) object {
	e, properties := s.w.at(place), object{}
	for _, key := range s.w.keys[place] {
		properties[key] = s.described(place, key)
	}
	if strings.HasSuffix(place, "*") || strings.HasSuffix(place, "[]") || isKind(place) {
		properties[forEachKey] = ref_(forEachKey)
	}
	out := object{"type": "object", "properties": properties, "additionalProperties": false}
	if e.names {
		out["additionalProperties"] = s.value(join(place, "*"))
		out["propertyNames"] = object{"maxLength": 200, "pattern": `^[^*?\[\]\n\r\t]+$`}
	}
	var required []string
	for key := range e.required {
		required = append(required, key)
	}
	if len(required) > 0 {
		sortStrings(required)
		out["required"] = required
	}
	return out
}

// described is the schema of what stands under a key, with what that means.
func (s *draftsman) described(place, key string) object {
	e, p := s.w.at(join(place, key)), s.value(join(place, key))
	m, _ := meaningOf(s.meanings, place, key)
	if m.means == "" {
		m.means = productWord(key)
	}
	if m.means == "" {
		return p
	}
	if p["$ref"] != nil { // beside which nothing counts
		p = object{"allOf": []any{p}}
	}
	value, words := m.usual(e)
	p["description"] = sentence(m.means)
	if words != "" {
		p["description"] = sentence(m.means) + " If left out: " + words + "."
	}
	if value != "" {
		p["default"] = value
	}
	return p
}

// productWord says whose parameter a key is.
func productWord(key string) string {
	if of := ownersOf(key); of != "" {
		return "parameter of a preset, with its default: " + of
	}
	return ""
}

// ownersOf lists the presets that have a parameter, with its default there.
func ownersOf(key string) string {
	var of []string
	for _, p := range Presets() {
		for _, q := range library()[p.Kind+" "+p.Name].parameters {
			if q.name == key || q.alias == key {
				of = append(of, p.Name+" ("+q.value.text+")")
			}
		}
	}
	return strings.Join(slices.Compact(of), ", ")
}

func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if word, _, _ := strings.Cut(text, " "); strings.ContainsAny(word, "-:") {
		return text + "."
	}
	return string(unicode.ToUpper(first)) + text[size:] + "."
}

// lawSchema is one of the laws of the catalogue, or quantiles.
func lawSchema() object {
	kinds := map[failures.FieldKind]any{failures.Duration: ref_(string(formDuration)), failures.Number: ref_(string(formNumber)),
		failures.Inner: ref_(string(formMean)), failures.QuantileTable: object{"type": "object"}}
	for many, one := range map[failures.FieldKind]failures.FieldKind{failures.Durations: failures.Duration, failures.Numbers: failures.Number, failures.Inners: failures.Inner} {
		kinds[many] = object{"anyOf": []any{object{"type": "array", "items": kinds[one]}, kinds[one]}}
	}
	named := func(l *failures.Law) object {
		properties, required := object{}, []string{}
		for _, f := range l.Fields {
			properties[f.Name] = object{"anyOf": []any{kinds[f.Kind], ref_("uncertain"), ref_("variable")}}
			if f.Required {
				required = append(required, f.Name)
			}
		}
		return object{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
	}
	var may []any
	for i := range failures.Catalogue {
		l := &failures.Catalogue[i]
		body := []any{named(l)}
		if len(l.Positional) > 0 {
			body = append(body, object{"type": "array", "minItems": len(l.Positional), "maxItems": len(l.Positional)})
		}
		if len(l.Positional) == 1 {
			body = append(body, ref_(string(formText)), ref_("uncertain"))
		}
		may = append(may, object{"type": "object", "required": []string{l.Name}, "additionalProperties": false,
			"properties": object{l.Name: object{"anyOf": body, "description": l.Help + ", for example " + l.Example}}})
		if l.Name == "lognormal" {
			may = append(may, named(l))
		}
	}
	return object{"anyOf": may}
}

// schemaNow is the schema as the decoder has it.
func schemaNow(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode((&draftsman{grammar(), meanings(t)}).schema()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
