package topology

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// sloKinds are the documents of a file that are not about objectives.
var sloKinds = []string{"DataSource", "SLI", "AlertPolicy", "AlertCondition", "AlertNotificationTarget", "Service"}

// slo is an SLO as read: items of objectives, and what is to be said once the design is known.
type slo struct {
	items    []node
	journey  string
	at       *node // where the SLO is named
	window   *node // its length; nil if none is given
	slices   *node // share of a slice that must be good; nil if requests are counted
	counting *node // the method, if requests are counted
}

// sloReader reads the documents of a file.
type sloReader struct {
	*layering
	thresholds map[string]bool // of the SLIs in the file: whether they are no ratios
	bad        bool
}

func (r *sloReader) refuse(n *node, what, hint string) {
	r.bad = true
	r.fault(n, what, hint)
}

// slos reads the SLOs of a file.
func (l *layering) slos(f File) (list []slo, ok bool) {
	docs, ps := documents(f, `"apiVersion: `+sloVersion+`"`)
	l.ps = append(l.ps, ps...)
	r := &sloReader{layering: l, thresholds: map[string]bool{}, bad: len(ps) > 0}
	for i := range docs {
		if d := &docs[i]; textAt(d, "kind") == "SLI" {
			r.thresholds[textAt(d, "metadata", "name")] = inside(d, "spec", "thresholdMetric") != nil
		}
	}
	for i := range docs {
		d := &docs[i]
		if r.document(d) {
			list = append(list, r.slo(d))
		}
	}
	if len(list) == 0 && !r.bad && len(docs) > 0 {
		r.refuse(&docs[0], "there is no SLO in this file", "kind: SLO is what objectives are read from")
	}
	return list, !r.bad
}

// document tells whether a document is an SLO; what is none of OpenSLO is refused.
func (r *sloReader) document(d *node) bool {
	version, kind := inside(d, "apiVersion"), inside(d, "kind")
	switch {
	case d.kind != mappingNode || version == nil || kind == nil:
		r.refuse(d, "this is no OpenSLO document", `it begins with "apiVersion: `+sloVersion+`" and has a kind`)
	case version.text != sloVersion:
		r.refuse(version, "unknown version "+quoted(version.text)+" of OpenSLO", "this version reads "+sloVersion)
	case kind.text == "SLO":
		return true
	case !slices.Contains(sloKinds, kind.text):
		r.refuse(kind, "unknown kind "+quoted(kind.text), model.DidYouMean(clip(kind.text), append([]string{"SLO"}, sloKinds...)))
	}
	return false
}

// slo reads one SLO.
func (r *sloReader) slo(d *node) (s slo) {
	name := textAt(d, "metadata", "name")
	spec := inside(d, "spec")
	where := "SLO " + quoted(name)
	if spec == nil || spec.kind != mappingNode {
		r.refuse(d, where+`: "spec" is missing`, "")
		return s
	}
	s.at = inside(d, "metadata", "annotations", sloJourney)
	if s.at == nil {
		s.at = inside(spec, "service")
	}
	if s.at == nil || s.at.kind != scalarNode {
		r.refuse(spec, where+": which journey is it about?", "give spec.service the name of a journey or service of the design, or write the annotation "+sloJourney)
		return s
	}
	s.journey = s.at.text
	s.window = r.window(spec, where)
	objectives := inside(spec, "objectives")
	if objectives == nil || objectives.kind != sequenceNode || len(objectives.parts) == 0 {
		r.refuse(spec, where+": there are no objectives", "write for example objectives: [{target: 0.999}]")
		return s
	}
	if !r.ratio(spec, objectives, where) {
		return s
	}
	r.method(spec, &s, where)
	for i, o := range objectives.items() {
		share := r.target(o, where)
		if share == nil {
			continue
		}
		item := node{kind: mappingNode, file: o.file, line: o.line, column: o.column, width: 1}
		item.parts = append(item.parts, *word(s.at, "journey"), *s.at, *word(share, "availability"), *share)
		if i == 0 {
			r.annotated(d, &item)
		}
		s.items = append(s.items, item)
		if t := inside(o, "timeSliceTarget"); t != nil {
			s.slices = t
		}
	}
	return s
}

// ratio tells whether an SLO is about good parts of a whole.
func (r *sloReader) ratio(spec, objectives *node, where string) bool {
	const hint = "ftsim judges shares of good requests or of good time: a ratioMetric"
	threshold := inside(spec, "indicator", "spec", "thresholdMetric")
	ref := inside(spec, "indicatorRef")
	if threshold == nil && ref != nil && r.thresholds[ref.text] {
		threshold = ref
	}
	for _, o := range objectives.items() {
		if v := inside(o, "value"); threshold == nil && v != nil && inside(spec, "indicator", "spec", "ratioMetric") == nil {
			threshold = v
		}
	}
	if threshold != nil {
		r.refuse(threshold, where+": a metric held against a threshold, such as a latency, is nothing that ftsim simulates", hint)
		return false
	}
	if ref == nil && inside(spec, "indicator") == nil {
		r.refuse(spec, where+": there is no indicator", hint)
		return false
	}
	return true
}

// method reads how the budget is counted.
func (r *sloReader) method(spec *node, s *slo, where string) {
	switch m := inside(spec, "budgetingMethod"); {
	case m == nil:
		s.counting = s.at
	case m.text == "Occurrences":
		s.counting = m
	case m.text != "Timeslices":
		r.refuse(m, where+": "+quoted(m.text)+" is no way of counting that ftsim knows", "known are: Occurrences, Timeslices")
	}
}

// target is the share that an objective promises, as a topology writes it.
func (r *sloReader) target(o *node, where string) *node {
	share, percent := inside(o, "target"), inside(o, "targetPercent")
	switch {
	case share != nil && percent != nil:
		r.refuse(percent, where+": target and targetPercent are two ways of saying one thing", "give one of them")
		return nil
	case share == nil && percent == nil:
		r.refuse(o, where+": an objective has no target", "write target: 0.999 or targetPercent: 99.9")
		return nil
	}
	v, most := share, 1.0
	if share == nil {
		v, most = percent, 100
	}
	if x, err := strconv.ParseFloat(v.text, 64); v.kind != scalarNode || err != nil || !(x >= 0 && x < most) {
		hint := ""
		if x >= 1 && x < 100 && share != nil {
			hint = "if per cent are meant, write targetPercent: " + clip(v.text)
		}
		r.refuse(v, where+": a target is from 0 to below "+strconv.FormatFloat(most, 'f', -1, 64)+", not "+quoted(v.text), hint)
		return nil
	}
	out := *v
	if percent != nil {
		out.text += "%"
	}
	return &out
}

// annotated adds what annotations of ours say beside the availability.
func (r *sloReader) annotated(d, item *node) {
	for key, value := range entriesOf(inside(d, "metadata", "annotations")) {
		if name, ours := strings.CutPrefix(key.text, sloMark); ours && key.text != sloJourney {
			item.parts = append(item.parts, *word(key, name), *value)
		}
	}
}

// window is the time over which an SLO holds.
func (r *sloReader) window(spec *node, where string) *node {
	w := inside(spec, "timeWindow")
	if w == nil {
		return nil
	}
	if w.kind != sequenceNode || len(w.parts) != 1 {
		r.refuse(w, where+": a timeWindow has exactly one item", "write for example timeWindow: [{duration: 30d, isRolling: true}]")
		return nil
	}
	d := inside(&w.parts[0], "duration")
	if d == nil {
		r.refuse(w, where+": a window has a duration", "write for example 30d")
		return nil
	}
	if _, ok := sloDuration(d.text); !ok {
		r.refuse(d, where+": cannot read "+quoted(d.text)+" as a duration", "write for example 30d, 4w, 1M, 1Q or 1Y")
		return nil
	}
	return d
}

// longestWindow is how long an SLO may hold.
const longestWindow = 100 * model.Year

// sloDuration reads a duration of OpenSLO; months, quarters and years are those of the calendar, on the average.
func sloDuration(text string) (model.Seconds, bool) {
	units := map[string]model.Seconds{"m": model.Minute, "h": model.Hour, "d": model.Day, "w": 7 * model.Day,
		"M": model.Year / 12, "Q": model.Year / 4, "Y": model.Year}
	if len(text) < 2 {
		return 0, false
	}
	n, err := strconv.Atoi(text[:len(text)-1])
	unit := units[text[len(text)-1:]]
	d := model.Seconds(n) * unit
	return d, err == nil && d > 0 && d <= longestWindow
}

// inside follows keys into a mapping; nil if there is nothing.
func inside(n *node, keys ...string) *node {
	for _, k := range keys {
		if n == nil {
			return nil
		}
		n = n.find(k)
	}
	return n
}

// entriesOf are those of a mapping that may be missing.
func entriesOf(n *node) iter.Seq2[*node, *node] {
	if n == nil {
		n = &node{}
	}
	return n.entries()
}

func textAt(n *node, keys ...string) string {
	if v := inside(n, keys...); v != nil && v.kind == scalarNode {
		return v.text
	}
	return ""
}

// word is a key where another value stands.
func word(at *node, text string) *node {
	return &node{kind: scalarNode, text: text, file: at.file, line: at.line, column: at.column, width: at.width}
}
