package policies

import (
	"math/rand/v2"

	"github.com/ftsim/ftsim/model"
)

// Stonith cuts the power of an old primary from outside and waits for the confirmation (R14): each
// attempt works with a probability, or is given up after a timeout.
type Stonith struct {
	Takes    model.Distribution // an attempt that works
	Success  float64            // of one attempt, 0 to 1
	Timeout  model.Seconds      // of an attempt that does not
	Attempts int
}

// Sample draws how long it takes until the power is off, or until all attempts have failed.
func (f *Stonith) Sample(r *rand.Rand) (total model.Seconds, done bool) {
	for range f.Attempts {
		if f.Success >= 1 || r.Float64() < f.Success {
			return total + f.Takes.Sample(r), true
		}
		total += f.Timeout
	}
	return total, false
}
