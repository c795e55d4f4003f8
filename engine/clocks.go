package engine

import "math"

// clocks is the set of pending events. Every source of future events owns one numbered clock, fixed at
// Compile; arming writes a time, stopping writes never, and equal times come in the order of numbers.
// Nothing is allocated once the set has reached its working size.
//
// Up to treeLimit clocks it is a tournament tree: the way from a leaf to the root is known beforehand,
// so its loads do not wait for each other, and each comparison compiles to conditional moves. Above, a
// bucket queue, whose cost per event does not grow with the number of clocks.
type clocks struct {
	tree    []entrant // heap order, tree[1] wins; leaf of clock i is tree[leaves+i]; nil if queue is used
	leaves  uint
	buckets *buckets
}

// entrant is a clock in the tournament. Times are kept as the bits of non-negative floats, which order
// as integers.
type entrant struct {
	time uint64
	id   int64
}

const (
	treeLimit = 1 << 16
	never     = uint64(0x7FF0000000000000) // +Inf
)

// newClocks makes n stopped clocks. rate is the expected number of events per second of all of them,
// which only affects speed.
func newClocks(n int, rate float64) clocks {
	if n > treeLimit {
		return clocks{buckets: newBuckets(n, rate)}
	}
	leaves := 2
	for leaves < n {
		leaves *= 2
	}
	c := clocks{tree: make([]entrant, 2*leaves), leaves: uint(leaves)}
	c.reset()
	return c
}

// reset stops every clock.
func (c *clocks) reset() {
	if c.buckets != nil {
		c.buckets.reset()
		return
	}
	for i := uint(0); i < c.leaves; i++ {
		c.tree[c.leaves+i] = entrant{never, int64(i)}
	}
	c.settle()
}

// lay sets a clock after a reset; settle must follow. It makes a reset linear.
func (c *clocks) lay(id int32, t float64) {
	if c.buckets != nil {
		c.buckets.armed[id] = t
		return
	}
	c.tree[c.leaves+uint(id)].time = math.Float64bits(t)
}

// settle takes in what has been laid: it decides the whole tournament, or fills the buckets.
func (c *clocks) settle() {
	if c.buckets != nil {
		c.buckets.fill()
		return
	}
	for i := c.leaves - 1; i >= 1; i-- {
		a, b := c.tree[2*i], c.tree[2*i+1]
		if b.time < a.time {
			a = b
		}
		c.tree[i] = a
	}
}

// arm sets clock id to ring at t, whatever it was set to.
func (c *clocks) arm(id int32, t float64) {
	if c.buckets != nil {
		c.buckets.arm(id, t)
		return
	}
	c.enter(id, math.Float64bits(t))
}

// stop makes clock id never ring.
func (c *clocks) stop(id int32) {
	if c.buckets != nil {
		c.buckets.armed[id] = math.Inf(1)
		return
	}
	c.enter(id, never)
}

// enter replays the matches on the way from a leaf to the root. The two assignments are apart because
// the compiler turns an if with one assignment into a conditional move. A left neighbour wins ties,
// having the smaller number.
func (c *clocks) enter(id int32, time uint64) {
	tree := c.tree
	winner := int64(id)
	p := c.leaves + uint(id)
	tree[p] = entrant{time, winner}
	for p > 1 {
		other := tree[p^1]
		beaten := other.time < time+uint64(p&1)
		if beaten {
			time = other.time
		}
		if beaten {
			winner = other.id
		}
		p >>= 1
		tree[p] = entrant{time, winner}
	}
}

// next is the clock that rings first and its time, +Inf if none does. It stays armed.
func (c *clocks) next() (int32, float64) {
	if c.tree == nil {
		return c.buckets.next()
	}
	w := &c.tree[1]
	return int32(w.id), math.Float64frombits(w.time)
}

// at is the time clock id is set to, +Inf if it is stopped.
func (c *clocks) at(id int32) float64 {
	if c.buckets != nil {
		return c.buckets.armed[id]
	}
	return math.Float64frombits(c.tree[c.leaves+uint(id)].time)
}

// buckets is a bucket queue of two levels: one ring of equal slices of time and a list for everything
// beyond it. Entries are never removed: one whose time is not the armed time of its clock is stale, and
// is dropped when its slice comes up.
type buckets struct {
	armed []float64
	near  []pending // the slice being worked off, sorted
	head  int       // next in near
	ring  [][]pending
	far   []pending // beyond the ring
	spare []pending // the other half of far, so that sorting out needs no new memory
	count []int32   // counting sort of a slice
	width float64
	inv   float64
	slice int64 // number of the slice in near
}

type pending struct {
	time float64
	id   int32
}

func newBuckets(n int, rate float64) *buckets {
	const perSlice = 256
	if !(rate > 0) || math.IsInf(rate, 0) {
		rate = 1
	}
	q := &buckets{armed: make([]float64, n), count: make([]int32, perSlice+1)}
	q.width = perSlice / rate
	q.inv = 1 / q.width
	size := 1
	for float64(size)*perSlice < 1.5*float64(n)+2*perSlice {
		size *= 2
	}
	q.ring = make([][]pending, size)
	q.reset()
	return q
}

func (q *buckets) reset() {
	for i := range q.armed {
		q.armed[i] = math.Inf(1)
	}
	for i := range q.ring {
		q.ring[i] = q.ring[i][:0]
	}
	q.near, q.far, q.head, q.slice = q.near[:0], q.far[:0], 0, 0
}

// fill puts every armed clock into its bucket. The first time it makes the buckets as large as they then
// are, and a little larger, out of one piece of memory.
func (q *buckets) fill() {
	if q.ring[0] == nil {
		q.makeRoom()
	}
	for id, t := range q.armed {
		if t <= math.MaxFloat64 {
			q.put(pending{t, int32(id)})
		}
	}
}

func (q *buckets) makeRoom() {
	sizes, far := make([]int32, len(q.ring)), 0
	for _, t := range q.armed {
		if slice := q.sliceOf(t); slice < int64(len(q.ring)) {
			sizes[slice]++
		} else if t <= math.MaxFloat64 {
			far++
		}
	}
	total := 0
	for i := range sizes {
		sizes[i] += sizes[i]/16 + 8
		total += int(sizes[i])
	}
	room := make([]pending, total)
	for i, n := range sizes {
		q.ring[i], room = room[:0:n], room[n:]
	}
	q.far = make([]pending, 0, far+far/16)
}

func (q *buckets) arm(id int32, t float64) {
	q.armed[id] = t
	if t > math.MaxFloat64 {
		return
	}
	q.put(pending{t, id})
}

// sliceOf is the number of the slice of time t; far times share the last number.
func (q *buckets) sliceOf(t float64) int64 { return int64(min(t*q.inv, 1<<62)) }

func (q *buckets) put(e pending) {
	slice := q.sliceOf(e.time)
	switch {
	case slice <= q.slice:
		q.insert(e)
	case slice < q.slice+int64(len(q.ring)):
		b := &q.ring[slice&int64(len(q.ring)-1)]
		*b = append(*b, e)
	default:
		q.far = append(q.far, e)
	}
}

// insert keeps near sorted. Entries before head are history.
func (q *buckets) insert(e pending) {
	near := append(q.near, e)
	i := len(near) - 1
	for i > q.head && later(near[i-1], e) {
		near[i] = near[i-1]
		i--
	}
	near[i] = e
	q.near = near
}

func later(a, b pending) bool { return a.time > b.time || a.time == b.time && a.id > b.id }

func (q *buckets) next() (int32, float64) {
	for {
		for q.head < len(q.near) {
			if e := q.near[q.head]; q.armed[e.id] == e.time {
				return e.id, e.time
			}
			q.head++
		}
		if !q.refill() {
			return 0, math.Inf(1)
		}
	}
}

// refill moves on to the next slice that holds anything; false if nothing is pending.
func (q *buckets) refill() bool {
	q.near, q.head = q.near[:0], 0
	size := int64(len(q.ring))
	for empty := int64(0); ; {
		q.slice++
		if q.slice&(size-1) == 0 {
			if empty >= size && !q.skip() {
				return false
			}
			q.sortOut()
		}
		b := &q.ring[q.slice&(size-1)]
		if len(*b) == 0 {
			empty++
			if empty > 2*size && len(q.far) == 0 {
				return false
			}
			continue
		}
		q.take(b)
		if len(q.near) > 0 {
			return true
		}
	}
}

// skip goes to the lap before the first live entry in far, when the ring is empty; false if there is none.
func (q *buckets) skip() bool {
	first := math.Inf(1)
	for _, e := range q.far {
		if q.armed[e.id] == e.time {
			first = min(first, e.time)
		}
	}
	if math.IsInf(first, 1) {
		return false
	}
	size := int64(len(q.ring))
	q.slice = max(q.slice, q.sliceOf(first)&^(size-1))
	return true
}

// sortOut distributes what has come within reach of the ring.
func (q *buckets) sortOut() {
	old := q.far
	q.far = q.spare[:0]
	for _, e := range old {
		if q.armed[e.id] != e.time {
			continue
		}
		if slice := q.sliceOf(e.time); slice < q.slice+int64(len(q.ring)) {
			b := &q.ring[slice&int64(len(q.ring)-1)]
			*b = append(*b, e)
		} else {
			q.far = append(q.far, e)
		}
	}
	q.spare = old[:0]
}

// take sorts the live entries of a slice into near: by counting into cells, then by insertion within
// what little disorder is left. Looking at the armed times of a whole slice at once lets the cache
// misses overlap.
func (q *buckets) take(b *[]pending) {
	cells := len(q.count) - 1
	base, scale := float64(q.slice)*q.width, float64(cells)*q.inv
	cell := func(t float64) int { return min(cells-1, max(0, int((t-base)*scale))) }
	clear(q.count)
	live := 0
	src := *b
	for _, e := range src {
		if q.armed[e.id] == e.time {
			src[live] = e
			live++
			q.count[cell(e.time)+1]++
		}
	}
	for i := 1; i <= cells; i++ {
		q.count[i] += q.count[i-1]
	}
	if cap(q.near) < live {
		q.near = make([]pending, live, 2*live)
	}
	out := q.near[:live]
	for _, e := range src[:live] {
		c := cell(e.time)
		out[q.count[c]] = e
		q.count[c]++
	}
	for i := 1; i < live; i++ {
		e, j := out[i], i
		for ; j > 0 && later(out[j-1], e); j-- {
			out[j] = out[j-1]
		}
		out[j] = e
	}
	q.near = out
	*b = src[:0]
}
