package topology

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// A value may be given as {uncertain: {p5: 1y, p95: 5y}}, because nobody knows it better. The file is then
// read once for each draw, with a plain value put in its place; so whatever can be written as a plain
// duration, share, number or rate can be uncertain, and all that follows from it follows in each draw.

// Parameter is a value that is not known.
type Parameter struct {
	Name  string // where it stands: node "db-a": mtbf
	Text  string // what is known of it: {p5: 1y, p95: 5y}
	Unit  string // s, 1/s, or nothing for shares and plain numbers
	At    model.Pos
	Value float64 // in the System it came with
}

const uncertainKey = "uncertain"

// quantity is what a value is. A mean may also be written as a rate.
type quantity uint8

const (
	lengths quantity = iota
	means
	shares
	plains
	rates
)

// harmless stands in for a value that cannot be read, so that nothing else is said of it.
func (s quantity) harmless() string { return [...]string{"1h", "1h", "50%", "1", "1/s"}[s] }

// write is x as it would stand in a file.
func (s quantity) write(x float64) string {
	text := strconv.FormatFloat(x, 'f', -1, 64)
	switch s {
	case lengths, means:
		return text + "s"
	case rates:
		return text + "/s"
	}
	return text
}

func (s quantity) unit() string { return [...]string{"s", "s", "", "", "1/s"}[s] }

// certain begins the labels of what decides about a simulation and is not part of the design.
var certain = []string{"simulation", "objective ", "journey", "traffic"}

// unknowns is what a decoder does about uncertain values.
type unknowns struct {
	pick    func(name string) float64 // the quantile to take, above 0 and below 1; nil for the median
	list    []Parameter
	settled map[*node]*node // by the key in the file, which aliases of a value share: they are one unknown
	taken   map[string]int
}

func isUncertain(v *node) bool {
	return v != nil && v.kind == mappingNode && len(v.parts) == 2 && v.parts[0].text == uncertainKey
}

// settle puts a plain value in the place of an uncertain one. Other nodes stay as they are.
func (d *decoder) settle(v *node, where string, s quantity) *node {
	d.witness.settled(v, where)
	if !isUncertain(v) {
		return v
	}
	if out := d.settled[&v.parts[0]]; out != nil {
		return out
	}
	out := &node{kind: scalarNode, text: s.harmless(), file: v.file, line: v.line, column: v.column, width: v.width}
	if d.settled == nil {
		d.settled, d.taken = map[*node]*node{}, map[string]int{}
	}
	d.settled[&v.parts[0]] = out
	for _, word := range certain {
		if strings.HasPrefix(where, word) {
			d.fault(&v.parts[0], "write the value to go by", "%s: it cannot be uncertain", where)
			return out
		}
	}
	known := &v.parts[1]
	p, ok := d.spread(known, where, s)
	if !ok {
		return out
	}
	name := where
	if d.taken[where]++; d.taken[where] > 1 {
		name += " #" + itoa(d.taken[where])
	}
	u := 0.5
	if d.pick != nil {
		u = d.pick(name)
	}
	x := tidy(p(u))
	out.text = s.write(x)
	d.list = append(d.list, Parameter{Name: name, Text: known.flow(), Unit: s.unit(), At: v.at(), Value: x})
	return out
}

// spread reads what is known of a value, as its quantile function.
func (d *decoder) spread(v *node, where string, s quantity) (func(u float64) float64, bool) {
	where += ": uncertain"
	if v.kind == mappingNode && len(v.parts) > 0 && allQuantiles(v) {
		return d.quantilePair(v, where, s)
	}
	if v.kind != mappingNode || s != lengths && s != means {
		hint := "write for example {uncertain: {p5: 1y, p95: 5y}}"
		if s != lengths && s != means {
			hint = "write a range, for example {uncertain: {p5: " + s.write(0.1) + ", p95: " + s.write(0.3) + "}}"
		}
		d.fault(v, hint, "%s: what is known of it?", where)
		return nil, false
	}
	law, ok := d.law(v, where, steady, 1)
	if !ok {
		return nil, false
	}
	q, ok := law.(model.Quantiler)
	if !ok || !(q.Quantile(1e-9) >= 0) || s == means && !(q.Quantile(1e-9) > 0) {
		d.fault(v, "leave room above zero, for example {uniform: [1y, 5y]}", "%s: a mean of zero is not possible", where)
		return nil, false
	}
	return func(u float64) float64 { return float64(q.Quantile(u)) }, true
}

func allQuantiles(v *node) bool {
	for key := range v.entries() {
		if _, ok := quantileKey(key.text); !ok {
			return false
		}
	}
	return true
}

// quantileKey reads p5 as 0.05.
func quantileKey(key string) (float64, bool) {
	digits, is := strings.CutPrefix(key, "p")
	p, err := number(digits)
	return p / 100, is && err == nil
}

// widest is the standard deviation of the logarithm (of the odds, for shares) beyond which a range says
// nothing: p95 is then 19 000 times p5.
const widest = 3

// quantilePair is the log-normal law through two quantiles. Of shares, the odds p/(1−p) are log-normal,
// so that they stay below 1; for small ones that is nearly the same.
func (d *decoder) quantilePair(v *node, where string, s quantity) (func(u float64) float64, bool) {
	if len(v.parts) != 4 {
		d.fault(v, "write for example {p5: 1y, p95: 5y}", "%s: a range has two ends", where)
		return nil, false
	}
	var z, y [2]float64
	for i := range z {
		key, value := &v.parts[2*i], &v.parts[2*i+1]
		p, _ := quantileKey(key.text)
		x, inverse, ok := d.end(value, where+" "+key.text, s)
		if !ok {
			return nil, false
		}
		if !(p > 0 && p < 1) {
			d.fault(key, "write p5 and p95", "%s: %q is not a quantile of a range", where, clip(key.text))
			return nil, false
		}
		if !(x > 0) || s == shares && !(x < 1) {
			d.fault(value, "", "%s: %s is out of the question for a range", where, clip(value.text))
			return nil, false
		}
		z[i], y[i] = normalQuantile(p), math.Log(x)
		if s == shares {
			y[i] = math.Log(x / (1 - x))
		}
		if inverse {
			z[i] = -z[i]
		}
	}
	sigma := (y[1] - y[0]) / (z[1] - z[0])
	switch {
	case !(sigma > 0) || math.IsInf(sigma, 0):
		d.fault(v, "the higher quantile belongs to the higher value", "%s: the ends of the range do not fit", where)
		return nil, false
	case sigma > widest:
		d.fault(v, "p95 may be up to 19000 times p5", "%s: the range is too wide to say anything", where)
		return nil, false
	}
	mu := y[0] - sigma*z[0]
	return func(u float64) float64 {
		x := math.Exp(mu + sigma*normalQuantile(u))
		if s == shares {
			return x / (1 + x)
		}
		return x
	}, true
}

// end reads one end of a range. Of a mean written as a rate, the inverse is what has the quantile.
func (d *decoder) end(v *node, where string, s quantity) (x float64, inverse, ok bool) {
	if v.kind != scalarNode {
		d.fault(v, "", "%s must be a single value, not %v", where, v.kind)
		return 0, false, false
	}
	switch s {
	case shares:
		x, ok = d.share(v, where)
	case plains:
		x, ok = d.plain(v, where)
	case rates:
		x, ok = d.perSecond(v, where)
	case means:
		law, good := d.bareLaw(v, where, random)
		if good {
			x = float64(law.Mean())
		}
		return x, strings.Contains(v.text, "/"), good
	default:
		var t model.Seconds
		t, ok = d.duration(v, where)
		x = float64(t)
	}
	return x, false, ok
}

// tidy drops the digits beyond the ninth, so that a median is the round number it was meant to be.
func tidy(x float64) float64 {
	x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', 9, 64), 64)
	return x
}

func normalQuantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

// flow writes a node in one line.
func (n *node) flow() string {
	var parts []string
	switch n.kind {
	case mappingNode:
		for key, value := range n.entries() {
			parts = append(parts, key.text+": "+value.flow())
		}
		return clip("{" + strings.Join(parts, ", ") + "}")
	case sequenceNode:
		for _, it := range n.items() {
			parts = append(parts, it.flow())
		}
		return clip("[" + strings.Join(parts, ", ") + "]")
	}
	return clip(n.text)
}

// Draw is the System with the k-th draw of its uncertain parameters, with their values in the order of
// Uncertain. A parameter has a stream of its own, named after it: what else is uncertain does not matter.
// The error, if any, is a model.Problems about values that do not go together.
func (t *Topology) Draw(seed uint64, k int) (*model.System, []float64, error) {
	d := &decoder{}
	d.pick = func(name string) float64 { return uniform(seed, name, k) }
	plan := model.DefaultPlan()
	sys, err := understand(t.root, d, &plan)
	if err != nil {
		return nil, nil, err
	}
	values := make([]float64, len(d.list))
	for i := range d.list {
		values[i] = d.list[i].Value
	}
	return sys, values, nil
}

// uniform is above 0 and below 1.
func uniform(seed uint64, name string, k int) float64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	r := rand.New(rand.NewPCG(scrambled(seed), scrambled(h.Sum64()+uint64(k)*0xd1342543de82ef95)))
	return (float64(r.Uint64()>>11) + 0.5) / (1 << 53)
}

// scrambled is the finaliser of splitmix64: every bit of the result depends on every bit of x.
func scrambled(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
