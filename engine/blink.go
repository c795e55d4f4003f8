package engine

import (
	"math"
	"math/rand/v2"

	"github.com/ftsim/ftsim/model"
)

// This file is about repairs of no length. Whatever looks at the end of the instant has not seen such a failure, which
// is right where only time counts; but it interrupts jobs, and takes data with it.

// noticeable lets repairs of no length take a microsecond, where there is something that has to notice.
func (c *compiler) noticeable() error {
	p := c.p
	if len(p.jobs) == 0 && len(p.stores) == 0 {
		return nil
	}
	for i := range p.modes {
		c.lengthen(&p.modes[i].repairLaw)
	}
	for i := range p.causes {
		c.lengthen(&p.causes[i].repairLaw)
	}
	return nil
}

func (c *compiler) lengthen(repair *int32) {
	if *repair != none && c.p.laws[*repair].kind == constantLaw && c.p.laws[*repair].mean == 0 {
		*repair = c.law(blink{})
	}
}

// blink is the law of what takes a microsecond.
type blink struct{}

const aBlink model.Seconds = 1e-6

func (blink) Sample(*rand.Rand) model.Seconds { return aBlink }
func (blink) Mean() model.Seconds             { return aBlink }
func (blink) Quantile(float64) model.Seconds  { return aBlink }
func (blink) String() string                  { return "a microsecond" }

func (blink) Survival(t model.Seconds) float64 {
	if t < aBlink {
		return 1
	}
	return 0
}

// after is so long after a time. What takes any time at all moves the clock, also where that shows so much that a
// microsecond more is the same number: after some 540 years.
func after(at, seconds float64) float64 {
	if t := at + seconds; t > at || seconds <= 0 {
		return t
	}
	return math.Nextafter(at, math.Inf(1))
}
