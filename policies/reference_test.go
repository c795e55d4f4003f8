package policies

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// reference is active-passive once more, from the definitions (SEMANTICS 2.4 and 3): a change of roles is a list of
// steps yet to be taken. It leaves chance out: promotions work or do not, and all laws are constant.
type reference struct {
	p                  *ActivePassive
	steps              []model.Phase // the first is under way
	waits              bool          // for somebody to be repaired
	forPrimary         bool          // and for nobody else
	primary, candidate int32
	byHand, accepted   bool
	spent              model.Seconds
	late               bool // the second part of a redirection is yet to come
	sure               bool // whoever is repaired while nobody serves starts
}

// did is what a reaction comes to.
type did struct {
	arm, stop, promote, fence bool
	delay                     model.Seconds
}

func (f *reference) phase() model.Phase {
	switch {
	case f.waits:
		return model.Repair
	case len(f.steps) == 0:
		return model.Serving
	}
	return f.steps[0]
}

func (f *reference) at(phases ...model.Phase) bool {
	for _, p := range phases {
		if f.phase() == p {
			return true
		}
	}
	return false
}

func (f *reference) react(sig *model.Signal) (do did) {
	switch {
	case sig.Kind == model.PrimaryLost && f.at(model.Serving, model.Redirection):
		f.byHand, f.accepted, f.sure = f.p.Manual || sig.Held, false, false
		f.begin(sig, sig.Eligible, &do)
	case sig.Kind == model.PrimaryBack && f.at(model.Decision, model.Fencing, model.Repair):
		f.serve(&do)
	case sig.Kind == model.StepEnded && len(f.steps) > 0:
		f.end(sig, &do)
	case sig.Kind == model.SwitchoverDue && f.at(model.Serving) && sig.Eligible != model.None:
		if !sig.Broken && f.works() {
			f.primary, do.promote = sig.Eligible, true
		}
		f.steps, f.late, f.byHand = []model.Phase{model.Redirection}, false, false
		do.arm, do.delay = true, f.total(Steps{f.p.Switchover})
	case sig.Kind == model.CandidatesChanged:
		f.candidates(sig, &do)
	}
	return do
}

// candidates is R28: the state as it is now counts.
func (f *reference) candidates(sig *model.Signal, do *did) {
	somebody := sig.Eligible != model.None
	switch {
	case f.waits && !f.forPrimary && (somebody || sig.Refused != model.None):
		f.sure = f.p.GivesUp
		f.begin(sig, sig.Eligible, do)
	case f.at(model.Decision, model.Fencing) && somebody:
		f.candidate = sig.Eligible
	case f.at(model.Decision, model.Fencing):
		f.begin(sig, model.None, do)
	case f.at(model.Activation) && sig.Unfit && sig.Lost:
		f.begin(sig, sig.Eligible, do)
	case f.at(model.Activation) && sig.Unfit:
		f.serve(do)
	}
}

// begin starts a change of roles towards somebody, or waits for somebody.
func (f *reference) begin(sig *model.Signal, to int32, do *did) {
	if to == model.None && sig.Refused != model.None {
		to, f.accepted, f.byHand = sig.Refused, true, true
	}
	if f.candidate = to; to == model.None {
		f.steps, f.waits, f.accepted = nil, true, false
		*do = did{stop: true}
		return
	}
	f.waits, f.spent, f.steps = false, 0, []model.Phase{model.Decision}
	if f.p.Stonith != nil {
		f.steps = append(f.steps, model.Fencing)
	}
	f.steps = append(f.steps, model.Activation)
	if f.take(do); do.delay == 0 && f.phase() == model.Decision { // what takes no time is not done
		f.steps = f.steps[1:]
		f.take(do)
	}
}

// take begins the next step.
func (f *reference) take(do *did) {
	var length model.Seconds
	switch f.phase() {
	case model.Decision:
		length = f.total(f.p.Decision)
		if f.byHand {
			length = f.p.Human.Sample(generator(), false)
		}
	case model.Fencing:
		if length = f.total(Steps{f.p.Stonith.Takes}); f.p.Stonith.Success == 0 { // all attempts, and then a person
			f.byHand = true
			length = f.p.Stonith.Timeout*model.Seconds(f.p.Stonith.Attempts) + f.p.Human.Sample(generator(), false)
		}
	case model.Activation:
		length = f.total(f.p.Activate)
	}
	f.spent += length
	do.arm, do.delay = true, length
}

// end is the end of a step.
func (f *reference) end(sig *model.Signal, do *did) {
	done := f.steps[0]
	switch {
	case done == model.Activation && (sig.Broken || !f.works()):
		f.fail(sig, do)
	case done == model.Activation:
		f.primary, f.candidate, f.accepted = f.candidate, model.None, false
		f.steps, f.late, do.promote = nil, f.p.LateShare > 0, true
		if redirect := f.total(Steps{f.p.Redirect}); redirect > 0 || f.late {
			f.steps = []model.Phase{model.Redirection}
			do.arm, do.delay = true, redirect
		}
	case done == model.Redirection && f.late:
		f.late = false
		do.arm, do.delay = true, f.p.LateUntil.Sample(nil)-f.total(Steps{f.p.Redirect})
	case done == model.Redirection:
		f.steps = nil
	default:
		do.fence = done == model.Fencing
		f.steps = f.steps[1:]
		f.take(do)
	}
}

// fail is R15: the next candidate, or the same, by hand unless a machine tries again.
func (f *reference) fail(sig *model.Signal, do *did) {
	to := sig.Next
	if to == model.None {
		to = f.candidate
		f.byHand = f.byHand || !f.p.RetryAlone
	}
	switch left := f.p.RetryAfter - f.spent; {
	case !sig.Lost:
		f.serve(do)
	case f.p.GivesUp:
		f.steps, f.candidate, f.accepted, f.waits, f.forPrimary, do.stop = nil, model.None, false, true, true, true
	case !f.byHand && left > 0:
		f.begin(sig, to, do)
		for f.phase() != model.Decision { // what takes no time is not skipped now
			f.steps = append([]model.Phase{model.Decision}, model.Activation)
			if f.p.Stonith != nil {
				f.steps = []model.Phase{model.Decision, model.Fencing, model.Activation}
			}
		}
		f.spent = f.total(f.p.Decision)
		do.delay = left + f.spent
	default:
		f.begin(sig, to, do)
	}
}

// serve has the old primary go on.
func (f *reference) serve(do *did) {
	f.steps, f.candidate, f.waits, f.forPrimary, f.accepted = nil, model.None, false, false, false
	do.stop = true
}

func (f *reference) works() bool { return f.sure || f.p.Success == 1 && f.p.StartFailure == 0 }

func (f *reference) total(laws Steps) (sum model.Seconds) {
	for _, l := range laws {
		if l != nil {
			sum += l.Sample(nil)
		}
	}
	return sum
}

// every lists active-passive policies that differ in everything that has a say in what comes next.
func every() (list []*ActivePassive) {
	human := Human{Acknowledge: fixed(60), Act: fixed(600)}
	for code := range 3 * 3 * 2 * 2 * 4 * 2 {
		p := &ActivePassive{Human: human, Activate: Steps{fixed(3)}, Switchover: fixed(2)}
		pick := func(n int) int { x := code % n; code /= n; return x }
		p.Stonith = []*Stonith{nil, {Takes: fixed(8), Success: 1, Attempts: 3}, {Takes: fixed(8), Timeout: 60, Attempts: 3}}[pick(3)]
		p.Decision = []Steps{nil, {fixed(1)}, {fixed(1), fixed(2)}}[pick(3)]
		p.Success = float64(pick(2))
		p.Manual = pick(2) == 1
		switch pick(4) {
		case 1:
			p.GivesUp = true
		case 2:
			p.RetryAlone = true
		case 3:
			p.RetryAlone, p.RetryAfter = true, 360
		}
		if pick(2) == 1 {
			p.Redirect, p.LateShare, p.LateUntil = fixed(4), 0.1, fixed(60)
		}
		list = append(list, p)
	}
	return list
}

// Active-passive does what the definitions say after any four signals, and after many long sequences, of many
// policies.
func TestActivePassiveByDefinition(t *testing.T) {
	broken, held, due, returned := ended, lost, back, ended
	broken.Broken, held.Held, due.Kind, returned.Lost = true, true, model.SwitchoverDue, false
	signals := []model.Signal{lost, back, ended, noOne, somebody, lossy, broken, held, due, returned}
	length := 4
	if testing.Short() {
		length = 3
	}
	const seed = 11
	r := rand.New(rand.NewPCG(seed, 1))
	for i, p := range every() {
		for code := range int(math.Pow(float64(len(signals)), float64(length))) {
			if text := compareOn(p, signals, uint64(code)); text != "" {
				t.Fatalf("policy %d %+v: %s", i, p, text)
			}
		}
		for range 300 { // nineteen signals each
			if text := compareOn(p, signals, r.Uint64()); text != "" {
				t.Fatalf("seed %d, policy %d %+v: %s", seed, i, p, text)
			}
		}
	}
}

// compareOn says where a policy and its definition part on a sequence of signals, or nothing.
func compareOn(p *ActivePassive, signals []model.Signal, code uint64) string {
	s, f, armed, story := p.Start(3), &reference{p: p, candidate: model.None}, false, ""
	for ; code > 0; code /= uint64(len(signals)) {
		sig := signals[code%uint64(len(signals))]
		if sig.Kind == model.StepEnded && !armed {
			continue // no step can end that has not begun
		}
		armed = armed && sig.Kind != model.StepEnded
		var out model.Reaction
		p.React(&s, &sig, generator(), &out)
		do := f.react(&sig)
		armed = (armed || out.Arm) && (!out.Stop || out.Arm)
		got := fmt.Sprint(s.Phase, s.Primary, s.Candidate, out.Arm, out.Promote, out.Fence)
		want := fmt.Sprint(f.phase(), f.primary, f.candidate, do.arm, do.promote, do.fence)
		if out.Arm {
			got, want = got+fmt.Sprint(out.Delay), want+fmt.Sprint(do.delay)
		}
		if s.Phase != model.Serving && s.Phase != model.Repair {
			got, want = got+fmt.Sprint(s.Manual, s.Accepted), want+fmt.Sprint(f.byHand, f.accepted)
		}
		if story += fmt.Sprintf("\n%d → %s", sig.Kind, got); got != want {
			return fmt.Sprintf("after%s\nwant %s", story, want)
		}
	}
	return ""
}
