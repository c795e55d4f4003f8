package report

import (
	"fmt"
	"image/color"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// causeRow is one bar: downtime per year by phase.
type causeRow struct {
	name   string
	phases [model.NumPhases]float64
}

func causesPicture(d *Document, j int) *picture {
	b := &d.Summary.Blame[j]
	rows := causeRows(d.Summary.System, b)
	p := newPicture(d)
	p.grid(false, true)
	p.title = fmt.Sprintf("%s causes %s of the downtime of %s; %s of all is %s", brief(b.Initiators[0].Name), share(b.Initiators[0].Share),
		brief(b.Name), share(b.Phases[0].Share), b.Phases[0].Phase)
	p.sub = "Mean downtime per year by the event that began the outage and by what users were waiting for"
	p.xlab = "Downtime per year"
	for _, ph := range b.Phases {
		p.keys = append(p.keys, key{ph.Phase.String(), phaseColors[ph.Phase]})
	}
	slices.SortFunc(p.keys, func(x, y key) int { return phaseOrder(x) - phaseOrder(y) })
	high := 0.0
	var ticks plot.ConstantTicks
	for i, r := range rows {
		sum := 0.0
		for _, v := range r.phases {
			sum += v
		}
		high = max(high, sum)
		ticks = append(ticks, plot.Tick{Value: float64(len(rows) - 1 - i), Label: brief(r.name)})
	}
	p.Y.Tick.Marker, p.Y.Tick.Label.Color = ticks, ink
	p.X.Tick.Marker = linearTimes(high)
	p.X.Min, p.X.Max = 0, high*1.03
	p.shelves(len(rows))
	p.tellStack(rows)
	p.over = func(c draw.Canvas) { p.stack(c, rows) }
	return p
}

func phaseOrder(k key) int {
	for ph := model.Phase(0); ph < model.NumPhases; ph++ {
		if ph.String() == k.name {
			return int(ph)
		}
	}
	return 0
}

func causeRows(sys *model.System, b *analysis.Blame) []causeRow {
	place := map[model.Element]int{}
	var rows []causeRow
	for i, in := range b.Initiators {
		if i == topCauses && len(b.Initiators) > topCauses+1 {
			rows = append(rows, causeRow{name: fmt.Sprintf("%d others", len(b.Initiators)-topCauses)})
		}
		if i < topCauses || len(b.Initiators) == topCauses+1 {
			rows = append(rows, causeRow{name: sys.ElementName(in.Element)})
		}
		place[in.Element] = len(rows) - 1
	}
	for _, c := range b.Cells {
		rows[place[c.Initiator]].phases[c.Phase] += float64(c.Down) / b.Years
	}
	return rows
}

// shelves makes room for n bars, in the middle if they are few.
func (p *picture) shelves(n int) {
	spare := max(0, 3-float64(n)) / 2
	p.Y.Min, p.Y.Max = -.6-spare, float64(n)-.4+spare
}

// stack draws the bars over the finished grid.
func (p *picture) stack(c draw.Canvas, rows []causeRow) {
	tx, ty := p.Transforms(&c)
	half := min(vg.Points(11), (ty(1)-ty(0))*.36)
	for i, r := range rows {
		y, at := ty(float64(len(rows)-1-i)), 0.0
		for ph, v := range r.phases {
			if v > 0 {
				box(c, phaseColors[ph], tx(at), y-half, tx(at+v), y+half)
				at += v
			}
		}
	}
}

func (p *picture) tellStack(rows []causeRow) {
	for i, r := range rows {
		y, at := float64(len(rows)-1-i), 0.0
		for ph, v := range r.phases {
			if v > 0 {
				p.tip(at, y-.36, at+v, y+.36, "%s, %v: %s a year", r.name, model.Phase(ph), spoken(v))
				at += v
			}
		}
	}
}

var phaseColors = [model.NumPhases]color.NRGBA{
	model.Serving: hairline, model.Detection: hue(0x56B4E9), model.Decision: hue(0xCC79A7), model.Fencing: hue(0xF0E442),
	model.Activation: blue, model.Redirection: hue(0x009E73), model.Warming: faintInk, model.Repair: hue(0xE69F00),
	model.Unreached: ink, model.WriteBlock: hue(0x8C6D31), model.Overload: vermilion, model.Reconciling: mutedInk,
}
