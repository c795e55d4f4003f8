package topology

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

var update = flag.Bool("update", false, "rewrite the golden files, the schema and the pages that tests write")

// golden holds what comes of a file to what stands beside it.
func golden(t *testing.T, file, got string) {
	t.Helper()
	upToDate(t, strings.TrimSuffix(file, ".yaml")+".golden", got)
}

// upToDate holds a file that tests write to what they would write now; -update writes it.
func upToDate(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run go test ./topology -update and look at the difference\n%s", file, firstDifference(string(want), got))
	}
}

// firstDifference shows where two texts part.
func firstDifference(want, got string) string {
	was, is := strings.Split(want, "\n"), strings.Split(got, "\n")
	line := func(list []string, i int) string {
		if i < len(list) {
			return list[i]
		}
		return "(the end)"
	}
	i := 0
	for i < len(was) && i < len(is) && was[i] == is[i] {
		i++
	}
	return fmt.Sprintf("line %d was %q\nline %d is  %q", i+1, line(was, i), i+1, line(is, i))
}

func files(t *testing.T, pattern string) []string {
	t.Helper()
	out, err := filepath.Glob(pattern)
	if err != nil || len(out) == 0 {
		t.Fatalf("no files match %s: %v", pattern, err)
	}
	return out
}

func TestBadFilesAreRefusedInFull(t *testing.T) {
	for _, f := range files(t, "testdata/bad/*.yaml") {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		topo, err := Load(filepath.Base(f), text)
		if d := time.Since(start); d > time.Second {
			t.Errorf("%s took %v", f, d)
		}
		ps, ok := err.(model.Problems)
		if !ok || topo != nil || len(ps.Faults()) == 0 {
			t.Errorf("%s was accepted: %v", f, err)
			continue
		}
		for _, p := range ps {
			if p.At.Line < 1 || p.At.Column < 1 {
				t.Errorf("%s: a problem without a place: %v", f, p)
			}
		}
		var out strings.Builder
		if err := renderOne(&out, ps, text, false); err != nil {
			t.Fatal(err)
		}
		golden(t, f, out.String())
	}
}

func TestGoodFilesMeanWhatTheySay(t *testing.T) {
	for _, f := range files(t, "testdata/good/*.yaml") {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		topo, err := Load(filepath.Base(f), text)
		if err != nil {
			t.Errorf("%s:\n%v", f, err)
			continue
		}
		golden(t, f, describe(topo))
	}
}

// describe writes all that a file came to mean.
func describe(t *Topology) string {
	var b strings.Builder
	fmt.Fprintf(&b, "plan %+v\n\n", *t.Plan)
	for i := range t.System.Components {
		c := &t.System.Components[i]
		fmt.Fprintf(&b, "component %d %s %q site %d start-failure %v", i, c.Kind, c.Name, c.Site, c.StartFailure)
		if c.Requires != nil {
			fmt.Fprintf(&b, " requires %s", needText(c.Requires))
		}
		if c.Unit {
			b.WriteString(" as its parts")
		}
		if c.StartsIn != nil {
			fmt.Fprintf(&b, " starts in %v", c.StartsIn)
		}
		if c.Exclusive {
			b.WriteString(" exclusive")
		}
		for _, m := range c.Modes {
			fmt.Fprintf(&b, "\n    %v after %v, repaired in %v, keeps age %v", m.Kind, m.Life, m.Repair, m.KeepsAge)
			if m.Unread > 0 {
				fmt.Fprintf(&b, ", unread %.6g", m.Unread)
			}
			if m.Kind == model.Slow {
				fmt.Fprintf(&b, ", errors %v, capacity %v", m.Errors, m.Capacity)
			}
			if m.Hidden {
				b.WriteString(", hidden")
			}
		}
		b.WriteByte('\n')
	}
	for i, s := range t.System.Network.Sites {
		fmt.Fprintf(&b, "site %d %+v\n", i, s)
	}
	for _, l := range t.System.Network.Links {
		fmt.Fprintf(&b, "link %+v\n", l)
	}
	for _, c := range t.System.Causes {
		fmt.Fprintf(&b, "cause %q %v after %v for %v hits %v with %v glitch %v\n", c.Name, c.Mode, c.Life, c.Repair, c.Victims, c.Probability, c.Glitch)
		if c.Spoils > 0 {
			fmt.Fprintf(&b, "    spoils data with %v\n", c.Spoils)
		}
		if c.SetOff != nil {
			fmt.Fprintf(&b, "    set off by %d after %v\n", c.SetOff.Component, c.SetOff.Delay)
		}
	}
	for _, c := range t.System.Crews {
		fmt.Fprintf(&b, "crew %+v\n", c)
	}
	for _, s := range t.System.Stocks {
		fmt.Fprintf(&b, "stock %+v\n", s)
	}
	for _, m := range t.System.Maintenance {
		fmt.Fprintf(&b, "maintenance %+v\n", m)
	}
	for i, s := range t.System.Services {
		if s.Collapse != nil {
			c := s.Collapse
			fmt.Fprintf(&b, "collapse above %v after %v in steps of %v, retries %v, by %+v\n", c.Above, c.After, c.Step, c.Retry, c.Human)
		}
		fmt.Fprintf(&b, "service %d %q %v, members %v, needed %d, per replica %v\n", i, s.Name, s.Policy, s.Members, s.Needed, s.PerReplica)
		if s.LeastLoaded {
			b.WriteString("    least loaded\n")
		}
		fmt.Fprintf(&b, "    detector %v observer %d balancer %d warm-up %+v\n", s.Detector, s.Observer, s.Balancer, s.WarmUp)
		if s.Coordinated || s.Fence.Kind != model.Unfenced {
			fmt.Fprintf(&b, "    coordinated %v by %d fence %+v\n", s.Coordinated, s.Coordinator, s.Fence)
		}
		if p, ok := s.Policy.(*policies.ActivePassive); ok && t.System.People.Staff > 0 {
			fmt.Fprintf(&b, "    people %+v who %+v\n", t.System.People, p.Human)
		}
		if s.StandbyReads {
			fmt.Fprintf(&b, "    standbys answer reads, %v of them all the time\n", s.StandbyShare)
		}
		if s.Failback || s.Rot.Life != nil || s.HoldDown.Most > 0 {
			fmt.Fprintf(&b, "    rot %+v hold-down %+v failback %v after %v\n", s.Rot, s.HoldDown, s.Failback, s.FailbackAfter)
		}
		if s.Fresh {
			b.WriteString("    replaced at once\n")
		}
		for _, d := range s.Needs {
			fmt.Fprintf(&b, "    needs %s\n", dependencyText(&d))
		}
		if s.Store != nil {
			var parts []string
			st := *s.Store
			for what, part := range map[string]any{"rebuild": st.Rebuild, "backups": st.Backups, "errors": st.Errors, "corruption": st.Corruption, "producers": st.Producers, "reconciliation": st.Reconcile, "salvage": st.Salvage, "shards": st.Shards, "hints": st.Hints} {
				if v := reflect.ValueOf(part); !v.IsNil() {
					parts = append(parts, fmt.Sprintf("    %s %+v\n", what, v.Elem()))
				}
			}
			slices.Sort(parts)
			st.Rebuild, st.Backups, st.Errors, st.Corruption, st.Producers, st.Reconcile, st.Salvage, st.Shards, st.Hints = nil, nil, nil, nil, nil, nil, nil, nil, nil
			if st.Forced != nil {
				st.Forced = nil
				parts = append(parts, "    somebody goes on without a majority\n")
			}
			fmt.Fprintf(&b, "    store %s\n%s", strings.NewReplacer(" Shards:<nil>", "", " Hints:<nil>", "", " Salvage:<nil>", "").Replace(fmt.Sprintf("%+v", st)), strings.Join(parts, ""))
		}
	}
	for i, j := range t.System.Journeys {
		fmt.Fprintf(&b, "journey %d %q share %.6g threshold %v service %d\n", i, j.Name, j.Share, j.Threshold, j.Service)
		for _, d := range j.Needs {
			fmt.Fprintf(&b, "    needs %s\n", dependencyText(&d))
		}
	}
	for i, j := range t.System.Jobs {
		fmt.Fprintf(&b, "job %d %q work %v restart %v threshold %v shielded %v repeats %v checkpoint %+v\n",
			i, j.Name, j.Work, j.Restart, j.Threshold, j.Shielded, j.Repeats, j.Checkpoint)
		for _, d := range j.Needs {
			fmt.Fprintf(&b, "    needs %s\n", dependencyText(&d))
		}
	}
	if t.System.Cost != nil {
		fmt.Fprintf(&b, "cost %+v\n", *t.System.Cost)
	}
	fmt.Fprintf(&b, "clients %+v rate %v", t.System.Clients, t.System.Rate)
	if t.System.Peak.To > 0 {
		fmt.Fprintf(&b, " peak %+v", t.System.Peak)
	}
	b.WriteString("\n\n")
	for _, s := range t.Settings {
		fmt.Fprintf(&b, "%s = %s (%s)\n", s.Path, s.Value, s.Source)
	}
	for _, u := range t.Uncertain {
		fmt.Fprintf(&b, "unknown: %s is %s; %v %s at %v\n", u.Name, u.Text, u.Value, u.Unit, u.At)
	}
	for _, w := range t.System.Warnings {
		fmt.Fprintf(&b, "%v\n", w)
	}
	return b.String()
}

func needText(n *model.Need) string {
	if len(n.Of) == 0 {
		if n.Access == model.Read {
			return fmt.Sprintf("%d(read)", n.Ref)
		}
		return fmt.Sprint(n.Ref)
	}
	var parts []string
	for i := range n.Of {
		parts = append(parts, needText(&n.Of[i]))
	}
	return fmt.Sprintf("%d of (%s)", n.AtLeast, strings.Join(parts, " "))
}

func dependencyText(d *model.Dependency) string {
	s := fmt.Sprintf("%s without %v", needText(&d.Need), d.Without)
	if c := d.Cushion; c != nil {
		s += fmt.Sprintf(", %s: %v worth %v, drained %v", c.Name, c.Holds, c.Worth, c.Drain)
	}
	if d.Else != nil {
		s += " else " + needText(d.Else)
	}
	return s
}

func TestHostileInputEndsSoon(t *testing.T) {
	cases := map[string]string{
		"brackets": strings.Repeat("[", 1<<20), "braces": strings.Repeat("{a: ", 1<<18), "dashes": strings.Repeat("- ", 1<<18),
		"twins":    strings.Repeat("a:\n", 1<<16),
		"unknown":  "apiVersion: ftsim/v1\n" + manyKeys(50_000),
		"services": "apiVersion: ftsim/v1\nservices:\n" + indent(manyKeys(20_000)),
		"laws":     "apiVersion: ftsim/v1\nnodes: {a: {mtbf: " + strings.Repeat("{shifted: {by: 1s, law: ", 500) + "1h" + strings.Repeat("}}", 500) + "}}\n",
		"replicas": "apiVersion: ftsim/v1\nnodes:\n" + indent(manyKeys(9_000)) + "services: {s: {policy: quorum, replicas: [" + strings.Repeat("nobody, ", 20_000) + "]}}\n",
		"zones":    "apiVersion: ftsim/v1\ntopology:\n  regions:\n    r:\n      zones:\n" + strings.ReplaceAll(indent(manyKeys(9_000)), "  key", "        key") + "nodes:\n" + strings.ReplaceAll(indent(manyKeys(9_000)), "{}", "{zone: nowhere}"),
		"groups":   "apiVersion: ftsim/v1\nnodes: {n: {count: 100000, mtbf: 1y, mttr: 1h}}\nservices:\n" + strings.ReplaceAll(indent(manyKeys(1_000)), "{}", "{replicas: [n], policy: active-active, software: {preset: nginx}}"),
		"patterns": "apiVersion: ftsim/v1\nnodes: {n: {count: 100000, mtbf: 1y, mttr: 1h}}\nservices:\n" + strings.ReplaceAll(indent(manyKeys(1_000)), "{}", "{replicas: ['*-*-*x*'], policy: active-active}"),
		"causes":   "apiVersion: ftsim/v1\nnodes: {n: {count: 100000, mtbf: 1y, mttr: 1h}}\nservices: {s: {replicas: [n], policy: active-active}}\ncommon_causes:\n" + manyCauses(300),
		"promises": "apiVersion: ftsim/v1\nnodes: {n: {mtbf: 1y, mttr: 1h}}\nservices: {s: {replicas: [n]}}\njourneys:\n" + strings.ReplaceAll(indent(manyKeys(9_000)), "{}", "{path: [s]}") + "objectives:\n" + strings.Repeat("  - {journey: nothing, availability: 99%}\n", 9_000),
		"one line": "apiVersion: ftsim/v1\nnodes: {" + strings.ReplaceAll(manyKeys(50_000), "{}\n", "{oops: 1}, ") + "}\nservices: {s: {replicas: [n]}}\n",
		"counts":   "apiVersion: ftsim/v1\nnodes: {a: {count: 2000000}, b: {count: 2000000}, c: {count: 99999999999999999999999}}\n",
	}
	for name, text := range cases {
		start := time.Now()
		if _, err := Load(name, []byte(text)); err == nil {
			t.Errorf("%s was accepted", name)
		} else if err := renderOne(io.Discard, err.(model.Problems), []byte(text), false); err != nil {
			t.Error(err)
		}
		if d := time.Since(start); d > 30*time.Second { // a second on a quiet machine; what grows with the square takes minutes
			t.Errorf("%s took %v", name, d)
		} else {
			t.Log(name, d)
		}
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "key-%d: {}\n", i)
	}
	return b.String()
}

func manyCauses(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  - {id: c%d, affects: {nodes: [n]}, mtbf: 1y, mttr: 1h}\n", i)
	}
	return b.String()
}

func indent(s string) string {
	return "  " + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n  ") + "\n"
}

func TestAMillionNodesShareTheirModes(t *testing.T) {
	topo, err := Load("big.yaml", []byte("apiVersion: ftsim/v1\nnodes:\n  unit: {count: 1000000, mtbf: 1000h, mttr: 10h}\nservices:\n  farm: {replicas: unit, policy: active-active, needed: 900000}\n"))
	if err != nil {
		t.Fatal(err)
	}
	c := topo.System.Components
	if len(c) != 1_000_000 || &c[0].Modes[0] != &c[999_999].Modes[0] || c[999_999].Name != "unit-1000000" {
		t.Errorf("%d components, the last is %q", len(c), c[len(c)-1].Name)
	}
	if len(topo.Settings) > 20 {
		t.Errorf("%d settings for one group", len(topo.Settings))
	}
}

func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/good/*.yaml", "testdata/bad/*.yaml"} {
		names, _ := filepath.Glob(pattern)
		for _, name := range names {
			text, _ := os.ReadFile(name)
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<16 || strings.Contains(string(text), "count") {
			return // large counts are legal, and slow
		}
		topo, err := Load("fuzz.yaml", text)
		if (topo == nil) == (err == nil) {
			t.Fatalf("topology %v, error %v", topo, err)
		}
		if ps, ok := err.(model.Problems); err != nil && (!ok || len(ps.Faults()) == 0) {
			t.Fatalf("an error without a fault: %v", err)
		} else if err := renderOne(&strings.Builder{}, ps, text, true); err != nil {
			t.Fatal(err)
		}
	})
}

// renderOne writes problems of one file.
func renderOne(w io.Writer, ps model.Problems, source []byte, color bool) error {
	s := Sources{}
	for i := range ps {
		s[ps[i].At.File] = source
	}
	return s.Render(w, ps, color)
}
