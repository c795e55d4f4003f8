package main

import (
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// bar is progress on a terminal. It vanishes at the end, but for the time taken, leaving the screen to the
// results.
type bar struct {
	pool  *mpb.Progress
	bar   *mpb.Bar
	start time.Time
	next  time.Time
	out   io.Writer
	state atomic.Value // a string; drawn by another goroutine
}

// barPause is the time between redraws; drawing more often than eyes follow costs and shows nothing.
const barPause = 100 * time.Millisecond

func newBar(w io.Writer, total int) *bar {
	pool := mpb.New(mpb.WithOutput(w), mpb.WithWidth(40), mpb.WithRefreshRate(barPause))
	b := &bar{pool: pool, start: time.Now(), out: w}
	b.state.Store("")
	b.bar = pool.AddBar(int64(total),
		mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name("simulating "), decor.CountersNoUnit("%d of %d ")),
		mpb.AppendDecorators(decor.Percentage(), decor.Name(", "), decor.AverageETA(decor.ET_STYLE_GO), decor.Name(" left"),
			decor.Any(func(decor.Statistics) string { return b.state.Load().(string) })),
	)
	return b
}

func (b *bar) expect(total int, state string) {
	b.bar.SetTotal(int64(total), false)
	b.state.Store(", " + state)
}

func (b *bar) update(done int) {
	if now := time.Now(); now.After(b.next) {
		b.next = now.Add(barPause)
		b.bar.SetCurrent(int64(done))
	}
}

func (b *bar) close() {
	b.bar.Abort(true)
	b.pool.Wait()
	fmt.Fprintln(b.out, took(b.start))
}
