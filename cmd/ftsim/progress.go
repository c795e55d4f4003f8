package main

import (
	"fmt"
	"os"
	"time"

	"github.com/ftsim/ftsim/model"
)

// progress shows how far a simulation has come. It is called for every replication, so it must be
// cheap when there is nothing to show.
type progress interface {
	update(done int)
	close()
}

// expecting is progress whose end moves: after a look at the precision, more is known of it.
type expecting interface {
	expect(total int, state string)
}

// newProgress picks the kind of progress that suits where stderr goes.
func newProgress(c *console, total int) progress {
	switch {
	case c.quiet:
		return silence{}
	case columns(c.err) > 0 && os.Getenv("TERM") != "dumb":
		return newBar(c.err, total)
	}
	now := time.Now()
	return &lines{c: c, total: total, start: now, next: now.Add(linePause)}
}

// silence shows nothing.
type silence struct{}

func (silence) update(int) {}
func (silence) close()     {}

// linePause is the time between lines in a log file: often enough to see that the program is alive.
const linePause = 10 * time.Second

// lines shows progress where nothing can be overwritten: a line now and then.
type lines struct {
	c           *console
	total       int
	state       string
	start, next time.Time
	said        bool
}

func (l *lines) update(done int) {
	now := time.Now()
	if now.Before(l.next) || done == l.total {
		return
	}
	l.next, l.said = now.Add(linePause), true
	l.c.talk("%s", progressLine(done, l.total, now.Sub(l.start))+l.state)
}

func (l *lines) expect(total int, state string) { l.total, l.state = total, ", "+state }

func (l *lines) close() {
	if l.said {
		l.c.talk("%s", took(l.start))
	}
}

// took words how long a simulation took, which no result may depend on.
func took(start time.Time) string {
	return "simulated in " + model.Seconds(time.Since(start).Seconds()).Round()
}

// progressLine words the state: 1200 of 20000 replications, 6 %, 120/s, 2m37s left.
func progressLine(done, total int, elapsed time.Duration) string {
	rate := float64(done) / elapsed.Seconds()
	left := time.Duration(float64(total-done) / rate * float64(time.Second))
	return fmt.Sprintf("%d of %d replications, %d %%, %.3g/s, %v left",
		done, total, 100*done/total, rate, left.Round(time.Second))
}
