package main

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// quick is enough to tell a right value from one that is a fifth off.
var quick = effort{precision: 0.1, events: 3e6, seed: 7}

func shippedCases(t *testing.T) []knownCase {
	t.Helper()
	files, err := libraries(nil)
	if err != nil {
		t.Fatal(err)
	}
	var cases []knownCase
	for _, f := range files {
		cases = append(cases, f.Cases...)
	}
	if len(cases) < 12 {
		t.Fatalf("only %d cases are shipped", len(cases))
	}
	return cases
}

// checkText answers the first measure of a case.
func checkText(t *testing.T, text string) result {
	t.Helper()
	var c knownCase
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return checkMeasure(&c, &c.Measures[0], quick)
}

func TestShippedCasesPass(t *testing.T) {
	for _, c := range shippedCases(t) {
		for _, r := range checkCase(&c, quick) {
			if r.verdict != pass {
				t.Errorf("seed %d: %s", quick.seed, strings.Join(r.row(), "  "))
			}
		}
	}
}

// A program that passed whatever it is told would be worthless: values that are a fifth off must fail.
func TestWrongValuesFail(t *testing.T) {
	for _, c := range shippedCases(t) {
		for i := range c.Measures {
			a := &c.Measures[i]
			q, err := ask(&c, a)
			if err != nil {
				t.Fatal(err)
			}
			if a.Value == 0 { // a fifth of nothing is nothing; TestWrongZero is about that
				continue
			}
			if a.Value *= 1.2; q.shareOfTime() && q.complement {
				a.Value = 1 - 1.2*(1-a.Value/1.2)
			}
			e := effort{precision: 0.08, events: 4e6, seed: 7}
			_, found, err := answer(&c, a, e)
			if err != nil {
				t.Fatal(err)
			}
			r := result{id: c.ID, measure: a.Name, known: a.Value, found: found}
			r.judge(q, a, e)
			if r.verdict != fail {
				t.Errorf("seed 7, value a fifth off: %s", strings.Join(r.row(), "  "))
			}
		}
	}
}

// Nothing lost is a claim as well: here half a minute is.
func TestWrongZero(t *testing.T) {
	const text = `{"id":"x","time_unit":"s","structure":{"components":[{"id":"h","failure":{"dist":"trace","down_from_to":[[30,50]]}}],
		"up":"h","policy":{"job":{"work":100},"checkpoint":"none"}},"measures":{"running_time_lost":{"value":0}}}`
	if r := checkText(t, text); r.verdict != fail {
		t.Errorf("%s, want fail", strings.Join(r.row(), "  "))
	}
}

// Nothing may also be the least of what was seen, or half of it, and be wrong: a log takes ten seconds to be
// safe, and most systems are down once.
func TestWrongLeast(t *testing.T) {
	for measure, policy := range map[string]string{
		"rpo_min":              `{"replication":{"mode":"log shipping","interval":900,"transfer":10,"unit":"s"}}`,
		"downtime_p50[0,5000]": `{}`,
	} {
		text := `{"id":"x","time_unit":"h","structure":{"components":[{"id":"p","failure":{"dist":"exponential","mean":3000}` +
			map[bool]string{true: `,"repair":{"dist":"deterministic","value":2}`}[policy == "{}"] +
			`}],"up":"p","policy":` + policy + `},"measures":{"` + measure + `":{"value":0}}}`
		if r := checkText(t, text); r.verdict != fail {
			t.Errorf("%s, want fail", strings.Join(r.row(), "  "))
		}
	}
}

// What is not understood is refused with a reason, never guessed.
func TestRefusals(t *testing.T) {
	const unit = `{"id":"u","failure":{"dist":"exponential","mean":10},"repair":{"dist":"exponential","mean":1},"count":3}`
	const dead = `{"id":"d","failure":{"dist":"exponential","mean":10}}`
	for _, c := range []struct{ components, up, policy, measure, want string }{
		{unit, `{"any":["u[*]"]}`, `{"quarantine":1}`, "availability_steady", `policy "quarantine" is not built yet`},
		{unit, `{"any":["u[*]"]}`, `{"repair_crews":1,"crew_policy":"lifo"}`, "availability_steady", "crew_policy"},
		{strings.Replace(unit, `{"dist":"exponential","mean":1}`, `{"dist":"uniform","low":1,"high":2}`, 1), `{"any":["u[*]"]}`, `{"repair_crews":1,"crew_policy":"pre-emptive priority"}`,
			"availability_steady", "goes on where it was or begins anew"},
		{strings.Replace(unit, `"id"`, `"priority":0.5,"id"`, 1), `{"any":["u[*]"]}`, `{"repair_crews":1}`, "availability_steady", "priority 0.5"},
		{unit, `{"any":["u[*]"]}`, `{"repair_crews":0}`, "availability_steady", "repair_crews: 0"},
		{unit, `"most units up"`, `{}`, "availability_steady", `up is given in words: "most units up"`},
		{unit, `"u"`, `{}`, "availability_steady", "of which there are 3"},
		{unit, `{"none":["u[*]"]}`, `{}`, "availability_steady", "up expression not understood"},
		{unit, `{"k_of_n":{"k":4,"of":["u[*]"]}}`, `{}`, "availability_steady", "4 of 3"},
		{unit, `{"any":["u[*]"]}`, `{}`, "availability_in_spring", `what "in_spring" means`},
		{unit, `{"any":["u[*]"]}`, `{}`, "beauty", `measure "beauty" is not known`},
		{unit, `{"any":["u[*]"]}`, `{}`, "reliability", "lacks a time"},
		{unit, `{"any":["u[*]"]}`, `{"replication":{"mode":"async","lag":1}}`, "availability_steady", "what happens after a failure"},
		{unit, `{"any":["u[*]"]}`, `{"data":"lost for good at two down"}`, "mttdl", "data in words"},
		{unit, `{"any":["u[*]"]}`, `{"rebuild_error_probability":"often"}`, "mttdl", "errors of a rebuild"},
		{unit, `{"any":["u[*]"]}`, `{"rebuild_error_probability":0.1}`, "mttdl_with_read_errors", "with_read_errors"},
		{unit, `{"any":["u[*]"]}`, `{"standby":[{"active":2,"spares":2}]}`, "availability_steady", "2 active and 2 spare of 3"},
		{unit, `{"any":["u[*]"]}`, `{"standby":[{"primary":"u","spares":["v"]}]}`, "availability_steady", `"v"`},
		{unit, `{"any":["u[*]"]}`, `{"zones":"u is everywhere and so is v"}`, "mttdl_x", `what "x" means`},
		{unit + `,` + dead, `{"any":["u[*]"]}`, `{"zones":"d keeps u up"}`, "mttf", "in words"},
		{dead, `"d"`, `{}`, "availability_steady", "without repair there is no long run"},
		{dead, `"d"`, `{"repair":"some"}`, "mttf", `repair: "some"`},
		{dead, `{"connected":["s","t"]}`, `{}`, "mttf", `no link leads to "s"`},
		{dead, `"d"`, `{}`, "rpo_mean", "nothing of data"},
		{dead, `"d"`, `{}`, "optimal_interval", "formula or an optimum"},
		{dead, `"d"`, `{}`, "minimum_cost_rate", "formula or an optimum"},
		{dead + `,` + strings.NewReplacer(`"d"`, `"e"`, `"id"`, `"role":"frightens d","id"`).Replace(dead), `"d"`, `{"repair":"none"}`, "mttf", `role in words: "frightens d"`},
		{dead, `"d"`, `{"failover":{"switch_time":1,"standby_always_ready":true}}`, "mttf", "whether a switch that takes time is a failure"},
		{strings.Replace(dead, `"id"`, `"depends_on":"x","id"`, 1), `"d"`, `{}`, "mttf", "more would have to be known"},
		{strings.Replace(dead, `"id"`, `"colour":1,"id"`, 1), `"d"`, `{}`, "mttf", `"colour" has no meaning here`},
		{strings.Replace(dead, `exponential`, `pareto`, 1), `"d"`, `{}`, "mttf", `no law "pareto"`},
		{strings.Replace(dead, `"mean"`, `"median"`, 1), `"d"`, `{}`, "mttf", `"median" has no meaning here`},
		{unit, `{"any":["u[*]"]}`, `{"maintenance":{"policy":"age","interval":"T"}}`, "availability_steady", "the interval is left open"},
		{unit, `{"any":["u[*]"]}`, `{"maintenance":{"policy":"age","interval":0}}`, "availability_steady", "an interval of zero"},
		{unit, `{"any":["u[*]"]}`, `{"maintenance":{"policy":"block","interval":5}}`, "availability_steady", "finds it in repair"},
		{unit, `{"any":["u[*]"]}`, `{"maintenance":{"policy":"at will","interval":5}}`, "availability_steady", `policy "at will"`},
		{unit, `{"any":["u[*]"]}`, `{"maintenance":{"policy":"age","interval":5,"duration":1,"counts_as_outage":false}}`, "availability_steady", "no outage"},
		{unit, `{"any":["u[*]"]}`, `{"maintenance":{"policy":"age","interval":5,"duration":1}}`, "mttf", "whether planned time off line"},
		{unit, `{"any":["u[*]"]}`, `{"inspection":{"interval":5,"clock":"when it rains"}}`, "availability_steady", "when it rains"},
		{unit, `{"any":["u[*]"]}`, `{"inspection":{"interval":5,"of":["w"]}}`, "availability_steady", `no component "w"`},
		{dead, `"d"`, `{"inspection":{"interval":5}}`, "availability_steady", "is not repaired"},
		{strings.NewReplacer(`exponential","mean":10`, `weibull","shape":2,"scale":9`).Replace(unit), `{"any":["u[*]"]}`, `{"inspection":{"interval":5}}`, "availability_steady", "has not failed is not said"},
		{strings.NewReplacer(`exponential","mean":10`, `weibull","shape":2,"scale":9`).Replace(unit), `{"any":["u[*]"]}`, `{"repair":"minimal"}`, "availability_steady", "older and older"},
		{unit, `{"any":["u[*]"]}`, `{"spares":{"stock":"S","lead_time":5}}`, "availability_steady", `a stock of "S"`},
		{unit, `{"any":["u[*]"]}`, `{"spares":{"stock":2}}`, "availability_steady", "without a lead time"},
		{unit, `{"any":["u[*]"]}`, `{"spares":{"stock":2,"lead_time":5,"when_empty":"we pray"}}`, "availability_steady", "we pray"},
		{unit, `{"any":["u[*]"]}`, `{}`, "fill_rate", "nothing of a stock"},
		{unit, `{"any":["u[*]"]}`, `{}`, "tests_per_year", "no such planned work"},
		{unit, `{"any":["u[*]"]}`, `{"maintenance":{"policy":"age","interval":5}}`, "found_failures_per_year", "no such planned work"},
		{unit, `{"any":["u[*]"]}`, `{"maintenance":{"policy":"age","interval":5}}`, "cost_rate", "nothing of cost"},
		{`{"id":"s","unavailability":0.1}`, `"s"`, `{}`, "failure_frequency", "says nothing of times"},
	} {
		text := `{"id":"x","time_unit":"h","structure":{"components":[` + c.components + `],"up":` + c.up + `,"policy":` + c.policy +
			`},"measures":{"` + c.measure + `":{"value":1}}}`
		r := checkText(t, text)
		if r.verdict != notBuilt || !strings.Contains(r.reason, c.want) {
			t.Errorf("%s of %s under %s: %s, %q; want a refusal with %q", c.measure, c.up, c.policy, r.verdict, r.reason, c.want)
		}
	}
}

// Intervals hold what they should at least 99.9 % of the time, within the luck of 4000 trials.
func TestIntervalsHold(t *testing.T) {
	const trials, n, seed = 4000, 400, 3
	random := rand.New(rand.NewPCG(seed, seed))
	missed := map[string]int{}
	count := func(what string, e estimate, truth float64) {
		if e.low > truth || e.high < truth {
			missed[what]++
		}
	}
	for range trials {
		var p, m, r sums
		values := make([]float64, n)
		for i := range values {
			x, y := random.Float64(), 1+random.Float64()
			values[i] = x
			p.add(indicator(x < 0.2), 1)
			m.add(x, 1)
			r.add(x*y, y)
		}
		count("proportion", p.proportion(), 0.2)
		count("mean", m.mean(), 0.5)
		count("ratio", r.ratio(), 0.5)
		count("quantile", quantile(values, 0.7), 0.7)
		count("deviation", deviation(values), 1/math.Sqrt(12))
	}
	for what, k := range missed {
		if k > 14 { // Poisson of mean 4 exceeds this once in 20 000
			t.Errorf("seed %d: %s missed %d of %d times", seed, what, k, trials)
		}
	}
}

// With nothing seen, nothing is claimed.
func TestTooRare(t *testing.T) {
	const text = `{"id":"x","time_unit":"h","structure":{"components":[{"id":"u","failure":{"dist":"exponential","mean":1e9}}],"up":"u",
		"policy":{"repair":"none"}},"measures":{"unreliability(t=1)":{"value":1e-9}}}`
	if r := checkText(t, text); r.verdict != rare {
		t.Errorf("%s, want too rare", strings.Join(r.row(), "  "))
	}
}

// An interval says as much about what is rare as about what is common: 98 % ± 0.5 % leaves a quarter of the
// failures open.
func TestWidthOfReliability(t *testing.T) {
	for _, c := range []struct {
		q            question
		value, width float64
	}{
		{question{kind: failedBy, complement: true}, 0.98, 0.25},
		{question{kind: failedBy, complement: true}, 0.02, 0.25},
		{question{kind: failedBy}, 0.98, 0.005 / 0.98},
		{question{kind: steadyDown, complement: true}, 0.02, 0.005 / 0.98},
		{question{kind: steadyDown}, 0.02, 0.25},
	} {
		e := estimate{value: c.value, low: c.value - 0.005, high: c.value + 0.005}
		if got := e.relative(&c.q); math.Abs(got-c.width) > 1e-12 {
			t.Errorf("kind %d, complement %v, value %v: width %v, want %v", c.q.kind, c.q.complement, c.value, got, c.width)
		}
	}
}

func TestCommand(t *testing.T) {
	for _, c := range []struct {
		args   []string
		code   int
		stdout string
		stderr string
	}{
		{[]string{"-short", "-case", "^clockwork$"}, 0, "3 measures: 3 pass, 0 fail", ""},
		{[]string{"-short", "-markdown", "-case", "^clockwork$"}, 0, "| clockwork | mttf | 10 | 10 | 10 … 10 | pass |", ""},
		{[]string{"no-such-file.json", "-short"}, 2, "", "open no-such-file.json"},
		{[]string{"testdata/small.json", "-case", "^clockwork$", "-short"}, 0, "3 measures: 3 pass, 0 fail", ""},
		{[]string{"-case", "("}, 2, "", "missing closing"},
		{[]string{"-case", "^clockwirk$"}, 2, "", `-case "^clockwirk$" matches no case`},
		{[]string{"no-such-file.json"}, 2, "", "no-such-file.json"},
		{[]string{"-colour"}, 2, "", "not defined: -colour"},
	} {
		var stdout, stderr bytes.Buffer
		code := command(c.args, &stdout, &stderr)
		if code != c.code || !strings.Contains(stdout.String(), c.stdout) || !strings.Contains(stderr.String(), c.stderr) {
			t.Errorf("%v: code %d, output %q, errors %q", c.args, code, stdout.String(), stderr.String())
		}
	}
}
