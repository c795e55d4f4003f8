package engine

import (
	"cmp"
	"math"
	"slices"

	"github.com/ftsim/ftsim/model"
)

// This file lays out which links of little bandwidth the data of a store crosses (R31): those on the widest way
// from whoever a copy copies from, where of each way its narrowest link counts, as it is while everything works.

// plumbing is what is known of the links while ways are being looked for.
type plumbing struct {
	order  []int32 // links, in an order that does not depend on that of the file
	pipeOf []int32 // by link: which pipe it is, or none
}

// pipes makes a pipe of each link of little bandwidth; false if there is none.
func (c *compiler) pipes() bool {
	net := &c.p.sys.Network
	if c.plumbing != nil || !slices.ContainsFunc(net.Links, func(l model.Link) bool { return l.Bandwidth > 0 }) {
		return c.plumbing != nil
	}
	name := func(component int32) string {
		if component == none {
			return ""
		}
		return c.p.sys.Components[component].Name
	}
	c.plumbing = &plumbing{order: numbers(len(net.Links)), pipeOf: make([]int32, len(net.Links))}
	slices.SortStableFunc(c.plumbing.order, func(a, b int32) int {
		x, y := &net.Links[a], &net.Links[b]
		return cmp.Or(cmp.Compare(net.Sites[x.From].Name, net.Sites[y.From].Name), cmp.Compare(net.Sites[x.To].Name, net.Sites[y.To].Name),
			cmp.Compare(name(x.Component), name(y.Component)))
	})
	for _, l := range c.plumbing.order {
		c.plumbing.pipeOf[l] = none
		if width := net.Links[l].Bandwidth; width > 0 {
			c.plumbing.pipeOf[l] = int32(len(c.p.pipes))
			c.p.pipes = append(c.p.pipes, pipe{bandwidth: width})
		}
	}
	return true
}

// ways finds the pipes on the widest way from each member of a store to each other, by the source and the copy.
// nil = none is on any.
func (c *compiler) ways(g *group) [][]int32 {
	if !c.pipes() {
		return nil
	}
	net := &c.p.sys.Network
	out, narrow := make([][]int32, g.n*g.n), false
	for j := range g.n {
		from := c.siteOf(g, j)
		if from == none {
			continue
		}
		_, last := widest(net, c.plumbing.order, from)
		for k := range g.n {
			to := c.siteOf(g, k)
			if j == k || to == none {
				continue
			}
			way := &out[j*g.n+k]
			for l := last[to]; l != none; l = last[net.Links[l].From] {
				if i := c.plumbing.pipeOf[l]; i != none {
					*way, narrow = append(*way, i), true
				}
			}
		}
	}
	if !narrow {
		return nil
	}
	return out
}

// siteOf is where a member is in the network.
func (c *compiler) siteOf(g *group, k int32) int32 {
	return c.p.sys.Components[c.p.members[g.first+k].component].Site
}

// widest is how much the widest way from a site to each other carries while everything works, in bytes per
// second: +∞ without a limit, 0 without a way; and the last link of that way, or none.
func widest(net *model.Network, order []int32, from int32) (width []float64, last []int32) {
	width, last = make([]float64, len(net.Sites)), make([]int32, len(net.Sites))
	for i := range last {
		last[i] = none
	}
	width[from] = math.Inf(1)
	for changed := true; changed; {
		changed = false
		for _, i := range order {
			l := &net.Links[i]
			passes := l.From == from || net.Sites[l.From].Transit || net.Sites[from].Within == l.From || net.Sites[l.To].Within == l.From
			if !passes {
				continue
			}
			through := width[l.From]
			if l.Bandwidth > 0 {
				through = min(through, l.Bandwidth)
			}
			if through > width[l.To] {
				width[l.To], last[l.To], changed = through, i, true
			}
		}
	}
	return width, last
}

// narrowStores lays out who shares the pipes, and which copies cannot follow over them from the start.
func (c *compiler) narrowStores() error {
	p := c.p
	for _, i := range byName(len(p.groups), func(i int) string { return p.sys.Services[i].Name }) {
		if k := p.groups[i].store; k != none && p.stores[k].ways != nil {
			p.narrow = append(p.narrow, i)
		}
	}
	addStreams(p.narrow, p.groups, p.stores, p.copies, p.pipes)
	for _, i := range p.narrow {
		g := &p.groups[i]
		s := &p.stores[g.store]
		for k := range g.n {
			if x := &p.copies[s.first+k]; k != s.led {
				x.takesIn = s.takes(p.pipes, g, k)
				x.outrun = outruns(x.takesIn) && !s.throttles()
				x.following = !x.outrun
			}
		}
	}
	return nil
}
