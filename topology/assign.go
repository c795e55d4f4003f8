package topology

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ftsim/ftsim/model"
)

// Assignment is a value put into a topology: services.db.policy=warm.
type Assignment struct {
	From string // what messages call its origin, such as --set
	Text string // path=value; the value is YAML in one line, null takes the key away
}

// step is one key of a path, or the number or name of an item of a list.
type step struct{ node }

// setting is an assignment as understood.
type setting struct {
	path  []step
	value node
}

// example is what hints show.
const example = "write for example nodes.db-a.mtbf=90d"

// read takes an assignment apart. It stands in a line of its own, which messages show.
func (l *layering) read(a Assignment, line int) (s setting, ok bool) {
	c := newConverter(a.From)
	c.above = line - 1
	defer func() { l.ps = append(l.ps, c.problems...) }()
	if strings.ContainsAny(a.Text, "\n\r") || c.notText([]byte(a.Text)) {
		c.problems = nil
		c.fault(1, 1, "a path and its value go in one line of text", example)
		return s, false
	}
	s.path, ok = c.path(a.Text)
	if !ok {
		return s, false
	}
	end := 0
	if last := s.path[len(s.path)-1]; true {
		end = int(last.column+last.width) - 1
	}
	text := a.Text[offset(a.Text, end)+1:]
	if strings.TrimSpace(text) == "" {
		c.fault(1, end+1, "there is no value behind the =", "null takes a key away")
		return s, false
	}
	padded := []byte(strings.Repeat(" ", end+1) + text) // so that columns are right
	root, err := decode(padded)
	switch {
	case err != nil:
		c.syntax(err, padded)
	case root == nil:
		s.value = node{file: c.file, line: int32(line), column: int32(end + 2), width: int32(utf8.RuneCountInString(text)), text: "null"}
	default:
		s.value = c.convert(root, len(s.path)).node
	}
	return s, len(c.problems) == 0
}

// offset is where the n-th character of a text begins.
func offset(text string, n int) int {
	for i := range text {
		if n == 0 {
			return i
		}
		n--
	}
	return len(text)
}

// path reads the keys before the first =, which may be in double quotes.
func (c *converter) path(text string) (path []step, ok bool) {
	column, rest := 1, text
	for {
		word, quotedWord, width := key(rest)
		n := c.place1(column, width)
		n.text = word
		if word == "" || len(path) > mostDepth {
			c.fault(1, column, "this is no path=value", example)
			return nil, false
		}
		path = append(path, step{n})
		rest = rest[len(quotedWord):]
		column += width
		switch {
		case strings.HasPrefix(rest, "="):
			return path, true
		case strings.HasPrefix(rest, "."):
			rest = rest[1:]
			column++
		default:
			c.fault(1, column, "a path ends with = and a value", example)
			return nil, false
		}
	}
}

func (c *converter) place1(column, width int) node {
	return node{kind: scalarNode, file: c.file, line: int32(c.above + 1), column: int32(column), width: int32(max(1, width))}
}

// key takes the first key of a path: as it is meant, as it is written, and how many characters that is.
func key(text string) (word, written string, width int) {
	end := strings.IndexAny(text, ".=")
	if strings.HasPrefix(text, `"`) {
		if close := strings.IndexByte(text[1:], '"'); close >= 0 {
			return text[1 : close+1], text[:close+2], utf8.RuneCountInString(text[:close+2])
		}
	}
	if end < 0 {
		end = len(text)
	}
	return text[:end], text[:end], utf8.RuneCountInString(text[:end])
}

// named are the keys whose entries have names of the user's choice: a part of one that is not there is a
// slip of the pen.
var named = []string{"nodes", "services", "journeys", "jobs", "regions", "zones", "racks", "devices"}

// assign is a tree with a value at the end of a path; the path begins at that tree.
func (l *layering) assign(base *node, s setting, path []step) node {
	head := &path[0].node
	within := s.path[:len(s.path)-len(path)]
	if n := len(within); n > 0 {
		base = block(within[n-1].text, base)
	}
	switch base.kind {
	case sequenceNode:
		return l.assignItem(base, s, path, within)
	case mappingNode, nullNode:
	default:
		l.fault(head, pathText(within)+" is "+base.kind.String()+" here, "+quoted(base.text)+"; there is nothing in it to set", "set it as a whole, to {…}")
		return *base
	}
	out := *base
	out.kind, out.text, out.parts = mappingNode, "", slices.Clone(base.parts)
	i, there := keyed(out.parts)[head.text]
	switch {
	case !there && (removes(&s.value) || len(path) > 1 && ofUser(within)):
		l.fault(head, "there is no "+quoted(head.text)+" in "+pathText(within), model.DidYouMean(clip(head.text), keys(base)))
		return *base
	case len(path) == 1 && removes(&s.value):
		out.parts = slices.Delete(out.parts, i, i+2)
		return out
	case !there:
		fresh := *head
		fresh.kind, fresh.text = nullNode, ""
		i, out.parts = len(out.parts), append(out.parts, *head, fresh)
	}
	if len(path) == 1 {
		out.parts[i], out.parts[i+1] = *head, s.value
		return out
	}
	out.parts[i+1] = l.assign(&out.parts[i+1], s, path[1:])
	return out
}

func ofUser(within []step) bool {
	return len(within) > 0 && slices.Contains(named, within[len(within)-1].text)
}

func pathText(path []step) string {
	if len(path) == 0 {
		return "the file"
	}
	var words []string
	for _, s := range path {
		words = append(words, clip(s.text))
	}
	return strings.Join(words, ".")
}

// assignItem is assign for a list: its items go by their numbers, from 1 on, or by what they are about.
func (l *layering) assignItem(base *node, s setting, path []step, within []step) node {
	head := &path[0].node
	i, names := l.item(base, head, within)
	if i < 0 {
		if names != nil {
			l.fault(head, "there is no "+quoted(head.text)+" in "+pathText(within), hintItem(head.text, names, len(base.parts)))
		}
		return *base
	}
	out := *base
	out.parts = slices.Clone(base.parts)
	switch {
	case len(path) > 1:
		out.parts[i] = l.assign(&out.parts[i], s, path[1:])
	case removes(&s.value):
		out.parts = slices.Delete(out.parts, i, i+1)
	default:
		out.parts[i] = s.value
	}
	return out
}

// itemKeys tell what an item of a list is about.
var itemKeys = []string{"id", "journey", "service"}

// item finds an item; −1 if there is none, with what there is, or with nothing after a complaint.
func (l *layering) item(list, head *node, within []step) (at int, names []string) {
	if i, err := strconv.Atoi(head.text); err == nil && i >= 1 && i <= len(list.parts) {
		return i - 1, nil
	}
	at, names = -1, []string{}
	for i := range list.parts {
		name := itemName(&list.parts[i])
		if name == "" {
			continue
		}
		names = append(names, name)
		if name == head.text && at >= 0 {
			l.fault(head, "there are several "+quoted(head.text)+" in "+pathText(within), "write the number of the item, counted from 1")
			return -1, nil
		}
		if name == head.text {
			at = i
		}
	}
	return at, names
}

func itemName(item *node) string {
	if item.kind == scalarNode {
		return item.text
	}
	for _, k := range itemKeys {
		if v := item.find(k); v != nil && v.kind == scalarNode {
			return v.text
		}
	}
	return ""
}

func hintItem(word string, names []string, n int) string {
	if near := model.Nearest(word, names); near != "" {
		return model.DidYouMean(clip(word), names)
	}
	if n == 0 {
		return "the list is empty"
	}
	return "write the number of an item, from 1 to " + itoa(n) + ", or its id"
}
