package model_test

import (
	"math"
	"math/rand/v2"
	"testing"

	. "github.com/ftsim/ftsim/model"
)

// unit is exponential, with every ability a law can have.
type unit Seconds

func (l unit) Sample(r *rand.Rand) Seconds { return Seconds(r.ExpFloat64()) * Seconds(l) }
func (l unit) Mean() Seconds               { return Seconds(l) }
func (l unit) Survival(t Seconds) float64  { return math.Exp(-float64(t) / float64(l)) }
func (l unit) String() string              { return Seconds(l).String() }
func (l unit) Rate() float64               { return 1 / float64(l) }
func (l unit) Quantile(p float64) Seconds  { return Seconds(-math.Log1p(-p)) * Seconds(l) }

// ramp is uniform from 0; it can be inverted, rampAged too, and it knows what is left.
type ramp Seconds

func (l ramp) Sample(r *rand.Rand) Seconds { return Seconds(r.Float64()) * Seconds(l) }
func (l ramp) Mean() Seconds               { return Seconds(l) / 2 }
func (l ramp) Survival(t Seconds) float64  { return min(1, max(0, 1-float64(t)/float64(l))) }
func (l ramp) String() string              { return "ramp " + Seconds(l).String() }
func (l ramp) Quantile(p float64) Seconds  { return Seconds(p) * Seconds(l) }

type rampAged struct{ ramp }

func (l rampAged) Residual(age Seconds, r *rand.Rand) Seconds {
	return Seconds(r.Float64()) * max(0, Seconds(l.ramp)-age)
}

func TestStretchedKeepsAbilities(t *testing.T) {
	for _, d := range []Distribution{plain(8), aged{8}, ramp(8), rampAged{8}, unit(8)} {
		s := Stretched(d, 0.25)
		_, inverts := d.(Quantiler)
		_, remembers := d.(Residual)
		_, forgets := d.(Memoryless)
		_, inverts2 := s.(Quantiler)
		_, remembers2 := s.(Residual)
		_, forgets2 := s.(Memoryless)
		if forgets2 != forgets || inverts2 != (inverts || forgets) || remembers2 != (remembers || forgets) {
			t.Errorf("%v: quantiles %v, residuals %v, memoryless %v", s, inverts2, remembers2, forgets2)
		}
		if s.Mean() != d.Mean()/4 || s.String() == d.String() {
			t.Errorf("%v has mean %v, and %v has %v", s, s.Mean(), d, d.Mean())
		}
	}
}

// TestStretchedIsOneLaw holds the parts of a stretched law against each other and the law it came from.
func TestStretchedIsOneLaw(t *testing.T) {
	for _, d := range []Distribution{ramp(8), rampAged{8}, unit(8)} {
		s := Stretched(d, 0.25)
		for p := 0.05; p < 1; p += 0.1 {
			q := s.(Quantiler).Quantile(p)
			if want := d.(Quantiler).Quantile(p) / 4; math.Abs(float64(q-want)) > 1e-12 {
				t.Errorf("%v: the %v quantile is %v, want %v", s, p, q, want)
			}
			if got := 1 - s.Survival(q); math.Abs(got-p) > 1e-12 {
				t.Errorf("%v: a share of %v is shorter than the %v quantile", s, got, p)
			}
		}
		a, b := rand.New(rand.NewPCG(1, 2)), rand.New(rand.NewPCG(1, 2))
		for range 100 {
			if x, y := s.Sample(a), d.Sample(b)/4; math.Abs(float64(x-y)) > 1e-12 {
				t.Fatalf("%v draws %v where %v draws 4 × %v", s, x, d, y)
			}
		}
	}
	s := Stretched(rampAged{8}, 0.25).(Residual) // 0 to 2; at 1.5, up to a half is left
	r := rand.New(rand.NewPCG(3, 4))
	most := Seconds(0)
	for range 1000 {
		most = max(most, s.Residual(1.5, r))
	}
	if most > 0.5 || most < 0.49 {
		t.Errorf("of a life of 2 at most, up to %v is left at 1.5", most)
	}
	if got := Stretched(unit(8), 0.25).(Memoryless).Rate(); got != 0.5 {
		t.Errorf("a rate of 1/8, fourfold, is %v", got)
	}
}

func twoNodes() *System {
	shared := []Mode{{Kind: OSCrash, Life: unit(8), Repair: unit(1)}, {Kind: Crash, Life: ramp(8), Repair: unit(2)}}
	return &System{
		Components: []Component{{Name: "a", Modes: shared, StartFailure: 0.5}, {Name: "b", Modes: shared, StartFailure: 0.5},
			{Name: "c", Modes: shared, StartFailure: 0.5}, {Name: "rock"}},
		Causes:   []CommonCause{{Name: "storm", Life: unit(8), Victims: []int32{0, 1}, Probability: 1}},
		Services: []Service{{Name: "s"}},
	}
}

func TestPerfect(t *testing.T) {
	sys := twoNodes()
	got := Perfect(sys, 0, 1, 3, sys.CauseElement(0), sys.ServiceElement(0), None)
	for i := range 2 {
		c := &got.Components[i]
		for k := range c.Modes {
			if c.Modes[k].Life.Mean() != Never || c.Modes[k].Repair != sys.Components[i].Modes[k].Repair {
				t.Errorf("%s still fails: %+v", c.Name, c.Modes[k])
			}
			if _, ok := c.Modes[k].Life.(Residual); !ok {
				t.Errorf("a part that ages cannot be made perfect")
			}
		}
		if c.StartFailure != 0 {
			t.Errorf("%s does not come back after a power loss", c.Name)
		}
	}
	if &got.Components[0].Modes[0] != &got.Components[1].Modes[0] {
		t.Error("what shared its modes no longer does")
	}
	if got.Causes[0].Life.Mean() != Never {
		t.Error("the common cause still strikes")
	}
	same(t, sys, got, 2)
	if x := sys.Components[0]; x.Modes[0].Life.Mean() != 8 || x.StartFailure != 0.5 || sys.Causes[0].Life.Mean() != 8 {
		t.Error("the original has changed")
	}
}

func TestScaled(t *testing.T) {
	sys := twoNodes()
	got := Scaled(sys, 10, 0, sys.CauseElement(0))
	if m := got.Components[0].Modes; math.Abs(float64(m[0].Life.Mean()-0.8)) > 1e-12 || math.Abs(float64(m[1].Life.Mean()-0.4)) > 1e-12 || m[1].Repair.Mean() != 2 {
		t.Errorf("ten times the rate: %v, %v", m[0].Life, m[1].Life)
	}
	if got.Components[0].StartFailure != 0.5 || math.Abs(float64(got.Causes[0].Life.Mean()-0.8)) > 1e-12 {
		t.Errorf("start failure %v, cause %v", got.Components[0].StartFailure, got.Causes[0].Life)
	}
	same(t, sys, got, 1)
	same(t, sys, got, 2)
}

// TestPerturbedCascade: a cascade can be taken away; it has no rate that could be raised.
func TestPerturbedCascade(t *testing.T) {
	sys := twoNodes()
	sys.Causes[0].Life, sys.Causes[0].SetOff = nil, &SetOff{Component: 2}
	e := sys.CauseElement(0)
	if c := Perfect(sys, e).Causes[0]; c.SetOff != nil || c.Life.Mean() != Never {
		t.Errorf("made perfect: %+v", c)
	}
	if c := Scaled(sys, 10, e).Causes[0]; c.SetOff != sys.Causes[0].SetOff || c.Life != nil {
		t.Errorf("scaled: %+v", c)
	}
}

// same checks that component i has not changed.
func same(t *testing.T, sys, got *System, i int) {
	t.Helper()
	a, b := &sys.Components[i], &got.Components[i]
	if a.Name != b.Name || &a.Modes[0] != &b.Modes[0] || a.StartFailure != b.StartFailure {
		t.Errorf("%s has changed", a.Name)
	}
}
