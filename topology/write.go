package topology

import (
	"bytes"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// indentStep is how far everything we write is indented.
const indentStep = 2

// encoded is a tree of the library as text.
func encoded(root *yaml.Node) ([]byte, error) {
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(indentStep)
	if err := e.Encode(root); err != nil {
		return nil, err
	}
	err := e.Close()
	return out.Bytes(), err
}

// Resolved is the topology as one file: what is laid over the base, and set on top, is in its place. It means
// the same as the parts together.
func (t *Topology) Resolved() ([]byte, error) {
	root, _ := t.input.tree() // what could be loaded has a tree
	w := writer{anchors: map[*node]string{}, done: map[*node]*yaml.Node{}}
	w.count(root)
	return encoded(w.node(root.headed(), 0, false))
}

// headed is a file with what it is called at its head, as people write it; what it includes may begin otherwise.
func (n *node) headed() *node {
	out := *n
	out.parts = nil
	for _, head := range []string{"apiVersion", "name"} {
		if i := n.index(head); i >= 0 {
			out.parts = append(out.parts, n.parts[i:i+2]...)
		}
	}
	for key, value := range n.entries() {
		if key.text != "apiVersion" && key.text != "name" {
			out.parts = append(out.parts, *key, *value)
		}
	}
	return &out
}

// writer turns our nodes into the library's. An uncertain value that aliases share is one unknown, so it
// stays shared.
type writer struct {
	anchors map[*node]string // by the first part; "" for what was seen once
	done    map[*node]*yaml.Node
	shared  int
}

func (w *writer) count(n *node) {
	if isUncertain(n) {
		if name, seen := w.anchors[&n.parts[0]]; seen && name == "" {
			w.shared++
			w.anchors[&n.parts[0]] = "same-" + itoa(w.shared)
		} else if !seen {
			w.anchors[&n.parts[0]] = ""
		}
	}
	for i := range n.parts {
		w.count(&n.parts[i])
	}
}

// compact is how many characters a mapping or list may have to be written in one line.
const compact = 100

// node converts a node so deep in the file; flow says that it is within one that is written in one line.
func (w *writer) node(n *node, depth int, flow bool) *yaml.Node {
	switch n.kind {
	case nullNode:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"} // an empty value needs quotes in a flow
	case scalarNode:
		out := &yaml.Node{Kind: yaml.ScalarNode, Value: strings.ReplaceAll(n.text, "$(", "$$(")}
		switch n.text {
		case "", "~", "null", "Null", "NULL", "<<":
			out.Tag = "!!str" // quoted, as it was
		}
		return out
	}
	out := &yaml.Node{Kind: yaml.SequenceNode}
	if n.kind == mappingNode {
		out.Kind = yaml.MappingNode
	}
	var anchor string
	if isUncertain(n) {
		if anchor = w.anchors[&n.parts[0]]; anchor != "" {
			if first := w.done[&n.parts[0]]; first != nil {
				return &yaml.Node{Kind: yaml.AliasNode, Value: anchor, Alias: first}
			}
			out.Anchor = anchor
			w.done[&n.parts[0]] = out
		}
	}
	if flow = flow || flat(n, depth); flow {
		out.Style = yaml.FlowStyle
	}
	for i := range n.parts {
		out.Content = append(out.Content, w.node(&n.parts[i], depth+1, flow))
	}
	return out
}

// flat tells whether a node fits in one line. The sections of a file have a line for each entry.
func flat(n *node, depth int) bool {
	if depth == 0 || depth == 1 && slices.ContainsFunc(n.parts, func(p node) bool { return len(p.parts) > 0 }) {
		return false
	}
	size, ok := lineSize(n, 0)
	return ok && size <= compact
}

func lineSize(n *node, depth int) (size int, ok bool) {
	if depth > 2 {
		return 0, false
	}
	size = int(n.width) + 2
	if n.kind == scalarNode {
		size = len(n.text) + 2
	}
	for i := range n.parts {
		inner, fits := lineSize(&n.parts[i], depth+1)
		if size += inner; !fits || size > compact {
			return size, false
		}
	}
	return size, true
}

// relaid reads a text and writes it again, comments and all.
func relaid(text []byte) (out []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = layoutFault(p)
		}
	}()
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	unfold(&document)
	if out, err = encoded(&document); err != nil {
		return nil, err
	}
	return []byte(spaced(string(out))), nil
}

// unfold gives an empty value a line, because in a flow the library would put quotes there.
func unfold(n *yaml.Node) (empty bool) {
	empty = n.Kind == yaml.ScalarNode && n.Tag == "!!null" && n.Value == ""
	for _, c := range n.Content {
		empty = unfold(c) || empty
	}
	if empty {
		n.Style &^= yaml.FlowStyle
	}
	return empty
}

// pairNode is an entry of a mapping that is written.
type pairNode struct {
	key   string
	value *yaml.Node
}

func blockNode(pairs ...pairNode) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, p := range pairs {
		n.Content = append(n.Content, textNode(p.key), p.value)
	}
	return n
}

func listNode(items ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Content: items}
}

// textNode is a word that stays one, whatever it looks like; bareNode is what it looks like.
func textNode(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s} }
func bareNode(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: s} }
