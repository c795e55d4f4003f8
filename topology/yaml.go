package topology

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
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

// parse reads text into nodes. The node is nil if there are faults that leave nothing to look at.
func parse(file string, text []byte) (*node, model.Problems) {
	c := newConverter(file)
	if c.notText(text) {
		return nil, c.problems
	}
	if len(text) >= longText {
		if root := c.pieces(cut(text, pieceSize)); root != nil {
			return c.finish(root)
		}
		c = newConverter(file)
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
	return c.finish(c.convert(root, 0))
}

// finish refuses a tree that aliases make much larger than the file is.
func (c *converter) finish(root *converted) (*node, model.Problems) {
	if root.size > c.written+mostAliased {
		c.above = 0
		c.fault(int(root.node.line), int(root.node.column), fmt.Sprintf("aliases repeat more than %d values", mostAliased), "use count, or a preset")
		return nil, c.problems
	}
	return &root.node, c.problems
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
	file     *string
	above    int // lines of the file before the text that is being converted
	problems model.Problems
	written  int                       // values in the file itself
	done     map[*yaml.Node]*converted // targets of aliases
}

func newConverter(file string) *converter {
	return &converter{file: &file, done: map[*yaml.Node]*converted{}}
}

// converted is a node with the number of nodes in it, aliases followed.
type converted struct {
	node node
	size int
	busy bool // its inside is being converted: an alias to it is a cycle
}

func (c *converter) fault(line, column int, what, hint string) {
	if len(c.problems) < mostProblems {
		c.problems = append(c.problems, model.Problem{At: model.Pos{File: *c.file, Line: c.above + line, Column: column}, What: what, Hint: hint})
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

// pieces converts a text that has been cut. It returns nil if a cut was a mistake, or if a key of the file
// is refused, to which what follows may belong.
func (c *converter) pieces(list []piece) *converted {
	var file, section *mapped
	for i, p := range list {
		y, err := decode(p.text)
		if err != nil || y == nil || y.Kind != yaml.MappingNode {
			return nil
		}
		c.above = p.above
		if p.inside {
			if section == nil {
				section = c.mapped(y, 1)
				section.node.parts = make([]node, 0, len(y.Content)*sectionPieces(list[i:]))
			}
			c.pairs(y, section, 1)
			continue
		}
		if file == nil {
			file = c.mapped(y, 0)
		}
		if y.Column != 1 || !file.close(section) {
			return nil
		}
		section = nil
		keys := len(file.node.parts) + len(y.Content)
		if c.pairs(y, file, 0); len(file.node.parts) != keys {
			return nil
		}
	}
	if file == nil || !file.close(section) {
		return nil
	}
	return file.converted
}

// mapped is a mapping whose entries come one by one.
type mapped struct {
	*converted
	lines map[string]int32 // of its keys, if they are many
}

// fewKeys are looked through faster than one is looked up.
const fewKeys = 16

// first finds the line of a key that is there already.
func (m *mapped) first(key string) (line int32, found bool) {
	if len(m.node.parts) < 2*fewKeys {
		for k := range m.node.entries() {
			if k.text == key {
				return k.line, true
			}
		}
		return 0, false
	}
	if m.lines == nil {
		m.lines = map[string]int32{}
		for k := range m.node.entries() {
			m.lines[k.text] = k.line
		}
	}
	line, found = m.lines[key]
	return line, found
}

func (m *mapped) add(key node, value *converted) {
	if m.lines != nil {
		m.lines[key.text] = key.line
	}
	m.node.parts = append(m.node.parts, key, value.node)
	m.size = grown(m.size, value.size)
}

// close gives the last key, which has no value so far, the section that was found for it.
func (m *mapped) close(section *mapped) bool {
	if section == nil {
		return true
	}
	last := &m.node.parts[len(m.node.parts)-1]
	if last.kind != nullNode {
		return false
	}
	*last = section.node
	m.size = grown(m.size, section.size)
	return true
}

func (c *converter) place(y *yaml.Node) node {
	return node{file: c.file, line: int32(c.above + y.Line), column: int32(y.Column), width: 1}
}

// head converts what a node is without its inside.
func (c *converter) head(y *yaml.Node, depth int) *converted {
	out := &converted{node: c.place(y), size: 1}
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
	return out
}

func (c *converter) mapped(y *yaml.Node, depth int) *mapped {
	m := &mapped{converted: c.head(y, depth)}
	m.node.kind = mappingNode
	return m
}

// convert turns a node and everything in it into ours.
func (c *converter) convert(y *yaml.Node, depth int) *converted {
	if y.Kind == yaml.AliasNode {
		return c.alias(y)
	}
	out := c.head(y, depth)
	switch {
	case depth > mostDepth:
		return out
	case y.Kind == yaml.SequenceNode:
		out.node.kind = sequenceNode
		out.node.parts = make([]node, 0, len(y.Content))
		for i, item := range y.Content {
			part := c.convert(item, depth+1)
			y.Content[i] = nil // a large file should not be in memory twice
			out.node.parts = append(out.node.parts, part.node)
			out.size = grown(out.size, part.size)
		}
	case y.Kind == yaml.MappingNode:
		out.node.kind = mappingNode
		c.pairs(y, &mapped{converted: out}, depth)
	default:
		single(y, &out.node)
	}
	out.busy = false
	return out
}

func single(y *yaml.Node, n *node) {
	n.kind, n.text = scalarNode, y.Value
	n.width = int32(max(1, utf8.RuneCountInString(y.Value)))
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

// grown adds sizes, which aliases of aliases make exponential.
func grown(a, b int) int { return min(a+b, 1<<40) }

// alias shares the target. The document counts as being as large as if it were copied.
func (c *converter) alias(y *yaml.Node) *converted {
	if t := c.done[y.Alias]; t != nil && !t.busy {
		return t
	}
	c.fault(y.Line, y.Column, fmt.Sprintf("the alias %q refers to something that contains it", clip(y.Value)), "")
	return &converted{node: c.place(y), size: 1}
}

func (c *converter) pairs(y *yaml.Node, out *mapped, depth int) {
	out.node.parts = slices.Grow(out.node.parts, len(y.Content))
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, ok := c.key(y.Content[i])
		value := c.convert(y.Content[i+1], depth+1)
		y.Content[i], y.Content[i+1] = nil, nil
		if !ok {
			continue
		}
		if line, twice := out.first(key.text); twice {
			c.fault(int(key.line)-c.above, int(key.column), fmt.Sprintf("%q is given twice", clip(key.text)), fmt.Sprintf("the first is in line %d", line))
			c.problems[len(c.problems)-1].Width = int(key.width)
			continue
		}
		out.add(key, value)
	}
}

func (c *converter) key(y *yaml.Node) (n node, ok bool) {
	for y.Kind == yaml.AliasNode {
		y = y.Alias
	}
	switch {
	case y.Tag == "!!merge":
		c.fault(y.Line, y.Column, "merge keys (<<) are not supported", "use an alias for the whole value, a preset, or count")
	case y.Kind != yaml.ScalarNode || y.Tag == "!!null" || y.Value == "":
		c.fault(y.Line, y.Column, "a key must be a plain word", "")
	default:
		n = c.place(y)
		single(y, &n)
		return n, true
	}
	return n, false
}

// documents reads a file of one or more documents; example is what one begins with.
func documents(f File, example string) (list []node, ps model.Problems) {
	c := newConverter(f.Name)
	if c.notText(f.Text) {
		return nil, c.problems
	}
	defer func() { // the library panics on some broken input
		if p := recover(); p != nil {
			c.fault(1, 1, layoutFault(p).Error(), "")
			list, ps = nil, c.problems
		}
	}()
	d := yaml.NewDecoder(bytes.NewReader(f.Text))
	for {
		var document yaml.Node
		err := d.Decode(&document)
		switch {
		case errors.Is(err, io.EOF):
			if len(list) == 0 {
				c.fault(1, 1, "the file is empty", "begin with "+example)
			}
			return list, c.problems
		case err != nil:
			what, line := wording(err)
			c.fault(line, 1, what, "")
			return nil, c.problems
		case len(document.Content) == 0 || document.Content[0].Tag == "!!null":
			continue
		}
		root := c.convert(document.Content[0], 0)
		if root.size > c.written+mostAliased {
			c.fault(document.Content[0].Line, 1, fmt.Sprintf("aliases repeat more than %d values", mostAliased), "")
			return nil, c.problems
		}
		list = append(list, root.node)
	}
}
