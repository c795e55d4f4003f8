package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/ftsim/ftsim/failures"
	"github.com/ftsim/ftsim/model"
)

// units are lengths of time as the files write them. A year has 8760 hours, as everywhere in ftsim.
var units = map[string]model.Seconds{
	"ms": 1e-3, "s": 1, "sec": 1, "min": model.Minute, "h": model.Hour, "d": model.Day, "day": model.Day,
	"w": 7 * model.Day, "y": model.Year, "year": model.Year,
}

func unitOf(name string) (model.Seconds, error) {
	if u, ok := units[strings.TrimPrefix(name, "1/")]; ok {
		return u, nil
	}
	if name == "" {
		return 0, unsupported("a unit of time is missing (time_unit)")
	}
	return 0, unsupported("unit %q is not known", name)
}

// lawFields says which parameters belong to a law. Mean and rate exclude each other.
var lawFields = map[string][]string{
	"exponential": {"mean", "rate"}, "weibull": {"scale", "shape"}, "lognormal": {"mu", "sigma"},
	"gamma": {"shape", "scale"}, "deterministic": {"value"}, "uniform": {"low", "high"},
}

// parseLaw reads a law; a bare number is exactly that long, in the given unit. Zero is nil: at once.
func parseLaw(what string, raw json.RawMessage, unit model.Seconds) (model.Distribution, error) {
	var x float64
	if json.Unmarshal(raw, &x) == nil {
		return fixedOrNil(model.Seconds(x) * unit), nil
	}
	var f fields
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, unsupported("%s is given in words: %s", what, clip(raw))
	}
	name := f.text("dist")
	params, ok := lawFields[name]
	if !ok {
		return nil, unsupported("%s: no law %q", what, name)
	}
	if err := f.only(what, append([]string{"dist", "unit", "note"}, params...)...); err != nil {
		return nil, err
	}
	if u := f.text("unit"); u != "" {
		var err error
		if unit, err = unitOf(u); err != nil {
			return nil, err
		}
	}
	return makeLaw(what, name, f, float64(unit))
}

// fixedAtOnce is the law of what takes no time.
var fixedAtOnce = failures.Fixed(0)

func fixedOrNil(t model.Seconds) model.Distribution {
	if t == 0 {
		return nil
	}
	return failures.Fixed(t)
}

func makeLaw(what, name string, f fields, unit float64) (model.Distribution, error) {
	value := map[string]float64{}
	for _, p := range lawFields[name] {
		if !f.has(p) {
			continue
		}
		x, err := f.number(what, p, 0)
		if err != nil {
			return nil, err
		}
		value[p] = x
	}
	if name == "exponential" {
		return exponential(what, value, unit)
	}
	if len(value) != len(lawFields[name]) {
		return nil, unsupported("%s: a parameter of the law is missing", what)
	}
	switch name {
	case "weibull":
		return failures.Weibull(value["shape"], model.Seconds(value["scale"]*unit)), nil
	case "gamma":
		return failures.Gamma(value["shape"], model.Seconds(value["scale"]*unit)), nil
	case "uniform":
		return failures.Uniform(model.Seconds(value["low"]*unit), model.Seconds(value["high"]*unit)), nil
	case "lognormal":
		return byName("lognormal", failures.Values{"median": {Seconds: model.Seconds(math.Exp(value["mu"]) * unit)},
			"sigma": {Number: value["sigma"]}})
	}
	return fixedOrNil(model.Seconds(value["value"] * unit)), nil
}

func exponential(what string, value map[string]float64, unit float64) (model.Distribution, error) {
	mean, rate := value["mean"], value["rate"]
	switch {
	case mean > 0 && rate == 0:
		return failures.Exponential(model.Seconds(mean * unit)), nil
	case rate > 0 && mean == 0:
		return failures.Exponential(model.Seconds(unit / rate)), nil
	}
	return nil, unsupported("%s: an exponential law has a mean or a rate, above zero", what)
}

func byName(name string, v failures.Values) (model.Distribution, error) {
	law, ok := failures.Lookup(name)
	if !ok {
		return nil, fmt.Errorf("the catalogue has no law %q", name)
	}
	return law.Build(v)
}

// mixture is one of two laws, the first with probability p.
func mixture(p float64, first, second model.Distribution) (model.Distribution, error) {
	return byName("mixture", failures.Values{"weights": {Numbers: []float64{p, 1 - p}},
		"of": {Laws: []model.Distribution{orNow(first), orNow(second)}}})
}

func orNow(d model.Distribution) model.Distribution {
	if d == nil {
		return fixedAtOnce
	}
	return d
}
