package analysis

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// runTo adds years until the precision is reached at a look, and tells after how many.
func runTo(s *Study, name string, precision float64, next func() *model.Outcome) int {
	n, look := 0, NextLook(0)
	for n < 200000 {
		s.Add(next())
		if n++; n < look {
			continue
		}
		if s.Precision(name).Width <= precision {
			break
		}
		look = NextLook(n)
	}
	return n
}

func TestLooks(t *testing.T) {
	n, list := 0, []int{}
	for len(list) < 5 {
		n = NextLook(n)
		list = append(list, n)
	}
	for i, want := range []int{100, 125, 157, 197, 247} {
		if list[i] != want {
			t.Fatalf("looks at %v", list)
		}
	}
}

// Stopping when the interval happens to be short enough must not make it miss the truth. The first column
// is about as rough as anybody asks for.
func TestCoverageOfStopping(t *testing.T) {
	const rate, length = .4, 3000.0
	for _, precision := range []float64{.5, .25, .1} {
		repetitions := map[float64]int{.5: 1000, .25: 600, .1: 150}[precision]
		r := rand.New(rand.NewPCG(2026, uint64(100*precision)))
		hits, runs := 0, 0
		for range repetitions {
			s := NewStudy(pair(), plan())
			s.KeepRows(0)
			runs += runTo(s, "unavailability", precision, func() *model.Outcome {
				o := year()
				for at := r.ExpFloat64() / rate; at < 1; at += r.ExpFloat64() / rate {
					o.Outages = append(o.Outages, down(model.Seconds(at)*(model.Year-50*model.Hour), model.Seconds(length*r.ExpFloat64()), 0))
				}
				return o
			})
			e := s.Summary().Get("availability", 0).Main()
			u := rate * length / 31536e3
			hits += int(one(1-e.High <= u && u <= 1-e.Low))
		}
		share := float64(hits) / float64(repetitions)
		t.Logf("to %.0f %%: %.1f %% of the intervals cover, after %d years on average", 100*precision, 100*share, runs/repetitions)
		if share < .925 {
			t.Errorf("stopping at %v: only %.1f %% of the intervals cover", precision, 100*share)
		}
	}
}

// What is watched: the objectives' figures, else the unavailability of the journeys of users.
func TestWhatIsWatched(t *testing.T) {
	years := func(s *Study) *Study {
		for i := range 40 {
			o := year(down(1000, 600+model.Seconds(i), 0))
			o.Losses = []model.Loss{{Service: 0, Seconds: model.Seconds(i)}}
			s.Add(o)
		}
		return s
	}
	for _, c := range []struct {
		objectives []model.Objective
		name, want string
	}{
		{nil, "", "unavailability of buy"},
		{[]model.Objective{{Journey: 0, RTO: 60}}, "", "rto of buy"},
		{[]model.Objective{{Journey: 0, RPO: 60, RPOSet: true}}, "", "rpo of db"},
		{[]model.Objective{{Journey: 0, RPO: 60, RPOSet: true}}, "incidents", "incidents of buy"},
		{nil, "losses", "losses of db"},
	} {
		s := years(NewStudy(pair(), plan(c.objectives...)))
		if p := s.Precision(c.name); p.What != c.want || math.IsNaN(p.Width) {
			t.Errorf("%+v %q: %+v, want %s", c.objectives, c.name, p, c.want)
		}
	}
	// The arm of the mean of 600 to 639 s is that of the t-interval: t(39)·s/√40, with no skewness to correct.
	width := years(NewStudy(pair(), plan())).Precision("").Width
	near(t, "width", width, 2.0227*math.Sqrt(40*41/12.)/math.Sqrt(40)/619.5, 1e-5)
}

// The longer arm of a lopsided interval counts.
func TestLongerArmCounts(t *testing.T) {
	s := NewStudy(pair(), plan())
	for i := range 60 {
		s.Add(year(down(1000, model.Seconds(10*i*i+1), 0)))
	}
	e := s.Summary().Get("availability", 0).Main()
	if !(e.Value-e.Low > 1.02*(e.High-e.Value)) {
		t.Fatalf("the interval is not lopsided: %+v", e)
	}
	near(t, "width", s.Precision("").Width, (e.Value-e.Low)/(1-e.Value), 1e-12)
}

// Nothing seen, or little, is not precise, however narrow the formula makes it.
func TestLittleIsNotPrecise(t *testing.T) {
	s := NewStudy(pair(), plan())
	for i := range 1000 {
		o := year()
		if i < enoughEvents-1 {
			o = year(down(1000, 600, 0))
		}
		s.Add(o)
	}
	for _, name := range PrecisionNames() {
		if p := s.Precision(name); !math.IsInf(p.Width, 1) {
			t.Errorf("%s after %d events: %+v", name, enoughEvents-1, p)
		}
	}
	for range 50 { // as many as bound a 95th percentile
		s.Add(year(down(1000, 600, 0)))
	}
	if p := s.Precision("rto"); p.Width != 0 {
		t.Errorf("recovery times that are all the same: %+v", p)
	}
	if p := s.Precision("unavailability"); !(p.Width < 1) {
		t.Errorf("after %d events: %+v", enoughEvents+49, p)
	}
	sys := pair()
	sys.Services[0].Store = nil
	if Attainable(sys, plan(), "rpo") || !Attainable(sys, plan(), "") {
		t.Error("a system without a store has an RPO")
	}
}
