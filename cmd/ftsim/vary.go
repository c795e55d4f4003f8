package main

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/analysis/report"
	"github.com/ftsim/ftsim/model"
)

// mostPoints bounds a grid. Somebody who looks at more wants an optimiser.
const mostPoints = 10_000

// grid is the points of a sweep: all combinations of the values of some parameters.
type grid struct{ varied []report.Varied }

// newGrid reads what --vary says, once for each parameter.
func newGrid(specs []string) (*grid, error) {
	g := &grid{}
	points := 1
	for _, s := range specs {
		path, text, found := cutPath(s)
		if !found || text == "" {
			return nil, badInput("--vary %s: write a path and its values, such as services.db.policy=hot,warm,cold or nodes.web.count=2..6", s)
		}
		if key, _, _ := strings.Cut(path, "."); key == "simulation" || key == "objectives" {
			return nil, badInput("--vary %s: what is under %s is no part of the design", s, key)
		}
		values, err := valuesOf(text)
		if err != nil {
			return nil, badInput("--vary %s: %w", s, err)
		}
		if slices.ContainsFunc(g.varied, func(v report.Varied) bool { return v.Path == path }) {
			return nil, badInput("--vary: %s is varied twice", path)
		}
		g.varied = append(g.varied, report.Varied{Path: path, All: values})
		if points *= len(values); points > mostPoints {
			return nil, badInput("--vary asks for more than %d points", mostPoints)
		}
	}
	g.shorten()
	return g, nil
}

// cutPath splits path=values; a key in double quotes may contain an =.
func cutPath(s string) (path, values string, found bool) {
	quoted := false
	for i, r := range s {
		switch {
		case r == '"':
			quoted = !quoted
		case r == '=' && !quoted:
			return s[:i], s[i+1:], i > 0
		}
	}
	return s, "", false
}

// shorten names each parameter by as many of its last keys as tell it from the others.
func (g *grid) shorten() {
	for n := 1; ; n++ {
		seen := map[string]bool{}
		for i := range g.varied {
			keys := strings.Split(g.varied[i].Path, ".")
			g.varied[i].Name = strings.Join(keys[max(0, len(keys)-n):], ".")
			seen[g.varied[i].Name] = true
		}
		if len(seen) == len(g.varied) {
			return
		}
	}
}

// size is the number of points.
func (g *grid) size() int {
	n := 1
	for _, v := range g.varied {
		n *= len(v.All)
	}
	return n
}

// point gives the values of a point; the last parameter changes fastest.
func (g *grid) point(i int) []string {
	values := make([]string, len(g.varied))
	for k := len(g.varied) - 1; k >= 0; k-- {
		all := g.varied[k].All
		values[k] = all[i%len(all)]
		i /= len(all)
	}
	return values
}

// valuesOf reads 1,2,3 or a range; commas in brackets and quotes belong to a value.
func valuesOf(text string) ([]string, error) {
	var list []string
	depth, begin, quote := 0, 0, rune(0)
	for i, r := range text {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'':
			quote = r
		case r == '{' || r == '[':
			depth++
		case r == '}' || r == ']':
			depth--
		case r == ',' && depth == 0:
			list = append(list, strings.TrimSpace(text[begin:i]))
			begin = i + 1
		}
	}
	list = append(list, strings.TrimSpace(text[begin:]))
	if len(list) == 1 && strings.Contains(list[0], "..") {
		return span(list[0])
	}
	for i, v := range list {
		switch {
		case v == "":
			return nil, fmt.Errorf("a value is empty")
		case slices.Contains(list[:i], v):
			return nil, fmt.Errorf("the value %s is there twice", v)
		}
	}
	return list, nil
}

var (
	rangeForm = regexp.MustCompile(`^([^:]+?)\.\.([^:]+?)(?::(\d+)(:log)?)?$`)
	amount    = regexp.MustCompile(`^(\d+(?:\.\d+)?)(.*)$`)
)

// span reads lo..hi:n, n values from lo to hi in equal steps, or in equal ratios with :log at the end. Whole
// numbers need no n.
func span(text string) ([]string, error) {
	m := rangeForm.FindStringSubmatch(text)
	if m == nil {
		return nil, fmt.Errorf("cannot read %s as a range; write lo..hi:n, such as 10s..60s:6", text)
	}
	low, high, write, err := ends(strings.TrimSpace(m[1]), strings.TrimSpace(m[2]))
	if err != nil {
		return nil, err
	}
	n, whole := 0, low == math.Trunc(low) && high == math.Trunc(high) && write(1.5) == "1.5"
	switch {
	case m[3] != "":
		n, _ = strconv.Atoi(m[3])
	case whole && high-low < mostPoints:
		n = int(high-low) + 1
	default:
		return nil, fmt.Errorf("say how many values there are to be from %s to %s, such as %s..%s:5", m[1], m[2], m[1], m[2])
	}
	switch {
	case !(low < high):
		return nil, fmt.Errorf("%s is not below %s", m[1], m[2])
	case n < 2 || n > mostPoints:
		return nil, fmt.Errorf("a range has from 2 to %d values", mostPoints)
	case m[4] != "" && low == 0:
		return nil, fmt.Errorf("equal ratios cannot begin with 0")
	}
	var list []string
	for i := range n {
		share := float64(i) / float64(n-1)
		x := low + (high-low)*share
		if m[4] != "" {
			x = low * math.Pow(high/low, share)
		}
		if m[4] != "" && i < n-1 { // three digits are as good, and easier on the eye
			x = short(x, 3)
		}
		if i == n-1 {
			x = high
		}
		v := write(x)
		if slices.Contains(list, v) {
			return nil, fmt.Errorf("so many values from %s to %s are not different", m[1], m[2])
		}
		list = append(list, v)
	}
	return list, nil
}

// ends reads the ends of a range, two amounts in one unit or two durations, and how values between them
// are written.
func ends(a, b string) (low, high float64, write func(float64) string, err error) {
	x, y := amount.FindStringSubmatch(a), amount.FindStringSubmatch(b)
	if x == nil || y == nil {
		return 0, 0, nil, fmt.Errorf("%s..%s is no range of numbers or durations", a, b)
	}
	if x[2] == y[2] {
		low, _ = strconv.ParseFloat(x[1], 64)
		high, _ = strconv.ParseFloat(y[1], 64)
		return low, high, func(v float64) string { return digits(v) + x[2] }, nil
	}
	s, err1 := model.ParseSeconds(a)
	t, err2 := model.ParseSeconds(b)
	if err1 != nil || err2 != nil {
		return 0, 0, nil, fmt.Errorf("%s and %s are not in one unit", a, b)
	}
	return float64(s), float64(t), func(v float64) string { return model.Seconds(short(v, 4)).String() }, nil
}

// digits writes four significant digits without an exponent, or a whole number.
func digits(v float64) string { return strconv.FormatFloat(short(v, 4), 'f', -1, 64) }

// short rounds to significant digits; whole numbers stay.
func short(v float64, n int) float64 {
	if v == math.Trunc(v) {
		return v
	}
	v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', n, 64), 64)
	return v
}
