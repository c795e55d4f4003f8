package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
	"github.com/ftsim/ftsim/topology"
)

// listing is one catalogue that ftsim list shows.
type listing struct {
	name, title string
	rows        func() [][]string
}

// listings is what can be listed; a new catalogue is a new line.
var listings = []listing{
	{"laws", "LAWS  how long something lasts, wherever a duration is asked for", lawRows},
	{"policies", "POLICIES  what a service does about its replicas", func() [][]string { return entryRows(policies.Catalogue) }},
	{"detectors", "DETECTORS  how a fault is noticed", func() [][]string { return entryRows(policies.Detectors) }},
	{"presets", "PRESETS  named values with their source, for preset: NAME", presetRows},
}

func newList(c *console) *cobra.Command {
	var names []string
	for _, l := range listings {
		names = append(names, l.name)
	}
	return &cobra.Command{
		Use:       "list [" + strings.Join(names, "|") + "]",
		Short:     "List the laws, policies, detectors and presets a file may use",
		Example:   "  ftsim list laws",
		Args:      arguments(0, 1, "at most one kind: "+strings.Join(names, ", ")),
		ValidArgs: names,
		RunE:      func(_ *cobra.Command, args []string) error { return list(c, args, names) },
	}
}

func list(c *console, args, names []string) error {
	shown := 0
	for _, l := range listings {
		if len(args) > 0 && args[0] != l.name {
			continue
		}
		if shown++; shown > 1 {
			c.print("\n")
		}
		c.print("%s\n", l.title)
		w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
		for _, row := range l.rows() {
			fmt.Fprintln(w, strings.Join(row, "\t"))
		}
		w.Flush()
	}
	if shown == 0 {
		return badInput("there is no list of %q; %s", args[0], model.DidYouMean(args[0], names))
	}
	return nil
}

func lawRows() (rows [][]string) {
	for _, l := range failures.Catalogue {
		rows = append(rows, []string{l.Name, l.Example, l.Help})
	}
	return rows
}

func entryRows(entries []policies.Entry) (rows [][]string) {
	for _, e := range entries {
		rows = append(rows, []string{e.Name, e.Example, e.Help})
	}
	return rows
}

// presetRows marks each preset with the evidence for its values; the last rows say what the marks mean.
func presetRows() (rows [][]string) {
	for _, p := range topology.Presets() {
		rows = append(rows, []string{p.Name, p.Kind, "[" + p.Labels() + "]", p.Help, p.Source + " (" + p.Version + ")"})
	}
	for _, e := range topology.Evidence {
		rows = append(rows, []string{"", "", "[" + e.Label + "]", e.Meaning, ""})
	}
	return rows
}
