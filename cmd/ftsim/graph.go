package main

import (
	"io"
	"os"

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
	in, err := c.input(file)
	if err != nil {
		return err
	}
	if toFile {
		if err := checkDrawing(f.out, in); err != nil {
			return err
		}
	}
	t, err := c.loadInput(in, !c.quiet)
	if err != nil {
		return err
	}
	if toFile {
		return writePage(f.out, func(w io.Writer) error { return report.Graph(w, t.System, f.format) })
	}
	return report.Graph(c.out, t.System, f.format)
}

// checkDrawing keeps a slip of the fingers from replacing the design by its drawing.
func checkDrawing(out string, in *topology.Input) error {
	switch {
	case out == "":
		return badInput("--out needs the name of a file")
	case isDirectory(out):
		return badInput("--out %s: that is a directory; name a file in it", out)
	}
	there, err := os.Stat(out)
	if err != nil {
		return nil
	}
	for _, f := range in.Files {
		if read, err := os.Stat(f.Name); err == nil && os.SameFile(there, read) {
			return badInput("--out %s: the design itself is there; name another file", out)
		}
	}
	return nil
}
