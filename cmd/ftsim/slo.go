package main

import (
	"github.com/spf13/cobra"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/topology"
)

func newSLO(c *console) *cobra.Command {
	window := 30 * model.Day
	cmd := &cobra.Command{
		Use:   "slo FILE",
		Short: "Write the objectives of a design as OpenSLO documents",
		Long: `Prints the objectives of FILE as OpenSLO documents (openslo/v1), for tools that watch the real system:
one SLO for each promise of availability, over a rolling window. OpenSLO has no words for RTO and RPO,
which become annotations. Which metric shows the availability is not known here: the documents name an
indicator that is to be described where it is measured.

The other way round, --slo takes objectives from OpenSLO documents, for every command that reads a design.`,
		Example: `  ftsim slo shop.yaml > slo.yaml
  ftsim slo shop.yaml --window 28d
  ftsim run shop.yaml --slo slo.yaml`,
		Args:              c.layers.orBase(arguments(1, 1, "a topology file")),
		ValidArgsFunction: topologyFiles,
		RunE: func(_ *cobra.Command, args []string) error {
			return writeSLO(c, c.layers.designs(args)[0], window)
		},
	}
	c.layers.addTo(cmd)
	cmd.Flags().Var(secondsFlag{&window}, "window", "how long the rolling window is over which an SLO holds")
	return cmd
}

func writeSLO(c *console, file string, window model.Seconds) error {
	t, err := c.load(file)
	if err != nil {
		return err
	}
	if len(t.Plan.Objectives) == 0 {
		return badInput("%s has no objectives; write for example objectives: [{journey: checkout, availability: 99.9%%}]", displayName(file))
	}
	text, err := topology.OpenSLO(t.System, t.Plan, window)
	if err != nil {
		return badInput("--window: %v", err)
	}
	c.print("%s", text)
	return nil
}
