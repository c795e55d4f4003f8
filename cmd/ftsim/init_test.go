package main

import (
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Every template runs as it stands, meets its objectives, has no warning that it does not explain, and its next
// step runs, too.
func TestTemplatesRun(t *testing.T) {
	there, err := fs.Glob(templates, "templates/*.yaml")
	if err != nil || len(there) != len(templateNames) {
		t.Fatalf("%d files for %d names, %v", len(there), len(templateNames), err)
	}
	for _, name := range templateNames {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			ftsim := func(args ...string) (string, int) {
				cmd := exec.Command("ftsim", args...)
				cmd.Dir = dir
				out, err := cmd.CombinedOutput()
				return string(out), codeOfExec(err)
			}
			file := name + ".yaml"
			if out, code := ftsim("init", name); code != exitDone || !strings.Contains(out, "ftsim run "+file) {
				t.Fatalf("init: code %d\n%s", code, out)
			}
			if out, code := ftsim("validate", file); code != exitDone || strings.Contains(out, "warning") {
				t.Errorf("validate: code %d\n%s", code, out)
			}
			if out, code := ftsim("fmt", "--check", file); code != exitDone {
				t.Errorf("fmt: code %d\n%s", code, out)
			}
			if out, code := ftsim("run", file, "--runs", "2000"); code != exitDone || !strings.Contains(out, "✓") {
				t.Errorf("run: code %d\n%s", code, out)
			}
			text, _ := template(name, file)
			_, next, found := strings.Cut(text, "# Next to try: `")
			next, _, _ = strings.Cut(next, "`")
			if !found && name != "three-tier" {
				t.Fatal("no next step")
			}
			if name == "three-tier" {
				_, next, _ = strings.Cut(text, "so that `")
				next, _, _ = strings.Cut(next, "`")
			}
			args := append(strings.Fields(next)[1:], "--runs", "200")
			if out, code := ftsim(args...); !slices.Contains([]int{exitDone, exitMissed, exitUndecided}, code) || !strings.Contains(next, file) {
				t.Errorf("%s: code %d\n%s", next, code, out)
			}
		})
	}
}

// Each name in the catalogue is a file, and its first line says what it is.
func TestTemplatesAreDescribed(t *testing.T) {
	lines := strings.Split(describeTemplates(), "\n")
	if len(lines) != len(templateNames) {
		t.Fatalf("%d lines", len(lines))
	}
	for i, l := range lines {
		if !strings.HasPrefix(strings.TrimSpace(l), templateNames[i]) || len(l) < 40 || len(l) > 130 {
			t.Errorf("line %d: %q", i, l)
		}
	}
	if _, ok := template(filepath.Join("..", "init"), "x"); ok {
		t.Error("a template outside of its folder")
	}
}
