package engine

import (
	"math"
	"math/rand/v2"

	"github.com/ftsim/ftsim/model"
)

// law is a Distribution made ready for fast drawing. An exponential is drawn by ziggurat, exactly; a
// constant needs no draw; whatever can be inverted becomes a table of 4096 quantiles, interpolated
// linearly inside a cell except where that would bend the law, in particular in the outermost cells,
// which are inverted exactly; the rest draws from its own Sample.
type law struct {
	kind  lawKind
	mean  float64 // of the exponential; value of the constant
	table *[tableCells + 1]float64
	from  model.Distribution
}

type lawKind uint8

const (
	exponentialLaw lawKind = iota
	constantLaw
	tableLaw
	sampledLaw
)

const (
	tableBits  = 12
	tableCells = 1 << tableBits
	// bend is how far the middle of a cell may lie from the straight line, relative to its value, before
	// the cell is inverted exactly instead.
	bend = 1e-4
)

func compileLaw(d model.Distribution, exact bool) law {
	if m, ok := d.(model.Memoryless); ok {
		return law{kind: exponentialLaw, mean: 1 / m.Rate(), from: d}
	}
	q, ok := d.(model.Quantiler)
	if !ok {
		return law{kind: sampledLaw, from: d}
	}
	if low, high := q.Quantile(1e-12), q.Quantile(1-1e-12); low == high {
		return law{kind: constantLaw, mean: float64(low), from: d}
	}
	if exact {
		return law{kind: sampledLaw, from: d}
	}
	return law{kind: tableLaw, table: quantileTable(q), from: d}
}

// quantileTable holds the quantiles at i/4096; a negative sign on the left end of a cell marks one that
// must be inverted exactly.
func quantileTable(q model.Quantiler) *[tableCells + 1]float64 {
	t := new([tableCells + 1]float64)
	for i := 1; i < tableCells; i++ {
		t[i] = float64(q.Quantile(float64(i) / tableCells))
	}
	straight := func(i int) bool {
		middle := float64(q.Quantile((float64(i) + 0.5) / tableCells))
		return math.Abs(middle-(t[i]+t[i+1])/2) <= bend*middle
	}
	for i := 1; i < tableCells-1; i++ {
		if !straight(i) {
			t[i] = math.Copysign(t[i], -1)
		}
	}
	t[0] = math.Copysign(0, -1)
	t[tableCells-1] = math.Copysign(t[tableCells-1], -1)
	return t
}

// draw takes a duration in seconds from the law.
func (l *law) draw(s *stream, lend *lender) float64 {
	if l.kind == exponentialLaw {
		u := s.next()
		y := &zigLayers[u&255]
		if m := u >> 11; m < y.core {
			return float64(m) * y.width * l.mean
		}
		return s.exponentialEdge(u) * l.mean
	}
	return l.drawOther(s, lend)
}

func (l *law) drawOther(s *stream, lend *lender) float64 {
	switch l.kind {
	case constantLaw:
		return l.mean
	case tableLaw:
		u := s.next()
		i := u >> (64 - tableBits)
		low := l.table[i]
		if !math.Signbit(low) {
			high := math.Abs(l.table[i+1])
			return low + (high-low)*(float64(u<<tableBits>>11)*(1.0/(1<<53)))
		}
		return l.invert(i, float64(u<<tableBits>>11)*(1.0/(1<<53)))
	}
	x := float64(l.from.Sample(lend.rand(s)))
	lend.giveBack()
	return x
}

// invert is the quantile at position w within cell i. Away from 0 and 1 nothing can go wrong; at the
// very ends the position is moved by half its grain.
func (l *law) invert(i uint64, w float64) float64 {
	const grain = 1.0 / (1 << 54)
	p := (float64(i) + w + grain) / tableCells
	return float64(l.from.(model.Quantiler).Quantile(min(p, 1-grain)))
}

// lender turns a stream into a *rand.Rand for the length of one call.
type lender struct {
	source source
	used   *stream
	r      *rand.Rand
}

func newLender() *lender {
	l := &lender{}
	l.r = rand.New(&l.source)
	return l
}

// rand lends s until giveBack.
func (l *lender) rand(s *stream) *rand.Rand {
	l.source.s, l.used = *s, s
	return l.r
}

// giveBack writes the state of the lent stream back to its owner.
func (l *lender) giveBack() {
	*l.used = l.source.s
	l.used = nil
}

// sample draws from a law itself, for what is too rare to be worth a table; nil takes no time.
func (r *Runner) sample(d model.Distribution, s *stream) float64 {
	if d == nil {
		return 0
	}
	t := d.Sample(r.lend.rand(s))
	r.lend.giveBack()
	return float64(t)
}
