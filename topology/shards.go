package topology

import (
	"math"

	"github.com/ftsim/ftsim/model"
)

// usualAbsence is how long a member is away before what it has is copied to others: what HDFS and Ceph wait, in
// round numbers.
const usualAbsence = 10 * model.Minute

// mostFloors bounds how many nodes may be on top of each other.
const mostFloors = 8

// shards reads how a leaderless store is cut into many parts.
func (b *builder) shards(s *service, m *mapping, st *model.Store, size float64, copies int) {
	k := m.sub("shards", m.where+": shards")
	if k == nil || len(k.layers) == 0 {
		return
	}
	words := model.PlacementWords()
	k.need("count", "write for example count: 10000")
	out := &model.Shards{Count: k.count("count", 1, model.MostShards, 0), Size: size}
	word := k.word("placement", words, "random")
	for i, w := range words {
		if w == word {
			out.Placement = model.Placement(i)
		}
	}
	if out.Placement == model.RackAware || out.Placement == model.ZoneAware {
		out.Places = b.apart(s, k, out.Placement == model.RackAware, copies)
	}
	if others := len(s.hosts) - 1; out.Placement != model.Copysets {
		k.ignore("scatter_width")
	} else if least := max(1, copies-1); others >= least {
		out.Scatter = k.count("scatter_width", least, others, min(2*least, others))
	} else {
		k.ignore("scatter_width")
		b.d.fault(k.place("placement"), "", "%s: a copyset takes more than one replica", k.where)
	}
	out.After = k.duration("copy_after", usualAbsence)
	if out.Rate = k.bytesPerSecond("copy_rate", math.Inf(1)); math.IsInf(out.Rate, 1) {
		out.Rate = 0
	} else if size == 0 {
		b.d.fault(k.place("copy_rate"), `write for example size: 30TiB, beside "shards"`, "%s: how much there is to copy is missing", k.label("copy_rate"))
	}
	k.done()
	st.Shards = out
	b.onlyShards(m, st)
}

// onlyShards refuses what is not known of single shards.
func (b *builder) onlyShards(m *mapping, st *model.Store) {
	if m.has("replication") {
		b.d.fault(m.place("replication"), "copy_after and copy_rate under shards say how copies are made anew", "%s: a store of shards has no %q", m.where, "replication")
	}
	if st.Durability == model.Periodic || st.Durability == model.OSCache {
		b.d.fault(m.place("durability"), "write durability: flush", "%s: of shards it is not known which writes were on disk", m.where)
		st.Durability = model.Flush
	}
}

// apart numbers the places of the replicas: racks, or zones, where a node that is in no rack is in its zone.
func (b *builder) apart(s *service, k *mapping, racks bool, copies int) []int32 {
	at := map[int32]*place{}
	for _, z := range b.zones {
		for _, n := range z.all() {
			at[n] = z
		}
	}
	for _, r := range b.racks {
		for _, n := range r.nodes {
			if racks || at[n] == nil {
				at[n] = r
			}
		}
	}
	number, places := map[*place]int32{}, make([]int32, 0, len(s.hosts))
	for _, h := range s.hosts {
		p, on := at[h], h
		for range mostFloors { // a node on another one is where that is
			host, guest := b.lodgings[on]
			if p != nil || !guest {
				break
			}
			on, p = host, at[host]
		}
		if p == nil {
			b.d.fault(k.place("placement"), "say in which zone or rack each node is", "%s: %q is nowhere", k.where, clip(b.sys.Components[h].Name))
			return nil
		}
		if _, known := number[p]; !known {
			number[p] = int32(len(number))
		}
		places = append(places, number[p])
	}
	if len(number) < copies {
		b.d.fault(k.place("placement"), "", "%s: %d copies in different places, and its replicas are in %d", k.where, copies, len(number))
	}
	return places
}
