package topology

import (
	"slices"
	"strconv"

	"github.com/ftsim/ftsim/model"
)

// Objectives may come from OpenSLO documents (github.com/OpenSLO/OpenSLO, version openslo/v1). An SLO whose
// indicator is a ratio is a promise of availability for the journey that its service is; other kinds of
// documents are passed over, and what is no ratio is refused.

const sloVersion = "openslo/v1"

// Annotations of ours say what OpenSLO has no words for.
const (
	sloJourney = "ftsim/journey"
	sloMark    = "ftsim/"
)

// promised puts the objectives of SLOs into a file: what they say of the availability of a journey takes the place of
// what the file says.
func promised(root *node, list []slo) *node {
	about := map[string]bool{}
	for i := range list {
		about[list[i].journey] = true
	}
	objectives := node{kind: sequenceNode, file: root.file}
	if i := root.index("objectives"); i >= 0 {
		for _, o := range root.parts[i+1].listed() {
			if o = o.unpromised(about); o != nil {
				objectives.parts = append(objectives.parts, *o)
			}
		}
	}
	for _, s := range list {
		objectives.parts = append(objectives.parts, s.items...)
	}
	out := *root
	out.parts = slices.Clone(root.parts)
	if i := root.index("objectives"); i >= 0 {
		out.parts[i+1] = objectives
		return &out
	}
	out.parts = append(out.parts, *word(list[0].at, "objectives"), objectives)
	return &out
}

// unpromised is an objective without the availability of some journeys; nil if nothing is left.
func (n *node) unpromised(journeys map[string]bool) *node {
	i := n.index("availability")
	if j := n.find("journey"); i < 0 || j == nil || !journeys[j.text] {
		return n
	}
	if n.find("rto") == nil && n.find("rpo") == nil {
		return nil
	}
	return n.lacking(i)
}

// listed are the items of a list, or a single value.
func (n *node) listed() []*node {
	if n.kind == sequenceNode {
		return n.items()
	}
	return []*node{n}
}

// doubts says where an SLO counts otherwise than the simulation.
func (s *slo) doubts(sys *model.System, plan *model.Plan) (ps model.Problems) {
	warn := func(n *node, what, hint string) {
		ps = append(ps, model.Problem{Severity: model.Warning, At: n.at(), What: "SLO of " + quoted(s.journey) + ": " + what, Hint: hint, Width: int(n.width)})
	}
	if s.window != nil {
		if w, _ := sloDuration(s.window.text); w != plan.Horizon {
			warn(s.window, "its window is "+s.window.text+", and what is judged is the availability over the horizon of "+plan.Horizon.String()+"; single windows vary more",
				"simulation.horizon decides how long is judged")
		}
	}
	for i := range sys.Journeys {
		j := &sys.Journeys[i]
		if j.Name != s.journey {
			continue
		}
		served := strconv.FormatFloat(100*j.Threshold, 'f', -1, 64) + " %"
		if s.counting != nil {
			warn(s.counting, "it counts requests, and the simulation the time in which at least "+served+" of the requests are served", "budgetingMethod: Timeslices counts time")
			return ps
		}
		if s.slices != nil && !sameShare(s.slices.text, j.Threshold) {
			warn(s.slices, "a slice is good from "+clip(s.slices.text)+" on, and in the design from "+served+" served", "counts_as_up_when.served decides in the design")
		}
	}
	return ps
}

func sameShare(text string, x float64) bool {
	v, err := strconv.ParseFloat(text, 64)
	return err == nil && v > x-1e-9 && v < x+1e-9
}
