package report

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// sheet writes CSV records and remembers the first error.
type sheet struct {
	buf *bufio.Writer
	csv *csv.Writer
}

func newSheet(w io.Writer, head ...string) (*sheet, error) {
	b := bufio.NewWriterSize(w, 1<<16)
	s := &sheet{b, csv.NewWriter(b)}
	return s, s.csv.Write(head)
}

func (s *sheet) close(err error) error {
	s.csv.Flush()
	if err == nil {
		err = s.csv.Error()
	}
	if err == nil {
		err = s.buf.Flush()
	}
	return err
}

// plain writes a number for a spreadsheet: empty if unknown, inf without end.
func plain(x float64) string {
	switch {
	case math.IsNaN(x):
		return ""
	case math.IsInf(x, 1):
		return "inf"
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// moment writes a point in time to the millisecond: no detector is finer, and a file with millions of
// rows is a fifth shorter.
func moment(t model.Seconds) string { return rounded(t, 1e3) }

// length writes how long something took: to the millisecond too, but what is shorter than a second to
// the microsecond.
func length(t model.Seconds) string {
	if t < 1 {
		return rounded(t, 1e6)
	}
	return rounded(t, 1e3)
}

func rounded(t model.Seconds, perSecond float64) string {
	if math.IsInf(float64(t), 0) || math.IsNaN(float64(t)) {
		return ""
	}
	return strconv.FormatFloat(math.Round(float64(t)*perSecond)/perSecond, 'f', -1, 64)
}

func metricsCSV(w io.Writer, d *Document) error {
	s, err := newSheet(w, "metric", "target", "statistic", "unit", "value", "low", "high", "confidence", "replications", "observations", "bound", "method", "warnings")
	for i := range d.Summary.Measured {
		m := &d.Summary.Measured[i]
		for _, st := range m.Stats {
			if err != nil {
				break
			}
			err = s.csv.Write([]string{m.Metric.Name, m.Name, st.Name, statUnit(m, st.Name), plain(st.Value), plain(st.Low),
				plain(st.High), plain(st.Confidence), strconv.Itoa(st.Replications), strconv.FormatInt(st.Observations, 10),
				strconv.FormatBool(st.Bound), string(m.Metric.Method), strings.Join(st.Warnings, "; ")})
		}
	}
	return s.close(err)
}

// statUnit is the metric's unit, except for the share of zeros.
func statUnit(m *analysis.Measured, stat string) string {
	if stat == "zero" {
		return string(analysis.Fraction)
	}
	return string(m.Metric.Unit)
}

// Tables with a row per event.
const (
	outagesFile = "outages.csv"
	lossesFile  = "losses.csv"
)

// extent is how much of what happened a table of events holds.
type extent struct {
	File         string `json:"file"`
	Rows         int    `json:"rows"`
	Of           int64  `json:"of"`
	Replications int    `json:"replications"` // from the first on, whose rows are all there
}

// extents describes the tables of events; there are none without a folder to write them to.
func (d *Document) extents() []extent {
	if d.Provenance.OutDir == "" {
		return nil
	}
	o, l := &d.Summary.Outages, &d.Summary.Losses
	return []extent{{outagesFile, o.Len(), o.Seen, o.Replications}, {lossesFile, l.Len(), l.Seen, l.Replications}}
}

func (e extent) whole() bool { return int64(e.Rows) == e.Of }

func (e extent) String() string {
	s := fmt.Sprintf("%s has %s of %s rows", e.File, grouped(e.Rows), grouped(int(e.Of)))
	if e.Replications > 0 {
		s += ", those of the first " + counted(e.Replications, "replication")
	}
	return s + "; --rows all writes all"
}

func outagesCSV(w io.Writer, d *Document) error {
	head := []string{"replication", "journey", "start_s", "end_s", "open", "down_s", "initiator", "detected_s"}
	for p := model.Phase(0); p < model.NumPhases; p++ {
		head = append(head, p.String()+"_s")
	}
	s, err := newSheet(w, append(head, "unserved_s", "planned_s", "recoveries", "lost_s", "lost_transactions", "source")...)
	row := make([]string, 0, len(head)+1)
	sys := d.Summary.System
	for a := range d.Summary.Outages.All() {
		if err != nil {
			break
		}
		row = append(row[:0], strconv.Itoa(a.Replication), sys.Journeys[a.Journey].Name, moment(a.Start), moment(a.End),
			strconv.FormatBool(a.Open), length(a.Down(d.Summary.Horizon)), sys.ElementName(a.Initiator), moment(a.Detected))
		for _, t := range a.Phases {
			row = append(row, length(t))
		}
		row = append(row, length(a.Unserved), length(a.Planned))
		err = s.csv.Write(append(row, recovered(&a.Recovered)...))
	}
	return s.close(err)
}

// endless is written for what has no bound.
const endless = "inf"

// recovered writes what stores came to in an outage; nothing if none was recovered.
func recovered(all *analysis.Recovered) []string {
	if all.Stores == 0 {
		return []string{"0", "", "", ""}
	}
	seconds, transactions := length(all.Lost), rounded(model.Seconds(all.Transactions), 1e3)
	if math.IsInf(float64(all.Lost), 1) {
		seconds = endless
	}
	if math.IsInf(all.Transactions, 1) {
		transactions = endless
	}
	return []string{strconv.Itoa(int(all.Stores)), seconds, transactions, all.Source.String()}
}

func lossesCSV(w io.Writer, d *Document) error {
	s, err := newSheet(w, "replication", "service", "at_s", "lost_s", "lost_transactions", "total", "source", "took_s", "initiator", "because",
		"salvaged_s", "salvaged_transactions", "salvaged_after_s")
	sys := d.Summary.System
	for l := range d.Summary.Losses.All() {
		if err != nil {
			break
		}
		seconds, transactions := length(l.Seconds), rounded(model.Seconds(l.Transactions), 1e3)
		if l.Total {
			seconds, transactions = endless, endless
		}
		var back [3]string
		if x := l.Salvaged; x != (model.Salvaged{}) {
			back = [...]string{length(x.Seconds), rounded(model.Seconds(x.Transactions), 1e3), length(x.After)}
		}
		err = s.csv.Write([]string{strconv.Itoa(l.Replication), sys.Services[l.Service].Name, moment(l.At),
			seconds, transactions, strconv.FormatBool(l.Total), l.Source.String(), length(l.Took), sys.ElementName(l.Initiator), l.Damage.String(), back[0], back[1], back[2]})
	}
	return s.close(err)
}
