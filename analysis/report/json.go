package report

import (
	"encoding/json"
	"io"
	"math"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// FormatVersion is that of all files for other programs: JSON, CSV, JUnit and Prometheus. Adding fields, columns
// at the end or metrics keeps it; anything else does not.
const FormatVersion = 1

// value is a number in JSON: null where nothing is known, "inf" where there is no end.
type value float64

// MarshalJSON implements json.Marshaler.
func (v value) MarshalJSON() ([]byte, error) {
	switch f := float64(v); {
	case math.IsNaN(f):
		return []byte("null"), nil
	case math.IsInf(f, 1):
		return []byte(`"inf"`), nil
	case math.IsInf(f, -1):
		return []byte(`"-inf"`), nil
	}
	return json.Marshal(float64(v))
}

type jsonEstimate struct {
	Statistic    string   `json:"statistic,omitempty"`
	Value        value    `json:"value"`
	Low          value    `json:"low"`
	High         value    `json:"high"`
	Confidence   float64  `json:"confidence"`
	Observations int64    `json:"observations"`
	Bound        bool     `json:"bound,omitempty"`
	Warnings     []string `json:"warnings,omitempty"`
}

func asJSON(name string, e analysis.Estimate) jsonEstimate {
	return jsonEstimate{name, value(e.Value), value(e.Low), value(e.High), e.Confidence, e.Observations, e.Bound, e.Warnings}
}

type jsonMetric struct {
	Name     string         `json:"name"`
	Target   string         `json:"target"`
	Unit     string         `json:"unit"`
	Better   string         `json:"better"`
	Method   string         `json:"method"`
	Help     string         `json:"help"`
	Censored int64          `json:"censored,omitempty"`
	Stats    []jsonEstimate `json:"stats"`
}

type jsonObjective struct {
	Kind     string       `json:"kind"`
	Name     string       `json:"name"`
	Target   value        `json:"target"`
	Measured jsonEstimate `json:"measured"`
	Verdict  string       `json:"verdict"`
	MoreRuns value        `json:"more_runs,omitempty"`
	Note     string       `json:"note,omitempty"`

	Unplanned bool `json:"unplanned,omitempty"` // announced maintenance is left out
}

type jsonFailover struct {
	Service string       `json:"service"`
	Trigger string       `json:"trigger"`
	Result  string       `json:"result"`
	Manual  bool         `json:"manual"`
	PerYear jsonEstimate `json:"per_year"`
}

type jsonInitiator struct {
	Name       string  `json:"name"`
	Kind       string  `json:"kind"`
	Down       float64 `json:"down_s"`
	Share      float64 `json:"share"`
	PerYear    float64 `json:"outages_per_year"`
	MeanOutage float64 `json:"mean_outage_s"`
}

type jsonPhase struct {
	Phase string  `json:"phase"`
	Down  float64 `json:"down_s"`
	Share float64 `json:"share"`
}

type jsonCell struct {
	Initiator string  `json:"initiator"`
	Phase     string  `json:"phase"`
	Down      float64 `json:"down_s"`
}

type jsonBlame struct {
	Journey    string          `json:"journey"`
	Total      float64         `json:"total_down_s"`
	Budget     float64         `json:"budget_s_per_year,omitempty"`
	Initiators []jsonInitiator `json:"by_initiator"`
	Phases     []jsonPhase     `json:"by_phase"`
	Cells      []jsonCell      `json:"cells"`
}

type jsonSetting struct {
	Path   string `json:"path"`
	Value  string `json:"value"`
	Source string `json:"source"`
}

type jsonProvenance struct {
	Version     string        `json:"version"`
	Commit      string        `json:"commit"`
	GoVersion   string        `json:"go_version"`
	Seed        uint64        `json:"seed"`
	InputName   string        `json:"input_name"`
	InputHash   string        `json:"input_hash"`
	Runs        int           `json:"runs"`
	Planned     int           `json:"planned"`
	Horizon     model.Seconds `json:"horizon_s"`
	Start       string        `json:"start"`
	WarmUp      model.Seconds `json:"warm_up_s"`
	Interrupted bool          `json:"interrupted"`
	Stop        *jsonStop     `json:"stopped_by,omitempty"`
	Settings    []jsonSetting `json:"settings"`
}

type jsonSummary struct {
	FormatVersion int             `json:"format_version"`
	System        string          `json:"system"`
	Provenance    jsonProvenance  `json:"provenance"`
	Years         float64         `json:"simulated_years"`
	Currency      string          `json:"currency,omitempty"`
	Verdict       string          `json:"verdict"`
	Objectives    []jsonObjective `json:"objectives"`
	Metrics       []jsonMetric    `json:"metrics"`
	Failovers     []jsonFailover  `json:"failovers"`
	Downtime      []jsonBlame     `json:"downtime"`
	Data          []jsonData      `json:"data,omitempty"`
	Points        []jsonPoints    `json:"recovery_points,omitempty"`
	Worst         int             `json:"worst_replication"`
	Warnings      []string        `json:"warnings"`
	LeftOut       []string        `json:"not_included"`
	Tables        []extent        `json:"tables,omitempty"`
	Uncertainty   *jsonUncertain  `json:"uncertainty,omitempty"`
}

// JSON writes summary.json. Equal input gives equal bytes.
func JSON(w io.Writer, d *Document) error {
	sum := d.Summary
	out := jsonSummary{FormatVersion: FormatVersion, System: sum.System.Name, Provenance: provenance(&d.Provenance),
		Years: sum.Years, Verdict: sum.Verdict().String(), Objectives: []jsonObjective{}, Metrics: []jsonMetric{},
		Failovers: []jsonFailover{}, Downtime: []jsonBlame{}, Worst: sum.Worst.Replication,
		Warnings: append([]string{}, d.Warnings...), LeftOut: append([]string{}, d.LeftOut...), Tables: d.extents(), Uncertainty: uncertainty(d)}
	if sum.System.Cost != nil {
		out.Currency = sum.System.Cost.Currency
	}
	for _, j := range sum.Objectives {
		out.Objectives = append(out.Objectives, jsonObjective{j.Kind, j.Name, value(j.Target),
			asJSON("", j.Measured), j.Verdict.String(), value(j.MoreRuns), j.Note, j.Unplanned})
	}
	for i := range sum.Measured {
		out.Metrics = append(out.Metrics, metric(&sum.Measured[i]))
	}
	for _, f := range sum.Failovers {
		out.Failovers = append(out.Failovers, jsonFailover{f.Name, f.Trigger.String(), f.Result.String(), f.Manual, asJSON("", f.PerYear)})
	}
	for i := range sum.Blame {
		out.Downtime = append(out.Downtime, blame(sum, &sum.Blame[i]))
	}
	out.Data, out.Points = dataOf(sum), pointsOf(sum)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func provenance(p *Provenance) jsonProvenance {
	start := "all-up"
	if p.WarmUp > 0 {
		start = "steady-state"
	}
	out := jsonProvenance{p.Version, p.Commit, p.GoVersion, p.Seed, p.InputName, p.InputHash, p.Runs, p.Planned,
		p.Horizon, start, p.WarmUp, p.Interrupted, p.Stop.json(), []jsonSetting{}}
	for _, s := range p.Settings {
		out.Settings = append(out.Settings, jsonSetting(s))
	}
	return out
}

func metric(m *analysis.Measured) jsonMetric {
	out := jsonMetric{m.Metric.Name, m.Name, string(m.Metric.Unit), string(m.Metric.Better), string(m.Metric.Method),
		m.Metric.Help, m.Censored, nil}
	for _, s := range m.Stats {
		out.Stats = append(out.Stats, asJSON(s.Name, s.Estimate))
	}
	return out
}

func blame(sum *analysis.Summary, b *analysis.Blame) jsonBlame {
	out := jsonBlame{b.Name, float64(b.Total), analysis.ErrorBudget(sum.Plan, b.Journey), []jsonInitiator{}, []jsonPhase{}, []jsonCell{}}
	for _, in := range b.Initiators {
		out.Initiators = append(out.Initiators, jsonInitiator{in.Name, in.Kind, float64(in.Down), in.Share, in.PerYear, float64(in.MeanOutage)})
	}
	for _, p := range b.Phases {
		out.Phases = append(out.Phases, jsonPhase{p.Phase.String(), float64(p.Down), p.Share})
	}
	for _, c := range b.Cells {
		out.Cells = append(out.Cells, jsonCell{sum.System.ElementName(c.Initiator), c.Phase.String(), float64(c.Down)})
	}
	return out
}
