package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ftsim/ftsim/analysis/report"
)

func fileOf(name, text string) report.File {
	return report.File{Name: name, Write: func(w io.Writer) error { _, err := io.WriteString(w, text); return err }}
}

// holds demands that a folder has exactly these files.
func holds(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != len(want) {
		t.Errorf("%d entries, want %d (%v)", len(entries), len(want), err)
	}
	for name, text := range want {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != text {
			t.Errorf("%s holds %q, want %q (%v)", name, got, text, err)
		}
	}
}

// A user who presses Ctrl-C while tables are being written keeps what was there.
func TestInterruptedWriting(t *testing.T) {
	dir := t.TempDir()
	if err := writeFiles(dir, []report.File{fileOf("a", "1"), fileOf("b", "1")}); err != nil {
		t.Fatal(err)
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	endless := report.File{Name: "b", Write: func(w io.Writer) error {
		if err := self.Signal(os.Interrupt); err != nil {
			return err
		}
		for give := time.Now().Add(time.Minute); time.Now().Before(give); {
			if _, err := w.Write(make([]byte, 1<<12)); err != nil {
				return err
			}
		}
		t.Error("nobody ended the writing")
		return nil
	}}
	if err := writeFiles(dir, []report.File{fileOf("a", "2"), endless}); codeOf(err) != exitInterrupted {
		t.Errorf("%v, exit code %d", err, codeOf(err))
	}
	holds(t, dir, map[string]string{"a": "1", "b": "1"})
}

// A place that cannot be taken brings back everything that had already changed places.
func TestFilesChangePlacesTogether(t *testing.T) {
	dir := t.TempDir()
	x := exchange{dir: dir, fresh: t.TempDir(), old: t.TempDir()}
	for _, name := range []string{"a", "b"} {
		for where, text := range map[string]string{dir: "1", x.fresh: "2"} {
			if err := os.WriteFile(filepath.Join(where, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := x.run([]report.File{{Name: "a"}, {Name: "missing"}, {Name: "b"}}); err == nil || x.stuck {
		t.Errorf("%v, stuck %v", err, x.stuck)
	}
	holds(t, dir, map[string]string{"a": "1", "b": "1"})
	if err := x.run([]report.File{{Name: "a"}, {Name: "b"}}); err != nil {
		t.Error(err)
	}
	holds(t, dir, map[string]string{"a": "2", "b": "2"})
}
