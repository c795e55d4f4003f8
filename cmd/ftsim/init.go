package main

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ftsim/ftsim/model"
)

// templates are designs to begin with. The first line of each says what it is.
//
//go:embed templates/*.yaml
var templates embed.FS

// usualTemplate is what somebody gets who names none.
const usualTemplate = "three-tier"

// templateNames are in the order of what they ask of a reader.
var templateNames = []string{"single", "two-zone", "three-tier", "k-of-n", "kafka", "multi-region", "kubernetes"}

func newInit(c *console) *cobra.Command {
	out := ""
	cmd := &cobra.Command{
		Use:   "init [TEMPLATE]",
		Short: "Write a design to begin with",
		Long:  "Writes a commented design that runs as it stands, to change into your own. A file that is there is never\noverwritten. The templates are:\n\n" + describeTemplates(),
		Example: `  ftsim init
  ftsim init two-zone --out shop.yaml
  ftsim init kafka --out - | less`,
		Args:      arguments(0, 1, "the name of a template, or none for "+usualTemplate),
		ValidArgs: templateNames,
		RunE: func(_ *cobra.Command, args []string) error {
			name := usualTemplate
			if len(args) > 0 {
				name = args[0]
			}
			return begin(c, name, out)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "write to `FILE`; - for stdout (default: the template's name with .yaml)")
	return cmd
}

// describeTemplates is a line for each template.
func describeTemplates() string {
	var b strings.Builder
	for _, name := range templateNames {
		text, _ := template(name, "")
		first, _, _ := strings.Cut(text, "\n")
		fmt.Fprintf(&b, "  %-13s %s\n", name, strings.TrimPrefix(first, "# "))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// template is the text of a template, whose comments call it by the name of its file.
func template(name, file string) (text string, ok bool) {
	b, err := templates.ReadFile("templates/" + name + ".yaml")
	if err != nil {
		return "", false
	}
	return strings.ReplaceAll(string(b), "FILE", file), true
}

func begin(c *console, name, file string) error {
	if file == "" {
		file = name + ".yaml"
	}
	shown := shellWord(file)
	if file == stdinArgument {
		shown = name + ".yaml"
	}
	text, ok := template(name, shown)
	switch {
	case !ok:
		return badInput("there is no template %q; %s", name, model.DidYouMean(name, templateNames))
	case file == stdinArgument:
		c.print("%s", text)
		return nil
	}
	if err := writeNew(file, text); err != nil {
		return err
	}
	if !c.quiet {
		c.talk("wrote %s; next: ftsim run %s", file, shown)
	}
	return nil
}

// writeNew makes a file that is not there yet.
func writeNew(file, text string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	switch {
	case errors.Is(err, fs.ErrExist):
		return badInput("%s is there already and stays as it is; name another file with --out", file)
	case err != nil:
		return fmt.Errorf("cannot write %s: %w", file, reason(err))
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("cannot write %s: %w", file, errors.Join(reason(err), os.Remove(file)))
	}
	return nil
}
