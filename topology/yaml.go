package topology

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/ftsim/ftsim/model"
)

// Bounds of a document. Big systems are better written with count, but a generated file with a line per
// node must do as well.
const (
	mostBytes   = 96 << 20
	mostDepth   = 50
	mostAliased = 200_000 // values that are there only because aliases repeat them
)

// kind is what a node looks like.
type kind uint8

const (
	nullNode kind = iota // nothing after the colon
	scalarNode
	sequenceNode
	mappingNode
)

func (k kind) String() string {
	return [...]string{"nothing", "a single value", "a list", "a mapping"}[k]
}

// node is a value in a file: our own light form of a YAML node, with its place.
type node struct {
	kind    kind
	text    string  // of a scalar
	entries []entry // of a mapping
	items   []*node // of a sequence
	at      model.Pos
	width   int
}

type entry struct{ key, value *node }

// find returns the value of a key of a mapping, or nil.
func (n *node) find(key string) *node {
	for i := range n.entries {
		if n.entries[i].key.text == key {
			return n.entries[i].value
		}
	}
	return nil
}

// parse reads text into nodes. The node is nil if there are faults that leave nothing to look at.
func parse(file string, text []byte) (*node, model.Problems) {
	c := converter{file: file, done: map[*yaml.Node]*converted{}}
	if c.notText(text) {
		return nil, c.problems
	}
	root, err := decode(text)
	if err != nil {
		c.syntax(err, text)
		return nil, c.problems
	}
	if root == nil {
		c.fault(1, 1, "the file is empty", `a topology starts with "apiVersion: ftsim/v1"`)
		return nil, c.problems
	}
	n := c.convert(root, 0)
	if n.size > c.written+mostAliased {
		c.fault(root.Line, root.Column, fmt.Sprintf("aliases repeat more than %d values", mostAliased), "use count, or a preset")
		return nil, c.problems
	}
	return n.node, c.problems
}

const severalDocuments = "a topology is one document; this file holds several"

// decode has the library read text, and turns anything but one document into an error.
func decode(text []byte) (root *yaml.Node, err error) {
	defer func() { // the library panics on some broken input
		if p := recover(); p != nil {
			root, err = nil, fmt.Errorf("yaml: the file cannot be read (%v)", p)
		}
	}()
	d := yaml.NewDecoder(bytes.NewReader(text))
	var document, second yaml.Node
	if err := d.Decode(&document); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, err
	}
	if len(document.Content) == 0 || document.Content[0].Tag == "!!null" {
		return nil, nil
	}
	switch err := d.Decode(&second); {
	case err == nil:
		return nil, fmt.Errorf("yaml: line %d: %s", max(1, second.Line), severalDocuments)
	case !errors.Is(err, io.EOF):
		return nil, err
	}
	return document.Content[0], nil
}

// otherText says what is in the way at byte i. Some editors and shells of Windows save text as UTF-16.
func otherText(text []byte, i int) string {
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return "it looks like UTF-16; save it as UTF-8"
	}
	return fmt.Sprintf("byte %d is 0x%02x", i+1, text[i])
}

// converter turns the nodes of the library into ours.
type converter struct {
	file     string
	problems model.Problems
	written  int                       // values in the file itself
	done     map[*yaml.Node]*converted // targets of aliases
}

// converted is a node with the number of nodes in it, aliases followed.
type converted struct {
	node *node
	size int
	busy bool // its inside is being converted: an alias to it is a cycle
}

func (c *converter) fault(line, column int, what, hint string) {
	if len(c.problems) < mostProblems {
		c.problems = append(c.problems, model.Problem{At: model.Pos{File: c.file, Line: line, Column: column}, What: what, Hint: hint})
	}
}

// notText refuses what no editor would show as text.
func (c *converter) notText(text []byte) bool {
	if len(text) > mostBytes {
		c.fault(1, 1, fmt.Sprintf("the file has %d bytes; %d is the limit", len(text), mostBytes),
			"write many equal nodes as one with count")
		return true
	}
	line := 1
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == '\n' {
			line++
		}
		if r == utf8.RuneError && size == 1 || r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			c.fault(line, 1, "this is not a text file in UTF-8", otherText(text, i))
			return true
		}
		i += size
	}
	return false
}

// convert turns a node and everything in it into ours.
func (c *converter) convert(y *yaml.Node, depth int) *converted {
	if y.Kind == yaml.AliasNode {
		return c.alias(y)
	}
	out := &converted{node: &node{at: model.Pos{File: c.file, Line: y.Line, Column: y.Column}, width: 1}, size: 1}
	c.written++
	if y.Anchor != "" {
		out.busy = true
		c.done[y] = out
	}
	if depth > mostDepth {
		c.fault(y.Line, y.Column, fmt.Sprintf("nested more than %d deep", mostDepth), "")
		return out
	}
	if y.Style&yaml.TaggedStyle != 0 {
		c.fault(y.Line, y.Column, fmt.Sprintf("tags such as %q are not part of a topology", clip(y.Tag)), "leave it out")
	}
	switch y.Kind {
	case yaml.SequenceNode:
		out.node.kind = sequenceNode
		for i, item := range y.Content {
			part := c.convert(item, depth+1)
			y.Content[i] = nil // a large file should not be in memory twice
			out.node.items = append(out.node.items, part.node)
			out.grow(part.size)
		}
	case yaml.MappingNode:
		out.node.kind = mappingNode
		c.pairs(y, out, depth)
	default:
		single(y, out.node)
	}
	out.busy = false
	return out
}

func single(y *yaml.Node, n *node) {
	n.kind, n.text = scalarNode, y.Value
	n.width = max(1, utf8.RuneCountInString(y.Value))
	switch {
	case y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		n.width += 2
	case y.Tag == "!!null":
		n.kind = nullNode
	}
	if i := strings.IndexByte(y.Value, '\n'); i >= 0 {
		n.width = 1
	}
}

func (o *converted) grow(size int) { o.size = min(o.size+size, 1<<40) }

// alias shares the target. The document counts as being as large as if it were copied.
func (c *converter) alias(y *yaml.Node) *converted {
	if t := c.done[y.Alias]; t != nil && !t.busy {
		return t
	}
	c.fault(y.Line, y.Column, fmt.Sprintf("the alias %q refers to something that contains it", clip(y.Value)), "")
	return &converted{node: &node{at: model.Pos{File: c.file, Line: y.Line, Column: y.Column}}, size: 1}
}

func (c *converter) pairs(y *yaml.Node, out *converted, depth int) {
	seen := map[string]int{}
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := c.key(y.Content[i])
		value := c.convert(y.Content[i+1], depth+1)
		y.Content[i], y.Content[i+1] = nil, nil
		if key == nil {
			continue
		}
		if line, twice := seen[key.text]; twice {
			c.fault(key.at.Line, key.at.Column, fmt.Sprintf("%q is given twice", clip(key.text)), fmt.Sprintf("the first is in line %d", line))
			c.problems[len(c.problems)-1].Width = key.width
			continue
		}
		seen[key.text] = key.at.Line
		out.node.entries = append(out.node.entries, entry{key, value.node})
		out.grow(value.size)
	}
}

func (c *converter) key(y *yaml.Node) *node {
	for y.Kind == yaml.AliasNode {
		y = y.Alias
	}
	switch {
	case y.Tag == "!!merge":
		c.fault(y.Line, y.Column, "merge keys (<<) are not supported", "use an alias for the whole value, a preset, or count")
	case y.Kind != yaml.ScalarNode || y.Tag == "!!null" || y.Value == "":
		c.fault(y.Line, y.Column, "a key must be a plain word", "")
	default:
		n := &node{at: model.Pos{File: c.file, Line: y.Line, Column: y.Column}}
		single(y, n)
		return n
	}
	return nil
}
