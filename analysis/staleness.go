package analysis

import "github.com/ftsim/ftsim/model"

// readsOf is what was read of service s; nothing if nobody kept books of it.
func readsOf(o *model.Outcome, s int) model.StaleReads {
	if s >= len(o.Stale) {
		return model.StaleReads{}
	}
	return o.Stale[s]
}

func (v *lens) staleReads(dst []float64, o *model.Outcome, s int) []float64 {
	use := readsOf(o, s)
	return append(dst, float64(use.Stale), float64(use.Served))
}

func (v *lens) staleness(dst []float64, o *model.Outcome, s int) []float64 {
	use := readsOf(o, s)
	return append(dst, use.Lacked, float64(use.Stale))
}

func (v *lens) stalenessMost(dst []float64, o *model.Outcome, s int) []float64 {
	if use := readsOf(o, s); use.Stale > 0 {
		return append(dst, float64(use.Most))
	}
	return dst
}
