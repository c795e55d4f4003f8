package topology

import (
	"iter"

	"github.com/ftsim/ftsim/model"
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

// node is a value in a file, with its place. It is kept small, because a file may have millions.
type node struct {
	text         string  // of a scalar
	parts        []node  // the items of a sequence; key, value, key, value … of a mapping
	file         *string // nil if it is in no file
	line, column int32
	width        int32 // characters of it in its line
	kind         kind
}

func (n *node) at() model.Pos {
	if n.file == nil {
		return model.Pos{}
	}
	return model.Pos{File: *n.file, Line: int(n.line), Column: int(n.column)}
}

// entries yields the keys and values of a mapping.
func (n *node) entries() iter.Seq2[*node, *node] {
	return func(yield func(key, value *node) bool) {
		if n.kind != mappingNode {
			return
		}
		for i := 0; i+1 < len(n.parts); i += 2 {
			if !yield(&n.parts[i], &n.parts[i+1]) {
				return
			}
		}
	}
}

// items lists the items of a sequence.
func (n *node) items() []*node {
	if n.kind != sequenceNode {
		return nil
	}
	list := make([]*node, len(n.parts))
	for i := range n.parts {
		list[i] = &n.parts[i]
	}
	return list
}

// find returns the value of a key of a mapping, or nil.
func (n *node) find(key string) *node {
	for k, v := range n.entries() {
		if k.text == key {
			return v
		}
	}
	return nil
}

// relabel says that n, with everything in it, stands somewhere else.
func (n *node) relabel(file *string) {
	n.file = file
	for i := range n.parts {
		n.parts[i].relabel(file)
	}
}
