package main

import (
	"github.com/spf13/cobra"

	"github.com/ftsim/ftsim/topology"
)

func newSchema(c *console) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of topology files, for editors",
		Long: `Prints a JSON Schema (draft-07) of topology files. An editor that knows it completes keys and words
and marks mistakes while you write. Tell it in the first line of a file:

  # yaml-language-server: $schema=ftsim.schema.json

ftsim validate finds more than a schema can, such as names that are not there.`,
		Example: `  ftsim schema > ftsim.schema.json`,
		Args:    arguments(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			c.print("%s", topology.Schema())
			return nil
		},
	}
}
