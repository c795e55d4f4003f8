// Package model holds the words of the domain: time, systems, laws, policies, outcomes, problems, and
// the check that a system makes sense. It knows nothing of files, goroutines or statistics.
package model

import "math/rand/v2"

// Distribution is the law of a non-negative duration. It is immutable; randomness comes only from r.
type Distribution interface {
	Sample(r *rand.Rand) Seconds
	Mean() Seconds              // may be +Inf
	Survival(t Seconds) float64 // P(duration > t)
	String() string             // as a user would write it in a topology
}

// Quantiler is a law that can be inverted. Quantile(p) is the least t with P(duration ≤ t) ≥ p, for
// p in (0, 1). The engine turns such laws into tables.
type Quantiler interface {
	Quantile(p float64) Seconds
}

// Memoryless is a law whose hazard never changes: an exponential one, with its rate per second.
type Memoryless interface {
	Rate() float64
}

// Residual is a law that can draw the time that is left, given the age already reached. Needed where
// a repair leaves a part as old as it was.
type Residual interface {
	Residual(age Seconds, r *rand.Rand) Seconds
}
