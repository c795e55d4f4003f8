package main

import (
	"encoding/json"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/ftsim/ftsim/analysis/report"
)

// Version is what the next release will be called until it is one.
const Version = "0.1.0-dev"

// build tells exactly which program this is.
type build struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Time     string `json:"time,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
	Format   int    `json:"format_version"` // of what is written for other programs
}

// readBuild asks the binary what it was built from; go run and go test leave out the commit.
func readBuild() build {
	b := build{Version: Version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Format: report.FormatVersion}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

func newVersion(c *console) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print the version and what it was built from",
		Example: "  ftsim version --json",
		Args:    arguments(0, 0, "no arguments"),
		RunE:    func(*cobra.Command, []string) error { return version(c, asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

func version(c *console, asJSON bool) error {
	b := readBuild()
	if asJSON {
		e := json.NewEncoder(c.out)
		e.SetIndent("", "  ")
		return e.Encode(b)
	}
	c.print("ftsim %s", b.Version)
	if b.Commit != "" {
		c.print(" (%.12s", b.Commit)
		if b.Modified {
			c.print(", modified")
		}
		c.print(")")
	}
	c.print(", %s %s\n", b.Go, b.Platform)
	return nil
}
