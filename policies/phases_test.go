package policies

import (
	"strings"
	"testing"

	"github.com/ftsim/ftsim/model"
)

// Each policy goes through the phases that SEMANTICS 3 gives it, and through no others.
func TestPhaseTable(t *testing.T) {
	full := func(temperature Temperature, long model.Seconds) *ActivePassive {
		return &ActivePassive{Standby: temperature, Success: 1, Decision: Steps{fixed(1)}, Stonith: &Stonith{Takes: fixed(8), Success: 1, Attempts: 1},
			Activate: Steps{fixed(long)}, Redirect: fixed(4), Switchover: fixed(2), Human: Human{Act: fixed(600)}}
	}
	byHand, unfenced, exhausted := full(Hot, 2), full(Hot, 2), full(Hot, 2)
	byHand.Manual, unfenced.Stonith = true, nil
	exhausted.Stonith = &Stonith{Takes: fixed(8), Timeout: 60, Attempts: 10}
	held, due := lost, back
	held.Held, due.Kind = true, model.SwitchoverDue
	for _, c := range []struct {
		name  string
		p     model.Policy
		first model.Signal
		want  string
	}{
		{"hot", full(Hot, 2), lost, "decision 1s, fencing 8s, activation 2s, redirection 4s, serving 1"},
		{"warm", full(Warm, 300), lost, "decision 1s, fencing 8s, activation 5m, redirection 4s, serving 1"},
		{"cold", full(Cold, 3600), lost, "decision 1s, fencing 8s, activation 1h, redirection 4s, serving 1"},
		{"without fencing", unfenced, lost, "decision 1s, activation 2s, redirection 4s, serving 1"},
		{"by hand", byHand, lost, "decision 10m by hand, fencing 8s by hand, activation 2s by hand, redirection 4s by hand, serving 1"},
		{"held down", full(Hot, 2), held, "decision 10m by hand, fencing 8s by hand, activation 2s by hand, redirection 4s by hand, serving 1"},
		{"stonith exhausted: ten minutes of attempts, then a person", exhausted, lost,
			"decision 1s, fencing 20m by hand, activation 2s by hand, redirection 4s by hand, serving 1"},
		{"planned", full(Hot, 2), due, "redirection 2s, serving 1"},
		{"quorum", &Quorum{Election: fixed(2)}, lost, "decision 2s, serving 1"},
		{"a quorum that hands over", &Quorum{Election: fixed(2)}, due, "serving 1"},
		{"active-active", ActiveActive{}, lost, "serving -1"},
	} {
		if got := phasesAfter(c.p, c.first); got != c.want {
			t.Errorf("%s: %s; want %s", c.name, got, c.want)
		}
	}
}

// phasesAfter has every step that a signal begins run its time.
func phasesAfter(p model.Policy, sig model.Signal) string {
	var list []string
	s := p.Start(2)
	for armed := true; armed; sig = ended {
		var out model.Reaction
		p.React(&s, &sig, generator(), &out)
		text := s.Phase.String()
		if armed = out.Arm; armed {
			text += " " + out.Delay.String()
		} else {
			text += " " + string(rune('0'+s.Primary))
		}
		if s.Primary == model.None {
			text = s.Phase.String() + " -1"
		}
		if armed && s.Manual {
			text += " by hand"
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}
