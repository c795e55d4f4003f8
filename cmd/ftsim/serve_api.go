package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/topology"
)

//go:embed serve
var serveFiles embed.FS

// draft is a design as somebody is writing it.
type draft struct {
	Name string `json:"name"`
	File string `json:"file,omitempty"` // name to save it under
	Text string `json:"text"`
}

// routes are the whole interface of the page.
func (w *workshop) routes() http.Handler {
	m := http.NewServeMux()
	for path, file := range map[string]struct{ name, kind string }{
		"/{$}":       {"serve/page.html", "text/html; charset=utf-8"},
		"/script.js": {"serve/script.js", "text/javascript; charset=utf-8"},
		"/style.css": {"serve/style.css", "text/css; charset=utf-8"},
		"/icon.svg":  {"serve/icon.svg", "image/svg+xml"},
	} {
		m.HandleFunc("GET "+path, func(rw http.ResponseWriter, _ *http.Request) {
			text, err := serveFiles.ReadFile(file.name)
			if err != nil {
				refuse(rw, http.StatusInternalServerError, err.Error())
				return
			}
			rw.Header().Set("Content-Type", file.kind)
			rw.Write(text)
		})
	}
	m.HandleFunc("GET /api/start", w.start)
	m.HandleFunc("POST /api/check", w.check)
	m.HandleFunc("POST /api/runs", w.begin)
	m.HandleFunc("GET /api/runs/{id}", w.state)
	m.HandleFunc("POST /api/runs/{id}/end", w.end)
	m.HandleFunc("GET /runs/{id}/report.html", w.report)
	return m
}

// refuse answers with what is wrong, in words for the user.
func refuse(w http.ResponseWriter, code int, text string) {
	answer(w, code, map[string]string{"error": text})
}

func answer(w http.ResponseWriter, code int, x any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	e := json.NewEncoder(w)
	_ = e.Encode(x) // whoever has hung up needs no answer
}

// take reads a request of at most the size that designs may have.
func (w *workshop) take(rw http.ResponseWriter, r *http.Request, x any) bool {
	d := json.NewDecoder(http.MaxBytesReader(rw, r.Body, int64(w.limits.body)))
	d.DisallowUnknownFields()
	err := d.Decode(x)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		refuse(rw, http.StatusRequestEntityTooLarge, fmt.Sprintf("the request is longer than %d bytes", large.Limit))
	case err != nil:
		refuse(rw, http.StatusBadRequest, "the request cannot be read: "+err.Error())
	case d.More():
		refuse(rw, http.StatusBadRequest, "the request goes on after its end")
	default:
		return true
	}
	return false
}

// start is what the page begins with.
func (w *workshop) start(rw http.ResponseWriter, _ *http.Request) {
	sample, err := serveFiles.ReadFile("serve/sample.yaml")
	if err != nil {
		refuse(rw, http.StatusInternalServerError, err.Error())
		return
	}
	answer(rw, http.StatusOK, struct {
		Designs []draft `json:"designs"`
		Sample  string  `json:"sample"`
		Most    int     `json:"most_designs"`
		Runs    int     `json:"most_runs"`
		Text    int     `json:"most_bytes"`
		Version string  `json:"version"`
	}{append([]draft{}, w.drafts...), string(sample), w.limits.designs, w.limits.runs, w.limits.text, readBuild().Version})
}

// fault is a problem for the page. Columns count as browsers do, in units of UTF-16.
type fault struct {
	Warning bool   `json:"warning"`
	Line    int    `json:"line"` // 0 = of the file as a whole
	Column  int    `json:"column"`
	Offset  int    `json:"offset"` // of the first character in its line
	Width   int    `json:"width"`
	What    string `json:"what"`
	Hint    string `json:"hint"`
}

// checked is what there is to say about a draft.
type checked struct {
	OK       bool    `json:"ok"`
	Faults   []fault `json:"faults"`
	More     int     `json:"more"` // problems beyond those
	Contents string  `json:"contents"`
	Runs     int     `json:"runs"`
}

// mostFaults is how many problems the page shows; mending these often mends others.
const mostFaults = 100

// check says what is wrong with a draft. A few are read at a time; others wait while their page does.
func (w *workshop) check(rw http.ResponseWriter, r *http.Request) {
	var d draft
	if !w.take(rw, r, &d) || !w.sized(rw, []draft{d}) {
		return
	}
	select {
	case w.reading <- struct{}{}:
		defer func() { <-w.reading }()
	case <-r.Context().Done():
		return
	}
	answer(rw, http.StatusOK, checkDraft(w.input(d)))
}

func (w *workshop) sized(rw http.ResponseWriter, ds []draft) bool {
	for _, d := range ds {
		switch {
		case len(d.Text) > w.limits.text:
			refuse(rw, http.StatusRequestEntityTooLarge, fmt.Sprintf("a design may have %d bytes", w.limits.text))
			return false
		case utf8.RuneCountInString(d.Name) > 200 || len(d.File) > 1000:
			refuse(rw, http.StatusBadRequest, "a name may have 200 characters")
			return false
		}
	}
	return true
}

func checkDraft(in *topology.Input) (out checked) {
	out.Faults = []fault{}
	d := in.Files[0]
	t, err := topology.LoadInput(in)
	var ps model.Problems
	switch {
	case errors.As(err, &ps):
	case err != nil:
		ps = model.Problems{{What: err.Error()}}
	default:
		ps = t.System.Warnings
		if _, err := engine.Compile(t.System); err != nil {
			ps = append(model.Problems{{What: err.Error()}}, ps...)
		}
		out.Contents, out.Runs = contents(t.System), t.Plan.Runs
	}
	out.OK = len(ps.Faults()) == 0
	lines := strings.Split(string(d.Text), "\n")
	for _, p := range append(ps.Faults(), ps.Warnings()...) {
		if len(out.Faults) == mostFaults {
			out.More++
			continue
		}
		if p.At.File != "" && p.At.File != d.Name { // in what it includes
			p.At, p.What = model.Pos{}, p.At.String()+": "+p.What
		}
		out.Faults = append(out.Faults, faultOf(p, lines))
	}
	return out
}

// faultOf turns a column, which counts characters, into an offset as browsers count it.
func faultOf(p model.Problem, lines []string) fault {
	f := fault{Warning: p.Severity == model.Warning, Line: p.At.Line, Column: p.At.Column, Width: max(1, p.Width), What: p.What, Hint: p.Hint}
	if p.At.Line < 1 || p.At.Line > len(lines) {
		return f
	}
	line := []rune(lines[p.At.Line-1])
	from := min(max(0, p.At.Column-1), len(line))
	to := min(from+f.Width, len(line))
	f.Offset, f.Width = units(line[:from]), units(line[from:to])
	return f
}

func units(text []rune) int { return len(utf16.Encode(text)) }

// order is what a run is asked for with. One design is simulated, several are compared.
type order struct {
	Designs []draft `json:"designs"`
	Runs    int     `json:"runs"`        // 0 = as the first design says
	Seed    *uint64 `json:"seed,string"` // as text, because browsers round long numbers
}

// begin starts a run, if there is room for one.
func (w *workshop) begin(rw http.ResponseWriter, r *http.Request) {
	var o order
	if !w.take(rw, r, &o) || !w.sized(rw, o.Designs) {
		return
	}
	switch n := len(o.Designs); {
	case n == 0:
		refuse(rw, http.StatusBadRequest, "no design")
		return
	case n > w.limits.designs:
		refuse(rw, http.StatusBadRequest, fmt.Sprintf("at most %d designs can be compared", w.limits.designs))
		return
	case o.Runs < 0 || o.Runs > w.limits.runs:
		refuse(rw, http.StatusBadRequest, fmt.Sprintf("give from 1 to %d runs; ftsim serve --max-runs sets the limit", w.limits.runs))
		return
	}
	run, ok := w.add(&o)
	if !ok {
		rw.Header().Set("Retry-After", "5")
		refuse(rw, http.StatusTooManyRequests, fmt.Sprintf("%d runs are under way; end one, or wait", w.limits.active))
		return
	}
	answer(rw, http.StatusAccepted, run.status())
}

// found is the run a request is about.
func (w *workshop) found(rw http.ResponseWriter, r *http.Request) *errand {
	run := w.find(r.PathValue("id"))
	if run == nil {
		refuse(rw, http.StatusNotFound, fmt.Sprintf("there is no such run; the last %d are kept", w.limits.kept))
	}
	return run
}

func (w *workshop) state(rw http.ResponseWriter, r *http.Request) {
	if run := w.found(rw, r); run != nil {
		answer(rw, http.StatusOK, run.status())
	}
}

// end ends a run. What is done by then is reported.
func (w *workshop) end(rw http.ResponseWriter, r *http.Request) {
	if run := w.found(rw, r); run != nil {
		run.cancel()
		answer(rw, http.StatusOK, run.status())
	}
}

// reportPolicy adds to the policy in a report that it is nobody: it cannot reach this server or its page.
const reportPolicy = "sandbox allow-scripts allow-downloads allow-modals allow-popups; frame-ancestors 'self'; form-action 'none'; base-uri 'none'; connect-src 'none'"

func (w *workshop) report(rw http.ResponseWriter, r *http.Request) {
	run := w.found(rw, r)
	if run == nil {
		return
	}
	page := run.page()
	if page == nil {
		refuse(rw, http.StatusConflict, "this run has no report yet")
		return
	}
	h := rw.Header()
	h.Set("Content-Security-Policy", reportPolicy)
	h.Set("Content-Type", "text/html; charset=utf-8")
	if r.URL.Query().Has("save") {
		h.Set("Content-Disposition", `attachment; filename="`+run.fileName()+`"`)
	}
	bytes.NewReader(page).WriteTo(rw)
}
