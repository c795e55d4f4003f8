// Validate runs systems with known answers through ftsim and says whether its intervals hold them.
//
//	go run ./internal/validate [flags] [FILE.json]
//
// A file says in its own "schema" entry how it is written; without a file, the library shipped with
// this program is run. Every measure is simulated until the half-width of its 99.9 % interval is 1 % of
// the value (of the unavailability, for availabilities; of a reliability, also of the unreliability), or a
// budget of events is spent. One known value
// in a thousand lies outside its interval by chance, so a miss is looked at again with other random
// numbers and twice the precision before it counts.
package main

import (
	"bytes"
	"embed"
	"flag"
	"fmt"
	"io"
	"os"
	"path"
	"regexp"
)

// shipped is the library that is run without a file.
//
//go:embed testdata/*.json
var shipped embed.FS

func main() { os.Exit(command(os.Args[1:], os.Stdout, os.Stderr)) }

// command is the whole program: 0 if nothing failed, 1 if a measure did, 2 if it was called wrongly.
func command(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("validate", flag.ContinueOnError)
	flags.SetOutput(stderr)
	quick := flags.Bool("short", false, "looser intervals and a small budget")
	markdown := flags.Bool("markdown", false, "write the table in Markdown")
	only := flags.String("case", "", "run only cases whose id matches this expression")
	seed := flags.Uint64("seed", 1, "of the random numbers")
	events := flags.Int64("events", 0, "budget of simulated events per measure")
	names, err := parse(flags, args)
	if err != nil {
		return 2
	}
	e := long
	if *quick {
		e = short
	}
	e.seed = *seed
	if *events > 0 {
		e.events = *events
	}
	pattern, err := regexp.Compile(*only)
	if err != nil {
		fmt.Fprintln(stderr, "-case:", err)
		return 2
	}
	files, err := libraries(names)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	results := checkAll(files, pattern, e)
	if len(results) == 0 { // else a slip in the expression would look like success
		fmt.Fprintf(stderr, "nothing to check: -case %q matches no case with a measure\n", *only)
		return 2
	}
	write := writeText
	if *markdown {
		write = writeMarkdown
	}
	if err := write(stdout, results); err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	for i := range results {
		if results[i].verdict == fail {
			return 1
		}
	}
	return 0
}

// checkAll answers all measures of the cases whose id matches.
func checkAll(files []*caseFile, pattern *regexp.Regexp, e effort) (results []result) {
	for _, f := range files {
		for i := range f.Cases {
			if c := &f.Cases[i]; pattern.MatchString(c.ID) {
				results = append(results, checkCase(c, e)...)
			}
		}
	}
	return results
}

// parse reads flags wherever they stand, before or after the names of files.
func parse(flags *flag.FlagSet, args []string) (names []string, err error) {
	for {
		if err := flags.Parse(args); err != nil || flags.NArg() == 0 {
			return names, err
		}
		names, args = append(names, flags.Arg(0)), flags.Args()[1:]
	}
}

// libraries reads the named files, or what is shipped.
func libraries(names []string) ([]*caseFile, error) {
	var files []*caseFile
	add := func(name string, text []byte, err error) error {
		if err != nil {
			return err
		}
		f, err := readCases(bytes.NewReader(text))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		files = append(files, f)
		return nil
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err := add(name, text, err); err != nil {
			return nil, err
		}
	}
	if len(names) > 0 {
		return files, nil
	}
	entries, err := shipped.ReadDir("testdata")
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		text, err := shipped.ReadFile(path.Join("testdata", entry.Name()))
		if err := add(entry.Name(), text, err); err != nil {
			return nil, err
		}
	}
	return files, nil
}
