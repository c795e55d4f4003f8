package failures

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mathext"

	"github.com/ftsim/ftsim/model"
)

var gammaLaw = Law{
	Name: "gamma", Help: "a sum of exponential stages, their number not necessarily whole", Example: "{gamma: {shape: 2, mean: 4h}}",
	Fields: []Field{
		{"shape", Number, true, "0.05 to 100; 1 is exponential"},
		{"mean", Duration, false, "mean, or give scale"}, {"scale", Duration, false, "mean of a stage"},
	},
	Build: func(v Values) (model.Distribution, error) {
		shape := v["shape"].Number
		if err := shapeRange(shape); err != nil {
			return nil, err
		}
		scale, err := scaleOf(v, shape)
		if err != nil {
			return nil, err
		}
		return Gamma(shape, scale), nil
	},
}

var erlangLaw = Law{
	Name: "erlang", Help: "a number of equal exponential stages, one after another", Example: "{erlang: {stages: 3, mean: 4h}}",
	Fields: []Field{{"stages", Number, true, "1 to 100"}, {"mean", Duration, true, "mean of the whole"}},
	Build: func(v Values) (model.Distribution, error) {
		k := v["stages"].Number
		if k < 1 || k > 100 || k != math.Trunc(k) {
			return nil, fmt.Errorf("stages must be a whole number from 1 to 100")
		}
		if err := positive("mean", float64(v["mean"].Seconds)); err != nil {
			return nil, err
		}
		return Gamma(k, v["mean"].Seconds/model.Seconds(k)), nil
	},
}

func shapeRange(shape float64) error {
	if !(shape >= 0.05 && shape <= 100) {
		return fmt.Errorf("shape must lie between 0.05 and 100")
	}
	return nil
}

// scaleOf reads scale, or mean divided by the mean of the law with scale 1.
func scaleOf(v Values, unitMean float64) (model.Seconds, error) {
	if v.has("mean") == v.has("scale") {
		return 0, fmt.Errorf("give either mean or scale")
	}
	if v.has("scale") {
		return v["scale"].Seconds, positive("scale", float64(v["scale"].Seconds))
	}
	return v["mean"].Seconds / model.Seconds(unitMean), positive("mean", float64(v["mean"].Seconds))
}

type gamma struct{ shape, scale float64 }

// Gamma has mean shape·scale.
func Gamma(shape float64, scale model.Seconds) model.Distribution {
	return gamma{shape, float64(scale)}
}

// Sample uses the squeeze method of Marsaglia and Tsang (ACM TOMS 26, 2000); below shape 1 a draw at
// shape+1 is shrunk by a power of a uniform.
func (l gamma) Sample(r *rand.Rand) model.Seconds {
	shape, shrink := l.shape, 1.0
	if shape < 1 {
		shrink = math.Pow(1-r.Float64(), 1/shape)
		shape++
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if u := 1 - r.Float64(); math.Log(u) < 0.5*x*x+d-d*v+d*math.Log(v) {
			return model.Seconds(d * v * shrink * l.scale)
		}
	}
}
func (l gamma) Mean() model.Seconds { return model.Seconds(l.shape * l.scale) }
func (l gamma) Survival(t model.Seconds) float64 {
	if t <= 0 {
		return 1
	}
	return mathext.GammaIncRegComp(l.shape, float64(t)/l.scale)
}

// Quantile inverts the smaller of the two tails, because the other one has rounded p away. It does not
// use the inverses of mathext, which are 0 for a small shape and p.
func (l gamma) Quantile(p float64) model.Seconds {
	if p < 0.5 {
		missing := func(t model.Seconds) float64 {
			return -mathext.GammaIncReg(l.shape, float64(t)/l.scale)
		}
		return invert(missing, -p, 0)
	}
	return invert(l.Survival, 1-p, 0)
}

// Residual draws the excess y over x = age/scale, of density (1+y/x)^(shape−1)·exp(−y). Where x is far
// out it rejects from an exponential of rate 1−(shape−1)/x, or 1 for a shape below 1; because of
// ln(1+y/x) ≤ y/x that lies above the density. Nearer, it draws until a life is long enough. Neither
// underflows, however old a part has become by being repaired.
func (l gamma) Residual(age model.Seconds, r *rand.Rand) model.Seconds {
	x := float64(age) / l.scale
	if x <= l.shape+math.Sqrt(l.shape) {
		for {
			if t := l.Sample(r); t > age {
				return t - age
			}
		}
	}
	tilt := max(0, l.shape-1) / x
	for {
		y := r.ExpFloat64() / (1 - tilt)
		if -r.ExpFloat64() <= (l.shape-1)*math.Log1p(y/x)-tilt*y {
			return model.Seconds(y * l.scale)
		}
	}
}

// beyond follows from x·density(shape) = shape·density(shape+1).
func (l gamma) beyond(t model.Seconds) model.Seconds {
	over := l.Mean() * model.Seconds(mathext.GammaIncRegComp(l.shape+1, float64(t)/l.scale))
	return max(0, over-t*model.Seconds(l.Survival(t)))
}
func (l gamma) String() string {
	return flow("gamma", "shape: "+number(l.shape), "scale: "+model.Seconds(l.scale).String())
}
