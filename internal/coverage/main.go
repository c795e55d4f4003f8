// Coverage repeats studies of systems with exact answers and counts how often the intervals hold them.
//
//	go run ./internal/coverage [-studies 1000] [-write docs/validation.md]
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
)

func main() { os.Exit(command(os.Args[1:], os.Stdout, os.Stderr)) }

// command is the whole program: 0 if all intervals cover as they should, 1 if some do not or cannot be
// measured, 2 if it was called wrongly.
func command(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("coverage", flag.ContinueOnError)
	flags.SetOutput(stderr)
	studies := flags.Int("studies", 1000, "how often each study is repeated")
	file := flags.String("write", "", "put the result into this document instead of printing it")
	if err := flags.Parse(args); err != nil || *studies < 1 || flags.NArg() > 0 {
		fmt.Fprintln(stderr, "usage: coverage [-studies N] [-write FILE]")
		return 2
	}
	list, err := measureAll(library(), *studies, func(t *tally) { fmt.Fprintf(stderr, "%s, %d replications\n", t.system.name, t.size) })
	if err == nil {
		err = deliver(section(list, *studies), *file, stdout)
	}
	if err != nil {
		fmt.Fprintln(stderr, "coverage:", err)
		return 1
	}
	code := 0
	for i := range list {
		if t := &list[i]; t.short() || t.long() {
			fmt.Fprintf(stderr, "%s %s of %s, %d replications: %.1f %% cover\n", t.figure.metric, t.figure.stat, t.system.name, t.size, 100*t.share())
			code = 1
		}
	}
	return code
}

func deliver(text, file string, stdout io.Writer) error {
	if file == "" {
		_, err := io.WriteString(stdout, text)
		return err
	}
	document, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	document, err = replace(document, text)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return os.WriteFile(file, document, 0o644)
}
