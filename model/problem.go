package model

import (
	"fmt"
	"sort"
	"strings"
)

// Pos is a place in an input file; the zero Pos is nowhere in particular. Line and Column count from 1.
type Pos struct {
	File         string
	Line, Column int
}

func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Severity tells whether a Problem stops a run.
type Severity uint8

// Severities.
const (
	Fault   Severity = iota // the input cannot be used
	Warning                 // usable, but probably not what was meant
)

// Problem is one thing wrong with an input.
type Problem struct {
	Severity Severity
	At       Pos
	What     string // service "checkout": unknown policy "active-pasive"
	Hint     string // did you mean "active-passive"?
	Width    int    // columns to underline; 0 means one
}

func (p Problem) Error() string {
	if p.Severity == Warning {
		return "warning: " + p.Text()
	}
	return p.Text()
}

// Text is where and what, and what to do about it, without how bad it is.
func (p Problem) Text() string {
	s := p.What
	if at := p.At.String(); at != "" {
		s = at + ": " + s
	}
	if p.Hint != "" {
		s += "; " + p.Hint
	}
	return s
}

// Problems is the error type of Load and Check: everything found, not only the first.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Faults returns the problems that stop a run.
func (ps Problems) Faults() Problems { return ps.of(Fault) }

// Warnings returns the problems that do not stop a run.
func (ps Problems) Warnings() Problems { return ps.of(Warning) }

func (ps Problems) of(s Severity) Problems {
	var out Problems
	for _, p := range ps {
		if p.Severity == s {
			out = append(out, p)
		}
	}
	return out
}

// Sort puts the problems into file order and drops repetitions.
func (ps *Problems) Sort() {
	s := *ps
	sort.SliceStable(s, func(i, j int) bool {
		a, b := s[i].At, s[j].At
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Column < b.Column
	})
	out := s[:0]
	for i, p := range s {
		if i == 0 || p != s[i-1] {
			out = append(out, p)
		}
	}
	*ps = out
}

// Nearest returns the known name closest to word, or "" if none is close enough for its length.
func Nearest(word string, known []string) string {
	const longest, most = 80, 2000 // beyond these a search costs more than a suggestion is worth
	if len(word) > longest {
		return ""
	}
	known = known[:min(most, len(known))]
	best, bestCost := "", 1+(len([]rune(word))+1)/3
	for _, k := range known {
		if c := editDistance(strings.ToLower(word), strings.ToLower(k), bestCost); c < bestCost {
			best, bestCost = k, c
		}
	}
	return best
}

// DidYouMean phrases Nearest as a hint, or lists the known names when they are few.
func DidYouMean(word string, known []string) string {
	if n := Nearest(word, known); n != "" {
		return fmt.Sprintf("did you mean %q?", n)
	}
	if len(known) > 0 && len(known) <= 12 {
		sorted := append([]string(nil), known...)
		sort.Strings(sorted)
		return "known are: " + strings.Join(sorted, ", ")
	}
	return ""
}

// editDistance counts insertions, deletions, substitutions and swaps of neighbours; it gives up at limit.
func editDistance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if d := len(x) - len(y); d >= limit || -d >= limit {
		return limit
	}
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
