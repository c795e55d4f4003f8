package main

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// The short form of the experiment: 400 studies of the smaller sizes. A method that covers 93 % fails
// once in a thousand; one that covers 85 %, nearly always.
func TestIntervalsCover(t *testing.T) {
	const studies = 400
	short := library()
	for i := range short {
		short[i].sizes = short[i].sizes[:2:2]
	}
	list, err := measureAll(short, studies, func(*tally) {})
	if err != nil {
		t.Fatal(err)
	}
	judged := map[string]int{}
	for i := range list {
		c := &list[i]
		if !c.tiny() {
			judged[c.figure.kind]++
		}
		if c.short() || c.long() {
			t.Errorf("%s %s of %s, %d replications: %.1f %% of %d intervals cover (%d lie below %g, %d above)", c.figure.metric,
				c.figure.stat, c.system.name, c.size, 100*c.share(), studies, c.below, c.figure.exact, c.above)
		}
	}
	for _, kind := range []string{kindMean, kindShare, kindRatio, kindRate, kindQuantile, kindCut,
		kindPaired, kindPoint, kindUpTo, kindMatters, kindSplit} {
		if judged[kind] < 3 {
			t.Errorf("only %d figures of kind %s have enough events; this test would prove little", judged[kind], kind)
		}
	}
}

// An answer that is not exact must not pass: here all are 30 % off.
func TestWrongAnswersAreSeen(t *testing.T) {
	k := single()
	for i := range k.figures {
		k.figures[i].exact *= 1.3
		if k.figures[i].metric == "availability" {
			k.figures[i].exact = 1 - 1.3*(1-k.figures[i].exact/1.3)
		}
	}
	list, err := measure(&k, 300, 50)
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		if !list[i].short() {
			t.Errorf("%s %s: %.0f %% of the intervals cover a wrong value", list[i].figure.metric, list[i].figure.stat, 100*list[i].share())
		}
	}
}

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		covers, of  int
		events      float64
		cautious    bool
		short, long bool
	}{
		{950, 1000, 100, false, false, false},
		{925, 1000, 100, false, false, false}, // luck, if it is 93 %
		{900, 1000, 100, false, true, false},
		{900, 1000, 10, false, false, false},
		{990, 1000, 100, false, false, true},
		{990, 1000, 100, true, false, false},
		{9, 10, 100, false, false, false},
		{5, 10, 100, false, true, false},
	} {
		v := tally{figure: &figure{cautious: c.cautious}, studies: c.of, below: c.of - c.covers, events: c.events}
		if v.short() != c.short || v.long() != c.long {
			t.Errorf("%+v: short %v, long %v", c, v.short(), v.long())
		}
	}
	if p := binomialBelow(1, 3, .5); math.Abs(p-.5) > 1e-12 {
		t.Errorf("P(at most 1 of 3 heads) = %v", p)
	}
}

// The formulas agree with each other where they meet.
func TestExactAnswers(t *testing.T) {
	u, year := unit{60 * model.Day, 12 * model.Hour}, model.Year
	near := func(what string, got, want, tolerance float64) {
		t.Helper()
		if !(math.Abs(got-want) <= tolerance*math.Abs(want)) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	near("availability", average(year, u.up), u.availability(year), 1e-9)
	near("no downtime", u.downtimeBelow(0, year), math.Exp(-float64(year/u.life)), 1e-12)
	near("all the time", u.downtimeBelow(year, year), 1, 1e-12)
	beyond := average(year, func(x model.Seconds) float64 { return 1 - u.downtimeBelow(x, year) })
	near("mean of the distribution", beyond, 1-u.availability(year), 1e-6)
	near("variance of no repair", unit{model.Year, 1e12 * model.Year}.downtimeVariance(year),
		math.Pow(float64(year), 2)*(1-2/math.E-math.Pow(1/math.E, 2)), 1e-6)
	even := bunched{.3, model.Day, model.Day} // is exponential
	near("renewals", even.failures(year), 365, 1e-12)
	near("median", float64(mixed(.5, .4, 60, 60)), 60*math.Ln2, 1e-12)
}

func TestReplaceKeepsTheRest(t *testing.T) {
	text := "## Coverage\n\nx\n"
	once, err := replace([]byte("# Validation\n\nbefore\n"), text)
	if err != nil || !bytes.HasPrefix(once, []byte("# Validation\n\nbefore\n")) {
		t.Fatalf("%s %v", once, err)
	}
	again, err := replace(append(once, "after\n"...), strings.Replace(text, "x", "y", 1))
	if want := strings.Replace(string(once), "x", "y", 1) + "after\n"; err != nil || string(again) != want {
		t.Errorf("got %q, want %q (%v)", again, want, err)
	}
	if _, err := replace([]byte(end+"\n"+begin+"\n"), text); err == nil {
		t.Error("lines out of order were accepted")
	}
	if fresh, err := replace(nil, text); err != nil || !bytes.HasPrefix(fresh, []byte("# ")) {
		t.Errorf("%s %v", fresh, err)
	}
}

func TestCommand(t *testing.T) {
	var out, talk bytes.Buffer
	if code := command([]string{"-studies", "2"}, &out, &talk); code != 0 || !strings.Contains(out.String(), "| ratio | single | mtbf mean | 30 |") {
		t.Errorf("code %d\n%s%s", code, out.String(), talk.String())
	}
	if code := command([]string{"-studies", "0"}, &out, &talk); code != 2 {
		t.Errorf("code %d for no studies", code)
	}
}
