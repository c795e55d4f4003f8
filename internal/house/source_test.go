package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"
)

// source is a parsed Go file; name is its path from the root of the module, with slashes.
type source struct {
	name string
	file *ast.File
	set  *token.FileSet
}

func (s source) test() bool { return strings.HasSuffix(s.name, "_test.go") }

// imports lists the paths the file imports.
func (s source) imports() (paths []string) {
	for _, i := range s.file.Imports {
		if p, err := strconv.Unquote(i.Path.Value); err == nil {
			paths = append(paths, p)
		}
	}
	return paths
}

// nameOf is the name under which the file knows an import: its own, or the one the path suggests.
func nameOf(i *ast.ImportSpec) (name, path string) {
	path, _ = strconv.Unquote(i.Path.Value)
	if i.Name != nil {
		return i.Name.Name, path
	}
	name = path[strings.LastIndexByte(path, '/')+1:]
	if rest, found := strings.CutSuffix(path, "/v2"); found { // math/rand/v2 is called rand
		name = rest[strings.LastIndexByte(rest, '/')+1:]
	}
	return name, path
}

// parseTree parses all Go files under root, except what the go command ignores too.
func parseTree(t *testing.T, root string) (all []source) {
	t.Helper()
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := p != root && (strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_"))
		if d.IsDir() && (hidden || d.Name() == "testdata" || d.Name() == "vendor") {
			return filepath.SkipDir
		}
		if d.IsDir() || hidden || filepath.Ext(p) != ".go" {
			return nil
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, p)
		all = append(all, parseText(t, filepath.ToSlash(name), string(text)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 30 {
		t.Fatalf("only %d Go files found under %s; this test would prove nothing", len(all), root)
	}
	return all
}

func parseText(t *testing.T, name, text string) source {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return source{name, file, set}
}

// parseTexts parses files given by name, in order of their names.
func parseTexts(t *testing.T, texts map[string]string) (all []source) {
	t.Helper()
	for name, text := range texts {
		all = append(all, parseText(t, name, text))
	}
	sort.Slice(all, func(i, j int) bool { return all[i].name < all[j].name })
	return all
}
