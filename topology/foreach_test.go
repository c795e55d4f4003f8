package topology

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/ftsim/ftsim/model"
)

// What for_each makes is what somebody would have written out.
func TestForEachIsTheElementsWrittenOut(t *testing.T) {
	const rest = "\nservices: {s: {replicas: ['*'], policy: active-active}}"
	for _, c := range []struct{ name, short, long string }{
		{"a range", "web-$(n): {for_each: {n: 1..3}, mtbf: 9d}", "web-1: {mtbf: 9d}, web-2: {mtbf: 9d}, web-3: {mtbf: 9d}"},
		{"a range that keeps its width", "w$(n): {for_each: {n: 08..10}, mtbf: 9d}", "w08: {mtbf: 9d}, w09: {mtbf: 9d}, w10: {mtbf: 9d}"},
		{"a range of letters", "w-$(n): {for_each: {n: a..c}, mtbf: 9d}", "w-a: {mtbf: 9d}, w-b: {mtbf: 9d}, w-c: {mtbf: 9d}"},
		{"a range of names", "$(n): {for_each: {n: db-1..db-2}, mtbf: 9d}", "db-1: {mtbf: 9d}, db-2: {mtbf: 9d}"},
		{"the shorter end of one", "$(n): {for_each: {n: db-b..c}, mtbf: 9d}", "db-b: {mtbf: 9d}, db-c: {mtbf: 9d}"},
		{"a list", "w-$(n): {for_each: {n: [x, y]}, mtbf: 9d}", "w-x: {mtbf: 9d}, w-y: {mtbf: 9d}"},
		{"values", "w-$(n): {for_each: {n: [1, 2]}, mtbf: $(n)d, mttr: {fixed: $(n)h}}", "w-1: {mtbf: 1d, mttr: {fixed: 1h}}, w-2: {mtbf: 2d, mttr: {fixed: 2h}}"},
		{"combinations", "w$(a)$(b): {for_each: {a: 1..2, b: 3..4}, mtbf: 9d}", "w13: {mtbf: 9d}, w14: {mtbf: 9d}, w23: {mtbf: 9d}, w24: {mtbf: 9d}"},
		{"mappings", "w-$(s.id): {for_each: {s: [{id: x, life: 1d}, {id: y, life: {weibull: {shape: 2, mean: 3d}}}]}, mtbf: $(s.life)}",
			"w-x: {mtbf: 1d}, w-y: {mtbf: {weibull: {shape: 2, mean: 3d}}}"},
		{"names with mappings", "w-$(s): {for_each: {s: {x: {life: 1d}, y: {life: 2d}}}, mtbf: $(s.life)}", "w-x: {mtbf: 1d}, w-y: {mtbf: 2d}"},
		{"deep parts", "w-$(s): {for_each: {s: {x: {a: {b: 1d}}}}, mtbf: $(s.a.b)}", "w-x: {mtbf: 1d}"},
		{"neighbours", "a: {mtbf: 1d}, w-$(n): {for_each: {n: 1..2}, mtbf: 9d}, b: {mtbf: 2d}", "a: {mtbf: 1d}, w-1: {mtbf: 9d}, w-2: {mtbf: 9d}, b: {mtbf: 2d}"},
		{"something else with a dollar", "w-$n: {mtbf: 9d}, '$$(x)': {mtbf: 9d}, $$: {mtbf: 9d}", "w-$n: {mtbf: 9d}, '$$(x)': {mtbf: 9d}, $$: {mtbf: 9d}"},
	} {
		got := load(t, "nodes: {"+c.short+"}"+rest)
		want := load(t, "nodes: {"+c.long+"}"+rest)
		if meaning(got) != meaning(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, meaning(got), meaning(want))
		}
	}
	if c := load(t, "nodes: {$$(x): {}}\nservices: {s: {replicas: ['$$(x)']}}").System.Components[0].Name; c != "$(x)" {
		t.Errorf("$$( stands for %s", c)
	}
}

// An inner element goes over what an outer one says, and uses the variables of both.
func TestForEachNests(t *testing.T) {
	const rest = "\nnodes: {n: {zone: r2-b}}\nservices: {s: {replicas: n}}"
	got := load(t, `topology: {regions: {"r$(r)": {for_each: {r: {1: {zones: [a]}, 2: {zones: [a, b]}}}, zones: {"r$(r)-$(z)": {for_each: {z: $(r.zones)}}}}}}`+rest)
	want := load(t, `topology: {regions: {r1: {zones: {r1-a: {}}}, r2: {zones: {r2-a: {}, r2-b: {}}}}}`+rest)
	if meaning(got) != meaning(want) {
		t.Errorf("got\n%s\nwant\n%s", meaning(got), meaning(want))
	}
}

// One unknown stays one, however many elements it is in.
func TestForEachSharesWhatIsUncertain(t *testing.T) {
	const rest = ", mttr: 2h}}\nservices: {s: {replicas: ['*'], policy: active-active}}"
	if n := len(load(t, "nodes: {w-$(n): {for_each: {n: 1..5}, mtbf: {uncertain: {p5: 1d, p95: 9d}}"+rest).Uncertain); n != 1 {
		t.Errorf("one value that is written once is %d unknowns", n)
	}
	if n := len(load(t, "nodes: {w-$(n): {for_each: {n: 1..5}, mtbf: {uncertain: {p5: $(n)d, p95: 9d}}"+rest).Uncertain); n != 5 {
		t.Errorf("five values are %d unknowns", n)
	}
}

// Overlays and single values meet what for_each makes.
func TestForEachUnderLayers(t *testing.T) {
	const base = "apiVersion: ftsim/v1\nnodes: {w-$(n): {for_each: {n: 1..3}, mtbf: 9d}}\nservices: {s: {replicas: ['*'], policy: active-active}}\n"
	in := &Input{Files: []File{{Name: "base.yaml", Text: []byte(base)},
		{Name: "over.yaml", Text: []byte("nodes: {w-1: null, w-$(n): {for_each: {n: 3..4}, mtbf: 5d}}")}},
		Set: []Assignment{{"--set", "nodes.w-2.mtbf=7d"}, {"--set", "nodes.v-1={mtbf: 1d, description: $$(x)}"}}}
	topo, err := LoadInput(in)
	if err != nil {
		t.Fatal(err)
	}
	want := load(t, "nodes: {w-2: {mtbf: 7d}, w-3: {mtbf: 5d}, w-4: {mtbf: 5d}, v-1: {mtbf: 1d}}\nservices: {s: {replicas: ['*'], policy: active-active}}\n")
	if meaning(topo) != meaning(want) {
		t.Errorf("got\n%s\nwant\n%s", meaning(topo), meaning(want))
	}
	if text := string(topo.Source); strings.Contains(text, "for_each") || !strings.Contains(text, "w-4") || !strings.Contains(text, "$$(x)") {
		t.Errorf("resolved:\n%s", text)
	}
	in.Set = []Assignment{{"--set", "nodes.w-2.mtbf=$(n)"}}
	if _, err := LoadInput(in); err == nil || !strings.Contains(err.Error(), `--set:1:16: there is no variable "n"`) {
		t.Errorf("a variable in a value from the command line: %v", err)
	}
}

// However often something is repeated in itself, it ends soon, with a word about it.
func TestHostileRepetitionEndsSoon(t *testing.T) {
	doubling := "nodes: {a-$(n): {for_each: {n: [1], a: [{x: 1, y: 1}]}"
	text := "nodes: {a-$(n): {for_each: {n: [1], a: [xxxxxxxxxx]}"
	deep := "nodes: {a-$(n): {for_each: {n: [1], a: [[[[[[[[[1]]]]]]]]]}"
	for i := range 30 {
		inner, outer := "a"+strings.Repeat("b", i+1), "a"+strings.Repeat("b", i)
		doubling += fmt.Sprintf(", q-$(n): {for_each: {%[1]s: [{x: $(%[2]s), y: $(%[2]s)}]}", inner, outer)
		text += fmt.Sprintf(", q-$(n): {for_each: {%[1]s: ['$(%[2]s)$(%[2]s)']}", inner, outer)
		deep += fmt.Sprintf(", q-$(n): {for_each: {%[1]s: [[[$(%[2]s)]]]}", inner, outer)
	}
	for name, body := range map[string]string{
		"combinations":       "nodes: {n-$(a)-$(b)-$(c)-$(d): {for_each: {a: 1..1000, b: 1..1000, c: 1..1000, d: 1..1000}}}",
		"a long range":       "nodes: {n-$(a): {for_each: {a: 1..999999999999999}}}",
		"many ranges":        "nodes: {n-$(a): {for_each: {a: 1..900000, b: 1..900000}}}",
		"ranges in ranges":   "nodes: {n-$(a): {for_each: {a: 1..1000}, b-$(b): {for_each: {b: 1..1000}, c-$(c): {for_each: {c: 1..1000}}}}}",
		"faults in each":     "nodes: {n-$(a): {for_each: {a: 1..100000}, zone: $(x), rack: $(y), mtfb: 1d}}",
		"unknown keys":       "nodes: {n-$(a): {for_each: {a: 1..100000}, mtfb: 1d}}",
		"names that clash":   "nodes: {n-$(a): {for_each: {a: 1..300, b: 1..300}}}",
		"doubling values":    doubling + strings.Repeat("}", 31) + "}",
		"doubling texts":     text + strings.Repeat("}", 31) + "}",
		"values in values":   deep + strings.Repeat("}", 31) + "}",
		"aliases in a range": "jobs: &j {a: {b: [1, 2, 3, 4, 5, 6, 7, 8, 9]}}\nnodes: {n-$(a): {for_each: {a: 1..100000}, x: *j, y: *j, z: [*j, *j]}}",
	} {
		start := time.Now()
		_, err := Load("x.yaml", []byte("apiVersion: ftsim/v1\n"+body+"\n"))
		ps, ok := err.(model.Problems)
		if !ok || len(ps) == 0 || len(ps) > 20 {
			t.Errorf("%s: %d problems", name, len(ps))
		}
		if d := time.Since(start); d > 20*time.Second { // a second or two on a quiet machine
			t.Errorf("%s took %v", name, d)
		} else {
			t.Log(name, d, ps[0])
		}
	}
}

// Random elements, repeated over random lists, mean what they mean written out by a few lines of code.
func TestForEachOnRandomElements(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	for range 200 {
		var short, long []string
		for k := range 1 + r.IntN(3) {
			lives, n := []string{"1d", "{fixed: 3d}", "{p50: 2d, p95: 9d}"}, 1+r.IntN(4)
			life := lives[r.IntN(len(lives))]
			repairs := make([]string, 1+r.IntN(3))
			for i := range repairs {
				repairs[i] = fmt.Sprintf("%dh", 1+r.IntN(50))
			}
			short = append(short, fmt.Sprintf("e%d-$(i)-$(j): {for_each: {j: {%s}, i: 1..%d}, mtbf: %s, mttr: $(j.r)}", k, listed(repairs), n, life))
			for j, repair := range repairs {
				for i := range n {
					long = append(long, fmt.Sprintf("e%d-%d-k%d: {mtbf: %s, mttr: %s}", k, i+1, j, life, repair))
				}
			}
		}
		const rest = "}\nservices: {s: {replicas: ['*'], policy: active-active}}"
		got, want := load(t, "nodes: {"+strings.Join(short, ", ")+rest), load(t, "nodes: {"+strings.Join(long, ", ")+rest)
		if meaning(got) != meaning(want) {
			t.Fatalf("seed %d: %v\ngot\n%s\nwant\n%s", seed, short, meaning(got), meaning(want))
		}
	}
}

func listed(repairs []string) string {
	var parts []string
	for i, r := range repairs {
		parts = append(parts, fmt.Sprintf("k%d: {r: %s}", i, r))
	}
	return strings.Join(parts, ", ")
}
