package main

// Other processors round the last digit of some sums differently, so this runs on one kind only.

import (
	"os"
	"strings"
	"testing"
)

// TestShownOutput holds what documents show of a command's output to what the command prints. Shown
// are whole blocks, recognised by their titles; go test ./cmd/ftsim -update brings them up to date.
func TestShownOutput(t *testing.T) {
	for _, file := range []string{"../../README.md", "../../docs/reading.md"} {
		shownIn(t, file)
	}
}

func shownIn(t *testing.T, readme string) {
	t.Helper()
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	shown := shownOutput.FindAllStringSubmatch(string(text), -1)
	if len(shown) == 0 {
		t.Fatalf("%s shows no output; this test would prove nothing", readme)
	}
	updated := string(text)
	for _, match := range shown {
		printed := map[string]string{}
		for _, block := range strings.Split(printedBy(t, sandbox(t), ftsimArguments(match[1])), "\n\n") {
			printed[blockTitle.FindString(block)] = block
		}
		for _, block := range strings.Split(match[2], "\n\n") {
			now := printed[blockTitle.FindString(block)]
			if now == "" {
				t.Fatalf("%s prints no block %q", match[1], blockTitle.FindString(block))
			}
			if now != block && !*update {
				t.Errorf("%s prints\n%s\nbut the document shows\n%s\nif the change is meant: go test ./cmd/ftsim -update", match[1], now, block)
			}
			updated = strings.Replace(updated, block, now, 1)
		}
	}
	if *update && updated != string(text) {
		if err := os.WriteFile(readme, []byte(updated), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
