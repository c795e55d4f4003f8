package main

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/ftsim/ftsim/engine"
	"github.com/ftsim/ftsim/model"
)

// story tells the notes of one replication to a reader.
type story struct {
	sys     *model.System
	cushion func(int32) string // names a cache or queue
	plan    *model.Plan
	notes   []engine.Note
	outcome *model.Outcome
}

// head says which replication this is and what came of it.
func (s *story) head(w io.Writer, file string) {
	fmt.Fprintf(w, "replication %d of %s, seed %d: %v, %s\n", s.outcome.Replication, file, s.plan.Seed,
		s.outcome.Horizon, count(int(s.outcome.Events), "event"))
	down, outages := make([]model.Seconds, len(s.sys.Journeys)), make([]int, len(s.sys.Journeys))
	for i := range s.outcome.Outages {
		o := &s.outcome.Outages[i]
		down[o.Journey] += o.Down(s.outcome.Horizon)
		outages[o.Journey]++
	}
	for j, n := range outages {
		if n > 0 {
			fmt.Fprintf(w, "%s: down %s in %s\n", s.sys.Journeys[j].Name, down[j].Round(), count(n, "outage"))
		}
	}
	fmt.Fprintln(w)
}

// everything tells all notes, one per line.
func (s *story) everything(w io.Writer) {
	since := newElapsed(s)
	for i := range s.notes {
		s.line(w, "", []int{i}, since)
	}
}

// incidents tells the notes that belong to incidents, grouped, and how many were left out.
func (s *story) incidents(w io.Writer) {
	told := make([]bool, len(s.notes))
	list := findIncidents(s)
	tellOnce(s, list)
	since := newElapsed(s)
	for n, in := range list {
		fmt.Fprintf(w, "%d. %s\n", n+1, s.title(in))
		for _, i := range in.lines {
			told[i] = true
		}
		for rest := in.lines; len(rest) > 0; {
			n := s.chorus(rest, since)
			s.line(w, "   ", rest[:n], since)
			rest = rest[n:]
		}
		fmt.Fprintln(w)
	}
	left := 0
	for _, t := range told {
		if !t {
			left++
		}
	}
	switch {
	case len(list) == 0:
		fmt.Fprintf(w, "No journey went down and no service changed roles. %s touched nobody; --all shows them.\n", count(left, "event"))
	case left > 0:
		fmt.Fprintf(w, "%s without consequences for users left out; --all shows them.\n", count(left, "event"))
	}
}

// title sums up an incident: which users were down for how long, else which service acted.
func (s *story) title(in *incident) string {
	var parts []string
	for rest := s.usersFirst(in.journeys); len(rest) > 0; {
		names, alike := "", 0
		for _, j := range rest {
			if in.lasted(j) != in.lasted(rest[0]) {
				break
			}
			names += ", " + s.sys.Journeys[j].Name
			alike++
		}
		parts = append(parts, names[2:]+" down for "+in.lasted(rest[0]))
		rest = rest[alike:]
	}
	if len(parts) == 0 {
		for _, v := range in.services {
			parts = append(parts, s.sys.Services[v].Name+s.quietly(in, v)+" without an outage")
		}
	}
	return s.notes[in.first].At.Clock() + "  " + strings.Join(parts, "; ")
}

// usersFirst leaves out the journeys that merely observe a service, unless there are no others.
func (s *story) usersFirst(journeys []int32) []int32 {
	var users []int32
	for _, j := range journeys {
		if s.sys.Journeys[j].Service < 0 {
			users = append(users, j)
		}
	}
	if len(users) == 0 {
		return journeys
	}
	return users
}

// lasted says how long a journey was down in an incident.
func (in *incident) lasted(j int32) string {
	if in.endless[j] {
		return in.down[j].Round() + " and not up again"
	}
	return in.down[j].Round()
}

// chorus counts how many notes from the first on say the same of different journeys.
func (s *story) chorus(lines []int, since *elapsed) int {
	first := &s.notes[lines[0]]
	n := 1
	if first.Kind != engine.JourneyDown && first.Kind != engine.JourneyUp {
		return n
	}
	for _, i := range lines[1:] {
		next := &s.notes[i]
		if next.Kind != first.Kind || next.At != first.At || next.Phase != first.Phase || since.spent(i) != since.spent(lines[0]) {
			break
		}
		n++
	}
	return n
}

// line tells one note, or several that say the same of different journeys.
func (s *story) line(w io.Writer, indent string, lines []int, since *elapsed) {
	fmt.Fprintf(w, "%s%-18s %s\n", indent, s.notes[lines[0]].At.Clock(), s.sentence(lines, since))
}

// sentence is a line without its time.
func (s *story) sentence(lines []int, since *elapsed) string {
	text := s.words(lines[0], since)
	if len(lines) > 1 {
		first := s.sys.Journeys[s.notes[lines[0]].Journey].Name
		names := []string{}
		for _, i := range lines {
			names = append(names, s.sys.Journeys[s.notes[i].Journey].Name)
		}
		text = strings.Join(names, ", ") + strings.Replace(strings.TrimPrefix(text, first), " is ", " are ", 1)
	}
	return text
}

// words says in a sentence what a note is about.
func (s *story) words(i int, since *elapsed) string {
	n := &s.notes[i]
	switch n.Kind {
	case engine.ComponentFailed:
		c := &s.sys.Components[n.Component]
		return fmt.Sprintf("%s %s fails: %v", c.Kind, c.Name, n.Mode)
	case engine.ComponentRepaired:
		return fmt.Sprintf("%s works again%s", s.sys.Components[n.Component].Name, since.of(i))
	case engine.RebuildFailed:
		return fmt.Sprintf("%s cannot be rebuilt: read errors, and its set has nothing to correct them", s.sys.Components[n.Component].Name)
	case engine.CauseStruck:
		return fmt.Sprintf("common cause %s strikes: %v", s.sys.Causes[n.Component].Name, n.Mode)
	case engine.CauseEnded:
		return fmt.Sprintf("common cause %s is over%s", s.sys.Causes[n.Component].Name, since.of(i))
	case engine.BelievedDown:
		return fmt.Sprintf("%s takes %s for down%s", s.sys.Services[n.Service].Name, s.member(n.Service, n.Member), noticed(n))
	case engine.BelievedUp:
		return fmt.Sprintf("%s takes %s for up%s", s.sys.Services[n.Service].Name, s.member(n.Service, n.Member), noticed(n))
	case engine.SteppedDown, engine.WentOn:
		return fmt.Sprintf("%s: %s%s", s.sys.Services[n.Service].Name, s.stops(n), since.of(i))
	case engine.PromotionFailed:
		return fmt.Sprintf("%s: %s does not start as the primary", s.sys.Services[n.Service].Name, s.member(n.Service, n.Member))
	case engine.SplitBegan:
		return fmt.Sprintf("%s: split brain, %s goes on for those it reaches", s.sys.Services[n.Service].Name, s.member(n.Service, n.Member))
	case engine.SplitEnded:
		text := fmt.Sprintf("%s: %s gives way to the new primary", s.sys.Services[n.Service].Name, s.member(n.Service, n.Member))
		if after := since.of(i); after != "" {
			text += "," + after + " of split brain"
		}
		return text
	case engine.PhaseEntered:
		return s.sys.Services[n.Service].Name + " " + s.phase(i, since)
	case engine.DataLost:
		return fmt.Sprintf("%s %s: %s", s.sys.Services[n.Service].Name, s.continues(n), lost(n.Delay))
	case engine.DataCorrupted:
		return fmt.Sprintf("%s: data goes bad on %s, unnoticed", s.sys.Services[n.Service].Name, s.member(n.Service, n.Member))
	case engine.CorruptionFound:
		return fmt.Sprintf("%s: bad data is found on %s", s.sys.Services[n.Service].Name, s.member(n.Service, n.Member))
	case engine.CorruptionMended:
		return fmt.Sprintf("%s: the data on %s is sound again%s", s.sys.Services[n.Service].Name, s.member(n.Service, n.Member), since.of(i))
	case engine.JourneyDown:
		return fmt.Sprintf("%s is DOWN (%v)", s.sys.Journeys[n.Journey].Name, n.Phase)
	case engine.JourneyUp:
		return fmt.Sprintf("%s is up%s", s.sys.Journeys[n.Journey].Name, since.spent(i))
	case engine.WorkBegun:
		return fmt.Sprintf("planned work on %s begins", s.sys.Components[n.Component].Name)
	case engine.WorkEnded:
		return fmt.Sprintf("planned work on %s is done%s", s.sys.Components[n.Component].Name, since.of(i))
	case engine.CushionUsed:
		return fmt.Sprintf("%s stands in, for %s at most", s.cushion(n.Cushion), n.Delay.Round())
	case engine.CushionSpent:
		return s.cushion(n.Cushion) + " is of no more use"
	case engine.CushionFull:
		return s.cushion(n.Cushion) + " is as before"
	case engine.BranchesMet:
		return fmt.Sprintf("%s has two branches of its data, the other on %s, %s", s.sys.Services[n.Service].Name, s.member(n.Service, n.Member), toReconcile(n.Delay))
	case engine.Reconciled:
		return fmt.Sprintf("%s: the branches of its data are reconciled%s", s.sys.Services[n.Service].Name, since.of(i))
	case engine.BranchesMerged:
		return fmt.Sprintf("%s: what %s wrote on its side is merged into its data%s", s.sys.Services[n.Service].Name, s.member(n.Service, n.Member), overwritten(n.Delay))
	case engine.BranchKept:
		return fmt.Sprintf("%s: %s still has some of that, which may be salvaged", s.sys.Services[n.Service].Name, s.member(n.Service, n.Member))
	case engine.Salvaged:
		return fmt.Sprintf("%s: %s of the lost writes are salvaged from %s%s", s.sys.Services[n.Service].Name, n.Delay.Round(), s.member(n.Service, n.Member), since.of(i))
	case engine.JobStopped:
		return fmt.Sprintf("job %s is interrupted; it has lost %s of work so far", s.sys.Jobs[n.Job].Name, n.Delay.Round())
	case engine.JobDone:
		return fmt.Sprintf("job %s is done, after %s", s.sys.Jobs[n.Job].Name, n.Delay.Round())
	}
	return fmt.Sprintf("something happens that this version has no words for (%d)", n.Kind)
}

func (s *story) member(service, member int32) string {
	members := s.sys.Services[service].Members
	if member < 0 || int(member) >= len(members) {
		return "nobody"
	}
	return s.sys.Components[members[member].Component].Name
}

// continues says with what data a store goes on.
func (s *story) continues(n *engine.Note) string {
	switch n.Source {
	case model.FromDisk:
		return fmt.Sprintf("goes on with what the disk of %s has", s.member(n.Service, n.Member))
	case model.FromBackup:
		return "goes on with a backup"
	case model.FromLog:
		return "goes on with a backup and the archived log"
	case model.FromSnapshot:
		return "goes on with a snapshot"
	case model.FromDelayed:
		return "goes on with the data of the delayed replica"
	case model.FromNowhere:
		return "has no copy to go on with"
	}
	if n.Member < 0 {
		return "goes on with the copies that are left"
	}
	return fmt.Sprintf("goes on with the data of %s", s.member(n.Service, n.Member))
}

// overwritten says what merging two branches costs, of the writes of so long a time.
func overwritten(t model.Seconds) string {
	if t == 0 {
		return ""
	}
	return "; of writes of " + t.Round() + ", those are lost that the other side has overwritten"
}

func toReconcile(took model.Seconds) string {
	if took == 0 {
		return "which are reconciled at once"
	}
	return "to be reconciled (takes " + took.Round() + ")"
}

func lost(t model.Seconds) string {
	if math.IsInf(float64(t), 1) {
		return "everything is lost"
	}
	return t.Round() + " of writes are lost"
}
