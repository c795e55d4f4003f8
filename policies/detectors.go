package policies

import (
	"fmt"
	"math/rand/v2"

	"github.com/ftsim/ftsim/model"
)

func uniform(r *rand.Rand, width model.Seconds) model.Seconds {
	return model.Seconds(r.Float64()) * width
}

// Heartbeat believes a target down when nothing has arrived for Timeout: Timeout − U(0, Period) after
// the fault.
type Heartbeat struct {
	Period, Timeout model.Seconds
}

// Delay implements model.Detector.
func (d Heartbeat) Delay(_ model.FaultMode, r *rand.Rand) model.Seconds {
	return max(0, d.Timeout-uniform(r, d.Period))
}

// Recovery implements model.Detector: the next heartbeat.
func (d Heartbeat) Recovery(r *rand.Rand) model.Seconds { return uniform(r, d.Period) }

func (d Heartbeat) String() string {
	return fmt.Sprintf("heartbeat every %v, timeout %v", d.Period, d.Timeout)
}

// Probe asks every Interval and believes after Fall failures or Rise successes in a row:
// U(0, Interval) + (Fall−1)·Interval, plus Timeout if the target is silent rather than refusing.
type Probe struct {
	Interval, Timeout model.Seconds
	Fall, Rise        int
}

// Delay implements model.Detector.
func (d Probe) Delay(mode model.FaultMode, r *rand.Rand) model.Seconds {
	t := uniform(r, d.Interval) + model.Seconds(d.Fall-1)*d.Interval
	if mode.Silent() {
		t += d.Timeout
	}
	return t
}

// Recovery implements model.Detector.
func (d Probe) Recovery(r *rand.Rand) model.Seconds {
	return uniform(r, d.Interval) + model.Seconds(d.Rise-1)*d.Interval
}

func (d Probe) String() string {
	return fmt.Sprintf("probe every %v, fall %d, rise %d, timeout %v", d.Interval, d.Fall, d.Rise, d.Timeout)
}

// Lease believes a target down when the lease it last renewed runs out: TTL − U(0, Renew). An agent that
// renews it beside a crashed process first tries for Restart to start that again, from the next renewal.
type Lease struct {
	TTL, Renew, Restart model.Seconds
}

// Delay implements model.Detector.
func (d Lease) Delay(mode model.FaultMode, r *rand.Rand) model.Seconds {
	if mode == model.Crash && d.Restart > 0 {
		return uniform(r, d.Renew) + d.Restart
	}
	return max(0, d.TTL-uniform(r, d.Renew))
}

// Recovery implements model.Detector: the next renewal.
func (d Lease) Recovery(r *rand.Rand) model.Seconds { return uniform(r, d.Renew) }

func (d Lease) String() string {
	s := fmt.Sprintf("lease of %v, renewed every %v", d.TTL, d.Renew)
	if d.Restart > 0 {
		s += fmt.Sprintf(", a crashed process has %v to start again", d.Restart)
	}
	return s
}

// VRRP believes a master down after Missed advertisements and its skew: Missed·Advert + Skew −
// U(0, Advert).
type VRRP struct {
	Advert, Skew model.Seconds
	Missed       int
}

// Delay implements model.Detector.
func (d VRRP) Delay(_ model.FaultMode, r *rand.Rand) model.Seconds {
	return max(0, model.Seconds(d.Missed)*d.Advert+d.Skew-uniform(r, d.Advert))
}

// Recovery implements model.Detector: the next advertisement.
func (d VRRP) Recovery(r *rand.Rand) model.Seconds { return uniform(r, d.Advert) }

func (d VRRP) String() string {
	return fmt.Sprintf("vrrp, advert %v, %d missed, skew %v", d.Advert, d.Missed, d.Skew)
}

// Users believe what they suffer: the delay follows a law whatever the fault.
type Users struct {
	Report model.Distribution
}

// Delay implements model.Detector.
func (d Users) Delay(_ model.FaultMode, r *rand.Rand) model.Seconds { return d.Report.Sample(r) }

// Recovery implements model.Detector: whoever complained tries again at once.
func (d Users) Recovery(*rand.Rand) model.Seconds { return 0 }

func (d Users) String() string { return "users report after " + d.Report.String() }

// After believes after a delay of a given law, in both directions if Back is set.
type After struct {
	Down, Back model.Distribution // nil = at once
	Crash      model.Distribution // of a process alone, whose host closes its connections; nil = as Down
}

// Delay implements model.Detector.
func (d After) Delay(mode model.FaultMode, r *rand.Rand) model.Seconds {
	if d.Crash != nil && !mode.Silent() {
		return d.Crash.Sample(r)
	}
	return draw(d.Down, r)
}

// Recovery implements model.Detector.
func (d After) Recovery(r *rand.Rand) model.Seconds { return draw(d.Back, r) }

func (d After) String() string {
	if d.Down == nil {
		return "at once"
	}
	if d.Crash != nil {
		return fmt.Sprintf("after %v, a crash after %v", d.Down, d.Crash)
	}
	return "after " + d.Down.String()
}

func draw(law model.Distribution, r *rand.Rand) model.Seconds {
	if law == nil {
		return 0
	}
	return law.Sample(r)
}

// Seeing is a detector that misses some faults (R10). Whether it sees is drawn once per fault; a fault
// it misses is reported by users.
type Seeing struct {
	model.Detector
	Sees   [model.NumFaultModes]float64 // probability per mode
	Unseen model.Distribution           // until users report it
}

// Delay implements model.Detector.
func (d Seeing) Delay(mode model.FaultMode, r *rand.Rand) model.Seconds {
	if p := d.Sees[mode]; p < 1 && r.Float64() >= p {
		return d.Unseen.Sample(r)
	}
	return d.Detector.Delay(mode, r)
}
