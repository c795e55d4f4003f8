package topology

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/ftsim/ftsim/model"
)

const includeKey = "include"

// Bounds of what a design is put together from.
const (
	mostIncluded = 1000 // files
	mostChained  = 50   // files that include each other in a row
)

// gathering collects the files of an input and what they include. A file that is included twice counts once, at
// the lowest of its places: what several include is the ground of all of them.
type gathering struct {
	*layering
	in    *Input
	known []File // from an earlier reading, so that a file cannot change between two
	trees []*node
	size  int             // bytes of what has been included
	open  []string        // files that are being gathered, each included by the one before
	done  map[string]bool // files that have been included, by what messages call them
	bad   bool
}

// gather reads the parts of an input, the lowest first. It tells whether all of them can be used.
func (l *layering) gather(in *Input) ([]*node, bool) {
	g := &gathering{layering: l, in: in, known: in.parts, done: map[string]bool{}}
	in.parts = nil
	for _, f := range in.Files {
		g.file(f)
	}
	return g.trees, !g.bad
}

// file adds a file, above what it includes.
func (g *gathering) file(f File) {
	g.open = append(g.open, f.Name)
	defer func() { g.open = g.open[:len(g.open)-1] }()
	root, ps := parse(f.Name, f.Text)
	g.ps = append(g.ps, ps...)
	faults := len(g.ps)
	if root == nil {
		g.bad = true
	} else {
		if i := root.index(includeKey); i >= 0 {
			g.included(f, &root.parts[i+1])
			root = root.lacking(i)
		}
		if repeats(string(f.Text)) {
			root = g.expanded(root, 0)
		}
		g.bad = g.bad || len(g.ps) > faults // what is missing would be missed everywhere
	}
	g.in.parts = append(g.in.parts, f)
	g.trees = append(g.trees, root)
}

// included adds the files of a list, or of a single name.
func (g *gathering) included(from File, list *node) {
	names := []*node{list}
	if list.kind == sequenceNode {
		names = list.items()
	}
	for _, n := range names {
		if n.kind != scalarNode || strings.TrimSpace(n.text) == "" {
			g.fault(n, "include: this is "+n.kind.String()+", and not the name of a file", "write for example include: [zones.yaml, common/network.yaml]")
			continue
		}
		f, ok := g.named(from, n)
		if ok && !g.done[f.Name] {
			g.done[f.Name] = true
			g.file(f)
		}
	}
}

// named finds a file that another one includes.
func (g *gathering) named(from File, n *node) (f File, ok bool) {
	if from.Dir == nil {
		g.fault(n, "include: "+from.Name+" is no file in a folder, so there is nothing beside it", "ftsim explain FILE --show-resolved writes a design as one text")
		return f, false
	}
	f = File{Dir: from.Dir, Path: path.Join(path.Dir(from.Path), n.text)}
	f.Name = strings.TrimSuffix(from.Name, from.Path) + f.Path
	if !strings.HasSuffix(from.Name, from.Path) {
		f.Name = f.Path
	}
	switch {
	case strings.Contains(n.text, `\`):
		g.fault(n, "include: "+quoted(n.text)+" has a backslash in it", "write / between folders, on Windows too")
		return f, false
	case path.IsAbs(n.text) || !fs.ValidPath(f.Path):
		g.fault(n, "include: "+quoted(n.text)+" leads out of the folder of the design", outside)
		return f, false
	case slices.Contains(g.open, f.Name):
		circle := append(slices.Clone(g.open[slices.Index(g.open, f.Name):]), f.Name)
		g.fault(n, "include: "+quoted(n.text)+" goes round in a circle", strings.Join(circle, " includes "))
		return f, false
	case g.done[f.Name]:
		return f, true
	case len(g.done) >= mostIncluded || len(g.open) > mostChained:
		g.fault(n, fmt.Sprintf("include: more than %d files, or %d in a row", mostIncluded, mostChained), "")
		return f, false
	}
	return g.fetched(f, n)
}

const outside = "files are looked for below the folder of the design; --include-dir names a wider one"

// fetched reads a file, unless that has been done.
func (g *gathering) fetched(f File, n *node) (File, bool) {
	for _, k := range g.known {
		if k.Name == f.Name {
			return k, true
		}
	}
	text, err := readFile(f.Dir, f.Path)
	f.Text = text
	if g.size += len(text); g.size > mostBytes {
		g.fault(n, fmt.Sprintf("include: together, the files have more than %d bytes", mostBytes), "")
		return f, false
	}
	var detail *fs.PathError
	switch {
	case err == nil:
		return f, true
	case errors.Is(err, fs.ErrNotExist):
		g.fault(n, "include: there is no file "+quoted(f.Name), beside(f.Dir, f.Path))
	case errors.As(err, &detail) && strings.Contains(detail.Err.Error(), "escapes"): // by a symbolic link, as os.Root words it
		g.fault(n, "include: "+quoted(n.text)+" leads out of the folder of the design", outside)
	case errors.As(err, &detail):
		g.fault(n, "include: cannot read "+quoted(f.Name)+": "+detail.Err.Error(), "")
	default:
		g.fault(n, "include: cannot read "+quoted(f.Name)+": "+err.Error(), "")
	}
	return f, false
}

// readFile reads no more of a file than a topology may have.
func readFile(dir fs.FS, name string) ([]byte, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.IsDir() {
		return nil, errors.Join(err, errors.New("it is no file"))
	}
	return io.ReadAll(io.LimitReader(f, mostBytes+1))
}

// beside suggests a file that is there.
func beside(dir fs.FS, name string) string {
	list, err := fs.ReadDir(dir, path.Dir(name))
	if err != nil || len(list) > mostIncluded {
		return ""
	}
	var names []string
	for _, e := range list {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return model.DidYouMean(clip(path.Base(name)), names)
}

// included accepts what has been gathered, for those who ask the decoder for its grammar. Of a file that is being
// read, it is gone by now.
func (b *builder) included(top *mapping) {
	for _, n := range top.list(includeKey) {
		b.d.single(n, includeKey)
	}
}

// Included lists the files that an input includes, lowest first, once it has been loaded.
func (in *Input) Included() (list []File) {
	given := slices.Concat(in.Files, in.SLOs)
	for _, f := range in.parts {
		if !slices.ContainsFunc(given, func(g File) bool { return g.Name == f.Name }) {
			list = append(list, f)
		}
	}
	return list
}
