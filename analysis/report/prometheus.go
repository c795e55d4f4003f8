package report

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// Prometheus writes the figures in the text exposition format, version 0.0.4, for example for the textfile
// collector of the node exporter. All are gauges in base units: seconds, ratios, events per year. What was not
// observed has no value, only bounds in …_lower and …_upper.
// https://prometheus.io/docs/instrumenting/exposition_formats/
func Prometheus(w io.Writer, d *Document) error {
	e := &exposition{w: bufio.NewWriter(w), system: d.Summary.System.Name}
	e.about(d)
	e.verdicts(d.Summary)
	all := d.Summary.Measured
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].Metric.Name == all[0].Metric.Name {
			n++
		}
		e.metric(d.Summary, all[:n])
		all = all[n:]
	}
	e.blame(d.Summary)
	if e.err != nil {
		return e.err
	}
	return e.w.Flush()
}

// tag is a label: a name, which is ours, and a value, which may be anybody's.
type tag struct{ name, value string }

type exposition struct {
	w      *bufio.Writer
	system string
	err    error
}

func (e *exposition) write(s string) {
	if e.err == nil {
		_, e.err = e.w.WriteString(s)
	}
}

var (
	helpText   = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	labelValue = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
)

// family begins the samples of a name, which must follow each other.
func (e *exposition) family(name, help string) {
	e.write("# HELP " + name + " " + helpText.Replace(printable(help)) + "\n# TYPE " + name + " gauge\n")
}

func (e *exposition) sample(name string, x float64, labels ...tag) {
	var b strings.Builder
	b.WriteString(name + `{system="` + labelValue.Replace(printable(e.system)) + `"`)
	for _, l := range labels {
		b.WriteString("," + l.name + `="` + labelValue.Replace(printable(l.value)) + `"`)
	}
	e.write(b.String() + "} " + exposed(x) + "\n")
}

// exposed writes a number as Go's ParseFloat reads it, which is what the format asks for.
func exposed(x float64) string {
	switch {
	case math.IsInf(x, 1):
		return "+Inf"
	case math.IsInf(x, -1):
		return "-Inf"
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// about says where the figures come from.
func (e *exposition) about(d *Document) {
	p := &d.Provenance
	e.family("ftsim_run_info", "What was simulated, by which program; always 1")
	e.sample("ftsim_run_info", 1, tag{"version", p.Version}, tag{"input", p.InputName}, tag{"input_hash", p.InputHash},
		tag{"seed", strconv.FormatUint(p.Seed, 10)}, tag{"format_version", strconv.Itoa(FormatVersion)})
	for _, s := range []struct {
		name, help string
		value      float64
	}{
		{"ftsim_replications", "Replications done", float64(p.Runs)},
		{"ftsim_horizon_seconds", "Length of a replication", float64(p.Horizon)},
		{"ftsim_simulated_seconds", "Simulated time over all replications", d.Summary.Years * float64(model.Year)},
		{"ftsim_warnings", "Warnings that should be read before a figure is quoted", float64(len(d.Warnings))},
	} {
		e.family(s.name, s.help)
		e.sample(s.name, s.value)
	}
}

// verdicts has, of each objective, its target and a sample for each verdict, of which one is 1.
func (e *exposition) verdicts(sum *analysis.Summary) {
	if len(sum.Objectives) == 0 {
		return
	}
	list := distinctObjectives(sum)
	e.family("ftsim_objective_verdict", "1 for the verdict on an objective, 0 for the others")
	for _, j := range list {
		for v := analysis.Met; v <= analysis.Undecided; v++ {
			is := 0.0
			if j.Verdict == v {
				is = 1
			}
			e.sample("ftsim_objective_verdict", is, tag{"objective", j.Kind}, tag{"target", j.Name}, tag{"verdict", v.String()})
		}
	}
	for _, f := range []struct{ kind, name, help string }{
		{"availability", "ftsim_objective_availability_ratio", "Least availability that is promised"},
		{"rto", "ftsim_objective_rto_seconds", "Longest recovery that is promised, for 95 % of incidents"},
		{"rpo", "ftsim_objective_rpo_seconds", "Greatest loss that is promised, for 95 % of recoveries"},
	} {
		begun := false
		for _, j := range list {
			if j.Kind != f.kind {
				continue
			}
			if !begun {
				e.family(f.name, f.help)
				begun = true
			}
			e.sample(f.name, j.Target, tag{"target", j.Name})
		}
	}
}

// distinctObjectives leaves out all but the strictest verdict where a file promises the same thing of a journey
// twice, because two samples with the same labels would spoil the whole file.
func distinctObjectives(sum *analysis.Summary) (list []*analysis.Judgement) {
	at := map[[2]string]int{}
	for i := range sum.Objectives {
		j := &sum.Objectives[i]
		k, seen := at[[2]string{j.Kind, j.Name}]
		switch {
		case !seen:
			at[[2]string{j.Kind, j.Name}] = len(list)
			list = append(list, j)
		case j.Kind == "availability" && j.Target > list[k].Target, j.Kind != "availability" && j.Target < list[k].Target:
			list[k] = j
		}
	}
	return list
}

// exposedName is the name of a metric with its unit, as naming conventions ask for.
func exposedName(m *analysis.Metric) string {
	suffix := map[analysis.Unit]string{analysis.Fraction: "_ratio", analysis.Time: "_seconds", analysis.TimePerYear: "_seconds_per_year",
		analysis.PerYear: "_per_year", analysis.CostPerYear: "_per_year", analysis.Transactions: "_transactions"}[m.Unit]
	return "ftsim_" + strings.TrimSuffix(m.Name, suffix) + suffix
}

// metric writes a metric of all its targets: the values, then the ends of their intervals.
func (e *exposition) metric(sum *analysis.Summary, list []analysis.Measured) {
	m := list[0].Metric
	name, help := exposedName(m), strings.ToUpper(m.Help[:1])+m.Help[1:]
	for _, end := range []struct {
		suffix, help string
		of           func(analysis.Estimate) float64
	}{
		{"", "", func(s analysis.Estimate) float64 { return s.Value }},
		{"_lower", "; lower end of the 95 % interval", func(s analysis.Estimate) float64 { return s.Low }},
		{"_upper", "; upper end of the 95 % interval", func(s analysis.Estimate) float64 { return s.High }},
	} {
		for _, zero := range []bool{false, true} { // the share of zeros is a metric of its own, since its unit is
			family, about := name+end.suffix, help+end.help
			if zero {
				family, about = "ftsim_"+m.Name+"_zero_ratio"+end.suffix, help+": share of zeros"+end.help
			}
			begun := false
			for i := range list {
				for _, s := range list[i].Stats {
					x := end.of(s.Estimate)
					if (s.Name == "zero") != zero || math.IsNaN(x) || end.suffix == "" && unobserved(m, s) {
						continue
					}
					if !begun {
						e.family(family, about)
						begun = true
					}
					e.sample(family, x, append(targetLabels(sum, &list[i]), statLabels(s.Name)...)...)
				}
			}
		}
	}
}

// unobserved tells of an estimate whose value is only where its interval begins or ends.
func unobserved(m *analysis.Metric, s analysis.Stat) bool {
	return s.Bound || (m.Method == analysis.Share || s.Name == "zero") && (s.Value == 0 || s.Value == 1)
}

func statLabels(stat string) []tag {
	if stat == "zero" {
		return nil
	}
	return []tag{{"statistic", stat}}
}

// targetLabels say what a figure is about. A journey that merely observes a service counts as the service.
func targetLabels(sum *analysis.Summary, m *analysis.Measured) []tag {
	scope, _, _ := strings.Cut(string(m.Metric.Scope), " ")
	if scope == "journey" && sum.System.Journeys[m.Target].Service >= 0 {
		scope = "service"
	}
	labels := []tag{{"scope", scope}, {"target", m.Name}}
	if m.Metric.Unit == analysis.CostPerYear && sum.System.Cost != nil {
		labels = append(labels, tag{"currency", sum.System.Cost.Currency})
	}
	return labels
}

// blame writes how the downtime of each journey of users splits, by what began it and by what was waited for.
func (e *exposition) blame(sum *analysis.Summary) {
	const causes, phases = "ftsim_downtime_by_cause_seconds_per_year", "ftsim_downtime_by_phase_seconds_per_year"
	if len(sum.Blame) == 0 {
		return
	}
	e.family(causes, "Time down per year by what began it")
	for _, j := range sum.Users {
		b := &sum.Blame[j]
		for _, in := range b.Initiators {
			e.sample(causes, float64(in.Down)/b.Years, tag{"target", b.Name}, tag{"cause", in.Name}, tag{"kind", in.Kind})
		}
	}
	e.family(phases, "Time down per year by what was in the way")
	for _, j := range sum.Users {
		for _, p := range sum.Blame[j].Phases {
			e.sample(phases, float64(p.DownPerYear), tag{"target", sum.Blame[j].Name}, tag{"phase", fmt.Sprint(p.Phase)})
		}
	}
}
