package main

import (
	"strings"
	"testing"
)

func TestValuesOf(t *testing.T) {
	for _, c := range []struct{ in, want string }{ // values with | between them; ! and a part of a complaint
		{"hot,warm,cold", "hot|warm|cold"},
		{"[a, b],[a]", "[a, b]|[a]"},
		{"{p50: 1h, p95: 2h},3h", "{p50: 1h, p95: 2h}|3h"},
		{`"a,b",c`, `"a,b"|c`},
		{"7", "7"},
		{"2..5", "2|3|4|5"},
		{"2..8:4", "2|4|6|8"},
		{"1..2:3", "1|1.5|2"},
		{"10s..60s:6", "10s|20s|30s|40s|50s|60s"},
		{"30s..2m:4", "30s|1m|90s|2m"},
		{"80%..90%:3", "80%|85%|90%"},
		{"1/y..4/y:4", "1/y|2/y|3/y|4/y"},
		{"1s..100s:3:log", "1s|10s|100s"},
		{"1s..64s:4:log", "1s|4s|16s|64s"},
		{"1..3:2:log", "1|3"},
		{"0.9..1.2:4", "0.9|1|1.1|1.2"},
		{"a,,b", "!empty"},
		{"a,a", "!twice"},
		{"1s..5s", "!how many values"},
		{"5..1", "!not below"},
		{"1..5:1", "!2 to"},
		{"1..5:99999", "!2 to"},
		{"a..b:3", "!no range"},
		{"1s..5%:3", "!one unit"},
		{"0s..5s:3:log", "!begin with 0"},
		{"1..2..3", "!one unit"},
		{"1.0001..1.0002:90", "!not different"},
	} {
		list, err := valuesOf(c.in)
		if complaint, wrong := strings.CutPrefix(c.want, "!"); wrong {
			if err == nil || !strings.Contains(err.Error(), complaint) {
				t.Errorf("%s: %v, %v", c.in, list, err)
			}
			continue
		}
		if got := strings.Join(list, "|"); err != nil || got != c.want {
			t.Errorf("%s: %s, %v", c.in, got, err)
		}
	}
}

func TestGridIsEveryCombination(t *testing.T) {
	g, err := newGrid([]string{"services.db.policy=hot,warm", "nodes.a.count=1..3", "nodes.b.count=1,2"})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i := range g.size() {
		seen[strings.Join(g.point(i), " ")] = true
	}
	if g.size() != 12 || len(seen) != 12 || !seen["warm 3 2"] {
		t.Errorf("%d points, %d of them different", g.size(), len(seen))
	}
	if first, second := strings.Join(g.point(0), " "), strings.Join(g.point(1), " "); first != "hot 1 1" || second != "hot 1 2" {
		t.Errorf("the last parameter does not change fastest: %s, %s", first, second)
	}
	var names []string
	for _, v := range g.varied {
		names = append(names, v.Name)
	}
	if got := strings.Join(names, " "); got != "db.policy a.count b.count" {
		t.Errorf("names %s", got)
	}
}

func TestBadGrids(t *testing.T) {
	for _, c := range []struct {
		specs []string
		want  string
	}{
		{[]string{"nodes.a"}, "write a path and its values"},
		{[]string{"=1,2"}, "write a path and its values"},
		{[]string{"nodes.a.count="}, "write a path and its values"},
		{[]string{"simulation.seed=1,2"}, "no part of the design"},
		{[]string{"a.b=1,2", "a.b=3,4"}, "varied twice"},
		{[]string{"a.b=1..200", "a.c=1..200"}, "more than 10000 points"},
	} {
		if _, err := newGrid(c.specs); err == nil || !strings.Contains(err.Error(), c.want) || codeOf(err) != exitBadInput {
			t.Errorf("%v: %v", c.specs, err)
		}
	}
}
