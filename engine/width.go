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
func (c *compiler) intakes(s *model.Store, widths []float64) []float64 {
	if s.Growth == 0 || widths == nil {
		return nil
	}
	out := make([]float64, len(widths))
	for i, width := range widths {
		if out[i] = s.TakesIn; width > 0 && (s.TakesIn == 0 || width/s.Growth < s.TakesIn) {
			out[i] = width / s.Growth
		}
	}
	return out
}

// copyTimes is how many seconds a full copy from each member of a store to each other takes at least, by the
// source and the copy. nil = no link is in the way.
func (c *compiler) copyTimes(s *model.Store, widths []float64) []float64 {
	if s.Rebuild == nil || s.Rebuild.Size == 0 || widths == nil {
		return nil
	}
	out := make([]float64, len(widths))
	for i, width := range widths {
		if width > 0 {
			out[i] = s.Rebuild.Size / width
		}
	}
	return out
}

// widths is how much the widest way between each two members of a store carries, in bytes per second, by the
// source and the copy; 0 = without limit, or not at all, which is the network's affair. nil = nowhere is a limit.
func (c *compiler) widths(g *group) []float64 {
	net := &c.p.sys.Network
	if !slices.ContainsFunc(net.Links, func(l model.Link) bool { return l.Bandwidth > 0 }) {
		return nil
	}
	out, narrow := make([]float64, g.n*g.n), false
	for j := range g.n {
		from := c.siteOf(g, j)
		width := widest(net, from)
		for k := range g.n {
			if to := c.siteOf(g, k); j != k && from != none && to != none && !math.IsInf(width[to], 1) {
				out[j*g.n+k] = width[to]
				narrow = narrow || width[to] > 0
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
