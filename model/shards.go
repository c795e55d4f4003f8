package model

// Shards is a store cut into many parts of equal size, each of which has its copies on some of the members
// (consistent hashing, or the blocks of a distributed file system). Which members have which shard is drawn by
// Placement, anew in every replication.
type Shards struct {
	Count     int // at least 1, at most MostShards
	Placement Placement
	Places    []int32 // RackAware, ZoneAware: of each member, the number of the place it is in; else nil
	Scatter   int     // Copysets: other members with which one shares shards, about; at least copies - 1
	Size      float64 // bytes of all shards, each counted once; 0 = copying takes no time
	Rate      float64 // bytes per second that each member with other copies passes on for a copy to be made anew; 0 = any
	After     Seconds // a member is away for that long before what it has is copied to others
}

// MostShards bounds the shards of one store.
const MostShards = 4_000_000

// mostShardCopies bounds the copies of each.
const mostShardCopies = 16

// Placement tells on which members the copies of a shard are.
type Placement uint8

// Placements.
const (
	RandomPlacement Placement = iota // any
	RackAware                        // any in different racks
	ZoneAware                        // any in different zones
	Copysets                         // one of few sets (Cidon et al., USENIX ATC 2013)
	NumPlacements
)

// PlacementWords are the placements as files write them.
func PlacementWords() []string { return []string{"random", "rack-aware", "zone-aware", "copysets"} }

func (p Placement) String() string { return PlacementWords()[p] }

// ShardUse is what became of the shards of a store in one replication, within the horizon. Arrays are by
// Access. A member that is up counts as there, whoever reaches it.
type ShardUse struct {
	Some   [2]Seconds // time in which too few copies of some shard were there
	Share  [2]Seconds // integral over time of the share of the shards of which that is true
	Lost   int64      // shards of which every copy was lost
	Losses int64      // instants at which some were
}

func (c *checker) shards(x *Service, where string) {
	s := x.Store.Shards
	if s == nil {
		return
	}
	l, ok := x.Policy.(Leaderless)
	if !ok {
		c.fault(x.At, "%s: only a leaderless store has shards", where)
		return
	}
	copies, _, _ := l.Copies()
	if s.Count < 1 || s.Count > MostShards || copies > mostShardCopies || s.Placement >= NumPlacements {
		c.fault(x.At, "%s: there are 1 to %d shards, with up to %d copies, in a known placement", where, MostShards, mostShardCopies)
		return
	}
	if s.Placement == Copysets && (s.Scatter < copies-1 || s.Scatter < 1 || s.Scatter >= len(x.Members)) {
		c.fault(x.At, "%s: with %d copies, a member of %d shares shards with at least %d others, not %d", where, copies, len(x.Members), max(1, copies-1), s.Scatter)
	}
	if !(s.Size >= 0) || !(s.Rate >= 0) || !isLength(s.After) {
		c.fault(x.At, "%s: the size of the shards, the rate of copying and the time before it are finite", where)
	}
	if x.Store.Durability == Periodic || x.Store.Durability == OSCache || x.Store.Rebuild != nil || x.Store.Backups != nil {
		c.fault(x.At, "%s: of shards it is known whether all copies are lost, not what single writes were on disk or in a backup", where)
	}
	c.placesOfShards(x, copies, where)
}

// placesOfShards checks that copies can be as far apart as they must.
func (c *checker) placesOfShards(x *Service, copies int, where string) {
	s := x.Store.Shards
	if s.Placement != RackAware && s.Placement != ZoneAware {
		return
	}
	if len(s.Places) != len(x.Members) {
		c.fault(x.At, "%s: with placement %v, every replica must be in a zone or a rack", where, s.Placement)
		return
	}
	places := map[int32]bool{}
	for _, at := range s.Places {
		places[at] = true
	}
	if len(places) < copies {
		c.fault(x.At, "%s: %d copies in different places, and its replicas are in %d", where, copies, len(places))
	}
}
