package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// commands are all commands of the program, the root first.
func commands(t *testing.T) (list []*cobra.Command) {
	t.Helper()
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		list = append(list, cmd)
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(newRoot(&console{}))
	if len(list) < 15 {
		t.Fatalf("only %d commands", len(list))
	}
	return list
}

// Every command shows in its help how it is used, with flags that there are.
func TestHelpHasExamples(t *testing.T) {
	for _, cmd := range commands(t) {
		if cmd.Name() == "help" {
			continue
		}
		if strings.TrimSpace(cmd.Example) == "" {
			t.Errorf("%s: its help has no example", cmd.CommandPath())
		}
		for _, line := range strings.Split(cmd.Example, "\n") {
			args := ftsimArguments(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "source <("), ")"))
			if args == nil {
				continue // a line of the shell
			}
			text, _, _ := strings.Cut(strings.Join(args, " "), "  ")
			found, rest, err := newRoot(&console{}).Find(strings.Fields(text))
			if err == nil {
				err = found.ParseFlags(rest)
			}
			if err != nil {
				t.Errorf("%s: the example %q: %v", cmd.CommandPath(), line, err)
			}
		}
	}
}

// After every flag that takes a value, shells offer what may stand there: words, files, folders, or nothing.
func TestFlagsComplete(t *testing.T) {
	offered := 0
	for _, cmd := range commands(t) {
		eachFlag(cmd, true, func(f flagLine) {
			offer, known := cmd.GetFlagCompletionFunc(f.name)
			switch {
			case f.value == "":
			case !known:
				t.Errorf("%s --%s: nobody says what may follow", cmd.CommandPath(), f.name)
			default:
				words, directive := offer(cmd, nil, "")
				isFile := directive == cobra.ShellCompDirectiveDefault || directive == cobra.ShellCompDirectiveFilterFileExt
				if isFile != (f.value == "FILE") || (directive == cobra.ShellCompDirectiveFilterDirs) != (f.value == "DIR") {
					t.Errorf("%s --%s %s: offers %v with directive %v", cmd.CommandPath(), f.name, f.value, words, directive)
				}
				offered++
			}
		})
	}
	if offered < 20 {
		t.Errorf("only %d flags take a value", offered)
	}
}

// Every command has a page with all its flags, which the program that shows man pages has no complaint about.
func TestManPages(t *testing.T) {
	for _, cmd := range commands(t) {
		page := manPage(cmd)
		for _, part := range []string{".TH ", ".SH NAME\n", ".SH SYNOPSIS\n", ".SH EXAMPLES\n"} {
			if !strings.Contains(page, part) && cmd.Name() != "help" {
				t.Errorf("%s: no %q in its page", cmd.CommandPath(), part)
			}
		}
		eachFlag(cmd, true, func(f flagLine) {
			if !strings.Contains(page, roff("--"+f.name)+`\fR`) {
				t.Errorf("%s: --%s is not in its page", cmd.CommandPath(), f.name)
			}
		})
		complaints(t, cmd.CommandPath(), page)
	}
}

func complaints(t *testing.T, name, page string) {
	t.Helper()
	for _, line := range strings.Split(page, "\n") {
		word, _, _ := strings.Cut(line, " ")
		if strings.HasPrefix(word, ".") && !strings.Contains(" .TH .SH .TP .PP .nf .fi ", " "+word+" ") {
			t.Errorf("%s: %q would be taken for a command of roff", name, line)
		}
	}
	groff, err := exec.LookPath("groff")
	if err != nil {
		return // the check above has to do
	}
	show := exec.Command(groff, "-man", "-Tutf8", "-Kutf8", "-ww", "-z")
	show.Stdin = strings.NewReader(page)
	if out, err := show.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%s: groff: %v\n%s", name, err, out)
	}
}

func TestRoff(t *testing.T) {
	for in, want := range map[string]string{`a\b`: `a\eb`, ".start": `\&.start`, "--set x='1'": `\-\-set x=\(aq1\(aq`, "'q": `\(aqq`} {
		if got := roff(in); got != want {
			t.Errorf("%q is %q in roff, want %q", in, got, want)
		}
	}
	if got, want := manText("one\ntwo\n\nthree\n\n  kept\n\n  too\nend"), "one\ntwo\n.PP\nthree\n.PP\n.nf\n  kept\n\n  too\n.fi\n.PP\nend\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
