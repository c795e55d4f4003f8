package model

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
)

// Perfect is sys with the failure processes of some elements, components and common causes, taken away:
// none of their faults ever happens by itself, nor do they fail to come back after a power loss. What a
// common cause or a thing below does to them still happens. Services, as elements, stay as they are. The
// names stay too, so that in one replication all others have the luck they have in sys. A cascade made
// perfect is never set off.
func Perfect(sys *System, elements ...Element) *System {
	out := perturbed(sys, elements, func(Distribution) Distribution { return never{} })
	for _, e := range elements {
		if out.isComponent(e) {
			out.Components[e].StartFailure = 0
		}
		if i := int(e) - len(sys.Components); i >= 0 && i < len(sys.Causes) {
			out.Causes[i].Life, out.Causes[i].SetOff = never{}, nil
		}
	}
	return out
}

// Scaled is sys with the failure rates of some elements, components and common causes, multiplied by
// factor, which must be greater than 0: lives keep their shape and become that much shorter. Repairs
// stay as they are, and so do cascades and what happens once, which have no rate of their own.
func Scaled(sys *System, factor float64, elements ...Element) *System {
	return perturbed(sys, elements, func(d Distribution) Distribution {
		if d == nil { // of a cascade, which is as frequent as what sets it off
			return nil
		}
		return Stretched(d, 1/factor)
	})
}

// perturbed is sys with other laws of life for some elements. What components share stays shared.
func perturbed(sys *System, elements []Element, change func(Distribution) Distribution) *System {
	out := *sys
	out.Components, out.Causes = slices.Clone(sys.Components), slices.Clone(sys.Causes)
	changed := map[*Mode][]Mode{}
	for _, e := range elements {
		switch i := int(e) - len(sys.Components); {
		case sys.isComponent(e) && len(sys.Components[e].Modes) > 0:
			old := sys.Components[e].Modes
			modes, seen := changed[&old[0]]
			if !seen {
				modes = slices.Clone(old)
				for k := range modes {
					modes[k].Life = change(modes[k].Life)
				}
				changed[&old[0]] = modes
			}
			out.Components[e].Modes = modes
		case i >= 0 && i < len(sys.Causes) && sys.Causes[i].Life != nil && !sys.Causes[i].Once:
			out.Causes[i].Life = change(sys.Causes[i].Life)
			if out.Causes[i].Life != nil {
				out.Causes[i].SetOff = nil
			}
		}
	}
	return &out
}

func (s *System) isComponent(e Element) bool { return e >= 0 && int(e) < len(s.Components) }

// never is the law of what does not happen.
type never struct{}

func (never) Sample(*rand.Rand) Seconds            { return Never }
func (never) Mean() Seconds                        { return Never }
func (never) Survival(Seconds) float64             { return 1 }
func (never) Quantile(float64) Seconds             { return Never }
func (never) Residual(Seconds, *rand.Rand) Seconds { return Never }
func (never) String() string                       { return "never" }

// Stretched is the law of by times a duration of law d, for by > 0. It can be inverted, can tell what is
// left of a duration, and is memoryless, where d is.
func Stretched(d Distribution, by float64) Distribution {
	s := stretched{d, Seconds(by)}
	if m, ok := d.(Memoryless); ok {
		return stretchedMemoryless{s, m.Rate() / by}
	}
	q, inverts := d.(Quantiler)
	r, remembers := d.(Residual)
	switch {
	case inverts && remembers:
		return stretchedBoth{stretchedQuantiler{s, q}, stretchedResidual{s, r}}
	case inverts:
		return stretchedQuantiler{s, q}
	case remembers:
		return stretchedResidual{s, r}
	}
	return s
}

type stretched struct {
	of Distribution
	by Seconds
}

func (s stretched) Sample(r *rand.Rand) Seconds { return s.by * s.of.Sample(r) }
func (s stretched) Mean() Seconds               { return s.by * s.of.Mean() }
func (s stretched) Survival(t Seconds) float64  { return s.of.Survival(t / s.by) }

// String tells laws apart; a file has no word for it.
func (s stretched) String() string {
	return fmt.Sprintf("%s × %v", strconv.FormatFloat(float64(s.by), 'g', -1, 64), s.of)
}

type stretchedQuantiler struct {
	stretched
	inner Quantiler
}

func (s stretchedQuantiler) Quantile(p float64) Seconds { return s.by * s.inner.Quantile(p) }

type stretchedResidual struct {
	stretched
	inner Residual
}

func (s stretchedResidual) Residual(age Seconds, r *rand.Rand) Seconds {
	return s.by * s.inner.Residual(age/s.by, r)
}

// stretchedBoth takes what a law is from its first half, so that embedding both is not ambiguous.
type stretchedBoth struct {
	stretchedQuantiler
	residual stretchedResidual
}

func (s stretchedBoth) Residual(age Seconds, r *rand.Rand) Seconds {
	return s.residual.Residual(age, r)
}

type stretchedMemoryless struct {
	stretched
	rate float64
}

func (s stretchedMemoryless) Rate() float64 { return s.rate }
func (s stretchedMemoryless) Quantile(p float64) Seconds {
	return Seconds(-math.Log1p(-p) / s.rate)
}
func (s stretchedMemoryless) Residual(_ Seconds, r *rand.Rand) Seconds { return s.Sample(r) }
