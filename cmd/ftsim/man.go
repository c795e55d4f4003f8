package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// newMan writes the manual. It is for those who make packages, so help leaves it out.
func newMan() *cobra.Command {
	return &cobra.Command{
		Use:    "man DIR",
		Short:  "Write man pages of all commands",
		Long:   "Writes a page for man(1) of each command to the folder DIR, which is made if it is not there.",
		Hidden: true,
		Example: `  ftsim man /usr/local/share/man/man1
  man ./man/ftsim-run.1`,
		Args: arguments(1, 1, "the folder to write to"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if isFile(args[0]) {
				return badInput("there is a file of the name %s; name a folder", args[0])
			}
			err := os.MkdirAll(args[0], 0o777)
			if err == nil {
				err = writeManual(cmd.Root(), args[0])
			}
			if err != nil {
				return fmt.Errorf("cannot write to the folder %s: %w", args[0], reason(err))
			}
			return nil
		},
	}
}

// writeManual writes the page of a command, and of those under it.
func writeManual(cmd *cobra.Command, dir string) error {
	file := filepath.Join(dir, manName(cmd)+".1")
	if err := os.WriteFile(file, []byte(manPage(cmd)), 0o666); err != nil {
		return err
	}
	for _, sub := range documented(cmd) {
		if err := writeManual(sub, dir); err != nil {
			return err
		}
	}
	return nil
}

// documented are the commands under one that have a page.
func documented(cmd *cobra.Command) (list []*cobra.Command) {
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() && sub.Name() != "help" {
			list = append(list, sub)
		}
	}
	return list
}

func manName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// manPage is the page of a command in roff, the language of man pages. It is the same for the same program: it tells of
// no date and no machine.
func manPage(cmd *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %q 1 \"\" %q \"ftsim manual\"\n", strings.ToUpper(manName(cmd)), "ftsim "+Version)
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", roff(manName(cmd)), roff(cmd.Short))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.nf\n\\fB%s\\fR%s\n.fi\n", roff(cmd.CommandPath()), roff(strings.TrimPrefix(cmd.UseLine(), cmd.CommandPath())))
	if text, exits, _ := strings.Cut(cmd.Long, "Exit codes:\n"); strings.TrimSpace(text) != "" {
		b.WriteString(".SH DESCRIPTION\n" + manText(text))
		if exits != "" {
			b.WriteString(".SH EXIT STATUS\n" + manText(exits))
		}
	}
	if list := documented(cmd); len(list) > 0 {
		b.WriteString(".SH COMMANDS\n")
		for _, sub := range list {
			fmt.Fprintf(&b, ".TP\n\\fB%s\\fR(1)\n%s\n", roff(manName(sub)), roff(sub.Short))
		}
	}
	manFlags(&b, cmd, "OPTIONS", true)
	manFlags(&b, cmd, "OPTIONS OF ALL COMMANDS", false)
	if cmd.Example != "" {
		b.WriteString(".SH EXAMPLES\n" + manText(cmd.Example))
	}
	if cmd.HasParent() {
		fmt.Fprintf(&b, ".SH SEE ALSO\n\\fB%s\\fR(1)\n", roff(manName(cmd.Parent())))
	}
	return b.String()
}

func manFlags(b *strings.Builder, cmd *cobra.Command, title string, own bool) {
	eachFlag(cmd, own, func(f flagLine) {
		if title != "" {
			fmt.Fprintf(b, ".SH %s\n", title)
			title = ""
		}
		names := "\\fB" + roff("--"+f.name) + "\\fR"
		if f.short != "" {
			names = "\\fB" + roff("-"+f.short) + "\\fR, " + names
		}
		if f.value != "" {
			names += " \\fI" + roff(f.value) + "\\fR"
		}
		if f.byDefault != "" {
			f.usage += " (default " + f.byDefault + ")"
		}
		fmt.Fprintf(b, ".TP\n%s\n%s\n", names, roff(f.usage))
	})
}

// manText is a text with paragraphs, of which indented lines stay as they are.
func manText(text string) string {
	var b strings.Builder
	kept, empty := false, false
	for _, line := range strings.Split(strings.Trim(text, "\n"), "\n") {
		if strings.TrimSpace(line) == "" {
			empty = true
			continue
		}
		indented := strings.HasPrefix(line, " ")
		switch {
		case indented && !kept:
			b.WriteString(".PP\n.nf\n")
		case kept && !indented:
			b.WriteString(".fi\n.PP\n")
		case empty && indented:
			b.WriteString("\n")
		case empty:
			b.WriteString(".PP\n")
		}
		kept, empty = indented, false
		b.WriteString(roff(line) + "\n")
	}
	if kept {
		b.WriteString(".fi\n")
	}
	return b.String()
}

// roff is a line of text that means nothing to roff but itself.
func roff(line string) string {
	line = strings.NewReplacer(`\`, `\e`, "-", `\-`, "~", `\(ti`, "^", `\(ha`, "`", `\(ga`, "'", `\(aq`).Replace(line)
	if strings.HasPrefix(line, ".") {
		return `\&` + line
	}
	return line
}
