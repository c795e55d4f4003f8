package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// counter is a server for a test with a client that asks as the page does.
type counter struct {
	*testing.T
	*httptest.Server
}

func open(t *testing.T, change func(*limits)) counter {
	t.Helper()
	l := usualLimits()
	if change != nil {
		change(&l)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := httptest.NewServer(guarded(newWorkshop(ctx, nil, l, 1).routes(), true))
	t.Cleanup(func() { cancel(); s.Close() })
	return counter{t, s}
}

// ask sends body, unless it is nil, and reads the answer into to, unless it is nil.
func (c counter) ask(path string, body, to any) (code int) {
	c.Helper()
	request, err := http.NewRequest(http.MethodGet, c.URL+path, nil)
	if body != nil {
		text, isText := body.(string)
		if !isText {
			b, err := json.Marshal(body)
			if err != nil {
				c.Fatal(err)
			}
			text = string(b)
		}
		request, err = http.NewRequest(http.MethodPost, c.URL+path, strings.NewReader(text))
		request.Header.Set("Content-Type", "application/json")
	}
	if err != nil {
		c.Fatal(err)
	}
	answer, err := c.Client().Do(request)
	if err != nil {
		c.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		c.Fatal(err)
	}
	switch x := to.(type) {
	case nil:
	case *string:
		*x = string(text)
	default:
		if err := json.Unmarshal(text, to); err != nil {
			c.Fatalf("%s: %v in %q", path, err, text)
		}
	}
	return answer.StatusCode
}

// run asks for a run and waits for its end.
func (c counter) run(o order) (p progressed) {
	c.Helper()
	if code := c.ask("/api/runs", o, &p); code != http.StatusAccepted {
		c.Fatalf("code %d", code)
	}
	return c.await(p.ID, func(p progressed) bool { return p.Over })
}

func (c counter) await(id string, enough func(progressed) bool) (p progressed) {
	c.Helper()
	for range 2000 {
		if c.ask("/api/runs/"+id, nil, &p); enough(p) {
			return p
		}
		time.Sleep(10 * time.Millisecond)
	}
	c.Fatalf("run %s does not end: %+v", id, p)
	return p
}

func sampleText(t *testing.T) string {
	t.Helper()
	text, err := serveFiles.ReadFile("serve/sample.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// endless is a design whose run takes longer than any test.
func endless(t *testing.T) draft {
	return draft{Name: "endless", Text: strings.ReplaceAll(sampleText(t), "90d", "1d") + "simulation: {horizon: 10y, runs: 200000}\n"}
}

// Who may ask: this machine by its address, and pages of this server.
func TestServeRefusesStrangers(t *testing.T) {
	c := open(t, nil)
	host := strings.TrimPrefix(c.URL, "http://")
	for _, x := range []struct {
		name, method, path string
		head               map[string]string
		want               int
	}{
		{"the user", "GET", "/", nil, 200},
		{"the user by name", "GET", "/", map[string]string{"Host": "localhost:1"}, 200},
		{"the user in six", "GET", "/", map[string]string{"Host": "[::1]:1"}, 200},
		{"a rebound name", "GET", "/", map[string]string{"Host": "evil.example"}, 403},
		{"a rebound name that looks well", "GET", "/api/start", map[string]string{"Host": "127.0.0.1.evil.example:80"}, 403},
		{"another machine's address", "GET", "/", map[string]string{"Host": "192.0.2.1"}, 403},
		{"no name", "GET", "/", map[string]string{"Host": ""}, 403},
		{"a link on another site", "GET", "/", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 200},
		{"a frame on another site", "GET", "/", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, 403},
		{"a script on another site", "GET", "/api/start", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}, 403},
		{"another port", "GET", "/api/start", map[string]string{"Sec-Fetch-Site": "same-site"}, 403},
		{"our page", "POST", "/api/check", map[string]string{"Origin": "http://" + host, "Sec-Fetch-Site": "same-origin"}, 200},
		{"our page in an old browser", "POST", "/api/check", map[string]string{"Origin": "http://" + host}, 200},
		{"another site", "POST", "/api/check", map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, 403},
		{"another site in an old browser", "POST", "/api/check", map[string]string{"Origin": "https://evil.example"}, 403},
		{"a sandbox", "POST", "/api/check", map[string]string{"Origin": "null"}, 403},
		{"a form", "POST", "/api/check", map[string]string{"Content-Type": "text/plain"}, 415},
		{"a strange method", "DELETE", "/api/start", nil, 405},
		{"a place that is not there", "GET", "/serve/page.html", nil, 404},
		{"a way up", "GET", "/../serve.go", nil, 404},
	} {
		r := httptest.NewRequest(x.method, "http://"+host+x.path, strings.NewReader(`{"name":"a","text":""}`))
		r.Header.Set("Content-Type", "application/json")
		for k, v := range x.head {
			if k == "Host" {
				r.Host = v
			} else {
				r.Header.Set(k, v)
			}
		}
		w := httptest.NewRecorder()
		c.Config.Handler.ServeHTTP(w, r)
		if w.Code != x.want && !(x.want == 404 && w.Code == 307) { // the mux first sends a crooked path to its straight form
			t.Errorf("%s: code %d, want %d", x.name, w.Code, x.want)
		}
		policy := w.Header().Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: policy %q", x.name, policy)
		}
	}
}

func TestHostsOffLoopback(t *testing.T) {
	for host, want := range map[string]bool{"192.0.2.1:80": true, "localhost": true, "evil.example:80": false, "": false} {
		if hostAllowed(host, false) != want {
			t.Errorf("%q: %v", host, !want)
		}
	}
}

func TestServeChecks(t *testing.T) {
	c := open(t, nil)
	var out checked
	c.ask("/api/check", draft{Name: "a", Text: sampleText(t)}, &out)
	if !out.OK || out.Contents == "" || out.Runs != 10000 {
		t.Errorf("sample: %+v", out)
	}
	c.ask("/api/check", draft{Name: "a", Text: "apiVersion: ftsim/v1\nnodes: {}\nservices:\n  \"😀db\": {replicaz: 2}\n"}, &out)
	if out.OK || len(out.Faults) == 0 {
		t.Fatalf("a wrong key: %+v", out)
	}
	line := `  "😀db": {replicaz: 2}`
	for _, f := range out.Faults {
		if strings.Contains(f.What, "replicaz") {
			if at := strings.Index(line, "replicaz") - 2; f.Line != 4 || f.Offset != at || f.Width != len("replicaz") || f.Hint == "" { // 😀: 4 bytes, 2 units, 1 character
				t.Errorf("%+v, want line 4, offset %d", f, at)
			}
			return
		}
	}
	t.Errorf("no word about replicaz: %+v", out.Faults)
}

func TestServeRuns(t *testing.T) {
	c := open(t, nil)
	seed := uint64(18446744073709551615)
	p := c.run(order{Designs: []draft{{Name: "shop", Text: sampleText(t)}}, Runs: 200, Seed: &seed})
	if p.Phase != finished || p.Done != 200 || p.Total != 200 || !p.Report || len(p.Lead) != 1 {
		t.Fatalf("%+v", p)
	}
	var page string
	if code := c.ask("/runs/"+p.ID+"/report.html", nil, &page); code != 200 || !strings.Contains(page, "<h1>orders database</h1>") || !strings.Contains(page, fmt.Sprint(seed)) {
		t.Errorf("code %d, %.200q", code, page)
	}
	answer, err := c.Client().Get(c.URL + "/runs/" + p.ID + "/report.html?save")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if policy := answer.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "sandbox ") || strings.Contains(policy, "allow-same-origin") {
		t.Errorf("a report is not shut off: %q", policy)
	}
	if got := answer.Header.Get("Content-Disposition"); got != `attachment; filename="ftsim-shop.html"` {
		t.Errorf("saved as %q", got)
	}
}

func TestServeCompares(t *testing.T) {
	c := open(t, nil)
	p := c.run(order{Runs: 300, Designs: []draft{{Name: "today", Text: sampleText(t)}, {Name: "plan", Text: strings.ReplaceAll(sampleText(t), "2h", "1h")}}})
	var page string
	c.ask("/runs/"+p.ID+"/report.html", nil, &page)
	if p.Phase != finished || len(p.Lead) != 1 || !strings.Contains(page, "<h1>today against plan</h1>") || !strings.Contains(page, "mttr: 1h") {
		t.Errorf("%+v\n%.300q", p, page)
	}
}

func TestServeEndsRuns(t *testing.T) {
	c := open(t, func(l *limits) { l.active = 2 })
	var first, second, third progressed
	c.ask("/api/runs", order{Designs: []draft{endless(t)}}, &first)
	c.ask("/api/runs", order{Designs: []draft{endless(t)}}, &second)
	if code := c.ask("/api/runs", order{Designs: []draft{endless(t)}}, &third); code != http.StatusTooManyRequests {
		t.Errorf("a third run of two: code %d", code)
	}
	c.await(first.ID, func(p progressed) bool { return p.Done > 0 })
	c.ask("/api/runs/"+second.ID+"/end", struct{}{}, nil)
	second = c.await(second.ID, func(p progressed) bool { return p.Over })
	if second.Phase != unstarted || second.Report {
		t.Errorf("a run that waited: %+v", second)
	}
	c.ask("/api/runs/"+first.ID+"/end", struct{}{}, nil)
	first = c.await(first.ID, func(p progressed) bool { return p.Over })
	var page string
	c.ask("/runs/"+first.ID+"/report.html", nil, &page)
	if first.Phase != finished || first.Done >= first.Total || !strings.Contains(page, "Interrupted after") {
		t.Errorf("a run that was ended: %+v", first)
	}
	if code := c.ask("/runs/"+second.ID+"/report.html", nil, nil); code != http.StatusConflict {
		t.Errorf("the report of nothing: code %d", code)
	}
}

func TestServeLimitsTime(t *testing.T) {
	c := open(t, func(l *limits) { l.time = 300 * time.Millisecond })
	p := c.run(order{Designs: []draft{endless(t)}})
	var page string
	c.ask("/runs/"+p.ID+"/report.html", nil, &page)
	if p.Phase != finished || p.Done >= p.Total || !strings.Contains(page, "took as long as a run may") {
		t.Errorf("%+v", p)
	}
}

func TestServeLimitsWhatItTakes(t *testing.T) {
	c := open(t, func(l *limits) { l.text, l.body, l.runs, l.kept = 1000, 5000, 100, 2 })
	some := draft{Name: "a", Text: sampleText(t)}
	for name, x := range map[string]struct {
		path string
		body any
		want int
	}{
		"a long text":            {"/api/check", draft{Name: "a", Text: strings.Repeat("#", 1001)}, 413},
		"a long request":         {"/api/check", `{"name":"` + strings.Repeat("a", 6000) + `"}`, 413},
		"a long name":            {"/api/check", draft{Name: strings.Repeat("a", 201)}, 400},
		"no JSON":                {"/api/check", "apiVersion: ftsim/v1", 400},
		"two requests in one":    {"/api/check", `{"name":"a"}{"name":"b"}`, 400},
		"an unknown word":        {"/api/check", `{"nmae":"a"}`, 400},
		"no design":              {"/api/runs", order{}, 400},
		"many designs":           {"/api/runs", order{Designs: make([]draft, 7)}, 400},
		"many runs":              {"/api/runs", order{Designs: []draft{some}, Runs: 101}, 400},
		"a number of runs below": {"/api/runs", order{Designs: []draft{some}, Runs: -1}, 400},
		"a seed in words":        {"/api/runs", `{"designs":[{"name":"a","text":""}],"seed":"x"}`, 400},
		"a run that is not":      {"/api/runs/x/end", struct{}{}, 404},
	} {
		var out struct{ Error string }
		if code := c.ask(x.path, x.body, &out); code != x.want || out.Error == "" {
			t.Errorf("%s: code %d (%s), want %d", name, code, out.Error, x.want)
		}
	}
	if p := c.run(order{Designs: []draft{some}}); p.Phase != failed || !strings.Contains(p.Error, "at most 100") {
		t.Errorf("a file that asks for more runs: %+v", p)
	}
	if p := c.run(order{Designs: []draft{{Name: "a", Text: "nodes: 3"}}}); p.Phase != failed || !strings.Contains(p.Error, "a:1:") {
		t.Errorf("a file that is wrong: %+v", p)
	}
	last := c.run(order{Designs: []draft{some}, Runs: 5})
	if code := c.ask("/api/runs/1", nil, nil); code != 404 {
		t.Errorf("the first of three is still there: code %d", code)
	}
	if code := c.ask("/api/runs/"+last.ID, nil, nil); code != 200 {
		t.Errorf("the last is not: code %d", code)
	}
}

// Names stay text, wherever they come from and go to.
func TestServeEscapesNames(t *testing.T) {
	const bad = `"><script>alert(1)</script>`
	c := open(t, nil)
	text := strings.ReplaceAll(sampleText(t), "orders database", `'`+bad+`'`)
	o := order{Runs: 20, Designs: []draft{{Name: bad, File: bad, Text: text}, {Name: "../../etc\r\nX-Bad: 1", Text: text}}}
	for range 2 {
		p := c.run(o)
		answer, err := c.Client().Get(c.URL + "/runs/" + p.ID + "/report.html?save")
		if err != nil {
			t.Fatal(err)
		}
		page, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if p.Phase != finished || !bytes.Contains(page, []byte("&lt;script&gt;")) || bytes.Contains(page, []byte("<script>alert")) {
			t.Errorf("%+v", p)
		}
		if got := answer.Header.Get("Content-Disposition"); strings.ContainsAny(strings.TrimSuffix(strings.TrimPrefix(got, `attachment; filename="ftsim-`), `.html"`), `"\/.<>`+"\r\n") {
			t.Errorf("saved as %q", got)
		}
		o.Designs = o.Designs[:1]
	}
}

// Several people, or several tabs, do not get into each other's way.
func TestServeAtOnce(t *testing.T) {
	c := open(t, func(l *limits) { l.active = 8 })
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			var p progressed
			var page string
			name := fmt.Sprintf("system %d", i)
			c.ask("/api/runs", order{Runs: 50, Designs: []draft{{Name: name, Text: strings.ReplaceAll(sampleText(t), "orders database", name)}}}, &p)
			for !p.Over {
				time.Sleep(5 * time.Millisecond)
				c.ask("/api/runs/"+p.ID, nil, &p)
			}
			c.ask("/runs/"+p.ID+"/report.html", nil, &page)
			if p.Done != 50 || !strings.Contains(page, "<h1>"+name+"</h1>") {
				t.Errorf("%s: %+v", name, p)
			}
		}()
	}
	wg.Wait()
}

// A second connection waits until the first has gone, if there is one place.
func TestServeLimitsConnections(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- keep(ctx, newServer(newWorkshop(ctx, nil, usualLimits(), 1), true), l, 1) }()
	dial := func() net.Conn {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", l.Addr())
		return conn
	}
	answers := func(conn net.Conn, within time.Duration) bool {
		conn.SetReadDeadline(time.Now().Add(within))
		n, _ := conn.Read(make([]byte, 12))
		return n > 0
	}
	first := dial()
	if !answers(first, 5*time.Second) {
		t.Fatal("the first gets no answer")
	}
	second := dial()
	if answers(second, 200*time.Millisecond) {
		t.Error("the second gets an answer beside the first")
	}
	first.Close()
	if !answers(second, 5*time.Second) {
		t.Error("the second gets no answer after the first has gone")
	}
	second.Close()
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("the end: %v", err)
	}
	if _, err := net.DialTimeout("tcp", l.Addr().String(), time.Second); err == nil {
		t.Error("somebody still listens")
	}
}

// What the page loads is there, and it asks nobody else for anything.
func TestServePage(t *testing.T) {
	c := open(t, nil)
	for path, want := range map[string]string{"/": "<title>ftsim</title>", "/script.js": "use strict", "/style.css": "--paper"} {
		var text string
		if code := c.ask(path, nil, &text); code != 200 || !strings.Contains(text, want) {
			t.Errorf("%s: code %d", path, code)
		}
		for _, bad := range []string{"http:", "https:", "innerHTML", "eval(", "@import", "<script>", "style=", "onclick"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s has %s", path, bad)
			}
		}
	}
}

func TestServeOpensFiles(t *testing.T) {
	c := newConsole(os.Stdin, os.Stdout, os.Stderr)
	got, err := openDrafts(c, []string{"../../examples/quickstart.yaml"}, usualLimits())
	if err != nil || len(got) != 1 || got[0].Name != "quickstart" || got[0].File != "quickstart.yaml" || !strings.Contains(got[0].Text, "db-a") {
		t.Errorf("%+v, %v", got, err)
	}
	few := usualLimits()
	few.text = 10
	for _, files := range [][]string{make([]string, 7), {"-"}, {"no/such.yaml"}} {
		if _, err := openDrafts(c, files, usualLimits()); codeOf(err) != exitBadInput {
			t.Errorf("%q: %v", files, err)
		}
	}
	if _, err := openDrafts(c, []string{"../../examples/quickstart.yaml"}, few); codeOf(err) != exitBadInput {
		t.Errorf("a long file: %v", err)
	}
}
