package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ftsim/ftsim/model"
)

// defaultListen is reached from this machine only.
const defaultListen = "127.0.0.1:8642"

type serveFlags struct {
	listen  string
	workers int
	limits  limits
	maxTime model.Seconds
}

func newServe(c *console) *cobra.Command {
	f := &serveFlags{listen: defaultListen, limits: usualLimits()}
	f.maxTime = model.Seconds(f.limits.time.Seconds())
	cmd := &cobra.Command{
		Use:   "serve [FILE…]",
		Short: "Edit, run and compare designs on a page in the browser",
		Long: `Serves a page on this machine where topologies are edited beside each other: what is wrong with a
file shows while it is written, with line and column; runs show how far they are and can be ended;
reports and comparisons are read in place. FILEs are opened in it; the page never writes to them.
What they include is read at the start, and nothing else can be included.

Only this machine can reach the page, unless --listen says otherwise, and nothing it is given leaves
this machine. Designs, runs and their length are limited; what they come to is kept in memory and
gone with the program. Ctrl-C ends it.`,
		Example: `  ftsim serve
  ftsim serve today.yaml plan.yaml
  ftsim serve shop.yaml --listen 127.0.0.1:0 --max-time 2m`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: topologyFiles,
		RunE:              func(_ *cobra.Command, files []string) error { return serve(c, files, f) },
	}
	cmd.Flags().StringVar(&f.listen, "listen", f.listen, "`ADDRESS` and port of the page; port 0 takes a free one")
	cmd.Flags().Var(countFlag{&f.limits.runs}, "max-runs", "most replications of a run")
	cmd.Flags().Var(secondsFlag{&f.maxTime}, "max-time", "most time of a run, whose results are then partial")
	cmd.Flags().Var(countFlag{&f.workers}, "workers", "replications at a time; the results do not depend on it (default: one per core)")
	return cmd
}

// serve opens the page and keeps it until Ctrl-C.
func serve(c *console, files []string, f *serveFlags) error {
	opened, err := openDrafts(c, files, f.limits)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", f.listen)
	if err != nil {
		return badInput("--listen %s: %v", f.listen, listenReason(err))
	}
	f.limits.time = time.Duration(float64(f.maxTime) * float64(time.Second))
	local := loopback(l.Addr())
	if !local {
		c.talk("warning: --listen %s lets whoever reaches this machine over the network read the designs, edit copies and run simulations; there is no password", f.listen)
	}
	c.print("ftsim serves on http://%s/ (end with Ctrl-C)\n", shownAddress(l.Addr()))
	if err := c.out.Flush(); err != nil {
		return err
	}
	ctx, release := untilInterrupted(func() {})
	defer release()
	w := newWorkshop(ctx, opened, f.limits, f.workers)
	w.shelves = shelvesOf(files, opened)
	err = keep(ctx, newServer(w, local), l, f.limits.connections)
	if err == nil && !c.quiet {
		c.talk("ended; runs under way were dropped")
	}
	return err
}

// openDrafts reads the files that the page begins with. They may be wrong; that is what the page is for.
func openDrafts(c *console, files []string, lim limits) (list []draft, err error) {
	if len(files) > lim.designs {
		return nil, badInput("%d files are more than fit side by side; give at most %d", len(files), lim.designs)
	}
	if slices.Contains(files, stdinArgument) {
		return nil, badInput("serve reads no stdin; name files")
	}
	for i, name := range names(files) {
		_, text, err := c.read(files[i])
		if err != nil {
			return nil, err
		}
		if len(text) > lim.text {
			return nil, badInput("%s has %d bytes; the page takes at most %d", files[i], len(text), lim.text)
		}
		list = append(list, draft{Name: name, File: filepath.Base(files[i]), Text: string(text)})
	}
	return list, nil
}

// keep serves until ctx ends, then lets answers under way finish, for a moment.
func keep(ctx context.Context, s *http.Server, l net.Listener, connections int) error {
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(newCrowd(l, connections)) }()
	select {
	case err := <-ended:
		return fmt.Errorf("cannot serve any longer: %w", err)
	case <-ctx.Done():
	}
	patience, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := s.Shutdown(patience); err != nil {
		s.Close()
	}
	return nil
}

// listenReason is what is wrong with an address, without the address.
func listenReason(err error) error {
	var op *net.OpError
	var call *os.SyscallError
	switch {
	case errors.As(err, &call):
		return call.Err
	case errors.As(err, &op):
		return op.Err
	}
	return err
}

func loopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// shownAddress is one that a browser can open.
func shownAddress(a net.Addr) string {
	if tcp, ok := a.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return strings.Replace(a.String(), "[::]", "127.0.0.1", 1)
	}
	return a.String()
}
