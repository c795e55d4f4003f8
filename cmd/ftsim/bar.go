package main

import (
	"io"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// bar is progress on a terminal. It vanishes at the end, leaving the screen to the results.
type bar struct {
	pool *mpb.Progress
	bar  *mpb.Bar
	next time.Time
}

// barPause is the time between redraws; drawing more often than eyes follow costs and shows nothing.
const barPause = 100 * time.Millisecond

func newBar(w io.Writer, total int) *bar {
	pool := mpb.New(mpb.WithOutput(w), mpb.WithWidth(40), mpb.WithRefreshRate(barPause))
	return &bar{pool: pool, bar: pool.AddBar(int64(total),
		mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name("simulating "), decor.CountersNoUnit("%d of %d ")),
		mpb.AppendDecorators(decor.Percentage(), decor.Name(", "), decor.AverageETA(decor.ET_STYLE_GO), decor.Name(" left")),
	)}
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
}
