package engine

import (
	"math"
	"slices"

	"github.com/ftsim/ftsim/model"
)

// This file is about replication over links of little bandwidth (R31): what a copy takes in is limited by the
// widest way to whoever it copies from, and of each way by its narrowest link.

// intakes is how many seconds of writing per second each member of a store can take in from each other, by
// the source and the copy; 0 = any. nil = no link is in the way.
func (c *compiler) intakes(s *model.Store, g *group) []float64 {
	net := &c.p.sys.Network
	if s.Growth == 0 || !slices.ContainsFunc(net.Links, func(l model.Link) bool { return l.Bandwidth > 0 }) {
		return nil
	}
	out, narrow := make([]float64, g.n*g.n), false
	for j := range g.n {
		from := c.siteOf(g, j)
		width := widest(net, from)
		for k := range g.n {
			takes := math.Inf(1)
			if to := c.siteOf(g, k); from != none && to != none {
				takes = width[to] / s.Growth
			}
			if s.TakesIn > 0 {
				takes = min(takes, s.TakesIn)
			}
			switch {
			case j == k || math.IsInf(takes, 1) || takes == 0: // no way at all is the network's affair
				takes = s.TakesIn
			default:
				narrow = narrow || takes != s.TakesIn
			}
			out[j*g.n+k] = takes
		}
	}
	if !narrow {
		return nil
	}
	return out
}

// copyTimes is how many seconds a full copy from each member of a store to each other takes at least, by the
// source and the copy. nil = no link is in the way.
func (c *compiler) copyTimes(s *model.Store, g *group) []float64 {
	net := &c.p.sys.Network
	if s.Rebuild == nil || s.Rebuild.Size == 0 || !slices.ContainsFunc(net.Links, func(l model.Link) bool { return l.Bandwidth > 0 }) {
		return nil
	}
	out := make([]float64, g.n*g.n)
	for j := range g.n {
		from := c.siteOf(g, j)
		width := widest(net, from)
		for k := range g.n {
			if to := c.siteOf(g, k); from != none && to != none && width[to] > 0 { // no way at all is the network's affair
				out[j*g.n+k] = s.Rebuild.Size / width[to]
			}
		}
	}
	return out
}

// siteOf is where a member is in the network.
func (c *compiler) siteOf(g *group, k int32) int32 {
	return c.p.sys.Components[c.p.members[g.first+k].component].Site
}

// widest is how much the widest way from a site to each other carries while everything works, in bytes per
// second: +∞ without a limit, 0 without a way.
func widest(net *model.Network, from int32) []float64 {
	width := make([]float64, len(net.Sites))
	if from == none {
		return width
	}
	width[from] = math.Inf(1)
	for changed := true; changed; {
		changed = false
		for _, l := range net.Links {
			passes := l.From == from || net.Sites[l.From].Transit || net.Sites[from].Within == l.From || net.Sites[l.To].Within == l.From
			if !passes {
				continue
			}
			through := width[l.From]
			if l.Bandwidth > 0 {
				through = min(through, l.Bandwidth)
			}
			if through > width[l.To] {
				width[l.To], changed = through, true
			}
		}
	}
	return width
}
