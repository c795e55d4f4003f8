package main

import (
	"bytes"
	"io/fs"
	"path"
	"path/filepath"
	"time"

	"github.com/ftsim/ftsim/topology"
)

// shelf holds texts by their paths from a file that the page was opened with: what may be included there, as it was
// then. Nothing else can be reached from the page.
type shelf map[string][]byte

// Open opens a text.
func (s shelf) Open(name string) (fs.File, error) {
	text, ok := s[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &leaf{bytes.NewReader(text), name}, nil
}

// leaf is a text of a shelf.
type leaf struct {
	*bytes.Reader
	name string
}

// Stat describes it.
func (l *leaf) Stat() (fs.FileInfo, error) { return leafInfo{l}, nil }

// Close does nothing.
func (l *leaf) Close() error { return nil }

// shelvesOf reads what files include, by the names that their drafts are saved under. Of two files of one name, the
// first counts.
func shelvesOf(files []string, drafts []draft) map[string]shelf {
	out := map[string]shelf{}
	for i, d := range drafts {
		if _, taken := out[d.File]; taken {
			continue
		}
		f := topology.File{Name: d.File, Path: d.File, Text: []byte(d.Text), Dir: below(filepath.Dir(files[i]))}
		in := &topology.Input{Files: []topology.File{f}}
		// What is wrong is told on the page, where it can be mended.
		_, _ = topology.LoadInput(in)
		out[d.File] = shelf{}
		for _, part := range in.Included() {
			out[d.File][part.Path] = part.Text
		}
	}
	return out
}

// input is a draft with what it may include.
func (w *workshop) input(d draft) *topology.Input {
	f := topology.File{Name: d.Name, Text: []byte(d.Text)}
	if s, ok := w.shelves[d.File]; ok && d.File != "" {
		f.Dir, f.Path = s, d.File
	}
	return &topology.Input{Files: []topology.File{f}}
}

// leafInfo describes a text of a shelf.
type leafInfo struct{ l *leaf }

// Name, Size, Mode, ModTime, IsDir and Sys are those of fs.FileInfo.
func (i leafInfo) Name() string       { return path.Base(i.l.name) }
func (i leafInfo) Size() int64        { return i.l.Reader.Size() }
func (i leafInfo) Mode() fs.FileMode  { return 0o444 }
func (i leafInfo) ModTime() time.Time { return time.Time{} }
func (i leafInfo) IsDir() bool        { return false }
func (i leafInfo) Sys() any           { return nil }
