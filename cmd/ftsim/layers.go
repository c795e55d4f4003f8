package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ftsim/ftsim/topology"
)

// layers are what is laid over every topology file of a command.
type layers struct {
	overlays []string
	set      []string
	slos     []string
	includes string // the folder that include: may read from, if it is not that of the file
	based    bool   // the first overlay is the design itself, because no other was named
}

// addTo declares the flags that change a design without a change of its file.
func (l *layers) addTo(cmd *cobra.Command) {
	cmd.Flags().StringArrayVarP(&l.overlays, "file", "f", nil, "lay `FILE` over the design, key by key; may be repeated, later ones win")
	cmd.Flags().StringArrayVar(&l.set, "set", nil, "put a value in its place, as in `path=value`; may be repeated: services.db.policy=warm")
	cmd.Flags().StringArrayVar(&l.slos, "slo", nil, "take objectives from the OpenSLO documents in `FILE`; may be repeated")
	cmd.Flags().StringVar(&l.includes, "include-dir", "", "let include: read files below `DIR`, instead of the folder of the design")
}

// setName is what messages call values from the command line.
const setName = "--set"

// designs are the files that a command is about; without arguments it is the first -f.
func (l *layers) designs(args []string) []string {
	if len(args) == 0 && len(l.overlays) > 0 {
		l.based = true
		return l.overlays[:1]
	}
	return args
}

// orBase checks arguments, of which the first -f may take the place.
func (l *layers) orBase(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error { return check(cmd, l.designs(args)) }
}

// above are the files that are laid over a design.
func (l *layers) above() []string {
	if l.based {
		return l.overlays[1:]
	}
	return l.overlays
}

// over adds what is laid over a file to it.
func (c *console) over(in *topology.Input) error {
	if c.layers.piped() && in.Files[0].Name == stdinName {
		return badInput("- is there twice, but stdin can be read only once")
	}
	for _, o := range c.layers.above() {
		f, err := c.file(o)
		if err != nil {
			return err
		}
		in.Files = append(in.Files, f)
	}
	for _, s := range c.layers.slos {
		f, err := c.file(s)
		if err != nil {
			return err
		}
		in.SLOs = append(in.SLOs, f)
	}
	for _, s := range c.layers.set {
		in.Set = append(in.Set, topology.Assignment{From: setName, Text: s})
	}
	return nil
}

// piped tells whether something that is laid over comes through a pipe.
func (l *layers) piped() bool {
	return slices.Contains(slices.Concat(l.above(), l.slos), stdinArgument)
}

// words are the flags for the command line of another command; "" if there are none.
func (l *layers) words() string {
	var b strings.Builder
	for _, o := range l.above() {
		b.WriteString(" -f " + shellWord(o))
	}
	for _, s := range l.slos {
		b.WriteString(" --slo " + shellWord(s))
	}
	for _, s := range l.set {
		b.WriteString(" --set " + shellWord(s))
	}
	if l.includes != "" {
		b.WriteString(" --include-dir " + shellWord(l.includes))
	}
	return b.String()
}
