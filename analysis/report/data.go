package report

import (
	"fmt"
	"math"
	"strconv"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

const (
	lostTitle     = "LOST BY CAUSE"
	fromTitle     = "RECOVERED FROM"
	salvagedTitle = "SALVAGED"
	pointsTitle   = "RECOVERY POINT AND TIME"
)

// dataTables are what stores lost, and where their data came back from; then what that meant for journeys.
func dataTables(sum *analysis.Summary) (list []Table) {
	for i := range sum.Data {
		list = append(list, lostByCause(&sum.Data[i]), recoveredFrom(&sum.Data[i]))
	}
	for _, j := range sum.Users[:min(len(sum.Users), 4)] {
		if p := sum.PointsOf(j); p != nil {
			list = append(list, recoveryPoints(sum, p))
		}
	}
	return list
}

// lostByCause has a row for each cause of losses, and one for what is left of them.
func lostByCause(d *analysis.Data) Table {
	t := Table{Head: []string{lostTitle + "  " + d.Name, "losses/y [95 %]", "lost p50", "p95", "tx p50", "p95"}, Left: 1}
	others := 0
	for i := range d.Causes {
		c := &d.Causes[i]
		if c.Losses.Observations == 0 {
			continue
		}
		if len(t.Rows) == topCauses {
			others++
			continue
		}
		t.Rows = append(t.Rows, cells(causeWords(c), bracketed(c.Losses, number), span(c.LostSeconds("p50").Value), span(c.LostSeconds("p95").Value),
			number(c.LostTransactions("p50").Value), number(c.LostTransactions("p95").Value)))
	}
	if others > 0 {
		t.Note = fmt.Sprintf("… %d more in summary.json", others)
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
	model.FromDelayed.String(): "a delayed replica",
}

func recoveredFrom(d *analysis.Data) Table {
	t := Table{Head: []string{fromTitle + "  " + d.Name, "share [95 %]", "losses/y", "lost p50", "p95", "took p50", "p95"}, Left: 1}
	for i := range d.Sources {
		s := &d.Sources[i]
		took, long := span(s.Time("p50").Value), span(s.Time("p95").Value)
		switch {
		case s.Name == model.FromNowhere.String():
			took, long = dash, dash
		case s.Time("p95").Value == 0:
			took, long = "at hand", dash
		}
		t.Rows = append(t.Rows, cells(sourceWords[s.Name], partOf(s.Share), upper(s.Losses, number),
			span(s.LostSeconds("p50").Value), span(s.LostSeconds("p95").Value), took, long))
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
	t := Table{Head: []string{pointsTitle + "  " + p.Name, "incidents/y [95 %]", "share", "RTO p50", "p95"}, Left: 1}
	for i := range p.Bands {
		b := &p.Bands[i]
		t.Rows = append(t.Rows, cells(bandWords(b), bracketed(b.PerYear, number), share(b.Share.Value),
			span(b.RecoveryTime("p50").Value), span(b.RecoveryTime("p95").Value)))
	}
	if p.Apart.Observations > 0 {
		t.Rows = append(t.Rows, cells("lost data, but no incident", bracketed(p.Apart, number), dash, dash, dash))
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
