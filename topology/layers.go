package topology

import (
	"cmp"
	"io/fs"
	"slices"
	"strings"

	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
)

// Input is what a topology is put together from: a file, files laid over it, and single values set on top.
type Input struct {
	Files []File       // the first is the base; each later one wins over those before it, key by key
	SLOs  []File       // OpenSLO documents, whose objectives go before those of the files
	Set   []Assignment // on top of all that, in order

	parts []File // the files and what they include, the lowest first; known once they have been read
}

// File is a text and the name that messages give it. What it includes is looked for in Dir, beside Path; with no
// Dir, it can include nothing.
type File struct {
	Name string
	Text []byte
	Dir  fs.FS
	Path string // of the file within Dir, with slashes
}

// Load reads a topology. Name is for messages. The error, if any, is a model.Problems with everything
// that is wrong, in file order; mere warnings end up in System.Warnings.
func Load(name string, text []byte) (*Topology, error) {
	return LoadInput(&Input{Files: []File{{Name: name, Text: text}}})
}

// LoadInput reads a topology that is put together from several parts. Problems point into the part that
// brings them about.
func LoadInput(in *Input) (*Topology, error) {
	root, l := in.tree()
	if root == nil {
		return nil, in.sorted(l.ps)
	}
	d := &decoder{ps: l.ps, once: true, folds: l.folds}
	plan := model.DefaultPlan()
	sys, err := understand(root, d, &plan)
	if err != nil {
		ps, _ := err.(model.Problems)
		return nil, in.sorted(l.folds.folded(ps))
	}
	for i := range l.promises {
		sys.Warnings = append(sys.Warnings, l.promises[i].doubts(sys, &plan)...)
	}
	sys.Warnings = in.sorted(l.folds.folded(sys.Warnings))
	t := &Topology{System: sys, Plan: &plan, Settings: d.settings, Source: in.Files[0].Text, Uncertain: d.list, input: in}
	if in.layered() {
		if t.Source, err = t.Resolved(); err != nil {
			return nil, err
		}
	}
	if len(d.list) > 0 {
		t.root, _ = in.tree()
	}
	return t, nil
}

// layered tells whether a file alone does not say it all.
func (in *Input) layered() bool { return len(in.parts) > 1 || len(in.SLOs) > 0 || len(in.Set) > 0 }

// Layered tells whether a topology is more than what one file says: Source is then what several came to.
func (t *Topology) Layered() bool { return t.input.layered() }

// tree parses the parts and lays them upon each other. The node is nil if there is nothing to look at.
func (in *Input) tree() (*node, *layering) {
	l := newLayering()
	parts, ok := l.gather(in)
	var root *node
	if ok {
		root = parts[0]
		for _, over := range parts[1:] {
			whole := l.laid("", root, over)
			root = &whole
		}
	}
	for _, f := range in.SLOs {
		list, good := l.slos(f)
		l.promises = append(l.promises, list...)
		ok = ok && good
		in.parts = append(in.parts, f)
	}
	if ok && len(l.promises) > 0 {
		root = promised(root, l.promises)
	}
	for i, a := range in.Set {
		s, good := l.read(a, in.line(i))
		if ok = ok && good; !ok {
			continue
		}
		if repeats(a.Text) {
			s.value = *l.expanded(&s.value, len(s.path))
		}
		whole := l.assign(root, s, s.path)
		root = &whole
	}
	if !ok {
		return nil, l
	}
	return root, l
}

// line is that of an assignment among those of its origin.
func (in *Input) line(i int) int {
	n := 1
	for _, a := range in.Set[:i] {
		if a.From == in.Set[i].From {
			n++
		}
	}
	return n
}

// Sources are the texts that problems of an input may point into, by their names.
func (in *Input) Sources() Sources {
	s := Sources{}
	for _, f := range slices.Concat(in.Files, in.SLOs, in.parts) {
		s[f.Name] = f.Text
	}
	for i, a := range in.Set {
		if in.line(i) > 1 {
			s[a.From] = append(s[a.From], '\n')
		}
		s[a.From] = append(s[a.From], a.Text...)
	}
	return s
}

// Sources are the texts that a topology was read from, by their names.
func (t *Topology) Sources() Sources { return t.input.Sources() }

// sorted puts the problems of one part after those of the part below it.
func (in *Input) sorted(ps model.Problems) model.Problems {
	ps.Sort()
	if in.layered() {
		slices.SortStableFunc(ps, func(a, b model.Problem) int { return cmp.Compare(in.rank(a.At.File), in.rank(b.At.File)) })
	}
	return ps
}

func (in *Input) rank(file string) int {
	for i, f := range in.parts {
		if f.Name == file {
			return i
		}
	}
	for i, a := range in.Set {
		if a.From == file {
			return len(in.parts) + i
		}
	}
	return len(in.parts) + len(in.Set)
}

// layering lays trees upon each other. It never changes a tree, whose parts aliases may share.
type layering struct {
	ps       model.Problems
	folds    *folding
	promises []slo
}

func newLayering() *layering {
	return &layering{folds: &folding{within: map[model.Pos]bool{}, more: map[alike]int{}}}
}

func (l *layering) fault(n *node, what, hint string) {
	if len(l.ps) < mostProblems {
		l.ps = append(l.ps, model.Problem{At: n.at(), What: what, Hint: hint, Width: int(n.width)})
	}
}

// inLong is what a word stands for that may be written instead of a block: failover: automatic.
var inLong = map[string]string{"failover": "mode", "failback": "mode", "fencing": "kind"}

// block is a value that stands for a block, written as one; other values stay as they are.
func block(key string, v *node) *node {
	long, known := inLong[key]
	if !known || v.kind != scalarNode {
		return v
	}
	word := *v
	word.text = long
	out := *v
	out.kind, out.text, out.parts = mappingNode, "", []node{word, *v}
	return &out
}

// laid is base with over on top, under a key: mappings key by key, everything else as a whole.
func (l *layering) laid(key string, base, over *node) node {
	if over.kind == mappingNode {
		base = block(key, base)
	}
	if base.kind != mappingNode || over.kind != mappingNode || otherLaw(base, over) {
		return *over
	}
	out := *base
	out.parts = slices.Clone(base.parts)
	where := keyed(out.parts)
	var gone []int
	for key, value := range over.entries() {
		i, there := where[key.text]
		switch {
		case removes(value) && !there:
			l.fault(key, "there is no "+quoted(key.text)+" that could be taken away", model.DidYouMean(clip(key.text), keys(base)))
		case removes(value):
			gone = append(gone, i)
		case !there:
			out.parts = append(out.parts, *key, *value)
		default:
			if out.parts[i+1].kind != mappingNode || value.kind != mappingNode {
				out.parts[i] = *key
			}
			out.parts[i+1] = l.laid(key.text, &out.parts[i+1], value)
		}
	}
	slices.Sort(gone)
	for _, i := range slices.Backward(gone) {
		out.parts = slices.Delete(out.parts, i, i+2)
	}
	return out
}

// keyed finds the places of keys among the parts of a mapping.
func keyed(parts []node) map[string]int {
	where := make(map[string]int, len(parts)/2)
	for i := 0; i < len(parts); i += 2 {
		where[parts[i].text] = i
	}
	return where
}

func keys(n *node) (list []string) {
	for k := range n.entries() {
		list = append(list, k.text)
	}
	return list
}

// removes tells whether a value says that its key goes. An empty value is one: of a node, all defaults.
func removes(v *node) bool { return v.kind == nullNode && v.text != "" }

// otherLaw tells whether over is a law that is written in another way than base: {fixed: 2h} takes the place
// of {p50: 2h, p95: 12h}, whereas {p95: 20h} changes it.
func otherLaw(base, over *node) bool {
	if !isLaw(over) {
		return false
	}
	for k := range over.entries() {
		if base.find(k.text) == nil {
			return true
		}
	}
	return false
}

func isLaw(n *node) bool {
	for k := range n.entries() {
		_, law := failures.Lookup(k.text)
		_, quantile := quantileKey(k.text)
		if !law && !quantile && k.text != uncertainKey {
			return false
		}
	}
	return len(n.parts) > 0
}

func quoted(name string) string { return `"` + strings.ReplaceAll(clip(name), "\n", " ") + `"` }
