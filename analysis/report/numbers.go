package report

import (
	"fmt"
	"math"
	"regexp"
	"strconv"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

const dash = "–"

// number writes three significant digits without an exponent where that is readable.
func number(x float64) string {
	a := math.Abs(x)
	switch {
	case math.IsNaN(x):
		return dash
	case math.IsInf(x, 1):
		return "∞"
	case x == 0:
		return "0"
	case a < 1e-4 || a >= 1e15:
		return strconv.FormatFloat(x, 'g', 2, 64)
	case a >= 1000:
		return grouped(int(math.Round(x)))
	}
	digits := max(0, 2-int(math.Floor(math.Log10(a))))
	return strconv.FormatFloat(x, 'f', digits, 64)
}

// grouped writes an integer with thousands set apart.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}

// parted matches the spaces within a figure: between thousands, and before a percent sign.
var parted = regexp.MustCompile(`(\d) (\d{3}\b|%)`)

// whole keeps the figures of a text in one line each, on pages that break lines at spaces.
func whole(text string) string {
	const noBreak = "\u00a0"
	for {
		next := parted.ReplaceAllString(text, "$1"+noBreak+"$2")
		if next == text {
			return text
		}
		text = next
	}
}

// span writes seconds; without end is ∞.
func span(x float64) string {
	switch {
	case math.IsNaN(x):
		return dash
	case math.IsInf(x, 1):
		return "∞"
	}
	return model.Seconds(x).Round()
}

// share writes a fraction as a percentage for tables.
func share(x float64) string {
	switch {
	case math.IsNaN(x):
		return dash
	case x == 0:
		return "0 %"
	case x == 1:
		return "100 %"
	case x < 0.001:
		return "< 0.1 %"
	case x > 0.999 && x < 1:
		return "> 99.9 %"
	}
	return strconv.FormatFloat(100*x, 'f', 1, 64) + " %"
}

// proportion writes how often something happened. Never and always are bounds, however often it was tried.
func proportion(m *analysis.Measured) string {
	e := m.Main()
	switch {
	case bounded(e):
		return dash
	case e.Value == 0:
		return "< " + strconv.FormatFloat(100*e.High, 'g', 2, 64) + " %"
	case e.Value == 1:
		digits := availabilityDigits(e.Low)
		p := math.Pow(10, float64(digits))
		return "> " + strconv.FormatFloat(math.Floor(100*e.Low*p)/p, 'f', digits, 64) + " %"
	}
	return share(e.Value)
}

// availabilityDigits is how many decimals of a percentage show two digits of the unavailability.
func availabilityDigits(a float64) int {
	u := 1 - a
	if !(u > 0) {
		return 2
	}
	return min(12, max(2, int(math.Ceil(-math.Log10(u)-1e-9))-1))
}

func percent(x float64, digits int) string {
	return plainPercent(x, digits) + " %"
}

// target writes a promised availability as it was meant: without trailing zeros.
func target(a float64) string {
	return strconv.FormatFloat(math.Round(a*1e14)/1e12, 'f', -1, 64) + " %"
}

// plainPercent never rounds up to 100.
func plainPercent(x float64, digits int) string {
	p := math.Pow(10, float64(digits))
	if v := math.Round(100 * x * p); v >= 100*p && x < 1 {
		return strconv.FormatFloat((100*p-1)/p, 'f', digits, 64)
	}
	return strconv.FormatFloat(100*x, 'f', digits, 64)
}

// availability writes an availability with its interval, or as a bound. An interval that reaches 1 is open
// there: nothing is always available.
func availability(e analysis.Estimate) string {
	switch {
	case math.IsNaN(e.Value):
		return dash
	case e.Bound:
		digits := availabilityDigits(e.Low)
		p := math.Pow(10, float64(digits)) // a lower bound is rounded down
		return "> " + strconv.FormatFloat(math.Floor(100*e.Low*p)/p, 'f', digits, 64) + " %"
	}
	digits := availabilityDigits(e.Value)
	if e.Low <= 0 && e.High >= 1 {
		return percent(e.Value, digits) + " [0, <100]"
	}
	if e.High < 1 {
		digits = max(digits, availabilityDigits(e.High))
	}
	if half := 50 * (e.High - e.Low); half > 0 { // in per cent; at least one digit of it shows
		digits = max(digits, min(digits+3, int(math.Ceil(-math.Log10(half)-1e-9))))
	}
	high := "<100"
	if e.High < 1 {
		high = plainPercent(e.High, digits)
	}
	return fmt.Sprintf("%s [%s, %s]", percent(e.Value, digits), plainPercent(e.Low, digits), high)
}

func nines(e analysis.Estimate) string {
	n := analysis.Nines(e)
	switch {
	case math.IsNaN(n.Value):
		return dash
	case e.Bound:
		return "> " + strconv.FormatFloat(math.Floor(10*n.Low+1e-9)/10, 'f', 1, 64)
	}
	return strconv.FormatFloat(n.Value, 'f', 2, 64)
}

// upper writes a figure, or its upper bound if nothing was seen.
func upper(e analysis.Estimate, write func(float64) string) string {
	if e.Bound {
		return "< " + write(e.High)
	}
	return write(e.Value)
}

// duration writes a time with its interval.
func duration(e analysis.Estimate) string {
	if bounded(e) {
		return dash
	}
	return fmt.Sprintf("%s [%s, %s]", span(e.Value), span(e.Low), span(e.High))
}
