package report

import (
	"bytes"
	"image/png"
	"regexp"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// Every picture is a PNG of the size that fits a page, sharp on a dense screen.
func TestPicturesHaveOneSize(t *testing.T) {
	seen := 0
	for _, d := range []*Document{document(40, 2.5), crowded()} {
		d.Art.Forms = []string{"png"}
		for _, f := range pictures(d) {
			var b bytes.Buffer
			if err := f.Write(&b); err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			img, err := png.Decode(&b)
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			if s := img.Bounds().Size(); s.X != 1493 || s.Y != 933 { // 560 × 350 pt at 192 dpi
				t.Errorf("%s is %v", f.Name, s)
			}
			seen++
		}
	}
	if seen < 10 {
		t.Errorf("%d pictures only", seen)
	}
}

func TestPictureNamesDiffer(t *testing.T) {
	d := document(40, 2.5)
	d.Summary.System.Journeys[0].Name = "Pay / now"
	d.Summary.System.Journeys[1].Name = "pay - now"
	d.Summary.Blame[1] = d.Summary.Blame[0]
	taken := map[string]bool{}
	for _, f := range pictures(d) {
		name := strings.ToLower(f.Name)
		if taken[name] || strings.ContainsAny(name, "/ ") {
			t.Errorf("%s would overwrite another file or leave the folder", f.Name)
		}
		taken[name] = true
	}
	if !taken["causes-pay---now-2.png"] {
		t.Errorf("the second journey of that name has no picture: %v", taken)
	}
}

func TestBrief(t *testing.T) {
	for in, want := range map[string]string{
		"checkout":                               "checkout",
		"payment-gateway-frontend-eu-central-07": "payment-gatewa…eu-central-07",
		"ääääääääääääääääääääääääääää":         "ääääääääääääääääääääääääääää", // 28 letters, 56 bytes
		"Überwachung-der-Übertragungswege-Süd": "Überwachung-de…gungswege-Süd",
	} {
		if got := brief(in); got != want {
			t.Errorf("brief(%q) = %q, want %q", in, got, want)
		}
	}
}

// The axis of shares begins at 0 unless that would leave it empty, and never hides a band.
func TestSharesAxis(t *testing.T) {
	for _, c := range []struct{ least, from float64 }{{0, 0}, {.49, 0}, {.5, .5}, {.95, .9}, {.9905, .99}, {.99996, .99995}, {1, .999999}} {
		p := newPicture(document(1, 0))
		p.shares(c.least)
		if p.Y.Min != c.from || p.Y.Max != 1 {
			t.Errorf("shares from %v: axis from %v to %v, want %v to 1", c.least, p.Y.Min, p.Y.Max, c.from)
		}
		if ticks := p.Y.Tick.Marker.Ticks(0, 1); len(ticks) != 5 || ticks[4].Label != "100 %" {
			t.Errorf("shares from %v: ticks %v", c.least, ticks)
		}
	}
}

// Wide ranges get wider bars, and no value gets lost between them.
func TestBarsHoldAllValues(t *testing.T) {
	for _, d := range []*Document{document(300, 2.5), crowded()} {
		for _, j := range d.Summary.Users {
			p, values := newPicture(d), d.Summary.Get("rto", j).Values
			if len(values) == 0 {
				continue
			}
			p.histogram(values, 0, "")
			if high, most := p.Y.Max/1.04, float64(len(values)); high < most/(maxBins+1) || high > most {
				t.Errorf("%v values, highest bar %v", most, high)
			}
		}
	}
}

func TestWorstKeys(t *testing.T) {
	d := document(40, 2.5)
	for _, k := range phaseKeys(&d.Summary.Worst, []int{0}) {
		if k.name == model.Overload.String() || k.name == model.Serving.String() {
			t.Errorf("%s does not occur, but is explained", k.name)
		}
	}
	if keys := phaseKeys(&d.Summary.Worst, []int{1}); len(keys) != 0 {
		t.Errorf("browse was never down, but %v", keys)
	}
	a := model.Outage{}
	a.Phases[model.Repair], a.Phases[model.Detection] = 9, 5
	if got := mainPhase(&a); got != model.Repair {
		t.Errorf("mostly %v", got)
	}
}

// Marks on an axis are what they stand at: 30 h are not 1.3 d.
func TestMarksAreExact(t *testing.T) {
	for s, want := range map[float64]string{0: "0", 30 * 3600: "30 h", 36 * 3600: "1.5 d", 4800: "80 min", 90: "1.5 min", 86400: "1 d", 730 * 86400: "2 y", .05: "50 ms"} {
		if got := exactly(s); got != want {
			t.Errorf("%v s is %q, want %q", s, got, want)
		}
	}
}

// A dot is a circle of two halves, not a polygon: reports have hundreds of them. The halves end where they begin.
func TestDotsAreArcs(t *testing.T) {
	d := document(400, 2.5)
	d.Art.Forms = []string{"svg"}
	seen := 0
	for _, f := range pictures(d) {
		if !strings.HasPrefix(f.Name, "recovery-points") {
			continue
		}
		var b strings.Builder
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`d="M[0-9.]+ [0-9.]+a([0-9.]+) ([0-9.]+) 0 1 0 -([0-9.]+) 0a([0-9.]+) ([0-9.]+) 0 1 0 ([0-9.]+) 0Z"`).FindAllStringSubmatch(b.String(), -1) {
			seen++
			if m[1] != m[2] || m[1] != m[4] || m[1] != m[5] || m[3] != m[6] {
				t.Errorf("no circle: %s", m[0])
			}
		}
	}
	if seen < 3 {
		t.Errorf("%d dots", seen)
	}
}
