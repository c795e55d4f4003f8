package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// topologyFiles completes arguments to files a command can read.
func topologyFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
}

// completeFlag offers words for the value of a flag. It panics if there is no such flag, which every
// start of the program would show.
func completeFlag(cmd *cobra.Command, flag string, words ...string) {
	if err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err)
	}
}

// flagLine is a flag as help and man pages show it.
type flagLine struct {
	name, short string // -s, --name
	value       string // what stands after it; "" if nothing does
	usage       string
	byDefault   string // "" if the usage says it, or there is none
}

// eachFlag visits the flags of a command, its own or those of all commands, by name.
func eachFlag(cmd *cobra.Command, own bool, visit func(flagLine)) {
	list := cmd.InheritedFlags()
	if own {
		cmd.InitDefaultHelpFlag()
		list = cmd.NonInheritedFlags()
	}
	list.VisitAll(func(f *pflag.Flag) {
		value, usage := pflag.UnquoteUsage(f)
		line := flagLine{name: f.Name, short: f.Shorthand, value: value, usage: usage}
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" && f.DefValue != "[]" {
			line.byDefault = f.DefValue
		}
		visit(line)
	})
}

// completeRest has shells offer files and folders after the flags that take them, and nothing after those that take
// something else.
func completeRest(cmd *cobra.Command) {
	eachFlag(cmd, true, func(f flagLine) {
		if _, known := cmd.GetFlagCompletionFunc(f.name); known || f.value == "" {
			return
		}
		offer := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			switch {
			case f.name == "file":
				return topologyFiles(nil, nil, "")
			case f.value == "FILE":
				return nil, cobra.ShellCompDirectiveDefault
			case f.value == "DIR":
				return nil, cobra.ShellCompDirectiveFilterDirs
			}
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		if err := cmd.RegisterFlagCompletionFunc(f.name, offer); err != nil {
			panic(err)
		}
	})
	for _, sub := range cmd.Commands() {
		completeRest(sub)
	}
}

// strictCompletion lets a shell nobody knows be a mistake instead of a call for help.
func strictCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, sub := range root.Commands() {
		if sub.Name() != "completion" {
			continue
		}
		sub.Example = "  ftsim completion bash"
		sub.Args = arguments(1, 1, "the name of a shell")
		for _, shell := range sub.Commands() {
			shell.Example = map[string]string{
				"bash":       "  source <(ftsim completion bash)",
				"zsh":        "  source <(ftsim completion zsh)",
				"fish":       "  ftsim completion fish | source",
				"powershell": "  ftsim completion powershell | Out-String | Invoke-Expression",
			}[shell.Name()]
		}
		sub.RunE = func(_ *cobra.Command, args []string) error {
			return badInput("there is no completion for %q; the shells are bash, fish, powershell and zsh", args[0])
		}
	}
}

// strictHelp lets help on a word that is no command be a mistake, instead of help on something else.
func strictHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	for _, sub := range root.Commands() {
		if sub.Name() != "help" {
			continue
		}
		show := sub.Run
		sub.Run = nil
		sub.RunE = func(cmd *cobra.Command, args []string) error {
			if found, _, err := root.Find(args); len(args) > 0 && (err != nil || found == root) {
				return unknownCommand(root, args)
			}
			show(cmd, args)
			return nil
		}
	}
}
