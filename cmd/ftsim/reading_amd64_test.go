package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The pictures of docs/reading.md are those that the command on the page draws; go test ./cmd/ftsim -update draws them anew.
func TestPicturesOfReading(t *testing.T) {
	dir := sandbox(t)
	printedBy(t, dir, []string{"run", "examples/pair-02-warm.yaml", "--runs", "1000", "--out", "out", "--pictures", "svg", "-q"})
	for _, name := range []string{"downtime", "causes"} {
		now, err := os.ReadFile(filepath.Join(dir, "out", name+".svg"))
		if err != nil {
			t.Fatal(err)
		}
		page := "../../docs/reading-" + name + ".svg"
		if *update {
			if err := os.WriteFile(page, now, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if was, err := os.ReadFile(page); err != nil || !bytes.Equal(was, now) {
			t.Errorf("%s is out of date (%v); run go test ./cmd/ftsim -run Reading -update and look at it", page, err)
		}
	}
}
