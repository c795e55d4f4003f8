package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/model"
)

// homesOf tells what holds each component: the smallest place that it cannot do without, a guest's host
// included. A part without a place, such as a power unit, is where all that need it are; a feed of several
// places is in none.
func homesOf(comps []model.Component) []int32 {
	homes, needers := make([]int32, len(comps)), make([][]int32, len(comps))
	for i := range comps {
		homes[i] = model.None
		if comps[i].Requires == nil {
			continue
		}
		own := rankOf(comps[i].Kind)
		eachMust(comps[i].Requires, func(ref int32) {
			r, best := rankOf(comps[ref].Kind), homes[i]
			if r > 0 && (r > own || r == 1 && own == 1) && (best < 0 || r < rankOf(comps[best].Kind)) {
				homes[i] = ref
			}
		})
		eachRef(comps[i].Requires, func(ref int32) { needers[ref] = append(needers[ref], int32(i)) })
	}
	for i := range comps {
		if homes[i] < 0 && rankOf(comps[i].Kind) == 0 {
			homes[i] = commonHome(comps, homes, needers[i])
		}
	}
	return homes
}

func commonHome(comps []model.Component, homes, needers []int32) int32 {
	common := model.None
	for k, by := range needers {
		home := by
		if rankOf(comps[by].Kind) == 0 {
			home = homes[by]
		}
		if k > 0 && home != common {
			return model.None
		}
		common = home
	}
	return common
}

// eachRef visits the parts that a need names.
func eachRef(n *model.Need, f func(ref int32)) {
	if len(n.Of) == 0 {
		f(n.Ref)
	}
	for i := range n.Of {
		eachRef(&n.Of[i], f)
	}
}

// eachMust visits what a need cannot be met without.
func eachMust(n *model.Need, f func(ref int32)) {
	if len(n.Of) == 0 {
		f(n.Ref)
	}
	if n.AtLeast < len(n.Of) {
		return
	}
	for i := range n.Of {
		eachMust(&n.Of[i], f)
	}
}

// drawer makes the drawing of a system.
type drawer struct {
	*drawing
	sys      *model.System
	homes    []int32
	hidden   []bool    // components that are no box of their own, but part of what holds them
	boxes    []*vertex // of components, own or of what holds them; nil = nowhere
	sites    []*vertex
	services []*vertex
	drawn    map[tie]bool
}

// drawingOf makes the drawing. With more than `most` boxes for components, runs of like ones become one.
func drawingOf(sys *model.System, most int) *drawing {
	n := len(sys.Components)
	g := &drawer{drawing: &drawing{title: sys.Name}, sys: sys, homes: homesOf(sys.Components), hidden: make([]bool, n),
		boxes: make([]*vertex, n), sites: make([]*vertex, len(sys.Network.Sites)), drawn: map[tie]bool{}}
	g.entries()
	g.serviceBoxes()
	g.components(most)
	g.siteBoxes()
	g.links()
	g.requirements()
	g.serviceTies()
	g.entryTies()
	return g.drawing
}

// hide marks what its surroundings stand for: links are lines, disks and processes belong to their machine, and
// the gate of a rack's network to the rack.
func (g *drawer) hide() (shown int) {
	for i := range g.sys.Components {
		k := g.sys.Components[i].Kind
		g.hidden[i] = k == model.KindLink || g.homes[i] >= 0 && (k == model.KindDisk || k == model.KindProcess) || g.boxes[i] != nil
	}
	for _, s := range g.sys.Network.Sites {
		if s.Component < 0 || g.homes[s.Component] < 0 {
			continue
		}
		if c := &g.sys.Components[s.Component]; rankOf(c.Kind) == 0 && c.Name != s.Name && len(c.Modes) == 0 {
			g.hidden[s.Component] = true
		}
	}
	for _, h := range g.hidden {
		if !h {
			shown++
		}
	}
	return shown
}

// components draws what can fail and where it stands.
func (g *drawer) components(most int) {
	collapse := g.hide() > most
	n := len(g.sys.Components)
	inside, disks := make([][]int32, n), make([]int, n)
	var outer []int32
	for i := range g.sys.Components {
		switch home := g.homes[i]; {
		case g.hidden[i] && g.sys.Components[i].Kind == model.KindDisk:
			disks[home]++
		case g.hidden[i]:
		case home < 0:
			outer = append(outer, int32(i))
		default:
			inside[home] = append(inside[home], int32(i))
		}
	}
	var place func(list []int32, in *vertex)
	place = func(list []int32, in *vertex) {
		for len(list) > 0 {
			i, run := list[0], 1
			if collapse {
				run = g.run(list, inside)
			}
			b := g.add(g.componentBox(i, run, disks[i]), in)
			for _, k := range list[:run] {
				g.boxes[k] = b
			}
			place(inside[i], b)
			list = list[run:]
		}
	}
	place(outer, nil)
	for i := range g.boxes {
		for h := int32(i); g.boxes[i] == nil && g.hidden[i] && h >= 0; h = g.homes[h] {
			g.boxes[i] = g.boxes[h]
		}
	}
}

// run counts how many components at the head of a list are numbered through, empty and of one kind.
func (g *drawer) run(list []int32, inside [][]int32) int {
	first := &g.sys.Components[list[0]]
	stem, number := numbered(first.Name)
	for k, i := range list {
		c := &g.sys.Components[i]
		s, n := numbered(c.Name)
		if s == "" || s != stem || n != number+k || c.Kind != first.Kind || len(inside[i]) > 0 {
			return max(1, k)
		}
	}
	return len(list)
}

// numbered splits unit-7 into unit and 7; without a number the stem is empty.
func numbered(name string) (stem string, number int) {
	at := strings.LastIndexByte(name, '-')
	if at < 0 {
		return "", 0
	}
	number, err := strconv.Atoi(name[at+1:])
	if err != nil || strconv.Itoa(number) != name[at+1:] {
		return "", 0
	}
	return name[:at], number
}

func (g *drawer) componentBox(i int32, run, disks int) *vertex {
	c := &g.sys.Components[i]
	b := &vertex{id: fmt.Sprint("c", i), lines: []string{c.Name, c.Kind.String()}}
	if run > 1 {
		stem, _ := numbered(c.Name)
		b.lines[0] = fmt.Sprintf("%s × %d", stem, run)
	}
	if rankOf(c.Kind) == 0 {
		b.shape = hexagon
	}
	switch {
	case disks == 1:
		b.lines[1] += ", 1 disk"
	case disks > 1:
		b.lines[1] += fmt.Sprintf(", %d disks", disks)
	}
	if run > 1 && disks > 0 {
		b.lines[1] += " each"
	}
	return b
}

// requirements ties together what needs each other without one being inside the other.
func (g *drawer) requirements() {
	for i := range g.sys.Components {
		if n := g.sys.Components[i].Requires; n != nil && g.boxes[i] != nil {
			g.leaves(n, "requires", func(ref int32, _ model.Access, words string) {
				g.tie(tie{from: g.boxes[i], to: g.boxes[ref], words: words})
			})
		}
	}
}

// leaves visits the elements of a need with the words for it, such as "1 of 2".
func (g *drawer) leaves(n *model.Need, words string, f func(ref int32, access model.Access, words string)) {
	if len(n.Of) == 0 {
		f(n.Ref, n.Access, words)
	}
	if n.AtLeast < len(n.Of) {
		words = fmt.Sprintf("%d of %d", n.AtLeast, len(n.Of))
	}
	for i := range n.Of {
		g.leaves(&n.Of[i], words, f)
	}
}

// tie draws a line once, and none where one end holds the other: nesting says that.
func (g *drawer) tie(t tie) {
	if t.from == nil || t.to == nil || t.from.holds(t.to) || t.to.holds(t.from) || g.drawn[t] {
		return
	}
	g.drawn[t] = true
	g.ties = append(g.ties, t)
}

// siteBoxes finds what stands for each place of the network.
func (g *drawer) siteBoxes() {
	for i := range g.sys.Components {
		c := &g.sys.Components[i]
		if s := c.Site; s >= 0 && c.Name == g.sys.Network.Sites[s].Name {
			g.sites[s] = g.boxes[i]
		}
	}
	for s := range g.sites {
		site := &g.sys.Network.Sites[s]
		if g.sites[s] == nil && site.Component >= 0 {
			g.sites[s] = g.boxes[site.Component]
		}
		if g.sites[s] == nil {
			g.sites[s] = g.add(&vertex{id: fmt.Sprint("p", s), lines: []string{site.Name, "place"}}, nil)
		}
	}
}

// links draws each link once, whether it is stored as one way or as two. A link from a place to one inside it
// becomes a box in the outer one.
func (g *drawer) links() {
	type way struct {
		comp     int32
		from, to *vertex
	}
	at := map[way]int{}
	for _, l := range g.sys.Network.Links {
		from, to := g.sites[l.From], g.sites[l.To]
		if from == to || l.Component < 0 && (from.holds(to) || to.holds(from)) {
			continue
		}
		if k, back := at[way{l.Component, to, from}]; back {
			g.ties[k].both = true
			continue
		}
		if _, again := at[way{l.Component, from, to}]; again {
			continue
		}
		at[way{l.Component, from, to}] = len(g.ties)
		g.ties = append(g.ties, g.link(l, from, to))
	}
}

func (g *drawer) link(l model.Link, from, to *vertex) tie {
	if l.Component < 0 {
		return tie{from: from, to: to}
	}
	name := g.sys.Components[l.Component].Name
	if !from.holds(to) && !to.holds(from) {
		return tie{from: from, to: to, words: name}
	}
	b := &vertex{id: fmt.Sprint("c", l.Component), lines: []string{name, "link"}, shape: hexagon}
	if from.holds(to) {
		return tie{from: g.add(b, from), to: to}
	}
	return tie{from: from, to: g.add(b, to)}
}
