package analysis

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// TestCurvesAgainstNaive recounts curves of random outages point by point.
func TestCurvesAgainstNaive(t *testing.T) {
	const seed = 11
	r := rand.New(rand.NewPCG(seed, 1))
	for range 50 {
		times := []model.Seconds{0, 1, 2.5, 10, 11, 60, 100}
		c := NewCurves([]int{2, 0}, times)
		var outcomes []*model.Outcome
		for range 1 + r.IntN(30) {
			o := randomOutages(r)
			outcomes = append(outcomes, o)
			c.Add(o)
		}
		for j, journey := range c.Journeys {
			for k, p := range c.Curve(j) {
				up, mean := naivePoint(outcomes, journey, times[k])
				if p.At != times[k] || math.Abs(p.Now.Value-up) > 1e-12 || p.Now.Low > up+1e-12 || p.Now.High < up-1e-12 {
					t.Fatalf("seed %d, journey %d at %v: %+v, want %v", seed, journey, times[k], p.Now, up)
				}
				if k > 0 && (math.Abs(p.UpTo.Value-mean) > 1e-12 || !(p.UpTo.Low <= mean+1e-12 && mean <= p.UpTo.High+1e-12)) {
					t.Fatalf("seed %d, journey %d until %v: %+v, want %v", seed, journey, times[k], p.UpTo, mean)
				}
			}
			if first := c.Curve(j)[0]; !math.IsNaN(first.UpTo.Value) {
				t.Fatalf("an average over no time: %v", first.UpTo)
			}
		}
	}
}

// randomOutages are outages of journeys 0 to 2 on a grid of half seconds, some of them up to and beyond
// the horizon of 100 seconds.
func randomOutages(r *rand.Rand) *model.Outcome {
	o := &model.Outcome{Horizon: 100}
	for j := range int32(3) {
		for t := float64(r.IntN(20)) / 2; t < 100; {
			length := float64(1+r.IntN(80)) / 2
			o.Outages = append(o.Outages, model.Outage{Journey: j, Start: model.Seconds(t), End: model.Seconds(t + length)})
			t += length + float64(1+r.IntN(100))/2
		}
	}
	return o
}

func naivePoint(outcomes []*model.Outcome, journey int, t model.Seconds) (up, mean float64) {
	n := float64(len(outcomes))
	for _, o := range outcomes {
		up += 1 / n
		mean += 1 / n
		for _, a := range o.Outages {
			if int(a.Journey) != journey {
				continue
			}
			if a.Start <= t && t < a.End {
				up -= 1 / n
			}
			for s := model.Seconds(0); s < t; s += 0.5 {
				if a.Start <= s && s < a.End {
					mean -= 0.5 / float64(t) / n
				}
			}
		}
	}
	return up, mean
}

// TestCurvesInClusters: groups of one change nothing; groups that resemble each other widen the
// intervals and leave the values.
func TestCurvesInClusters(t *testing.T) {
	const seed = 12
	curve := func(size int) []CurvePoint {
		r := rand.New(rand.NewPCG(seed, 1))
		c := NewCurves([]int{0}, []model.Seconds{0, 10, 50, 100})
		if size > 0 {
			c.Cluster()
		}
		n := 0
		for range 30 {
			length := 60 * r.Float64()
			for range 20 {
				start := 100 * r.Float64()
				c.Add(&model.Outcome{Horizon: 100, Outages: []model.Outage{{Start: model.Seconds(start), End: model.Seconds(start + length)}}})
				if n++; size > 0 && n%size == 0 {
					c.EndCluster()
				}
			}
		}
		if _, _, rise := c.Trend(0); math.IsNaN(rise.Value) || rise.Low >= rise.High {
			t.Errorf("seed %d, groups of %d: trend %+v", seed, size, rise)
		}
		return c.Curve(0)
	}
	alone, ones, groups := curve(0), curve(1), curve(20)
	wider := []float64{0, 1.05, 1.2, 1.5} // the longer, the more the lengths matter that a group shares
	for k := 1; k < len(alone); k++ {
		a, o, g := alone[k], ones[k], groups[k]
		if !alike(a.UpTo.Low, o.UpTo.Low) || !alike(a.UpTo.High, o.UpTo.High) || math.Abs(a.Now.Low-o.Now.Low) > 0.002 {
			t.Errorf("seed %d, at %v: %+v, in groups of one %+v", seed, a.At, a, o)
		}
		if !alike(a.UpTo.Value, g.UpTo.Value) || a.Now.Value != g.Now.Value || g.UpTo.High-g.UpTo.Low < wider[k]*(a.UpTo.High-a.UpTo.Low) || g.Now.High-g.Now.Low < a.Now.High-a.Now.Low {
			t.Errorf("seed %d, at %v: %+v, in groups %+v", seed, a.At, a, g)
		}
	}
}

// TestPointsInClusters: of 40 groups of 10 that are down or up as one, each counts once.
func TestPointsInClusters(t *testing.T) {
	c := NewCurves([]int{0}, []model.Seconds{0, 50, 100})
	c.Cluster()
	for group := range 40 {
		for range 10 {
			o := &model.Outcome{Horizon: 100}
			if group < 8 {
				o.Outages = []model.Outage{{Start: 40, End: 60}}
			}
			c.Add(o)
		}
		c.EndCluster()
	}
	low, high := wilson(32, 40)
	got := c.Curve(0)[1].Now
	near(t, "share up", got.Value, .8, 1e-12)
	near(t, "low", got.Low, low, 1e-9)
	near(t, "high", got.High, high, 1e-9)
}

func TestCurveTimes(t *testing.T) {
	times := CurveTimes(model.Year)
	if times[0] != 0 || times[len(times)-1] != model.Year || len(times) < 50 || len(times) > 200 {
		t.Fatalf("%d times from %v to %v", len(times), times[0], times[len(times)-1])
	}
	for i := 1; i < len(times); i++ {
		if times[i] <= times[i-1] {
			t.Fatalf("times do not rise: %v after %v", times[i], times[i-1])
		}
	}
}

// TestTrend: outages that only come in the second half are a trend; those that come all the time are
// none; and a system that begins up and soon reaches its level settles.
func TestTrend(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	late, level, quick := NewCurves([]int{0}, CurveTimes(1000)), NewCurves([]int{0}, CurveTimes(1000)), NewCurves([]int{0}, CurveTimes(1000))
	one := func(c *Curves, start, length float64) {
		c.Add(&model.Outcome{Horizon: 1000, Outages: []model.Outage{{Start: model.Seconds(start), End: model.Seconds(start + length)}}})
	}
	for range 4000 {
		one(late, 500+400*r.Float64(), 50)
		one(level, 0, 1000*r.Float64())
		one(quick, 10*r.Float64(), 2000)
	}
	if a, b, rise := late.Trend(0); a != 1 || math.Abs(b-0.9) > 1e-9 || rise.High >= 0 {
		t.Errorf("from %v to %v, difference %+v", a, b, rise)
	}
	if got := late.Settled(0); got < 500 {
		t.Errorf("what is up for 500 s has settled after %v", got)
	}
	if got := quick.Settled(0); got < 9 || got > 10.1 {
		t.Errorf("what goes down within 10 s has settled after %v", got)
	}
	if _, _, rise := level.Trend(0); rise.Low <= 0 {
		t.Errorf("what is repaired in the course of time does not rise: %+v", rise)
	}
	if never := NewCurves([]int{0}, CurveTimes(1000)); true {
		never.Add(&model.Outcome{Horizon: 1000})
		if p := never.Curve(0)[9]; !p.Now.Bound || !p.UpTo.Bound || p.Now.Low > 0.5 || p.UpTo.Low > 0.5 || never.Settled(0) != 0 {
			t.Errorf("one replication without an outage proves too much: %+v", p)
		}
	}
}

// What is down when nobody looks any longer is down at the horizon.
func TestDownAtTheHorizon(t *testing.T) {
	c := NewCurves([]int{0}, []model.Seconds{10, 100})
	for range 4 {
		c.Add(&model.Outcome{Horizon: 100, Outages: []model.Outage{{Start: 50, End: 100, Open: true}}})
	}
	if points := c.Curve(0); points[0].Now.Value != 1 || points[1].Now.Value != 0 {
		t.Errorf("up at 10 and 100: %v and %v, want 1 and 0", points[0].Now.Value, points[1].Now.Value)
	}
}
