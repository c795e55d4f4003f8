package main

import (
	"bytes"
	"fmt"
	"math"
	"strings"
)

// The section of the document that this program writes lies between these lines.
const (
	begin = "<!-- written by go run ./internal/coverage -write docs/validation.md -->"
	end   = "<!-- end of what internal/coverage writes -->"
)

// section is what goes between the lines.
func section(list []tally, studies int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `## Coverage

How often does an interval of 95 %% hold the exact value? Systems small enough for exact answers were studied %d times
each, every time with another seed, and through the same code as in any run. Each share below has a standard error of
%.1f points; it should lie between 93 and 97 %%, and is set in bold where luck does not explain that it does not, in brackets
where a study had fewer than %d events. Quantiles may cover more often: with few values there is no interval of exactly
95 %%, and the method takes the next longer one. "Low" and "high"
are the intervals that lie below and above the exact value, 2.5 %% each if the interval is as likely to miss on either side.
"Events" is what a study had to go by on average: outages, recoveries, or replications. "Width" is half of the mean
interval over the exact value.

| estimate | system | figure | replications | events | covers | low | high | width |
|---|---|---|---:|---:|---:|---:|---:|---:|
`, studies, 100*math.Sqrt(.05*.95/float64(studies)), fewest)
	for _, kind := range kinds(list) {
		for i := range list {
			if t := &list[i]; t.figure.kind == kind {
				b.WriteString(row(t))
			}
		}
	}
	b.WriteString("\nThe systems:\n\n")
	told := map[string]bool{}
	for i := range list {
		if k := list[i].system; !told[k.name] {
			told[k.name] = true
			fmt.Fprintf(&b, "- **%s**: %s\n", k.name, k.about)
		}
	}
	return b.String()
}

// kinds lists the kinds of estimators in order of appearance.
func kinds(list []tally) (names []string) {
	seen := map[string]bool{}
	for i := range list {
		if k := list[i].figure.kind; !seen[k] {
			seen[k] = true
			names = append(names, k)
		}
	}
	return names
}

func row(t *tally) string {
	percent := func(n int) string { return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(t.studies)) }
	covers := percent(t.studies - t.below - t.above)
	switch {
	case t.short() || t.long():
		covers = "**" + covers + "**"
	case t.tiny():
		covers = "(" + covers + ")"
	}
	width := "open"
	if !math.IsInf(t.halfWidths, 0) {
		width = fmt.Sprintf("%.2g %%", 100*t.halfWidths)
	}
	return fmt.Sprintf("| %s | %s | %s %s | %d | %.0f | %s | %s | %s | %s |\n", t.figure.kind, t.system.name,
		strings.ReplaceAll(t.figure.metric, "_", " "), t.figure.stat, t.size, t.events, covers, percent(t.below), percent(t.above), width)
}

// replace puts the section into a document, at its old place or at the end; the rest stays as it is.
func replace(document []byte, text string) ([]byte, error) {
	block := []byte(begin + "\n" + text + end + "\n")
	i, j := bytes.Index(document, []byte(begin)), bytes.Index(document, []byte(end))
	switch {
	case i < 0 && j < 0:
		if len(document) == 0 {
			document = []byte("# Validation\n")
		}
		return append(append(document, '\n'), block...), nil
	case i < 0 || j < i:
		return nil, fmt.Errorf("the lines around the section are out of order")
	}
	rest := bytes.TrimPrefix(document[j+len(end):], []byte("\n"))
	return append(append(append([]byte{}, document[:i]...), block...), rest...), nil
}
