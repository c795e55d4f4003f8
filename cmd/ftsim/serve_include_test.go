package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What the files on the command line include is found as it was, and nothing else is.
func TestServeIncludesWhatItWasOpenedWith(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	const head, tail = "apiVersion: ftsim/v1\ninclude: ", "\nservices: {db: {replicas: [a]}}\n"
	shop := write("shop.yaml", head+"parts.yaml"+tail)
	write("parts.yaml", "nodes: {a: {mtbf: 90d}}")
	write("secret.yaml", "nodes: {secret: {}}")
	drafts, err := openDrafts(newConsole(os.Stdin, os.Stdout, os.Stderr), []string{shop}, usualLimits())
	if err != nil {
		t.Fatal(err)
	}
	w := newWorkshop(context.Background(), drafts, usualLimits(), 1)
	w.shelves = shelvesOf([]string{shop}, drafts)
	write("parts.yaml", "nodes: {a: {mtfb: 1d}}") // nobody reads it again
	for _, x := range []struct{ name, file, text, want string }{
		{"as it was", "shop.yaml", drafts[0].Text, ""},
		{"another file of the folder", "shop.yaml", head + "secret.yaml" + tail, `there is no file "secret.yaml"`},
		{"out of the folder", "shop.yaml", head + "../../etc/passwd" + tail, "leads out"},
		{"from the root", "shop.yaml", head + "/etc/passwd" + tail, "leads out"},
		{"a draft of another name", "new.yaml", drafts[0].Text, "is no file in a folder"},
		{"a draft without a name", "", drafts[0].Text, "is no file in a folder"},
	} {
		got := checkDraft(w.input(draft{Name: "d", File: x.file, Text: x.text}))
		if got.OK != (x.want == "") || !got.OK && (!strings.Contains(got.Faults[0].What, x.want) || got.Faults[0].Line != 2) {
			t.Errorf("%s: %+v", x.name, got)
		}
	}
	w.shelves["shop.yaml"]["parts.yaml"] = []byte("nodes: {a: {mtfb: 1d}}")
	got := checkDraft(w.input(drafts[0]))
	if got.OK || got.Faults[0].Line != 0 || !strings.HasPrefix(got.Faults[0].What, `parts.yaml:1:13: node "a": unknown key`) {
		t.Errorf("a slip in an included file: %+v", got)
	}
}
