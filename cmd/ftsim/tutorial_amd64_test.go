package main

// Other processors round the last digit of some sums differently, so this runs on one kind only.

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var tutorialStep = regexp.MustCompile("(?s)```sh\n([^`\n]*)\n```\n+(?:```text\n(.*?)\n```)?")

// TestTutorial runs the commands of the tutorial in order, in an empty folder, and holds what it shows against
// what they print. Shown are whole blocks; go test ./cmd/ftsim -update brings them up to date.
func TestTutorial(t *testing.T) {
	file := filepath.Join("../../docs", tutorial)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dir, updated, blocks := t.TempDir(), string(text), 0
	steps := tutorialStep.FindAllStringSubmatch(string(text), -1)
	for _, step := range steps {
		line, into, kept := strings.Cut(step[1], " > ")
		args := ftsimArguments(line)
		if args == nil {
			t.Fatalf("%q is no command of ours", step[1])
		}
		out := printedBy(t, dir, args)
		if kept {
			if err := os.WriteFile(filepath.Join(dir, into), []byte(out), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if step[2] == "" {
			continue
		}
		for _, block := range strings.Split(step[2], "\n\n") {
			blocks++
			now := blockLike(block, out)
			if now == "" || now != block && !*update {
				t.Errorf("%s prints\n%s\nbut the tutorial shows\n%s\nif the change is meant: go test ./cmd/ftsim -update", line, now, block)
				continue
			}
			updated = strings.Replace(updated, "\n"+block+"\n", "\n"+now+"\n", 1)
		}
	}
	if len(steps) < 6 || blocks < 6 {
		t.Errorf("only %d commands and %d blocks; this test would prove nothing", len(steps), blocks)
	}
	if *update && updated != string(text) {
		if err := os.WriteFile(file, []byte(updated), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// blockLike is the block of an output that begins as another one does; "" if there is none. A block of
// sentences ends with its line, before the footing.
func blockLike(block, out string) string {
	begin := strings.Join(strings.Fields(block)[:min(2, len(strings.Fields(block)))], " ")
	for _, b := range strings.Split(strings.TrimRight(out, "\n"), "\n\n") {
		if strings.HasPrefix(strings.Join(strings.Fields(b), " "), begin) {
			sentence, _, several := strings.Cut(b, "\nseed ")
			if several {
				return sentence
			}
			return b
		}
	}
	return ""
}
