package engine

import (
	"slices"

	"github.com/ftsim/ftsim/model"
)

// This file is floor 2: who can talk to whom, per pair of endpoints (R2).

// network is the graph of sites. Only pairs of relevant sites are ever asked about: those where members
// or clients attach.
type network struct {
	sites    []site
	links    []link  // by the site they leave
	relevant []int32 // sites
	place    []int32 // site → place among relevant, or none
}

type site struct {
	component int32
	within    int32
	transit   bool
	link, end int32
}

type link struct {
	component, to int32
}

// reach is which relevant sites reach which, as it is now. It depends on nothing but the set of broken
// parts of the network, so the answers for sets that occurred before are kept.
type reach struct {
	words  int      // of a row
	rows   []uint64 // bit b of row a: a reaches b
	whole  bool     // everybody reaches everybody
	broken uint64   // the keys of all broken parts, added modulo 2 (Zobrist hashing)
	known  []answer // where to look is told by the last bits of broken
	queue  []int32
	seen   []bool
}

// answer is the reach while the parts with a given sum of keys are broken.
type answer struct {
	broken uint64
	rows   []uint64 // nil = none yet
	whole  bool
}

// mostKnown bounds the memory of the answers that are kept, in words of eight bytes.
const mostKnown = 1 << 19

func (n *network) newReach() reach {
	k := len(n.relevant)
	words := (k + 63) / 64
	known := 1
	for known < 4*len(n.sites) && 2*known*k*words <= mostKnown {
		known *= 2
	}
	return reach{words: words, rows: make([]uint64, k*words), known: make([]answer, known),
		queue: make([]int32, 0, len(n.sites)), seen: make([]bool, len(n.sites))}
}

func (x *reach) reset() {
	x.whole, x.broken = true, 0
	for i := range x.rows {
		x.rows[i] = ^uint64(0)
	}
}

// toggle takes note that a part of the network has broken or is back.
func (x *reach) toggle(component int32) { x.broken ^= mix(uint64(component) + 1) }

// ok tells whether place a reaches place b; none stands for everywhere.
func (x *reach) ok(a, b int32) bool {
	if x.whole || a == none || b == none {
		return true
	}
	return x.rows[int(a)*x.words+int(b)>>6]>>(uint(b)&63)&1 == 1
}

// recompute looks at the network again and tells whether anything has changed for anybody.
func (x *reach) recompute(n *network, comps []component) bool {
	a := &x.known[x.broken&uint64(len(x.known)-1)]
	if a.rows == nil || a.broken != x.broken {
		x.exploreAll(n, comps, a)
	}
	changed := a.whole != x.whole || !a.whole && !slices.Equal(a.rows, x.rows)
	x.whole = a.whole
	copy(x.rows, a.rows)
	return changed
}

// exploreAll works an answer out from the links and sites that work now.
func (x *reach) exploreAll(n *network, comps []component, to *answer) {
	if to.rows == nil {
		to.rows = make([]uint64, len(x.rows))
	}
	clear(to.rows)
	to.broken, to.whole = x.broken, true
	for a, s := range n.relevant {
		row := to.rows[a*x.words : (a+1)*x.words]
		x.explore(n, comps, s)
		for b, t := range n.relevant {
			if x.seen[t] {
				row[b>>6] |= 1 << (uint(b) & 63)
			} else {
				to.whole = false
			}
		}
	}
}

// explore marks in seen what site s reaches over working links and sites that pass traffic on.
func (x *reach) explore(n *network, comps []component, s int32) {
	clear(x.seen)
	if !works(comps, n.sites[s].component) {
		return
	}
	x.seen[s] = true
	x.queue = append(x.queue[:0], s)
	for i := 0; i < len(x.queue); i++ {
		from := x.queue[i]
		at := &n.sites[from]
		passes := from == s || at.transit || n.sites[s].within == from
		for _, l := range n.links[at.link:at.end] {
			if !x.seen[l.to] && (passes || n.sites[l.to].within == from) && works(comps, l.component) && works(comps, n.sites[l.to].component) {
				x.seen[l.to] = true
				x.queue = append(x.queue, l.to)
			}
		}
	}
}

func works(comps []component, i int32) bool { return i == none || comps[i].blocks == 0 }

// layNetwork lays the graph out; matter are the sites somebody will ask about.
func layNetwork(net *model.Network, matter []int32) network {
	n := network{sites: make([]site, len(net.Sites)), place: make([]int32, len(net.Sites))}
	for i := range n.place {
		n.place[i] = none
	}
	for _, s := range matter {
		if n.place[s] == none {
			n.place[s] = int32(len(n.relevant))
			n.relevant = append(n.relevant, s)
		}
	}
	leaving := make([][]link, len(net.Sites))
	for _, l := range net.Links {
		leaving[l.From] = append(leaving[l.From], link{l.Component, l.To})
	}
	for i := range net.Sites {
		n.sites[i] = site{component: net.Sites[i].Component, within: net.Sites[i].Within, transit: net.Sites[i].Transit, link: int32(len(n.links))}
		n.links = append(n.links, leaving[i]...)
		n.sites[i].end = int32(len(n.links))
	}
	return n
}

// placeOf is the place of a site among the relevant ones.
func (n *network) placeOf(s int32) int32 {
	if s == none || len(n.place) == 0 {
		return none
	}
	return n.place[s]
}
