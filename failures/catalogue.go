// Package failures says how things break: the catalogue of duration laws. All durations are in seconds
// of simulated time; every law is immutable and draws only from the generator it is given.
package failures

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// Law is one line of the catalogue: a family of durations and how it is written in a file.
type Law struct {
	Name, Help, Example string
	Fields              []Field
	Positional          []string // fields that a bare value or list stands for, in order
	Build               func(v Values) (model.Distribution, error)
}

// FieldKind is the type of a parameter.
type FieldKind uint8

// Kinds of parameter.
const (
	Duration      FieldKind = iota
	Number                  // a plain number or a percentage
	Durations               // a list
	Numbers                 // a list
	Inner                   // a law
	Inners                  // a list of laws
	QuantileTable           // p0, p5, p50 … : duration
)

// Field is one parameter of a law.
type Field struct {
	Name     string
	Kind     FieldKind
	Required bool
	Help     string
}

// Value is a parameter as read; which field is set follows from its kind.
type Value struct {
	Seconds model.Seconds
	Number  float64
	List    []model.Seconds
	Numbers []float64
	Laws    []model.Distribution
	Table   []QuantilePoint
}

// QuantilePoint is one line of a quantile table.
type QuantilePoint struct {
	P  float64 // 0 to 1
	At model.Seconds
}

// Values are the parameters that were given, by name.
type Values map[string]Value

func (v Values) has(name string) bool { _, ok := v[name]; return ok }

// Catalogue lists every law.
var Catalogue = []Law{fixedLaw, uniformLaw, exponentialLaw, weibullLaw, lognormalLaw, gammaLaw, erlangLaw,
	empiricalLaw, mixtureLaw, shiftedLaw, truncatedLaw}

// Lookup finds a law by name.
func Lookup(name string) (*Law, bool) {
	for i := range Catalogue {
		if Catalogue[i].Name == name {
			return &Catalogue[i], true
		}
	}
	return nil, false
}

// Names lists the names of all laws in the order of the catalogue.
func Names() []string {
	names := make([]string, len(Catalogue))
	for i := range Catalogue {
		names[i] = Catalogue[i].Name
	}
	return names
}

func positive(what string, x float64) error {
	if !(x > 0) || math.IsInf(x, 0) {
		return fmt.Errorf("%s must be greater than zero", what)
	}
	return nil
}

// possible refuses what no duration can be.
func possible(what string, t model.Seconds) error {
	if !(t >= 0) || math.IsInf(float64(t), 0) {
		return fmt.Errorf("%s must be a duration of zero or longer", what)
	}
	return nil
}

// duration reads a duration of zero or longer.
func (v Values) duration(name string) (model.Seconds, error) {
	if !v.has(name) {
		return 0, fmt.Errorf("%s is missing", name)
	}
	return v[name].Seconds, possible(name, v[name].Seconds)
}

// nestable is what a law must offer to stand inside another one. All laws of the catalogue do.
type nestable interface {
	model.Distribution
	model.Quantiler
	model.Residual
	// beyond is the mean of max(0, duration − t), which is ∫ Survival from t on, for t ≥ 0. A truncated
	// law needs it for its mean; beyond(0) is the mean of any law.
	beyond(t model.Seconds) model.Seconds
}

// inner reads the law in a field of kind Inner.
func (v Values) inner(name string) (nestable, error) {
	laws := v[name].Laws
	if len(laws) != 1 {
		return nil, fmt.Errorf("%s must be one law, such as 2h or {p50: 2h, p95: 12h}", name)
	}
	return asNestable(name, laws[0])
}

func asNestable(name string, d model.Distribution) (nestable, error) {
	if n, ok := d.(nestable); ok {
		return n, nil
	}
	return nil, fmt.Errorf("%s must be a law of the catalogue", name)
}

// residualBy draws what remains of a duration that has reached age: the t at which the survival has
// fallen by a uniform factor, found by bisection on the survival side, which keeps the far tail exact.
// It takes an age without survivors for the end of the law, so laws without an end, which repairs can
// make so old that Survival underflows, do not use it there.
func residualBy(d model.Distribution, age model.Seconds, r *rand.Rand) model.Seconds {
	target := d.Survival(age) * (1 - r.Float64())
	if target <= 0 {
		return 0
	}
	return invert(d.Survival, target, age) - age
}

// invert is the least t ≥ low with survival(t) ≤ target, to the precision of a float64.
func invert(survival func(model.Seconds) float64, target float64, low model.Seconds) model.Seconds {
	if survival(low) <= target {
		return low
	}
	high := max(1, 2*low)
	for survival(high) > target {
		if high *= 2; math.IsInf(float64(high), 1) {
			return model.Seconds(math.MaxFloat64)
		}
	}
	for range 200 {
		middle := low + (high-low)/2
		switch { // halve the ratio while that is large, to find tiny durations as fast
		case low == 0:
			middle = high * 1e-6
		case high > 2*low:
			middle = model.Seconds(math.Sqrt(float64(low)) * math.Sqrt(float64(high)))
		}
		if middle <= low || middle >= high {
			break
		}
		if survival(middle) > target {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}

// flow writes a law the way it is written in a file.
func flow(name string, parts ...string) string {
	return "{" + name + ": {" + strings.Join(parts, ", ") + "}}"
}

// number writes x without an exponent, which some YAML readers take for a word.
func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
