// Package engine lays a System out as a Program and runs replications of it, fast and reproducibly.
package engine

import (
	"context"
	"io"
	"iter"

	"github.com/ftsim/ftsim/model"
)

// Program is a System laid out for running: flat arrays, dense ids, immutable, shared by all workers.
type Program struct{}

// Compile lays sys out. The system must have passed model.Check.
func Compile(sys *model.System) (*Program, error) { return &Program{}, nil }

// Explain writes the compiled form for a reader.
func (p *Program) Explain(w io.Writer) error { return nil }

// Replications yields outcomes in index order, whatever the number of workers. An outcome is valid
// until the next one is asked for.
func (p *Program) Replications(ctx context.Context, o Options) iter.Seq2[*model.Outcome, error] {
	return func(yield func(*model.Outcome, error) bool) {}
}

// Trace runs one replication and calls note for everything that happens in it, in order.
func (p *Program) Trace(o Options, replication int, note func(Note)) (*model.Outcome, error) {
	return nil, nil
}
