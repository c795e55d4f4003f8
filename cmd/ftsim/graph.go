package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/ftsim/ftsim/analysis/report"
	"github.com/ftsim/ftsim/topology"
)

type graphFlags struct{ format, out string }

func newGraph(c *console) *cobra.Command {
	f := &graphFlags{format: report.GraphFormats()[0]}
	cmd := &cobra.Command{
		Use:   "graph FILE",
		Short: "Draw a design as a graph, for Graphviz, Mermaid or D2",
		Long: `Prints the design as the text of a graph: regions, zones and racks as nested groups with their machines,
services with their replicas and the roles these have in the beginning, needs, links, coordinators, and
journeys as the way in. A dashed line is something that can be away for a while, or that no request
waits for. Of more than 300 components, nodes that are numbered through become one: unit × 1000.

Nothing is simulated.`,
		Example: `  ftsim graph shop.yaml | dot -Tsvg > shop.svg
  ftsim graph shop.yaml --format mermaid --out shop.mmd
  ftsim graph -f shop.yaml -f production.yaml --format d2 > shop.d2`,
		Args:              c.layers.orBase(arguments(1, 1, "a topology file")),
		ValidArgsFunction: topologyFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			return graph(c, c.layers.designs(args)[0], f, cmd.Flags().Changed("out"))
		},
	}
	c.layers.addTo(cmd)
	addFormatTo(cmd, &f.format, report.GraphFormats())
	cmd.Flags().StringVar(&f.out, "out", "", "write to `FILE` instead of stdout")
	return cmd
}

func graph(c *console, file string, f *graphFlags, toFile bool) error {
	t, err := c.load(file)
	if err != nil {
		return err
	}
	if !toFile {
		return report.Graph(c.out, t.System, f.format)
	}
	if err := checkDrawing(f.out, t); err != nil {
		return err
	}
	return writePage(f.out, func(w io.Writer) error { return report.Graph(w, t.System, f.format) })
}

// checkDrawing finds out whether a drawing can be written.
func checkDrawing(out string, t *topology.Topology) error {
	switch {
	case out == "":
		return badInput("--out is empty; name a file")
	case isDirectory(out):
		return badInput("--out %s: there is a folder of that name; name a file", out)
	}
	return spareDesign("--out", out, t)
}
