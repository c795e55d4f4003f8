package topology

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ftsim/ftsim/model"
	"github.com/ftsim/ftsim/policies"
)

// The page of policies draws them as they are: phases and what leads from one to the next are found by sending every
// signal to the policy that a file makes, durations are the means of its laws.

const policiesIntro = `# What the policies do

<!-- Written by go test ./topology -update, from the policies themselves. -->

For each way to be redundant: the phases that a failover goes through, what leads from one to the next, and how long
each takes on average with the defaults, if a machine stops at once. Only the phase that is in the way right now is
booked (R27); the rules R1 to R44 are in [semantics.md](semantics.md), all keys in [reference.md](reference.md).

The drawings begin where a policy does: with the belief that the primary is lost. Before that, while it has failed and
nobody has noticed, users are in the phase of detection; after the last arrow there may be a warm-up. A fault that is over
before it is noticed, and a partition, show in the same drawing: what counts is what is believed (R4). Steps of no length
are passed without being drawn.

| Phase | What goes on | What users have |
|---|---|---|
`

// phasesTold says of each phase what goes on, and what users have of it.
var phasesTold = []struct {
	phase         model.Phase
	text, serving string
}{
	{model.Detection, "the primary is gone, and nobody has noticed", "nothing from what failed; of active-active the share that others serve"},
	{model.Decision, "somebody decides who takes over: a machine, an election or a person", "nothing"},
	{model.Fencing, "the old primary is made harmless", "nothing"},
	{model.Activation, "the standby gets ready", "nothing"},
	{model.Redirection, "clients are led to the new primary", "nothing until its end; with `dns` more and more"},
	{model.Warming, "whoever is new in service grows into its work", "less than everything"},
	{model.Repair, "there is nobody to take over: everything waits for a repair", "nothing"},
	{model.Unreached, "it works, but not where the clients are", "nothing"},
	{model.WriteBlock, "writes wait for a copy that is missing", "reads only"},
	{model.Reconciling, "after a split brain, the branches of the data are being made one", "what `data.reconciliation` says: everything, reads or nothing"},
	{model.Overload, "there is more demand than what is up can serve", "what the capacity is enough for"},
}

// shownPolicies are the policies of the page, each as a service that has it.
var shownPolicies = []struct{ title, yaml, text string }{
	{"Active-active", "{replicas: [a, b], policy: active-active, health_check: {preset: haproxy-check}}",
		"Every replica serves. One that is lost is no longer sent requests once the `health_check` believes that it is down (R24); nobody has to be promoted. Without a `health_check` it is out of the rotation at once."},
	{"Hot standby", "{replicas: [a, b], policy: hot, redirect: vip, failover: {decision: 1s}}",
		"The standby runs and applies data continuously, so activation is the promotion alone. A step that fails is tried with the next candidate, then by a person (R15). If the primary is back before activation, nothing happens (R27)."},
	{"Hot standby with power fencing", "{replicas: [a, b], policy: hot, redirect: vip, failover: {fencing: stonith}}",
		"Nobody is promoted before the old primary is known to be off (R14). If that cannot be had, a person has to confirm it."},
	{"Hot standby, tried again by itself", "{replicas: [a, b], policy: hot, redirect: vip, failover: {if_failed: retry, retry_after: 6m, success: 90%}}",
		"A failed promotion is not left to people: the machine waits until `retry_after` has passed since the attempt began, and tries again (R15)."},
	{"Hot standby, people decide", "{replicas: [a, b], policy: hot, redirect: vip, failover: manual}",
		"A person is paged, finds out what is wrong and acts (R18); a probe notices the fault."},
	{"Warm standby", "{replicas: [a, b], policy: warm, redirect: proxy, failover: automatic}",
		"The standby is powered, but must start its service and catch up before it is promoted. Its hardware ages more slowly (R22)."},
	{"Cold standby", "{replicas: [a, b], policy: cold, redirect: dns, failover: automatic}",
		"The standby is off, or has yet to be provisioned; it may not start when it is called (R22)."},
	{"Quorum", "{replicas: [a, b, c], policy: quorum}",
		"The members elect a leader while a majority of all of them is in touch (R25). Detection is part of the election; losing a follower costs nothing. A planned change of leader costs nothing either."},
	{"Leaderless", "{replicas: [a, b, c], policy: leaderless}",
		"Every replica answers. Data is served while enough of its copies are in reach; nobody leads, so nobody is promoted."},
}

// stimulus is a signal with the words for it.
type stimulus struct {
	text string
	model.Signal
}

var stimuli = []stimulus{
	{"the primary is believed lost", model.Signal{Kind: model.PrimaryLost, Lost: true, Eligible: 1, Next: 2, Refused: model.None}},
	{"it is lost, and nobody may take over", model.Signal{Kind: model.PrimaryLost, Lost: true, Eligible: model.None, Next: model.None, Refused: model.None}},
	{"only a person may accept what the candidate lacks", model.Signal{Kind: model.PrimaryLost, Lost: true, Eligible: model.None, Next: model.None, Refused: 1}},
	{"it is too soon after other failovers, people decide", model.Signal{Kind: model.PrimaryLost, Lost: true, Eligible: 1, Next: 2, Refused: model.None, Held: true}},
	{"the primary is back", model.Signal{Kind: model.PrimaryBack, Eligible: 1, Next: 2, Refused: model.None}},
	{"the candidate is lost, too", model.Signal{Kind: model.CandidatesChanged, Lost: true, Eligible: model.None, Next: model.None, Refused: model.None, Unfit: true}},
	{"another candidate has to do", model.Signal{Kind: model.CandidatesChanged, Lost: true, Eligible: 2, Next: 2, Refused: model.None, Unfit: true}},
	{"a candidate is up", model.Signal{Kind: model.CandidatesChanged, Lost: true, Eligible: 2, Next: 2, Refused: model.None}},
	{"", model.Signal{Kind: model.StepEnded, Lost: true, Eligible: 1, Next: model.None, Refused: model.None}},
	{"", model.Signal{Kind: model.StepEnded, Eligible: 1, Next: model.None, Refused: model.None}},
	{"", model.Signal{Kind: model.StepEnded, Lost: true, Eligible: 1, Next: model.None, Refused: model.None, Broken: true}},
	{"a planned change of roles", model.Signal{Kind: model.SwitchoverDue, Eligible: 1, Next: 2, Refused: model.None}},
}

// transition is one way from a phase to another, or back to its beginning.
type transition struct {
	from, to model.Phase
	why      string
}

// transitions finds out what a policy does, by sending it every signal in every state that it can come to.
func transitions(p model.Policy) (list []transition) {
	type state struct {
		model.GroupState
		armed bool
	}
	known, queue := map[state]bool{}, []state{{GroupState: p.Start(3)}}
	for len(queue) > 0 {
		was := queue[0]
		queue = queue[1:]
		if known[was] || was.Attempt > 2 {
			continue
		}
		known[was] = true
		for _, in := range stimuli {
			if in.Kind == model.StepEnded && !was.armed || !mayBeSent(in.Signal, was.Phase) {
				continue
			}
			for luck := range uint64(16) {
				now, out, sig := was, model.Reaction{}, in.Signal
				p.React(&now.GroupState, &sig, rand.New(rand.NewPCG(luck, 1)), &out)
				now.armed = out.Arm || was.armed && !out.Stop && in.Kind != model.StepEnded
				now.Spent, now.Redirect = min(now.Spent, 1), 0
				if now.Phase != was.Phase || out.Arm {
					list = append(list, transition{was.Phase, now.Phase, in.reason(&was.GroupState, &now.GroupState, &out)})
				}
				queue = append(queue, now)
			}
		}
	}
	slices.SortFunc(list, func(a, b transition) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.why, b.why))
	})
	return slices.Compact(list)
}

// mayBeSent tells what the engine sends in which phase.
func mayBeSent(sig model.Signal, phase model.Phase) bool {
	switch sig.Kind {
	case model.PrimaryLost:
		return phase == model.Serving
	case model.SwitchoverDue:
		return phase == model.Serving
	case model.CandidatesChanged:
		return phase != model.Serving && phase != model.Redirection && (phase == model.Repair) != sig.Unfit
	case model.PrimaryBack:
		return phase != model.Serving
	}
	return true
}

// reason puts into words what a transition comes of.
func (in *stimulus) reason(was, now *model.GroupState, out *model.Reaction) string {
	text := in.text
	switch {
	case in.Kind != model.StepEnded:
	case out.Event == model.AttemptFailed:
		text = "it failed"
	case out.Event == model.Cancelled:
		text = "it failed, but the primary is back"
	case out.Fence:
		text = "the old primary is off"
	case out.Promote && now.Phase == model.Serving:
		text = "a new one leads"
	case out.Promote:
		text = "it leads"
	case was.Phase == model.Decision && now.Phase == model.Repair:
		text = "nobody can be elected"
	case was.Phase == model.Decision:
		text = "decided"
	case was.Phase == model.Redirection:
		text = "clients are there"
	}
	if in.Kind == model.StepEnded && now.Manual && !was.Manual {
		text += ", people go on"
	}
	return text
}

// diagram draws transitions.
func diagram(list []transition) string {
	var b strings.Builder
	b.WriteString("```mermaid\nstateDiagram-v2\n  [*] --> serving\n")
	for i := 0; i < len(list); {
		var why []string
		j := i
		for ; j < len(list) && list[j].from == list[i].from && list[j].to == list[i].to; j++ {
			why = append(why, list[j].why)
		}
		fmt.Fprintf(&b, "  %v --> %v: %s\n", list[i].from, list[i].to, strings.Join(why, " / "))
		i = j
	}
	return b.String() + "```\n"
}

// lasting is a phase with its mean duration.
type lasting struct {
	phase model.Phase
	mean  model.Seconds
	says  string // which keys say how long
}

// timeline is what a failover of a service takes phase by phase, on average, if a machine stops at once.
func timeline(s *model.Service) (list []lasting) {
	add := func(phase model.Phase, mean model.Seconds, says string) {
		list = append(list, lasting{phase, mean, says})
	}
	if s.Detector != nil {
		says := "`failover.detection`"
		if s.Policy.Style() == model.Shared {
			says = "`health_check`"
		}
		add(model.Detection, averaged(func(r *rand.Rand) model.Seconds { return s.Detector.Delay(model.OSCrash, r) }), says)
	}
	switch p := s.Policy.(type) {
	case *policies.Quorum:
		add(model.Decision, p.Election.Mean(), "`detection`")
	case *policies.ActivePassive:
		decision, says := p.Decision.Mean(), "`failover.decision`"
		if p.Manual {
			decision, says = averaged(func(r *rand.Rand) model.Seconds { return p.Human.Sample(r, false) }), "`failover.human`"
		}
		add(model.Decision, decision, says)
		if p.Stonith != nil {
			add(model.Fencing, averaged(func(r *rand.Rand) model.Seconds { x, _ := p.Stonith.Sample(r); return x }), "`failover.fencing`")
		}
		add(model.Activation, p.Activate.Mean(), map[policies.Temperature]string{policies.Hot: "`promote`", policies.Warm: "`start`, `catch_up`, `promote`",
			policies.Cold: "`provision`, `boot`, `configure`"}[p.Standby])
		redirect := model.Seconds(0)
		if p.Redirect != nil {
			redirect = p.Redirect.Mean()
		}
		add(model.Redirection, redirect, "`redirect`")
	}
	return list
}

// averaged is a mean of many draws, always the same ones.
func averaged(draw func(*rand.Rand) model.Seconds) model.Seconds {
	r, sum := rand.New(rand.NewPCG(1, 1)), 0.0
	const n = 200_000
	for range n {
		sum += float64(draw(r))
	}
	mean := sum / n
	digits := math.Pow(10, 2-math.Floor(math.Log10(max(mean, 1e-3))))
	return model.Seconds(math.Round(mean*digits) / digits)
}

// bars draws a timeline to its scale.
func bars(list []lasting) string {
	const width = 48
	total, at := model.Seconds(0), model.Seconds(0)
	for _, l := range list {
		total += l.mean
	}
	var b strings.Builder
	fmt.Fprintf(&b, "```text\n%-12s fault%s%v\n", "", strings.Repeat(" ", width-9), total.Round())
	for _, l := range list {
		from := int(math.Round(float64(at / total * width)))
		at += l.mean
		to := int(math.Round(float64(at / total * width)))
		bar := strings.Repeat("█", to-from)
		if to == from && l.mean > 0 {
			bar = "▏"
		}
		fmt.Fprintf(&b, "%-12v %s%s%s %s\n", l.phase, strings.Repeat("·", from), bar, strings.Repeat("·", max(0, width-from-len([]rune(bar)))), l.mean.Round())
	}
	return b.String() + "```\n"
}

// policySection describes one policy.
func policySection(t *testing.T, b *strings.Builder, title, yaml, text string) {
	t.Helper()
	topo := load(t, twoNodes+"services: {s: "+yaml+"}\n")
	s := &topo.System.Services[0]
	fmt.Fprintf(b, "\n## %s\n\n`%s`\n\n%s\n\n", title, yaml, text)
	ways, times := transitions(s.Policy), timeline(s)
	if len(ways) > 0 {
		b.WriteString(diagram(ways) + "\n")
	}
	if len(times) == 0 {
		b.WriteString("A failure is seen at once, and there is nothing to decide or to wait for.\n")
		return
	}
	b.WriteString(bars(times) + "\n| Phase | Said by | On average |\n|---|---|---|\n")
	for _, l := range times {
		fmt.Fprintf(b, "| %v | %s | %s |\n", l.phase, l.says, l.mean.Round())
	}
}

func TestPoliciesAreDocumented(t *testing.T) {
	var b strings.Builder
	b.WriteString(policiesIntro)
	for _, p := range phasesTold {
		fmt.Fprintf(&b, "| %v | %s | %s |\n", p.phase, p.text, p.serving)
	}
	if len(phasesTold) != int(model.NumPhases)-1 {
		t.Errorf("%d of %d phases are explained", len(phasesTold), model.NumPhases-1)
	}
	for _, p := range shownPolicies {
		policySection(t, &b, p.title, p.yaml, p.text)
	}
	for _, word := range policyWords {
		if !strings.Contains(b.String(), "policy: "+word) && word != "active-passive" {
			t.Errorf("the policy %s is not on the page", word)
		}
	}
	upToDate(t, "../docs/policies.md", b.String())
}
