package main

import "github.com/spf13/cobra"

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

// strictCompletion lets a shell nobody knows be a mistake instead of a call for help.
func strictCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, sub := range root.Commands() {
		if sub.Name() != "completion" {
			continue
		}
		sub.Example = "  ftsim completion bash"
		sub.Args = arguments(1, 1, "the name of a shell")
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
