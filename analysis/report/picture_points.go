package report

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/ftsim/ftsim/analysis"
)

// pointsPicture draws incidents by what they lost and how long they took. Where many were alike, a dot stands
// for all of them.
func pointsPicture(d *Document, pts *analysis.Points) *picture {
	sum := d.Summary
	ob := promise(sum, pts.Journey)
	rto, rpo := float64(ob.RTO), -1.0
	if ob.RPOSet {
		rpo = float64(ob.RPO)
	}
	p := newPicture(d)
	name := brief(pts.Name)
	p.title = "What incidents of " + name + " lost, and how long they took"
	if !math.IsNaN(pts.Both.Value) {
		p.title = fmt.Sprintf("%s of incidents of %s stay within RTO %s and RPO %s", share(pts.Both.Value), name, spoken(rto), spoken(rpo))
	}
	struck := int64(0)
	for _, s := range pts.Spots {
		struck += s.Incidents
	}
	p.sub = fmt.Sprintf("%s of %s in which a store was recovered; the larger a dot, the more of them", grouped(int(struck)), counted(int(pts.Incidents), "incident"))
	p.xlab, p.ylab = "Writes lost, in seconds of writing (log scale)", "Recovery time (log scale)"
	p.grid(true, true)
	plane := p.plane(pts.Spots, rpo, rto)
	p.tellSpots(pts.Spots, &plane)
	p.over = func(c draw.Canvas) {
		p.drawSpots(c, pts.Spots, &plane, rpo, rto)
		if rpo > 0 {
			p.upright(c, rpo, "RPO "+spoken(rpo))
		}
		if rto > 0 {
			p.level(c, rto, "RTO "+spoken(rto))
		}
	}
	if rpo > 0 {
		p.room = 14
	}
	return p
}

// plane is where spots are drawn: nothing and everything have places beside the axis of what was lost.
type plane struct{ none, all, most float64 }

// plane sets the axes: what was lost to the right, the time upwards.
func (p *picture) plane(spots []analysis.Spot, rpo, rto float64) plane {
	left, right, low, high := math.Inf(1), 0.0, math.Inf(1), 0.0
	var out plane
	total := false
	for _, s := range spots {
		out.most = max(out.most, float64(s.Incidents))
		low, high = min(low, s.Time), max(high, s.Time*analysis.SpotRatio)
		if total = total || math.IsInf(s.Point, 1); s.Point > 0 && !math.IsInf(s.Point, 1) {
			left, right = min(left, s.Point), max(right, s.Point*analysis.SpotRatio)
		}
	}
	if rpo > 0 {
		left, right = min(left, rpo), max(right, rpo)
	}
	if rto > 0 {
		low, high = min(low, rto), max(high, rto)
	}
	if right == 0 {
		left, right = 1, 60
	}
	y := axisOf(low, high)
	x := axisOf(left, right)
	margin := math.Pow(x.high/x.low, 0.1)
	out.none, out.all = x.low/margin, x.high*margin
	ticks := append(plot.ConstantTicks{{Value: out.none, Label: "nothing"}}, x.ticks...)
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Min, p.X.Max = out.none/math.Sqrt(margin), x.high
	if total {
		ticks = append(ticks, plot.Tick{Value: out.all, Label: "all"})
		p.X.Max = out.all * math.Sqrt(margin)
	}
	p.Y.Min, p.Y.Max = y.low, y.high
	p.X.Tick.Marker, p.Y.Tick.Marker = ticks, y.ticks
	return out
}

// timeAxis is a logarithmic axis of times between two milestones.
type timeAxis struct {
	low, high float64
	ticks     plot.ConstantTicks
}

func axisOf(low, high float64) timeAxis {
	q := &picture{Plot: plot.New()}
	q.logTimes(low, high)
	ticks, _ := q.X.Tick.Marker.(plot.ConstantTicks)
	return timeAxis{q.X.Min, q.X.Max, ticks}
}

// tellSpots says what dots stand for, the first of very many.
func (p *picture) tellSpots(spots []analysis.Spot, to *plane) {
	wide := math.Pow(p.X.Max/p.X.Min, 0.02)
	for i, s := range spots {
		if i == maxTips {
			return
		}
		x0, x1, what := s.Point, s.Point*analysis.SpotRatio, "lost "+spoken(s.Point)+" to "+spoken(s.Point*analysis.SpotRatio)
		switch {
		case s.Point == 0:
			x0, x1, what = to.none/wide, to.none*wide, "lost nothing"
		case math.IsInf(s.Point, 1):
			x0, x1, what = to.all/wide, to.all*wide, "lost everything, or without bound"
		}
		p.tip(x0, max(s.Time, p.Y.Min), x1, max(s.Time, p.Y.Min)*analysis.SpotRatio, "%s %s and took %s to %s", counted(int(s.Incidents), "incident"), what,
			spoken(s.Time), spoken(s.Time*analysis.SpotRatio))
	}
}

func (p *picture) drawSpots(c draw.Canvas, spots []analysis.Spot, to *plane, rpo, rto float64) {
	tx, ty := p.Transforms(&c)
	half := math.Sqrt(analysis.SpotRatio)
	for _, s := range spots {
		x, y := s.Point*half, max(s.Time*half, p.Y.Min)
		switch {
		case s.Point == 0:
			x = to.none
		case math.IsInf(s.Point, 1):
			x = to.all
		}
		col := faded(blue, 200)
		if beyond(s, rpo, rto) {
			col = faded(vermilion, 215)
		}
		dot(c, col, tx(x), ty(y), vg.Points(1.6+5.4*math.Sqrt(float64(s.Incidents)/to.most)))
	}
}

// beyond is whether a dot is drawn on the far side of a promise. Of a spot with the promise in its midst, the colour
// cannot be right for every incident; but it agrees with the line. Negative or zero is no promise, but for an rpo of zero.
func beyond(s analysis.Spot, rpo, rto float64) bool {
	half := math.Sqrt(analysis.SpotRatio)
	return rto > 0 && s.Time*half > rto || rpo >= 0 && s.Point*half > rpo
}

// level marks a value on the y axis by a dashed line with its meaning at the right end.
func (p *picture) level(c draw.Canvas, at float64, name string) {
	_, ty := p.Transforms(&c)
	ls := draw.LineStyle{Color: vermilion, Width: vg.Points(1.2), Dashes: []vg.Length{vg.Points(4), vg.Points(3)}}
	c.StrokeLine2(ls, c.Min.X, ty(at), c.Max.X, ty(at))
	st := lettering(9, true, vermilion)
	c.FillText(st, vg.Point{X: c.Max.X - st.Width(name), Y: ty(at) + vg.Points(3)}, name)
}
