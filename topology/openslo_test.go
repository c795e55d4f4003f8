package topology

import (
	"strings"
	"testing"

	"github.com/ftsim/ftsim/model"
)

const sloDesign = `apiVersion: ftsim/v1
simulation: {horizon: 30d}
nodes: {a: {mtbf: 90d, mttr: 2h}, b: {mtbf: 90d, mttr: 2h}}
services: {db: {replicas: [a, b], policy: hot}}
journeys: {check out: {path: [db]}, read: {path: [db]}}
objectives:
  - {journey: check out, availability: 99%, rto: 1h}
  - {journey: read, availability: 98%}
`

// under loads sloDesign with an SLO file.
func under(text string) (*Topology, *Input, error) {
	in := &Input{Files: []File{{Name: "base.yaml", Text: []byte(sloDesign)}}, SLOs: []File{{Name: "slo.yaml", Text: []byte(text)}}}
	topo, err := LoadInput(in)
	return topo, in, err
}

const sloHead = "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: x}\nspec:\n  service: read\n"

const sloRatio = "  indicator: {spec: {ratioMetric: {}}}\n"

func TestObjectivesFromOpenSLO(t *testing.T) {
	const sliced = "  budgetingMethod: Timeslices\n"
	for _, c := range []struct{ name, text, want string }{
		{"a share", sloHead + sloRatio + sliced + "  objectives: [{target: 0.999, timeSliceTarget: 0.95}]\n", "read 99.9%"},
		{"a percentage", sloHead + sloRatio + sliced + "  objectives: [{targetPercent: 99.95}]\n", "read 99.95%"},
		{"several targets", sloHead + sloRatio + sliced + "  objectives: [{target: 0.9}, {target: 0.8}]\n", "read 90% read 80%"},
		{"a named indicator", sloHead + "  indicatorRef: y\n" + sliced + "  objectives: [{target: 0.9}]\n", "read 90%"},
		{"other documents", "apiVersion: openslo/v1\nkind: Service\n---\n" + sloHead + sloRatio + sliced + "  objectives: [{target: 0.9}]\n---\n", "read 90%"},
		{"our name for the journey", strings.Replace(sloHead, "{name: x}", "{name: x, annotations: {ftsim/journey: check out}}", 1) + sloRatio + sliced + "  objectives: [{target: 0.9}]\n", "check out 90%"},
		{"a window like the horizon", sloHead + sloRatio + sliced + "  timeWindow: [{duration: 30d, isRolling: true}]\n  objectives: [{target: 0.9}]\n", "read 90%"},
		{"another window", sloHead + sloRatio + sliced + "  timeWindow: [{duration: 1Q, calendar: {startTime: 2022-01-01 12:00:00}}]\n  objectives: [{target: 0.9}]\n", "read 90% | its window is 1Q"},
		{"requests", sloHead + sloRatio + "  budgetingMethod: Occurrences\n  objectives: [{target: 0.9}]\n", "read 90% | it counts requests"},
		{"other slices", sloHead + sloRatio + sliced + "  objectives: [{target: 0.9, timeSliceTarget: 0.5}]\n", "read 90% | a slice is good from 0.5 on, and in the design from 95 %"},
	} {
		topo, _, err := under(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		want, doubt, _ := strings.Cut(c.want, " | ")
		var got []string
		for _, o := range topo.Plan.Objectives {
			if o.Availability > 0 && o.At.File == "slo.yaml" {
				got = append(got, topo.System.Journeys[o.Journey].Name+" "+shareText(o.Availability))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", c.name, got, want)
		}
		said := ""
		for _, w := range topo.System.Warnings {
			if w.At.File == "slo.yaml" {
				said += w.What
			}
		}
		if (doubt == "") != (said == "") || !strings.Contains(said, doubt) {
			t.Errorf("%s: the warning is %q, want %q", c.name, said, doubt)
		}
		alone, err := Load("whole.yaml", topo.Source)
		if err != nil || len(alone.Plan.Objectives) != len(topo.Plan.Objectives) {
			t.Errorf("%s: as one file: %v\n%s", c.name, err, topo.Source)
		}
	}
	topo, _, err := under(strings.Replace(sloHead, "service: read", "service: check out", 1) + sloRatio + "  objectives: [{target: 0.9}]\n")
	if err != nil || len(topo.Plan.Objectives) != 3 || topo.Plan.Objectives[0].RTO != model.Hour || topo.Plan.Objectives[0].Availability != 0 {
		t.Errorf("what the file says beside the availability: %+v, %v", topo, err)
	}
}

func shareText(x float64) string { return plains.write(tidy(100*x)) + "%" }

func TestOpenSLOThatIsRefused(t *testing.T) {
	body := sloHead + sloRatio
	for _, c := range []struct{ name, text, want string }{
		{"a threshold", sloHead + "  indicator: {spec: {thresholdMetric: {}}}\n  objectives: [{op: lte, value: 200, target: 0.9}]\n", "slo.yaml:6:39: SLO \"x\": a metric held against a threshold"},
		{"a threshold elsewhere", "apiVersion: openslo/v1\nkind: SLI\nmetadata: {name: y}\nspec: {thresholdMetric: {}}\n---\n" + sloHead + "  indicatorRef: y\n  objectives: [{target: 0.9}]\n", "slo.yaml:11:17: SLO \"x\": a metric held"},
		{"a threshold by its value", sloHead + "  indicatorRef: y\n  objectives: [{op: lte, value: 200, target: 0.9}]\n", "slo.yaml:7:33: SLO \"x\": a metric held"},
		{"no indicator", sloHead + "  objectives: [{target: 0.9}]\n", "there is no indicator"},
		{"no objectives", body, "there are no objectives"},
		{"no target", body + "  objectives: [{displayName: x}]\n", "slo.yaml:7:16: SLO \"x\": an objective has no target"},
		{"two targets", body + "  objectives: [{target: 0.9, targetPercent: 90}]\n", "two ways of saying one thing"},
		{"a target above one", body + "  objectives: [{target: 99.9}]\n", "slo.yaml:7:25: SLO \"x\": a target is from 0 to below 1, not \"99.9\"; if per cent are meant, write targetPercent: 99.9"},
		{"a target in words", body + "  objectives: [{target: high}]\n", "not \"high\""},
		{"two windows", body + "  timeWindow: [{duration: 1d}, {duration: 2d}]\n  objectives: [{target: 0.9}]\n", "exactly one item"},
		{"a window in words", body + "  timeWindow: [{duration: a while}]\n  objectives: [{target: 0.9}]\n", "cannot read \"a while\" as a duration"},
		{"another method", body + "  budgetingMethod: RatioTimeslices\n  objectives: [{target: 0.9}]\n", "known are: Occurrences, Timeslices"},
		{"no such journey", strings.Replace(body, "read", "raed", 1) + "  objectives: [{target: 0.9}]\n", "slo.yaml:5:12: objective 3: no such journey \"raed\"; did you mean \"read\"?"},
		{"no journey", strings.Replace(body, "  service: read\n", "", 1) + "  objectives: [{target: 0.9}]\n", "which journey is it about?"},
		{"an old version", strings.Replace(body, "openslo/v1", "openslo/v1alpha", 1), "slo.yaml:1:13: unknown version \"openslo/v1alpha\""},
		{"an unknown kind", strings.Replace(body, "kind: SLO", "kind: SLOO", 1), "unknown kind \"SLOO\"; did you mean \"SLO\"?"},
		{"a topology", sloDesign, "this is no OpenSLO document"},
		{"no SLO", "apiVersion: openslo/v1\nkind: Service\n", "there is no SLO in this file"},
		{"nothing", "", "the file is empty"},
		{"broken YAML", "apiVersion: [\n", "slo.yaml:1:1: did not find expected"},
		{"an annotation of ours that is none", strings.Replace(body, "{name: x}", "{name: x, annotations: {ftsim/rot: 1h}}", 1) + "  objectives: [{target: 0.9}]\n", "unknown key \"rot\"; did you mean \"rto\"?"},
	} {
		_, in, err := under(c.text)
		ps, ok := err.(model.Problems)
		if !ok || len(ps.Faults()) != 1 || !strings.Contains(ps.Faults().Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if err := in.Sources().Render(&strings.Builder{}, ps, false); err != nil {
			t.Error(err)
		}
	}
}

// What is written as OpenSLO and read again is the same objectives, without a doubt.
func TestOpenSLOThereAndBack(t *testing.T) {
	design := strings.Replace(sloDesign, "objectives:\n", "objectives:\n  - {journey: check out, availability: 99.995%, rto: 2h, count_planned: false}\n  - {journey: read, availability: 97%}\n", 1)
	first, err := Load("base.yaml", []byte(design))
	if err != nil {
		t.Fatal(err)
	}
	text, err := OpenSLO(first.System, first.Plan, first.Plan.Horizon)
	if err != nil {
		t.Fatal(err)
	}
	bare, _, _ := strings.Cut(design, "objectives:")
	second, err := LoadInput(&Input{Files: []File{{Name: "base.yaml", Text: []byte(bare)}}, SLOs: []File{{Name: "slo.yaml", Text: text}}})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if len(second.Plan.Objectives) != 4 {
		t.Fatalf("%d objectives of 4\n%s", len(second.Plan.Objectives), text)
	}
	for i, o := range second.Plan.Objectives {
		want := first.Plan.Objectives[i]
		if o.At = want.At; o != want {
			t.Errorf("%+v, want %+v\n%s", o, want, text)
		}
	}
	for _, w := range second.System.Warnings {
		if w.At.File == "slo.yaml" {
			t.Errorf("%v\n%s", w, text)
		}
	}
	for _, name := range []string{"name: check-out\n", "name: read\n", "name: read-2\n", "indicatorRef: read-availability", "name: check-out-2\n", "ftsim/rto: 1h", "duration: 30d"} {
		if !strings.Contains(string(text), name) {
			t.Errorf("no %q in\n%s", name, text)
		}
	}
}

// A window that OpenSLO can write is read again as it was; one that it cannot is refused, not rounded.
func TestWindowsOfOpenSLO(t *testing.T) {
	topo, err := Load("base.yaml", []byte(sloDesign))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []model.Seconds{model.Minute, 90 * model.Minute, 2 * model.Hour, 28 * model.Day, 1000*model.Day + model.Minute, 100 * model.Year} {
		text, err := OpenSLO(topo.System, topo.Plan, w)
		_, rest, _ := strings.Cut(string(text), "- duration: ")
		word, _, _ := strings.Cut(rest, "\n")
		if got, ok := sloDuration(word); err != nil || !ok || got != w {
			t.Errorf("a window of %v is written as %q and read as %v, %v", w, word, got, err)
		}
	}
	for _, w := range []model.Seconds{0, 30, 90, model.Hour + 0.5, 101 * model.Year, model.Never} {
		if text, err := OpenSLO(topo.System, topo.Plan, w); err == nil {
			t.Errorf("a window of %v is written:\n%s", w, text)
		}
	}
}

func FuzzOpenSLO(f *testing.F) {
	f.Add(sloHead + sloRatio + "  objectives: [{target: 0.9}]\n")
	f.Add("apiVersion: openslo/v1\nkind: SLI\n---\n" + sloHead)
	f.Fuzz(func(t *testing.T, text string) {
		topo, in, err := under(text)
		if ps, ok := err.(model.Problems); topo == nil && (!ok || len(ps.Faults()) == 0) {
			t.Fatalf("refused without a fault: %v", err)
		} else if err := in.Sources().Render(&strings.Builder{}, ps, false); err != nil {
			t.Fatal(err)
		}
	})
}
