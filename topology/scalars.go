package topology

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// single returns the text of a single value.
func (d *decoder) single(n *node, where string) (string, bool) {
	d.witness.read(n, formText)
	if isUncertain(n) {
		d.fault(n, "durations, shares and rates can be", "%s: it cannot be uncertain", where)
		return "", false
	}
	if n.kind != scalarNode {
		d.fault(n, "", "%s must be a single value, not %v", where, n.kind)
		return "", false
	}
	return n.text, true
}

func (m *mapping) label(key string) string { return m.where + ": " + key }

// text reads free text.
func (m *mapping) text(key string) string {
	v := m.get(key)
	if v == nil {
		return ""
	}
	s, _ := m.d.single(v, m.label(key))
	return s
}

// word reads one of a few words.
func (m *mapping) word(key string, words []string, byDefault string) string {
	v := m.get(key)
	if v == nil {
		if byDefault != "" {
			m.set(key, byDefault, nil)
		}
		return byDefault
	}
	if w, ok := m.d.oneOf(v, m.label(key), words); ok {
		m.set(key, w, v)
		return w
	}
	return byDefault
}

func (d *decoder) oneOf(v *node, where string, words []string) (string, bool) {
	s, ok := d.single(v, where)
	d.witness.words(v, words)
	if ok && !contains(words, s) {
		d.fault(v, model.DidYouMean(clip(s), words), "%s: unknown word %q", where, clip(s))
		return "", false
	}
	return s, ok
}

// number reads digits with at most one point: no sign, no exponent, no NaN, no leading zero.
func number(s string) (float64, error) {
	if strings.HasPrefix(s, "-") {
		return 0, fmt.Errorf("%q is negative", clip(s))
	}
	points := 0
	for i := range len(s) {
		switch {
		case s[i] == '.':
			points++
		case s[i] < '0' || s[i] > '9':
			return 0, fmt.Errorf("%q is not a plain number", clip(s))
		}
	}
	if s == "" || s == "." || points > 1 {
		return 0, fmt.Errorf("%q is not a plain number", clip(s))
	}
	if leadingZero(s) {
		return 0, fmt.Errorf("%q begins with a zero, which some read as octal; write it without", clip(s))
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(x, 0) {
		return 0, fmt.Errorf("%q is too large", clip(s))
	}
	return x, nil
}

// portion is number for what may be in hundredths; 99.9 hundredths are exactly 0.999.
func portion(s string, hundredths bool) (float64, error) {
	s = strings.TrimSpace(s)
	x, err := number(s)
	if err == nil && hundredths {
		x, err = strconv.ParseFloat(s+"e-2", 64)
	}
	return x, err
}

func leadingZero(s string) bool {
	return len(s) > 1 && s[0] == '0' && s[1] >= '0' && s[1] <= '9'
}

// share reads a share of the whole: 99.95% or 0.9995.
func (m *mapping) share(key string, byDefault float64) float64 {
	v := m.get(key)
	if v == nil {
		m.set(key, percent(byDefault), nil)
		return byDefault
	}
	x, ok := m.d.share(v, m.label(key))
	if !ok {
		return byDefault
	}
	m.set(key, percent(x), v)
	return x
}

func (d *decoder) share(v *node, where string) (float64, bool) {
	d.witness.read(v, formShare)
	x, s, ok := d.portion(v, where, shares, "write for example 99.95% or 0.9995")
	if !ok || x <= 1 {
		return x, ok
	}
	hint := ""
	if x <= 100 && !strings.HasSuffix(strings.TrimSpace(s), "%") {
		hint = fmt.Sprintf("did you mean %s%%?", s)
	}
	d.fault(v, hint, "%s: %s is more than the whole", where, clip(s))
	return 0, false
}

// portion reads a number that may be written as a percentage, and gives its text too.
func (d *decoder) portion(v *node, where string, q quantity, hint string) (x float64, s string, ok bool) {
	s, ok = d.single(d.settle(v, where, q), where)
	if !ok {
		return 0, s, false
	}
	t, isPercent := strings.CutSuffix(strings.TrimSpace(s), "%")
	x, err := portion(t, isPercent)
	if err != nil {
		d.fault(v, hint, "%s: %v", where, err)
		return 0, s, false
	}
	return x, s, true
}

func percent(x float64) string {
	return strconv.FormatFloat(math.Round(x*1e12)/1e10, 'f', -1, 64) + "%"
}

// count reads a whole number.
func (m *mapping) count(key string, low, high, byDefault int) int {
	v := m.get(key)
	if v == nil {
		if byDefault > 0 {
			m.set(key, strconv.Itoa(byDefault), nil)
		}
		return byDefault
	}
	x, ok := m.d.count(v, m.label(key), low, high)
	if !ok {
		return byDefault
	}
	m.set(key, strconv.Itoa(x), v)
	return x
}

func (d *decoder) count(v *node, where string, low, high int) (int, bool) {
	d.witness.count(v, low, high)
	s, ok := d.single(v, where)
	if !ok {
		return 0, false
	}
	x, err := number(s)
	switch {
	case err != nil:
		d.fault(v, "", "%s: %v", where, err)
	case x != math.Trunc(x) || strings.Contains(s, "."):
		d.fault(v, "", "%s must be a whole number, not %s", where, clip(s))
	case x < float64(low) || x > float64(high):
		d.fault(v, "", "%s must be from %d to %d, not %s", where, low, high, clip(s))
	default:
		return int(x), true
	}
	return 0, false
}

// flag reads true or false.
func (m *mapping) flag(key string) bool {
	v := m.get(key)
	if v == nil {
		return false
	}
	w, _ := m.d.oneOf(v, m.label(key), []string{"true", "false"})
	return w == "true"
}

// duration reads a fixed duration.
func (m *mapping) duration(key string, byDefault model.Seconds) model.Seconds {
	v := m.get(key)
	if v == nil {
		m.set(key, byDefault.String(), nil)
		return byDefault
	}
	x, ok := m.d.duration(v, m.label(key))
	if !ok {
		return byDefault
	}
	m.set(key, x.String(), v)
	return x
}

// durationAbove is duration for what cannot be zero.
func (m *mapping) durationAbove(key string, byDefault model.Seconds) model.Seconds {
	x := m.duration(key, byDefault)
	if x <= 0 {
		if v := m.get(key); v != nil {
			m.d.fault(v, "", "%s must be longer than zero", m.label(key))
		}
		return byDefault
	}
	return x
}

func (d *decoder) duration(v *node, where string) (model.Seconds, bool) {
	d.witness.read(v, formDuration)
	v = d.settle(v, where, lengths)
	s, ok := d.single(v, where)
	if !ok {
		return 0, false
	}
	x, err := model.ParseSeconds(s)
	if err == nil && leadingZero(strings.TrimSpace(s)) {
		err = fmt.Errorf("%q begins with a zero; write it without", clip(s))
	}
	if err != nil {
		d.fault(v, "", "%s: %v", where, err)
		return 0, false
	}
	return x, true
}

// perSecond reads a rate of requests or transactions: 350 req/s, 60 tx/s, 10/m.
func (m *mapping) perSecond(key string) float64 {
	v := m.get(key)
	if v == nil {
		return 0
	}
	x, ok := m.d.perSecond(v, m.label(key))
	if ok {
		m.set(key, m.d.settle(v, m.label(key), rates).text, v)
	}
	return x
}

func (d *decoder) perSecond(v *node, where string) (float64, bool) {
	d.witness.read(v, formRate)
	v = d.settle(v, where, rates)
	s, ok := d.single(v, where)
	if !ok {
		return 0, false
	}
	left, per, found := strings.Cut(s, "/")
	left = strings.TrimSpace(left)
	for _, unit := range []string{"req", "requests", "tx", "transactions", "writes"} {
		if t, cut := strings.CutSuffix(left, unit); cut {
			left = strings.TrimSpace(t)
			break
		}
	}
	x, err := number(left)
	var period model.Seconds
	if err == nil && found {
		period, err = model.ParseSeconds("1" + strings.TrimSpace(per))
	}
	if err != nil || !found {
		d.fault(v, "write for example 350 req/s or 60 tx/s", "%s: cannot read %q as a rate", where, clip(s))
		return 0, false
	}
	return x / float64(period), true
}

// names reads a list of names, or a single one.
func (m *mapping) names(key string) []*node {
	items := m.list(key)
	out := items[:0:0]
	for _, it := range items {
		if _, ok := m.d.single(it, m.label(key)); ok {
			out = append(out, it)
		}
	}
	return out
}
