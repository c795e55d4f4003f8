package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const tutorial = "tutorial.md"

// few keeps a command from a document quick enough for a test.
const few = "100"

// TestExamples runs every example. How an objective turns out is the example's business; that the
// file is sound and has nothing to warn of without saying so is ours.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("../../examples/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples found: %v", err)
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			for _, args := range [][]string{
				{"validate", f},
				{"run", f, "--runs", few, "-q"},
				{"explain", f},
				{"explain", f, "--compiled"},
				{"graph", f},
				{"trace", f, "--replication", "0", "--all", "-q"},
				{"importance", f, "--runs", "20", "-q"},
			} {
				out, err := exec.Command("ftsim", args...).CombinedOutput()
				if code := codeOfExec(err); code != exitDone && code != exitMissed && code != exitUndecided {
					t.Errorf("ftsim %s: exit code %d\n%s", strings.Join(args, " "), code, out)
				}
				if len(out) == 0 {
					t.Errorf("ftsim %s prints nothing", strings.Join(args, " "))
				}
			}
		})
	}
}

var (
	shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")
	yamlBlock  = regexp.MustCompile("(?s)```yaml\n(.*?)```")
)

// TestDocuments runs the commands and the topologies that README and docs show, so that they stay true.
func TestDocuments(t *testing.T) {
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, f := range append(files, "../../README.md") {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(f) == tutorial { // whose commands build on each other: TestTutorial
			continue
		}
		t.Run(filepath.Base(f), func(t *testing.T) {
			dir := sandbox(t)
			for _, block := range yamlBlock.FindAllStringSubmatch(string(text), -1) {
				if strings.HasPrefix(block[1], "apiVersion:") {
					ran++
					runTopology(t, dir, block[1])
				}
			}
			for _, block := range shellBlock.FindAllStringSubmatch(string(text), -1) {
				for _, line := range strings.Split(strings.TrimSpace(block[1]), "\n") {
					if args := ftsimArguments(line); args != nil {
						ran++
						runLine(t, dir, args)
					}
				}
			}
		})
	}
	if ran < 2 {
		t.Errorf("only %d commands and topologies found in the documents; this test would prove nothing", ran)
	}
}

// sandbox is a folder that looks like the root of the repository, where results may be written.
func sandbox(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(examples, filepath.Join(dir, "examples")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// ftsimArguments takes the arguments from a command line of ours; nil if it is another's. Comments and
// what comes after a pipe are left out.
func ftsimArguments(line string) []string {
	line = strings.TrimPrefix(strings.TrimSpace(line), "$ ")
	line, _, _ = strings.Cut(line, " #")
	line, _, _ = strings.Cut(line, " | ")
	rest, ours := strings.CutPrefix(line, "ftsim ")
	if !ours {
		rest, ours = strings.CutPrefix(line, "go run ./cmd/ftsim ")
	}
	if !ours {
		return nil
	}
	return strings.Fields(rest)
}

func runLine(t *testing.T, dir string, args []string) {
	t.Helper()
	if args[0] == "run" && !slices.Contains(args, "--runs") {
		args = append(args, "--runs", few)
	}
	printedBy(t, dir, args)
}

// printedBy is what a command prints, which must not fail.
func printedBy(t *testing.T, dir string, args []string) string {
	t.Helper()
	cmd := exec.Command("ftsim", args...)
	cmd.Dir = dir
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if code := codeOfExec(cmd.Run()); code != exitDone && code != exitMissed && code != exitUndecided {
		t.Errorf("ftsim %s: exit code %d\n%s", strings.Join(args, " "), code, &stderr)
	}
	return stdout.String()
}

var (
	shownOutput = regexp.MustCompile("(?s)```sh\n([^`\n]*)\n```\n+```text\n(.*?)\n```")
	blockTitle  = regexp.MustCompile(`^[A-Z]+( [A-Z]+)*( {2}\S+)?`)
)

var link = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)

// TestLinks makes sure that documents point to files that are there.
func TestLinks(t *testing.T) {
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(files, "../../README.md", "../../CHANGELOG.md") {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(f), m[1])); err != nil {
				t.Errorf("%s points to %s, which is not there", filepath.Base(f), m[1])
			}
		}
	}
}

func runTopology(t *testing.T, dir, text string) {
	t.Helper()
	file := filepath.Join(dir, "shown.yaml")
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	runLine(t, dir, []string{"run", "shown.yaml"})
}
