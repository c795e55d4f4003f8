package report

import (
	"math"
	"sort"
	"strings"

	"github.com/ftsim/ftsim/analysis"
	"github.com/ftsim/ftsim/model"
)

// maxDrawn is how many journeys get pictures.
const maxDrawn = 5

// pictures lists the charts that have something to show. With several journeys, each has its own.
func pictures(d *Document) []File {
	sum := d.Summary
	if sum.Replications == 0 || len(sum.Users) == 0 {
		return nil
	}
	return d.Art.files(figures(d))
}

// figure is a chart that has something to show, of a journey or a service.
type figure struct {
	name   string // of its files, without an ending
	about  topic
	target int
	make   func() *picture
}

// topic is what a figure is about.
type topic uint8

const (
	aboutDowntime topic = iota
	aboutRecovery
	aboutCauses
	aboutLoss
	aboutPoints
	aboutCurve
	aboutWorst
)

func figures(d *Document) []figure {
	sum := d.Summary
	list := []figure{{"downtime", aboutDowntime, sum.Users[0], func() *picture { return downtimePicture(d) }}}
	for _, j := range firstUsers(sum) {
		if len(sum.Get("rto", j).Values) > 0 {
			list = append(list, figure{named(d, "recovery", j), aboutRecovery, j, func() *picture { return recoveryPicture(d, j) }})
		}
		if sum.Blame[j].Total > 0 {
			list = append(list, figure{named(d, "causes", j), aboutCauses, j, func() *picture { return causesPicture(d, j) }})
		}
	}
	for s := range sum.System.Services {
		if m := sum.Get("loss", s); m != nil && finite(m.Values) > 0 {
			name := "data-loss-" + slug(sum.System.Services[s].Name)
			list = append(list, figure{name, aboutLoss, s, func() *picture { return lossPicture(d, s) }})
		}
	}
	for _, j := range firstUsers(sum) {
		if p := sum.PointsOf(j); p != nil && len(p.Spots) > 0 {
			list = append(list, figure{named(d, "recovery-points", j), aboutPoints, j, func() *picture { return pointsPicture(d, p) }})
		}
	}
	list = append(list, curveFigures(d)...)
	if sum.Worst.Down > 0 {
		list = append(list, figure{"worst", aboutWorst, 0, func() *picture { return worstPicture(d) }})
	}
	return list
}

// nameWidth is the most characters a name takes in a title or beside an axis.
const nameWidth = 28

// brief cuts a long name in the middle, because names that begin alike often end differently.
func brief(s string) string {
	r := []rune(s)
	if len(r) <= nameWidth {
		return s
	}
	const head = nameWidth / 2
	return string(r[:head]) + "…" + string(r[len(r)-(nameWidth-head-1):])
}

func firstUsers(sum *analysis.Summary) []int { return sum.Users[:min(maxDrawn, len(sum.Users))] }

func named(d *Document, what string, j int) string {
	if len(d.Summary.Users) == 1 {
		return what
	}
	return what + "-" + slug(d.Summary.System.Journeys[j].Name)
}

// slug makes a name safe for a file system.
func slug(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, clip(s, 60))
}

func finite(sorted []float64) int {
	return sort.Search(len(sorted), func(i int) bool { return math.IsInf(sorted[i], 1) })
}

// promise is the objective of a journey; zero if there is none.
func promise(sum *analysis.Summary, j int) model.Objective {
	for _, ob := range sum.Plan.Objectives {
		if int(ob.Journey) == j {
			return ob
		}
	}
	return model.Objective{}
}

// atMost is the share of sorted values that are at most x.
func atMost(sorted []float64, x float64) float64 {
	return float64(sort.Search(len(sorted), func(i int) bool { return sorted[i] > x })) / float64(len(sorted))
}

func yearWord(d *Document) string {
	if d.Provenance.Horizon == model.Year {
		return "years"
	}
	return "replications"
}
