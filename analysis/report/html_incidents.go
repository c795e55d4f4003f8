package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// incident is a stretch of a replication in which journeys of users were down, each outage closer than the
// merge gap to the one before.
type incident struct {
	replication int
	from, to    model.Seconds
	open        bool           // not over when following stopped
	users       []model.Outage // of journeys of users, by start
	services    []model.Outage // of services, that overlap it
}

// length is the time to recovery.
func (in *incident) length() model.Seconds { return in.to - in.from }

// pageIncident is an incident as the page tells it.
type pageIncident struct {
	ID, Group, Name string // Name is its line in the list to pick from
	Words           []string
	Figure          *pageFigure
	Lines           []pageLine // event by event; may be empty
	More            string
}

type pageLine struct{ Clock, Text string }

// maxIncidents is how many incidents of the worst replication can be picked, the longest ones.
const maxIncidents = 25

// maxLines is how many events of an incident the page tells.
const maxLines = 80

// typical are the incidents one picks to see what is usual and what is bad: those at a quantile of the
// recovery time.
var typical = []struct {
	name string
	p    float64
}{{"median", .5}, {"one in twenty is longer", .95}, {"one in a hundred is longer", .99}, {"longest", 1}}

// incidents groups the outages of one replication, which come by start.
func incidents(sum *analysis.Summary, replication int, outages []model.Outage) (list []incident) {
	for _, a := range outages {
		if !slices.Contains(sum.Users, int(a.Journey)) || !a.Open && a.End-a.Start < sum.Plan.MinDowntime {
			continue
		}
		if n := len(list); n == 0 || a.Start-list[n-1].to >= sum.Plan.MergeGap {
			list = append(list, incident{replication: replication, from: a.Start, to: a.End})
		}
		in := &list[len(list)-1]
		in.to, in.open = max(in.to, a.End), in.open || a.Open
		in.users = append(in.users, a)
	}
	return list
}

// takeServices adds the outages of services that overlap an incident.
func (in *incident) takeServices(sum *analysis.Summary, outages []model.Outage) {
	for _, a := range outages {
		if !slices.Contains(sum.Users, int(a.Journey)) && a.Start < in.to && a.End > in.from {
			in.services = append(in.services, a)
		}
	}
}

// picked are incidents under a heading of the list to pick from.
type picked struct {
	group, name string
	incident
}

// picks are the incidents of the page: typical ones of all replications that are known outage by outage,
// then those of the worst replication.
func picks(sum *analysis.Summary) (list []picked) {
	byReplication := outagesBy(sum)
	var all []incident
	for _, part := range byReplication {
		all = append(all, incidents(sum, part[0].Replication, bare(part))...)
	}
	slices.SortStableFunc(all, func(a, b incident) int { return cmp.Compare(a.length(), b.length()) })
	taken := map[int]bool{}
	for _, q := range typical {
		if i := int(math.Ceil(q.p*float64(len(all)))) - 1; i >= 0 && !taken[i] {
			taken[i] = true
			in := all[i]
			for _, part := range byReplication {
				if part[0].Replication == in.replication {
					in.takeServices(sum, bare(part))
				}
			}
			list = append(list, picked{ofHowMany(sum, len(all)), q.name, in})
		}
	}
	w := &sum.Worst
	group := fmt.Sprintf("Of replication %d, the worst", w.Replication)
	for _, in := range longestOf(incidents(sum, w.Replication, w.Outages)) {
		in.takeServices(sum, w.Outages)
		list = append(list, picked{group, "", in})
	}
	return list
}

// ofHowMany says which incidents typical ones were picked from.
func ofHowMany(sum *analysis.Summary, n int) string {
	s := "Of " + counted(n, "incident")
	if sum.Outages.Replications < sum.Replications {
		s += fmt.Sprintf(" in the first %s replications", grouped(sum.Outages.Replications))
	}
	return s
}

// longestOf drops the shortest incidents if there are too many, and keeps the order of the others.
func longestOf(list []incident) []incident {
	if len(list) <= maxIncidents {
		return list
	}
	lengths := make([]model.Seconds, len(list))
	for i := range list {
		lengths[i] = list[i].length()
	}
	slices.Sort(lengths)
	least := lengths[len(lengths)-maxIncidents]
	return slices.DeleteFunc(list, func(in incident) bool { return in.length() < least })
}

// outagesBy splits the rows that were kept by replication.
func outagesBy(sum *analysis.Summary) (parts [][]analysis.OutageRow) {
	last := -1
	for row := range sum.Outages.All() {
		if row.Replication != last {
			parts, last = append(parts, nil), row.Replication
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], *row)
	}
	return parts
}

func bare(rows []analysis.OutageRow) []model.Outage {
	list := make([]model.Outage, len(rows))
	for i := range rows {
		list[i] = rows[i].Outage
	}
	return list
}

// Told lists the replications of which the page shows incidents. Who can replay them may add their story to
// the document, which then tells what broke, who noticed and what was done.
func Told(sum *analysis.Summary) (replications []int) {
	for _, p := range picks(sum) {
		if !slices.Contains(replications, p.replication) {
			replications = append(replications, p.replication)
		}
	}
	return replications
}

func incidentSection(d *Document) section {
	s := section{ID: "incidents", Title: "Incidents"}
	for _, f := range d.figures(aboutWorst) {
		s.Blocks = append(s.Blocks, figureBlock(f, nil))
	}
	var list []pageIncident
	for i, p := range picks(d.Summary) {
		list = append(list, d.incident(i, &p))
	}
	if len(list) > 0 {
		s.Blocks = append(s.Blocks, block{Incidents: list})
	}
	return s
}

func (d *Document) incident(i int, p *picked) pageIncident {
	out := pageIncident{ID: fmt.Sprintf("incident-%d", i+1), Group: p.group}
	out.Name = fmt.Sprintf("%s, %s: %s", p.from.Clock(), lasted(&p.incident), d.Summary.System.ElementName(p.users[0].Initiator))
	if p.name != "" {
		out.Name = fmt.Sprintf("%s: %s, replication %d: %s", p.name, lasted(&p.incident), p.replication, d.Summary.System.ElementName(p.users[0].Initiator))
	}
	out.Words = inWords(d.Summary, &p.incident)
	out.Figure = laidOut(incidentPicture(d, &p.incident), 70+26*float64(len(trackList(&p.incident))), nil)
	for _, c := range d.Story {
		if c.Replication != p.replication || c.To < p.from || c.From > p.to {
			continue
		}
		for _, l := range c.Lines {
			out.Lines = append(out.Lines, pageLine{l.At.Clock(), l.Text})
		}
	}
	if more := len(out.Lines) - maxLines; more > 0 {
		out.Lines = out.Lines[:maxLines]
		out.More = fmt.Sprintf("… and %s", counted(more, "event"))
	}
	return out
}

func lasted(in *incident) string {
	if in.open {
		return in.length().Round() + " and not over"
	}
	return in.length().Round()
}

// inWords tells an incident from what its outages say.
func inWords(sum *analysis.Summary, in *incident) (words []string) {
	sys, first := sum.System, &in.users[0]
	words = append(words, fmt.Sprintf("On %s of replication %d, %s (%s) took %s down.", in.from.Clock(), in.replication,
		sys.ElementName(first.Initiator), sys.ElementKind(first.Initiator), sys.Journeys[first.Journey].Name))
	switch {
	case first.Detected <= first.Start:
		words = append(words, "It was noticed at once.")
	case first.Detected < model.Never:
		words = append(words, fmt.Sprintf("It was noticed after %s.", (first.Detected-first.Start).Round()))
	default:
		words = append(words, "It was over before anybody noticed.")
	}
	for _, part := range [][]model.Outage{in.users, in.services} {
		for _, j := range journeysOf(part) {
			words = append(words, told(sum, part, j))
		}
	}
	if in.open {
		words = append(words, "When following stopped, it was not over.")
	}
	return words
}

// journeysOf lists the journeys of outages, in order of appearance.
func journeysOf(outages []model.Outage) (list []int32) {
	for i := range outages {
		if !slices.Contains(list, outages[i].Journey) {
			list = append(list, outages[i].Journey)
		}
	}
	return list
}

// told says how long a journey was down and what it waited for.
func told(sum *analysis.Summary, outages []model.Outage, j int32) string {
	var down model.Seconds
	var phases [model.NumPhases]model.Seconds
	var by []string
	n := 0
	for i := range outages {
		a := &outages[i]
		if a.Journey != j {
			continue
		}
		n++
		down += a.End - a.Start
		for ph, t := range a.Phases {
			phases[ph] += t
		}
		if name := sum.System.ElementName(a.Initiator); !slices.Contains(by, name) && len(by) < 3 {
			by = append(by, name)
		}
	}
	times := ""
	if n > 1 {
		times = fmt.Sprintf(" in %d outages, begun by %s", n, strings.Join(by, ", "))
	}
	var parts []string
	for ph, t := range phases {
		if t > 0 {
			parts = append(parts, t.Round()+" "+model.Phase(ph).String())
		}
	}
	name := sum.System.Journeys[j].Name
	if sum.System.Journeys[j].Service >= 0 {
		name = "The service " + name
	}
	return fmt.Sprintf("%s was down for %s%s: %s.", name, down.Round(), times, strings.Join(parts, ", "))
}

// trackList is what the timeline of an incident shows.
func trackList(in *incident) []int {
	var list []int
	for _, j := range append(journeysOf(in.users), journeysOf(in.services)...) {
		if !slices.Contains(list, int(j)) && len(list) < maxTracks {
			list = append(list, int(j))
		}
	}
	return list
}
