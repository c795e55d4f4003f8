package main

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
)

// expression says when a system is up.
type expression struct {
	ref       string        // a component or position, if nothing else is set
	k         int           // of the parts that must hold
	of        []*expression // parts
	connected []string      // nodes that must reach each other
}

func ref(name string) *expression { return &expression{ref: name} }

// unexpanded is an expression as written.
type unexpanded struct {
	All, Any []json.RawMessage
	KOfN     *struct {
		K  int
		Of []json.RawMessage
	} `json:"k_of_n"`
	Connected []string
}

// parseUp reads an up expression. instances gives the names of the components made by a count.
func parseUp(raw json.RawMessage, instances map[string][]string) (*expression, error) {
	var word string
	if json.Unmarshal(raw, &word) == nil {
		return parseRef(word, instances)
	}
	var keys fields
	var e unexpanded
	if json.Unmarshal(raw, &keys) != nil || len(keys) != 1 || json.Unmarshal(raw, &e) != nil {
		return nil, unsupported("up expression not understood: %s", clip(raw))
	}
	switch {
	case keys.has("all"):
		of, err := parseParts(e.All, instances)
		return &expression{k: len(of), of: of}, err
	case keys.has("any"):
		of, err := parseParts(e.Any, instances)
		return &expression{k: 1, of: of}, err
	case e.KOfN != nil:
		of, err := parseParts(e.KOfN.Of, instances)
		if err == nil && (e.KOfN.K < 1 || e.KOfN.K > len(of)) {
			err = unsupported("%d of %d cannot be needed", e.KOfN.K, len(of))
		}
		return &expression{k: e.KOfN.K, of: of}, err
	case len(e.Connected) > 1:
		return &expression{connected: e.Connected}, nil
	}
	return nil, unsupported("up expression not understood: %s", clip(raw))
}

func parseParts(raw []json.RawMessage, instances map[string][]string) ([]*expression, error) {
	var out []*expression
	for _, r := range raw {
		var word string
		if json.Unmarshal(r, &word) == nil && strings.HasSuffix(word, "[*]") {
			names := instances[strings.TrimSuffix(word, "[*]")]
			if len(names) == 0 {
				return nil, unsupported("up names %q, which is not a component", word)
			}
			for _, n := range names {
				out = append(out, ref(n))
			}
			continue
		}
		e, err := parseUp(r, instances)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	if len(out) == 0 {
		return nil, unsupported("an up expression has no parts")
	}
	return out, nil
}

// parseRef takes a single word. What is neither a component nor a position is found out later.
func parseRef(word string, instances map[string][]string) (*expression, error) {
	if names := instances[word]; len(names) > 1 {
		return nil, unsupported("up names %q, of which there are %d", word, len(names))
	}
	return ref(word), nil
}

// refs lists what an expression names.
func (e *expression) refs() []string {
	if e.ref != "" {
		return []string{e.ref}
	}
	out := append([]string(nil), e.connected...)
	for _, p := range e.of {
		out = append(out, p.refs()...)
	}
	return out
}

// over tells whether e is "at least k of" exactly the given names.
func (e *expression) over(names []string) bool {
	if len(e.of) != len(names) {
		return false
	}
	mine, theirs := make([]string, len(names)), append([]string(nil), names...)
	for i, p := range e.of {
		mine[i] = p.ref
	}
	sort.Strings(mine)
	sort.Strings(theirs)
	return fmt.Sprint(mine) == fmt.Sprint(theirs)
}
