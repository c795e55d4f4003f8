package report

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

const (
	writesTitle   = "WRITES LOST"
	totalTitle    = "TOTAL LOSS"
	lostTitle     = "LOST BY CAUSE"
	sourceTitle   = "LOST BY SOURCE"
	countTitle    = "TRANSACTIONS LOST"
	fromTitle     = "RECOVERED FROM"
	pointsTitle   = "RECOVERY POINT AND TIME"
	salvagedTitle = "SALVAGED"
	cameBackTitle = "WRITES SALVAGED"
)

// withoutEnd explains losses without an end.
const withoutEnd = "∞: all that there was, or copies that fall behind without bound"

// ofShards explains what is lost of a store of many shards.
const ofShards = "of a store of shards: some of its shards, not all"

// dataTables are what became of stores and what they lost, in which events, and where their data came back from; then
// what that meant for journeys.
func dataTables(sum *analysis.Summary) (list []Table) {
	list = append(list, recoveries(sum), writesLost(sum), totalLosses(sum))
	for i := range sum.Data {
		d := &sum.Data[i]
		list = append(list, lostByCause(d), countedByCause(d), recoveredFrom(d), lostBySource(d))
	}
	for _, j := range sum.Users[:min(len(sum.Users), 4)] {
		if p := sum.PointsOf(j); p != nil {
			list = append(list, recoveryPoints(sum, p))
		}
	}
	return list
}

// recoveries counts what became of stores.
func recoveries(sum *analysis.Summary) Table {
	t := Table{Head: []string{dataTitle, "recoveries/y [95 %]", "losses/y [95 %]", "P(loss) [95 %]", "RPO met [95 %]"}, Left: 1}
	for s := range sum.System.Services {
		if sum.System.Services[s].Store != nil {
			t.Rows = append(t.Rows, cells(sum.System.Services[s].Name, rated(sum.Get("recoveries", s).Main()), rated(sum.Get("losses", s).Main()),
				partOf(sum.Get("loss_probability", s).Main()), partOf(sum.Get("rpo_met", s).Main())))
		}
	}
	return t
}

// writesLost are the losses of stores that had some.
func writesLost(sum *analysis.Summary) Table {
	t := Table{Head: []string{writesTitle, "p50 [95 %]", "p95 [95 %]", "transactions p50 [95 %]", "p95 [95 %]"}, Left: 1}
	for s := range sum.System.Services {
		loss, tx := sum.Get("loss", s), sum.Get("loss_transactions", s)
		if loss == nil || loss.Main().Observations == 0 {
			continue
		}
		t.Rows = append(t.Rows, cells(sum.System.Services[s].Name, lostFor(loss.Stat("p50")), lostFor(loss.Stat("p95")),
			amounts(tx.Stat("p50")), amounts(tx.Stat("p95"))))
		if math.IsInf(loss.Stat("max").Value, 1) {
			t.Note = also(withoutEnd, sum, s, t.Note)
		}
	}
	return t
}

// totalLosses says of stores that may lose everything how often they do. If that was never seen, that is a bound.
func totalLosses(sum *analysis.Summary) Table {
	t := Table{Head: []string{totalTitle, "seen", "per year [95 %]", "P in a year [95 %]"}, Left: 1}
	for s := range sum.System.Services {
		m := sum.Get("total_losses", s)
		if m == nil || m.Main().Observations == 0 && !analysis.MayLoseAll(sum.System, s) {
			continue
		}
		e := m.Main()
		p := analysis.InAYear(e)
		seen, likely := "none", "< "+shareOf(p.High)
		if !e.Bound {
			seen, likely = grouped(int(e.Observations)), likelihood(p)
		}
		t.Rows = append(t.Rows, cells(sum.System.Services[s].Name, seen, rated(e), likely))
		t.Note = also("", sum, s, t.Note)
	}
	return t
}

// also adds to a note of losses without an end that a store of shards has lost some of them, once.
func also(note string, sum *analysis.Summary, service int, before string) string {
	if sum.System.Services[service].Store.Shards == nil || strings.Contains(before, ofShards) {
		return cmp.Or(before, note)
	}
	note = cmp.Or(before, note)
	if note != "" {
		note += "; "
	}
	return note + ofShards
}

// likelihood writes a probability with its interval. What is as good as certain is so to six digits.
func likelihood(p analysis.Estimate) string {
	const sure = 0.999999
	if p.Low > sure {
		return "> 99.9999 %"
	}
	return shareOf(p.Value) + " " + band(p.Low, min(p.High, sure))
}

// lostFor writes seconds of writing that were lost, with their interval unless all of it is without end.
func lostFor(e analysis.Estimate) string {
	if math.IsInf(e.Low, 1) {
		return span(e.Value)
	}
	return duration(e)
}

// amounts writes a number of transactions with its interval; millions as such, to keep the columns narrow.
func amounts(e analysis.Estimate) string {
	if math.IsInf(e.Low, 1) {
		return number(e.Value)
	}
	return bracketed(e, millions)
}

func millions(x float64) string {
	for _, step := range []struct {
		size float64
		sign string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}} {
		if x >= step.size && !math.IsInf(x, 1) {
			return number(x/step.size) + step.sign
		}
	}
	return number(x)
}

// rated writes a rate with its interval, or its bound if nothing was seen.
func rated(e analysis.Estimate) string {
	if e.Bound {
		return "< " + number(e.High)
	}
	return bracketed(e, number)
}

// eachCause calls f for the causes of losses that have rows, and notes how many have none.
func eachCause(d *analysis.Data, t *Table, f func(c *analysis.Tally)) {
	shown, others := 0, 0
	for i := range d.Causes {
		switch c := &d.Causes[i]; {
		case c.Losses.Observations == 0:
		case shown == topCauses:
			others++
		default:
			shown++
			f(c)
		}
	}
	if others > 0 {
		t.Note = fmt.Sprintf("… %d more in summary.json", others)
	}
}

// lostByCause has a row for each cause of losses, with what was lost in seconds of writing.
func lostByCause(d *analysis.Data) Table {
	t := Table{Head: []string{lostTitle + "  " + d.Name, "losses/y [95 %]", "p50 [95 %]", "p95 [95 %]"}, Left: 1}
	eachCause(d, &t, func(c *analysis.Tally) {
		t.Rows = append(t.Rows, cells(causeWords(c), bracketed(c.Losses, number), lostFor(c.LostSeconds("p50")), lostFor(c.LostSeconds("p95"))))
	})
	return t
}

// countedByCause is the same in transactions, of a store that is known to write some. Of a single cause, those are
// what the store lost.
func countedByCause(d *analysis.Data) Table {
	t := Table{Head: []string{countTitle + "  " + d.Name, "p50 [95 %]", "p95 [95 %]", "mean [95 %]"}, Left: 1}
	known := false
	eachCause(d, &t, func(c *analysis.Tally) {
		known = known || c.LostTransactions("max").Value > 0
		t.Rows = append(t.Rows, cells(causeWords(c), amounts(c.LostTransactions("p50")), amounts(c.LostTransactions("p95")), amounts(c.LostTransactions("mean"))))
	})
	if !known || len(t.Rows) < 2 {
		return Table{}
	}
	return t
}

// causeWords name a cause. Of data that went bad, that is more to the point than the store it happened to.
func causeWords(c *analysis.Tally) string {
	switch c.Kind {
	case model.Spoilt.String():
		return "errors of people"
	case model.Decayed.String():
		return "silent corruption"
	}
	return c.Name
}

// sourceWords say where data came from.
var sourceWords = map[string]string{
	model.FromCopy.String(): "a replica", model.FromBackup.String(): "a backup", model.FromLog.String(): "backup and log archive",
	model.FromNowhere.String(): "nowhere", model.FromSnapshot.String(): "a snapshot", model.FromDisk.String(): "its own disk",
	model.FromDelayed.String(): "a delayed replica", model.FromFlashback.String(): "flashback, in place",
}

// recoveredFrom has a row for each source that data came back from, with how long that took.
func recoveredFrom(d *analysis.Data) Table {
	t := Table{Head: []string{fromTitle + "  " + d.Name, "share [95 %]", "losses/y [95 %]", "took p50 [95 %]", "p95 [95 %]"}, Left: 1}
	for i := range d.Sources {
		s := &d.Sources[i]
		took, long := duration(s.Time("p50")), duration(s.Time("p95"))
		switch {
		case s.Name == model.FromNowhere.String():
			took, long = dash, dash
		case s.Time("max").Value == 0:
			took, long = "at hand", dash
		}
		t.Rows = append(t.Rows, cells(sourceWords[s.Name], partOf(s.Share), rated(s.Losses), took, long))
	}
	return t
}

// lostBySource is what the recoveries from each source lost. From a single one, that is what the store lost.
func lostBySource(d *analysis.Data) Table {
	t := Table{Head: []string{sourceTitle + "  " + d.Name, "p50 [95 %]", "p95 [95 %]"}, Left: 1}
	for i := range d.Sources {
		if s := &d.Sources[i]; s.Losses.Observations > 0 {
			t.Rows = append(t.Rows, cells(sourceWords[s.Name], lostFor(s.LostSeconds("p50")), lostFor(s.LostSeconds("p95"))))
		}
	}
	if len(t.Rows) < 2 {
		return Table{}
	}
	return t
}

// partOf writes a share with its interval. All of what was seen is a bound.
func partOf(e analysis.Estimate) string {
	switch {
	case math.IsNaN(e.Value):
		return dash
	case e.Value == 1:
		return "> " + plainPercent(e.Low, availabilityDigits(e.Low)) + " %"
	case e.Value == 0:
		return "< " + strconv.FormatFloat(100*e.High, 'g', 2, 64) + " %"
	}
	digits := 1
	if half := 50 * (e.High - e.Low); half < 0.1 {
		digits = min(4, int(math.Ceil(-math.Log10(half))))
	}
	return fmt.Sprintf("%s [%s, %s]", percent(e.Value, digits), plainPercent(e.Low, digits), plainPercent(e.High, digits))
}

// recoveryPoints puts how long incidents took next to what they cost in data.
func recoveryPoints(sum *analysis.Summary, p *analysis.Points) Table {
	t := Table{Head: []string{pointsTitle + "  " + p.Name, "incidents/y [95 %]", "RTO p50 [95 %]", "p95 [95 %]"}, Left: 1}
	for i := range p.Bands {
		b := &p.Bands[i]
		t.Rows = append(t.Rows, cells(bandWords(b), bracketed(b.PerYear, number), duration(b.RecoveryTime("p50")), duration(b.RecoveryTime("p95"))))
	}
	if p.Apart.Observations > 0 {
		t.Rows = append(t.Rows, cells("lost data, but no incident", bracketed(p.Apart, number), dash, dash))
	}
	if ob := promise(sum, p.Journey); !math.IsNaN(p.Both.Value) {
		t.Note = fmt.Sprintf("within RTO %s and RPO %s: %s of incidents", ob.RTO.Round(), ob.RPO.Round(), partOf(p.Both))
	}
	return t
}

// bandWords say how much was lost.
func bandWords(b *analysis.LossBand) string {
	switch {
	case !b.Stores:
		return "no store was struck"
	case b.UpTo == 0:
		return "nothing lost"
	case b.Total:
		return "everything, or no bound"
	case math.IsInf(b.UpTo, 1):
		return "more than " + span(b.Over)
	case b.Over == 0:
		return "up to " + span(b.UpTo)
	}
	return span(b.Over) + " to " + span(b.UpTo)
}
