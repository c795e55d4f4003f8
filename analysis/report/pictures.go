package report

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// maxDrawn is how many journeys get pictures.
const maxDrawn = 5

// pictures lists the charts that have something to show. With several journeys, each has its own.
func pictures(d *Document) []File {
	sum := d.Summary
	if sum.Replications == 0 || len(sum.Users) == 0 {
		return nil
	}
	var files []File
	for _, f := range figures(d) {
		files = append(files, drawn(f.name, f.make))
	}
	files = distinct(files)
	for i := range files {
		files[i] = signed(files[i])
	}
	return files
}

// figure is a chart that has something to show, of a journey or a service.
type figure struct {
	name   string // of the file
	about  topic
	target int
	make   func() *picture
}

// topic is what a figure is about.
type topic uint8

const (
	aboutDowntime topic = iota
	aboutRecovery
	aboutCauses
	aboutLoss
	aboutCurve
	aboutWorst
)

func figures(d *Document) []figure {
	sum := d.Summary
	list := []figure{{"downtime.png", aboutDowntime, sum.Users[0], func() *picture { return downtimePicture(d) }}}
	for _, j := range firstUsers(sum) {
		if len(sum.Get("rto", j).Values) > 0 {
			list = append(list, figure{named(d, "recovery", j), aboutRecovery, j, func() *picture { return recoveryPicture(d, j) }})
		}
		if sum.Blame[j].Total > 0 {
			list = append(list, figure{named(d, "causes", j), aboutCauses, j, func() *picture { return causesPicture(d, j) }})
		}
	}
	for s := range sum.System.Services {
		if m := sum.Get("loss", s); m != nil && finite(m.Values) > 0 {
			name := "data-loss-" + slug(sum.System.Services[s].Name) + ".png"
			list = append(list, figure{name, aboutLoss, s, func() *picture { return lossPicture(d, s) }})
		}
	}
	list = append(list, curveFigures(d)...)
	if sum.Worst.Down > 0 {
		list = append(list, figure{"worst.png", aboutWorst, 0, func() *picture { return worstPicture(d) }})
	}
	return list
}

// distinct numbers the files whose names would be the same on some file system, which may not tell
// capitals from small letters.
func distinct(files []File) []File {
	taken := map[string]bool{}
	for i := range files {
		stem := strings.TrimSuffix(files[i].Name, ".png")
		for n := 2; taken[strings.ToLower(files[i].Name)]; n++ {
			files[i].Name = fmt.Sprintf("%s-%d.png", stem, n)
		}
		taken[strings.ToLower(files[i].Name)] = true
	}
	return files
}

// nameWidth is the most characters a name takes in a title or beside an axis.
const nameWidth = 28

// brief cuts a long name in the middle, because names that begin alike often end differently.
func brief(s string) string {
	r := []rune(s)
	if len(r) <= nameWidth {
		return s
	}
	const head = nameWidth / 2
	return string(r[:head]) + "…" + string(r[len(r)-(nameWidth-head-1):])
}

func drawn(name string, make func() *picture) File {
	return File{name, func(w io.Writer) error { return make().png(w) }}
}

func firstUsers(sum *analysis.Summary) []int { return sum.Users[:min(maxDrawn, len(sum.Users))] }

func named(d *Document, what string, j int) string {
	if len(d.Summary.Users) == 1 {
		return what + ".png"
	}
	return what + "-" + slug(d.Summary.System.Journeys[j].Name) + ".png"
}

// slug makes a name safe for a file system.
func slug(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, clip(s, 60))
}

func finite(sorted []float64) int {
	return sort.Search(len(sorted), func(i int) bool { return math.IsInf(sorted[i], 1) })
}

// promise is the objective of a journey; zero if there is none.
func promise(sum *analysis.Summary, j int) model.Objective {
	for _, ob := range sum.Plan.Objectives {
		if int(ob.Journey) == j {
			return ob
		}
	}
	return model.Objective{}
}

// atMost is the share of sorted values that are at most x.
func atMost(sorted []float64, x float64) float64 {
	return float64(sort.Search(len(sorted), func(i int) bool { return sorted[i] > x })) / float64(len(sorted))
}

func yearWord(d *Document) string {
	if d.Provenance.Horizon == model.Year {
		return "years"
	}
	return "replications"
}

// ---- downtime per year -------------------------------------------------------------------------------

func downtimePicture(d *Document) *picture {
	sum := d.Summary
	p := newPicture(d)
	p.grid(true, false)
	p.room = 14
	p.title = downtimeTitle(d, sum.Users[0])
	p.sub = "Share of simulated " + yearWord(d) + " with at most this much downtime; shaded: 95 % interval at each point"
	p.xlab = "Downtime per year (log scale; without any at the left edge)"
	low, high := downtimeRange(sum)
	p.logTimes(low, high)
	x0, x1 := p.X.Min, p.X.Max
	for i, j := range slices.Backward(firstUsers(sum)) { // the first on top
		p.ecdf(sum.Get("downtime", j).Values, lineColors[i], x0, x1)
		if len(sum.Users) > 1 {
			p.keys = slices.Insert(p.keys, 0, key{brief(sum.System.Journeys[j].Name), lineColors[i]})
		}
	}
	p.X.Min, p.X.Max = x0, x1
	p.shares(lowestShare(sum, x0))
	p.tellShares(sum)
	p.over = func(c draw.Canvas) {
		if a := promise(sum, sum.Users[0]).Availability; a > 0 && a < 1 {
			budget := (1 - a) * float64(model.Year)
			p.upright(c, min(max(budget, x0), x1), target(a)+" allows "+spoken(budget))
		}
	}
	return p
}

// tellShares has a tip for each stretch of the downtime picture.
func (p *picture) tellShares(sum *analysis.Summary) {
	const stretches = 40
	ratio := math.Pow(p.X.Max/p.X.Min, 1./stretches)
	for i := range stretches {
		x := p.X.Min * math.Pow(ratio, float64(i)+.5)
		said := "At most " + spoken(x) + " of downtime a year:"
		for _, j := range firstUsers(sum) {
			v := sum.Get("downtime", j).Values
			said += fmt.Sprintf(" %s %s;", sum.System.Journeys[j].Name, share(atMost(v, x)))
		}
		p.tip(x/math.Sqrt(ratio), p.Y.Min, x*math.Sqrt(ratio), p.Y.Max, "%s", strings.TrimSuffix(said, ";"))
	}
}

// lowestShare is where the lowest band of the downtime picture begins.
func lowestShare(sum *analysis.Summary, x0 float64) float64 {
	least := 1.0
	for _, j := range firstUsers(sum) {
		v := sum.Get("downtime", j).Values
		low, _ := analysis.ShareInterval(atMost(v, x0)*float64(len(v)), float64(len(v)))
		least = min(least, low)
	}
	return least
}

// shares makes the y axis one of shares from at most least to 1. If nearly all is above, as with
// journeys that are rarely down, it does not begin at 0: the rest would be empty.
func (p *picture) shares(least float64) {
	p.Y.Min, p.Y.Max = 0, 1
	for _, low := range []float64{.5, .8, .9, .96, .98, .99, .996, .998, .999, .9999} {
		if low <= least {
			p.Y.Min = low
		}
	}
	var ticks plot.ConstantTicks
	for i := range 5 {
		v := p.Y.Min + (1-p.Y.Min)*float64(i)/4
		ticks = append(ticks, plot.Tick{Value: v, Label: strconv.FormatFloat(math.Round(1e8*v)/1e6, 'f', -1, 64) + " %"})
	}
	p.Y.Tick.Marker = ticks
}

func downtimeTitle(d *Document, j int) string {
	sum := d.Summary
	name, m := brief(sum.System.Journeys[j].Name), sum.Get("downtime", j)
	if m.Stat("max").Value == 0 {
		return fmt.Sprintf("%s was never down in %s simulated years", name, number(sum.Years))
	}
	if a := promise(sum, j).Availability; a > 0 {
		within := atMost(m.Values, (1-a)*float64(model.Year))
		if within == 1 {
			return fmt.Sprintf("%s stays within its %s in all of %s", name, target(a), counted(len(m.Values), strings.TrimSuffix(yearWord(d), "s")))
		}
		return fmt.Sprintf("%s stays within its %s in %s of %s", name, target(a), share(within), yearWord(d))
	}
	return fmt.Sprintf("%s is down %s in a mean year, %s or more in one of twenty", name, spoken(m.Main().Value), spoken(m.Stat("p95").Value))
}

// downtimeRange covers all positive downtimes but a thousandth, and the budget.
func downtimeRange(sum *analysis.Summary) (low, high float64) {
	low, high = math.Inf(1), 0
	for _, j := range firstUsers(sum) {
		v := sum.Get("downtime", j).Values
		v = v[sort.Search(len(v), func(i int) bool { return v[i] > 0 }):]
		if len(v) > 0 {
			low, high = min(low, v[len(v)/1000]), max(high, v[len(v)-1])
		}
	}
	if a := promise(sum, sum.Users[0]).Availability; a > 0 && a < 1 {
		low, high = min(low, (1-a)*float64(model.Year)), max(high, (1-a)*float64(model.Year))
	}
	if high == 0 {
		return 10, 86400
	}
	if low == high {
		return low / 20, high * 20
	}
	return low, max(high, 10*low)
}

// ecdf adds a distribution function as steps between x0 and x1, thinned to what can be seen.
func (p *picture) ecdf(sorted []float64, c color.NRGBA, x0, x1 float64) {
	line := plotter.XYs{{X: x0, Y: atMost(sorted, x0)}}
	const steps = 600
	for i := 1; i <= steps; i++ {
		x := x0 * math.Pow(x1/x0, float64(i)/steps)
		if y := atMost(sorted, x); y != line[len(line)-1].Y || i == steps {
			line = append(line, plotter.XY{X: min(x, x1), Y: y})
		}
	}
	p.band(line, len(sorted), c)
	l, err := plotter.NewLine(line)
	if err != nil {
		return // only for values that are not numbers
	}
	l.StepStyle, l.Color, l.Width = plotter.PostStep, c, vg.Points(2)
	p.Add(l)
}

// band shades the interval of each share on a step line of n values. A band for the whole curve at once
// (Dvoretzky, Kiefer, Wolfowitz) is as wide at the top as in the middle and would bury rare outages.
func (p *picture) band(line plotter.XYs, n int, c color.NRGBA) {
	var upper, lower plotter.XYs
	add := func(x, y float64) {
		low, high := analysis.ShareInterval(y*float64(n), float64(n))
		upper, lower = append(upper, plotter.XY{X: x, Y: high}), append(lower, plotter.XY{X: x, Y: low})
	}
	for i, q := range line {
		if i > 0 {
			add(q.X, line[i-1].Y)
		}
		add(q.X, q.Y)
	}
	slices.Reverse(lower)
	if poly, err := plotter.NewPolygon(append(upper, lower...)); err == nil {
		poly.Color, poly.LineStyle.Width = faded(c, 40), 0
		p.Add(poly)
	}
}

// ---- histograms of recovery time and data loss -------------------------------------------------------

func recoveryPicture(d *Document, j int) *picture {
	sum := d.Summary
	m, rto := sum.Get("rto", j), float64(promise(sum, j).RTO)
	p := newPicture(d)
	name := brief(sum.System.Journeys[j].Name)
	p.title = fmt.Sprintf("Half of all incidents of %s end within %s, 95 %% within %s", name, spoken(m.Stat("p50").Value), spoken(m.Stat("p95").Value))
	if met := sum.Get("rto_met", j); met != nil {
		p.title = fmt.Sprintf("%s of %s miss the recovery objective of %s", missed(met, "incident"), name, spoken(rto))
	}
	p.sub = fmt.Sprintf("Recovery time, %s simulated: p50 %s, p95 %s, p99 %s", counted(len(m.Values), "incident"),
		spoken(m.Stat("p50").Value), spoken(m.Stat("p95").Value), spoken(m.Stat("p99").Value))
	if m.Censored > 0 {
		p.sub += fmt.Sprintf("; %d had not ended", m.Censored)
	}
	p.histogram(m.Values, rto, "RTO "+spoken(rto))
	p.xlab, p.ylab = "Recovery time (log scale)", "Incidents"
	return p
}

func lossPicture(d *Document, s int) *picture {
	sum := d.Summary
	m, all := sum.Get("loss", s), sum.Get("rpo", s)
	name := brief(sum.System.Services[s].Name)
	p := newPicture(d)
	p.title = fmt.Sprintf("%s of recoveries of %s lose data, half of those %s or more",
		share(sum.Get("loss_probability", s).Main().Value), name, spoken(m.Stat("p50").Value))
	rpo := smallestRPO(sum, s)
	if met := sum.Get("rpo_met", s); met != nil {
		p.title = fmt.Sprintf("%s of %s lose more than the objective of %s", missed(met, "recovery"), name, spoken(rpo))
	}
	n := finite(m.Values)
	p.sub = fmt.Sprintf("Writes lost, in seconds, at the %s of %s recoveries that lost some", grouped(len(m.Values)), grouped(len(all.Values)))
	if total := len(m.Values) - n; total > 0 {
		p.sub += fmt.Sprintf("; %s lost everything and are not drawn", grouped(total))
	}
	p.histogram(m.Values[:n], rpo, "RPO "+spoken(rpo))
	p.xlab, p.ylab = "Lost at a recovery (log scale)", "Recoveries"
	return p
}

// missed says how often an objective was not kept.
func missed(met *analysis.Measured, event string) string {
	e := met.Main()
	n := e.Observations
	k := int64(math.Round((1 - e.Value) * float64(n)))
	switch {
	case k == 0:
		return "None of " + counted(int(n), event)
	case n < 100:
		return fmt.Sprintf("%d of %s", k, counted(int(n), event))
	}
	return share(1-e.Value) + " of " + plural(event)
}

// counted is a number of things.
func counted(n int, thing string) string {
	if n != 1 {
		thing = plural(thing)
	}
	return grouped(n) + " " + thing
}

func plural(thing string) string {
	if stem, ok := strings.CutSuffix(thing, "y"); ok {
		return stem + "ies"
	}
	return thing + "s"
}

func smallestRPO(sum *analysis.Summary, s int) float64 {
	least := 0.0
	for _, j := range sum.Objectives {
		if j.Kind == "rpo" && j.Store == s && (least == 0 || j.Target < least) {
			least = j.Target
		}
	}
	return least
}

// A bin of a histogram reaches binRatio times as far as the one before, and further if there would be
// more than maxBins.
const (
	binRatio = 1.18
	maxBins  = 45
)

// histogram adds bars over logarithmic bins. The target, if positive, is the edge of a bin.
func (p *picture) histogram(sorted []float64, target float64, name string) {
	p.grid(true, false)
	values := sorted[sort.Search(len(sorted), func(i int) bool { return sorted[i] >= 1e-3 }):]
	if len(values) == 0 {
		p.logTimes(1, 3600)
		p.Y.Min, p.Y.Max = 0, 1
		return
	}
	low, high := values[0], values[len(values)-1]
	origin := low
	if target > 0 {
		origin, low, high = target, min(low, target), max(high, target)
	}
	ratio := max(binRatio, math.Pow(high/low, 1./maxBins))
	p.logTimes(low/ratio, high*ratio)
	x0, x1 := p.X.Min, p.X.Max
	top := p.bars(values, origin, ratio, target)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = x0, x1, 0, 1.04*float64(top)
	p.Y.Tick.Marker = countTicks(top)
	if target > 0 {
		p.room = 14
		p.over = func(c draw.Canvas) { p.upright(c, target, name) }
	}
}

func (p *picture) bars(values []float64, origin, ratio, target float64) (top int) {
	width := math.Log(ratio)
	for i := 0; i < len(values); {
		bin := math.Ceil(math.Log(values[i]/origin)/width-1e-9) - 1 // (lower edge, upper edge]
		x0, x1 := origin*math.Exp(bin*width), origin*math.Exp((bin+1)*width)
		n := i
		for n < len(values) && (values[n] <= x1*(1+1e-9) || n == i) {
			n++
		}
		count := n - i
		i, top = n, max(top, count)
		gap := math.Pow(x1/x0, .06)
		y := float64(count)
		p.tip(x0, 0, x1, y, "%s to %s: %s of %s", spoken(x0), spoken(x1), grouped(count), grouped(len(values)))
		poly, err := plotter.NewPolygon(plotter.XYs{{X: x0 * gap, Y: 0}, {X: x0 * gap, Y: y}, {X: x1 / gap, Y: y}, {X: x1 / gap, Y: 0}})
		if err != nil {
			continue
		}
		poly.LineStyle.Width, poly.Color = 0, faded(blue, 215)
		if target > 0 && x0 >= target*.999 {
			poly.Color = faded(vermilion, 230)
		}
		p.Add(poly)
	}
	return top
}

// countTicks places at most seven round numbers from zero to top.
func countTicks(top int) plot.ConstantTicks {
	step := 1
	for f := 1; top > 6*step; f *= 10 {
		for _, s := range []int{1, 2, 5} {
			if step = s * f; top <= 6*step {
				break
			}
		}
	}
	var ticks plot.ConstantTicks
	for v := 0; v <= top; v += step {
		ticks = append(ticks, plot.Tick{Value: float64(v), Label: grouped(v)})
	}
	return ticks
}

// ---- downtime by cause and phase ---------------------------------------------------------------------

var phaseColors = [model.NumPhases]color.NRGBA{
	model.Serving: hairline, model.Detection: hue(0x56B4E9), model.Decision: hue(0xCC79A7), model.Fencing: hue(0xF0E442),
	model.Activation: blue, model.Redirection: hue(0x009E73), model.Warming: faintInk, model.Repair: hue(0xE69F00),
	model.Unreached: ink, model.WriteBlock: hue(0x8C6D31), model.Overload: vermilion,
}

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

// ---- the worst replication ---------------------------------------------------------------------------

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
	p.room = 2
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
	tx, ty := p.Transforms(&c)
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
			p.pointAt(c, long, tx(float64(long.Start)), y+half, note)
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

// pointAt writes how long the longest outage took just above it.
func (p *picture) pointAt(c draw.Canvas, a *model.Outage, x, y vg.Length, s string) {
	st := lettering(9, true, ink)
	width := st.Width(s)
	x = min(max(c.Min.X, x-width/2), c.Max.X-width)
	c.FillText(st, vg.Point{X: x, Y: y + vg.Points(3)}, s)
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
	p.title = fmt.Sprintf("What was down, and what it waited for, in the %s from %s on", in.length().Round(), clock(in.from))
	p.sub = "Time since the start of the incident; phases in the order of an incident"
	p.keys = append([]key{{"up", calm}}, phaseKeys(w, tracks)...)
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
