package analysis

import (
	"iter"
	"slices"
)

// rowsPerChunk keeps adding cheap: nothing that was added is ever moved.
const rowsPerChunk = 4096

// Rows is a long list that grows in chunks.
type Rows[T any] struct {
	chunks [][]T
	n      int
}

// Len is the number of rows.
func (r *Rows[T]) Len() int { return r.n }

// All yields the rows in order.
func (r *Rows[T]) All() iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for _, c := range r.chunks {
			for i := range c {
				if !yield(&c[i]) {
					return
				}
			}
		}
	}
}

func (r *Rows[T]) add(row T) {
	last := len(r.chunks) - 1
	switch {
	case last < 0: // a small study stays small
		r.chunks = append(r.chunks, nil)
		last++
	case len(r.chunks[last]) == rowsPerChunk:
		r.chunks = append(r.chunks, make([]T, 0, rowsPerChunk))
		last++
	}
	r.chunks[last] = append(r.chunks[last], row)
	r.n++
}

// flat is a copy in one piece.
func (r *Rows[T]) flat() []T {
	all := make([]T, 0, r.n)
	for _, c := range r.chunks {
		all = append(all, c...)
	}
	return all
}

// snapshot stays as it is while r grows.
func (r *Rows[T]) snapshot() Rows[T] { return Rows[T]{slices.Clone(r.chunks), r.n} }
