package engine

// This file remembers when a store took writes, so that what lies beyond a point in time can be counted in
// writes and not in seconds of the clock (R29, R36). Only stores that can be brought back to a point in
// time need that.

// mostStretches bounds what is remembered. What is older is taken to have been written without a pause.
const mostStretches = 64

// history is the stretches of time in which a store took writes, by beginning. Each ends where what it
// wrote does: at the position where the next begins.
type history struct {
	n       int32
	from    [mostStretches]float64 // when a stretch began
	written [mostStretches]float64 // position at that time
}

// begin starts a stretch.
func (h *history) begin(now, written float64) {
	if h.n == mostStretches {
		copy(h.from[1:], h.from[2:])
		copy(h.written[1:], h.written[2:])
		h.n--
	}
	h.from[h.n], h.written[h.n] = now, written
	h.n++
}

// by is the position that had been reached at an earlier time, of a history that has come to written.
func (h *history) by(at, written float64) float64 {
	for k := h.n - 1; k >= 0; k-- {
		if h.from[k] <= at {
			return min(written, h.written[k]+at-h.from[k])
		}
		written = h.written[k]
	}
	return 0
}

// cut forgets stretches that begin beyond a position.
func (h *history) cut(written float64) {
	for h.n > 1 && h.written[h.n-1] >= written {
		h.n--
	}
}
