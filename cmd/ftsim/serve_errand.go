package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// errand is a run that somebody asked for.
type errand struct {
	id      string
	names   []string
	cancel  context.CancelFunc
	program context.Context // ends with the program, whereas a run that is ended still gets its report
	most    int             // bytes of a report
	done    atomic.Int64
	total   atomic.Int64
	elapsed atomic.Int64 // nanoseconds, from when it is no longer waiting

	mu    sync.Mutex
	phase string
	fail  string
	lead  []string
	tone  string
	html  []byte
	began time.Time
}

// Phases of an errand.
const (
	waiting   = "waiting"
	simulates = "running"
	writing   = "writing the report"
	finished  = "done"
	unstarted = "dropped" // ended before anything was simulated
	failed    = "failed"
)

// keep stores a report.
func (e *errand) keep(write func(io.Writer) error, tone string, lead ...string) error {
	b := bounded{ctx: e.program, most: e.most}
	if err := write(&b); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.html, e.lead, e.tone = b.text.Bytes(), lead, tone
	return nil
}

// bounded takes a report of at most a size, until the program ends.
type bounded struct {
	ctx  context.Context
	most int
	text bytes.Buffer
}

// Write fails for what is too much.
func (b *bounded) Write(p []byte) (int, error) {
	switch {
	case b.ctx.Err() != nil:
		return 0, b.ctx.Err()
	case b.text.Len()+len(p) > b.most:
		return 0, fmt.Errorf("the report is longer than %d bytes; ftsim run --html writes reports of any length", b.most)
	}
	return b.text.Write(p)
}

// update implements progress, as do the following.
func (e *errand) update(done int) { e.done.Store(int64(done)) }

func (e *errand) close() {}

func (e *errand) expect(total int, _ string) { e.total.Store(int64(total)) }

func (e *errand) enter(phase string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.began.IsZero() {
		e.began = time.Now()
	}
	e.phase = phase
}

func (e *errand) end(phase, fail string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.began.IsZero() {
		e.elapsed.Store(int64(time.Since(e.began)))
	}
	e.phase, e.fail = phase, fail
}

func (e *errand) over() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.phase == finished || e.phase == unstarted || e.phase == failed
}

func (e *errand) page() []byte {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.html
}

// fileName is one for the report that any system takes.
func (e *errand) fileName() string {
	safe := func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}
	name := strings.Map(safe, strings.Join(e.names, "-"))
	return "ftsim-" + name[:min(len(name), 60)] + ".html"
}

// progressed is an errand as the page sees it.
type progressed struct {
	ID      string   `json:"id"`
	Names   []string `json:"names"`
	Phase   string   `json:"phase"`
	Over    bool     `json:"over"`
	Done    int64    `json:"done"`
	Total   int64    `json:"total"`
	Seconds float64  `json:"seconds"`
	Lead    []string `json:"lead"`
	Tone    string   `json:"tone"`
	Error   string   `json:"error"`
	Report  bool     `json:"report"`
}

func (e *errand) status() progressed {
	over := e.over()
	e.mu.Lock()
	defer e.mu.Unlock()
	p := progressed{ID: e.id, Names: e.names, Phase: e.phase, Over: over, Done: e.done.Load(), Total: e.total.Load(),
		Lead: append([]string{}, e.lead...), Tone: e.tone, Error: e.fail, Report: e.html != nil}
	if p.Seconds = time.Duration(e.elapsed.Load()).Seconds(); !over && !e.began.IsZero() {
		p.Seconds = time.Since(e.began).Seconds()
	}
	return p
}
