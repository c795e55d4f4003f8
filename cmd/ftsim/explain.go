package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/topology"
)

func newExplain(c *console) *cobra.Command {
	compiled, resolved := false, false
	cmd := &cobra.Command{
		Use:   "explain FILE",
		Short: "Print every value in effect and where it comes from",
		Long: `Prints the values a simulation of FILE would use, with their sources: the file, a default or a
preset; at the end, what the presets rest on. With --compiled it prints the form the engine runs:
clocks, laws, groups and what they rest on. With --show-resolved it prints the file as it is after -f
and --set: a topology that means the same by itself.`,
		Example: `  ftsim explain shop.yaml
  ftsim explain shop.yaml | grep default
  ftsim explain shop.yaml --compiled
  ftsim explain -f shop.yaml -f production.yaml --set nodes.db-a.mtbf=90d --show-resolved`,
		Args:              c.layers.orBase(arguments(1, 1, "a topology file")),
		ValidArgsFunction: topologyFiles,
		RunE: func(_ *cobra.Command, args []string) error {
			return explain(c, c.layers.designs(args)[0], compiled, resolved)
		},
	}
	c.layers.addTo(cmd)
	cmd.Flags().BoolVar(&compiled, "compiled", false, "print the compiled form instead")
	cmd.Flags().BoolVar(&resolved, "show-resolved", false, "print the topology as one file, with everything that is laid over it")
	return cmd
}

func explain(c *console, file string, compiled, resolved bool) error {
	if compiled && resolved {
		return badInput("--compiled and --show-resolved are two forms; give one of them")
	}
	t, err := c.load(file)
	if err != nil {
		return err
	}
	if resolved {
		text, err := t.Resolved()
		c.print("%s", text)
		return err
	}
	if !compiled {
		return explainSettings(c, t)
	}
	p, err := engine.Compile(t.System)
	if err != nil {
		return err
	}
	return p.Explain(c.out)
}

// explainSettings aligns path, value and source; what the file says itself is given with its line.
func explainSettings(c *console, t *topology.Topology) error {
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for _, s := range t.Settings {
		source := s.Source
		if source == "file" && s.At.Line > 0 {
			source = s.At.String()
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", s.Path, s.Value, source)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return explainPresets(c, t)
}

// explainPresets says of each preset that gave a value what it rests on, and as of when.
func explainPresets(c *console, t *topology.Topology) error {
	used := map[string]bool{}
	for _, s := range t.Settings {
		if words := strings.Fields(s.Source); len(words) > 1 && words[0] == "preset" {
			used[words[1]] = true
		}
	}
	if len(used) == 0 {
		return nil
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w)
	for _, p := range topology.Presets() {
		if used[p.Name] {
			fmt.Fprintf(w, "preset %s\t%s\t%s\t%s\n", p.Name, p.Kind, p.Version, p.Source)
		}
	}
	return w.Flush()
}
