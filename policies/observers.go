package policies

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/ftsim/ftsim/model"
)

// PhiAccrual believes a target down when the logarithm of the odds against its silence reaches a
// threshold: with signs of life at exponential gaps, after Φ·ln 10·gap (Hayashibara et al., 2004, as
// Cassandra uses it).
type PhiAccrual struct {
	Threshold float64
	Gap       model.Seconds // mean, between signs of life
}

// Delay implements model.Detector.
func (d PhiAccrual) Delay(model.FaultMode, *rand.Rand) model.Seconds {
	return model.Seconds(d.Threshold*math.Ln10) * d.Gap
}

// Recovery implements model.Detector: the next sign of life.
func (d PhiAccrual) Recovery(r *rand.Rand) model.Seconds { return uniform(r, d.Gap) }

func (d PhiAccrual) String() string {
	return fmt.Sprintf("phi-accrual, threshold %v, a sign of life every %v", d.Threshold, d.Gap)
}

// MostObservers bounds Observers.Of.
const MostObservers = 64

// Observers believe together once Quorum of them do, which takes Gossip more: the delay is the
// Quorum-th smallest of theirs, in both directions.
type Observers struct {
	model.Detector     // of each
	Of, Quorum     int // 1 ≤ Quorum ≤ Of ≤ MostObservers
	Gossip         model.Distribution
}

// Delay implements model.Detector.
func (d Observers) Delay(mode model.FaultMode, r *rand.Rand) model.Seconds {
	return d.agree(r, func() model.Seconds { return d.Detector.Delay(mode, r) })
}

// Recovery implements model.Detector.
func (d Observers) Recovery(r *rand.Rand) model.Seconds {
	return d.agree(r, func() model.Seconds { return d.Detector.Recovery(r) })
}

func (d Observers) agree(r *rand.Rand, one func() model.Seconds) model.Seconds {
	var sorted [MostObservers]model.Seconds
	for n := range d.Of {
		t := one()
		k := n
		for ; k > 0 && sorted[k-1] > t; k-- {
			sorted[k] = sorted[k-1]
		}
		sorted[k] = t
	}
	return sorted[d.Quorum-1] + draw(d.Gossip, r)
}

func (d Observers) String() string {
	return fmt.Sprintf("%d of %d observers, each: %v", d.Quorum, d.Of, d.Detector)
}
