package main

import (
	"mime"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// limits keep what the page may be asked for within what a machine can bear.
type limits struct {
	text, body  int           // bytes of a design and of all that is sent at once
	designs     int           // side by side
	runs        int           // replications of a run
	time        time.Duration // of a run
	active      int           // runs that are under way or wait
	kept        int           // results, the oldest of which make room
	connections int
	report      int // bytes of one
}

func usualLimits() limits {
	return limits{text: 2 << 20, body: 8 << 20, designs: 6, runs: 200_000, time: 10 * time.Minute, active: 4, kept: 20, connections: 32, report: 32 << 20}
}

// newServer bounds how long a connection may take and how much it may send before it says anything.
func newServer(w *workshop, local bool) *http.Server {
	return &http.Server{
		Handler:           guarded(w.routes(), local),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      2 * time.Minute,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
}

// pagePolicy lets the page load what this server has, and nothing else, and write no markup from text.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; " +
	"form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// guarded lets in only what comes from the page itself or from somebody who opens it. A site that the user
// visits elsewhere can neither send to this server (its Origin, or what the browser says about the site of
// a request, differs), nor pose as it by pointing a name of its own at this machine (the Host is that name).
func guarded(next http.Handler, local bool) http.Handler {
	cross := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		switch {
		case !hostAllowed(r.Host, local):
			refuse(w, http.StatusForbidden, "this server answers only to its address, not to the name "+r.Host)
		case cross.Check(r) != nil || !fromHere(r):
			refuse(w, http.StatusForbidden, "requests from other sites are refused")
		case r.Method == http.MethodPost && !isJSON(r):
			refuse(w, http.StatusUnsupportedMediaType, "write application/json")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// hostAllowed takes addresses in digits and localhost: another name may be anybody's. A server for this
// machine only has no business with addresses of others.
func hostAllowed(host string, local bool) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	if strings.EqualFold(name, "localhost") {
		return true
	}
	ip := net.ParseIP(name)
	return ip != nil && (ip.IsLoopback() || !local)
}

// fromHere tells whether a request that reads comes from our page or from the user himself, as far as the
// browser tells. Opening the page by a link on another site is harmless; showing it in a frame there is not.
func fromHere(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return true
	}
	return r.URL.Path == "/" && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

func isJSON(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}

// crowd is a listener that keeps more than so many connections waiting.
type crowd struct {
	net.Listener
	places chan struct{}
	closed chan struct{}
	once   sync.Once
}

func newCrowd(l net.Listener, most int) *crowd {
	return &crowd{Listener: l, places: make(chan struct{}, most), closed: make(chan struct{})}
}

func (c *crowd) Accept() (net.Conn, error) {
	select {
	case c.places <- struct{}{}:
	case <-c.closed:
		return nil, net.ErrClosed
	}
	conn, err := c.Listener.Accept()
	if err != nil {
		<-c.places
		return nil, err
	}
	return &guest{Conn: conn, leave: sync.OnceFunc(func() { <-c.places })}, nil
}

func (c *crowd) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Listener.Close()
}

// guest gives its place back when it goes.
type guest struct {
	net.Conn
	leave func()
}

func (g *guest) Close() error {
	defer g.leave()
	return g.Conn.Close()
}
