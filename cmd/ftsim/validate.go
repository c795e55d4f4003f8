package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
)

func newValidate(c *console) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "validate FILE…",
		Short: "Report every fault of topology files at once",
		Long: `Checks files without simulating them. Each problem comes with its position, the line it is about
and, where possible, a suggestion. - reads from stdin. Exit code 2 if any file has an error.`,
		Example: `  ftsim validate shop.yaml
  ftsim validate designs/*.yaml
  cat shop.yaml | ftsim validate -
  ftsim validate shop.yaml -f production.yaml`,
		Args:              c.layers.orBase(arguments(1, -1, "the files to check")),
		ValidArgsFunction: topologyFiles,
		RunE:              func(_ *cobra.Command, files []string) error { return validate(c, c.layers.designs(files)) },
	}
	c.layers.addTo(cmd)
	return cmd
}

// validate goes on after a bad file, so that one call shows everything.
func validate(c *console, files []string) error {
	var worst error
	bad := 0
	for _, f := range files {
		err := validateOne(c, f)
		if err == nil {
			continue
		}
		bad++
		if len(files) > 1 && !isTold(err) {
			c.talk("ftsim: %v", err)
			err = told(codeOf(err))
		}
		if worst == nil || codeOf(err) == exitFailed {
			worst = err
		}
	}
	if bad > 0 && len(files) > 1 {
		c.talk("%d of %d files cannot be used", bad, len(files))
	}
	return worst
}

func validateOne(c *console, file string) error {
	t, err := c.load(file)
	if err != nil {
		return err
	}
	if _, err := engine.Compile(t.System); err != nil {
		return err
	}
	c.print("%s: ok, %s\n", displayName(file), contents(t.System))
	return nil
}

// contents counts what a system is made of.
func contents(s *model.System) string {
	parts := []string{count(len(s.Components), "component"), count(len(s.Services), "service")}
	own := 0
	for i := range s.Journeys {
		if s.Journeys[i].Service < 0 {
			own++
		}
	}
	parts = append(parts, count(own, "journey"))
	if n := len(s.Warnings); n > 0 {
		parts = append(parts, count(n, "warning"))
	}
	return strings.Join(parts, ", ")
}
