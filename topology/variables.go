package topology

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/ftsim/ftsim/model"
)

var (
	variableOf = regexp.MustCompile(`\$\$\(|\$\(([^()]*)(\)?)`) // $$( stands for $( itself
	plainName  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)
)

// variable is one in its scope.
type variable struct {
	name  string
	key   *node // of an entry of a mapping: what the name alone stands for; nil otherwise
	value *node
	measure
	outer *variable
}

// measure is how large a value is, aliases followed.
type measure struct{ size, height int }

func measureOf(n *node) (m measure) {
	for i := range n.parts {
		p := measureOf(&n.parts[i])
		m.size, m.height = m.size+p.size, max(m.height, p.height)
	}
	return measure{m.size + 1 + len(n.text)/50, m.height + 1}
}

// find is the variable of a name in a scope, or nil.
func (v *variable) find(name string) *variable {
	for ; v != nil; v = v.outer {
		if v.name == name {
			return v
		}
	}
	return nil
}

// names are those of a scope.
func (v *variable) names() (list []string) {
	for ; v != nil; v = v.outer {
		list = append(list, v.name)
	}
	return list
}

// scalar puts the values of variables into a text. A text that is nothing but a variable becomes its value,
// whatever that is.
func (x *expander) scalar(n *node, v *variable, depth int) (node, bool) {
	if !strings.Contains(n.text, "$(") {
		return *n, false
	}
	places := variableOf.FindAllStringSubmatchIndex(n.text, -1)
	if len(places) == 1 && places[0][0] == 0 && places[0][1] == len(n.text) && places[0][2] >= 0 {
		return x.whole(n, v, depth)
	}
	var b strings.Builder
	from := 0
	for _, at := range places {
		b.WriteString(n.text[from:at[0]])
		from = at[1]
		if at[2] < 0 {
			b.WriteString("$(")
			continue
		}
		text, ok := x.text(n, n.text[at[0]:at[1]], n.text[at[2]:at[3]], at[4] < at[5], v)
		if !ok {
			return *n, false
		}
		b.WriteString(text)
	}
	b.WriteString(n.text[from:])
	out := *n
	out.text = b.String()
	if utf8.RuneCountInString(out.text) > max(longestText, len(n.text)) {
		x.fault(n, "with its variables, this has more than "+itoa(longestText)+" characters", "")
		return *n, false
	}
	return out, x.pay(len(out.text)/50, n)
}

// text is what one variable stands for in the middle of a text.
func (x *expander) text(n *node, written, path string, closed bool, v *variable) (string, bool) {
	value, _, ok := x.lookUp(n, written, path, closed, v)
	switch {
	case !ok:
		return "", false
	case value.kind != scalarNode:
		x.fault(n, written+" is "+value.kind.String()+", and cannot be part of a text", partHint(path, value))
		return "", false
	}
	return value.text, true
}

// partHint names a part of a value that could be meant.
func partHint(path string, value *node) string {
	for key := range value.entries() {
		return "name a part of it, such as $(" + clip(path) + "." + clip(key.text) + ")"
	}
	return ""
}

// partsHint names what a value has instead of a part.
func partsHint(name string, value *node) string {
	if value.kind != mappingNode {
		return "there is " + value.kind.String()
	}
	return model.DidYouMean(clip(name), keys(value))
}

// whole is the value of a text that is nothing but a variable. It stands where it was written for for_each.
func (x *expander) whole(n *node, v *variable, depth int) (node, bool) {
	path, closed := strings.CutSuffix(n.text[len("$("):], ")")
	value, m, ok := x.lookUp(n, n.text, path, closed, v)
	switch {
	case !ok || !x.pay(m.size, n):
		return *n, false
	case depth+m.height > mostDepth:
		x.fault(n, "with its variables, this is nested more than "+itoa(mostDepth)+" deep", "")
		return *n, false
	}
	return *value, true
}

// lookUp finds what a variable stands for: itself, or with a path such as site.mtbf a part of it.
func (x *expander) lookUp(n *node, written, path string, closed bool, v *variable) (value *node, m measure, ok bool) {
	if !closed {
		x.fault(n, "$( without )", "write $$( for a plain $(")
		return nil, m, false
	}
	name, rest, deeper := strings.Cut(path, ".")
	found := v.find(name)
	if found == nil {
		hint := "no element with for_each is around it; write $$( for a plain $("
		if v != nil {
			hint = model.DidYouMean(clip(name), v.names())
		}
		x.fault(n, "there is no variable "+quoted(name), hint)
		return nil, m, false
	}
	value, m = found.value, found.measure
	if found.key != nil && !deeper {
		return found.key, measure{1, 1}, true
	}
	whole := !deeper
	for deeper {
		name, rest, deeper = strings.Cut(rest, ".")
		inner := value.find(name)
		if inner == nil {
			x.fault(n, "there is no "+quoted(name)+" for "+clip(written)+" at "+value.at().String(), partsHint(name, value))
			return nil, m, false
		}
		value = inner
	}
	if !whole {
		m = measureOf(value)
	}
	return value, m, true
}
