package report

import (
	"cmp"
	"fmt"
	"html"
	"html/template"
	"math"
	"slices"
	"strings"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// place is a box of the drawing: a region, zone, rack or node with what is in it.
type place struct {
	Name, Kind string
	Share      string  // of the downtime of users that began here, the parts included; empty if none did
	Heat       int     // 0 to 5, for the style sheet
	Level      string  // for the style sheet: wide, place, host or part
	Uses       string  // services that run here
	Parts      []place // in the order of the file
	More       string  // what is not drawn
	down       model.Seconds
}

// maxPlaces is how many components are drawn. Of more, only those that caused downtime are, and places.
const maxPlaces = 300

// rankOf orders kinds by how much they can hold; what holds nothing has none.
func rankOf(k model.Kind) int {
	switch k {
	case model.KindRegion:
		return 4
	case model.KindZone:
		return 3
	case model.KindRack:
		return 2
	case model.KindNode:
		return 1
	}
	return 0
}

// atlas knows what lies where and what it did to users.
type atlas struct {
	sum     *analysis.Summary
	parent  []int32 // component that holds it, or None
	parts   [][]int32
	uses    [][]string // services with a member on a component, by component
	down    []model.Seconds
	all     model.Seconds // downtime of users
	skipped bool
}

func newAtlas(sum *analysis.Summary) *atlas {
	sys := sum.System
	n := len(sys.Components)
	a := &atlas{sum: sum, parent: homesOf(sys.Components), parts: make([][]int32, n), uses: make([][]string, n), down: make([]model.Seconds, n)}
	for i, p := range a.parent {
		if p >= 0 {
			a.parts[p] = append(a.parts[p], int32(i))
		}
	}
	for _, j := range sum.Users {
		a.all += sum.Blame[j].Total
		for _, in := range sum.Blame[j].Initiators {
			if int(in.Element) < n && in.Element >= 0 {
				a.down[in.Element] += in.Down
			}
		}
	}
	for s := range sys.Services {
		for _, m := range sys.Services[s].Members {
			if int(m.Host) < n && m.Host >= 0 {
				a.uses[m.Host] = append(a.uses[m.Host], sys.Services[s].Name)
			}
		}
	}
	a.skipped = n > maxPlaces
	return a
}

// heat grades a share: 0 for none, 5 for a quarter and more.
func heat(share float64) int {
	for i, least := range []float64{.25, .1, .03, .01, 0} {
		if share > least {
			return 5 - i
		}
	}
	return 0
}

// drawPlace makes the box of a component. Processes are named by their host's services.
func (a *atlas) drawPlace(i int32) place {
	c := &a.sum.System.Components[i]
	p := place{Name: c.Name, Kind: c.Kind.String(), Uses: strings.Join(a.uses[i], ", "), down: a.down[i]}
	p.Level = [...]string{"part", "host", "place", "place", "place"}[rankOf(c.Kind)]
	left := 0
	for _, k := range a.parts[i] {
		part := a.drawPlace(k)
		p.down += part.down
		if part.down == 0 && c.Kind == model.KindNode && a.sum.System.Components[k].Kind == model.KindProcess {
			continue // the node names its services
		}
		if a.skipped && part.down == 0 && rankOf(a.sum.System.Components[k].Kind) < 2 {
			left++
			continue
		}
		if part.Level == "place" && len(a.parts[k]) > 0 && p.Level == "place" && c.Kind == model.KindRegion {
			p.Level = "wide"
		}
		p.Parts = append(p.Parts, part)
	}
	if left > 0 {
		p.More = grouped(left) + " more without a share in the downtime"
	}
	if p.down > 0 && a.all > 0 {
		p.Share = share(float64(p.down / a.all))
		p.Heat = heat(float64(p.down / a.all))
	}
	return p
}

// world is everything that is in no other place, under one name.
func (a *atlas) world() *place {
	w := &place{Name: a.sum.System.Name, Kind: "system"}
	left := 0
	for i, parent := range a.parent {
		if parent >= 0 {
			continue
		}
		p := a.drawPlace(int32(i))
		if a.skipped && p.down == 0 && len(p.Parts) == 0 {
			left++
			continue
		}
		w.Parts = append(w.Parts, p)
	}
	if left > 0 {
		w.More = grouped(left) + " more without a share in the downtime"
	}
	slices.SortStableFunc(w.Parts, func(x, y place) int { return cmp.Compare(min(1, len(y.Parts)), min(1, len(x.Parts))) })
	return w
}

func topologySection(d *Document) section {
	s := section{ID: "topology", Title: "Topology"}
	if d.Summary.Replications == 0 {
		return s
	}
	a := newAtlas(d.Summary)
	if f := a.services(); f != nil {
		s.Blocks = append(s.Blocks, block{Figure: f})
	}
	if f := a.network(); f != nil {
		s.Blocks = append(s.Blocks, block{Figure: f})
	}
	w := a.world()
	if len(w.Parts) > 0 {
		s.Blocks = append(s.Blocks, block{Text: "Where things are. The stronger the colour of a box, the more of the downtime of users began in it; the share is in the box."}, block{Places: w})
	}
	return s
}

// diagram is a drawing of boxes and lines, in points.
type diagram struct {
	strings.Builder
	width, height float64
}

func (g *diagram) line(x0, y0, x1, y1 float64, class, tip string) {
	fmt.Fprintf(g, `<path class="edge %s" d="M%.0f %.0fC%.0f %.0f %.0f %.0f %.0f %.0f"><title>%s</title></path>`, class,
		x0, y0, x0, (y0+y1)/2, x1, (y0+y1)/2, x1, y1, html.EscapeString(tip))
}

// node is a box with two lines of text, centred at x.
func (g *diagram) node(x, y float64, class, name, note, tip string) {
	box := fmt.Sprintf(`x="%.0f" y="%.0f" width="%d" height="%d" rx="6"/>`, x-nodeWidth/2, y, nodeWidth, nodeHeight)
	fmt.Fprintf(g, `<g class="node %s"><title>%s</title><rect class="base" %s<rect %s`, class, html.EscapeString(tip), box, box)
	fmt.Fprintf(g, `<text x="%.0f" y="%.0f" font-size="11" font-weight="bold" text-anchor="middle">%s</text>`, x, y+16, html.EscapeString(short(name)))
	fmt.Fprintf(g, `<text x="%.0f" y="%.0f" font-size="9.5" text-anchor="middle">%s</text></g>`, x, y+30, html.EscapeString(note))
}

// short cuts a name to the width of a node.
func short(s string) string {
	if r := []rune(s); len(r) > nameRoom {
		return string(r[:nameRoom/2]) + "…" + string(r[len(r)-nameRoom/2+1:])
	}
	return s
}

func (g *diagram) figure(title, sub string) *pageFigure {
	s := fmt.Sprintf(`<svg class="diagram" viewBox="0 0 %.0f %.0f" style="--w:%.0fpx" role="img" aria-label="%s">%s</svg>`,
		g.width, g.height, g.width, html.EscapeString(title+". "+sub), g.String())
	return &pageFigure{Title: title, Sub: sub, Wide: template.HTML(s)} // the diagram escapes every text
}

const (
	nodeWidth  = 112
	nodeHeight = 38
	nodeGap    = 14
	layerGap   = 48
	nameRoom   = 16
	maxNodes   = 80 // of a diagram; more are a carpet
)

// services draws journeys, the services they need, what those need and so on, each with its availability.
func (a *atlas) services() *pageFigure {
	sum := a.sum
	sys := sum.System
	layers, n := a.layers()
	if n > maxNodes || n < 2 {
		return nil
	}
	g := &diagram{}
	for _, l := range layers {
		g.width = max(g.width, float64(len(l))*(nodeWidth+nodeGap)+nodeGap)
	}
	g.height = float64(len(layers))*(nodeHeight+layerGap) - layerGap + 8
	type spot struct{ x, y float64 }
	at := map[int]spot{} // journeys are −1 − index
	for k, l := range layers {
		for i, v := range l {
			at[v] = spot{g.width/2 + (float64(i)-float64(len(l)-1)/2)*(nodeWidth+nodeGap), 4 + float64(k)*(nodeHeight+layerGap)}
		}
	}
	for _, l := range layers {
		for _, v := range l {
			for _, need := range a.needsOf(v) {
				from, to := at[v], at[need.service]
				g.line(from.x, from.y+nodeHeight, to.x, to.y, need.class, need.tip)
			}
		}
	}
	for _, l := range layers {
		for _, v := range l {
			if v < 0 {
				j := -1 - v
				e := sum.Get("availability", j).Main()
				g.node(at[v].x, at[v].y, "user", sys.Journeys[j].Name, plainAvailability(e), "Journey "+sys.Journeys[j].Name+": "+availability(e))
				continue
			}
			svc := &sys.Services[v]
			note, tip := "", "Service "+svc.Name
			if svc.Policy != nil {
				tip += ", " + svc.Policy.String()
			}
			for j := range sys.Journeys {
				if int(sys.Journeys[j].Service) == v {
					e := sum.Get("availability", j).Main()
					note, tip = plainAvailability(e), tip+": "+availability(e)
				}
			}
			share := a.serviceShare(v)
			g.node(at[v].x, at[v].y, fmt.Sprintf("h%d", heat(share)), svc.Name, note, tip+"; "+sharing(share))
		}
	}
	return g.figure("Journeys, the services they need, and their availability",
		"Stronger colour: more of the downtime of users began at its members. Dashed lines: used, but not needed at every moment.")
}

func sharing(x float64) string {
	if x == 0 {
		return "no downtime of users began at its members"
	}
	return share(x) + " of the downtime of users began at its members"
}

func plainAvailability(e analysis.Estimate) string {
	s, _, _ := strings.Cut(availability(e), " [")
	return s
}

// serviceShare is the share of the downtime of users that began at the members of a service, their hosts,
// or its own decisions.
func (a *atlas) serviceShare(v int) float64 {
	sys := a.sum.System
	own := map[model.Element]bool{sys.ServiceElement(v): true}
	for _, m := range sys.Services[v].Members {
		own[m.Component], own[m.Host] = true, true
	}
	down := model.Seconds(0)
	for _, j := range a.sum.Users {
		for _, in := range a.sum.Blame[j].Initiators {
			if own[in.Element] {
				down += in.Down
			}
		}
	}
	if a.all == 0 {
		return 0
	}
	return float64(down / a.all)
}

// need is an edge of the diagram of services.
type need struct {
	service    int
	class, tip string
}

// needsOf lists what a service, or the journey −1 − v, needs or leans on, each once.
func (a *atlas) needsOf(v int) (list []need) {
	sys := a.sum.System
	add := func(ref int32, class, format string, name string) {
		if ref >= 0 && int(ref) < len(sys.Services) && !slices.ContainsFunc(list, func(x need) bool { return x.service == int(ref) }) {
			list = append(list, need{int(ref), class, fmt.Sprintf(format, name, sys.Services[ref].Name)})
		}
	}
	depend := func(name string, deps []model.Dependency) {
		for i := range deps {
			class, format := "hard", "%s needs %s"
			if deps[i].Without > 0 || deps[i].Cushion != nil || len(deps[i].Need.Of) > 0 {
				class, format = "soft", "%s uses %s, and does without in part"
			}
			eachRef(&deps[i].Need, func(ref int32) { add(ref, class, format, name) })
		}
	}
	if v < 0 {
		depend(sys.Journeys[-1-v].Name, sys.Journeys[-1-v].Needs)
		return list
	}
	svc := &sys.Services[v]
	depend(svc.Name, svc.Needs)
	if svc.Coordinated {
		add(svc.Coordinator, "soft", "%s is coordinated by %s", svc.Name)
	}
	return list
}

// layers puts journeys of users on top and each service below everything that needs it.
func (a *atlas) layers() (layers [][]int, n int) {
	sys := a.sum.System
	depth := make([]int, len(sys.Services))
	var top []int
	for j := range sys.Journeys {
		if sys.Journeys[j].Service < 0 {
			top = append(top, -1-j)
		}
	}
	if n = len(top) + len(sys.Services); n > maxNodes {
		return nil, n
	}
	deepest := 0
	mark := func(v, below int) (moved bool) {
		for _, e := range a.needsOf(v) {
			if depth[e.service] < below {
				depth[e.service], moved = below, true
				deepest = max(deepest, below)
			}
		}
		return moved
	}
	for _, v := range top {
		mark(v, 1)
	}
	for moved, rounds := true, 0; moved && rounds < len(depth); rounds++ { // rounds end even where services lean on each other
		moved = false
		for s := range depth {
			moved = mark(s, depth[s]+1) || moved
		}
	}
	layers = make([][]int, deepest+1)
	layers[0] = top
	for s, k := range depth {
		layers[k] = append(layers[k], s)
	}
	a.untangle(layers)
	return slices.DeleteFunc(layers, func(l []int) bool { return len(l) == 0 }), n
}

// untangle orders each layer by where what needs it stands, so that fewer lines cross.
func (a *atlas) untangle(layers [][]int) {
	at := map[int]float64{}
	sum, count := map[int]float64{}, map[int]float64{}
	for _, l := range layers {
		middle := func(v int) float64 {
			if count[v] == 0 {
				return math.Inf(1)
			}
			return sum[v] / count[v]
		}
		slices.SortStableFunc(l, func(x, y int) int { return cmp.Compare(middle(x), middle(y)) })
		for i, v := range l {
			at[v] = float64(i) - float64(len(l)-1)/2
			for _, e := range a.needsOf(v) {
				sum[e.service] += at[v]
				count[e.service]++
			}
		}
	}
}

// network draws the sites that lie in no other and the links between them.
func (a *atlas) network() *pageFigure {
	sites, edges := a.sites()
	if len(sites) < 2 || len(sites) > maxNodes/3 || len(edges) == 0 {
		return nil
	}
	net := &a.sum.System.Network
	radius := max(90, float64(len(sites))*34)
	if len(sites) == 2 {
		radius = 150
	}
	g := &diagram{width: 2*radius + nodeWidth + 60, height: 2*radius*.62 + nodeHeight + 30}
	if len(sites) == 2 {
		g.height = 120
	}
	at := map[int32][2]float64{}
	for i, s := range sites {
		angle := 2*math.Pi*float64(i)/float64(len(sites)) + math.Pi
		at[s] = [2]float64{g.width/2 + radius*math.Cos(angle), g.height/2 + radius*.62*math.Sin(angle)}
		if len(sites) == 2 {
			at[s] = [2]float64{at[s][0], g.height / 2}
		}
	}
	seen := map[[2]int32]int{}
	for _, e := range edges {
		k := seen[[2]int32{e.from, e.to}]
		seen[[2]int32{e.from, e.to}]++
		x0, y0, x1, y1 := at[e.from][0], at[e.from][1], at[e.to][0], at[e.to][1]
		bend := float64((k+1)/2) * 26 * float64(1-2*(k%2)) // parallel links bow apart
		length := max(1, math.Hypot(x1-x0, y1-y0))
		mx, my := (x0+x1)/2+bend*(y1-y0)/length*1.4, (y0+y1)/2-bend*(x1-x0)/length*1.4
		fmt.Fprintf(g, `<path class="edge h%d" d="M%.0f %.0fQ%.0f %.0f %.0f %.0f"><title>%s</title></path>`, e.level, x0, y0, 2*mx-(x0+x1)/2, 2*my-(y0+y1)/2, x1, y1, html.EscapeString(e.tip))
		fmt.Fprintf(g, `<text class="halo" x="%.0f" y="%.0f" font-size="9.5" text-anchor="middle">%s</text>`, mx, my+3, html.EscapeString(short(e.name)))
	}
	for _, s := range sites {
		name := net.Sites[s].Name
		note, level, tip := "site", 0, "Site "+name
		if c := net.Sites[s].Component; c >= 0 && int(c) < len(a.down) {
			p := a.drawPlace(c)
			note, level = p.Kind, p.Heat
			if p.Share != "" {
				note += " · " + p.Share
				tip += ": " + p.Share + " of the downtime of users began in it"
			}
		}
		g.node(at[s][0], at[s][1]-nodeHeight/2, fmt.Sprintf("h%d", level), name, note, tip)
	}
	return g.figure("The network between sites", "Stronger colour: more of the downtime of users began there.")
}

// edge is a link of the diagram of sites.
type edge struct {
	from, to int32
	name     string
	level    int
	tip      string
}

// sites lists the outermost sites and the links that have a name and lead from one to another, each once.
func (a *atlas) sites() (sites []int32, edges []edge) {
	net := &a.sum.System.Network
	outermost := func(s int32) int32 {
		for n := 0; s >= 0 && int(s) < len(net.Sites) && net.Sites[s].Within >= 0 && n < len(net.Sites); n++ {
			s = net.Sites[s].Within
		}
		return s
	}
	for i := range net.Sites {
		if net.Sites[i].Within < 0 {
			sites = append(sites, int32(i))
		}
	}
	done := map[[3]int32]bool{}
	for _, l := range net.Links {
		from, to := outermost(l.From), outermost(l.To)
		from, to = min(from, to), max(from, to)
		if k := [3]int32{l.Component, from, to}; from == to || done[k] {
			continue
		} else {
			done[k] = true
		}
		e := edge{from: from, to: to, tip: "a link that never fails"}
		if l.Component >= 0 && int(l.Component) < len(a.down) {
			e.name = a.sum.System.Components[l.Component].Name
			x := 0.0
			if a.all > 0 {
				x = float64(a.down[l.Component] / a.all)
			}
			e.level, e.tip = heat(x), "Link "+e.name+": "+share(x)+" of the downtime of users began with it"
		}
		edges = append(edges, e)
	}
	return sites, edges
}
