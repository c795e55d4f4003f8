package engine

import (
	"math"
	"math/bits"
	"math/rand/v2"
)

// stream is a source of random numbers in eight bytes (wyrand: one wide multiplication per draw). Every
// purpose of every element has its own, seeded from names, so that changing one element leaves the
// luck of all others alone.
type stream uint64

func (s *stream) next() uint64 {
	*s += 0xa0761d6478bd642f
	hi, lo := bits.Mul64(uint64(*s), uint64(*s)^0xe7037ed1a0b428db)
	return hi ^ lo
}

// uniform draws from [0, 1).
func (s *stream) uniform() float64 { return float64(s.next()>>11) * (1.0 / (1 << 53)) }

// purpose keeps apart the streams of one element.
type purpose uint64

const (
	forLife purpose = iota
	forRepair
	forVictims
	forPolicy
	forWatch
	forData
	forStart
	forStandby
	forJob
	forUpkeep
	forParts
	forReads
	forBranches
	forSalvage
)

// mix is the finaliser of splitmix64: every bit of the result depends on every bit of x.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// nameKey hashes the full name of an element and a purpose (FNV-1a, then mixed).
func nameKey(name string, p purpose) uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := 0; i < len(name); i++ {
		h = (h ^ uint64(name[i])) * 0x100000001b3
	}
	return mix(h ^ uint64(p)*0x9e3779b97f4a7c15)
}

// runKey hashes a seed and the index of a replication.
func runKey(seed uint64, replication int) uint64 {
	return mix(mix(seed+0x9e3779b97f4a7c15) + uint64(replication)*0xd1342543de82ef95)
}

// streamOf starts the stream of one name and purpose in one replication.
func streamOf(run, name uint64) stream { return stream(mix(run ^ name)) }

// source lends a stream to code that wants a *rand.Rand. The stream is copied in before and out after,
// so one rand.Rand serves all streams of a runner without allocation.
type source struct{ s stream }

func (s *source) Uint64() uint64 { return s.s.next() }

var _ rand.Source = (*source)(nil)

// The ziggurat method (Marsaglia and Tsang, 2000) covers the density of the unit exponential by 256
// layers of equal area; a draw inside a layer's core, some 99 % of them, costs one multiplication.
// Unlike the method of math/rand it uses 53 bits of mantissa, so that lifetimes are not grainy.
type layer struct {
	core  uint64  // mantissas below it are accepted at once
	width float64 // of the layer, per unit of mantissa
}

const (
	zigguratTail = 7.69711747013104972
	zigguratArea = 0.0039496598225815571993
)

var zigLayers, zigHeights = makeZiggurat()

func makeZiggurat() (*[256]layer, *[257]float64) {
	var x [257]float64
	x[0], x[1] = zigguratArea/math.Exp(-zigguratTail), zigguratTail
	for i := 1; i < 255; i++ {
		x[i+1] = -math.Log(math.Exp(-x[i]) + zigguratArea/x[i])
	}
	layers, heights := new([256]layer), new([257]float64)
	for i := range layers {
		layers[i] = layer{uint64(x[i+1] / x[i] * (1 << 53)), x[i] / (1 << 53)}
	}
	for i := range heights {
		heights[i] = math.Exp(-x[i])
	}
	heights[0] = 0
	return layers, heights
}

// exponential draws from the unit exponential.
func (s *stream) exponential() float64 {
	u := s.next()
	l := &zigLayers[u&255]
	if m := u >> 11; m < l.core {
		return float64(m) * l.width
	}
	return s.exponentialEdge(u)
}

//go:noinline
func (s *stream) exponentialEdge(u uint64) float64 {
	for {
		i, m := u&255, u>>11
		x := float64(m) * zigLayers[i].width
		if m < zigLayers[i].core {
			return x
		}
		if i == 0 {
			return zigguratTail - math.Log(1-s.uniform())
		}
		if zigHeights[i]+s.uniform()*(zigHeights[i+1]-zigHeights[i]) < math.Exp(-x) {
			return x
		}
		u = s.next()
	}
}
