package engine

import (
	"fmt"

	"github.com/ftsim/ftsim/model"
)

// mostListed is how many possible sets of members are listed, if there are no more than shards.
const mostListed = 20000

// shards lays out a store of many shards.
func (c *compiler) shards(i int32, from *model.Service, g *group) {
	p, s := c.p, from.Store.Shards
	x := &placing{n: g.n, copies: g.copies, takes: [2]int32{model.Write: g.copiesWrite, model.Read: g.copiesRead}, count: int32(s.Count),
		service: i, after: float64(s.After), rate: from.Store.WriteRate, inMemory: from.Store.Durability == model.InMemory, key: nameKey(from.Name, forData)}
	if s.Rate > 0 {
		x.perShard = s.Size / float64(s.Count) / s.Rate
	}
	switch s.Placement {
	case model.Copysets:
		x.scatter = int32(s.Scatter)
	case model.RackAware, model.ZoneAware:
		x.apart(s.Places)
	}
	if x.scatter == 0 {
		x.all = x.possible(min(mostListed, s.Count))
	}
	g.shards = int32(len(p.shards))
	p.shards = append(p.shards, x)
	p.sharded = make([]model.ShardUse, len(p.sys.Services))
	for k := range g.n {
		m := &p.members[g.first+k]
		p.comps[m.component].data, p.comps[m.host].data = true, true
	}
}

// apart finds out who is in which place.
func (p *placing) apart(places []int32) {
	number := map[int32]int32{}
	for k, at := range places {
		n, known := number[at]
		if !known {
			n = int32(len(number))
			number[at] = n
			p.inPlace = append(p.inPlace, nil)
		}
		p.places = append(p.places, n)
		p.inPlace[n] = append(p.inPlace[n], int32(k))
	}
}

// newShards makes the state of a store.
func newShards(p *placing) shards {
	x := shards{placing: p, at: make([]keeper, p.n), marks: make([]int32, p.n), order: make([]int32, 0, p.n), unknown: make([]int32, len(p.inPlace)),
		odds: make([]float64, max(int(p.copies)+1, len(p.inPlace)+1)*(int(p.copies)+1))}
	switch {
	case p.scatter > 0:
		x.drawn = catalogue{sets: make([]int32, 0, p.rows()*p.n), of: make([][]int32, p.n)}
		x.taken = make([]bool, p.rows()*(p.n/p.copies))
	case p.all != nil:
		x.taken = make([]bool, p.all.size(p.copies))
	}
	return x
}

// how says where shards are, and how that is drawn.
func (p *placing) how() string {
	switch {
	case p.scatter > 0:
		return fmt.Sprintf("%d copysets", p.rows()*(p.n/p.copies))
	case p.all != nil:
		return fmt.Sprintf("any of %d sets of members, all listed", p.all.size(p.copies))
	case p.places != nil:
		return fmt.Sprintf("any set of members from different ones of %d places", len(p.inPlace))
	}
	return "any set of members"
}
