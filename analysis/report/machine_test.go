package report

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// positioned is a document whose objectives stand at a place, as those from a file do.
func positioned(runs int, rate float64) *Document {
	d := document(runs, rate)
	for i := range d.Summary.Objectives {
		d.Summary.Objectives[i].At = model.Pos{File: "shop.yaml", Line: 12 + i, Column: 5}
	}
	d.Summary.System.Warnings = model.Problems{{Severity: model.Warning, At: model.Pos{File: "shop.yaml", Line: 3, Column: 1}, What: `component "wan" is not used`, Hint: "remove it"}}
	return d
}

func formatted(t *testing.T, d *Document, format string) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, d, format, TextStyle{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMachineGoldens(t *testing.T) {
	for _, format := range []string{"markdown", "junit", "github", "prometheus"} {
		golden(t, "shop."+format, []byte(formatted(t, positioned(400, 2.5), format)))
		golden(t, "quiet."+format, []byte(formatted(t, positioned(400, 0), format)))
	}
	for _, format := range []string{"markdown", "github"} {
		var b bytes.Buffer
		if err := WriteCompared(&b, promised(), format, TextStyle{}); err != nil {
			t.Fatal(err)
		}
		golden(t, "compared."+format, b.Bytes())
	}
}

// promised is a comparison of designs with objectives, of which one states another.
func promised() *Compared {
	d := compared(400, false)
	for k, sum := range d.Standing.Summaries {
		for i, kind := range []string{"availability", "rto"} {
			j := analysis.Judgement{Kind: kind, Name: "checkout", Target: []float64{.9999, 600}[i], Verdict: analysis.Verdict((k + i) % 3),
				Measured: sum.Get("availability", 0).Main(), At: model.Pos{File: d.Inputs[k].File, Line: 9, Column: 5}}
			if k == 2 && i == 1 {
				j.Target = 300
			}
			sum.Objectives = append(sum.Objectives, j)
		}
	}
	return d
}

// Every format has something to say of every document, also of one that is empty, and equal input gives equal
// bytes.
func TestEveryFormat(t *testing.T) {
	for _, format := range FormatNames(false) {
		for _, runs := range []int{0, 1, 30} {
			one, other := formatted(t, document(runs, 2.5), format), formatted(t, document(runs, 2.5), format)
			if one == "" || one != other {
				t.Errorf("%s, %d runs: %d and %d bytes", format, runs, len(one), len(other))
			}
		}
	}
	if Write(io.Discard, document(1, 1), "xml", TextStyle{}) == nil || WriteCompared(io.Discard, compared(3, false), "junit", TextStyle{}) == nil {
		t.Error("unknown formats must be refused")
	}
	for _, format := range FormatNames(true) {
		if err := WriteCompared(failing{}, compared(3, false), format, TextStyle{}); err == nil {
			t.Errorf("%s: a comparison that cannot be written is no error", format)
		}
	}
	for _, f := range Formats {
		if err := f.Write(failing{}, document(30, 2.5), TextStyle{}); err == nil {
			t.Errorf("%s: a report that cannot be written is no error", f.Name)
		}
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("full") }

// rogue are names that would break out of some format, if it let them.
var rogue = append([]string{"a\n::error::b", "a%0A::error::b", "::stop-commands::x", `a"} 1`, `a\`, "a|b", "`a`", "@everyone #1", "a\x1b[2Jb", "bad \xff", "a,line=1::b",
	"| --- |", "**b** _i_ ~s~ $x$", "![x](https://example.org/x.png)", "www.example.org", "1. one", "- [ ] b", "</details>"}, hostile...)

// rogueDocument has n different rogue names in every place, and objectives with each verdict.
func rogueDocument(t *testing.T, from int) *Document {
	t.Helper()
	sys, plan := shop(), shopPlan()
	n := from
	name := func() string { n++; return rogue[n%len(rogue)] + fmt.Sprint(n) }
	sys.Name = name()
	for i := range sys.Components {
		sys.Components[i].Name = name()
	}
	for i := range sys.Causes {
		sys.Causes[i].Name = name()
	}
	for i := range sys.Services {
		sys.Services[i].Name = name()
	}
	for i := range sys.Journeys {
		sys.Journeys[i].Name = name()
	}
	sys.Cost = &model.Cost{Currency: name(), Nodes: 1, Downtime: []float64{5, 0, 0, 0}}
	sys.Warnings = model.Problems{{Severity: model.Warning, What: name(), Hint: name(), At: model.Pos{File: name(), Line: 1, Column: 1}}}
	plan.Objectives[0].At = model.Pos{File: name(), Line: 3, Column: 7}
	study := analysis.NewStudy(sys, plan)
	r := rand.New(rand.NewPCG(42, 1))
	for i := range 60 {
		study.Add(replication(r, i, 2.5))
	}
	d := Build(study.Summary(), Provenance{Version: "v0.1.0", Seed: 42, InputName: name(), InputHash: name(), Runs: 60, Planned: 60, Horizon: model.Year, Warnings: []string{name()}})
	if len(d.Summary.Objectives) != 3 {
		t.Fatal("no objectives to look at")
	}
	return d
}

func eachRogue(t *testing.T, check func(t *testing.T, d *Document)) {
	for from := range rogue {
		t.Run(fmt.Sprint(from), func(t *testing.T) { check(t, rogueDocument(t, from)) })
	}
}

// ---- JUnit ---------------------------------------------------------------------------------------------

// junitSchema is what junit-10.xsd of Jenkins' xunit plugin allows of the elements that may occur: children, and
// attributes, of which those with a ! must be there.
var junitSchema = map[string]struct{ children, attributes string }{
	"testsuites": {"testsuite", "name time tests failures errors"},
	"testsuite":  {"testsuite properties testcase system-out system-err", "name! tests! failures! errors! group time skipped timestamp hostname id package file log url"},
	"properties": {"property", ""},
	"property":   {"", "name! value!"},
	"testcase":   {"skipped error failure system-out system-err", "name! time classname group"},
	"failure":    {"", "type message"},
	"skipped":    {"", "type message"},
	"system-out": {"", ""},
}

func checkJUnit(t *testing.T, text string) {
	t.Helper()
	var open []string
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		switch x := token.(type) {
		case xml.StartElement:
			rule, known := junitSchema[x.Name.Local]
			if !known {
				t.Fatalf("<%s> is not in the schema", x.Name.Local)
			}
			if len(open) > 0 && !slices.Contains(strings.Fields(junitSchema[open[len(open)-1]].children), x.Name.Local) || len(open) == 0 && x.Name.Local != "testsuites" {
				t.Errorf("<%s> may not be in %v", x.Name.Local, open)
			}
			checkAttributes(t, x, strings.Fields(rule.attributes))
			open = append(open, x.Name.Local)
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
}

func checkAttributes(t *testing.T, x xml.StartElement, rules []string) {
	t.Helper()
	var has []string
	for _, a := range x.Attr {
		has = append(has, a.Name.Local)
		if !slices.Contains(rules, a.Name.Local) && !slices.Contains(rules, a.Name.Local+"!") {
			t.Errorf("<%s> may not have %s", x.Name.Local, a.Name.Local)
		}
	}
	for _, r := range rules {
		if must, found := strings.CutSuffix(r, "!"); found && !slices.Contains(has, must) {
			t.Errorf("<%s> lacks %s", x.Name.Local, must)
		}
	}
}

// readJUnit reads a report as a build server does.
func readJUnit(t *testing.T, text string) (suite struct {
	Name                     string `xml:"name,attr"`
	Tests, Failures, Skipped int    `xml:",attr"`
	Cases                    []struct {
		Name    string `xml:"name,attr"`
		Failure *struct {
			Message string `xml:"message,attr"`
			Text    string `xml:",chardata"`
		} `xml:"failure"`
		Skipped *struct {
			Message string `xml:"message,attr"`
		} `xml:"skipped"`
	} `xml:"testcase"`
}) {
	t.Helper()
	var all struct {
		Suite any `xml:"-"`
		Raw   []struct {
			Inner string `xml:",innerxml"`
		} `xml:"testsuite"`
	}
	text = regexp.MustCompile(`(tests|failures|skipped)=`).ReplaceAllStringFunc(text, func(s string) string { return strings.ToUpper(s[:1]) + s[1:] })
	if err := xml.Unmarshal([]byte(text), &all); err != nil || len(all.Raw) != 1 {
		t.Fatalf("%d suites: %v", len(all.Raw), err)
	}
	body := text[strings.Index(text, "<testsuite "):strings.LastIndex(text, "</testsuites>")]
	if err := xml.Unmarshal([]byte(body), &suite); err != nil {
		t.Fatal(err)
	}
	return suite
}

// Met passes, missed fails, undecided is skipped; the numbers agree with the cases.
func TestJUnitVerdicts(t *testing.T) {
	d := positioned(400, 2.5)
	text := formatted(t, d, "junit")
	checkJUnit(t, text)
	suite := readJUnit(t, text)
	if suite.Tests != 3 || suite.Failures != 1 || suite.Skipped != 1 || len(suite.Cases) != 3 {
		t.Fatalf("%+v", suite)
	}
	for i, c := range suite.Cases {
		j := d.Summary.Objectives[i]
		if (c.Failure != nil) != (j.Verdict == analysis.Missed) || (c.Skipped != nil) != (j.Verdict == analysis.Undecided) {
			t.Errorf("%s is %s, but the case is %+v", c.Name, j.Verdict, c)
		}
		if c.Failure != nil && (!strings.Contains(c.Failure.Text, j.At.String()) || !strings.HasPrefix(c.Failure.Message, "missed: ≤ 15m, measured 35.9m")) {
			t.Errorf("failure says %+v", c.Failure)
		}
		if c.Skipped != nil && !strings.Contains(c.Skipped.Message, "run 5× as many") {
			t.Errorf("skipped says %+v", c.Skipped)
		}
	}
	checkJUnit(t, formatted(t, document(0, 0), "junit"))
	checkJUnit(t, formatted(t, crowded(), "junit"))
}

func TestJUnitEscapes(t *testing.T) {
	shown := strings.NewReplacer("\x1b", "\ufffd", "\xff", "\ufffd")
	eachRogue(t, func(t *testing.T, d *Document) {
		text := formatted(t, d, "junit")
		checkJUnit(t, text)
		suite := readJUnit(t, text)
		if suite.Name != shown.Replace(d.Summary.System.Name) {
			t.Errorf("the suite is called %q, the system %q", suite.Name, d.Summary.System.Name)
		}
		for i, c := range suite.Cases {
			if want := " of " + shown.Replace(d.Summary.Objectives[i].Name); !strings.HasSuffix(c.Name, want) {
				t.Errorf("%q should end in %q", c.Name, want)
			}
		}
	})
}

// ---- GitHub --------------------------------------------------------------------------------------------

// command is the grammar of a workflow command, and unescape what the runner does with its parts.
var (
	command  = regexp.MustCompile(`^::(error|warning|notice) (?:file=([^,:]*)(?:,line=(\d+),col=(\d+))?,)?title=([^,:]*)::(.*)$`)
	unescape = strings.NewReplacer("%25", "%", "%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",")
)

func TestGitHubEscapes(t *testing.T) {
	eachRogue(t, func(t *testing.T, d *Document) {
		lines := strings.Split(strings.TrimSuffix(formatted(t, d, "github"), "\n"), "\n")
		if want := 3 + len(d.Warnings) + 1; len(lines) != want { // no name may end a line
			t.Fatalf("%d lines, want %d:\n%s", len(lines), want, strings.Join(lines, "\n"))
		}
		for i, line := range lines[:len(lines)-1] {
			m := command.FindStringSubmatch(line)
			if m == nil {
				t.Fatalf("no command: %q", line)
			}
			if i >= 3 {
				continue
			}
			j := d.Summary.Objectives[i]
			if got, want := unescape.Replace(m[2]), j.At.File; got != want {
				t.Errorf("file %q, want %q", got, want)
			}
			if got := unescape.Replace(m[5]); got != "ftsim: "+kindLabel(j.Kind)+" of "+printable(j.Name) {
				t.Errorf("title %q of %q", got, j.Name)
			}
			if m[3] != "3" || m[4] != "7" || m[1] != [...]string{"notice", "error", "warning"}[j.Verdict] {
				t.Errorf("%s: %q", j.Verdict, line)
			}
		}
		if last := lines[len(lines)-1]; strings.HasPrefix(strings.TrimSpace(last), "::") || !strings.Contains(last, "seed 42") {
			t.Errorf("last line %q", last)
		}
	})
}

// What came through a pipe has no file to point at.
func TestGitHubOfPipe(t *testing.T) {
	d := positioned(400, 2.5)
	d.Summary.Objectives[0].At.File, d.Provenance.InputName = "stdin", "stdin"
	if text := formatted(t, d, "github"); strings.Contains(text, "file=stdin") || !strings.HasPrefix(text, "::notice title=") {
		t.Error(text)
	}
}

// ---- Prometheus ----------------------------------------------------------------------------------------

type series struct {
	name   string
	labels map[string]string
	value  float64
}

var (
	helpLine   = regexp.MustCompile(`^# HELP ([a-z_:][a-z0-9_:]*) (.+)$`)
	typeLine   = regexp.MustCompile(`^# TYPE ([a-z_:][a-z0-9_:]*) gauge$`)
	sampleLine = regexp.MustCompile(`^([a-z_:][a-z0-9_:]*)\{(.*)\} (\S+)$`)
	labelPair  = regexp.MustCompile(`^([a-z_][a-z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(,|$)`)
)

// readExposition reads the text format as strictly as a collector: a family has HELP, TYPE and then all its
// samples; no series is there twice.
func readExposition(t *testing.T, text string) (all []series) {
	t.Helper()
	family, step, seen, ended := "", 0, map[string]bool{}, map[string]bool{}
	for in := bufio.NewScanner(strings.NewReader(text)); in.Scan(); {
		line := in.Text()
		if m := helpLine.FindStringSubmatch(line); m != nil {
			ended[family] = true
			if family, step = m[1], 1; ended[family] {
				t.Errorf("family %s begins twice", family)
			}
			continue
		}
		if m := typeLine.FindStringSubmatch(line); m != nil {
			if step != 1 || m[1] != family {
				t.Errorf("TYPE out of place: %s", line)
			}
			step = 2
			continue
		}
		m := sampleLine.FindStringSubmatch(line)
		if m == nil || step < 2 || m[1] != family {
			t.Fatalf("in family %s: %q", family, line)
		}
		s := series{name: m[1], labels: map[string]string{}}
		for rest := m[2]; rest != ""; {
			p := labelPair.FindStringSubmatch(rest)
			if p == nil {
				t.Fatalf("labels: %q", rest)
			}
			s.labels[p[1]] = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\"`, `"`).Replace(p[2])
			rest = rest[len(p[0]):]
		}
		var err error
		if s.value, err = strconv.ParseFloat(m[3], 64); err != nil {
			t.Fatal(err)
		}
		if id := m[1] + "{" + m[2]; seen[id] {
			t.Errorf("twice: %s", line)
		} else {
			seen[id] = true
		}
		all = append(all, s)
	}
	return all
}

// Each figure is there with its interval; what was not observed has bounds only.
func TestPrometheusFigures(t *testing.T) {
	for _, rate := range []float64{0, .004, 2.5} {
		d := document(400, rate)
		found := readExposition(t, formatted(t, d, "prometheus"))
		get := func(name, scope, target, stat string) (float64, bool) {
			for _, s := range found {
				if s.name == name && s.labels["scope"] == scope && s.labels["target"] == target && s.labels["statistic"] == stat {
					return s.value, true
				}
			}
			return math.NaN(), false
		}
		for _, c := range []struct {
			metric, name string
			target       int
			stat         string
		}{{"availability", "ftsim_availability_ratio", 0, "mean"}, {"availability", "ftsim_availability_ratio", 1, "mean"},
			{"rto", "ftsim_rto_seconds", 0, "p95"}, {"downtime", "ftsim_downtime_seconds_per_year", 0, "p99"},
			{"no_incident", "ftsim_no_incident_ratio", 1, "mean"}, {"incidents", "ftsim_incidents_per_year", 1, "mean"}} {
			e := d.Summary.Get(c.metric, c.target).Stat(c.stat)
			journey := d.Summary.System.Journeys[c.target].Name
			value, shown := get(c.name, "journey", journey, c.stat)
			if want := !(e.Bound || math.IsNaN(e.Value) || c.metric == "no_incident" && e.Value == 1); shown != want {
				t.Errorf("rate %v: %s of %s shown: %v, want %v", rate, c.name, journey, shown, want)
			}
			if shown && value != e.Value {
				t.Errorf("%s of %s: %v, want %v", c.name, journey, value, e.Value)
			}
			low, _ := get(c.name+"_lower", "journey", journey, c.stat)
			high, _ := get(c.name+"_upper", "journey", journey, c.stat)
			if !same(low, e.Low) || !same(high, e.High) {
				t.Errorf("%s of %s within %v and %v, want %v and %v", c.name, journey, low, high, e.Low, e.High)
			}
		}
		for _, s := range found {
			if strings.HasSuffix(s.name, "_ratio") && s.value == 1 && s.name != "ftsim_loss_zero_ratio" {
				t.Errorf("%s%v claims 100 %%", s.name, s.labels)
			}
		}
	}
}

func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

// Two objectives of one kind for a journey are one series: that of the stricter one.
func TestPrometheusOfTwiceThePromise(t *testing.T) {
	d := document(60, 2.5)
	for _, target := range []float64{.9, .99999} {
		j := d.Summary.Objectives[0]
		j.Target = target
		d.Summary.Objectives = append(d.Summary.Objectives, j)
	}
	for _, s := range readExposition(t, formatted(t, d, "prometheus")) {
		if s.name == "ftsim_objective_availability_ratio" && s.value != .99999 {
			t.Errorf("target %v", s.value)
		}
	}
}

func TestPrometheusEscapes(t *testing.T) {
	eachRogue(t, func(t *testing.T, d *Document) {
		names := map[string]bool{}
		for _, s := range readExposition(t, formatted(t, d, "prometheus")) {
			if s.labels["system"] != printable(d.Summary.System.Name) {
				t.Fatalf("system %q", s.labels["system"])
			}
			names[s.labels["target"]] = true
		}
		for _, j := range d.Summary.System.Journeys {
			if !names[printable(j.Name)] {
				t.Errorf("no series of %q", j.Name)
			}
		}
	})
}

// ---- Markdown ------------------------------------------------------------------------------------------

// unescapedPipes counts what separates the cells of a row.
func unescapedPipes(row string) int {
	return strings.Count(strings.ReplaceAll(strings.ReplaceAll(row, `\\`, ""), `\|`, ""), "|")
}

func TestMarkdownEscapes(t *testing.T) {
	ours := regexp.MustCompile(`^(<details><summary>.*</summary>|</details>|## ftsim: .*|### .*|- .*|\|.*\||)$`)
	breaking := regexp.MustCompile("(^|[^\\\\])(`|\\*[^*|]|_|\\[|~|\\$|@\\w|#\\d|://|(?i:www)\\.\\w)")
	eachRogue(t, func(t *testing.T, d *Document) {
		lines := strings.Split(formatted(t, d, "markdown"), "\n")
		for i, line := range lines {
			if strings.Contains(d.Summary.System.Name, "\n") && strings.HasPrefix(line, "::") {
				t.Errorf("a name ends a line: %q", line)
			}
			bare := strings.NewReplacer("<details>", "", "<summary>", "", "</summary>", "", "</details>", "", "<!-- -->", "").Replace(line)
			if strings.ContainsAny(bare, "<>\x1b") || !utf8.ValidString(bare) {
				t.Errorf("line %d has markup of its own: %q", i, line)
			}
			if !ours.MatchString(line) && !strings.Contains(line, "objective") && !strings.HasPrefix(line, "within RTO ") && !strings.HasPrefix(line, "ftsim ") {
				t.Errorf("line %d is none of ours: %q", i, line)
			}
			if strings.HasPrefix(line, "| --- |") {
				for k := i - 1; strings.HasPrefix(lines[k], "|"); k++ {
					if unescapedPipes(lines[k]) != unescapedPipes(line) {
						t.Errorf("%q does not have as many cells as %q", lines[k], line)
					}
				}
			}
			if m := breaking.FindString(strings.ReplaceAll(line, "**", "")); m != "" {
				t.Errorf("%q in %q", m, line)
			}
		}
	})
}

func TestPlainText(t *testing.T) {
	for in, want := range map[string]string{
		"checkout": "checkout", "a|b": `a\|b`, " a\n b ": "a b", "1. one": `1\. one`, "99.9 %": "99.9 %", "- x": `\- x`, "+4": `\+4`, "a-b": "a-b",
		"@you": "@<!-- -->you", "#7": "#<!-- -->7", "<b>&": `&lt;b&gt;&amp;`, `a\`: `a\\`, "[x](y)": `\[x\](y)`, "": "",
	} {
		if got := plainText(in); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
}
