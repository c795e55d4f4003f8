package main

import (
	"encoding/json"
	"regexp"
	"strconv"

	"github.com/ftsim/ftsim/model"
)

// This file is about spare parts: repairs take one from a stock, and each that is taken is ordered anew.

// stocked is a stock of parts for all repairs.
type stocked struct {
	size   int
	lead   model.Distribution
	goesOn bool // without a part, which is owed then
}

const alwaysAtHand = `"one per failure, always at hand"`

var (
	backOrdered = regexp.MustCompile(`^back-?order(?:ed)?; the demand process is unchanged$`)
	waitsFor    = regexp.MustCompile(`^(?:the )?(?:failed )?(?:repair|unit|component|machine|position) (?:waits|stays down|is down)\b`)
)

// spares reads of how many parts there are and how they are replaced, or accepts that there are always enough.
func (d *design) spares(raw json.RawMessage) error {
	if string(raw) == alwaysAtHand {
		return nil
	}
	f, err := objectOf("spares", raw, "stock", "replenishment", "lead_time", "when_empty")
	if err != nil {
		return err
	}
	size, err := f.number("spares", "stock", -1)
	switch {
	case err != nil || size < 0 || size != float64(int(size)):
		return unsupported("spares: a stock of %s", clip(f["stock"]))
	case f.has("replenishment") && f.text("replenishment") != "one for one":
		return unsupported("spares: replenishment %s", clip(f["replenishment"]))
	case !f.has("lead_time"):
		return unsupported("spares without a lead time")
	}
	s := &stocked{size: int(size)}
	if s.lead, err = parseLaw("lead_time", f["lead_time"], d.unit); err != nil {
		return err
	}
	switch words := f.text("when_empty"); {
	case backOrdered.MatchString(words):
		s.goesOn = true
	case f.has("when_empty") && !waitsFor.MatchString(words):
		return unsupported("spares: when_empty %s", clip(f["when_empty"]))
	}
	d.shelf = s
	return nil
}

// stock lays out the parts, one of which each repair takes.
func (a *assembly) stock() {
	s := a.d.shelf
	if s == nil {
		return
	}
	m := model.Stock{Name: "spares", Size: s.size, Lead: s.lead, GoesOn: s.goesOn}
	for i := range a.d.parts {
		if p := &a.d.parts[i]; p.repair != nil {
			m.Serves, m.Modes[p.mode()] = append(m.Serves, int32(i)), true
		}
	}
	a.sys.Stocks = []model.Stock{m}
}

// ofStock tells whether a question is about spare parts, and not about when the system is up.
func (q *question) ofStock() bool {
	return q.kind == shortShare || q.kind == partWait || q.kind == partRate || q.kind == owedParts
}

// takeStock adds what a replication says of spare parts.
func (w *watch) takeStock(u model.StockUse, horizon float64) {
	switch w.q.kind {
	case shortShare:
		w.sums.add(float64(u.Short), float64(u.Used))
	case partWait:
		w.sums.add(float64(u.Waited), float64(u.Used))
	case partRate:
		w.sums.add(float64(u.Used)/horizon, 1)
	case owedParts: // Little's law
		w.sums.add(float64(u.Waited)/horizon, 1)
	}
}

var stockSuffix = regexp.MustCompile(`^at_(?:S=|stock=)?([0-9]+)$`)

// atStock understands "at_17": so many parts on the shelf.
func atStock(c *knownCase, suffix string) (edit, error) {
	m := stockSuffix.FindStringSubmatch(suffix)
	var f fields
	if m == nil || json.Unmarshal(c.Structure.Policy["spares"], &f) != nil {
		return nil, nil
	}
	n, err := strconv.Atoi(m[1])
	return stockOf(n), err
}

func stockOf(n int) edit {
	return func(s *structure) error {
		var f fields
		if json.Unmarshal(s.Policy["spares"], &f) != nil || !f.has("stock") {
			return unsupported("there are no spares of which there could be %d", n)
		}
		f["stock"] = json.RawMessage(strconv.Itoa(n))
		return s.Policy.set("spares", f)
	}
}

var stockFor = regexp.MustCompile(`^stock_for_(?:a_)?fill_rate_(?:of_)?(0?\.[0-9]+)$`)

// mostStock is where the search for a stock gives up.
const mostStock = 1 << 16

// smallestStock understands "stock_for_fill_rate_0.95": the fewest parts with which that share of demands is met
// from the shelf. About how many they are is found out quickly. Then those next to it are looked at closely:
// what is too few, and what is enough, beyond the doubt of its interval, bounds what is not known.
func smallestStock(c *knownCase, name string, unit model.Seconds) *question {
	m := stockFor.FindStringSubmatch(name)
	if m == nil {
		return nil
	}
	wanted, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return nil
	}
	q := &question{kind: shortShare, complement: true, scale: unit}
	q.search = func(e effort) (estimate, error) {
		var spent estimate
		look := func(n int, how func(q *question) (estimate, error)) (estimate, error) {
			one := *q
			one.edits = append([]edit{stockOf(n)}, q.edits...)
			found, err := how(&one)
			spent.runs, spent.events, spent.observations = spent.runs+found.runs, spent.events+found.events, spent.observations+found.observations
			return found, err
		}
		about, err := leastWith(mostStock, func(n int) (bool, error) {
			found, err := look(n, func(q *question) (estimate, error) { return q.roughly(c, e) })
			return found.value >= wanted, err
		})
		side := 0
		closely := func(n int) {
			var found estimate
			if err == nil {
				found, err = look(n, func(q *question) (estimate, error) { return q.against(c, wanted, e) })
				side = found.side(wanted)
			}
		}
		high := about
		for closely(high); side <= 0 && err == nil; closely(high) {
			if high++; high > 2*about+10 {
				return unknown(float64(about), spent.observations), err
			}
		}
		low := high
		for side = 0; side >= 0 && low > 0 && err == nil; {
			if closely(low - 1); side >= 0 {
				low--
			}
		}
		spent.value, spent.low, spent.high = float64(about), float64(low), float64(high)
		return spent, err
	}
	return q
}

// roughly simulates a little.
func (q *question) roughly(c *knownCase, e effort) (estimate, error) {
	sys, err := q.system(c)
	if err != nil {
		return estimate{}, err
	}
	e.precision, e.events = 0.1, e.events/100
	return simulate(sys, q, e)
}

// leastWith is the smallest n, from 0 on, with what all greater ones have too.
func leastWith(most int, has func(n int) (bool, error)) (int, error) {
	low, high := -1, 0
	for {
		yes, err := has(high)
		if err != nil {
			return 0, err
		}
		if yes {
			break
		}
		if low, high = high, 2*high+1; high > most {
			return 0, unsupported("not even %d are enough", low)
		}
	}
	for high-low > 1 {
		middle := (low + high) / 2
		yes, err := has(middle)
		if err != nil {
			return 0, err
		}
		if yes {
			high = middle
		} else {
			low = middle
		}
	}
	return high, nil
}

// against simulates until the interval lies on one side of a limit, or the effort is spent.
func (q *question) against(c *knownCase, limit float64, e effort) (estimate, error) {
	sys, err := q.system(c)
	if err != nil {
		return estimate{}, err
	}
	for precision := 0.1; ; precision /= 2 {
		tried := e
		tried.precision = precision
		found, err := simulate(sys, q, tried)
		if err != nil || found.side(limit) != 0 || found.events >= e.events || precision < 1e-4 {
			return found, err
		}
	}
}

// system lays out what a question is about.
func (q *question) system(c *knownCase) (*model.System, error) {
	d, err := interpret(c, q)
	if err != nil {
		return nil, err
	}
	return d.system()
}

// side tells whether an interval lies above a limit, below it, or over it.
func (e estimate) side(limit float64) int {
	switch {
	case e.low >= limit:
		return 1
	case e.high < limit:
		return -1
	}
	return 0
}
