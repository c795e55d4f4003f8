package policies

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// generator returns a source whose draws do not matter to the caller.
func generator() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

// fixed is a law without spread.
type fixed model.Seconds

func (l fixed) Sample(*rand.Rand) model.Seconds  { return model.Seconds(l) }
func (l fixed) Mean() model.Seconds              { return model.Seconds(l) }
func (l fixed) Survival(t model.Seconds) float64 { return math.NaN() }
func (l fixed) String() string                   { return "fixed" }

// script plays signals into a policy and writes down phase, primary and what was asked for.
func script(p model.Policy, signals ...model.Signal) string {
	s, text := p.Start(3), ""
	for _, sig := range signals {
		var out model.Reaction
		p.React(&s, &sig, generator(), &out)
		text += fmt.Sprintf("%v %d", s.Phase, s.Primary)
		if out.Arm {
			text += fmt.Sprintf(" arm %v", out.Delay)
		}
		if out.Stop {
			text += " stop"
		}
		if out.Promote {
			text += " promote"
		}
		text += "; "
	}
	return text
}

var (
	lost     = model.Signal{Kind: model.PrimaryLost, Lost: true, Eligible: 1, Next: 1, Refused: model.None}
	back     = model.Signal{Kind: model.PrimaryBack, Eligible: 1, Next: 1, Refused: model.None}
	ended    = model.Signal{Kind: model.StepEnded, Lost: true, Eligible: 1, Next: model.None, Refused: model.None}
	noOne    = model.Signal{Kind: model.CandidatesChanged, Lost: true, Eligible: model.None, Next: model.None, Refused: model.None, Unfit: true}
	lossy    = model.Signal{Kind: model.CandidatesChanged, Lost: true, Eligible: model.None, Next: model.None, Refused: 1, Unfit: true}
	somebody = model.Signal{Kind: model.CandidatesChanged, Lost: true, Eligible: 2, Next: 2, Refused: model.None}
)

func TestFailoverScripts(t *testing.T) {
	auto := &ActivePassive{Success: 1, Decision: Steps{fixed(1)}, Activate: Steps{fixed(2), fixed(3)}, Redirect: fixed(4)}
	manual := &ActivePassive{Success: 1, Manual: true, Human: Human{Acknowledge: fixed(60), Act: fixed(600)}, Activate: Steps{fixed(2)}}
	hopeless := &ActivePassive{Success: 0, Human: Human{Act: fixed(60)}, Decision: Steps{fixed(1)}}
	ready := &ActivePassive{Success: 1, AtOnce: true, Decision: Steps{fixed(1)}, Activate: Steps{fixed(2)}}
	for _, c := range []struct {
		name string
		p    model.Policy
		in   []model.Signal
		want string
	}{
		{"automatic", auto, []model.Signal{lost, ended, ended, ended},
			"decision 0 arm 1s; activation 0 arm 5s; redirection 1 arm 4s promote; serving 1; "},
		{"manual", manual, []model.Signal{lost, ended}, "decision 0 arm 11m; activation 0 arm 2s; "},
		{"repair wins the race (R27)", auto, []model.Signal{lost, back}, "decision 0 arm 1s; serving 0 stop; "},
		{"too late to stop", auto, []model.Signal{lost, ended, back}, "decision 0 arm 1s; activation 0 arm 5s; activation 0; "},
		{"a better candidate comes too late (R28)", auto, []model.Signal{lost, ended, somebody, ended},
			"decision 0 arm 1s; activation 0 arm 5s; activation 0; redirection 1 arm 4s promote; "},
		{"second fault (R28)", auto, []model.Signal{lost, ended, noOne, somebody},
			"decision 0 arm 1s; activation 0 arm 5s; repair 0 stop; decision 0 arm 1s; "},
		{"a failed promotion goes to a human (R15)", hopeless, []model.Signal{lost, ended, ended},
			"decision 0 arm 1s; activation 0 arm 0s; decision 0 arm 1m; "},
		{"a failed promotion waits for the primary", &ActivePassive{GivesUp: true}, []model.Signal{lost, ended, noOne, somebody, back},
			"activation 0 arm 0s; repair 0 stop; repair 0; repair 0; serving 0 stop; "},
		{"a failed promotion waits for its time", &ActivePassive{RetryAlone: true, RetryAfter: 360, Decision: Steps{fixed(1)}, Activate: Steps{fixed(2)}},
			[]model.Signal{lost, ended, ended, ended, ended, back},
			"decision 0 arm 1s; activation 0 arm 2s; decision 0 arm 358s; activation 0 arm 2s; decision 0 arm 358s; serving 0 stop; "},
		{"a human accepts a loss (R32)", &ActivePassive{Success: 1, Human: Human{Act: fixed(600)}, Activate: Steps{fixed(2)}},
			[]model.Signal{lost, lossy, ended, noOne, lossy, ended, ended},
			"activation 0 arm 2s; decision 0 arm 10m; activation 0 arm 2s; repair 0 stop; decision 0 arm 10m; activation 0 arm 2s; serving 1 promote; "},
		{"election", &Quorum{Election: fixed(2)}, []model.Signal{lost, ended}, "decision 0 arm 2s; serving 1 promote; "},
		{"no majority", &Quorum{}, []model.Signal{lost, noOne, somebody}, "decision 0 arm 0s; repair 0 stop; decision 0 arm 0s; "},
		{"repaired when nobody was left", ready, []model.Signal{{Kind: model.PrimaryLost, Lost: true, Eligible: model.None, Next: model.None, Refused: model.None}, somebody},
			"repair 0 stop; serving 2 promote; "},
		{"switched to while somebody was left", ready, []model.Signal{lost, ended, ended}, "decision 0 arm 1s; activation 0 arm 2s; serving 1 promote; "},
	} {
		if got := script(c.p, c.in...); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// Two of three observers that each take U(0, 10) agree after the middle one: 5 s on average, with a
// variance of 5; with gossip of 2 s that much later. Phi-accrual takes Φ·ln 10 gaps.
func TestObserversAgree(t *testing.T) {
	d := Observers{Detector: Probe{Interval: 10, Fall: 1, Rise: 1}, Of: 3, Quorum: 2, Gossip: fixed(2)}
	r, sum, squares, n := generator(), 0.0, 0.0, 100_000.0
	for range int(n) {
		x := float64(d.Delay(model.Crash, r)) - 2
		sum, squares = sum+x, squares+x*x
	}
	if mean := sum / n; math.Abs(mean-5) > 0.03 || math.Abs(squares/n-mean*mean-5) > 0.06 {
		t.Errorf("mean %v, variance %v; want 5 and 5", mean, squares/n-mean*mean)
	}
	if got := (PhiAccrual{Threshold: 8, Gap: 1}).Delay(model.Crash, r); math.Abs(float64(got)-18.42) > 0.01 {
		t.Errorf("phi 8 at gaps of 1 s takes %v, want 18.42 s", got)
	}
}

// After any sequence of six signals: a step is armed exactly in the phases that end by themselves, a
// candidate is known exactly while one is being promoted, and nobody is promoted without being named.
func TestEveryShortSequence(t *testing.T) {
	policies := []model.Policy{
		&ActivePassive{Success: 1}, &ActivePassive{Success: 0}, &ActivePassive{Success: 0.5, Manual: true, RetryAlone: true}, &ActivePassive{Success: 0.5, GivesUp: true},
		&ActivePassive{Success: 0.5, RetryAlone: true, RetryAfter: 10, Activate: Steps{fixed(3)}},
		&Quorum{Election: fixed(1)}, ActiveActive{},
	}
	signals := []model.Signal{lost, back, ended, noOne, somebody, lossy}
	for _, p := range policies {
		total := int(math.Pow(float64(len(signals)), 6))
		for code := range total {
			checkSequence(t, p, signals, code)
		}
	}
}

func checkSequence(t *testing.T, p model.Policy, signals []model.Signal, code int) {
	s, r := p.Start(3), generator()
	armed := false
	for rest := code; rest > 0; rest /= len(signals) {
		sig := signals[rest%len(signals)]
		if sig.Kind == model.StepEnded && !armed {
			continue // no step can end that has not begun
		}
		if sig.Kind == model.StepEnded {
			armed = false
		}
		var out model.Reaction
		before := s.Primary
		p.React(&s, &sig, r, &out)
		armed = (armed || out.Arm) && (!out.Stop || out.Arm)
		waits := s.Phase == model.Decision || s.Phase == model.Activation || s.Phase == model.Redirection
		promoting := s.Phase == model.Decision || s.Phase == model.Activation
		switch {
		case armed != waits:
			t.Fatalf("%v, sequence %d: phase %v with a step armed %v", p, code, s.Phase, armed)
		case promoting != (s.Candidate != model.None):
			t.Fatalf("%v, sequence %d: phase %v with candidate %d", p, code, s.Phase, s.Candidate)
		case s.Primary != before && !out.Promote:
			t.Fatalf("%v, sequence %d: the primary changed from %d to %d unannounced", p, code, before, s.Primary)
		}
	}
}

// Detectors have the delays of the formulas: bounds and mean.
func TestDetectorDelays(t *testing.T) {
	for _, c := range []struct {
		d         model.Detector
		mode      model.FaultMode
		low, high float64
	}{
		{Heartbeat{Period: 1, Timeout: 10}, model.OSCrash, 9, 10},
		{Lease{TTL: 30, Renew: 10}, model.OSCrash, 20, 30},
		{VRRP{Advert: 1, Skew: 0.5, Missed: 3}, model.OSCrash, 2.5, 3.5},
		{Probe{Interval: 10, Timeout: 5, Fall: 2, Rise: 2}, model.Crash, 10, 20},
		{Probe{Interval: 10, Timeout: 5, Fall: 2, Rise: 2}, model.Hang, 15, 25},
		{Users{Report: fixed(900)}, model.Hang, 900, 900},
		{After{Down: fixed(3)}, model.Crash, 3, 3},
	} {
		r, sum := generator(), 0.0
		const n = 20000
		for range n {
			x := float64(c.d.Delay(c.mode, r))
			if x < c.low || x > c.high {
				t.Fatalf("%v: %v is outside %v to %v", c.d, x, c.low, c.high)
			}
			sum += x
		}
		if mean := (c.low + c.high) / 2; math.Abs(sum/n-mean) > (c.high-c.low)/100+1e-9 {
			t.Errorf("%v: mean %v, want %v", c.d, sum/n, mean)
		}
	}
}

// A detector misses its share of faults; users report those (R10).
func TestSeeing(t *testing.T) {
	d := Seeing{Detector: After{Down: fixed(1)}, Unseen: fixed(1000)}
	for i := range d.Sees {
		d.Sees[i] = 1
	}
	d.Sees[model.Hang] = 0.9
	r, missed := generator(), 0
	for range 10000 {
		if d.Delay(model.Crash, r) != 1 {
			t.Fatal("a crash was missed")
		}
		if d.Delay(model.Hang, r) == 1000 {
			missed++
		}
	}
	if missed < 900 || missed > 1100 {
		t.Errorf("%d of 10000 hangs missed, want about 1000", missed)
	}
}

// People miss pages, sleep and err: each costs what it should on average.
func TestHumansErr(t *testing.T) {
	h := Human{Acknowledge: fixed(60), Night: fixed(600), Missed: 0.2, Escalate: 900, Diagnose: fixed(100), Act: fixed(50), Error: 0.25, Penalty: fixed(1000)}
	r, day, night, n := generator(), 0.0, 0.0, 200_000.0
	for range int(n) {
		day += float64(h.Sample(r, false)) / n
		night += float64(h.Sample(r, true)) / n
	}
	// Pages missed and errors made are geometric: 0.2/0.8 and 0.25/0.75 of them on average.
	want := 0.25*900 + 60 + 150 + (1000+150)/3.0
	if math.Abs(day-want) > 8 || math.Abs(night-want-540) > 8 {
		t.Errorf("by day %.5g, at night %.5g; want %.5g and %.5g", day, night, want, want+540)
	}
}
