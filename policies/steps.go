// Package policies says how systems react: redundancy policies as pure state machines and detectors as
// laws of delay. It reads no clock and knows no engine; see model.Policy and model.Detector.
package policies

import (
	"math/rand/v2"

	"github.com/ftsim/ftsim/model"
)

// Steps are durations that follow one another, such as acknowledge, diagnose, act. Nil takes no time.
type Steps []model.Distribution

// Sample draws the total.
func (s Steps) Sample(r *rand.Rand) model.Seconds {
	total := model.Seconds(0)
	for _, law := range s {
		total += law.Sample(r)
	}
	return total
}

// Mean is the mean of the total.
func (s Steps) Mean() model.Seconds {
	total := model.Seconds(0)
	for _, law := range s {
		total += law.Mean()
	}
	return total
}
