package model

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Seconds is a point in, or a length of, simulated time. Other units exist only in files and reports.
type Seconds float64

// Units of duration. A year is 8760 hours and a month is not a unit, because months differ in length.
const (
	Second Seconds = 1
	Minute         = 60 * Second
	Hour           = 60 * Minute
	Day            = 24 * Hour
	Week           = 7 * Day
	Year           = 8760 * Hour
)

// Never is the instant of an event that will not happen.
var Never = Seconds(math.Inf(1))

type unit struct {
	word  string
	value Seconds
}

// units lists the spellings ParseSeconds accepts; the first of each length is the one String writes.
var units = []unit{
	{"y", Year}, {"w", Week}, {"d", Day}, {"h", Hour}, {"m", Minute}, {"s", Second},
	{"ms", Second / 1e3}, {"us", Second / 1e6}, {"µs", Second / 1e6},
	{"year", Year}, {"years", Year}, {"week", Week}, {"weeks", Week}, {"day", Day}, {"days", Day},
	{"hour", Hour}, {"hours", Hour}, {"hr", Hour}, {"hrs", Hour},
	{"minute", Minute}, {"minutes", Minute}, {"min", Minute}, {"mins", Minute},
	{"second", Second}, {"seconds", Second}, {"sec", Second}, {"secs", Second},
}

func unitNamed(word string) (Seconds, bool) {
	for _, u := range units {
		if u.word == word {
			return u.value, true
		}
	}
	return 0, false
}

// ParseSeconds reads a duration such as 30s, 1.5h, 1h30m, 90d or 300y. Parts may be separated by
// spaces. The error says what to write instead; it is meant for the person who wrote the text.
func ParseSeconds(text string) (Seconds, error) {
	s := strings.TrimSpace(text)
	if s == "" {
		return 0, fmt.Errorf("a duration is missing; write for example 30s, 1h30m or 2y")
	}
	if s == "0" {
		return 0, nil
	}
	if s[0] == '-' {
		return 0, fmt.Errorf("%q is negative; a duration is not", clip(text))
	}
	total := Seconds(0)
	for rest := s; rest != ""; {
		value, word, tail, ok := cutQuantity(rest)
		if !ok {
			return 0, fmt.Errorf("cannot read %q as a duration; write for example 30s, 1h30m or 2y", clip(text))
		}
		u, err := unitFor(word, text)
		if err != nil {
			return 0, err
		}
		total += Seconds(value) * u
		rest = tail
	}
	if math.IsInf(float64(total), 0) {
		return 0, fmt.Errorf("%q is too long a duration", clip(text))
	}
	return total, nil
}

func unitFor(word, text string) (Seconds, error) {
	if word == "" {
		return 0, fmt.Errorf("%q has no unit; write for example %ss or %sh", clip(text), clip(text), clip(text))
	}
	if u, ok := unitNamed(word); ok {
		return u, nil
	}
	switch strings.ToLower(word) {
	case ",":
		return 0, fmt.Errorf("write %q with a point, not a comma", clip(text))
	case "e", "e+", "e-":
		return 0, fmt.Errorf("write %q without an exponent", clip(text))
	case "mo", "mon", "month", "months":
		return 0, fmt.Errorf("months differ in length; write days, for example 30d instead of %q", clip(text))
	}
	if u, ok := unitNamed(strings.ToLower(word)); ok && u >= Second {
		return 0, fmt.Errorf("units are written small: %q", strings.ToLower(clip(text)))
	}
	return 0, fmt.Errorf("unknown unit %q in %q; the units are ms, s, m (minutes), h, d, w, y", clip(word), clip(text))
}

// cutQuantity splits a leading "number unit" from s. Numbers are plain decimals without sign, so that
// NaN, infinities and negative values are not numbers here.
func cutQuantity(s string) (value float64, word, rest string, ok bool) {
	i := 0
	for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '.') {
		i++
	}
	value, err := strconv.ParseFloat(s[:i], 64)
	if err != nil || i == 0 {
		return 0, "", "", false
	}
	s = strings.TrimLeft(s[i:], " ")
	i = 0
	for i < len(s) && s[i] != ' ' && (s[i] < '0' || s[i] > '9') && s[i] != '.' {
		i++
	}
	return value, s[:i], strings.TrimLeft(s[i:], " "), true
}

// ParseMean reads how long something lasts on average, either as a duration or as a rate: 1.5%/y (an
// annual failure rate), 12/y, 3/h, or 250 FIT (failures in 10⁹ hours).
func ParseMean(text string) (Seconds, error) {
	s := strings.TrimSpace(text)
	if n, found := strings.CutSuffix(strings.ToUpper(s), "FIT"); found {
		return meanOfRate(strings.TrimSpace(n), 1e9*Hour, text)
	}
	n, per, found := strings.Cut(s, "/")
	if !found {
		return ParseSeconds(s)
	}
	u, ok := unitNamed(strings.TrimSpace(per))
	if !ok {
		return 0, fmt.Errorf("unknown unit %q in the rate %q; write for example 12/y or 1.5%%/y", clip(per), clip(text))
	}
	n = strings.TrimSpace(n)
	if p, isShare := strings.CutSuffix(n, "%"); isShare {
		return meanOfRate(strings.TrimSpace(p), 100*u, text)
	}
	return meanOfRate(n, u, text)
}

func meanOfRate(number string, period Seconds, text string) (Seconds, error) {
	rate, word, rest, ok := cutQuantity(number)
	if !ok || word != "" || rest != "" {
		return 0, fmt.Errorf("cannot read %q as a rate; write for example 12/y, 1.5%%/y or 250 FIT", clip(text))
	}
	if rate == 0 {
		return 0, fmt.Errorf("the rate %q is zero; leave the failure out instead", clip(text))
	}
	mean := period / Seconds(rate)
	if math.IsInf(float64(mean), 0) {
		return 0, fmt.Errorf("the rate %q is too small; leave the failure out instead", clip(text))
	}
	return mean, nil
}

// clip shortens text from a file so that a hostile one cannot flood a message.
func clip(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// String writes s so that ParseSeconds reads back the same value: the one unit that needs the fewest
// digits, or whole units in falling order when that is exact (1h30m).
func (s Seconds) String() string {
	v := float64(s)
	switch {
	case math.IsInf(v, 1):
		return "never"
	case math.IsNaN(v):
		return "unknown"
	case v < 0:
		return "-" + (-s).String()
	case v == 0:
		return "0s"
	case v < 1e-3:
		return trimFloat(v*1e6, "us", s)
	case v < 1:
		return trimFloat(v*1e3, "ms", s)
	}
	best := trimFloat(v, "s", s)
	for _, u := range units[:5] {
		if s < u.value {
			continue
		}
		if t := trimFloat(v/float64(u.value), u.word, s); len(t) <= len(best) && t != "" {
			best = t
			break
		}
	}
	if w := s.wholeUnits(); w != "" && len(w) < len(best) {
		best = w
	}
	return best
}

// trimFloat writes v with unit u if reading it back gives exactly s, else the empty string; seconds
// always read back.
func trimFloat(v float64, u string, s Seconds) string {
	t := strconv.FormatFloat(v, 'f', -1, 64) + u
	if back, err := ParseSeconds(t); err != nil || back != s {
		return strconv.FormatFloat(float64(s), 'f', -1, 64) + "s"
	}
	return t
}

func (s Seconds) wholeUnits() string {
	if v := float64(s); v != math.Trunc(v) || v > 1e15 {
		return ""
	}
	var b strings.Builder
	rest := int64(s)
	for _, u := range units[2:6] {
		n := rest / int64(u.value)
		rest -= n * int64(u.value)
		if n > 0 {
			fmt.Fprintf(&b, "%d%s", n, u.word)
		}
	}
	return b.String()
}

// Round writes s for a reader, with about three significant digits in the largest fitting unit. It is
// for reports; String is for files.
func (s Seconds) Round() string {
	v := float64(s)
	switch {
	case math.IsInf(v, 1):
		return "never"
	case math.IsNaN(v):
		return "–"
	case v < 0:
		return "-" + (-s).Round()
	case v == 0:
		return "0s"
	}
	for _, u := range append(units[:6:6], units[6], units[7]) {
		if limit := u.value; s >= limit*0.9995 {
			return strconv.FormatFloat(roundTo(v/float64(limit), 3), 'f', -1, 64) + u.word
		}
	}
	return strconv.FormatFloat(v, 'g', 3, 64) + "s"
}

func roundTo(v float64, digits int) float64 {
	if v == 0 {
		return 0
	}
	scale := math.Pow(10, float64(digits-1)-math.Floor(math.Log10(math.Abs(v))))
	if scale < 1 {
		return math.Round(v)
	}
	return math.Round(v*scale) / scale
}

// Clock writes a simulated instant to the tenth of a second, with days counted from 1: day 12 03:14:07.2.
// An instant before the beginning, while a steady-state start settles, is written as a length.
func (s Seconds) Clock() string {
	tenths := int64(math.Floor(float64(s)*10 + 1e-6))
	if tenths < 0 {
		return "-" + (-s).Round()
	}
	day, rest := tenths/864000, tenths%864000
	return fmt.Sprintf("day %d %02d:%02d:%02d.%d", day+1, rest/36000, rest/600%60, rest/10%60, rest%10)
}
