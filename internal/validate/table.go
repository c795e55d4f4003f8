package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"
)

var columns = []string{"case", "measure", "known", "estimate", "99.9 % interval", "verdict"}

func (r *result) row() []string {
	known := figure(r.known)
	if r.unit != "" {
		known += " " + r.unit
	}
	value, between := "", ""
	if r.found.runs > 0 && !math.IsInf(r.found.high, 1) {
		value, between = figure(r.found.value), figure(r.found.low)+" … "+figure(r.found.high)
	}
	why := string(r.verdict)
	if r.reason != "" {
		why += ": " + r.reason
	}
	return []string{r.id, r.measure, known, value, between, why}
}

func figure(x float64) string { return fmt.Sprintf("%.7g", x) }

// writeText writes results as a table for a terminal.
func writeText(w io.Writer, results []result) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, strings.Join(columns, "\t"))
	for i := range results {
		fmt.Fprintln(t, strings.Join(results[i].row(), "\t"))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, "\n"+tallyText(results))
	return err
}

// writeMarkdown writes results as a table for a document.
func writeMarkdown(w io.Writer, results []result) error {
	line := func(cells []string) string { return "| " + strings.Join(cells, " | ") + " |\n" }
	text := line(columns) + "|" + strings.Repeat("---|", len(columns)) + "\n"
	for i := range results {
		cells := results[i].row()
		for k := range cells {
			cells[k] = strings.ReplaceAll(cells[k], "|", "\\|")
		}
		text += line(cells)
	}
	_, err := io.WriteString(w, text+"\n"+tallyText(results)+"\n")
	return err
}

// tallyText counts verdicts, of measures and of cases. A case passes if a measure of it passed and none
// failed.
func tallyText(results []result) string {
	measures, cases := map[verdict]int{}, map[verdict]int{}
	worst := map[string]verdict{}
	var order []string
	for i := range results {
		r := &results[i]
		measures[r.verdict]++
		before, seen := worst[r.id]
		if !seen {
			order = append(order, r.id)
		}
		if !seen || rank(r.verdict) < rank(before) {
			worst[r.id] = r.verdict
		}
	}
	for _, id := range order {
		cases[worst[id]]++
	}
	count := func(n map[verdict]int) string {
		return fmt.Sprintf("%d pass, %d fail, %d unsupported, %d too rare", n[pass], n[fail], n[notBuilt], n[rare])
	}
	return fmt.Sprintf("%d measures: %s\n%d cases: %s (a case passes if some measure of it does and none fails)",
		len(results), count(measures), len(order), count(cases))
}

func rank(v verdict) int {
	return map[verdict]int{fail: 0, pass: 1, rare: 2, notBuilt: 3}[v]
}
