package engine

import (
	"slices"

	"github.com/ftsim/ftsim/model"
)

// This file is about spare parts. A repair that takes one waits until it is there, and only then for a crew.
// Each part that is taken is ordered anew; parts on order are kept by arrival.

// stock is the state of a model.Stock.
type stock struct {
	from        *model.Stock
	index       int32
	shelf       int32
	waitingLine       // for a part, linked by the runner's shelfLine
	most        int   // orders under way at a time, if repairs wait for their part
	clock       int32 // of the next arrival
	lead        int32 // law, or none
	key         uint64
	luck        stream
}

// stocks lays out who takes which part.
func (c *compiler) stocks() error {
	p := c.p
	if len(p.sys.Stocks) == 0 {
		return nil
	}
	p.stocks, p.stocked = make([]stock, len(p.sys.Stocks)), make([]model.StockUse, len(p.sys.Stocks))
	p.stockOf = make([]int32, len(p.modes))
	for i := range p.stockOf {
		p.stockOf[i] = none
	}
	for _, i := range byName(len(p.stocks), func(i int) string { return p.sys.Stocks[i].Name }) {
		from := &p.sys.Stocks[i]
		s := stock{from: from, index: i, shelf: int32(from.Size), waitingLine: nobody,
			lead: c.law(from.Lead), key: nameKey(from.Name, forParts), clock: c.clock(owner{kind: partClock, group: none, index: i})}
		for _, serves := range from.Serves {
			modes := p.sys.Components[serves].Modes
			for k := range modes {
				if from.Modes[modes[k].Kind] {
					p.stockOf[p.comps[serves].mode+int32(k)] = i
				}
			}
		}
		if from.Size != model.Unlimited {
			s.most = from.Size + len(from.Serves)
		}
		p.stocks[i] = s
	}
	return nil
}

func (r *Runner) resetStocks(run uint64) {
	copy(r.stocks, r.p.stocks)
	for i := range r.stocks {
		r.stocks[i].luck = streamOf(run, r.stocks[i].key)
		r.arrivals[i], r.owed[i] = r.arrivals[i][:0], r.owed[i][:0]
	}
	for i := range r.shelfLine {
		r.shelfLine[i] = notWaiting
	}
}

// tallyOf is where the use of a stock is counted.
func (r *Runner) tallyOf(s *stock) *model.StockUse {
	if r.past {
		return &r.beyondStock
	}
	return &r.out.Stocks[s.index]
}

// takePart gives the repair of a mode its part, or has it wait; true if it may go on.
func (r *Runner) takePart(id int32) bool {
	k := r.p.stockOf[id]
	if k == none {
		return true
	}
	s := &r.stocks[k]
	r.tallyOf(s).Used++
	if s.from.Size == model.Unlimited {
		return true
	}
	r.order(s)
	if s.shelf > 0 {
		s.shelf--
		return true
	}
	r.tallyOf(s).Short++
	if s.from.GoesOn {
		r.owed[k] = append(r.owed[k], r.now)
		return true
	}
	r.clocks.stop(id)
	r.shortSince[id] = r.now
	s.join(r.shelfLine, id)
	return false
}

// lacksPart tells whether the repair of a mode waits for a part.
func (r *Runner) lacksPart(id int32) bool { return r.shelfLine != nil && r.shelfLine[id] != notWaiting }

// order has one more part come.
func (r *Runner) order(s *stock) {
	at := r.now
	if d := &s.from.Delivery; d.Kept {
		at = r.begin + float64(d.Opens(model.Seconds(r.now-r.begin)))
	}
	if s.lead != none {
		at += r.laws[s.lead].draw(&s.luck, r.lend)
	}
	list := &r.arrivals[s.index]
	k, _ := slices.BinarySearch(*list, at)
	*list = slices.Insert(*list, k, at)
	r.clocks.arm(s.clock, (*list)[0])
}

// arrive hands the part that has come to whoever has waited longest, or puts it on the shelf.
func (r *Runner) arrive(k int32) {
	s := &r.stocks[k]
	list := &r.arrivals[k]
	*list = slices.Delete(*list, 0, 1)
	if r.clocks.stop(s.clock); len(*list) > 0 {
		r.clocks.arm(s.clock, (*list)[0])
	}
	if owed := &r.owed[k]; len(*owed) > 0 {
		r.tallyOf(s).Waited += model.Seconds(r.now - (*owed)[0])
		*owed = slices.Delete(*owed, 0, 1)
		return
	}
	id := s.first
	if id == none {
		s.shelf++
		return
	}
	s.leave(r.shelfLine, id)
	r.tallyOf(s).Waited += model.Seconds(r.now - r.shortSince[id])
	r.crewRepair(id, &r.modes[id])
}

// forgoPart takes a repair that is no longer needed out of the line, and takes the last order back.
func (r *Runner) forgoPart(id int32) {
	s := &r.stocks[r.p.stockOf[id]]
	s.leave(r.shelfLine, id)
	list := &r.arrivals[s.index]
	if *list = (*list)[:len(*list)-1]; len(*list) == 0 {
		r.clocks.stop(s.clock)
	}
}
