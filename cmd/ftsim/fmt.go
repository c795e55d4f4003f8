package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/topology"
)

type fmtFlags struct{ check, write bool }

func newFmt(c *console) *cobra.Command {
	f := &fmtFlags{}
	cmd := &cobra.Command{
		Use:   "fmt FILE…",
		Short: "Lay topology files out in one way",
		Long: `Prints a topology with two spaces of indentation and a blank line between its sections. Comments, the
order of keys and what stands in one line stay. What a file means never changes: a file that could not
be laid out without a loss is left alone, with the line that is in the way.

With --check it changes nothing and names the files that are laid out otherwise; exit code 2 if there
are any.`,
		Example: `  ftsim fmt shop.yaml
  ftsim fmt -w designs/*.yaml
  ftsim fmt --check designs/*.yaml`,
		Args:              arguments(1, -1, "the files to lay out"),
		ValidArgsFunction: topologyFiles,
		RunE:              func(_ *cobra.Command, files []string) error { return format(c, files, f) },
	}
	cmd.Flags().BoolVar(&f.check, "check", false, "name the files that are laid out otherwise, and change nothing")
	cmd.Flags().BoolVarP(&f.write, "write", "w", false, "write the files instead of printing them")
	return cmd
}

// format goes on after a bad file, so that one call shows everything.
func format(c *console, files []string, f *fmtFlags) (worst error) {
	switch {
	case f.check && f.write:
		return badInput("--check changes nothing, and --write does; give one of them")
	case len(files) > 1 && !f.check && !f.write:
		return badInput("several files need --write or --check")
	}
	for _, file := range files {
		err := formatOne(c, file, f)
		if err != nil && !isTold(err) {
			c.talk("ftsim: %v", err)
			err = told(codeOf(err))
		}
		if err != nil && (worst == nil || codeOf(err) == exitFailed) {
			worst = err
		}
	}
	return worst
}

func formatOne(c *console, file string, f *fmtFlags) error {
	name, text, err := c.read(file)
	if err != nil {
		return err
	}
	out, err := topology.Format(name, text)
	var ps model.Problems
	switch {
	case errors.As(err, &ps):
		c.show(ps, topology.Sources{name: text})
		return told(exitBadInput)
	case err != nil:
		return err
	}
	same := bytes.Equal(text, out)
	switch {
	case f.check && !same:
		c.print("%s\n", name)
		return told(exitBadInput)
	case f.check, f.write && same:
		return nil
	case f.write && file != stdinArgument:
		return replace(file, out)
	}
	c.print("%s", out)
	return nil
}

// replace puts a text in the place of a file whole or not at all. A link stays one.
func replace(file string, text []byte) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("cannot write %s: %w", file, reason(err))
		}
	}()
	if file, err = filepath.EvalSymlinks(file); err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	t, err := os.CreateTemp(filepath.Dir(file), passingNames)
	if err != nil {
		return err
	}
	_, err = t.Write(text)
	if err = errors.Join(err, t.Chmod(info.Mode().Perm()), t.Close()); err == nil {
		err = os.Rename(t.Name(), file)
	}
	if err != nil {
		os.Remove(t.Name())
	}
	return err
}
