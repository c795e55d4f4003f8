package analysis

import (
	"iter"
	"math"
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

// AllRows keeps every row, however much memory that takes: about 200 bytes each.
const AllRows = math.MaxInt

// Events are rows of whole replications, from the first on, as long as there was room for them: what is
// there can be divided by the number of replications it comes from.
type Events[T any] struct {
	Rows[T]
	Seen         int64 // events there were, with or without a row
	Replications int   // whose rows are all there
	full         bool
}

// keep adds the events of a replication as rows, unless there would be more than most. The beginning of
// a first replication with more than that is kept alone.
func keep[E, T any](e *Events[T], events []E, most int, row func(*E) T) {
	e.Seen += int64(len(events))
	if e.full {
		return
	}
	e.full = len(events) > most-e.n
	switch {
	case !e.full:
		e.Replications++
	case e.n == 0:
		events = events[:most]
	default:
		return
	}
	for i := range events {
		e.add(row(&events[i]))
	}
}

// snapshot stays as it is while e grows.
func (e *Events[T]) snapshot() Events[T] {
	s := *e
	s.Rows = e.Rows.snapshot()
	return s
}
