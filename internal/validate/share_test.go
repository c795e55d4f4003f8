package main

import (
	"strings"
	"testing"
)

func TestWhenDataIsLost(t *testing.T) {
	for _, c := range []struct {
		words string
		n, at int
	}{
		{"lost for good at two down", 8, 2},
		{"lost for good when 3 drives are down at once", 20, 3},
		{"lost for good when both copies are gone", 2, 2},
		{"lost when all copies are gone", 3, 3},
		{"lost for good when all three are gone", 3, 3},
		{"lost for good when all three are gone", 4, 0},
		{"lost for good when three of the six nodes are down", 6, 3},
		{"lost for good when three of the six nodes are down", 7, 0},
		{"Data is lost once more than two nodes are down at the same time", 6, 3},
		{"lost as soon as a second drive is down", 6, 0},
		{"lost with probability one half when two are down", 6, 0},
		{"lost for good when two neighbours are down", 6, 0},
		{"kept for ever", 6, 0},
	} {
		if at := lostAt(c.words, c.n); at != c.at {
			t.Errorf("%q of %d: at %d, want %d", c.words, c.n, at, c.at)
		}
	}
}

// What is not said is refused, not guessed.
func TestStressThatIsNotSaid(t *testing.T) {
	const text = `{"id": "x", "time_unit": "h", "structure": {"components": [{"id": "d", "failure": {"dist": LIFE, "unit": "h"},
		"repair": {"dist": "exponential", "mean": 10, "unit": "h"}, "count": 4}], "up": {"k_of_n": {"k": K, "of": ["d[*]"]}},
		"policy": {"load_dependence": {"when": "WHEN", "HOW": 50}}}, "measures": {"mttf": {"value": 1e9}}}`
	for _, c := range []struct{ life, k, when, how, want string }{
		{`"exponential", "mean": 100`, "3", "one d down", "others_mean", ""},
		{`"exponential", "mean": 100`, "2", "one d down", "others_mean", "more than one is down"},
		{`"exponential", "mean": 100`, "2", "any d is down", "others_mean", ""},
		{`"exponential", "mean": 20`, "3", "one d down", "others_mean", "less often"},
		{`"weibull", "scale": 100, "shape": 2`, "3", "one d down", "others_mean", "exponential lives"},
		{`"exponential", "mean": 100`, "3", "two d down", "others_mean", "when"},
		{`"exponential", "mean": 100`, "3", "one d down", "others", "no meaning"},
	} {
		r := checkText(t, strings.NewReplacer("LIFE", c.life, "K,", c.k+",", "WHEN", c.when, "HOW", c.how).Replace(text))
		switch {
		case c.want == "" && r.verdict != fail: // 1e9 h it is not
			t.Errorf("%+v: %v %s", c, r.verdict, r.reason)
		case c.want != "" && (r.verdict != notBuilt || !strings.Contains(r.reason, c.want)):
			t.Errorf("%+v: %v %q", c, r.verdict, r.reason)
		}
	}
}
