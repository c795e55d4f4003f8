package engine

import "github.com/ftsim/ftsim/model"

// lacks are how long reads were answered that lacked how much, by parts of LackPart. What has been put in is kept
// between first and last.
type lacks struct {
	parts       []model.Lack
	first, last int
}

// reset empties the books.
func (h *lacks) reset() {
	if h.parts == nil {
		h.parts = make([]model.Lack, model.LackParts)
	} else if h.first <= h.last {
		clear(h.parts[h.first : h.last+1])
	}
	h.first, h.last = model.LackParts, -1
}

// add books time in which reads lacked from least to most, both in one part.
func (h *lacks) add(part int, least, most, time float64) {
	p := &h.parts[part]
	if p.Time == 0 {
		p.Least, p.Most = model.Seconds(least), model.Seconds(most)
	}
	p.Least, p.Most = min(p.Least, model.Seconds(least)), max(p.Most, model.Seconds(most))
	p.Time += model.Seconds(time)
	h.first, h.last = min(h.first, part), max(h.last, part)
}

// addReading books what was read from one time to another, part by part of what it lacked in between.
func (h *lacks) addReading(a *reading, from, to float64) {
	least, most := a.lacksAt(from), a.lacksAt(to)
	if least > most {
		least, most = most, least
	}
	if a.falls == 0 || most-least <= grainOf {
		h.add(model.LackPart(model.Seconds(most)), least, most, a.share*(to-from)*a.staleAt((from+to)/2))
		return
	}
	for part := model.LackPart(model.Seconds(least)); least < most; part++ {
		end := min(most, float64(model.LackUpTo(part)))
		if end <= least {
			continue
		}
		begins, ends := (least-a.lacks)/a.falls, (end-a.lacks)/a.falls
		h.add(part, least, end, a.share*max(begins-ends, ends-begins)*a.staleAt((begins+ends)/2))
		least = end
	}
}

// writeTo appends what was booked of a service.
func (h *lacks) writeTo(list []model.Lack, service int32) []model.Lack {
	for part := h.first; part <= h.last; part++ {
		if x := h.parts[part]; x.Time > 0 {
			x.Service = service
			list = append(list, x)
		}
	}
	return list
}
