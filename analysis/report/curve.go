package report

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// availabilityCSV writes how availability changes over the horizon: "point" is the share of replications
// that are up at a time, "interval" the mean availability from the start until then.
func availabilityCSV(w io.Writer, d *Document) error {
	s, err := newSheet(w, "journey", "availability", "t_s", "value", "low", "high", "bound")
	write := func(name, kind string, t model.Seconds, e analysis.Estimate) {
		if err == nil && !math.IsNaN(e.Value) {
			err = s.csv.Write([]string{name, kind, moment(t), plain(e.Value), plain(e.Low), plain(e.High), fmt.Sprint(e.Bound)})
		}
	}
	for j, journey := range d.Curves.Journeys {
		name := d.Summary.System.Journeys[journey].Name
		curve := d.Curves.Curve(j)
		for _, p := range curve {
			write(name, "point", p.At, p.Now)
		}
		for _, p := range curve {
			write(name, "interval", p.At, p.UpTo)
		}
	}
	return s.close(err)
}

// curveFigures lists a figure for each of the first journeys that was ever down.
func curveFigures(d *Document) []figure {
	var list []figure
	if d.Curves == nil {
		return list
	}
	for j, journey := range d.Curves.Journeys {
		if j < maxDrawn && d.Summary.Get("outages", journey).Main().Observations > 0 {
			list = append(list, figure{named(d, "availability", journey), aboutCurve, journey, func() *picture { return curvePicture(d, j) }})
		}
	}
	return list
}

func curvePicture(d *Document, j int) *picture {
	p := newPicture(d)
	p.grid(true, false)
	p.title = curveTitle(d, j)
	start := "all up at the start"
	if d.Summary.Plan.SteadyState {
		start = "started in the long-run state"
	}
	p.sub = "Availability over the horizon, " + start + "; shaded: 95 % interval at each time"
	p.xlab = "Time since the start (log scale)"
	var now, upTo []analysis.CurvePoint
	curve := d.Curves.Curve(j)
	least := 1.0
	for _, x := range curve {
		if x.At <= 0 {
			continue
		}
		now = append(now, x)
		x.Now = x.UpTo
		upTo = append(upTo, x)
		least = min(least, now[len(now)-1].Now.Value, x.Now.Low)
	}
	p.shares(least)
	p.X.Min = float64(now[0].At)
	p.curve(p.above(now), lineColors[4], 1.2)
	p.curve(upTo, lineColors[0], 2)
	p.keys = []key{{"on average until then", lineColors[0]}, {"at that moment", lineColors[4]}}
	p.logTimes(float64(now[0].At), float64(d.Summary.Horizon))
	p.X.Min, p.X.Max = float64(now[0].At), float64(d.Summary.Horizon)
	p.shares(least) // adding lines has moved the ends
	for i, x := range now {
		if i > 0 {
			p.tip(float64(now[i-1].At), p.Y.Min, float64(x.At), p.Y.Max, "%s after the start: up %s, on average until then %s",
				spoken(float64(x.At)), availability(x.Now), availability(upTo[i].Now))
		}
	}
	return p
}

// above cuts bands off at the foot of the picture. Of a single moment little is known: in full, its band would
// leave no room for the rest.
func (p *picture) above(points []analysis.CurvePoint) []analysis.CurvePoint {
	cut, some := slices.Clone(points), false
	for i := range cut {
		if cut[i].Now.Low < p.Y.Min {
			cut[i].Now.Low, some = p.Y.Min, true
		}
	}
	if some {
		p.sub += "; that of single moments goes on below"
	}
	return cut
}

// curve adds a line with its band.
func (p *picture) curve(points []analysis.CurvePoint, c color.NRGBA, width float64) {
	var line, upper, lower plotter.XYs
	for _, x := range points {
		t := float64(x.At)
		line = append(line, plotter.XY{X: t, Y: x.Now.Value})
		upper, lower = append(upper, plotter.XY{X: t, Y: x.Now.High}), append(lower, plotter.XY{X: t, Y: x.Now.Low})
	}
	slices.Reverse(lower)
	if poly, err := plotter.NewPolygon(append(upper, lower...)); err == nil {
		poly.Color, poly.LineStyle.Width = faded(c, 40), 0
		p.Add(poly)
	}
	if l, err := plotter.NewLine(line); err == nil {
		l.Color, l.Width = c, vg.Points(width)
		p.Add(l)
	}
}

// curveTitle says whether the availability changes.
func curveTitle(d *Document, j int) string {
	name := brief(d.Summary.System.Journeys[d.Curves.Journeys[j]].Name)
	early, late, rise := d.Curves.Trend(j)
	h := float64(d.Summary.Horizon)
	digits := availabilityDigits(max(early, late))
	if early == 1 || late == 1 {
		digits = availabilityDigits(min(early, late))
	}
	switch settled := d.Curves.Settled(j); {
	case !d.Summary.Plan.SteadyState && settled > 0 && float64(settled) <= h/10:
		return fmt.Sprintf("%s settles at %s about %s after the start", name, seenUp(late, digits), spoken(float64(settled)))
	case !analysis.Separable(rise):
		if late == 1 {
			return fmt.Sprintf("%s shows no trend over %s", name, spoken(h))
		}
		return fmt.Sprintf("%s is up %s of the time, with no trend over %s", name, percent(late, digits), spoken(h))
	}
	verb := "rises"
	if rise.Value < 0 {
		verb = "falls"
	}
	return fmt.Sprintf("%s %s from %s in the first %s to %s in the last %s", name, verb,
		seenUp(early, digits), spoken(h/10), seenUp(late, digits), spoken(h/2))
}

// seenUp writes the availability of a stretch of time. That nothing was down in it is no 100 %.
func seenUp(x float64, digits int) string {
	if x == 1 {
		return "no downtime seen"
	}
	return percent(x, digits)
}
