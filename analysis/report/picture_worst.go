package report

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// maxTracks is how many journeys the timeline shows.
const maxTracks = 12

func worstPicture(d *Document) *picture {
	sum := d.Summary
	w := &sum.Worst
	tracks := worstTracks(sum)
	p := newPicture(d)
	p.grid(false, true)
	long := longest(sum, w)
	which := fmt.Sprintf("The worst of %s replications", grouped(sum.Replications))
	if sum.Replications == 1 {
		which = "The only replication"
	}
	p.title = fmt.Sprintf("%s: %s down %s in one outage, begun by %s", which,
		brief(sum.System.Journeys[long.Journey].Name), spoken(float64(long.Down(w.Horizon))), brief(sum.System.ElementName(long.Initiator)))
	n := 0
	for i := range w.Outages {
		if slices.Contains(sum.Users, int(w.Outages[i].Journey)) {
			n++
		}
	}
	p.sub = fmt.Sprintf("Replication %d: %s of journeys, together %s; short ones are drawn wider and in the colour of their longest phase",
		w.Replication, counted(n, "outage"), spoken(float64(w.Down)))
	p.keys = append([]key{{"up", calm}}, phaseKeys(w, tracks)...)
	p.xlab = "Time since the start"
	p.room = noteRoom
	p.trackNames(sum, tracks)
	p.X.Tick.Marker = linearTimes(float64(w.Horizon))
	p.X.Min, p.X.Max = 0, float64(w.Horizon)
	p.tellTracks(sum, w, tracks)
	p.over = func(c draw.Canvas) { p.tracks(c, w, tracks, long) }
	return p
}

// trackNames labels the journeys and services of a timeline.
func (p *picture) trackNames(sum *analysis.Summary, tracks []int) {
	var ticks plot.ConstantTicks
	for i, j := range tracks {
		name := brief(sum.System.Journeys[j].Name)
		if sum.System.Journeys[j].Service >= 0 && !slices.Contains(sum.Users, j) {
			name += " (service)"
		}
		ticks = append(ticks, plot.Tick{Value: float64(len(tracks) - 1 - i), Label: name})
	}
	p.Y.Tick.Marker, p.Y.Tick.Label.Color = ticks, ink
	p.shelves(len(tracks))
}

// tellTracks has a tip for each outage of a timeline.
func (p *picture) tellTracks(sum *analysis.Summary, w *analysis.Worst, tracks []int) {
	for i := range w.Outages {
		a := &w.Outages[i]
		at := slices.Index(tracks, int(a.Journey))
		if at < 0 || len(p.tips) == maxTips {
			continue
		}
		y := float64(len(tracks) - 1 - at)
		p.tip(float64(a.Start), y-.34, float64(a.Start+a.Down(w.Horizon)), y+.34, "%s: down %s, begun by %s, mostly %v",
			sum.System.Journeys[a.Journey].Name, spoken(float64(a.End-a.Start)), sum.System.ElementName(a.Initiator), mainPhase(a))
	}
}

// maxTips is how many outages of a timeline can be pointed at.
const maxTips = 150

// worstTracks lists user journeys, then services that were down.
func worstTracks(sum *analysis.Summary) []int {
	list := slices.Clone(firstUsers(sum))
	for i := range sum.Worst.Outages {
		if j := int(sum.Worst.Outages[i].Journey); !slices.Contains(list, j) && len(list) < maxTracks {
			list = append(list, j)
		}
	}
	slices.SortStableFunc(list[len(firstUsers(sum)):], func(a, b int) int { return a - b })
	return list
}

// longest is the outage of a user journey with the most downtime.
func longest(sum *analysis.Summary, w *analysis.Worst) *model.Outage {
	var best *model.Outage
	for i := range w.Outages {
		a := &w.Outages[i]
		if slices.Contains(sum.Users, int(a.Journey)) && (best == nil || a.Down(w.Horizon) > best.Down(w.Horizon)) {
			best = a
		}
	}
	return best
}

// phaseKeys explains the colours of the phases that occur on the tracks.
func phaseKeys(w *analysis.Worst, tracks []int) []key {
	var down [model.NumPhases]model.Seconds
	for i := range w.Outages {
		if a := &w.Outages[i]; slices.Contains(tracks, int(a.Journey)) {
			for ph, t := range a.Phases {
				down[ph] += t
			}
		}
	}
	var keys []key
	for ph, t := range down {
		if t > 0 {
			keys = append(keys, key{model.Phase(ph).String(), phaseColors[ph]})
		}
	}
	return keys
}

// mainPhase is the phase an outage spent most of its time in.
func mainPhase(a *model.Outage) model.Phase {
	best := model.Phase(0)
	for ph, t := range a.Phases {
		if t > a.Phases[best] {
			best = model.Phase(ph)
		}
	}
	return best
}

func (p *picture) tracks(c draw.Canvas, w *analysis.Worst, tracks []int, long *model.Outage) {
	_, ty := p.Transforms(&c)
	half := min(vg.Points(11), (ty(1)-ty(0))*.34)
	for i, j := range tracks {
		y := ty(float64(len(tracks) - 1 - i))
		box(c, calm, c.Min.X, y-half, c.Max.X, y+half)
		for k := range w.Outages {
			a := &w.Outages[k]
			if int(a.Journey) != j {
				continue
			}
			p.outage(c, a, w.Horizon, y-half, y+half)
		}
		if j == int(long.Journey) {
			note := spoken(float64(long.Down(w.Horizon)))
			if most := mainPhase(long); 2*long.Phases[most] > long.Down(w.Horizon) {
				note += ", mostly " + most.String()
			}
			above := y + half
			if ty(1)-ty(0)-2*half < vg.Points(noteRoom+4) { // no room between two tracks
				above = ty(float64(len(tracks)-1)) + half
			}
			p.pointAt(c, w, long, y+half, above, note)
		}
	}
}

// seenWidth is how wide an outage must be for its phases to be told apart.
const seenWidth = 4

// outage draws the phases of an outage in the order of an incident, which is nearly always that in which
// they came; an outcome does not say.
func (p *picture) outage(c draw.Canvas, a *model.Outage, horizon model.Seconds, y0, y1 vg.Length) {
	tx := p.within(c)
	x0, x1 := tx(a.Start), tx(a.Start+a.Down(horizon))
	if x1-x0 < vg.Points(seenWidth) {
		box(c, phaseColors[mainPhase(a)], x0, y0, min(max(x1, x0+vg.Points(1.5)), c.Max.X+vg.Points(1.5)), y1)
		return
	}
	at := a.Start
	for ph, t := range a.Phases {
		if t > 0 {
			box(c, phaseColors[ph], tx(at), y0, tx(at+t), y1)
			at += t
		}
	}
}

// within places times on the x axis; what lies outside is at its ends.
func (p *picture) within(c draw.Canvas) func(model.Seconds) vg.Length {
	tx, _ := p.Transforms(&c)
	return func(t model.Seconds) vg.Length { return min(max(tx(float64(t)), c.Min.X), c.Max.X) }
}

// noteRoom is what the note on the longest outage needs above the tracks, in points.
const noteRoom = 13

// pointAt writes how long the longest outage took, above its bar or, from where a line leads to it, above all tracks.
func (p *picture) pointAt(c draw.Canvas, w *analysis.Worst, a *model.Outage, bar, top vg.Length, s string) {
	st := lettering(9, true, ink)
	tx := p.within(c)
	middle := (tx(a.Start) + tx(a.Start+a.Down(w.Horizon))) / 2
	x := min(max(c.Min.X, middle-st.Width(s)/2), c.Max.X-st.Width(s))
	c.StrokeLine2(draw.LineStyle{Color: ink, Width: vg.Points(.8)}, middle, bar, middle, top+vg.Points(3))
	c.FillText(st, vg.Point{X: x, Y: top + vg.Points(5)}, s)
}

// incidentPicture is the timeline of an incident, with a tenth of its length before and after.
func incidentPicture(d *Document, in *incident) *picture {
	sum, tracks := d.Summary, trackList(in)
	w := &analysis.Worst{Replication: in.replication, Horizon: in.length() * 1.05}
	for _, a := range slices.Concat(in.users, in.services) {
		a.Start, a.End = a.Start-in.from, a.End-in.from
		a.Phases[mainPhase(&a)] += max(0, a.End-a.Start-total(a.Phases)) // what lies beyond the horizon
		w.Outages = append(w.Outages, a)
	}
	p := newPicture(d)
	p.grid(false, true)
	p.title = fmt.Sprintf("What was down, and what it waited for, in the %s from %s on", in.length().Round(), in.from.Clock())
	p.sub = "Time since the start of the incident; phases in the order of an incident"
	p.keys = append([]key{{"up", calm}}, phaseKeys(w, tracks)...)
	p.room = noteRoom
	p.trackNames(sum, tracks)
	p.X.Tick.Marker = linearTimes(float64(w.Horizon))
	p.X.Min, p.X.Max = -float64(in.length())*.05, float64(w.Horizon)
	p.tellTracks(sum, w, tracks)
	long := longest(sum, w)
	p.over = func(c draw.Canvas) { p.tracks(c, w, tracks, long) }
	return p
}

func total(phases [model.NumPhases]model.Seconds) (sum model.Seconds) {
	for _, t := range phases {
		sum += t
	}
	return sum
}
