package engine

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"sync"

	"github.com/ftsim/ftsim/model"
)

// chunk is a run of consecutive replications: what a worker takes at a time.
type chunk struct {
	first    int
	outcomes []model.Outcome
	count    int
	err      error
}

// Replications yields outcomes in index order, whatever the number of workers. An outcome is valid
// until the next one is asked for. If ctx ends, the sequence ends early, without an error.
func (p *Program) Replications(ctx context.Context, o Options) iter.Seq2[*model.Outcome, error] {
	return func(yield func(*model.Outcome, error) bool) {
		workers := o.Workers
		if workers <= 0 {
			workers = runtime.GOMAXPROCS(0)
		}
		if workers = min(workers, o.Runs); workers <= 1 {
			p.alone(ctx, o, yield)
			return
		}
		p.together(ctx, o, workers, yield)
	}
}

func (p *Program) alone(ctx context.Context, o Options, yield func(*model.Outcome, error) bool) {
	r := p.NewRunner(o)
	var out model.Outcome
	for i := range o.Runs {
		if ctx.Err() != nil {
			return
		}
		if err := r.replicate(ctx, o.First+i, &out); err != nil {
			yield(nil, err)
			return
		}
		if ctx.Err() != nil || !yield(&out, nil) {
			return
		}
	}
}

// together lets workers take chunks in order and puts the results back into order. A bounded number of
// chunks circulates, so memory does not grow with the number of replications.
func (p *Program) together(ctx context.Context, o Options, workers int, yield func(*model.Outcome, error) bool) {
	ctx, cancel := context.WithCancel(ctx)
	size := chunkSize(o.Runs, workers)
	inFlight := 4 * workers
	free, todo := make(chan *chunk, inFlight), make(chan *chunk, inFlight)
	done := make(chan *chunk, inFlight)
	for range inFlight {
		free <- &chunk{outcomes: make([]model.Outcome, size)}
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			p.work(ctx, o, todo, done)
		}()
	}
	defer func() {
		cancel()
		close(todo)
		wg.Wait()
	}()
	dealt, wanted := 0, 0
	waiting := map[int]*chunk{}
	for wanted < o.Runs {
		for dealt < o.Runs && len(free) > 0 {
			c := <-free
			c.first, c.count, c.err = dealt, min(size, o.Runs-dealt), nil
			dealt += c.count
			todo <- c
		}
		select {
		case c := <-done:
			waiting[c.first] = c
		case <-ctx.Done():
			return
		}
		for c := waiting[wanted]; c != nil; c = waiting[wanted] {
			delete(waiting, wanted)
			if !deliver(ctx, c, yield) {
				return
			}
			wanted += c.count
			free <- c
		}
	}
}

// chunkSize balances the cost of handing over against that of waiting for the last.
func chunkSize(runs, workers int) int { return max(1, min(64, runs/(8*workers))) }

func deliver(ctx context.Context, c *chunk, yield func(*model.Outcome, error) bool) bool {
	if c.err != nil {
		yield(nil, c.err)
		return false
	}
	for i := range c.outcomes[:c.count] {
		if ctx.Err() != nil || !yield(&c.outcomes[i], nil) {
			return false
		}
	}
	return true
}

func (p *Program) work(ctx context.Context, o Options, todo <-chan *chunk, done chan<- *chunk) {
	r := p.NewRunner(o)
	for c := range todo {
		for i := 0; i < c.count && c.err == nil && ctx.Err() == nil; i++ {
			c.err = r.replicate(ctx, o.First+c.first+i, &c.outcomes[i])
		}
		if ctx.Err() != nil {
			return
		}
		done <- c
	}
}

// replicate runs one replication. A panic in a law, a policy or the engine becomes an error that says
// how to see it again. A long replication looks now and then whether it is still wanted.
func (r *Runner) replicate(ctx context.Context, replication int, out *model.Outcome) (err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("replication %d with seed %d failed at %v: %v; see it with: ftsim trace FILE --seed %d --replication %d",
				replication, r.o.Seed, r.Now(), x, r.o.Seed, replication)
		}
	}()
	r.Reset(replication, out)
	const patience = 1 << 16
	for {
		for range patience {
			if !r.Step() {
				return nil
			}
		}
		if ctx.Err() != nil {
			return nil
		}
	}
}

// Trace runs one replication and calls note for everything that happens in it, in order.
func (p *Program) Trace(o Options, replication int, note func(Note)) (*model.Outcome, error) {
	r := p.NewRunner(o)
	r.note, r.sighted = note, make([]float64, len(r.members))
	out := new(model.Outcome)
	return out, r.replicate(context.Background(), replication, out)
}
