package report

import (
	"bufio"
	"encoding/csv"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// File is a result to be written under a name.
type File struct {
	Name  string
	Write func(io.Writer) error
}

// Files lists everything a results folder holds. A new format is a new line.
func Files(d *Document) []File {
	files := []File{
		{"summary.json", func(w io.Writer) error { return JSON(w, d) }},
		{"metrics.csv", func(w io.Writer) error { return metricsCSV(w, d) }},
		{"outages.csv", func(w io.Writer) error { return outagesCSV(w, d) }},
		{"losses.csv", func(w io.Writer) error { return lossesCSV(w, d) }},
	}
	return append(files, pictures(d)...)
}

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

// moment writes a time to the microsecond.
func moment(t model.Seconds) string {
	if math.IsInf(float64(t), 0) || math.IsNaN(float64(t)) {
		return ""
	}
	return strconv.FormatFloat(math.Round(float64(t)*1e6)/1e6, 'f', -1, 64)
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

func outagesCSV(w io.Writer, d *Document) error {
	head := []string{"replication", "journey", "start_s", "end_s", "open", "down_s", "initiator", "detected_s"}
	for p := model.Phase(0); p < model.NumPhases; p++ {
		head = append(head, p.String()+"_s")
	}
	s, err := newSheet(w, append(head, "unserved_s")...)
	row := make([]string, 0, len(head)+1)
	for a := range d.Summary.Outages.All() {
		if err != nil {
			break
		}
		sys := d.Summary.System
		row = append(row[:0], strconv.Itoa(a.Replication), sys.Journeys[a.Journey].Name, moment(a.Start), moment(a.End),
			strconv.FormatBool(a.Open), moment(a.Down(d.Summary.Horizon)), sys.ElementName(a.Initiator), moment(a.Detected))
		for _, t := range a.Phases {
			row = append(row, moment(t))
		}
		err = s.csv.Write(append(row, moment(a.Unserved)))
	}
	return s.close(err)
}

func lossesCSV(w io.Writer, d *Document) error {
	s, err := newSheet(w, "replication", "service", "at_s", "lost_s", "lost_transactions", "total", "initiator")
	for l := range d.Summary.Losses.All() {
		if err != nil {
			break
		}
		seconds, transactions := plain(float64(l.Seconds)), plain(l.Transactions)
		if l.Total {
			seconds, transactions = "inf", "inf"
		}
		err = s.csv.Write([]string{strconv.Itoa(l.Replication), d.Summary.System.Services[l.Service].Name, moment(l.At),
			seconds, transactions, strconv.FormatBool(l.Total), d.Summary.System.ElementName(l.Initiator)})
	}
	return s.close(err)
}
