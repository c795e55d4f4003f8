package main

import (
	"fmt"
	"regexp"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ftsim/ftsim/model"
)

// newRoot assembles the command tree. A new command is a file of its own and a line here.
func newRoot(c *console) *cobra.Command {
	root := &cobra.Command{
		Use:   "ftsim",
		Short: "Simulate how an IT architecture fails and recovers",
		Long: `ftsim reads an architecture from a YAML file and simulates many years of failures, detection,
failover and repair. It reports availability, recovery times and data loss with honest intervals,
and where the downtime comes from.`,
		Example: `  ftsim run shop.yaml                  simulate and summarise
  ftsim run shop.yaml --out results    also write tables, JSON and pictures
  ftsim compare today.yaml plan.yaml   what a change is worth
  ftsim explain shop.yaml              every value in effect and where it comes from
  ftsim trace shop.yaml                the story of a bad year`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE:          unknownCommand,
	}
	root.PersistentFlags().BoolVarP(&c.quiet, "quiet", "q", false, "no progress and no warnings")
	root.PersistentFlags().BoolVar(&c.noColor, "no-color", false, "no colours; NO_COLOR and TERM=dumb do the same")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return flagError(cmd, err) })
	root.AddCommand(
		newInit(c),
		newRun(c),
		newCompare(c),
		newSweep(c),
		newValidate(c),
		newExplain(c),
		newFmt(c),
		newTrace(c),
		newImportance(c),
		newServe(c),
		newList(c),
		newSchema(c),
		newGraph(c),
		newSLO(c),
		newVersion(c),
		newMan(),
	)
	strictCompletion(root)
	strictHelp(root)
	completeRest(root)
	return root
}

// execute runs the command line and returns the exit code. It is the one place where errors are
// printed and panics end.
func execute(args []string, c *console) (code int) {
	defer func() {
		if x := recover(); x != nil {
			c.talk("ftsim: internal error: %v\n\n%s\nThis is a fault in ftsim, not in your file. Please report it with the command line, the file\nand the lines above, to https://github.com/ftsim/ftsim/issues", x, debug.Stack())
			code = exitFailed
		}
	}()
	root := newRoot(c)
	root.SetArgs(args)
	root.SetIn(c.in)
	root.SetOut(c.out) // help is data: ftsim run --help | less
	root.SetErr(c.err)
	err := root.Execute()
	if flushed := c.finish(); flushed != nil && (err == nil || isTold(err)) {
		err = flushed
	}
	if err != nil && !isTold(err) {
		c.talk("ftsim: %v", err)
	}
	return codeOf(err)
}

// unknownCommand answers a bare ftsim with help and a word that is no command with a suggestion. If
// the word is a file, the command was forgotten.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	var names []string
	for _, sub := range cmd.Commands() {
		names = append(names, sub.Name())
	}
	hint := model.DidYouMean(args[0], names)
	if hint == "" {
		hint = "see: ftsim --help"
	}
	if isFile(args[0]) {
		hint = fmt.Sprintf("to simulate it, write: ftsim run %s", args[0])
	}
	return badInput("unknown command %q; %s", args[0], hint)
}

// parseFault is what the flag library passes on from strconv, which speaks to programmers.
var parseFault = regexp.MustCompile(`strconv\.Parse\w+: parsing .*: (invalid syntax|value out of range)`)

// flagError adds what the flag library leaves out: the nearest flag, and where to read on.
func flagError(cmd *cobra.Command, err error) error {
	message := err.Error()
	if word, found := strings.CutPrefix(message, "unknown flag: "); found {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		if n := model.Nearest(word, names); n != "" {
			return badInput("unknown flag %s; did you mean %s?", word, n)
		}
		message = "unknown flag " + word
	}
	message = parseFault.ReplaceAllStringFunc(message, func(fault string) string {
		if strings.Contains(fault, "ParseBool") {
			return "write true or false"
		}
		return "write a whole number"
	})
	return badInput("%s; see: %s --help", message, cmd.CommandPath())
}

// arguments checks the number of positional arguments and says what is missing in the user's words.
func arguments(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return badInput("%s needs %s; write for example: %s", cmd.CommandPath(), what, firstExample(cmd))
		case most >= 0 && len(args) > most:
			number := fmt.Sprintf("%d arguments", len(args))
			if len(args) == 1 {
				number = "one"
			}
			return badInput("%s takes %s, but got %s: %s", cmd.CommandPath(), what, number, strings.Join(args, " "))
		}
		return nil
	}
}

// firstExample is the command line of the first example in a command's help.
func firstExample(cmd *cobra.Command) string {
	line, _, _ := strings.Cut(strings.TrimSpace(cmd.Example), "\n")
	line, _, _ = strings.Cut(line, "   ")
	return line
}
