package house

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// ban forbids names of a package: all of them, or only some, or all but some.
type ban struct {
	only, except []string
	why          string
}

func (b ban) hits(name string) bool {
	if b.only != nil {
		return slices.Contains(b.only, name)
	}
	return !slices.Contains(b.except, name)
}

// bans holds what would make a result depend on more than the file, the seed and the version, or
// write where nobody asked for it. The command, which talks to the world, and tests are free.
var bans = map[string]ban{
	"time": {
		only: []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer"},
		why:  "results must not depend on the clock",
	},
	"math/rand/v2": {
		except: []string{"New", "NewPCG", "NewChaCha8", "NewZipf", "Rand", "Source", "PCG", "ChaCha8", "Zipf"},
		why:    "draw from the generator you were given, not from the global one",
	},
	"math/rand":   {why: "use math/rand/v2"},
	"crypto/rand": {why: "draws must be reproducible"},
	"os":          {why: "only the command touches the process and its files"},
	"os/signal":   {why: "only the command touches the process"},
	"os/exec":     {why: "only the command touches the process"},
	"log":         {why: "return errors; only the command talks"},
	"log/slog":    {why: "return errors; only the command talks"},
	"fmt":         {only: []string{"Print", "Printf", "Println", "Scan", "Scanf", "Scanln"}, why: "write to the writer you were given"},
}

func TestBannedCalls(t *testing.T) {
	for _, f := range parseTree(t, "../..") {
		for _, fault := range bannedCalls(f) {
			t.Error(fault)
		}
	}
}

// bannedCalls names each use of something banned in f, with its position.
func bannedCalls(f source) (faults []string) {
	if f.test() || strings.HasPrefix(f.name, "cmd/") || strings.HasPrefix(f.name, "internal/") {
		return nil
	}
	report := func(n ast.Node, format string, args ...any) {
		faults = append(faults, fmt.Sprintf("%v: ", f.set.Position(n.Pos()))+fmt.Sprintf(format, args...))
	}
	banned := map[string]string{} // name in this file -> path
	for _, i := range f.file.Imports {
		name, path := nameOf(i)
		if _, ok := bans[path]; !ok {
			continue
		}
		if name == "." {
			report(i, "dot import of %s hides what is called", path)
		}
		banned[name] = path
	}
	ast.Inspect(f.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			x, isName := n.X.(*ast.Ident)
			if !isName {
				return true
			}
			if path, ok := banned[x.Name]; ok && bans[path].hits(n.Sel.Name) {
				report(n, "%s.%s: %s", path, n.Sel.Name, bans[path].why)
			}
		case *ast.FuncDecl:
			if n.Recv == nil && n.Name.Name == "init" {
				report(n, "init function: build tables as values or where they are used")
			}
		case *ast.CallExpr:
			if x, isName := n.Fun.(*ast.Ident); isName && (x.Name == "print" || x.Name == "println") {
				report(n, "%s: write to the writer you were given", x.Name)
			}
		}
		return true
	})
	return faults
}

func TestBannedCallsAreSeen(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"clock", `import "time"; var t = time.Now()`, "time.Now: results must not depend on the clock"},
		{"clock by another name", `import clock "time"; var t = clock.Since`, "time.Since"},
		{"units of time are harmless", `import "time"; var d = 3 * time.Second`, ""},
		{"global generator", `import "math/rand/v2"; var n = rand.IntN(6)`, "math/rand/v2.IntN: draw from the generator"},
		{"own generator", `import "math/rand/v2"; var r = rand.New(rand.NewPCG(1, 2))`, ""},
		{"a type", `import "math/rand/v2"; func f(r *rand.Rand) float64 { return r.Float64() }`, ""},
		{"old generator", `import "math/rand"; var r = rand.New(nil)`, "math/rand.New: use math/rand/v2"},
		{"files", `import "os"; var f, err = os.Open("x")`, "os.Open: only the command"},
		{"stdout", `import "fmt"; func f() { fmt.Println() }`, "fmt.Println: write to the writer"},
		{"a writer", `import ("fmt"; "io"); func f(w io.Writer) { fmt.Fprintln(w) }`, ""},
		{"builtin", `func f() { println("x") }`, "println: write to the writer"},
		{"init", `func init() {}`, "init function"},
		{"a method called init", `type t int; func (t) init() {}`, ""},
		{"dot import", `import . "fmt"; func f() { Println() }`, "dot import of fmt"},
	} {
		f := parseText(t, "engine/x.go", "package engine; "+c.text)
		got := strings.Join(bannedCalls(f), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	free := `package main; import "os"; func f() { os.Exit(1) }`
	for _, name := range []string{"cmd/ftsim/main.go", "engine/x_test.go"} {
		if got := bannedCalls(parseText(t, name, free)); got != nil {
			t.Errorf("%s is free to do what it likes, got %q", name, got)
		}
	}
}
