package engine

import (
	"math"
	"slices"
)

// This file draws where shards are, by the principle of deferred decisions: when a member's shards matter for
// the first time, it is drawn how many of those not yet placed it has, and where their other copies are. Those
// not yet placed are on members not yet drawn, and there as likely in one way as in another, so the result has
// the same law as if all had been placed at the start.

// catalogue lists sets of members.
type catalogue struct {
	sets []int32 // copies of each
	of   [][]int32
}

func (c *catalogue) size(copies int32) int32 { return int32(len(c.sets)) / copies }

// reveal draws what is on a member.
func (x *shards) reveal(k int32) {
	h := &x.at[k]
	if h.known {
		return
	}
	switch {
	case x.scatter > 0:
		if len(x.drawn.sets) == 0 {
			x.drawCopysets()
		}
		x.revealSets(&x.drawn, k)
	case x.all != nil:
		x.revealSets(x.all, k)
	default:
		x.revealShards(k)
	}
	h.known = true
	x.known++
	if x.places != nil {
		x.unknown[x.places[k]]--
	}
}

// revealSets draws how many shards each set with a member has: every set is as likely as any other.
func (x *shards) revealSets(c *catalogue, k int32) {
	for _, s := range c.of[k] {
		if x.taken[s] {
			continue
		}
		x.taken[s] = true
		shards := x.luck.binomial(x.left, 1/float64(x.free))
		x.free--
		if shards > 0 {
			x.add(c.sets[s*x.copies:(s+1)*x.copies], shards)
		}
	}
}

// revealShards draws how many shards a member has, and where the other copies of each are.
func (x *shards) revealShards(k int32) {
	shards := x.luck.binomial(x.left, x.shareOf(k))
	if x.places != nil {
		x.waysApart(x.places[k])
	}
	for range shards {
		x.order = append(x.order[:0], k)
		if x.places == nil {
			for int32(len(x.order)) < x.copies {
				if m := x.luck.below(x.n); !x.at[m].known && !slices.Contains(x.order, m) {
					x.order = append(x.order, m)
				}
			}
		} else {
			x.drawApart(k)
		}
		x.add(x.order, 1)
	}
}

// shareOf is the probability that a shard not yet placed is on member k.
func (x *shards) shareOf(k int32) float64 {
	if x.places == nil {
		return min(1, float64(x.copies)/float64(x.n-x.known))
	}
	x.waysApart(x.places[k])
	with := x.odds[x.copies-1]
	x.waysApart(none)
	if all := x.odds[x.copies]; all > 0 {
		return min(1, with/all)
	}
	return 0
}

// waysApart works out in how many ways members not yet drawn can be chosen in different places but one, for
// every number of them and from every place on: odds[p·(copies+1)+j] are those for j from place p on, the
// elementary symmetric polynomials of their numbers.
func (x *shards) waysApart(but int32) {
	w := x.copies + 1
	end := int32(len(x.inPlace))
	last := x.odds[end*w : end*w+w]
	clear(last)
	last[0] = 1
	for p := end - 1; p >= 0; p-- {
		n := float64(x.unknown[p])
		if p == but {
			n = 0
		}
		for j := w - 1; j > 0; j-- {
			x.odds[p*w+j] = x.odds[(p+1)*w+j] + n*x.odds[(p+1)*w+j-1]
		}
		x.odds[p*w] = 1
	}
}

// drawApart chooses the other members of a shard of member k, all ways being equally likely. odds are those of
// all places but its own.
func (x *shards) drawApart(k int32) {
	but := x.places[k]
	w := x.copies + 1
	for p, left := int32(0), x.copies-1; left > 0; p++ {
		if p == but || x.unknown[p] == 0 {
			continue
		}
		with := float64(x.unknown[p]) * x.odds[(p+1)*w+left-1]
		if x.luck.uniform()*x.odds[p*w+left] >= with {
			continue
		}
		for {
			if m := x.inPlace[p][x.luck.below(int32(len(x.inPlace[p])))]; !x.at[m].known {
				x.order = append(x.order, m)
				break
			}
		}
		left--
	}
}

// add makes shards known that have their copies on the given members.
func (x *shards) add(members []int32, shards int32) {
	x.left -= shards
	x.sets = append(x.sets, shardSet{shards: shards})
	for _, m := range members {
		x.slots = append(x.slots, slot{member: m, next: x.at[m].first})
		x.at[m].first = int32(len(x.slots) - 1)
	}
}

// drawCopysets shuffles the members, cuts the row into sets, and does so again until each member shares sets
// with about as many others as it may. Of a row that cannot be cut evenly, the rest has no set of it.
func (x *shards) drawCopysets() {
	for k := range x.drawn.of {
		x.drawn.of[k] = x.drawn.of[k][:0]
	}
	sets := x.n / x.copies
	for row := range x.rows() {
		x.order = x.order[:0]
		for k := range x.n {
			x.order = append(x.order, k)
		}
		for i := x.n - 1; i > 0; i-- {
			k := x.luck.below(i + 1)
			x.order[i], x.order[k] = x.order[k], x.order[i]
		}
		for i, m := range x.order[:sets*x.copies] {
			x.drawn.of[m] = append(x.drawn.of[m], row*sets+int32(i)/x.copies)
		}
		x.drawn.sets = append(x.drawn.sets, x.order[:sets*x.copies]...)
	}
	x.free = x.drawn.size(x.copies)
}

// rows is how often the members are shuffled.
func (p *placing) rows() int32 {
	if p.copies == 1 {
		return 1
	}
	return (p.scatter + p.copies - 2) / (p.copies - 1)
}

// choose is n over k.
func choose(n, k int32) float64 {
	ways := 1.0
	for i := range k {
		ways *= float64(n-i) / float64(i+1)
	}
	return max(0, ways)
}

// unseenServed is the share of the requests about shards not yet placed that finds enough copies from a view.
// All their members are well.
func (r *Runner) unseenServed(g *group, x *shards, takes, view int32) float64 {
	reached := func(k int32) bool { return r.reach.ok(view, r.members[g.first+k].site) }
	switch {
	case view == none:
		return 1
	case x.scatter > 0 && len(x.drawn.sets) == 0:
		x.drawCopysets()
		fallthrough
	case x.scatter > 0:
		return x.setsServed(&x.drawn, takes, reached)
	case x.all != nil:
		return x.setsServed(x.all, takes, reached)
	case x.places == nil:
		return x.drawServed(takes, reached)
	}
	return x.apartServed(takes, reached)
}

// setsServed is the share of the sets not yet known with enough members that are reached.
func (x *shards) setsServed(c *catalogue, takes int32, reached func(int32) bool) float64 {
	served := 0
	for s := range c.size(x.copies) {
		n := int32(0)
		for _, m := range c.sets[s*x.copies : (s+1)*x.copies] {
			if reached(m) {
				n++
			}
		}
		if !x.taken[s] && n >= takes {
			served++
		}
	}
	return float64(served) / float64(x.free)
}

// drawServed is the probability that enough of the copies, drawn without replacement, are reached.
func (x *shards) drawServed(takes int32, reached func(int32) bool) float64 {
	in, out := int32(0), int32(0)
	for k := range x.n {
		switch {
		case x.at[k].known:
		case reached(k):
			in++
		default:
			out++
		}
	}
	sum := 0.0
	for j := takes; j <= x.copies; j++ {
		sum += choose(in, j) * choose(out, x.copies-j)
	}
	return sum / choose(in+out, x.copies)
}

// apartServed is the same with at most one copy in a place: ways[j] and all[j] count the ways of choosing j
// members, ways by how many of them are reached.
func (x *shards) apartServed(takes int32, reached func(int32) bool) float64 {
	w := x.copies + 1
	ways := x.odds[:w*w]
	clear(ways)
	ways[0] = 1
	for _, members := range x.inPlace {
		in, out := 0.0, 0.0
		for _, k := range members {
			switch {
			case x.at[k].known:
			case reached(k):
				in++
			default:
				out++
			}
		}
		for j := x.copies; j > 0; j-- {
			for n := j; n >= 0; n-- {
				ways[j*w+n] += out * ways[(j-1)*w+n]
				if n > 0 {
					ways[j*w+n] += in * ways[(j-1)*w+n-1]
				}
			}
		}
	}
	sum, all := 0.0, 0.0
	for n, x := range ways[x.copies*w : x.copies*w+w] {
		all += x
		if int32(n) >= takes {
			sum += x
		}
	}
	return sum / all
}

// below draws a whole number from 0 to n − 1, n at least 1 and far below 2³².
func (s *stream) below(n int32) int32 { return int32(s.uniform() * float64(n)) }

// binomial draws how many of n trials succeed, each with probability p, by inversion outward from the mode.
func (s *stream) binomial(n int32, p float64) int32 {
	if n == 0 || p <= 0 {
		return 0
	}
	if p >= 1 {
		return n
	}
	mode := min(n, int32(float64(n+1)*p))
	up, down := mode, mode
	at := binomialOdds(float64(n), float64(mode), p)
	above, below := at, at
	for u := s.uniform() - at; u >= 0; {
		moved := false
		if up < n {
			above *= float64(n-up) / float64(up+1) * p / (1 - p)
			up++
			if u -= above; u < 0 {
				return up
			}
			moved = above > 0
		}
		if down > 0 {
			below *= float64(down) / float64(n-down+1) * (1 - p) / p
			down--
			if u -= below; u < 0 {
				return down
			}
			moved = moved || below > 0
		}
		if !moved { // what rounding has left
			break
		}
	}
	return mode
}

// binomialOdds is the probability of k successes in n trials.
func binomialOdds(n, k, p float64) float64 {
	a, _ := math.Lgamma(n + 1)
	b, _ := math.Lgamma(k + 1)
	c, _ := math.Lgamma(n - k + 1)
	return math.Exp(a - b - c + k*math.Log(p) + (n-k)*math.Log1p(-p))
}
