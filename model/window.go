package model

import "math"

// Window is a part of the week in which something may be done. The week begins on Monday at midnight, as a
// run does. The zero Window is always open.
type Window struct {
	Days     [7]bool // on which it opens, from Monday
	From, To Seconds // of the day; To may lie in the next day
}

// always tells whether a window never closes.
func (w *Window) always() bool { return w.From >= w.To }

// Length is how long a window stays open once it opens.
func (w *Window) Length() Seconds {
	longest := Seconds(0)
	for d, opens := range w.Days {
		if opens && !w.always() {
			opening := Seconds(d)*Day + w.From
			longest = max(longest, w.closes(opening)-opening)
		}
	}
	if w.always() {
		return Never
	}
	return longest
}

// At tells whether the window is open at time t of a run, and when that changes: Never if it does not.
func (w *Window) At(t Seconds) (open bool, change Seconds) {
	if w.always() {
		return true, Never
	}
	for d := Seconds(math.Floor(float64(t/Day))) - 1; ; d++ {
		opening := d*Day + w.From
		switch {
		case !w.opensOn(d):
			if opening > t+Week+Day {
				return false, Never
			}
		case opening > t:
			return false, opening
		case t < opening+w.To-w.From:
			return true, w.closes(opening)
		}
	}
}

// closes is when a window closes that has opened then. One that opens again in that instant goes on.
func (w *Window) closes(opening Seconds) Seconds {
	end := opening + w.To - w.From
	for n := 1; n < 7; n++ {
		next := opening + Seconds(n)*Day
		if next > end || !w.opensOn(Seconds(math.Floor(float64(next/Day)))) {
			return end
		}
		end = next + w.To - w.From
	}
	return Never
}

func (w *Window) opensOn(day Seconds) bool {
	k := int(math.Mod(float64(day), 7))
	return w.Days[(k+7)%7]
}
