package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// caseFile is a library of systems with known answers. Its own "schema" entry says how it is written.
type caseFile struct {
	Title string `json:"title"`
	Cases []knownCase
}

// knownCase is a system with what is known about it.
type knownCase struct {
	ID        string       `json:"id"`
	Title     string       `json:"title"`
	Words     string       `json:"description"`
	TimeUnit  string       `json:"time_unit"`
	Structure structure    `json:"structure"`
	Measures  knownAnswers `json:"measures"`
}

// structure is a system as written. What is not understood stays in raw form, so that it can be refused.
type structure struct {
	Components []fields
	Up         json.RawMessage
	Policy     fields
	Variants   map[string]string // suffix of a measure → what differs, as words
	Variant    string            // "name: what differs", as words
	Others     []string          // keys without a meaning here
}

// fields are the entries of a JSON object.
type fields map[string]json.RawMessage

// knownAnswer is a measure of a case and its value.
type knownAnswer struct {
	Name      string
	Value     float64 `json:"value"`
	Unit      string  `json:"unit"`
	Tolerance float64 `json:"tolerance"` // accuracy of Value, relative
	Rare      bool    `json:"rare"`      // plain simulation is not expected to see it
}

type knownAnswers []knownAnswer

// UnmarshalJSON keeps the measures in the order of the file.
func (k *knownAnswers) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("measures must be an object")
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		a := knownAnswer{Name: name.(string)}
		if err := d.Decode(&a); err != nil {
			return fmt.Errorf("measure %q: %w", a.Name, err)
		}
		*k = append(*k, a)
	}
	return nil
}

// UnmarshalJSON sorts the keys of a structure into those with a meaning and others.
func (s *structure) UnmarshalJSON(text []byte) error {
	var all fields
	if err := json.Unmarshal(text, &all); err != nil {
		return err
	}
	for key, raw := range all {
		var err error
		switch key {
		case "components":
			err = json.Unmarshal(raw, &s.Components)
		case "up":
			s.Up = raw
		case "policy":
			err = json.Unmarshal(raw, &s.Policy)
		case "variants":
			err = json.Unmarshal(raw, &s.Variants)
		case "variant":
			err = json.Unmarshal(raw, &s.Variant)
		default:
			s.Others = append(s.Others, key)
		}
		if err != nil {
			return fmt.Errorf("structure, %s: %w", key, err)
		}
	}
	return nil
}

func readCases(r io.Reader) (*caseFile, error) {
	var f caseFile
	if err := json.NewDecoder(r).Decode(&f); err != nil {
		return nil, err
	}
	if len(f.Cases) == 0 {
		return nil, fmt.Errorf("there are no cases")
	}
	return &f, nil
}

// objectOf reads an object that may have the known keys and no others.
func objectOf(what string, raw json.RawMessage, known ...string) (fields, error) {
	var f fields
	if json.Unmarshal(raw, &f) != nil {
		return nil, unsupported("%s in words: %s", what, clip(raw))
	}
	return f, f.only(what, known...)
}

// only refuses keys other than the given ones, so that nothing is ignored by mistake.
func (f fields) only(what string, known ...string) error {
	for key := range f {
		if !slices.Contains(known, key) {
			return unsupported("%s: %q has no meaning here", what, key)
		}
	}
	return nil
}

// has tells whether key is there with a value other than null.
func (f fields) has(key string) bool {
	raw, ok := f[key]
	return ok && string(raw) != "null"
}

func (f fields) text(key string) string {
	var s string
	if json.Unmarshal(f[key], &s) != nil {
		return ""
	}
	return s
}

// number reads a number; byDefault stands for a missing one.
func (f fields) number(what, key string, byDefault float64) (float64, error) {
	if !f.has(key) {
		return byDefault, nil
	}
	var x float64
	if err := json.Unmarshal(f[key], &x); err != nil {
		return 0, unsupported("%s: %s is not a number: %s", what, key, clip(f[key]))
	}
	return x, nil
}

func clip(raw []byte) string {
	if len(raw) > 60 {
		return string(raw[:57]) + "…"
	}
	return string(raw)
}

// refusal is a reason why a case or measure cannot be run.
type refusal string

func (r refusal) Error() string { return string(r) }

func unsupported(format string, args ...any) error { return refusal(fmt.Sprintf(format, args...)) }
