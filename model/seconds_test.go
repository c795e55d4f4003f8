package model

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestParseSeconds(t *testing.T) {
	tests := []struct {
		text string
		want Seconds
	}{
		{"0", 0}, {"0s", 0}, {" 0 ", 0},
		{"30s", 30}, {"1.5h", 5400}, {".5m", 30}, {"5.s", 5}, {"007s", 7},
		{"1h30m", 5400}, {"1h 30m", 5400}, {"  90d ", 90 * Day}, {"2 weeks 1 day", 15 * Day},
		{"300y", 300 * Year}, {"1y", 8760 * Hour}, {"1w", 7 * Day},
		{"5ms", 5 * Second / 1e3}, {"250us", 250 * Second / 1e6}, {"250µs", 250 * Second / 1e6},
		{"1year", Year}, {"2 years", 2 * Year}, {"1hr", Hour}, {"2 hrs", 2 * Hour}, {"1 hour", Hour},
		{"10min", 600}, {"10 mins", 600}, {"1 minute", 60}, {"1sec", 1}, {"2 seconds", 2},
		{"1h1h", 2 * Hour},
	}
	for _, c := range tests {
		if got, err := ParseSeconds(c.text); err != nil || got != c.want {
			t.Errorf("ParseSeconds(%q) = %v, %v; want %v", c.text, float64(got), err, float64(c.want))
		}
	}
}

func TestParseSecondsRefuses(t *testing.T) {
	tests := []struct{ text, says string }{
		{"", "a duration is missing"}, {"   ", "a duration is missing"},
		{"5", "no unit"}, {"1.5", "no unit"}, {"1h 30", "no unit"}, {"00", "no unit"},
		{"-5s", "negative"}, {"+5s", "cannot read"}, {"s", "cannot read"}, {"h5", "cannot read"},
		{"1.2.3s", "cannot read"}, {".s", "cannot read"}, {"never", "cannot read"}, {"NaNs", "cannot read"},
		{"Inf", "cannot read"}, {"1h,30m", "unknown unit"}, {"1e5s", "without an exponent"}, {"1E-5s", "without an exponent"}, {"1,5h", "a point, not a comma"}, {"1_000s", "unknown unit"},
		{"1mo", "months differ"}, {"2 months", "months differ"}, {"1Month", "months differ"},
		{"5H", "written small"}, {"5S", "written small"}, {"5MS", "unknown unit"},
		{"5parsecs", "unknown unit"}, {"5\ts", "unknown unit"},
		{strings.Repeat("9", 400) + "y", "cannot read"}, {strings.Repeat("9", 308) + "y", "too long"},
	}
	for _, c := range tests {
		got, err := ParseSeconds(c.text)
		if err == nil {
			t.Errorf("ParseSeconds(%q) = %v; want an error that says %q", c.text, got, c.says)
		} else if !strings.Contains(err.Error(), c.says) || len(err.Error()) > 300 {
			t.Errorf("ParseSeconds(%q) says %q, not %q", c.text, err, c.says)
		}
	}
}

func TestParseMean(t *testing.T) {
	tests := []struct {
		text string
		want Seconds
	}{
		{"90d", 90 * Day}, {"0", 0},
		{"12/y", 730 * Hour}, {"3/h", 1200}, {" 3 / h ", 1200}, {"0.5/day", 2 * Day}, {"1000/s", 1e-3},
		{"1.5%/y", Year * 100 / 1.5}, {"100%/y", Year}, {"200 %/y", Year / 2},
		{"250 FIT", 4e6 * Hour}, {"250FIT", 4e6 * Hour}, {"250 fit", 4e6 * Hour},
	}
	for _, c := range tests {
		if got, err := ParseMean(c.text); err != nil || math.Abs(float64(got-c.want)) > 1e-12*float64(c.want) {
			t.Errorf("ParseMean(%q) = %v, %v; want %v", c.text, got, err, c.want)
		}
	}
}

func TestParseMeanRefuses(t *testing.T) {
	tiny := "0." + strings.Repeat("0", 310) + "1"
	tests := []struct{ text, says string }{
		{"", "a duration is missing"}, {"12", "no unit"},
		{"12/", "unknown unit"}, {"12/month", "unknown unit"}, {"12/y/h", "unknown unit"}, {"12/2y", "unknown unit"},
		{"/y", "cannot read"}, {"%/y", "cannot read"}, {"-3/y", "cannot read"}, {"3x/y", "cannot read"},
		{"3 4/y", "cannot read"}, {"1e3/y", "cannot read"}, {"NaN/y", "cannot read"}, {"FIT", "cannot read"},
		{"x FIT", "cannot read"}, {"-250 FIT", "cannot read"},
		{"0/y", "zero"}, {"0%/y", "zero"}, {"0 FIT", "zero"},
		{tiny + "/y", "too small"}, {tiny + " FIT", "too small"},
	}
	for _, c := range tests {
		got, err := ParseMean(c.text)
		if err == nil {
			t.Errorf("ParseMean(%q) = %v; want an error that says %q", c.text, got, c.says)
		} else if !strings.Contains(err.Error(), c.says) || len(err.Error()) > 300 {
			t.Errorf("ParseMean(%q) says %q, not %q", c.text, err, c.says)
		}
	}
}

func TestSecondsString(t *testing.T) {
	tests := []struct {
		s    Seconds
		want string
	}{
		{0, "0s"}, {1, "1s"}, {30, "30s"}, {60, "1m"}, {90, "90s"}, {5400, "1.5h"}, {3661, "3661s"},
		{90 * Day, "90d"}, {Day, "1d"}, {Week, "1w"}, {Year, "1y"}, {300 * Year, "300y"}, {1.5 * Year, "1.5y"},
		{10*Minute + 10, "610s"}, {0.25, "250ms"}, {1e-3, "1ms"}, {2e-6, "2us"}, {12 * Hour, "12h"},
		{-60, "-1m"}, {Never, "never"}, {Seconds(math.NaN()), "unknown"},
	}
	for _, c := range tests {
		if got := c.s.String(); got != c.want {
			t.Errorf("Seconds(%v).String() = %q, not %q", float64(c.s), got, c.want)
		}
	}
}

// Goal: what String writes, ParseSeconds reads back to the last bit. Method: durations of all sizes,
// raw and rounded to what people write.
func TestSecondsStringReadsBack(t *testing.T) {
	const seed = 7
	r := rand.New(rand.NewPCG(seed, 0))
	for i := range 200_000 {
		s := Seconds(math.Exp(r.Float64()*100 - 40))
		switch i % 4 {
		case 1:
			s = Seconds(math.Round(float64(s)))
		case 2:
			s = units[r.IntN(8)].value * Seconds(r.IntN(1000))
		case 3:
			s = Seconds(math.Float64frombits(r.Uint64() & math.MaxInt64))
		}
		if math.IsNaN(float64(s)) || math.IsInf(float64(s), 0) {
			continue
		}
		if got, err := ParseSeconds(s.String()); err != nil || got != s {
			t.Fatalf("%v is written %q and read back as %v, %v (seed %d, draw %d)",
				float64(s), s.String(), float64(got), err, seed, i)
		}
	}
}

func TestSecondsRound(t *testing.T) {
	tests := []struct {
		s    Seconds
		want string
	}{
		{0, "0s"}, {1, "1s"}, {1.23456, "1.23s"}, {59.99, "1m"}, {61, "1.02m"}, {12345, "3.43h"},
		{365 * Day, "1y"}, {1234 * Year, "1234y"}, {0.25, "250ms"}, {1.5e-5, "15us"}, {1e-12, "1e-12s"},
		{-90, "-1.5m"}, {Never, "never"}, {Seconds(math.NaN()), "–"},
	}
	for _, c := range tests {
		if got := c.s.Round(); got != c.want {
			t.Errorf("Seconds(%v).Round() = %q, not %q", float64(c.s), got, c.want)
		}
	}
}

// FuzzParseSeconds: no text makes the readers panic, return what is no duration, or answer at length;
// and what they accept is written so that it reads back.
func FuzzParseSeconds(f *testing.F) {
	for _, text := range []string{"0", "30s", "1h30m", "1.5%/y", "250 FIT"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for name, parse := range map[string]func(string) (Seconds, error){"ParseSeconds": ParseSeconds, "ParseMean": ParseMean} {
			s, err := parse(text)
			if err != nil {
				if len(err.Error()) > 600 {
					t.Errorf("%s(%q): the message is %d bytes long", name, text, len(err.Error()))
				}
				continue
			}
			if !(s >= 0) || math.IsInf(float64(s), 0) {
				t.Errorf("%s(%q) = %v", name, text, float64(s))
			}
			if back, err := ParseSeconds(s.String()); err != nil || back != s {
				t.Errorf("%s(%q) = %v is written %q and read back as %v, %v", name, text, float64(s), s, float64(back), err)
			}
		}
	})
}

func TestClock(t *testing.T) {
	for at, want := range map[Seconds]string{
		0:                  "day 1 00:00:00.0",
		59.96:              "day 1 00:00:59.9",
		Day - 0.1:          "day 1 23:59:59.9",
		Day:                "day 2 00:00:00.0",
		11*Day + 11647.257: "day 12 03:14:07.2",
		-5 * Minute:        "-5m",
	} {
		if got := at.Clock(); got != want {
			t.Errorf("%v: got %q, want %q", float64(at), got, want)
		}
	}
}
